//! Drives the measuring core over a recorded call.

mod listening;

use std::path::{Path, PathBuf};

use crate::app::analyse::listening::Listening;
use crate::app::exit::{Failure, Status};
use crate::app::recognise::{Choice, Rules};
use crate::app::recording::{self, Script};
use crate::audio::{AudioError, CallAudio, Chunk, Class, Facts, Inputs, Source};
use crate::core::event::Event;
use crate::core::frames::{Block, Gap};
use crate::core::pipeline::{Past, Pipeline, Settings};
use crate::core::transcript::Coverage;
use crate::core::units::{SampleSpan, Sides};
use crate::core::words::Words;
use crate::report::{Analysis, Collector, Origin};

/// A call to be analysed.
#[derive(Clone, Debug)]
pub struct Job {
    /// Where it is.
    pub inputs: Inputs,
    /// What it is called.
    pub name: String,
    /// Only from here on.
    pub from: SampleSpan,
    /// Only up to here.
    pub to: Option<SampleSpan>,
}

/// What a call is held against.
#[derive(Clone, Debug)]
pub struct Measuring {
    /// Settings of the core.
    pub settings: Settings,
    /// Their fingerprint, as it is where no words are used.
    pub config_hash: String,
    /// What earlier calls left behind.
    pub past: Past,
    /// What hears the words, if anything does, and what is made of them.
    pub words: Option<(Choice, Rules)>,
}

impl Job {
    /// A whole call, named after its file. A name stands in tables and becomes
    /// the name of files, so that it holds no line feed and nothing else that a
    /// terminal obeys.
    pub fn new(inputs: Inputs) -> Self {
        let path = match &inputs {
            Inputs::Stereo { path, .. } => path,
            Inputs::Pair { agent, .. } => agent,
        };
        let name = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
        let name = name.replace(char::is_control, "_");
        Self { inputs, name, from: SampleSpan::ZERO, to: None }
    }

    /// The files of the call.
    pub fn paths(&self) -> Vec<&Path> {
        match &self.inputs {
            Inputs::Stereo { path, .. } => vec![path],
            Inputs::Pair { agent, customer } => vec![agent, customer],
        }
    }
}

/// Told while a call is read.
pub trait Listener {
    /// An event of the core, as it is decided.
    fn event(&mut self, event: &Event);

    /// So much of the call has been read; its length where the file tells.
    fn progress(&mut self, read: SampleSpan, length: Option<SampleSpan>);

    /// What somebody said, what must not be kept taken out of it.
    fn said(&mut self, _: &Words) {}

    /// The score so far and that of the last two minutes, 0 to 100; told after each
    /// [`Self::piece`], and only where the call is read in pieces.
    fn score(&mut self, _: Option<f32>, _: Option<f32>) {}

    /// Whether nobody listens any more: the rest of the call need not be read.
    fn has_enough(&self) -> bool {
        false
    }

    /// The longest piece that is read between two tellings; none for whatever
    /// is fastest.
    fn piece(&self) -> Option<SampleSpan> {
        None
    }
}

/// Hears nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Listener for Silent {
    fn event(&mut self, _: &Event) {}

    fn progress(&mut self, _: SampleSpan, _: Option<SampleSpan>) {}
}

/// Reads a call from beginning to end and analyses it.
///
/// # Errors
/// Whatever is wrong with its files, and a stretch that lies outside the call.
pub fn analyse(job: &Job, measuring: &Measuring, listener: &mut dyn Listener) -> Result<Analysis, Failure> {
    let mut audio = CallAudio::open(&job.inputs).map_err(|e| failure(&e))?;
    let length = audio.facts().iter().filter_map(|f| f.seconds).fold(None, longest);
    let journal = job.paths().first().map_or(Ok(None), |path| recording::journal_of(path))?;
    let mut run = journal.as_ref().map_or_else(|| Run::new(measuring), |journal| Run::again(journal, job));
    let mut notes = Vec::new();
    if let Some((choice, rules)) = &measuring.words {
        run.listening = Listening::begin(choice, rules, &mut notes)?;
        run.pipeline.listen(rules.listener());
    }
    let mut chunk = Chunk::default();
    let mut read = SampleSpan::ZERO;
    while job.to.is_none_or(|to| read < to) && audio.next(&mut chunk).map_err(|e| failure(&e))? {
        let piece = listener.piece().map_or(chunk.len(), |p| p.samples() as usize).max(1);
        for from in (0..chunk.len()).step_by(piece) {
            let to = (from + piece).min(chunk.len());
            let end = read + SampleSpan::from_samples((to - from) as u64);
            let part = job.part(read, end);
            run.push(&chunk, from + part.start..from + part.end, listener);
            read = end;
            listener.progress(read, length);
        }
        if listener.has_enough() {
            break;
        }
    }
    if read <= job.from && job.from != SampleSpan::ZERO {
        return Err(outside(job, read));
    }
    let mut origin = origin(job, &audio, measuring);
    origin.notes.append(&mut notes);
    if let Some(journal) = journal {
        origin
            .notes
            .push(format!("recorded by evenkeel {}; its own settings and orders are used", journal.version));
        origin.config_hash = journal.config_hash;
    }
    let mut analysis = run.finish(origin, listener);
    if let Some((choice, rules)) = measuring.words.as_ref().filter(|_| is_worded(&analysis)) {
        analysis.origin.config_hash = choice.hash(&analysis.origin.config_hash, rules);
    }
    Ok(analysis)
}

/// Whether words were used for the figures: what was not listened to changes none.
fn is_worded(analysis: &Analysis) -> bool {
    let listened = |side: &Coverage| SampleSpan::ZERO < side.heard;
    analysis
        .transcript
        .as_ref()
        .is_some_and(|t| [&t.coverage.agent, &t.coverage.customer].into_iter().any(listened))
}

fn longest(so_far: Option<SampleSpan>, seconds: f64) -> Option<SampleSpan> {
    Some(so_far.unwrap_or_default().max(SampleSpan::from_seconds(seconds)))
}

impl Job {
    /// Which samples of a chunk from `start` to `end` are wanted.
    fn part(&self, start: SampleSpan, end: SampleSpan) -> std::ops::Range<usize> {
        let from = (self.from - start).samples().min((end - start).samples());
        let to = self.to.map_or(end, |to| to.min(end));
        from as usize..((to - start).samples() as usize).max(from as usize)
    }
}

/// One call on its way through the core.
struct Run {
    pipeline: Pipeline,
    /// What happened besides, where the call is a recording of ours.
    script: Option<Script>,
    collector: Collector,
    events: Vec<Event>,
    listening: Option<Listening>,
}

impl Run {
    fn new(measuring: &Measuring) -> Self {
        let pipeline = Pipeline::new(measuring.settings, measuring.past);
        Self { pipeline, script: None, collector: Collector::default(), events: Vec::new(), listening: None }
    }

    /// As it was when it was recorded.
    fn again(journal: &recording::Journal, job: &Job) -> Self {
        let pipeline = Pipeline::new(journal.settings, journal.past);
        let script = Some(Script::new(journal, job.from));
        Self { pipeline, script, collector: Collector::default(), events: Vec::new(), listening: None }
    }

    fn push(&mut self, chunk: &Chunk, part: std::ops::Range<usize>, listener: &mut dyn Listener) {
        let Self { pipeline, script, events, listening, .. } = self;
        if let Some(listening) = listening {
            let part = part.clone();
            listening.sound(Sides { agent: &chunk.agent[part.clone()], customer: &chunk.customer[part] });
        }
        if let Some(script) = script {
            let sides = Sides { agent: &chunk.agent[part.clone()], customer: &chunk.customer[part] };
            script.push(pipeline, sides, events);
        } else {
            let agent = block(&chunk.agent[part.clone()], chunk.agent_lost);
            let customer = block(&chunk.customer[part], chunk.customer_lost);
            pipeline.push_blocks(agent, customer, events);
        }
        if let Some(listening) = listening {
            listening.events(pipeline, events);
            listening.aloud().for_each(|words| listener.said(&words));
        }
        self.tell(listener);
        if listener.piece().is_some() {
            listener.score(self.pipeline.score().points(), self.pipeline.score_lately().points());
        }
    }

    fn tell(&mut self, listener: &mut dyn Listener) {
        for event in self.events.drain(..) {
            self.collector.note(&event);
            listener.event(&event);
        }
    }

    fn finish(mut self, origin: Origin, listener: &mut dyn Listener) -> Analysis {
        if let Some(listening) = &mut self.listening {
            listening.end(self.pipeline.now(), &mut self.pipeline, &mut self.events);
            listening.aloud().for_each(|words| listener.said(&words));
        }
        self.tell(listener);
        let mut last = Vec::new();
        let summary = match self.script.take() {
            Some(script) => script.finish(self.pipeline, &mut last),
            None => self.pipeline.finish(&mut last),
        };
        for event in &last {
            self.collector.note(event);
            listener.event(event);
        }
        let mut analysis = self.collector.finish(origin, summary);
        analysis.transcript = self.listening.map(|listening| listening.finish(&last));
        analysis.measure_words();
        analysis
    }
}

fn block(samples: &[f32], lost: bool) -> Block<'_> {
    if lost { Block::Missing(samples.len(), Gap::NoDevice) } else { Block::Samples(samples) }
}

fn origin(job: &Job, audio: &CallAudio, measuring: &Measuring) -> Origin {
    Origin {
        name: job.name.clone(),
        files: audio.facts().iter().map(Facts::to_string).collect(),
        notes: audio.notes().iter().map(ToString::to_string).collect(),
        config_hash: measuring.config_hash.clone(),
        offset: job.from,
    }
}

fn outside(job: &Job, read: SampleSpan) -> Failure {
    let (from, there) = (job.from.seconds(), read.seconds());
    Failure::new(
        Status::BadData,
        format!("{}: `--from` is {from:.1} s, but the call ends at {there:.1} s", job.name),
    )
    .hint("give a time inside the call")
}

/// An audio error as the end of a command.
pub fn failure(error: &AudioError) -> Failure {
    let status = match error.class() {
        Class::MissingInput => Status::MissingInput,
        Class::BadData => Status::BadData,
    };
    Failure::new(status, error.to_string()).hint(error.hint())
}

/// Endings of the files that a folder is searched for.
const ENDINGS: [&str; 9] = ["wav", "wave", "flac", "mp3", "ogg", "oga", "opus", "m4a", "mp4"];

/// The recordings in a folder, by name; folders inside it are not searched.
///
/// # Errors
/// Where the folder cannot be read or holds no recording.
pub fn recordings_in(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |e: std::io::Error| {
        Failure::new(Status::MissingInput, format!("{}: {e}", folder.display()))
            .hint("check the folder's permissions")
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        if path.is_file() && ending.is_some_and(|e| ENDINGS.contains(&e.as_str())) {
            found.push(path);
        }
    }
    found.sort();
    if found.is_empty() {
        let looked = ENDINGS.join(", ");
        return Err(Failure::new(
            Status::MissingInput,
            format!("{}: no recording in this folder", folder.display()),
        )
        .hint(format!("looked for files ending in {looked}")));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::StereoSide;

    fn job(from: u64, to: Option<u64>) -> Job {
        let inputs = Inputs::Stereo { path: "a/call one.flac".into(), agent: StereoSide::Left };
        Job { from: SampleSpan::from_samples(from), to: to.map(SampleSpan::from_samples), ..Job::new(inputs) }
    }

    fn part(job: &Job, start: u64, end: u64) -> std::ops::Range<usize> {
        job.part(SampleSpan::from_samples(start), SampleSpan::from_samples(end))
    }

    #[test]
    fn a_call_is_named_after_its_file() {
        assert_eq!(job(0, None).name, "call one");
    }

    #[test]
    fn a_name_holds_nothing_that_a_terminal_obeys() {
        let inputs = Inputs::Stereo { path: "a\nb\u{1b}[2J.wav".into(), agent: StereoSide::Left };
        assert_eq!(Job::new(inputs).name, "a_b_[2J");
    }

    #[test]
    fn a_stretch_is_cut_out_to_the_sample() {
        let job = job(150, Some(320));
        assert_eq!(part(&job, 0, 100), 100..100);
        assert_eq!(part(&job, 100, 200), 50..100);
        assert_eq!(part(&job, 200, 300), 0..100);
        assert_eq!(part(&job, 300, 400), 0..20);
    }

    #[test]
    fn a_folder_without_recordings_says_what_it_looked_for() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("notes.txt"), "x").unwrap();
        let failure = recordings_in(folder.path()).unwrap_err();
        assert!(failure.hint.unwrap().contains("flac"));
    }

    #[test]
    fn recordings_come_in_order_and_only_they() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.WAV", "a.flac", "c.txt", "d.json"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let names: Vec<_> =
            recordings_in(folder.path()).unwrap().iter().map(|p| p.file_name().unwrap().to_owned()).collect();
        assert_eq!(names, ["a.flac", "b.WAV"]);
    }
}
