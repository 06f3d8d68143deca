//! Windows: a layered window, blended by the desktop. It is transparent to clicks,
//! never active, in no task bar, and the system is asked to leave it out of what is
//! captured from the screen (Windows 10 of 2020 and later can).
//!
//! The program knows the scale of the main monitor only: on another one with a
//! different scale the system stretches the pill.

use std::fmt::Display;
use std::time::Instant;

use winsafe::prelude::*;
use winsafe::{
    BLENDFUNCTION, COLORREF, HBITMAP, HDC, HMONITOR, HWND, HwndPlace, MONITORINFOEX, POINT, SIZE, co, gui,
};

use super::{Abilities, Screen, origin};
use crate::surfaces::overlay::Trouble;
use crate::surfaces::overlay::paint::{Canvas, Painter};
use crate::surfaces::overlay::pill::Pill;
use crate::surfaces::overlay::settings::Look;

/// The customary dots per inch, which stand for 100 %.
const DPI: f32 = 96.0;

/// A call fails only when the desktop is gone, or when it is wrong, which tests
/// would show.
fn lost(error: impl Display) -> Trouble {
    Trouble::Lost(format!("Windows: {error}"))
}

/// The window, not yet made: that is done by its message loop.
pub(in crate::surfaces::overlay) fn window() -> gui::WindowMain {
    let ways = co::WS_EX::LAYERED | co::WS_EX::TRANSPARENT | co::WS_EX::TOPMOST;
    gui::WindowMain::new(gui::WindowMainOpts {
        class_name: "evenkeel-overlay",
        title: "Evenkeel",
        size: (1, 1),
        style: co::WS::POPUP,
        ex_style: ways | co::WS_EX::TOOLWINDOW | co::WS_EX::NOACTIVATE,
        process_dlg_msgs: false,
        ..Default::default()
    })
}

/// See the module.
pub(in crate::surfaces::overlay) struct Layered {
    window: gui::WindowMain,
    look: Look,
    /// Scale and origin of the room; none before the window is made, and when the
    /// monitors have changed.
    place: Option<(f32, (i32, i32))>,
    /// The nudge that was drawn last.
    shown: Option<u64>,
}

impl Layered {
    pub(in crate::surfaces::overlay) fn new(window: gui::WindowMain) -> Self {
        Self { window, look: Look::default(), place: None, shown: None }
    }

    fn hwnd(&self) -> &HWND {
        self.window.hwnd()
    }

    fn find_place(&self) -> Result<(f32, (i32, i32)), Trouble> {
        let desktop = || (self.hwnd().GetDpiForWindow() as f32 / DPI).clamp(1.0, 3.0);
        let scale = self.look.scale.factor().unwrap_or_else(desktop);
        let area = self.monitor()?.rcWork;
        let (w, h) = (area.right - area.left, area.bottom - area.top);
        let area = (area.left as f32, area.top as f32, w as f32, h as f32);
        Ok((scale, origin(&self.look, scale, area)))
    }

    /// The monitor that was named (`DISPLAY1`, as the system counts them), else the
    /// main one, which begins where counting does.
    fn monitor(&self) -> Result<MONITORINFOEX, Trouble> {
        let mut named = None;
        if !self.look.monitor.is_empty() {
            let look = |monitor: HMONITOR, _: HDC, _: &_| {
                let info = monitor.GetMonitorInfo().ok();
                named = info.filter(|info| info.szDevice().trim_start_matches(r"\\.\") == self.look.monitor);
                named.is_none()
            };
            // That the search was ended early counts as a failure too.
            let _ = HDC::NULL.EnumDisplayMonitors(None, look);
        }
        let main =
            || HMONITOR::MonitorFromPoint(POINT::new(), co::MONITOR::DEFAULTTOPRIMARY).GetMonitorInfo();
        named.map_or_else(main, Ok).map_err(lost)
    }

    /// Over whatever else insists on being on top.
    fn raise(&self) -> Result<(), Trouble> {
        let still = co::SWP::NOACTIVATE | co::SWP::NOMOVE | co::SWP::NOSIZE;
        let top = HwndPlace::Place(co::HWND_PLACE::TOPMOST);
        self.hwnd().SetWindowPos(top, POINT::new(), SIZE::new(), still).map_err(lost)
    }

    /// The window is kept as small as what is painted. One of no size there is not.
    fn put(&self, canvas: &Canvas, origin: (i32, i32)) -> Result<(), Trouble> {
        let (x0, y0, x1, y1) = canvas.bounds(1).unwrap_or((0, 0, 1, 1));
        let mut pixels = canvas.part((x0, y0, x1, y1));
        let at = POINT::with(origin.0 + x0 as i32, origin.1 + y0 as i32);
        let size = SIZE::with((x1 - x0) as i32, (y1 - y0) as i32);
        // A bitmap of as many bytes as there are in these pixels, copied from them.
        let image = HBITMAP::CreateBitmap(size, 1, 32, pixels.as_mut_ptr()).map_err(lost)?;
        let screen = HWND::NULL.GetDC().map_err(lost)?;
        let memory = screen.CreateCompatibleDC().map_err(lost)?;
        let _held = memory.SelectObject(&*image).map_err(lost)?;
        let mut blend = BLENDFUNCTION::default();
        blend.SourceConstantAlpha = u8::MAX;
        let (none, alpha) = (COLORREF::from_rgb(0, 0, 0), co::ULW::ALPHA);
        let from = POINT::new();
        self.hwnd()
            .UpdateLayeredWindow(
                Some(&screen),
                Some(&at),
                Some(&size),
                Some(&memory),
                Some(&from),
                none,
                &blend,
                alpha,
            )
            .map_err(lost)
    }
}

impl Screen for Layered {
    fn abilities(&self) -> Abilities {
        Abilities { name: "windows", soft: true }
    }

    /// Everything comes by messages; here is only looked whether it stands somewhere.
    fn pump(&mut self) -> Result<bool, Trouble> {
        if self.place.is_some() {
            return Ok(false);
        }
        self.place = Some(self.find_place()?);
        // An older system shows it in what is captured: there is nothing to be done.
        let _ = self.hwnd().SetWindowDisplayAffinity(co::WDA::EXCLUDEFROMCAPTURE);
        Ok(true)
    }

    fn settle(&mut self, look: &Look) -> Result<(), Trouble> {
        self.look = look.clone();
        self.place = Some(self.find_place()?);
        Ok(())
    }

    fn present(&mut self, pill: &Pill, painter: &mut Painter, now: Instant) -> Result<bool, Trouble> {
        if pill.current() != std::mem::replace(&mut self.shown, pill.current()) {
            self.raise()?;
            // Nobody is told here that a task bar was moved.
            self.place = Some(self.find_place()?);
        }
        let Some((scale, at)) = self.place else { return Ok(false) };
        let canvas = painter.paint(pill.frame(now).as_ref(), scale, true);
        self.put(&canvas, at)?;
        Ok(true)
    }
}
