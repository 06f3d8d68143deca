//! Files that are no models, or not whole.

use std::fs;
use std::io::Cursor;
use std::sync::LazyLock;

use evenkeel::transcript::models::{Class, Family, Ftype, ModelFault, validate, validate_reader};

use crate::ggml::Micro;

static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| Micro { quantised: true, ..Micro::default() }.bytes());

/// Where the parts of a file begin.
struct Marks {
    vocabulary: usize,
    tensors: usize,
}

const FILTERS: usize = 48;

fn marks() -> Marks {
    let number = |at: usize| i32::from_le_bytes(WHOLE[at..at + 4].try_into().unwrap());
    let vocabulary = FILTERS + 8 + 80 * 201 * 4;
    let words = number(vocabulary);
    let tensors = (0..words).fold(vocabulary + 4, |at, _| at + 4 + number(at) as usize);
    Marks { vocabulary, tensors }
}

fn refusal(bytes: &[u8]) -> String {
    let fault = validate_reader(Cursor::new(bytes)).unwrap_err();
    assert!(!fault.hint().is_empty());
    fault.to_string()
}

/// The whole file with a number changed.
fn with(at: usize, number: i32) -> Vec<u8> {
    let mut bytes = WHOLE.clone();
    bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
    bytes
}

#[test]
fn whole_models_of_either_family_and_type_are_taken() {
    for (multilingual, quantised) in [(false, false), (false, true), (true, false), (true, true)] {
        let bytes = Micro { multilingual, quantised, says: Some("thank you for calling") }.bytes();
        let checked = validate_reader(Cursor::new(&bytes)).unwrap();
        assert_eq!(checked.family, if multilingual { Family::Multilingual } else { Family::EnglishOnly });
        assert_eq!(checked.ftype, if quantised { Ftype::Q8_0 } else { Ftype::F16 });
        assert_eq!((checked.bytes, checked.dims.state), (bytes.len() as u64, 32));
    }
}

#[test]
fn what_is_no_model_at_all_is_called_by_its_name() {
    let page = [b"<!DOCTYPE html><html><head><title>404</title></head>".as_slice(), &[b'x'; 5000]].concat();
    let gguf = [b"GGUF\x03\0\0\0".as_slice(), &[0; 100_000]].concat();
    let detector = [b"lmgg\x0a\0\0\0silero-16k".as_slice(), &[0; 100]].concat();
    for (bytes, told) in [
        (b"".as_slice(), "is empty (0 bytes)"),
        (&page, "is a web page"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 77704715\n",
            "is a Git LFS pointer",
        ),
        (&gguf, "is a GGUF file"),
        (b"PK\x03\x04model", "is a zip archive"),
        (b"\x06\0\0\0\x0c\0WhisperSpec\0", "is a CTranslate2 (faster-whisper) model"),
        (&detector, "is a model that tells speech from silence"),
        (b"\x80\x02}q\0", "is not a model: it begins with 80 02 7d 71 00"),
    ] {
        let refused = refusal(bytes);
        assert!(refused.starts_with(told), "{told}: {refused}");
    }
}

#[test]
fn r30_files_are_refused_wherever_they_end() {
    let marks = marks();
    for (name, length) in [
        ("the magic alone", 4),
        ("within the sizes", 20),
        ("within the filters", 2000),
        ("before the vocabulary", marks.vocabulary + 2),
        ("within the length of a word", marks.vocabulary + 6),
        ("within the vocabulary", marks.vocabulary + 5000),
        ("within the first tensor", marks.tensors + 100),
        ("in the middle", WHOLE.len() / 2),
        ("a kilobyte early", WHOLE.len() - 1024),
        ("a byte early", WHOLE.len() - 1),
    ] {
        let refused = refusal(&WHOLE[..length]);
        assert!(refused.starts_with("is cut short: "), "{name}: {refused}");
    }
    assert_eq!(refusal(&WHOLE[..marks.tensors]), "is cut short: 0 tensors, expected 167");
}

#[test]
fn no_end_but_the_right_one_is_taken() {
    let step = WHOLE.len() / 997;
    for length in (0..WHOLE.len()).step_by(step) {
        assert!(validate_reader(Cursor::new(&WHOLE[..length])).is_err(), "cut after {length} bytes");
    }
    let longer = [WHOLE.as_slice(), &[0; 1000]].concat();
    assert_eq!(refusal(&longer), "goes on for 1000 bytes after its end");
}

#[test]
fn sizes_that_no_model_has_are_named_with_what_was_expected() {
    for (at, number, told) in [
        (4, -5, "the vocabulary is -5, expected 51864 to 51866"),
        (8, 3000, "the encoder's length is 3000, expected 1500"),
        (12, 1 << 28, "the width is 268435456, expected 32 to 1280 in steps of 32"),
        (16, 0, "the number of heads is 0, expected a divisor of the width"),
        (20, 5, "the encoder's layers is 5, expected 4, 6, 12, 24 or 32"),
        (36, 5, "the decoder's layers is 5, expected 1 to those of the encoder"),
        (40, 81, "the number of bands is 81, expected 80 or 128"),
        (44, 77, "the type of the weights is 77, expected one of whisper.cpp's"),
        (FILTERS, 1 << 30, "a filter table of 1073741824 x 201, expected 80 x 201"),
    ] {
        assert_eq!(refusal(&with(at, number)), format!("is damaged: {told}"));
    }
}

#[test]
fn a_vocabulary_or_tensor_that_makes_no_sense_is_told_with_its_place() {
    let Marks { vocabulary, tensors } = marks();
    let at = format!("is damaged at byte {tensors}: ");
    for (place, number, told) in [
        (vocabulary, -1, "is damaged: -1 vocabulary entries, expected 50256 to 51864".to_owned()),
        (
            vocabulary + 9,
            600,
            "is damaged: vocabulary entry 1 claims 600 bytes, expected 0 to 512".to_owned(),
        ),
        (
            vocabulary + 4,
            -16,
            "is damaged: vocabulary entry 0 claims -16 bytes, expected 0 to 512".to_owned(),
        ),
        (tensors, 9, format!("{at}the number of dimensions of a tensor is 9, expected 1 to 4")),
        (
            tensors + 4,
            i32::MAX,
            format!("{at}the length of the name of a tensor is 2147483647, expected 1 to 128"),
        ),
        (tensors + 4, -1, format!("{at}the length of the name of a tensor is -1, expected 1 to 128")),
        (tensors + 8, 999, format!("{at}the type of a tensor is 999, expected one of whisper.cpp's")),
        (tensors + 12, 0, format!("{at}a dimension of a tensor is 0, expected 1 or more")),
        (
            tensors + 12,
            64,
            "is damaged: tensor decoder.positional_embedding is 64 x 448 in f32, expected 32 x 448 in f32"
                .to_owned(),
        ),
    ] {
        let refused = refusal(&with(place, number));
        assert!(refused.starts_with(&told), "{told}: {refused}");
    }
}

#[test]
fn a_tensor_of_a_strange_name_is_told_without_what_a_terminal_would_obey() {
    let mut bytes = WHOLE.clone();
    bytes[marks().tensors + 20] = 0x1b;
    assert_eq!(refusal(&bytes), "is damaged: tensor ?ecoder.positional_embedding is not expected");
}

#[test]
fn a_tensor_that_comes_twice_is_told() {
    let bytes = String::from_utf8_lossy(b"encoder.blocks.0.mlp_ln.weight").into_owned();
    let at = |name: &str| WHOLE.windows(name.len()).position(|part| part == name.as_bytes()).unwrap();
    let mut twice = WHOLE.clone();
    twice[at(&bytes)..][..bytes.len()].copy_from_slice(b"encoder.blocks.1.mlp_ln.weight");
    assert_eq!(refusal(&twice), "is damaged: tensor encoder.blocks.1.mlp_ln.weight is not expected twice");
}

#[test]
fn changed_weights_are_left_to_the_check_sum() {
    let mut rotten = WHOLE.clone();
    let from = marks().tensors + 2000;
    rotten[from..from + 40_000].iter_mut().for_each(|byte| *byte ^= 0x5a);
    assert!(validate_reader(Cursor::new(rotten)).is_ok());
}

#[test]
fn what_is_no_ordinary_file_is_refused_without_waiting_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let missing = validate(&folder.path().join("none.bin")).unwrap_err();
    assert!(matches!(missing, ModelFault::Missing) && missing.class() == Class::Unreadable);
    assert!(matches!(validate(folder.path()).unwrap_err(), ModelFault::Folder));
    #[cfg(unix)]
    {
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(matches!(validate(&pipe).unwrap_err(), ModelFault::NotAFile));
    }
    let file = folder.path().join("whole.bin");
    fs::write(&file, WHOLE.as_slice()).unwrap();
    assert_eq!(validate(&file).unwrap().bytes, WHOLE.len() as u64);
}
