//! What a recording must be like: two channels for a call, one for a side.

use crate::audio::error::ErrorKind;
use crate::core::frames::resample::{MAX_RATE, MIN_RATE};
use crate::core::units::Channel;

/// What a file was given as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// A whole call in two channels.
    Call,
    /// One side of it, alone.
    Side(Channel),
}

impl Expected {
    /// Refuses another number of channels. It is never made right by mixing,
    /// doubling or dropping channels.
    pub(super) fn check_channels(self, channels: usize) -> Result<(), ErrorKind> {
        let expected = match self {
            Self::Call => 2,
            Self::Side(_) => 1,
        };
        match (self, channels) {
            (_, found) if found == expected => Ok(()),
            (_, 0) => Err(ErrorKind::Damaged { what: "its header names no channels" }),
            (Self::Call, 1) => Err(ErrorKind::Mono),
            (Self::Side(side), 2) => Err(ErrorKind::StereoForOneSide { side }),
            (_, channels) => Err(ErrorKind::TooManyChannels { channels, expected }),
        }
    }
}

/// Refuses a rate that cannot be brought to 16 kHz.
pub(super) fn check_rate(hz: u32) -> Result<(), ErrorKind> {
    if (MIN_RATE..=MAX_RATE).contains(&hz) { Ok(()) } else { Err(ErrorKind::RateOutOfRange { hz }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_two_channels_and_nothing_else() {
        assert!(Expected::Call.check_channels(2).is_ok());
        assert!(matches!(Expected::Call.check_channels(1), Err(ErrorKind::Mono)));
        assert!(matches!(Expected::Call.check_channels(0), Err(ErrorKind::Damaged { .. })));
        let refused = Expected::Call.check_channels(3);
        assert!(matches!(refused, Err(ErrorKind::TooManyChannels { channels: 3, expected: 2 })));
    }

    #[test]
    fn a_side_has_one_channel_and_a_stereo_file_is_told_apart() {
        let side = Expected::Side(Channel::Customer);
        assert!(side.check_channels(1).is_ok());
        let stereo = side.check_channels(2);
        assert!(matches!(stereo, Err(ErrorKind::StereoForOneSide { side: Channel::Customer })));
        assert!(matches!(side.check_channels(6), Err(ErrorKind::TooManyChannels { expected: 1, .. })));
    }

    #[test]
    fn rates_are_taken_from_telephone_to_studio() {
        for hz in [8_000, 16_000, 44_100, 96_000] {
            assert!(check_rate(hz).is_ok());
        }
        for asked in [0, 7_999, 96_001, u32::MAX] {
            let Err(ErrorKind::RateOutOfRange { hz }) = check_rate(asked) else { panic!() };
            assert_eq!(hz, asked);
        }
    }
}
