//! One machine where all is well, and every check failing once.

use super::judge;
use crate::app::doctor::check::Outcome::{self, Fault, Skipped, Warn};
use crate::app::doctor::facts::{
    Daemon, Database, Examination, Facts, Folder, FolderState, Listened, Program, Service, Skip, Sound,
    ToneHeard, Words,
};
use crate::app::doctor::hearing::Heard;
use crate::app::doctor::worst;
use crate::audio::capture::{CaptureError, Device, Kind, Refusal};
use crate::audio::watch::Why;
use crate::config::{self, Assignment, Config, LoadOptions, Places};
use crate::control::{CallStatus, Health, Status, StoreStatus};
use crate::core::calls::Standing;
use crate::core::units::{Channel, Dbfs, Sides};
use crate::store::{Backups, Examined, Wall};
use crate::surfaces::SurfaceState;

/// 2026-11-22, ms since 1970 UTC.
const NOW: i64 = 1_795_305_600_000;
const DAY: i64 = 86_400_000;

fn heard() -> Heard {
    Heard { frames: 48_000, level: Some(Dbfs(-50.0)), delay_ms: Some(20.0), trouble: None }
}

fn examined() -> Examined {
    Examined {
        check: "ok".into(),
        schema: (1, 1),
        bytes: 3_000_000,
        calls: 7,
        open: 0,
        oldest_ms: Some(NOW - 30 * DAY),
        newest_ms: Some(NOW - DAY),
    }
}

fn status() -> Status {
    Status {
        version: "1.0.0".into(),
        pid: 7,
        since: "2026-11-22T08:00:00Z".into(),
        store: StoreStatus { health: Health::Works, ..StoreStatus::default() },
        ..Status::default()
    }
}

fn sound() -> Sound {
    let card = |device: Device| Device { card: Some(1), ..device };
    let microphone = card(Device::new("pulseaudio:mic", "Jabra Mono", Kind::Input));
    let output = card(Device::new("pulseaudio:ear", "Jabra Stereo", Kind::Output));
    let monitor =
        card(Device::new("pulseaudio:ear.monitor", "Monitor", Kind::Monitor).hearing("pulseaudio:ear"));
    Sound {
        server: Ok(("pulseaudio".into(), "16.1".into())),
        chosen: Sides { agent: Ok(microphone.clone()), customer: Ok(monitor.clone()) },
        devices: vec![microphone, output, monitor],
        holders: Ok(Vec::new()),
        heard: Ok(Listened {
            sides: Sides { agent: heard(), customer: heard() },
            same: Some(false),
            tone: Some(ToneHeard::Yes(-33.0)),
        }),
    }
}

fn folders() -> Vec<(&'static str, Folder)> {
    let there = FolderState::There { mode: 0o700, ours: true, writable: true };
    let folder =
        |name: &'static str| (name, Folder { path: format!("/x/{name}").into(), state: there.clone() });
    ["data", "state", "runtime"].map(folder).into()
}

/// A machine where all is well.
fn well() -> Facts {
    Facts {
        version: "1.0.0",
        config: Config::default(),
        problems: Vec::new(),
        warnings: Vec::new(),
        read: vec!["~/.config/evenkeel/config.toml".into()],
        policy: 0,
        words: Words::By("tiny.en-q8_0".into()),
        left_out: Vec::new(),
        no_dumps: true,
        daemon_dumps: Some(false),
        folders: folders(),
        free_mb: Some(50_000),
        now: Wall { utc_ms: NOW, offset_s: 3_600 },
        monotonic_ms: 20.1,
        zone: Some("Europe/Berlin".into()),
        database: Database {
            sqlite: ("3.51.3", true),
            examined: Examination::Done(examined()),
            mode: Some(0o600),
            backups: Backups { count: 7, newest_s: Some(36_000) },
        },
        daemon: Daemon::Answers(Box::new(status())),
        service: Service::Known { enabled: true, state: "active".into() },
        sound: sound(),
        bus: Some("unix:path=/run/user/7/bus".into()),
        notifications: (SurfaceState::Works, Some("dunst 1.9".into())),
        display: Some(("X11 :0".into(), true)),
    }
}

/// The values with one of them set.
fn set(key: &str, value: &str) -> Config {
    let nowhere = || "/nowhere".into();
    let places = Places { system: nowhere(), user: None, policy: nowhere() };
    let set = vec![Assignment { key: key.into(), value: value.into() }];
    let review = config::review(&LoadOptions { places, environment: Vec::new(), file: None, set });
    assert!(review.problems.is_empty(), "{:?}", review.problems);
    review.config
}

fn listened(facts: &mut Facts, change: impl FnOnce(&mut Listened)) {
    change(facts.sound.heard.as_mut().unwrap());
}

fn says(facts: &mut Facts, change: impl FnOnce(&mut Status)) {
    let mut status = status();
    change(&mut status);
    facts.daemon = Daemon::Answers(Box::new(status));
}

fn stored(facts: &mut Facts, change: impl FnOnce(&mut Examined)) {
    let mut examined = examined();
    change(&mut examined);
    facts.database.examined = Examination::Done(examined);
}

fn missing(side: Channel) -> Result<Device, CaptureError> {
    Err(CaptureError::Missing { wish: "jabra*".into(), side })
}

fn refused(why: Refusal) -> Result<Device, CaptureError> {
    Err(CaptureError::Refused { device: "Headset".into(), why })
}

/// What is wrong, the check that must say so, how, and a word of what it says.
type Case = (&'static str, Outcome, &'static str, fn(&mut Facts));

const MACHINE: [Case; 23] = [
    ("build", Fault, "without live sound", |f| f.left_out = vec!["live"]),
    ("build", Warn, "without desktop", |f| f.left_out = vec!["desktop"]),
    ("config", Fault, "expected 0.6", |f| f.problems = vec![("is 0, expected 0.6".into(), None)]),
    ("config_warnings", Warn, "sets nothing", |f| f.warnings = vec!["X sets nothing".into()]),
    ("policy", Fault, "nothing is in force", |f| f.problems = vec![("policy.toml, line 1".into(), None)]),
    ("words", Warn, "no model is installed", |f| f.words = Words::NoModel),
    ("words", Warn, "without speech recognition", |f| f.words = Words::NotBuilt),
    ("words", Fault, "ggml-x.bin: empty", |f| f.words = Words::Refused("ggml-x.bin: empty".into(), None)),
    ("core_dumps", Fault, "daemon", |f| f.daemon_dumps = Some(true)),
    ("core_dumps", Fault, "forbid", |f| f.no_dumps = false),
    ("folder_data", Fault, "open to others (mode 755)", |f| {
        f.folders[0].1.state = FolderState::There { mode: 0o755, ours: true, writable: true };
    }),
    ("folder_state", Fault, "another user", |f| {
        f.folders[1].1.state = FolderState::There { mode: 0o700, ours: false, writable: true };
    }),
    ("folder_runtime", Fault, "cannot be made", |f| f.folders[2].1.state = FolderState::Absent(false)),
    ("folder_data", Fault, "cannot be written", |f| {
        f.folders[0].1.state = FolderState::There { mode: 0o700, ours: true, writable: false };
    }),
    ("disk", Fault, "5 MB", |f| f.free_mb = Some(5)),
    ("disk", Warn, "150 MB", |f| f.free_mb = Some(150)),
    ("clock", Fault, "1970-01-01", |f| f.now.utc_ms = 0),
    ("clock", Warn, "a call of later", |f| stored(f, |e| e.newest_ms = Some(NOW + DAY))),
    ("sample_clock", Fault, "0.0 ms", |f| f.monotonic_ms = 0.0),
    ("sample_clock", Warn, "busy", |f| f.monotonic_ms = 900.0),
    ("zone", Warn, "UTC", |f| f.zone = None),
    ("session_bus", Warn, "none", |f| f.bus = None),
    ("display", Fault, "not there", |f| f.display = Some(("X11 :9".into(), false))),
];

const DATABASE: [Case; 16] = [
    ("sqlite", Fault, "3.51.3 or newer", |f| f.database.sqlite = ("3.40.0", false)),
    ("database", Warn, "none yet", |f| f.database.examined = Examination::None),
    ("database", Warn, "4 s", |f| f.database.examined = Examination::Slow),
    ("database", Fault, "damaged", |f| f.database.examined = Examination::Failed("damaged".into())),
    ("database_check", Fault, "row 3 missing", |f| stored(f, |e| e.check = "row 3 missing".into())),
    ("database_schema", Fault, "at most 1", |f| stored(f, |e| e.schema = (2, 1))),
    ("database_schema", Warn, "2 is known", |f| stored(f, |e| e.schema = (1, 2))),
    ("database_private", Fault, "mode 644", |f| f.database.mode = Some(0o644)),
    ("database_size", Warn, "of 500 MB", |f| stored(f, |e| e.bytes = 480_000_000)),
    ("open_calls", Warn, "2 calls", |f| stored(f, |e| e.open = 2)),
    ("retention", Warn, "400 days ago", |f| stored(f, |e| e.oldest_ms = Some(NOW - 400 * DAY))),
    ("backup", Warn, "none yet", |f| f.database.backups = Backups::default()),
    ("backup", Warn, "11 days ago", |f| f.database.backups.newest_s = Some(1_000_000)),
    ("backup", Warn, "none are made", |f| f.config = set("keep.backups", "0")),
    ("retention", Skipped, "no database yet", |f| f.database.examined = Examination::None),
    ("database_private", Skipped, "no database yet", |f| f.database.mode = None),
];

const DAEMON: [Case; 10] = [
    ("daemon", Warn, "not running", |f| f.daemon = Daemon::Absent),
    ("daemon", Fault, "does not answer", |f| f.daemon = Daemon::Mute("evenkeel does not answer".into())),
    ("daemon_version", Warn, "0.9.0", |f| says(f, |s| s.version = "0.9.0".into())),
    ("daemon_config", Fault, "line 4", |f| says(f, |s| s.config.error = Some("line 4: wrong".into()))),
    ("daemon_config", Warn, "waiting", |f| says(f, |s| s.config.held = vec!["capture.host".into()])),
    ("daemon_store", Fault, "disk is full", |f| {
        says(f, |s| (s.store.health, s.store.why) = (Health::Missing, Some("the disk is full".into())));
    }),
    ("daemon_store", Warn, "not be kept", |f| {
        says(f, |s| (s.store.health, s.store.why) = (Health::Ailing, Some("could not be kept".into())));
    }),
    ("service", Warn, "not installed", |f| f.service = Service::Unknown { autostart: false }),
    ("service", Warn, "not enabled", |f| {
        f.service = Service::Known { enabled: false, state: "inactive".into() };
    }),
    ("service", Fault, "failed", |f| f.service = Service::Known { enabled: true, state: "failed".into() }),
];

const SOUND: [Case; 16] = [
    ("sound_server", Skipped, "this build", |f| f.left_out = vec!["live"]),
    ("sound_server", Fault, "no sound server", |f| {
        f.sound.server = Err(CaptureError::NoServer { why: "refused".into() });
    }),
    ("microphone", Fault, "no microphone `jabra*`", |f| f.sound.chosen.agent = missing(Channel::Agent)),
    ("microphone", Fault, "is no microphone", |f| {
        f.sound.chosen.agent = refused(Refusal::MonitorAsMicrophone);
    }),
    ("headset", Fault, "no headset output", |f| f.sound.chosen.customer = missing(Channel::Customer)),
    ("monitor", Fault, "has no monitor", |f| f.sound.chosen.customer = refused(Refusal::NoMonitor)),
    ("monitor", Fault, "is no monitor", |f| f.sound.chosen.customer = f.sound.chosen.agent.clone()),
    ("same_card", Warn, "two devices", |f| f.sound.chosen.agent.as_mut().unwrap().card = Some(2)),
    ("softphones", Warn, "by order alone", |f| f.config = set("calls.detect", "false")),
    ("watch", Fault, "refused us", |f| f.sound.holders = Err(Why::Refused)),
    ("watch", Warn, "this build", |f| f.sound.holders = Err(Why::Unsupported)),
    ("programs", Warn, "zoom (not known", |f| {
        f.sound.holders = Ok(vec![Program { name: "zoom".into(), standing: Standing::Unknown }]);
    }),
    ("notifications", Warn, "no bus", |f| {
        f.notifications.0 = SurfaceState::Missing { why: "no bus".into(), remedy: "start one".into() };
    }),
    ("notifications", Fault, "hangs", |f| {
        f.notifications.0 = SurfaceState::Hung { why: "it hangs".into(), remedy: "restart it".into() };
    }),
    ("notifications", Skipped, "show.notifications", |f| f.config = set("show.notifications", "false")),
    ("display", Warn, "DISPLAY", |f| f.display = None),
];

const HEARD: [Case; 15] = [
    ("microphone_heard", Fault, "only zeros", |f| listened(f, |l| l.sides.agent.level = None)),
    ("microphone_heard", Fault, "delivers nothing", |f| {
        listened(f, |l| l.sides.agent = Heard::default());
    }),
    ("microphone_heard", Fault, "not allow", |f| {
        listened(f, |l| {
            l.sides.agent.trouble = Some(("the system does not allow it".into(), "allow".into()));
        });
    }),
    ("headset_heard", Fault, "only zeros", |f| listened(f, |l| l.sides.customer.level = None)),
    ("headset_heard", Fault, "delivers nothing", |f| listened(f, |l| l.sides.customer.frames = 0)),
    ("tone", Fault, "not in the headset's monitor", |f| listened(f, |l| l.tone = Some(ToneHeard::No))),
    ("tone", Fault, "busy", |f| listened(f, |l| l.tone = Some(ToneHeard::Failed("busy".into())))),
    ("tone", Skipped, "--tone", |f| listened(f, |l| l.tone = None)),
    ("microphone_delay", Warn, "250 ms", |f| listened(f, |l| l.sides.agent.delay_ms = Some(250.0))),
    ("headset_delay", Warn, "2000 ms", |f| listened(f, |l| l.sides.customer.delay_ms = Some(2000.0))),
    ("apart", Fault, "same sound", |f| listened(f, |l| l.same = Some(true))),
    ("tone", Skipped, "a call is on", |f| f.sound.heard = Err(Skip::Call)),
    ("microphone_heard", Skipped, "daemon listens", |f| f.sound.heard = Err(Skip::DaemonListens)),
    ("headset_heard", Skipped, "a pause is on", |f| f.sound.heard = Err(Skip::Pause)),
    ("apart", Skipped, "--no-sound", |f| f.sound.heard = Err(Skip::NotAsked)),
];

fn cases() -> impl Iterator<Item = Case> {
    MACHINE.into_iter().chain(DATABASE).chain(DAEMON).chain(SOUND).chain(HEARD)
}

#[test]
fn where_all_is_well_every_check_says_so() {
    let checks = judge(&well());
    let other: Vec<_> = checks.iter().filter(|check| check.outcome != Outcome::Ok).collect();
    assert!(other.is_empty(), "{other:#?}");
    assert!(25 <= checks.len(), "{}", checks.len());
    assert!(checks.iter().all(|check| check.remedy.is_none() && !check.found.is_empty()));
}

#[test]
fn each_fault_is_named_by_its_own_check_with_a_way_out() {
    for (id, outcome, word, change) in cases() {
        let mut facts = well();
        change(&mut facts);
        let checks = judge(&facts);
        let check = checks.iter().find(|check| check.id == id).unwrap();
        assert_eq!(check.outcome, outcome, "{id}: {check:?}");
        assert!(check.found.contains(word), "{id}: `{word}` is not in `{}`", check.found);
        assert_eq!(check.remedy.is_some(), Warn <= outcome, "{id}: {check:?}");
    }
}

#[test]
fn every_check_can_fail() {
    let failing: Vec<_> = cases().filter(|case| Warn <= case.1).map(|case| case.0).collect();
    for check in judge(&well()) {
        assert!(failing.contains(&check.id), "no case makes {} fail", check.id);
    }
}

#[test]
fn checks_have_names_of_their_own_and_titles_that_fit() {
    let checks = judge(&well());
    let mut ids: Vec<_> = checks.iter().map(|check| check.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), checks.len());
    assert!(checks.iter().all(|check| check.title.len() <= 16));
}

#[test]
fn one_fault_is_enough_and_what_is_skipped_is_none() {
    let mut facts = well();
    facts.sound.heard = Err(Skip::Call);
    assert_eq!(worst(&judge(&facts)), Skipped);
    facts.zone = None;
    assert_eq!(worst(&judge(&facts)), Warn);
    facts.free_mb = Some(0);
    assert_eq!(worst(&judge(&facts)), Fault);
}

#[test]
fn in_a_call_no_sound_check_is_made_and_its_open_row_is_no_crash() {
    let mut facts = well();
    says(&mut facts, |status| status.call = Some(CallStatus::default()));
    stored(&mut facts, |examined| examined.open = 1);
    facts.sound.heard = Err(Skip::Call);
    let checks = judge(&facts);
    let of = |id| checks.iter().find(|check| check.id == id).unwrap().outcome;
    assert_eq!(of("open_calls"), Outcome::Ok);
    for id in ["microphone_heard", "headset_heard", "tone", "microphone_delay", "headset_delay", "apart"] {
        assert_eq!(of(id), Skipped, "{id}");
    }
}

#[test]
fn a_database_or_a_server_that_is_missing_is_one_fault_and_not_seven() {
    let mut facts = well();
    facts.database.examined = Examination::Failed("damaged".into());
    facts.sound.server = Err(CaptureError::Hung);
    facts.sound.chosen = Sides { agent: Err(CaptureError::Hung), customer: Err(CaptureError::Hung) };
    facts.sound.holders = Err(Why::Missing);
    facts.sound.heard = Err(Skip::NoDevice);
    let faults: Vec<_> = judge(&facts).into_iter().filter(|c| c.outcome == Fault).map(|c| c.id).collect();
    assert_eq!(faults, ["database", "sound_server"]);
}
