//! A compositor with layer-shell: sway without a screen.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use evenkeel::surfaces::overlay::protocol::{Mark, Report};
use evenkeel::surfaces::overlay::{Corner, Look, Scale};
use serde_json::Value;
use tempfile::TempDir;

use crate::display::until;
use crate::figures::wake_ups;
use crate::pill::{Pill, finish};

/// A compositor; it ends with this value.
struct Sway {
    folder: TempDir,
    child: Child,
}

const CONFIG: &str = "output HEADLESS-1 resolution 1280x720\noutput * bg #3a6ea5 solid_color\n";

impl Sway {
    fn start() -> Self {
        let folder = TempDir::with_prefix("evenkeel-sway-").unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let run = folder.path().join("run");
        fs::create_dir(&run).unwrap();
        fs::set_permissions(&run, fs::Permissions::from_mode(0o700)).unwrap();
        fs::write(folder.path().join("config"), CONFIG).unwrap();
        // It refuses to be root's.
        let mut command = if rustix::process::getuid().is_root() {
            assert!(Command::new("chown").arg("nobody").arg(&run).status().unwrap().success());
            let mut command = Command::new("setpriv");
            command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", "sway"]);
            command
        } else {
            Command::new("sway")
        };
        command.arg("-c").arg(folder.path().join("config"));
        command.env("XDG_RUNTIME_DIR", &run).env("HOME", &run);
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        command
            .env("WLR_BACKENDS", "headless")
            .env("WLR_LIBINPUT_NO_DEVICES", "1")
            .env("WLR_RENDERER", "pixman");
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = child.unwrap_or_else(|e| panic!("sway: {e}; ./scripts/test installs it"));
        let sway = Self { folder, child };
        until("the compositor listens", || {
            sway.find("wayland-").is_some() && sway.find("sway-ipc").is_some()
        });
        until("the compositor answers", || sway.tree().is_some());
        sway
    }

    fn run_folder(&self) -> PathBuf {
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

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let name = self.find("wayland-").unwrap();
        command.env("XDG_RUNTIME_DIR", self.run_folder());
        command.env("WAYLAND_DISPLAY", name.file_name().unwrap()).env_remove("DISPLAY");
        command.env("SWAYSOCK", self.find("sway-ipc").unwrap());
        command
    }

    fn tree(&self) -> Option<Value> {
        let out = self.command("swaymsg").args(["-t", "get_tree", "-r"]).output().unwrap();
        serde_json::from_slice(&out.stdout).ok()
    }

    fn pixel(&self, x: u32, y: u32) -> Vec<u8> {
        let part = format!("{x},{y} 1x1");
        let out = self.command("grim").args(["-g", &part, "-t", "ppm", "-"]).output();
        let out = out.unwrap_or_else(|e| panic!("grim: {e}; ./scripts/test installs it")).stdout;
        out[out.len().saturating_sub(3)..].to_vec()
    }
}

impl Drop for Sway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Which part of the tree has the focus.
fn focused(tree: &Value) -> Option<Value> {
    if tree["focused"] == true {
        return Some(tree["id"].clone());
    }
    let children = ["nodes", "floating_nodes"].iter().filter_map(|name| tree[name].as_array()).flatten();
    children.into_iter().find_map(focused)
}

#[test]
#[ignore = "needs sway and grim"]
fn r37_on_wayland_the_pill_is_an_overlay_that_takes_no_focus() {
    let sway = Sway::start();
    let before = sway.tree().and_then(|tree| focused(&tree));
    let desktop = sway.pixel(640, 32);
    let environment = sway.command("true");
    let mut pill = Pill::start(|command| {
        for (name, value) in environment.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
    });
    let Report::Ready { screen, soft } = pill.next() else { panic!("not ready") };
    assert_eq!((screen.as_str(), soft), ("wayland", true));
    pill.mark(Mark::High);
    pill.show(finish(1));
    until("the pill is seen", || sway.pixel(580, 20) != desktop);
    assert_eq!(sway.tree().and_then(|tree| focused(&tree)), before, "the focus moved");
    // Every size and place, some of which end in the middle of a row of memory.
    for scale in [Scale::Quarter, Scale::Half, Scale::ThreeQuarters, Scale::DoubleHalf, Scale::Triple] {
        pill.look(Look { corner: Corner::BottomRight, scale, ..Look::default() });
        pill.show(finish(scale.factor().unwrap() as u64 + 10));
    }
    until("the pill is in the other corner", || sway.pixel(1200, 690) != desktop);
    until("nothing is left in the first", || sway.pixel(580, 20) == desktop);
    pill.mark(Mark::Quiet);
    // The last movement ends.
    std::thread::sleep(std::time::Duration::from_secs(1));
    let woke = wake_ups(pill.child.id());
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert_eq!(wake_ups(pill.child.id()) - woke, 0, "it does not sleep");
}
