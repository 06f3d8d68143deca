//! A model in whisper.cpp's form of Silero that always says the same.

/// Rows and columns of the four convolutions, three wide.
const CONVOLUTIONS: [(u32, u32); 4] = [(129, 128), (128, 64), (64, 64), (64, 128)];

/// Its file. All weights are zero: what it says is the last bias alone, as a logit.
pub(crate) fn silero(bias: f32) -> Vec<u8> {
    let mut out = [&0x6767_6d6c_u32.to_le_bytes()[..], &10_u32.to_le_bytes(), b"silero-16k"].concat();
    let mut numbers = vec![6, 2, 0, 512, 64, 4];
    numbers.extend(CONVOLUTIONS.iter().flat_map(|&(from, to)| [from, to, 3]));
    numbers.extend([128, 128, 128, 1]);
    out.extend(numbers.into_iter().flat_map(u32::to_le_bytes));
    for (k, (from, to)) in CONVOLUTIONS.into_iter().enumerate() {
        tensor(&mut out, &format!("_model.encoder.{k}.reparam_conv.weight"), &[3, from, to], true);
        tensor(&mut out, &format!("_model.encoder.{k}.reparam_conv.bias"), &[to], false);
    }
    for name in ["weight_ih", "weight_hh"] {
        tensor(&mut out, &format!("_model.decoder.rnn.{name}"), &[128, 512], false);
    }
    for name in ["bias_ih", "bias_hh"] {
        tensor(&mut out, &format!("_model.decoder.rnn.{name}"), &[512], false);
    }
    tensor(&mut out, "_model.decoder.decoder.2.weight", &[128], true);
    tensor(&mut out, "_model.decoder.decoder.2.bias", &[], false);
    let end = out.len();
    out[end - 4..].copy_from_slice(&bias.to_le_bytes());
    tensor(&mut out, "_model.stft.forward_basis_buffer", &[256, 1, 258], true);
    out
}

/// Head and zeros of one; `half` of two bytes each.
fn tensor(out: &mut Vec<u8>, name: &str, shape: &[u32], half: bool) {
    let head = [shape.len() as u32, name.len() as u32, u32::from(half)];
    out.extend(head.iter().chain(shape).flat_map(|number| number.to_le_bytes()));
    out.extend(name.as_bytes());
    let values: u32 = shape.iter().product();
    out.resize(out.len() + values as usize * if half { 2 } else { 4 }, 0);
}
