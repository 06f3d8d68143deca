//! Where the pill stands and how it looks. None of it changes a figure.

use crate::config::effect::Effect::Nothing;
use crate::config::key::Place::{Choice, On, Real, Whole, Words};
use crate::config::key::{Key, count, plain};
use crate::config::named::{CORNERS, MOTIONS, SCALES, THEMES};
use crate::config::value::Type;

const FAR: &str = "the pill is off the screen";

pub(super) const KEYS: &[Key] = &[
    Key {
        name: "overlay.corner",
        accepts: Type::Choice(CORNERS),
        effect: Nothing,
        low: "",
        high: "",
        places: &[Choice(|d| &mut d.look.corner)],
    },
    Key {
        name: "overlay.monitor",
        accepts: Type::Text { min: 0, max: 64 },
        effect: Nothing,
        low: "",
        high: "",
        places: &[Words(|d| &mut d.look.monitor)],
    },
    Key {
        name: "overlay.offset_x",
        accepts: count(0, 2000),
        effect: Nothing,
        low: "",
        high: FAR,
        places: &[Whole(|d| &mut d.look.offset_x)],
    },
    Key {
        name: "overlay.offset_y",
        accepts: count(0, 2000),
        effect: Nothing,
        low: "",
        high: FAR,
        places: &[Whole(|d| &mut d.look.offset_y)],
    },
    Key {
        name: "overlay.scale",
        accepts: Type::Choice(SCALES),
        effect: Nothing,
        low: "",
        high: "",
        places: &[Choice(|d| &mut d.look.scale)],
    },
    Key {
        name: "overlay.opacity",
        accepts: plain(0.4, 1.0),
        effect: Nothing,
        low: "what lies below is read more easily than the nudge",
        high: "there is no more than opaque",
        places: &[Real(|d| &mut d.look.opacity)],
    },
    Key {
        name: "overlay.theme",
        accepts: Type::Choice(THEMES),
        effect: Nothing,
        low: "",
        high: "",
        places: &[Choice(|d| &mut d.look.theme)],
    },
    Key {
        name: "overlay.motion",
        accepts: Type::Choice(MOTIONS),
        effect: Nothing,
        low: "",
        high: "",
        places: &[Choice(|d| &mut d.look.motion)],
    },
    Key {
        name: "overlay.meters",
        accepts: Type::Switch,
        effect: Nothing,
        low: "",
        high: "",
        places: &[On(|d| &mut d.look.meters)],
    },
];
