//! What happened, in the words that a person reads.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::daemon::told::{Meta, Over};
use crate::core::calls::{EndWhy, Trigger};
use crate::core::measures::Measured;
use crate::core::summary::CallSummary;
use crate::core::units::SampleSpan;
use crate::report::names;

/// The time of day: `14:03:20`.
pub(in crate::app::daemon) fn clock(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%H:%M:%S").to_string()
}

/// Minutes and seconds: `4:07`, with hours where there are any.
pub(in crate::app::daemon) fn length(span: SampleSpan) -> String {
    let s = span.seconds().round() as u64;
    match s / 3600 {
        0 => format!("{}:{:02}", s / 60, s % 60),
        hours => format!("{hours}:{:02}:{:02}", s / 60 % 60, s % 60),
    }
}

/// What showed that a call began.
pub(super) fn began(meta: &Meta) -> String {
    match (meta.trigger, &meta.program) {
        (Trigger::Streams, Some(program)) => format!("seen by {}", program.name),
        (Trigger::Streams, None) => "seen in the sound server".into(),
        (Trigger::Order, _) => "by order".into(),
        (Trigger::Voice, _) => "the far end speaks".into(),
    }
}

/// What showed that it is over.
pub(super) const fn ended(why: Option<EndWhy>) -> &'static str {
    let Some(why) = why else { return "evenkeel ends" };
    match why {
        EndWhy::Order => "by order",
        EndWhy::Streams => "the softphone closed its streams",
        EndWhy::Hold => "on hold for too long",
        EndWhy::Silence => "nobody spoke any more",
        EndWhy::Never => "calls of this program do not count",
    }
}

/// The score of a call, or why there is none.
pub(super) fn score(summary: &CallSummary, name: &str) -> String {
    match summary.score.value {
        Measured::Known(value) => format!("{name} {value}/100"),
        Measured::Unknown(why) => format!("no score: {}", names::why_not_title(why)),
    }
}

/// The one thing to try: what cost most, or that nothing did.
pub(super) fn one_thing(over: &Over) -> String {
    let summary = &over.summary;
    if summary.score.value.known().is_none() {
        return String::new();
    }
    let dearest = summary.moments.first();
    let Some(moment) = dearest.filter(|moment| WORTH_A_WORD <= moment.points) else {
        return "Nothing stood out. Well held.".into();
    };
    let causes: Vec<String> =
        moment.causes.iter().flatten().map(|cause| names::cause_title(*cause)).collect();
    let tip = moment.causes.iter().flatten().next().map_or("", |cause| names::cause_tip(*cause));
    format!("{tip} Dearest moment at {}: {}.", length(moment.at.since(Default::default())), causes.join(", "))
}

/// Points below which a moment is not worth a word.
const WORTH_A_WORD: f32 = 2.0;
