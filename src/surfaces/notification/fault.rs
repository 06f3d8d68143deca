//! Why a notification was not shown, sorted by when it is worth trying again.

use std::io;

use crate::surfaces::state::SurfaceState;

#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// No address of a bus is known.
    #[error(
        "there is no desktop session: no message bus is named by DBUS_SESSION_BUS_ADDRESS or XDG_RUNTIME_DIR"
    )]
    NoBus,
    /// The address is not one on this machine.
    #[error("the message bus is at {0:?}, expected one on this machine: `unix:path=...`")]
    NotLocal(String),
    /// Nobody listens there, or the login was refused.
    #[error("the message bus at {address} cannot be reached: {source}")]
    Unreachable {
        address: String,
        #[source]
        source: zbus::Error,
    },
    /// The line broke.
    #[error("the message bus went away")]
    BusWent,
    /// The bus is there, but nobody who shows notifications.
    #[error("no program shows notifications on this desktop")]
    NoService,
    /// It was there.
    #[error("the program that showed notifications ended")]
    ServiceWent,
    /// It answered with an error.
    #[error("the program that shows notifications refused: {0}")]
    Refused(zbus::Error),
    /// Something took a message and gave no answer in time.
    #[error("{0} does not answer")]
    Hung(&'static str),
}

impl Fault {
    /// Nothing that came over the line afterwards could be believed to belong
    /// to what was asked.
    pub(super) fn spoils_the_line(&self) -> bool {
        match self {
            Self::NoBus | Self::NotLocal(_) | Self::Unreachable { .. } | Self::BusWent | Self::Hung(_) => {
                true
            }
            Self::NoService | Self::ServiceWent | Self::Refused(_) => false,
        }
    }

    /// Whether the bus is well but nobody shows notifications.
    pub(super) fn is_without_service(&self) -> bool {
        matches!(self, Self::NoService | Self::ServiceWent)
    }

    /// Whether it is there and does not answer.
    pub(super) fn is_hung(&self) -> bool {
        matches!(self, Self::Hung(_))
    }

    /// As `status` shows it.
    pub(super) fn state(&self) -> SurfaceState {
        let (why, remedy) = (self.to_string(), self.remedy().to_owned());
        if self.is_hung() {
            SurfaceState::Hung { why, remedy }
        } else {
            SurfaceState::Missing { why, remedy }
        }
    }

    fn remedy(&self) -> &'static str {
        match self {
            Self::NoBus | Self::Unreachable { .. } | Self::BusWent => {
                "start evenkeel inside the desktop session; `evenkeel ctl watch` shows nudges anywhere"
            }
            Self::NotLocal(_) => "set DBUS_SESSION_BUS_ADDRESS to the bus of this session",
            Self::NoService | Self::ServiceWent => {
                "start a notification program, such as dunst; `evenkeel ctl watch` shows nudges anywhere"
            }
            Self::Refused(_) => "see the log of the notification program",
            Self::Hung(_) => "restart the notification program; it is tried again by itself",
        }
    }

    /// Sorts what the bus answered by its name, never by its text.
    pub(super) fn from_call(error: zbus::Error) -> Self {
        match error {
            zbus::Error::FDO(fault) => Self::from_bus(*fault),
            zbus::Error::InputOutput(error) if gone(&error) => Self::BusWent,
            other => Self::Refused(other),
        }
    }

    fn from_bus(fault: zbus::fdo::Error) -> Self {
        use zbus::fdo::Error;
        match fault {
            Error::ServiceUnknown(_) | Error::NameHasNoOwner(_) | Error::SpawnExecFailed(_) => {
                Self::NoService
            }
            Error::Disconnected(_) => Self::BusWent,
            // It ended, or was ended, with our question on its table.
            Error::NoReply(_) => Self::ServiceWent,
            Error::Timeout(_) | Error::TimedOut(_) => Self::Hung("the notification program"),
            other => Self::Refused(zbus::Error::FDO(Box::new(other))),
        }
    }
}

fn gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::NotConnected
            | io::ErrorKind::UnexpectedEof
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_hung_line_is_called_hung() {
        assert!(matches!(Fault::Hung("it").state(), SurfaceState::Hung { .. }));
        assert!(matches!(Fault::NoService.state(), SurfaceState::Missing { .. }));
    }

    #[test]
    fn every_missing_service_comes_with_a_way_out() {
        let SurfaceState::Missing { why, remedy } = Fault::NoBus.state() else { panic!("not missing") };
        assert!(why.contains("DBUS_SESSION_BUS_ADDRESS") && remedy.contains("evenkeel ctl watch"));
    }

    #[test]
    fn an_answer_of_the_bus_is_sorted_by_its_name() {
        let named = |error: zbus::fdo::Error| Fault::from_call(zbus::Error::FDO(Box::new(error)));
        let text = || "Disconnected, ServiceUnknown".to_owned();
        assert!(matches!(named(zbus::fdo::Error::ServiceUnknown(text())), Fault::NoService));
        assert!(matches!(named(zbus::fdo::Error::NoReply(text())), Fault::ServiceWent));
        assert!(matches!(named(zbus::fdo::Error::InvalidArgs(text())), Fault::Refused(_)));
    }

    #[test]
    fn a_broken_line_is_dropped_and_a_missing_service_is_waited_for_on_it() {
        assert!(Fault::BusWent.spoils_the_line() && Fault::Hung("it").spoils_the_line());
        assert!(!Fault::NoService.spoils_the_line() && !Fault::ServiceWent.spoils_the_line());
    }
}
