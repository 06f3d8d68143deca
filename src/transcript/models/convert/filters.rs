//! The filters that weigh the spectrum into bands as the ear hears them: a
//! table that files carry and that CTranslate2's do not. Slaney's scale, each
//! filter divided by its width, as Whisper was trained with. Rounded where the
//! original is, for the same bits.

use crate::transcript::models::layout::BINS;

/// Half the sample rate, in Hz.
const TOP_HZ: f64 = 8000.0;

/// The scale is linear up to here, in Hz ...
const BEND_HZ: f64 = 1000.0;

/// ... which is this on the scale, ...
const BEND_MEL: f64 = 15.0;

/// ... for each step of it is so many Hz.
const HZ_PER_MEL: f64 = 200.0 / 3.0;

/// All bands, one after the other.
pub(super) fn filters(mels: u32) -> Vec<f32> {
    // Above the bend, 27 steps are a factor of 6.4.
    let step = 6.4_f64.ln() / 27.0;
    let top = BEND_MEL + (TOP_HZ / BEND_HZ).ln() / step;
    let between = top / f64::from(mels + 1);
    let edges: Vec<f64> = (0..mels + 2)
        .map(|i| if i == mels + 1 { top } else { f64::from(i) * between })
        .map(|mel| if mel < BEND_MEL { mel * 200.0 / 3.0 } else { BEND_HZ * (step * (mel - BEND_MEL)).exp() })
        .collect();
    debug_assert!((edges[1] - between * HZ_PER_MEL).abs() < 1e-9);
    edges.windows(3).flat_map(|edges| band([edges[0], edges[1], edges[2]])).collect()
}

/// One band: rises from the first edge to the second and falls to the third.
fn band([low, middle, high]: [f64; 3]) -> impl Iterator<Item = f32> {
    let between = TOP_HZ / f64::from(BINS - 1);
    (0..BINS).map(move |bin| {
        let hz = if bin == BINS - 1 { TOP_HZ } else { f64::from(bin) * between };
        let (rise, fall) = (-(low - hz) / (middle - low), (high - hz) / (high - middle));
        // Rounded once before the division by the width and once after it.
        let height = rise.min(fall).max(0.0) as f32;
        (f64::from(height) * (2.0 / (high - low))) as f32
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    fn sum(mels: u32) -> String {
        let mut hasher = Sha256::new();
        filters(mels).iter().for_each(|weight| hasher.update(weight.to_le_bytes()));
        hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_table_is_the_published_one_to_the_last_bit() {
        assert_eq!(sum(80), "85818f156f7e189453901a515e4726d270d307f976e161cf9403e8caab405498");
    }

    #[test]
    fn no_weight_is_a_negative_zero() {
        for mels in [80, 128] {
            let filters = filters(mels);
            assert_eq!(filters.len(), mels as usize * 201);
            assert!(filters.iter().all(|weight| weight.is_sign_positive()));
        }
    }
}
