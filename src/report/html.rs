//! shim
use crate::report::Analysis;
/// shim
pub struct PageOptions {
    /// shim
    pub score_name: String,
}
/// shim
pub fn write(_: &Analysis, o: &PageOptions) -> String {
    o.score_name.clone()
}
