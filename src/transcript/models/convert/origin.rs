//! Where each tensor of whisper.cpp's format comes from: which variable of
//! CTranslate2, and which part of it, for queries, keys and values are stacked
//! there.

/// A part of a variable: number `part` of `of` equal ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) variable: String,
    pub(super) part: u64,
    pub(super) of: u64,
}

impl Origin {
    fn whole(variable: String) -> Self {
        Self { variable, part: 0, of: 1 }
    }

    /// Of the tensor of this name.
    pub(super) fn of(tensor: &str) -> Option<Self> {
        let (half, rest) = tensor.split_once('.')?;
        if let Some(rest) = rest.strip_prefix("blocks.") {
            let (layer, rest) = rest.split_once('.')?;
            return in_block(&format!("{half}/layer_{layer}"), rest);
        }
        let (module, kind) = rest.rsplit_once('.').unwrap_or((rest, ""));
        Some(Self::whole(match module {
            "positional_embedding" => format!("{half}/position_encodings/encodings"),
            "token_embedding" => format!("{half}/embeddings/{kind}"),
            "ln" | "ln_post" => format!("{half}/layer_norm/{}", norm(kind)?),
            "conv1" | "conv2" => format!("{half}/{module}/{kind}"),
            _ => return None,
        }))
    }

    /// For a key: its bias, which must do nothing.
    pub(super) fn silent_bias(&self) -> Option<Self> {
        // Keys are the second of three stacked, or the first of two.
        let is_key = matches!((self.part, self.of), (1, 3) | (0, 2));
        let stem = self.variable.strip_suffix("/weight")?;
        is_key.then(|| Self { variable: format!("{stem}/bias"), ..*self })
    }
}

fn in_block(layer: &str, rest: &str) -> Option<Origin> {
    let (module, kind) = rest.rsplit_once('.')?;
    let whole = |variable: String| Some(Origin::whole(variable));
    match module {
        "mlp_ln" => whole(format!("{layer}/ffn/layer_norm/{}", norm(kind)?)),
        "mlp.0" => whole(format!("{layer}/ffn/linear_0/{kind}")),
        "mlp.2" => whole(format!("{layer}/ffn/linear_1/{kind}")),
        "attn_ln" => whole(format!("{layer}/self_attention/layer_norm/{}", norm(kind)?)),
        "cross_attn_ln" => whole(format!("{layer}/attention/layer_norm/{}", norm(kind)?)),
        _ => attention(layer, module, kind),
    }
}

fn attention(layer: &str, module: &str, kind: &str) -> Option<Origin> {
    let (below, linear, part, of) = match module {
        "attn.query" => ("self_attention", 0, 0, 3),
        "attn.key" => ("self_attention", 0, 1, 3),
        "attn.value" => ("self_attention", 0, 2, 3),
        "attn.out" => ("self_attention", 1, 0, 1),
        "cross_attn.query" => ("attention", 0, 0, 1),
        "cross_attn.key" => ("attention", 1, 0, 2),
        "cross_attn.value" => ("attention", 1, 1, 2),
        "cross_attn.out" => ("attention", 2, 0, 1),
        _ => return None,
    };
    Some(Origin { variable: format!("{layer}/{below}/linear_{linear}/{kind}"), part, of })
}

/// What CTranslate2 calls the two numbers of a normalisation.
fn norm(kind: &str) -> Option<&'static str> {
    match kind {
        "weight" => Some("gamma"),
        "bias" => Some("beta"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::models::layout::{Dims, slots};

    #[test]
    fn every_tensor_has_an_origin() {
        let dims =
            Dims { vocabulary: 51_864, state: 64, heads: 1, audio_layers: 6, text_layers: 6, mels: 80 };
        for slot in slots(&dims) {
            assert!(Origin::of(&slot.name).is_some(), "{}", slot.name);
        }
        assert_eq!(Origin::of("decoder.blocks.0.unheard.weight"), None);
    }

    #[test]
    fn stacked_parts_are_told_apart() {
        let origin = |name| Origin::of(name).map(|o| (o.variable, o.part, o.of)).unwrap();
        assert_eq!(
            origin("encoder.blocks.3.attn.value.bias"),
            ("encoder/layer_3/self_attention/linear_0/bias".to_owned(), 2, 3)
        );
        assert_eq!(
            origin("decoder.blocks.1.cross_attn.key.weight"),
            ("decoder/layer_1/attention/linear_1/weight".to_owned(), 0, 2)
        );
    }

    #[test]
    fn only_keys_must_have_a_silent_bias() {
        let bias = |name| Origin::of(name).unwrap().silent_bias().map(|o| o.variable);
        assert_eq!(
            bias("decoder.blocks.0.attn.key.weight").as_deref(),
            Some("decoder/layer_0/self_attention/linear_0/bias")
        );
        assert_eq!(bias("decoder.blocks.0.cross_attn.value.weight"), None);
        assert_eq!(bias("decoder.blocks.0.attn.query.weight"), None);
        assert_eq!(bias("decoder.token_embedding.weight"), None);
    }
}
