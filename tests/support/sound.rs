//! A sound server of a test's own: PulseAudio or PipeWire in a private folder,
//! with a virtual headset, a second pair of devices for the far end, and
//! nothing of the person's. Every wait is for an answer, never for a time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The microphone that the agent's programs open.
pub(crate) const MICROPHONE: &str = "headset_mic";
/// The sink that stands for the headset; `headset.monitor` is what it plays.
pub(crate) const HEADSET: &str = "headset";
/// What is played into this sink comes out of the microphone.
pub(crate) const MICROPHONE_FEED: &str = "micsink";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    PulseAudio,
    PipeWire,
}

/// A running server; it ends with this value.
pub(crate) struct Sound {
    pub(crate) kind: Kind,
    folder: TempDir,
    children: Vec<Child>,
}

impl Sound {
    /// Starts a server and plugs the headset in.
    pub(crate) fn start(kind: Kind) -> Self {
        let mut sound = Self::bare(kind);
        sound.plug_in();
        sound
    }

    /// Starts a server without any device.
    pub(crate) fn bare(kind: Kind) -> Self {
        let folder = TempDir::with_prefix("evenkeel-sound-").unwrap();
        fs::create_dir(folder.path().join("run")).unwrap();
        private(&folder.path().join("run"));
        let mut sound = Self { kind, folder, children: Vec::new() };
        sound.start_server();
        sound
    }

    /// Starts the server again after [`Sound::kill_server`].
    pub(crate) fn start_server(&mut self) {
        match self.kind {
            Kind::PulseAudio => self.start_pulseaudio(),
            Kind::PipeWire => self.start_pipewire(),
        }
        self.until("the sound server answers", |s| s.pactl(&["info"]).status.success());
    }

    fn start_pulseaudio(&mut self) {
        let arguments = "-n --daemonize=no --exit-idle-time=-1 --use-pid-file=no --disable-shm=yes -L module-native-protocol-unix";
        self.spawn("pulseaudio", &arguments.split(' ').collect::<Vec<_>>());
    }

    /// No hardware and no Bluetooth: its monitor ends WirePlumber where there
    /// is no logind.
    fn start_pipewire(&mut self) {
        let config = self.home().join(".config/wireplumber");
        let off = |monitor: &str| format!("{monitor}_monitor.enabled = false\n");
        for (folder, text) in [
            ("main.lua.d", ["alsa", "v4l2", "libcamera"].map(off).concat()),
            ("bluetooth.lua.d", off("bluez")),
        ] {
            fs::create_dir_all(config.join(folder)).unwrap();
            fs::write(config.join(folder).join("51-off.lua"), text).unwrap();
        }
        let bus = self.runtime().join("bus");
        let address = format!("--address=unix:path={}", bus.display());
        self.spawn("dbus-daemon", &["--session", "--nofork", &address]);
        self.until("the session bus", |_| bus.exists());
        self.spawn("pipewire", &[]);
        self.until("PipeWire answers", |s| {
            s.command("pw-cli").args(["info", "0"]).output().unwrap().status.success()
        });
        self.spawn("wireplumber", &[]);
        self.spawn("pipewire-pulse", &[]);
    }

    /// Makes the virtual headset.
    pub(crate) fn plug_in(&mut self) {
        self.plug_in_output();
        self.plug_in_microphone();
        // PipeWire lists a device a moment before it can be made the default.
        for set in [["set-default-sink", HEADSET], ["set-default-source", MICROPHONE]] {
            self.until("the default device", |s| s.pactl(&set).status.success());
        }
    }

    pub(crate) fn plug_in_output(&self) {
        self.null_sink(HEADSET, 2);
    }

    pub(crate) fn plug_in_microphone(&self) {
        if !self.has("sinks", MICROPHONE_FEED) {
            self.null_sink(MICROPHONE_FEED, 1);
        }
        self.remap(MICROPHONE, MICROPHONE_FEED);
    }

    /// Devices for a second phone: `custspk`, and `cust_mic` fed by `custmicsink`.
    pub(crate) fn plug_in_far_end(&self) {
        self.null_sink("custspk", 2);
        self.null_sink("custmicsink", 1);
        self.remap("cust_mic", "custmicsink");
    }

    pub(crate) fn null_sink(&self, name: &str, channels: u32) {
        let (name_is, channels) = (format!("sink_name={name}"), format!("channels={channels}"));
        self.pactl_ok(&["load-module", "module-null-sink", &name_is, "rate=48000", &channels]);
        self.until(name, |s| s.has("sources", &format!("{name}.monitor")));
    }

    pub(crate) fn remap(&self, name: &str, sink: &str) {
        let (name_is, master) = (format!("source_name={name}"), format!("master={sink}.monitor"));
        self.pactl_ok(&["load-module", "module-remap-source", &name_is, &master]);
        self.until(name, |s| s.has("sources", name));
    }

    /// Unloads the module whose arguments hold `with`.
    pub(crate) fn unplug(&self, with: &str) {
        let list = String::from_utf8(self.pactl(&["list", "short", "modules"]).stdout).unwrap();
        let line = list
            .lines()
            .find(|l| l.contains(with))
            .unwrap_or_else(|| panic!("no module with {with}: {list}"));
        let index = line.split('\t').next().unwrap();
        self.pactl_ok(&["unload-module", index]);
    }

    pub(crate) fn has(&self, list: &str, name: &str) -> bool {
        let out = self.pactl(&["list", "short", list]);
        String::from_utf8_lossy(&out.stdout).lines().any(|l| l.split('\t').nth(1) == Some(name))
    }

    pub(crate) fn pactl(&self, arguments: &[&str]) -> Output {
        self.command("pactl").args(arguments).output().unwrap()
    }

    fn pactl_ok(&self, arguments: &[&str]) {
        let out = self.pactl(arguments);
        assert!(out.status.success(), "pactl {arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    }

    /// Plays a file into a sink; it ends by itself.
    pub(crate) fn play(&self, sink: &str, file: &Path) -> Child {
        self.command("paplay").args(["-d", sink]).arg(file).stdin(Stdio::null()).spawn().unwrap()
    }

    /// The same as promptly as a softphone: 20 ms ahead at most, in blocks of 5.
    pub(crate) fn play_promptly(&self, sink: &str, file: &Path) -> Child {
        let mut command = self.command("paplay");
        command.args(["--latency-msec=20", "-d", sink]).arg(file).stdin(Stdio::null());
        command.spawn().unwrap()
    }

    /// Ends the server without a word, as a crash would.
    pub(crate) fn kill_server(&mut self) {
        for mut child in self.children.drain(..).rev() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// A program that sees this server and no other, with a home of its own.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        for gone in [
            "PULSE_RUNTIME_PATH",
            "PULSE_SERVER",
            "PULSE_STATE_PATH",
            "PULSE_COOKIE",
            "XDG_CONFIG_HOME",
            "XDG_STATE_HOME",
            "XDG_DATA_HOME",
            "DISPLAY",
            "WAYLAND_DISPLAY",
            "DBUS_SESSION_BUS_ADDRESS",
            "NOTIFY_SOCKET",
        ] {
            command.env_remove(gone);
        }
        command.env("XDG_RUNTIME_DIR", self.runtime()).env("HOME", self.home()).env("LC_ALL", "C");
        if self.kind == Kind::PipeWire {
            command.env(
                "DBUS_SESSION_BUS_ADDRESS",
                format!("unix:path={}", self.runtime().join("bus").display()),
            );
        }
        command
    }

    pub(crate) fn runtime(&self) -> PathBuf {
        self.folder.path().join("run")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    fn spawn(&mut self, program: &str, arguments: &[&str]) {
        let log = fs::File::create(self.folder.path().join(format!("{program}.log"))).unwrap();
        let child = self
            .command(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        self.children.push(child.unwrap_or_else(|e| panic!("{program}: {e}; ./scripts/test installs it")));
    }

    /// Waits until something is so, at most half a minute: a busy machine starts a server slowly.
    pub(crate) fn until(&self, what: &str, so: impl Fn(&Self) -> bool) {
        until(what, Duration::from_secs(30), || so(self));
    }
}

impl Drop for Sound {
    fn drop(&mut self) {
        self.kill_server();
    }
}

/// Waits until something is so; fails with its name after `most`.
pub(crate) fn until(what: &str, most: Duration, mut so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < most, "still not: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn private(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
}
