//! The recogniser's side of the pipes: one utterance after the other, until there
//! are no more.

use std::io::{self, Read, Write};

use crate::transcript::child::wire::{HeardLine, Reply, read_request, send_reply};
use crate::transcript::models::Family;
use crate::transcript::recogniser::{Recogniser, Unfit};

/// Answers utterances until the other side closes its end. A recogniser that could
/// not be loaded is told once.
///
/// # Errors
/// A pipe that broke.
pub fn serve(
    loaded: Result<(Box<dyn Recogniser + '_>, Family), Unfit>,
    mut from: impl Read,
    mut to: impl Write,
) -> io::Result<()> {
    let (mut recogniser, family) = match loaded {
        Ok(loaded) => loaded,
        Err(unfit) => return send_reply(&mut to, &Reply::Unfit(unfit.into())),
    };
    send_reply(&mut to, &Reply::ready(family))?;
    while let Some((context, samples)) = read_request(&mut from)? {
        let reply = match recogniser.recognise(&samples, context) {
            Ok(heard) => Reply::Heard(HeardLine::from(&heard)),
            Err(_) => Reply::Refused,
        };
        send_reply(&mut to, &reply)?;
    }
    Ok(())
}
