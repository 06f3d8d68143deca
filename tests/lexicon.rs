//! The built-in lexicon on sentences with known meaning, and what a file with
//! mistakes is told.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::collections::BTreeSet;
use std::time::Instant;

use evenkeel::config::lexicon::{BUILT_IN, built_in, check};
use evenkeel::core::cues::{Lexicon, Stop};
use evenkeel::core::event::Detector;
use evenkeel::core::private::Spoken;
use evenkeel::core::units::Channel;

const SENTENCES: &str = include_str!("fixtures/cues-own.tsv");

fn found(lexicon: &Lexicon, who: Channel, text: &str) -> BTreeSet<&'static str> {
    let finds = lexicon.find(who, &Spoken::new(text));
    finds.iter().filter(|find| find.stopped.is_none()).map(|find| find.detector.name()).collect()
}

fn speaker(name: &str) -> Channel {
    if name == "agent" { Channel::Agent } else { Channel::Customer }
}

#[test]
fn sentences_are_understood() {
    let lexicon = built_in().unwrap();
    let (mut right, mut wrong, mut missed) = (0, Vec::new(), Vec::new());
    for line in SENTENCES.lines().skip(1) {
        let [who, text, labels] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let found = found(&lexicon, speaker(who), text);
        let labels: Vec<&str> = labels.split(',').filter(|label| *label != "-").collect();
        for label in labels.iter().filter(|label| !label.ends_with('?')) {
            if found.contains(label) { right += 1 } else { missed.push((label.to_owned(), text)) }
        }
        let known: Vec<&str> = labels.iter().map(|label| label.trim_end_matches('?')).collect();
        wrong.extend(found.iter().filter(|name| !known.contains(name)).map(|name| (name.to_owned(), text)));
    }
    let precision = f64::from(right) / (f64::from(right) + wrong.len() as f64);
    let recall = f64::from(right) / (f64::from(right) + missed.len() as f64);
    assert!(0.95 <= precision, "precision {precision:.3}: {wrong:#?}");
    assert!(0.92 <= recall, "recall {recall:.3}: {missed:#?}");
}

#[test]
fn the_other_sides_words_are_not_meant() {
    let lexicon = built_in().unwrap();
    assert!(found(&lexicon, Channel::Customer, "I understand how hard it is.").is_empty());
    assert!(found(&lexicon, Channel::Agent, "You're an idiot.").is_empty());
}

#[test]
fn a_stopped_find_says_why() {
    let lexicon = built_in().unwrap();
    let finds = lexicon.find(Channel::Agent, &Spoken::new("He told me it's company policy."));
    assert!(finds.iter().any(|find| find.detector == Detector::PolicyWall));
    assert!(finds.iter().all(|find| matches!(&find.stopped, Some(Stop::Guard(name, _)) if name == "report")));
}

#[test]
fn quoted_words_are_not_meant() {
    let lexicon = built_in().unwrap();
    let finds =
        lexicon.find(Channel::Agent, &Spoken::new("The card reads \"I'm so sorry about it\" in red."));
    assert!(finds.iter().all(|find| find.stopped.is_some()));
}

fn mistakes(text: &str) -> Vec<String> {
    check("mine.toml", text).unwrap_err().0.iter().map(ToString::to_string).collect()
}

#[test]
fn mistakes_are_told_all_at_once_with_their_lines() {
    let text = "[classes]\nfeeling = 'sad, sorry'\n[detectors.empathy]\nfind = '''\ni feel <feeling>\ni see <felings>\n\ni hear (you\n'''\n[detectors.sarcasm]\nfind = 'great'\n";
    assert_eq!(
        mistakes(text),
        [
            "mine.toml, line 6, column 1: there is no class `<felings>` above this line",
            "mine.toml, line 8, column 8: `(` stands without its other half",
            "mine.toml, line 11, column 1: there is no detector `sarcasm`",
        ]
    );
}

#[test]
fn patterns_that_find_nothing_new_are_told() {
    let twice = "[detectors.apology]\nfind = '''\nsorry about\nsorry  about\n'''\n";
    assert_eq!(
        mistakes(twice),
        ["mine.toml, line 4, column 1: it is never needed: line 3 holds the same pattern"]
    );
    let empty = "[detectors.apology]\nfind = '''\n(so)?\n'''\n";
    assert_eq!(mistakes(empty), ["mine.toml, line 3, column 1: the pattern holds no word that must be said"]);
    let unguarded = "[detectors.apology]\nguards = 'irony'\nfind = 'sorry'\n";
    assert_eq!(mistakes(unguarded), ["mine.toml, line 2, column 11: there is no guard `irony`"]);
}

#[test]
fn what_is_no_text_is_refused() {
    assert_eq!(
        mistakes("contractions = 3\n"),
        ["mine.toml, line 1, column 16: `contractions` must be text: one pattern a line between ''' and '''"]
    );
    assert!(mistakes("[detectors.apology]\nfind = '''\nsorry\n").len() == 1);
}

#[test]
fn the_built_in_file_is_in_order_and_small() {
    let lexicon = check("en.toml", BUILT_IN).unwrap();
    assert!(300 <= lexicon.len() && lexicon.len() <= 2000);
}

/// Ten times the text takes about ten times as long, whatever it says.
#[test]
fn time_grows_with_the_text_and_no_faster() {
    let lexicon = built_in().unwrap();
    let text =
        |n: usize| Spoken::new("i can see how that must have been so very very hard for you and ".repeat(n));
    let timed = |text: &Spoken| {
        let begin = Instant::now();
        let count = lexicon.find(Channel::Agent, text).len();
        (begin.elapsed(), count)
    };
    let [(short, few), (long, many)] = [timed(&text(60)), timed(&text(600))];
    assert!(few < many && long < 60 * short, "{short:?} for 60, {long:?} for 600");
}
