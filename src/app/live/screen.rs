//! The terminal that the view is on: taken over at the beginning, and given back as it
//! was at the end, however it ends. Keys are read where there is time for them.

use std::io;
use std::time::Duration;

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::draw::draw;
use super::keys::Keys;
use super::view::View;
use crate::audio::file::panic_is_handled;
use crate::control::on_signal;

/// A key that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Leave.
    Leave,
    /// A letter, or a space.
    Letter(char),
    /// The terminal has another size.
    Resized,
}

/// See the module.
#[derive(Debug)]
pub struct Screen {
    terminal: DefaultTerminal,
    keys: Keys,
}

impl Screen {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// Where standard input or output is none.
    pub fn open() -> io::Result<Self> {
        // A part of it may have been taken over before the rest failed.
        let terminal = ratatui::try_init().inspect_err(|_| drop(ratatui::try_restore()))?;
        let keys = Keys::open().inspect_err(|_| drop(ratatui::try_restore()))?;
        spare_handled_panics();
        give_back_at_the_end();
        Ok(Self { terminal, keys })
    }

    /// Shows what is known.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub fn show(&mut self, view: &View) -> io::Result<()> {
        self.terminal.draw(|frame| draw(view, frame)).map(drop)
    }

    /// Waits for a key, and no longer than `most`.
    ///
    /// # Errors
    /// Where the terminal is gone.
    pub fn key(&self, most: Duration) -> io::Result<Option<Key>> {
        if !self.keys.wait(most)? {
            return Ok(None);
        }
        Ok(match event::read()? {
            Event::Key(pressed) if pressed.kind == KeyEventKind::Press => meaning(&pressed),
            Event::Resize(..) => Some(Key::Resized),
            _ => None,
        })
    }
}

/// A damaged file makes a decoder panic, which is caught and told in a sentence: the
/// screen goes on.
fn spare_handled_panics() {
    let give_back = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic_is_handled() {
            give_back(panic);
        }
    }));
}

/// Whoever is told to end leaves a terminal behind that can be used.
fn give_back_at_the_end() {
    on_signal(|_| {
        // A terminal that is gone needs nothing back.
        let _ = ratatui::try_restore();
        std::process::exit(ENDED);
    });
}

/// As shells tell it of a program that a signal to terminate has ended.
const ENDED: i32 = 128 + 15;

impl Drop for Screen {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing back.
        let _ = ratatui::try_restore();
    }
}

fn meaning(pressed: &KeyEvent) -> Option<Key> {
    match pressed.code {
        KeyCode::Esc => Some(Key::Leave),
        KeyCode::Char('c') if pressed.modifiers.contains(KeyModifiers::CONTROL) => Some(Key::Leave),
        KeyCode::Char(_) if pressed.modifiers.contains(KeyModifiers::CONTROL) => None,
        KeyCode::Char(c) => Some(match c.to_ascii_lowercase() {
            'x' => Key::Leave,
            c => Key::Letter(c),
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: KeyCode, modifiers: KeyModifiers) -> Option<Key> {
        meaning(&KeyEvent::new(code, modifiers))
    }

    #[test]
    fn ctrl_c_leaves_like_escape_and_x() {
        assert_eq!(of(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Key::Leave));
        assert_eq!(of(KeyCode::Esc, KeyModifiers::NONE), Some(Key::Leave));
        assert_eq!(of(KeyCode::Char('X'), KeyModifiers::SHIFT), Some(Key::Leave));
    }

    #[test]
    fn letters_mean_the_same_in_either_case_and_with_control_nothing() {
        assert_eq!(of(KeyCode::Char('S'), KeyModifiers::SHIFT), Some(Key::Letter('s')));
        assert_eq!(of(KeyCode::Char('s'), KeyModifiers::CONTROL), None);
        assert_eq!(of(KeyCode::Tab, KeyModifiers::NONE), None);
    }
}
