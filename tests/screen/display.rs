//! An X display of a test's own, and what can be seen and done on it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, CreateGCAux, CreateWindowAux, EventMask,
    ImageFormat, InputFocus, PropMode, Rectangle, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// Longest that anything takes on a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// What stands behind everything.
pub(crate) const DESKTOP: u32 = 0x3a_6e_a5;

/// Waits until something is so.
pub(crate) fn until(what: &str, so: impl FnMut() -> bool) -> Duration {
    within(SOON, what, so)
}

/// The same for what comes in its own time.
pub(crate) fn within(most: Duration, what: &str, mut so: impl FnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < most, "still not: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
    begun.elapsed()
}

/// A display; it ends with this value.
pub(crate) struct Display {
    pub(crate) name: String,
    server: Child,
    manager: Option<Child>,
    compositor: Option<Child>,
}

impl Display {
    /// Without a window manager.
    pub(crate) fn bare() -> Self {
        Self::start(&["-displayfd", "1"])
    }

    /// With one that manages windows as a desktop does.
    pub(crate) fn managed() -> Self {
        let mut display = Self::bare();
        let manager = Command::new("openbox").env("DISPLAY", &display.name).stderr(Stdio::null()).spawn();
        display.manager =
            Some(manager.unwrap_or_else(|e| panic!("openbox: {e}; ./scripts/test installs it")));
        let screen = Eye::on(&display);
        until("the window manager manages", || screen.is_managed());
        display
    }

    /// Begins to blend windows, with shadows around all that do not refuse one.
    pub(crate) fn blend(&mut self, eye: &Eye) {
        eye.hang_wallpaper();
        let options = ["--backend", "xrender", "--config", "/dev/null", "--shadow"];
        let mut command = Command::new("picom");
        let child = command.args(options).env("DISPLAY", &self.name).stderr(Stdio::null()).spawn();
        self.compositor = Some(child.unwrap_or_else(|e| panic!("picom: {e}; ./scripts/test installs it")));
    }

    /// Ends that.
    pub(crate) fn blend_no_more(&mut self) {
        let mut compositor = self.compositor.take().unwrap();
        compositor.kill().unwrap();
        compositor.wait().unwrap();
    }

    /// One of this name, which another one had before.
    pub(crate) fn again(name: &str) -> Self {
        Self::start(&[name, "-displayfd", "1"])
    }

    fn start(arguments: &[&str]) -> Self {
        let mut server = Command::new("Xvfb")
            .args(arguments)
            .args(["-screen", "0", "1280x720x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("Xvfb: {e}; ./scripts/test installs it"));
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        let display = Self { name: format!(":{}", number.trim()), server, manager: None, compositor: None };
        Eye::on(&display).paint_desktop();
        display
    }

    /// As if the machine's display server crashed.
    pub(crate) fn kill(mut self) -> String {
        self.end();
        self.name.clone()
    }

    fn end(&mut self) {
        for child in self.compositor.iter_mut().chain(&mut self.manager).chain([&mut self.server]) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Types or clicks as a person would.
    pub(crate) fn act(&self, arguments: &[&str]) {
        let done = Command::new("xdotool").env("DISPLAY", &self.name).args(arguments).status();
        assert!(done.unwrap_or_else(|e| panic!("xdotool: {e}; ./scripts/test installs it")).success());
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        self.end();
    }
}

/// Looks at a display.
pub(crate) struct Eye {
    pub(crate) conn: RustConnection,
    pub(crate) root: Window,
    /// Keeps the desktop alive between programs.
    screen: usize,
}

/// A part of the screen: left, top, width, height.
pub(crate) type Part = (i16, i16, u16, u16);

/// Where the pill is at its widest, at the upper edge of the display.
pub(crate) const PILL: Part = (420, 0, 440, 70);

impl Eye {
    pub(crate) fn on(display: &Display) -> Self {
        let (conn, screen) = x11rb::connect(Some(&display.name)).unwrap();
        let root = conn.setup().roots[screen].root;
        Self { conn, root, screen }
    }

    fn paint_desktop(&self) {
        let colour = ChangeWindowAttributesAux::new().background_pixel(DESKTOP);
        self.conn.change_window_attributes(self.root, &colour).unwrap();
        self.conn.clear_area(false, self.root, 0, 0, 0, 0).unwrap();
        // Without this the display begins anew when its last program ends.
        self.conn.set_close_down_mode(x11rb::protocol::xproto::CloseDown::RETAIN_PERMANENT).unwrap();
        let keeper = self.conn.generate_id().unwrap();
        self.conn.create_pixmap(1, keeper, self.root, 1, 1).unwrap();
        self.conn.get_input_focus().unwrap().reply().unwrap();
    }

    /// The desktop as those find it who paint all of the screen themselves.
    fn hang_wallpaper(&self) {
        let (paper, gc) = (self.conn.generate_id().unwrap(), self.conn.generate_id().unwrap());
        let root = &self.conn.setup().roots[self.screen];
        self.conn.create_pixmap(root.root_depth, paper, self.root, 1, 1).unwrap();
        self.conn.create_gc(gc, paper, &CreateGCAux::new().foreground(DESKTOP)).unwrap();
        let all = Rectangle { x: 0, y: 0, width: 1, height: 1 };
        self.conn.poly_fill_rectangle(paper, gc, &[all]).unwrap();
        let name = self.conn.intern_atom(false, b"_XROOTPMAP_ID").unwrap().reply().unwrap().atom;
        self.conn.change_property32(PropMode::REPLACE, self.root, name, AtomEnum::PIXMAP, &[paper]).unwrap();
        let colour = ChangeWindowAttributesAux::new().background_pixel(DESKTOP);
        self.conn.change_window_attributes(self.root, &colour).unwrap().check().unwrap();
    }

    fn is_managed(&self) -> bool {
        let atom = self.conn.intern_atom(false, b"_NET_SUPPORTING_WM_CHECK").unwrap().reply().unwrap().atom;
        let kind = x11rb::protocol::xproto::AtomEnum::WINDOW;
        let found = self.conn.get_property(false, self.root, atom, kind, 0, 1).unwrap().reply().unwrap();
        0 < found.value_len
    }

    /// The colours of a part, row by row.
    pub(crate) fn see(&self, (x, y, w, h): Part) -> Vec<u32> {
        let image = self.conn.get_image(ImageFormat::Z_PIXMAP, self.root, x, y, w, h, u32::MAX).unwrap();
        let data = image.reply().unwrap().data;
        data.chunks_exact(4).map(|px| u32::from_le_bytes([px[0], px[1], px[2], 0])).collect()
    }

    /// How many pixels are not the desktop's.
    pub(crate) fn painted(&self, part: Part) -> usize {
        self.see(part).into_iter().filter(|colour| *colour != DESKTOP).count()
    }

    pub(crate) fn focus(&self) -> Window {
        self.conn.get_input_focus().unwrap().reply().unwrap().focus
    }

    /// A window of the test's own, which hears keys and clicks.
    pub(crate) fn window(&self, (x, y, w, h): Part) -> Window {
        let id = self.conn.generate_id().unwrap();
        let root = &self.conn.setup().roots[self.screen];
        let how = CreateWindowAux::new()
            .background_pixel(root.white_pixel)
            .event_mask(EventMask::KEY_PRESS | EventMask::BUTTON_PRESS | EventMask::EXPOSURE);
        let class = WindowClass::INPUT_OUTPUT;
        self.conn.create_window(0, id, self.root, x, y, w, h, 0, class, 0, &how).unwrap();
        until("the window is seen", || {
            // A window manager that has just begun forgets what it was asked.
            self.conn.map_window(id).unwrap();
            self.conn.flush().unwrap();
            matches!(self.conn.poll_for_event().unwrap(), Some(Event::Expose(_)))
        });
        id
    }

    pub(crate) fn give_focus(&self, window: Window) {
        let now = x11rb::CURRENT_TIME;
        self.conn.set_input_focus(InputFocus::PARENT, window, now).unwrap();
        self.conn.flush().unwrap();
        until("the window has the focus", || self.focus() == window);
    }

    /// The next key or click that a window of this test hears.
    pub(crate) fn heard(&self) -> Event {
        let mut heard = None;
        until("a key or a click arrives", || {
            heard = self.conn.poll_for_event().unwrap();
            matches!(heard, Some(Event::KeyPress(_) | Event::ButtonPress(_)))
        });
        heard.unwrap()
    }
}
