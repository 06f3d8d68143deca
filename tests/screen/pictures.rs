//! Every state as a picture, compared with the one in `docs/pictures`. Made anew
//! with `EVENKEEL_BLESS=1 cargo test --test screen pictures -- --ignored`; look at
//! what changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use evenkeel::surfaces::overlay::protocol::{Mark, Order, Tone};
use evenkeel::surfaces::overlay::{Look, Motion, Scale, Theme};
use evenkeel::surfaces::wording::Icon;

use crate::display::{Display, Eye, Part, until};
use crate::pill::{Pill, nudge};

/// So different may a colour be, and so many pixels of a thousand.
const FUZZ: &str = "8%";
const MOST: usize = 5;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures")
}

/// What ImageMagick says to this.
fn magick(program: &str, arguments: &[&str]) -> String {
    let out = Command::new(program).args(arguments).output();
    let out = out.unwrap_or_else(|e| panic!("{program}: {e}; ./scripts/test installs imagemagick"));
    String::from_utf8_lossy(&out.stderr).into_owned()
}

/// What is seen, once nothing moves any more.
fn at_rest(see: impl Fn() -> Vec<u32>) -> Vec<u32> {
    let mut last = see();
    until("nothing moves", || {
        std::thread::sleep(std::time::Duration::from_millis(60));
        let now = see();
        std::mem::replace(&mut last, now.clone()) == now
    });
    last
}

fn compare(eye: &Eye, part: Part, name: &str) {
    compare_seen(|| eye.see(part), part.2, name);
}

/// So many pixels stand in a row of what is seen.
pub(crate) fn compare_seen(see: impl Fn() -> Vec<u32>, width: u16, name: &str) {
    let colours = at_rest(see);
    let scratch = tempfile::tempdir().unwrap();
    let seen = scratch.path().join("seen.ppm");
    let bytes = colours.iter().flat_map(|px| [(px >> 16) as u8, (px >> 8) as u8, *px as u8]);
    let head = format!("P6 {width} {} 255\n", colours.len() / usize::from(width)).into_bytes();
    fs::write(&seen, head.into_iter().chain(bytes).collect::<Vec<u8>>()).unwrap();
    let seen = seen.to_str().unwrap();
    let golden = folder().join(format!("overlay-{name}.png"));
    let golden = golden.to_str().unwrap();
    if std::env::var_os("EVENKEEL_BLESS").is_some() {
        fs::create_dir_all(folder()).unwrap();
        assert_eq!(magick("convert", &[seen, "-strip", golden]), "");
        return;
    }
    let told = magick("compare", &["-metric", "AE", "-fuzz", FUZZ, golden, seen, "null:"]);
    let differ: f64 = told.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(f64::MAX);
    assert!(
        differ <= (colours.len() * MOST / 1000) as f64,
        "{name}: {told} of {} pixels differ",
        colours.len()
    );
}

fn still(look: Look) -> Look {
    Look { motion: Motion::Reduced, ..look }
}

/// The upper edge, as wide as the pill may be at this scale.
fn part(scale: f32) -> Part {
    let (w, h) = (440.0 * scale, 70.0 * scale);
    ((640.0 - w / 2.0) as i16, 0, w as u16, h as u16)
}

#[test]
#[ignore = "needs Xvfb and imagemagick"]
fn every_mark_looks_as_it_is_drawn_in_the_documents() {
    let display = Display::bare();
    let (eye, mut pill) = (Eye::on(&display), Pill::on(&display.name));
    let marks = [
        (Mark::Ready, "ready"),
        (Mark::High, "high"),
        (Mark::Middling, "middling"),
        (Mark::Low, "low"),
        (Mark::Degraded, "degraded"),
        (Mark::Paused, "paused"),
        (Mark::Quiet, "quiet"),
    ];
    for theme in [Theme::Dark, Theme::Light] {
        pill.look(still(Look { theme, scale: Scale::Double, ..Look::default() }));
        for (mark, name) in marks {
            pill.mark(mark);
            until("it is seen", || 500 < eye.painted((580, 0, 120, 70)));
            std::thread::sleep(std::time::Duration::from_millis(120));
            compare(&eye, (580, 0, 120, 70), &format!("{name}-{theme:?}").to_lowercase());
        }
    }
    pill.look(still(Look { meters: true, scale: Scale::Double, ..Look::default() }));
    pill.mark(Mark::High);
    pill.tell(&Order::Meters { pace: Some(1.25), rise: Some(8.0) });
    until("it is wider", || 5_000 < eye.painted(part(2.0)));
    compare(&eye, (460, 0, 360, 90), "meters");
}

#[test]
#[ignore = "needs Xvfb and imagemagick"]
fn nudges_look_as_they_are_drawn_in_the_documents() {
    let display = Display::bare();
    let (eye, mut pill) = (Eye::on(&display), Pill::on(&display.name));
    let nudges = [
        ("finish", "Let them finish", Icon::Listen, Tone::Change),
        ("softer", "Softer", Icon::Softer, Tone::Change),
        ("breathe", "Slower, breathe", Icon::Breathe, Tone::Change),
        ("headset", "Use a headset", Icon::Headset, Tone::Notice),
        ("manager", "Offer a manager", Icon::Shield, Tone::Notice),
        ("apologise", "Apologise once, plan", Icon::Plan, Tone::Change),
        ("understand", "Show you understand", Icon::Understand, Tone::Notice),
        ("held", "Well held", Icon::Good, Tone::Good),
        ("german", "Kurze Pause, dann antworten", Icon::Pause, Tone::Change),
    ];
    let mut id = 0;
    pill.mark(Mark::High);
    for (theme, scale) in
        [(Theme::Dark, Scale::Full), (Theme::Light, Scale::Full), (Theme::Dark, Scale::Double)]
    {
        pill.look(still(Look { theme, scale, ..Look::default() }));
        let factor = scale.factor().unwrap();
        for (name, text, icon, tone) in nudges {
            id += 1;
            pill.show(nudge(id, text, icon, tone));
            until("it is seen", || (3_000.0 * factor) as usize <= eye.painted(part(factor)));
            let name = format!("{name}-{theme:?}-{}", (factor * 100.0) as u32).to_lowercase();
            compare(&eye, part(factor), &name);
        }
    }
    // The longest text at the largest scale.
    pill.look(still(Look { scale: Scale::Triple, ..Look::default() }));
    pill.show(nudge(99, "Wiederholungen WWWWWWW vermeiden", Icon::Info, Tone::Change));
    until("it is seen", || 30_000 < eye.painted(part(2.9)));
    compare(&eye, part(2.9), "longest-300");
}
