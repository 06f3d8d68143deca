//! The control socket: what may be asked of the running daemon, and what it
//! answers. Typed lines of JSON, for this user alone.
