//! Whoever hears what the analysis tells: the screen, the terminal, the
//! database, the watchers of the socket.

pub(super) mod database;
mod pill;
pub(super) mod screen;
pub(super) mod terminal;
pub(super) mod watchers;
pub(super) mod words;
