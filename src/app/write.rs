//! Writes files so that nothing is lost: never over something silently, and
//! never half.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Owner only: these files tell how somebody works.
#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Writes a file in one step: the old one stays whole until the new one is
/// complete on disk.
///
/// # Errors
/// Whatever the system says; the old file is untouched then.
pub fn replace(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    // A link stays a link: what it leads to is replaced.
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    complete(path, write, |beside| std::fs::rename(beside, path))
}

/// Writes beside the path, and lets `place` bring it there once it is whole.
fn complete(
    path: &Path,
    write: impl FnOnce(&mut File) -> io::Result<()>,
    place: impl FnOnce(&Path) -> io::Result<()>,
) -> io::Result<()> {
    let beside = beside(path);
    // One that was left behind by a crash of an earlier process of our number.
    let _ = std::fs::remove_file(&beside);
    let done = put(&beside, write).and_then(|()| place(&beside));
    if done.is_err() {
        // The error that counts is the one above.
        let _ = std::fs::remove_file(&beside);
    }
    done
}

/// Writes a file that must not be there yet.
///
/// # Errors
/// `AlreadyExists` where it is; whatever the system says otherwise, and then
/// nothing is left of it.
pub fn create(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    complete(path, write, |beside| match std::fs::hard_link(beside, path) {
        // A link, unlike a renaming, is never made over what is there.
        Ok(()) => std::fs::remove_file(beside),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists || path.exists() => {
            Err(io::ErrorKind::AlreadyExists.into())
        }
        // A file system without links.
        Err(_) => std::fs::rename(beside, path),
    })
}

fn put(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let mut file = private(OpenOptions::new().create_new(true).write(true)).open(path)?;
    write(&mut file)?;
    file.flush()?;
    file.sync_all()
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_overwritten_silently() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        create(&path, |f| f.write_all(b"first")).unwrap();
        let error = create(&path, |f| f.write_all(b"second")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&path).unwrap(), b"first");
    }

    #[test]
    fn a_failed_replacement_leaves_the_old_file_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        std::fs::write(&path, "old").unwrap();
        let failed = replace(&path, |f| {
            f.write_all(b"half")?;
            Err(io::Error::other("disk full"))
        });
        assert!(failed.is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn files_are_for_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        replace(&path, |f| f.write_all(b"x")).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
