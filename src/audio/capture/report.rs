//! What the supervisor tells: each with what it means for the call and, where
//! somebody can do something, with the way out.

use super::device::DeviceId;
use super::error::CaptureError;
use crate::core::units::{Channel, Dbfs, Nanos};

/// Something that happened to a side's device.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    /// A side is recorded from this device.
    Opened {
        /// Which side.
        side: Channel,
        /// From what.
        id: DeviceId,
        /// Its name.
        name: String,
    },
    /// A side has no sound any more, or has none yet. What was heard since
    /// `doubtful` may be of another device.
    Lost {
        /// Which side.
        side: Channel,
        /// Why; its remedy is the user's.
        why: CaptureError,
        /// From here on what was heard is not to be trusted.
        doubtful: Option<Nanos>,
    },
    /// The setting is `default`, and the default is another device now: what was
    /// learned of the old one holds no more.
    DefaultChanged {
        /// Which side.
        side: Channel,
        /// What it was.
        from: DeviceId,
        /// What it is.
        to: DeviceId,
    },
    /// The device changed its rate or its channels: opened anew.
    FormatChanged {
        /// Which side.
        side: Channel,
        /// The new rate, Hz.
        rate: u32,
    },
    /// Given up for this call after two rebuilds.
    Stopped {
        /// Which side.
        side: Channel,
        /// Why.
        why: CaptureError,
    },
    /// The machine slept or the process stood still: everything is rebuilt.
    Slept {
        /// For how long, in ns.
        nanos: u64,
    },
}

/// How far a side has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Not wanted at present.
    #[default]
    Idle,
    /// Its device is looked for or being opened.
    Opening,
    /// Sound comes.
    Flowing,
    /// Open, and nothing has come for a while.
    Silent,
    /// There is a trouble; it is tried again.
    Waiting,
    /// Given up until the next call or another setting.
    Stopped,
}

/// What is known of one side: evidence, not intent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// How far it has come.
    pub state: State,
    /// The device, its id and its name.
    pub device: Option<(DeviceId, String)>,
    /// The rate that it delivers, Hz.
    pub rate: Option<u32>,
    /// Samples per channel delivered by this stream.
    pub frames: u64,
    /// Age of the newest delivery, ms.
    pub last_frame_ms: Option<f32>,
    /// Loudest sample since last asked; none where nothing but zeros came.
    pub peak: Option<Dbfs>,
    /// Time since anything but zeros came, ms.
    pub last_sound_ms: Option<f32>,
    /// Samples dropped because nobody read them in time.
    pub lost: u64,
    /// Age of the oldest sample of a delivery, 95th percentile, ms.
    pub delay_ms: Option<f32>,
    /// What is wrong, if anything.
    pub why: Option<String>,
    /// The way out of it.
    pub remedy: Option<String>,
}
