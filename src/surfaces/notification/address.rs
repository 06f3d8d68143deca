//! Where the message bus of the desktop session is. Asked anew at each attempt:
//! a daemon may be older than the session it serves. Only a socket on this
//! machine is an answer; nothing is started to find one.

use std::env;
use std::path::Path;

use super::fault::Fault;
use crate::surfaces::desk::Bus;

/// The bus that is named, or the session's.
pub(super) fn find(bus: &Bus) -> Result<String, Fault> {
    match bus {
        Bus::At(address) => local(address),
        Bus::Session => session(&|name| env::var(name).ok(), &|path| path.exists()),
    }
}

/// By the session's own word, else where systemd's user manager puts it. It is
/// the same place; a daemon started outside the session only lacks the word.
fn session(
    variable: &dyn Fn(&str) -> Option<String>,
    exists: &dyn Fn(&Path) -> bool,
) -> Result<String, Fault> {
    if let Some(address) = variable("DBUS_SESSION_BUS_ADDRESS").filter(|a| !a.is_empty()) {
        return local(&address);
    }
    let folder = variable("XDG_RUNTIME_DIR").filter(|f| f.starts_with('/')).ok_or(Fault::NoBus)?;
    let bus = Path::new(&folder).join("bus");
    if exists(&bus) {
        Ok(format!("unix:path={}", escaped(&bus.to_string_lossy())))
    } else {
        Err(Fault::NoBus)
    }
}

/// The first address of a list that is a socket here. Others would start a
/// program or reach over a network.
fn local(addresses: &str) -> Result<String, Fault> {
    let first = addresses.split(';').find(|address| address.starts_with("unix:"));
    first.map(str::to_owned).ok_or_else(|| Fault::NotLocal(addresses.to_owned()))
}

/// Bytes that an address may not hold as they are, by the rule of D-Bus.
fn escaped(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'_' | b'/' | b'.' | b'*' => {
                out.push(char::from(byte));
            }
            other => out.push_str(&format!("%{other:02x}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)], there: bool) -> Result<String, Fault> {
        let variable =
            |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        session(&variable, &|_| there)
    }

    #[test]
    fn the_sessions_own_word_comes_first() {
        let both = [("DBUS_SESSION_BUS_ADDRESS", "unix:path=/a"), ("XDG_RUNTIME_DIR", "/run/user/1")];
        assert_eq!(found(&both, true).unwrap(), "unix:path=/a");
    }

    #[test]
    fn without_a_word_it_is_where_the_user_manager_puts_it() {
        let only = [("DBUS_SESSION_BUS_ADDRESS", ""), ("XDG_RUNTIME_DIR", "/run/user/1000")];
        assert_eq!(found(&only, true).unwrap(), "unix:path=/run/user/1000/bus");
        assert!(matches!(found(&only, false), Err(Fault::NoBus)));
        assert!(matches!(found(&[], true), Err(Fault::NoBus)));
    }

    #[test]
    fn only_a_socket_on_this_machine_is_taken() {
        let one = |address| found(&[("DBUS_SESSION_BUS_ADDRESS", address)], true);
        assert_eq!(one("tcp:host=far;unix:abstract=/tmp/x,guid=1").unwrap(), "unix:abstract=/tmp/x,guid=1");
        for elsewhere in ["tcp:host=far", "unixexec:path=/bin/sh", "autolaunch:", "nonsense"] {
            assert!(matches!(one(elsewhere), Err(Fault::NotLocal(_))), "{elsewhere}");
        }
    }

    #[test]
    fn a_folder_with_odd_characters_is_escaped() {
        assert_eq!(escaped("/run/a b;c,d"), "/run/a%20b%3bc%2cd");
    }
}
