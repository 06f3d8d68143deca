//! What nudges say and which picture stands beside it. It only holds what it is
//! given: where the words come from, and whether they are fit to be shown, is
//! settled before.

use std::collections::BTreeMap;

/// Longest text of a nudge, words: more is not read at a glance.
pub const MOST_WORDS: usize = 4;
/// ... and characters: more does not fit the pill.
pub const MOST_CHARS: usize = 36;

/// The picture beside the words. It says the same as they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// A speech bubble that still fills.
    Listen,
    /// Bars that fall.
    Softer,
    /// Two breaths of air.
    Breathe,
    /// A question mark.
    Question,
    /// Two bars.
    Pause,
    /// A mouth's waves.
    Speak,
    /// A headset.
    Headset,
    /// A shield.
    Shield,
    /// The lines of a list.
    Plan,
    /// A speech bubble with a tick.
    Understand,
    /// A tick.
    Good,
    /// An i.
    Info,
}

impl Icon {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Listen,
        Self::Softer,
        Self::Breathe,
        Self::Question,
        Self::Pause,
        Self::Speak,
        Self::Headset,
        Self::Shield,
        Self::Plan,
        Self::Understand,
        Self::Good,
        Self::Info,
    ];

    /// Its name in files and on lines.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Listen => "listen",
            Self::Softer => "softer",
            Self::Breathe => "breathe",
            Self::Question => "question",
            Self::Pause => "pause",
            Self::Speak => "speak",
            Self::Headset => "headset",
            Self::Shield => "shield",
            Self::Plan => "plan",
            Self::Understand => "understand",
            Self::Good => "good",
            Self::Info => "info",
        }
    }

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|icon| icon.name() == name)
    }
}

/// The form of a kind that stands for those without a text of their own.
pub const PLAIN: &str = "plain";

/// What one kind of nudge says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phrases {
    /// The picture.
    pub icon: Option<Icon>,
    /// The text of each form, by its name.
    pub texts: BTreeMap<String, String>,
}

/// What all kinds say, in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    /// By the name of the kind.
    pub kinds: BTreeMap<String, Phrases>,
    /// What is written on the button that silences nudges for a while.
    pub snooze: Option<String>,
    /// What is written on the button that says that a nudge was wrong.
    pub wrong: Option<String>,
}

impl Wording {
    /// The text of a form of a kind, else the plain one of the kind.
    pub fn text(&self, kind: &str, form: &str) -> Option<&str> {
        let texts = &self.kinds.get(kind)?.texts;
        texts.get(form).or_else(|| texts.get(PLAIN)).map(String::as_str)
    }

    /// The picture of a kind.
    pub fn icon(&self, kind: &str) -> Option<Icon> {
        self.kinds.get(kind)?.icon
    }

    /// Takes over all that another one says.
    pub fn replace(&mut self, other: Self) {
        let Self { kinds, snooze, wrong } = other;
        for (kind, phrases) in kinds {
            let mine = self.kinds.entry(kind).or_default();
            mine.icon = phrases.icon.or(mine.icon);
            mine.texts.extend(phrases.texts);
        }
        self.snooze = snooze.or(self.snooze.take());
        self.wrong = wrong.or(self.wrong.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wording(kind: &str, icon: Option<Icon>, texts: &[(&str, &str)]) -> Wording {
        let texts = texts.iter().map(|(form, text)| ((*form).to_owned(), (*text).to_owned())).collect();
        let kinds = [(kind.to_owned(), Phrases { icon, texts })].into();
        Wording { kinds, ..Wording::default() }
    }

    #[test]
    fn a_form_without_words_of_its_own_has_those_of_its_kind() {
        let wording = wording("capture", None, &[("plain", "Check it"), ("use_headset", "Use a headset")]);
        assert_eq!(wording.text("capture", "use_headset"), Some("Use a headset"));
        assert_eq!(wording.text("capture", "same_audio"), Some("Check it"));
        assert_eq!(wording.text("dance", "plain"), None);
    }

    #[test]
    fn what_is_left_out_stays_as_it_was() {
        let mut ours = wording("capture", Some(Icon::Headset), &[("plain", "Check it"), ("a", "A")]);
        ours.replace(wording("capture", None, &[("plain", "Look")]));
        assert_eq!((ours.text("capture", "plain"), ours.text("capture", "a")), (Some("Look"), Some("A")));
        assert_eq!(ours.icon("capture"), Some(Icon::Headset));
    }

    #[test]
    fn every_icon_is_found_by_its_name() {
        for icon in Icon::ALL {
            assert_eq!(Icon::from_name(icon.name()), Some(icon));
        }
        assert_eq!(Icon::from_name("skull"), None);
    }
}
