//! The forms of a verb, by rule; what does not follow the rule is listed in
//! the lexicon. The rules are English: a lexicon of another language lists
//! the forms that it needs in its classes.

use std::collections::BTreeMap;

/// Which form of a verb a pattern asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    /// As it is listed.
    Base,
    /// "sends".
    Third,
    /// "sending".
    Progressive,
    /// "sent", as in "I sent".
    Past,
    /// "sent", as in "I have sent".
    Done,
    /// Any of these.
    Any,
}

impl Form {
    /// The form that a pattern names behind a colon.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "base" => Self::Base,
            "s" => Self::Third,
            "ing" => Self::Progressive,
            "past" => Self::Past,
            "done" => Self::Done,
            "any" => Self::Any,
            _ => return None,
        })
    }
}

/// The forms of one verb: third person, progressive, past, done.
pub(super) type Forms = [String; 4];

/// What `verb` is in a form, where several words follow only the first changes.
pub(super) fn inflect(verb: &str, form: Form, irregular: &BTreeMap<String, Forms>) -> Vec<String> {
    let (head, rest) = verb.split_once(' ').map_or((verb, String::new()), |(h, r)| (h, format!(" {r}")));
    let [third, progressive, past, done] = irregular.get(head).cloned().unwrap_or_else(|| regular(head));
    let mut out = match form {
        Form::Base => vec![head.to_owned()],
        Form::Third => vec![third],
        Form::Progressive => vec![progressive],
        Form::Past => vec![past],
        Form::Done => vec![done],
        Form::Any => vec![head.to_owned(), third, progressive, past, done],
    };
    out.sort();
    out.dedup();
    out.iter().map(|form| format!("{form}{rest}")).collect()
}

/// The forms of a verb that follows the rules.
pub(super) fn regular(verb: &str) -> Forms {
    let past = past(verb);
    [third(verb), progressive(verb), past.clone(), past]
}

pub(super) fn third(verb: &str) -> String {
    match verb {
        v if ends_in_consonant_y(v) => format!("{}ies", &v[..v.len() - 1]),
        v if ["s", "x", "z", "ch", "sh", "o"].iter().any(|end| v.ends_with(end)) => format!("{v}es"),
        v => format!("{v}s"),
    }
}

pub(super) fn progressive(verb: &str) -> String {
    match verb {
        v if v.ends_with("ie") => format!("{}ying", &v[..v.len() - 2]),
        v if v.ends_with('e') && !v.ends_with("ee") && 2 < v.len() => format!("{}ing", &v[..v.len() - 1]),
        v => format!("{}ing", doubled(v)),
    }
}

fn past(verb: &str) -> String {
    match verb {
        v if v.ends_with('e') => format!("{v}d"),
        v if ends_in_consonant_y(v) => format!("{}ied", &v[..v.len() - 1]),
        v => format!("{}ed", doubled(v)),
    }
}

fn ends_in_consonant_y(verb: &str) -> bool {
    let mut last = verb.chars().rev();
    last.next() == Some('y') && last.next().is_some_and(|c| !is_vowel(c))
}

const fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u')
}

/// A short verb doubles its last consonant: "stop", "stopping".
fn doubled(verb: &str) -> String {
    let letters: Vec<char> = verb.chars().collect();
    let [.., before, vowel, last] = letters[..] else { return verb.to_owned() };
    let short = letters.iter().filter(|c| is_vowel(**c)).count() == 1;
    let closed = !is_vowel(before) && is_vowel(vowel) && !is_vowel(last) && !matches!(last, 'w' | 'x' | 'y');
    if short && closed { format!("{verb}{last}") } else { verb.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regular_verbs_follow_the_rules() {
        assert_eq!(regular("call"), ["calls", "calling", "called", "called"]);
        assert_eq!(regular("arrange"), ["arranges", "arranging", "arranged", "arranged"]);
        assert_eq!(regular("stop"), ["stops", "stopping", "stopped", "stopped"]);
        assert_eq!(regular("try"), ["tries", "trying", "tried", "tried"]);
        assert_eq!(regular("fix"), ["fixes", "fixing", "fixed", "fixed"]);
        assert_eq!(regular("check"), ["checks", "checking", "checked", "checked"]);
    }

    #[test]
    fn only_the_first_word_changes() {
        assert_eq!(inflect("look into", Form::Progressive, &BTreeMap::new()), ["looking into"]);
    }

    #[test]
    fn listed_verbs_break_the_rules() {
        let forms = ["sends", "sending", "sent", "sent"].map(str::to_owned);
        let irregular = BTreeMap::from([("send".to_owned(), forms)]);
        assert_eq!(inflect("send", Form::Done, &irregular), ["sent"]);
        assert_eq!(inflect("send", Form::Any, &irregular), ["send", "sending", "sends", "sent"]);
    }
}
