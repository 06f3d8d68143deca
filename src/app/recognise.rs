//! Which model hears a call, and how its process is started. Looks into the folder
//! of models and loads nothing itself.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use crate::app::exit::{Failure, Status};
use crate::app::folders::Folders;
use crate::config::{self, lexicon};
use crate::core::cues::{self, Lexicon, Listener};
use crate::core::units::Sides;
use crate::transcript::child::{Kept, Limits, Program};
use crate::transcript::desk::Desk;
use crate::transcript::models::{Class, ENGLISH, FindError, Library};
use crate::transcript::recogniser::RecogniserError;
use crate::transcript::redact::{self, Redactor};
use crate::transcript::terms::Terms;
use crate::transcript::{Settings, is_language};

/// The ending of a recogniser that says what it is told to, for tests.
const SCRIPT: &str = "json";

/// What is made of the words that are heard.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The phrases that are listened for.
    pub lexicon: Arc<Lexicon>,
    /// The check sum of their file.
    pub lexicon_sum: String,
    /// What is written as these are.
    pub terms: Arc<Terms>,
    /// What is taken out of the text before it is kept.
    pub redaction: redact::Settings,
}

impl Rules {
    /// As the settings have them.
    ///
    /// # Errors
    /// A file of phrases that cannot be read, or a pattern that is none. Nothing
    /// may be recognised then: text that must not be kept would be.
    pub fn new(settings: &Settings) -> Result<Self, Failure> {
        let lexicon = match settings.lexicon.as_str() {
            "" => lexicon::built_in().map(|lexicon| (lexicon, lexicon::built_in_sum())),
            path => lexicon::load_with_sum(Path::new(path)).map(|(lexicon, sum)| (Arc::new(lexicon), sum)),
        };
        let wrong = |message: String, hint: &str| Failure::new(Status::BadData, message).hint(hint);
        let (lexicon, lexicon_sum) =
            lexicon.map_err(|e| wrong(e.to_string(), "see `evenkeel lexicon check FILE`"))?;
        Ok(Self {
            lexicon,
            lexicon_sum,
            terms: Arc::new(Terms::new(&settings.terms)),
            redaction: redact::Settings::new(&settings.redact)
                .map_err(|e| wrong(format!("transcript.redact: {e}"), "see `evenkeel config check`"))?,
        })
    }

    /// Who finds the phrases of one call.
    pub fn listener(&self) -> Listener {
        Listener::new(Arc::clone(&self.lexicon), cues::Settings::default())
    }

    /// Who takes out of one call what must not be kept.
    pub fn redactor(&self) -> Redactor {
        Redactor::new(self.redaction.clone())
    }
}

/// Whether anything could be recognised with these settings, models apart.
///
/// # Errors
/// As [`Rules::new`]; a language that no model knows.
pub fn check(settings: &Settings) -> Result<(), Failure> {
    known(&settings.language)?;
    Rules::new(settings).map(|_| ())
}

fn known(language: &str) -> Result<(), Failure> {
    if is_language(language) {
        return Ok(());
    }
    let message = format!("`transcript.language` is {language:?}, which no model knows");
    Err(Failure::new(Status::Config, message)
        .hint("write it as in \"en\", \"de\", \"fr\": small letters, ISO 639"))
}

/// The models of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// One for each side; the same one is loaded once.
    pub models: Sides<PathBuf>,
    /// When their files were written: one of the same name may be another one.
    pub written: Sides<Option<SystemTime>>,
    /// What looks once more whether an utterance is speech, where it is installed.
    pub detector: Option<PathBuf>,
    /// The language that is spoken.
    pub language: String,
    /// Whether the times of words are measured.
    pub times: bool,
    /// Everything else on the machine comes first: a call goes on, or may begin.
    pub polite: bool,
    /// Somebody named it: that it cannot be had is an error and no misfortune.
    pub asked: bool,
}

impl Choice {
    /// What the models are called, as reports say it.
    pub fn name(&self) -> String {
        let Sides { agent, customer } = &self.models;
        let (agent, customer) = (name(agent), name(customer));
        if agent == customer { agent } else { format!("{agent} (agent), {customer} (customer)") }
    }

    /// The fingerprint of figures for which words were used that these models heard
    /// and in which these phrases were looked for, from the one of the settings.
    pub fn hash(&self, settings: &str, rules: &Rules) -> String {
        let (models, language, phrases) = (self.name(), &self.language, &rules.lexicon_sum);
        // Without one the fingerprint is what it was before there were any.
        let detector = self.detector.as_deref().map(|path| name(path) + "\n").unwrap_or_default();
        config::hash_with_words(settings, &format!("{models}\n{language}\n{phrases}\n{detector}"))
    }

    /// The recognisers, of which none runs yet.
    ///
    /// # Errors
    /// Where this program does not know its own file.
    pub fn desk(&self, limits: Limits) -> Result<Desk, RecogniserError> {
        let kept = |model: &Path| Program::this(self.args(model)).map(|program| Kept::new(program, limits));
        let Sides { agent, customer } = &self.models;
        Ok(if agent == customer {
            Desk::one(kept(agent)?)
        } else {
            Desk::each(Sides { agent: kept(agent)?, customer: kept(customer)? })
        })
    }

    fn args(&self, model: &Path) -> Vec<OsString> {
        let scripted = is_script(model);
        let what = if scripted { "--scripted" } else { "--model" };
        let mut args: Vec<OsString> = vec!["recogniser".into(), what.into(), model.into()];
        if !scripted {
            args.extend(["--language".into(), OsString::from(&self.language)]);
            args.extend(self.detector.iter().flat_map(|path| ["--detector".into(), path.into()]));
        }
        args.extend(self.polite.then(|| "--polite".into()));
        args.extend((self.times && !scripted).then(|| "--times".into()));
        args
    }
}

/// The models that the settings want, or the best that is installed; none where
/// nothing is to be recognised, or nothing is installed.
///
/// # Errors
/// Where a model that is named is not there, and where nothing knows the language.
pub fn wanted(settings: &Settings, folder: &Path) -> Result<Option<Choice>, Failure> {
    if !settings.on {
        return Ok(None);
    }
    known(&settings.language)?;
    let model = match settings.model.as_str() {
        "" => best(folder, &settings.language)?,
        name => Some(named(name, folder, &settings.language)?),
    };
    let Some(agent) = model else { return Ok(None) };
    let customer = match settings.customer_model.as_str() {
        "" => agent.clone(),
        name => named(name, folder, &settings.language)?,
    };
    let models = Sides { agent, customer };
    Ok(Some(Choice {
        written: Sides::from_fn(|who| models[who].metadata().and_then(|file| file.modified()).ok()),
        models,
        detector: Library::open(folder).detector().map(|detector| detector.path),
        language: settings.language.clone(),
        times: true,
        polite: false,
        asked: false,
    }))
}

/// What a model's file is called without what all of them are called.
fn name(model: &Path) -> String {
    let stem = model.file_stem().unwrap_or_default().to_string_lossy();
    stem.strip_prefix("ggml-").unwrap_or(&stem).replace(char::is_control, "_")
}

/// The folder of models.
pub fn folder(folders: &Folders) -> PathBuf {
    folder_in(&folders.data)
}

/// The same, below the folder of the program's data.
pub fn folder_in(data: &Path) -> PathBuf {
    data.join("models")
}

/// A model by its name or its file, for what is said in this language.
///
/// # Errors
/// Where there is none like that, it is not whole, or does not know the language.
pub fn named(wanted: &str, folder: &Path, language: &str) -> Result<PathBuf, Failure> {
    let path = Path::new(wanted);
    if is_script(path) && path.is_file() {
        return Ok(path.to_owned());
    }
    let found = Library::open(folder).find_for(wanted, language);
    found.map(|model| model.path).map_err(|error| not_found(&error))
}

/// The installed model that suits this machine and language best, if any is installed.
///
/// # Errors
/// Where those that are installed do not know the language.
pub fn best(folder: &Path, language: &str) -> Result<Option<PathBuf>, Failure> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let library = Library::open(folder);
    if let Some(model) = library.best(cores, language) {
        return Ok(Some(model.path));
    }
    let other = library.best(cores, ENGLISH).map(|model| model.name);
    let unknown = |name| FindError::EnglishOnly { name, language: language.to_owned() };
    other.map_or(Ok(None), |name| Err(not_found(&unknown(name))))
}

/// Why a model could not be had, as a failure of the command.
pub fn not_found(error: &FindError) -> Failure {
    let status = match error {
        FindError::NotInstalled { .. } => Status::MissingInput,
        FindError::Refused { fault, .. } => refused(fault.class()),
        FindError::EnglishOnly { .. } => Status::Config,
    };
    Failure::new(status, error.to_string()).hint(error.hint())
}

/// How a command ends that was given a file of this kind.
pub const fn refused(class: Class) -> Status {
    match class {
        Class::Unreadable => Status::MissingInput,
        Class::Convertible | Class::Unusable => Status::BadData,
    }
}

fn is_script(model: &Path) -> bool {
    model.extension().is_some_and(|ending| ending == SCRIPT)
}

/// Why words cannot be had, as the end of a command.
pub fn failure(error: &RecogniserError, model: &str) -> Failure {
    Failure::new(Status::Unavailable, format!("{model}: {error}"))
        .hint(error.hint().unwrap_or("try another model, or `--no-transcript`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::models::ModelFault;

    fn folder_of(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        folder
    }

    #[test]
    fn a_model_that_is_not_there_is_refused_with_the_way_to_it() {
        let folder = folder_of(&["ggml-tiny.en-q8_0.bin"]);
        let hint = |name| named(name, folder.path(), "en").unwrap_err().hint.unwrap();
        assert_eq!(hint("base-q8_0"), "get it with `evenkeel model fetch base-q8_0`");
        assert_eq!(hint("tinny"), "`evenkeel model list` shows all there are");
        let failure = named("tiny.en-q8_0", folder.path(), "en").unwrap_err();
        assert!(matches!(failure.status, Status::BadData), "one byte is no model");
        assert_eq!(best(folder.path(), "en").unwrap(), None);
    }

    #[test]
    fn a_damaged_model_is_bad_data_and_a_missing_one_missing_input() {
        let refused = |fault| not_found(&FindError::Refused { path: "a.bin".into(), fault }).status;
        assert_eq!(refused(ModelFault::WebPage), Status::BadData);
        assert_eq!(refused(ModelFault::Missing), Status::MissingInput);
        let path = "/nowhere/ggml-tiny.en.bin";
        assert_eq!(named(path, Path::new("/nowhere"), "en").unwrap_err().status, Status::MissingInput);
        let none = FindError::NotInstalled { name: "tiny.en".into(), known: true };
        assert_eq!(not_found(&none).hint.as_deref(), Some("get it with `evenkeel model fetch tiny.en`"));
    }

    #[test]
    fn both_models_are_named_where_they_differ() {
        let folder = folder_of(&["one.json", "two.json"]);
        let path = |name: &str| folder.path().join(name).display().to_string();
        let mut settings = Settings { model: path("one.json"), ..Settings::default() };
        let name = |settings: &Settings| wanted(settings, folder.path()).unwrap().unwrap().name();
        assert_eq!(name(&settings), "one");
        settings.customer_model = path("two.json");
        assert_eq!(name(&settings), "one (agent), two (customer)");
    }

    #[test]
    fn figures_with_words_are_compared_where_the_same_heard_them() {
        let folder = folder_of(&["one.json", "two.json"]);
        let path = |name: &str| folder.path().join(name).display().to_string();
        std::fs::write(path("phrases.toml"), "[detectors.empathy]\nfind = \'\'\'\nzanzibar parcel\n\'\'\'\n")
            .unwrap();
        let one = Settings { model: path("one.json"), ..Settings::default() };
        let hash = |settings: &Settings| {
            let choice = wanted(settings, folder.path()).unwrap().unwrap();
            choice.hash("0123456789ab", &Rules::new(settings).unwrap())
        };
        assert_eq!(hash(&one).len(), 12);
        assert_eq!(hash(&one), hash(&Settings { after_call: true, ..one.clone() }));
        for other in [
            Settings { model: path("two.json"), ..one.clone() },
            Settings { customer_model: path("two.json"), ..one.clone() },
            Settings { language: "de".into(), ..one.clone() },
            Settings { lexicon: path("phrases.toml"), ..one.clone() },
        ] {
            assert_ne!(hash(&one), hash(&other), "{other:?}");
        }
    }

    fn args(settings: &Settings, folder: &Path) -> Vec<String> {
        let choice = wanted(settings, folder).unwrap().unwrap();
        let model = Path::new("ggml-base-q8_0.bin");
        choice.args(model).iter().map(|arg| arg.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn r39_the_language_is_the_one_of_the_settings_for_every_utterance() {
        let folder = folder_of(&["one.json"]);
        let model = folder.path().join("one.json").display().to_string();
        let settings = Settings { model, language: "de".into(), ..Settings::default() };
        let args = args(&settings, folder.path());
        assert!(args.windows(2).any(|pair| pair == ["--language", "de"]), "{args:?}");
        assert!(!args.iter().any(|arg| arg.contains("auto") || arg.contains("translate")), "{args:?}");
    }

    #[test]
    fn what_looks_for_speech_is_named_to_the_recogniser_where_there_is_one() {
        let folder = folder_of(&["one.json"]);
        let model = folder.path().join("one.json").display().to_string();
        let settings = Settings { model, ..Settings::default() };
        let mut choice = wanted(&settings, folder.path()).unwrap().unwrap();
        let args = |choice: &Choice| choice.args(Path::new("ggml-base.bin"));
        assert!(!args(&choice).contains(&"--detector".into()));
        choice.detector = Some("ggml-silero.bin".into());
        let named = args(&choice).windows(2).any(|two| two == ["--detector", "ggml-silero.bin"]);
        assert!(named, "{:?}", args(&choice));
        assert!(!choice.args(Path::new("one.json")).contains(&"--detector".into()), "a script hears nothing");
    }

    #[test]
    fn r22_no_term_and_no_phrase_is_ever_told_to_the_recogniser() {
        let folder = folder_of(&["one.json"]);
        let model = folder.path().join("one.json").display().to_string();
        let terms = vec!["Evenkeel".to_owned()];
        let args = args(&Settings { model, terms, ..Settings::default() }, folder.path());
        assert!(!args.iter().any(|arg| arg.contains("Evenkeel") || arg.contains("prompt")), "{args:?}");
        assert!(!include_str!("../transcript/whisper.rs").contains("set_initial_prompt"));
    }

    #[test]
    fn nothing_is_heard_where_that_is_switched_off_or_nothing_is_installed() {
        let folder = folder_of(&["ggml-base.bin"]);
        let off = Settings { on: false, ..Settings::default() };
        assert_eq!(wanted(&off, folder.path()).unwrap(), None);
        assert_eq!(wanted(&Settings::default(), folder_of(&[]).path()).unwrap(), None);
    }
}
