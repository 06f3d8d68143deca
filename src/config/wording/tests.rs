use super::*;
use crate::core::units::Channel;

const LANGUAGES: [(Language, &str); 3] =
    [(Language::English, ENGLISH), (Language::German, GERMAN), (Language::Spanish, SPANISH)];

fn problem(text: &str) -> (String, String) {
    let error = check("mine.toml", text).unwrap_err();
    (error.to_string(), error.0[0].hint())
}

#[test]
fn every_kind_has_words_and_an_icon_in_every_language() {
    for (language, text) in LANGUAGES {
        assert_eq!(check("it", text).map(drop), Ok(()), "{language:?}");
        let wording = built_in(language);
        for kind in Kind::ALL.map(names::kind) {
            assert!(wording.text(kind, "plain").is_some(), "{language:?}: no text for {kind}");
            assert!(wording.icon(kind).is_some(), "{language:?}: no icon for {kind}");
        }
        assert!(wording.snooze.is_some() && wording.wrong.is_some(), "{language:?}");
    }
}

#[test]
fn the_english_words_are_those_of_the_reports() {
    let wording = built_in(Language::English);
    for kind in Kind::ALL {
        for form in Variant::ALL {
            let ours = wording.text(names::kind(kind), names::variant(form));
            assert_eq!(ours, Some(names::nudge_text(kind, form)), "{kind:?} {form:?}");
        }
    }
}

#[test]
fn every_language_has_the_same_forms() {
    let forms = |language| -> Vec<(String, Vec<String>)> {
        let kinds = built_in(language).kinds.into_iter();
        kinds.map(|(kind, phrases)| (kind, phrases.texts.into_keys().collect())).collect()
    };
    for (language, _) in LANGUAGES {
        assert_eq!(forms(language), forms(Language::English), "{language:?}");
    }
}

#[test]
fn a_new_form_must_be_listed() {
    // Does not compile without it, and then it is to be put into the list.
    let place = |form| match form {
        Variant::Plain => 0,
        Variant::NoSound(Channel::Agent) => 1,
        Variant::NoSound(Channel::Customer) => 2,
        Variant::UseHeadset => 3,
        Variant::SameAudio => 4,
        Variant::Recovered => 5,
        Variant::WellHeld => 6,
        Variant::BoundarySet => 7,
        Variant::Abuse => 8,
        Variant::Escalation => 9,
        Variant::Agreeing => 10,
        Variant::Policy => 11,
        Variant::Soothing => 12,
        Variant::Abrupt => 13,
        Variant::Demanding => 14,
        Variant::TakingOver => 15,
        Variant::Empathy => 16,
        Variant::NextStep => 17,
    };
    assert_eq!(Variant::ALL.map(place), std::array::from_fn(|k| k));
}

#[test]
fn more_than_four_words_are_refused_with_their_line() {
    let (told, hint) = problem("[dead_air]\nplain = \"Tell them what you do\"\n");
    assert!(told.starts_with("mine.toml, line 2: \"Tell them what you do\" has 5 words"), "{told}");
    assert_eq!(hint, "say what to do in two or three words");
    assert!(problem("[dead_air]\nplain = \"\"").0.contains("has 0 words"));
    let long = "x".repeat(MOST_CHARS + 1);
    assert!(problem(&format!("[dead_air]\nplain = \"{long}\"")).0.contains("at most 36"));
}

#[test]
fn a_feeling_is_refused_in_every_language() {
    let texts = [
        "Calm down",
        "Don't get angry",
        "Don't be mad",
        "Bleiben Sie ruhig",
        "Beruhigen Sie sich",
        "Sei nicht sauer",
        "No se enoje",
        "Sin estrés",
        "Cálmese",
        "Relájese",
        "Serénese",
    ];
    for text in texts {
        let (told, hint) = problem(&format!("[raised_voice]\nplain = \"{text}\""));
        assert!(told.contains("names a feeling"), "{text}: {told}");
        assert!(hint.starts_with("say what to do"));
    }
    // A part of another word is none.
    assert_eq!(feeling("Beruhigend sprechen"), None);
}

#[test]
fn an_unknown_kind_is_named_with_its_line_and_what_was_meant() {
    let (told, hint) = problem("\n[interupting]\nplain = \"Wait\"\n");
    assert_eq!(told, "mine.toml, line 2: there is no kind of nudge `interupting`");
    assert_eq!(hint, "did you mean `interrupting`?");
    let (told, hint) = problem("[capture]\nicon = \"skull\"\n");
    assert!(told.contains("line 2: there is no icon `skull`") && hint.contains("headset"), "{hint}");
    let (told, _) = problem("[capture]\nloud = \"Wait\"\n");
    assert!(told.contains("no form `loud`"), "{told}");
    assert!(problem("[capture]\nplain = 3\n").0.contains("must be text"));
    assert!(problem("plain = \"Wait\"\n").0.contains("no kind of nudge `plain`"));
    assert!(problem("[capture\n").0.contains("line 1"));
}

#[test]
fn a_file_replaces_what_it_names_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    std::fs::write(&file, "[raised_voice]\nplain = \"Lower your voice\"\n").unwrap();
    let wording = load(Language::German, file.to_str().unwrap()).unwrap();
    assert_eq!(wording.text("raised_voice", "plain"), Some("Lower your voice"));
    assert_eq!(wording.icon("raised_voice"), Some(Icon::Softer));
    assert_eq!(wording.text("interrupting", "plain"), Some("Ausreden lassen"));
    let gone = load(Language::German, "/nowhere/mine.toml").unwrap_err();
    assert!(gone.to_string().contains("cannot be read"), "{gone}");
    std::fs::write(&file, [0xff, 0xfe]).unwrap();
    let garbled = load(Language::German, file.to_str().unwrap()).unwrap_err();
    assert_eq!(garbled.0[0].fault, WordingFault::NoText);
}
