//! Whether a file is a whole Whisper model. Every length in it is followed to
//! the last byte and every tensor compared with what the header calls for, so
//! that the C++ library is only ever given what it can take. Weights that have
//! changed are not seen here: check sums tell.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use crate::transcript::models::fault::ModelFault;
use crate::transcript::models::layout::{
    AUDIO_CONTEXT, BINS, Dims, Family, Ftype, LEAST_WORDS, MAGIC, Slot, TEXT_CONTEXT, slots,
};
use crate::transcript::models::sniff;
use crate::transcript::models::walk::Walk;

/// Bytes of the longest token, generously: published ones stay below 100.
const LONGEST_WORD: i32 = 512;

/// Letters of the longest name of a tensor, generously.
const LONGEST_NAME: i32 = 128;

/// A file that is a whole model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Its sizes.
    pub dims: Dims,
    /// Which languages it knows.
    pub family: Family,
    /// How its weights are stored.
    pub ftype: Ftype,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Walks through a file.
///
/// # Errors
/// Where it cannot be read, is something else, or is not whole.
pub fn validate(path: &Path) -> Result<Checked, ModelFault> {
    validate_reader(open(path)?)
}

/// An ordinary file.
pub(super) fn open(path: &Path) -> Result<File, ModelFault> {
    // Opening a pipe would wait for whoever writes into it.
    let kind = std::fs::metadata(path).map_err(ModelFault::from_io)?.file_type();
    if kind.is_dir() {
        return Err(ModelFault::Folder);
    } else if !kind.is_file() {
        return Err(ModelFault::NotAFile);
    }
    File::open(path).map_err(ModelFault::from_io)
}

/// The same for what is no file.
///
/// # Errors
/// Where it is something else, or is not whole.
pub fn validate_reader(from: impl Read + Seek) -> Result<Checked, ModelFault> {
    let mut walk = Walk::new(from)?;
    sniff::expect_whisper(&mut walk)?;
    let (dims, ftype) = header(&mut walk)?;
    filters(&mut walk, dims.mels)?;
    vocabulary(&mut walk, dims.vocabulary)?;
    tensors(&mut walk, &dims, ftype)?;
    Ok(Checked { dims, family: dims.family(), ftype, bytes: walk.length() })
}

fn header(walk: &mut Walk<impl Read + Seek>) -> Result<(Dims, Ftype), ModelFault> {
    debug_assert_eq!(walk.at(), 0);
    let magic = walk.number()?;
    debug_assert_eq!(magic, MAGIC as i32);
    let mut numbers = [0; 11];
    for number in &mut numbers {
        *number = walk.number()?;
    }
    let [
        vocabulary,
        audio_context,
        state,
        heads,
        audio_layers,
        text_context,
        text_state,
        text_heads,
        text_layers,
        mels,
        ftype,
    ] = numbers;
    within("the encoder's length", audio_context, |n| n == AUDIO_CONTEXT, "1500")?;
    within("the decoder's length", text_context, |n| n == TEXT_CONTEXT, "448")?;
    let any = |_| true;
    let dims = Dims {
        vocabulary: within("the vocabulary", vocabulary, any, VOCABULARIES)?,
        state: within("the width", state, any, WIDTHS)?,
        heads: within("the number of heads", heads, any, HEADS)?,
        audio_layers: within("the encoder's layers", audio_layers, any, AUDIO_LAYERS)?,
        text_layers: within("the decoder's layers", text_layers, any, TEXT_LAYERS)?,
        mels: within("the number of bands", mels, any, BANDS)?,
    };
    dims.check()?;
    within("the decoder's width", text_state, |n| i64::from(n) == i64::from(state), "that of the encoder")?;
    within(
        "the decoder's number of heads",
        text_heads,
        |n| i64::from(n) == i64::from(heads),
        "that of the encoder",
    )?;
    let ftype = Ftype::of_number(ftype).ok_or(ModelFault::Header {
        field: "the type of the weights",
        value: ftype.into(),
        expected: "one of whisper.cpp's",
    })?;
    Ok((dims, ftype))
}

const VOCABULARIES: &str = "51864 to 51866";
const WIDTHS: &str = "32 to 1280 in steps of 32";
const HEADS: &str = "a divisor of the width";
const AUDIO_LAYERS: &str = "4, 6, 12, 24 or 32";
const TEXT_LAYERS: &str = "1 to those of the encoder";
const BANDS: &str = "80 or 128";

impl Dims {
    /// Whether they are sizes that the library takes.
    pub(super) fn check(&self) -> Result<(), ModelFault> {
        let Self { vocabulary, state, heads, audio_layers, text_layers, mels } = *self;
        let checks = [
            ("the vocabulary", vocabulary, (51_864..=51_866).contains(&vocabulary), VOCABULARIES),
            ("the width", state, (32..=1280).contains(&state) && state.is_multiple_of(32), WIDTHS),
            ("the number of heads", heads, state.checked_rem(heads) == Some(0), HEADS),
            // The library tells sizes by this number and takes no other.
            (
                "the encoder's layers",
                audio_layers,
                matches!(audio_layers, 4 | 6 | 12 | 24 | 32),
                AUDIO_LAYERS,
            ),
            ("the decoder's layers", text_layers, (1..=audio_layers).contains(&text_layers), TEXT_LAYERS),
            ("the number of bands", mels, matches!(mels, 80 | 128), BANDS),
        ];
        match checks.into_iter().find(|(_, _, fits, _)| !fits) {
            Some((field, value, _, expected)) => {
                Err(ModelFault::Header { field, value: value.into(), expected })
            }
            None => Ok(()),
        }
    }
}

/// A number of the header that fits.
fn within(
    field: &'static str,
    value: i32,
    fits: impl Fn(u32) -> bool,
    expected: &'static str,
) -> Result<u32, ModelFault> {
    let refused = ModelFault::Header { field, value: value.into(), expected };
    u32::try_from(value).ok().filter(|value| fits(*value)).ok_or(refused)
}

fn filters(walk: &mut Walk<impl Read + Seek>, expected: u32) -> Result<(), ModelFault> {
    let (mels, bins) = (walk.number()?, walk.number()?);
    if (i64::from(mels), i64::from(bins)) != (expected.into(), BINS.into()) {
        return Err(ModelFault::Filters { mels, bins, expected });
    }
    walk.skip(u64::from(expected) * u64::from(BINS) * 4)
}

fn vocabulary(walk: &mut Walk<impl Read + Seek>, most: u32) -> Result<(), ModelFault> {
    let count = walk.number()?;
    let fits = |count: &u32| (LEAST_WORDS..=most).contains(count);
    let words = u32::try_from(count).ok().filter(fits).ok_or(ModelFault::Vocabulary { count, most })?;
    for entry in 0..words {
        let bytes = walk.number()?;
        if !(0..=LONGEST_WORD).contains(&bytes) {
            return Err(ModelFault::Word { entry, bytes });
        }
        walk.skip(bytes.unsigned_abs().into())?;
    }
    Ok(())
}

fn tensors(walk: &mut Walk<impl Read + Seek>, dims: &Dims, weights: Ftype) -> Result<(), ModelFault> {
    let expected: HashMap<String, Slot> =
        slots(dims).into_iter().map(|slot| (slot.name.clone(), slot)).collect();
    let mut seen = HashSet::new();
    while !walk.is_at_end() && seen.len() < expected.len() {
        let tensor = Tensor::read(walk)?;
        let slot = expected
            .get(&tensor.name)
            .ok_or_else(|| ModelFault::Unexpected { name: readable(&tensor.name), twice: false })?;
        let bytes = tensor.fits(slot, weights)?;
        if !seen.insert(tensor.name) {
            return Err(ModelFault::Unexpected { name: slot.name.clone(), twice: true });
        }
        walk.skip(bytes)?;
    }
    if seen.len() < expected.len() {
        return Err(ModelFault::Tensors { found: seen.len(), expected: expected.len() });
    }
    match walk.length() - walk.at() {
        0 => Ok(()),
        extra => Err(ModelFault::TooLong { extra }),
    }
}

/// What stands before the weights of a tensor.
struct Tensor {
    name: String,
    /// Rows last, as files have it.
    shape: Vec<u32>,
    stored: Ftype,
}

impl Tensor {
    fn read(walk: &mut Walk<impl Read + Seek>) -> Result<Self, ModelFault> {
        let at = walk.at();
        let fault =
            |field, value: i32, expected| ModelFault::Tensor { at, field, value: value.into(), expected };
        let (rank, length, number) = (walk.number()?, walk.number()?, walk.number()?);
        if !(1..=4).contains(&rank) {
            return Err(fault("the number of dimensions", rank, "1 to 4"));
        } else if !(1..=LONGEST_NAME).contains(&length) {
            return Err(fault("the length of the name", length, "1 to 128"));
        }
        let stored =
            Ftype::of_tensor(number).ok_or_else(|| fault("the type", number, "one of whisper.cpp's"))?;
        let mut shape = Vec::new();
        for _ in 0..rank {
            let size = walk.number()?;
            let fits = u32::try_from(size).ok().filter(|size| 0 < *size);
            shape.push(fits.ok_or_else(|| fault("a dimension", size, "1 or more"))?);
        }
        let name = walk.bytes(length.unsigned_abs().into())?;
        Ok(Self { name: String::from_utf8_lossy(&name).into_owned(), shape, stored })
    }

    /// Its bytes, if it is what the slot is for.
    fn fits(&self, slot: &Slot, weights: Ftype) -> Result<u64, ModelFault> {
        let expected: Vec<u32> = slot.shape.iter().rev().copied().collect();
        let stored = slot.kind.stored(weights);
        let row = expected.first().copied().unwrap_or(1);
        let count = expected.iter().map(|size| u64::from(*size)).product();
        // A dimension of one at the end says nothing.
        let same = without_ones(&self.shape) == without_ones(&expected) && self.stored == stored;
        stored.bytes(row.into(), count).filter(|_| same).ok_or_else(|| ModelFault::Shape {
            name: slot.name.clone(),
            found: told(&self.shape, self.stored),
            expected: told(&expected, stored),
        })
    }
}

fn without_ones(shape: &[u32]) -> &[u32] {
    let end = shape.iter().rposition(|size| *size != 1).map_or(0, |last| last + 1);
    &shape[..end]
}

fn told(shape: &[u32], stored: Ftype) -> String {
    let sizes: Vec<_> = shape.iter().map(u32::to_string).collect();
    format!("{} in {stored}", sizes.join(" x "))
}

/// A name out of a file, fit for a message.
fn readable(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_graphic() { c } else { '?' }).collect()
}
