//! What a Whisper model consists of: sizes, weight types, and each tensor with
//! its shape, in the order in which published files hold them. Only a table:
//! it reads and writes nothing.

use std::fmt;

/// What every whisper.cpp file begins with: `ggml`, as a number.
pub(super) const MAGIC: u32 = 0x6767_6d6c;

/// Frequencies of the spectrum that the filter table weighs: half a window of
/// 400 samples, and one.
pub(super) const BINS: u32 = 201;

/// Fewer vocabulary entries leave a hole below the special tokens, which begin here for English.
pub(super) const LEAST_WORDS: u32 = 50_256;

/// Positions of the encoder: 30 s at 50 a second.
pub(super) const AUDIO_CONTEXT: u32 = 1500;

/// Positions of the decoder.
pub(super) const TEXT_CONTEXT: u32 = 448;

/// Which languages a model knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Family {
    /// English alone; names end in `.en`.
    #[default]
    EnglishOnly,
    /// A hundred languages; the language must be told.
    Multilingual,
}

impl Family {
    /// As lists show it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::EnglishOnly => "English",
            Self::Multilingual => "multilingual",
        }
    }
}

/// How the large weights of a file are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names of the format")]
pub enum Ftype {
    F32,
    F16,
    Q4_0,
    Q4_1,
    Q5_0,
    Q5_1,
    Q8_0,
    Q2K,
    Q3K,
    Q4K,
    Q5K,
    Q6K,
}

impl Ftype {
    /// Every one there is.
    pub const ALL: [Self; 12] = [
        Self::F32,
        Self::F16,
        Self::Q4_0,
        Self::Q4_1,
        Self::Q5_0,
        Self::Q5_1,
        Self::Q8_0,
        Self::Q2K,
        Self::Q3K,
        Self::Q4K,
        Self::Q5K,
        Self::Q6K,
    ];

    /// As file names and lists write it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Q4_0 => "q4_0",
            Self::Q4_1 => "q4_1",
            Self::Q5_0 => "q5_0",
            Self::Q5_1 => "q5_1",
            Self::Q8_0 => "q8_0",
            Self::Q2K => "q2_k",
            Self::Q3K => "q3_k",
            Self::Q4K => "q4_k",
            Self::Q5K => "q5_k",
            Self::Q6K => "q6_k",
        }
    }

    /// The number of a header, without the version of the quantisation.
    pub(super) const fn number(self) -> i32 {
        match self {
            Self::F32 => 0,
            Self::F16 => 1,
            Self::Q4_0 => 2,
            Self::Q4_1 => 3,
            Self::Q8_0 => 7,
            Self::Q5_0 => 8,
            Self::Q5_1 => 9,
            Self::Q2K => 10,
            Self::Q3K => 11,
            Self::Q4K => 12,
            Self::Q5K => 13,
            Self::Q6K => 14,
        }
    }

    /// By the number of a header. Thousands are the version of the quantisation.
    pub(super) fn of_number(number: i32) -> Option<Self> {
        let plain = number % 1000;
        Self::ALL.into_iter().find(|ftype| ftype.number() == plain && 0 <= number)
    }

    /// The number that tensors carry.
    pub(super) const fn tensor_number(self) -> i32 {
        match self {
            Self::F32 => 0,
            Self::F16 => 1,
            Self::Q4_0 => 2,
            Self::Q4_1 => 3,
            Self::Q5_0 => 6,
            Self::Q5_1 => 7,
            Self::Q8_0 => 8,
            Self::Q2K => 10,
            Self::Q3K => 11,
            Self::Q4K => 12,
            Self::Q5K => 13,
            Self::Q6K => 14,
        }
    }

    /// By the number of a tensor.
    pub(super) fn of_tensor(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|ftype| ftype.tensor_number() == number)
    }

    /// Weights that are stored together, and the bytes they take.
    pub(super) const fn block(self) -> (u64, u64) {
        match self {
            Self::F32 => (1, 4),
            Self::F16 => (1, 2),
            Self::Q4_0 => (32, 18),
            Self::Q4_1 => (32, 20),
            Self::Q5_0 => (32, 22),
            Self::Q5_1 => (32, 24),
            Self::Q8_0 => (32, 34),
            Self::Q2K => (256, 84),
            Self::Q3K => (256, 110),
            Self::Q4K => (256, 144),
            Self::Q5K => (256, 176),
            Self::Q6K => (256, 210),
        }
    }

    /// Bytes of so many weights in rows of such a length, if rows can be cut into blocks.
    pub(super) fn bytes(self, row: u64, weights: u64) -> Option<u64> {
        let (together, bytes) = self.block();
        row.is_multiple_of(together).then(|| weights / together * bytes)
    }
}

impl fmt::Display for Ftype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The sizes of a model. Encoder and decoder are equally wide in all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dims {
    /// Tokens, those included that no file spells out.
    pub vocabulary: u32,
    /// Width: numbers for each position.
    pub state: u32,
    /// Attention heads.
    pub heads: u32,
    /// Layers of the encoder.
    pub audio_layers: u32,
    /// Layers of the decoder.
    pub text_layers: u32,
    /// Bands of the spectrum.
    pub mels: u32,
}

impl Dims {
    /// Which languages it knows: told by the vocabulary.
    pub const fn family(self) -> Family {
        if self.vocabulary <= 51_864 { Family::EnglishOnly } else { Family::Multilingual }
    }

    /// What its size is called (`tiny`, `base`, ...), if it is one that was published.
    pub const fn size(self) -> Option<&'static str> {
        match (self.state, self.audio_layers, self.text_layers) {
            (384, 4, 4) => Some("tiny"),
            (512, 6, 6) => Some("base"),
            (768, 12, 12) => Some("small"),
            (1024, 24, 24) => Some("medium"),
            (1280, 32, 32) => Some("large"),
            (1280, 32, 4) => Some("large-turbo"),
            _ => None,
        }
    }
}

/// How a tensor is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Always as 32 bit floats.
    Exact,
    /// As 16 bit floats where the weights are quantised.
    Half,
    /// As the weights of the file are.
    Weight,
}

impl Kind {
    /// The type in a file of such weights.
    pub(super) fn stored(self, weights: Ftype) -> Ftype {
        match self {
            Self::Exact => Ftype::F32,
            Self::Half => weights.min(Ftype::F16),
            Self::Weight => weights,
        }
    }
}

/// One tensor of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) name: String,
    /// Rows first.
    pub(super) shape: Vec<u32>,
    pub(super) kind: Kind,
}

/// Every tensor of a model of these sizes, in the order of the published files.
pub(super) fn slots(dims: &Dims) -> Vec<Slot> {
    let mut list = List { wide: dims.state, slots: Vec::new() };
    list.add("decoder.positional_embedding", &[TEXT_CONTEXT, dims.state], Kind::Exact);
    list.add("encoder.positional_embedding", &[AUDIO_CONTEXT, dims.state], Kind::Exact);
    list.add("decoder.token_embedding.weight", &[dims.vocabulary, dims.state], Kind::Weight);
    for layer in 0..dims.text_layers {
        list.block(&format!("decoder.blocks.{layer}"), &["attn", "cross_attn"]);
    }
    list.norm("decoder.ln");
    list.convolution("encoder.conv1", dims.mels);
    list.convolution("encoder.conv2", dims.state);
    for layer in 0..dims.audio_layers {
        list.block(&format!("encoder.blocks.{layer}"), &["attn"]);
    }
    list.norm("encoder.ln_post");
    list.slots
}

struct List {
    /// The width of the model.
    wide: u32,
    slots: Vec<Slot>,
}

impl List {
    fn add(&mut self, name: &str, shape: &[u32], kind: Kind) {
        self.slots.push(Slot { name: name.to_owned(), shape: shape.to_owned(), kind });
    }

    fn norm(&mut self, name: &str) {
        self.add(&format!("{name}.weight"), &[self.wide], Kind::Exact);
        self.add(&format!("{name}.bias"), &[self.wide], Kind::Exact);
    }

    fn convolution(&mut self, name: &str, bands: u32) {
        self.add(&format!("{name}.weight"), &[self.wide, bands, 3], Kind::Half);
        self.add(&format!("{name}.bias"), &[self.wide, 1], Kind::Exact);
    }

    fn linear(&mut self, name: &str, rows: u32, columns: u32) {
        self.add(&format!("{name}.weight"), &[rows, columns], Kind::Weight);
        self.add(&format!("{name}.bias"), &[rows], Kind::Exact);
    }

    fn block(&mut self, name: &str, attentions: &[&str]) {
        let wide = self.wide;
        self.norm(&format!("{name}.mlp_ln"));
        self.linear(&format!("{name}.mlp.0"), 4 * wide, wide);
        self.linear(&format!("{name}.mlp.2"), wide, 4 * wide);
        for attention in attentions {
            self.attention(&format!("{name}.{attention}"));
        }
    }

    fn attention(&mut self, name: &str) {
        let wide = self.wide;
        self.norm(&format!("{name}_ln"));
        self.linear(&format!("{name}.query"), wide, wide);
        // Keys have no bias: it would cancel out.
        self.add(&format!("{name}.key.weight"), &[wide, wide], Kind::Weight);
        self.linear(&format!("{name}.value"), wide, wide);
        self.linear(&format!("{name}.out"), wide, wide);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dims(audio_layers: u32, text_layers: u32) -> Dims {
        Dims { vocabulary: 51_864, state: 384, heads: 6, audio_layers, text_layers, mels: 80 }
    }

    #[test]
    fn published_models_have_so_many_tensors() {
        for (layers, tensors) in [(4, 167), (6, 245), (12, 479)] {
            assert_eq!(slots(&dims(layers, layers)).len(), tensors, "{layers} layers");
        }
    }

    #[test]
    fn no_tensor_is_listed_twice() {
        let mut names: Vec<_> = slots(&dims(32, 4)).into_iter().map(|slot| slot.name).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn a_header_may_carry_a_version_of_the_quantisation() {
        assert_eq!(Ftype::of_number(2007), Some(Ftype::Q8_0));
        assert_eq!(Ftype::of_number(1), Some(Ftype::F16));
        assert_eq!(Ftype::of_number(77), None);
        assert_eq!(Ftype::of_number(-1000), None);
    }

    #[test]
    fn convolutions_are_never_quantised() {
        assert_eq!(Kind::Half.stored(Ftype::Q8_0), Ftype::F16);
        assert_eq!(Kind::Half.stored(Ftype::F32), Ftype::F32);
        assert_eq!(Kind::Weight.stored(Ftype::Q5_1), Ftype::Q5_1);
    }

    #[test]
    fn a_row_that_cannot_be_cut_into_blocks_has_no_size() {
        assert_eq!(Ftype::Q8_0.bytes(32, 64), Some(68));
        assert_eq!(Ftype::Q8_0.bytes(33, 66), None);
    }
}
