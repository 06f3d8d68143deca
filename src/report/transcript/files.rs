//! The files. Players of subtitles know two sides only by what stands before the
//! text, and read some signs as markup.

use crate::core::transcript::Transcript;
use crate::core::units::{SampleSpan, SampleTime};
use crate::core::words::Words;

/// How a transcript is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One line an utterance: time, speaker, text.
    Text,
    /// SubRip.
    Srt,
    /// WebVTT.
    Vtt,
}

impl Format {
    /// By the ending of a file's name.
    pub fn of(ending: &str) -> Option<Self> {
        match ending.to_ascii_lowercase().as_str() {
            "txt" => Some(Self::Text),
            "srt" => Some(Self::Srt),
            "vtt" => Some(Self::Vtt),
            _ => None,
        }
    }
}

/// The transcript as a file, in the time of the recording: `offset` is where the
/// analysed part begins in it.
pub fn write(transcript: &Transcript, format: Format, offset: SampleSpan) -> String {
    let cues = transcript.said.iter().zip(1..).map(|(words, number)| cue(words, number, format, offset));
    let head = if format == Format::Vtt { "WEBVTT\n\n" } else { "" };
    head.to_owned() + &cues.collect::<String>()
}

fn cue(words: &Words, number: usize, format: Format, offset: SampleSpan) -> String {
    let (from, to) = (words.from + offset, words.to + offset);
    let text = line(words.text.reveal());
    match format {
        Format::Text => format!("{}  {:<8}  {text}\n", time(from, '.'), words.who.to_string()),
        Format::Srt => {
            format!("{number}\n{} --> {}\n{}: {text}\n\n", time(from, ','), time(to, ','), words.who)
        }
        Format::Vtt => {
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            format!("{} --> {}\n<v {}>{text}\n\n", time(from, '.'), time(to, '.'), words.who)
        }
    }
}

/// A text on one line, without anything that a terminal obeys.
pub(in crate::report) fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace(char::is_control, "")
}

/// `00:01:02.345`.
fn time(at: SampleTime, point: char) -> String {
    let ms = (at.seconds() * 1000.0).round() as u64;
    let (h, m, s, ms) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000);
    format!("{h:02}:{m:02}:{s:02}{point}{ms:03}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::private::Spoken;
    use crate::core::units::Channel;

    fn check(format: Format, expected: &str) {
        let words = |who, from: f64, text: &str| Words {
            who,
            from: SampleTime::from_seconds(from),
            to: SampleTime::from_seconds(from + 1.5),
            text: Spoken::new(text),
            words: Vec::new(),
        };
        let mut it = Transcript::new("tiny.en");
        it.said.push(words(Channel::Agent, 1.25, "Hello."));
        it.said.push(words(Channel::Customer, 3.0, "Is 3 < 4\u{1b}[2J --> &c?"));
        assert_eq!(write(&it, format, SampleSpan::from_seconds(3600.0)), expected);
    }

    #[test]
    fn plain_text_has_a_line_an_utterance() {
        check(Format::Text, "01:00:01.250  Agent     Hello.\n01:00:03.000  Customer  Is 3 < 4[2J --> &c?\n");
    }

    #[test]
    fn subrip_numbers_them() {
        check(
            Format::Srt,
            "1\n01:00:01,250 --> 01:00:02,750\nAgent: Hello.\n\n\
             2\n01:00:03,000 --> 01:00:04,500\nCustomer: Is 3 < 4[2J --> &c?\n\n",
        );
    }

    #[test]
    fn webvtt_names_the_voices_and_lets_no_text_be_markup() {
        check(
            Format::Vtt,
            "WEBVTT\n\n01:00:01.250 --> 01:00:02.750\n<v Agent>Hello.\n\n\
             01:00:03.000 --> 01:00:04.500\n<v Customer>Is 3 &lt; 4[2J --&gt; &amp;c?\n\n",
        );
    }

    #[test]
    fn the_ending_of_a_name_says_the_format() {
        assert_eq!(
            [Format::of("SRT"), Format::of("vtt"), Format::of("doc")],
            [Some(Format::Srt), Some(Format::Vtt), None]
        );
    }
}
