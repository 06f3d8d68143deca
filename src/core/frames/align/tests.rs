use super::*;

const MS: u64 = Nanos::MILLISECOND;

/// When the call begins on the machine's clock: far from 0, as it really is.
const BEGIN: Nanos = Nanos(9_000 * Nanos::SECOND);

/// A device that plays a tone of its own from some moment on.
struct Device {
    side: Channel,
    rate: u32,
    hz: f64,
    samples: u64,
    at: f64,
}

impl Device {
    /// Its first sample is captured `at` nanoseconds into the call.
    fn new(side: Channel, rate: u32, hz: f64, at: u64) -> Self {
        Self { side, rate, hz, samples: 0, at: at as f64 }
    }

    /// Delivers `count` samples, with a stamp that is `off` nanoseconds wrong.
    fn deliver(&mut self, aligner: &mut Aligner, count: usize, off: f64) {
        let tone = |k: u64| {
            (std::f64::consts::TAU * self.hz * (self.at / 1e9 + k as f64 / f64::from(self.rate))).sin()
        };
        let sound: Vec<f32> = (0..count as u64).map(|k| 0.5 * tone(k) as f32).collect();
        let at = Nanos(BEGIN.0.saturating_add_signed((self.at + off) as i64));
        aligner.push(self.side, Stamped { at, rate: self.rate, samples: &sound });
        self.samples += count as u64;
        self.at += count as f64 * 1e9 / f64::from(self.rate);
    }
}

/// Everything that comes out, side by side, with what was missing.
#[derive(Default)]
struct Taken {
    sides: Sides<Vec<f32>>,
    missing: Sides<Vec<(u64, u64, Gap)>>,
}

impl Taken {
    fn add(&mut self, stretch: &Stretch) {
        assert!(!stretch.is_empty() && stretch.len() as u64 <= STRETCH);
        assert_eq!(stretch.sides.agent.len(), stretch.sides.customer.len());
        for side in Channel::BOTH {
            let from = self.sides[side].len() as u64;
            self.sides[side].extend(&stretch.sides[side]);
            let Some(why) = stretch.missing[side] else { continue };
            assert!(stretch.sides[side].iter().all(|s| *s == 0.0));
            let to = from + stretch.len() as u64;
            match self.missing[side].last_mut() {
                Some((_, end, reason)) if *end == from && *reason == why => *end = to,
                Some(_) | None => self.missing[side].push((from, to, why)),
            }
        }
    }

    fn pull(&mut self, aligner: &mut Aligner, now: u64) {
        let mut stretch = Stretch::default();
        while aligner.pull(Nanos(BEGIN.0 + now), &mut stretch) {
            self.add(&stretch);
        }
    }

    fn finish(mut self, aligner: &mut Aligner, end: u64) -> Self {
        let mut stretch = Stretch::default();
        while aligner.finish(Nanos(BEGIN.0 + end), &mut stretch) {
            self.add(&stretch);
        }
        self
    }

    /// The tone at `hz` in a side from `from` to `to` s: level in dB re 0.5, and
    /// how many ms it lies from where it belongs.
    fn tone(&self, side: Channel, hz: f64, from: f64, to: f64) -> (f64, f64) {
        let (from, to) = ((from * 16_000.0) as usize, (to * 16_000.0) as usize);
        let (mut re, mut im, mut power) = (0.0, 0.0, 0.0);
        for k in from..to {
            let x = f64::from(self.sides[side][k]);
            let turn = std::f64::consts::TAU * hz * k as f64 / 16_000.0;
            (re, im, power) = (re + x * turn.sin(), im + x * turn.cos(), power + x * x);
        }
        let n = (to - from) as f64;
        (10.0 * (power / n / 0.125).log10(), im.atan2(re) / std::f64::consts::TAU / hz * 1e3)
    }
}

/// Two devices in pieces of `chunk` of the first one's samples for `seconds`.
fn call(rates: Sides<u32>, chunk: usize, seconds: u64) -> (Aligner, Taken) {
    let mut aligner = Aligner::new(BEGIN);
    let mut taken = Taken::default();
    let mut devices = [
        Device::new(Channel::Agent, rates.agent, 440.0, 3 * MS),
        Device::new(Channel::Customer, rates.customer, 300.0, 17 * MS),
    ];
    let mut now = 0;
    while now < seconds * 1_000 * MS {
        now += (chunk as u64 * Nanos::SECOND).div_ceil(u64::from(rates.agent));
        for device in &mut devices {
            let due = (now as f64 - device.at) * f64::from(device.rate) / 1e9;
            if 0.0 < due {
                device.deliver(&mut aligner, due as usize, 0.0);
            }
        }
        taken.pull(&mut aligner, now + 10 * MS);
    }
    let taken = taken.finish(&mut aligner, seconds * 1_000 * MS);
    (aligner, taken)
}

#[test]
fn r11_every_rate_and_chunk_size_keeps_time_level_and_sides() {
    for (rate, chunk) in [(8_000, 160), (16_000, 1), (24_000, 2_400), (44_100, 441), (48_000, 960)] {
        let (_, taken) = call(Sides { agent: rate, customer: 48_000 }, chunk, 3);
        for (side, hz) in [(Channel::Agent, 440.0), (Channel::Customer, 300.0)] {
            let (level, off) = taken.tone(side, hz, 1.0, 2.0);
            assert!(level.abs() < 0.1, "{side} at {rate} Hz: {level} dB");
            assert!(off.abs() < 0.2, "{side} at {rate} Hz: {off} ms off");
            assert_eq!(taken.sides[side].len(), 48_000);
            assert_eq!(taken.missing[side].len(), 1, "{side} at {rate} Hz: only the start");
        }
    }
}

#[test]
fn r42_the_sides_never_touch() {
    let (_, taken) = call(Sides { agent: 48_000, customer: 16_000 }, 480, 2);
    // A whole number of periods of either tone: what is of the other is nothing.
    for (side, other) in [(Channel::Agent, 300.0), (Channel::Customer, 440.0)] {
        let samples = &taken.sides[side][16_000..32_000];
        let dot = |f: fn(f64) -> f64| -> f64 {
            samples
                .iter()
                .enumerate()
                .map(|(k, x)| f64::from(*x) * f(std::f64::consts::TAU * other * k as f64 / 16_000.0))
                .sum()
        };
        let amplitude = dot(f64::sin).hypot(dot(f64::cos)) / 8_000.0;
        assert!(amplitude < 0.5e-4, "{side}: {amplitude} of the other side");
    }
}

#[test]
fn r42_a_silent_side_stays_silent_to_the_bit() {
    let mut aligner = Aligner::new(BEGIN);
    let mut taken = Taken::default();
    let mut loud = Device::new(Channel::Customer, 48_000, 440.0, 0);
    for k in 0..100 {
        loud.deliver(&mut aligner, 960, 0.0);
        let at = Nanos(BEGIN.0 + k * 20 * MS);
        aligner.push(Channel::Agent, Stamped { at, rate: 48_000, samples: &[0.0; 960] });
        taken.pull(&mut aligner, k * 20 * MS + 20 * MS);
    }
    let taken = taken.finish(&mut aligner, 2_000 * MS);
    assert!(taken.sides.agent.iter().all(|s| s.to_bits() == 0));
}

#[test]
fn the_same_input_gives_the_same_bits() {
    let run = || call(Sides { agent: 44_100, customer: 48_000 }, 441, 2).1;
    let (first, second) = (run(), run());
    assert!(first.sides == second.sides && first.missing == second.missing);
}

#[test]
fn r06_a_hole_of_4_s_takes_its_place_and_shifts_nothing() {
    let mut aligner = Aligner::new(BEGIN);
    let mut taken = Taken::default();
    let mut agent = Device::new(Channel::Agent, 48_000, 440.0, 0);
    let mut customer = Device::new(Channel::Customer, 48_000, 300.0, 0);
    for k in 0..500 {
        let now = k * 20 * MS;
        agent.deliver(&mut aligner, 960, 0.0);
        // Nothing plays from 3 s to 7 s: a loopback that idles delivers nothing.
        if (150..350).contains(&k) {
            customer.at += 20e6;
        } else {
            customer.deliver(&mut aligner, 960, 0.0);
        }
        taken.pull(&mut aligner, now + 25 * MS);
    }
    let taken = taken.finish(&mut aligner, 10_000 * MS);
    let holes: Vec<_> = taken.missing.customer.iter().filter(|(_, _, why)| *why == Gap::Lost).collect();
    assert_eq!(holes.len(), 1, "{holes:?}");
    let (from, to, _) = holes[0];
    assert!(from.abs_diff(48_000) <= 1 && to.abs_diff(112_000) <= 1, "{from}..{to}");
    assert!(taken.missing.agent.is_empty());
    for (side, hz) in [(Channel::Agent, 440.0), (Channel::Customer, 300.0)] {
        let (_, off) = taken.tone(side, hz, 8.0, 9.0);
        assert!(off.abs() < 0.1, "{side}: {off} ms");
    }
    assert_eq!(aligner.health(Channel::Customer).lost.seconds().round(), 4.0);
    assert_eq!(aligner.health(Channel::Customer).gaps, 1);
}

#[test]
fn r40_two_drifting_clocks_stay_within_2_ms_of_each_other() {
    let mut aligner = Aligner::new(BEGIN);
    let mut taken = Taken::default();
    let at = |k: u64| k * 20 * MS;
    // A click every second, heard by both devices at once. The microphone runs
    // 200 ppm fast, so that its clicks lie ever further apart in its samples.
    let rates = Sides { agent: 16_000.0 * 1.0002, customer: 16_000.0 * 0.9999 };
    let mut heard = Sides { agent: 0u64, customer: 0u64 };
    for k in 1..3_000 {
        for side in Channel::BOTH {
            let until = (at(k) as f64 / 1e9 * rates[side]) as u64;
            let click = |n: u64| ((n + 1) as f64 / rates[side]).floor() - (n as f64 / rates[side]).floor();
            let sound: Vec<f32> = (heard[side]..until).map(|n| click(n) as f32).collect();
            let stamp = Nanos(BEGIN.0 + (heard[side] as f64 / rates[side] * 1e9) as u64);
            aligner.push(side, Stamped { at: stamp, rate: 16_000, samples: &sound });
            heard[side] = until;
        }
        taken.pull(&mut aligner, at(k));
    }
    let taken = taken.finish(&mut aligner, at(2_999));
    let clicks = |side: Channel| -> Vec<usize> {
        let s = &taken.sides[side];
        (1..s.len() - 1).filter(|&k| 0.3 < s[k] && s[k - 1] <= s[k] && s[k + 1] < s[k]).collect()
    };
    let (agent, customer) = (clicks(Channel::Agent), clicks(Channel::Customer));
    assert!(55 <= agent.len() && agent.len() == customer.len(), "{} {}", agent.len(), customer.len());
    for (a, c) in agent.iter().zip(&customer) {
        assert!(a.abs_diff(*c) <= 32, "{a} {c}");
    }
    let drift = |side| aligner.health(side).drift_ppm.unwrap();
    assert!((drift(Channel::Agent) - 200.0).abs() < 40.0 && (drift(Channel::Customer) + 100.0).abs() < 40.0);
}

#[test]
fn a_pause_is_exact_to_the_sample_on_both_sides() {
    let mut aligner = Aligner::new(BEGIN);
    let mut taken = Taken::default();
    let mut device = Device::new(Channel::Agent, 48_000, 440.0, 0);
    let mut other = Device::new(Channel::Customer, 48_000, 300.0, 0);
    for k in 0..300 {
        let now = k * 10 * MS;
        match k {
            100 => aligner.pause(Nanos(BEGIN.0 + 1_000_500_000)),
            200 => aligner.resume(Nanos(BEGIN.0 + 2_000_250_000)),
            _ => (),
        }
        for device in [&mut device, &mut other] {
            if (100..200).contains(&k) {
                aligner.skip(device.side, 480);
                device.at += 10e6;
            } else {
                device.deliver(&mut aligner, 480, 0.0);
            }
        }
        taken.pull(&mut aligner, now + 10 * MS);
    }
    let taken = taken.finish(&mut aligner, 3_000 * MS);
    for side in Channel::BOTH {
        let paused: Vec<_> = taken.missing[side].iter().filter(|(_, _, why)| *why == Gap::Paused).collect();
        assert_eq!(paused, [&(16_008, 32_004, Gap::Paused)], "{side}");
        let (_, off) = taken.tone(side, if side == Channel::Agent { 440.0 } else { 300.0 }, 2.5, 2.9);
        assert!(off.abs() < 0.1, "{side}: {off} ms");
        assert_eq!(aligner.health(side).late, SampleSpan::ZERO);
    }
}

#[test]
fn an_open_pause_keeps_no_sound_and_time_goes_on() {
    let mut aligner = Aligner::new(BEGIN);
    let mut taken = Taken::default();
    aligner.pause(BEGIN);
    let mut device = Device::new(Channel::Agent, 16_000, 440.0, 0);
    for k in 0..100 {
        device.deliver(&mut aligner, 160, 0.0);
        taken.pull(&mut aligner, k * 10 * MS);
    }
    assert_eq!(taken.sides.agent.len(), 15_840);
    assert_eq!(taken.missing.agent, [(0, 15_840, Gap::Paused)]);
}

#[test]
fn a_side_without_a_stream_passes_as_no_device() {
    let mut aligner = Aligner::new(BEGIN);
    let mut taken = Taken::default();
    aligner.gone(Channel::Agent);
    let mut device = Device::new(Channel::Customer, 16_000, 440.0, 0);
    for k in 1..=100 {
        device.deliver(&mut aligner, 160, 0.0);
        taken.pull(&mut aligner, k * 10 * MS);
    }
    assert_eq!(taken.missing.agent.last().unwrap().2, Gap::NoDevice);
    // It costs the other side nothing but its own 2 ms of filter and pieces of 10 ms.
    assert!(15_500 < taken.sides.customer.len(), "{}", taken.sides.customer.len());
}

#[test]
fn r09_without_any_device_time_passes_and_is_counted() {
    let mut aligner = Aligner::new(BEGIN);
    let taken = Taken::default().finish(&mut aligner, 5_000 * MS);
    for side in Channel::BOTH {
        assert_eq!(taken.missing[side], [(0, 80_000, Gap::NoDevice)]);
        assert_eq!(aligner.health(side).lost, SampleSpan::from_samples(80_000));
    }
}

#[test]
fn a_late_side_is_waited_for_and_then_passes() {
    let mut aligner = Aligner::new(BEGIN);
    let mut taken = Taken::default();
    let mut prompt = Device::new(Channel::Agent, 16_000, 440.0, 0);
    let mut late = Device::new(Channel::Customer, 16_000, 300.0, 0);
    for k in 1..=100 {
        prompt.deliver(&mut aligner, 160, 0.0);
        // Ten pieces at once, when the oldest is 100 ms old.
        if k % 10 == 0 {
            (0..10).for_each(|_| late.deliver(&mut aligner, 160, 0.0));
        }
        taken.pull(&mut aligner, k * 10 * MS);
    }
    assert!(taken.missing.customer.is_empty(), "{:?}", taken.missing.customer);
    for k in 101..=200 {
        prompt.deliver(&mut aligner, 160, 0.0);
        taken.pull(&mut aligner, k * 10 * MS);
    }
    assert_eq!(taken.missing.customer.last().unwrap().2, Gap::Lost);
    let given = taken.sides.agent.len();
    // What comes for a time that is over is counted and moves nothing.
    (0..100).for_each(|_| late.deliver(&mut aligner, 160, 0.0));
    taken.pull(&mut aligner, 2_000 * MS);
    assert!(10_000 < aligner.health(Channel::Customer).late.samples());
    assert!(given <= taken.sides.agent.len());
}

#[test]
fn fragments_of_2_s_are_learned_and_then_waited_for() {
    let mut aligner = Aligner::new(BEGIN);
    let mut taken = Taken::default();
    let mut prompt = Device::new(Channel::Agent, 16_000, 440.0, 0);
    let mut late = Device::new(Channel::Customer, 16_000, 300.0, 0);
    for k in 1..=2_000 {
        prompt.deliver(&mut aligner, 160, 0.0);
        if k % 200 == 0 {
            late.deliver(&mut aligner, 32_000, 0.0);
        }
        taken.pull(&mut aligner, k * 10 * MS);
    }
    let taken = taken.finish(&mut aligner, 20_000 * MS);
    let holes = taken.missing.customer.iter().filter(|(from, _, _)| 80_000 < *from).count();
    assert_eq!(holes, 0, "{:?}", taken.missing.customer);
    assert!(2_000.0 < aligner.health(Channel::Customer).patience_ms);
}

#[test]
fn r01_a_stream_opened_anew_at_another_rate_takes_its_own_place() {
    let mut aligner = Aligner::new(BEGIN);
    let mut taken = Taken::default();
    let mut other = Device::new(Channel::Customer, 48_000, 300.0, 0);
    let mut device = Device::new(Channel::Agent, 48_000, 440.0, 0);
    for k in 0..400 {
        if k == 150 {
            aligner.restart(Channel::Agent);
            device = Device::new(Channel::Agent, 16_000, 440.0, 2_000 * MS);
        }
        if !(100..200).contains(&k) {
            let samples = device.rate as usize / 100;
            device.deliver(&mut aligner, samples, 0.0);
        }
        other.deliver(&mut aligner, 480, 0.0);
        taken.pull(&mut aligner, k * 10 * MS + 10 * MS);
    }
    let taken = taken.finish(&mut aligner, 4_000 * MS);
    let (_, off) = taken.tone(Channel::Agent, 440.0, 2.5, 3.5);
    assert!(off.abs() < 0.1, "{off} ms");
    let sum: u64 = taken.missing.agent.iter().map(|(from, to, _)| to - from).sum();
    assert!(sum.abs_diff(16_000) < 50, "{:?}", taken.missing.agent);
}

#[test]
fn what_was_dropped_on_our_side_is_a_gap_of_exactly_that_length() {
    let mut aligner = Aligner::new(BEGIN);
    let mut taken = Taken::default();
    let mut device = Device::new(Channel::Agent, 48_000, 440.0, 0);
    aligner.gone(Channel::Customer);
    for k in 0..200 {
        // Stamps that jitter: the count is better than they are.
        let off = if k % 2 == 0 { 15e6 } else { -15e6 };
        if k == 100 {
            aligner.skip(Channel::Agent, 480);
            device.at += 10e6;
        } else {
            device.deliver(&mut aligner, 480, off);
        }
        taken.pull(&mut aligner, k * 10 * MS + 10 * MS);
    }
    let taken = taken.finish(&mut aligner, 2_000 * MS);
    let lost: Vec<_> =
        taken.missing.agent.iter().filter(|(from, _, why)| *from < 30_000 && *why == Gap::Lost).collect();
    assert_eq!(lost.len(), 1, "{lost:?}");
    assert_eq!(lost[0].1 - lost[0].0, 160);
}

#[test]
fn sound_that_is_nothing_or_has_an_impossible_rate_is_ignored() {
    let mut aligner = Aligner::new(BEGIN);
    aligner.push(Channel::Agent, Stamped { at: BEGIN, rate: 0, samples: &[0.5; 100] });
    aligner.push(Channel::Agent, Stamped { at: BEGIN, rate: 48_000, samples: &[] });
    let taken = Taken::default().finish(&mut aligner, 100 * MS);
    assert_eq!(taken.missing.agent, [(0, 1_600, Gap::NoDevice)]);
}
