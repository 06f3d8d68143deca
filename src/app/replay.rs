//! Takes a stored call through the nudge policy once more, without its sound:
//! the readings, events and orders that were stored must bring about the very
//! decisions that were stored. Reads, compares, and changes nothing.

use crate::core::event::Event;
use crate::core::nudges::policy::Policy;
use crate::store::{State, StoredCall, same_bits};

/// What a replay came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// Decisions and clearings that were stored.
    pub decisions: usize,
    /// Whether every one of them came again, to the bit, and no other.
    pub same: bool,
    /// The first that did not.
    pub first_difference: Option<Difference>,
    /// Why equality is not claimed even where nothing differs, or need not be
    /// expected.
    pub notes: Vec<Note>,
}

/// Where stored and replayed part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Which of the decisions and clearings, from zero.
    pub number: usize,
    /// What was stored there; none where the replay went on.
    pub stored: Option<Event>,
    /// What came now; none where nothing did.
    pub replayed: Option<Event>,
}

/// What speaks against a plain yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Another version of the program stored it.
    OtherVersion {
        /// Which.
        stored: String,
        /// This one.
        ours: String,
    },
    /// It goes on: the rest is missing.
    GoesOn,
    /// The program ended before the call.
    Orphan,
    /// So many events could not be stored.
    Lost(u64),
    /// Events and readings were deleted for their age or for room.
    Thinned,
    /// Settings changed in the call, and which ones is not known.
    SettingsUnknown,
}

impl Replay {
    /// Whether all was there, the same version stored it, and nothing differs.
    pub fn is_proof(&self) -> bool {
        self.same && self.notes.is_empty()
    }
}

/// Replays the decisions of a call. `version` is that of this program.
pub fn replay(call: &StoredCall, version: &str) -> Replay {
    let stored: Vec<Event> = call.events.iter().copied().filter(is_outcome).collect();
    let mut notes = notes(call, version);
    let replayed = run(call, &mut notes);
    let first_difference = difference(&stored, &replayed);
    Replay { decisions: stored.len(), same: first_difference.is_none(), first_difference, notes }
}

fn notes(call: &StoredCall, version: &str) -> Vec<Note> {
    let line = &call.line;
    let other = Note::OtherVersion { stored: line.version.clone(), ours: version.to_owned() };
    let mut notes = Vec::new();
    let mut note = |so: bool, note: Note| notes.extend(so.then_some(note));
    note(line.version != version, other);
    note(line.state == State::Open, Note::GoesOn);
    note(line.state == State::Orphan, Note::Orphan);
    note(0 < line.lost, Note::Lost(line.lost));
    note(line.thinned, Note::Thinned);
    notes
}

/// Feeds the policy what the pipeline fed it, in the same order.
fn run(call: &StoredCall, notes: &mut Vec<Note>) -> Vec<Event> {
    let mut policy = Policy::new(call.settings.nudges, call.past.strictness);
    let mut applied = call.applied.iter();
    let mut out = Vec::new();
    for event in &call.events {
        match event {
            Event::Reading(reading) => policy.read(reading, &mut out),
            Event::Ordered { at, order } => policy.order(*order, *at, &mut out),
            Event::Applied { .. } => match applied.next() {
                Some(settings) => policy.set(settings.nudges),
                None => notes.push(Note::SettingsUnknown),
            },
            Event::Ended { at } => policy.finish(*at, &mut out),
            Event::SpeechStarted { .. }
            | Event::SpeechEnded { .. }
            | Event::SpeechWithdrawn { .. }
            | Event::Interrupts { .. }
            | Event::Overlapped(_)
            | Event::Reclassed { .. }
            | Event::FloorPassed { .. }
            | Event::Monologue { .. }
            | Event::Silence { .. }
            | Event::VoiceRaised { .. }
            | Event::VoiceLowered { .. }
            | Event::PaceRose { .. }
            | Event::PaceFell { .. }
            | Event::Customer { .. }
            | Event::Channel { .. }
            | Event::Baseline { .. }
            | Event::Cue(_)
            | Event::Listened { .. }
            | Event::Unheard { .. }
            | Event::Second(_) => policy.note(event),
            // What comes out is not put in.
            Event::Decision(_) | Event::Cleared { .. } => (),
        }
    }
    out
}

/// What the policy brings about.
const fn is_outcome(event: &Event) -> bool {
    matches!(event, Event::Decision(_) | Event::Cleared { .. })
}

fn difference(stored: &[Event], replayed: &[Event]) -> Option<Difference> {
    let at = |number: usize| (stored.get(number).copied(), replayed.get(number).copied());
    let same = |number: &usize| match at(*number) {
        (Some(a), Some(b)) => same_bits(&a, &b),
        (None, _) | (_, None) => false,
    };
    let number = (0..stored.len().max(replayed.len())).find(|number| !same(number))?;
    let (stored, replayed) = at(number);
    Some(Difference { number, stored, replayed })
}
