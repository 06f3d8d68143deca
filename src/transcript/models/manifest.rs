//! The models that are known: name, size, check sum, licence and address. The
//! list is part of the program; nothing is looked up anywhere.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::transcript::models::digest::Sum;

/// The list as it is written.
const TEXT: &str = include_str!("../../../models/manifest.toml");

static BUILT_IN: LazyLock<Manifest> = LazyLock::new(|| toml::from_str(TEXT).unwrap_or_default());

/// What a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Writes down speech.
    Whisper,
    /// Tells speech from silence.
    Silero,
}

/// A model that was published.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// As whisper.cpp calls it: size, `.en` for English, type of the weights.
    pub name: String,
    /// What it is for.
    #[serde(rename = "kind")]
    pub purpose: Purpose,
    /// Bytes of the file.
    pub bytes: u64,
    /// Of the file.
    pub sha256: Sum,
    /// Its licence, by its SPDX name.
    pub licence: String,
    /// Where it was published.
    pub source: String,
    /// What it is good for, in a line.
    #[serde(rename = "use")]
    pub good_for: String,
}

impl Known {
    /// The name of its file.
    pub fn file(&self) -> String {
        file_name(&self.name)
    }
}

/// The file of a model of this name.
pub(super) fn file_name(name: &str) -> String {
    format!("ggml-{name}.bin")
}

/// All of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    #[serde(rename = "model")]
    models: Vec<Known>,
}

impl Manifest {
    /// The list that is part of the program.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Smallest first, within a family.
    pub fn models(&self) -> &[Known] {
        &self.models
    }

    /// By its name; `silero` stands for the one there is.
    pub fn find(&self, name: &str) -> Option<&Known> {
        let name = name.strip_prefix("ggml-").unwrap_or(name);
        let name = name.strip_suffix(".bin").unwrap_or(name);
        let same = |known: &&Known| known.name == name;
        self.models
            .iter()
            .find(same)
            .or_else(|| self.models.iter().find(|known| known.purpose == Purpose::Silero && name == "silero"))
    }

    /// By what is in it.
    pub fn recognise(&self, sum: Sum) -> Option<&Known> {
        self.models.iter().find(|known| known.sha256 == sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_list_is_whole_and_tells_all_models_apart() {
        let manifest: Manifest = toml::from_str(TEXT).unwrap();
        let all = manifest.models();
        let names: HashSet<_> = all.iter().map(|known| &known.name).collect();
        let sums: HashSet<_> = all.iter().map(|known| known.sha256).collect();
        let sizes: HashSet<_> = all.iter().map(|known| known.bytes).collect();
        assert_eq!((names.len(), sums.len(), sizes.len()), (15, 15, 15));
        for size in ["tiny.en", "base.en", "small.en", "tiny", "base", "small", "large-v3-turbo"] {
            for name in [size.to_owned(), format!("{size}-q8_0")] {
                assert!(manifest.find(&name).is_some(), "{name}");
            }
        }
    }

    #[test]
    fn every_address_names_a_revision_and_ends_in_the_name_of_the_file() {
        for known in Manifest::built_in().models() {
            let (at, file) = known.source.rsplit_once('/').unwrap();
            assert_eq!(file, known.file());
            let revision = at.rsplit('/').next().unwrap();
            assert!(revision.len() == 40 && revision.bytes().all(|b| b.is_ascii_hexdigit()), "{at}");
            assert!(
                known.source.starts_with("https://") && known.licence == "MIT" && !known.good_for.is_empty()
            );
        }
    }

    #[test]
    fn a_model_is_found_by_its_name_its_file_and_its_sum() {
        let manifest = Manifest::built_in();
        let tiny = manifest.find("ggml-tiny.en-q8_0.bin").unwrap();
        assert_eq!(tiny.name, "tiny.en-q8_0");
        assert_eq!(manifest.recognise(tiny.sha256), Some(tiny));
        assert_eq!(manifest.find("silero").unwrap().purpose, Purpose::Silero);
        assert_eq!(manifest.find("tiny.e"), None);
    }
}
