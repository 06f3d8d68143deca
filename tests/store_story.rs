//! The life of calls in the database: begun, filled, ended, read, replayed,
//! aged, removed; and what a program that is killed leaves behind.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

#[path = "store_story/kill.rs"]
mod kill;
#[path = "store_story/removal.rs"]
mod removal;
#[path = "store_story/support.rs"]
mod story;
#[expect(dead_code, reason = "the call alone is needed here")]
#[path = "support/mod.rs"]
mod support;

use evenkeel::app::refold::refold;
use evenkeel::app::replay::{Note, replay};
use evenkeel::core::event::{Event, Kind, Normal, Order};
use evenkeel::core::pipeline::{Past, Pipeline, Settings};
use evenkeel::core::units::SampleSpan;
use evenkeel::store::{
    CallUid, Command, Filter, Finished, Key, Mode, Reference, Said, State, StoreError, Verdict, Wall, Why,
    same_bits,
};

use story::{LONG, Story, new_call};

/// The version in the tests' calls.
const VERSION: &str = "1.2.3";

/// The sample call with orders and a change of settings on its way: its events
/// in the batches in which they would come, and the settings that changed.
struct Played {
    batches: Vec<Vec<Event>>,
    applied: Settings,
    summary: evenkeel::core::summary::CallSummary,
}

fn play() -> Played {
    let call = support::sample();
    let mut pipeline = Pipeline::new(Settings::default(), Past::default());
    let mut applied = Settings::default();
    applied.nudges.show = SampleSpan::from_millis(3000);
    applied.nudges.conditions.dead_air = SampleSpan::from_millis(5000);
    let mut batches = Vec::new();
    for (k, (agent, customer)) in call.agent.chunks(16_000).zip(call.customer.chunks(16_000)).enumerate() {
        let mut events = Vec::new();
        pipeline.push(agent, customer, &mut events);
        match k {
            20 => pipeline.order(Order::Hold(true), &mut events),
            23 => pipeline.order(Order::Hold(false), &mut events),
            30 => pipeline.apply(applied, &mut events),
            50 => pipeline.order(Order::Wrong(Kind::Interrupting), &mut events),
            60 => pipeline.order(Order::Snooze(SampleSpan::from_millis(10_000)), &mut events),
            _ => (),
        }
        batches.push(events);
    }
    let mut events = Vec::new();
    let summary = pipeline.finish(&mut events);
    batches.push(events);
    Played { batches, applied, summary }
}

impl Played {
    fn events(&self) -> Vec<Event> {
        self.batches.concat()
    }

    /// Stores it as the daemon would.
    fn store(&self, story: &Story) -> CallUid {
        let new = new_call();
        let call = new.uid;
        story.send(Command::Begin(Box::new(new.clone())));
        for batch in &self.batches {
            if batch.iter().any(|event| matches!(event, Event::Applied { .. })) {
                let settings = Box::new(self.applied);
                story.send(Command::Applied { call, config_hash: "other".into(), settings });
            }
            story.send(Command::Events { call, events: batch.clone() });
        }
        let ended = new.began.after(self.summary.duration);
        let summary = self.summary.clone();
        story.send(Command::Finish(Box::new(Finished { call, ended, why: Why::Order, summary })));
        story.flush();
        call
    }
}

fn same_events(a: &[Event], b: &[Event]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_bits(a, b))
}

#[test]
fn a_call_comes_back_to_the_bit_and_its_decisions_are_replayed() {
    let (story, played) = (Story::new(), play());
    let call = played.store(&story);
    let stored = story.reader().call(&call.to_string()).unwrap();
    assert!(same_events(&stored.events, &played.events()));
    assert_eq!(stored.summary, Some(played.summary.clone()));
    assert_eq!((stored.settings, stored.past), (Settings::default(), Past::default()));
    assert_eq!(stored.applied, [played.applied]);
    assert_eq!((stored.line.state, stored.line.length), (State::Closed, played.summary.duration));

    let again = replay(&stored, VERSION);
    assert!(again.is_proof(), "{again:?}");
    assert!(5 < again.decisions, "{again:?}");
    let shown = stored.events.iter().any(|e| matches!(e, Event::Cleared { .. }));
    assert!(shown, "the sample call shows a nudge");
}

#[test]
fn a_replay_finds_the_first_decision_that_differs() {
    let (story, played) = (Story::new(), play());
    let call = played.store(&story);
    let mut stored = story.reader().call(&call.to_string()).unwrap();
    let decision = stored
        .events
        .iter_mut()
        .find_map(|event| if let Event::Decision(decision) = event { Some(decision) } else { None })
        .unwrap();
    decision.evidence[0].as_mut().unwrap().value += 1e-6;
    let again = replay(&stored, VERSION);
    assert!(!again.same);
    assert_eq!(again.first_difference.unwrap().number, 0);
}

#[test]
fn a_replay_without_the_settings_or_by_another_version_claims_nothing() {
    let (story, played) = (Story::new(), play());
    let call = played.store(&story);
    let mut stored = story.reader().call(&call.to_string()).unwrap();
    stored.applied.clear();
    let again = replay(&stored, "9.9.9");
    assert!(again.notes.contains(&Note::SettingsUnknown));
    let other = Note::OtherVersion { stored: VERSION.into(), ours: "9.9.9".into() };
    assert!(again.notes.contains(&other) && !again.is_proof());
}

#[test]
fn a_reader_sees_a_call_while_it_is_written() {
    let (story, played) = (Story::new(), play());
    let new = new_call();
    story.send(Command::Begin(Box::new(new.clone())));
    story.send(Command::Events { call: new.uid, events: played.batches[0].clone() });
    story.flush();
    let reader = story.reader();
    let first = reader.call(&new.uid.to_string()).unwrap();
    assert_eq!((first.line.state, first.summary), (State::Open, None));
    story.send(Command::Events { call: new.uid, events: played.batches[1].clone() });
    story.flush();
    let both = [played.batches[0].clone(), played.batches[1].clone()].concat();
    assert!(same_events(&reader.call(&new.uid.to_string()).unwrap().events, &both));
}

#[test]
fn r34_a_call_that_a_crash_left_open_is_closed_at_the_next_start() {
    let (mut story, played) = (Story::new(), play());
    let new = new_call();
    story.send(Command::Begin(Box::new(new.clone())));
    story.send(Command::Events { call: new.uid, events: played.batches[..30].concat() });
    let opened = story.reopen();
    let [orphan] = opened.as_slice() else { panic!("{opened:?}") };
    assert_eq!(orphan.uid, new.uid);
    let seconds = orphan.length.seconds();
    assert!((29.5..30.5).contains(&seconds), "{seconds}");
    let line = story.reader().find(&new.uid.to_string()).unwrap();
    assert_eq!((line.state, line.why, line.length), (State::Orphan, Some(Why::Crash), orphan.length));
    assert_eq!(line.ended, Some(new.began.after(orphan.length)));
    assert!(story.reopen().is_empty());
}

#[test]
fn an_orphan_is_summed_up_from_its_events_nearly_as_the_call_was() {
    let (story, played) = (Story::new(), play());
    let call = played.store(&story);
    let stored = story.reader().call(&call.to_string()).unwrap();
    let again = refold(&stored);
    let was = &played.summary;
    assert_eq!((again.duration, again.sides, again.nudges), (was.duration, was.sides, was.nudges));
    assert_eq!((&again.score, &again.moments), (&was.score, &was.moments));
    assert_eq!(again.harvest, None, "nothing is learned from it");
}

#[test]
fn the_normal_of_an_agent_is_carried_from_call_to_call_on_the_same_device() {
    let (story, played) = (Story::new(), play());
    let finish = |level: f32| {
        let new = new_call();
        let mut summary = played.summary.clone();
        let normal = Normal { level, tilt: -9.0, pitch: Some(5.0), pace: 4.0 };
        summary.harvest = Some((normal, 40.0));
        story.send(Command::Begin(Box::new(new.clone())));
        let ended = new.began.after(summary.duration);
        story.send(Command::Finish(Box::new(Finished { call: new.uid, ended, why: Why::Streams, summary })));
        story.flush();
        new
    };
    let past = |device: &str| {
        let mut new = new_call();
        new.devices.microphone = device.into();
        story.reader().past(&new.agent, &new.devices, &new.profile).unwrap().normal
    };
    let microphone = finish(-26.0).devices.microphone;
    assert_eq!(past(&microphone), None);
    finish(-26.5);
    assert_eq!(past(&microphone).map(|n| n.level), Some(-26.5));
    assert_eq!(past("another"), None);
}

#[test]
fn a_nudge_called_wrong_is_stricter_for_twenty_calls() {
    let (story, played) = (Story::new(), play());
    let new = new_call();
    let strictness = || story.reader().past(&new.agent, &new.devices, &new.profile).unwrap().strictness;
    played.store(&story);
    assert_eq!(strictness()[Kind::Interrupting as usize], 1.15);
    assert_eq!(strictness()[Kind::FastPace as usize], 1.0);
    let said = |at| Command::Feedback {
        call: None,
        agent: new.agent.clone(),
        at,
        said: Said::Wrong,
        kind: Some(Kind::Interrupting),
    };
    story.send(said(Wall::now()));
    story.flush();
    assert_eq!(strictness()[Kind::Interrupting as usize], 1.15 * 1.15);
    for k in 0..20_i64 {
        let mut later = new_call();
        later.began.utc_ms += (k + 1) * 3_600_000;
        story.send(Command::Begin(Box::new(later)));
    }
    story.flush();
    assert_eq!(strictness()[Kind::Interrupting as usize], 1.0);
}

#[test]
fn calls_are_found_by_agent_time_number_name_and_customer() {
    let story = Story::new();
    let key = Key::load_or_create(&Key::place(story.data())).unwrap();
    let customer = Reference::new("C-4711", Mode::Hashed, &key).unwrap();
    let mut all = Vec::new();
    for k in 0..5_u32 {
        let mut new = new_call();
        new.began = Wall::now().days_before(k);
        new.agent = if k % 2 == 0 { "ann".into() } else { "bob".into() };
        new.customer = customer.clone().filter(|_| k == 3);
        story.send(Command::Begin(Box::new(new.clone())));
        all.push(new);
    }
    story.flush();
    let reader = story.reader();
    let found = |filter: Filter| {
        reader
            .calls(&filter)
            .unwrap()
            .iter()
            .map(|c| all.iter().position(|n| n.uid == c.uid).unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(found(Filter::default()), [0, 1, 2, 3, 4]);
    assert_eq!(found(Filter { agent: Some("bob".into()), ..Filter::default() }), [1, 3]);
    assert_eq!(found(Filter { last: Some(2), ..Filter::default() }), [0, 1]);
    let (from, to) = (Some(all[3].began), Some(all[1].began));
    assert_eq!(found(Filter { from, to, ..Filter::default() }), [2, 3]);
    assert_eq!(found(Filter { customer, ..Filter::default() }), [3]);
    assert_eq!(found(Filter { ended: true, ..Filter::default() }), [0usize; 0]);
    let line = reader.find("4").unwrap();
    assert_eq!((line.uid, line.customer.as_deref()), (all[3].uid, Some("…711")));
    assert_eq!(reader.find(&all[2].uid.to_string()).unwrap().id, 3);
    assert!(matches!(reader.find("0"), Err(StoreError::NoCall(_))));
    assert!(matches!(reader.find("0' OR 1=1"), Err(StoreError::NoCall(_))));
    assert!(matches!(reader.find("99"), Err(StoreError::NoCall(_))), "digits are a number");
}

#[test]
fn programs_notes_and_what_was_done_are_kept() {
    let story = Story::new();
    let new = new_call();
    let call = new.uid;
    story.send(Command::Begin(Box::new(new)));
    story.send(Command::Program { name: "zoiper".into(), verdict: Verdict::Allow, at: Wall::now() });
    story.send(Command::Program { name: "zoiper".into(), verdict: Verdict::Never, at: Wall::now() });
    story.send(Command::Note { call, text: Some("call back".into()), by: "ann".into() });
    let external_id = Some("T-9".to_owned());
    story.send(Command::Joined { call, customer: None, note: None, external_id });
    story.flush();
    let reader = story.reader();
    let programs = reader.programs().unwrap();
    assert_eq!(
        programs.iter().map(|p| (p.name.as_str(), p.verdict)).collect::<Vec<_>>(),
        [("zoiper", Verdict::Never)]
    );
    let line = reader.find(&call.to_string()).unwrap();
    assert_eq!((line.note.as_deref(), line.external_id.as_deref()), (Some("call back"), Some("T-9")));
    let audit = reader.audit(10).unwrap();
    assert_eq!(audit.iter().map(|a| a.what.as_str()).collect::<Vec<_>>(), ["note", "program", "program"]);
    assert!(audit.iter().all(|a| !a.detail.contains("call back")));
}

#[test]
fn what_was_no_call_leaves_nothing() {
    let (story, played) = (Story::new(), play());
    let new = new_call();
    story.send(Command::Begin(Box::new(new.clone())));
    story.send(Command::Events { call: new.uid, events: played.batches[0].clone() });
    story.send(Command::Discard(new.uid));
    story.flush();
    assert!(story.reader().calls(&Filter::default()).unwrap().is_empty());
}

#[test]
fn a_flush_is_answered_after_the_commit() {
    let story = Story::new();
    story.send(Command::Begin(Box::new(new_call())));
    assert!(story.writer().flush(LONG));
    assert_eq!(story.reader().calls(&Filter::default()).unwrap().len(), 1);
    let state = story.writer().state();
    assert!(state.since_commit.is_some() && 0 < state.bytes, "{state:?}");
}
