//! X11 below Wayland: only where clicks are known to go through the pill.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};

use evenkeel::surfaces::overlay::protocol::{Mark, Report};
use tempfile::TempDir;

use crate::display::{PILL, until};
use crate::pill::{Pill, finish};
use crate::sway::{Sway, Witness};

/// What the overlay says where clicks might end at the pill.
const SWALLOWS: &str = "may swallow clicks";

/// Why it is not shown; it has ended for that.
fn refused(mut pill: Pill) -> String {
    let report = pill.next();
    let Report::Failed { why, lost: false } = report else { panic!("{report:?}") };
    assert_eq!(pill.child.wait().unwrap().code(), Some(69));
    why
}

#[test]
#[ignore = "needs sway, Xwayland, wev, xdotool and xhost"]
fn r37_below_wayland_no_click_ends_at_a_pill_that_is_forced_onto_x11() {
    let sway = Sway::with_x11();
    let display = sway.x11();
    let window = Witness::on(&sway);
    let before = sway.focus();
    let mut pill = sway.pill(&["--backend", "x11"], Some(&display));
    match pill.next() {
        Report::Ready { screen, soft } => {
            assert_eq!((screen.as_str(), soft), ("xwayland", true));
            let below = sway.see(PILL).colours;
            pill.mark(Mark::High);
            pill.show(finish(1));
            until("the pill is seen", || sway.see(PILL).colours != below);
        }
        Report::Failed { why, lost: false } => {
            assert!(why.contains(SWALLOWS), "{why}");
            println!("unproven: clicks through a pill on XWayland, which is too old here");
        }
        report => panic!("{report:?}"),
    }
    window.hears_keys_and_clicks(&sway, (640, 32));
    assert_eq!(sway.focus(), before, "the focus moved");
    // Left to itself it does not need X11.
    let pill = sway.pill(&[], Some(&display));
    assert_eq!(pill.next(), Report::Ready { screen: "wayland".into(), soft: true });
}

/// A compositor without layer-shell; it ends with this value.
struct Weston {
    folder: TempDir,
    child: Child,
}

impl Weston {
    fn start(arguments: &[&str]) -> Self {
        let folder = TempDir::with_prefix("evenkeel-weston-").unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let log = format!("--log={}", folder.path().join("log").display());
        let child = Command::new("weston")
            .args([
                "--backend=headless-backend.so",
                "--socket=wayland-1",
                "--no-config",
                "--idle-time=0",
                &log,
            ])
            .args(arguments)
            .env("XDG_RUNTIME_DIR", folder.path())
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let child = child.unwrap_or_else(|e| panic!("weston: {e}; ./scripts/test installs it"));
        let weston = Self { folder, child };
        until("weston listens", || weston.folder.path().join("wayland-1").exists());
        weston
    }

    fn pill(&self, display: Option<&str>) -> Pill {
        Pill::start(|command| {
            command.env("XDG_RUNTIME_DIR", self.folder.path()).env("WAYLAND_DISPLAY", "wayland-1");
            match display {
                Some(display) => command.env("DISPLAY", display),
                None => command.env_remove("DISPLAY"),
            };
        })
    }

    /// The name of its X11 display.
    fn x11(&self) -> String {
        let mut name = String::new();
        until("weston offers X11", || {
            let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            let told = log.lines().find_map(|line| line.split_once("xserver listening on display "));
            name = told.map_or("", |(_, name)| name.trim()).to_owned();
            !name.is_empty()
        });
        name
    }
}

impl Drop for Weston {
    fn drop(&mut self) {
        // One that is asked to end takes the socket of its X11 along.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "needs weston"]
fn r37_without_layer_shell_and_without_x11_the_overlay_says_why_there_is_none() {
    let why = refused(Weston::start(&[]).pill(None));
    assert!(why.contains("Wayland: the compositor has no layer-shell; X11: "), "{why}");
}

#[test]
#[ignore = "needs weston and Xwayland"]
fn r37_without_layer_shell_x11_is_tried_and_left_where_it_would_be_in_the_way() {
    let weston = Weston::start(&["--xwayland"]);
    let display = weston.x11();
    let pill = weston.pill(Some(&display));
    match pill.next() {
        Report::Ready { screen, .. } => assert_eq!(screen, "xwayland"),
        Report::Failed { why, lost: false } => {
            assert!(why.contains("no layer-shell; X11: ") && why.contains(SWALLOWS), "{why}");
        }
        report => panic!("{report:?}"),
    }
}
