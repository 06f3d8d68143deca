//! What goes over the pipes: a length, then the sound of an utterance one way and
//! JSON the other. Neither side believes a length it cannot need.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

use crate::core::private::Spoken;
use crate::core::units::{RATE, SampleSpan};
use crate::transcript::models::Family;
use crate::transcript::recogniser::{Context, Detail, Heard, HeardWord, Unfit};

/// The longest utterance that is sent: half a minute, all that a recogniser takes.
pub(super) const LONGEST: usize = 30 * RATE as usize;
/// Bytes of the longest request: the context, and samples of four bytes.
const REQUEST: usize = 1 + 4 * LONGEST;
/// Bytes of the longest reply. Half a minute of speech has some thousand.
const REPLY: usize = 256 * 1024;

/// What the recogniser answers: once when it is ready, then once an utterance.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Reply {
    /// It is ready.
    Ready { many: bool },
    /// It cannot be.
    Unfit(UnfitCode),
    /// What was heard.
    Heard(HeardLine),
    /// It could not recognise this one.
    Refused,
}

/// Why it cannot be, and what exactly is wrong.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum UnfitCode {
    Processor,
    NotBuilt,
    Model(String),
    NoProcess(String),
}

/// What was heard. It holds spoken words, so that it cannot be printed.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeardLine {
    text: String,
    words: Vec<WordLine>,
    no_speech: f32,
    tokens: u32,
    timed: bool,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct WordLine {
    w: String,
    s: u64,
    e: u64,
    p: f32,
}

impl From<Unfit> for UnfitCode {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Processor => Self::Processor,
            Unfit::NotBuilt => Self::NotBuilt,
            Unfit::Model(why) => Self::Model(why.text().to_owned()),
            Unfit::NoProcess(why) => Self::NoProcess(why.text().to_owned()),
        }
    }
}

impl From<UnfitCode> for Unfit {
    fn from(code: UnfitCode) -> Self {
        match code {
            UnfitCode::Processor => Self::Processor,
            UnfitCode::NotBuilt => Self::NotBuilt,
            UnfitCode::Model(why) => Self::Model(Detail::new(why)),
            UnfitCode::NoProcess(why) => Self::NoProcess(Detail::new(why)),
        }
    }
}

impl From<&Heard> for HeardLine {
    fn from(heard: &Heard) -> Self {
        let Heard { text, words, no_speech, tokens, timed } = heard;
        let word = |word: &HeardWord| WordLine {
            w: word.text.reveal().to_owned(),
            s: word.from.samples(),
            e: word.to.samples(),
            p: word.sure,
        };
        Self {
            text: text.reveal().to_owned(),
            words: words.iter().map(word).collect(),
            no_speech: *no_speech,
            tokens: *tokens,
            timed: *timed,
        }
    }
}

impl From<HeardLine> for Heard {
    fn from(line: HeardLine) -> Self {
        let word = |word: WordLine| HeardWord {
            text: Spoken::new(word.w),
            // The end of the utterance bounds them; the sum must not overflow.
            from: SampleSpan::from_samples(word.s.min(LONGEST as u64)),
            to: SampleSpan::from_samples(word.e.min(LONGEST as u64)),
            sure: word.p.clamp(0.0, 1.0),
        };
        Self {
            text: Spoken::new(line.text),
            words: line.words.into_iter().map(word).collect(),
            no_speech: line.no_speech.clamp(0.0, 1.0),
            tokens: line.tokens,
            timed: line.timed,
        }
    }
}

impl Reply {
    pub(super) const fn ready(family: Family) -> Self {
        Self::Ready { many: matches!(family, Family::Multilingual) }
    }
}

fn write_frame(out: &mut dyn Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(bytes)?;
    out.flush()
}

/// The next frame; none where the other side has ended between two of them.
fn read_frame(from: &mut dyn Read, most: usize) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let length = u32::from_le_bytes(length) as usize;
    if most < length {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame longer than any can be"));
    }
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes)?;
    Ok(Some(bytes))
}

/// An utterance as it is sent. What is too long is cut.
pub(super) fn request(samples: &[f32], context: Context) -> Vec<u8> {
    let samples = &samples[..samples.len().min(LONGEST)];
    let mut bytes = Vec::with_capacity(1 + 4 * samples.len());
    bytes.push(u8::from(context == Context::Full));
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    bytes
}

pub(super) fn send_request(out: &mut dyn Write, request: &[u8]) -> io::Result<()> {
    write_frame(out, request)
}

/// The next utterance; none when there will be no more.
pub(super) fn read_request(from: &mut dyn Read) -> io::Result<Option<(Context, Vec<f32>)>> {
    let Some(bytes) = read_frame(from, REQUEST)? else { return Ok(None) };
    let Some((context, samples)) = bytes.split_first() else { return Ok(None) };
    let context = if *context == 0 { Context::Fitted } else { Context::Full };
    let (samples, _) = samples.as_chunks::<4>();
    Ok(Some((context, samples.iter().map(|sample| f32::from_le_bytes(*sample)).collect())))
}

pub(super) fn send_reply(out: &mut dyn Write, reply: &Reply) -> io::Result<()> {
    write_frame(out, &serde_json::to_vec(reply)?)
}

/// The next reply; none where the recogniser has ended. What is no reply is invalid
/// data.
pub(super) fn read_reply(from: &mut dyn Read) -> io::Result<Option<Reply>> {
    let Some(bytes) = read_frame(from, REPLY)? else { return Ok(None) };
    let invalid = |e: serde_json::Error| io::Error::new(io::ErrorKind::InvalidData, e);
    serde_json::from_slice(&bytes).map(Some).map_err(invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_utterance_arrives_as_it_was_sent() {
        let mut pipe = Vec::new();
        send_request(&mut pipe, &request(&[0.5, -1.0, 0.0], Context::Full)).unwrap();
        let (context, samples) = read_request(&mut pipe.as_slice()).unwrap().unwrap();
        assert_eq!((context, samples), (Context::Full, vec![0.5, -1.0, 0.0]));
    }

    #[test]
    fn what_was_heard_arrives_as_it_was_sent() {
        let word = HeardWord {
            text: Spoken::new("hello"),
            from: SampleSpan::from_millis(100),
            to: SampleSpan::from_millis(400),
            sure: 0.75,
        };
        let heard =
            Heard { text: Spoken::new("hello"), words: vec![word], no_speech: 0.25, tokens: 3, timed: true };
        let mut pipe = Vec::new();
        send_reply(&mut pipe, &Reply::Heard(HeardLine::from(&heard))).unwrap();
        let Some(Reply::Heard(line)) = read_reply(&mut pipe.as_slice()).unwrap() else { panic!("no reply") };
        assert!(Heard::from(line) == heard);
    }

    #[test]
    fn why_a_model_is_not_loaded_arrives_as_it_was_sent() {
        let why = Unfit::Model(Detail::new("tiny.bin: is empty"));
        let mut pipe = Vec::new();
        send_reply(&mut pipe, &Reply::Unfit(why.clone().into())).unwrap();
        let Some(Reply::Unfit(code)) = read_reply(&mut pipe.as_slice()).unwrap() else { panic!("no reply") };
        assert_eq!(Unfit::from(code), why);
    }

    #[test]
    fn what_is_no_reply_is_told_apart_from_an_end() {
        let kind = |bytes: &[u8]| read_reply(&mut &*bytes).err().unwrap().kind();
        assert_eq!(kind(&[1, 0, 0, 0, b'{']), io::ErrorKind::InvalidData);
        assert_eq!(kind(b"nonsense"), io::ErrorKind::InvalidData);
        assert_eq!(kind(&[9, 0, 0, 0, b'{']), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn an_end_between_frames_is_an_end_and_inside_of_one_an_error() {
        assert!(read_reply(&mut [].as_slice()).unwrap().is_none());
        assert!(read_reply(&mut [9, 0, 0, 0, b'{'].as_slice()).is_err());
    }

    #[test]
    fn a_length_that_nobody_needs_is_not_believed() {
        assert!(read_reply(&mut [255, 255, 255, 255, 0].as_slice()).is_err());
        assert!(read_request(&mut [255, 255, 255, 255, 0].as_slice()).is_err());
    }

    #[test]
    fn nobody_is_sent_more_than_half_a_minute() {
        assert_eq!(request(&vec![0.0; LONGEST + 5], Context::Fitted).len(), REQUEST);
    }
}
