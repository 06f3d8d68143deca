//! Where the program keeps what is its own: one folder each for data, state and
//! what lives only while it runs. Never in a folder that others can write to.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use crate::app::exit::{Failure, Status};

/// The folders of one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// Database and models: `$XDG_DATA_HOME/evenkeel`.
    pub data: PathBuf,
    /// Lock, backups, quarantine: `$XDG_STATE_HOME/evenkeel`.
    pub state: PathBuf,
    /// What ends with the session: `$XDG_RUNTIME_DIR/evenkeel`, else the state folder.
    pub runtime: PathBuf,
}

/// Neither a home nor the folders that stand in for one are known.
const HOMELESS: &str = "no home directory is known: HOME is not set, or is not an absolute path";

impl Folders {
    /// Where they belong, given the environment of this process.
    ///
    /// # Errors
    /// Where neither `HOME` nor the variables that replace it are set.
    pub fn standard() -> Result<Self, Failure> {
        Self::from_environment(|name| std::env::var_os(name)).ok_or_else(|| {
            Failure::new(Status::Unavailable, HOMELESS).hint("set HOME, or XDG_DATA_HOME and XDG_STATE_HOME")
        })
    }

    fn from_environment(variable: impl Fn(&str) -> Option<OsString>) -> Option<Self> {
        // The specification of these folders has relative ones ignored.
        let folder = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let home = |below: &str| folder("HOME").map(|home| home.join(below));
        let data = folder("XDG_DATA_HOME").or_else(|| home(".local/share"))?.join("evenkeel");
        let state = folder("XDG_STATE_HOME").or_else(|| home(".local/state"))?.join("evenkeel");
        let runtime = folder("XDG_RUNTIME_DIR").map(|path| path.join("evenkeel"));
        Some(Self { data, runtime: runtime.unwrap_or_else(|| state.clone()), state })
    }

    /// The control socket.
    pub fn socket(&self) -> PathBuf {
        self.runtime.join("ctl.sock")
    }

    /// What whoever writes to the database holds.
    pub fn lock(&self) -> PathBuf {
        self.state.join("evenkeel.lock")
    }

    /// Makes those that are missing, for their owner alone.
    ///
    /// # Errors
    /// Where the system refuses, or one of them is somebody else's.
    pub fn make(&self) -> Result<(), Failure> {
        for folder in [&self.data, &self.state, &self.runtime] {
            make_private(folder).map_err(|e| {
                Failure::new(Status::CannotWrite, format!("{}: {e}", folder.display()))
                    .hint("make it yourself, or check who owns the folder above it")
            })?;
        }
        Ok(())
    }
}

/// Makes a folder, and takes it away from everybody else.
#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(set: &[(&str, &str)]) -> Option<Folders> {
        Folders::from_environment(|name| {
            set.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn without_other_wishes_they_are_below_the_home() {
        let got = folders(&[("HOME", "/home/ann")]).unwrap();
        assert_eq!(got.data, Path::new("/home/ann/.local/share/evenkeel"));
        assert_eq!(got.socket(), Path::new("/home/ann/.local/state/evenkeel/ctl.sock"));
    }

    #[test]
    fn the_socket_lives_where_the_session_does() {
        let got = folders(&[("HOME", "/home/ann"), ("XDG_RUNTIME_DIR", "/run/user/7")]).unwrap();
        assert_eq!(got.socket(), Path::new("/run/user/7/evenkeel/ctl.sock"));
    }

    #[test]
    fn a_relative_folder_counts_as_none() {
        assert_eq!(folders(&[("HOME", "ann")]), None);
        assert_eq!(folders(&[]), None);
    }

    #[cfg(unix)]
    #[test]
    fn they_are_made_for_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name).join("evenkeel");
        let folders = Folders { data: at("a"), state: at("b"), runtime: at("c") };
        std::fs::create_dir_all(&folders.state).unwrap();
        folders.make().unwrap();
        for folder in [&folders.data, &folders.state, &folders.runtime] {
            let mode = std::fs::metadata(folder).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o700, "{}", folder.display());
        }
    }
}
