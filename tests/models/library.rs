//! The folder of models: found by name, told whole from damaged, verified, removed.

use std::fs;

use evenkeel::transcript::models::{Family, FindError, Held, Library};
use tempfile::TempDir;

use crate::ggml::Micro;

fn library(names: &[&str]) -> (TempDir, Library) {
    let folder = tempfile::tempdir().unwrap();
    let bytes = Micro { quantised: true, ..Micro::default() }.bytes();
    for name in names {
        fs::write(folder.path().join(format!("ggml-{name}.bin")), &bytes).unwrap();
    }
    let library = Library::open(folder.path());
    (folder, library)
}

#[test]
fn a_model_is_found_by_name_by_file_and_by_path() {
    let (folder, library) = library(&["ours", "base.en-q8_0"]);
    let path = folder.path().join("ggml-ours.bin");
    for name in ["ours", "ggml-ours.bin", path.to_str().unwrap()] {
        let model = library.find(name).unwrap();
        assert_eq!((model.name.as_str(), &model.path, model.family), ("ours", &path, Family::EnglishOnly));
        assert_eq!((model.sha256, model.verified), (None, false));
    }
    // The smaller file stands in where only that is there.
    assert_eq!(library.find("base.en").unwrap().name, "base.en-q8_0");
}

#[test]
fn what_is_not_there_is_told_with_the_way_to_get_it() {
    let (_folder, library) = library(&[]);
    let told =
        |name: &str| library.find(name).map_err(|error| (error.to_string(), error.hint())).unwrap_err();
    assert_eq!(
        told("tiny.en"),
        ("tiny.en: not installed".into(), "get it with `evenkeel model fetch tiny.en`".into())
    );
    assert_eq!(told("tinny").0, "tinny: no such model");
    assert_eq!(told("/nowhere/x.bin").0, "/nowhere/x.bin: no such file");
}

#[test]
fn r30_a_damaged_model_is_listed_with_its_fault_and_never_handed_out() {
    let (folder, library) = library(&["tiny.en-q8_0", "base-q8_0"]);
    fs::write(folder.path().join("ggml-base-q8_0.bin"), "<html>").unwrap();
    let [Held::Damaged { name, fault, .. }, Held::Whisper(_)] = &library.all()[..] else { panic!() };
    assert_eq!((name.as_str(), fault.to_string().contains("web page")), ("base-q8_0", true));
    assert!(matches!(library.find("base-q8_0").unwrap_err(), FindError::Refused { .. }));
    assert_eq!(library.best(8, "en").unwrap().name, "tiny.en-q8_0");
}

#[test]
fn the_best_model_depends_on_the_cores_until_one_is_chosen() {
    let (_folder, library) = library(&["tiny.en-q8_0", "base-q8_0", "ours"]);
    assert_eq!(library.best(2, "en").unwrap().name, "tiny.en-q8_0");
    assert_eq!(library.best(4, "en").unwrap().name, "base-q8_0");
    library.choose("ours").unwrap();
    assert_eq!(library.best(4, "en").unwrap().name, "ours");
    library.remove("ours").unwrap();
    assert_eq!((library.chosen(), library.best(4, "en").unwrap().name.as_str()), (None, "base-q8_0"));
    assert_eq!(Library::open("/nowhere").best(4, "en"), None);
}

#[test]
fn verifying_remembers_the_check_sum_and_refuses_what_only_has_the_name() {
    let (_folder, library) = library(&["ours", "tiny.en"]);
    let mut read = 0;
    let Held::Whisper(model) = library.verify("ours", &mut |done| read = done).unwrap() else { panic!() };
    assert_eq!((model.sha256.is_some(), model.verified, read), (true, false, model.bytes));
    assert_eq!(library.find("ours").unwrap().sha256, model.sha256);
    let refused = library.verify("tiny.en", &mut |_| ()).unwrap_err().to_string();
    assert!(refused.contains("is not what was published: its SHA-256 is"), "{refused}");
    assert_eq!(library.find("tiny.en").unwrap().sha256, None);
}

#[test]
fn a_model_of_english_alone_never_hears_another_language() {
    let (folder, library) = library(&["tiny.en-q8_0", "base.en"]);
    assert_eq!(library.best(4, "de"), None);
    library.choose("tiny.en-q8_0").unwrap();
    let error = library.find_for("tiny.en", "de").unwrap_err();
    assert!(matches!(&error, FindError::EnglishOnly { name, .. } if name == "tiny.en-q8_0"), "{error}");
    assert!(error.hint().contains("evenkeel model fetch base-q8_0"), "{}", error.hint());
    let bytes = Micro { multilingual: true, quantised: true, ..Micro::default() }.bytes();
    fs::write(folder.path().join("ggml-ours.bin"), bytes).unwrap();
    let name = |language| library.best(4, language).map(|model| model.name);
    assert_eq!((name("de").as_deref(), name("en").as_deref()), (Some("ours"), Some("tiny.en-q8_0")));
    assert_eq!(library.find_for("ours", "de").unwrap().family, Family::Multilingual);
}

#[test]
fn what_is_verified_is_the_file_that_the_name_or_path_means() {
    let (folder, library) = library(&["ours", "tiny.en-q8_0"]);
    let verify = |name: &str| library.verify(name, &mut |_| ());
    for name in ["ggml-ours.bin", folder.path().join("ggml-ours.bin").to_str().unwrap()] {
        let Held::Whisper(model) = verify(name).unwrap() else { panic!("{name}") };
        assert!(model.sha256.is_some(), "{name}: no sum was computed");
    }
    let refused = verify("tiny.en").unwrap_err().to_string();
    assert!(refused.contains("is not what was published"), "{refused}");
    let other = tempfile::tempdir().unwrap();
    let path = other.path().join("ggml-tiny.en.bin");
    fs::copy(folder.path().join("ggml-ours.bin"), &path).unwrap();
    let refused = verify(path.to_str().unwrap()).unwrap_err().to_string();
    assert!(refused.contains("is not what was published"), "{refused}");
    assert_eq!(fs::read_dir(other.path()).unwrap().count(), 1, "nothing is written beside another's file");
}

#[test]
fn only_what_lies_in_the_library_is_held_by_it() {
    let (folder, library) = library(&["ours"]);
    let inside = folder.path().join("ggml-ours.bin");
    let other = tempfile::tempdir().unwrap();
    let outside = other.path().join("ggml-ours.bin");
    fs::copy(&inside, &outside).unwrap();
    let held = |path: &std::path::Path| library.holds(&library.find(path.to_str().unwrap()).unwrap());
    assert_eq!((held(&inside), held(&outside)), (true, false));
}

#[test]
fn the_detector_is_located_without_its_version() {
    let (_folder, library) = library(&["silero-v4", "silero-v5.1.2"]);
    assert_eq!(library.locate("silero").unwrap().1, "silero-v5.1.2");
    assert!(matches!(library.locate("silence"), Err(FindError::NotInstalled { .. })));
}

#[test]
fn removing_takes_nothing_but_the_model() {
    let (folder, library) = library(&["ours", "other"]);
    library.verify("ours", &mut |_| ()).unwrap();
    assert!(library.remove("ours").unwrap() > 0);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    for name in ["ours", "../ours", ""] {
        assert!(matches!(library.remove(name), Err(FindError::NotInstalled { .. })), "{name}");
    }
}
