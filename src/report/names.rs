//! What things are called: once for programs, once for people. An action or a
//! fact, never a judgement of a person.

mod channel;
mod nudge;
mod said;
mod score;
mod turns;

pub(in crate::report) use channel::STATES;
pub use channel::{AUTOMATIC_GAIN, LOOKS_SWAPPED, side, state, state_remedy, state_title};
pub use nudge::{
    advice, after_wrong, cleared, cleared_title, evidence, kind, kind_title, nudge_text, outcome, quantity,
    reason, reason_title, standing, standing_title, variant, why,
};
pub use said::{after, after_detail, after_title, detector_title, untimed};
pub(in crate::report) use score::WHYS;
pub use score::{cause, cause_tip, cause_title, part, part_title, part_unit, why_not, why_not_title};
pub use turns::{behaviour, behaviour_title, class, class_title, reliability, reliability_title};

fn percent(ratio: f32) -> String {
    format!("{:.0} %", ratio * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::after::After;
    use crate::core::event::{Detector, Evidence, Kind, Quantity, State, Variant};
    use crate::core::measures::Why;
    use crate::core::moments::Cause;
    use crate::core::score::Part;

    /// Words that name a feeling. None of them may ever be said of anybody.
    const FEELINGS: [&str; 12] = [
        "angry",
        "anger",
        "stress",
        "upset",
        "mood",
        "emotion",
        "sentiment",
        "nervous",
        "calm down",
        "hostile",
        "annoyed",
        "frustrat",
    ];

    fn nudges() -> Vec<&'static str> {
        Kind::ALL.iter().flat_map(|&kind| Variant::ALL.iter().map(move |&v| nudge_text(kind, v))).collect()
    }

    /// What to do, beside a nudge, after a call and of a costly moment.
    fn counsel() -> Vec<&'static str> {
        let after = [After::Record, After::FollowUp, After::Breathe];
        let mut causes = vec![
            Cause::CutOff,
            Cause::TalkOver,
            Cause::Overlap,
            Cause::RaisedVoice { peak: 6.0 },
            Cause::FastPace { ratio: 1.3 },
            Cause::RushedReply { offset: 0.1 },
        ];
        causes.extend(Detector::ALL.map(|detector| Cause::Phrase { detector }));
        let offered = after.into_iter().flat_map(|offer| [after_title(offer), after_detail(offer)]);
        Variant::ALL
            .into_iter()
            .filter_map(advice)
            .chain(offered)
            .chain(causes.into_iter().map(cause_tip))
            .collect()
    }

    #[test]
    fn a_nudge_has_at_most_four_words() {
        for text in nudges() {
            assert!(text.split_whitespace().count() <= 4, "{text}");
        }
    }

    #[test]
    fn nothing_that_is_advised_names_a_feeling() {
        let all = counsel();
        assert_eq!(all.len(), 5 + 6 + 6 + Detector::ALL.len());
        for text in nudges().into_iter().chain(all) {
            assert!(FEELINGS.iter().all(|f| !text.to_lowercase().contains(f)), "{text}");
        }
    }

    #[test]
    fn names_for_programs_are_snake_case_and_distinct() {
        let names: Vec<_> =
            Kind::ALL.iter().map(|&k| kind(k)).chain(Part::ALL.iter().map(|&p| part(p))).collect();
        assert!(names.iter().all(|n| n.chars().all(|c| c.is_ascii_lowercase() || c == '_')));
        let kinds: std::collections::BTreeSet<_> = Kind::ALL.iter().map(|&k| kind(k)).collect();
        assert_eq!(kinds.len(), Kind::ALL.len());
    }

    #[test]
    fn every_reason_and_state_can_be_read_back() {
        // A new one is one number higher than the last in its list.
        assert_eq!(WHYS.map(|why| why as usize), std::array::from_fn(|k| k));
        assert_eq!(STATES.map(|state| state as usize), std::array::from_fn(|k| k));
        assert_eq!(Why::FewWords as usize + 1, WHYS.len());
        assert_eq!(State::SameAudio as usize + 1, STATES.len());
    }

    #[test]
    fn evidence_reads_as_a_fact() {
        let rise = Evidence { quantity: Quantity::Rise, value: 7.24, limit: 4.5 };
        assert_eq!(evidence(&rise), "+7.2 dB over the agent's normal (limit +4.5 dB)");
    }
}
