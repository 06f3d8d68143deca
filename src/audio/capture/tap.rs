//! The real-time edge. [`Tap::hear`] runs on the sound system's thread, or on that of
//! one stream: it mixes the device's own channels down, copies, stamps and counts. No
//! allocation, no lock, no log, no panic; a test holds it to that.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};

use rtrb::{Consumer, Producer, RingBuffer};

use crate::core::frames::align::Stamped;
use crate::core::units::Nanos;

/// Sound that may wait for its reader: 3 s at the device's rate, because the
/// largest fragments of PulseAudio are 2 s. Beyond it the newest is dropped and
/// counted, and its length stays known.
const RING_S: usize = 3;

/// Deliveries that may wait: 3 s of the shortest that are seen, 2.7 ms.
const PIECES: usize = 1_200;

/// Drops everything at the tap while it is set: for card numbers.
#[derive(Clone, Debug, Default)]
pub struct Pause(Arc<AtomicBool>);

impl Pause {
    /// From the next delivery on nothing is kept, or all is again.
    pub fn set(&self, paused: bool) {
        self.0.store(paused, Relaxed);
    }

    /// Whether it is set.
    pub fn is_set(&self) -> bool {
        self.0.load(Relaxed)
    }
}

/// What a tap saw, for whoever asks.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Samples per channel delivered by the device.
    frames: AtomicU64,
    /// When the newest delivery came.
    arrived: AtomicU64,
    /// When a delivery last held anything but zeros.
    sounded: AtomicU64,
    /// Loudest sample since last asked, as bits: those of positive numbers rise with them.
    peak: AtomicU32,
    /// Samples dropped because nobody read.
    lost: AtomicU64,
    /// Rate of the newest delivery, Hz.
    rate: AtomicU32,
    /// 0 while it is open; 1 once it is closed; else closed, with the moment from
    /// which on its sound is not to be trusted.
    closed: AtomicU64,
}

impl Seen {
    pub(super) fn frames(&self) -> u64 {
        self.frames.load(Relaxed)
    }

    pub(super) fn lost(&self) -> u64 {
        self.lost.load(Relaxed)
    }

    pub(super) fn rate(&self) -> Option<u32> {
        Some(self.rate.load(Relaxed)).filter(|rate| 0 < *rate)
    }

    pub(super) fn arrived(&self) -> Option<Nanos> {
        Some(Nanos(self.arrived.load(Relaxed))).filter(|at| Nanos(0) < *at)
    }

    pub(super) fn sounded(&self) -> Option<Nanos> {
        Some(Nanos(self.sounded.load(Relaxed))).filter(|at| Nanos(0) < *at)
    }

    /// Loudest sample since the last time, 1.0 = full scale.
    pub(super) fn take_peak(&self) -> f32 {
        f32::from_bits(self.peak.swap(0, Relaxed))
    }

    /// The stream is closed: what is in the ring is the last of it, and what came
    /// since `doubtful` is not to be trusted.
    pub(super) fn close(&self, doubtful: Option<Nanos>) {
        self.closed.store(doubtful.map_or(1, |since| since.0.max(2)), Relaxed);
    }

    /// Whether it is closed, and from when on its sound is doubtful.
    pub(super) fn closed(&self) -> Option<Option<Nanos>> {
        match self.closed.load(Relaxed) {
            0 => None,
            1 => Some(None),
            since => Some(Some(Nanos(since))),
        }
    }
}

/// One delivery.
#[derive(Clone, Copy, Debug)]
struct Piece {
    at: Nanos,
    arrived: Nanos,
    rate: u32,
    frames: usize,
    /// Samples dropped between the delivery before and this one.
    skipped: u64,
}

/// The callback's end.
#[derive(Debug)]
pub struct Tap {
    samples: Producer<f32>,
    pieces: Producer<Piece>,
    seen: Arc<Seen>,
    pause: Pause,
    channels: usize,
    rate: u32,
    skipped: u64,
    /// Samples still to be dropped at the start.
    settling: u64,
}

/// The reader's end.
#[derive(Debug)]
pub(super) struct Reader {
    samples: Consumer<f32>,
    pieces: Consumer<Piece>,
    pub(super) seen: Arc<Seen>,
    buffer: Vec<f32>,
}

/// A tap for a device of about this rate, and its reader. The first `settle_ms`
/// of sound are dropped.
pub(super) fn pair(rate: u32, settle_ms: u64, pause: Pause) -> (Tap, Reader) {
    let (samples, read_samples) = RingBuffer::new(rate.max(8_000) as usize * RING_S);
    let (pieces, read_pieces) = RingBuffer::new(PIECES);
    let seen = Arc::new(Seen::default());
    let settling = settle_ms * u64::from(rate) / 1_000;
    let tap = Tap { samples, pieces, seen: seen.clone(), pause, channels: 1, rate, skipped: 0, settling };
    let buffer = Vec::with_capacity(rate as usize);
    (tap, Reader { samples: read_samples, pieces: read_pieces, seen, buffer })
}

impl Tap {
    /// What the device will deliver: interleaved channels and their rate in Hz.
    pub fn expect(&mut self, channels: u16, rate: u32) {
        self.channels = usize::from(channels.max(1));
        self.rate = rate;
    }

    /// A delivery of interleaved samples, the first of them captured at `at`.
    /// `scale` turns one into -1.0..1.0. Real-time safe.
    pub fn hear<S: Copy>(&mut self, at: Nanos, arrived: Nanos, block: &[S], scale: impl Fn(S) -> f32) {
        let frames = block.len() / self.channels;
        if frames == 0 {
            return;
        }
        self.seen.frames.fetch_add(frames as u64, Relaxed);
        self.seen.arrived.store(arrived.0, Relaxed);
        self.seen.rate.store(self.rate, Relaxed);
        if self.pause.is_set() || 0 < self.settling {
            self.settling = self.settling.saturating_sub(frames as u64);
            self.skipped += frames as u64;
            return;
        }
        if self.pieces.slots() == 0 || !self.copy(block, frames, arrived, scale) {
            self.seen.lost.fetch_add(frames as u64, Relaxed);
            self.skipped += frames as u64;
            return;
        }
        let piece = Piece { at, arrived, rate: self.rate, frames, skipped: self.skipped };
        // There was a slot, and only this thread fills them.
        let _ = self.pieces.push(piece);
        self.skipped = 0;
    }

    /// Copies all of it or nothing.
    fn copy<S: Copy>(
        &mut self,
        block: &[S],
        frames: usize,
        arrived: Nanos,
        scale: impl Fn(S) -> f32,
    ) -> bool {
        let Ok(mut chunk) = self.samples.write_chunk(frames) else { return false };
        let (first, second) = chunk.as_mut_slices();
        let mut peak = 0f32;
        for (to, frame) in first.iter_mut().chain(second).zip(block.chunks_exact(self.channels)) {
            *to = frame.iter().map(|s| scale(*s)).sum::<f32>() / self.channels as f32;
            peak = peak.max(to.abs());
        }
        chunk.commit_all();
        if 0.0 < peak {
            self.seen.sounded.store(arrived.0, Relaxed);
            self.seen.peak.fetch_max(peak.to_bits(), Relaxed);
        }
        true
    }
}

/// What a reader finds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Found<'a> {
    Skipped(u64),
    Sound(Stamped<'a>, Nanos),
}

impl Reader {
    /// Hands over everything that is there. Never waits.
    pub(super) fn drain(&mut self, mut each: impl FnMut(Found<'_>)) {
        while let Ok(piece) = self.pieces.pop() {
            if 0 < piece.skipped {
                each(Found::Skipped(piece.skipped));
            }
            let Ok(chunk) = self.samples.read_chunk(piece.frames) else { continue };
            let (first, second) = chunk.as_slices();
            self.buffer.clear();
            self.buffer.extend_from_slice(first);
            self.buffer.extend_from_slice(second);
            chunk.commit_all();
            let stamped = Stamped { at: piece.at, rate: piece.rate, samples: &self.buffer };
            each(Found::Sound(stamped, piece.arrived));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Nanos = Nanos(1_000);

    fn drained(reader: &mut Reader) -> (Vec<f32>, Vec<u64>) {
        let (mut sound, mut skipped) = (Vec::new(), Vec::new());
        reader.drain(|found| match found {
            Found::Sound(piece, _) => sound.extend_from_slice(piece.samples),
            Found::Skipped(samples) => skipped.push(samples),
        });
        (sound, skipped)
    }

    #[test]
    fn the_devices_own_channels_become_their_mean() {
        let (mut tap, mut reader) = pair(48_000, 0, Pause::default());
        tap.expect(2, 48_000);
        tap.hear(AT, AT, &[0.5f32, 0.1, -0.5, 0.5], |s| s);
        assert_eq!(drained(&mut reader).0, [0.3, 0.0]);
        assert_eq!((reader.seen.frames(), reader.seen.rate()), (2, Some(48_000)));
        assert_eq!(reader.seen.take_peak(), 0.3);
        assert_eq!(reader.seen.take_peak(), 0.0);
    }

    #[test]
    fn what_does_not_fit_is_counted_and_its_length_is_told() {
        let (mut tap, mut reader) = pair(8_000, 0, Pause::default());
        let second = [0.1f32; 8_000];
        (0..5).for_each(|_| tap.hear(AT, AT, &second, |s| s));
        assert_eq!(reader.seen.lost(), 16_000);
        assert_eq!(drained(&mut reader), (vec![0.1; 24_000], vec![]));
        tap.hear(AT, AT, &second, |s| s);
        assert_eq!(drained(&mut reader).1, [16_000]);
    }

    #[test]
    fn a_pause_keeps_nothing_but_the_count() {
        let pause = Pause::default();
        let (mut tap, mut reader) = pair(8_000, 0, pause.clone());
        tap.hear(AT, AT, &[0.1f32; 80], |s| s);
        pause.set(true);
        tap.hear(AT, AT, &[0.9f32; 80], |s| s);
        assert_eq!(reader.seen.take_peak(), 0.1);
        pause.set(false);
        tap.hear(AT, AT, &[0.2f32; 80], |s| s);
        let (sound, skipped) = drained(&mut reader);
        assert!(sound.len() == 160 && !sound.contains(&0.9));
        assert_eq!(skipped, [80]);
    }

    #[test]
    fn r10_the_first_300_ms_are_dropped_where_a_headset_changes_its_profile() {
        let (mut tap, mut reader) = pair(16_000, 300, Pause::default());
        (0..40).for_each(|_| tap.hear(AT, AT, &[0.1f32; 160], |s| s));
        let (sound, skipped) = drained(&mut reader);
        assert_eq!((sound.len(), skipped), (1_600, vec![4_800]));
    }

    #[test]
    fn zeros_are_delivered_and_are_no_sound() {
        let (mut tap, mut reader) = pair(8_000, 0, Pause::default());
        tap.hear(AT, AT, &[0i16; 80], |s| f32::from(s) / 32_768.0);
        assert_eq!(drained(&mut reader).0, [0.0; 80]);
        assert_eq!((reader.seen.sounded(), reader.seen.arrived()), (None, Some(AT)));
    }

    #[test]
    fn the_callback_allocates_nothing() {
        let (mut tap, _reader) = pair(8_000, 0, Pause::default());
        tap.expect(2, 8_000);
        let block = [0.25f32; 960];
        // Far more than fits: also what is dropped is only counted.
        let count = allocation_counter::measure(|| {
            for _ in 0..1_000 {
                tap.hear(AT, AT, &block, |s| s);
            }
        });
        assert_eq!(count.count_total, 0);
    }
}
