//! What measuring a call costs: time, memory, allocations, beside a plain
//! analysis in Python. `cargo bench --bench core -- --help` tells the options;
//! docs/benchmarks.md explains the figures.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

mod calls;
mod clock;
mod figures;
mod machine;
mod memory;
mod reference;
mod report;
mod speed;

use std::error::Error;
use std::path::PathBuf;

use clap::Parser;

use calls::Call;
use figures::median;
use report::Report;

/// Measures the measuring core: speed, cost of a frame, allocations, memory.
#[derive(Parser)]
#[command(name = "core", max_term_width = 100)]
struct Options {
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    /// How often each timing is taken; the median counts
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Length of the long call, in hours
    #[arg(long, value_name = "N", default_value_t = 0.5)]
    hours: f64,
    /// How many calls are measured at once
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(2..))]
    calls: u32,
    /// A Python that can import webrtcvad and soundfile, for the comparison [env: EVENKEEL_PYTHON]
    #[arg(long, value_name = "PATH")]
    python: Option<PathBuf>,
    /// What `cargo bench` adds
    #[arg(long, hide = true)]
    bench: bool,
    /// Task of a process of its own: measure one call of so many seconds
    #[arg(long, hide = true)]
    one_call: Option<u64>,
    /// Task of a process of its own: measure so many calls at once
    #[arg(long, hide = true)]
    many_calls: Option<u64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let task = options.one_call.map(memory::one_call).or(options.many_calls.map(memory::many_calls));
    if let Some(told) = task {
        println!("{}", serde_json::to_string(&told?)?);
        return Ok(());
    }
    let report = measure(&options)?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    Ok(())
}

fn measure(options: &Options) -> Result<Report, Box<dyn Error>> {
    let (call, runs) = (Call::clean()?, options.runs as usize);
    let length = speed::length(&call);
    let mut whole = (0..runs).map(|_| speed::decode_and_measure()).collect::<Result<Vec<_>, _>>()?;
    let python = options.python.clone().or_else(|| std::env::var_os("EVENKEEL_PYTHON").map(PathBuf::from));
    let beside = python.map(|python| reference::compare(&python, runs)).transpose()?;
    Ok(Report {
        processor: machine::processor(),
        call_s: length,
        awake: speed::awake(&call, runs),
        asleep: speed::asleep(&call, runs),
        whole_times_real_time: length / median(&mut whole),
        length: memory::length(options.hours)?,
        crowd: memory::crowd(options.calls as usize)?,
        beside_python: beside.flatten(),
    })
}
