//! The table of keys. All else derives from it: parsing, checks, messages,
//! environment variables, the reference and the schema. A new key is one entry
//! here and one in `config/default.toml`, where it is explained.

mod call;
mod daemon;
mod nudge;
mod overlay;
mod score;
mod transcript;
mod turns;
mod voice;

pub(super) use daemon::SOFTPHONES;

use crate::config::key::Key;

/// The tables, in the order of the reference.
pub(super) const TABLES: &[&[Key]] = &[
    call::KEYS,
    daemon::KEYS,
    daemon::CALLS,
    daemon::SHOWN,
    overlay::KEYS,
    daemon::KEPT,
    turns::KEYS,
    call::CHANNEL,
    voice::KEYS,
    nudge::KEYS,
    nudge::KINDS,
    score::KEYS,
    score::PARTS,
    transcript::KEYS,
];
