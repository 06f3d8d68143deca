//! The cookie of the sound server may lie below `$XDG_CONFIG_HOME`, where one of
//! the libraries does not look for it and is turned away without a word. Then
//! the program starts itself once more with `PULSE_COOKIE` set. Nothing else of
//! the environment changes, and it never happens twice.

/// Starts over where that is needed; comes back where it is not, or where it
/// cannot be done: then the sound server's refusal tells what to set.
#[cfg(all(target_os = "linux", feature = "live"))]
pub(super) fn find() {
    use std::os::unix::process::CommandExt;
    let Some(cookie) = crate::audio::capture::live::unseen_cookie() else { return };
    if !is_new(std::env::var_os("PULSE_COOKIE").as_deref(), cookie.as_os_str()) {
        return;
    }
    let Ok(program) = std::env::current_exe() else { return };
    let mut arguments = std::env::args_os();
    let name = arguments.next().unwrap_or_default();
    let mut again = std::process::Command::new(program);
    let error = again.arg0(name).args(arguments).env("PULSE_COOKIE", cookie).exec();
    tracing::warn!(%error, "could not start over with PULSE_COOKIE set");
}

#[cfg(not(all(target_os = "linux", feature = "live")))]
pub(super) fn find() {}

/// Whether setting the variable changes anything: if not, it was done before.
#[cfg(all(target_os = "linux", feature = "live"))]
fn is_new(set: Option<&std::ffi::OsStr>, cookie: &std::ffi::OsStr) -> bool {
    set != Some(cookie)
}

#[cfg(all(test, target_os = "linux", feature = "live"))]
mod tests {
    use super::*;

    #[test]
    fn it_starts_over_once_and_never_again() {
        let cookie = std::ffi::OsStr::new("/x/pulse/cookie");
        assert!(is_new(None, cookie));
        assert!(!is_new(Some(cookie), cookie));
    }
}
