//! Samples as devices give them, converted (never reinterpreted) to -1.0..1.0.

use cpal::{Data, I24, SampleFormat};

use crate::audio::capture::tap::Tap;
use crate::core::units::Nanos;

/// Whether samples of this format can be taken as they are.
pub(super) fn is_taken(format: SampleFormat) -> bool {
    matches!(
        format,
        SampleFormat::F32
            | SampleFormat::F64
            | SampleFormat::I8
            | SampleFormat::I16
            | SampleFormat::I24
            | SampleFormat::I32
            | SampleFormat::U8
            | SampleFormat::U16
    )
}

/// Hands a delivery to the tap. Real-time safe.
pub(super) fn hear(tap: &mut Tap, at: Nanos, arrived: Nanos, data: &Data) {
    match data.sample_format() {
        SampleFormat::F32 => give(tap, at, arrived, data.as_slice::<f32>(), |s| s),
        SampleFormat::F64 => give(tap, at, arrived, data.as_slice::<f64>(), |s| s as f32),
        SampleFormat::I8 => give(tap, at, arrived, data.as_slice::<i8>(), |s| f32::from(s) / 128.0),
        SampleFormat::I16 => give(tap, at, arrived, data.as_slice::<i16>(), |s| f32::from(s) / 32_768.0),
        SampleFormat::I24 => {
            give(tap, at, arrived, data.as_slice::<I24>(), |s| s.inner() as f32 / 8_388_608.0);
        }
        SampleFormat::I32 => give(tap, at, arrived, data.as_slice::<i32>(), |s| s as f32 / 2_147_483_648.0),
        SampleFormat::U8 => give(tap, at, arrived, data.as_slice::<u8>(), |s| f32::from(s) / 128.0 - 1.0),
        SampleFormat::U16 => {
            give(tap, at, arrived, data.as_slice::<u16>(), |s| f32::from(s) / 32_768.0 - 1.0);
        }
        // The set is open, and a stream is opened only with what is taken.
        _ => (),
    }
}

fn give<S: Copy>(tap: &mut Tap, at: Nanos, arrived: Nanos, block: Option<&[S]>, scale: impl Fn(S) -> f32) {
    if let Some(block) = block {
        tap.hear(at, arrived, block, scale);
    }
}
