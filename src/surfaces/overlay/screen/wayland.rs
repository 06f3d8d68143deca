//! Wayland, as a surface of layer-shell: KDE, sway, Hyprland, labwc, Wayfire,
//! COSMIC, niri. GNOME has no layer-shell.

use std::fmt::Display;
use std::io::ErrorKind;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Instant;

use sctk::compositor::{CompositorHandler, CompositorState, FrameCallbackData, Region};
use sctk::dispatch2::Dispatch2;
use sctk::output::{OutputHandler, OutputState};
use sctk::reexports::client::backend::WaylandError;
use sctk::reexports::client::globals::{GlobalList, registry_queue_init};
use sctk::reexports::client::protocol::{wl_output, wl_shm, wl_surface::WlSurface};
use sctk::reexports::client::{Connection, EventQueue, Proxy, QueueHandle};
use sctk::reexports::protocols::wp::fractional_scale::v1::client::{
    wp_fractional_scale_manager_v1::WpFractionalScaleManagerV1,
    wp_fractional_scale_v1::{self, WpFractionalScaleV1},
};
use sctk::reexports::protocols::wp::viewporter::client::{
    wp_viewport::WpViewport, wp_viewporter::WpViewporter,
};
use sctk::registry::{ProvidesRegistryState, RegistryState};
use sctk::shell::WaylandSurface;
use sctk::shell::wlr_layer::{
    Anchor, KeyboardInteractivity, Layer, LayerShell, LayerShellHandler, LayerSurface, LayerSurfaceConfigure,
};
use sctk::shm::{Shm, ShmHandler, slot::SlotPool};
use smithay_client_toolkit as sctk;

use super::{Abilities, Screen};
use crate::surfaces::overlay::Trouble;
use crate::surfaces::overlay::paint::Painter;
use crate::surfaces::overlay::pill::{INSET, Pill, ROOM};
use crate::surfaces::overlay::settings::{Corner, Look};

/// See the module.
pub(in crate::surfaces::overlay) struct Wayland {
    conn: Connection,
    queue: EventQueue<State>,
    state: State,
}

struct State {
    registry: RegistryState,
    outputs: OutputState,
    compositor: CompositorState,
    layers: LayerShell,
    shm: Shm,
    pool: SlotPool,
    /// Both or neither: sharp pixels at 125 % and 150 %.
    fractional: Option<(WpFractionalScaleManagerV1, WpViewporter)>,
    surface: Option<Surface>,
    look: Look,
    again: bool,
}

struct Surface {
    layer: LayerSurface,
    /// The monitor that it was asked for; none: wherever the compositor likes.
    output: Option<wl_output::WlOutput>,
    viewport: Option<(WpFractionalScaleV1, WpViewport)>,
    /// What the compositor asks for.
    scale: f32,
    configured: bool,
    /// The compositor has not shown the last frame yet, or never will while the
    /// screen is locked.
    waits: bool,
}

impl Drop for Surface {
    fn drop(&mut self) {
        // Objects of the protocol do not end with their handles.
        if let Some((fractional, viewport)) = &self.viewport {
            viewport.destroy();
            fractional.destroy();
        }
    }
}

fn lost(error: impl Display) -> Trouble {
    Trouble::Lost(format!("Wayland: {error}"))
}

fn no(error: impl Display) -> Trouble {
    Trouble::Unavailable(format!("Wayland: {error}"))
}

impl Wayland {
    pub(in crate::surfaces::overlay) fn open(look: &Look) -> Result<Self, Trouble> {
        let conn = Connection::connect_to_env().map_err(no)?;
        let (globals, mut queue) = registry_queue_init::<State>(&conn).map_err(no)?;
        let mut state = State::bind(&globals, &queue.handle(), look)?;
        // One round tells the outputs; without one there is nowhere to be.
        queue.roundtrip(&mut state).map_err(no)?;
        state.create(&queue.handle())?;
        conn.flush().map_err(lost)?;
        Ok(Self { conn, queue, state })
    }

    /// Reads what has come; this thread is the only one that does.
    fn read(&self) -> Result<(), Trouble> {
        let Some(guard) = self.conn.prepare_read() else { return Ok(()) };
        match guard.read() {
            Err(WaylandError::Io(error)) if error.kind() == ErrorKind::WouldBlock => Ok(()),
            other => other.map(drop).map_err(lost),
        }
    }
}

impl Screen for Wayland {
    fn file(&self) -> BorrowedFd<'_> {
        self.conn.as_fd()
    }

    fn abilities(&self) -> Abilities {
        Abilities { name: "wayland", soft: true }
    }

    fn pump(&mut self) -> Result<bool, Trouble> {
        self.read()?;
        self.queue.dispatch_pending(&mut self.state).map_err(lost)?;
        if self.state.surface.is_none() {
            self.state.create(&self.queue.handle())?;
        }
        self.conn.flush().map_err(lost)?;
        Ok(std::mem::take(&mut self.state.again))
    }

    fn settle(&mut self, look: &Look) -> Result<(), Trouble> {
        if self.state.look != *look {
            self.state.look = look.clone();
            self.state.surface = None;
            self.state.create(&self.queue.handle())?;
            self.conn.flush().map_err(lost)?;
        }
        Ok(())
    }

    fn present(&mut self, pill: &Pill, painter: &mut Painter, now: Instant) -> Result<bool, Trouble> {
        let queue = self.queue.handle();
        let State { surface: Some(surface), pool, look, .. } = &mut self.state else { return Ok(false) };
        if !surface.configured || surface.waits {
            return Ok(false);
        }
        let canvas = painter.paint(pill.frame(now).as_ref(), surface.scale * zoom(look), true);
        let (w, h) = (canvas.width as i32, canvas.height as i32);
        let (buffer, memory) = pool.create_buffer(w, h, w * 4, wl_shm::Format::Argb8888).map_err(lost)?;
        // The memory may be a little longer than the image.
        memory.iter_mut().zip(&canvas.pixels).for_each(|(to, from)| *to = *from);
        let target = surface.layer.wl_surface();
        let (wide, high) = room(look);
        match &surface.viewport {
            Some((_, viewport)) => viewport.set_destination(wide as i32, high as i32),
            None => target.set_buffer_scale(surface.scale as i32),
        }
        target.damage_buffer(0, 0, w, h);
        target.frame(&queue, FrameCallbackData(target.clone()));
        buffer.attach_to(target).map_err(lost)?;
        surface.waits = true;
        surface.layer.commit();
        self.conn.flush().map_err(lost)?;
        Ok(true)
    }
}

/// The compositor scales for the desktop; a scale of the settings comes on top.
fn zoom(look: &Look) -> f32 {
    look.scale.factor().unwrap_or(1.0)
}

/// Width and height of the surface, logical pixels.
fn room(look: &Look) -> (u32, u32) {
    ((ROOM.0 * zoom(look)).round() as u32, (ROOM.1 * zoom(look)).round() as u32)
}

const fn anchor(corner: Corner) -> Anchor {
    match corner {
        Corner::TopLeft => Anchor::TOP.union(Anchor::LEFT),
        Corner::Top => Anchor::TOP,
        Corner::TopRight => Anchor::TOP.union(Anchor::RIGHT),
        Corner::BottomLeft => Anchor::BOTTOM.union(Anchor::LEFT),
        Corner::Bottom => Anchor::BOTTOM,
        Corner::BottomRight => Anchor::BOTTOM.union(Anchor::RIGHT),
    }
}

impl State {
    fn bind(globals: &GlobalList, queue: &QueueHandle<Self>, look: &Look) -> Result<Self, Trouble> {
        let layers = LayerShell::bind(globals, queue).map_err(|_| no("the compositor has no layer-shell"))?;
        let shm = Shm::bind(globals, queue).map_err(no)?;
        let fractional = globals.bind(queue, 1..=1, Silent).ok().zip(globals.bind(queue, 1..=1, Silent).ok());
        Ok(Self {
            registry: RegistryState::new(globals),
            outputs: OutputState::new(globals, queue),
            compositor: CompositorState::bind(globals, queue).map_err(no)?,
            layers,
            // Grows by itself where a frame needs more.
            pool: SlotPool::new((ROOM.0 * ROOM.1) as usize * 4 * 3, &shm).map_err(no)?,
            shm,
            fractional,
            surface: None,
            look: look.clone(),
            again: false,
        })
    }

    /// The monitor of that name, if it is there.
    fn output(&self) -> Option<wl_output::WlOutput> {
        let wanted = self.look.monitor.as_str();
        let named = |output: &wl_output::WlOutput| {
            self.outputs.info(output).is_some_and(|info| info.name.as_deref() == Some(wanted))
        };
        self.outputs.outputs().find(|output| !wanted.is_empty() && named(output))
    }

    /// Makes the surface, if there is a monitor to put it on.
    fn create(&mut self, queue: &QueueHandle<Self>) -> Result<(), Trouble> {
        if self.outputs.outputs().next().is_none() {
            return Ok(());
        }
        let surface = self.compositor.create_surface(queue);
        // An empty region of input: every click goes to the window below.
        let region = Region::new(&self.compositor).map_err(lost)?;
        surface.set_input_region(Some(region.wl_region()));
        let viewport = self.fractional.as_ref().map(|(manager, viewporter)| {
            (
                manager.get_fractional_scale(&surface, queue, ScaleListener),
                viewporter.get_viewport(&surface, queue, Silent),
            )
        });
        let output = self.output();
        let layer = self.layers.create_layer_surface(
            queue,
            surface,
            Layer::Overlay,
            Some("evenkeel"),
            output.as_ref(),
        );
        self.arrange(&layer);
        layer.commit();
        let scale = 1.0;
        self.surface = Some(Surface { layer, output, viewport, scale, configured: false, waits: false });
        Ok(())
    }

    /// A monitor came, or got its name: where it is the one that was asked for, the
    /// next pump makes a new surface on it, for a surface stays where it began.
    fn follow(&mut self) {
        let output = self.output();
        if output.is_some() {
            self.surface.take_if(|surface| surface.output != output);
        }
    }

    fn arrange(&self, layer: &LayerSurface) {
        let (wide, high) = room(&self.look);
        layer.set_keyboard_interactivity(KeyboardInteractivity::None);
        layer.set_size(wide, high);
        // Keeps clear of panels and takes no room from anybody.
        layer.set_exclusive_zone(0);
        layer.set_anchor(anchor(self.look.corner));
        // What is told is the distance of the pill, not of its shadow.
        let gap = |offset: u32| offset as i32 - (INSET * zoom(&self.look)) as i32;
        let (x, y) = (gap(self.look.offset_x), gap(self.look.offset_y));
        layer.set_margin(y, x, y, x);
    }

    fn rescale(&mut self, scale: f32) {
        if let Some(surface) = self.surface.as_mut().filter(|surface| surface.scale != scale) {
            surface.scale = scale;
            self.again = true;
        }
    }
}

impl LayerShellHandler for State {
    /// The monitor went away. The next pump makes a new surface where one is left.
    fn closed(&mut self, _: &Connection, _: &QueueHandle<Self>, layer: &LayerSurface) {
        if self.surface.as_ref().is_some_and(|surface| &surface.layer == layer) {
            self.surface = None;
        }
    }

    fn configure(
        &mut self,
        _: &Connection,
        _: &QueueHandle<Self>,
        layer: &LayerSurface,
        _: LayerSurfaceConfigure,
        _: u32,
    ) {
        if let Some(surface) = self.surface.as_mut().filter(|surface| &surface.layer == layer) {
            surface.configured = true;
            self.again = true;
        }
    }
}

impl CompositorHandler for State {
    fn scale_factor_changed(&mut self, _: &Connection, _: &QueueHandle<Self>, _: &WlSurface, factor: i32) {
        if self.fractional.is_none() {
            self.rescale(factor as f32);
        }
    }

    fn transform_changed(
        &mut self,
        _: &Connection,
        _: &QueueHandle<Self>,
        _: &WlSurface,
        _: wl_output::Transform,
    ) {
    }

    fn frame(&mut self, _: &Connection, _: &QueueHandle<Self>, target: &WlSurface, _: u32) {
        if let Some(surface) = self.surface.as_mut().filter(|surface| surface.layer.wl_surface() == target) {
            surface.waits = false;
        }
    }

    fn surface_enter(
        &mut self,
        _: &Connection,
        _: &QueueHandle<Self>,
        _: &WlSurface,
        _: &wl_output::WlOutput,
    ) {
    }

    fn surface_leave(
        &mut self,
        _: &Connection,
        _: &QueueHandle<Self>,
        _: &WlSurface,
        _: &wl_output::WlOutput,
    ) {
    }
}

impl OutputHandler for State {
    fn output_state(&mut self) -> &mut OutputState {
        &mut self.outputs
    }

    fn new_output(&mut self, _: &Connection, _: &QueueHandle<Self>, _: wl_output::WlOutput) {
        self.follow();
    }

    fn update_output(&mut self, _: &Connection, _: &QueueHandle<Self>, _: wl_output::WlOutput) {
        self.follow();
    }

    fn output_destroyed(&mut self, _: &Connection, _: &QueueHandle<Self>, _: wl_output::WlOutput) {}
}

impl ShmHandler for State {
    fn shm_state(&mut self) -> &mut Shm {
        &mut self.shm
    }
}

impl ProvidesRegistryState for State {
    fn registry(&mut self) -> &mut RegistryState {
        &mut self.registry
    }

    sctk::registry_handlers![OutputState];
}

/// Hears the scale, in parts of 120.
struct ScaleListener;

impl Dispatch2<WpFractionalScaleV1, State> for ScaleListener {
    fn event(
        &self,
        state: &mut State,
        _: &WpFractionalScaleV1,
        event: wp_fractional_scale_v1::Event,
        _: &Connection,
        _: &QueueHandle<State>,
    ) {
        if let wp_fractional_scale_v1::Event::PreferredScale { scale } = event {
            state.rescale(scale as f32 / 120.0);
        }
    }
}

/// For objects that send nothing.
struct Silent;

impl<I: Proxy> Dispatch2<I, State> for Silent {
    fn event(&self, _: &mut State, _: &I, _: I::Event, _: &Connection, _: &QueueHandle<State>) {}
}

sctk::delegate_registry!(State);
sctk::delegate_dispatch2!(State);
