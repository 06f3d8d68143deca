//! CTranslate2's Whisper models (faster-whisper) in whisper.cpp's format: the
//! same bytes as the published files where the weights are the same. Only a
//! few rows of a tensor are in memory at a time; nothing is taken on trust.

mod ct2;
mod fault;
mod filters;
mod origin;
mod source;
mod vocabulary;
mod writer;

use std::io::{Read, Seek, Write};

pub use fault::{ConvertFault, SourceFault};
pub(super) use source::Sources;
pub use vocabulary::{Form, vocabulary};

use crate::transcript::models::digest::Sum;
use crate::transcript::models::layout::{AUDIO_CONTEXT, BINS, Dims, Ftype, MAGIC, Slot, TEXT_CONTEXT, slots};
use ct2::Variables;
use origin::Origin;
use writer::Writer;

/// Layers that are looked for: the largest models have half as many.
const MOST_LAYERS: u32 = 64;

/// Weights that are converted at a time: rows of about a megabyte.
const AT_ONCE: u64 = 1 << 18;

/// How the weights of a converted model are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// As they were published.
    F16,
    /// In half the room and as accurate.
    #[default]
    Q8_0,
}

impl Target {
    /// The type of the weights.
    pub const fn ftype(self) -> Ftype {
        match self {
            Self::F16 => Ftype::F16,
            Self::Q8_0 => Ftype::Q8_0,
        }
    }

    /// The number of the header, with the version of the quantisation.
    const fn number(self) -> i32 {
        match self {
            Self::F16 => 1,
            Self::Q8_0 => 2007,
        }
    }
}

/// A model of CTranslate2, opened.
pub struct Ct2Model<R> {
    variables: Variables<R>,
    dims: Dims,
}

impl<R: Read + Seek> Ct2Model<R> {
    /// Reads what it consists of.
    ///
    /// # Errors
    /// Where it is no Whisper model of CTranslate2, or not whole.
    pub fn open(model: R) -> Result<Self, ConvertFault> {
        let mut variables = Variables::read(model)?;
        let dims = dims(&mut variables)?;
        Ok(Self { variables, dims })
    }

    /// Its sizes.
    pub const fn dims(&self) -> Dims {
        self.dims
    }

    /// Bytes of the result, without vocabulary.
    pub(super) fn bytes(&self, target: Target) -> u64 {
        slots(&self.dims).iter().map(|slot| stored_bytes(slot, target)).sum()
    }

    /// Writes it in whisper.cpp's format. `progress` is told the bytes written.
    ///
    /// # Errors
    /// Where a tensor is missing or of another shape, and where writing fails.
    pub fn convert(
        mut self,
        words: &[Vec<u8>],
        target: Target,
        to: impl Write,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Sum, ConvertFault> {
        let mut writer = Writer::new(to);
        self.header(target, &mut writer)?;
        for word in words {
            writer.number(length(word.len()))?;
            writer.bytes(word)?;
        }
        for slot in slots(&self.dims) {
            self.tensor(&slot, target, &mut writer)?;
            progress(writer.written());
        }
        Ok(writer.finish()?)
    }

    fn header(&self, target: Target, writer: &mut Writer<impl Write>) -> Result<(), ConvertFault> {
        let Dims { vocabulary, state, heads, audio_layers, text_layers, mels } = self.dims;
        writer.number(MAGIC)?;
        for number in [vocabulary, AUDIO_CONTEXT, state, heads, audio_layers] {
            writer.number(number)?;
        }
        for number in [TEXT_CONTEXT, state, heads, text_layers, mels] {
            writer.number(number)?;
        }
        writer.number(target.number().unsigned_abs())?;
        writer.number(mels)?;
        writer.number(BINS)?;
        for weight in filters::filters(mels) {
            writer.bytes(&weight.to_le_bytes())?;
        }
        writer.number(vocabulary::WORDS)?;
        Ok(())
    }

    fn tensor(
        &mut self,
        slot: &Slot,
        target: Target,
        writer: &mut Writer<impl Write>,
    ) -> Result<(), ConvertFault> {
        let origin = Origin::of(&slot.name).ok_or_else(|| ConvertFault::Missing(slot.name.clone()))?;
        let count = slot.shape.iter().map(|size| u64::from(*size)).product::<u64>();
        let from = self.place(&origin, count)?;
        if let Some(bias) = origin.silent_bias() {
            self.expect_silence(&bias, slot)?;
        }
        let stored = slot.kind.stored(target.ftype());
        writer.tensor(slot, stored)?;
        let row = slot.shape.last().map_or(1, |row| u64::from(*row));
        let step = (AT_ONCE / row).max(1) * row;
        let mut done = 0;
        while done < count {
            let now = step.min(count - done);
            let values = self.variables.values(&origin.variable, from + done, now)?;
            writer.weights(&values, stored)?;
            done += now;
        }
        Ok(())
    }

    /// The first number of a part of a variable, if the part has the right size.
    fn place(&self, origin: &Origin, count: u64) -> Result<u64, ConvertFault> {
        let found = self.variables.count(&origin.variable)?;
        if found != count.saturating_mul(origin.of) {
            let (variable, expected) = (origin.variable.clone(), count.saturating_mul(origin.of));
            return Err(ConvertFault::Size { variable, found, expected });
        }
        Ok(count * origin.part)
    }

    /// Keys have no bias in whisper.cpp's format: one that does something would be lost.
    fn expect_silence(&mut self, bias: &Origin, slot: &Slot) -> Result<(), ConvertFault> {
        let count = slot.shape.first().map_or(0, |rows| u64::from(*rows));
        let from = self.place(bias, count)?;
        let values = self.variables.values(&bias.variable, from, count)?;
        if values.iter().any(|value| *value != 0.0) {
            return Err(ConvertFault::KeyBias(bias.variable.clone()));
        }
        Ok(())
    }
}

fn stored_bytes(slot: &Slot, target: Target) -> u64 {
    let count = slot.shape.iter().map(|size| u64::from(*size)).product();
    let row = slot.shape.last().map_or(1, |row| u64::from(*row));
    // The header of a tensor takes some fifty bytes.
    slot.kind.stored(target.ftype()).bytes(row, count).unwrap_or(count * 4) + 64
}

/// A length that was compared with a limit before.
pub(super) fn length(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

/// The sizes, told by the shapes.
fn dims<R: Read + Seek>(variables: &mut Variables<R>) -> Result<Dims, ConvertFault> {
    let heads = variables.scalar("encoder/num_heads")?;
    expect("decoder/num_heads", variables.scalar("decoder/num_heads")?, heads)?;
    let size = |name: &str, at| variables.size(name, at);
    let layers = |half: &str| {
        let there =
            |layer: &u32| variables.has(&format!("{half}/layer_{layer}/self_attention/linear_0/weight"));
        length((0..MOST_LAYERS).take_while(there).count())
    };
    for (half, positions) in [("encoder", AUDIO_CONTEXT), ("decoder", TEXT_CONTEXT)] {
        let name = format!("{half}/position_encodings/encodings");
        expect(&name, size(&name, 0)?, positions)?;
    }
    let dims = Dims {
        vocabulary: size("decoder/embeddings/weight", 0)?,
        state: size("encoder/conv1/weight", 0)?,
        heads,
        audio_layers: layers("encoder"),
        text_layers: layers("decoder"),
        mels: size("encoder/conv1/weight", 1)?,
    };
    dims.check()?;
    Ok(dims)
}

fn expect(variable: &str, found: u32, expected: u32) -> Result<(), ConvertFault> {
    if found == expected {
        return Ok(());
    }
    Err(ConvertFault::Size { variable: variable.to_owned(), found: found.into(), expected: expected.into() })
}
