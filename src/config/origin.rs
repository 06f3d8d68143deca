//! Where a value comes from.

use std::fmt;

/// The layers of the configuration; a later one wins over an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The values that the program brings along.
    BuiltIn,
    /// The file of the machine.
    System,
    /// The user's own file, or the one named on the command line instead.
    User,
    /// Environment variables.
    Environment,
    /// `--set` on the command line.
    CommandLine,
    /// The file of the organisation, which nothing overrides.
    Policy,
}

impl Layer {
    /// All layers, the weakest first.
    pub const ALL: [Self; 6] =
        [Self::BuiltIn, Self::System, Self::User, Self::Environment, Self::CommandLine, Self::Policy];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BuiltIn => "default",
            Self::System => "system",
            Self::User => "user",
            Self::Environment => "environment",
            Self::CommandLine => "command line",
            Self::Policy => "policy",
        }
    }
}

/// Where a value stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The layer.
    pub layer: Layer,
    /// The file, the environment variable, or the option.
    pub name: String,
    /// The line of the file, from 1; none where there are no lines.
    pub line: Option<usize>,
}

impl Origin {
    /// Brought along by the program.
    pub(super) fn built_in() -> Self {
        Self { layer: Layer::BuiltIn, name: "built-in".to_owned(), line: None }
    }

    /// Somewhere in a file.
    pub(super) fn file(layer: Layer, name: &str) -> Self {
        Self { layer, name: printable(name), line: None }
    }

    pub(super) fn variable(name: &str) -> Self {
        Self { layer: Layer::Environment, name: printable(name), line: None }
    }

    pub(super) fn option(name: &str) -> Self {
        Self { layer: Layer::CommandLine, name: name.to_owned(), line: None }
    }

    pub(super) fn at(&self, line: usize) -> Self {
        Self { line: Some(line), ..self.clone() }
    }

    /// Short enough to stand behind a value: `default`, `config.toml:4`.
    pub fn brief(&self) -> String {
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        match self.layer {
            Layer::BuiltIn => "default".to_owned(),
            Layer::Policy => format!("{}{line} (policy)", self.name),
            Layer::System | Layer::User | Layer::Environment | Layer::CommandLine => {
                format!("{}{line}", self.name)
            }
        }
    }
}

impl fmt::Display for Origin {
    /// As a sentence names it: `/etc/evenkeel/config.toml, line 4`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.line.map_or(Ok(()), |line| write!(f, ", line {line}"))
    }
}

/// Text from outside without anything that would move the cursor of a terminal.
pub(super) fn printable(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() { clean.extend(c.escape_default()) } else { clean.push(c) }
    }
    clean
}
