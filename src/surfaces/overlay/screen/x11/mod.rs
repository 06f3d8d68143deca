//! X11, and XWayland where the compositor has no layer-shell. The window is one
//! that no window manager manages; the price is that keeping it on top is our work.

mod window;

use std::fmt::Display;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::randr::{self, MonitorInfo};
use x11rb::protocol::shape::{self, SK, SO};
use x11rb::protocol::xproto::{
    AtomEnum, ClipOrdering, ConfigureWindowAux, ConnectionExt as _, ImageFormat, PropertyNotifyEvent,
    Rectangle, StackMode,
};
use x11rb::rust_connection::RustConnection;

use super::{Abilities, Screen, origin};
use crate::surfaces::overlay::Trouble;
use crate::surfaces::overlay::paint::{Canvas, Painter};
use crate::surfaces::overlay::pill::Pill;
use crate::surfaces::overlay::settings::Look;
use window::Window;

/// Two programs that both insist on being on top would otherwise raise each other
/// for ever. More than one, because window managers tell of one change in several
/// steps, and the last one counts.
const RAISES_PER_SECOND: u32 = 8;

/// Opaque enough to be kept where nobody blends.
const OPAQUE: u8 = 128;

/// The customary dots per inch, which stand for 100 %.
const DPI: f32 = 96.0;

/// A request fails only when the display is gone, or when it is wrong, which tests
/// would show.
fn lost(error: impl Display) -> Trouble {
    Trouble::Lost(format!("X11: {error}"))
}

/// See the module.
pub(in crate::surfaces::overlay) struct X11 {
    conn: RustConnection,
    screen: usize,
    window: Window,
    look: Look,
    scale: f32,
    /// Where the upper left corner of the room lies on the root window.
    origin: (i32, i32),
    blended: bool,
    /// So many raises since then.
    raises: u32,
    since: Instant,
    /// The nudge that was drawn last.
    shown: Option<u64>,
    last: Option<Canvas>,
}

impl X11 {
    pub(in crate::surfaces::overlay) fn open(look: &Look) -> Result<Self, Trouble> {
        let (conn, screen) = x11rb::connect(None).map_err(|e| Trouble::Unavailable(format!("X11: {e}")))?;
        window::fits(&conn, screen)?;
        let window = Window::create(&conn, screen)?;
        let mut this = Self {
            blended: window.is_blended(&conn)?,
            conn,
            screen,
            window,
            look: look.clone(),
            scale: 1.0,
            origin: (0, 0),
            raises: 0,
            since: Instant::now(),
            shown: None,
            last: None,
        };
        this.place()?;
        this.conn.map_window(this.window.id).map_err(lost)?;
        this.conn.flush().map_err(lost)?;
        Ok(this)
    }

    /// Finds its monitor, its size and its place.
    fn place(&mut self) -> Result<(), Trouble> {
        self.scale = self.look.scale.factor().unwrap_or_else(|| desktop_scale(&self.conn));
        self.window.frame(&self.conn, self.scale)?;
        self.origin = origin(&self.look, self.scale, self.monitor()?);
        Ok(())
    }

    /// Left, top, width and height of the monitor: the one that was named, else the
    /// main one, else the first.
    fn monitor(&self) -> Result<(f32, f32, f32, f32), Trouble> {
        let root = window::root(&self.conn, self.screen)?;
        let monitors =
            randr::get_monitors(&self.conn, root.root, true).map_err(lost)?.reply().map_err(lost)?.monitors;
        let named = monitors.iter().find(|monitor| self.is_named(monitor));
        let chosen = named.or(monitors.iter().find(|monitor| monitor.primary)).or(monitors.first());
        let whole = (0, 0, root.width_in_pixels, root.height_in_pixels);
        let (x, y, w, h) = chosen.map_or(whole, |m| (m.x, m.y, m.width, m.height));
        Ok((f32::from(x), f32::from(y), f32::from(w), f32::from(h)))
    }

    fn is_named(&self, monitor: &MonitorInfo) -> bool {
        let wanted = self.look.monitor.as_bytes();
        if wanted.is_empty() {
            return false;
        }
        let name = self.conn.get_atom_name(monitor.name).ok().and_then(|name| name.reply().ok());
        name.is_some_and(|name| name.name == wanted)
    }

    fn raise(&mut self) -> Result<(), Trouble> {
        if Duration::from_secs(1) <= self.since.elapsed() {
            (self.since, self.raises) = (Instant::now(), 0);
        }
        if self.raises < RAISES_PER_SECOND {
            self.raises += 1;
            let above = ConfigureWindowAux::new().stack_mode(StackMode::ABOVE);
            self.conn.configure_window(self.window.id, &above).map_err(lost)?;
        }
        Ok(())
    }

    /// The window is kept as small as what is painted: compositors put shadows and
    /// blur around whole windows.
    fn put(&self, canvas: &Canvas) -> Result<(), Trouble> {
        let least = if self.blended { 1 } else { OPAQUE };
        let Some((x0, y0, x1, y1)) = canvas.bounds(least) else {
            self.cut(&[])?;
            return self.conn.flush().map_err(lost);
        };
        let (w, h) = (x1 - x0, y1 - y0);
        let image = canvas.part((x0, y0, x1, y1));
        let at = ConfigureWindowAux::new()
            .x(self.origin.0 + x0 as i32)
            .y(self.origin.1 + y0 as i32)
            .width(w as u32)
            .height(h as u32);
        self.conn.configure_window(self.window.id, &at).map_err(lost)?;
        self.cut(&spans(&image, w, least))?;
        let (id, gc, depth) = (self.window.id, self.window.gc, self.window.depth);
        // The longest request is 256 KiB without an extension; rows go in parts.
        let rows_at_once = (MOST_BYTES / (w * 4)).max(1);
        for (part, rows) in image.chunks(rows_at_once * w * 4).enumerate() {
            let (top, high) = ((part * rows_at_once) as i16, (rows.len() / (w * 4)) as u16);
            self.conn
                .put_image(ImageFormat::Z_PIXMAP, id, gc, w as u16, high, 0, top, 0, depth, rows)
                .map_err(lost)?;
        }
        self.conn.flush().map_err(lost)
    }

    fn cut(&self, to: &[Rectangle]) -> Result<(), Trouble> {
        let order = ClipOrdering::YX_SORTED;
        shape::rectangles(&self.conn, SO::SET, SK::BOUNDING, order, self.window.id, 0, 0, to)
            .map(drop)
            .map_err(lost)
    }

    fn is_about_order(&self, event: &PropertyNotifyEvent) -> bool {
        let atoms = &self.window.atoms;
        event.atom == atoms._NET_ACTIVE_WINDOW || event.atom == atoms._NET_CLIENT_LIST_STACKING
    }

    /// Whether all is to be painted again.
    fn heard(&mut self, event: &Event) -> Result<bool, Trouble> {
        match event {
            Event::Expose(_) => {
                if let Some(canvas) = &self.last {
                    self.put(canvas)?;
                }
            }
            Event::PropertyNotify(event) if self.is_about_order(event) => self.raise()?,
            Event::PropertyNotify(event) if event.atom == u32::from(AtomEnum::RESOURCE_MANAGER) => {
                return self.place().map(|()| true);
            }
            // The only window that tells of its form is the root window.
            Event::RandrNotify(_) | Event::RandrScreenChangeNotify(_) | Event::ConfigureNotify(_) => {
                return self.place().map(|()| true);
            }
            Event::XfixesSelectionNotify(event) if event.selection == self.window.compositor => {
                self.blended = self.window.depth == 32 && event.owner != x11rb::NONE;
                return Ok(true);
            }
            Event::Error(error) => return Err(lost(format!("{:?}", error.error_kind))),
            _ => (),
        }
        Ok(false)
    }
}

/// Bytes of an image in one request, below what every display takes.
const MOST_BYTES: usize = 200_000;

impl Screen for X11 {
    fn file(&self) -> BorrowedFd<'_> {
        self.conn.stream().as_fd()
    }

    fn abilities(&self) -> Abilities {
        Abilities { name: if window::is_below_wayland() { "xwayland" } else { "x11" }, soft: self.blended }
    }

    fn pump(&mut self) -> Result<bool, Trouble> {
        let mut again = false;
        while let Some(event) = self.conn.poll_for_event().map_err(lost)? {
            again |= self.heard(&event)?;
        }
        self.conn.flush().map_err(lost)?;
        Ok(again)
    }

    fn settle(&mut self, look: &Look) -> Result<(), Trouble> {
        self.look = look.clone();
        self.place()
    }

    fn present(&mut self, pill: &Pill, painter: &mut Painter, now: Instant) -> Result<bool, Trouble> {
        let canvas = painter.paint(pill.frame(now).as_ref(), self.scale, self.blended);
        if pill.current() != std::mem::replace(&mut self.shown, pill.current()) {
            self.raise()?;
        }
        self.put(&canvas)?;
        self.last = Some(canvas);
        Ok(true)
    }
}

/// The desktop's scale, 1 to 3.
fn desktop_scale(conn: &RustConnection) -> f32 {
    let database = x11rb::resource_manager::new_from_default(conn).ok();
    let dpi = database.and_then(|db| db.get_value::<f32>("Xft.dpi", "").ok().flatten());
    (dpi.unwrap_or(DPI) / DPI).clamp(1.0, 3.0)
}

/// A rectangle for each row, over what is at least so opaque.
fn spans(pixels: &[u8], width: usize, least: u8) -> Vec<Rectangle> {
    let painted = |px: &[u8]| px.get(3).is_some_and(|alpha| least <= *alpha);
    let row = |(y, line): (usize, &[u8])| {
        let first = line.chunks_exact(4).position(painted)?;
        let last = line.chunks_exact(4).rposition(painted)?;
        Some(Rectangle { x: first as i16, y: y as i16, width: (last - first + 1) as u16, height: 1 })
    };
    pixels.chunks_exact(width * 4).enumerate().filter_map(row).collect()
}
