use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

/// Files and an environment of their own.
pub(super) struct Desk {
    pub(super) folder: TempDir,
    pub(super) options: LoadOptions,
}

impl Desk {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let places =
            Places { system: at("system.toml"), user: Some(at("user.toml")), policy: at("policy.toml") };
        let options = LoadOptions { places, environment: Vec::new(), file: None, set: Vec::new() };
        Self { folder, options }
    }

    pub(super) fn file(self, name: &str, text: &str) -> Self {
        fs::write(self.folder.path().join(name), text).unwrap();
        self
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.options.environment.push((name.into(), value.into()));
        self
    }

    fn set(mut self, assignment: &str) -> Self {
        self.options.set.push(assignment.parse().unwrap());
        self
    }

    /// A text without the folder, which is another one each time.
    pub(super) fn without_folder(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.folder.path().display()), "")
    }

    pub(super) fn loaded(&self) -> Loaded {
        review(&self.options).loaded().unwrap()
    }

    /// Value and origin of a key.
    fn value(&self, key: &str) -> String {
        let config = self.loaded().config;
        let entry = config.get(key).unwrap();
        self.without_folder(&format!("{} {}", entry.value, entry.origin.brief()))
    }

    fn warnings(&self) -> Vec<String> {
        self.loaded().warnings.iter().map(|w| self.without_folder(&w.to_string())).collect()
    }

    /// All that is wrong, as it is told.
    fn refusal(&self) -> String {
        self.without_folder(&review(&self.options).loaded().unwrap_err().to_string())
    }
}

pub(super) fn config(text: &str) -> Config {
    Desk::new().file("user.toml", text).loaded().config
}

fn told(text: &str) -> String {
    let problems = check_text("a.toml", text);
    ConfigError { problems, warnings: Vec::new() }.to_string()
}

#[test]
fn without_files_the_built_in_values_are_in_force() {
    let config = Desk::new().loaded().config;
    assert_eq!(config.settings(), pipeline::Settings::default());
    assert_eq!(config.settings(), Config::default().settings());
    assert_eq!((config.agent_channel(), config.score_name()), (StereoSide::Left, "Calmness"));
    assert!(config.entries().iter().all(|entry| !entry.is_changed()));
}

#[test]
fn each_layer_wins_over_the_ones_before() {
    let key = "nudge.budget";
    let line = |budget: u32| format!("\n[nudge]\nbudget = {budget}\n");
    let desk = Desk::new();
    assert_eq!(desk.value(key), "6 default");
    let desk = desk.file("system.toml", &line(7));
    assert_eq!(desk.value(key), "7 system.toml:3");
    let desk = desk.file("user.toml", &line(8));
    assert_eq!(desk.value(key), "8 user.toml:3");
    let desk = desk.variable("EVENKEEL_NUDGE_BUDGET", "9");
    assert_eq!(desk.value(key), "9 EVENKEEL_NUDGE_BUDGET");
    let desk = desk.set("nudge.budget=10").set("nudge.budget=11");
    assert_eq!(desk.value(key), "11 --set");
    let desk = desk.file("policy.toml", &line(4));
    assert_eq!(desk.value(key), "4 policy.toml:3 (policy)");
}

#[test]
fn layers_are_joined_key_by_key() {
    let desk =
        Desk::new().file("system.toml", "nudge.budget = 8\n").file("user.toml", "nudge.quiet = true\n");
    let config = desk.loaded().config;
    assert_eq!(config.settings().nudges.pacing.budget, 8);
    assert!(config.settings().nudges.quiet);
}

#[test]
fn the_policy_says_what_it_overrides() {
    let desk = Desk::new().file("policy.toml", "nudge.budget = 4\n").set("nudge.budget=8");
    assert_eq!(
        desk.warnings(),
        ["`nudge.budget` stays 4 by order of policy.toml, line 1; --set changes nothing"]
    );
    let agreeing = Desk::new().file("policy.toml", "nudge.budget = 4\n").set("nudge.budget=4");
    assert!(agreeing.warnings().is_empty());
}

#[test]
fn a_named_file_takes_the_place_of_the_users_and_must_exist() {
    let mut desk =
        Desk::new().file("user.toml", "nudge.budget = 8\n").file("mine.toml", "nudge.quiet = true\n");
    desk.options.file = Some(desk.folder.path().join("mine.toml"));
    assert_eq!(desk.value("nudge.budget"), "6 default");
    assert_eq!(desk.value("nudge.quiet"), "true mine.toml:1");
    desk.options.file = Some(desk.folder.path().join("gone.toml"));
    assert_eq!(
        desk.refusal(),
        "gone.toml: cannot be read: no such file\n\nhint: check the path; `evenkeel config init --output FILE` writes a new one"
    );
}

#[test]
fn a_variable_without_a_value_or_for_others_sets_nothing() {
    let desk = Desk::new()
        .variable("EVENKEEL_NUDGE_BUDGET", "")
        .variable("EVENKEEL_BLESS", "x")
        .variable("HOME", "/");
    assert_eq!(desk.value("nudge.budget"), "6 default");
    assert!(desk.warnings().is_empty());
}

#[test]
fn a_mistyped_variable_is_told() {
    let desk = Desk::new().variable("EVENKEEL_NUDGE_BUGDET", "4");
    assert_eq!(desk.warnings(), ["EVENKEEL_NUDGE_BUGDET sets nothing; did you mean EVENKEEL_NUDGE_BUDGET?"]);
}

#[test]
fn what_is_wrong_outside_of_files_names_its_place() {
    assert_eq!(
        Desk::new().variable("EVENKEEL_NUDGE_BUDGET", "many").refusal(),
        "EVENKEEL_NUDGE_BUDGET: `nudge.budget` is many, expected a whole number, 0 to 30"
    );
    assert_eq!(
        Desk::new().set("nudge.buget=3").refusal(),
        "--set: there is no key `nudge.buget`\n\nhint: did you mean `nudge.budget`?"
    );
}

#[test]
fn a_value_outside_its_range_is_told_with_line_range_and_remedy() {
    assert_eq!(
        told("[turns]\n\nmin_utterance_s = 0.04\n"),
        "a.toml, line 3: `turns.min_utterance_s` is 0.04, expected 0.6 to 2.0 s\n\n\
         hint: below 0.6 s every \"mhm\" counts as an interruption"
    );
    assert_eq!(
        told("turns.min_utterance_s = \"1\""),
        "a.toml, line 1: `turns.min_utterance_s` is \"1\", expected a number, 0.6 to 2.0 s"
    );
}

#[test]
fn a_decimal_comma_is_recognised() {
    assert_eq!(
        Desk::new().set("turns.min_utterance_s=1,2").refusal(),
        "--set: `turns.min_utterance_s` is 1,2, expected a number, 0.6 to 2.0 s\n\nhint: write it with a point: 1.2"
    );
}

#[test]
fn a_mistyped_name_is_told_with_the_one_that_was_meant() {
    assert_eq!(
        told("[turns]\nmin_uterance_s = 1\n"),
        "a.toml, line 2: there is no key `turns.min_uterance_s`\n\nhint: did you mean `turns.min_utterance_s`?"
    );
    assert_eq!(
        told("[trns]\nmin_utterance_s = 1\n"),
        "a.toml, line 1: there is no section `[trns]`\n\nhint: did you mean `[turns]`?"
    );
    assert_eq!(
        told("zzz = 1\n"),
        "a.toml, line 1: there is no key `zzz`\n\nhint: `evenkeel config reference` lists all keys"
    );
}

#[test]
fn what_is_not_toml_is_shown_with_its_place() {
    let text = told("[nudge]\nbudget = = 4\n");
    assert!(text.starts_with("a.toml, line 2, column 10: "), "{text}");
    assert!(text.contains("   2 | budget = = 4\n     |          ^"), "{text}");
}

#[test]
fn what_stands_twice_is_told() {
    assert_eq!(
        told("[nudge]\nbudget = 4\nbudget = 5\n"),
        "a.toml, line 3: `nudge.budget` for the second time, after line 2\n\nhint: keep one of the two"
    );
    assert_eq!(
        told("[nudge]\nbudget = 4\n[nudge]\nfree = 1\n"),
        "a.toml, line 3: `[nudge]` for the second time, after line 1\n\nhint: keep one of the two"
    );
}

#[test]
fn all_mistakes_are_told_at_once_in_their_order() {
    let lines: Vec<_> = check_text("a.toml", "[nudge]\nbudget = 99\nquiet = 1\nx\n[level]\nraised_db = 1\n")
        .iter()
        .filter_map(|problem| problem.origin.line)
        .collect();
    assert_eq!(lines, [2, 3, 4, 6]);
}

#[test]
fn of_very_many_mistakes_only_the_first_are_told() {
    let text: String = (0..50).map(|k| format!("key_{k} = 1\n")).collect();
    let told = messages(&check_text("a.toml", &text));
    assert_eq!((told.len(), told[20].0.as_str()), (21, "30 more problems"));
}

#[test]
fn what_is_no_text_is_refused() {
    let desk = Desk::new();
    fs::write(desk.folder.path().join("user.toml"), [0xff, 0xfe, 0x00]).unwrap();
    assert_eq!(desk.refusal(), "user.toml: not UTF-8 text\n\nhint: save it as UTF-8");
    let desk = Desk::new().file("user.toml", &"#".repeat(300 * 1024));
    assert!(desk.refusal().starts_with("user.toml: larger than 256 KiB"));
    assert!(
        review_file(desk.folder.path()).problems[0].to_string().ends_with("cannot be read: it is a folder")
    );
}

#[test]
fn a_change_asks_for_no_more_than_it_must() {
    let effect = |text: &str| between(&Config::default(), &config(text)).effect;
    assert_eq!(effect(""), Effect::Nothing);
    assert_eq!(effect("report.score_name = \"Ruhe\""), Effect::Nothing);
    assert_eq!(effect("nudge.budget = 8"), Effect::BetweenFrames);
    assert_eq!(effect("nudge.budget = 8\nturns.min_utterance_s = 1.5"), Effect::BetweenUtterances);
    assert_eq!(effect("call.agent_channel = \"right\"\nnudge.budget = 8"), Effect::NextCall);
    assert_eq!(effect("capture.headset = \"Jabra*\"\nagent.id = \"ada\""), Effect::ReopenStreams);
    assert_eq!(effect("capture.host = \"alsa\"\ncapture.when = \"always\""), Effect::Restart);
}

#[test]
fn a_change_lists_its_keys_and_ignores_where_values_come_from() {
    let change =
        between(&Config::default(), &config("nudge.budget = 6\nlevel.min_s = 0.7\nnudge.quiet = true"));
    assert_eq!(change.keys, ["level.min_s", "nudge.quiet"]);
}

#[test]
fn the_hash_follows_what_changes_a_figure_and_nothing_else() {
    let hash = |text: &str| config(text).hash();
    let usual = Config::default().hash();
    assert!(usual.len() == 12 && usual.chars().all(|c| c.is_ascii_hexdigit()), "{usual}");
    let same = "report.score_name = \"x\"\ncall.agent_channel = \"right\"\nnudge.budget = 6";
    assert_eq!(hash(same), usual);
    for other in
        ["nudge.budget = 7", "score.pace.weight = 14", "level.min_s = 0.51", "nudge.kinds.positive = false"]
    {
        assert_ne!(hash(other), usual, "{other}");
    }
}

#[test]
fn every_measuring_key_changes_the_hash() {
    let usual = Config::default().hash();
    for key in all() {
        let mut entries = Entries::built_in();
        let value = match (key.accepts, key.default().unwrap()) {
            (Type::Number { min, max, .. }, Value::Number(n)) => {
                Value::Number(if n == min { max } else { min })
            }
            (Type::Count { min, max, .. }, Value::Count(n)) => Value::Count(if n == min { max } else { min }),
            (_, Value::Switch(on)) => Value::Switch(!on),
            (_, Value::List(_)) => Value::List(vec!["one".into()]),
            (_, _) => Value::Text("right".into()),
        };
        entries.set(file::Assigned { key, value, origin: Origin::option("--set") });
        assert_eq!(Config::new(entries).hash() != usual, key.measures(), "{}", key.name);
    }
}

#[test]
fn every_key_can_be_set_by_its_variable() {
    let built_in = Config::default();
    let mut desk = Desk::new();
    for entry in built_in.entries() {
        let bare = entry.value.bare();
        // A variable without a value counts as not set, so nothing is written as "".
        desk = desk.variable(&entry.key.variable(), if bare.is_empty() { "\"\"" } else { &bare });
    }
    let loaded = desk.loaded().config;
    assert!(loaded.entries().iter().all(|entry| entry.origin.layer == Layer::Environment));
    assert_eq!(loaded.hash(), built_in.hash());
}

#[test]
fn files_are_looked_for_where_they_belong() {
    let user = |name: &str, value: &str| Places::standard(&[(name.into(), value.into())]).user;
    assert_eq!(user("XDG_CONFIG_HOME", "/c").as_deref(), Some(Path::new("/c/evenkeel/config.toml")));
    assert_eq!(user("HOME", "/h").as_deref(), Some(Path::new("/h/.config/evenkeel/config.toml")));
    assert_eq!(user("XDG_CONFIG_HOME", "relative"), None);
}

#[test]
fn an_assignment_has_a_key_and_a_value() {
    let parsed: Assignment = " nudge.budget = 4 ".parse().unwrap();
    assert_eq!((parsed.key.as_str(), parsed.value.as_str()), ("nudge.budget", "4"));
    for text in ["", "a", "=1", "a="] {
        assert!(text.parse::<Assignment>().is_err(), "{text}");
    }
}

/// Text that is almost a configuration: the parts of one in any order.
fn almost() -> impl Strategy<Value = String> {
    let words = [
        "[",
        "]",
        "[[",
        "{",
        "}",
        "=",
        ".",
        ",",
        "\n",
        "\r",
        "\"",
        "'",
        "'''",
        "\"\"\"",
        "#",
        "\\",
        " ",
        "0x",
        "-",
        "1e9",
        "1.5",
        "true",
        "nudge",
        "nudge.kinds",
        "budget",
        "turns",
        "min_utterance_s",
        "2024-01-01",
        "é",
        "\u{0}",
        "\u{feff}",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..60).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn random_text_never_panics(text in any::<String>()) {
        let problems = check_text("a.toml", &text);
        prop_assert!(problems.iter().all(|p| !p.to_string().is_empty()));
    }

    #[test]
    fn almost_a_configuration_never_panics_and_names_lines_that_exist(text in almost()) {
        let lines = text.matches('\n').count() + 1;
        for problem in check_text("a.toml", &text) {
            prop_assert!(problem.origin.line.is_none_or(|line| (1..=lines).contains(&line)));
            let told = problem.to_string();
            prop_assert!(told.chars().all(|c| c == '\n' || !c.is_control()), "{told:?}");
        }
    }

    #[test]
    fn random_bytes_on_the_command_line_never_panic(value in any::<String>(), at in 0usize..200) {
        let key = all()[at % all().len()].name.to_owned();
        let set = vec![Assignment { key, value }];
        let options = LoadOptions { set, ..Desk::new().options };
        let _ = review(&options).loaded().map_err(|error| error.to_string());
    }
}
