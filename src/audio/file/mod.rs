//! Recorded calls: one stereo file, or one mono file for each side, told apart
//! by content and streamed. Memory does not grow with the length of the call,
//! but for the index of an M4A file (half a megabyte an hour).
//!
//! The two channels are never mixed, and the level is never touched: no gain, no
//! normalisation. What a damaged file has lost is handed on as lost time; what
//! its header promises and does not hold is never made up.

mod codec;
mod decode;
mod expected;
mod facts;
mod mp4;
mod packets;
mod padding;
mod recording;
mod side;
mod sniff;
mod tap;
mod timeline;
mod track;
mod wav;

use std::path::PathBuf;

pub use codec::panic_is_handled;
pub use facts::{Facts, Note};
pub use recording::Recording;
pub use wav::mu_law;

use crate::audio::error::{AudioError, ErrorKind};
use crate::audio::{Chunk, Source};
use crate::core::units::{Channel, RATE, Sides};
use expected::Expected;
use recording::{same_file, shown};
use side::Side;
use track::Track;

/// The longest chunk handed out, in samples: one second.
const CHUNK: usize = RATE as usize;

/// Lengths of the two sides that differ by less are the same, in seconds: one frame.
const SAME_LENGTH_S: f64 = 0.01;

/// Which channel of a stereo file is the agent's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StereoSide {
    /// The first channel.
    Left,
    /// The second channel.
    Right,
}

/// Where a recorded call is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inputs {
    /// Both sides in one file of two channels.
    Stereo {
        /// The file.
        path: PathBuf,
        /// The channel the agent is on.
        agent: StereoSide,
    },
    /// Each side in a file of its own, of one channel.
    Pair {
        /// The agent's side.
        agent: PathBuf,
        /// The customer's side.
        customer: PathBuf,
    },
}

/// The files a call is read from.
enum Files {
    Stereo { track: Track, agent: StereoSide },
    Pair(Sides<Track>),
}

/// A recorded call, read chunk by chunk.
pub struct CallAudio {
    files: Files,
    sides: Sides<Side>,
    facts: Vec<Facts>,
    /// Reading failed, so that nothing follows.
    failed: bool,
}

impl CallAudio {
    /// Opens a recorded call and decodes up to its first sound.
    ///
    /// # Errors
    /// [`AudioError`], with the file, the reason and a way out, for everything
    /// that is not a readable call.
    pub fn open(inputs: &Inputs) -> Result<Self, AudioError> {
        match inputs {
            Inputs::Stereo { path, agent } => Self::stereo(Recording::open(path)?, *agent),
            Inputs::Pair { agent, customer } => {
                if same_file(agent, customer) {
                    let other = shown(agent);
                    let kind = ErrorKind::SameFile { other };
                    return Err(AudioError::new(shown(customer), kind));
                }
                Self::pair(Recording::open(agent)?, Recording::open(customer)?)
            }
        }
    }

    /// Both sides from one recording of two channels, which may be in memory.
    ///
    /// # Errors
    /// As [`CallAudio::open`].
    pub fn stereo(recording: Recording, agent: StereoSide) -> Result<Self, AudioError> {
        let track = Track::open(recording, Expected::Call)?;
        let sides = Sides { agent: track.side()?, customer: track.side()? };
        let facts = vec![track.facts().clone()];
        Ok(Self { files: Files::Stereo { track, agent }, sides, facts, failed: false })
    }

    /// Each side from a recording of one channel, which may be in memory.
    ///
    /// # Errors
    /// As [`CallAudio::open`].
    pub fn pair(agent: Recording, customer: Recording) -> Result<Self, AudioError> {
        let agent = Track::open(agent, Expected::Side(Channel::Agent))?;
        let customer = Track::open(customer, Expected::Side(Channel::Customer))?;
        let sides = Sides { agent: agent.side()?, customer: customer.side()? };
        let facts = vec![agent.facts().clone(), customer.facts().clone()];
        Ok(Self { files: Files::Pair(Sides { agent, customer }), sides, facts, failed: false })
    }

    /// What the headers say: one entry for a stereo file, else the agent's and
    /// then the customer's.
    pub fn facts(&self) -> &[Facts] {
        &self.facts
    }

    /// What is worth saying about the files. Complete when [`Source::next`] has
    /// returned false; before that, what is known so far.
    pub fn notes(&self) -> Vec<Note> {
        match &self.files {
            Files::Stereo { track, .. } => {
                let mut notes = track.notes();
                notes.extend(Channel::BOTH.into_iter().filter_map(|side| self.damage(side, track)));
                notes
            }
            Files::Pair(tracks) => {
                let of =
                    |side| [tracks[side].notes(), self.damage(side, &tracks[side]).into_iter().collect()];
                let notes = Channel::BOTH.into_iter().flat_map(of).flatten();
                notes.chain(self.unequal(tracks)).collect()
            }
        }
    }

    fn damage(&self, side: Channel, track: &Track) -> Option<Note> {
        let samples = self.sides[side].damaged();
        let file = || track.facts().file.clone();
        (0 < samples).then(|| Note::DamagedSamples { file: file(), side, samples })
    }

    fn unequal(&self, tracks: &Sides<Track>) -> Option<Note> {
        let (agent_s, customer_s) = (self.sides.agent.seconds(), self.sides.customer.seconds());
        let over = self.sides.agent.is_over() && self.sides.customer.is_over();
        (over && SAME_LENGTH_S <= (agent_s - customer_s).abs()).then(|| Note::UnequalLength {
            agent: tracks.agent.facts().file.clone(),
            agent_s,
            customer: tracks.customer.facts().file.clone(),
            customer_s,
        })
    }

    /// Decodes until a whole chunk is ready on both sides, or the end is reached.
    fn fill(&mut self) -> Result<(), AudioError> {
        while let Some(side) = self.hungry() {
            match &mut self.files {
                Files::Pair(tracks) => tracks[side].feed([Some(&mut self.sides[side]), None])?,
                Files::Stereo { track, agent } => {
                    let Sides { agent: near, customer: far } = &mut self.sides;
                    track.feed(match agent {
                        StereoSide::Left => [Some(near), Some(far)],
                        StereoSide::Right => [Some(far), Some(near)],
                    })?;
                }
            }
        }
        Ok(())
    }

    /// The side that needs samples most.
    fn hungry(&self) -> Option<Channel> {
        Channel::BOTH
            .into_iter()
            .filter(|&side| !self.sides[side].is_ready(CHUNK))
            .min_by_key(|&side| self.sides[side].ready())
    }
}

impl Source for CallAudio {
    fn next(&mut self, chunk: &mut Chunk) -> Result<bool, AudioError> {
        chunk.clear();
        if self.failed {
            return Ok(false);
        }
        self.fill().inspect_err(|_| self.failed = true)?;
        if Channel::BOTH.into_iter().all(|side| self.sides[side].is_over()) {
            return Ok(false);
        }
        let runs = Sides::from_fn(|side| self.sides[side].run());
        let length = runs.agent.length.min(runs.customer.length).min(CHUNK);
        self.sides.agent.take(length, &mut chunk.agent);
        self.sides.customer.take(length, &mut chunk.customer);
        chunk.agent_lost = runs.agent.lost;
        chunk.customer_lost = runs.customer.lost;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_for_both_sides_is_refused_by_any_of_its_names() {
        let folder = tempfile::tempdir().unwrap();
        let agent = folder.path().join("agent.wav");
        std::fs::write(&agent, b"anything").unwrap();
        for customer in [agent.clone(), folder.path().join(".").join("agent.wav")] {
            let inputs = Inputs::Pair { agent: agent.clone(), customer: customer.clone() };
            let error = CallAudio::open(&inputs).err().unwrap();
            assert!(matches!(error.kind(), ErrorKind::SameFile { .. }), "{error}");
            assert!(error.to_string().starts_with(&customer.display().to_string()));
            assert!(error.hint().contains("two different mono files"));
        }
    }
}
