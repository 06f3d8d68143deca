//! Draws a frame into memory: premultiplied BGRA, the order of bytes that all
//! window systems here take. It knows no window system.

mod canvas;
mod palette;
mod shapes;

use swash::scale::{Render, ScaleContext, Source};
use swash::shape::ShapeContext;
use swash::zeno::{Format, Placement, Vector};
use swash::{FontRef, GlyphId};

use crate::surfaces::overlay::Trouble;
use crate::surfaces::overlay::pill::{Frame, INSET, Meters, ROOM};
use crate::surfaces::overlay::protocol::{Nudge, Tone};

pub(super) use canvas::Canvas;
use palette::{Palette, Rgb};

/// Inter SemiBold, Latin alone (SIL OFL 1.1, see `font/inter-OFL.txt`): the same
/// look on every machine, and no search for fonts.
const FONT: &[u8] = include_bytes!("../font/inter-semibold-latin.ttf");

const TEXT_SIZE: f32 = 16.0;
const ICON_SIZE: f32 = 20.0;
/// Radius of the disc behind the icon.
const DISC: f32 = 15.0;
/// Where the text begins in the wide pill, and how much stays free behind it.
const TEXT_AT: f32 = 46.0;
const TEXT_END: f32 = 20.0;

/// See the module.
pub(super) struct Painter {
    font: FontRef<'static>,
    shape: ShapeContext,
    raster: ScaleContext,
}

impl Painter {
    /// Reads the font.
    pub(super) fn new() -> Result<Self, Trouble> {
        let font = FontRef::from_index(FONT, 0);
        let font = font.ok_or_else(|| Trouble::Unavailable("the built-in font is damaged".into()))?;
        Ok(Self { font, shape: ShapeContext::new(), raster: ScaleContext::new() })
    }

    /// Width of the wide pill for a text, logical pixels.
    pub(super) fn wide(&mut self, text: &str) -> f32 {
        TEXT_AT + self.glyphs(text, TEXT_SIZE).1 + TEXT_END
    }

    /// `soft` false (nobody blends) leaves out shadow and opacity: only whole
    /// pixels can be hidden there.
    pub(super) fn paint(&mut self, frame: Option<&Frame<'_>>, scale: f32, soft: bool) -> Canvas {
        let mut canvas = Canvas::new(ROOM, scale);
        let Some(frame) = frame else { return canvas };
        let colours = palette::of(frame.look.theme);
        let (x, y, w, h) = place(frame, &canvas);
        canvas.capsule((x, y, w, h), colours, soft);
        let middle = y + h / 2.0;
        if frame.content < 1.0 {
            self.small(&mut canvas, frame, (x, middle, w), colours);
        }
        if let (Some(nudge), true) = (frame.nudge, 0.0 < frame.content) {
            self.nudge(&mut canvas, nudge, (x, middle, h), (colours, frame.content));
        }
        if soft {
            canvas.fade(frame.look.opacity);
        }
        canvas
    }

    /// What the small pill holds.
    fn small(&mut self, canvas: &mut Canvas, frame: &Frame<'_>, at: (f32, f32, f32), colours: &Palette) {
        let ((x, middle, w), alpha) = (at, 1.0 - frame.content);
        match frame.meters {
            None => canvas.mark(frame.mark, (x + w / 2.0, middle), colours, alpha),
            Some(meters) => {
                let s = canvas.scale();
                canvas.mark(frame.mark, (x + 14.0 * s, middle), colours, alpha);
                meter(canvas, meters, (x + 28.0 * s, middle), (colours, alpha));
            }
        }
    }

    fn nudge(&mut self, canvas: &mut Canvas, nudge: &Nudge, at: (f32, f32, f32), with: (&Palette, f32)) {
        let ((x, middle, h), (colours, alpha)) = (at, with);
        let tone = match nudge.tone {
            Tone::Change => colours.change,
            Tone::Notice => colours.notice,
            Tone::Good => colours.good,
        };
        let (centre, s) = (x + h / 2.0, canvas.scale());
        canvas.disc((centre, middle), DISC * s, tone, 0.18 * alpha);
        canvas.icon(nudge.icon.0, (centre, middle), ICON_SIZE, tone, alpha);
        self.text(canvas, &nudge.text, (x + TEXT_AT * s, middle), colours.text, alpha);
    }

    /// The size at which a text fits the widest pill: a long one is set smaller,
    /// never cut.
    fn size_of(&mut self, text: &str) -> f32 {
        let room = ROOM.0 - 2.0 * INSET - TEXT_AT - TEXT_END;
        let width = self.glyphs(text, TEXT_SIZE).1;
        if width <= room { TEXT_SIZE } else { TEXT_SIZE * room / width }
    }

    /// Glyphs with their places, and the length of the line; `size` in pixels.
    fn glyphs(&mut self, text: &str, size: f32) -> (Vec<(GlyphId, f32)>, f32) {
        let mut shaper = self.shape.builder(self.font).size(size).build();
        shaper.add_str(text);
        let (mut glyphs, mut pen) = (Vec::new(), 0.0);
        shaper.shape_with(|cluster| {
            for glyph in cluster.glyphs {
                glyphs.push((glyph.id, pen + glyph.x));
                pen += glyph.advance;
            }
        });
        (glyphs, pen)
    }

    fn text(&mut self, canvas: &mut Canvas, text: &str, at: (f32, f32), colour: Rgb, alpha: f32) {
        let size = self.size_of(text) * canvas.scale();
        let baseline = (at.1 + self.font.metrics(&[]).scale(size).cap_height / 2.0).round();
        let glyphs = self.glyphs(text, size).0;
        let mut scaler = self.raster.builder(self.font).size(size).build();
        for (id, offset) in glyphs {
            let pen = at.0 + offset;
            let part = Vector::new(pen.fract(), 0.0);
            let glyph =
                Render::new(&[Source::Outline]).format(Format::Alpha).offset(part).render(&mut scaler, id);
            let Some(glyph) = glyph else { continue };
            // A glyph counts `top` upwards from the baseline.
            let (left, top) = (glyph.placement.left + pen as i32, baseline as i32 - glyph.placement.top);
            canvas.mask(&glyph.data, Placement { left, top, ..glyph.placement }, colour, alpha);
        }
    }
}

/// Left, top, width and height of the pill in its room, pixels. Whole pixels keep
/// the edges sharp while it is at rest.
fn place(frame: &Frame<'_>, canvas: &Canvas) -> (f32, f32, f32, f32) {
    let (s, corner) = (canvas.scale(), frame.look.corner);
    let (w, h, inset) = ((frame.size.0 * s).round(), (frame.size.1 * s).round(), INSET * s);
    let (width, height) = canvas.size();
    let x = inset + (width - 2.0 * inset - w) * corner.share();
    let y = if corner.is_top() { inset } else { height - inset - h };
    (x.round(), y.round(), w, h)
}

/// Length of a meter's line, and the distance between two.
const METER: f32 = 40.0;
const BETWEEN: f32 = 12.0;
/// What stands for normal on a line, as a part of it ...
const NORMAL: f32 = 0.35;
/// ... and how far its end is from there: pace in times normal, level in dB.
const FASTEST: f32 = 0.6;
const LOUDEST: f32 = 12.0;

/// Two lines with a knob each: left pace, right level. A notch stands for what is
/// normal.
fn meter(canvas: &mut Canvas, meters: Meters, at: (f32, f32), with: (&Palette, f32)) {
    let s = canvas.scale();
    let shares = [meters.pace.map(|pace| (pace - 1.0) / FASTEST), meters.rise.map(|rise| rise / LOUDEST)];
    for (number, share) in shares.into_iter().enumerate() {
        let from = at.0 + number as f32 * (METER + BETWEEN) * s;
        canvas.line((from, at.1), METER * s, with.0.quiet, 0.45 * with.1);
        let notch = from + METER * NORMAL * s;
        canvas.disc((notch, at.1), 1.6 * s, with.0.quiet, with.1);
        if let Some(share) = share {
            let along = (NORMAL + share * (1.0 - NORMAL)).clamp(0.0, 1.0);
            let colour = if share < 0.5 { with.0.good } else { with.0.change };
            // Far from normal it is larger too, so that not only its colour says so.
            let radius = if share < 0.5 { 3.4 } else { 4.6 };
            canvas.disc((from + METER * along * s, at.1), radius * s, colour, with.1);
        }
    }
}

#[cfg(test)]
mod tests;
