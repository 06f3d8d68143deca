//! What it means when one side starts to speak while the other does. The rule
//! runs on 10 ms frames, the same way for both sides: X starts, Y holds.
//!
//! Y's *running speech* is what it said without a gap of more than
//! `chunk_gap`; Y's *turn* joins gaps up to `turn_gap`, unless X spoke in a gap
//! of more than `chunk_gap`. X's *utterance* joins gaps up to `utterance_gap`
//! while Y goes on, and up to `utterance_gap_free` once Y is silent.

pub use crate::core::event::{Class, Overlap};
use crate::core::units::{Channel, SampleSpan, SampleTime, Sides};

/// Constants of the rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Speech in a row that counts as a start.
    pub min_onset: SampleSpan,
    /// The other side still counts as speaking this long after its last frame.
    pub grace: SampleSpan,
    /// A longer gap ends running speech.
    pub chunk_gap: SampleSpan,
    /// A longer gap ends a turn.
    pub turn_gap: SampleSpan,
    /// With less running speech of the other before the start both began together.
    pub min_running: SampleSpan,
    /// With a younger turn of the other both began together.
    pub min_held: SampleSpan,
    /// Talk at the same time from which a start may be an interruption.
    pub min_overlap: SampleSpan,
    /// Talk of the one who started from which it may be an interruption; less
    /// is listener feedback.
    pub min_utterance: SampleSpan,
    /// Gap that an utterance joins while the other goes on.
    pub utterance_gap: SampleSpan,
    /// Gap that an utterance joins once the other is silent.
    pub utterance_gap_free: SampleSpan,
    /// Silence after which the other has given way.
    pub yield_after: SampleSpan,
    /// An utterance that ends this soon after the other's end was inside it.
    pub tail: SampleSpan,
    /// Longest pause of the other in which a start is a pause barge-in.
    pub pause_max: SampleSpan,
    /// Running speech of the other before such a pause.
    pub pause_held: SampleSpan,
    /// The other resumes within this time.
    pub resume_max: SampleSpan,
    /// Talk at the same time after it resumed.
    pub pause_overlap: SampleSpan,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            min_onset: SampleSpan::from_millis(80),
            grace: SampleSpan::from_millis(120),
            chunk_gap: SampleSpan::from_millis(250),
            turn_gap: SampleSpan::from_millis(1000),
            min_running: SampleSpan::from_millis(250),
            min_held: SampleSpan::from_millis(800),
            min_overlap: SampleSpan::from_millis(400),
            min_utterance: SampleSpan::from_millis(1000),
            utterance_gap: SampleSpan::from_millis(400),
            utterance_gap_free: SampleSpan::from_millis(450),
            yield_after: SampleSpan::from_millis(300),
            tail: SampleSpan::from_millis(100),
            pause_max: SampleSpan::from_millis(700),
            pause_held: SampleSpan::from_millis(500),
            resume_max: SampleSpan::from_millis(1000),
            pause_overlap: SampleSpan::from_millis(500),
        }
    }
}

/// An interruption at the moment the rule knows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// Onset of the one who interrupts.
    pub at: SampleTime,
    /// Who interrupts.
    pub by: Channel,
}

/// One frame, as the rule sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tick {
    /// Number of the frame.
    pub frame: u64,
    /// Who speaks.
    pub speaks: Sides<bool>,
}

/// What the rule has to say after a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Verdict {
    /// An interruption confirmed in this frame.
    pub confirmed: Option<Confirmed>,
    /// A start that was closed in this frame.
    pub closed: Option<Overlap>,
}

/// Whether a voice is near enough to be the one of this side: asked once a
/// start could be confirmed.
pub trait Nearness {
    /// Whether what `side` said since `from` is near-field speech. `starts`:
    /// it is the one who started, else the one who held.
    fn near(&self, side: Channel, from: SampleTime, to: SampleTime, starts: bool) -> bool;
}

/// Every voice is near: for drawn input and for activity known to be true.
#[derive(Clone, Copy, Debug)]
pub struct AllNear;

impl Nearness for AllNear {
    fn near(&self, _: Channel, _: SampleTime, _: SampleTime, _: bool) -> bool {
        true
    }
}

/// The rule in both directions.
#[derive(Clone, Debug)]
pub struct Overlaps {
    limits: Limits,
    starts: Sides<OneWay>,
    past: Sides<Past>,
}

/// The settings in frames.
#[derive(Clone, Copy, Debug)]
struct Limits {
    min_onset: u64,
    grace: u64,
    chunk_gap: u64,
    turn_gap: u64,
    min_running: u64,
    min_held: u64,
    min_overlap: u64,
    min_utterance: u64,
    utterance_gap: u64,
    utterance_gap_free: u64,
    yield_after: u64,
    tail: u64,
    pause_max: u64,
    pause_held: u64,
    resume_max: u64,
    pause_overlap: u64,
}

impl From<&Settings> for Limits {
    fn from(s: &Settings) -> Self {
        Self {
            min_onset: s.min_onset.frames().max(1),
            grace: s.grace.frames(),
            chunk_gap: s.chunk_gap.frames(),
            turn_gap: s.turn_gap.frames(),
            min_running: s.min_running.frames(),
            min_held: s.min_held.frames(),
            min_overlap: s.min_overlap.frames(),
            min_utterance: s.min_utterance.frames(),
            utterance_gap: s.utterance_gap.frames(),
            utterance_gap_free: s.utterance_gap_free.frames(),
            yield_after: s.yield_after.frames(),
            tail: s.tail.frames(),
            pause_max: s.pause_max.frames(),
            pause_held: s.pause_held.frames(),
            resume_max: s.resume_max.frames(),
            pause_overlap: s.pause_overlap.frames(),
        }
    }
}

impl Overlaps {
    /// Nobody has spoken yet.
    pub fn new(settings: &Settings) -> Self {
        Self { limits: settings.into(), starts: Sides::default(), past: Sides::default() }
    }

    /// Changes the constants from the next frame on.
    pub fn set(&mut self, settings: &Settings) {
        self.limits = settings.into();
    }

    /// Whether somebody talks over the other and it is not decided yet: only
    /// then can the next frames confirm an interruption.
    pub fn is_open(&self) -> bool {
        Channel::BOTH.iter().any(|&x| self.starts[x].utterance.is_some_and(|u| u.kind == Kind::Open))
    }

    /// Takes the next frame, once with each side as the one who starts.
    pub fn process(&mut self, tick: Tick, near: &impl Nearness) -> Sides<Verdict> {
        for side in Channel::BOTH {
            let other_last = self.past[side.other()].last;
            self.past[side].begin(tick, side, other_last, &self.limits);
        }
        let mut verdicts = Sides::from_fn(|x| self.one_way(x, tick, near));
        for x in Channel::BOTH {
            verdicts[x].closed = self.settle(x, verdicts[x].closed);
        }
        for side in Channel::BOTH {
            self.past[side].last = self.past[side].last_now(tick.frame);
        }
        verdicts
    }

    /// The call ends: what is open is closed, what was held back is let go.
    pub fn finish(&mut self) -> [Option<Overlap>; 4] {
        let past = self.past;
        let open =
            Sides::from_fn(|x| self.starts[x].utterance.take()?.close(x, past[x.other()].last, &self.limits));
        let held = Sides::from_fn(|x| self.starts[x].waiting.take());
        [held.agent, held.customer, open.agent, open.customer]
    }

    /// What `side` seemed to say since `frame` was no speech: forgets it, and
    /// whatever the other side started over it.
    pub fn withdraw(&mut self, side: Channel, frame: u64) {
        self.starts[side].utterance = None;
        if let Some(u) = &mut self.starts[side.other()].utterance
            && frame <= u.over
        {
            u.kind = Kind::Plain;
        }
        if self.past[side].last.is_some_and(|last| frame <= last) {
            self.past[side] = Past::default();
        }
    }

    /// Holds a closed start back while it may still prove to be the
    /// resumption after a pause barge-in of the other.
    fn settle(&mut self, x: Channel, closed: Option<Overlap>) -> Option<Overlap> {
        let pending =
            self.starts[x.other()].utterance.filter(|u| u.kind == Kind::Pause).and_then(|u| u.resumed);
        let start = &mut self.starts[x];
        let excused = start.excused;
        let unexplained = |o: &Overlap| !is_excused(&excused, o.at.frame());
        let undecided = |o: &Overlap| pending.is_some_and(|r| r.abs_diff(o.at.frame()) < EXCUSED_WITHIN);
        if let Some(new) = closed {
            if undecided(&new) && start.waiting.is_none() {
                start.waiting = closed;
                return None;
            }
            return closed.filter(unexplained);
        }
        let ready = start.waiting.filter(|o| !undecided(o))?;
        start.waiting = None;
        Some(ready).filter(unexplained)
    }

    fn one_way(&mut self, x: Channel, tick: Tick, near: &impl Nearness) -> Verdict {
        let limits = self.limits;
        let y = self.past[x.other()];
        let y_last = y.last_now(tick.frame);
        self.hear(x, tick, y_last);
        let Some(mut u) = self.starts[x].utterance else { return Verdict::default() };
        let together = tick.speaks.agent && tick.speaks.customer;
        u.weigh(tick.frame, together, y_last, &limits);
        let mut verdict = Verdict::default();
        if u.kind == Kind::Open && u.is_long_enough(&limits) && u.is_near(x, tick.frame, near) {
            u.kind = Kind::Interruption;
            u.confirmed = Some(tick.frame + 1);
            verdict.confirmed = Some(Confirmed { at: SampleTime::from_frame(u.from), by: x });
        }
        if u.kind == Kind::Pause {
            self.judge_pause(x, &mut u, tick.frame);
        }
        let over = u.is_over(tick.frame, tick.speaks[x.other()], &limits);
        self.starts[x].utterance = (!over).then_some(u);
        verdict.closed = over.then(|| u.close(x, y_last, &limits)).flatten();
        verdict
    }

    /// Notes what both say in this frame in the utterance of X, or begins one.
    fn hear(&mut self, x: Channel, tick: Tick, y_last: Option<u64>) {
        if let Some(u) = &mut self.starts[x].utterance {
            if tick.speaks[x.other()] && u.kind == Kind::Pause && u.overlap == 0 {
                u.resumed.get_or_insert(tick.frame);
            }
            if tick.speaks[x] {
                u.speech += 1;
                u.last = tick.frame;
            }
        } else if self.limits.min_onset <= self.past[x].run {
            self.starts[x].utterance = Some(self.open(x, tick.frame, y_last));
        }
    }

    /// The utterance of X that has now gone on for `min_onset`.
    fn open(&self, x: Channel, frame: u64, y_last: Option<u64>) -> Utterance {
        let (run, y) = (self.past[x].run, self.past[x.other()]);
        let from = frame + 1 - run;
        let mut u = Utterance::plain(from, frame, run, y.chunk_from);
        let Some(y_last) = y_last else { return u };
        let limits = &self.limits;
        if is_excused(&self.starts[x].excused, from) {
            return u;
        }
        if from.saturating_sub(limits.grace) <= y_last {
            u.held = from.saturating_sub(y.turn_from);
            let had_begun =
                y.chunk_from + limits.min_running <= from && y.turn_from + limits.min_held <= from;
            u.kind = if had_begun { Kind::Open } else { Kind::SimultaneousStart };
            u.overlap = y.spoken_before(run - 1);
            u.last_together = (0 < u.overlap).then_some(frame - 1);
        } else if from - y_last <= limits.pause_max && y.chunk_from + limits.pause_held <= y_last {
            u.kind = Kind::Pause;
            u.held = y_last - y.turn_from;
        }
        u
    }

    fn judge_pause(&mut self, x: Channel, u: &mut Utterance, frame: u64) {
        if self.limits.resume_max < u.resumed.unwrap_or(frame) - u.from {
            u.kind = Kind::Plain;
        } else if self.limits.pause_overlap <= u.overlap && self.limits.min_utterance <= u.speech {
            u.kind = Kind::PauseBargeIn;
            u.confirmed = Some(frame + 1);
            if let Some(resumed) = u.resumed {
                self.starts[x.other()].excuse(resumed);
            }
        }
    }
}

/// What one side did lately.
#[derive(Clone, Copy, Debug, Default)]
struct Past {
    /// Frames that were speech, the newest in bit 0.
    bits: u128,
    /// Speech frames in a row up to now.
    run: u64,
    /// Last speech frame before this one.
    last: Option<u64>,
    turn_from: u64,
    chunk_from: u64,
}

impl Past {
    fn begin(&mut self, tick: Tick, side: Channel, other_last: Option<u64>, limits: &Limits) {
        let (frame, speaks) = (tick.frame, tick.speaks[side]);
        self.bits = self.bits << 1 | u128::from(speaks);
        if !speaks {
            self.run = 0;
            return;
        }
        self.run += 1;
        let gap = self.last.map(|last| frame - last);
        let new_chunk = gap.is_none_or(|gap| limits.chunk_gap < gap);
        let other_spoke = self.last < other_last;
        if gap.is_none_or(|gap| limits.turn_gap < gap) || new_chunk && other_spoke {
            self.turn_from = frame;
        }
        if new_chunk {
            self.chunk_from = frame;
        }
    }

    /// The last speech frame up to and with `frame`, the one begun.
    fn last_now(&self, frame: u64) -> Option<u64> {
        if 0 < self.run { Some(frame) } else { self.last }
    }

    /// Speech frames among the `n` before the one begun.
    fn spoken_before(&self, n: u64) -> u64 {
        let mask = u128::MAX.checked_shr(128 - n.min(127) as u32).unwrap_or(0);
        u64::from((self.bits >> 1 & mask).count_ones())
    }
}

/// An onset this near (frames) to a resumption is that resumption.
const EXCUSED_WITHIN: u64 = 30;

/// One side as the one who starts.
#[derive(Clone, Copy, Debug, Default)]
struct OneWay {
    utterance: Option<Utterance>,
    /// Resumptions of this side after a pause barge-in of the other.
    excused: [Option<u64>; 4],
    waiting: Option<Overlap>,
}

fn is_excused(resumptions: &[Option<u64>], from: u64) -> bool {
    resumptions.iter().flatten().any(|r| r.abs_diff(from) < EXCUSED_WITHIN)
}

impl OneWay {
    fn excuse(&mut self, resumed: u64) {
        self.excused.rotate_right(1);
        self.excused[0] = Some(resumed);
        if let Some(u) = &mut self.utterance
            && u.from.abs_diff(resumed) < EXCUSED_WITHIN
        {
            u.kind = Kind::Plain;
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Not over anything, or explained by a barge-in of the other.
    Plain,
    /// Over the other's speech, not yet decided.
    Open,
    Interruption,
    SimultaneousStart,
    EarlyStart,
    /// In a pause of the other, not yet decided.
    Pause,
    PauseBargeIn,
}

/// What one side says, from its onset on.
#[derive(Clone, Copy, Debug)]
struct Utterance {
    from: u64,
    last: u64,
    kind: Kind,
    /// Frames in which both talked.
    overlap: u64,
    last_together: Option<u64>,
    /// Frames of its own speech.
    speech: u64,
    held: u64,
    /// Start of the other's running speech at the onset.
    over: u64,
    /// The other's last frame before it gave way.
    yielded: Option<u64>,
    resumed: Option<u64>,
    confirmed: Option<u64>,
}

impl Utterance {
    fn plain(from: u64, frame: u64, speech: u64, over: u64) -> Self {
        Self {
            from,
            last: frame,
            kind: Kind::Plain,
            overlap: 0,
            last_together: None,
            speech,
            held: 0,
            over,
            yielded: None,
            resumed: None,
            confirmed: None,
        }
    }

    /// Counts the time together and sees whether the other has given way.
    fn weigh(&mut self, frame: u64, together: bool, y_last: Option<u64>, limits: &Limits) {
        if together && self.yielded.is_none() {
            self.overlap += 1;
            self.last_together = Some(frame);
        }
        let Some(y_last) = y_last else { return };
        let watched = matches!(self.kind, Kind::Open | Kind::Interruption);
        if watched && limits.yield_after < frame - y_last {
            if self.kind == Kind::Open && self.overlap < limits.min_overlap {
                self.kind = Kind::EarlyStart;
            }
            self.yielded.get_or_insert(y_last);
        }
    }

    fn is_long_enough(&self, limits: &Limits) -> bool {
        limits.min_overlap <= self.overlap && limits.min_utterance <= self.speech
    }

    fn is_near(&self, x: Channel, frame: u64, near: &impl Nearness) -> bool {
        let (from, to) = (SampleTime::from_frame(self.from), SampleTime::from_frame(frame + 1));
        near.near(x, from, to, true) && near.near(x.other(), SampleTime::from_frame(self.over), to, false)
    }

    fn is_over(&self, frame: u64, other_speaks: bool, limits: &Limits) -> bool {
        let gap = frame - self.last;
        other_speaks && limits.utterance_gap < gap || limits.utterance_gap_free < gap
    }

    fn close(&self, by: Channel, y_last: Option<u64>, limits: &Limits) -> Option<Overlap> {
        let class = self.class(y_last?, limits)?;
        if self.overlap == 0 && class != Class::PauseBargeIn {
            return None;
        }
        Some(Overlap {
            at: SampleTime::from_frame(self.from),
            end: SampleTime::from_frame(self.last_together.unwrap_or(self.last) + 1),
            until: SampleTime::from_frame(self.last + 1),
            by,
            class,
            overlap: SampleSpan::from_frames(self.overlap),
            held: SampleSpan::from_frames(self.held),
            confirmed: self.confirmed.map(SampleTime::from_frame),
        })
    }

    fn class(&self, y_last: u64, limits: &Limits) -> Option<Class> {
        match self.kind {
            Kind::Plain | Kind::Pause => None,
            // Long enough, yet never near: somebody else's voice.
            Kind::Open if self.is_long_enough(limits) => None,
            Kind::Open if self.last <= y_last + limits.tail => Some(Class::Backchannel),
            Kind::Open | Kind::EarlyStart => Some(Class::EarlyStart),
            Kind::SimultaneousStart => Some(Class::SimultaneousStart),
            Kind::PauseBargeIn => Some(Class::PauseBargeIn),
            Kind::Interruption => Some(match self.yielded {
                Some(end) if end + limits.tail < self.last => Class::CutOff,
                _ => Class::TalkOver,
            }),
        }
    }
}
