//! How much of the customer is in the agent's microphone, and what is done
//! about it: which of the raw gate and the cancelled gate answers "is the
//! agent speaking?", and when the canceller may sleep.

use crate::core::activity::stats::LevelWindow;

/// How the agent's activity is decided at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// By the raw microphone: nothing of the customer is in it.
    Raw,
    /// By the cancelled microphone, 70 ms later.
    Cancelled,
}

/// Limits of the coupling, in dB of the microphone against the loudest
/// customer frame of the last 150 ms; the first three are read off
/// measurements at leaks of 6 to 30 dB and without one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Below this the raw microphone decides.
    pub raw_below_db: f32,
    /// Below this, after `sleep_after` frames of customer speech, the canceller sleeps.
    pub sleep_below_db: f32,
    /// Frames of customer speech before the canceller may sleep.
    pub sleep_after: u64,
    /// The agent is heard in the cancelled microphone this far above what
    /// remains of the customer in it.
    pub over_residue_db: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { raw_below_db: -26.0, sleep_below_db: -30.0, sleep_after: 3000, over_residue_db: 8.0 }
    }
}

/// Frames that the coupling rests on: 15 s of customer speech.
const WINDOW: usize = 1500;
/// Loud customer frames alone before a coupling is believed: 0.5 s of them.
const ENOUGH: usize = 50;
/// Customer frames quieter than this tell nothing of a leak, dB.
const AUDIBLE: f32 = -50.0;
/// A leak is looked for while the customer is at least this near to their
/// usual level, dB: a weak one would vanish in the noise otherwise.
const LOUD: f32 = 3.0;
/// Share of frames below the coupling: a quarter, so that agents who talk over
/// more than half of what the customer says still do not look like a leak.
const SHARE: f32 = 0.25;
/// Share of frames below the residue.
const RESIDUE_SHARE: f32 = 0.75;
/// Until the residue is known it is taken to be this, dB.
const FIRST_RESIDUE: f32 = -14.0;
/// What stands for "nothing above the noise", dB.
const NOTHING: f32 = -60.0;
/// Level above the background that a leak must reach to be seen, dB.
const ABOVE_NOISE: f32 = 3.0;
/// Hysteresis of the route, dB.
const HYSTERESIS: f32 = 1.0;

/// What one frame tells of the leak; levels in dB.
#[derive(Clone, Copy, Debug)]
pub struct Evidence {
    /// Loudest frame of the raw microphone in which this customer frame may sound.
    pub microphone: f32,
    /// Upper edge of the microphone's background.
    pub background: f32,
    /// Cancelled microphone (linear), where the canceller runs.
    pub cancelled: Option<f32>,
    /// Loudest customer frame whose leak may sound in the cancelled microphone now.
    pub reference: f32,
    /// The customer in this frame.
    pub customer: f32,
    /// The customer's usual level of speech.
    pub usual: f32,
    /// Whether the agent seems to speak.
    pub agent: bool,
}

/// Watches the leak from the customer into the microphone.
#[derive(Clone, Debug)]
pub struct Echo {
    settings: Settings,
    coupling: LevelWindow<WINDOW>,
    /// The same whoever speaks: its median wakes the canceller.
    any: LevelWindow<WINDOW>,
    residue: LevelWindow<WINDOW>,
    customer_frames: u64,
    route: Route,
    asleep: bool,
    known: Known,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    coupling: Option<f32>,
    any: Option<f32>,
    residue: f32,
}

impl Echo {
    /// Nothing known: the canceller runs and decides.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            coupling: LevelWindow::new(),
            any: LevelWindow::new(),
            residue: LevelWindow::new(),
            customer_frames: 0,
            route: Route::Cancelled,
            asleep: false,
            known: Known { coupling: None, any: None, residue: FIRST_RESIDUE },
        }
    }

    /// Changes the limits from the next frame on.
    pub fn set(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// Whether the agent is heard over what remains of the customer in the
    /// cancelled microphone; levels in dB.
    pub fn over_residue(&self, cancelled: f32, reference: f32) -> bool {
        reference < AUDIBLE || reference + self.known.residue + self.settings.over_residue_db < cancelled
    }

    /// Learns from a frame in which the customer speaks.
    pub fn learn(&mut self, evidence: &Evidence) {
        self.customer_frames += 1;
        if evidence.usual - LOUD < evidence.customer {
            self.learn_coupling(evidence);
        }
        if let Some(cancelled) =
            evidence.cancelled.filter(|_| !evidence.agent && AUDIBLE < evidence.reference)
        {
            self.residue.push((cancelled - evidence.reference).max(NOTHING));
        }
        if self.customer_frames.is_multiple_of(10) {
            self.refresh();
        }
    }

    fn learn_coupling(&mut self, evidence: &Evidence) {
        let seen = evidence.background + ABOVE_NOISE < evidence.microphone;
        let leak = if seen { evidence.microphone - evidence.customer } else { NOTHING };
        self.any.push(leak);
        if !evidence.agent {
            self.coupling.push(leak);
        }
    }

    fn refresh(&mut self) {
        let enough =
            |window: &LevelWindow<WINDOW>, share| (ENOUGH <= window.len()).then(|| window.quantile(share));
        self.known.coupling = enough(&self.coupling, SHARE);
        self.known.any = enough(&self.any, 0.5);
        self.known.residue = enough(&self.residue, RESIDUE_SHARE).unwrap_or(FIRST_RESIDUE);
        self.choose_route();
        self.choose_sleep();
    }

    fn choose_route(&mut self) {
        let Some(coupling) = self.known.coupling else { return };
        let limit = self.settings.raw_below_db;
        if coupling < limit - HYSTERESIS || self.asleep {
            self.route = Route::Raw;
        } else if limit + HYSTERESIS < coupling {
            self.route = Route::Cancelled;
        }
    }

    /// Once asleep the raw gate takes any leak for the agent, so only what is
    /// heard whoever speaks can show a new one.
    fn choose_sleep(&mut self) {
        if self.asleep {
            if self.known.any.is_some_and(|any| self.settings.raw_below_db < any) {
                self.asleep = false;
                self.route = Route::Cancelled;
                self.coupling = LevelWindow::new();
                self.known.coupling = None;
            }
        } else if self.settings.sleep_after <= self.customer_frames {
            let quiet = self.known.coupling.is_some_and(|c| c < self.settings.sleep_below_db);
            self.asleep = quiet && self.route == Route::Raw;
        }
    }

    /// Which gate decides.
    pub const fn route(&self) -> Route {
        self.route
    }

    /// Whether the canceller rests.
    pub const fn asleep(&self) -> bool {
        self.asleep
    }

    /// Frames of customer speech so far.
    pub const fn customer_frames(&self) -> u64 {
        self.customer_frames
    }

    /// How much quieter the customer is in the cancelled microphone than in
    /// the raw one, dB.
    pub fn cancelled_by(&self) -> Option<f32> {
        self.known.coupling.map(|coupling| coupling - self.known.residue)
    }

    /// Coupling, dB: three quarters of the loud customer frames without the
    /// agent sound at least this loud in the microphone. Unknown before about
    /// a second of such speech.
    pub const fn coupling(&self) -> Option<f32> {
        self.known.coupling
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(echo: &mut Echo, leak: f32, agent: bool, frames: usize) {
        for _ in 0..frames {
            echo.learn(&Evidence {
                microphone: -25.0 + leak,
                background: -62.0,
                cancelled: Some(-60.0),
                reference: -25.0,
                customer: -25.0,
                usual: -25.0,
                agent,
            });
        }
    }

    #[test]
    fn without_a_leak_the_raw_microphone_decides_after_a_second() {
        let mut echo = Echo::new(Settings::default());
        assert_eq!(echo.route(), Route::Cancelled);
        feed(&mut echo, -40.0, false, 40);
        assert_eq!(echo.route(), Route::Cancelled);
        feed(&mut echo, -40.0, false, 20);
        assert_eq!(echo.route(), Route::Raw);
    }

    #[test]
    fn with_a_leak_the_cancelled_microphone_decides() {
        let mut echo = Echo::new(Settings::default());
        feed(&mut echo, -12.0, false, 500);
        assert_eq!(echo.route(), Route::Cancelled);
        assert!((echo.coupling().unwrap() + 12.0).abs() < 1.0);
    }

    #[test]
    fn the_canceller_sleeps_after_thirty_seconds_without_leak_and_wakes_with_one() {
        let mut echo = Echo::new(Settings::default());
        feed(&mut echo, -40.0, false, 2900);
        assert!(!echo.asleep());
        feed(&mut echo, -40.0, false, 200);
        assert!(echo.asleep());
        // The raw gate hears the leak as the agent.
        feed(&mut echo, -12.0, true, 1000);
        assert!(!echo.asleep());
        assert_eq!(echo.route(), Route::Cancelled);
    }

    #[test]
    fn noise_in_the_microphone_is_no_leak() {
        let mut echo = Echo::new(Settings::default());
        for _ in 0..500 {
            echo.learn(&Evidence {
                microphone: -44.0,
                background: -43.0,
                cancelled: None,
                reference: -25.0,
                customer: -25.0,
                usual: -25.0,
                agent: false,
            });
        }
        assert_eq!(echo.route(), Route::Raw);
    }

    #[test]
    fn the_agent_is_heard_over_the_residue_only_well_above_it() {
        let mut echo = Echo::new(Settings::default());
        // Cancelled to -60 dB at a customer of -25 dB: a residue of -35 dB.
        feed(&mut echo, -12.0, false, 500);
        assert!(echo.over_residue(-50.0, -25.0));
        assert!(!echo.over_residue(-56.0, -25.0));
        assert!(echo.over_residue(-90.0, -70.0), "a silent customer leaves no residue");
    }
}
