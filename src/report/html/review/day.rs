//! The page of a day.

use maud::{Markup, html};

use crate::core::units::Channel;
use crate::report::html::review::{cell, figure, notes, page};
use crate::report::html::words;
use crate::report::review::day::{Day, incidents, odd_channels, scored};
use crate::report::review::figures::{Group, name, number, pace, raised, told_costs};
use crate::report::review::{Entry, Figures};
use crate::report::text::{Look, clock};

/// The day as a whole page.
pub(in crate::report) fn day(day: &Day, look: &Look) -> String {
    let title = format!("{} {}", day.date.strftime("%A"), day.date);
    let mut said = day.notes.clone();
    said.extend(day.apart());
    let main = html! {
        (notes(&said))
        @if day.entries.is_empty() { p.empty { "No calls." } }
        div.days {
            @for hash in day.hashes() { (moments(day, hash)) }
        }
        @for (k, group) in day.groups().iter().enumerate() { (block(group, k, look)) }
        @if !day.entries.is_empty() { (legend()) }
    };
    page(&title, "day report", &facts(day), &main)
}

fn facts(day: &Day) -> Vec<(&'static str, String)> {
    let (seconds, unknown) = day.time_on_calls();
    let without = if unknown == 0 { String::new() } else { format!(" ({unknown} without a length)") };
    let mut facts = vec![
        ("Agents", day.agents().len().to_string()),
        ("Calls", day.entries.len().to_string()),
        ("Time on calls", words::seconds(seconds) + &without),
    ];
    facts.extend(day.told_incidents().map(|told| ("Incidents", told)));
    facts
}

fn moments(day: &Day, hash: &str) -> Markup {
    let found = day.moments(hash);
    if found.is_empty() {
        return html! {};
    }
    html! {
        section.listen {
            h2 {
                "Worth listening to"
                @if 1 < day.hashes().len() { span.settings { " settings " code { (name(hash)) } } }
            }
            ol {
                @for (call, moment) in found {
                    li {
                        span.cost { (words::points(-moment.points as f32)) " points" }
                        span.when { (call.meta.began.clock()) ", at " (clock(moment.start_s)) "\u{2013}" (clock(moment.end_s)) }
                        span.what { bdi { (words::sentence(&name(&moment.text))) } }
                        span.who { bdi { (name(&call.meta.agent)) } " · call " code { (name(&call.meta.short().to_string())) } }
                    }
                }
            }
        }
    }
}

fn block(group: &Group<'_>, number: usize, look: &Look) -> Markup {
    let id = format!("g{number}");
    html! {
        section.agent-day aria-labelledby=(id) {
            h2 id=(id) {
                bdi { (name(group.agent)) }
                span.settings { " settings " code { bdi { (name(group.config_hash)) } } }
            }
            p.total { (told_scores(group, look)) }
            table.stacking.calls {
                caption { "Calls in the order they began in" }
                thead {
                    tr {
                        @for head in ["Began", "Length", "Score", "Over", "Raised voice", "Pace", "Longest monologue", "Heeded", "What cost points"] {
                            th scope="col" { (head) }
                        }
                    }
                }
                tbody { @for call in &group.calls { (row(call, look)) } }
            }
        }
    }
}

fn told_scores(group: &Group<'_>, look: &Look) -> String {
    let score = words::outside(&look.score_name);
    match scored(group) {
        (Some(s), 1) => format!("{score} {:.0}, of the one call with a score.", s.median),
        (Some(s), n) => format!(
            "{score}: median {:.0} of {}, half of them from {:.0} to {:.0}.",
            s.median,
            self::number(n, "call"),
            s.low,
            s.high
        ),
        (None, _) => "No call with a score.".into(),
    }
}

fn row(call: &Entry, look: &Look) -> Markup {
    let figures = call.figures.as_deref();
    let of = |text: fn(&Figures) -> Option<String>| figure(figures.and_then(text));
    html! {
        tr {
            th scope="row" { (call.meta.began.clock()) " " code.id { (name(&call.meta.short().to_string())) } }
            (cell("Length", &figure(call.duration_s.map(clock))))
            td.score {
                span.label { (words::outside(&look.score_name)) " " }
                (figure(call.score().map(|score| score.to_string())))
                @if let Some(score) = call.score() { (bar(score)) }
            }
            (cell("Over", &of(over)))
            (cell("Raised voice", &of(|f| dashed(&raised(f)))))
            (cell("Pace", &of(|f| dashed(&pace(f)))))
            (cell("Longest monologue", &of(|f| f.monologue_s.agent.known().map(clock))))
            (cell("Nudges heeded", &of(|f| Some(format!("{} of {}", f.nudged().heeded, f.nudged().shown)))))
            td.told {
                (words::sentence(&told_costs(call, 3)))
                @if let Some(told) = incidents(call) { span.odd { (told) } }
                @for odd in odd_channels(call) { span.odd { (odd) } }
            }
        }
    }
}

/// The short words say a dash where there is nothing.
fn dashed(text: &str) -> Option<String> {
    (text != "-").then(|| text.replace(' ', "\u{a0}").replace('-', "\u{2212}"))
}

fn over(f: &Figures) -> Option<String> {
    let count = f.interruptions(Channel::Agent).known()?;
    let unsure = f.unreliable.agent.filter(|n| 0 < *n);
    Some(unsure.map_or(count.to_string(), |n| format!("{count}, {n} not counted")))
}

/// The score as a length beside its figure.
fn bar(score: u32) -> Markup {
    html! {
        svg.meter width="64" height="6" aria-hidden="true" focusable="false" {
            rect.rest x="0" y="0" width="64" height="6" rx="3" {}
            rect.kept x="0" y="0" width=(format!("{:.1}", f64::from(score) * 0.64)) height="6" rx="3" {}
        }
    }
}

fn legend() -> Markup {
    html! {
        section aria-labelledby="legend" {
            h2 id="legend" { "How to read it" }
            p.context {
                "Over: cut-offs and talk-overs by the agent. Raised voice: episodes, and the highest rise over the \
                 agent\u{2019}s normal. Pace: syllables per second, and against the agent\u{2019}s normal. Heeded: nudges after \
                 which the behaviour came back into range, of those shown. A dash: not measured. A few points more \
                 or less mean nothing."
            }
        }
    }
}
