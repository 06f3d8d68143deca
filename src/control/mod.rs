//! The control socket: what may be asked of the running daemon, and what it
//! answers. Typed lines of JSON, for this user alone.
//!
//! It decides nothing: an order goes to whoever owns the call, and is answered
//! after the deed. Nothing that a client sends, holds back or sends too fast
//! reaches further than its own connection. No reference of a customer and no
//! note is ever printed or logged.

mod client;
#[cfg_attr(not(unix), expect(dead_code, reason = "nothing serves a socket there yet"))]
mod line;
mod notice;
mod order;
mod place;
#[cfg_attr(not(unix), expect(dead_code, reason = "nothing serves a socket there yet"))]
mod protocol;
mod publish;
#[cfg_attr(not(unix), expect(dead_code, reason = "nothing serves a socket there yet"))]
mod server;
mod signals;
mod socket;
mod status;

pub use client::{Client, ClientError, Heard};
pub use line::LONGEST;
pub use notice::{Notice, SideMeasures};
pub use order::{Do, KINDS, Private, kind, kind_name};
pub use place::place;
pub use protocol::{Answer, Code, Greeting, PROTOCOL, Refusal, VERSION};
pub use publish::{Notices, Publisher};
pub use server::{Asked, Replier, Server, Waiting, serve};
pub use signals::on_signal;
pub use socket::ServeError;
pub use status::{
    CallStatus, ConfigStatus, Counters, Health, PartStatus, PauseStatus, RecogniserState, RecogniserStatus,
    SideState, SideStatus, SidesStatus, Status, StoreStatus,
};

/// What an order is handed on by; bounded, see [`ORDERS`].
pub type Orders = crossbeam_channel::Sender<Asked>;

/// Orders that may wait for the thread that obeys them. More than a person and
/// a softphone give at once; when it is full the socket waits and tries again.
pub const ORDERS: usize = 16;
