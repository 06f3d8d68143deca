//! A user with an empty folder, and how a command ended for them.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

/// The call of the README.
pub(crate) fn sample() -> PathBuf {
    root().join("tests/fixtures/sample-call.flac")
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The whole sample call as JSON, measured once for all tests.
pub(crate) fn sample_json() -> &'static Value {
    static JSON: OnceLock<Value> = OnceLock::new();
    JSON.get_or_init(|| Desk::new().json(["analyze", sample().to_str().unwrap(), "--json"]))
}

/// Where somebody works: an empty folder that is the current one, no
/// configuration, no terminal.
pub(crate) struct Desk(TempDir);

impl Desk {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A desk with one file on it.
    pub(crate) fn with(name: &str, bytes: &[u8]) -> Self {
        let desk = Self::new();
        desk.put(name, bytes);
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Puts a file there, with the folders it needs.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// All files in it, folders with a slash, by name.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        list(self.0.path(), "", &mut found);
        found.sort();
        found
    }

    pub(crate) fn command<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(&self, args: I) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("EVENKEEL_") {
                command.env_remove(name);
            }
        }
        command.env("XDG_CONFIG_HOME", self.path("no-config")).env_remove("NO_COLOR");
        // Models that somebody installed here would add words to every call.
        command.env("XDG_DATA_HOME", self.path("no-data"));
        command.env("LC_ALL", "C.UTF-8").current_dir(self.0.path()).args(args);
        command
    }

    pub(crate) fn run<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(&self, args: I) -> Ended {
        Ended::of(self.command(args))
    }

    /// The one line of JSON of a command that did its work.
    pub(crate) fn json<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(&self, args: I) -> Value {
        let out = self.run(args).done();
        assert_eq!(out.lines().count(), 1, "{out}");
        serde_json::from_str(&out).unwrap()
    }

    /// `analyze --json` of one file here.
    pub(crate) fn analysed(&self, name: &str) -> Value {
        self.json(["analyze", name, "--json"])
    }
}

fn list(folder: &Path, before: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{before}{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            list(&entry.path(), &format!("{name}/"), found);
            found.push(name + "/");
        } else {
            found.push(name);
        }
    }
}

/// How a command ended.
#[derive(Debug, PartialEq)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    pub(crate) fn of(mut command: Command) -> Self {
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let ended = Self { code: status.code().unwrap(), out: text(stdout), err: text(stderr) };
        assert!(!ended.err.contains("panicked"), "{ended:?}");
        ended
    }

    /// The output of a command that did its work and had nothing else to say.
    #[track_caller]
    pub(crate) fn done(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{}", self.out);
        self.out
    }

    /// A command that refused: its status, nothing on standard output, and one
    /// message that holds these words and a way out.
    #[track_caller]
    pub(crate) fn refused(&self, code: i32, words: &[&str]) {
        assert_eq!((self.code, self.out.as_str()), (code, ""), "{self:?}");
        self.explains(words);
    }

    /// One message, with a way out where it is not the command line's own.
    #[track_caller]
    pub(crate) fn explains(&self, words: &[&str]) {
        assert!(self.err.starts_with("error: "), "{self:?}");
        assert_eq!(self.err.matches("error: ").count(), 1, "{self:?}");
        for word in words {
            assert!(self.err.contains(word), "`{word}` is missing: {self:?}");
        }
        let way_out = ["\n\nhint: ", "\nUsage: ", "For more information, try '--help'"];
        assert!(way_out.iter().any(|w| self.err.contains(w)), "no way out: {self:?}");
    }
}
