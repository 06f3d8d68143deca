//! What the figures rest on: channels, baseline, files, settings, program.

use maud::{Markup, html};

use crate::core::event::Normal;
use crate::core::units::{Channel, SampleTime};
use crate::report::analysis::{Analysis, BaselineStep, StateSpan};
use crate::report::html::words::{self, Clock, TIE};
use crate::report::names;

/// What each channel was worth, and what helps.
pub(super) fn channels(a: &Analysis) -> Markup {
    html! {
        section.channels aria-labelledby="channels" {
            h2 id="channels" { "Channels" }
            @for who in Channel::BOTH { (channel(a, who)) }
        }
    }
}

fn channel(a: &Analysis, who: Channel) -> Markup {
    let verdict = a.summary.sides[who].verdict;
    html! {
        h3 { (who) }
        p { (words::sentence(names::state_title(verdict))) "." }
        @if let Some(remedy) = names::state_remedy(verdict) {
            p.remedy { "What helps: " (coded(remedy)) "." }
        }
        @if who == Channel::Agent { (agent_only(a)) }
        (stretches(&a.states[who], Clock::of(a)))
    }
}

/// Leak and gain are looked for in the microphone alone.
fn agent_only(a: &Analysis) -> Markup {
    let reliability = a.summary.reliability;
    html! {
        @if let Some(leak) = a.summary.leak_db {
            p { "The customer is heard in the microphone at " (words::whole(f64::from(leak))) (TIE) "dB of their own channel." }
        }
        @if a.summary.agc {
            p { (names::AUTOMATIC_GAIN) }
        }
        @if !reliability.is_reliable() {
            p { "Starts over the other do not count: " (names::reliability_title(reliability)) "." }
        }
    }
}

fn stretches(spans: &[StateSpan], clock: Clock) -> Markup {
    if spans.is_empty() {
        return html! {};
    }
    html! {
        ul.stretches {
            @for s in spans {
                li {
                    span.time { (clock.at(s.span.from)) "\u{2013}" (clock.at(s.span.to)) }
                    " " (names::state_title(s.state))
                }
            }
        }
    }
}

/// Names between backticks are what one types.
pub(super) fn coded(text: &str) -> Markup {
    html! {
        @for (k, piece) in text.split('`').enumerate() {
            @if k % 2 == 1 { code { (piece) } } @else { (piece) }
        }
    }
}

/// What was normal for the agent, and where that is from.
pub(super) fn baseline(a: &Analysis) -> Markup {
    html! {
        section.baseline aria-labelledby="baseline" {
            h2 id="baseline" { "The agent\u{2019}s normal" }
            p { "The baseline is " (standing(a)) "." }
            @if let Some(normal) = &a.summary.normal { (normals(normal)) }
            (steps(&a.baselines, Clock::of(a)))
        }
    }
}

fn standing(a: &Analysis) -> String {
    let title = names::standing_title(a.summary.standing);
    if a.summary.standing.is_usable() { format!("taken {title}") } else { title.into() }
}

fn normals(normal: &Normal) -> Markup {
    let db = |v: f32| format!("{}{TIE}dB", words::tenths(f64::from(v)));
    let pitch = normal.pitch.map(|st| format!("{}{TIE}Hz", words::whole(hertz(st))));
    html! {
        dl.normal {
            div { dt { "Level" } dd { (db(normal.level)) "FS" } }
            div { dt { "Pace" } dd { (words::tenths(f64::from(normal.pace))) (TIE) "syll/s" } }
            div { dt { "Pitch" } dd { (pitch.unwrap_or_else(|| "not measured".into())) } }
            div { dt { "Spectral tilt" } dd { (db(normal.tilt)) } }
        }
    }
}

/// Semitones over 100 Hz as a frequency.
fn hertz(semitones: f32) -> f64 {
    100.0 * (f64::from(semitones) / 12.0).exp2()
}

fn steps(steps: &[BaselineStep], clock: Clock) -> Markup {
    html! {
        @if !steps.is_empty() {
            ul.stretches {
                @for step in steps {
                    li {
                        span.time { "from " (clock.at(step.at)) } " "
                        (names::standing_title(step.standing))
                    }
                }
            }
        }
    }
}

/// Files, notes, settings and program.
pub(super) fn footer(a: &Analysis) -> Markup {
    let origin = &a.origin;
    html! {
        footer aria-labelledby="about" {
            h2 id="about" { "About this report" }
            div.notes {
                @if !origin.notes.is_empty() {
                    h3 { "Notes on the recording" }
                    ul { @for note in &origin.notes { li { bdi { (words::outside(note)) } } } }
                }
                @if !origin.files.is_empty() {
                    h3 { "Files" }
                    ul { @for file in &origin.files { li { bdi { (words::outside(file)) } } } }
                }
            }
            dl.made { (made(a)) }
            p { "Figures made with other settings are not comparable with these." }
            p.conduct {
                "Evenkeel measures what was done on a call: pace, level, pauses, who spoke when. It is computed \
                 from the sound of the two channels, and says nothing of what anybody thought."
            }
        }
    }
}

fn made(a: &Analysis) -> Markup {
    let (clock, end) = (Clock::of(a), SampleTime::ZERO + a.summary.duration);
    html! {
        div { dt { "Analysed" } dd { (clock.at(SampleTime::ZERO)) "\u{2013}" (clock.at(end)) } }
        div { dt { "Settings" } dd { code { bdi { (words::outside(&a.origin.config_hash)) } } } }
        div { dt { "Program" } dd { (env!("CARGO_PKG_NAME")) " " (env!("CARGO_PKG_VERSION")) } }
        div { dt { "Words" } dd { "not used" } }
    }
}
