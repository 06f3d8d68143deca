//! What a call amounted to.

use crate::core::language::Language;
use crate::core::measures::{Measured, Why};
use crate::core::moments::{Cause, Moment};
use crate::core::score::{Part, PartScore, Score};
use crate::core::summary::{CallSummary, NudgeCount, Replies, SideSummary};
use crate::core::tally::Starts;
use crate::store::codec::bits::{Code, Damaged, Input};
use crate::store::codec::by_kind;

record!(CallSummary {
    duration,
    sides,
    leak_db,
    reliability,
    agc,
    looks_swapped,
    talk_ratio,
    interruptions_per_min,
    overlap_share,
    pace,
    articulation,
    fast_share,
    raised_share,
    raised_count,
    fast_count,
    replies,
    silences,
    listening_per_min,
    switches_per_min,
    customer,
    intensity,
    normal,
    standing,
    harvest,
    nudges as by_kind,
    score,
    moments,
} since 2 {
    language = Language::default(),
});
record!(Language { heard, cues, negative_per_min });
record!(SideSummary { verdict, speech, spurts, starts, monologue });
record!(Starts { count, unreliable, overlap });
record!(Replies { count, median, rushed });
record!(NudgeCount { shown, heeded, suppressed });
record!(Score { value, coverage, parts });
record!(PartScore { part, value, ramp, penalty, lost });
record!(Moment { at, end, causes, points });

choice!(Part {
    0 = RaisedVoice, 1 = Interruptions, 2 = Pace, 3 = Overlap, 4 = RushedReply, 5 = Dominance, 6 = Language,
});
choice!(Cause {
    0 = CutOff, 1 = TalkOver, 2 = Overlap, 3 = RaisedVoice { peak }, 4 = FastPace { ratio },
    5 = RushedReply { offset }, 6 = Phrase { detector },
});
choice!(Why {
    0 = CallTooShort, 1 = LittleAgentSpeech, 2 = LittleCustomerSpeech, 3 = NoBaseline, 4 = AgentChannel,
    5 = CustomerChannel, 6 = Unreliable, 7 = Agc, 8 = FewReplies, 9 = NoWords, 10 = LittleCoverage,
    11 = FewWords,
});

impl<T: Code> Code for Measured<T> {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Known(value) => {
                out.push(0);
                value.put(out);
            }
            Self::Unknown(why) => {
                out.push(1);
                why.put(out);
            }
        }
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Damaged> {
        match input.variant(2)? {
            0 => T::take(input).map(Self::Known),
            _ => Why::take(input).map(Self::Unknown),
        }
    }
}
