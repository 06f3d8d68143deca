//! What is measured: pace, level, pitch, talk, and what is normal for whom.
//! All of it on the raw signals; which frames are speech comes from outside.

pub mod baseline;
pub mod customer;
pub mod level;
pub mod pace;
pub mod pitch;
pub mod talk;
pub mod voice;
