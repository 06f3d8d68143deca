//! The pill of Windows, under Wine: `./scripts/cross --wine` builds it and runs
//! these. What Wine cannot show is left to a real Windows: what a screen share
//! sees, several scales at once.

use std::collections::HashMap;
use std::process::{Child, Command, Stdio};

use evenkeel::surfaces::overlay::protocol::{Mark, Report};
use evenkeel::surfaces::overlay::{Corner, Look, Scale};
use tempfile::TempDir;
use x11rb::protocol::Event;

use crate::display::{Display, Eye, PILL, Part, until};
use crate::pill::{Pill, finish};

/// Corners of the display.
const LEFT: Part = (0, 0, 280, 120);
const RIGHT: Part = (1000, 600, 280, 120);

/// A Windows of a test's own; its programs end with this value.
struct Wine {
    folder: TempDir,
    display: String,
    compositor: Child,
}

impl Wine {
    /// On a display with a compositor: Windows always has one.
    fn on(display: &Display) -> Self {
        let mut compositor = Command::new("picom");
        compositor.args(["--backend", "xrender", "--config", "/dev/null"]).env("DISPLAY", &display.name);
        let compositor = compositor.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let compositor = compositor.unwrap_or_else(|e| panic!("picom: {e}; ./scripts/cross installs it"));
        Self { folder: TempDir::new().unwrap(), display: display.name.clone(), compositor }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("WINEPREFIX", self.folder.path().join("wine"))
            .env("WINEDEBUG", "-all")
            // It would want to install a browser and .NET.
            .env("WINEDLLOVERRIDES", "mscoree=;mshtml=")
            .env("DISPLAY", &self.display)
            .env_remove("WAYLAND_DISPLAY");
        command
    }

    /// `evenkeel overlay` as it was built for Windows.
    fn overlay(&self) -> Command {
        let path = std::env::var_os("EVENKEEL_WINDOWS");
        let path = path.unwrap_or_else(|| panic!("EVENKEEL_WINDOWS is not set; run ./scripts/cross --wine"));
        let mut command = self.command("wine");
        command.arg(path).arg("overlay");
        command
    }

    fn pill(&self) -> Pill {
        let pill = Pill::of(self.overlay());
        // Wine makes its folders first.
        let ready = pill.said.recv_timeout(std::time::Duration::from_secs(120)).unwrap();
        assert_eq!(ready, Report::Ready { screen: "windows".into(), soft: true });
        pill
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        let _ = self.command("wineserver").arg("-k").status();
        let _ = self.command("wineserver").arg("-w").status();
        let _ = self.compositor.kill();
        let _ = self.compositor.wait();
    }
}

#[test]
#[ignore = "needs Wine and a build for Windows"]
fn under_wine_the_pill_is_seen_and_takes_neither_focus_nor_key_nor_click() {
    let display = Display::managed();
    let wine = Wine::on(&display);
    let eye = Eye::on(&display);
    let window = eye.window((300, 350, 700, 300));
    eye.give_focus(window);
    let mut pill = wine.pill();
    let middle = (640, 32);
    let bare = eye.see((middle.0, middle.1, 1, 1))[0];
    pill.mark(Mark::High);
    pill.show(finish(1));
    until("the pill is seen", || eye.see((middle.0, middle.1, 1, 1))[0] != bare);
    assert_eq!(eye.focus(), window, "the focus moved");
    display.act(&["key", "a"]);
    assert!(matches!(eye.heard(), Event::KeyPress(_)), "the key went elsewhere");
    // A click is for the window of Windows below: Wine hands none to others. Notepad
    // puts its caret where it is clicked, so what is typed then stands in that line.
    let mut notepad = wine.command("wine").arg("notepad").stderr(Stdio::null()).spawn().unwrap();
    let find = ["search", "--sync", "--onlyvisible", "--name", "Notepad"];
    display.act(&[&find[..], &["windowmove", "300", "0", "windowsize", "700", "300"]].concat());
    display.act(&["mousemove", "640", "150", "click", "1"]);
    until("Notepad has the focus", || eye.focus() != window);
    display.act(&["key", "--repeat", "6", "Return"]);
    let first_line = || eye.see((312, 23, 60, 14)).into_iter().filter(|colour| colour & 0xff < 0x80).count();
    assert_eq!(first_line(), 0, "something stands in the first line already");
    pill.show(finish(2));
    let (x, y) = (middle.0.to_string(), middle.1.to_string());
    until("the click has reached the window below", || {
        display.act(&["mousemove", &x, &y, "click", "1", "type", "--delay", "20", "calm"]);
        10 < first_line()
    });
    // Its fill, over a white page.
    assert!(eye.see((middle.0, 16, 1, 1))[0] & 0xff < 0x60, "the pill is covered");
    let _ = notepad.kill();
    let _ = notepad.wait();
}

#[test]
#[ignore = "needs Wine and a build for Windows"]
fn under_wine_it_stands_where_it_is_told_and_leaves_nothing_behind() {
    let display = Display::managed();
    let wine = Wine::on(&display);
    let eye = Eye::on(&display);
    let mut pill = wine.pill();
    // What a compositor paints where nothing is, is its own affair.
    let bare: HashMap<Part, Vec<u32>> = [PILL, LEFT, RIGHT].map(|part| (part, eye.see(part))).into();
    let painted = |part: Part| eye.see(part).iter().zip(&bare[&part]).filter(|(a, b)| a != b).count();
    pill.mark(Mark::High);
    until("the small pill is seen", || 200 < painted(PILL));
    let mut short = finish(1);
    short.lasts_ms = 1_000;
    pill.show(short);
    until("it is wide", || 4_000 < painted(PILL));
    assert_eq!(pill.next(), Report::Gone { id: 1 });
    until("it is small again", || painted(PILL) < 2_500);
    for (corner, place) in [(Corner::TopLeft, LEFT), (Corner::BottomRight, RIGHT)] {
        pill.look(Look { corner, ..Look::default() });
        until("it stands in its corner", || 100 < painted(place));
    }
    let small = painted(RIGHT);
    pill.look(Look { corner: Corner::BottomRight, scale: Scale::Triple, ..Look::default() });
    until("it is nine times as large", || 8 * small < painted(RIGHT));
    pill.write("{\"do\":\"dance\"}\n");
    assert!(matches!(pill.next(), Report::Refused { .. }));
    pill.look(Look::default());
    pill.mark(Mark::Hidden);
    until("nothing is seen", || painted(PILL) == 0);
    assert_eq!(pill.end_of_input(), Some(0));
}

#[test]
#[ignore = "needs Wine and a build for Windows"]
fn under_wine_no_other_window_system_is_spoken_to() {
    let display = Display::bare();
    let wine = Wine::on(&display);
    let done = wine.overlay().args(["--backend", "x11"]).output().unwrap();
    assert_eq!(done.status.code(), Some(69), "{done:?}");
    assert!(String::from_utf8_lossy(&done.stdout).contains("failed"), "{done:?}");
}
