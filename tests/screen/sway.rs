//! sway, a compositor with layer-shell, in windows on a display of a test's own: each
//! is a monitor that can be put in and taken out, and what is typed and clicked there
//! comes from a keyboard and a mouse.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt as _, EventMask};

use crate::display::{DESKTOP, Display, Eye, Part, until};
use crate::pill::Pill;

/// A compositor; it ends with this value.
pub(crate) struct Sway {
    folder: TempDir,
    child: Child,
    /// What its monitors are windows of.
    display: Display,
    eye: Eye,
}

const CONFIG: &str = "output * resolution 1280x720\noutput X11-1 position 0 0\n\
    output X11-2 position 1280 0\noutput X11-3 position 1280 0\n\
    output * bg #3a6ea5 solid_color\ndefault_border none\n";

/// What is seen of a part: its colours row by row, and how many stand in a row.
pub(crate) struct Seen {
    pub(crate) width: usize,
    pub(crate) colours: Vec<u32>,
}

impl Sway {
    /// Without X11.
    pub(crate) fn start() -> Self {
        Self::with("xwayland disable\n")
    }

    /// With XWayland, which is started when somebody wants it.
    pub(crate) fn with_x11() -> Self {
        let there = Command::new("Xwayland").arg("-version").stderr(Stdio::null()).status();
        assert!(there.unwrap_or_else(|e| panic!("Xwayland: {e}; ./scripts/test installs it")).success());
        Self::with("xwayland enable\n")
    }

    fn with(also: &str) -> Self {
        let folder = TempDir::with_prefix("evenkeel-sway-").unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(folder.path().join("config"), format!("{CONFIG}{also}")).unwrap();
        let display = Display::bare();
        // It knows the words for closing a window only where somebody used them before.
        let eye = Eye::on(&display);
        closing(&eye);
        let mut command = as_nobody("sway", &folder);
        command.arg("-c").arg(folder.path().join("config")).env("DISPLAY", &display.name);
        command.env("WLR_BACKENDS", "x11").env("WLR_RENDERER", "pixman");
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child.unwrap_or_else(|e| panic!("sway: {e}; ./scripts/test installs it"));
        let sway = Self { folder, child, display, eye };
        until("the compositor listens", || {
            sway.find("wayland-").is_some() && sway.find("sway-ipc").is_some()
        });
        until("the compositor answers", || sway.tree().is_some());
        sway
    }

    pub(crate) fn run_folder(&self) -> PathBuf {
        self.folder.path().join("run")
    }

    fn find(&self, begins: &str) -> Option<PathBuf> {
        let files = fs::read_dir(self.run_folder()).ok()?;
        let mut paths = files.filter_map(|file| Some(file.ok()?.path()));
        paths.find(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            name.starts_with(begins) && !name.ends_with(".lock")
        })
    }

    /// A program on this compositor.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        self.give(&mut command);
        command
    }

    fn give(&self, command: &mut Command) {
        let name = self.find("wayland-").unwrap();
        command.env("XDG_RUNTIME_DIR", self.run_folder());
        command.env("WAYLAND_DISPLAY", name.file_name().unwrap()).env_remove("DISPLAY");
        command.env("SWAYSOCK", self.find("sway-ipc").unwrap());
    }

    /// The overlay on it, told this, and with a display of X11 where one is named.
    pub(crate) fn pill(&self, arguments: &[&str], display: Option<&str>) -> Pill {
        Pill::start(|command| {
            self.give(command);
            command.args(arguments);
            if let Some(display) = display {
                command.env("DISPLAY", display);
            }
        })
    }

    pub(crate) fn tree(&self) -> Option<Value> {
        let out = self.command("swaymsg").args(["-t", "get_tree", "-r"]).output().unwrap();
        serde_json::from_slice(&out.stdout).ok()
    }

    /// Its version's first two numbers.
    pub(crate) fn version(&self) -> (u64, u64) {
        let out = self.command("swaymsg").args(["-t", "get_version", "-r"]).output().unwrap();
        let told: Value = serde_json::from_slice(&out.stdout).unwrap();
        (told["major"].as_u64().unwrap(), told["minor"].as_u64().unwrap())
    }

    /// Which part of the tree has the focus.
    pub(crate) fn focus(&self) -> Option<Value> {
        self.tree().and_then(|tree| focused(&tree))
    }

    /// Gives the compositor an order.
    pub(crate) fn order(&self, order: &str) {
        let out = self.command("swaymsg").args(["--", order]).output().unwrap();
        assert!(out.status.success(), "{order}: {}", String::from_utf8_lossy(&out.stdout));
    }

    /// The name of its X11 display, which everybody on this machine may use from now on.
    pub(crate) fn x11(&self) -> String {
        let told = self.run_folder().join("display");
        // XWayland is nobody's too, and lets nobody else in.
        self.order("exec sh -c 'xhost +local: && echo $DISPLAY >$XDG_RUNTIME_DIR/display'");
        let mut name = String::new();
        until("xhost opens the X11 display (./scripts/test installs it)", || {
            name = fs::read_to_string(&told).unwrap_or_default().trim().to_owned();
            !name.is_empty()
        });
        name
    }

    /// Takes out the monitor that was put in last.
    pub(crate) fn unplug(&self) {
        let eye = &self.eye;
        let windows = eye.conn.query_tree(eye.root).unwrap().reply().unwrap().children;
        let last = windows[windows.len() - 1];
        let (kind, close) = closing(eye);
        let message = ClientMessageEvent::new(32, last, kind, [close, x11rb::CURRENT_TIME, 0, 0, 0]);
        eye.conn.send_event(false, last, EventMask::NO_EVENT, message).unwrap().check().unwrap();
    }

    /// What is seen of a part of all monitors together, in their own pixels.
    pub(crate) fn see(&self, (x, y, w, h): Part) -> Seen {
        let part = format!("{x},{y} {w}x{h}");
        let out = self.command("grim").args(["-g", &part, "-t", "ppm", "-"]).output();
        let out = out.unwrap_or_else(|e| panic!("grim: {e}; ./scripts/test installs it"));
        let mut words = out.stdout.split(u8::is_ascii_whitespace).skip(1);
        let mut number =
            || words.next().and_then(|word| std::str::from_utf8(word).ok()?.parse::<usize>().ok());
        let (width, height) = number().zip(number()).unwrap_or_else(|| {
            panic!("grim saw nothing: {}", String::from_utf8_lossy(&out.stderr));
        });
        let pixels = &out.stdout[out.stdout.len() - width * height * 3..];
        let colour = |px: &[u8]| u32::from_be_bytes([0, px[0], px[1], px[2]]);
        Seen { width, colours: pixels.chunks_exact(3).map(colour).collect() }
    }

    /// How many pixels of a part are not the desktop's.
    pub(crate) fn painted(&self, part: Part) -> usize {
        self.see(part).colours.into_iter().filter(|colour| *colour != DESKTOP).count()
    }
}

/// The words for closing a window.
fn closing(eye: &Eye) -> (u32, u32) {
    let atom = |name: &[u8]| eye.conn.intern_atom(false, name).unwrap().reply().unwrap().atom;
    (atom(b"WM_PROTOCOLS"), atom(b"WM_DELETE_WINDOW"))
}

/// A program with folders of its own; a compositor refuses to be root's.
fn as_nobody(program: &str, folder: &TempDir) -> Command {
    let run = folder.path().join("run");
    fs::create_dir(&run).unwrap();
    fs::set_permissions(&run, fs::Permissions::from_mode(0o700)).unwrap();
    let mut command = if rustix::process::getuid().is_root() {
        assert!(Command::new("chown").arg("nobody").arg(&run).status().unwrap().success());
        let mut command = Command::new("setpriv");
        command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", program]);
        command
    } else {
        Command::new(program)
    };
    command.env("XDG_RUNTIME_DIR", &run).env("HOME", &run).current_dir(&run);
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    command
}

impl Drop for Sway {
    fn drop(&mut self) {
        // One that is asked to end takes the sockets of its X11 along.
        let _ = self.command("swaymsg").arg("exit").output();
        for _ in 0..100 {
            if self.child.try_wait().is_ok_and(|ended| ended.is_some()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn focused(tree: &Value) -> Option<Value> {
    if tree["focused"] == true {
        return Some(tree["id"].clone());
    }
    let children = ["nodes", "floating_nodes"].iter().filter_map(|name| tree[name].as_array()).flatten();
    children.into_iter().find_map(focused)
}

/// A window that says what it hears; it ends with this value.
pub(crate) struct Witness {
    child: Child,
    heard: Arc<Mutex<String>>,
}

impl Witness {
    /// Over all of the first monitor, and with the focus.
    pub(crate) fn on(sway: &Sway) -> Self {
        // It writes in blocks where nobody watches.
        let mut command = sway.command("stdbuf");
        let child = command.args(["-oL", "wev"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = child.unwrap();
        let heard = Arc::new(Mutex::new(String::new()));
        let (to, out) = (Arc::clone(&heard), BufReader::new(child.stdout.take().unwrap()));
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                to.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        let witness = Self { child, heard };
        until("wev has the focus (./scripts/test installs it)", || witness.heard("wl_keyboard] enter"));
        witness
    }

    pub(crate) fn heard(&self, what: &str) -> bool {
        self.heard.lock().unwrap().contains(what)
    }

    /// Typed keys and a click at this place arrive here.
    pub(crate) fn hears_keys_and_clicks(&self, sway: &Sway, (x, y): (i16, i16)) {
        sway.display.act(&["key", "k"]);
        until("the key arrives", || self.heard("sym: k"));
        sway.display.act(&["mousemove", &x.to_string(), &y.to_string(), "click", "1"]);
        until("the click arrives", || self.heard("button: 272 (left), state: 1 (pressed)"));
        assert!(!self.heard("wl_keyboard] leave"), "the focus moved");
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
