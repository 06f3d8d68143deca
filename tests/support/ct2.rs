//! The same small models as CTranslate2 (faster-whisper) writes them: queries,
//! keys and values stacked, and a vocabulary of its own beside the weights.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::path::Path;

use half::f16;
use zip::write::SimpleFileOptions;

use crate::ggml::{Micro, Tensor};

const HALF: u8 = 4;
const SMALL_INTEGER: u8 = 2;

/// `model.bin`.
pub(crate) fn model(micro: &Micro<'_>) -> Vec<u8> {
    let variables = variables(micro);
    let mut file = 6_u32.to_le_bytes().to_vec();
    name("WhisperSpec", &mut file);
    file.extend(3_u32.to_le_bytes());
    file.extend((variables.len() as u32 + 2).to_le_bytes());
    for (variable, (shape, values)) in &variables {
        // As in a real file: what was trained in half precision is stored so.
        let bytes: Vec<u8> = values.iter().flat_map(|x| f16::from_f32(*x).to_le_bytes()).collect();
        put(variable, shape, HALF, &bytes, &mut file);
    }
    for half in ["encoder", "decoder"] {
        put(&format!("{half}/num_heads"), &[], SMALL_INTEGER, &1_i16.to_le_bytes(), &mut file);
    }
    file.extend(1_u32.to_le_bytes());
    name("decoder/projection/weight", &mut file);
    name("decoder/embeddings/weight", &mut file);
    file
}

/// `vocabulary.txt`.
pub(crate) fn vocabulary(micro: &Micro<'_>) -> String {
    let words: Vec<String> = micro.vocabulary().iter().map(|word| written(word)).collect();
    words.join("\n")
}

/// A wheel with these files.
pub(crate) fn wheel(path: &Path, files: &[(&str, &[u8])]) {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    std::fs::write(path, archive.finish().unwrap().into_inner()).unwrap();
}

/// Bytes as letters that can be seen.
fn written(word: &[u8]) -> String {
    let mut hidden = 0;
    let letters: Vec<char> = (0..=255_u8)
        .map(|byte| {
            if matches!(byte, 33..=126 | 161..=172 | 174..=255) {
                return char::from(byte);
            }
            hidden += 1;
            char::from_u32(255 + hidden).unwrap()
        })
        .collect();
    word.iter().map(|byte| letters[usize::from(*byte)]).collect()
}

fn name(text: &str, file: &mut Vec<u8>) {
    file.extend((text.len() as u16 + 1).to_le_bytes());
    file.extend(text.bytes());
    file.push(0);
}

fn put(variable: &str, shape: &[usize], kind: u8, bytes: &[u8], file: &mut Vec<u8>) {
    name(variable, file);
    file.push(shape.len() as u8);
    shape.iter().for_each(|size| file.extend((*size as u32).to_le_bytes()));
    file.push(kind);
    file.extend((bytes.len() as u32).to_le_bytes());
    file.extend(bytes);
}

type Variables = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

/// By CTranslate2's names. What is stacked comes in the order query, key, value.
fn variables(micro: &Micro<'_>) -> Variables {
    let mut all = Variables::new();
    let tensors = micro.tensors();
    for tensor in &tensors {
        let variable = variable(&tensor.name);
        let shape = if tensor.name.contains("conv") && tensor.name.ends_with("bias") {
            vec![tensor.shape[0]]
        } else {
            tensor.shape.clone()
        };
        stack(&mut all, variable, &shape, tensor);
        if tensor.name.ends_with("key.weight") {
            // Keys have a bias here, and it does nothing.
            let bias = self::variable(&tensor.name.replace("weight", "bias"));
            let silent =
                Tensor { name: String::new(), shape: vec![32], kind: tensor.kind, values: vec![0.0; 32] };
            stack(&mut all, bias, &[32], &silent);
        }
    }
    all
}

fn stack(all: &mut Variables, variable: String, shape: &[usize], tensor: &Tensor) {
    let (stacked, values) = all.entry(variable).or_insert_with(|| (vec![0; shape.len()], Vec::new()));
    let rows = stacked[0];
    shape.clone_into(stacked);
    stacked[0] += rows;
    values.extend(&tensor.values);
}

fn variable(tensor: &str) -> String {
    let mut name = tensor.replace('.', "/");
    for (ours, theirs) in [
        ("blocks/", "layer_"),
        ("positional_embedding", "position_encodings/encodings"),
        ("token_embedding", "embeddings"),
        ("cross_attn_ln/weight", "attention/layer_norm/gamma"),
        ("cross_attn_ln/bias", "attention/layer_norm/beta"),
        ("cross_attn/query", "attention/linear_0"),
        ("cross_attn/key", "attention/linear_1"),
        ("cross_attn/value", "attention/linear_1"),
        ("cross_attn/out", "attention/linear_2"),
        ("/attn_ln/weight", "/self_attention/layer_norm/gamma"),
        ("/attn_ln/bias", "/self_attention/layer_norm/beta"),
        ("/attn/query", "/self_attention/linear_0"),
        ("/attn/key", "/self_attention/linear_0"),
        ("/attn/value", "/self_attention/linear_0"),
        ("/attn/out", "/self_attention/linear_1"),
        ("mlp_ln/weight", "ffn/layer_norm/gamma"),
        ("mlp_ln/bias", "ffn/layer_norm/beta"),
        ("mlp/0", "ffn/linear_0"),
        ("mlp/2", "ffn/linear_1"),
        ("/ln_post/weight", "/layer_norm/gamma"),
        ("/ln_post/bias", "/layer_norm/beta"),
        ("/ln/weight", "/layer_norm/gamma"),
        ("/ln/bias", "/layer_norm/beta"),
    ] {
        name = name.replace(ours, theirs);
    }
    name
}
