//! The page as a whole: what it may never do, whatever the call was like.

use crate::core::event::{
    Behaviour, Change, Class, Cleared, Decision, Event, Evidence, Judged, Kind, Normal, Outcome, Overlap,
    Quantity, Reason, Reliability, Second, Standing, State, Variant,
};
use crate::core::score;
use crate::core::summary::Summary;
use crate::core::tally::Facts;
use crate::core::units::{Channel, SampleSpan, SampleTime, Sides};
use crate::report::analysis::{Analysis, Collector, Origin};
use crate::report::html::{PageOptions, SCRIPT, STYLE, write};

fn at(seconds: u32) -> SampleTime {
    SampleTime::from_seconds(f64::from(seconds))
}

fn long(seconds: f64) -> SampleSpan {
    SampleSpan::from_seconds(seconds)
}

fn origin(name: &str) -> Origin {
    Origin { name: name.into(), config_hash: "0123456789ab".into(), ..Origin::default() }
}

fn facts(agent: State) -> Facts {
    let normal = Normal { level: -26.0, tilt: -8.0, pitch: Some(2.0), pace: 5.0 };
    Facts {
        verdicts: Sides { agent, customer: State::Live },
        leak_db: None,
        reliability: Reliability::Reliable,
        agc: false,
        looks_swapped: false,
        nuclei: 4000,
        phonation: 80_000,
        normal: (agent == State::Live).then_some(normal),
        standing: if agent == State::Live { Standing::Provisional } else { Standing::None },
        harvest: None,
    }
}

fn collected(events: &[Event], origin: Origin, facts: &Facts) -> Analysis {
    let mut collector = Collector::default();
    let mut summary = Summary::new(score::Settings::default());
    for event in events {
        collector.note(event);
        summary.note(event);
    }
    collector.finish(origin, summary.finish(facts))
}

fn spurt(who: Channel, from: u32, to: u32) -> Event {
    Event::SpeechEnded { who, from: at(from), at: at(to), decided: at(to) }
}

fn second(k: u32) -> Event {
    let level = (!k.is_multiple_of(7)).then(|| -26.0 + (k % 11) as f32);
    let pace = Some(5.0 + (k % 5) as f32 / 3.0);
    Event::Second(Second {
        at: at(k + 1),
        pace,
        pace_ratio: pace.map(|p| p / 5.0),
        level,
        spoken: long(0.5),
        spoken_fast: SampleSpan::ZERO,
    })
}

fn overlap(k: u32, class: Class, by: Channel) -> Event {
    let overlap = Overlap {
        at: at(k),
        end: at(k + 1),
        until: at(k + 2),
        by,
        class,
        overlap: long(1.0),
        held: long(4.0),
        confirmed: class.is_interruption().then(|| at(k + 1)),
    };
    Event::Overlapped(Judged { overlap, announced: None, reliability: Reliability::Reliable })
}

fn decision(k: u32, outcome: Outcome) -> Event {
    Event::Decision(Decision {
        at: at(k),
        kind: Kind::RaisedVoice,
        variant: Variant::Plain,
        began: at(k),
        outcome,
        evidence: [Some(Evidence { quantity: Quantity::Rise, value: 7.0, limit: 4.5 }), None],
        standing: Standing::Provisional,
    })
}

fn customer(k: u32, active: bool) -> Event {
    Event::Customer { at: at(k), change: Change { behaviour: Behaviour::Faster, active, amount: 1.3 } }
}

/// A dozen seconds in which both speak and something happens.
fn stretch(k: u32) -> Vec<Event> {
    let classes = [Class::CutOff, Class::Backchannel, Class::TalkOver, Class::EarlyStart];
    let class = classes[(k / 12) as usize % classes.len()];
    let mut events: Vec<Event> = (k..k + 12).map(second).collect();
    events.extend([spurt(Channel::Agent, k, k + 3), spurt(Channel::Customer, k + 2, k + 6)]);
    events.extend([spurt(Channel::Agent, k + 7, k + 8), spurt(Channel::Customer, k + 9, k + 10)]);
    events.push(overlap(k + 2, class, Channel::BOTH[(k / 12) as usize % 2]));
    if k.is_multiple_of(48) {
        let (peak, spoken) = (7.0, long(2.0));
        events.push(Event::VoiceLowered { from: at(k), to: at(k + 3), peak, spoken, decided: at(k + 3) });
        events.push(Event::Silence { from: at(k + 7), to: at(k + 11) });
        events.extend([customer(k, true), customer(k + 6, false)]);
        events.push(decision(k + 4, Outcome::Suppressed(Reason::KindCooldown)));
    }
    events
}

fn call(length: u32) -> Vec<Event> {
    let mut events: Vec<Event> = (0..length / 12).flat_map(|k| stretch(12 * k)).collect();
    events.push(decision(20, Outcome::Shown));
    events.push(Event::Cleared { kind: Kind::RaisedVoice, at: at(25), how: Cleared::Recovered });
    events.push(Event::Ended { at: at(length) });
    events
}

fn page(analysis: &Analysis) -> String {
    write(analysis, &PageOptions::default())
}

fn page_of(length: u32) -> String {
    page(&collected(&call(length), origin("call"), &facts(State::Live)))
}

/// A call whose microphone delivered nothing.
fn without_agent() -> Analysis {
    let mut events: Vec<Event> = (0..20).map(|k| spurt(Channel::Customer, 6 * k, 6 * k + 4)).collect();
    let (who, since) = (Channel::Agent, SampleTime::ZERO);
    events.push(Event::Channel { who, state: State::Zeros, since, decided: at(2) });
    events.push(Event::Ended { at: at(120) });
    collected(&events, origin("call"), &facts(State::Zeros))
}

#[test]
fn text_from_outside_never_becomes_markup() {
    let evil = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&lt;";
    let mut source = origin(evil);
    source.files = vec![evil.into()];
    source.notes = vec![evil.into()];
    source.config_hash = evil.into();
    let analysis = collected(&call(120), source, &facts(State::Live));
    let text = write(&analysis, &PageOptions { score_name: evil.into() });
    assert_eq!(text.matches("<script").count(), 1);
    assert_eq!(text.matches("</script").count(), 1);
    assert!(!text.contains("<img"));
    assert!(text.contains("&lt;script&gt;alert(1)") && text.contains("&amp;lt;"));
}

#[test]
fn the_policy_names_the_very_style_and_script_that_are_in_the_page() {
    let text = page_of(120);
    let between = |from: &str, to: &str| {
        let start = text.find(from).unwrap() + from.len();
        &text[start..start + text[start..].find(to).unwrap()]
    };
    assert_eq!(between("<style>", "</style>"), STYLE);
    assert_eq!(between("<script>", "</script>"), SCRIPT);
    assert!(text.contains(&super::policy::policy(STYLE, SCRIPT)));
    assert!(!text.contains(" style=") && !text.contains(" onclick="));
}

#[test]
fn nothing_is_asked_of_any_network() {
    let text = page_of(240).replace("http://www.w3.org/2000/svg", "");
    for outside in ["http:", "https:", "//cdn", "@import", " src="] {
        assert!(!text.contains(outside), "{outside}");
    }
    let own = text.matches("url(#").count();
    assert_eq!(text.matches("url(").count(), own);
    let links = text.matches("href=\"").count();
    assert_eq!(links, text.matches("href=\"#").count() + text.matches("href=\"data:").count());
}

#[test]
fn what_was_not_measured_is_a_dash_with_its_reason_and_never_zero() {
    let text = page(&without_agent());
    assert!(text.contains("No score"));
    assert!(text.contains("the agent's channel cannot be measured"));
    assert!(text.contains("\u{2014}"));
    for row in ["Talk ratio", "Median pace", "Speech with raised voice", "Replies at once"] {
        let start = text.find(row).unwrap_or_else(|| panic!("{row}"));
        let end = start + text[start..].find("</tr>").unwrap();
        let value = &text[start..end][text[start..end].find("<td>").unwrap()..];
        assert!(value.contains("not measured, because"), "{row}: {value}");
        assert!(!value.contains("class=\"figure\""), "{row}: {value}");
    }
}

#[test]
fn what_one_must_know_first_stands_above_the_score() {
    let text = page(&without_agent());
    let warning = text.find("Agent channel delivers nothing").unwrap();
    assert!(warning < text.find("No score").unwrap());
    assert!(!page_of(120).contains("class=\"warnings\""));
}

#[test]
fn the_same_analysis_gives_the_same_bytes() {
    assert_eq!(page_of(240), page_of(240));
}

#[test]
fn a_call_of_four_hours_stays_below_two_megabytes() {
    let size = page_of(4 * 3600).len();
    assert!(size < 2_000_000, "{size} bytes");
}

#[test]
fn every_way_inside_the_page_leads_somewhere() {
    let text = page_of(240);
    for piece in text.split("href=\"#").skip(1) {
        let id = &piece[..piece.find('"').unwrap()];
        assert_eq!(text.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}");
    }
}

#[test]
fn every_call_has_a_page_even_one_without_length() {
    for length in [0, 1, 30] {
        let text = page_of(length);
        assert!(text.ends_with("</html>") && !text.contains("NaN") && !text.contains("inf%"), "{length}");
    }
}

#[test]
fn nobody_is_said_to_feel_anything() {
    let text = page_of(480).to_lowercase();
    for feeling in
        ["angry", "anger", "stress", "upset", "mood", "emotion", "sentiment", "hostile", "frustrat"]
    {
        assert!(!text.contains(feeling), "{feeling}");
    }
}
