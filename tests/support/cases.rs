//! How often a property is tried.

use proptest::prelude::ProptestConfig;

/// What proptest does unless told otherwise.
const DEFAULT: u32 = 256;

/// So many cases; as many times more as `PROPTEST_CASES` is above the default.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    let cases = usual.saturating_mul(asked.cases).div_ceil(DEFAULT);
    ProptestConfig { cases, ..asked }
}
