//! One call's begin, hold and end, from what the sources report: pure state.
//! It opens nothing, asks no clock and knows no sound server; it is told what
//! is so, with the moment it was so, and answers with what is to be done.
//!
//! A call shows itself by one program that holds the microphone and the headset,
//! by an order, or, where no program can be seen, by speech. There is one call
//! at a time. A program that nobody judged is never captured.

mod bars;
mod call;
mod flaps;
mod machine;
mod programs;
mod ringing;
mod unknown;

pub use machine::Calls;
pub use programs::{Holder, Program, Standing, Verdict, matches};

use thiserror::Error;

use crate::core::units::{Channel, Nanos};

/// Settings of call detection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whether calls are detected at all; orders are always obeyed.
    pub detect: bool,
    /// Programs whose calls count: names with `*`, without case.
    pub softphones: Vec<String>,
    /// Whether browsers count too.
    pub browsers: bool,
    /// Both sides must be held for this long, ns.
    pub confirm: u64,
    /// A side must be gone for this long, ns.
    pub gone: u64,
    /// A call on hold for longer than this has ended, ns.
    pub hold_max: u64,
    /// An order this soon after a detected begin belongs to that call, ns.
    pub join: u64,
    /// A call in which nobody speaks for longer than this has ended, ns.
    pub silence: u64,
}

impl Default for Settings {
    fn default() -> Self {
        let softphones = ["baresip", "linphone*"];
        Self {
            detect: true,
            softphones: softphones.map(str::to_owned).to_vec(),
            browsers: false,
            confirm: Nanos::MILLISECOND * 300,
            gone: Nanos::MILLISECOND * 1500,
            hold_max: Nanos::SECOND * 180,
            join: Nanos::SECOND * 5,
            silence: Nanos::SECOND * 180,
        }
    }
}

/// What is so, or what somebody wants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Input<'a> {
    /// The sound server can be seen, and these programs hold a side: all of
    /// them, in an order of their own that stays the same.
    Holders(&'a [Holder]),
    /// The sound server cannot be seen: there is none, or it went away.
    ServerGone,
    /// It is back; who holds what comes with the next [`Input::Holders`].
    ServerBack,
    /// Order: a call has begun.
    Start,
    /// Order: the call is over.
    End,
    /// Order: the call is on hold, or goes on.
    Hold(bool),
    /// Order: the agent's microphone is muted in the phone, or no longer.
    Mute(bool),
    /// Somebody speaks; told at least twice a second for as long as it lasts.
    Speech(Channel),
    /// The sound is dropped for privacy, or no longer: silence means nothing.
    Pause(bool),
    /// The person said that calls of this program count.
    Allow(&'a str),
    /// The person said that calls of this program are nobody's business.
    Never(&'a str),
    /// Nothing but time has passed.
    Tick,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// These sides are to be open from now on, and no other.
    Want {
        /// The microphone.
        agent: bool,
        /// What the headset plays.
        customer: bool,
    },
    /// A call may be about to begin, or no longer: what the headset plays is to be
    /// had without delay, and nothing of it is heard yet.
    Ready(bool),
    /// The first raw sign of a call: capture and measuring begin, nothing is
    /// stored. `Begin` of the same moment or `Drop` follows.
    Candidate {
        /// When the sign came.
        at: Nanos,
    },
    /// A call began. Without a `Candidate` before it begins here and now.
    Begin {
        /// When it began.
        at: Nanos,
        /// What showed it.
        trigger: Trigger,
        /// Whose it is, if that can be seen.
        program: Option<Program>,
    },
    /// The candidate was no call: forget what was captured.
    Drop,
    /// The order belongs to the call that was detected just before.
    Joined,
    /// The call is on hold from now on, or goes on.
    Held(bool),
    /// The agent is muted from now on, or no longer.
    Muted(bool),
    /// The call is over.
    End {
        /// When it ended: never before it began, often before now.
        at: Nanos,
        /// What showed it.
        why: EndWhy,
    },
    /// A program that nobody judged holds both sides: name it to the person,
    /// who is asked once.
    Ask(Program),
}

/// What showed that a call began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trigger {
    /// One program held both sides.
    Streams,
    /// An order.
    Order,
    /// Speech from the far end.
    Voice,
}

/// What showed that a call is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndWhy {
    /// An order.
    Order,
    /// The program closed its streams.
    Streams,
    /// It was on hold for too long.
    Hold,
    /// Nobody spoke for too long.
    Silence,
    /// The person said that this program's calls are nobody's business.
    Never,
}

/// Why an order was not obeyed. Nothing has changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// There is nothing to end, hold or mute.
    #[error("no call is running; begin one with `evenkeel ctl call start`")]
    NoCall,
    /// There is one call at a time.
    #[error("a call has been running for {for_s} s; end it with `evenkeel ctl call end` first")]
    Running {
        /// For how long, seconds.
        for_s: u64,
    },
}

/// How things stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// No call.
    Idle,
    /// Perhaps a call; decided within a second or two.
    Candidate {
        /// When the first sign came.
        at: Nanos,
        /// Whose it would be.
        program: Option<Program>,
    },
    /// A call.
    Call {
        /// When it began.
        at: Nanos,
        /// What showed it.
        trigger: Trigger,
        /// Whose it is, if that can be seen.
        program: Option<Program>,
        /// Whether an order joined it.
        joined: bool,
        /// Whether it is on hold.
        held: bool,
        /// Whether the agent is muted by order.
        muted: bool,
    },
}

/// Phones open their streams by trial, and close and reopen all of them when
/// something changes: gaps of 2 to 37 ms were seen. What is back this soon was
/// never gone; four times the longest of them.
const RETRY: u64 = Nanos::MILLISECOND * 150;

/// The moment `span` ns after `at`.
const fn after(at: Nanos, span: u64) -> Nanos {
    Nanos(at.0.saturating_add(span))
}

#[cfg(test)]
mod tests;
