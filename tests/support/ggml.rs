//! Small models for tests, in whisper.cpp's format: made here, of no use for
//! real speech. One that is told what to say says it whatever it hears: all its
//! layers are zero, and each position points at the next word.
//! Nothing here uses the program's own code, so that its readers are tested
//! against something else than its writers.

use half::f16;

/// Width, heads and layers of both halves: the least that whisper.cpp takes.
const WIDE: usize = 32;
const HEADS: i32 = 1;
const LAYERS: usize = 4;
const AUDIO_CONTEXT: usize = 1500;
const TEXT_CONTEXT: usize = 448;
const MELS: usize = 80;
const BINS: usize = 201;
/// Entries in the file.
const WORDS: usize = 50_257;

/// A model to be made.
#[derive(Clone, Copy, Default)]
pub(crate) struct Micro<'a> {
    /// Takes a language, and answers to three tokens instead of one.
    pub(crate) multilingual: bool,
    /// Weights as `q8_0`, else as `f16`.
    pub(crate) quantised: bool,
    /// What it says to everything, up to 27 different words; else its weights are chance.
    pub(crate) says: Option<&'a str>,
}

/// How a tensor is stored.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Exact,
    Half,
    Weight,
}

/// One tensor, rows first.
pub(crate) struct Tensor {
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
    pub(crate) kind: Kind,
    pub(crate) values: Vec<f32>,
}

impl Micro<'_> {
    /// The file.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut file = Vec::new();
        let state = WIDE as i32;
        let layers = LAYERS as i32;
        let header = [
            0x6767_6d6c,
            self.tokens() as i32,
            AUDIO_CONTEXT as i32,
            state,
            HEADS,
            layers,
            TEXT_CONTEXT as i32,
            state,
            HEADS,
            layers,
            MELS as i32,
            if self.quantised { 2007 } else { 1 },
            MELS as i32,
            BINS as i32,
        ];
        header.into_iter().for_each(|number: i32| file.extend(number.to_le_bytes()));
        // Flat filters: every band hears everything.
        (0..MELS * BINS).for_each(|_| file.extend(0.01_f32.to_le_bytes()));
        file.extend((WORDS as i32).to_le_bytes());
        for word in self.vocabulary() {
            file.extend((word.len() as i32).to_le_bytes());
            file.extend(word);
        }
        self.tensors().iter().for_each(|tensor| tensor.write(self.quantised, &mut file));
        file
    }

    /// Tokens, those included that the file does not spell out.
    pub(crate) const fn tokens(&self) -> usize {
        if self.multilingual { 51_865 } else { 51_864 }
    }

    const fn end_of_text(&self) -> usize {
        if self.multilingual { 50_257 } else { 50_256 }
    }

    const fn first_time(&self) -> usize {
        if self.multilingual { 50_364 } else { 50_363 }
    }

    fn said(&self) -> Vec<Vec<u8>> {
        let mut words: Vec<Vec<u8>> = Vec::new();
        for word in self.says.unwrap_or_default().split_whitespace() {
            let word = format!(" {word}").into_bytes();
            if !words.contains(&word) {
                words.push(word);
            }
        }
        words
    }

    /// Single bytes, the words that it says, and words that nobody says.
    pub(crate) fn vocabulary(&self) -> Vec<Vec<u8>> {
        let mut words: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte]).collect();
        words.extend(self.said());
        let filler = WORDS - 1 - words.len();
        words.extend((0..filler).map(|i| format!(" z{i}").into_bytes()));
        words.push(if self.multilingual { Vec::new() } else { b"<|endoftext|>".to_vec() });
        words
    }

    /// All of them, in the order of published files.
    pub(crate) fn tensors(&self) -> Vec<Tensor> {
        let mut list = List { quiet: self.says.is_some(), chance: 1, tensors: Vec::new() };
        let (positions, embedding) = match self.says {
            Some(text) => self.speech(text),
            None => (list.chance(TEXT_CONTEXT * WIDE, 0.1), list.chance(self.tokens() * WIDE, 0.2)),
        };
        let heard = list.values(AUDIO_CONTEXT * WIDE, 0.1);
        list.add("decoder.positional_embedding", &[TEXT_CONTEXT, WIDE], Kind::Exact, positions);
        list.add("encoder.positional_embedding", &[AUDIO_CONTEXT, WIDE], Kind::Exact, heard);
        list.add("decoder.token_embedding.weight", &[self.tokens(), WIDE], Kind::Weight, embedding);
        (0..LAYERS).for_each(|i| list.block(&format!("decoder.blocks.{i}"), &["attn", "cross_attn"]));
        list.norm("decoder.ln");
        for (name, bands) in [("encoder.conv1", MELS), ("encoder.conv2", WIDE)] {
            list.weights(&format!("{name}.weight"), &[WIDE, bands, 3], Kind::Half);
            list.weights(&format!("{name}.bias"), &[WIDE, 1], Kind::Exact);
        }
        (0..LAYERS).for_each(|i| list.block(&format!("encoder.blocks.{i}"), &["attn"]));
        list.norm("encoder.ln_post");
        list.tensors
    }

    /// Positions that each point at the token to come, and the embedding with
    /// which they are compared: rows of a Hadamard matrix, which have nothing in
    /// common with each other.
    fn speech(&self, text: &str) -> (Vec<f32>, Vec<f32>) {
        let words = self.said();
        let number = |word: &str| 256 + words.iter().position(|w| w[1..] == *word.as_bytes()).unwrap();
        let (start, first) = (self.end_of_text() + 1, self.first_time());
        // Begins at 0 s, ends at 2 s.
        let mut line = vec![first];
        line.extend(text.split_whitespace().map(number));
        line.extend([first + 100, self.end_of_text()]);
        let mut used = vec![start];
        line.iter().for_each(|token| {
            if !used.contains(token) {
                used.push(*token);
            }
        });
        assert!(used.len() < WIDE, "a model this small says up to 27 different words");
        let row = |token: usize| hadamard(1 + used.iter().position(|t| *t == token).unwrap());

        let mut embedding = vec![0.0; self.tokens() * WIDE];
        for token in &used {
            embedding[token * WIDE..][..WIDE].copy_from_slice(&row(*token).map(|x| 6.0 * x));
        }
        // Tokens before the first answer: start, and for many languages which and what to do.
        let before = if self.multilingual { 2 } else { 0 };
        let mut positions = Vec::with_capacity(TEXT_CONTEXT * WIDE);
        for at in 0..TEXT_CONTEXT {
            let answer =
                at.checked_sub(before).map_or(first, |at| *line.get(at).unwrap_or(&self.end_of_text()));
            positions.extend(row(answer).map(|x| 8.0 * x));
        }
        (positions, embedding)
    }
}

/// A row of the matrix, of length one.
fn hadamard(row: usize) -> [f32; WIDE] {
    let size = 1.0 / (WIDE as f32).sqrt();
    std::array::from_fn(|column| if (row & column).count_ones().is_multiple_of(2) { size } else { -size })
}

struct List {
    /// Layers are zero.
    quiet: bool,
    chance: u64,
    tensors: Vec<Tensor>,
}

impl List {
    fn add(&mut self, name: &str, shape: &[usize], kind: Kind, values: Vec<f32>) {
        assert_eq!(shape.iter().product::<usize>(), values.len());
        // As real ones, which were trained in half precision.
        let values = values.into_iter().map(|x| f16::from_f32(x).to_f32()).collect();
        self.tensors.push(Tensor { name: name.to_owned(), shape: shape.to_owned(), kind, values });
    }

    /// Even chance around zero, the same on every machine.
    fn chance(&mut self, count: usize, size: f32) -> Vec<f32> {
        let mut next = || {
            self.chance =
                self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((self.chance >> 40) as f32 / (1 << 23) as f32 - 1.0) * size
        };
        (0..count).map(|_| next()).collect()
    }

    fn values(&mut self, count: usize, size: f32) -> Vec<f32> {
        if self.quiet { vec![0.0; count] } else { self.chance(count, size) }
    }

    fn weights(&mut self, name: &str, shape: &[usize], kind: Kind) {
        let values = self.values(shape.iter().product(), 0.2);
        self.add(name, shape, kind, values);
    }

    fn norm(&mut self, name: &str) {
        self.add(&format!("{name}.weight"), &[WIDE], Kind::Exact, vec![1.0; WIDE]);
        self.add(&format!("{name}.bias"), &[WIDE], Kind::Exact, vec![0.0; WIDE]);
    }

    fn linear(&mut self, name: &str, rows: usize, columns: usize) {
        self.weights(&format!("{name}.weight"), &[rows, columns], Kind::Weight);
        self.weights(&format!("{name}.bias"), &[rows], Kind::Exact);
    }

    fn block(&mut self, name: &str, attentions: &[&str]) {
        self.norm(&format!("{name}.mlp_ln"));
        self.linear(&format!("{name}.mlp.0"), 4 * WIDE, WIDE);
        self.linear(&format!("{name}.mlp.2"), WIDE, 4 * WIDE);
        for attention in attentions {
            let name = format!("{name}.{attention}");
            self.norm(&format!("{name}_ln"));
            self.linear(&format!("{name}.query"), WIDE, WIDE);
            self.weights(&format!("{name}.key.weight"), &[WIDE, WIDE], Kind::Weight);
            self.linear(&format!("{name}.value"), WIDE, WIDE);
            self.linear(&format!("{name}.out"), WIDE, WIDE);
        }
    }
}

impl Tensor {
    fn write(&self, quantised: bool, file: &mut Vec<u8>) {
        let stored = match self.kind {
            Kind::Exact => 0,
            Kind::Weight if quantised => 8,
            Kind::Half | Kind::Weight => 1,
        };
        let numbers = [self.shape.len() as i32, self.name.len() as i32, stored];
        numbers.into_iter().for_each(|number| file.extend(number.to_le_bytes()));
        self.shape.iter().rev().for_each(|size| file.extend((*size as i32).to_le_bytes()));
        file.extend(self.name.bytes());
        match stored {
            0 => self.values.iter().for_each(|x| file.extend(x.to_le_bytes())),
            1 => self.values.iter().for_each(|x| file.extend(f16::from_f32(*x).to_le_bytes())),
            _ => self.values.chunks(32).for_each(|block| quantise(block, file)),
        }
    }
}

/// 32 weights as a scale and a byte each.
fn quantise(block: &[f32], file: &mut Vec<u8>) {
    let scale = block.iter().fold(0.0_f32, |most, x| most.max(x.abs())) / 127.0;
    let inverse = if scale == 0.0 { 0.0 } else { 1.0 / scale };
    file.extend(f16::from_f32(scale).to_le_bytes());
    file.extend(block.iter().map(|x| ((x * inverse).round() as i8).cast_unsigned()));
}
