//! To everyone who watches the socket.

use std::sync::Arc;

use super::words;
use crate::app::daemon::engine::trigger;
use crate::app::daemon::told::{Due, Meta, Outlet, Over, Told};
use crate::app::live::Gather;
use crate::config::Config;
use crate::control::{Notice, Notices, Private, SideMeasures, SideState, kind_name};
use crate::core::calls::EndWhy;
use crate::core::event::{Cleared, Event, Reading, State};
use crate::core::units::Channel;
use crate::report::names;

/// See the module.
pub(in crate::app::daemon) struct Watchers {
    notices: Notices,
    config: Arc<Config>,
    gather: Gather,
    score: Option<f32>,
    lately: Option<f32>,
    /// The agent's level, dBFS.
    level: Option<f32>,
}

impl Watchers {
    pub(in crate::app::daemon) fn new(notices: Notices, config: Arc<Config>) -> Self {
        Self { notices, config, gather: Gather::default(), score: None, lately: None, level: None }
    }

    fn began(&mut self, meta: &Meta) {
        (self.gather, self.score, self.lately, self.level) = (Gather::default(), None, None, None);
        self.notices.tell(Notice::CallBegan {
            call: meta.short(),
            began: meta.began.to_string(),
            trigger: trigger(meta.trigger).into(),
            program: meta.program.as_ref().map(|program| program.name.clone()),
        });
    }

    fn events(&mut self, events: &[Event]) {
        for event in events {
            match event {
                Event::Channel { who, state, .. } => self.side(*who, *state),
                Event::Second(second) => self.level = second.level,
                Event::Reading(reading) => self.reading(reading),
                _ => (),
            }
        }
    }

    fn side(&self, who: Channel, verdict: State) {
        let state = match verdict {
            State::Unknown | State::Live | State::Silent => SideState::Live,
            State::Zeros => SideState::Silent,
            State::Dead => SideState::Dead,
            State::Leaking | State::SameAudio => SideState::Leaking,
        };
        let bad = !verdict.is_measurable();
        self.notices.tell(Notice::Side {
            side: names::side(who).into(),
            state,
            why: bad.then(|| names::state_title(verdict).to_owned()),
            remedy: names::state_remedy(verdict).filter(|_| bad).map(str::to_owned),
        });
    }

    /// Once a second.
    fn reading(&mut self, reading: &Reading) {
        let Some(gathered) = self.gather.reading(reading) else { return };
        if !self.notices.anyone() {
            return;
        }
        let side = |who| SideMeasures {
            speaks: reading.speaks[who],
            spoke: gathered.spoke[who],
            talk: gathered.talk[who],
        };
        self.notices.tell(Notice::Measures {
            at_s: reading.at.seconds(),
            agent: side(Channel::Agent),
            customer: side(Channel::Customer),
            pace: gathered.pace,
            rise_db: gathered.rise,
            level_dbfs: self.level.filter(|_| gathered.measured),
            monologue_s: reading.monologue.seconds() as f32,
            silence_s: reading.silence.seconds() as f32,
            score: self.score,
            score_lately: self.lately,
        });
    }

    fn nudge(&self, due: &Due<'_>) {
        let decision = due.decision;
        self.notices.tell(Notice::Nudge {
            kind: kind_name(decision.kind).into(),
            text: due.text().into(),
            why: due.why(),
            at_s: decision.at.seconds(),
            lasts_s: self.config.settings().nudges.show.seconds() as f32,
            age_ms: due.late.as_secs_f64() * 1000.0,
        });
    }

    fn over(&self, meta: &Meta, over: &Over) {
        let why = match over.why {
            Some(EndWhy::Order) => "order",
            Some(EndWhy::Never) => "never",
            Some(EndWhy::Streams) => "closed",
            Some(EndWhy::Hold) => "hold",
            Some(EndWhy::Silence) => "silence",
            None => "stopped",
        };
        let tip = words::one_thing(over);
        self.notices.tell(Notice::CallEnded {
            call: meta.short(),
            length_s: over.summary.duration.seconds(),
            why: why.into(),
            score: over.summary.score.points(),
            tip: (!tip.is_empty()).then_some(tip),
        });
    }
}

/// How a nudge left the screen, for programs.
const fn how(cleared: Cleared) -> &'static str {
    match cleared {
        Cleared::Recovered => "recovered",
        Cleared::Passed | Cleared::TimedOut => "over",
        Cleared::Dismissed => "dismissed",
    }
}

impl Outlet for Watchers {
    fn tell(&mut self, told: Told<'_>) {
        match told {
            Told::Began(meta) => self.began(meta),
            Told::Events(_, events) => self.events(events),
            Told::Said(_, words, late) => self.notices.tell(Notice::Said {
                side: names::side(words.who).into(),
                at_s: words.from.seconds(),
                text: Private::new(words.text.reveal()),
                age_ms: late.map(|late| late.as_secs_f64() * 1000.0),
            }),
            Told::Nudge(due) => self.nudge(due),
            Told::Score { so_far, lately } => (self.score, self.lately) = (so_far, lately),
            Told::Cleared(kind, cleared, _) => {
                let (kind, why) = (kind_name(kind).into(), how(cleared).into());
                self.notices.tell(Notice::NudgeCleared { kind, why });
            }
            Told::Held(meta, held) => self.notices.tell(Notice::CallHeld { call: meta.short(), held }),
            Told::Muted(meta, muted) => self.notices.tell(Notice::CallMuted { call: meta.short(), muted }),
            Told::Over(meta, over) => self.over(meta, over),
            Told::Forgotten(meta, length) => self.notices.tell(Notice::CallEnded {
                call: meta.short(),
                length_s: length.seconds(),
                why: "never".into(),
                score: None,
                tip: None,
            }),
            Told::Paused(_, left) | Told::Counting(left) => {
                self.notices.tell(Notice::Paused { left_s: left.as_secs_f32() });
            }
            Told::Resumed => self.notices.tell(Notice::Resumed),
            Told::Snoozed(left) => self.notices.tell(Notice::Snoozed { left_s: left.as_secs_f32() }),
            Told::Quiet(on) => self.notices.tell(Notice::Quiet { on }),
            Told::Wrong(kind) => self.notices.tell(Notice::Wrong { kind: kind_name(kind).into() }),
            Told::Hidden(on) => self.notices.tell(Notice::Hidden { on }),
            Told::Agent(id) => self.notices.tell(Notice::Agent { id: id.into() }),
            Told::Unknown(program) => {
                self.notices.tell(Notice::UnknownProgram { name: program.name.clone() });
            }
            Told::Config(config, changed, held) => {
                self.config = Arc::clone(config);
                let changed = changed.iter().map(|key| (*key).to_owned()).collect();
                let (held, hash) = (held.to_vec(), config.hash());
                self.notices.tell(Notice::Reloaded { changed, held, hash });
            }
            Told::Refused(error) => self.notices.tell(Notice::ReloadRefused { error: error.into() }),
            // A side is told of by what comes of it.
            Told::Device(..)
            | Told::Joined(_)
            | Told::Applied(..)
            | Told::Worded(..)
            | Told::Late(..)
            | Told::Recognised(..) => (),
        }
    }
}
