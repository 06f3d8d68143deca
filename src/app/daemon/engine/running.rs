//! A call that is going on, or may turn out to be one, with what was last seen
//! of it.

use crate::app::daemon::call::LiveCall;
use crate::app::daemon::record::Tape;
use crate::app::daemon::told::Meta;
use crate::core::event::{Event, Kind, Reading, Second, State};
use crate::core::units::{Channel, Nanos, SampleTime, Sides};

/// See the module.
#[derive(Debug)]
pub(in crate::app::daemon) struct Running {
    pub(super) call: LiveCall,
    pub(in crate::app::daemon) meta: Meta,
    /// It is a call; before that it may be dropped without a trace.
    pub(in crate::app::daemon) confirmed: bool,
    /// Events of the time before.
    pub(super) early: Vec<Event>,
    pub(super) tape: Tape,
    pub(super) last_kind: Option<Kind>,
    pub(in crate::app::daemon) last: Last,
}

/// The newest of what a status tells.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::app::daemon) struct Last {
    pub(in crate::app::daemon) reading: Option<Reading>,
    pub(in crate::app::daemon) second: Option<Second>,
    pub(in crate::app::daemon) states: Sides<State>,
    /// When each side last spoke.
    pub(in crate::app::daemon) spoke: Sides<Option<SampleTime>>,
    pub(in crate::app::daemon) nudges: u32,
}

impl Running {
    pub(super) fn new(begin: Nanos, meta: Meta) -> Self {
        Self {
            call: LiveCall::new(begin, meta.settings, meta.past),
            meta,
            confirmed: false,
            early: Vec::new(),
            tape: Tape::Off,
            last_kind: None,
            last: Last::default(),
        }
    }

    /// Keeps the newest of what was told.
    pub(super) fn note(&mut self, events: &[Event]) {
        for event in events {
            match event {
                Event::Reading(reading) => self.read(reading),
                Event::Second(second) => self.last.second = Some(*second),
                Event::Channel { who, state, .. } => self.last.states[*who] = *state,
                _ => (),
            }
        }
    }

    fn read(&mut self, reading: &Reading) {
        self.last.reading = Some(*reading);
        for side in Channel::BOTH {
            if reading.speaks[side] {
                self.last.spoke[side] = Some(reading.of);
            }
        }
    }

    /// How long it has been going on, by its own clock.
    pub(in crate::app::daemon) fn elapsed(&self) -> SampleTime {
        self.call.now()
    }
}
