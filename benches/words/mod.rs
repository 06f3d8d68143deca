//! What words cost in a call with real weights, how late they come, and whether they
//! are those of the same call offline.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use evenkeel::app::daemon::play::read;
use evenkeel::audio::StereoSide;
use evenkeel::control::{Client, Heard, Notice, RecogniserStatus};
use evenkeel::store::{Filter, Reader};
use serde_json::Value;

use crate::{Daemon, Result, SAMPLE, Spent, mb, quantile, wav};

/// How often the recogniser is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// What was seen of one call.
#[derive(Default)]
struct Seen {
    /// How late each text came, ms.
    late: Vec<f64>,
    /// Seconds of the processor that the recogniser took, and its memory, kB.
    cpu: f64,
    memory: Vec<u64>,
    /// Utterances that waited, at each look.
    queue: Vec<f64>,
    /// Speech that waited for the end, s.
    after: f64,
    /// Sound that was lost, ms.
    lost: f64,
}

/// Plays the sample call, so many times over, live with this model, and analyses it;
/// beside it, where there are a Python and its model, faster-whisper hears the same
/// utterances.
pub(crate) fn words(model: &Path, times: usize, reference: Option<(&Path, &Path)>) -> Result<()> {
    let model = model.canonicalize()?;
    let folder = tempfile::tempdir()?;
    let call = &repeated(times, folder.path())?;
    let file = call.to_str().ok_or("a folder whose name is no text")?;
    let set = format!("transcript.model={}", model.display());
    let daemon = Daemon::start(&["--play", file, "--set", &set])?;
    let begun = Instant::now();
    let (mut seen, daemon) = watch(daemon)?;
    seen.late.sort_by(f64::total_cmp);
    seen.queue.sort_by(f64::total_cmp);
    let took = begun.elapsed().as_secs_f64();
    let live = stored(&daemon.home.path().join(".local/share/evenkeel"))?;
    let analysis = analysed(call, &model)?;
    let offline = said(&analysis)?;
    tell(&seen, took);
    if let Some((python, model)) = reference {
        println!("  faster-whisper, int8, the same utterances: {}", beside(python, model, call, &analysis)?);
    }
    for side in ["agent", "customer"] {
        let (live, offline) = (of(&live, side), of(&offline, side));
        let wrong = distance(&live, &offline) as f64 / (offline.len().max(1) as f64);
        println!(
            "  {side}: {} words live, {} offline, {:.1} % apart",
            live.len(),
            offline.len(),
            wrong * 100.0
        );
    }
    Ok(())
}

/// The recording, or one of it several times over.
fn repeated(times: usize, folder: &Path) -> Result<PathBuf> {
    if times <= 1 {
        return Ok(SAMPLE.into());
    }
    let sides = read(SAMPLE.as_ref(), StereoSide::Left)?.map(|side| side.repeat(times));
    let path = folder.join("call.wav");
    wav::write(&path, &sides.agent, &sides.customer)?;
    Ok(path)
}

/// Until the call and its words are over.
fn watch(mut daemon: Daemon) -> Result<(Seen, Daemon)> {
    let mut client = Client::connect(&daemon.socket())?;
    client.watch()?;
    let texts = std::thread::spawn(move || {
        let mut late = Vec::new();
        while let Ok(heard) = client.hear() {
            if let Heard::Notice(Notice::Said { age_ms: Some(age), .. }) = heard {
                late.push(age);
            }
        }
        late
    });
    let mut seen = Seen::default();
    while daemon.child.try_wait()?.is_none() {
        if let Ok(status) = daemon.status() {
            look(&status.recogniser, &mut seen);
            seen.lost = status.sides.agent.lost_ms + status.sides.customer.lost_ms;
        }
        std::thread::sleep(LOOK);
    }
    seen.late = texts.join().map_err(|_| "nobody watched")?;
    Ok((seen, daemon))
}

fn look(status: &RecogniserStatus, seen: &mut Seen) {
    let spent: Vec<Spent> = status.processes.iter().filter_map(|pid| Spent::of(*pid).ok()).collect();
    let cpu: f64 = spent.iter().flat_map(|spent| &spent.threads).map(|(_, seconds, _)| seconds).sum();
    // A process that ended takes its account with it: the newest is what counts.
    seen.cpu = seen.cpu.max(cpu);
    seen.memory.extend(spent.iter().map(|spent| spent.pss_kb));
    seen.queue.push(status.queue as f64);
    seen.after = seen.after.max(status.after_s);
}

fn tell(seen: &Seen, took: f64) {
    let at = |sorted: &[f64], share| quantile(sorted, share);
    let most = |part: &[u64]| part.iter().copied().max().unwrap_or(0);
    let half = seen.memory.len() / 2;
    println!("words of {took:.0} s of talk, live:");
    println!(
        "  recogniser: {:.1} s of the processor, {:.1} % of a core, PSS up to {:.0} MB in the first half, {:.0} MB in the second",
        seen.cpu,
        seen.cpu / took * 100.0,
        mb(most(&seen.memory[..half])),
        mb(most(&seen.memory[half..]))
    );
    println!(
        "  {} texts, late by median {:.0} ms, p95 {:.0}, most {:.0}",
        seen.late.len(),
        at(&seen.late, 0.5),
        at(&seen.late, 0.95),
        at(&seen.late, 1.0)
    );
    println!(
        "  utterances that wait: p95 {:.0}, most {:.0}; for after the call at most {:.1} s; sound lost {:.1} ms",
        at(&seen.queue, 0.95),
        at(&seen.queue, 1.0),
        seen.after,
        seen.lost
    );
}

type Said = Vec<(String, String)>;

fn stored(data: &Path) -> Result<Said> {
    let reader = Reader::open(data)?;
    let line = reader.calls(&Filter::default())?.into_iter().next().ok_or("no call was stored")?;
    let call = reader.call(&line.id.to_string())?;
    let one = |words: &evenkeel::core::words::Words| {
        (words.who.to_string().to_lowercase(), words.text.reveal().to_owned())
    };
    Ok(call.said.iter().map(one).collect())
}

fn analysed(call: &Path, model: &Path) -> Result<Vec<u8>> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
    command.arg("analyze").arg(call).args(["--json", "-q", "--model"]).arg(model).stdin(Stdio::null());
    let out = command.output()?;
    if !out.status.success() {
        return Err(String::from_utf8_lossy(&out.stderr).into());
    }
    Ok(out.stdout)
}

/// What faster-whisper took for the utterances of this analysis.
fn beside(python: &Path, model: &Path, call: &Path, analysis: &[u8]) -> Result<String> {
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), analysis)?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/faster_whisper_reference.py");
    let mut command = Command::new(python);
    // Its library starts a thread for every core, whatever it is told.
    command.arg(script).arg(call).arg(file.path()).arg(model).env("OMP_NUM_THREADS", "1");
    let out = command.stdin(Stdio::null()).output()?;
    if !out.status.success() {
        return Err(String::from_utf8_lossy(&out.stderr).into());
    }
    let took: Value = serde_json::from_slice(&out.stdout)?;
    let number = |key: &str| took[key].as_f64().unwrap_or(f64::NAN);
    let (all, same) = (number("utterances"), number("same"));
    Ok(format!("{:.1} s of the processor; {same} of {all} word for word the same", number("seconds")))
}

fn said(analysis: &[u8]) -> Result<Said> {
    let call: Value = serde_json::from_slice(analysis)?;
    let text = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
    let said = call["transcript"].as_array().into_iter().flatten();
    Ok(said.map(|one| (text(one, "speaker"), text(one, "text"))).collect())
}

/// The words of one side, as they are compared.
fn of(said: &[(String, String)], side: &str) -> Vec<String> {
    let plain = |word: &str| word.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let texts = said.iter().filter(|(who, _)| who == side).flat_map(|(_, text)| text.split_whitespace());
    texts.map(plain).filter(|word| !word.is_empty()).collect()
}

/// Words that must be changed, put in or taken out.
fn distance(one: &[String], other: &[String]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, word) in one.iter().enumerate() {
        let mut next = vec![at + 1];
        for (k, with) in other.iter().enumerate() {
            let change = row[k] + usize::from(word != with);
            next.push(change.min(row[k + 1] + 1).min(next[k] + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}
