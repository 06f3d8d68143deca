//! How wide a side sounds: a telephone cuts off what a microphone in the room
//! does not.

use crate::core::activity::steady::Bands;

/// How much of a side's speech lies above the telephone band.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bandwidth {
    sums: Bands,
    spectra: u32,
}

/// Spectra of speech that make a figure: 10 s.
const BANDWIDTH_ENOUGH: u32 = 200;
/// A side that went through a telephone has less than this above its band, dB ...
pub(super) const TELEPHONE: f32 = -36.0;
/// ... and a microphone in the room has more than this.
pub(super) const ROOM: f32 = -28.0;

impl Bandwidth {
    pub(super) fn add(&mut self, bands: Bands) {
        self.sums.telephone += bands.telephone;
        self.sums.above += bands.above;
        self.spectra += 1;
    }

    pub(super) fn above_db(&self) -> Option<f32> {
        let ratio = self.sums.above / self.sums.telephone.max(f32::MIN_POSITIVE);
        (BANDWIDTH_ENOUGH <= self.spectra).then(|| 10.0 * ratio.max(1e-12).log10())
    }
}
