//! Whether a file is whisper.cpp's form of Silero, which tells speech from
//! silence: walked through to its last byte like the large models.

use std::io::{Read, Seek};
use std::path::Path;

use crate::transcript::models::fault::ModelFault;
use crate::transcript::models::layout::Ftype;
use crate::transcript::models::sniff::{self, Sort};
use crate::transcript::models::validate::open;
use crate::transcript::models::walk::Walk;

/// Magic, length of the name, and the name: `silero-16k`.
const NAME: u64 = 4 + 4 + 10;

/// The sizes of the only layout there is: window, context, four layers of the
/// encoder (in, out, kernel), the memory's two, the last layer's two.
const SIZES: [i32; 19] = [512, 64, 4, 129, 128, 3, 128, 64, 3, 64, 64, 3, 64, 128, 3, 128, 128, 128, 1];

/// Weights and biases of four convolutions, four of the memory, two of the last
/// layer, and the spectrum.
const TENSORS: usize = 15;

/// Bytes of a published file, far from all there could be.
const LARGEST: u64 = 8 << 20;

/// Walks through a file.
///
/// # Errors
/// Where it cannot be read, is something else, or is not whole.
pub fn validate_detector(path: &Path) -> Result<(), ModelFault> {
    detector(open(path)?)
}

/// The same for what is no file.
///
/// # Errors
/// Where it is something else, or is not whole.
pub fn detector(from: impl Read + Seek) -> Result<(), ModelFault> {
    let mut walk = Walk::new(from)?;
    let (sort, head) = sniff::sort(&mut walk)?;
    match sort {
        Sort::Detector => (),
        Sort::Other => return Err(sniff::refusal(&head)),
        Sort::Whisper | Sort::CTranslate2 | Sort::Zip => return Err(ModelFault::NoDetector),
    }
    // The three numbers of the version follow the name.
    walk.skip(NAME + 3 * 4)?;
    for expected in SIZES {
        let found = walk.number()?;
        if found != expected {
            return Err(ModelFault::Header { field: "a size", value: found.into(), expected: "Silero's" });
        }
    }
    let mut found = 0;
    while !walk.is_at_end() {
        tensor(&mut walk)?;
        found += 1;
    }
    if found == TENSORS { Ok(()) } else { Err(ModelFault::Tensors { found, expected: TENSORS }) }
}

fn tensor(walk: &mut Walk<impl Read + Seek>) -> Result<(), ModelFault> {
    let at = walk.at();
    let fault = |field, value: i32, expected| ModelFault::Tensor { at, field, value: value.into(), expected };
    let (rank, length, number) = (walk.number()?, walk.number()?, walk.number()?);
    if !(0..=4).contains(&rank) {
        return Err(fault("the number of dimensions", rank, "0 to 4"));
    } else if !(1..=128).contains(&length) {
        return Err(fault("the length of the name", length, "1 to 128"));
    }
    let width = match Ftype::of_tensor(number) {
        Some(Ftype::F32) => 4,
        Some(Ftype::F16) => 2,
        Some(_) | None => return Err(fault("the type", number, "f32 or f16")),
    };
    let mut weights = 1_u64;
    for _ in 0..rank {
        let size = walk.number()?;
        let known = u64::try_from(size).ok().filter(|size| 0 < *size);
        weights = weights.saturating_mul(known.ok_or_else(|| fault("a dimension", size, "1 or more"))?);
    }
    walk.skip(length.unsigned_abs().into())?;
    walk.skip(weights.saturating_mul(width).min(LARGEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// One of the right form, with tensors of a single number.
    fn small(tensors: usize) -> Vec<u8> {
        let mut file = b"lmgg\x0a\0\0\0silero-16k".to_vec();
        let mut numbers = vec![6, 2, 0];
        numbers.extend(SIZES);
        numbers.iter().for_each(|number: &i32| file.extend(number.to_le_bytes()));
        for _ in 0..tensors {
            [1, 1, 0, 1].iter().for_each(|number: &i32| file.extend(number.to_le_bytes()));
            file.extend(b"a\0\0\x80\x3f");
        }
        file
    }

    #[test]
    fn a_whole_one_is_taken_and_no_part_of_it() {
        let whole = small(TENSORS);
        assert!(detector(Cursor::new(&whole)).is_ok());
        for length in 0..whole.len() {
            assert!(detector(Cursor::new(&whole[..length])).is_err(), "cut after {length} bytes");
        }
        assert!(matches!(
            detector(Cursor::new(small(TENSORS + 1))),
            Err(ModelFault::Tensors { found: 16, expected: 15 })
        ));
    }

    #[test]
    fn another_kind_of_model_is_told() {
        let whisper = [b"lmgg".as_slice(), &[0; 100]].concat();
        assert!(matches!(detector(Cursor::new(whisper)), Err(ModelFault::NoDetector)));
        assert!(matches!(detector(Cursor::new(b"<html>")), Err(ModelFault::WebPage)));
    }
}
