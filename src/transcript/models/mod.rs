//! Models of the recogniser as files: which are known, whether one is whole,
//! where they are kept, how they get there. No model is ever loaded here, and
//! none is handed on that has not been walked through to its last byte: the
//! library that loads them takes damaged ones for good, or takes the process
//! down with it.

mod fault;
mod layout;
mod sniff;
mod validate;
mod walk;

pub use fault::{Class, ModelFault};
pub use layout::{Dims, Family, Ftype};
pub use validate::{Checked, validate, validate_reader};
