//! Calls as recordings of their own.

use std::path::Path;

use evenkeel::core::units::RATE;

/// Writes a file of two channels, equally long.
pub(crate) fn write(path: &Path, agent: &[f32], customer: &[f32]) -> std::io::Result<()> {
    let (rate, bytes) = (RATE, u32::try_from(4 * agent.len()).unwrap_or(u32::MAX));
    let mut wav = [&b"RIFF"[..], &(36 + bytes).to_le_bytes(), b"WAVEfmt ", &16_u32.to_le_bytes()].concat();
    // Plain numbers, two channels of 16 bits.
    [1_u16, 2].iter().for_each(|n| wav.extend(n.to_le_bytes()));
    [rate, 4 * rate].iter().for_each(|n| wav.extend(n.to_le_bytes()));
    [4_u16, 16].iter().for_each(|n| wav.extend(n.to_le_bytes()));
    wav.extend(b"data");
    wav.extend(bytes.to_le_bytes());
    for (agent, customer) in agent.iter().zip(customer) {
        for sample in [agent, customer] {
            wav.extend(((sample * 32_767.0) as i16).to_le_bytes());
        }
    }
    std::fs::write(path, wav)
}
