//! Stored calls in the form that reports read. What is missing of a call is
//! said in its notes, never filled in.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::app::plain::plain;
use crate::app::refold;
use crate::core::event::{Event, Order};
use crate::core::transcript::{Recognition, Transcript};
use crate::core::units::{Channel, SampleSpan, SampleTime, Sides};
use crate::report::review::{CallState, CustomerRef, Entry, Meta, Wall};
use crate::report::{Analysis, Collector, Origin, Span};
use crate::store::{self, Aside, CallLine, Reader, State, StoreError, StoredCall};

/// A stored moment on its wall.
pub fn wall(at: store::Wall) -> Wall {
    let moment = Timestamp::from_millisecond(at.utc_ms).unwrap_or_default();
    Wall::new(moment, Offset::from_seconds(at.offset_s).unwrap_or(Offset::UTC))
}

/// The date on which a call began, where it was taken.
pub fn date(call: &CallLine) -> Date {
    wall(call.began).date()
}

/// Its length, as far as it went; none where nothing tells.
pub fn length(call: &CallLine) -> Option<SampleSpan> {
    (call.state != State::Open).then_some(call.length)
}

/// Date and time on which it began, to the minute: `2026-11-22 14:03`.
pub fn began(call: &CallLine) -> String {
    let text = call.began.to_string();
    text.get(..16).unwrap_or(&text).to_owned()
}

/// What is known of a call besides its measures.
pub fn meta(call: &CallLine, aside: &Aside) -> Meta {
    let hash = |bytes: [u8; 32]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let customer = aside.customer_hash.map(|bytes| CustomerRef {
        hash: hash(bytes),
        last: plain(call.customer.as_deref().unwrap_or_default()),
    });
    Meta {
        uid: call.uid.to_string(),
        agent: plain(&call.agent),
        began: wall(call.began),
        as_of: wall(changed(call, aside)),
        state: match call.state {
            State::Open => CallState::Open,
            State::Closed => CallState::Closed,
            State::Orphan => CallState::Orphan,
            State::Incomplete => CallState::Incomplete,
        },
        softphone: Some(plain(&call.profile)).filter(|name| !name.is_empty()),
        version: call.version.clone(),
        customer,
        wrong: aside.wrong,
    }
}

/// When it was last changed: one that goes on changes all the time.
fn changed(call: &CallLine, aside: &Aside) -> store::Wall {
    let Some(ended) = call.ended.filter(|_| call.state != State::Open) else { return store::Wall::now() };
    let newest = aside.changed_ms.map_or(ended.utc_ms, |at| at.max(ended.utc_ms));
    store::Wall { utc_ms: newest, ..ended }
}

/// A call as reviews need it, from its row, its summary and a few events.
///
/// # Errors
/// Where the database cannot be read, or another version wrote it in a way that
/// this one cannot read.
pub fn entry(reader: &Reader, call: &CallLine) -> Result<Entry, StoreError> {
    let meta = meta(call, &reader.aside(call)?);
    let Some(summary) = reader.summary(call)? else {
        return Ok(bare(&meta, call));
    };
    let mut collector = Collector::default();
    reader.episodes(call)?.iter().for_each(|event| collector.note(event));
    let analysis = collector.finish(origin(call, Vec::new()), summary);
    let mut entry = Entry::of(&meta, &analysis);
    if call.thinned {
        without_episodes(&mut entry, &analysis);
    }
    Ok(entry)
}

/// A call of which no figure can be read.
pub fn bare(meta: &Meta, call: &CallLine) -> Entry {
    Entry::bare(meta, &call.config_hash, length(call).map(SampleSpan::seconds))
}

/// Where the episodes themselves are gone, their share of the speech tells how
/// long they were.
fn without_episodes(entry: &mut Entry, analysis: &Analysis) {
    let Some(figures) = &mut entry.figures else { return };
    let speech = analysis.summary.sides.agent.speech.seconds();
    figures.raised.spoken_s = analysis.summary.raised_share.map(|share| f64::from(share) * speech);
}

/// A call with all that is stored of it, as `analyze` shows a recording.
pub fn analysis(call: &StoredCall) -> Analysis {
    let mut collector = Collector::default();
    call.events.iter().for_each(|event| collector.note(event));
    let summary = call.summary.clone().unwrap_or_else(|| refold::refold(call));
    let mut analysis = collector.finish(origin(&call.line, notes(call)), summary);
    analysis.transcript = transcript(call, &analysis.spurts);
    analysis.measure_words();
    analysis
}

/// What was said, with the part of the speech that it covers.
fn transcript(call: &StoredCall, spurts: &Sides<Vec<Span>>) -> Option<Transcript> {
    let Some(recognition) = &call.recognition else { return guessed(call, spurts) };
    Some(Transcript::of(recognition.clone(), call.said.clone()))
}

/// Whether words were recognised of which none is stored any more.
fn is_text_gone(call: &StoredCall) -> bool {
    let words = |of: &Recognition| Channel::BOTH.iter().any(|who| 0 < of.coverage[*who].words);
    call.said.is_empty() && call.recognition.as_ref().is_some_and(words)
}

/// The same where no such figures are stored, which come at the end of a call: it still
/// goes on, or the program ended before it did. A talk spurt without any word is one
/// that nobody heard, or that was not to be believed, or whose words are yet to come.
fn guessed(call: &StoredCall, spurts: &Sides<Vec<Span>>) -> Option<Transcript> {
    if call.said.is_empty() {
        return None;
    }
    let mut transcript = Transcript::default();
    for words in &call.said {
        transcript.heard(words.who, SampleSpan::ZERO, Some(words.clone()));
    }
    for who in Channel::BOTH {
        for spurt in &spurts[who] {
            let said = call.said.iter().any(|w| w.who == who && w.touches(spurt.from, spurt.to));
            if said {
                transcript.heard(who, spurt.length(), None);
            } else {
                transcript.missed(who, spurt.length());
            }
        }
    }
    transcript.sort();
    Some(transcript)
}

fn origin(call: &CallLine, notes: Vec<String>) -> Origin {
    Origin {
        name: format!("call {}, {}", call.id, began(call)),
        files: vec![devices(call)],
        notes,
        config_hash: call.config_hash.clone(),
        offset: SampleSpan::ZERO,
    }
}

/// One line on who spoke and with what.
fn devices(call: &CallLine) -> String {
    let named = |what: &str, name: &str| {
        let name = plain(name);
        if name.is_empty() { String::new() } else { format!(", {what} {name}") }
    };
    format!(
        "agent {}{}{}{}",
        plain(&call.agent),
        named("softphone", &call.profile),
        named("microphone", &call.devices.microphone),
        named("headset", &call.devices.headset)
    )
}

/// What is missing of a call, and what else must be known to read its figures.
pub fn notes(call: &StoredCall) -> Vec<String> {
    let line = &call.line;
    let mut notes = Vec::new();
    match line.state {
        State::Open => notes.push("the call still goes on: this is what is stored so far".to_owned()),
        State::Orphan => notes.push(
            "the program ended in the middle of the call: it ends here with the last that was stored"
                .to_owned(),
        ),
        State::Closed | State::Incomplete => (),
    }
    if 0 < line.lost {
        notes.push(format!(
            "{} events could not be stored: lists and curves have holes, score and measures are whole",
            line.lost
        ));
    }
    if line.thinned {
        notes.push(
            "its events were deleted for their age or for room: score and measures are whole, lists are empty"
                .to_owned(),
        );
    }
    if is_text_gone(call) {
        notes.push(
            "what was said was deleted for its age: how much of it was recognised is still known".to_owned(),
        );
    }
    notes.extend(apart(&call.events, "on hold", hold));
    notes.extend(apart(&call.events, "muted", mute));
    notes
}

/// A stretch that counts in no measure, as a sentence.
fn apart(events: &[Event], what: &str, of: fn(Order) -> Option<bool>) -> Option<String> {
    let span = suspended(events, of);
    (SampleSpan::ZERO < span)
        .then(|| format!("{:.0} s of it {what}: they count in no measure", span.seconds()))
}

/// Whether an order begins or ends a hold.
pub const fn hold(order: Order) -> Option<bool> {
    if let Order::Hold(on) = order { Some(on) } else { None }
}

/// Whether an order mutes or unmutes.
pub const fn mute(order: Order) -> Option<bool> {
    if let Order::Mute(on) = order { Some(on) } else { None }
}

/// Time between such orders, up to the end.
pub fn suspended(events: &[Event], of: fn(Order) -> Option<bool>) -> SampleSpan {
    let (mut since, mut sum) = (None, 0);
    let mut end = |since: &mut Option<SampleTime>, at: SampleTime| {
        sum += since.take().map_or(0, |from: SampleTime| at.since(from).samples());
    };
    for event in events {
        if let Event::Ordered { at, order } = event {
            match of(*order) {
                Some(true) => since = since.or(Some(*at)),
                Some(false) => end(&mut since, *at),
                None => (),
            }
        } else if let Event::Ended { at } = event {
            end(&mut since, *at);
        }
    }
    SampleSpan::from_samples(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(seconds: f64, order: Order) -> Event {
        Event::Ordered { at: SampleTime::from_seconds(seconds), order }
    }

    #[test]
    fn holds_are_added_up_and_the_last_one_ends_with_the_call() {
        let events = [
            ordered(1.0, Order::Hold(true)),
            ordered(2.0, Order::Hold(true)),
            ordered(4.0, Order::Hold(false)),
            ordered(5.0, Order::Mute(true)),
            ordered(9.0, Order::Hold(true)),
            Event::Ended { at: SampleTime::from_seconds(10.0) },
        ];
        assert_eq!(suspended(&events, hold).seconds(), 4.0);
        assert_eq!(suspended(&events, mute).seconds(), 5.0);
        assert_eq!(suspended(&[], hold), SampleSpan::ZERO);
    }

    #[test]
    fn a_date_is_that_of_the_place() {
        let late = store::Wall { utc_ms: 1_764_025_200_000, offset_s: 3600 };
        assert_eq!(wall(late).date().to_string(), "2025-11-25");
    }
}
