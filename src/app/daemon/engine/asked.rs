//! Orders from the socket, carried out and answered after the deed. What takes
//! a disk is done on a thread of its own, which answers by itself.

use std::time::Duration;

use crossbeam_channel::bounded;

use super::Engine;
use crate::app::daemon::told::{Said, short};
use crate::control::{Answer, Asked, Code, Do, Refusal, Replier, kind, kind_name};
use crate::core::calls::{Input, Refused};
use crate::core::event::Kind;
use crate::core::units::Nanos;
use crate::store::{CallUid, Command, Reader, StoreError, Verdict, Wall};
use crate::surfaces;

/// Who did it, in the audit: whoever has the socket.
const WHO: &str = "ctl";
/// So long nudges are silent after a click on Snooze.
const SNOOZE_S: f32 = 300.0;

type Done = Result<Answer, Refusal>;

impl Engine {
    /// Carries out an order.
    pub(in crate::app::daemon) fn asked(&mut self, now: Nanos, asked: Asked) {
        let Asked { what, reply } = asked;
        self.counted.orders += 1;
        tracing::debug!(order = what.name(), "asked");
        let done = match what {
            Do::Status | Do::Watch => Ok(self.answer_status(now)),
            Do::Pause { for_s } => Ok(self.ask_pause(now, for_s)),
            Do::Resume => self.ask_resume(now),
            Do::Snooze { for_s } => {
                self.snooze(now, for_s);
                Ok(Answer { for_s: Some(for_s), ..Answer::done() })
            }
            Do::Quiet { on } => {
                self.quiet(now, on);
                Ok(Answer::done())
            }
            Do::Hide { on } => {
                self.hide(on);
                Ok(Answer::done())
            }
            Do::Wrong { kind: name } => self.ask_wrong(now, name.as_deref().and_then(kind)),
            Do::Dismiss => {
                self.dismiss(now);
                Ok(Answer::done())
            }
            Do::CallStart { customer_ref, note, id } => {
                self.ask_start(now, Said { customer: customer_ref, note, id })
            }
            Do::CallEnd => self.ask_end(now),
            Do::CallHold => self.ask_step(now, Input::Hold(true)),
            Do::CallResume => self.ask_step(now, Input::Hold(false)),
            Do::CallMute => self.ask_step(now, Input::Mute(true)),
            Do::CallUnmute => self.ask_step(now, Input::Mute(false)),
            Do::CallNote { call, text } => return self.ask_note(call, text.expose().to_owned(), reply),
            Do::CallRemove { call } => return self.ask_remove(call, reply),
            Do::Agent { id } => self.ask_agent(&id),
            Do::Reload => return self.ask_reload(reply),
            Do::Stop => {
                self.stopped = true;
                Ok(Answer::done())
            }
            Do::Program { name, allow } => self.ask_program(now, name, allow),
        };
        match done {
            Ok(answer) => reply.done(answer),
            Err(refusal) => reply.refuse(refusal),
        }
    }

    /// What the person did with a notification.
    pub(in crate::app::daemon) fn answered(&mut self, now: Nanos, answer: surfaces::Answer) {
        match answer {
            surfaces::Answer::Chose(surfaces::Choice::Snooze) => self.snooze(now, SNOOZE_S),
            surfaces::Answer::Chose(surfaces::Choice::Wrong(kind)) => {
                self.wrong(now, Some(kind));
            }
            surfaces::Answer::Dismissed => self.dismiss(now),
        }
    }

    fn answer_status(&mut self, now: Nanos) -> Answer {
        self.look_at_words();
        Answer { status: Some(Box::new(self.status(now))), ..Answer::done() }
    }

    fn ask_pause(&mut self, now: Nanos, for_s: Option<f32>) -> Answer {
        let span = for_s.map_or(self.parts.config.pause(), Duration::from_secs_f32);
        self.pause(now, span);
        Answer { for_s: Some(span.as_secs_f32()), ..Answer::done() }
    }

    fn ask_resume(&mut self, now: Nanos) -> Done {
        if self.resume(now) {
            Ok(Answer::done())
        } else {
            Err(Refusal::new(Code::NotNow, "nothing is paused"))
        }
    }

    fn ask_wrong(&mut self, now: Nanos, kind: Option<Kind>) -> Done {
        let found = self.wrong(now, kind).map(|kind| kind_name(kind).to_owned());
        let none = || {
            Refusal::new(Code::NotFound, "no nudge was shown in this call")
                .hint("nudges of earlier calls stay as they are")
        };
        found.map(|kind| Answer { kind: Some(kind), ..Answer::done() }).ok_or_else(none)
    }

    fn ask_start(&mut self, now: Nanos, said: Said) -> Done {
        let joined = self.start(now, said).map_err(refusal)?;
        Ok(Answer { call: self.call_on(), joined: Some(joined), ..Answer::done() })
    }

    fn ask_end(&mut self, now: Nanos) -> Done {
        let call = self.call_on();
        self.ask_step(now, Input::End)?;
        Ok(Answer { call, ..Answer::done() })
    }

    fn ask_step(&mut self, now: Nanos, input: Input<'_>) -> Done {
        self.try_step(now, input).map_err(refusal)?;
        Ok(Answer { call: self.call_on(), ..Answer::done() })
    }

    fn call_on(&self) -> Option<String> {
        self.running.as_ref().map(|running| running.meta.short())
    }

    fn ask_agent(&mut self, id: &str) -> Done {
        self.change_agent(id);
        self.parts.writer.send(Command::Audit {
            at: Wall::now(),
            who: WHO.into(),
            what: "agent changed".into(),
            call: None,
            detail: id.to_owned(),
        });
        Ok(Answer::done())
    }

    fn ask_program(&mut self, now: Nanos, name: String, allow: bool) -> Done {
        self.judge(now, &name, allow);
        let verdict = if allow { Verdict::Allow } else { Verdict::Never };
        if self.parts.writer.send(Command::Program { name, verdict, at: Wall::now() }) {
            Ok(Answer::done())
        } else {
            Err(not_kept())
        }
    }

    fn ask_note(&mut self, call: Option<String>, text: String, reply: Replier) {
        let writer = std::sync::Arc::clone(&self.parts.writer);
        let note = move |uid| {
            if writer.send(Command::Note { call: uid, text: Some(text), by: WHO.into() }) {
                Ok(Answer { call: Some(short(uid)), ..Answer::done() })
            } else {
                Err(not_kept())
            }
        };
        match (call, self.last_call) {
            (None, None) => reply.refuse(Refusal::new(Code::NotFound, "there has been no call yet")),
            (None, Some(last)) => finish(reply, note(last)),
            (Some(call), _) => {
                self.errand(reply, move |reader| note(reader.find(&call).map_err(|e| lost(&e))?.uid));
            }
        }
    }

    fn ask_remove(&mut self, call: String, reply: Replier) {
        let writer = std::sync::Arc::clone(&self.parts.writer);
        let on = self.running.as_ref().map(|running| running.meta.uid);
        self.errand(reply, move |reader| {
            let uid = reader.find(&call).map_err(|e| lost(&e))?.uid;
            if on == Some(uid) {
                return Err(Refusal::new(Code::CallRunning, "this call is on").hint("end it first"));
            }
            remove(&writer, uid)
        });
    }

    /// Does what takes a disk on a thread of its own.
    fn errand(&self, reply: Replier, task: impl FnOnce(&Reader) -> Done + Send + 'static) {
        let folder = self.parts.seat.data.clone();
        let run = move || {
            let reader = Reader::open(&folder).map_err(|e| lost(&e));
            finish(reply, reader.and_then(|reader| task(&reader)));
        };
        if let Err(error) = std::thread::Builder::new().name("errand".into()).spawn(run) {
            // The order is lost with its answer, which the client is told.
            tracing::error!(%error, "no thread for an order");
        }
    }
}

/// Long enough to rewrite every backup.
const REMOVING: Duration = Duration::from_secs(120);

fn remove(writer: &crate::store::Writer, uid: CallUid) -> Done {
    let (done, answer) = bounded(1);
    if !writer.send(Command::Remove { call: uid, by: WHO.into(), done }) {
        return Err(not_kept());
    }
    let removed = answer.recv_timeout(REMOVING).map_err(|_| not_kept())?.map_err(|e| lost(&e))?;
    let remains: Vec<String> = removed.remains.iter().map(ToString::to_string).collect();
    let remains = (!remains.is_empty()).then_some(remains);
    Ok(Answer { call: Some(short(uid)), remains, ..Answer::done() })
}

fn finish(reply: Replier, done: Done) {
    match done {
        Ok(answer) => reply.done(answer),
        Err(refusal) => reply.refuse(refusal),
    }
}

fn refusal(refused: Refused) -> Refusal {
    let code = match refused {
        Refused::NoCall => Code::NoCall,
        Refused::Running { .. } => Code::CallRunning,
    };
    Refusal::new(code, refused.to_string())
}

fn not_kept() -> Refusal {
    Refusal::new(Code::Store, "the database takes nothing at present").hint("see `evenkeel ctl status`")
}

fn lost(error: &StoreError) -> Refusal {
    let code = match error {
        StoreError::NoCall(_) | StoreError::Ambiguous { .. } | StoreError::Missing(_) => Code::NotFound,
        StoreError::GoesOn(_) => Code::CallRunning,
        _ => Code::Store,
    };
    Refusal::new(code, error.to_string())
}
