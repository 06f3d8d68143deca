//! The window: made once, so that no window manager decorates, focuses, lists,
//! tiles or moves it, and no click ends at it.

use x11rb::connection::{Connection, RequestConnection};
use x11rb::protocol::shape::{self, SK, SO};
use x11rb::protocol::xfixes::{ConnectionExt as _, SelectionEventMask};
use x11rb::protocol::xproto::{ConnectionExt as _, *};
use x11rb::protocol::{randr, xproto};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::lost;
use crate::surfaces::overlay::Trouble;
use crate::surfaces::overlay::pill::INSET;

x11rb::atom_manager! {
    pub(super) Atoms: AtomsCookie {
        _NET_ACTIVE_WINDOW,
        _NET_CLIENT_LIST_STACKING,
        _NET_SUPPORTING_WM_CHECK,
        _NET_WM_NAME,
        _NET_WM_PID,
        _NET_WM_WINDOW_TYPE,
        _NET_WM_WINDOW_TYPE_NOTIFICATION,
        // Both keep compositors from drawing a square shadow of their own.
        _COMPTON_SHADOW,
        _GTK_FRAME_EXTENTS,
        UTF8_STRING,
    }
}

pub(super) struct Window {
    pub(super) id: xproto::Window,
    pub(super) gc: Gcontext,
    pub(super) depth: u8,
    pub(super) atoms: Atoms,
    /// Who holds this selection blends windows.
    pub(super) compositor: Atom,
}

/// Refuses a display on which the pill would be in the way.
pub(super) fn fits(conn: &RustConnection, screen: usize) -> Result<(), Trouble> {
    let no = |what: &str| Err(Trouble::Unavailable(format!("X11: {what}")));
    if conn.setup().image_byte_order != ImageOrder::LSB_FIRST {
        return no("the display counts bytes from the other end");
    }
    for name in [shape::X11_EXTENSION_NAME, "XFIXES", randr::X11_EXTENSION_NAME] {
        if conn.extension_information(name).map_err(lost)?.is_none() {
            // Without SHAPE it would swallow clicks.
            return no(&format!("the display lacks {name}"));
        }
    }
    let root = root(conn, screen)?;
    if root.root_depth < 24 {
        return no("the display has too few colours");
    }
    if is_below_wayland() && conn.setup().release_number < PASSES_CLICKS && !is_gnome(conn, root.root)? {
        return no("XWayland is older than 24.1 and may swallow clicks");
    }
    Ok(())
}

/// `XWayland` 24.1, which tells the compositor of a window's region of input; 22.1 was
/// seen not to, and which of those between began to is not known.
const PASSES_CLICKS: u32 = 12_401_000;

pub(super) fn is_below_wayland() -> bool {
    std::env::var_os("WAYLAND_DISPLAY").is_some_and(|name| !name.is_empty())
}

/// GNOME asks X11 itself for the region of input.
fn is_gnome(conn: &RustConnection, root: xproto::Window) -> Result<bool, Trouble> {
    let Atoms { _NET_SUPPORTING_WM_CHECK: manager, _NET_WM_NAME: name, UTF8_STRING: text, .. } =
        Atoms::new(conn).map_err(lost)?.reply().map_err(lost)?;
    let told = conn.get_property(false, root, manager, AtomEnum::WINDOW, 0, 1).map_err(lost)?;
    let window = told.reply().map_err(lost)?.value32().and_then(|mut ids| ids.next());
    let Some(window) = window else { return Ok(false) };
    let told = conn.get_property(false, window, name, text, 0, 16).map_err(lost)?;
    // The window manager may end at this moment.
    Ok(told.reply().is_ok_and(|name| [&b"GNOME Shell"[..], b"Mutter"].contains(&&name.value[..])))
}

pub(super) fn root(conn: &RustConnection, screen: usize) -> Result<&Screen, Trouble> {
    let root = conn.setup().roots.get(screen);
    root.ok_or_else(|| Trouble::Unavailable("X11: the display has no screen".into()))
}

impl Window {
    pub(super) fn create(conn: &RustConnection, screen: usize) -> Result<Self, Trouble> {
        let root = root(conn, screen)?;
        conn.xfixes_query_version(5, 0).map_err(lost)?.reply().map_err(lost)?;
        let (depth, visual) = blended(root).unwrap_or((root.root_depth, root.root_visual));
        let atoms = Atoms::new(conn).map_err(lost)?.reply().map_err(lost)?;
        let manager = format!("_NET_WM_CM_S{screen}");
        let compositor =
            conn.intern_atom(false, manager.as_bytes()).map_err(lost)?.reply().map_err(lost)?.atom;
        let (id, gc) = (conn.generate_id().map_err(lost)?, conn.generate_id().map_err(lost)?);
        let window = Self { id, gc, depth, atoms, compositor };
        window.make(conn, root, visual)?;
        window.describe(conn)?;
        window.listen(conn, root.root)?;
        Ok(window)
    }

    fn make(&self, conn: &RustConnection, root: &Screen, visual: Visualid) -> Result<(), Trouble> {
        let colours = conn.generate_id().map_err(lost)?;
        conn.create_colormap(ColormapAlloc::NONE, colours, root.root, visual).map_err(lost)?;
        // Border and background must be given where a window is deeper than its parent.
        let how = CreateWindowAux::new()
            .override_redirect(1)
            .colormap(colours)
            .border_pixel(0)
            .background_pixel(0)
            .bit_gravity(Gravity::CENTER)
            .event_mask(EventMask::EXPOSURE);
        let class = WindowClass::INPUT_OUTPUT;
        conn.create_window(self.depth, self.id, root.root, 0, 0, 1, 1, 0, class, visual, &how)
            .map_err(lost)?;
        conn.create_gc(self.gc, self.id, &CreateGCAux::new().graphics_exposures(0)).map_err(lost)?;
        // An empty region of input: every click goes to the window below. Nothing is
        // seen until the first frame is there.
        for kind in [SK::INPUT, SK::BOUNDING] {
            shape::rectangles(conn, SO::SET, kind, ClipOrdering::UNSORTED, self.id, 0, 0, &[])
                .map_err(lost)?;
        }
        Ok(())
    }

    fn describe(&self, conn: &RustConnection) -> Result<(), Trouble> {
        let Self { id, atoms, .. } = self;
        let text = |property: Atom, kind: Atom, text: &[u8]| {
            conn.change_property8(PropMode::REPLACE, *id, property, kind, text).map(drop).map_err(lost)
        };
        text(AtomEnum::WM_CLASS.into(), AtomEnum::STRING.into(), b"evenkeel-overlay\0Evenkeel\0")?;
        text(atoms._NET_WM_NAME, atoms.UTF8_STRING, b"Evenkeel")?;
        self.number(conn, atoms._NET_WM_PID, AtomEnum::CARDINAL, &[std::process::id()])?;
        let kind = [atoms._NET_WM_WINDOW_TYPE_NOTIFICATION];
        self.number(conn, atoms._NET_WM_WINDOW_TYPE, AtomEnum::ATOM, &kind)?;
        self.number(conn, atoms._COMPTON_SHADOW, AtomEnum::CARDINAL, &[0])
    }

    fn number(&self, conn: &RustConnection, what: Atom, kind: AtomEnum, to: &[u32]) -> Result<(), Trouble> {
        conn.change_property32(PropMode::REPLACE, self.id, what, kind, to).map(drop).map_err(lost)
    }

    /// Says how much of the window is only shadow.
    pub(super) fn frame(&self, conn: &RustConnection, scale: f32) -> Result<(), Trouble> {
        let extents = [(INSET * scale) as u32; 4];
        self.number(conn, self.atoms._GTK_FRAME_EXTENTS, AtomEnum::CARDINAL, &extents)
    }

    /// The window manager says on the root window that it activated or raised
    /// something, perhaps above the pill. `VisibilityNotify` would be more direct,
    /// but never comes for a window that is blended.
    fn listen(&self, conn: &RustConnection, root: xproto::Window) -> Result<(), Trouble> {
        // A monitor that is named, moved or taken out counts as a change of the root
        // window's form; only one whose picture changes is told by RandR.
        let told = EventMask::PROPERTY_CHANGE | EventMask::STRUCTURE_NOTIFY;
        let root_too = ChangeWindowAttributesAux::new().event_mask(told);
        conn.change_window_attributes(root, &root_too).map_err(lost)?;
        let monitors = randr::NotifyMask::SCREEN_CHANGE
            | randr::NotifyMask::CRTC_CHANGE
            | randr::NotifyMask::OUTPUT_CHANGE;
        randr::select_input(conn, root, monitors).map_err(lost)?;
        let owner = SelectionEventMask::SET_SELECTION_OWNER
            | SelectionEventMask::SELECTION_WINDOW_DESTROY
            | SelectionEventMask::SELECTION_CLIENT_CLOSE;
        conn.xfixes_select_selection_input(root, self.compositor, owner).map_err(lost)?;
        Ok(())
    }

    /// Whether somebody blends it with what lies below.
    pub(super) fn is_blended(&self, conn: &RustConnection) -> Result<bool, Trouble> {
        let owner = conn.get_selection_owner(self.compositor).map_err(lost)?.reply().map_err(lost)?.owner;
        Ok(self.depth == 32 && owner != x11rb::NONE)
    }
}

/// Pixels with an opacity.
fn blended(screen: &Screen) -> Option<(u8, Visualid)> {
    let depth = screen.allowed_depths.iter().find(|depth| depth.depth == 32)?;
    let red_is_third = |v: &&Visualtype| v.class == VisualClass::TRUE_COLOR && v.red_mask == 0xff_0000;
    depth.visuals.iter().find(red_is_third).map(|visual| (32, visual.visual_id))
}
