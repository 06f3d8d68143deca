//! The sound server, its devices, who holds them, and what is heard.

use std::time::{Duration, Instant};

use crate::app::doctor::facts::{Daemon, Program, Skip, Sound};
use crate::app::doctor::gather::Visit;
use crate::app::doctor::listen::{Patience, listen};
use crate::audio::capture::{self, CaptureError, Device, choose};
use crate::audio::watch::{self, Holder, Seen, Selection, Why};
use crate::config::Config;
use crate::control::SideState;
use crate::core::calls::{Calls, Input, Program as Named, Standing, Verdict};
use crate::core::units::{Channel, Sides};
use crate::store::{self, Reader};

/// The server tells who holds what within this.
const HOLDERS: Duration = Duration::from_millis(1_000);
/// Sound of so long tells enough, and a device may take so long to start.
const PATIENCE: Patience =
    Patience { sound: Duration::from_millis(1_500), most: Duration::from_millis(3_300) };

pub(super) fn look(visit: &Visit, config: &Config, daemon: &Daemon) -> Sound {
    let (settings, mut backend) = (config.capture(), capture::backend(config.capture().host));
    let listed = backend.devices();
    let devices = listed.clone().unwrap_or_default();
    let pick = |wish: &str, side| match &listed {
        Ok(devices) => choose(devices, wish, side).cloned(),
        Err(error) => Err(error.clone()),
    };
    let chosen = Sides {
        agent: pick(&settings.microphone, Channel::Agent),
        customer: pick(&settings.headset, Channel::Customer),
    };
    let holders = match &listed {
        Ok(_) => holders(Selection::of(settings)),
        Err(_) => Err(Why::Missing),
    };
    let ours = daemon.status().map(|status| status.pid);
    let others = holders.map(|all| all.into_iter().filter(|h| Some(h.pid) != ours).collect::<Vec<_>>());
    let heard = match skip(visit, daemon, others.as_deref().unwrap_or_default(), &chosen) {
        Some(skip) => Err(skip),
        None => {
            let output = chosen.customer.as_ref().ok().and_then(|device| output(&devices, device));
            Ok(listen(backend, settings, output.filter(|_| visit.tone), PATIENCE))
        }
    };
    Sound {
        server: server(config, &listed),
        chosen,
        holders: others.map(|all| judged(visit, config, &all)),
        heard,
        devices,
    }
}

/// The output that a monitor hears; an output that is opened itself is its own.
fn output<'a>(devices: &'a [Device], heard: &Device) -> Option<&'a Device> {
    let id = heard.monitor_of.as_ref().unwrap_or(&heard.id);
    devices.iter().find(|device| device.id == *id)
}

#[cfg(feature = "live")]
fn server(
    config: &Config,
    listed: &Result<Vec<Device>, CaptureError>,
) -> Result<(String, String), CaptureError> {
    // One that hangs is not asked twice.
    listed.as_ref().map_err(Clone::clone)?;
    capture::live::server(config.capture().host)
}

#[cfg(not(feature = "live"))]
fn server(_: &Config, listed: &Result<Vec<Device>, CaptureError>) -> Result<(String, String), CaptureError> {
    listed.as_ref().map_err(Clone::clone)?;
    Ok((String::new(), String::new()))
}

/// Why the devices are to be left alone, if they are.
fn skip(
    visit: &Visit,
    daemon: &Daemon,
    holders: &[Holder],
    chosen: &Sides<Result<Device, CaptureError>>,
) -> Option<Skip> {
    let open = |state| !matches!(state, SideState::Closed);
    if !visit.listen {
        return Some(Skip::NotAsked);
    }
    match daemon {
        Daemon::Mute(_) => return Some(Skip::DaemonMute),
        Daemon::Answers(status) if status.call.is_some() => return Some(Skip::Call),
        Daemon::Answers(status) if status.pause.is_some() => return Some(Skip::Pause),
        Daemon::Answers(status) if open(status.sides.agent.state) || open(status.sides.customer.state) => {
            return Some(Skip::DaemonListens);
        }
        Daemon::Answers(_) | Daemon::Absent => (),
    }
    if holders.iter().any(Holder::holds_both) {
        return Some(Skip::Program);
    }
    (chosen.agent.is_err() && chosen.customer.is_err()).then_some(Skip::NoDevice)
}

/// Who holds a side now.
fn holders(select: Selection) -> Result<Vec<Holder>, Why> {
    // What the watcher may say before its first list.
    let (tell, seen) = crossbeam_channel::bounded(4);
    let _watch = watch::spawn(select, tell);
    let until = Instant::now() + HOLDERS;
    while let Ok(seen) = seen.recv_deadline(until) {
        match seen {
            Seen::Holders(holders) => return Ok(holders),
            Seen::Gone { why } => return Err(why),
            Seen::Back => (),
        }
    }
    Err(Why::Silent)
}

/// Those that hold both sides, and what they are to us.
fn judged(visit: &Visit, config: &Config, holders: &[Holder]) -> Vec<Program> {
    let both: Vec<Holder> = holders.iter().filter(|holder| holder.holds_both()).cloned().collect();
    let mut calls = Calls::new(config.calls().clone(), verdicts(visit));
    let named = |(Named { name, .. }, standing): (Named, Standing)| Program { name, standing };
    // What is to be done about them is the daemon's business.
    let _ = calls.step(capture::now(), Input::Holders(&both), &mut Vec::new());
    calls.programs().map(named).collect()
}

fn verdicts(visit: &Visit) -> Vec<Verdict> {
    let said = Reader::open(&visit.folders.data).and_then(|reader| reader.programs());
    let verdict = |p: store::Program| Verdict { allowed: p.verdict == store::Verdict::Allow, name: p.name };
    said.unwrap_or_default().into_iter().map(verdict).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::folders::Folders;
    use crate::audio::capture::Kind;
    use crate::config::LoadOptions;
    use crate::control::{CallStatus, PauseStatus, Status};

    fn visit(listen: bool) -> Visit {
        let at = std::path::PathBuf::from("/nowhere");
        let folders = Folders { data: at.clone(), state: at.clone(), runtime: at };
        Visit { sources: LoadOptions::standard(), folders, listen, tone: false }
    }

    fn headset() -> Sides<Result<Device, CaptureError>> {
        let device = || Ok(Device::new("a", "a", Kind::Input));
        Sides { agent: device(), customer: device() }
    }

    fn says(change: impl FnOnce(&mut Status)) -> Daemon {
        let mut status = Status::default();
        change(&mut status);
        Daemon::Answers(Box::new(status))
    }

    #[test]
    fn nobody_listens_while_there_is_or_may_be_a_call() {
        let of = |daemon: &Daemon| skip(&visit(true), daemon, &[], &headset());
        assert_eq!(of(&Daemon::Absent), None);
        assert_eq!(of(&says(|_| ())), None);
        assert_eq!(of(&says(|s| s.call = Some(CallStatus::default()))), Some(Skip::Call));
        assert_eq!(of(&says(|s| s.pause = Some(PauseStatus::default()))), Some(Skip::Pause));
        assert_eq!(of(&says(|s| s.sides.customer.state = SideState::Live)), Some(Skip::DaemonListens));
        assert_eq!(of(&Daemon::Mute("silent".into())), Some(Skip::DaemonMute));
    }

    #[test]
    fn a_program_with_both_sides_is_left_in_peace_whoever_it_is() {
        let both = Holder { pid: 7, microphone: true, headset: true, ..Holder::default() };
        let one = Holder { headset: false, ..both.clone() };
        assert_eq!(skip(&visit(true), &Daemon::Absent, &[both], &headset()), Some(Skip::Program));
        assert_eq!(skip(&visit(true), &Daemon::Absent, &[one], &headset()), None);
        assert_eq!(skip(&visit(false), &Daemon::Absent, &[], &headset()), Some(Skip::NotAsked));
    }
}
