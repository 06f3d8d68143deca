//! What the page may do, as a content security policy: nothing but show the
//! very style and run the very script it was written with.

use sha2::{Digest, Sha256};

/// The policy for a page with this style and this script.
pub(super) fn policy(style: &str, script: &str) -> String {
    let (style, script) = (hash(style), hash(script));
    format!(
        "default-src 'none'; style-src '{style}'; script-src '{script}'; img-src data:; base-uri 'none'; \
         form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
}

/// The policy for a page with this style and no script at all.
pub(super) fn without_script(style: &str) -> String {
    let style = hash(style);
    format!("default-src 'none'; style-src '{style}'; img-src data:; base-uri 'none'; form-action 'none'")
}

/// A source expression: the text itself, by its SHA-256.
fn hash(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text.as_bytes())))
}

fn base64(bytes: &[u8]) -> String {
    bytes.chunks(3).flat_map(quartet).collect()
}

/// Three bytes as four characters; what is missing of them is padded.
fn quartet(bytes: &[u8]) -> [char; 4] {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let byte = |k: usize| u32::from(bytes.get(k).copied().unwrap_or_default());
    let all = byte(0) << 16 | byte(1) << 8 | byte(2);
    std::array::from_fn(|k| match k <= bytes.len() {
        true => char::from(DIGITS[(all >> (18 - 6 * k) & 63) as usize]),
        false => '=',
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_agrees_with_the_vectors_of_its_standard() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn a_hash_is_the_one_a_browser_computes() {
        // The example of the CSP specification's test suites: an empty element.
        assert_eq!(hash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }

    #[test]
    fn nothing_is_allowed_by_name_or_wholesale() {
        let policy = policy("a", "b");
        assert!(policy.starts_with("default-src 'none'"));
        for loose in ["unsafe", "http", "*", "'self'"] {
            assert!(!policy.contains(loose), "{loose}");
        }
    }
}
