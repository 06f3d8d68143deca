//! What `evenkeel analyze` takes.

#[cfg(feature = "view")]
use std::ffi::OsStr;
#[cfg(feature = "view")]
use std::path::Path;
use std::path::PathBuf;

#[cfg(feature = "view")]
use clap::Parser;
use clap::{Args, ValueEnum};

use crate::app::cli::analyze::Format as Printed;
use crate::app::cli::config::ConfigOptions;
#[cfg(feature = "view")]
use crate::app::exit::{Failure, Status};
use crate::audio::StereoSide;
use crate::core::units::SampleSpan;
use crate::report::transcript::Format;

const EXAMPLES: &str = "\
Examples:
  evenkeel analyze call.flac                         a report in the terminal
  evenkeel analyze --agent me.wav --customer you.wav two mono files
  evenkeel analyze call.flac --html call.html        and a page to keep
  evenkeel analyze recordings/ -o reports/           a folder: table, JSON, pages
  evenkeel analyze call.flac --json | jq .score      for scripts
  evenkeel analyze call.flac --transcript call.srt   what was said, as subtitles
  evenkeel analyze call.flac --baseline ann.json --update-baseline";

/// Analyse recorded calls: who held the floor, pace, level, talk-overs, nudges, score.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct AnalyzeArgs {
    /// Stereo recordings (agent on one channel, customer on the other), or folders of them
    #[arg(value_name = "CALL", conflicts_with_all = ["agent", "customer"])]
    pub(super) calls: Vec<PathBuf>,

    /// The agent's side as a mono file
    #[arg(long, value_name = "FILE", requires = "customer")]
    pub(super) agent: Option<PathBuf>,

    /// The customer's side as a mono file
    #[arg(long, value_name = "FILE", requires = "agent")]
    pub(super) customer: Option<PathBuf>,

    /// Which channel of a stereo file is the agent [default: call.agent_channel, left]
    #[arg(long, value_name = "SIDE", value_enum, conflicts_with = "agent")]
    pub(super) agent_channel: Option<SideArg>,

    /// Print JSON, one line a call (schema: docs/analysis.schema.json)
    #[arg(long, group = "format")]
    json: bool,

    /// Print the event log of one call
    #[arg(long, group = "format")]
    events: bool,

    /// Print comma-separated values, one row a call
    #[arg(long, group = "format")]
    csv: bool,

    /// Write the report of one call as a self-contained page
    #[arg(long, value_name = "FILE", conflicts_with = "output")]
    pub(super) html: Option<PathBuf>,

    /// Write a page and JSON of every call, and calls.csv, into this folder
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,

    /// Overwrite files that are already there
    #[arg(long)]
    pub(super) force: bool,

    /// Begin here: seconds or minutes:seconds
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(super) from: Option<SampleSpan>,

    /// End here
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(super) to: Option<SampleSpan>,

    /// Hold the call against this agent's earlier calls on this device
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,

    /// Add what is normal in these calls to the baseline file
    #[arg(long, requires = "baseline", conflicts_with_all = ["from", "to"])]
    pub(super) update_baseline: bool,

    /// Play the call at its own speed and show the nudges as they would appear: in the
    /// full screen of a terminal, else line by line
    #[arg(long, conflicts_with_all = ["format", "output", "html"])]
    pub(super) realtime: bool,

    /// Calls analysed at the same time [default: one a processor core]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) jobs: Option<u16>,

    /// Recognise what is said with this model: its name or its file [default: an installed one]
    #[arg(long, value_name = "NAME|FILE", conflicts_with = "no_transcript")]
    pub(super) model: Option<String>,

    /// Do not recognise what is said
    #[arg(long)]
    pub(super) no_transcript: bool,

    /// Write what was said in one call: .txt, .srt or .vtt
    #[arg(long, value_name = "FILE", conflicts_with_all = ["no_transcript", "output", "realtime"], value_parser = transcript)]
    pub(super) transcript: Option<PathBuf>,

    /// Show no progress
    #[arg(short, long)]
    pub(super) quiet: bool,

    #[command(flatten)]
    pub(super) config: ConfigOptions,
}

/// A channel of a stereo file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SideArg {
    /// The first channel.
    Left,
    /// The second channel.
    Right,
}

impl From<SideArg> for StereoSide {
    fn from(side: SideArg) -> Self {
        match side {
            SideArg::Left => Self::Left,
            SideArg::Right => Self::Right,
        }
    }
}

impl AnalyzeArgs {
    /// What plays one call in the full screen.
    #[cfg(feature = "view")]
    pub(in crate::app::cli) fn played(call: &Path, config: ConfigOptions) -> Result<Self, Failure> {
        #[derive(Parser)]
        struct Alone {
            #[command(flatten)]
            args: AnalyzeArgs,
        }
        let line: [&OsStr; 4] = ["analyze".as_ref(), "--realtime".as_ref(), "--".as_ref(), call.as_os_str()];
        let alone = Alone::try_parse_from(line).map_err(|e| Failure::new(Status::Bug, e.to_string()))?;
        Ok(Self { config, ..alone.args })
    }

    pub(super) fn format(&self) -> Printed {
        match (self.json, self.events, self.csv) {
            (true, ..) => Printed::Json,
            (_, true, _) => Printed::Events,
            (.., true) => Printed::Csv,
            _ => Printed::Report,
        }
    }

    /// Whether a table is wanted even if there is but one call.
    pub(super) fn is_batch(&self) -> bool {
        self.output.is_some() || self.calls.iter().any(|call| call.is_dir())
    }
}

/// `90`, `90.5`, `1:30` or `1:02:03`.
fn time(text: &str) -> Result<SampleSpan, String> {
    let mut seconds = 0.0;
    for part in text.split(':') {
        let plain = part.chars().all(|c| c.is_ascii_digit() || c == '.');
        let number: f64 = part.parse().ok().filter(|_| plain).ok_or_else(|| expected(text))?;
        seconds = seconds * 60.0 + number;
    }
    // A year: no call is longer, and no sum overflows.
    if text.split(':').count() <= 3 && seconds < 3.2e7 {
        Ok(SampleSpan::from_seconds(seconds))
    } else {
        Err(expected(text))
    }
}

/// A file whose ending says how it is written.
fn transcript(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    let ending = path.extension().map(|e| e.to_string_lossy().into_owned()).unwrap_or_default();
    match Format::of(&ending) {
        Some(_) => Ok(path),
        None => Err(format!("`{text}` does not end in .txt, .srt or .vtt, which says how it is written")),
    }
}

fn expected(text: &str) -> String {
    format!("`{text}` is no time: expected seconds (90 or 90.5) or minutes:seconds (1:30)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds_or_clock_times() {
        let seconds = |text| time(text).unwrap().seconds();
        assert_eq!((seconds("90"), seconds("1:30.5"), seconds("1:02:03")), (90.0, 90.5, 3723.0));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "abc", "-5", "1:", ":", "1:2:3:4", "nan", "inf", "1e99", "99999999999999999999"] {
            assert!(time(text).is_err(), "{text}");
        }
    }
}
