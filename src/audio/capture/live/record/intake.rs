//! What a record stream's socket carries, taken apart as it comes: sound, answers
//! about its timing, and the word that it is on its device no more. Runs on the
//! stream's thread: no allocation, no lock, no log, no panic; a test holds it to that.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pulseaudio::protocol::{
    self as pulse, Command, CommandTag, LatencyParams, RecordLatency, SampleFormat, SubscriptionEvent,
    SubscriptionEventFacility, SubscriptionEventType, TagStructReader,
};

use crate::audio::capture::clock;
use crate::audio::capture::tap::Tap;
use crate::core::units::Nanos;

/// The server is asked this often how old its sound is.
const ASKED: u64 = 100 * Nanos::MILLISECOND;

/// Sound that comes so much later than the timing says has lost something before
/// it, or the server stood still: it is asked at once ...
const LATE: i64 = 10 * Nanos::MILLISECOND as i64;

/// ... but not more often than this.
const PRESSED: u64 = 10 * Nanos::MILLISECOND;

/// So late nothing comes that was not lost or held up before it was sent, unless as much
/// comes at once: it is dated by its arrival until the server has answered.
const HOLE: i64 = 100 * Nanos::MILLISECOND as i64;

/// Room for what is no sound, bytes: the server's events and answers are far shorter.
const ROOM: usize = 64 * 1024;

/// Longest question that is asked here, bytes.
const QUESTION: usize = 128;

/// The present on both clocks: the server tells its own time of day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    monotonic: Nanos,
    wall: Duration,
}

impl Moment {
    pub(super) fn now() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { monotonic: clock::now(), wall }
    }

    /// A time of day of this machine on the monotonic clock.
    fn at(self, wall: SystemTime) -> Option<Nanos> {
        let wall = wall.duration_since(UNIX_EPOCH).ok()?;
        let ago = i64::try_from(self.wall.as_nanos() as i128 - wall.as_nanos() as i128).ok()?;
        Some(self.monotonic.moved(ago.checked_neg()?))
    }
}

/// What the stream carries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sound {
    pub(super) format: SampleFormat,
    pub(super) channels: u16,
    /// Hz.
    pub(super) rate: u32,
}

impl Sound {
    /// Bytes of one sample of all channels.
    pub(super) fn frame(self) -> usize {
        self.format.bytes_per_sample() * usize::from(self.channels)
    }

    fn lasts(self, frames: u64) -> i64 {
        let nanos = u128::from(frames) * u128::from(Nanos::SECOND) / u128::from(self.rate.max(1));
        i64::try_from(nanos).unwrap_or(i64::MAX)
    }
}

/// Which of the server's things this stream is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbers {
    /// The stream, as the sound is marked.
    pub(super) channel: u32,
    /// The source that it records.
    pub(super) source: u32,
    /// The order that has it begin.
    pub(super) begin: u32,
    /// The protocol that was agreed on.
    pub(super) version: u16,
}

/// Why a stream is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// Its device is gone, or it was put on another one.
    Gone,
    /// What came is not the protocol.
    Malformed,
}

/// The sample with this number was captured then.
#[derive(Clone, Copy, Debug)]
struct Known {
    frame: u64,
    at: Nanos,
    /// How late sound came when this was learnt, ns; unknown before the next delivery.
    late: Option<i64>,
}

pub(super) struct Intake {
    sound: Sound,
    numbers: Numbers,
    buffer: Box<[u8]>,
    filled: usize,
    /// Samples of each channel that came so far.
    frames: u64,
    known: Option<Known>,
    /// The question that is not answered yet, and when it was asked.
    open: Option<(u32, Nanos)>,
    number: u32,
    asked: Option<Nanos>,
    pressing: bool,
    /// Whether sound came with what was taken last, and how much that may be, ns.
    heard: bool,
    lot: i64,
    question: [u8; QUESTION],
}

impl Intake {
    /// For deliveries of at most `longest` bytes.
    pub(super) fn new(sound: Sound, numbers: Numbers, longest: usize) -> Self {
        Self {
            sound,
            numbers,
            buffer: vec![0; longest + ROOM].into_boxed_slice(),
            filled: 0,
            frames: 0,
            known: None,
            open: None,
            number: 0,
            asked: None,
            pressing: false,
            heard: false,
            lot: 0,
            question: [0; QUESTION],
        }
    }

    /// Where the next bytes go; never empty.
    pub(super) fn room(&mut self) -> &mut [u8] {
        &mut self.buffer[self.filled..]
    }

    /// So many bytes came into the room.
    ///
    /// # Errors
    /// [`Over`] when the stream is over; nothing that came behind it is kept.
    pub(super) fn take(&mut self, bytes: usize, now: Moment, tap: &mut Tap) -> Result<(), Over> {
        self.filled = (self.filled + bytes).min(self.buffer.len());
        let frame = self.sound.frame().max(1);
        (self.heard, self.lot) = (false, self.sound.lasts((self.filled / frame) as u64));
        let mut from = 0;
        while let Some(length) = self.whole(from)? {
            self.message(from, from + length, now, tap)?;
            from += length;
        }
        self.buffer.copy_within(from..self.filled, 0);
        self.filled -= from;
        Ok(())
    }

    /// Length of the message that begins here, if all of it is there.
    fn whole(&self, from: usize) -> Result<Option<usize>, Over> {
        let there = &self.buffer[from..self.filled];
        let Some(mut head) = there.get(..pulse::DESCRIPTOR_SIZE) else { return Ok(None) };
        let descriptor = pulse::read_descriptor(&mut head).map_err(|_| Over::Malformed)?;
        let length = usize::try_from(descriptor.length).unwrap_or(usize::MAX);
        let length = length.saturating_add(pulse::DESCRIPTOR_SIZE);
        if self.buffer.len() <= length {
            return Err(Over::Malformed);
        }
        Ok((length <= there.len()).then_some(length))
    }

    fn message(&mut self, from: usize, to: usize, now: Moment, tap: &mut Tap) -> Result<(), Over> {
        let whole = &self.buffer[from..to];
        let (mut head, mut body) = whole.split_at(pulse::DESCRIPTOR_SIZE);
        let descriptor = pulse::read_descriptor(&mut head).map_err(|_| Over::Malformed)?;
        if descriptor.channel == self.numbers.channel {
            return self.hear(from + pulse::DESCRIPTOR_SIZE, to, now, tap);
        }
        if descriptor.channel != u32::MAX {
            return Err(Over::Malformed);
        }
        // Only what means something is read further: names and the like would be copied.
        let mut fields = TagStructReader::new(&mut body, self.numbers.version);
        let told = fields.read_enum().and_then(|tag: CommandTag| Ok((tag, fields.read_u32()?)));
        let (tag, number) = told.map_err(|_| Over::Malformed)?;
        let ends = match tag {
            CommandTag::Reply => return self.answered(number, from, to, now),
            // Of the beginning, of a question, or, from PipeWire, of the stream itself.
            CommandTag::Error => {
                let open = self.open.is_some_and(|(open, _)| open == number);
                Ok(open || number == self.numbers.begin || number == u32::MAX)
            }
            CommandTag::RecordStreamKilled | CommandTag::RecordStreamMoved => {
                fields.read_u32().map(|channel| channel == self.numbers.channel)
            }
            CommandTag::SubscribeEvent => fields.read().map(|event| self.is_removal(event)),
            _ => Ok(false),
        };
        match ends {
            Ok(false) => Ok(()),
            Ok(true) => Err(Over::Gone),
            Err(_) => Err(Over::Malformed),
        }
    }

    /// Whether its source is no more.
    fn is_removal(&self, event: SubscriptionEvent) -> bool {
        event.event_facility == SubscriptionEventFacility::Source
            && event.event_type == SubscriptionEventType::Removed
            && event.index == Some(self.numbers.source)
    }

    fn hear(&mut self, from: usize, to: usize, now: Moment, tap: &mut Tap) -> Result<(), Over> {
        let bytes = &self.buffer[from..to];
        let frames = bytes.len() / self.sound.frame();
        if frames * self.sound.frame() != bytes.len() {
            return Err(Over::Malformed);
        }
        let frames = frames as u64;
        let lasts = self.sound.lasts(frames);
        let arrived = now.monotonic;
        let at = match &mut self.known {
            Some(known) => {
                let counted = self.sound.lasts(self.frames.saturating_sub(known.frame));
                let due = known.at.moved(counted).moved(lasts);
                let late = arrived.0 as i64 - due.0 as i64;
                let behind = late - *known.late.get_or_insert(late);
                self.pressing |= LATE < behind;
                // What had piled up before us was not late when it was sent.
                if HOLE < behind && self.lot < HOLE {
                    known.at = known.at.moved(behind);
                }
                known.at.moved(counted)
            }
            None => arrived.moved(-lasts),
        };
        self.heard = true;
        self.frames += frames;
        match self.sound.format {
            SampleFormat::U8 => {
                give(tap, at, arrived, bytes, |[s]: [u8; 1]| f32::from(s) / 128.0 - 1.0);
            }
            SampleFormat::S16Le => {
                give(tap, at, arrived, bytes, |s| f32::from(i16::from_le_bytes(s)) / 32_768.0);
            }
            SampleFormat::S24Le => {
                give(tap, at, arrived, bytes, |[a, b, c]: [u8; 3]| {
                    i32::from_le_bytes([0, a, b, c]) as f32 / 2_147_483_648.0
                });
            }
            SampleFormat::S24In32Le => {
                give(tap, at, arrived, bytes, |s| (i32::from_le_bytes(s) << 8) as f32 / 2_147_483_648.0);
            }
            SampleFormat::S32Le => {
                give(tap, at, arrived, bytes, |s| i32::from_le_bytes(s) as f32 / 2_147_483_648.0);
            }
            SampleFormat::Float32Le => give(tap, at, arrived, bytes, f32::from_le_bytes),
            // A stream is opened only with what is taken.
            _ => return Err(Over::Malformed),
        }
        Ok(())
    }

    /// The server said how old its sound is. What it holds of the stream is younger than
    /// what came before the answer, and the device holds the youngest.
    fn answered(&mut self, number: u32, from: usize, to: usize, now: Moment) -> Result<(), Over> {
        let Some((_, asked)) = self.open.take_if(|(open, _)| *open == number) else { return Ok(()) };
        let whole = &mut &self.buffer[from..to];
        let answer = pulse::read_reply_message::<RecordLatency>(whole, self.numbers.version);
        let (_, answer) = answer.map_err(|_| Over::Malformed)?;
        // A source that stands still has no age.
        if !answer.playing {
            return Ok(());
        }
        // Its time of day tells more than when the answer was read, unless somebody set the
        // clock meanwhile.
        let told = now.at(answer.remote_time).filter(|at| (asked..=now.monotonic).contains(at));
        let held = u64::try_from(answer.write_offset.saturating_sub(answer.read_offset)).unwrap_or(0);
        let held = self.sound.lasts(held / (self.sound.frame() as u64).max(1));
        let age = i64::try_from(answer.source_usec.saturating_mul(1_000)).unwrap_or(i64::MAX);
        let at = told.unwrap_or(asked).moved(-age.saturating_add(held));
        self.known = Some(Known { frame: self.frames, at, late: None });
        Ok(())
    }

    /// What is to be asked of the server now, if anything.
    pub(super) fn question(&mut self, now: Moment) -> Option<&[u8]> {
        let least = if self.pressing { PRESSED } else { ASKED };
        let recent = self.asked.is_some_and(|asked| now.monotonic.since(asked) < least);
        // PipeWire counts by its own pace, and its count is true when sound has just come.
        if recent || self.open.is_some() || !self.heard {
            return None;
        }
        self.number = self.number.wrapping_add(1);
        let params = LatencyParams { channel: self.numbers.channel, now: UNIX_EPOCH + now.wall };
        let command = Command::GetRecordLatency(params);
        let (number, version) = (self.number, self.numbers.version);
        let length = pulse::encode_command_message(&mut self.question[..], number, &command, version).ok()?;
        (self.asked, self.open, self.pressing) = (Some(now.monotonic), Some((number, now.monotonic)), false);
        self.question.get(..length)
    }
}

/// Whether samples of this format can be taken as they are.
pub(super) fn is_taken(format: SampleFormat) -> bool {
    matches!(
        format,
        SampleFormat::U8
            | SampleFormat::S16Le
            | SampleFormat::S24Le
            | SampleFormat::S24In32Le
            | SampleFormat::S32Le
            | SampleFormat::Float32Le
    )
}

/// Samples of `N` bytes each.
fn give<const N: usize>(
    tap: &mut Tap,
    at: Nanos,
    arrived: Nanos,
    bytes: &[u8],
    scale: impl Fn([u8; N]) -> f32,
) {
    let (samples, _) = bytes.as_chunks::<N>();
    tap.hear(at, arrived, samples, scale);
}

#[cfg(test)]
mod tests;
