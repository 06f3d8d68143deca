//! Words that were spoken on a call. They do not print: neither by accident in
//! a log line nor in a panic message.

use std::fmt;

/// Spoken text. `Debug` tells its length and nothing else; there is no
/// `Display`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Spoken(String);

impl Spoken {
    /// Wraps text that was recognised.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for those who have a right to it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Spoken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Spoken({} chars)", self.0.chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spoken_words_do_not_print() {
        let said = Spoken::new("my card number is secret");
        assert_eq!(format!("{said:?}"), "Spoken(24 chars)");
        assert_eq!(said.reveal().len(), 24);
    }
}
