//! Follows the files of the configuration: what changes is read again as a
//! whole, all layers together. It never applies anything and never hands on a
//! configuration with a mistake; one thread, which sleeps until a file changes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use crossbeam_channel::{Receiver, Sender, bounded, never, select, tick};
use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use crate::config::effect::{Change, between};
use crate::config::{Config, ConfigError, LoadOptions, Loaded, review};

/// What became of the files.
#[derive(Clone, Debug)]
pub enum Reload {
    /// All is in order.
    Ok {
        /// The configuration that is wanted now, and what is odd about it.
        loaded: Box<Loaded>,
        /// What differs from the one that was wanted before; without keys where
        /// a mistake is gone, or where somebody asked and nothing had changed.
        change: Change,
    },
    /// Something is wrong: what is in force stays so.
    Bad(ConfigError),
}

/// The watch over the files; it ends when this is dropped.
#[derive(Debug)]
pub struct ConfigWatch {
    signs: Sender<Sign>,
    /// Dropped to end the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What wakes the thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    /// A file may have changed.
    Changed,
    /// Somebody wants an answer, whether or not anything has changed.
    Asked,
}

/// Signs that wait. One is enough to make all files read again; the second
/// keeps the one that wants an answer.
const SIGNS: usize = 2;

/// Editors write a file in several steps: it is read when none came for so long.
const SETTLED: Duration = Duration::from_millis(100);

/// A file that changes all the time is read after so long all the same.
const AT_LAST: Duration = Duration::from_secs(1);

/// Where the system cannot tell of changes, files are looked at this often.
const POLL: Duration = Duration::from_secs(2);

/// Folders that may come one inside the other while they are looked for.
const DEEPEST: usize = 8;

impl ConfigWatch {
    /// Watches all files from which `options` loads, whether or not they are
    /// there yet. `running` is what was loaded from them last. `out` gets what
    /// becomes of each change; while nobody takes it, later changes wait.
    pub fn spawn(options: LoadOptions, running: Config, out: Sender<Reload>) -> Self {
        Self::by(options, running, out, true)
    }

    fn by(options: LoadOptions, running: Config, out: Sender<Reload>, told: bool) -> Self {
        let (signs, seen) = bounded(SIGNS);
        let (stop, stopped) = bounded(0);
        let mut eye = Eye::new(&options, told.then(|| signs.clone()));
        eye.look();
        let state = State { options, eye, wanted: running, wrong: None, out, stopped };
        let thread = std::thread::Builder::new().name("config".to_owned()).spawn(move || state.run(&seen));
        Self { signs, stop: Some(stop), thread: thread.ok() }
    }

    /// Reads all files now. The answer comes by the channel, also where nothing
    /// has changed.
    pub fn reload(&self) {
        // Where two signs wait already, the files are about to be read.
        let _ = self.signs.try_send(Sign::Asked);
    }
}

impl Drop for ConfigWatch {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // It has nothing left to do, and a panic in it was printed.
            let _ = thread.join();
        }
    }
}

/// What the thread knows.
struct State {
    options: LoadOptions,
    eye: Eye,
    wanted: Config,
    /// What was wrong when the files were read last.
    wrong: Option<ConfigError>,
    out: Sender<Reload>,
    stopped: Receiver<()>,
}

impl State {
    fn run(mut self, signs: &Receiver<Sign>) {
        loop {
            let poll = if self.eye.is_told() { never() } else { tick(POLL) };
            let sign = select! {
                recv(signs) -> sign => sign.ok(),
                recv(poll) -> _ => self.eye.differs().then_some(Sign::Changed),
                recv(self.stopped) -> _ => return,
            };
            let Some(sign) = sign else { continue };
            let asked = sign == Sign::Asked || settle(signs);
            // Folders may have come with the files.
            self.eye.look();
            if let Some(reload) = self.read(asked) {
                select! {
                    send(self.out, reload) -> sent => if sent.is_err() { return },
                    recv(self.stopped) -> _ => return,
                }
            }
        }
    }

    /// Reads the files; none where nothing is new.
    fn read(&mut self, asked: bool) -> Option<Reload> {
        match review(&self.options).loaded() {
            Ok(loaded) => {
                let change = between(&self.wanted, &loaded.config);
                let mended = self.wrong.take().is_some();
                self.wanted = loaded.config.clone();
                let news = asked || mended || !change.keys.is_empty();
                news.then(|| Reload::Ok { loaded: Box::new(loaded), change })
            }
            Err(error) => {
                let news = asked || self.wrong.as_ref() != Some(&error);
                self.wrong = Some(error.clone());
                news.then_some(Reload::Bad(error))
            }
        }
    }
}

/// Waits until no sign comes any more; true if somebody wants an answer.
fn settle(signs: &Receiver<Sign>) -> bool {
    let latest = Instant::now() + AT_LAST;
    let mut asked = false;
    while Instant::now() < latest {
        match signs.recv_timeout(SETTLED) {
            Ok(sign) => asked |= sign == Sign::Asked,
            Err(_) => break,
        }
    }
    asked
}

/// Sees files come, go and change: by the system's word, else by looking.
struct Eye {
    files: Vec<PathBuf>,
    watcher: Option<RecommendedWatcher>,
    folders: BTreeSet<PathBuf>,
    prints: Vec<Print>,
}

/// By what a file is seen to have changed.
type Print = Option<(SystemTime, u64)>;

impl Eye {
    /// Without `signs` it never asks the system.
    fn new(options: &LoadOptions, signs: Option<Sender<Sign>>) -> Self {
        let files: Vec<_> = options.files().into_iter().map(|source| absolute(&source.path)).collect();
        let watcher = signs.and_then(|signs| watcher(files.clone(), signs).ok());
        let mut eye = Self { files, watcher, folders: BTreeSet::new(), prints: Vec::new() };
        eye.differs();
        eye
    }

    fn is_told(&self) -> bool {
        self.watcher.is_some()
    }

    /// Sees to it that every folder is watched that a file is in or will be in.
    fn look(&mut self) {
        // A folder that is made meanwhile was not watched when it was.
        for _ in 0..DEEPEST {
            let before = self.folders.clone();
            self.follow();
            if before == self.folders {
                break;
            }
        }
    }

    fn follow(&mut self) {
        let wanted: BTreeSet<_> = self.files.iter().flat_map(|file| folders_of(file)).collect();
        let Some(watcher) = &mut self.watcher else { return };
        let mut refused = false;
        for folder in &wanted {
            // A folder that was replaced by another of its name is a new one, so
            // each is asked for again; the system knows those it has.
            refused |= watcher.watch(folder, RecursiveMode::NonRecursive).is_err() && folder.exists();
        }
        for gone in self.folders.difference(&wanted) {
            // It may have been removed.
            let _ = watcher.unwatch(gone);
        }
        self.folders = wanted;
        if refused {
            // Out of watches, or a file system without them.
            self.watcher = None;
            self.differs();
        }
    }

    /// Whether a file looks different from the last time this was asked.
    fn differs(&mut self) -> bool {
        let prints: Vec<_> = self.files.iter().map(|file| print(file)).collect();
        let differs = prints != self.prints;
        self.prints = prints;
        differs
    }
}

fn print(file: &Path) -> Print {
    let about = std::fs::metadata(file).ok()?;
    Some((about.modified().ok()?, about.len()))
}

fn watcher(files: Vec<PathBuf>, signs: Sender<Sign>) -> notify::Result<RecommendedWatcher> {
    notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let concerns = event.map_or(true, |event| tells(&event.kind) && about(&event.paths, &files));
        if concerns {
            // A sign that does not fit is one more of those that wait.
            let _ = signs.try_send(Sign::Changed);
        }
    })
}

/// Whether something may be different. Reading, which we do ourselves, is not.
const fn tells(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(access) => matches!(access, AccessKind::Close(AccessMode::Write)),
        EventKind::Any
        | EventKind::Create(_)
        | EventKind::Modify(_)
        | EventKind::Remove(_)
        | EventKind::Other => true,
    }
}

/// Whether an event is about one of the files, a folder above it, or the file
/// behind a link. Other programs' files beside them are none of our business.
fn about(paths: &[PathBuf], files: &[PathBuf]) -> bool {
    let ours = |path: &PathBuf| {
        files.iter().any(|file| file.starts_with(path) || file.canonicalize().is_ok_and(|real| real == *path))
    };
    paths.is_empty() || paths.iter().any(ours)
}

/// The folder of a file and the one of what it links to; where there is none
/// yet, the next above it.
fn folders_of(file: &Path) -> Vec<PathBuf> {
    let nearest = |path: &Path| path.ancestors().skip(1).find(|folder| folder.is_dir()).map(Path::to_owned);
    let real = file.canonicalize().ok().and_then(|real| nearest(&real));
    nearest(file).into_iter().chain(real).collect()
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::config::tests::Desk;

    /// Long enough for a busy machine; a test that passes never waits for it.
    const ANSWER: Duration = Duration::from_secs(20);

    struct Watched {
        desk: Desk,
        watch: ConfigWatch,
        reloads: Receiver<Reload>,
    }

    impl Watched {
        fn new(desk: Desk, told: bool) -> Self {
            let (out, reloads) = bounded(4);
            let watch = ConfigWatch::by(desk.options.clone(), desk.loaded().config, out, told);
            Self { desk, watch, reloads }
        }

        fn write(&self, name: &str, text: &str) {
            fs::write(self.path(name), text).unwrap();
        }

        fn path(&self, name: &str) -> PathBuf {
            self.desk.folder.path().join(name)
        }

        /// The next answer: the keys that changed, or the first line of what is wrong.
        fn answer(&self) -> String {
            match self.reloads.recv_timeout(ANSWER).unwrap() {
                Reload::Ok { change, .. } => change.keys.join(" "),
                Reload::Bad(error) => {
                    self.desk.without_folder(error.to_string().lines().next().unwrap_or_default())
                }
            }
        }
    }

    #[test]
    fn a_file_that_is_written_later_is_seen() {
        let watched = Watched::new(Desk::new(), true);
        watched.write("user.toml", "nudge.budget = 8\n");
        assert_eq!(watched.answer(), "nudge.budget");
        watched.write("system.toml", "nudge.quiet = true\n");
        assert_eq!(watched.answer(), "nudge.quiet");
    }

    #[test]
    fn a_file_that_is_replaced_by_another_is_seen_each_time() {
        let watched = Watched::new(Desk::new().file("user.toml", "nudge.budget = 8\n"), true);
        for (budget, key) in [(9, "nudge.budget"), (10, "nudge.budget")] {
            watched.write("beside", &format!("nudge.budget = {budget}\n"));
            fs::rename(watched.path("beside"), watched.path("user.toml")).unwrap();
            assert_eq!(watched.answer(), key);
        }
        fs::remove_file(watched.path("user.toml")).unwrap();
        assert_eq!(watched.answer(), "nudge.budget");
    }

    #[test]
    fn a_folder_that_comes_later_is_seen() {
        let mut desk = Desk::new();
        desk.options.places.user = Some(desk.folder.path().join("a/b/user.toml"));
        let watched = Watched::new(desk, true);
        fs::create_dir_all(watched.path("a/b")).unwrap();
        watched.write("a/b/user.toml", "nudge.budget = 8\n");
        assert_eq!(watched.answer(), "nudge.budget");
        watched.write("a/b/user.toml", "nudge.budget = 9\n");
        assert_eq!(watched.answer(), "nudge.budget");
    }

    #[test]
    fn a_mistake_is_told_once_and_so_is_its_end() {
        let watched = Watched::new(Desk::new(), true);
        watched.write("user.toml", "nudge.budget = 99\n");
        assert_eq!(
            watched.answer(),
            "user.toml, line 1: `nudge.budget` is 99, expected a whole number, 0 to 30"
        );
        watched.write("user.toml", "# nothing\n");
        assert_eq!(watched.answer(), "");
    }

    #[test]
    fn the_policy_is_followed_too() {
        let watched = Watched::new(Desk::new().file("user.toml", "nudge.budget = 8\n"), true);
        watched.write("policy.toml", "nudge.budget = 4\n");
        assert_eq!(watched.answer(), "nudge.budget");
    }

    #[test]
    fn whoever_asks_gets_an_answer() {
        let watched = Watched::new(Desk::new(), true);
        watched.watch.reload();
        assert_eq!(watched.answer(), "");
    }

    #[test]
    fn without_word_from_the_system_changes_are_seen_by_looking() {
        let watched = Watched::new(Desk::new(), false);
        watched.write("user.toml", "nudge.budget = 8\n");
        assert_eq!(watched.answer(), "nudge.budget");
    }

    #[test]
    fn reading_is_no_change_and_neighbours_are_nobodys_business() {
        assert!(!tells(&EventKind::Access(AccessKind::Read)));
        assert!(tells(&EventKind::Access(AccessKind::Close(AccessMode::Write))));
        let files = [PathBuf::from("/c/evenkeel/config.toml")];
        assert!(about(&["/c/evenkeel".into()], &files) && about(&files, &files));
        assert!(!about(&["/c/other.toml".into()], &files));
    }

    #[test]
    fn it_ends_although_nobody_takes_its_answers() {
        let watched = Watched::new(Desk::new(), true);
        for _ in 0..20 {
            watched.watch.reload();
        }
        drop(watched);
    }
}
