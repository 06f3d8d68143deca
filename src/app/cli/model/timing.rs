//! How fast a model is on this machine: one clip, once, as it would be heard in
//! a call.

use crate::app::exit::{Failure, Status};
use crate::transcript::models::{Installed, Speed};

/// Lets a model write down a clip.
///
/// # Errors
/// Where no recogniser is part of this build, or the model fails.
pub(super) fn time(_model: &Installed) -> Result<Speed, Failure> {
    Err(Failure::new(Status::Unavailable, "this build writes down no speech")
        .hint("name a model: `evenkeel model choose NAME`"))
}
