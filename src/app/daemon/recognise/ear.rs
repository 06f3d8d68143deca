//! What listens to one call beside the core: cuts its speech into utterances, hands
//! them on, and keeps in memory what there was no time for.

use crossbeam_channel::TrySendError;

use crate::app::daemon::call::Witness;
use crate::app::daemon::recognise::rota::{GoesOn, Tail};
use crate::app::daemon::recognise::thread::{Job, Jobs};
use crate::app::recognise::Choice;
use crate::core::event::Event;
use crate::core::frames::align::Stretch;
use crate::core::units::{SampleSpan, SampleTime, Sides};
use crate::store::CallUid;
use crate::transcript::queue::Aside;
use crate::transcript::segments::{Segments, Utterance};

/// See the module.
#[derive(Debug)]
pub(in crate::app::daemon) struct Ear {
    call: CallUid,
    jobs: Jobs,
    choice: Choice,
    after_call: bool,
    segments: Segments,
    /// What was said before it was known to be a call, and what was just cut.
    ready: Vec<Utterance>,
    begun: bool,
    /// It goes on, and is heard meanwhile.
    live: Option<GoesOn>,
    aside: Aside,
    /// Speech that was cut so far.
    cut: Sides<SampleSpan>,
}

/// What is left of an ear when the call is over.
#[derive(Clone, Copy, Debug)]
pub(in crate::app::daemon) struct Left {
    /// Speech that was cut in the call.
    pub(in crate::app::daemon) cut: Sides<SampleSpan>,
    /// Whether what waits will be heard.
    pub(in crate::app::daemon) heard: bool,
}

impl Ear {
    pub(in crate::app::daemon) fn new(call: CallUid, jobs: Jobs, choice: Choice, after_call: bool) -> Self {
        Self {
            call,
            jobs,
            choice,
            after_call,
            segments: Segments::default(),
            ready: Vec::new(),
            begun: false,
            live: None,
            aside: Aside::default(),
            cut: Sides::default(),
        }
    }

    /// It is a call: its model is loaded, and what was said so far is heard.
    pub(in crate::app::daemon) fn begin(&mut self) {
        self.begun = true;
        if !self.after_call {
            self.live = Some(self.jobs.rota.go_on(self.call));
            // Where it does not fit, the first utterance loads the model.
            let _ = self.jobs.live.try_send(Job::Begin(self.call, self.choice.clone()));
        }
        self.hand_on();
    }

    /// What the core says of the sound.
    pub(in crate::app::daemon) fn events(&mut self, events: &[Event]) {
        for event in events {
            self.segments.event(event, &mut self.ready);
        }
        if self.begun {
            self.hand_on();
        }
    }

    /// The models it is heard by.
    pub(in crate::app::daemon) const fn choice(&self) -> &Choice {
        &self.choice
    }

    /// Sound that waits for the end of the call.
    pub(in crate::app::daemon) const fn aside(&self) -> SampleSpan {
        self.aside.length()
    }

    /// What does not fit now may be recognised after the call; what does not fit
    /// there either is cut and never heard.
    fn keep(&mut self, utterance: Utterance) {
        if self.aside.put(utterance).is_err() {
            tracing::debug!("an utterance finds no room: it is not recognised");
        }
    }

    /// The call is over: what waits is heard now, in its own time. An ear that is
    /// dropped instead leaves nothing behind.
    pub(in crate::app::daemon) fn finish(mut self) -> Left {
        self.hand_on();
        let Self { call, jobs, choice, aside, cut, live, .. } = self;
        let (waiting, tail) = (aside.len(), Tail { call, choice, aside });
        let heard = jobs.rota.leave(tail);
        // Not earlier: in between nobody would want its words.
        drop(live);
        if !heard {
            tracing::warn!(
                utterances = waiting,
                "too many calls wait for their words: these are not recognised"
            );
        }
        Left { cut, heard }
    }

    fn hand_on(&mut self) {
        for utterance in std::mem::take(&mut self.ready) {
            self.cut[utterance.who] += utterance.spoken();
            if self.after_call {
                self.keep(utterance);
                continue;
            }
            match self.jobs.live.try_send(Job::Hear(self.call, self.choice.clone(), utterance)) {
                Ok(()) => (),
                Err(TrySendError::Full(Job::Hear(_, _, utterance))) => self.keep(utterance),
                Err(TrySendError::Full(Job::Begin(..)) | TrySendError::Disconnected(_)) => (),
            }
        }
    }
}

impl Witness for Ear {
    fn sound(&mut self, _: SampleTime, stretch: &Stretch) {
        // Where nothing came there are zeros.
        self.segments.sound(Sides { agent: &stretch.sides.agent, customer: &stretch.sides.customer });
    }
}

/// Two who hear the same call.
pub(in crate::app::daemon) struct Both<'a, A: Witness>(
    pub(in crate::app::daemon) &'a mut A,
    pub(in crate::app::daemon) Option<&'a mut Ear>,
);

impl<A: Witness> Witness for Both<'_, A> {
    fn sound(&mut self, at: SampleTime, stretch: &Stretch) {
        self.0.sound(at, stretch);
        if let Some(ear) = &mut self.1 {
            ear.sound(at, stretch);
        }
    }
}
