//! What goes, what stays, and that nothing comes back.

use proptest::prelude::*;

use super::*;
use crate::core::units::SampleTime;

fn at(seconds: f64) -> SampleTime {
    SampleTime::from_seconds(seconds)
}

fn said(who: Channel, from: f64, text: &str) -> Words {
    let to = at(from + 2.0);
    Words { who, from: at(from), to, text: Spoken::new(text), words: Vec::new() }
}

/// One utterance of the customer after another, two seconds each.
fn redacted(utterances: &[&str]) -> Vec<String> {
    let mut redactor = Redactor::new(Settings::default());
    let mut out = Vec::new();
    for (i, text) in utterances.iter().enumerate() {
        out.extend(redactor.push(said(Channel::Customer, 3.0 * i as f64, text)));
    }
    out.extend(redactor.finish());
    out.iter().map(|words| words.text.reveal().to_owned()).collect()
}

fn one(text: &str) -> String {
    redacted(&[text]).join(" / ")
}

#[test]
fn card_numbers_go_however_they_are_said() {
    assert_eq!(one("It's 4111 1111 1111 1111, thanks."), "It's [card number] thanks.");
    assert_eq!(one("4111-1111-1111-1111"), "[card number]");
    let spoken = "four one one one, one one one one, um one one one one, one one one one";
    assert_eq!(one(spoken), "[card number]");
    assert_eq!(
        one("four triple one double one double one double one double one double one double one"),
        "[card number]"
    );
}

#[test]
fn a_number_over_several_utterances_goes() {
    let out = redacted(&["My card is 4111 1111", "1111", "1111, got it?"]);
    assert_eq!(out, ["My card is [card number]", "[card number]", "[card number] got it?"]);
}

#[test]
fn a_listener_in_between_does_not_break_a_number() {
    let mut redactor = Redactor::new(Settings::default());
    let mut out = redactor.push(said(Channel::Customer, 0.0, "four one one one one one one one"));
    out.extend(redactor.push(said(Channel::Agent, 2.0, "Okay.")));
    out.extend(redactor.push(said(Channel::Customer, 3.0, "one one one one one one one one")));
    out.extend(redactor.finish());
    let texts: Vec<_> = out.iter().map(|words| words.text.reveal()).collect();
    assert_eq!(texts, ["Okay.", "[card number]", "[card number]"]);
}

#[test]
fn nobody_waits_for_long() {
    let mut redactor = Redactor::new(Settings::default());
    assert_eq!(redactor.push(said(Channel::Customer, 0.0, "I have two")), []);
    assert_eq!(redactor.pass(at(11.9)), []);
    assert_eq!(redactor.pass(at(12.1)).len(), 1);
}

#[test]
fn telephone_numbers_go() {
    assert_eq!(one("Oh seven seven double oh, nine double oh, one two three"), "[phone number]");
    assert_eq!(one("Call 07700 900123 please"), "Call [phone number] please");
    assert_eq!(one("my phone is 55 51 23"), "my phone is [phone number]");
    assert_eq!(one("+44 7700 900123"), "[number]");
}

#[test]
fn addresses_go_said_and_written() {
    assert_eq!(one("it's eric dot lane at example dot com"), "it's [email]");
    assert_eq!(one("write to eric.lane@example.com today"), "write to [email] today");
    assert_eq!(one("It is eric.lane at example.com"), "It is [email]");
    assert_eq!(one("We met at noon"), "We met at noon");
}

#[test]
fn account_numbers_go_by_their_checksum() {
    assert_eq!(
        one("IBAN DE89 3704 0044 0532 0130 00"),
        "IBAN [number]".replace("[number]", "[account number]")
    );
    assert!(!one("GB82 WEST 1234 5698 7654 32").contains("1234"));
}

#[test]
fn codes_go_where_they_were_asked_for() {
    let mut redactor = Redactor::new(Settings::default());
    let mut out = redactor.push(said(Channel::Agent, 0.0, "And the security code on the back?"));
    out.extend(redactor.push(said(Channel::Customer, 3.0, "one two three")));
    out.extend(redactor.finish());
    assert_eq!(out[1].text.reveal(), "[code]");
    assert_eq!(one("I have three of them, 4 5 6"), "I have three of them, 4 5 6");
}

#[test]
fn dates_of_birth_go_where_they_were_asked_for() {
    assert_eq!(
        one("My date of birth is the third of April 1985"),
        "My date of birth is the [date of birth] of [date of birth]"
    );
    assert_eq!(one("It came on the third of April 2024"), "It came on the third of April 2024");
}

#[test]
fn ordinary_numbers_stay() {
    for text in ["I paid 120 pounds on the 3rd", "from nine to five", "order 4 4 9", "In 2018 and 2019"] {
        assert_eq!(one(text), text);
    }
}

#[test]
fn words_with_times_are_redacted_with_the_text() {
    let word = |i: usize, text: &str| Word {
        text: Spoken::new(text),
        from: at(i as f64),
        to: at(i as f64 + 0.5),
        sure: 0.9,
    };
    let texts = ["card", "4111", "1111", "1111", "1111", "thanks"];
    let words: Vec<Word> = texts.iter().enumerate().map(|(i, text)| word(i, text)).collect();
    let mut redactor = Redactor::new(Settings::default());
    let out = redactor.push(Words { words, ..said(Channel::Customer, 0.0, "unused") });
    let kept: Vec<_> = out[0].words.iter().map(|word| word.text.reveal()).collect();
    assert_eq!(kept, ["card", "[card number]", "thanks"]);
    assert_eq!((out[0].words[1].from, out[0].words[1].to), (at(1.0), at(4.5)));
    assert_eq!(out[0].text.reveal(), "card [card number] thanks");
}

#[test]
fn patterns_of_the_configuration_go_too() {
    let settings = Settings::new(&["\\bcase [a-z]+\\d+".to_owned()]).unwrap();
    let mut redactor = Redactor::new(settings);
    let out = redactor.push(said(Channel::Agent, 0.0, "about case AB12, yes"));
    assert_eq!(out[0].text.reveal(), "about [redacted] yes");
}

#[test]
fn patterns_that_cannot_be_used_are_refused() {
    assert_eq!(Settings::new(&["(".to_owned()]).unwrap_err().number, 1);
    assert_eq!(Settings::new(&["a".to_owned(), "x*".to_owned()]).unwrap_err().number, 2);
    assert!(Settings::new(&["(a{1000}){1000}".to_owned()]).is_err());
}

const NAMES: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/// Digits as people and recognisers write them.
fn spell(digits: &[u8], how: &[u8]) -> String {
    let written = digits.iter().zip(how.iter().cycle()).map(|(digit, how)| match how % 4 {
        0 => format!("{} ", NAMES[usize::from(*digit)]),
        1 => format!("{digit}"),
        2 => format!("{digit}-"),
        _ => format!(" {digit}, "),
    });
    let mut out = String::new();
    for part in written {
        if part.starts_with(char::is_alphabetic) {
            out.push(' ');
        }
        out.push_str(&part);
    }
    out
}

fn digits_left(text: &str) -> usize {
    let words = text.split_whitespace().map(piece);
    words.filter(|piece| matches!(piece.kind, pieces::PieceKind::Digits(_))).count()
}

proptest! {
    #[test]
    fn no_long_number_stays_however_it_is_split(
        digits in prop::collection::vec(0u8..10, 9..20),
        how in prop::collection::vec(0u8..4, 1..20),
        cut in 0usize..20,
    ) {
        let cut = cut.min(digits.len());
        let parts = [spell(&digits[..cut], &how), spell(&digits[cut..], &how)];
        let out = redacted(&[&parts[0], &parts[1]]);
        prop_assert_eq!(digits_left(&out.join(" ")), 0, "{:?} -> {:?}", parts, out);
    }

    #[test]
    fn every_utterance_comes_out_once(texts in prop::collection::vec("[ a-z0-9@.]{0,40}", 0..12)) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        prop_assert_eq!(redacted(&texts).len(), texts.len());
    }

    #[test]
    fn redacting_twice_changes_nothing(text in "[ a-z0-9@.,-]{0,80}") {
        let once = one(&text);
        prop_assert_eq!(one(&once), once);
    }
}
