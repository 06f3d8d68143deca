//! The agent's normal over many calls: the median of the calls, each weighted
//! by how much was said in it.

use crate::core::event::Normal;

/// What one call adds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CallNormal {
    /// Medians of the call, raised and fast stretches left out.
    pub normal: Normal,
    /// Own speech behind them, s.
    pub seconds: f32,
}

/// Calls that are remembered: the newest.
pub const CALLS: usize = 20;
/// A normal is earned by this much speech, s ...
pub const ENOUGH_SECONDS: f32 = 60.0;
/// ... over this many calls.
pub const ENOUGH_CALLS: usize = 2;

/// What the calls have in common and how far they lie apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Earned {
    /// Weighted medians.
    pub normal: Normal,
    /// Median absolute deviation of the level, dB.
    pub level_mad: f32,
    /// Median absolute deviation of the pace, syllables per second.
    pub pace_mad: f32,
}

/// The agent's normal, once it is earned; the newest call stands last.
pub fn earned(calls: &[CallNormal]) -> Option<Earned> {
    let calls = &calls[calls.len().saturating_sub(CALLS)..];
    let seconds: f32 = calls.iter().map(|c| c.seconds).sum();
    if calls.len() < ENOUGH_CALLS || seconds < ENOUGH_SECONDS {
        return None;
    }
    let of = |pick: fn(&Normal) -> Option<f32>| {
        median(calls.iter().filter_map(|c| pick(&c.normal).map(|value| (value, c.seconds))).collect())
    };
    let (level, pace) = (of(|n| Some(n.level))?, of(|n| Some(n.pace))?);
    let apart = |pick: fn(&Normal) -> f32, middle: f32| {
        median(calls.iter().map(|c| ((pick(&c.normal) - middle).abs(), c.seconds)).collect()).unwrap_or(0.0)
    };
    Some(Earned {
        normal: Normal { level, tilt: of(|n| Some(n.tilt))?, pitch: of(|n| n.pitch), pace },
        level_mad: apart(|n| n.level, level),
        pace_mad: apart(|n| n.pace, pace),
    })
}

/// Weighted median: half of the weight lies at or below it.
fn median(mut values: Vec<(f32, f32)>) -> Option<f32> {
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half: f32 = values.iter().map(|v| v.1).sum::<f32>() / 2.0;
    let mut sum = 0.0;
    values
        .iter()
        .find(|(_, weight)| {
            sum += weight;
            half <= sum
        })
        .map(|v| v.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(level: f32, seconds: f32) -> CallNormal {
        CallNormal { normal: Normal { level, tilt: -9.0, pitch: Some(5.0), pace: 4.0 }, seconds }
    }

    #[test]
    fn it_takes_a_minute_of_speech_over_two_calls() {
        assert_eq!(earned(&[call(-26.0, 300.0)]), None);
        assert_eq!(earned(&[call(-26.0, 20.0), call(-26.0, 20.0)]), None);
        assert!(earned(&[call(-26.0, 20.0), call(-26.0, 40.0)]).is_some());
    }

    #[test]
    fn one_odd_call_does_not_move_it() {
        let calls = [call(-26.0, 60.0), call(-12.0, 60.0), call(-25.0, 60.0), call(-27.0, 60.0)];
        let got = earned(&calls).unwrap();
        assert!((got.normal.level + 26.0).abs() <= 1.0, "{got:?}");
        assert!(got.level_mad <= 1.0);
    }

    #[test]
    fn old_calls_are_forgotten() {
        let mut calls = vec![call(-50.0, 600.0); 30];
        calls.extend(vec![call(-26.0, 30.0); CALLS]);
        assert_eq!(earned(&calls).unwrap().normal.level, -26.0);
    }

    #[test]
    fn a_call_without_pitch_does_not_hide_the_others() {
        let mute = CallNormal { normal: Normal { pitch: None, ..call(-26.0, 1.0).normal }, seconds: 60.0 };
        assert_eq!(earned(&[mute, call(-26.0, 60.0)]).unwrap().normal.pitch, Some(5.0));
    }
}
