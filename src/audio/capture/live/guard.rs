//! Watches that a device stays what it is. Sound servers move a stream to
//! another device when its own vanishes, and do not say so: the customer would
//! be recorded as the agent. Here the server's word that a device went is waited
//! for, asleep; from then on not one sample is kept.

use std::ffi::{CStr, CString};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use pulseaudio::protocol::{Command, SourceInfoList};

use crate::audio::capture::device::Device;
use crate::audio::capture::error::CaptureError;
use crate::audio::watch::connection::Connection;
use crate::audio::watch::{Place, Why};

/// Ends with its stream.
pub(super) struct Guard {
    socket: UnixStream,
    gone: Arc<AtomicBool>,
}

impl Guard {
    /// Watches `device`, which is a source of the server.
    pub(super) fn over(device: &Device) -> Result<Self, CaptureError> {
        let failed = |why: Why| CaptureError::NoServer { why: why.to_string() };
        let name = device.id.0.split_once(':').map_or(device.id.0.as_str(), |(_, name)| name);
        let missing = |_| CaptureError::Gone { device: device.name.clone() };
        let name = CString::new(name).map_err(missing)?;
        let mut server = Connection::open(&Place::Environment).map_err(failed)?;
        let socket = server.handle().map_err(failed)?;
        server.subscribe_to_sources().map_err(failed)?;
        let index = index(&mut server, &name).map_err(failed)?;
        let gone = Arc::new(AtomicBool::new(false));
        let flag = gone.clone();
        let watching = move || {
            if stays(&mut server, &name, index).is_ok() {
                flag.store(true, Relaxed);
            }
        };
        if let Err(error) = thread::Builder::new().name("capture-guard".to_owned()).spawn(watching) {
            // The look at the devices once a second finds it out as well.
            tracing::warn!(%error, "no thread to guard a device with");
        }
        Ok(Self { socket, gone })
    }

    /// Set once the device is gone; for the callback.
    pub(super) fn gone(&self) -> Arc<AtomicBool> {
        self.gone.clone()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // It may be broken already, which ends the thread just as well.
        let _ = self.socket.shutdown(Shutdown::Both);
    }
}

/// Returns once the device is another one or none.
///
/// # Errors
/// [`Why`] where the connection ended; the stream then ends with it.
fn stays(server: &mut Connection, name: &CStr, index: Option<u32>) -> Result<(), Why> {
    while self::index(server, name)? == index && index.is_some() {
        // A source changes with each stream on it and each step of its volume: that
        // says nothing of whether it is there.
        while !server.changed().fewer {
            server.wait()?;
        }
    }
    Ok(())
}

/// The number of the source with this name. One that was unplugged and plugged
/// in again has another.
fn index(server: &mut Connection, name: &CStr) -> Result<Option<u32>, Why> {
    let sources: SourceInfoList = server.ask(&Command::GetSourceInfoList)?;
    Ok(sources.iter().find(|source| source.name.as_c_str() == name).map(|source| source.index))
}
