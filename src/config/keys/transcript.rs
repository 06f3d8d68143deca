//! What is recognised of what is said, and with which model.

use crate::config::effect::Effect::NextCall;
use crate::config::key::Key;
use crate::config::key::Place::{Names, On, Words};
use crate::config::value::Type;

/// Characters of a model's name or the path of its file.
const MODEL: Type = Type::Text { min: 0, max: 300 };

pub(super) const KEYS: &[Key] = &[
    Key {
        name: "transcript.on",
        accepts: Type::Switch,
        effect: NextCall,
        low: "",
        high: "",
        places: &[On(|d| &mut d.transcript.on)],
    },
    Key {
        name: "transcript.model",
        accepts: MODEL,
        effect: NextCall,
        low: "",
        high: "",
        places: &[Words(|d| &mut d.transcript.model)],
    },
    Key {
        name: "transcript.customer_model",
        accepts: MODEL,
        effect: NextCall,
        low: "",
        high: "",
        places: &[Words(|d| &mut d.transcript.customer_model)],
    },
    Key {
        name: "transcript.language",
        accepts: Type::Text { min: 2, max: 3 },
        effect: NextCall,
        low: "",
        high: "",
        places: &[Words(|d| &mut d.transcript.language)],
    },
    Key {
        name: "transcript.after_call",
        accepts: Type::Switch,
        effect: NextCall,
        low: "",
        high: "",
        places: &[On(|d| &mut d.transcript.after_call)],
    },
    Key {
        name: "transcript.lexicon",
        accepts: MODEL,
        effect: NextCall,
        low: "",
        high: "",
        places: &[Words(|d| &mut d.transcript.lexicon)],
    },
    Key {
        name: "transcript.terms",
        accepts: Type::List { least: 0, most: 200, max: 60 },
        effect: NextCall,
        low: "",
        high: "",
        places: &[Names(|d| &mut d.transcript.terms)],
    },
    Key {
        name: "transcript.redact",
        accepts: Type::List { least: 0, most: 32, max: 300 },
        effect: NextCall,
        low: "",
        high: "",
        places: &[Names(|d| &mut d.transcript.redact)],
    },
];
