//! Which model keeps up on this machine, given how fast each was. Pure: the
//! timing is done elsewhere.

/// CPU time for a second of speech that a model may take while a call goes on,
/// in seconds: 1.5 s for a clip of four. Above it, both sides talking at once
/// would take most of a core from the softphone.
const LIVE_CPU: f64 = 1.5 / 4.0;

/// Time that may pass for a second of speech while a call goes on, in seconds:
/// 3 s for a clip of four. Above it the text falls behind.
const LIVE_TIME: f64 = 3.0 / 4.0;

/// Time that may pass for a second of speech after the call, in seconds: the
/// text is there before a call as long as the last one has ended.
const LATER_TIME: f64 = 1.0;

/// How fast a model was.
#[derive(Clone, Debug, PartialEq)]
pub struct Speed {
    /// Its name.
    pub name: String,
    /// Bytes of the file: the larger model is the better one.
    pub bytes: u64,
    /// Speech in the clip that it was given, in seconds; more than 0.
    pub speech_s: f64,
    /// Processor time it took, in seconds.
    pub cpu_s: f64,
    /// Time that passed, in seconds.
    pub wall_s: f64,
}

/// What to take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// While the call goes on; none if no model keeps up.
    pub live: Option<String>,
    /// After the call; none if there was nothing to choose from.
    pub later: Option<String>,
}

/// The largest model that keeps up with a call, and the largest that is done
/// soon after it; if none is, the fastest.
pub fn choose(speeds: &[Speed]) -> Choice {
    let live =
        |speed: &&Speed| within(speed.cpu_s, speed, LIVE_CPU) && within(speed.wall_s, speed, LIVE_TIME);
    let later = |speed: &&Speed| within(speed.wall_s, speed, LATER_TIME);
    let largest = |speed: &&Speed| speed.bytes;
    let fastest = || speeds.iter().min_by(|one, other| one.wall_s.total_cmp(&other.wall_s));
    let name = |speed: &Speed| speed.name.clone();
    Choice {
        live: speeds.iter().filter(live).max_by_key(largest).map(name),
        later: speeds.iter().filter(later).max_by_key(largest).or_else(fastest).map(name),
    }
}

/// Whether seconds spent stay within a share of the speech. What is no number does not.
fn within(spent: f64, speed: &Speed, share: f64) -> bool {
    0.0 < speed.speech_s && spent <= share * speed.speech_s
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speed(name: &str, bytes: u64, cpu_s: f64, wall_s: f64) -> Speed {
        Speed { name: name.to_owned(), bytes, speech_s: 4.0, cpu_s, wall_s }
    }

    fn chosen(speeds: &[Speed]) -> (Option<String>, Option<String>) {
        let Choice { live, later } = choose(speeds);
        (live, later)
    }

    #[test]
    fn the_largest_that_keeps_up_is_taken() {
        let speeds = [
            speed("tiny", 43, 0.3, 0.3),
            speed("base", 81, 0.7, 0.8),
            speed("small", 264, 2.6, 2.8),
            speed("turbo", 874, 9.0, 9.5),
        ];
        assert_eq!(chosen(&speeds), (Some("base".into()), Some("small".into())));
    }

    #[test]
    fn a_model_that_waits_for_its_processor_does_not_keep_up() {
        let speeds = [speed("tiny", 43, 0.3, 2.9), speed("base", 81, 0.7, 3.1)];
        assert_eq!(chosen(&speeds), (Some("tiny".into()), Some("base".into())));
    }

    #[test]
    fn where_none_keeps_up_the_fastest_writes_afterwards() {
        let speeds = [speed("base", 81, 20.0, 21.0), speed("tiny", 43, 9.0, 9.5)];
        assert_eq!(chosen(&speeds), (None, Some("tiny".into())));
        assert_eq!(chosen(&[]), (None, None));
    }

    #[test]
    fn what_is_no_number_never_keeps_up() {
        let broken = Speed { speech_s: 0.0, ..speed("a", 9, 0.0, 0.0) };
        assert_eq!(chosen(&[broken, speed("b", 5, f64::NAN, f64::NAN)]).0, None);
    }
}
