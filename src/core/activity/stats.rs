//! Running quantiles without allocation: levels in half-dB classes, scores in
//! hundredths.

/// Number of classes of a histogram.
const CLASSES: usize = 256;

/// Counts in equal classes.
#[derive(Clone, Debug)]
struct Histogram {
    counts: [f32; CLASSES],
    total: f32,
}

impl Histogram {
    const fn new() -> Self {
        Self { counts: [0.0; CLASSES], total: 0.0 }
    }

    fn add(&mut self, class: usize, weight: f32) {
        self.counts[class] += weight;
        self.total += weight;
    }

    /// The class below or in which the share `q` of all counts lies.
    fn quantile(&self, q: f32) -> usize {
        let want = q * self.total;
        let mut sum = 0.0;
        for (class, count) in self.counts.iter().enumerate() {
            sum += count;
            if want <= sum {
                return class;
            }
        }
        CLASSES - 1
    }
}

/// Half a dB per class, from -120 dB up.
fn class_of_level(db: f32) -> u8 {
    // `as` saturates at both ends.
    ((db + 120.0) * 2.0) as u8
}

fn level_of_class(class: usize) -> f32 {
    class as f32 * 0.5 - 120.0 + 0.25
}

/// Quantiles of the last `N` levels (dB).
#[derive(Clone, Debug)]
pub struct LevelWindow<const N: usize> {
    histogram: Histogram,
    ring: [u8; N],
    count: usize,
}

impl<const N: usize> LevelWindow<N> {
    /// An empty window.
    pub const fn new() -> Self {
        Self { histogram: Histogram::new(), ring: [0; N], count: 0 }
    }

    /// Adds a level; the oldest of more than `N` is forgotten.
    pub fn push(&mut self, db: f32) {
        let class = class_of_level(db);
        let slot = self.count % N;
        if N <= self.count {
            self.histogram.add(usize::from(self.ring[slot]), -1.0);
        }
        self.ring[slot] = class;
        self.histogram.add(usize::from(class), 1.0);
        self.count += 1;
    }

    /// Levels pushed so far, also those forgotten.
    pub const fn seen(&self) -> usize {
        self.count
    }

    /// Whether nothing was pushed yet.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Levels that the quantiles rest on.
    pub fn len(&self) -> usize {
        self.count.min(N)
    }

    /// The level that the share `q` of the window lies below, dB.
    pub fn quantile(&self, q: f32) -> f32 {
        level_of_class(self.histogram.quantile(q))
    }
}

impl<const N: usize> Default for LevelWindow<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// Quantiles of the last `N` scores (0 to 1).
#[derive(Clone, Debug)]
pub struct ScoreWindow<const N: usize>(LevelWindow<N>);

impl<const N: usize> ScoreWindow<N> {
    /// An empty window.
    pub const fn new() -> Self {
        Self(LevelWindow::new())
    }

    /// Adds a score.
    pub fn push(&mut self, score: f32) {
        // Scores take the classes of -120 to -20 dB: 0.005 a class.
        self.0.push(score * 100.0 - 120.0);
    }

    /// Scores pushed so far.
    pub const fn seen(&self) -> usize {
        self.0.seen()
    }

    /// The score that the share `q` of the window lies below.
    pub fn quantile(&self, q: f32) -> f32 {
        (self.0.quantile(q) + 120.0) / 100.0
    }
}

impl<const N: usize> Default for ScoreWindow<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// Quantiles of levels in which the past fades: each new level counts a
/// little more than the one before.
#[derive(Clone, Debug)]
pub struct FadingLevels {
    histogram: Histogram,
    weight: f32,
    growth: f32,
    count: usize,
}

impl FadingLevels {
    /// Levels whose weight halves every `half_life` levels.
    pub fn new(half_life: f32) -> Self {
        Self {
            histogram: Histogram::new(),
            weight: 1.0,
            growth: (std::f32::consts::LN_2 / half_life).exp(),
            count: 0,
        }
    }

    /// Adds a level, dB.
    pub fn push(&mut self, db: f32) {
        self.weight *= self.growth;
        self.count += 1;
        self.histogram.add(usize::from(class_of_level(db)), self.weight);
        if 1e6 < self.weight {
            self.rescale();
        }
    }

    /// Levels pushed so far.
    pub const fn seen(&self) -> usize {
        self.count
    }

    /// The level that the share `q` of the weight lies below, dB.
    pub fn quantile(&self, q: f32) -> f32 {
        level_of_class(self.histogram.quantile(q))
    }

    /// Takes weight 1 as the unit again, before sums lose their last digits.
    fn rescale(&mut self) {
        let mut total = 0.0;
        for count in &mut self.histogram.counts {
            *count /= self.weight;
            total += *count;
        }
        self.histogram.total = total;
        self.weight = 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_a_window_are_those_of_its_levels() {
        let mut window = LevelWindow::<100>::new();
        (0..100).for_each(|k| window.push(-100.0 + k as f32));
        assert!((window.quantile(0.1) + 91.0).abs() <= 1.0);
        assert!((window.quantile(0.9) + 11.0).abs() <= 1.0);
    }

    #[test]
    fn a_full_window_forgets_the_oldest() {
        let mut window = LevelWindow::<10>::new();
        (0..10).for_each(|_| window.push(-80.0));
        (0..10).for_each(|_| window.push(-20.0));
        assert!((window.quantile(0.05) + 20.0).abs() < 1.0);
        assert_eq!((window.len(), window.seen()), (10, 20));
    }

    #[test]
    fn levels_out_of_range_fall_into_the_end_classes() {
        let mut window = LevelWindow::<4>::new();
        window.push(-500.0);
        window.push(f32::NAN);
        window.push(400.0);
        assert!(window.quantile(0.1) < -119.0 && 7.0 < window.quantile(1.0));
    }

    #[test]
    fn scores_keep_their_value() {
        let mut window = ScoreWindow::<10>::new();
        (0..10).for_each(|_| window.push(0.62));
        assert!((window.quantile(0.9) - 0.62).abs() < 0.01);
    }

    #[test]
    fn the_past_fades() {
        let mut levels = FadingLevels::new(100.0);
        (0..1000).for_each(|_| levels.push(-60.0));
        (0..200).for_each(|_| levels.push(-30.0));
        // After two half-lives three quarters of the weight is new.
        assert!((levels.quantile(0.3) + 30.0).abs() < 1.0);
        assert!((levels.quantile(0.2) + 60.0).abs() < 1.0);
    }

    #[test]
    fn fading_survives_any_number_of_levels() {
        let mut levels = FadingLevels::new(50.0);
        (0..100_000).for_each(|_| levels.push(-40.0));
        assert!((levels.quantile(0.75) + 40.0).abs() < 1.0);
    }
}
