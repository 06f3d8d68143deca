//! A model on its way: a file beside the others that becomes one of them in a
//! single step, when it is whole and on disk, and is gone if it never does.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Room that is left for everything else, in bytes: a disk that is full to the
/// last byte stops more than us.
const SPARE: u64 = 64 << 20;

/// A file that is not yet what it shall be.
pub(super) struct Part {
    path: PathBuf,
    file: Option<BufWriter<File>>,
}

impl Part {
    /// A new one in this folder.
    pub(super) fn create(folder: &Path, file: &str) -> io::Result<Self> {
        let path = folder.join(format!("{file}.{}.part", std::process::id()));
        // One that a crash of an earlier process of our number left behind.
        let _ = std::fs::remove_file(&path);
        let made = private(OpenOptions::new().create_new(true).read(true).write(true)).open(&path)?;
        Ok(Self { path, file: Some(BufWriter::with_capacity(1 << 18, made)) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Everything is written: brings it to disk.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        match &mut self.file {
            Some(file) => file.flush().and_then(|()| file.get_ref().sync_all()),
            None => Ok(()),
        }
    }

    /// Gives it its name, over what had it before.
    pub(super) fn place(mut self, at: &Path) -> io::Result<()> {
        self.sync()?;
        self.file = None;
        place(&self.path, at)
    }
}

impl Write for Part {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_mut().map_or(Ok(0), |file| file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), BufWriter::flush)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Where it got its name there is nothing left to remove.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Renames a file that is whole and on disk, and brings the name to disk too.
pub(super) fn place(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)?;
    #[cfg(unix)]
    if let Some(folder) = to.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Owner only.
#[cfg(unix)]
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(not(unix))]
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Makes a folder for its owner alone.
#[cfg(unix)]
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// Bytes that can still be written in a folder, if the system says.
#[cfg(unix)]
pub(super) fn free(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
pub(super) fn free(_folder: &Path) -> Option<u64> {
    None
}

/// The bytes that are free, if those that are needed do not fit.
pub(super) fn too_little(folder: &Path, needed: u64) -> Option<u64> {
    free(folder).filter(|free| *free < needed.saturating_add(SPARE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_is_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut part = Part::create(folder.path(), "a.bin").unwrap();
        part.write_all(b"half").unwrap();
        drop(part);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_part_takes_its_place_in_one_step() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("a.bin");
        std::fs::write(&at, "old").unwrap();
        let mut part = Part::create(folder.path(), "a.bin").unwrap();
        part.write_all(b"new").unwrap();
        assert_eq!(std::fs::read(&at).unwrap(), b"old");
        part.place(&at).unwrap();
        assert_eq!(std::fs::read(&at).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&at).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[cfg(unix)]
    #[test]
    fn more_than_any_disk_holds_does_not_fit() {
        let folder = tempfile::tempdir().unwrap();
        assert!(too_little(folder.path(), u64::MAX).is_some());
        assert_eq!(too_little(folder.path(), 0).is_some(), free(folder.path()).unwrap() < SPARE);
    }
}
