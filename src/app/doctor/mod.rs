//! The doctor: gathers evidence, each piece within a limit of time, and judges
//! it. Judging is pure: the same facts give the same page. It repairs nothing,
//! writes nothing, and hears and plays nothing while a call is on.

pub mod check;
pub mod facts;
pub mod gather;
pub mod hearing;
mod judge;
pub mod listen;

pub use check::{Check, Group, Outcome, worst};
pub use facts::Facts;
pub use gather::{Visit, gather};
pub use judge::judge;
