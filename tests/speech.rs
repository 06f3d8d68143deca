//! Real speech, real weights. The model is `EVENKEEL_TEST_MODEL`, or the one that is
//! installed: `EVENKEEL_TEST_MODEL=ggml-tiny.en-q8_0.bin cargo test --test speech -- --ignored`.

#![cfg(feature = "whisper")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failing test panics")]

#[path = "support/silero.rs"]
mod silero;

use std::path::{Path, PathBuf};

use evenkeel::app::folders::Folders;
use evenkeel::app::recognise::{self, Rules};
use evenkeel::audio::StereoSide;
use evenkeel::core::units::{RATE, SampleSpan};
use evenkeel::transcript::Settings;
use evenkeel::transcript::guards::{Verdict, judge, without_remarks};
use evenkeel::transcript::models::{Family, validate};
use evenkeel::transcript::recogniser::{Context, Heard, Recogniser};
use evenkeel::transcript::whisper::{Loading, Whisper};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/sample-call.flac");

/// None where it was said that there is none, because it could not be had.
fn model() -> Option<PathBuf> {
    let named = std::env::var_os("EVENKEEL_TEST_MODEL").map(PathBuf::from);
    let installed = || recognise::best(&recognise::folder(&Folders::standard().unwrap()), "en").unwrap();
    let model = named.or_else(installed).expect("name a model in EVENKEEL_TEST_MODEL, or `none`");
    (model != Path::new("none")).then_some(model)
}

#[test]
fn the_languages_are_those_of_the_library() {
    let theirs: Vec<_> = (0..=whisper_rs::get_lang_max_id()).filter_map(whisper_rs::get_lang_str).collect();
    assert_eq!(theirs, evenkeel::transcript::LANGUAGES);
}

fn load(model: &Path, times: bool) -> Whisper<'_> {
    load_with(model, times, None)
}

fn load_with<'a>(model: &'a Path, times: bool, detector: Option<&'a Path>) -> Whisper<'a> {
    let dims = validate(model).unwrap().dims;
    Whisper::load(&Loading { model, dims, language: "en", times, detector }).unwrap()
}

/// A folder with what tells speech from silence in it, which always says the same.
fn folder_with_silero(bias: f32) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ggml-silero-test.bin");
    std::fs::write(&path, silero::silero(bias)).unwrap();
    (folder, path)
}

#[test]
fn what_tells_speech_from_silence_is_used_where_it_is_installed() {
    let (folder, silero) = folder_with_silero(0.0);
    let script = folder.path().join("one.json");
    std::fs::write(&script, "{}").unwrap();
    let settings = Settings { model: script.display().to_string(), ..Settings::default() };
    let choice = || recognise::wanted(&settings, folder.path()).unwrap().unwrap();
    let with = choice();
    assert_eq!(with.detector.as_ref(), Some(&silero));
    // A damaged one is as none.
    let whole = std::fs::read(&silero).unwrap();
    std::fs::write(&silero, &whole[..whole.len() - 1]).unwrap();
    let without = choice();
    assert_eq!(without.detector, None);
    let rules = Rules::new(&settings).unwrap();
    assert_ne!(with.hash("0123456789ab", &rules), without.hash("0123456789ab", &rules));
}

#[test]
#[ignore = "needs model weights"]
fn r20_where_no_speech_is_seen_none_is_written_down() {
    let Some(model) = model() else { return };
    let samples = agent(0.0, 4.0);
    for (bias, words) in [(6.0, true), (-6.0, false)] {
        let (_folder, silero) = folder_with_silero(bias);
        let mut whisper = load_with(&model, false, Some(&silero));
        let heard = whisper.recognise(&samples, Context::Fitted).unwrap();
        assert_eq!(!heard.words.is_empty(), words);
        let kept = verdict(heard, samples.len(), whisper.family()) == Verdict::Keep;
        assert_eq!(kept, words);
    }
}

/// Seconds of the agent's side of the sample call.
fn agent(from: f64, to: f64) -> Vec<f32> {
    let sides = evenkeel::app::daemon::play::read(SAMPLE.as_ref(), StereoSide::Left).unwrap();
    let at = |seconds: f64| (seconds * f64::from(RATE)) as usize;
    sides.agent[at(from)..at(to).min(sides.agent.len())].to_vec()
}

fn verdict(heard: Heard, samples: usize, family: Family) -> Verdict {
    let length = SampleSpan::from_samples(samples as u64);
    judge(&without_remarks(heard), length, family, true)
}

#[test]
#[ignore = "needs model weights"]
fn speech_becomes_words_with_times_that_rise() {
    let Some(model) = model() else { return };
    let mut whisper = load(&model, true);
    let samples = agent(0.0, 8.0);
    let heard = whisper.recognise(&samples, Context::Fitted).unwrap();
    assert!(heard.timed && 5 < heard.words.len(), "{} words", heard.words.len());
    assert!(heard.words.iter().flat_map(|word| [word.from, word.to]).is_sorted());
    assert!(heard.words.last().unwrap().to <= SampleSpan::from_seconds(8.5));
    assert!(heard.words.iter().all(|word| 0.0 < word.sure && word.sure <= 1.0));
    assert_eq!(verdict(heard, samples.len(), whisper.family()), Verdict::Keep);
}

#[test]
#[ignore = "needs model weights"]
fn the_same_utterance_gives_the_same_words() {
    let Some(model) = model() else { return };
    let mut whisper = load(&model, false);
    let samples = agent(0.0, 6.0);
    let mut hear = || whisper.recognise(&samples, Context::Fitted).unwrap().text;
    let first = hear();
    assert!(first == hear());
}

#[test]
#[ignore = "needs model weights"]
fn r20_silence_and_noise_say_nothing() {
    let Some(model) = model() else { return };
    let mut whisper = load(&model, false);
    let noise = |level: f32| -> Vec<f32> {
        (0..3 * u64::from(RATE))
            .map(|k| ((k * 1_103_515_245 + 12_345) >> 8 & 0xffff) as f32)
            .map(|x| level * (x / 32_768.0 - 1.0))
            .collect()
    };
    for samples in [vec![0.0; 48_000], noise(0.01), noise(0.1)] {
        let heard = whisper.recognise(&samples, Context::Fitted).unwrap();
        let judged = verdict(heard, samples.len(), whisper.family());
        assert!(matches!(judged, Verdict::Drop(_)), "{judged:?}");
    }
}
