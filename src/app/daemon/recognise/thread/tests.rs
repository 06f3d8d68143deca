#![cfg(unix)]

use super::*;
use crate::app::daemon::recognise::rota::TAILS;
use crate::app::daemon::recognise::rota::tests::choice;
use crate::core::units::{Channel, SampleSpan, SampleTime};
use crate::transcript::child::{Kept, Program};
use crate::transcript::recogniser::{Detail, Loss, Unfit};

/// Says that it is ready and dies of the first utterance.
const DIES: &str = r#"printf '\030\000\000\000{"ready":{"many":false}}'; head -c 5 >/dev/null"#;

/// Says that it is ready, and then nothing more.
const HANGS: &str = r#"printf '\030\000\000\000{"ready":{"many":false}}'; exec sleep 3600"#;

fn played(script: &str, limits: Limits) -> Desk {
    let program = Program { path: "/bin/sh".into(), args: vec!["-c".into(), script.into()] };
    Desk::one(Kept::new(program, limits))
}

fn dying(_: &Choice) -> Result<Desk, RecogniserError> {
    Ok(played(DIES, Limits::default()))
}

fn hanging(_: &Choice) -> Result<Desk, RecogniserError> {
    let hour = Duration::from_secs(3600);
    Ok(played(HANGS, Limits { load: hour, utterance: hour, per_second: hour }))
}

fn unable(_: &Choice) -> Result<Desk, RecogniserError> {
    Err(Unfit::NoProcess(Detail::new("gone")).into())
}

const SECOND: SampleSpan = SampleSpan::from_millis(1000);

fn utterance() -> Utterance {
    let (from, to) = (SampleTime::ZERO, SampleTime::ZERO + SECOND);
    Utterance { who: Channel::Agent, from, speech: vec![(from, to)], samples: vec![0.0; 16_000] }
}

fn tail(call: CallUid, utterances: usize) -> Tail {
    let mut aside = Aside::default();
    (0..utterances).for_each(|_| aside.put(utterance()).unwrap());
    Tail { call, choice: choice(), aside }
}

fn turn(worker: &mut Worker) {
    assert!(worker.turn().is_ok(), "somebody still gives it work");
}

/// What was told of which call.
fn told(heard: &Receiver<Heard>) -> Vec<(CallUid, &'static str)> {
    let what = |news: &News| match news {
        News::Outcome { outcome: Outcome::Missed(_), .. } => "missed",
        News::Outcome { .. } => "heard",
        News::Failed(RecogniserError::Lost(Loss::Died)) => "died",
        News::Failed(_) => "failed",
        News::Off(_) => "off",
        News::Done => "done",
    };
    heard.try_iter().map(|heard| (heard.call, what(&heard.news))).collect()
}

/// An utterance of a call that goes on, heard.
fn hear(jobs: &Jobs, worker: &mut Worker, call: CallUid) {
    jobs.live.send(Job::Hear(call, choice(), utterance())).unwrap();
    turn(worker);
}

#[test]
fn what_was_left_over_waits_while_a_call_goes_on() {
    let (jobs, heard, mut worker) = worker(dying);
    let (before, now) = (CallUid::generate(), CallUid::generate());
    assert!(jobs.rota.leave(tail(before, 2)));
    turn(&mut worker);
    turn(&mut worker);
    assert_eq!(told(&heard), [(before, "missed")]);
    let live = jobs.rota.go_on(now);
    turn(&mut worker);
    assert_eq!(told(&heard), [], "one utterance is left over, and waits");
    drop(live);
    turn(&mut worker);
    turn(&mut worker);
    assert_eq!(told(&heard), [(before, "missed"), (before, "done")]);
}

#[test]
fn a_recogniser_that_dies_in_one_call_is_given_up_in_no_other() {
    let (jobs, heard, mut worker) = worker(dying);
    let (one, other) = (CallUid::generate(), CallUid::generate());
    let live = jobs.rota.go_on(one);
    hear(&jobs, &mut worker, one);
    assert_eq!(told(&heard), [(one, "died")]);
    assert!(jobs.rota.leave(tail(one, 0)));
    drop(live);
    let live = jobs.rota.go_on(other);
    hear(&jobs, &mut worker, other);
    assert_eq!(told(&heard), [(other, "died")], "its first loss");
    hear(&jobs, &mut worker, other);
    assert_eq!(told(&heard), [(other, "died"), (other, "off")]);
    drop(live);
}

#[test]
fn sound_of_a_call_that_is_nobodys_business_is_let_go() {
    let (jobs, _heard, mut worker) = worker(dying);
    let call = CallUid::generate();
    let live = jobs.rota.go_on(call);
    hear(&jobs, &mut worker, call);
    assert_eq!(jobs.standing().failed, [(call, SECOND)]);
    // What it still had in the queue is not heard either.
    jobs.live.send(Job::Hear(call, choice(), utterance())).unwrap();
    drop(live);
    turn(&mut worker);
    turn(&mut worker);
    assert_eq!(jobs.standing().failed, []);
    assert!(worker.failed.is_empty());
}

#[test]
fn sound_that_finds_no_turn_after_its_call_is_let_go() {
    let (jobs, _heard, mut worker) = worker(dying);
    let call = CallUid::generate();
    let live = jobs.rota.go_on(call);
    hear(&jobs, &mut worker, call);
    (0..TAILS).for_each(|_| assert!(jobs.rota.leave(tail(CallUid::generate(), 0))));
    assert!(!jobs.rota.leave(tail(call, 1)));
    drop(live);
    turn(&mut worker);
    assert!(worker.failed.is_empty() && jobs.standing().failed.is_empty());
}

#[test]
fn what_failed_in_a_call_is_tried_again_after_it() {
    let (jobs, heard, mut worker) = worker(dying);
    let call = CallUid::generate();
    let live = jobs.rota.go_on(call);
    hear(&jobs, &mut worker, call);
    assert!(jobs.rota.leave(tail(call, 1)));
    drop(live);
    told(&heard);
    (0..4).for_each(|_| turn(&mut worker));
    assert_eq!(told(&heard), [(call, "missed"), (call, "missed"), (call, "done")]);
    assert!(jobs.standing().failed.is_empty());
}

#[test]
fn an_utterance_that_is_heard_ends_with_the_order_to_stop() {
    let (jobs, heard, worker) = worker(hanging);
    assert!(jobs.rota.leave(tail(CallUid::generate(), 1)));
    let thread = thread::spawn(move || worker.run());
    // Before it began, while it loads or in the midst of it: it ends all the same.
    while jobs.standing().phase == Phase::Rests && !thread.is_finished() {
        thread::yield_now();
    }
    jobs.stop();
    drop(jobs);
    thread.join().unwrap();
    let cancelled = |heard: Heard| {
        matches!(heard.news, News::Outcome { outcome: Outcome::Missed(RecogniserError::Cancelled), .. })
    };
    assert!(heard.try_iter().next().is_some_and(cancelled));
}

#[test]
fn why_there_is_no_recogniser_at_all_is_told() {
    let (jobs, heard, mut worker) = worker(unable);
    let call = CallUid::generate();
    let live = jobs.rota.go_on(call);
    hear(&jobs, &mut worker, call);
    let why = |heard: Heard| match heard.news {
        News::Failed(error) | News::Off(error) => error.to_string(),
        News::Outcome { .. } | News::Done => String::new(),
    };
    let why: Vec<String> = heard.try_iter().map(why).collect();
    assert_eq!(why, ["the recogniser's process cannot be started: gone"; 2]);
    drop(live);
}

#[test]
fn what_a_call_hands_on_at_its_last_moment_is_heard_before_it_is_done() {
    let (jobs, heard, mut worker) = worker(dying);
    let call = CallUid::generate();
    // Nothing was there to hear when this was taken.
    assert!(jobs.rota.leave(tail(call, 0)));
    turn(&mut worker);
    hear(&jobs, &mut worker, call);
    (0..2).for_each(|_| turn(&mut worker));
    assert_eq!(told(&heard), [(call, "died"), (call, "missed"), (call, "done")]);
}
