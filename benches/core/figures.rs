//! Medians and percentiles.

/// The value below which `percent` of them lie; 0 where there are none.
pub(crate) fn percentile(values: &mut [f64], percent: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1) as f64;
    values.get((last * percent / 100.0).round() as usize).copied().unwrap_or_default()
}

/// The one in the middle.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    percentile(values, 50.0)
}
