//! Models of the recogniser as files: which are known, whether one is whole,
//! where they are kept, how they get there. No model is ever loaded here, and
//! none is handed on that has not been walked through to its last byte: the
//! library that loads them takes damaged ones for good, or takes the process
//! down with it.

mod choose;
mod convert;
mod digest;
mod fault;
#[cfg(feature = "fetch")]
mod fetch;
mod import;
mod layout;
mod library;
mod manifest;
mod part;
mod record;
mod silero;
mod sniff;
mod validate;
mod walk;

pub use choose::{Choice, Speed, choose};
pub use convert::{ConvertFault, Ct2Model, Form, SourceFault, Target, vocabulary};
pub use digest::{NotASum, Sum};
pub use fault::{Class, ModelFault};
#[cfg(feature = "fetch")]
pub use fetch::{FetchError, address, fetch};
pub use import::{Doing, ImportError, ImportOptions, Imported, Step, import};
pub use layout::{Dims, Family, Ftype};
pub use library::{Detector, ENGLISH, FindError, Held, Installed, Library};
pub use manifest::{Known, Manifest, Purpose};
pub use silero::{detector, validate_detector};
pub use validate::{Checked, validate, validate_reader};
