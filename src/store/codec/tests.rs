//! Everything comes back to the bit.

use proptest::prelude::*;

use super::*;
use crate::core::event::{Reading, Second};
use crate::core::pipeline::{Past, Settings};
use crate::core::summary::CallSummary;

/// Kinds of events; the compiler sees to it that they are all coded.
const EVENTS: u8 = 24;

/// A value made of any bytes.
fn wild<T: Code>(bytes: &[u8]) -> T {
    T::take(&mut Input::wild(bytes)).unwrap()
}

fn bytes(value: &impl Code) -> Vec<u8> {
    let mut out = Vec::new();
    value.put(&mut out);
    out
}

fn comes_back<T: Code + std::fmt::Debug>(value: &T) {
    let there = blob(value);
    let back: T = unblob(&there).unwrap();
    assert_eq!(blob(&back), there);
    assert_eq!(format!("{back:?}"), format!("{value:?}"));
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..1200)
}

proptest! {
    #[test]
    fn every_kind_of_event_comes_back_to_the_bit(rest in any_bytes()) {
        for kind in 0..EVENTS {
            let original: Event = wild(&[&[kind], rest.as_slice()].concat());
            let (number, body) = event(&original);
            prop_assert_eq!(number, kind);
            let back = unevent(number, &body).unwrap();
            prop_assert!(same_bits(&original, &back));
            prop_assert_eq!(format!("{original:?}"), format!("{back:?}"));
        }
    }

    #[test]
    fn summaries_settings_and_the_past_come_back_to_the_bit(any in any_bytes()) {
        comes_back(&wild::<CallSummary>(&any));
        comes_back(&wild::<Settings>(&any));
        comes_back(&wild::<Past>(&any));
    }

    #[test]
    fn packed_readings_come_back_to_the_bit(any in proptest::collection::vec(any_bytes(), 0..12)) {
        let readings: Vec<Numbered<Reading>> =
            any.iter().enumerate().map(|(k, b)| Numbered { seq: k as u64 * 3 + 7, what: wild(b) }).collect();
        let back = unpack_readings(&pack_readings(&readings)).unwrap();
        prop_assert_eq!(readings.len(), back.len());
        for (a, b) in readings.iter().zip(&back) {
            prop_assert_eq!(a.seq, b.seq);
            prop_assert_eq!(bytes(&a.what), bytes(&b.what));
        }
        let seconds: Vec<Numbered<Second>> =
            any.iter().enumerate().map(|(k, b)| Numbered { seq: k as u64, what: wild(b) }).collect();
        let back = unpack_seconds(&pack_seconds(&seconds)).unwrap();
        prop_assert_eq!(format!("{seconds:?}"), format!("{back:?}"));
    }

    #[test]
    fn damaged_bytes_are_an_error_and_never_a_panic(any in any_bytes()) {
        let _ = unblob::<CallSummary>(&any);
        let _ = unblob::<Settings>(&any);
        let _ = unpack_readings(&any);
        let _ = unpack_seconds(&any);
        if let Some((kind, rest)) = any.split_first() {
            let _ = unevent(*kind, rest);
        }
    }
}

#[test]
fn the_number_after_the_last_event_is_none() {
    assert_eq!(unevent(EVENTS, &[0; 64]), Err(Damaged::Variant(EVENTS)));
}

#[test]
fn defaults_come_back_equal() {
    let back: Settings = unblob(&blob(&Settings::default())).unwrap();
    assert_eq!(back, Settings::default());
    let back: Past = unblob(&blob(&Past::default())).unwrap();
    assert_eq!(back, Past::default());
}

#[test]
fn another_layout_is_said_and_not_guessed() {
    let mut other = blob(&Past::default());
    other[0] = 9;
    assert_eq!(unblob::<Past>(&other), Err(Damaged::Format { found: 9, known: FORMAT }));
}

#[test]
fn a_cut_or_lengthened_blob_is_damaged() {
    let whole = blob(&Settings::default());
    assert_eq!(unblob::<Settings>(&whole[..whole.len() - 1]), Err(Damaged::Short));
    assert_eq!(unblob::<Settings>(&[whole.as_slice(), &[0]].concat()), Err(Damaged::Long(1)));
}

#[test]
fn a_reading_that_goes_on_takes_a_few_bytes() {
    let step = |k: u64| Reading {
        at: crate::core::units::SampleTime::from_samples(k * 1600),
        of: crate::core::units::SampleTime::from_samples(k * 1600),
        ..wild(&[0; 64])
    };
    let readings: Vec<_> = (1..=10).map(|k| Numbered { seq: k, what: step(k) }).collect();
    assert!(pack_readings(&readings).len() < 60, "{}", pack_readings(&readings).len());
}
