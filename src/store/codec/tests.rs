//! Everything comes back to the bit.

use proptest::prelude::*;

use super::*;
use crate::core::event::{Reading, Second};
use crate::core::pipeline::{Past, Settings};
use crate::core::summary::CallSummary;

/// Kinds of events; the compiler sees to it that they are all coded.
const EVENTS: u8 = 26;

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

/// A stored call of the first layout: what the program of that time wrote.
fn first_layout(name: &str) -> Vec<u8> {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/layout-1.txt"));
    let lines = text.lines().skip_while(|line| *line != name).skip(1);
    let hex: String = lines.take_while(|line| line.len() % 2 == 0 && !line.contains('s')).collect();
    (0..hex.len() / 2).map(|k| u8::from_str_radix(&hex[2 * k..2 * k + 2], 16).unwrap()).collect()
}

#[test]
fn the_first_layout_is_read_as_it_was_meant() {
    let settings: Settings = unblob(&first_layout("settings")).unwrap();
    let mut same = Settings::default();
    same.nudges.conditions.spoken.on = false;
    assert_eq!(settings, same, "nothing was made of words then");
    let past: Past = unblob(&first_layout("past")).unwrap();
    assert_eq!(past, Past::default());
    let summary: CallSummary = unblob(&first_layout("summary")).unwrap();
    assert_eq!(summary.score.value.known(), Some(57));
    assert_eq!(summary.language, crate::core::language::Language::default());
    let shown = |kind: crate::core::event::Kind| summary.nudges[kind as usize].shown;
    use crate::core::event::Kind;
    assert_eq!(
        [Kind::Interrupting, Kind::RaisedVoice, Kind::Positive, Kind::Incident].map(shown),
        [1, 1, 1, 0]
    );
}

#[test]
fn a_cut_first_layout_is_damaged() {
    let whole = first_layout("summary");
    assert!(unblob::<CallSummary>(&whole[..whole.len() - 1]).is_err());
}
