//! The marks and icons, as paths on a grid of 24 by 24.

use swash::zeno::{Cap, Format, Join, Mask, Origin, Stroke, Style, Transform};

use super::canvas::Canvas;
use super::palette::{Palette, Rgb};
use crate::surfaces::overlay::protocol::Mark;
use crate::surfaces::wording::Icon;

/// Width of an icon's lines on the grid.
const PEN: f32 = 2.0;
/// The grid.
const GRID: f32 = 24.0;

const DISC: &str = "M8 12a4 4 0 1 1 8 0a4 4 0 1 1-8 0z";
const CIRCLE: &str = "M8.5 12a3.5 3.5 0 1 1 7 0a3.5 3.5 0 1 1-7 0z";
const HALF: &str = "M12 8.5a3.5 3.5 0 0 0 0 7z";
const DOT: &str = "M9.9 12a2.1 2.1 0 1 1 4.2 0a2.1 2.1 0 1 1-4.2 0z";
const CROSS: &str = "M9 9l6 6M15 9l-6 6";
const BARS: &str = "M10 8.8v6.4M14 8.8v6.4";
const DASH: &str = "M8.2 12h7.6";

const fn path(icon: Icon) -> &'static str {
    match icon {
        Icon::Listen => {
            "M6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H12l-4.5 4v-4h-1A2.5 2.5 0 0 1 4 13.5v-7A2.5 2.5 0 0 1 6.5 4zM8.2 10h.01M12 10h.01M15.8 10h.01"
        }
        Icon::Softer => "M4.5 5v14M9.5 8v8M14.5 10v4M19.5 11.6v.8",
        Icon::Breathe => "M3 9.5h10.5a2.75 2.75 0 1 0-2.75-2.75M3 14h14.5a2.75 2.75 0 1 1-2.75 2.75M3 18.5h6",
        Icon::Question => "M8.4 8.6a3.7 3.7 0 1 1 5.4 3.3c-1.2.7-1.8 1.4-1.8 2.6M12 18.6v.01",
        Icon::Pause => "M8.5 6v12M15.5 6v12",
        Icon::Speak => {
            "M6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H12l-4.5 4v-4h-1A2.5 2.5 0 0 1 4 13.5v-7A2.5 2.5 0 0 1 6.5 4zM8.2 8.4h7.6M8.2 11.8h4.6"
        }
        Icon::Headset => {
            "M4.5 14.5v-2.5a7.5 7.5 0 0 1 15 0v2.5M4.5 14h2.8v5h-1.3a1.5 1.5 0 0 1-1.5-1.5zM19.5 14h-2.8v5h1.3a1.5 1.5 0 0 0 1.5-1.5z"
        }
        Icon::Shield => "M12 3.8l7 2.6v5.2c0 4.2-2.9 7.2-7 8.6c-4.1-1.4-7-4.4-7-8.6V6.4z",
        Icon::Plan => "M5 6.5h.01M9.5 6.5H19M5 12h.01M9.5 12H19M5 17.5h.01M9.5 17.5H15",
        Icon::Understand => {
            "M6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H12l-4.5 4v-4h-1A2.5 2.5 0 0 1 4 13.5v-7A2.5 2.5 0 0 1 6.5 4zM8.6 10.1l2.3 2.3l4.5-4.6"
        }
        Icon::Good => "M5 12.8l4.6 4.6L19 7.6",
        Icon::Info => "M12 10.6v8M12 5.4v.01M9.8 10.6h2.2M9.4 18.6h5.2",
    }
}

impl Canvas {
    /// The mark of the small pill: each has a form of its own.
    pub(super) fn mark(&mut self, mark: Mark, at: (f32, f32), colours: &Palette, alpha: f32) {
        match mark {
            Mark::Hidden => (),
            Mark::Ready => self.fill(DOT, GRID, at, colours.quiet, alpha),
            Mark::High => self.fill(DISC, GRID, at, colours.good, alpha),
            Mark::Middling => {
                self.stroke(CIRCLE, 1.4, GRID, at, colours.notice, alpha);
                self.fill(HALF, GRID, at, colours.notice, alpha);
            }
            Mark::Low => self.stroke(CIRCLE, 1.7, GRID, at, colours.change, alpha),
            Mark::Degraded => self.stroke(CROSS, 2.0, GRID, at, colours.change, alpha),
            Mark::Paused => self.stroke(BARS, 2.0, GRID, at, colours.quiet, alpha),
            Mark::Quiet => self.stroke(DASH, 2.0, GRID, at, colours.quiet, alpha),
        }
    }

    pub(super) fn icon(&mut self, icon: Icon, at: (f32, f32), size: f32, colour: Rgb, alpha: f32) {
        self.stroke(path(icon), PEN, size, at, colour, alpha);
    }

    fn stroke(&mut self, path: &str, pen: f32, size: f32, at: (f32, f32), colour: Rgb, alpha: f32) {
        let mut stroke = Stroke::new(pen);
        stroke.cap(Cap::Round).join(Join::Round);
        self.path(path, stroke.into(), (size, at), colour, alpha);
    }

    fn fill(&mut self, path: &str, size: f32, at: (f32, f32), colour: Rgb, alpha: f32) {
        self.path(path, swash::zeno::Fill::NonZero.into(), (size, at), colour, alpha);
    }

    /// The grid spans `size` logical pixels around the centre.
    fn path(&mut self, path: &str, style: Style<'_>, (size, at): (f32, (f32, f32)), colour: Rgb, alpha: f32) {
        let s = size * self.scale() / GRID;
        let onto = Transform::scale(s, s).then_translate(at.0 - GRID / 2.0 * s, at.1 - GRID / 2.0 * s);
        let (coverage, placement) = Mask::new(path)
            .style(style)
            .transform(Some(onto))
            .format(Format::Alpha)
            .origin(Origin::TopLeft)
            .render();
        self.mask(&coverage, placement, colour, alpha);
    }
}
