//! Opens both sides for a moment and hears what comes. What was heard lives in
//! memory only and ends with the figures taken of it.

use std::time::{Duration, Instant};

use crate::app::doctor::facts::{Listened, ToneHeard};
use crate::app::doctor::hearing::{self, Heard};
use crate::audio::capture::{Backend, Capture, Delivered, Device, Host, Settings, State, Want, now};
use crate::core::frames::align::{Aligner, Stretch};
use crate::core::units::{Channel, RATE, Sides};

/// How often it is looked for sound.
const LOOK: Duration = Duration::from_millis(20);

/// How long to listen.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Sound of so long from each side is enough.
    pub sound: Duration,
    /// Ended at the latest after this: a device may take 2 s to start.
    pub most: Duration,
}

/// Both sides, while they are open.
pub struct Ear {
    capture: Capture,
    aligner: Aligner,
    heard: Sides<Vec<f32>>,
    frames: Sides<u64>,
    status: Sides<Heard>,
}

impl Ear {
    /// Opens both sides.
    pub fn open(backend: Box<dyn Backend>, settings: &Settings) -> Self {
        let capture = Capture::spawn(backend, settings);
        capture.want(Want::BOTH);
        Self {
            capture,
            aligner: Aligner::new(now()),
            heard: Sides::default(),
            frames: Sides::default(),
            status: Sides::default(),
        }
    }

    /// Waits a moment and takes what came.
    pub fn listen(&mut self) {
        // Reports wake it early; what they say is in the status too.
        let _ = self.capture.reports().recv_timeout(LOOK);
        let Self { capture, aligner, frames, .. } = self;
        capture.read(&mut |side, delivered| {
            if let Delivered::Sound(piece) = delivered {
                frames[side] += piece.samples.len() as u64;
            }
            delivered.place(side, aligner);
        });
        let mut stretch = Stretch::default();
        while self.aligner.pull(now(), &mut stretch) {
            for side in Channel::BOTH {
                self.heard[side].extend(&stretch.sides[side]);
            }
        }
        self.look();
    }

    /// What is known of each side by now.
    fn look(&mut self) {
        let evidence = self.capture.status();
        for side in Channel::BOTH {
            let evidence = &evidence[side];
            let fails = matches!(evidence.state, State::Waiting | State::Stopped | State::Silent);
            let trouble = evidence.why.clone().filter(|_| fails);
            self.status[side] = Heard {
                frames: self.frames[side],
                level: hearing::level(&self.heard[side]),
                delay_ms: evidence.delay_ms,
                trouble: trouble.map(|why| (why, evidence.remedy.clone().unwrap_or_default())),
            };
        }
    }

    /// Each side as it stands.
    pub fn sides(&self) -> &Sides<Heard> {
        &self.status
    }

    /// Whether both sides deliver.
    pub fn flows(&self) -> bool {
        0 < self.frames.agent.min(self.frames.customer)
    }

    fn is_enough(&self, sound: Duration) -> bool {
        let wanted = (sound.as_secs_f64() * f64::from(RATE)) as usize;
        self.flows() && wanted <= self.heard.agent.len()
    }

    /// What all of it tells.
    fn finish(mut self, tone: Option<ToneHeard>) -> Listened {
        self.look();
        let same = hearing::same(&self.heard.agent, &self.heard.customer);
        Listened { sides: self.status, same, tone }
    }
}

/// Listens to both sides; plays a short tone into `tone`, an output, and listens
/// for it.
pub fn listen(
    backend: Box<dyn Backend>,
    settings: &Settings,
    tone: Option<&Device>,
    patience: Patience,
) -> Listened {
    let mut ear = Ear::open(backend, settings);
    let begun = Instant::now();
    while !ear.flows() && begun.elapsed() < patience.most {
        ear.listen();
    }
    // What came before is the device's start.
    ear.heard = Sides::default();
    let playing = tone.map(|output| player::play(settings.host, output));
    while !ear.is_enough(patience.sound) && begun.elapsed() < patience.most {
        ear.listen();
    }
    let heard = playing.map(|playing| match hearing::tone(&ear.heard.customer) {
        Some(level) => ToneHeard::Yes(level.0),
        None => player::fault(&playing).map_or(ToneHeard::No, ToneHeard::Failed),
    });
    ear.finish(heard)
}

/// Plays the tone.
#[cfg(feature = "live")]
mod player {
    use std::time::Duration;

    use super::{Device, Host};
    use crate::app::doctor::hearing::TONE_HZ;
    use crate::audio::capture::live::{self, Playing, Tone};

    /// Quiet beside a voice, which peaks around -12 dBFS: -32 dBFS.
    const PEAK: f32 = 0.025;
    /// Three windows that it fills whole, wherever it begins.
    const LASTS: Duration = Duration::from_millis(400);

    pub(super) fn play(host: Host, output: &Device) -> Playing {
        live::play(host, &output.id, Tone { hertz: TONE_HZ, peak: PEAK, lasts: LASTS })
    }

    pub(super) fn fault(playing: &Playing) -> Option<String> {
        playing.fault().map(|error| error.to_string())
    }
}

/// Nothing can be played without a sound system.
#[cfg(not(feature = "live"))]
mod player {
    use super::{Device, Host};

    pub(super) struct Playing;

    pub(super) fn play(_: Host, _: &Device) -> Playing {
        Playing
    }

    pub(super) fn fault(_: &Playing) -> Option<String> {
        Some("this build plays no sound".to_owned())
    }
}
