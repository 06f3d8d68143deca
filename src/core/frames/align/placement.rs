//! Where sound belongs, from stamps that jitter. One stream's clock is followed
//! slowly (its drift is a rate, corrected by resampling) and a loss is found
//! quickly (a step that stays). Arithmetic only: no sample is touched here.
//! All times are samples of 16 kHz on the call's clock.

use std::collections::VecDeque;

use super::rates::Rates;

/// One millisecond.
const MS: f64 = 16.0;
/// One second.
const SECOND: f64 = 16_000.0;

/// Stamps that are looked at before the first sound is placed. Those of
/// PulseAudio scatter over 27 ms in two heaps, so that the median of nine may be
/// 7 ms off and that of 21 is within 4.
const FIRST_MARKS: usize = 21;
/// ... and the time that they must span.
const FIRST_SPAN: f64 = 400.0 * MS;
/// A stream with so much sound is placed by what stamps there are.
const FIRST_MOST: f64 = 800.0 * MS;

/// A stream that a second of stamps puts further off is put right at once: those
/// of PulseAudio move by up to 20 ms together when a program begins to play. No
/// working clock drifts so far in a second.
const OFF_MOST: f64 = 5.0 * MS;
/// ... by so many stamps at least,
const OFF_MARKS: usize = 25;
/// ... and, after its first second, by more than chance: by so many times what
/// the middle of n stamps is off that scatter by j, j/sqrt(n). The first second is
/// put right more readily, for its start was known from few stamps.
const CHANCE: f64 = 4.0;

/// A stamp closer than this to the one before says nothing new.
const MARK_EVERY: f64 = 5.0 * MS;
/// ... unless it is off by more than this.
const MARK_OFF: f64 = 3.0 * MS;

/// The least that is taken for a step, where stamps are exact.
const EXACT: f64 = 3.0 * MS;
/// The most that jitter may excuse.
const TOLERANT: f64 = 40.0 * MS;
/// Stamps that must agree about a step, and the time they must span: a burst
/// of late deliveries has many stamps at one time.
const AGREEING: usize = 5;
const AGREEING_SPAN: f64 = 60.0 * MS;
/// With exact stamps two are enough.
const AGREEING_EXACT: usize = 2;
/// A doubt that lasts longer is settled by the newest stamps.
const DOUBT_MOST: f64 = 1_000.0 * MS;
/// A stamp further off than this is a broken one: the sound is joined on.
const BELIEVED: f64 = 3_600.0 * SECOND;

/// Stamps whose median tells a lasting offset too small to be seen at once,
/// and the least offset that is called one (findings/capture.md A4).
const LASTING: usize = 25;
const LASTING_OFF: f64 = 12.0 * MS;

/// Stamps of a device with another rate than it says are no further off its
/// line; a stream that loses half of its sound is.
const REGULAR: f64 = 12.0 * MS;

/// Time between two corrections of the rate.
const EVERY: f64 = SECOND;
/// How fast an offset is taken out, early and later in a stream.
const GEARS: [(f64, f64); 4] = [
    (10.0 * SECOND, 2.0 * SECOND),
    (20.0 * SECOND, 5.0 * SECOND),
    (60.0 * SECOND, 12.0 * SECOND),
    (f64::MAX, 30.0 * SECOND),
];
/// The largest drift of a working clock, as a share, and of drift and catching
/// up together: 3.5 cents of a semitone, which no measure sees.
const MOST_DRIFT: f64 = 1_000e-6;
const MOST_EXCESS: f64 = 2_000e-6;
/// ... and in the first ten seconds of a stream, whose first stamps are the worst:
/// 9 cents.
const MOST_EXCESS_FIRST: f64 = 5_000e-6;
/// A drift is told once the stream was followed for so long.
const TOLD_AFTER: f64 = 30.0 * SECOND;

/// What to do with the sound in hand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Verdict {
    /// Keep it: the next stamps tell where it belongs.
    Wait,
    /// It follows on what came before.
    Flow,
    /// Its first sample lies here: a run of its own.
    Start(f64),
}

#[derive(Clone, Copy, Debug)]
struct Mark {
    /// What the stamp says.
    at: f64,
    /// Width of the sound in hand before it.
    before: f64,
}

/// The clock of one stream.
#[derive(Debug)]
pub(super) struct Placement {
    rates: Rates,
    running: bool,
    held: VecDeque<Mark>,
    /// Largest usual error of a stamp; forgets slowly.
    jitter: f64,
    recent: VecDeque<f64>,
    block: Vec<f64>,
    /// The newest stamp: one that stands still says nothing.
    newest: Option<f64>,
    began: f64,
    corrected: f64,
    drift: f64,
    excess: f64,
}

impl Placement {
    /// A stream whose device claims `rate` Hz.
    pub(super) fn new(rate: u32) -> Self {
        Self {
            rates: Rates::new(rate),
            running: false,
            held: VecDeque::new(),
            jitter: 0.0,
            recent: VecDeque::new(),
            block: Vec::new(),
            newest: None,
            began: 0.0,
            corrected: 0.0,
            drift: 0.0,
            excess: 0.0,
        }
    }

    /// The rate that the samples really have, in Hz: standard, and within one
    /// per cent of what was measured where the device's word is wrong.
    pub(super) fn rate(&self) -> u32 {
        self.rates.real()
    }

    /// What the resampler is to run faster, as a share.
    pub(super) fn excess(&self) -> f64 {
        self.excess
    }

    /// How much faster than its nominal rate the device runs, in parts per million.
    pub(super) fn drift_ppm(&self) -> Option<f32> {
        (TOLD_AFTER <= self.corrected - self.began).then_some((self.drift * 1e6) as f32)
    }

    /// The usual error of a stamp, in milliseconds.
    pub(super) fn jitter_ms(&self) -> f32 {
        (self.jitter / MS) as f32
    }

    /// Sound was dropped on purpose and its length is known: no stamp is owed.
    pub(super) fn skip(&mut self) {
        self.held.clear();
        self.rates.pause();
    }

    /// A stamp, with the sound in hand before it and with it. `expected` is where
    /// the first sample in hand would lie if it followed on.
    pub(super) fn mark(&mut self, at: f64, before: f64, with: f64, samples: usize, expected: f64) -> Verdict {
        if self.rates.heard(at, samples) {
            // The rate was another one all along: place what comes from here on afresh.
            self.running = false;
            self.held.clear();
        }
        // Libraries hold a stamp back that would lie before the last one.
        let mark = (self.newest.replace(at) != Some(at)).then_some(Mark { at, before });
        if self.running { self.judge(mark, with, expected) } else { self.start(mark, with) }
    }

    /// The end of the stream: what is in hand goes where it most likely belongs.
    pub(super) fn settle(&mut self) -> Verdict {
        if self.running || self.held.is_empty() {
            self.held.clear();
            return Verdict::Flow;
        }
        self.begin()
    }

    fn start(&mut self, mark: Option<Mark>, with: f64) -> Verdict {
        mark.into_iter().for_each(|mark| self.keep(mark));
        let span = self.span();
        let enough = FIRST_MARKS <= self.held.len() && FIRST_SPAN <= span;
        if !enough && with < FIRST_MOST {
            return Verdict::Wait;
        }
        if self.rates.doubtful() && with < DOUBT_MOST {
            return Verdict::Wait;
        }
        self.begin()
    }

    fn begin(&mut self) -> Verdict {
        let said = f64::from(self.rates.real());
        let other = self.rates.candidate().filter(|&rate| self.starts(said / f64::from(rate)).1 < REGULAR);
        self.rates.settle(other);
        let (base, off) = self.starts(said / f64::from(self.rates.real()));
        self.jitter = off.min(TOLERANT);
        (self.began, self.corrected) = (base, base);
        (self.drift, self.excess) = (0.0, 0.0);
        self.running = true;
        self.resume_at(base)
    }

    /// Where the sound in hand begins by the middle of its stamps, and how far
    /// the worst of them is off, if it lasts `stretch` times as long as said.
    fn starts(&self, stretch: f64) -> (f64, f64) {
        let mut starts: Vec<f64> = self.held.iter().map(|m| m.at - m.before * stretch).collect();
        let base = median(&mut starts);
        (base, starts.iter().map(|s| (s - base).abs()).fold(0.0, f64::max))
    }

    fn resume_at(&mut self, place: f64) -> Verdict {
        self.held.clear();
        self.recent.clear();
        self.block.clear();
        Verdict::Start(place)
    }

    /// Keeps a stamp that says something new.
    fn keep(&mut self, mark: Mark) {
        let new = self.held.back().is_none_or(|last| {
            let (width, time) = (mark.before - last.before, mark.at - last.at);
            MARK_EVERY <= width || MARK_OFF < (time - width).abs()
        });
        if new {
            self.held.push_back(mark);
        }
    }

    /// Time between the first and the last stamp in doubt.
    fn span(&self) -> f64 {
        match (self.held.front(), self.held.back()) {
            (Some(first), Some(last)) => last.at - first.at,
            (None, _) | (_, None) => 0.0,
        }
    }

    fn judge(&mut self, mark: Option<Mark>, with: f64, expected: f64) -> Verdict {
        let Some(mark) = mark else { return self.unsaid(with, expected) };
        let off = mark.at - (expected + mark.before);
        if off.abs() <= self.tolerance() {
            self.held.clear();
            return self.follow(mark.at, off, expected);
        }
        if BELIEVED < off.abs() {
            self.held.clear();
            return Verdict::Flow;
        }
        self.keep(mark);
        self.doubt(with, expected)
    }

    /// Sound whose stamp says nothing: it is what the others are.
    fn unsaid(&mut self, with: f64, expected: f64) -> Verdict {
        if self.held.is_empty() { Verdict::Flow } else { self.doubt(with, expected) }
    }

    /// What is more than jitter.
    fn tolerance(&self) -> f64 {
        (1.5 * self.jitter + 2.0 * MS).clamp(EXACT, TOLERANT)
    }

    /// A stamp as usual: learn from it.
    fn follow(&mut self, at: f64, off: f64, expected: f64) -> Verdict {
        self.jitter = (self.jitter * 0.998).max(off.abs());
        self.recent.push_back(off);
        if LASTING < self.recent.len() {
            self.recent.pop_front();
        }
        self.block.push(off);
        if EVERY <= at - self.corrected {
            let most = self.off_most();
            let off = self.correct(at);
            if most < off.abs() {
                return self.resume_at(expected + off);
            }
        }
        match self.lasting() {
            Some(off) => self.resume_at(expected + off),
            None => Verdict::Flow,
        }
    }

    /// How far off a second of stamps may be before it is no drift.
    fn off_most(&self) -> f64 {
        if self.corrected == self.began {
            return OFF_MOST;
        }
        let mut offs = self.block.clone();
        if offs.len() < OFF_MARKS {
            return f64::MAX;
        }
        let middle = median(&mut offs);
        let scatter = offs.iter().map(|off| (off - middle).abs()).fold(0.0, f64::max);
        OFF_MOST.max(CHANCE * scatter / (offs.len() as f64).sqrt())
    }

    /// An offset that stays although every stamp could be jitter.
    fn lasting(&self) -> Option<f64> {
        if self.recent.len() < LASTING {
            return None;
        }
        let off = median(&mut self.recent.iter().copied().collect::<Vec<_>>());
        (LASTING_OFF.max(self.jitter) < off.abs()).then_some(off)
    }

    /// A second has passed: the middle of its errors moves rate and place.
    fn correct(&mut self, at: f64) -> f64 {
        let passed = (at - self.corrected).min(10.0 * EVERY);
        let off = median(&mut self.block);
        self.block.clear();
        self.corrected = at;
        let age = at - self.began;
        let slow = GEARS.iter().find(|(until, _)| age < *until).map_or(GEARS[3].1, |(_, slow)| *slow);
        self.drift = (self.drift - off * passed / (4.0 * slow * slow)).clamp(-MOST_DRIFT, MOST_DRIFT);
        let most = if age < GEARS[0].0 { MOST_EXCESS_FIRST } else { MOST_EXCESS };
        self.excess = (self.drift - off / slow).clamp(-most, most);
        off
    }

    /// Stamps in hand that are far off: a step, or a burst that will come back?
    fn doubt(&mut self, with: f64, expected: f64) -> Verdict {
        let mut offs: Vec<f64> = self.held.iter().map(|m| m.at - (expected + m.before)).collect();
        let spread =
            offs.iter().copied().fold(f64::MIN, f64::max) - offs.iter().copied().fold(f64::MAX, f64::min);
        let exact = self.tolerance() < 2.0 * EXACT && spread < EXACT;
        let agreed =
            spread <= 2.0 * self.tolerance() && AGREEING <= offs.len() && AGREEING_SPAN <= self.span();
        if agreed || (exact && AGREEING_EXACT <= offs.len()) {
            return self.resume_at(expected + median(&mut offs));
        }
        if DOUBT_MOST <= with {
            let newest = offs.len() / 2;
            return self.resume_at(expected + median(&mut offs[newest..]));
        }
        Verdict::Wait
    }
}

/// The middle value; 0 of none. The order is lost.
fn median(values: &mut [f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A device that is followed without any sound: only its stamps.
    struct Device {
        placement: Placement,
        next: Option<f64>,
        held: Vec<f64>,
        starts: u32,
        seed: u32,
    }

    impl Device {
        fn new(rate: u32) -> Self {
            Self { placement: Placement::new(rate), next: None, held: Vec::new(), starts: 0, seed: 1 }
        }

        /// Delivers `samples` captured at `at`, and says where they were put.
        fn deliver(&mut self, at: f64, samples: usize) -> Option<f64> {
            let width = |d: &Self| SECOND / f64::from(d.placement.rate()) / (1.0 + d.placement.excess());
            let before = self.held.iter().sum::<f64>() * width(self);
            self.held.push(samples as f64);
            let with = self.held.iter().sum::<f64>() * width(self);
            let from = self.next.unwrap_or(0.0);
            let place = match self.placement.mark(at, before, with, samples, from) {
                Verdict::Wait => return None,
                Verdict::Flow => from,
                Verdict::Start(place) => {
                    self.starts += 1;
                    place
                }
            };
            let total: f64 = self.held.drain(..).sum();
            self.next = Some(place + total * width(self));
            self.next
        }

        /// -1 to 1, the same every time.
        fn chance(&mut self) -> f64 {
            self.seed = self.seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(self.seed >> 8) / f64::from(1 << 23) - 1.0
        }
    }

    /// Worst error in ms after the first `from_s` seconds of a device that is
    /// `ppm` fast and delivers `samples` a time for `seconds`, with stamps that
    /// are up to `jitter_ms` off.
    fn worst(ppm: f64, samples: usize, seconds: f64, jitter_ms: f64, from_s: f64) -> (f64, Device) {
        let mut device = Device::new(48_000);
        let width = samples as f64 / 3.0 / (1.0 + ppm * 1e-6);
        let (mut at, mut worst) = (500.0, 0f64);
        while at < seconds * SECOND {
            let stamp = at + device.chance() * jitter_ms * MS;
            at += width;
            if let Some(next) = device.deliver(stamp, samples)
                && from_s * SECOND < at
            {
                worst = worst.max((next - at).abs() / MS);
            }
        }
        (worst, device)
    }

    #[test]
    fn r40_a_clock_100_ppm_off_stays_within_20_ms_for_4_hours() {
        for (ppm, samples) in [(100.0, 960), (-100.0, 48_000)] {
            let (error, device) = worst(ppm, samples, 4.0 * 3_600.0, 0.0, 0.0);
            assert!(error < 3.0, "{ppm} ppm: {error} ms");
            assert!((f64::from(device.placement.drift_ppm().unwrap()) - ppm).abs() < 2.0);
            assert_eq!(device.starts, 1);
        }
    }

    #[test]
    fn r40_jitter_of_20_ms_makes_no_gap_and_moves_nothing_by_10_ms() {
        for ppm in [-300.0, 0.0, 500.0] {
            let (error, device) = worst(ppm, 960, 1_800.0, 20.0, 10.0);
            assert!(error < 8.0, "{ppm} ppm: {error} ms");
            assert!(device.starts <= 2, "{ppm} ppm: put right after the first second at most");
        }
    }

    #[test]
    fn r06_a_hole_is_exactly_as_long_as_it_was_where_stamps_are_exact() {
        for hole_ms in [5.0, 40.0, 4_000.0] {
            let mut device = Device::new(48_000);
            let mut at = 0.0;
            let mut next = None;
            for chunk in 0..400 {
                at += if chunk == 200 { hole_ms * MS } else { 0.0 };
                next = device.deliver(at, 960).or(next);
                at += 320.0;
            }
            assert_eq!(device.starts, 2, "{hole_ms} ms");
            assert!((next.unwrap() - at).abs() < 0.01, "{hole_ms} ms");
        }
    }

    #[test]
    fn r06_a_hole_among_jittering_stamps_is_right_within_8_ms() {
        let mut device = Device::new(48_000);
        let (mut at, mut next) = (0.0, None);
        for chunk in 0..800 {
            at += if chunk == 400 { 4_000.0 * MS } else { 0.0 };
            let stamp = at + device.chance() * 15.0 * MS;
            next = device.deliver(stamp, 960).or(next);
            at += 320.0;
        }
        assert_eq!(device.starts, 2);
        assert!((next.unwrap() - at).abs() < 8.0 * MS);
    }

    #[test]
    fn r40_stamps_that_move_together_are_followed_within_two_seconds() {
        let mut device = Device::new(48_000);
        let (mut at, mut worst) = (0.0, 0f64);
        for chunk in 0..600 {
            // A server that finds out after 3 s that its latency is another.
            let off = if chunk < 150 { 0.0 } else { 18.0 * MS };
            let stamp = at + off + device.chance() * 15.0 * MS;
            let next = device.deliver(stamp, 960);
            at += 320.0;
            if let Some(next) = next.filter(|_| 250 <= chunk) {
                worst = worst.max((next - at - off).abs());
            }
        }
        assert!(worst < 8.0 * MS, "{} ms", worst / MS);
    }

    #[test]
    fn a_stamp_that_is_held_back_says_nothing() {
        let mut device = Device::new(48_000);
        // The first stamp is 90 ms late; a library that lets none go back holds
        // the next ones there until their time has come.
        for chunk in 0..100 {
            let at = f64::from(chunk) * 320.0;
            device.deliver(at.max(90.0 * MS), 960);
        }
        assert!((device.next.unwrap() - 100.0 * 320.0).abs() < MS, "{:?}", device.next);
    }

    #[test]
    fn a_burst_of_late_deliveries_is_no_hole() {
        let mut device = Device::new(48_000);
        for chunk in 0..100 {
            device.deliver(f64::from(chunk) * 320.0, 960);
        }
        // Twenty pieces at once, all with the stamp of their arrival.
        for chunk in 100..120 {
            device.deliver(119.0 * 320.0, 960);
            assert_eq!(device.starts, 1, "piece {chunk}");
        }
        for chunk in 120..200 {
            device.deliver(f64::from(chunk) * 320.0, 960);
        }
        assert_eq!(device.starts, 1);
        assert!((device.next.unwrap() - 200.0 * 320.0).abs() < MS);
    }

    #[test]
    fn one_absurd_stamp_moves_nothing() {
        let mut device = Device::new(48_000);
        for chunk in 0..200 {
            let at = f64::from(chunk) * 320.0;
            device.deliver(if chunk == 100 { 1e15 } else { at }, 960);
        }
        assert_eq!(device.starts, 1);
        assert!((device.next.unwrap() - 64_000.0).abs() < MS);
    }

    #[test]
    fn r11_a_device_that_runs_at_another_rate_than_it_says_is_measured() {
        for (said, real) in [(48_000u32, 16_000u32), (48_000, 24_000), (16_000, 24_000), (48_000, 44_100)] {
            let mut device = Device::new(said);
            let samples = said as usize / 50;
            let width = samples as f64 * SECOND / f64::from(real);
            let mut at = 0.0;
            for _ in 0..600 {
                device.deliver(at, samples);
                at += width;
            }
            assert_eq!(device.placement.rate(), real, "said {said}");
            assert!((device.next.unwrap() - at).abs() < 5.0 * MS, "{real}");
        }
    }

    #[test]
    fn r11_heavy_irregular_loss_is_loss_and_not_another_rate() {
        let mut device = Device::new(48_000);
        for chunk in 0..3_000 {
            if device.chance() < 0.1 {
                device.deliver(f64::from(chunk) * 160.0, 480);
            }
        }
        assert_eq!(device.placement.rate(), 48_000);
    }
}
