//! A call of the database, played back from what is stored of it: no sound is needed.

use crate::app::cli::calls;
use crate::app::cli::live::playback::Playback;
use crate::app::cli::run::wording as wrong;
use crate::app::daemon::stored;
use crate::app::exit::{Failure, Status};
use crate::app::live::{Change, Events};
use crate::app::recall;
use crate::app::refold::Refold;
use crate::config::Config;
use crate::core::event::Event;
use crate::core::units::{SampleSpan, SampleTime};
use crate::core::words::Words;
use crate::store::StoredCall;
use crate::surfaces::wording::Wording;

/// Plays the call.
pub(super) fn run(id: &str, config: &Config) -> Result<Status, Failure> {
    let call = calls::reader()?.call(id).map_err(|e| stored(&e))?;
    if !call.events.iter().any(|event| matches!(event, Event::Reading(_))) {
        return Err(Failure::new(Status::MissingInput, format!("call {id} has no readings any more"))
            .hint("they are deleted by age (`keep.events_days`); `evenkeel report` shows what is left"));
    }
    let wording = config.wording().map_err(|error| wrong(&error))?;
    let title = format!("call {}, {}", call.line.id, recall::began(&call.line));
    let mut playback = Playback::configured(config, title);
    play(&call, wording, &mut playback);
    if !playback.is_left() {
        let score = call.summary.as_ref().and_then(|summary| summary.score.points());
        playback.hear(Change::Score(score));
        let score = score.map_or_else(|| "no score".to_owned(), |score| format!("score {score:.0}"));
        playback.hear(Change::Ended(format!("over: {score}")));
        playback.stay();
    }
    playback.close().map(|()| Status::Done)
}

fn play(call: &StoredCall, wording: Wording, playback: &mut Playback) {
    let mut events = Events::new(SampleSpan::ZERO, wording);
    let mut said: Vec<&Words> = call.said.iter().collect();
    said.sort_by_key(|words| std::cmp::Reverse(words.to));
    let mut fold = Refold::new(call);
    let mut second = 0;
    for event in &call.events {
        fold.note(event);
        if let Event::Reading(reading) = event {
            if second < reading.at.seconds() as u64 {
                second = reading.at.seconds() as u64;
                let (so_far, lately) = fold.scores(reading.at);
                events.score(so_far.points(), lately.points());
            }
            playback.until(reading.at.since(SampleTime::ZERO));
            while let Some(words) = said.pop_if(|words| words.to <= reading.at) {
                playback.hear(events.said(words));
            }
        }
        if playback.is_left() {
            return;
        }
        if let Some(change) = events.event(event) {
            playback.hear(change);
        }
    }
    // What was said last may end behind the last reading.
    said.iter().rev().for_each(|words| playback.hear(events.said(words)));
}
