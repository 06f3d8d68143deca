//! Ten readings of the core a second, gathered into one.

use crate::core::event::Reading;
use crate::core::units::{Channel, Sides};

/// What is told of a second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gathered {
    /// Whether the agent's side can be measured now: else it has no pace and no level,
    /// whatever was measured last.
    pub measured: bool,
    /// Pace of the agent against normal, 1 = normal.
    pub pace: Option<f32>,
    /// Level of the agent over normal, dB.
    pub rise: Option<f32>,
    /// The share of the second in which each side spoke, 0 to 1; none where that side
    /// could not be measured.
    pub spoke: Sides<Option<f32>>,
    /// The same of the call so far.
    pub talk: Sides<Option<f32>>,
}

/// See the module.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gather {
    second: u64,
    now: Sides<Share>,
    call: Sides<Share>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Share {
    speaks: u32,
    of: u32,
}

impl Share {
    const fn count(&mut self, speaks: bool) {
        self.speaks += speaks as u32;
        self.of += 1;
    }

    fn known(self) -> Option<f32> {
        (self.of != 0).then(|| self.speaks as f32 / self.of as f32)
    }
}

impl Gather {
    /// Takes a reading; what is to be told where it is the first of a new second.
    pub fn reading(&mut self, reading: &Reading) -> Option<Gathered> {
        for who in Channel::BOTH {
            if reading.channels[who].is_measurable() && !reading.suspended {
                self.now[who].count(reading.speaks[who]);
                self.call[who].count(reading.speaks[who]);
            }
        }
        let second = reading.at.seconds() as u64;
        if second <= self.second {
            return None;
        }
        self.second = second;
        let now = std::mem::take(&mut self.now);
        let measured = reading.channels.agent.is_measurable() && !reading.suspended;
        Some(Gathered {
            measured,
            pace: reading.pace.filter(|_| measured),
            rise: reading.rise.filter(|_| measured),
            spoke: now.map(Share::known),
            talk: self.call.map(Share::known),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::event::{Standing, State};
    use crate::core::units::{SampleSpan, SampleTime};

    fn reading(at: f64, agent: State, suspended: bool) -> Reading {
        let at = SampleTime::from_seconds(at);
        Reading {
            at,
            of: at,
            speaks: Sides { agent: true, customer: false },
            agent_pause: SampleSpan::ZERO,
            silence: SampleSpan::ZERO,
            monologue: SampleSpan::ZERO,
            rise: Some(6.0),
            raised: false,
            pace: Some(1.2),
            intensity: 0,
            standing: Standing::Provisional,
            strictness: 1.0,
            channels: Sides { agent, customer: State::Live },
            overlaps_reliable: true,
            suspended,
        }
    }

    fn gathered(agent: State, suspended: bool) -> Gathered {
        let mut gather = Gather::default();
        let told = (0..=10).map(|k| gather.reading(&reading(f64::from(k) / 10.0, agent, suspended)));
        told.last().flatten().unwrap()
    }

    #[test]
    fn a_second_is_told_once_with_the_share_that_each_side_spoke() {
        let told = gathered(State::Live, false);
        assert_eq!((told.spoke.agent, told.spoke.customer), (Some(1.0), Some(0.0)));
        assert_eq!((told.pace, told.rise, told.measured), (Some(1.2), Some(6.0), true));
    }

    #[test]
    fn a_side_that_cannot_be_measured_has_no_figure_whatever_came_before() {
        for (agent, suspended) in [(State::Dead, false), (State::Leaking, false), (State::Live, true)] {
            let told = gathered(agent, suspended);
            assert_eq!((told.pace, told.rise, told.measured), (None, None, false), "{agent:?} {suspended}");
            assert_eq!((told.spoke.agent, told.talk.agent), (None, None), "{agent:?} {suspended}");
        }
    }
}
