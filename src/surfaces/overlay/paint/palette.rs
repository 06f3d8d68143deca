//! Colours. Text on the pill has a contrast of at least 12:1, marks and icons
//! one of at least 4.5:1. There is no red: the pill advises and does not alarm.
//! Amber, blue and green differ in lightness too, for eyes that tell no hues.

use crate::surfaces::overlay::settings::Theme;

/// An opaque colour; how opaque is said where it is used.
pub(super) type Rgb = [u8; 3];

pub(super) struct Palette {
    pub(super) fill: Rgb,
    pub(super) fill_alpha: f32,
    pub(super) edge: Rgb,
    pub(super) edge_alpha: f32,
    pub(super) text: Rgb,
    pub(super) quiet: Rgb,
    pub(super) change: Rgb,
    pub(super) notice: Rgb,
    pub(super) good: Rgb,
}

const DARK: Palette = Palette {
    fill: [24, 27, 33],
    // Less lets the titles of windows below be read through it.
    fill_alpha: 0.97,
    edge: [255, 255, 255],
    edge_alpha: 0.16,
    text: [244, 246, 248],
    quiet: [160, 169, 180],
    change: [255, 190, 92],
    notice: [120, 200, 235],
    good: [126, 217, 150],
};

const LIGHT: Palette = Palette {
    fill: [255, 255, 255],
    fill_alpha: 0.98,
    edge: [16, 24, 32],
    edge_alpha: 0.30,
    text: [26, 31, 38],
    quiet: [95, 105, 117],
    change: [152, 82, 0],
    notice: [0, 102, 140],
    good: [20, 112, 52],
};

pub(super) const fn of(theme: Theme) -> &'static Palette {
    match theme {
        Theme::Dark => &DARK,
        Theme::Light => &LIGHT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance as WCAG 2 defines it.
    fn luminance(colour: Rgb) -> f32 {
        let part = |c: u8| {
            let c = f32::from(c) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(colour[0]) + 0.7152 * part(colour[1]) + 0.0722 * part(colour[2])
    }

    fn contrast(one: Rgb, two: Rgb) -> f32 {
        let (one, two) = (luminance(one), luminance(two));
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    #[test]
    fn everything_stands_out_from_the_pill() {
        for theme in [Theme::Dark, Theme::Light] {
            let p = of(theme);
            assert!(12.0 < contrast(p.text, p.fill), "{theme:?}: text");
            for (name, colour) in
                [("quiet", p.quiet), ("change", p.change), ("notice", p.notice), ("good", p.good)]
            {
                assert!(4.5 < contrast(colour, p.fill), "{theme:?}: {name} {}", contrast(colour, p.fill));
            }
        }
    }
}
