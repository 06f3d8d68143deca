//! The socket as a file: made for this user alone, and one server at a time.

#[cfg(unix)]
use std::path::Path;
use std::path::PathBuf;

/// Why the control socket cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Another daemon of this user serves it: leave it alone.
    #[error("{}: another evenkeel is running already", path.display())]
    Running {
        /// The socket.
        path: PathBuf,
    },
    /// The folder or the socket cannot be made: tell where, and go on without.
    #[error("{}: {source}", path.display())]
    Place {
        /// The folder or the socket.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The path is longer than sockets may have.
    #[error("{}: {length} bytes are too long for a socket, expected at most {most}", path.display())]
    TooLong {
        /// The socket.
        path: PathBuf,
        /// Its length, bytes.
        length: usize,
        /// The longest there is, bytes.
        most: usize,
    },
    /// This system has none of these sockets.
    #[error("there are no control sockets on this system yet")]
    Unsupported,
}

/// Bytes of the longest path of a socket: Linux takes 107, macOS 103.
#[cfg(unix)]
const LONGEST_PATH: usize = 103;

impl ServeError {
    #[cfg(unix)]
    pub(super) fn place(path: &Path, source: std::io::Error) -> Self {
        Self::Place { path: path.to_owned(), source }
    }
}

#[cfg(unix)]
pub(super) use unix::Bound;

#[cfg(unix)]
mod unix {
    use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
    use std::io::{self, ErrorKind};
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
    use std::os::unix::net::{UnixListener, UnixStream};
    use std::path::{Path, PathBuf};

    use super::{LONGEST_PATH, ServeError};

    /// A socket that is ours; it goes with this.
    #[derive(Debug)]
    pub(in crate::control) struct Bound {
        path: PathBuf,
        /// Held as long as the socket: of two that start at once, one waits for nothing.
        _lock: File,
    }

    impl Bound {
        /// Makes the socket. A stale one is removed, but only after nobody has
        /// answered on it.
        pub(in crate::control) fn new(path: &Path) -> Result<(Self, UnixListener), ServeError> {
            let length = path.as_os_str().as_bytes().len();
            if LONGEST_PATH < length {
                return Err(ServeError::TooLong { path: path.to_owned(), length, most: LONGEST_PATH });
            }
            let told = |source| ServeError::place(path, source);
            private_folder(path)?;
            let lock = lock(path)?;
            remove_stale(path)?;
            let listener = UnixListener::bind(path).map_err(told)?;
            fs::set_permissions(path, Permissions::from_mode(0o600)).map_err(told)?;
            listener.set_nonblocking(true).map_err(told)?;
            Ok((Self { path: path.to_owned(), _lock: lock }, listener))
        }
    }

    impl Drop for Bound {
        fn drop(&mut self) {
            // Whoever comes next removes it, too.
            let _ = fs::remove_file(&self.path);
        }
    }

    /// The folder is made for this user alone; one of another's is refused.
    fn private_folder(path: &Path) -> Result<(), ServeError> {
        let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
            return Ok(());
        };
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.and_then(|()| fs::set_permissions(folder, Permissions::from_mode(0o700)))
            .map_err(|source| ServeError::place(folder, source))
    }

    fn lock(path: &Path) -> Result<File, ServeError> {
        let beside = path.with_extension("lock");
        let told = |source| ServeError::place(&beside, source);
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(&beside).map_err(told)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(ServeError::Running { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => Err(told(source)),
        }
    }

    fn remove_stale(path: &Path) -> Result<(), ServeError> {
        match UnixStream::connect(path) {
            Ok(_) => Err(ServeError::Running { path: path.to_owned() }),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
            Err(e) if e.kind() == ErrorKind::ConnectionRefused => remove(path),
            Err(e) => Err(ServeError::place(path, e)),
        }
    }

    /// Nobody answers there. What is no socket is somebody's file and stays.
    fn remove(path: &Path) -> Result<(), ServeError> {
        use std::os::unix::fs::FileTypeExt;
        let told = |source| ServeError::place(path, source);
        if !fs::symlink_metadata(path).map_err(told)?.file_type().is_socket() {
            return Err(told(io::Error::new(ErrorKind::AlreadyExists, "a file that is no socket is there")));
        }
        fs::remove_file(path).map_err(told)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn mode(path: &Path) -> u32 {
            fs::metadata(path).unwrap().permissions().mode() & 0o777
        }

        #[test]
        fn socket_lock_and_folder_are_for_this_user_alone() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("evenkeel/ctl.sock");
            let (bound, _listener) = Bound::new(&path).unwrap();
            let modes = [mode(path.parent().unwrap()), mode(&path), mode(&path.with_extension("lock"))];
            assert_eq!(modes, [0o700, 0o600, 0o600]);
            drop(bound);
            assert!(!path.exists());
        }

        #[test]
        fn a_second_server_is_refused_and_harms_nothing() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("ctl.sock");
            let (_bound, _listener) = Bound::new(&path).unwrap();
            assert!(matches!(Bound::new(&path), Err(ServeError::Running { .. })));
            assert!(UnixStream::connect(&path).is_ok());
        }

        #[test]
        fn a_socket_that_somebody_answers_on_is_left_alone_even_without_its_lock() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("ctl.sock");
            let _other = UnixListener::bind(&path).unwrap();
            assert!(matches!(Bound::new(&path), Err(ServeError::Running { .. })));
            assert!(path.exists());
        }

        #[test]
        fn a_stale_socket_is_replaced_and_a_file_is_not() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("ctl.sock");
            drop(UnixListener::bind(&path).unwrap());
            assert!(path.exists() && Bound::new(&path).is_ok());
            fs::write(&path, "mine").unwrap();
            assert!(matches!(Bound::new(&path), Err(ServeError::Place { .. })));
            assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        }

        #[test]
        fn a_path_that_no_socket_can_have_is_refused_by_its_length() {
            let path = Path::new("/tmp").join("x".repeat(200));
            let told = Bound::new(&path).unwrap_err().to_string();
            assert!(told.contains("205 bytes") && told.contains("at most 103"), "{told}");
        }
    }
}
