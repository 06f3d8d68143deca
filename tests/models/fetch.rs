//! Fetching from a server of the test's own, which misbehaves as asked.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::Duration;

use evenkeel::transcript::models::{FetchError, Known, Library, Purpose, Sum, fetch};
use tempfile::TempDir;

use crate::ggml::Micro;

static MODEL: LazyLock<Vec<u8>> = LazyLock::new(|| Micro { quantised: true, ..Micro::default() }.bytes());

fn sum(bytes: &[u8]) -> Sum {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), bytes).unwrap();
    Sum::of_file(file.path(), &mut |_| ()).unwrap()
}

/// What the server does with the request of this number, from 0.
#[derive(Clone, Copy)]
enum Manner {
    /// As it should, ranges included.
    Good,
    /// Ends after so many bytes.
    CutAfter(usize),
    /// Begins at the start whatever was asked for.
    NoRanges,
    /// Goes on somewhere else.
    WrongRange,
    /// Without a length.
    NoLength,
    Status(u16),
    Page,
    /// A page that says it is a file.
    HiddenPage,
    /// Announces another length.
    Longer,
    /// The right length, another byte.
    Rotten,
}

/// A server that answers each request in its manner; the last one goes on.
fn serve(manners: &'static [Manner]) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/ggml-micro.bin", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let number = count.fetch_add(1, Ordering::SeqCst);
            answer(stream, manners[number.min(manners.len() - 1)]);
        }
    });
    (address, asked)
}

fn answer(mut stream: TcpStream, manner: Manner) {
    let mut from = 0;
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    while let Some(Ok(line)) = lines.next() {
        if line.is_empty() {
            break;
        }
        if let Some(range) = line.to_lowercase().strip_prefix("range: bytes=") {
            from = range.trim_end_matches('-').parse().unwrap();
        }
    }
    let all = MODEL.len();
    let part = |from: usize| format!("206 Partial Content\r\nContent-Range: bytes {from}-{}/{all}", all - 1);
    let whole = || "200 OK".to_owned();
    let ranged = |from: usize| if from == 0 { whole() } else { part(from) };
    let (head, body, cut) = match manner {
        Manner::Good => (ranged(from), MODEL[from..].to_vec(), None),
        Manner::CutAfter(bytes) => (ranged(from), MODEL[from..].to_vec(), Some(bytes)),
        Manner::NoRanges | Manner::NoLength => (whole(), MODEL.clone(), None),
        Manner::WrongRange => (part(7), MODEL[7..].to_vec(), None),
        Manner::Status(status) => (format!("{status} Nothing"), b"sorry".to_vec(), None),
        Manner::Page => {
            ("200 OK\r\nContent-Type: text/html".to_owned(), b"<html>log in</html>".to_vec(), None)
        }
        Manner::HiddenPage => (whole(), [b"<html>".as_slice(), &MODEL[6..]].concat(), None),
        Manner::Longer => (whole(), [MODEL.as_slice(), b"more"].concat(), None),
        Manner::Rotten => {
            let mut rotten = MODEL.clone();
            *rotten.last_mut().unwrap() ^= 1;
            (whole(), rotten, None)
        }
    };
    let length = match manner {
        Manner::NoLength => String::new(),
        _ => format!("Content-Length: {}\r\n", body.len()),
    };
    let sent = cut.unwrap_or(body.len()).min(body.len());
    // The other side may have seen enough.
    let _ = write!(stream, "HTTP/1.1 {head}\r\n{length}Connection: close\r\n\r\n");
    let _ = stream.write_all(&body[..sent]);
}

struct Desk {
    folder: TempDir,
    known: Known,
}

impl Desk {
    fn new() -> Self {
        let known = Known {
            name: "micro".to_owned(),
            purpose: Purpose::Whisper,
            bytes: MODEL.len() as u64,
            sha256: sum(&MODEL),
            licence: "MIT".to_owned(),
            source: String::new(),
            good_for: String::new(),
        };
        Self { folder: tempfile::tempdir().unwrap(), known }
    }

    fn fetch(&self, address: &str) -> Result<(), FetchError> {
        let library = Library::open(self.folder.path());
        fetch(&library, &self.known, address, Duration::ZERO, &mut |_| ())
    }

    /// The names of what lies there.
    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap().flatten();
        let mut names: Vec<_> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn part(&self) -> std::path::PathBuf {
        self.folder.path().join("ggml-micro.bin.part")
    }
}

fn is_model(path: &Path) -> bool {
    fs::read(path).unwrap() == *MODEL
}

#[test]
fn a_model_is_fetched_whole_however_the_server_sends_it() {
    for (manners, requests) in [
        ([Manner::Good].as_slice(), 1),
        (&[Manner::NoLength], 1),
        (&[Manner::CutAfter(1_000_000), Manner::Good], 2),
        (&[Manner::CutAfter(1_000_000), Manner::CutAfter(500_000), Manner::CutAfter(0), Manner::Good], 4),
        (&[Manner::CutAfter(1_000_000), Manner::NoRanges], 2),
        (&[Manner::CutAfter(1_000_000), Manner::WrongRange, Manner::Good], 3),
        (&[Manner::CutAfter(1_000_000), Manner::Status(503), Manner::Good], 3),
        (&[Manner::CutAfter(1_000_000), Manner::Status(416), Manner::Good], 3),
    ] {
        let manners: &'static [Manner] = manners.to_vec().leak();
        let (address, asked) = serve(manners);
        let desk = Desk::new();
        desk.fetch(&address).unwrap();
        assert!(is_model(&desk.folder.path().join("ggml-micro.bin")));
        assert_eq!(desk.files(), ["ggml-micro.bin", "ggml-micro.json"]);
        assert_eq!(asked.load(Ordering::SeqCst), requests);
    }
}

#[test]
fn what_is_refused_at_once_leaves_nothing_that_could_be_gone_on_with() {
    for (manner, told) in [
        (Manner::Status(404), "the server answers 404"),
        (Manner::Status(503), "the server answers 503"),
        (Manner::Page, "is a web page"),
        (Manner::HiddenPage, "is a web page"),
        (Manner::Longer, "bytes, expected"),
        (Manner::Rotten, "is not what was published: its SHA-256 is"),
    ] {
        let (address, asked) = serve(vec![manner].leak());
        let desk = Desk::new();
        let error = desk.fetch(&address).unwrap_err();
        assert!(error.to_string().contains(told), "{told}: {error}");
        assert!(error.to_string().starts_with("http://127.0.0.1:") && !error.hint().is_empty());
        assert_eq!(asked.load(Ordering::SeqCst), 1, "{told}");
        assert!(!desk.folder.path().join("ggml-micro.bin").exists());
        assert!(fs::metadata(desk.part()).map_or(0, |part| part.len()) == 0, "{told}");
    }
}

#[test]
fn r29_a_connection_that_is_always_lost_is_given_up_and_gone_on_with_another_time() {
    let (address, asked) = serve(&[Manner::CutAfter(1_000_000), Manner::CutAfter(0)]);
    let desk = Desk::new();
    let error = desk.fetch(&address).unwrap_err();
    assert!(matches!(error, FetchError::Interrupted { done: 1_000_000, .. }), "{error}");
    assert_eq!(asked.load(Ordering::SeqCst), 5);
    assert_eq!(fs::metadata(desk.part()).unwrap().len(), 1_000_000);

    let (address, asked) = serve(&[Manner::Good]);
    desk.fetch(&address).unwrap();
    assert!(is_model(&desk.folder.path().join("ggml-micro.bin")));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[test]
fn what_is_left_of_another_file_is_found_out_and_not_kept() {
    let desk = Desk::new();
    fs::write(desk.part(), vec![1; 1000]).unwrap();
    let (address, _) = serve(&[Manner::Good]);
    let error = desk.fetch(&address).unwrap_err();
    assert!(matches!(error, FetchError::Model { .. }), "{error}");
    desk.fetch(&address).unwrap();
    assert!(is_model(&desk.folder.path().join("ggml-micro.bin")));
}

#[test]
fn two_at_once_do_not_write_into_one_file() {
    let desk = Desk::new();
    let part = fs::File::create(desk.part()).unwrap();
    part.try_lock().unwrap();
    let error = desk.fetch("http://127.0.0.1:9/ggml-micro.bin").unwrap_err();
    assert!(matches!(error, FetchError::Busy(_)), "{error}");
}

#[test]
fn nobody_at_home_and_what_is_no_address_are_told_apart() {
    let desk = Desk::new();
    // Bound once and free again: nobody listens there.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = desk.fetch(&format!("http://127.0.0.1:{port}/x")).unwrap_err();
    assert!(matches!(nobody, FetchError::Unreachable { .. }), "{nobody}");
    for address in ["file:///etc/passwd", "models", ""] {
        assert!(matches!(desk.fetch(address).unwrap_err(), FetchError::Address(_)), "{address}");
    }
}

#[test]
fn more_than_the_disk_holds_is_not_begun() {
    let mut desk = Desk::new();
    desk.known.bytes = u64::MAX / 2;
    let (address, asked) = serve(&[Manner::Good]);
    let error = desk.fetch(&address).unwrap_err();
    assert!(matches!(error, FetchError::Room { .. }), "{error}");
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}
