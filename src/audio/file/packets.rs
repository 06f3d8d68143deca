//! Compressed recordings, packet by packet, through the `symphonia` decoders.
//!
//! The library is used for taking containers apart and for decoding only. What
//! it would do silently is done here instead: trimming the encoder's lead-in and
//! padding, keeping the time of packets that cannot be decoded, telling a read
//! error from an end. Memory stays that of a few packets.

use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatReader, TrackType};
use symphonia::core::packet::Packet;
use symphonia::core::units::TimeBase;

use super::codec::{self, guarded};
use super::decode::{Block, Decode};
use super::facts::{Facts, Note};
use super::padding::Padding;
use super::tap::Watch;
use super::timeline::Timeline;
use crate::audio::error::ErrorKind;

/// Lengths that differ by less are the container's rounding, in seconds.
const SAME_LENGTH_S: f64 = 0.05;

/// Bytes that may be left over: tags after the sound, and a damaged packet or two.
const MANY_BYTES: u64 = 128 * 1024;

/// How the packets came to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// As the container says.
    Regular,
    /// In the middle of something.
    Cut,
    /// The container could not be followed any further.
    Broken,
}

enum Step {
    Packet(Packet),
    /// Another stream follows in the same file.
    NewStream,
    Ended(Ending),
}

/// What opening a container found out about its sound track.
pub(super) struct Opened {
    pub(super) format: Box<dyn FormatReader>,
    pub(super) decoder: Box<dyn AudioDecoder>,
    pub(super) params: AudioCodecParameters,
    pub(super) track: u32,
    pub(super) ticks: Option<TimeBase>,
    /// Frames to add to every stamp.
    pub(super) lead: i64,
    pub(super) padding: Padding,
    /// Frames the header promises.
    pub(super) promised: Option<u64>,
    /// The header has a place for the length and leaves it empty.
    pub(super) open_length: bool,
    /// Behind the header there is nothing but packets.
    pub(super) all_sound: bool,
    pub(super) watch: Watch,
    pub(super) facts: Facts,
}

/// A compressed recording.
pub(super) struct Packets {
    source: Opened,
    timeline: Timeline,
    planes: Vec<Vec<f32>>,
    ending: Option<Ending>,
    undecodable: u64,
    /// Frames that stand for packets that could not be decoded.
    undecoded: u64,
    /// Frames handed out, missing ones included.
    delivered: u64,
    /// Bytes read when the first packet came, which is at most a buffer too many.
    first_at: Option<u64>,
    /// Bytes of packets so far.
    packed: u64,
}

impl Packets {
    pub(super) fn new(source: Opened) -> Self {
        Self {
            timeline: Timeline::new(source.facts.rate_hz, source.lead),
            source,
            planes: Vec::new(),
            ending: None,
            undecodable: 0,
            undecoded: 0,
            delivered: 0,
            first_at: None,
            packed: 0,
        }
    }

    fn step(&mut self) -> Step {
        match guarded(|| self.source.format.next_packet()) {
            Some(Ok(Some(packet))) => Step::Packet(packet),
            Some(Ok(None)) => Step::Ended(Ending::Regular),
            Some(Err(Error::ResetRequired)) => Step::NewStream,
            Some(Err(Error::IoError(error))) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                Step::Ended(Ending::Cut)
            }
            Some(Err(_)) | None => Step::Ended(Ending::Broken),
        }
    }

    /// Appends a packet's frames, or the time they would have taken.
    fn take(&mut self, packet: &Packet, block: &mut Block) {
        if packet.track_id != self.source.track {
            return;
        }
        self.first_at.get_or_insert(self.source.watch.bytes_read());
        self.packed += packet.data.len() as u64;
        let place = self.timeline.place(self.frames(packet.pts.get()));
        block.lost = place.gap;
        match self.decode(packet) {
            Some(frames) => {
                let early = place.early.min(frames as u64);
                self.append(early as usize, block);
                self.timeline.hear(frames as u64 - early);
            }
            None => {
                let frames = self.frames(packet.block_dur().get().cast_signed()).unsigned_abs();
                let lost = self.timeline.lose_packet(frames.saturating_sub(place.early));
                self.undecodable += 1;
                self.undecoded += lost;
                block.lost += lost;
            }
        }
        if self.source.padding.clip(self.delivered, block) {
            self.ending = Some(Ending::Regular);
        }
        self.delivered += block.lost + block.left.len() as u64;
    }

    /// Decodes into `planes`; returns the number of frames, or none where the
    /// packet is damaged or not of the kind the header announced.
    fn decode(&mut self, packet: &Packet) -> Option<usize> {
        let Self { source, planes, .. } = self;
        let decoded = guarded(|| {
            let sound = source.decoder.decode(packet).ok()?;
            let same =
                sound.spec().rate() == source.facts.rate_hz && sound.num_planes() == source.facts.channels;
            same.then(|| {
                sound.copy_to_vecs_planar(planes);
                sound.frames()
            })
        });
        if decoded.is_none() {
            // The decoder panicked and cannot be trusted with its own state.
            let fresh = codec::decoder(&source.params).ok()?;
            source.decoder = fresh;
        }
        decoded.flatten()
    }

    fn append(&self, early: usize, block: &mut Block) {
        let mut planes = self.planes.iter().map(|plane| &plane[early..]);
        block.left.extend_from_slice(planes.next().unwrap_or_default());
        block.right.extend_from_slice(planes.next().unwrap_or_default());
    }

    /// Container ticks in frames.
    fn frames(&self, ticks: i64) -> i64 {
        let Some(base) = self.source.ticks else { return ticks };
        let denominator = i128::from(base.denom.get());
        let rate = i128::from(self.source.facts.rate_hz) * i128::from(base.numer.get());
        // Round half up, also below zero.
        let frames = (i128::from(ticks) * rate * 2 + denominator).div_euclid(2 * denominator);
        i64::try_from(frames).unwrap_or(i64::MAX)
    }

    /// Goes on with another stream of the same kind in the same file.
    fn renew(&mut self) {
        match self.next_stream() {
            Some(lead) => self.timeline.restart(lead),
            None => self.ending = Some(Ending::Broken),
        }
    }

    fn next_stream(&mut self) -> Option<i64> {
        let source = &mut self.source;
        let track = source.format.default_track(TrackType::Audio)?;
        let params = track.codec_params.as_ref()?.audio()?.clone();
        let same = params.codec == source.params.codec
            && params.sample_rate == source.params.sample_rate
            && params.channels.as_ref().map(|it| it.count()) == Some(source.facts.channels);
        let lead = codec::lead(track, &params);
        (source.track, source.ticks) = (track.id, track.time_base);
        source.decoder = codec::decoder(&params).ok().filter(|_| same)?;
        source.params = params;
        Some(lead)
    }

    fn seconds(&self, frames: u64) -> f64 {
        frames as f64 / f64::from(self.source.facts.rate_hz)
    }

    /// Bytes that were read and belong to no packet.
    fn skipped(&self) -> u64 {
        let Some(first) = self.first_at.filter(|_| self.source.all_sound) else { return 0 };
        self.source.watch.bytes_read().saturating_sub(first).saturating_sub(self.packed)
    }

    /// What is to be said about where the sound ended.
    fn end_note(&self) -> Option<Note> {
        let file = self.source.facts.file.clone();
        let found_s = self.seconds(self.delivered);
        let promised_s = self.source.promised.map(|promised| self.seconds(promised));
        match (self.ending?, promised_s) {
            (Ending::Broken, _) => Some(Note::BrokenOff { file, found_s }),
            (_, Some(promised_s)) if found_s + SAME_LENGTH_S < promised_s => {
                Some(Note::Truncated { file, promised_s, found_s })
            }
            (_, Some(promised_s)) if promised_s + SAME_LENGTH_S < found_s => {
                Some(Note::Longer { file, promised_s, found_s })
            }
            (_, Some(_)) => None,
            (Ending::Cut, None) => Some(Note::NoEndMark { file, found_s }),
            (Ending::Regular, None) => self.source.open_length.then_some(Note::NoLength { file, found_s }),
        }
    }
}

impl Decode for Packets {
    fn facts(&self) -> &Facts {
        &self.source.facts
    }

    fn next(&mut self, block: &mut Block) -> Result<bool, ErrorKind> {
        block.clear();
        while block.is_empty() {
            if self.ending.is_some() {
                self.source.watch.check()?;
                return Ok(false);
            }
            match self.step() {
                Step::Packet(packet) => self.take(&packet, block),
                Step::NewStream => self.renew(),
                Step::Ended(ending) => self.ending = Some(ending),
            }
        }
        Ok(true)
    }

    fn is_damaged(&self) -> bool {
        0 < self.undecodable || self.ending.is_some_and(|ending| ending != Ending::Regular)
    }

    fn notes(&self) -> Vec<Note> {
        let file = || self.source.facts.file.clone();
        let undecodable = (0 < self.undecodable).then(|| Note::Undecodable {
            file: file(),
            packets: self.undecodable,
            lost_s: self.seconds(self.undecoded),
        });
        let gaps = (0 < self.timeline.gaps()).then(|| Note::Gaps {
            file: file(),
            gaps: self.timeline.gaps(),
            lost_s: self.seconds(self.timeline.missing() - self.undecoded),
        });
        let jumps = self.timeline.jumps();
        let wild = (0 < jumps).then(|| Note::WildStamps { file: file(), jumps });
        let bytes = self.skipped();
        let skipped = (MANY_BYTES < bytes).then(|| Note::Skipped { file: file(), bytes });
        [undecodable, gaps, wild, skipped, self.end_note()].into_iter().flatten().collect()
    }
}
