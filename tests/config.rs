//! The configuration from the command line: what is printed where, and how it
//! ends. Takes for granted that nobody has put files into `/etc/evenkeel`.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A user with a configuration folder of their own.
struct User(TempDir);

impl User {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// One who has written this configuration.
    fn with(text: &str) -> Self {
        let user = Self::new();
        fs::create_dir_all(user.file().parent().unwrap()).unwrap();
        fs::write(user.file(), text).unwrap();
        user
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("evenkeel/config.toml")
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("EVENKEEL_") {
                command.env_remove(name);
            }
        }
        command.env("XDG_CONFIG_HOME", self.0.path()).current_dir(self.0.path());
        command.args(line.split_whitespace());
        command
    }

    fn run(&self, line: &str) -> Ended {
        Ended::of(self.command(line), self.0.path())
    }
}

/// How a command ended; paths are told from the user's folder on.
#[derive(Debug, PartialEq)]
struct Ended {
    code: i32,
    out: String,
    err: String,
}

impl Ended {
    fn of(mut command: Command, folder: &Path) -> Self {
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap().replace(&format!("{}/", folder.display()), "");
        Self { code: status.code().unwrap(), out: text(stdout), err: text(stderr) }
    }

    /// The output of a command that did its work.
    fn done(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{}", self.out);
        self.out
    }

    fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.done()).unwrap()
    }
}

#[test]
fn init_writes_a_file_that_is_in_order_and_changes_nothing() {
    let user = User::new();
    let ended = user.run("config init");
    assert_eq!((ended.code, ended.out.as_str()), (0, ""));
    assert!(ended.err.starts_with("written: evenkeel/config.toml\n"), "{}", ended.err);
    assert_eq!(user.run("config check").done(), "ok: evenkeel/config.toml\n");
    assert_eq!(user.run("config show").done(), User::new().run("config show").done());
}

#[test]
fn init_never_overwrites_silently() {
    let user = User::with("nudge.budget = 8\n");
    let ended = user.run("config init");
    assert_eq!((ended.code, ended.out.as_str()), (73, ""));
    assert!(ended.err.starts_with("error: evenkeel/config.toml: already there\n\nhint: "), "{}", ended.err);
    assert_eq!(fs::read_to_string(user.file()).unwrap(), "nudge.budget = 8\n");
    assert_eq!(user.run("config init --force").code, 0);
    assert_eq!(user.run("config show nudge.budget").done(), "6\n");
}

#[test]
fn init_writes_where_it_is_told() {
    let user = User::new();
    assert_eq!(user.run("config init --output a/b/c.toml").code, 0);
    let written = fs::read_to_string(user.0.path().join("a/b/c.toml")).unwrap();
    assert_eq!(user.run("config init --output -").done(), written);
    assert!(!user.file().exists());
}

#[cfg(unix)]
#[test]
fn what_init_writes_can_be_read_by_all_users() {
    use std::os::unix::fs::PermissionsExt;
    let user = User::new();
    user.run("config init");
    assert_eq!(fs::metadata(user.file()).unwrap().permissions().mode() & 0o777, 0o644);
}

#[test]
fn an_uncommented_value_is_in_force() {
    let user = User::new();
    user.run("config init");
    let text = fs::read_to_string(user.file()).unwrap();
    fs::write(user.file(), text.replace("#budget = 6", "budget = 8")).unwrap();
    let line = text.lines().position(|line| line == "#budget = 6").unwrap() + 1;
    let shown = user.run("config show --changed --origin").done();
    assert_eq!(shown, format!("[nudge]\nbudget = 8  # evenkeel/config.toml:{line}\n"));
}

#[test]
fn check_without_any_file_says_so() {
    assert_eq!(User::new().run("config check").done(), "ok: built-in values, no files\n");
}

#[test]
fn check_tells_all_mistakes_with_place_range_and_way_out() {
    let user = User::with("[turns]\nmin_utterance_s = 0.04\n\n[nudge]\nbugdet = 3\n");
    let ended = user.run("config check");
    assert_eq!((ended.code, ended.out.as_str()), (1, ""));
    assert_eq!(
        ended.err,
        "error: evenkeel/config.toml, line 2: `turns.min_utterance_s` is 0.04, expected 0.6 to 2.0 s\n\n\
         hint: below 0.6 s every \"mhm\" counts as an interruption\n\n\
         error: evenkeel/config.toml, line 5: there is no key `nudge.bugdet`\n\n\
         hint: did you mean `nudge.budget`?\n"
    );
}

#[test]
fn check_looks_at_a_single_file_alone() {
    let user = User::with("broken");
    fs::write(user.0.path().join("draft.toml"), "nudge.budget = 8\n").unwrap();
    assert_eq!(user.run("config check draft.toml").done(), "ok: draft.toml\n");
    assert_eq!(user.run("config check gone.toml").code, 1);
    assert_eq!(user.run("config check draft.toml --set nudge.budget=4").code, 2);
}

#[test]
fn check_finds_what_would_leave_a_call_without_words() {
    let told = |text: &str| {
        let ended = User::with(text).run("config check");
        assert_eq!((ended.code, ended.out.as_str()), (1, ""), "{text}: {}", ended.err);
        ended.err
    };
    assert!(told("transcript.redact = ['order [0-9']").contains("transcript.redact: "));
    assert!(told("transcript.lexicon = 'gone.toml'").contains("gone.toml"));
    assert!(told("transcript.language = 'zz'").contains("`transcript.language` is \"zz\""));
    let user = User::with("transcript.redact = ['order [0-9]{4,6}']\ntranscript.language = 'de'\n");
    assert_eq!(user.run("config check").done(), "ok: evenkeel/config.toml\n");
    assert_eq!(user.run("config show transcript.redact").done(), "[\"order [0-9]{4,6}\"]\n");
    fs::write(user.0.path().join("draft.toml"), "transcript.redact = ['(']\n").unwrap();
    assert_eq!(user.run("config check draft.toml").code, 1);
}

#[test]
fn a_wrong_configuration_stops_what_needs_it() {
    let user = User::with("nudge.budget = 99\n");
    for line in ["config show", "analyze call.wav"] {
        let ended = user.run(line);
        assert_eq!((ended.code, ended.out.as_str()), (78, ""), "{line}");
        assert!(ended.err.contains("line 1: `nudge.budget` is 99, expected a whole number, 0 to 30"));
    }
}

#[test]
fn show_prints_a_file_that_says_the_same() {
    let user = User::with("nudge.budget = 8\nreport.score_name = \"Ruhe\"\n");
    let shown = user.run("config show").done();
    assert!(shown.contains("[report]\nscore_name = \"Ruhe\"\n"), "{shown}");
    fs::write(user.0.path().join("copy.toml"), &shown).unwrap();
    assert_eq!(user.run("config show --config copy.toml").done(), shown);
}

#[test]
fn show_prints_a_single_value_bare() {
    let user = User::with("report.score_name = \"Ruhe\"\n");
    assert_eq!(user.run("config show report.score_name").done(), "Ruhe\n");
    assert_eq!(
        user.run("config show report.score_name --origin").done(),
        "[report]\nscore_name = \"Ruhe\"  # evenkeel/config.toml:1\n"
    );
}

#[test]
fn show_aligns_values_and_origins() {
    let shown = User::new().run("config show channel --origin --set channel.dead_s=10").done();
    assert_eq!(
        shown,
        "[channel]\n\
         dead_s         = 10.0  # --set\n\
         zeros_s        = 3.0   # default\n\
         zeros_silent_s = 30.0  # default\n\
         least_snr_db   = 8.0   # default\n"
    );
}

#[test]
fn show_of_what_is_not_there_suggests_what_is() {
    let ended = User::new().run("config show nudge.buget");
    assert_eq!(ended.code, 2);
    assert_eq!(ended.err, "error: there is no key `nudge.buget`\n\nhint: did you mean `nudge.budget`?\n");
}

#[test]
fn show_says_when_nothing_was_changed() {
    let ended = User::new().run("config show --changed");
    assert_eq!((ended.code, ended.out.as_str()), (0, ""));
    assert_eq!(ended.err, "all values are the built-in ones\n");
}

#[test]
fn json_has_values_origins_and_the_hash_of_the_reports() {
    let user = User::with("nudge.budget = 8\n");
    let json = user.run("config show --json nudge.budget").json();
    let value = &json["values"][0];
    assert_eq!((&value["value"], &value["default"], &value["changed"]), (&8.into(), &6.into(), &true.into()));
    assert_eq!((&value["origin"]["layer"], &value["origin"]["line"]), (&"user".into(), &1.into()));
    assert_ne!(json["hash"], User::new().run("config show --json").json()["hash"]);
}

#[test]
fn environment_wins_over_the_file_and_the_command_line_over_both() {
    let user = User::with("nudge.budget = 8\n");
    let budget = |line: &str| {
        let mut command = user.command(line);
        command.env("EVENKEEL_NUDGE_BUDGET", "9").env("EVENKEEL_NUDGE_BUGDET", "1");
        Ended::of(command, user.0.path())
    };
    let ended = budget("config show nudge.budget");
    assert_eq!((ended.code, ended.out.as_str()), (0, "9\n"));
    assert_eq!(
        ended.err,
        "warning: EVENKEEL_NUDGE_BUGDET sets nothing; did you mean EVENKEEL_NUDGE_BUDGET?\n"
    );
    assert_eq!(budget("config show nudge.budget --set nudge.budget=10").out, "10\n");
}

#[test]
fn an_assignment_without_a_value_is_a_mistake_of_the_command_line() {
    let ended = User::new().run("config show --set nudge.budget");
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("expected KEY=VALUE, as in nudge.budget=4"), "{}", ended.err);
}

#[test]
fn path_lists_the_places_in_the_order_in_which_they_win() {
    let user = User::with("");
    assert_eq!(
        user.run("config path").done(),
        "system       /etc/evenkeel/config.toml  (not there)\n\
         user         evenkeel/config.toml\n\
         policy       /etc/evenkeel/policy.toml  (not there)\n"
    );
    let json = user.run("config path --json").json();
    assert_eq!((&json["files"][1]["layer"], &json["files"][1]["exists"]), (&"user".into(), &true.into()));
}

#[test]
fn reference_and_schema_are_the_published_ones() {
    let published =
        |name: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
    let user = User::new();
    assert_eq!(user.run("config reference").done(), published("docs/config.md"));
    assert_eq!(user.run("config schema").done(), published("config/schema.json"));
    let one = user.run("config reference turns.min_utterance_s").done();
    assert!(one.starts_with("### turns.min_utterance_s\n"), "{one}");
    assert_eq!(user.run("config reference turn").code, 2);
}

#[test]
fn every_command_has_help_with_an_example() {
    let user = User::new();
    for command in ["", "init", "check", "show", "path", "reference", "schema"] {
        let help = user.run(&format!("config {command} --help")).done();
        assert!(help.contains("Example"), "{command}: {help}");
    }
}
