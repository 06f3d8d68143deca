//! Files and folders for their owner alone, whatever the umask, and names with
//! a time stamp. Nothing here is ever deleted but by name.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::store::StoreError;
use crate::store::call::Wall;
use crate::store::error::refused;

/// Name of the database in its folder.
pub(crate) const NAME: &str = "evenkeel.db";

/// Makes a folder, and those above it, for the owner alone.
///
/// # Errors
/// Where the system refuses.
pub(crate) fn private_folder(path: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(refused(path))?;
    restrict(path, 0o700).map_err(refused(path))
}

/// Takes everybody else's rights away.
#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn restrict(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

/// Makes an empty file for the owner alone, before SQLite would make one that
/// everybody may read; what is there stays.
///
/// # Errors
/// Where the system refuses.
pub(crate) fn private_file(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(refused(path))?;
    restrict(path, 0o600).map_err(refused(path))
}

/// The file of a database that holds what is not in the main one yet.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// A name of its own in `folder`: what, the time, and a number where needed.
pub(crate) fn stamped(folder: &Path, what: &str, now: Wall) -> PathBuf {
    let stamp = now.stamp();
    let name = |k: u32| {
        folder.join(format!("{what}-{stamp}{}.db", if k == 0 { String::new() } else { format!("-{k}") }))
    };
    (0..).map(name).find(|path| !path.exists()).unwrap_or_else(|| name(0))
}

/// Databases in a folder whose names begin with `what`, oldest first.
pub(crate) fn databases(folder: &Path, what: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let named = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(what) && name.ends_with(".db")
    };
    let mut out: Vec<_> = entries.flatten().map(|e| e.path()).filter(named).collect();
    out.sort();
    out
}

/// Bytes of a file; zero where there is none.
pub(crate) fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |m| m.len())
}
