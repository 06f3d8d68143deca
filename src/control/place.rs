//! Where the socket is: a folder of the user's own, never one that is shared.

use std::ffi::OsString;
use std::path::PathBuf;

/// Where the socket belongs, given the environment:
/// `$XDG_RUNTIME_DIR/evenkeel/ctl.sock`, else in `$XDG_STATE_HOME/evenkeel`,
/// else in `~/.local/state/evenkeel`; none where not even a home is known.
pub fn place(environment: &[(OsString, OsString)]) -> Option<PathBuf> {
    let folder = |name: &str| {
        let value = environment.iter().find(|(variable, _)| variable == name)?.1.clone();
        // The specification of these folders has relative ones ignored.
        Some(PathBuf::from(value)).filter(|path| path.is_absolute())
    };
    let base = folder("XDG_RUNTIME_DIR")
        .or_else(|| folder("XDG_STATE_HOME"))
        .or_else(|| Some(folder("HOME")?.join(".local/state")))?;
    Some(base.join("evenkeel/ctl.sock"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_socket_is_in_a_folder_of_the_users_own() {
        let at = |variables: &[(&str, &str)]| {
            place(
                &variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect::<Vec<_>>(),
            )
        };
        let home = ("HOME", "/h");
        let expected = |path: &str| Some(Path::new(path).to_owned());
        assert_eq!(at(&[home, ("XDG_RUNTIME_DIR", "/r")]), expected("/r/evenkeel/ctl.sock"));
        assert_eq!(at(&[home, ("XDG_STATE_HOME", "/s")]), expected("/s/evenkeel/ctl.sock"));
        assert_eq!(at(&[home, ("XDG_RUNTIME_DIR", "r")]), expected("/h/.local/state/evenkeel/ctl.sock"));
        assert_eq!(at(&[]), None);
    }
}
