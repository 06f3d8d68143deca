//! Stored samples to numbers. Full scale becomes 1.0; nothing is clipped,
//! rounded or repaired here.

use super::header::Encoding;
use crate::audio::file::decode::Block;

impl Encoding {
    /// Bytes of one sample of one channel.
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::MuLaw | Self::ALaw => 1,
            Self::I16 => 2,
            Self::I24 => 3,
            Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// Bits and the codec's name as people say it.
    pub(super) fn name(self) -> (&'static str, Option<u32>) {
        match self {
            Self::U8 => ("PCM", Some(8)),
            Self::I16 => ("PCM", Some(16)),
            Self::I24 => ("PCM", Some(24)),
            Self::I32 => ("PCM", Some(32)),
            Self::F32 => ("floating point", Some(32)),
            Self::F64 => ("floating point", Some(64)),
            Self::MuLaw => ("G.711 mu-law", Some(8)),
            Self::ALaw => ("G.711 A-law", Some(8)),
        }
    }

    /// Appends whole frames of one or two channels to `block`.
    pub(super) fn decode(self, bytes: &[u8], channels: usize, block: &mut Block) {
        match self {
            Self::U8 => split(bytes, channels, block, from_u8),
            Self::I16 => split(bytes, channels, block, from_i16),
            Self::I24 => split(bytes, channels, block, |[a, b, c]| from_i32([0, a, b, c])),
            Self::I32 => split(bytes, channels, block, from_i32),
            Self::F32 => split(bytes, channels, block, f32::from_le_bytes),
            Self::F64 => split(bytes, channels, block, |b| f64::from_le_bytes(b) as f32),
            Self::MuLaw => split(bytes, channels, block, |[b]| mu_law(b)),
            Self::ALaw => split(bytes, channels, block, |[b]| a_law(b)),
        }
    }
}

fn split<const N: usize>(bytes: &[u8], channels: usize, block: &mut Block, turn: impl Fn([u8; N]) -> f32) {
    let (samples, _) = bytes.as_chunks::<N>();
    if channels == 1 {
        block.left.extend(samples.iter().map(|&sample| turn(sample)));
        return;
    }
    for &[left, right] in samples.as_chunks::<2>().0 {
        block.left.push(turn(left));
        block.right.push(turn(right));
    }
}

fn from_u8([byte]: [u8; 1]) -> f32 {
    (f32::from(byte) - 128.0) / 128.0
}

fn from_i16(bytes: [u8; 2]) -> f32 {
    f32::from(i16::from_le_bytes(bytes)) / 32_768.0
}

fn from_i32(bytes: [u8; 4]) -> f32 {
    (f64::from(i32::from_le_bytes(bytes)) / 2_147_483_648.0) as f32
}

/// A sample of G.711 mu-law, full scale 1: sign, three bits of exponent, four of
/// mantissa, all inverted.
pub fn mu_law(byte: u8) -> f32 {
    const BIAS: i32 = 0x84;
    let code = i32::from(!byte);
    let magnitude = (((code & 15) << 3) + BIAS) << (code >> 4 & 7);
    let value = magnitude - BIAS;
    (if code & 0x80 == 0 { value } else { -value }) as f32 / 32_768.0
}

/// G.711 A-law: as above, every other bit inverted, the lowest segment linear.
fn a_law(byte: u8) -> f32 {
    let code = i32::from(byte ^ 0x55);
    let (exponent, mantissa) = (code >> 4 & 7, (code & 15) << 4);
    let value = if exponent == 0 { mantissa + 8 } else { (mantissa + 0x108) << (exponent - 1) };
    (if code & 0x80 == 0 { -value } else { value }) as f32 / 32_768.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mono(encoding: Encoding, bytes: &[u8]) -> Vec<f32> {
        let mut block = Block::default();
        encoding.decode(bytes, 1, &mut block);
        block.left
    }

    #[test]
    fn full_scale_and_silence_land_where_they_belong() {
        assert_eq!(mono(Encoding::U8, &[0, 128, 192]), [-1.0, 0.0, 0.5]);
        assert_eq!(mono(Encoding::I16, &[0, 0x80, 0, 0, 0, 0x40]), [-1.0, 0.0, 0.5]);
        assert_eq!(mono(Encoding::I24, &[0, 0, 0x80, 0, 0, 0, 0, 0, 0x40]), [-1.0, 0.0, 0.5]);
        assert_eq!(mono(Encoding::I32, &[0, 0, 0, 0x80, 0, 0, 0, 0x40]), [-1.0, 0.5]);
        assert_eq!(mono(Encoding::F32, &0.25f32.to_le_bytes()), [0.25]);
        assert_eq!(mono(Encoding::F64, &(-0.75f64).to_le_bytes()), [-0.75]);
    }

    #[test]
    fn g711_matches_the_values_of_the_standard() {
        // Largest, smallest and a middle value of each law, out of 32768.
        let of = |law: fn(u8) -> f32, byte| (law(byte) * 32_768.0) as i32;
        assert_eq!(
            [of(mu_law, 0x80), of(mu_law, 0x00), of(mu_law, 0xff), of(mu_law, 0x7f)],
            [32_124, -32_124, 0, 0]
        );
        assert_eq!([of(mu_law, 0xfe), of(mu_law, 0xc0), of(mu_law, 0x4f)], [8, 1_884, -924]);
        assert_eq!(
            [of(a_law, 0xaa), of(a_law, 0x2a), of(a_law, 0xd5), of(a_law, 0x55)],
            [32_256, -32_256, 8, -8]
        );
    }

    #[test]
    fn two_channels_are_taken_apart_in_order() {
        let mut block = Block::default();
        Encoding::U8.decode(&[128, 192, 0, 64], 2, &mut block);
        assert_eq!((block.left, block.right), (vec![0.0, -1.0], vec![0.5, -0.5]));
    }

    #[test]
    fn a_float_too_large_for_32_bits_becomes_infinite_rather_than_wrong() {
        assert_eq!(mono(Encoding::F64, &1e300f64.to_le_bytes()), [f32::INFINITY]);
    }
}
