//! The sound server, the devices and who holds them.

use crate::app::doctor::check::{Check, Group, Verdict, fault, ok, skipped, warn};
use crate::app::doctor::facts::Facts;
use crate::app::doctor::judge::counted;
use crate::audio::capture::{CaptureError, Device, Kind};
use crate::audio::watch::Why;
use crate::core::calls::Standing;

pub(super) fn judge(facts: &Facts) -> Vec<Check> {
    let check = |id, title, verdict| Check::new(Group::Sound, id, title, verdict);
    let sound = &facts.sound;
    let with_server = |verdict: Verdict| match &sound.server {
        Ok(_) => verdict,
        Err(_) => skipped("no sound server"),
    };
    vec![
        check("sound_server", "Sound server", server(facts)),
        check("microphone", "Microphone", with_server(chosen(&sound.chosen.agent, "captured"))),
        check("headset", "Headset", with_server(headset(facts))),
        check("monitor", "Its monitor", with_server(monitor(facts))),
        check("same_card", "Same device", with_server(same_card(facts))),
        check("softphones", "Softphones", softphones(facts)),
        check("watch", "Programs seen", watch(facts)),
        check("programs", "In use by", programs(facts)),
    ]
}

fn server(facts: &Facts) -> Verdict {
    // The fault is the build's, and no server would mend it.
    if facts.left_out.contains(&"live") {
        return skipped("this build has no live sound");
    }
    match &facts.sound.server {
        Ok((name, version)) => ok(format!("{name} {version}").trim().to_owned()),
        Err(why) => fault(why.to_string(), why.remedy()),
    }
}

fn chosen(device: &Result<Device, CaptureError>, what: &str) -> Verdict {
    match device {
        Ok(device) => ok(format!("{} ({what} at {} Hz)", device.name, device.rate)),
        Err(why) => fault(why.to_string(), why.remedy()),
    }
}

/// The output that is heard.
fn output(facts: &Facts) -> Option<&Device> {
    let heard = facts.sound.chosen.customer.as_ref().ok()?;
    let id = heard.monitor_of.as_ref().unwrap_or(&heard.id);
    facts.sound.devices.iter().find(|device| device.id == *id)
}

fn headset(facts: &Facts) -> Verdict {
    match output(facts) {
        Some(output) => ok(format!("{} ({})", output.name, channels(output.channels))),
        None => chosen(&facts.sound.chosen.customer, "captured"),
    }
}

fn channels(count: u16) -> &'static str {
    match count {
        1 => "mono",
        2 => "stereo",
        _ => "several channels",
    }
}

/// What the headset plays must be open to be heard.
fn monitor(facts: &Facts) -> Verdict {
    match &facts.sound.chosen.customer {
        Ok(device) if device.kind == Kind::Monitor || device.loops => ok(device.id.0.clone()),
        Ok(device) => fault(
            format!("{} is no monitor of an output", device.id.0),
            "name the output of the headset as `capture.headset`",
        ),
        Err(why @ CaptureError::Refused { .. }) => fault(why.to_string(), why.remedy()),
        Err(_) => skipped("no headset to hear"),
    }
}

fn same_card(facts: &Facts) -> Verdict {
    let cards = (
        facts.sound.chosen.agent.as_ref().ok().and_then(|device| device.card),
        facts.sound.chosen.customer.as_ref().ok().and_then(|device| device.card),
    );
    match cards {
        (Some(one), Some(other)) if one == other => ok("microphone and headset are one device"),
        (Some(_), Some(_)) => warn(
            "microphone and headset are two devices",
            "if that is not so meant, name both as `capture.microphone` and `capture.headset`",
        ),
        (None, _) | (_, None) => skipped("the sound server does not tell"),
    }
}

fn softphones(facts: &Facts) -> Verdict {
    let calls = facts.config.calls();
    if !calls.detect {
        return warn(
            "calls begin by order alone: `calls.detect` is off",
            "set `calls.detect`, if that is not meant",
        );
    }
    let browsers = if calls.browsers { ", and browsers" } else { "" };
    ok(format!("{}{browsers}", counted(calls.softphones.len() as u64, "pattern")))
}

fn watch(facts: &Facts) -> Verdict {
    match &facts.sound.holders {
        Ok(_) => ok("who uses microphone and headset can be seen"),
        Err(Why::Missing) if facts.sound.server.is_err() => skipped("no sound server"),
        Err(why @ Why::Unsupported) => {
            warn(why.to_string(), "begin calls by order from the softphone, or let speech begin them")
        }
        Err(why) => fault(why.to_string(), "calls begin by order or by speech until then"),
    }
}

fn programs(facts: &Facts) -> Verdict {
    let Ok(programs) = &facts.sound.holders else { return skipped("programs cannot be seen") };
    let said: Vec<_> = programs.iter().map(|p| format!("{} ({})", p.name, standing(p.standing))).collect();
    match programs.iter().find(|program| program.standing == Standing::Unknown) {
        Some(unknown) => {
            let name = &unknown.name;
            let remedy = format!("a softphone? `evenkeel calls allow \"{name}\"`; if not, `never`");
            warn(said.join(", "), remedy)
        }
        None if said.is_empty() => ok("no program with both sides"),
        None => ok(said.join(", ")),
    }
}

const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Counts => "its calls count",
        Standing::Unknown => "not known, never captured",
        Standing::Browser => "a browser, never captured",
        Standing::Never => "never captured, as you said",
    }
}
