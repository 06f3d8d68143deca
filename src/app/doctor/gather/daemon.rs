//! What the daemon says of itself.

use std::path::Path;

use crate::app::doctor::facts::Daemon;
use crate::control::{Client, ClientError};

pub(super) fn ask(socket: &Path) -> Daemon {
    match Client::connect(socket).and_then(|mut client| client.status()) {
        Ok(status) => Daemon::Answers(Box::new(status)),
        Err(ClientError::NotRunning | ClientError::Unsupported) => Daemon::Absent,
        Err(error) => Daemon::Mute(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_socket_there_is_no_daemon() {
        assert_eq!(ask(Path::new("/nowhere/ctl.sock")), Daemon::Absent);
    }
}
