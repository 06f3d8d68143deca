//! The call that runs, and the streams of its program: what would end it, and
//! when.

use super::programs::{Holder, Program};
use super::{EndWhy, Settings, Trigger, after};
use crate::core::units::{Channel, Nanos};

/// The streams of one program that held both sides, followed.
#[derive(Clone, Debug)]
pub(super) struct Streams {
    holder: Holder,
    /// Since when it holds as many sides as it does.
    since: Nanos,
    /// When the microphone closed last.
    closed: Option<Nanos>,
}

impl Streams {
    pub(super) fn new(holder: &Holder, now: Nanos) -> Self {
        Self { holder: holder.clone(), since: now, closed: None }
    }

    /// Takes what is open now. What went missing while the server could not be
    /// seen closed when it vanished, at `lost`.
    pub(super) fn update(&mut self, now: Nanos, holders: &[Holder], lost: Option<Nanos>) {
        let found = holders.iter().find(|h| self.holder.is(h));
        let (microphone, headset) = found.map_or((false, false), |h| (h.microphone, h.headset));
        if self.holder.microphone && !microphone {
            self.closed = Some(lost.unwrap_or(now));
        }
        let before = self.level();
        (self.holder.microphone, self.holder.headset) = (microphone, headset);
        if self.level() != before {
            self.since = now;
        }
    }

    /// How many sides are open: 0 to 2.
    pub(super) const fn level(&self) -> u8 {
        self.holder.microphone as u8 + self.holder.headset as u8
    }

    pub(super) const fn since(&self) -> Nanos {
        self.since
    }

    pub(super) const fn holder(&self) -> &Holder {
        &self.holder
    }

    /// When the talk ended, if it has: when the microphone closed. The headset
    /// may drain, or play a tone, long after that.
    pub(super) fn ended(&self) -> Nanos {
        if self.holder.microphone { self.since } else { self.closed.unwrap_or(self.since) }
    }
}

/// What happens next to a call if nothing else does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// One side has been gone for long enough.
    Hold,
    /// It has ended, at this moment.
    End(Nanos, EndWhy),
}

/// What the call is measured against.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'a> {
    pub(super) settings: &'a Settings,
    /// Whether the sound server can be seen.
    pub(super) seen: bool,
    /// Whether the sound is dropped, so that no speech can be heard.
    pub(super) paused: bool,
}

/// A call that has begun.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) at: Nanos,
    pub(super) trigger: Trigger,
    pub(super) joined: bool,
    pub(super) streams: Option<Streams>,
    pub(super) muted: bool,
    /// Since when it is on hold by order.
    ordered: Option<Nanos>,
    /// Whether it is on hold because one side closed.
    one_side: bool,
    spoke: Option<Nanos>,
    /// Whether the agent has said anything: until then it may ring in the network.
    pub(super) taken: bool,
    /// Since when nothing was heard that could have been.
    quiet: Nanos,
}

impl Call {
    pub(super) const fn new(at: Nanos, now: Nanos, trigger: Trigger, streams: Option<Streams>) -> Self {
        let (joined, muted, one_side, taken) = (false, false, false, false);
        Self { at, trigger, joined, streams, muted, ordered: None, one_side, spoke: None, taken, quiet: now }
    }

    pub(super) fn program(&self) -> Option<Program> {
        self.streams.as_ref().map(|s| s.holder().program())
    }

    pub(super) const fn is_held(&self) -> bool {
        self.ordered.is_some() || self.one_side
    }

    /// How many sides its program holds; 0 where none is known.
    pub(super) fn level(&self) -> u8 {
        self.streams.as_ref().map_or(0, Streams::level)
    }

    pub(super) fn hold(&mut self, now: Nanos, on: bool) {
        self.ordered = on.then(|| self.ordered.unwrap_or(now));
        self.listen(now);
    }

    /// One side has been gone for long enough.
    pub(super) const fn hold_by_streams(&mut self) {
        self.one_side = true;
    }

    /// Takes the streams as they are now; both sides open end a hold at once.
    pub(super) fn follow(&mut self, now: Nanos, holders: &[Holder], lost: Option<Nanos>) {
        let Some(streams) = &mut self.streams else { return };
        streams.update(now, holders, lost);
        if self.one_side && streams.level() == 2 {
            self.one_side = false;
            self.listen(now);
        }
    }

    /// Somebody speaks. What is heard on hold is music.
    pub(super) fn speech(&mut self, now: Nanos, side: Channel) {
        self.taken |= side == Channel::Agent;
        if !self.is_held() {
            self.spoke = Some(now);
            self.listen(now);
        }
    }

    /// From here on silence counts anew.
    pub(super) fn listen(&mut self, now: Nanos) {
        self.quiet = self.quiet.max(now);
    }

    /// When an order ends it: now, or when the microphone was closed before.
    pub(super) fn ended_by_order(&self, now: Nanos) -> Nanos {
        let closed = self.streams.as_ref().filter(|s| !self.is_held() && !s.holder().microphone);
        closed.and_then(|s| s.closed).unwrap_or(now).max(self.at)
    }

    /// Since when a side is gone without it being clear yet what that means.
    pub(super) fn doubt(&self) -> Option<Nanos> {
        let streams = self.streams.as_ref()?;
        let unclear = match streams.level() {
            0 => true,
            1 => !self.one_side,
            _ => false,
        };
        unclear.then_some(streams.since)
    }

    /// What happens next, and when.
    pub(super) fn due(&self, view: View<'_>) -> Option<(Nanos, Due)> {
        let settings = view.settings;
        if let Some(streams) = self.streams.as_ref().filter(|_| view.seen) {
            let end = |why| Due::End(streams.ended().max(self.at), why);
            let held = self.is_held();
            match streams.level() {
                0 => return Some((after(streams.since, settings.gone), end(EndWhy::Streams))),
                1 if self.one_side && self.ordered.is_none() => {
                    // An order to resume may come just before the streams do.
                    let since = streams.since.max(self.quiet);
                    return Some((after(since, settings.hold_max), end(EndWhy::Hold)));
                }
                1 if !self.one_side => {
                    return Some((after(streams.since, settings.gone), Due::Hold));
                }
                // The phone said so and is still there: it will say more.
                _ if held => return None,
                _ => (),
            }
        }
        self.due_unseen(view)
    }

    /// The same where no stream tells anything.
    fn due_unseen(&self, view: View<'_>) -> Option<(Nanos, Due)> {
        let held =
            self.ordered.or_else(|| self.streams.as_ref().filter(|_| self.one_side).map(Streams::ended));
        if let Some(since) = held {
            let end = Due::End(since.max(self.at), EndWhy::Hold);
            return Some((after(since, view.settings.hold_max), end));
        }
        let end = Due::End(self.spoke.unwrap_or(self.at).max(self.at), EndWhy::Silence);
        (!view.paused).then(|| (after(self.quiet, view.settings.silence), end))
    }
}
