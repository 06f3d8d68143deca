//! The microphone between two calls, where capture is always on: the background of
//! its last ten seconds, as three numbers, with which the next call begins. The sound
//! itself goes as it comes; what the headset plays is not looked at.

use crate::audio::capture::Delivered;
use crate::core::activity::gate::Background;
use crate::core::activity::{self, Room};
use crate::core::frames::Framer;
use crate::core::frames::align::{Aligner, Stretch};
use crate::core::units::{Channel, Nanos};

/// See the module.
#[derive(Debug)]
pub(super) struct Between {
    aligner: Aligner,
    framer: Framer,
    room: Room,
    stretch: Stretch,
}

impl Between {
    /// From this moment on.
    pub(super) fn new(now: Nanos, settings: activity::Settings) -> Self {
        let mut aligner = Aligner::new(now);
        // Nobody waits for the headset.
        aligner.gone(Channel::Customer);
        let (framer, room) = (Framer::default(), Room::new(settings));
        Self { aligner, framer, room, stretch: Stretch::default() }
    }

    /// What a device delivered, or did.
    pub(super) fn hear(&mut self, side: Channel, delivered: Delivered<'_>) {
        if side == Channel::Agent {
            delivered.place(side, &mut self.aligner);
        }
    }

    /// Measures what is in place by `now`.
    pub(super) fn advance(&mut self, now: Nanos) {
        let Self { aligner, framer, room, stretch } = self;
        while aligner.pull(now, stretch) {
            let blocks = stretch.blocks();
            framer.push(blocks.agent, blocks.customer, |frame| room.push(frame));
        }
    }

    /// The background, once it is known.
    pub(super) fn background(&self) -> Option<Background> {
        self.room.background()
    }
}
