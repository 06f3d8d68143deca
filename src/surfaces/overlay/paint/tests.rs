use std::time::{Duration, Instant};

use super::*;
use crate::surfaces::overlay::pill::Pill;
use crate::surfaces::overlay::protocol::{IconName, Mark, Order};
use crate::surfaces::overlay::settings::{Corner, Look, Theme};
use crate::surfaces::wording::{Icon, MOST_CHARS};

fn painted(look: Look, mark: Mark, text: Option<&str>, scale: f32) -> Canvas {
    let (mut painter, mut pill, now) = (Painter::new().unwrap(), Pill::default(), Instant::now());
    pill.apply(Order::Look(look), now, |_| 0.0);
    pill.apply(Order::Mark { mark }, now, |_| 0.0);
    if let Some(text) = text {
        let nudge = Nudge {
            id: 1,
            text: text.into(),
            icon: IconName(Icon::Listen),
            tone: Tone::Change,
            lasts_ms: 5000,
        };
        pill.apply(Order::Nudge(nudge), now, |text| painter.wide(text));
    }
    let later = now + Duration::from_secs(1);
    pill.tick(later);
    painter.paint(pill.frame(later).as_ref(), scale, true)
}

#[test]
fn kerning_and_letters_of_three_languages_are_in_the_font() {
    let mut painter = Painter::new().unwrap();
    let mut long = |text: &str| painter.glyphs(text, 100.0).1;
    assert!(long("AV") < long("A") + long("V"), "no kerning");
    for letter in "ÄÖÜäöüßéèñçáíóúü¿¡“”…’".chars() {
        assert_ne!(painter.font.charmap().map(letter), 0, "{letter} has no glyph");
    }
}

#[test]
fn nothing_touches_the_border_of_the_room_in_any_corner() {
    let corners = [
        Corner::TopLeft,
        Corner::Top,
        Corner::TopRight,
        Corner::BottomLeft,
        Corner::Bottom,
        Corner::BottomRight,
    ];
    let widest = "W".repeat(MOST_CHARS);
    for (corner, scale) in corners.into_iter().zip([1.0, 1.25, 1.5, 2.0, 2.5, 3.0]) {
        let canvas = painted(Look { corner, ..Look::default() }, Mark::High, Some(&widest), scale);
        let (x0, y0, x1, y1) = canvas.bounds(1).unwrap();
        assert!(0 < x0 && 0 < y0, "{corner:?} {scale}");
        assert!(x1 < canvas.width as usize && y1 < canvas.height as usize, "{corner:?} {scale}");
    }
}

#[test]
fn the_small_pill_stands_at_the_side_it_was_told() {
    let bounds =
        |corner| painted(Look { corner, ..Look::default() }, Mark::High, None, 1.0).bounds(200).unwrap();
    let room = (ROOM.0 as usize, ROOM.1 as usize);
    assert_eq!(bounds(Corner::TopLeft).0, INSET as usize);
    assert_eq!(bounds(Corner::TopRight).2, room.0 - INSET as usize);
    assert_eq!(bounds(Corner::Bottom).3, room.1 - INSET as usize);
    let (left, _, right, _) = bounds(Corner::Top);
    assert_eq!(left + right, room.0);
}

#[test]
fn every_mark_has_a_form_of_its_own_and_not_only_a_colour() {
    let marks =
        [Mark::Ready, Mark::High, Mark::Middling, Mark::Low, Mark::Degraded, Mark::Paused, Mark::Quiet];
    let form = |mark| -> Vec<bool> {
        let canvas = painted(Look::default(), mark, None, 2.0);
        // Brighter than the dark pill.
        canvas.pixels.chunks_exact(4).map(|px| 120 < px[..3].iter().copied().max().unwrap()).collect()
    };
    let forms: Vec<_> = marks.map(form).into();
    for (k, one) in forms.iter().enumerate() {
        for (l, other) in forms.iter().enumerate().skip(k + 1) {
            let differ = one.iter().zip(other).filter(|(a, b)| a != b).count();
            assert!(20 < differ, "{:?} and {:?} differ in {differ} pixels", marks[k], marks[l]);
        }
    }
}

#[test]
fn a_hidden_pill_paints_nothing() {
    assert_eq!(painted(Look::default(), Mark::Hidden, None, 1.0).bounds(1), None);
}

#[test]
fn opacity_makes_all_of_it_less_opaque() {
    let alpha = |opacity| {
        let look = Look { opacity, theme: Theme::Light, ..Look::default() };
        painted(look, Mark::High, None, 1.0).pixels.chunks_exact(4).map(|px| px[3]).max().unwrap()
    };
    // The mark upon it is opaque.
    assert_eq!(alpha(1.0), 255);
    assert_eq!(alpha(0.5), 128);
}
