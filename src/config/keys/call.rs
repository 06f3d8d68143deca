//! What a call is named and recorded like, and what a channel is worth.

use crate::config::effect::Effect::{BetweenFrames, NextCall, Nothing};
use crate::config::key::Place::{Choice, Frames, Real, Words};
use crate::config::key::{Key, decibels, seconds};
use crate::config::named::SIDES;
use crate::config::value::Type;

pub(super) const KEYS: &[Key] = &[
    Key {
        name: "report.score_name",
        accepts: Type::Text { min: 1, max: 40 },
        effect: Nothing,
        low: "",
        high: "",
        places: &[Words(|d| &mut d.score_name)],
    },
    Key {
        name: "call.agent_channel",
        accepts: Type::Choice(SIDES),
        effect: NextCall,
        low: "",
        high: "",
        places: &[Choice(|d| &mut d.agent_channel)],
    },
];

pub(super) const CHANNEL: &[Key] = &[
    Key {
        name: "channel.dead_s",
        accepts: seconds(0.5, 10.0),
        effect: BetweenFrames,
        low: "a short drop-out is called a dead channel",
        high: "a headset that was unplugged is noticed too late to help",
        places: &[Frames(|d| &mut d.settings.liveness.dead)],
    },
    Key {
        name: "channel.zeros_s",
        accepts: seconds(1.0, 15.0),
        effect: BetweenFrames,
        low: "a phone that mutes its pauses is called broken",
        high: "a muted channel is noticed too late to help",
        places: &[Frames(|d| &mut d.settings.liveness.zeros_while_talk)],
    },
    Key {
        name: "channel.zeros_silent_s",
        accepts: seconds(5.0, 120.0),
        effect: BetweenFrames,
        low: "a quiet moment on a digital line is called a fault",
        high: "a call without sound goes on unnoticed",
        places: &[Frames(|d| &mut d.settings.liveness.zeros)],
    },
    Key {
        name: "channel.least_snr_db",
        accepts: decibels(3.0, 20.0),
        effect: BetweenFrames,
        low: "babble in the room is taken for one of the two speakers",
        high: "ordinary offices count as too noisy to judge interruptions in",
        places: &[Real(|d| &mut d.settings.worth.least_snr_db)],
    },
];
