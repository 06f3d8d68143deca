//! The recogniser itself: whisper.cpp, through the one module that names it. It
//! runs in a process of its own, since the library may abort.
//!
//! Greedy, one thread, timestamps on, no prompt, no memory of what was said
//! before, one pinned language, never translated: each of these was measured.

mod detector;

use std::path::Path;

use detector::Detector;
use whisper_rs::{
    DtwMode, DtwModelPreset, DtwParameters, FullParams, SamplingStrategy, WhisperContext,
    WhisperContextParameters, WhisperState,
};

use crate::core::private::Spoken;
use crate::core::units::SampleSpan;
use crate::transcript::guards::most_tokens;
use crate::transcript::models::{Dims, Family};
use crate::transcript::recogniser::{
    Context, Detail, Heard, HeardWord, Recogniser, RecogniserError, Unfit, processor_is_fit, seconds,
};

/// Positions of the encoder in one second.
const POSITIONS: f64 = 50.0;
/// Positions beyond the end of the speech, about five seconds of silence. With
/// less the recogniser says the same again and again.
const MARGIN: u32 = 256;
/// The library rounds the context to this itself.
const STEP: u32 = 64;
/// The whole context.
const WHOLE: u32 = 1500;
/// Memory for the times of words.
const TIMES_MEMORY: usize = 128 << 20;

/// What a recogniser is loaded with.
#[derive(Clone, Copy, Debug)]
pub struct Loading<'a> {
    /// The model's file, which was checked before.
    pub model: &'a Path,
    /// Its sizes, as they were found then.
    pub dims: Dims,
    /// The language that is spoken, as two letters. Models of English know no other.
    pub language: &'a str,
    /// Whether the ends of words are measured, which takes a third more time.
    pub times: bool,
    /// The file, checked before, of what looks whether there is speech at all.
    pub detector: Option<&'a Path>,
}

/// A loaded model and its working memory.
pub struct Whisper<'a> {
    context: WhisperContext,
    state: WhisperState,
    params: FullParams<'a, 'a>,
    times: bool,
    detector: Option<Detector>,
}

impl<'a> Whisper<'a> {
    /// Loads a model. The library is not touched on a processor that is too old.
    ///
    /// # Errors
    /// The processor, or a model that the library cannot read.
    pub fn load(loading: &Loading<'a>) -> Result<Self, Unfit> {
        if !processor_is_fit() {
            return Err(Unfit::Processor);
        }
        // Its messages may hold what was said; nobody takes them.
        whisper_rs::install_logging_hooks();
        let preset = loading.times.then(|| preset(loading.dims)).flatten();
        let times = preset.is_some();
        let context = open(loading.model, preset)?;
        let state = context.create_state().map_err(|e| refused(loading.model, e))?;
        let language = if context.is_multilingual() { loading.language } else { "en" };
        // One that the library does not take is done without: words are worth more, and
        // the other guards look at what it would have kept out.
        let detector = loading.detector.and_then(Detector::load);
        Ok(Self { context, state, params: params(language), times, detector })
    }

    /// Which figures hold for the model.
    pub fn family(&self) -> Family {
        if self.context.is_multilingual() { Family::Multilingual } else { Family::EnglishOnly }
    }

    fn no_speech(&mut self) -> f32 {
        match self.family() {
            Family::EnglishOnly => self.state.get_segment(0).map_or(0.0, |s| s.no_speech_probability()),
            // The library reads the figure at the wrong token of the prompt.
            Family::Multilingual => self.no_speech_by_hand().unwrap_or(0.0),
        }
    }

    /// One step of the decoder at the first token, where the figure stands.
    fn no_speech_by_hand(&mut self) -> Option<f32> {
        self.state.decode(&[self.context.token_sot()], 0, 1).ok()?;
        let logits = self.state.get_logits().ok()?;
        let logits = logits.get(..usize::try_from(self.context.n_vocab()).ok()?)?;
        let wanted = *logits.get(usize::try_from(self.context.token_nosp()).ok()?)?;
        let highest = logits.iter().copied().fold(f32::MIN, f32::max);
        let all: f32 = logits.iter().map(|l| (l - highest).exp()).sum();
        Some((wanted - highest).exp() / all)
    }

    fn heard(&mut self) -> Heard {
        let (text_end, times) = (self.context.token_eot(), self.times);
        let mut words = Vec::new();
        let mut tokens = 0;
        for segment in self.state.as_iter() {
            for token in (0..segment.n_tokens()).filter_map(|k| segment.get_token(k)) {
                tokens += 1;
                if token.token_id() < text_end
                    && let Ok(bytes) = token.to_bytes()
                {
                    take(&mut words, bytes, token.token_probability(), token.token_data().t_dtw);
                }
            }
        }
        let words: Vec<HeardWord> = finish(words);
        let text: Vec<&str> = words.iter().map(|word| word.text.reveal()).collect();
        let text = Spoken::new(text.join(" "));
        Heard { text, words, tokens, no_speech: self.no_speech(), timed: times }
    }
}

impl Recogniser for Whisper<'_> {
    fn recognise(&mut self, samples: &[f32], context: Context) -> Result<Heard, RecogniserError> {
        if self.detector.as_mut().is_some_and(|detector| !detector.hears(samples)) {
            // As if the model itself had said so, without its work.
            return Ok(Heard { no_speech: 1.0, timed: self.times, ..Heard::default() });
        }
        let length = seconds(samples.len());
        let mut params = self.params.clone();
        let positions = match context {
            Context::Fitted => positions(length),
            Context::Full => WHOLE,
        };
        params.set_audio_ctx(positions as i32);
        params.set_max_tokens(most_tokens(length).try_into().unwrap_or(i32::MAX));
        self.state.full(params, samples).map_err(|_| RecogniserError::Refused)?;
        Ok(self.heard())
    }
}

fn open(model: &Path, preset: Option<DtwModelPreset>) -> Result<WhisperContext, Unfit> {
    let mut params = WhisperContextParameters::default();
    params.use_gpu(false).flash_attn(false);
    if let Some(model_preset) = preset {
        params.dtw_parameters(DtwParameters {
            mode: DtwMode::ModelPreset { model_preset },
            dtw_mem_size: TIMES_MEMORY,
        });
    }
    WhisperContext::new_with_params(model, params).map_err(|e| refused(model, e))
}

fn refused(model: &Path, error: impl std::fmt::Display) -> Unfit {
    let name = model.file_name().unwrap_or_default().to_string_lossy();
    Unfit::Model(Detail::new(format_args!("{name}: {error}")))
}

fn params<'a>(language: &'a str) -> FullParams<'a, 'a> {
    let mut params = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
    // More threads wait for one another by spinning: ten times the work on a busy machine.
    params.set_n_threads(1);
    params.set_language(Some(language));
    params.set_translate(false);
    params.set_no_context(true);
    params.set_single_segment(true);
    params.set_suppress_nst(true);
    params.set_temperature(0.0);
    params.set_temperature_inc(0.0);
    params.set_print_progress(false);
    params.set_print_realtime(false);
    params.set_print_timestamps(false);
    params.set_print_special(false);
    params
}

/// Positions of the encoder for an utterance, in whole steps.
fn positions(seconds: f64) -> u32 {
    // At most half a minute, so that it fits.
    let wanted = (POSITIONS * seconds).ceil() as u32 + MARGIN;
    (wanted.div_ceil(STEP) * STEP).min(WHOLE)
}

/// Which heads of the model tell the times, by what it is built of. Those of the
/// published models are known. A distilled one has fewer layers that write, and the
/// library refuses a model in which a head is not there: its words are spread evenly.
fn preset(dims: Dims) -> Option<DtwModelPreset> {
    let many = dims.family() == Family::Multilingual;
    Some(match (dims.audio_layers, dims.text_layers) {
        (4, 4) if many => DtwModelPreset::Tiny,
        (4, 4) => DtwModelPreset::TinyEn,
        (6, 6) if many => DtwModelPreset::Base,
        (6, 6) => DtwModelPreset::BaseEn,
        (12, 12) if many => DtwModelPreset::Small,
        (12, 12) => DtwModelPreset::SmallEn,
        (24, 24) if many => DtwModelPreset::Medium,
        (24, 24) => DtwModelPreset::MediumEn,
        (32, 4) => DtwModelPreset::LargeV3Turbo,
        (32, 32) if dims.mels == 128 => DtwModelPreset::LargeV3,
        _ => return None,
    })
}

/// A word while its tokens come.
struct Part {
    bytes: Vec<u8>,
    sure: f32,
    /// End of its last token that is no punctuation, in hundredths of a second.
    end: i64,
}

/// Adds a token: a space before it begins a new word, and what is no letter
/// neither makes a word less sure nor moves its end.
fn take(words: &mut Vec<Part>, bytes: &[u8], sure: f32, end: i64) {
    if bytes.first() == Some(&b' ') || words.is_empty() {
        words.push(Part { bytes: Vec::new(), sure: 1.0, end });
    }
    let Some(word) = words.last_mut() else { return };
    word.bytes.extend_from_slice(bytes);
    if !bytes.iter().all(|b| b.is_ascii_punctuation() || b.is_ascii_whitespace()) {
        word.sure = word.sure.min(sure);
        word.end = end;
    }
}

/// A word begins where the one before it ends.
fn finish(parts: Vec<Part>) -> Vec<HeardWord> {
    let mut at = SampleSpan::ZERO;
    let mut words = Vec::with_capacity(parts.len());
    for part in parts {
        let to = SampleSpan::from_frames(u64::try_from(part.end).unwrap_or(0)).max(at);
        let text = String::from_utf8_lossy(&part.bytes).trim().to_owned();
        if !text.is_empty() {
            words.push(HeardWord { text: Spoken::new(text), from: at, to, sure: part.sure });
        }
        at = to;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sizes of a model of English with so many layers that listen, and that write.
    fn dims(audio_layers: u32, text_layers: u32) -> Dims {
        Dims { vocabulary: 51_864, state: 384, heads: 6, audio_layers, text_layers, mels: 80 }
    }

    #[test]
    fn a_model_with_fewer_layers_that_write_is_loaded_without_times() {
        for layers in [4, 6, 12, 24] {
            assert!(preset(dims(layers, layers)).is_some(), "{layers} layers");
            // As distil-small.en and distil-medium.en are built.
            assert!(preset(dims(layers, 2)).is_none(), "{layers} layers");
        }
        let large = |text_layers| Dims { vocabulary: 51_866, mels: 128, ..dims(32, text_layers) };
        assert!(matches!(preset(large(32)), Some(DtwModelPreset::LargeV3)));
        assert!(matches!(preset(large(4)), Some(DtwModelPreset::LargeV3Turbo)));
        assert!(preset(large(2)).is_none(), "distil-large-v3");
    }

    #[test]
    fn the_context_holds_the_speech_and_five_seconds() {
        assert_eq!((positions(0.7), positions(3.0), positions(10.0)), (320, 448, 768));
        assert_eq!(positions(30.0), WHOLE);
    }

    #[test]
    fn tokens_become_words_with_their_ends_and_their_least_certainty() {
        let mut parts = Vec::new();
        for (text, sure, end) in [(" Pl", 0.9, 20), ("atinum", 0.5, 60), (",", 0.1, 90), (" hi", 0.8, 110)] {
            take(&mut parts, text.as_bytes(), sure, end);
        }
        let words = finish(parts);
        let said: Vec<_> =
            words.iter().map(|w| (w.text.reveal(), w.from.frames(), w.to.frames(), w.sure)).collect();
        assert_eq!(said, [("Platinum,", 0, 60, 0.5), ("hi", 60, 110, 0.8)]);
    }

    #[test]
    fn a_letter_over_several_tokens_stays_whole() {
        let mut parts = Vec::new();
        for bytes in [b" caf".as_slice(), b"\xc3", b"\xa9"] {
            take(&mut parts, bytes, 0.9, 10);
        }
        assert_eq!(finish(parts)[0].text.reveal(), "café");
    }

    #[test]
    fn what_is_no_model_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let model = folder.path().join("none.bin");
        let loading =
            Loading { model: &model, dims: dims(4, 4), language: "en", times: false, detector: None };
        assert!(Whisper::load(&loading).is_err());
    }
}
