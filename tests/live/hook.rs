//! `scripts/baresip-hook` against a phone's control port of the test's own: what
//! it orders, and that the customer's number stays out of the arguments.

use std::fs;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::sound::until;

struct Hook {
    folder: TempDir,
    child: Child,
    phone: TcpStream,
}

impl Hook {
    /// A hook that is connected to us; its orders are written down.
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let command = folder.path().join("ctl");
        let script = "#!/bin/sh\nprintf '%s <' \"$*\" >>\"$0.log\"\ncase \"$*\" in *-ref*) cat >>\"$0.log\" ;; esac\necho '>' >>\"$0.log\"\n";
        fs::write(&command, script).unwrap();
        fs::set_permissions(&command, fs::Permissions::from_mode(0o700)).unwrap();
        let child = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/baresip-hook"))
            .args(["-1", "-c", &address])
            .arg(&command)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (phone, _) = listener.accept().unwrap();
        Self { folder, child, phone }
    }

    /// Sends an event as baresip does, in two pieces.
    fn event(&mut self, kind: &str, call: &str, peer: &str) -> &mut Self {
        let json =
            serde_json::json!({ "event": true, "type": kind, "id": call, "peeruri": peer }).to_string();
        let text = format!("{}:{json},", json.len());
        let (first, second) = text.split_at(7);
        self.phone.write_all(first.as_bytes()).unwrap();
        self.phone.write_all(second.as_bytes()).unwrap();
        self
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("ctl.log")
    }

    /// Hangs up on the hook and reads what it ordered.
    fn orders(mut self) -> Vec<String> {
        self.phone.shutdown(std::net::Shutdown::Both).unwrap();
        until("the hook's end", Duration::from_secs(10), || self.child.try_wait().unwrap().is_some());
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const PEER: &str = "sip:4711@example.org";

#[test]
#[ignore = "needs python3"]
fn an_answered_call_is_started_and_ended_with_the_number_on_standard_input() {
    let mut hook = Hook::start();
    hook.event("CALL_INCOMING", "a", PEER).event("CALL_ESTABLISHED", "a", PEER).event(
        "CALL_CLOSED",
        "a",
        PEER,
    );
    assert_eq!(hook.orders(), ["call start --customer-ref - <4711>", "call end <>"]);
}

#[test]
#[ignore = "needs python3"]
fn a_missed_call_and_a_second_one_order_nothing() {
    let mut hook = Hook::start();
    hook.event("CALL_INCOMING", "a", PEER).event("CALL_CLOSED", "a", PEER);
    hook.event("CALL_ESTABLISHED", "b", PEER).event("CALL_ESTABLISHED", "c", "sip:2@x");
    hook.event("CALL_CLOSED", "c", "sip:2@x").event("CALL_CLOSED", "b", PEER);
    assert_eq!(hook.orders(), ["call start --customer-ref - <4711>", "call end <>"]);
}

#[test]
#[ignore = "needs python3"]
fn a_phone_that_dies_ends_its_call() {
    let mut hook = Hook::start();
    hook.event("CALL_ESTABLISHED", "a", PEER);
    assert_eq!(hook.orders().last().unwrap(), "call end <>");
}

#[test]
#[ignore = "needs python3"]
fn an_address_is_never_run_and_carries_no_control_characters() {
    let mut hook = Hook::start();
    hook.event("CALL_ESTABLISHED", "a", "sip:$(touch x)\n\u{1b};ls@example.org");
    assert_eq!(hook.orders()[0], "call start --customer-ref - <$(touch x)>");
}

#[test]
#[ignore = "needs python3"]
fn what_is_not_the_phones_protocol_orders_nothing() {
    for garbage in ["999999999:{}", "hello", "5:12345,", "2:[],", "-1:x,", "7:{\"a\":1}"] {
        let mut hook = Hook::start();
        hook.phone.write_all(garbage.as_bytes()).unwrap();
        assert_eq!(hook.orders(), [""; 0], "{garbage}");
    }
}
