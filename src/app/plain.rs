//! Text of others (an agent's name, a program's, a note) before it is shown on
//! a terminal: nothing that moves the cursor, and nothing that turns the
//! direction of what follows. Other places have escapes of their own.

/// One line that shows what it holds.
pub fn plain(text: &str) -> String {
    text.chars().filter(|c| !is_unseen(*c)).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Characters that are not seen but change how others are.
const fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{feff}' | '\u{2028}' | '\u{2029}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_moves_the_cursor_or_turns_the_text() {
        assert_eq!(plain("a\u{1b}[2J\n\u{9b}31mb"), "a\u{fffd}[2J\u{fffd}\u{fffd}31mb");
        assert_eq!(plain("ann\u{202e}gnp.exe\u{200b}"), "anngnp.exe");
    }

    #[test]
    fn what_people_write_stays_as_it_is() {
        assert_eq!(plain("Jürgen Groß, 日本 <b>&"), "Jürgen Groß, 日本 <b>&");
    }
}
