//! The score with everything it is made of, so that anybody can add it up.

use maud::{Markup, html};

use crate::core::measures::Measured;
use crate::core::score::{Part, PartScore, Score};
use crate::report::analysis::Analysis;
use crate::report::html::words;
use crate::report::names;

/// Less than this is shown as nothing lost, points.
const NOTHING: f32 = 0.05;

/// The score, its sum and its parts.
pub(super) fn section(a: &Analysis, name: &str) -> Markup {
    let score = &a.summary.score;
    html! {
        section.score aria-labelledby="score-title" {
            h2 id="score-title" { bdi { (words::outside(name)) } }
            (value(score))
            p.coverage { (coverage(score)) }
            ul.parts { @for part in &score.parts { (row(a, part)) } }
            p.conduct {
                "Arithmetic of conduct, with all its parts shown. It judges no person, and it is never for \
                 employment decisions by itself."
            }
        }
    }
}

fn value(score: &Score) -> Markup {
    match score.value {
        Measured::Known(points) => html! {
            p.value { strong { (points) } span { " of 100" } }
            (strip(score))
            p.sum { (sum(score, points)) }
        },
        Measured::Unknown(why) => html! {
            p.value.none { "No score" }
            p.sum { (words::sentence(&words::not_measured(why))) "." }
        },
    }
}

/// Parts that cost something, dearest first.
fn losses(score: &Score) -> Vec<&PartScore> {
    let mut lost: Vec<_> = score.parts.iter().filter(|p| NOTHING <= p.lost).collect();
    lost.sort_by(|a, b| b.lost.total_cmp(&a.lost));
    lost
}

/// What is left of 100, and what went.
fn strip(score: &Score) -> Markup {
    let losses = losses(score);
    let mut left = 100.0 - losses.iter().map(|p| p.lost).sum::<f32>();
    let kept = left.max(0.0);
    html! {
        svg.strip width="100%" height="14" aria-hidden="true" focusable="false" {
            rect.kept x="0" y="0" width=(percent(kept)) height="14" {}
            @for part in losses {
                @let at = left;
                @let () = left += part.lost;
                rect.lost x=(percent(at)) y="0" width=(percent(part.lost)) height="14" {}
            }
        }
    }
}

fn percent(points: f32) -> String {
    format!("{points:.2}%")
}

/// The sum as one would write it down.
fn sum(score: &Score, value: u32) -> String {
    let losses = losses(score);
    if losses.is_empty() {
        return "100 points, and no measured part cost any of them.".into();
    }
    let terms: String = losses.iter().map(|p| term(p)).collect();
    let left = 100.0 - losses.iter().map(|p| p.lost).sum::<f32>();
    let rounded = words::points(left);
    if rounded == value.to_string() {
        format!("100{terms} = {value}")
    } else {
        format!("100{terms} = {rounded}, rounded to {value}")
    }
}

fn term(part: &PartScore) -> String {
    format!(" \u{2212} {} ({})", words::points(part.lost), names::part_title(part.part).to_lowercase())
}

fn coverage(score: &Score) -> String {
    let missing = score.parts.iter().filter(|p| p.penalty.is_none()).count();
    let covered = words::percent(score.coverage.max(0.0));
    if missing == score.parts.len() {
        return "Coverage: no part could be measured.".into();
    }
    if missing == 0 {
        return "Coverage: all parts could be measured.".into();
    }
    format!(
        "Coverage: parts worth {covered} of the weight could be measured. The others are left out, and those \
         measured share their weight."
    )
}

fn row(a: &Analysis, part: &PartScore) -> Markup {
    let title = names::part_title(part.part);
    match (part.value, part.penalty) {
        (Measured::Known(value), Some(penalty)) => html! {
            li.part {
                h3 { (title) }
                (cost(a, part))
                (bar(a, part, Some(penalty)))
                p.measured { strong { (measured(part.part, value)) } (through_monologue(a, part, value, penalty)) }
                p.ramp { (ramp(a, part)) }
            }
        },
        (Measured::Unknown(why), _) => unmeasured(a, part, &words::not_measured(why)),
        (Measured::Known(_), None) => unmeasured(a, part, "not measured"),
    }
}

fn unmeasured(a: &Analysis, part: &PartScore, why: &str) -> Markup {
    html! {
        li.part.unknown {
            h3 { (names::part_title(part.part)) }
            p.cost { "not counted" }
            (bar(a, part, None))
            p.measured { (words::sentence(why)) "." }
        }
    }
}

fn cost(a: &Analysis, part: &PartScore) -> Markup {
    let weight = words::points(weight(&a.summary.score, part));
    let scored = a.summary.score.value.known().is_some();
    html! {
        p.cost {
            @if !scored { "not counted" }
            @else if part.lost < NOTHING { "nothing of " (weight) " lost" }
            @else { strong { "\u{2212}" (words::points(part.lost)) } " of " (weight) }
        }
    }
}

/// Points a part can cost on this call: its weight, and its share of what
/// could not be measured.
fn weight(score: &Score, part: &PartScore) -> f32 {
    let measured = score.parts.iter().filter(|p| p.penalty.is_some()).map(|p| p.ramp.weight).sum::<f32>();
    100.0 * part.ramp.weight / measured.max(part.ramp.weight).max(f32::MIN_POSITIVE)
}

/// From good to bad as long as the part is heavy, filled as far as it was lost.
fn bar(a: &Analysis, part: &PartScore, penalty: Option<f32>) -> Markup {
    let heaviest = a.summary.score.parts.iter().map(|p| p.ramp.weight).fold(f32::MIN_POSITIVE, f32::max);
    let length = 100.0 * part.ramp.weight / heaviest;
    html! {
        svg.bar width="100%" height="8" aria-hidden="true" focusable="false" {
            rect.track.open[penalty.is_none()] x="0" y="0.5" width=(percent(length)) height="7" rx="3.5" {}
            @if let Some(lost) = penalty.filter(|p| 0.0 < *p) {
                rect.lost x="0" y="0.5" width=(percent(length * lost)) height="7" rx="3.5" {}
            }
        }
    }
}

fn measured(part: Part, value: f32) -> String {
    format!("{} {}", amount(part, value), names::part_unit(part))
}

/// A value on the scale of a part.
fn amount(part: Part, value: f32) -> String {
    match part {
        Part::RaisedVoice | Part::Pace | Part::Overlap | Part::RushedReply | Part::Dominance => {
            words::percent(value)
        }
        Part::Interruptions | Part::Language => {
            words::tenths(f64::from(value)).trim_end_matches(".0").to_owned()
        }
    }
}

/// Dominance has a second way to be lost; said where it was the dearer one.
fn through_monologue(a: &Analysis, part: &PartScore, value: f32, penalty: f32) -> String {
    if part.part != Part::Dominance {
        return String::new();
    }
    let ramp = &part.ramp;
    let own = ((value - ramp.good) / (ramp.bad - ramp.good).max(f32::MIN_POSITIVE)).clamp(0.0, 1.0);
    let monologue = words::length(a.summary.sides.agent.monologue);
    if own + 0.001 < penalty {
        format!("; lost by the longest monologue, {monologue}")
    } else {
        format!("; longest monologue {monologue}")
    }
}

fn ramp(a: &Analysis, part: &PartScore) -> String {
    let (good, bad) = (amount(part.part, part.ramp.good), amount(part.part, part.ramp.bad));
    let all = words::points(weight(&a.summary.score, part));
    let or = if part.part == Part::Dominance { " A very long monologue costs the same way." } else { "" };
    format!("Free up to {good}, all {all} points from {bad}.{or}")
}
