//! What is said of a transcript besides its words: who heard it, how much of the
//! speech it holds, and how fast the words came.

use crate::core::transcript::Transcript;
use crate::core::units::{Channel, SampleSpan};

/// The facts, one a line.
pub(in crate::report) fn lines(transcript: &Transcript) -> Vec<String> {
    let mut lines = Vec::new();
    if !transcript.model.is_empty() {
        lines.push(format!("Recognised with {}", transcript.model));
    }
    for who in Channel::BOTH {
        let side = &transcript.coverage[who];
        let Some(share) = side.share() else { continue };
        if side.heard == SampleSpan::ZERO {
            lines.push(format!("{who}: none of the speech recognised, {:.1} s", side.missed.seconds()));
            continue;
        }
        let mut line = format!("{who}: {:.0} % of the speech recognised", share * 100.0);
        if SampleSpan::ZERO < side.missed {
            line += &format!(", {:.1} s not", side.missed.seconds());
        }
        if SampleSpan::ZERO < side.dropped {
            line += &format!(", {:.1} s found to be no words", side.dropped.seconds());
        }
        if let Some(rate) = transcript.words_per_minute(who) {
            line += &format!(", {rate:.0} words a minute");
            // Where all is one pace, one figure says it.
            if let Some((low, high)) = transcript.rate_range(who).filter(|(low, high)| 1.0 < high - low) {
                line += &format!(" ({low:.0} to {high:.0} over half a minute)");
            }
        }
        lines.push(line);
    }
    lines.extend(transcript.fault.clone());
    lines
}
