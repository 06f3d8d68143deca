//! How the two channels resemble each other: the same recording twice, or the
//! customer leaking into the microphone.

/// Lags that are tried, in frames, to either side.
const LAGS: usize = 10;
const TRIED: usize = 2 * LAGS + 1;
/// Frames after which the past counts half: 20 s of speech.
const FADE: f64 = 0.999_653_5;
/// Correlation of the levels from which both channels carry the same.
const SAME: f64 = 0.95;
/// A microphone this much below the customer is a leak, not the same, dB.
const SAME_LEVEL: f64 = 2.0;
/// Frames of speech before there is a verdict: 5 s.
const ENOUGH: f64 = 500.0;

/// Compares the levels of both channels while anybody speaks.
#[derive(Clone, Debug)]
pub struct SameAudio {
    agent: [f32; TRIED],
    customer: [f32; TRIED],
    at: usize,
    sums: Sums,
    products: [f64; TRIED],
}

#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    n: f64,
    a: f64,
    aa: f64,
    c: f64,
    cc: f64,
}

impl SameAudio {
    /// Nothing compared yet.
    pub const fn new() -> Self {
        Self {
            agent: [0.0; TRIED],
            customer: [0.0; TRIED],
            at: 0,
            sums: Sums { n: 0.0, a: 0.0, aa: 0.0, c: 0.0, cc: 0.0 },
            products: [0.0; TRIED],
        }
    }

    /// Takes the levels of the next frame, dB, and whether anybody speaks.
    pub fn process(&mut self, agent: f32, customer: f32, anybody: bool) {
        self.agent[self.at % TRIED] = agent;
        self.customer[self.at % TRIED] = customer;
        self.at += 1;
        if anybody && TRIED <= self.at {
            self.compare();
        }
    }

    /// The middle frame of the agent against the customer's frames around it.
    fn compare(&mut self) {
        let a = f64::from(self.agent[(self.at - 1 - LAGS) % TRIED]);
        let middle = f64::from(self.customer[(self.at - 1 - LAGS) % TRIED]);
        let s = &mut self.sums;
        s.n = s.n * FADE + 1.0;
        s.a = s.a * FADE + a;
        s.aa = s.aa * FADE + a * a;
        s.c = s.c * FADE + middle;
        s.cc = s.cc * FADE + middle * middle;
        for (lag, product) in self.products.iter_mut().enumerate() {
            let c = f64::from(self.customer[(self.at - 1 - lag) % TRIED]);
            *product = *product * FADE + a * c;
        }
    }

    /// Whether both channels carry the same; none before 5 s of speech.
    pub fn verdict(&self) -> Option<bool> {
        let s = &self.sums;
        if s.n < ENOUGH {
            return None;
        }
        let (a, c) = (s.a / s.n, s.c / s.n);
        let spread = ((s.aa / s.n - a * a) * (s.cc / s.n - c * c)).max(0.0).sqrt();
        let best = self.products.iter().map(|p| p / s.n - a * c).fold(f64::MIN, f64::max);
        Some(1.0 < spread && SAME * spread <= best && (a - c).abs() <= SAME_LEVEL)
    }
}

impl Default for SameAudio {
    fn default() -> Self {
        Self::new()
    }
}

/// Customer-only frames after which the past counts a third: 30 s.
const LEAK_FADE: f64 = 1.0 - 1.0 / 3000.0;
/// Customer-only frames before there is a figure: 5 s.
const LEAK_ENOUGH: u64 = 500;
/// Power ratio of microphone to customer above which the microphone leaks, dB.
const LEAKING: f32 = -10.0;
/// Hysteresis to either side, dB.
const LEAK_HYSTERESIS: f32 = 0.5;
/// A frame this far above what the coupling explains is the agent's own, dB.
const OWN: f32 = 12.0;

/// Measures the leak over frames in which only the customer speaks: the power
/// of the microphone less its noise, against the power of the customer.
#[derive(Clone, Debug, Default)]
pub struct LeakMeter {
    microphone: f64,
    customer: f64,
    frames: u64,
    leaking: bool,
}

/// One frame in which only the customer speaks, levels in dB.
#[derive(Clone, Copy, Debug)]
pub struct LeakFrame {
    /// Microphone.
    pub microphone: f32,
    /// Its noise floor.
    pub floor: f32,
    /// Customer.
    pub customer: f32,
    /// Loudest customer frame that may sound here.
    pub reference: f32,
    /// Coupling, where it is known.
    pub coupling: Option<f32>,
}

fn power(db: f32) -> f64 {
    10f64.powf(f64::from(db) / 10.0)
}

impl LeakMeter {
    /// Takes a frame.
    pub fn process(&mut self, frame: &LeakFrame) {
        if frame.coupling.is_some_and(|coupling| frame.reference + coupling + OWN < frame.microphone) {
            return;
        }
        self.microphone =
            self.microphone * LEAK_FADE + (power(frame.microphone) - power(frame.floor)).max(0.0);
        self.customer = self.customer * LEAK_FADE + power(frame.customer);
        self.frames += 1;
        if let Some(leak) = self.leak_db() {
            let limit = if self.leaking { LEAKING - LEAK_HYSTERESIS } else { LEAKING + LEAK_HYSTERESIS };
            self.leaking = limit < leak;
        }
    }

    /// The leak, dB; none before 5 s of the customer alone.
    pub fn leak_db(&self) -> Option<f32> {
        let known = LEAK_ENOUGH <= self.frames && 0.0 < self.customer;
        known.then(|| (10.0 * (self.microphone / self.customer).max(1e-9).log10()) as f32)
    }

    /// Whether the microphone leaks.
    pub const fn is_leaking(&self) -> bool {
        self.leaking
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Levels of somebody who speaks in bursts, differing from frame to frame.
    fn level(k: usize) -> f32 {
        let talk = if (k / 80).is_multiple_of(3) { -60.0 } else { -25.0 };
        talk + ((k * 7919) % 13) as f32
    }

    fn verdict(agent: impl Fn(usize) -> f32, customer: impl Fn(usize) -> f32) -> Option<bool> {
        let mut same = SameAudio::new();
        (0..3000).for_each(|k| same.process(agent(k), customer(k), true));
        same.verdict()
    }

    #[test]
    fn r04_the_same_recording_twice_is_seen_even_with_a_lag() {
        assert_eq!(verdict(level, level), Some(true));
        assert_eq!(verdict(|k| level(k + 10) + 1.0, |k| level(k + 4)), Some(true));
    }

    #[test]
    fn two_people_are_not_the_same() {
        assert_eq!(verdict(level, |k| level(k * 3 + 100)), Some(false));
    }

    #[test]
    fn a_quieter_copy_is_a_leak_and_not_the_same() {
        assert_eq!(verdict(|k| level(k) - 6.0, level), Some(false));
    }

    #[test]
    fn nothing_is_said_too_early() {
        let mut same = SameAudio::new();
        (0..400).for_each(|k| same.process(level(k), level(k), true));
        assert_eq!(same.verdict(), None);
    }

    fn leak(db: f32, frames: usize) -> LeakMeter {
        let mut meter = LeakMeter::default();
        for k in 0..frames {
            let customer = -25.0 - (k % 20) as f32;
            meter.process(&LeakFrame {
                microphone: (customer + db).max(-65.0),
                floor: -65.0,
                customer,
                reference: -25.0,
                coupling: Some(db),
            });
        }
        meter
    }

    #[test]
    fn the_leak_is_measured_within_half_a_db() {
        for db in [-3.0, -6.0, -12.0, -20.0] {
            let got = leak(db, 2000).leak_db().unwrap();
            assert!((got - db).abs() < 0.5, "{db}: {got}");
        }
    }

    #[test]
    fn r16_above_minus_ten_it_is_leaking() {
        assert!(leak(-3.0, 600).is_leaking() && leak(-9.0, 600).is_leaking());
        assert!(!leak(-12.0, 600).is_leaking());
        assert_eq!(leak(-3.0, 400).leak_db(), None);
    }

    #[test]
    fn what_the_leak_cannot_explain_is_the_agent() {
        let mut meter = leak(-20.0, 1000);
        for _ in 0..500 {
            meter.process(&LeakFrame {
                microphone: -24.0,
                floor: -65.0,
                customer: -25.0,
                reference: -25.0,
                coupling: Some(-20.0),
            });
        }
        assert!(!meter.is_leaking());
    }
}
