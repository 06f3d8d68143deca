//! Pixels, and what is put on them.

use swash::zeno::Placement;

use super::palette::{Palette, Rgb};
use crate::surfaces::overlay::pill::INSET;

/// How far the shadow reaches, logical pixels; it must end inside of the room.
const SHADOW: f32 = INSET - 1.0;

/// An image: premultiplied blue, green, red, alpha.
pub(in crate::surfaces::overlay) struct Canvas {
    pub(in crate::surfaces::overlay) width: u32,
    pub(in crate::surfaces::overlay) height: u32,
    pub(in crate::surfaces::overlay) pixels: Vec<u8>,
    scale: f32,
}

/// Left, top, right, bottom in pixels, the last two exclusive.
pub(in crate::surfaces::overlay) type Bounds = (usize, usize, usize, usize);

impl Canvas {
    pub(super) fn new(room: (f32, f32), scale: f32) -> Self {
        let (width, height) = ((room.0 * scale).round() as u32, (room.1 * scale).round() as u32);
        Self { width, height, pixels: vec![0; (width * height * 4) as usize], scale }
    }

    pub(super) const fn scale(&self) -> f32 {
        self.scale
    }

    pub(super) const fn size(&self) -> (f32, f32) {
        (self.width as f32, self.height as f32)
    }

    /// What is at least so opaque; none where nothing is.
    pub(in crate::surfaces::overlay) fn bounds(&self, least: u8) -> Option<Bounds> {
        let row = self.width as usize * 4;
        let painted = |px: &[u8]| px.get(3).is_some_and(|alpha| least <= *alpha);
        let mut bounds: Option<Bounds> = None;
        for (y, line) in self.pixels.chunks_exact(row.max(4)).enumerate() {
            let Some(first) = line.chunks_exact(4).position(painted) else { continue };
            let last = line.chunks_exact(4).rposition(painted).unwrap_or(first);
            let (x0, y0, x1, _) = bounds.unwrap_or((first, y, 0, 0));
            bounds = Some((x0.min(first), y0, x1.max(last + 1), y + 1));
        }
        bounds
    }

    /// The pixels of a part, row by row.
    pub(in crate::surfaces::overlay) fn part(&self, (x0, y0, x1, y1): Bounds) -> Vec<u8> {
        let rows = self.pixels.chunks_exact(self.width as usize * 4).take(y1).skip(y0);
        rows.flat_map(|row| row.get(x0 * 4..x1 * 4).unwrap_or_default()).copied().collect()
    }

    /// Puts one colour over what is there, `a` of it.
    fn blend(&mut self, x: u32, y: u32, colour: Rgb, a: f32) {
        let at = ((y * self.width + x) * 4) as usize;
        let Some(px) = self.pixels.get_mut(at..at + 4) else { return };
        for (value, new) in px.iter_mut().zip([colour[2], colour[1], colour[0], 255]) {
            *value = (f32::from(new) * a + f32::from(*value) * (1.0 - a)).round() as u8;
        }
    }

    pub(super) fn mask(&mut self, coverage: &[u8], place: Placement, colour: Rgb, alpha: f32) {
        for (number, covered) in coverage.iter().enumerate().filter(|(_, covered)| 0 < **covered) {
            let number = number as u32;
            let x = place.left + (number % place.width) as i32;
            let y = place.top + (number / place.width) as i32;
            let inside = 0 <= x && 0 <= y && (x as u32) < self.width && (y as u32) < self.height;
            if inside {
                self.blend(x as u32, y as u32, colour, f32::from(*covered) / 255.0 * alpha);
            }
        }
    }

    /// Fill, a hairline around it and a shadow, from one distance per pixel.
    pub(super) fn capsule(&mut self, at: (f32, f32, f32, f32), colours: &Palette, soft: bool) {
        let ((x, y, w, h), s) = (at, self.scale);
        let (reach, drop) = (SHADOW * s, 2.0 * s);
        let fill_alpha = if soft { colours.fill_alpha } else { 1.0 };
        let columns = (x - reach).max(0.0) as u32..((x + w + reach).ceil() as u32).min(self.width);
        let rows = (y - reach).max(0.0) as u32..((y + h + reach).ceil() as u32).min(self.height);
        for (px, py) in rows.flat_map(|py| columns.clone().map(move |px| (px, py))) {
            let (cx, cy) = (px as f32 + 0.5, py as f32 + 0.5);
            let mut d = distance(at, cx, cy);
            let mut inside = (0.5 - d).clamp(0.0, 1.0);
            if !soft {
                // Whole pixels alone, each in its full colour: a half would be half black.
                (inside, d) = (inside.round(), d.min(-0.5 * s));
            }
            if soft && inside < 1.0 {
                let near = (1.0 - distance(at, cx, cy - drop).max(0.0) / reach).clamp(0.0, 1.0);
                self.blend(px, py, [0, 0, 0], 0.30 * near * near);
            }
            if 0.0 < inside {
                self.blend(px, py, colours.fill, fill_alpha * inside);
                let edge = (1.0 - (d + 0.5 * s).abs() / s.max(1.0)).clamp(0.0, 1.0);
                self.blend(px, py, colours.edge, colours.edge_alpha * edge * inside);
            }
        }
    }

    pub(super) fn disc(&mut self, (cx, cy): (f32, f32), r: f32, colour: Rgb, alpha: f32) {
        let far = r + 1.0;
        let columns = (cx - far).max(0.0) as u32..((cx + far) as u32 + 1).min(self.width);
        let rows = (cy - far).max(0.0) as u32..((cy + far) as u32 + 1).min(self.height);
        for (x, y) in rows.flat_map(|y| columns.clone().map(move |x| (x, y))) {
            let d = (x as f32 + 0.5 - cx).hypot(y as f32 + 0.5 - cy) - r;
            self.blend(x, y, colour, alpha * (0.5 - d).clamp(0.0, 1.0));
        }
    }

    /// A line to the right, two logical pixels high.
    pub(super) fn line(&mut self, (x, y): (f32, f32), length: f32, colour: Rgb, alpha: f32) {
        let high = (2.0 * self.scale).round().max(1.0);
        let top = (y - high / 2.0).round();
        for (px, py) in pixels((x, top, length, high)) {
            self.blend(px, py, colour, alpha);
        }
    }

    /// Makes all of it less opaque.
    pub(super) fn fade(&mut self, opacity: f32) {
        if opacity < 1.0 {
            self.pixels.iter_mut().for_each(|value| *value = (f32::from(*value) * opacity).round() as u8);
        }
    }
}

fn pixels((x, y, w, h): (f32, f32, f32, f32)) -> impl Iterator<Item = (u32, u32)> {
    let columns = x.max(0.0) as u32..(x + w).max(0.0) as u32;
    let rows = y.max(0.0) as u32..(y + h).max(0.0) as u32;
    rows.flat_map(move |row| columns.clone().map(move |column| (column, row)))
}

/// From the edge of a capsule; below 0 inside of it.
fn distance((x, y, w, h): (f32, f32, f32, f32), px: f32, py: f32) -> f32 {
    let r = h / 2.0;
    // A pill that is higher than wide, for a moment, is a disc.
    let (left, right) = (x + r, (x + w - r).max(x + r));
    (px - px.clamp(left, right)).hypot(py - (y + r)) - r
}
