//! What was said, by kind: which phrases were found and when, the log of incidents,
//! and what is offered after the call. Never a word that was spoken.

use crate::core::after::After;
use crate::core::event::{CueHit, Detector};
use crate::core::units::SampleTime;
use crate::report::analysis::Analysis;

/// Finds of one detector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub detector: Detector,
    /// How many, as the call was summed up.
    pub count: usize,
    /// When each of them began whose time is still stored: fewer where events were
    /// deleted or lost.
    pub at: Vec<SampleTime>,
}

/// What was found, by detector; those without a find are left out. None where
/// nobody listened: that is not the same as nothing.
pub fn found(a: &Analysis) -> Option<Vec<Found>> {
    let all = Detector::ALL.into_iter().map(|detector| of(a, detector));
    let known = a.summary.language.is_known() || !a.cues.is_empty();
    known.then(|| all.filter(|found| 0 < found.count).collect())
}

fn of(a: &Analysis, detector: Detector) -> Found {
    let times = a.cues.iter().filter(|hit| hit.detector == detector).map(|hit| hit.at);
    let at: Vec<SampleTime> = times.collect();
    let counted = a.summary.language.cues[detector as usize] as usize;
    Found { detector, count: counted.max(at.len()), at }
}

impl Found {
    /// Of how many it is not known any more when they began.
    pub fn untimed(&self) -> usize {
        self.count - self.at.len()
    }
}

/// Whether enough of both sides was listened to for a kind that was not found to be one
/// that was not said.
pub fn is_whole(a: &Analysis) -> bool {
    Detector::ALL.into_iter().all(|detector| a.summary.count(detector).is_some())
}

/// Insults and demands for somebody higher up, by time. None where too little of the
/// customer was listened to for "none", and where not all times are stored any more.
pub fn incidents(a: &Analysis) -> Option<Vec<&CueHit>> {
    let kinds = || Detector::ALL.into_iter().filter(|detector| detector.is_incident());
    let hits: Vec<&CueHit> = a.cues.iter().filter(|hit| hit.detector.is_incident()).collect();
    let known = !hits.is_empty() || kinds().any(|detector| a.summary.count(detector).is_some());
    (known && kinds().all(|detector| of(a, detector).untimed() == 0)).then_some(hits)
}

/// What is offered after the call.
pub fn after(a: &Analysis) -> Vec<After> {
    After::of(&a.summary)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::event::{Event, Reliability, Standing, State};
    use crate::core::score;
    use crate::core::summary::Summary;
    use crate::core::tally::Facts;
    use crate::core::units::{Channel, SampleSpan, Sides};
    use crate::report::analysis::{Collector, Origin};

    fn at(seconds: u32) -> SampleTime {
        SampleTime::from_seconds(f64::from(seconds))
    }

    fn facts() -> Facts {
        Facts {
            verdicts: Sides { agent: State::Live, customer: State::Live },
            leak_db: None,
            reliability: Reliability::Reliable,
            agc: false,
            looks_swapped: false,
            nuclei: 0,
            phonation: 0,
            normal: None,
            standing: Standing::None,
            harvest: None,
        }
    }

    /// Each side spoke for a minute; `heard` seconds of it were listened to.
    fn call(heard: Sides<f64>, found: &[Detector]) -> Analysis {
        let mut events = Vec::new();
        for who in Channel::BOTH {
            events.push(Event::SpeechEnded { who, from: at(0), at: at(60), decided: at(60) });
            if 0.0 < heard[who] {
                let spoken = SampleSpan::from_seconds(heard[who]);
                events.push(Event::Listened { who, from: at(0), to: at(60), spoken });
            }
        }
        let hit = |&detector: &Detector| {
            Event::Cue(CueHit { at: at(5), until: at(6), who: detector.speaker(), detector })
        };
        events.extend(found.iter().map(hit));
        let (mut collector, mut summary) = (Collector::default(), Summary::new(score::Settings::default()));
        for event in &events {
            collector.note(event);
            summary.note(event);
        }
        collector.finish(Origin::default(), summary.finish(&facts()))
    }

    const ALL: Sides<f64> = Sides { agent: 60.0, customer: 60.0 };

    #[test]
    fn what_was_counted_is_told_where_its_times_are_gone() {
        let mut call = call(ALL, &[Detector::PolicyWall, Detector::Abuse]);
        assert_eq!(incidents(&call).map(|hits| hits.len()), Some(1));
        call.cues.clear();
        let told: Vec<_> = found(&call).unwrap().iter().map(|f| (f.detector, f.count, f.untimed())).collect();
        assert_eq!(told, [(Detector::PolicyWall, 1, 1), (Detector::Abuse, 1, 1)]);
        assert_eq!(incidents(&call), None, "no list is better than an empty one");
    }

    #[test]
    fn there_was_no_incident_only_where_the_customer_was_listened_to() {
        assert_eq!(incidents(&call(ALL, &[])), Some(Vec::new()));
        for customer in [0.0, 47.0] {
            let call = call(Sides { agent: 60.0, customer }, &[]);
            assert_eq!(incidents(&call), None, "{customer}");
            assert!(!is_whole(&call) && found(&call) == Some(Vec::new()));
        }
        let sliver = call(Sides { agent: 60.0, customer: 9.0 }, &[Detector::Abuse]);
        assert_eq!(incidents(&sliver).map(|hits| hits.len()), Some(1), "a find is a find");
    }
}
