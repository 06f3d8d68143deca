//! A changed configuration, taken over with the mildest effect: some of it at
//! once, some when nobody speaks, some with the next call.

use std::sync::Arc;

use super::Engine;
use crate::app::daemon::told::Told;
use crate::config::{Config, Held, Loaded, Moment, Reload, Until, messages, plan};
use crate::control::{Answer, Code, Refusal, Replier};
use crate::core::units::Nanos;
use crate::store::Command;
use crate::surfaces::wording::Wording;

impl Engine {
    /// What became of the files.
    pub(in crate::app::daemon) fn reload(&mut self, now: Nanos, reload: Reload) {
        match reload {
            Reload::Ok { loaded, change: _ } => {
                let Loaded { config, warnings } = *loaded;
                for warning in warnings {
                    tracing::warn!(%warning, "the configuration");
                }
                self.wrong = None;
                self.wanted = Arc::new(config);
                let changed: Vec<String> = self.take_over(now).into_iter().map(str::to_owned).collect();
                for reply in std::mem::take(&mut self.reloads) {
                    let (changed, held) = (Some(changed.clone()), Some(self.held.clone()));
                    reply.done(Answer { changed, held, ..Answer::done() });
                }
            }
            Reload::Bad(error) => {
                let told: Vec<String> = messages(&error.problems).into_iter().map(|(what, _)| what).collect();
                let told = told.join("; ");
                tracing::warn!(error = %told, "the new configuration is not used");
                self.tell(Told::Refused(&told));
                for reply in std::mem::take(&mut self.reloads) {
                    let refusal = Refusal::new(Code::Config, format!("what is in force stays so: {told}"));
                    reply.refuse(refusal.hint("`evenkeel config check` shows the line"));
                }
                self.wrong = Some(told);
            }
        }
    }

    /// Has the files read; the answer comes with what became of them.
    pub(super) fn ask_reload(&mut self, reply: Replier) {
        if self.parts.seat.reload() {
            self.reloads.push(reply);
        } else {
            reply.refuse(Refusal::new(Code::Unavailable, "no file of settings is read here"));
        }
    }

    /// Whatever waited and need not wait any more.
    pub(super) fn catch_up(&mut self, now: Nanos) {
        if !self.held.is_empty() {
            // Whoever asked for it was told that it waits.
            let _ = self.take_over(now);
        }
    }

    /// The keys that have another value now.
    fn take_over(&mut self, now: Nanos) -> Vec<&'static str> {
        if self.running.as_ref().is_some_and(|running| !running.announced) {
            // For a second or two nobody knows whether this is a call at all.
            self.held = vec!["what changed: with the next second".into()];
            return Vec::new();
        }
        let moment = Moment {
            call: self.running.is_some(),
            speech: self.running.as_ref().is_some_and(super::Running::is_spoken_in),
        };
        let plan = plan(&self.parts.config, &self.wanted, moment);
        let held = plan.held.iter().map(waits).collect::<Vec<_>>();
        let news = !plan.now.keys.is_empty() || held != self.held;
        self.held = held;
        if !plan.now.keys.is_empty() {
            self.put_in_force(now, plan.config);
        }
        if news {
            tracing::info!(changed = ?plan.now.keys, waiting = ?self.held, "the configuration was read again");
            let (config, held) = (Arc::clone(&self.parts.config), self.held.clone());
            self.tell(Told::Config(&config, &plan.now.keys, &held));
        }
        plan.now.keys
    }

    fn put_in_force(&mut self, now: Nanos, config: Config) {
        let old = std::mem::replace(&mut self.parts.config, Arc::new(config));
        let new = Arc::clone(&self.parts.config);
        if old.calls() != new.calls() {
            self.parts.calls.set(new.calls().clone());
        }
        if old.capture() != new.capture() {
            self.parts.capture.set(new.capture().clone());
            self.parts.seat.watch.select(crate::audio::watch::Selection::of(new.capture()));
            self.want(self.wants);
        }
        if old.store() != new.store() {
            self.parts.writer.send(Command::Keep(*new.store()));
        }
        if old.agent_id() != new.agent_id() {
            let id = new.agent_id().map_or_else(crate::app::daemon::user, str::to_owned);
            self.change_agent(&id);
        }
        if old.settings() != new.settings() {
            self.apply(now, &new);
        }
        match new.wording() {
            Ok(wording) => self.wording = Arc::new(wording),
            Err(error) => self.tell(Told::Refused(&error.to_string())),
        }
    }

    /// Other settings in the call that is on.
    fn apply(&mut self, now: Nanos, config: &Config) {
        let Some(mut running) = self.running.take() else { return };
        let mut events = Vec::new();
        let hash = config.hash();
        let hash = if running.hash.is_some() { running.hash_of(&hash) } else { hash };
        let settings = config.settings();
        if running.call.is_measured() {
            running.tape.apply(running.call.now(), settings);
            running.call.apply(settings, &mut events);
            self.tell(Told::Applied(&running.meta, &settings, &hash));
        }
        running.meta.settings = settings;
        self.running = Some(running);
        self.pass_on(now, &events);
    }
}

/// What nudges say; the built-in words where the file with others has mistakes.
pub(super) fn words(config: &Config) -> Wording {
    config.wording().unwrap_or_else(|error| {
        tracing::warn!(%error, "the words of nudges");
        config.built_in_wording()
    })
}

/// A sentence for `status`: which keys wait for what.
fn waits(held: &Held) -> String {
    let until = match held.until {
        Until::Quiet => "as soon as nobody speaks",
        Until::NoCall => "with the next call",
        Until::Restart => "when evenkeel is started again",
    };
    format!("{}: {until}", held.keys.join(", "))
}
