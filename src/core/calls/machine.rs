//! The state machine: idle, perhaps a call, a call. Every step first lets the
//! time pass that has passed, with what was known until then, and only then
//! takes what is new: so it makes no difference how late a timer fires.

use std::mem;

use super::bars::{Bar, Bars};
use super::call::{Call, Due, Streams, View};
use super::flaps::Flaps;
use super::programs::{Holder, Program, Standing, Verdict, judge};
use super::ringing::Ringing;
use super::unknown::Unknowns;
use super::{Action, EndWhy, Input, RETRY, Refused, Settings, State, Trigger, after};
use crate::core::units::{Channel, Nanos};

/// Decides when a call begins, is held and ends.
#[derive(Clone, Debug)]
pub struct Calls {
    settings: Settings,
    said: Vec<Verdict>,
    now: Nanos,
    server: Server,
    holders: Vec<Holder>,
    unknown: Unknowns,
    bars: Bars,
    flaps: Flaps,
    stage: Stage,
    /// Whether the agent's and the customer's side are to be open.
    wanted: (bool, bool),
    /// Whether a call may be about to begin, and whether that was told.
    ringing: Ringing,
    ready: bool,
    paused: bool,
    /// Settings or verdicts changed since the last step.
    changed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Server {
    /// Not heard of yet.
    Unasked,
    Seen,
    Gone {
        since: Nanos,
    },
}

#[derive(Clone, Debug)]
enum Stage {
    Idle,
    /// First sign, and the program that gave it.
    Streams(Nanos, Streams),
    /// First sign, last speech, and the program that is always there.
    Voice(Nanos, Nanos, Option<Streams>),
    Call(Call),
}

impl Calls {
    /// Nothing is known yet, and nothing wanted.
    pub fn new(settings: Settings, verdicts: Vec<Verdict>) -> Self {
        Self {
            settings,
            said: verdicts,
            now: Nanos::default(),
            server: Server::Unasked,
            holders: Vec::new(),
            unknown: Unknowns::default(),
            bars: Bars::default(),
            flaps: Flaps::default(),
            stage: Stage::Idle,
            wanted: (false, false),
            ringing: Ringing::default(),
            ready: false,
            paused: false,
            changed: false,
        }
    }

    /// Changes the settings; they hold from the next step on, for which
    /// [`Calls::deadline`] asks at once.
    pub fn set(&mut self, settings: Settings) {
        self.settings = settings;
        self.changed = true;
    }

    /// Takes one input at `now` and appends what is to be done. A `now` before
    /// the last one counts as the last one.
    ///
    /// # Errors
    /// [`Refused`] where an order makes no sense; what time alone brought is in
    /// `out` all the same.
    pub fn step(&mut self, now: Nanos, input: Input<'_>, out: &mut Vec<Action>) -> Result<(), Refused> {
        self.now = self.now.max(now);
        self.settle(out);
        let done = self.take(input, out);
        self.settle(out);
        self.want(out);
        done
    }

    /// When a [`Input::Tick`] is due if nothing else comes before.
    pub fn deadline(&self) -> Option<Nanos> {
        let stage = match &self.stage {
            Stage::Idle => self.flaps.due(self.now),
            Stage::Streams(at, streams) => Some(self.decided(*at, streams)),
            Stage::Voice(_, last, _) => Some(after(*last, self.settings.gone)),
            Stage::Call(call) => call.due(self.view()).map(|(when, _)| when),
        };
        let asks = self.unknown.due(self.settings.confirm);
        let changed = self.changed.then_some(self.now);
        [stage, asks, changed, self.ringing.due()].into_iter().flatten().min()
    }

    /// How things stand.
    pub fn state(&self) -> State {
        match &self.stage {
            Stage::Idle => State::Idle,
            Stage::Streams(at, streams) => {
                State::Candidate { at: *at, program: Some(streams.holder().program()) }
            }
            Stage::Voice(at, _, streams) => {
                State::Candidate { at: *at, program: streams.as_ref().map(|s| s.holder().program()) }
            }
            Stage::Call(call) => State::Call {
                at: call.at,
                trigger: call.trigger,
                program: call.program(),
                joined: call.joined,
                held: call.is_held(),
                muted: call.muted,
            },
        }
    }

    /// Since when the call that is on may be over: its program let go of a side,
    /// and whether that means hold, end or nothing shows within `gone`. What is
    /// heard after that moment is not certain to belong to the call.
    pub fn doubt(&self) -> Option<Nanos> {
        match &self.stage {
            Stage::Idle | Stage::Streams(..) | Stage::Voice(..) => None,
            Stage::Call(call) => call.doubt(),
        }
    }

    /// The programs that hold both sides now, and what they are to us.
    pub fn programs(&self) -> impl Iterator<Item = (Program, Standing)> {
        self.holders.iter().filter(|h| h.holds_both()).map(|h| (h.program(), self.standing(h)))
    }

    /// Whether programs can be seen at all, so that calls need no speech to begin.
    pub fn sees_programs(&self) -> bool {
        self.server == Server::Seen
    }

    fn take(&mut self, input: Input<'_>, out: &mut Vec<Action>) -> Result<(), Refused> {
        match input {
            Input::Holders(holders) => self.see(holders, out),
            Input::ServerGone => self.lose_server(),
            Input::Start => return self.start(out),
            Input::End => return self.end(out),
            Input::Hold(on) => self.with_call(out, |call, now| call.hold(now, on))?,
            Input::Mute(on) => self.with_call(out, |call, _| call.muted = on)?,
            Input::Speech(side) => self.speech(side, out),
            Input::Pause(on) => self.pause(on),
            Input::Allow(name) => self.say(name, true),
            Input::Never(name) => self.say(name, false),
            Input::ServerBack | Input::Tick => (),
        }
        Ok(())
    }

    fn see(&mut self, holders: &[Holder], out: &mut Vec<Action>) {
        let now = self.now;
        let lost = match mem::replace(&mut self.server, Server::Seen) {
            Server::Gone { since } => Some(since),
            Server::Seen | Server::Unasked => None,
        };
        self.bars.update(now, holders, self.settings.gone);
        self.flaps.update(now, holders);
        self.holders = holders.to_vec();
        match &mut self.stage {
            Stage::Idle => (),
            Stage::Streams(_, streams) | Stage::Voice(_, _, Some(streams)) => {
                streams.update(now, holders, lost);
            }
            Stage::Voice(_, _, None) => (),
            Stage::Call(_) => self.follow(lost, out),
        }
        self.note_holders();
    }

    /// The running call's streams, and its program if that shows itself only now.
    fn follow(&mut self, lost: Option<Nanos>, out: &mut Vec<Action>) {
        let adopted = self.likely();
        let Stage::Call(call) = &mut self.stage else { return };
        let was = call.is_held();
        call.follow(self.now, &self.holders, lost);
        if call.streams.is_none() {
            call.streams = adopted;
        }
        tell_held(was, call, out);
    }

    fn lose_server(&mut self) {
        if !matches!(self.server, Server::Gone { .. }) {
            self.server = Server::Gone { since: self.now };
        }
        self.holders.clear();
        self.note_holders();
        self.bars.update(self.now, &[], self.settings.gone);
        self.flaps.update(self.now, &[]);
    }

    fn start(&mut self, out: &mut Vec<Action>) -> Result<(), Refused> {
        if let Stage::Call(call) = &self.stage {
            let age = self.now.since(call.at);
            let detected = call.trigger != Trigger::Order && !call.joined;
            // Some networks play their ringing, or an announcement, into the call before it
            // is answered: the phone then tells of the answer long after its streams.
            if detected && (age <= self.settings.join || !call.taken) {
                self.join(out);
                return Ok(());
            }
            // Where its streams are gone it is as good as over: what begins is another one.
            let over = call.streams.as_ref().filter(|s| s.level() == 0).map(Streams::ended);
            let at = over.ok_or(Refused::Running { for_s: age / Nanos::SECOND })?.max(call.at);
            self.finish(at, EndWhy::Streams, out);
        }
        if self.confirm(out) {
            self.join(out);
        } else {
            self.begin(Call::new(self.now, self.now, Trigger::Order, self.likely()), out);
        }
        Ok(())
    }

    fn join(&mut self, out: &mut Vec<Action>) {
        if let Stage::Call(call) = &mut self.stage {
            call.joined = true;
            out.push(Action::Joined);
        }
    }

    /// The program whose call an order most likely means. One that only rings is
    /// left out; if it is the one it shows itself when it is answered.
    fn likely(&self) -> Option<Streams> {
        self.holders.iter().find(|h| self.may_call(h)).map(|h| Streams::new(h, self.now))
    }

    fn end(&mut self, out: &mut Vec<Action>) -> Result<(), Refused> {
        match &self.stage {
            Stage::Idle => Err(Refused::NoCall),
            Stage::Streams(_, streams) | Stage::Voice(_, _, Some(streams)) => {
                self.bars.add(streams.holder(), Bar::Ended);
                self.drop(out);
                Ok(())
            }
            Stage::Voice(_, _, None) => {
                self.drop(out);
                Ok(())
            }
            Stage::Call(call) => {
                let at = call.ended_by_order(self.now);
                self.finish(at, EndWhy::Order, out);
                Ok(())
            }
        }
    }

    /// Changes the running call and tells what that changed.
    fn with_call(
        &mut self,
        out: &mut Vec<Action>,
        change: impl FnOnce(&mut Call, Nanos),
    ) -> Result<(), Refused> {
        let Stage::Call(call) = &mut self.stage else { return Err(Refused::NoCall) };
        let (held, muted) = (call.is_held(), call.muted);
        change(call, self.now);
        tell_held(held, call, out);
        if call.muted != muted {
            out.push(Action::Muted(call.muted));
        }
        Ok(())
    }

    fn speech(&mut self, side: Channel, out: &mut Vec<Action>) {
        if self.paused {
            return;
        }
        let listens = self.listens();
        match (&mut self.stage, side) {
            (Stage::Call(call), side) => call.speech(self.now, side),
            (Stage::Voice(_, last, _), Channel::Customer) => *last = self.now,
            (Stage::Idle, Channel::Customer) if listens => {
                let resident = self.resident().map(|h| Streams::new(h, self.now));
                self.stage = Stage::Voice(self.now, self.now, resident);
                out.push(Action::Candidate { at: self.now });
            }
            (Stage::Idle | Stage::Streams(..), Channel::Customer)
            | (Stage::Idle | Stage::Streams(..) | Stage::Voice(..), Channel::Agent) => (),
        }
    }

    fn pause(&mut self, on: bool) {
        if let (Stage::Call(call), true, false) = (&mut self.stage, self.paused, on) {
            call.listen(self.now);
        }
        self.paused = on;
    }

    fn say(&mut self, name: &str, allowed: bool) {
        self.said.retain(|v| v.name.to_lowercase() != name.to_lowercase());
        self.said.push(Verdict { name: name.to_owned(), allowed });
        self.changed = true;
    }

    /// Whether calls begin by speech: no program can be seen, or one is always there.
    fn listens(&self) -> bool {
        self.settings.detect
            && match self.server {
                Server::Unasked => false,
                Server::Gone { .. } => true,
                Server::Seen => self.resident().is_some(),
            }
    }

    fn resident(&self) -> Option<&Holder> {
        self.holders.iter().find(|h| self.bars.of(h) == Some(Bar::Resident) && self.may_call(h))
    }

    /// Whether it holds both sides and its calls count.
    fn may_call(&self, holder: &Holder) -> bool {
        holder.holds_both() && self.standing(holder) == Standing::Counts
    }

    fn standing(&self, holder: &Holder) -> Standing {
        judge(holder, &self.settings.softphones, self.settings.browsers, &self.said)
    }

    /// What time alone brings, until nothing does.
    fn settle(&mut self, out: &mut Vec<Action>) {
        if mem::take(&mut self.changed) {
            // What was ruled out is let go of at once.
            self.ringing = Ringing::default();
            self.note_holders();
        }
        self.ringing.pass(self.now);
        while self.advance(out) {}
        self.ask(out);
    }

    fn advance(&mut self, out: &mut Vec<Action>) -> bool {
        match &self.stage {
            Stage::Idle => self.detect(out),
            Stage::Streams(at, streams) => {
                let (at, level, holder) = (*at, streams.level(), streams.holder());
                let stays = self.settings.detect
                    && self.server == Server::Seen
                    && self.standing(holder) == Standing::Counts;
                let due = self.decided(at, streams) <= self.now;
                match (stays, due, level) {
                    (true, false, _) => false,
                    (true, true, 2) => self.confirm(out),
                    (..) => {
                        let holder = holder.clone();
                        self.flaps.closed(self.now, &holder, at, self.now);
                        self.drop(out)
                    }
                }
            }
            Stage::Voice(at, last, _) => {
                let (from, last) = (*at, *last);
                if !self.listens() || after(last, self.settings.gone) <= self.now {
                    self.drop(out)
                } else {
                    from < last && self.settings.confirm <= last.since(from) && self.confirm(out)
                }
            }
            Stage::Call(_) => self.pass(out),
        }
    }

    /// When it is known whether this candidate is a call.
    fn decided(&self, at: Nanos, streams: &Streams) -> Nanos {
        if streams.level() == 2 {
            after(streams.since(), self.settings.confirm)
        } else {
            after(streams.since(), RETRY).min(after(at, self.settings.gone).max(streams.since()))
        }
    }

    /// The first program that holds both sides and may.
    fn detect(&mut self, out: &mut Vec<Action>) -> bool {
        let free = |h: &&Holder| self.bars.of(h).is_none() && self.flaps.lets(self.now, h);
        let found = self.holders.iter().filter(free).find(|h| self.may_call(h));
        let Some(holder) = found.filter(|_| self.settings.detect) else { return false };
        self.stage = Stage::Streams(self.now, Streams::new(holder, self.now));
        out.push(Action::Candidate { at: self.now });
        true
    }

    fn drop(&mut self, out: &mut Vec<Action>) -> bool {
        self.stage = Stage::Idle;
        out.push(Action::Drop);
        true
    }

    /// Makes the candidate a call; false where there is none.
    fn confirm(&mut self, out: &mut Vec<Action>) -> bool {
        let (at, trigger, streams) = match mem::replace(&mut self.stage, Stage::Idle) {
            Stage::Streams(at, streams) => (at, Trigger::Streams, Some(streams)),
            Stage::Voice(at, _, streams) => (at, Trigger::Voice, streams),
            other @ (Stage::Idle | Stage::Call(_)) => {
                self.stage = other;
                return false;
            }
        };
        self.begin(Call::new(at, self.now, trigger, streams), out);
        true
    }

    fn begin(&mut self, call: Call, out: &mut Vec<Action>) {
        out.push(Action::Begin { at: call.at, trigger: call.trigger, program: call.program() });
        self.stage = Stage::Call(call);
    }

    /// Lets the running call go on to hold or end.
    fn pass(&mut self, out: &mut Vec<Action>) -> bool {
        let Stage::Call(call) = &self.stage else { return false };
        let never = |s: &Streams| self.standing(s.holder()) == Standing::Never;
        if call.trigger != Trigger::Order && !call.joined && call.streams.as_ref().is_some_and(never) {
            let at = self.now.max(call.at);
            return self.finish(at, EndWhy::Never, out);
        }
        match call.due(self.view()) {
            Some((when, Due::End(at, why))) if when <= self.now => self.finish(at, why, out),
            Some((when, Due::Hold)) if when <= self.now => {
                let Stage::Call(call) = &mut self.stage else { return false };
                let was = call.is_held();
                call.hold_by_streams();
                tell_held(was, call, out);
                true
            }
            Some(_) | None => false,
        }
    }

    fn finish(&mut self, at: Nanos, why: EndWhy, out: &mut Vec<Action>) -> bool {
        let Stage::Call(call) = mem::replace(&mut self.stage, Stage::Idle) else { return false };
        out.push(Action::End { at, why });
        let level = call.level();
        let Some(streams) = call.streams else { return true };
        match why {
            EndWhy::Streams => self.flaps.closed(self.now, streams.holder(), call.at, at),
            EndWhy::Order if 0 < level => self.bars.add(streams.holder(), Bar::Ended),
            EndWhy::Silence if level == 2 => self.bars.add(streams.holder(), Bar::Resident),
            EndWhy::Order | EndWhy::Silence | EndWhy::Hold | EndWhy::Never => (),
        }
        true
    }

    fn view(&self) -> View<'_> {
        View { settings: &self.settings, seen: self.server == Server::Seen, paused: self.paused }
    }

    /// Keeps the list of those that hold both sides unjudged, and whether one whose
    /// calls count rings. Where no calls are detected nobody need be judged.
    fn note_holders(&mut self) {
        let Self { settings, said, holders, unknown: list, .. } = self;
        let unknown = |h: &&Holder| {
            let standing = judge(h, &settings.softphones, settings.browsers, said);
            settings.detect && h.holds_both() && standing == Standing::Unknown
        };
        list.update(self.now, holders.iter().filter(unknown));
        let rings = |h: &Holder| h.headset && self.standing(h) == Standing::Counts;
        let rings = self.settings.detect && self.holders.iter().any(rings);
        self.ringing.update(self.now, rings);
    }

    fn ask(&mut self, out: &mut Vec<Action>) {
        while let Some(program) = self.unknown.ask(self.now, self.settings.confirm) {
            out.push(Action::Ask(program));
        }
    }

    fn want(&mut self, out: &mut Vec<Action>) {
        let ready = self.ringing.lasts();
        if mem::replace(&mut self.ready, ready) != ready {
            out.push(Action::Ready(ready));
        }
        let (agent, customer) = match self.stage {
            Stage::Idle => (false, self.listens()),
            Stage::Streams(..) | Stage::Voice(..) | Stage::Call(_) => (true, true),
        };
        if mem::replace(&mut self.wanted, (agent, customer)) != (agent, customer) {
            out.push(Action::Want { agent, customer });
        }
    }
}

fn tell_held(was: bool, call: &Call, out: &mut Vec<Action>) {
    if was != call.is_held() {
        out.push(Action::Held(call.is_held()));
    }
}
