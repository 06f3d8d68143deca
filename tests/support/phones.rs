//! Two real softphones (baresip) that call each other over the loopback, between
//! the virtual devices of [`Sound`]. Told what to do, and asked what happened, over
//! their control ports: netstrings of JSON. Every wait is for an event.

#![expect(dead_code, reason = "each test binary uses what it needs")]

use std::fs;
use std::io::{BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::sound::{HEADSET, MICROPHONE, Sound, until};

/// The program, where Debian installs it.
pub(crate) const BARESIP: &str = "/usr/bin/baresip";

/// A phone; it ends with this value, without hanging up.
pub(crate) struct Phone {
    folder: TempDir,
    child: Child,
    control: TcpStream,
    events: Receiver<(Instant, String)>,
    /// Where it can be called.
    pub(crate) port: u16,
    /// Of its control port, for a hook.
    pub(crate) control_port: u16,
}

/// The agent's phone on the virtual headset.
pub(crate) fn agent(sound: &Sound) -> Phone {
    Phone::start(sound, Path::new(BARESIP), MICROPHONE, HEADSET)
}

/// The customer's phone on the devices of the far end.
pub(crate) fn customer(sound: &Sound) -> Phone {
    Phone::start(sound, Path::new(BARESIP), "cust_mic", "custspk")
}

/// The same program under another name, which nobody has ever heard of.
pub(crate) fn stranger(sound: &Sound, name: &str) -> Phone {
    let copy = sound.home().join(name);
    fs::copy(BARESIP, &copy).unwrap();
    Phone::start(sound, &copy, MICROPHONE, HEADSET)
}

impl Phone {
    /// Starts `program` between a source and a sink and waits for its control port.
    pub(crate) fn start(sound: &Sound, program: &Path, microphone: &str, speaker: &str) -> Self {
        let folder = TempDir::with_prefix("evenkeel-phone-").unwrap();
        let [port, control_port, rtp] = ports();
        devices(&sound.home(), &[microphone, speaker]);
        configure(folder.path(), [port, control_port, rtp], microphone, speaker);
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let child = sound
            .command(program)
            .arg("-f")
            .arg(folder.path())
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|e| panic!("{}: {e}; ./scripts/test installs it", program.display()));
        let mut control = None;
        until("the phone's control port", Duration::from_secs(10), || {
            control = TcpStream::connect(("127.0.0.1", control_port)).ok();
            control.is_some()
        });
        let control = control.unwrap();
        let (out, events) = channel();
        let input = control.try_clone().unwrap();
        thread::spawn(move || listen(input, &out));
        Self { folder, child, control, events, port, control_port }
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Calls another phone.
    pub(crate) fn dial(&mut self, other: &Self) {
        self.tell("dial", &format!("sip:phone@127.0.0.1:{}", other.port));
    }

    /// Does what its menu calls so: `accept`, `hangup`, `hold`, `resume`, `mute`.
    pub(crate) fn tell(&mut self, command: &str, parameters: &str) {
        let json = serde_json::json!({ "command": command, "params": parameters }).to_string();
        write!(self.control, "{}:{json},", json.len()).unwrap();
    }

    /// Waits for an event like `CALL_ESTABLISHED` and says when it was told.
    pub(crate) fn event(&mut self, kind: &str) -> Instant {
        let end = Instant::now() + Duration::from_secs(15);
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left) {
                Ok((at, told)) if told == kind => return at,
                Ok(_) => (),
                Err(e) => panic!("no {kind}: {e}\n{}", self.log()),
            }
        }
    }

    /// Waits until the other phone has changed the call so many times. Baresip
    /// has no event for being put on hold.
    pub(crate) fn changed(&self, times: usize) {
        until("the other phone's change", Duration::from_secs(10), || {
            times <= self.log().matches("got re-INVITE").count()
        });
    }

    /// What it printed.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Ends it as a crash would.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Free ports: two for TCP and SIP, and the first of a few even ones for sound.
fn ports() -> [u16; 3] {
    let free = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    free.map(|l| l.local_addr().unwrap().port() & !1)
}

/// Debian's baresip reaches the sound server through ALSA's plugin only.
fn devices(home: &Path, names: &[&str]) {
    let path = home.join(".asoundrc");
    let mut text = fs::read_to_string(&path).unwrap_or_default();
    for name in names {
        let line = format!("pcm.{name} {{ type pulse device \"{name}\" }}\n");
        if !text.contains(&line) {
            text.push_str(&line);
        }
    }
    fs::write(path, text).unwrap();
}

fn configure(folder: &Path, [port, control, rtp]: [u16; 3], microphone: &str, speaker: &str) {
    let last = rtp.saturating_add(20);
    let config = format!(
        "module_path /usr/lib/baresip/modules
module g711.so
module alsa.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
sip_listen 127.0.0.1:{port}
net_interface 127.0.0.1
ctrl_tcp_listen 127.0.0.1:{control}
rtp_ports {rtp}-{last}
audio_path /usr/share/baresip
statmode_default off
audio_source alsa,{microphone}
audio_player alsa,{speaker}
audio_alert alsa,{speaker}
"
    );
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    write("config", &config);
    write("accounts", &format!("<sip:phone@127.0.0.1:{port}>;regint=0;audio_codecs=pcma\n"));
    write("contacts", "");
}

/// Hands on the type of each event until the phone hangs up on us.
fn listen(input: TcpStream, out: &Sender<(Instant, String)>) {
    let mut input = BufReader::new(input);
    while let Some(text) = netstring(&mut input) {
        let Ok(told) = serde_json::from_slice::<Value>(&text) else { return };
        let kind = told["type"].as_str().filter(|_| told["event"] == Value::Bool(true));
        if kind.is_some_and(|kind| out.send((Instant::now(), kind.to_owned())).is_err()) {
            return;
        }
    }
}

fn netstring(input: &mut impl Read) -> Option<Vec<u8>> {
    let (mut length, mut byte) = (0, [0]);
    loop {
        input.read_exact(&mut byte).ok()?;
        match byte[0] {
            b':' => break,
            digit => length = length * 10 + usize::from(digit.checked_sub(b'0')?),
        }
    }
    let mut text = vec![0; length + 1];
    input.read_exact(&mut text).ok()?;
    text.pop();
    Some(text)
}
