//! What is heard with which model, and when. Plain values; the configuration gives them.

/// The settings of the transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whether anything is recognised at all.
    pub on: bool,
    /// The model, by its name or its file; empty for the best one that is installed.
    pub model: String,
    /// Another one for the customer's side; empty for the same.
    pub customer_model: String,
    /// The language that is spoken, as two letters. It is never guessed.
    pub language: String,
    /// Nothing is recognised before the call is over.
    pub after_call: bool,
    /// File of the phrases that are listened for; empty for the built-in ones.
    pub lexicon: String,
    /// Names and terms as they are written, to which what was nearly heard is mended.
    pub terms: Vec<String>,
    /// Patterns of what is taken out of the text besides numbers and addresses.
    pub redact: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            on: true,
            model: String::new(),
            customer_model: String::new(),
            language: "en".to_owned(),
            after_call: false,
            lexicon: String::new(),
            terms: Vec::new(),
            redact: Vec::new(),
        }
    }
}
