//! Folders, disk, clock and dumps.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::app::doctor::facts::{Folder, FolderState};
use crate::app::folders::Folders;
use crate::audio::capture;
use crate::core::units::Nanos;

/// So long the clock of the samples is watched.
const WATCHED: Duration = Duration::from_millis(20);

pub(super) fn folders(folders: &Folders) -> Vec<(&'static str, Folder)> {
    let Folders { data, state, runtime } = folders;
    let each = [("data", data), ("state", state), ("runtime", runtime)];
    each.map(|(name, path)| (name, Folder { path: path.clone(), state: look(path) })).into()
}

fn look(path: &Path) -> FolderState {
    match fs::metadata(path) {
        Ok(there) => {
            FolderState::There { mode: bits(&there), ours: is_ours(&there), writable: writable(path) }
        }
        Err(_) => {
            let above = path.ancestors().skip(1).find(|folder| folder.exists());
            FolderState::Absent(above.is_some_and(writable))
        }
    }
}

/// Permissions of a file; none where it is not there.
pub(super) fn mode(path: &Path) -> Option<u32> {
    fs::metadata(path).ok().map(|there| bits(&there))
}

#[cfg(unix)]
fn bits(there: &fs::Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&there.permissions()) & 0o777
}

#[cfg(unix)]
fn is_ours(there: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(there) == rustix::process::getuid().as_raw()
}

#[cfg(unix)]
fn writable(folder: &Path) -> bool {
    rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_ok()
}

/// Megabytes free on the disk of a folder, or of the one it would be made in.
#[cfg(unix)]
pub(super) fn free_mb(folder: &Path) -> Option<u64> {
    let there = folder.ancestors().find(|folder| folder.exists())?;
    let disk = rustix::fs::statvfs(there).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize) / 1_000_000)
}

/// There are no such permissions here: what is below the home is its owner's.
#[cfg(not(unix))]
fn bits(_: &fs::Metadata) -> u32 {
    0o700
}

#[cfg(not(unix))]
fn is_ours(_: &fs::Metadata) -> bool {
    true
}

#[cfg(not(unix))]
fn writable(folder: &Path) -> bool {
    fs::metadata(folder).is_ok_and(|there| !there.permissions().readonly())
}

#[cfg(not(unix))]
pub(super) fn free_mb(_: &Path) -> Option<u64> {
    None
}

/// So far the clock of the samples goes while 20 ms pass, ms.
pub(super) fn monotonic_ms() -> f64 {
    let before = capture::now();
    std::thread::sleep(WATCHED);
    capture::now().since(before) as f64 / Nanos::MILLISECOND as f64
}

pub(super) fn zone() -> Option<String> {
    let zone = jiff::tz::TimeZone::try_system().ok()?;
    Some(zone.iana_name().map_or_else(|| "set, without a name".to_owned(), str::to_owned))
}

/// Forbids core dumps of this process. It stays open to the daemon otherwise,
/// which must see whose streams these are.
#[cfg(target_os = "linux")]
pub(super) fn forbid_dumps() -> bool {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    setrlimit(Resource::Core, none).is_ok() && getrlimit(Resource::Core).current == Some(0)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn forbid_dumps() -> bool {
    true
}

/// Whether a process may leave a core dump; nothing where nobody can tell.
pub(super) fn dumps(pid: u32) -> Option<bool> {
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).ok()?;
    let line = limits.lines().find(|line| line.starts_with("Max core file size"))?;
    line.split_whitespace().nth(4).map(|soft| soft != "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_is_judged_by_the_one_above() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(look(&root.path().join("a/b/c")), FolderState::Absent(true));
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        fs::set_permissions(root.path(), private).unwrap();
        let FolderState::There { mode, ours, writable } = look(root.path()) else { panic!("not there") };
        assert_eq!((mode, ours, writable), (0o700, true, true));
    }

    #[test]
    fn the_clock_of_the_samples_runs_and_the_disk_has_a_size() {
        assert!(20.0 <= monotonic_ms());
        assert!(free_mb(Path::new("/nowhere/at/all")).is_some());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn whether_a_process_may_leave_a_dump_is_read_from_its_limits() {
        assert!(dumps(std::process::id()).is_some());
        assert_eq!(dumps(u32::MAX), None);
    }
}
