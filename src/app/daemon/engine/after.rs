//! Calls that are over and of which words may still come. Their number is bounded by
//! what waits for the recogniser: none of them ends before its last word, or before
//! the daemon does.

use std::sync::Arc;

use crate::app::daemon::recognise::Tally;
use crate::app::daemon::told::Meta;
use crate::core::cues::Listener;
use crate::core::event::Event;
use crate::core::summary::CallSummary;
use crate::core::words::Words;
use crate::store::CallUid;
use crate::transcript::redact::Redactor;
use crate::transcript::segments::Utterance;
use crate::transcript::terms::Terms;

/// A call that is over.
pub(super) struct Recent {
    pub(super) meta: Meta,
    /// Takes out of its words what must not be kept.
    pub(super) redactor: Redactor,
    pub(super) terms: Arc<Terms>,
    pub(super) tally: Tally,
    pub(super) late: Late,
}

/// What is found in its words. They change its score no more, which was told already.
pub(super) struct Late {
    listener: Listener,
    pub(super) events: Vec<Event>,
    pub(super) summary: CallSummary,
}

impl Late {
    /// Nothing came yet.
    pub(super) const fn new(listener: Listener, summary: CallSummary) -> Self {
        Self { listener, events: Vec::new(), summary }
    }

    /// A stretch of speech was listened to.
    pub(super) fn listened(&mut self, utterance: &Utterance) {
        let (who, from, to, spoken) = (utterance.who, utterance.from, utterance.to(), utterance.spoken());
        self.summary.language.heard[who] += spoken;
        self.events.push(Event::Listened { who, from, to, spoken });
    }

    /// These words were heard in it.
    pub(super) fn heard(&mut self, words: &Words) {
        let mut hits = Vec::new();
        self.listener.hear(words, &mut hits);
        for hit in hits {
            self.summary.language.cues[hit.detector as usize] += 1;
            self.events.push(Event::Cue(hit));
        }
    }
}

/// All of them.
#[derive(Default)]
pub(super) struct Recents(Vec<Recent>);

impl Recents {
    /// Another one is over.
    pub(super) fn push(&mut self, recent: Recent) {
        self.0.push(recent);
    }

    /// A call, if words may still come of it.
    pub(super) fn of(&mut self, call: CallUid) -> Option<&mut Recent> {
        self.0.iter_mut().find(|recent| recent.meta.uid == call)
    }

    /// Takes a call out: no more words of it will come.
    pub(super) fn take(&mut self, call: CallUid) -> Option<Recent> {
        let place = self.0.iter().position(|recent| recent.meta.uid == call)?;
        Some(self.0.remove(place))
    }

    /// The calls, those that ended first before the others.
    pub(super) fn calls(&self) -> Vec<CallUid> {
        self.iter().map(|recent| recent.meta.uid).collect()
    }

    /// The same with all that is known of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Recent> {
        self.0.iter()
    }

    /// Whether no words can come any more.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::daemon::told::Said;
    use crate::core::calls::Trigger;
    use crate::core::event::Detector;
    use crate::core::pipeline::{Past, Pipeline, Settings};
    use crate::core::private::Spoken;
    use crate::core::units::{Channel, SampleSpan, SampleTime};
    use crate::core::words::Word;
    use crate::store::Devices;
    use crate::transcript::redact;

    fn over(uid: CallUid) -> Recent {
        let meta = Meta {
            uid,
            began: jiff::Timestamp::UNIX_EPOCH,
            agent: "ann".into(),
            devices: Devices::default(),
            trigger: Trigger::Order,
            program: None,
            said: Said::default(),
            settings: Settings::default(),
            config_hash: String::new(),
            past: Past::default(),
        };
        Recent {
            meta,
            redactor: Redactor::new(redact::Settings::new(&[]).unwrap()),
            terms: Arc::default(),
            tally: Tally::new("tiny.en".into()),
            late: late(),
        }
    }

    fn late() -> Late {
        let lexicon = crate::config::lexicon::built_in().unwrap();
        Late::new(Listener::new(lexicon, crate::core::cues::Settings::default()), summary())
    }

    fn summary() -> CallSummary {
        Pipeline::new(Settings::default(), Past::default()).finish(&mut Vec::new())
    }

    fn words() -> Words {
        said("well then")
    }

    fn said(text: &str) -> Words {
        let (from, to) = (SampleTime::ZERO, SampleTime::from_seconds(1.0));
        let word = |text: &str| Word { text: Spoken::new(text), from, to, sure: 0.9 };
        let words = text.split_whitespace().map(word).collect();
        Words { who: Channel::Agent, from, to, text: Spoken::new(text), words }
    }

    /// More than wait for the recogniser, and the one that it is at.
    const MANY: usize = 6;

    #[test]
    fn a_call_stays_until_its_own_last_word_and_no_other_call_ends_with_it() {
        let calls: Vec<CallUid> = (0..MANY).map(|_| CallUid::generate()).collect();
        let mut recents = Recents::default();
        calls.iter().for_each(|call| recents.push(over(*call)));
        for call in &calls {
            // Words of others come between: they change nothing about who is next.
            for other in recents.calls() {
                recents.of(other).unwrap().tally.said(SampleSpan::from_millis(500), &words());
            }
            assert_eq!(recents.calls()[0], *call, "the oldest stands first");
            assert_eq!(recents.take(*call).unwrap().meta.uid, *call);
            assert!(recents.of(*call).is_none() && recents.take(*call).is_none());
        }
        assert!(recents.is_empty());
    }

    #[test]
    fn words_that_come_late_count_as_listened_to_and_have_their_phrases_found() {
        let mut late = late();
        let (from, to) = (SampleTime::ZERO, SampleTime::from_seconds(1.0));
        let samples = Vec::new();
        late.listened(&Utterance { who: Channel::Agent, from, speech: vec![(from, to)], samples });
        late.heard(&said("Please try to calm down."));
        let language = late.summary.language;
        assert_eq!(language.heard.agent, SampleSpan::from_millis(1000));
        assert_eq!(language.cues[Detector::SoothingTrap as usize], 1);
        assert_eq!(language.cues.iter().sum::<u32>(), 1);
        let kinds: Vec<bool> = late.events.iter().map(|event| matches!(event, Event::Cue(_))).collect();
        assert_eq!(kinds, [false, true]);
    }
}
