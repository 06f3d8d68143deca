//! The light that stands for the score: three steps are seen from the corner of the
//! eye, a figure is not.

/// From here on it stands for a high score, and from there for a middling one.
/// Guessed: a call without a fault has 100, and most of one with some has 80.
const HIGH: f32 = 80.0;
const MIDDLING: f32 = 60.0;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Light {
    /// There is no score yet.
    None,
    /// High.
    High,
    /// Between the two.
    Middling,
    /// Low.
    Low,
}

impl Light {
    /// The light of a score, 0 to 100.
    pub fn of(score: Option<f32>) -> Self {
        match score {
            None => Self::None,
            Some(score) if HIGH <= score => Self::High,
            Some(score) if MIDDLING <= score => Self::Middling,
            Some(_) => Self::Low,
        }
    }
}
