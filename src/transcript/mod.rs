//! What was said, as text: the models that hear it, and what is made of it.
//! Nothing here reaches into capture, measures or nudges.

pub mod models;
