//! A recogniser that hears what it was told to hear: for tests, and to see what
//! becomes of a call when the real one is slow, hangs or dies.

use std::time::Duration;

use serde::Deserialize;

use crate::core::private::Spoken;
use crate::core::units::SampleSpan;
use crate::transcript::recogniser::{Context, Heard, HeardWord, Recogniser, RecogniserError};

/// What is heard in the utterances, one after the other; after the last one it
/// begins again.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// The utterances.
    pub says: Vec<Line>,
}

/// What becomes of one utterance.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Line {
    /// What is heard.
    pub text: String,
    /// What is heard with the whole context, where that is something else.
    pub again: Option<String>,
    /// How likely nobody spoke.
    pub no_speech: f32,
    /// How sure it is of each word, 0 to 1; nine in ten where it is not said.
    pub sure: Option<f32>,
    /// How long it takes, ms.
    pub slow_ms: u64,
    /// It never answers.
    pub hang: bool,
    /// It ends here.
    pub die: bool,
    /// It says that it cannot.
    pub refuse: bool,
}

/// The recogniser.
#[derive(Clone)]
pub struct Scripted {
    script: Script,
    next: usize,
    /// How it ends, where it is told to.
    die: fn(),
}

impl Scripted {
    /// Plays a script; `die` ends the process.
    pub const fn new(script: Script, die: fn()) -> Self {
        Self { script, next: 0, die }
    }

    fn line(&mut self, context: Context) -> Line {
        // A second look is at the same utterance.
        if context == Context::Fitted {
            self.next += 1;
        }
        let at = self.next.saturating_sub(1) % self.script.says.len().max(1);
        self.script.says.get(at).cloned().unwrap_or_default()
    }
}

impl Recogniser for Scripted {
    fn recognise(&mut self, samples: &[f32], context: Context) -> Result<Heard, RecogniserError> {
        let line = self.line(context);
        if line.die {
            (self.die)();
        }
        if line.hang {
            loop {
                std::thread::park();
            }
        }
        std::thread::sleep(Duration::from_millis(line.slow_ms));
        if line.refuse {
            return Err(RecogniserError::Refused);
        }
        let text = line.again.as_deref().filter(|_| context == Context::Full).unwrap_or(&line.text);
        Ok(heard(text, samples.len(), &line))
    }
}

/// The words spread evenly over the utterance.
fn heard(text: &str, samples: usize, line: &Line) -> Heard {
    let parts: Vec<&str> = text.split_whitespace().collect();
    let step = samples as u64 / parts.len().max(1) as u64;
    let words = parts.iter().zip(0..).map(|(part, k)| HeardWord {
        text: Spoken::new(*part),
        from: SampleSpan::from_samples(k * step),
        to: SampleSpan::from_samples((k + 1) * step),
        sure: line.sure.unwrap_or(0.9),
    });
    Heard {
        text: Spoken::new(text),
        tokens: parts.len() as u32,
        words: words.collect(),
        no_speech: line.no_speech,
        timed: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scripted(json: &str) -> Scripted {
        Scripted::new(serde_json::from_str(json).unwrap(), || ())
    }

    #[test]
    fn it_hears_what_it_was_told_in_order() {
        let mut it = scripted(r#"{"says": [{"text": "hello there"}, {"text": "bye"}]}"#);
        let mut hear = || it.recognise(&[0.0; 1600], Context::Fitted).unwrap().text;
        assert_eq!(
            [hear(), hear(), hear()].map(|t| t.reveal().to_owned()),
            ["hello there", "bye", "hello there"]
        );
    }

    #[test]
    fn a_second_look_is_at_the_same_utterance() {
        let mut it = scripted(r#"{"says": [{"text": "so so", "again": "so be it"}, {"text": "bye"}]}"#);
        let mut hear = |context| it.recognise(&[0.0; 1600], context).unwrap().text.reveal().to_owned();
        assert_eq!(hear(Context::Fitted), "so so");
        assert_eq!(hear(Context::Full), "so be it");
        assert_eq!(hear(Context::Fitted), "bye");
    }

    #[test]
    fn words_fill_the_utterance() {
        let mut it = scripted(r#"{"says": [{"text": "a b"}]}"#);
        let heard = it.recognise(&[0.0; 3200], Context::Fitted).unwrap();
        assert_eq!(heard.words[1].from, SampleSpan::from_samples(1600));
        assert_eq!(heard.words[1].to, SampleSpan::from_samples(3200));
    }
}
