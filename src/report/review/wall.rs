//! When a call began, as the clock on its agent's wall showed it. Reads no
//! clock itself, and does not care where the reader lives.

use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use jiff::{Timestamp, Zoned};

/// A moment with the offset from UTC that held where it was noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wall {
    at: Timestamp,
    offset: Offset,
}

impl Wall {
    /// The moment, on a wall with this offset from UTC.
    pub const fn new(at: Timestamp, offset: Offset) -> Self {
        Self { at, offset }
    }

    /// The moment itself, the same everywhere.
    pub const fn timestamp(self) -> Timestamp {
        self.at
    }

    /// The date on that wall.
    pub fn date(self) -> Date {
        self.civil().date()
    }

    /// Hours and minutes on that wall: `09:14`.
    pub fn clock(self) -> String {
        self.civil().strftime("%H:%M").to_string()
    }

    /// For the name of a file: `2026-11-22_091455`.
    pub fn stamp(self) -> String {
        self.civil().strftime("%Y-%m-%d_%H%M%S").to_string()
    }

    /// Reads RFC 3339; none where it is not a date, a time and an offset.
    pub fn parse(text: &str) -> Option<Self> {
        let pieces = Pieces::parse(text).ok()?;
        let offset = pieces.to_numeric_offset()?;
        let civil = DateTime::from_parts(pieces.date(), pieces.time()?);
        Some(Self { at: offset.to_timestamp(civil).ok()?, offset })
    }

    fn civil(self) -> DateTime {
        self.offset.to_datetime(self.at)
    }
}

impl From<&Zoned> for Wall {
    fn from(zoned: &Zoned) -> Self {
        Self { at: zoned.timestamp(), offset: zoned.offset() }
    }
}

impl fmt::Display for Wall {
    /// RFC 3339: `2026-11-22T09:14:55+01:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.at.display_with_offset(self.offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_keeps_the_wall_it_was_read_from() {
        let wall = Wall::parse("2026-11-22T23:59:59+05:30").unwrap();
        assert_eq!(wall.to_string(), "2026-11-22T23:59:59+05:30");
        assert_eq!((wall.clock(), wall.stamp()), ("23:59".into(), "2026-11-22_235959".into()));
        assert_eq!(wall.timestamp().to_string(), "2026-11-22T18:29:59Z");
    }

    #[test]
    fn the_date_is_that_of_the_wall_and_not_of_greenwich() {
        assert_eq!(Wall::parse("2026-11-23T00:30:00+02:00").unwrap().date().to_string(), "2026-11-23");
    }

    #[test]
    fn a_moment_without_its_offset_is_none() {
        for text in ["2026-11-22T09:14:55", "2026-11-22", "yesterday", "", "2026-13-40T00:00:00Z"] {
            assert_eq!(Wall::parse(text), None, "{text}");
        }
    }
}
