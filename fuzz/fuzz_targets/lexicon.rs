//! Any text is either a lexicon or is told what is wrong with it; any words
//! are searched and redacted without a panic, and come out once.
#![no_main]

use evenkeel::config::lexicon::{built_in, check};
use evenkeel::core::private::Spoken;
use evenkeel::core::units::{Channel, SampleTime};
use evenkeel::core::words::Words;
use evenkeel::transcript::redact::{Redactor, Settings};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, Vec<&str>)| {
    let (file, texts) = input;
    let lexicon = check("fuzz.toml", file).map(std::sync::Arc::new).or_else(|_| built_in());
    let mut redactor = Redactor::new(Settings::default());
    let mut out = Vec::new();
    for (i, text) in texts.iter().enumerate() {
        if let Ok(lexicon) = &lexicon {
            let words = text.split_whitespace().count();
            let finds = lexicon.find(Channel::Agent, &Spoken::new(*text));
            assert!(finds.iter().all(|find| find.first <= find.last && find.last < words));
        }
        out.extend(redactor.push(said(i, text)));
    }
    out.extend(redactor.finish());
    assert_eq!(out.len(), texts.len());
});

fn said(i: usize, text: &str) -> Words {
    let at = |s: usize| SampleTime::from_seconds(s as f64);
    let who = if i.is_multiple_of(3) { Channel::Agent } else { Channel::Customer };
    Words { who, from: at(2 * i), to: at(2 * i + 1), text: Spoken::new(text), words: Vec::new() }
}
