//! The layers of the configuration, from the built-in values to the policy of
//! the organisation, and how they become one.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::LazyLock;

use crate::config::entries::Entries;
use crate::config::file::{self, Assigned, Contents};
use crate::config::key::{self, Key, VARIABLE_PREFIX};
use crate::config::origin::{Layer, Origin, printable};
use crate::config::problem::{ConfigError, Fault, Problem, Warning};
use crate::config::{Config, DEFAULTS, reference, rules};

/// Where the files of the layers are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// For everyone on this machine.
    pub system: PathBuf,
    /// The user's own; none where no home directory is known.
    pub user: Option<PathBuf>,
    /// The organisation's, which wins over all.
    pub policy: PathBuf,
}

impl Places {
    /// Where they belong, given the environment: `/etc/evenkeel` and
    /// `$XDG_CONFIG_HOME/evenkeel`, else `~/.config/evenkeel`.
    pub fn standard(environment: &[(OsString, OsString)]) -> Self {
        let folder = |name: &str| {
            let value = environment.iter().find(|(variable, _)| variable == name)?.1.clone();
            // The specification of these folders has relative ones ignored.
            Some(PathBuf::from(value)).filter(|path| path.is_absolute())
        };
        let home = folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config")));
        Self {
            system: PathBuf::from("/etc/evenkeel/config.toml"),
            user: home.map(|home| home.join("evenkeel/config.toml")),
            policy: PathBuf::from("/etc/evenkeel/policy.toml"),
        }
    }
}

/// A value given on the command line as `KEY=VALUE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The key; whether there is one of that name is seen when it is loaded.
    pub key: String,
    /// The value; text needs no quotes.
    pub value: String,
}

/// Text that is not of the form `KEY=VALUE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected KEY=VALUE, as in nudge.budget=4")]
pub struct NotAnAssignment;

impl FromStr for Assignment {
    type Err = NotAnAssignment;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (key, value) = text.split_once('=').ok_or(NotAnAssignment)?;
        let (key, value) = (key.trim().to_owned(), value.trim().to_owned());
        if key.is_empty() || value.is_empty() { Err(NotAnAssignment) } else { Ok(Self { key, value }) }
    }
}

/// What a configuration is loaded from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadOptions {
    /// Where the files are.
    pub places: Places,
    /// The environment: variables and their values.
    pub environment: Vec<(OsString, OsString)>,
    /// A file that takes the place of the user's; unlike that it must be there.
    pub file: Option<PathBuf>,
    /// Values of the command line; of several for one key the last wins.
    pub set: Vec<Assignment>,
}

impl LoadOptions {
    /// The usual places and the environment of this process.
    pub fn standard() -> Self {
        let environment: Vec<_> = std::env::vars_os().collect();
        Self { places: Places::standard(&environment), environment, file: None, set: Vec::new() }
    }

    /// The files that are looked for, in the order of the layers.
    pub fn files(&self) -> Vec<Source> {
        let user = self.file.as_ref().or(self.places.user.as_ref());
        let file = |layer, path: &Path, must_exist| Source { layer, path: path.to_owned(), must_exist };
        std::iter::once(file(Layer::System, &self.places.system, false))
            .chain(user.map(|path| file(Layer::User, path, self.file.is_some())))
            .chain(std::iter::once(file(Layer::Policy, &self.places.policy, false)))
            .collect()
    }

    /// The environment variables that set a key.
    pub fn variables(&self) -> Vec<String> {
        self.ours().filter_map(|(name, _)| known_variable(&name).map(|_| name)).collect()
    }

    /// Variables with our prefix; one without a value counts as not set.
    fn ours(&self) -> impl Iterator<Item = (String, &OsString)> {
        let set = self.environment.iter().filter(|(_, value)| !value.is_empty());
        set.filter_map(|(name, value)| Some((name.to_str()?.to_owned(), value)))
            .filter(|(name, _)| name.starts_with(VARIABLE_PREFIX))
    }
}

/// A file of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The layer.
    pub layer: Layer,
    /// The file.
    pub path: PathBuf,
    /// Whether it is wrong for it to be missing: it was asked for by name.
    pub must_exist: bool,
}

/// A configuration as far as it could be read, with everything there is to
/// say about it.
#[derive(Clone, Debug)]
pub struct Review {
    /// What is in force where nothing is wrong.
    pub config: Config,
    /// Everything that is wrong, in the order of the layers.
    pub problems: Vec<Problem>,
    /// What is odd and stops nothing.
    pub warnings: Vec<Warning>,
    /// Files and variables that were read.
    pub read: Vec<String>,
}

impl Review {
    /// The configuration, if nothing is wrong with it.
    ///
    /// # Errors
    /// [`ConfigError`] with all problems.
    pub fn loaded(self) -> Result<Loaded, ConfigError> {
        let Self { config, problems, warnings, .. } = self;
        if problems.is_empty() {
            Ok(Loaded { config, warnings })
        } else {
            Err(ConfigError { problems, warnings })
        }
    }
}

/// A configuration that is in order.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The values.
    pub config: Config,
    /// What is odd and should be said.
    pub warnings: Vec<Warning>,
}

/// Reads all layers and tells everything that is wrong with them.
pub fn review(options: &LoadOptions) -> Review {
    let mut review = Gathered::new();
    let files = options.files();
    let (policy, ordinary): (Vec<_>, Vec<_>) = files.iter().partition(|file| file.layer == Layer::Policy);
    ordinary.into_iter().for_each(|source| review.file(source));
    review.environment(options);
    review.command_line(&options.set);
    policy.into_iter().for_each(|source| review.file(source));
    review.finish()
}

/// Checks the text of a single file over the built-in values, for editors and
/// for tests with random text. `name` is what messages call it.
pub fn check_text(name: &str, text: &str) -> Vec<Problem> {
    let mut gathered = Gathered::new();
    gathered.add(file::parse(&Origin::file(Layer::User, name), text));
    gathered.finish().problems
}

/// Reads a single file over the built-in values and tells everything that is wrong
/// with it; that it is missing is a problem too.
pub fn review_file(path: &Path) -> Review {
    let mut gathered = Gathered::new();
    gathered.file(&Source { layer: Layer::User, path: path.to_owned(), must_exist: true });
    gathered.finish()
}

/// The built-in layer and what is wrong with it, which a test forbids. It never
/// changes, so it is read once, however often a text is checked.
static BUILT_IN: LazyLock<(Entries, Vec<Problem>)> = LazyLock::new(|| {
    let contents = file::parse(&Origin::built_in(), &reference::uncommented(DEFAULTS));
    let mut entries = Entries::built_in();
    contents.assigned.into_iter().for_each(|assigned| entries.set(assigned));
    (entries, contents.problems)
});

/// The layers that were read so far.
struct Gathered {
    entries: Entries,
    /// What was set for this very run, not in one of the usual files: worth a
    /// word if it is in vain.
    chosen: Vec<Assigned>,
    problems: Vec<Problem>,
    warnings: Vec<Warning>,
    read: Vec<String>,
}

impl Gathered {
    /// The built-in values.
    fn new() -> Self {
        let (entries, problems) = BUILT_IN.clone();
        Self { entries, problems, chosen: Vec::new(), warnings: Vec::new(), read: Vec::new() }
    }

    fn add(&mut self, contents: Contents) {
        self.problems.extend(contents.problems);
        contents.assigned.into_iter().for_each(|assigned| self.assign(assigned));
    }

    fn assign(&mut self, assigned: Assigned) {
        if assigned.origin.layer == Layer::Policy {
            self.overrule(&assigned);
        }
        self.entries.set(assigned);
    }

    /// A value of the environment or the command line.
    fn choose(&mut self, assigned: Assigned) {
        self.chosen.push(assigned.clone());
        self.assign(assigned);
    }

    fn refuse(&mut self, origin: Origin, fault: Fault) {
        self.problems.push(Problem { origin, column: None, fault });
    }

    /// The policy decides a key: says so to whoever tried to.
    fn overrule(&mut self, policy: &Assigned) {
        let vain = self.chosen.iter().rfind(|c| c.key.name == policy.key.name && c.value != policy.value);
        self.warnings.extend(vain.map(|chosen| Warning::PolicyWins {
            key: policy.key.name,
            value: policy.value.to_string(),
            by: chosen.origin.clone(),
            policy: policy.origin.clone(),
        }));
    }

    fn file(&mut self, source: &Source) {
        let name = source.path.to_string_lossy();
        let origin = Origin::file(source.layer, &name);
        let missing = Fault::Unreadable { kind: std::io::ErrorKind::NotFound };
        match file::read(&source.path) {
            Ok(Some(text)) => {
                self.read.push(origin.name.clone());
                let contents = file::parse(&origin, &text);
                if source.must_exist {
                    self.chosen.extend(contents.assigned.iter().cloned());
                }
                self.add(contents);
            }
            Ok(None) if !source.must_exist => (),
            Ok(None) => self.refuse(origin, missing),
            Err(fault) => self.refuse(origin, fault),
        }
    }

    fn environment(&mut self, options: &LoadOptions) {
        let mut variables: Vec<_> = options.ours().collect();
        variables.sort();
        for (name, value) in variables {
            match known_variable(&name) {
                Some(key) => {
                    let origin = Origin::variable(&name);
                    match value.to_str() {
                        Some(text) => self.bare(key, text, origin),
                        None => self.refuse(origin, Fault::NotUtf8),
                    }
                    self.read.push(name);
                }
                None => self.warnings.extend(odd_variable(&name)),
            }
        }
    }

    fn command_line(&mut self, set: &[Assignment]) {
        let origin = Origin::option("--set");
        for Assignment { key: name, value } in set {
            match key::find(name) {
                Some(key) => self.bare(key, value, origin.clone()),
                None => {
                    let fault = Fault::UnknownKey { name: printable(name), meant: key::nearest(name) };
                    self.refuse(origin.clone(), fault);
                }
            }
        }
    }

    /// A value that stands in no file.
    fn bare(&mut self, key: &'static Key, text: &str, origin: Origin) {
        match key.accepts.take_bare(text) {
            Ok(value) => self.choose(Assigned { key, value, origin }),
            Err(wrong) => self.refuse(origin, Fault::value(key, &printable(text), wrong)),
        }
    }

    fn finish(mut self) -> Review {
        self.problems.extend(rules::check(&self.entries, &self.problems));
        Review {
            config: Config::new(self.entries),
            problems: self.problems,
            warnings: self.warnings,
            read: self.read,
        }
    }
}

fn known_variable(name: &str) -> Option<&'static Key> {
    key::all().iter().copied().find(|key| key.variable() == name)
}

/// A variable that seems to be meant for us. Others with our prefix belong to
/// other parts of the program or to other programs.
fn odd_variable(name: &str) -> Option<Warning> {
    let bare = |name: &str| name.trim_start_matches(VARIABLE_PREFIX).to_owned();
    let alike = key::most_alike(&bare(name), key::all().iter().map(|key| bare(&key.variable())));
    let meant = alike.map(|alike| format!("{VARIABLE_PREFIX}{alike}"));
    let in_section = |section: &str| {
        let start = format!("{VARIABLE_PREFIX}{}_", section.replace('.', "_").to_uppercase());
        name.starts_with(&start)
    };
    let ours = meant.is_some() || key::sections().into_iter().any(in_section);
    ours.then(|| Warning::UnknownVariable { name: printable(name), meant })
}
