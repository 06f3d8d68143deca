//! `evenkeel devices`.

use anstyle::Style;
use clap::Args;
use serde_json::{Value, json};

use crate::app::cli::analyze::output::print;
use crate::app::cli::config::ConfigOptions;
use crate::app::cli::ctl::page::{BAD, BOLD, DIM, GOOD};
use crate::app::cli::ctl::words::plain;
use crate::app::exit::{Failure, Status};
use crate::audio::capture::{self, CaptureError, Device, Kind, choose};
use crate::core::units::{Channel, Sides};

/// Microphones and headsets: what there is, and what would be captured.
///
/// A device is named in the configuration by its id, or by a part of its name
/// with `*`; ids stay the same across restarts.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel devices
  evenkeel devices --set capture.headset=jabra*   what would that choose?
  evenkeel devices --json | jq '.devices[] | select(.kind == \"input\") | .id'

It ends with 69 if no sound server answers, and with 1 if nothing fits.")]
pub(super) struct DevicesArgs {
    /// Print JSON (evenkeel.devices/1)
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    config: ConfigOptions,
}

/// What the configuration chooses.
type Chosen<'a> = Sides<Result<&'a Device, CaptureError>>;

/// Runs the command.
pub(super) fn run(args: &DevicesArgs) -> Result<Status, Failure> {
    let config = args.config.load()?;
    let settings = config.capture();
    let mut devices = capture::backend(settings.host).devices().map_err(|e| unavailable(&e))?;
    devices.sort_by(|one, other| (order(one.kind), &one.id).cmp(&(order(other.kind), &other.id)));
    let chosen = Sides {
        agent: choose(&devices, &settings.microphone, Channel::Agent),
        customer: choose(&devices, &settings.headset, Channel::Customer),
    };
    print(&if args.json { as_json(&devices, &chosen) } else { page(&devices, &chosen) })?;
    let fits = chosen.agent.is_ok() && chosen.customer.is_ok();
    Ok(if fits { Status::Done } else { Status::Fault })
}

fn unavailable(error: &CaptureError) -> Failure {
    if !cfg!(feature = "live") {
        return Failure::new(Status::Unavailable, "this build has no live sound")
            .hint("build it with the feature `live`");
    }
    Failure::new(Status::Unavailable, error.to_string()).hint(error.remedy())
}

const fn order(kind: Kind) -> u8 {
    match kind {
        Kind::Input => 0,
        Kind::Output => 1,
        Kind::Monitor => 2,
    }
}

const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Input => "input",
        Kind::Output => "output",
        Kind::Monitor => "monitor",
    }
}

/// What a side is called.
const fn side_word(side: Channel) -> &'static str {
    match side {
        Channel::Agent => "microphone",
        Channel::Customer => "headset",
    }
}

/// What a device is to us: the side that is captured from it.
fn captured(device: &Device, chosen: &Chosen<'_>) -> Option<Channel> {
    Channel::BOTH.into_iter().find(|side| chosen[*side].as_ref().is_ok_and(|chosen| chosen.id == device.id))
}

fn page(devices: &[Device], chosen: &Chosen<'_>) -> String {
    let mut text = String::new();
    for (kind, title) in
        [(Kind::Input, "Microphones"), (Kind::Output, "Outputs"), (Kind::Monitor, "Monitors of outputs")]
    {
        text += &format!("{BOLD}{title}{BOLD:#}\n");
        let mut of_kind = devices.iter().filter(|device| device.kind == kind).peekable();
        if of_kind.peek().is_none() {
            text += "  none\n";
        }
        of_kind.for_each(|device| text += &row(device, chosen));
    }
    text.push('\n');
    Channel::BOTH.into_iter().for_each(|side| text += &choice(side, &chosen[side]));
    text
}

fn row(device: &Device, chosen: &Chosen<'_>) -> String {
    let mut marks: Vec<(&str, Style)> = Vec::new();
    if let Some(side) = captured(device, chosen) {
        marks.push((side_word(side), GOOD));
    }
    if device.is_default {
        marks.push(("default", DIM));
    }
    let marks: String = marks.iter().map(|(mark, style)| format!("  {style}[{mark}]{style:#}")).collect();
    let bluetooth = if device.bluetooth { ", Bluetooth" } else { "" };
    let channels =
        if device.channels == 1 { "1 channel".to_owned() } else { format!("{} channels", device.channels) };
    format!(
        "  {}{marks}\n      {DIM}{}{DIM:#}\n      {} Hz, {channels}{bluetooth}\n",
        plain(&device.name),
        plain(&device.id.0),
        device.rate
    )
}

fn choice(side: Channel, chosen: &Result<&Device, CaptureError>) -> String {
    let what = match side {
        Channel::Agent => "Microphone",
        Channel::Customer => "Headset",
    };
    match chosen {
        Ok(device) => format!("{what:<12}{GOOD}{}{GOOD:#}\n", plain(&device.name)),
        Err(why) => format!(
            "{what:<12}{BAD}{}{BAD:#}\n            {BOLD}to do{BOLD:#}  {}\n",
            plain(&why.to_string()),
            plain(&why.remedy())
        ),
    }
}

fn as_json(devices: &[Device], chosen: &Chosen<'_>) -> String {
    let one = |device: &Device| {
        json!({
            "id": device.id.0,
            "name": device.name,
            "kind": word(device.kind),
            "default": device.is_default,
            "rate": device.rate,
            "channels": device.channels,
            "bluetooth": device.bluetooth,
            "monitor_of": device.monitor_of.as_ref().map(|id| &id.0),
            "captured_as": captured(device, chosen).map(side_word),
        })
    };
    let side = |chosen: &Result<&Device, CaptureError>| -> Value {
        match chosen {
            Ok(device) => json!({ "id": device.id.0, "why": null, "remedy": null }),
            Err(why) => json!({ "id": null, "why": why.to_string(), "remedy": why.remedy() }),
        }
    };
    let all = json!({
        "schema": "evenkeel.devices/1",
        "devices": devices.iter().map(one).collect::<Vec<_>>(),
        "microphone": side(&chosen.agent),
        "headset": side(&chosen.customer),
    });
    format!("{all:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk() -> Vec<Device> {
        vec![
            Device::new("pulseaudio:mic", "Jabra Mono", Kind::Input).by_default(),
            Device::new("pulseaudio:ear", "Jabra Stereo", Kind::Output).by_default(),
            Device::new("pulseaudio:ear.monitor", "Monitor of Jabra", Kind::Monitor)
                .hearing("pulseaudio:ear"),
        ]
    }

    fn chosen<'a>(devices: &'a [Device], microphone: &str) -> Chosen<'a> {
        Sides {
            agent: choose(devices, microphone, Channel::Agent),
            customer: choose(devices, "default", Channel::Customer),
        }
    }

    #[test]
    fn r05_what_is_captured_and_what_is_the_default_are_marked() {
        let devices = desk();
        let text = anstream::adapter::strip_str(&page(&devices, &chosen(&devices, "default"))).to_string();
        assert!(text.contains("  Jabra Mono  [microphone]  [default]\n      pulseaudio:mic\n"), "{text}");
        assert!(text.contains("  Monitor of Jabra  [headset]\n"), "{text}");
        assert!(text.contains("\nMicrophone  Jabra Mono\nHeadset     Monitor of Jabra\n"), "{text}");
    }

    #[test]
    fn r04_a_choice_that_is_refused_says_why_and_the_way_out() {
        let devices = desk();
        let told = as_json(&devices, &chosen(&devices, "ear.monitor"));
        let told: Value = serde_json::from_str(&told).unwrap();
        assert!(told["microphone"]["id"].is_null() && told["headset"]["id"] == "pulseaudio:ear.monitor");
        assert!(told["microphone"]["why"].as_str().unwrap().contains("is no microphone"));
        assert!(told["microphone"]["remedy"].as_str().unwrap().contains("capture.microphone"));
    }
}
