//! Where the sound server is, and the cookie that it wants.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use super::Why;

/// Where the server's socket and cookie are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// Where the environment says, looked up anew for each connection.
    #[default]
    Environment,
    /// Here.
    At {
        /// The socket.
        socket: PathBuf,
        /// The cookie; none is sent where the file cannot be read.
        cookie: PathBuf,
    },
}

/// A cookie has this many bytes; what is longer is none.
const COOKIE: usize = 256;

impl Place {
    /// The socket to connect to.
    pub(super) fn socket(&self) -> Result<PathBuf, Why> {
        match self {
            Self::Environment => from_environment(&|name| env::var_os(name)),
            Self::At { socket, .. } => Ok(socket.clone()),
        }
    }

    /// What is sent to be let in; empty where there is none. Many servers let
    /// the same user in without.
    pub(super) fn cookie(&self) -> Vec<u8> {
        let places = match self {
            Self::Environment => cookies(&|name| env::var_os(name)),
            Self::At { cookie, .. } => vec![cookie.clone()],
        };
        let mut cookie = places.iter().find_map(|p| fs::read(p).ok()).unwrap_or_default();
        cookie.truncate(COOKIE);
        cookie
    }
}

type Environment<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// The first socket that is there. `PULSE_SERVER` decides alone; libpulse and
/// the protocol's library read `PULSE_RUNTIME_PATH` differently.
fn from_environment(get: Environment<'_>) -> Result<PathBuf, Why> {
    if let Some(server) = get("PULSE_SERVER").filter(|s| !s.is_empty()) {
        return named(&server.to_string_lossy());
    }
    let path = |name: &str| get(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let (pulse, session) = (path("PULSE_RUNTIME_PATH"), path("XDG_RUNTIME_DIR"));
    // Never another session's server where one is named that is not running.
    let usual = || if pulse.is_some() { None } else { usual_runtime() };
    let places = [
        pulse.as_ref().map(|p| p.join("native")),
        pulse.as_ref().map(|p| p.join("pulse/native")),
        session.or_else(usual).map(|p| p.join("pulse/native")),
    ];
    places.into_iter().flatten().find(|p| p.exists()).ok_or(Why::Missing)
}

/// The first local socket of a list like `{machine}unix:/path tcp:host`.
fn named(server: &str) -> Result<PathBuf, Why> {
    let local = server.split_whitespace().find_map(|one| {
        let one = one.rsplit_once('}').map_or(one, |(_, rest)| rest);
        let path = one.strip_prefix("unix:").unwrap_or(one);
        path.starts_with('/').then(|| PathBuf::from(path))
    });
    local.ok_or(Why::Remote)
}

/// Where a session's sockets are when nothing says so.
fn usual_runtime() -> Option<PathBuf> {
    Some(PathBuf::from(format!("/run/user/{}", rustix::process::getuid().as_raw())))
}

/// Where the cookie may be: as libpulse looks for it, `XDG_CONFIG_HOME`
/// included, which the protocol's library leaves out.
fn cookies(get: Environment<'_>) -> Vec<PathBuf> {
    let path = |name: &str| get(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let home = path("HOME");
    [
        path("PULSE_COOKIE"),
        path("XDG_CONFIG_HOME").map(|p| p.join("pulse/cookie")),
        home.as_ref().map(|p| p.join(".config/pulse/cookie")),
        home.map(|p| p.join(".pulse-cookie")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn socket(set: &[(&str, &str)]) -> Result<PathBuf, Why> {
        from_environment(&|name| set.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).into()))
    }

    #[test]
    fn a_named_server_decides_alone() {
        for server in
            ["unix:/run/p/native", "/run/p/native", "{5e1f}unix:/run/p/native", "tcp:far /run/p/native"]
        {
            assert_eq!(socket(&[("PULSE_SERVER", server)]), Ok("/run/p/native".into()), "{server}");
        }
        assert_eq!(socket(&[("PULSE_SERVER", "tcp:sound.example:4713")]), Err(Why::Remote));
    }

    #[test]
    fn the_first_socket_that_is_there_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().to_str().unwrap();
        let set = [("PULSE_RUNTIME_PATH", run), ("XDG_RUNTIME_DIR", run)];
        fs::create_dir(folder.path().join("pulse")).unwrap();
        fs::write(folder.path().join("pulse/native"), "").unwrap();
        assert_eq!(socket(&set), Ok(folder.path().join("pulse/native")));
        fs::write(folder.path().join("native"), "").unwrap();
        assert_eq!(socket(&set), Ok(folder.path().join("native")));
    }

    #[test]
    fn where_a_place_is_named_no_other_server_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().to_str().unwrap();
        assert_eq!(socket(&[("XDG_RUNTIME_DIR", run)]), Err(Why::Missing));
        assert_eq!(socket(&[("PULSE_RUNTIME_PATH", run)]), Err(Why::Missing));
    }

    #[test]
    fn the_cookie_is_looked_for_in_the_config_folder_too() {
        let set = [("XDG_CONFIG_HOME", "/x"), ("HOME", "/h"), ("PULSE_COOKIE", "")];
        let found = cookies(&|name| set.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).into()));
        let expected = ["/x/pulse/cookie", "/h/.config/pulse/cookie", "/h/.pulse-cookie"];
        assert_eq!(found, expected.map(PathBuf::from));
    }

    #[test]
    fn a_cookie_that_is_not_there_is_empty() {
        let place = Place::At { socket: "/s".into(), cookie: "/nowhere/cookie".into() };
        assert_eq!((place.cookie(), place.socket()), (Vec::new(), Ok("/s".into())));
    }
}
