//! Any bytes are either a whole model or refused with a reason, by each of the
//! readers that a file may come to. The first byte chooses a beginning that
//! chance would not find.
#![no_main]

use std::alloc::System;
use std::io::Cursor;

use cap::Cap;
use evenkeel::transcript::models::{Ct2Model, Form, detector, validate_reader, vocabulary};
use libfuzzer_sys::fuzz_target;

/// Memory that a few kilobytes may take, whatever they promise.
const MEMORY: usize = 64 << 20;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, MEMORY);

/// What files begin with.
const BEGINNINGS: [&[u8]; 4] =
    [b"", b"lmgg", b"lmgg\x0a\0\0\0silero-16k", b"\x06\0\0\0\x0c\0WhisperSpec\0\x03\0\0\0"];

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let file = [BEGINNINGS[usize::from(*first) % BEGINNINGS.len()], rest].concat();
    check(validate_reader(Cursor::new(&file)).err().map(|fault| (fault.to_string(), fault.hint())));
    check(detector(Cursor::new(&file)).err().map(|fault| (fault.to_string(), fault.hint())));
    check(Ct2Model::open(Cursor::new(&file)).err().map(|fault| (fault.to_string(), "-")));
    for form in [Form::List, Form::Lines, Form::Tokenizer] {
        check(vocabulary(form, rest).err().map(|fault| (fault.to_string(), "-")));
    }
});

fn check(refused: Option<(String, &str)>) {
    let Some((told, hint)) = refused else { return };
    assert!(!told.is_empty() && !hint.is_empty());
    assert!(!told.contains(char::is_control), "{told:?}");
}
