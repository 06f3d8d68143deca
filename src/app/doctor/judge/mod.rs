//! What the facts mean. Pure: no file, no clock, no device.

mod daemon;
mod database;
mod heard;
mod machine;
mod program;
mod screen;
mod sound;

use crate::app::doctor::check::Check;
use crate::app::doctor::facts::Facts;

/// Every check there is, in the order of the page.
pub fn judge(facts: &Facts) -> Vec<Check> {
    let groups = [
        program::judge(facts),
        machine::judge(facts),
        database::judge(facts),
        daemon::judge(facts),
        sound::judge(facts),
        heard::judge(facts),
        screen::judge(facts),
    ];
    groups.into_iter().flatten().collect()
}

/// A word or two beside a number.
fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

#[cfg(test)]
mod tests;
