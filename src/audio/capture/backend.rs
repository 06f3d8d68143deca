//! What a sound system must offer. `live` is the real one; `scripted` plays what
//! a test or a file says. Calls may hang: they are made on a thread that can be
//! left behind.

use super::device::Device;
use super::error::CaptureError;
use super::tap::Tap;
use crate::core::units::Channel;

/// A sound system.
pub trait Backend: Send {
    /// All devices there are at present.
    ///
    /// # Errors
    /// [`CaptureError::NoServer`] where none can be asked.
    fn devices(&mut self) -> Result<Vec<Device>, CaptureError>;

    /// Records from `device` into `tap` until the answer is dropped. Shared with
    /// other programs, never alone; never another device than this one.
    ///
    /// # Errors
    /// What the sound system says, sorted.
    fn open(&mut self, device: &Device, side: Channel, tap: Tap) -> Result<Box<dyn Running>, CaptureError>;

    /// Has the sound system serve `device` promptly until the answer is dropped,
    /// without a sample of it being sent. None where nothing need be done for that.
    ///
    /// # Errors
    /// What the sound system says, sorted.
    fn make_ready(&mut self, _: &Device) -> Result<Option<Box<dyn Ready>>, CaptureError> {
        Ok(None)
    }

    /// Another one with a connection of its own, for when a call in this one hangs.
    fn another(&self) -> Box<dyn Backend>;
}

/// An open stream; dropping it closes it.
pub trait Running {
    /// What has gone wrong with it since last asked.
    fn fault(&mut self) -> Option<CaptureError>;
}

/// A device is kept ready; dropping it ends that.
pub trait Ready {}
