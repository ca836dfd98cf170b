//! Points in time and civil days.
//!
//! A [`Moment`] keeps the UTC offset in which it was told, to the millisecond. Days that the law counts are always
//! days of China Standard Time (UTC+08:00, no daylight saving since 1991).

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// China Standard Time, in which the law counts its days.
const CHINA: Offset = Offset::constant(8);

/// A point in time with the UTC offset in which it was told, millisecond precision, written as RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
pub struct Moment {
    at: Timestamp,
    offset: Offset,
}

/// The text is no RFC 3339 time with an offset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time of the form 2026-03-11T15:00:00+08:00")]
pub struct NotAMoment(String);

impl Moment {
    /// The moment of `at`, told in China Standard Time, cut to milliseconds.
    #[must_use]
    pub fn china(at: Timestamp) -> Self {
        Self { at: to_millisecond(at), offset: CHINA }
    }

    /// The instant itself.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        self.at
    }

    /// The civil day in China Standard Time, the day that the law counts.
    #[must_use]
    pub fn day(self) -> Date {
        CHINA.to_datetime(self.at).date()
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn millisecond(self) -> i64 {
        self.at.as_millisecond()
    }

    /// The time from `earlier` to this moment; negative if this one is earlier.
    #[must_use]
    pub fn since(self, earlier: Self) -> SignedDuration {
        self.at.duration_since(earlier.at)
    }

    /// The wall clock in China Standard Time, as people write it: `2026-03-11 15:00`.
    #[must_use]
    pub fn china_clock(self) -> String {
        let civil = CHINA.to_datetime(self.at);
        format!("{} {:02}:{:02}", civil.date(), civil.hour(), civil.minute())
    }
}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Moment {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.cmp(&other.at).then(self.offset.seconds().cmp(&other.offset.seconds()))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.at.display_with_offset(self.offset))
    }
}

impl FromStr for Moment {
    type Err = NotAMoment;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || NotAMoment(text.chars().take(40).collect());
        let at: Timestamp = text.parse().map_err(|_| refused())?;
        let pieces = jiff::fmt::temporal::Pieces::parse(text).map_err(|_| refused())?;
        let offset = pieces.to_numeric_offset().ok_or_else(refused)?;
        Ok(Self { at: to_millisecond(at), offset })
    }
}

impl TryFrom<String> for Moment {
    type Error = NotAMoment;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        moment.to_string()
    }
}

fn to_millisecond(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

/// The first instant of a civil day in China Standard Time.
#[must_use]
pub fn start_of_day(day: Date) -> Option<Moment> {
    CHINA.to_timestamp(day.at(0, 0, 0, 0)).ok().map(Moment::china)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_civil_day_is_the_day_in_china() {
        let late: Moment = "2026-03-11T17:30:00Z".parse().unwrap();
        assert_eq!(late.day(), jiff::civil::date(2026, 3, 12));
    }

    #[test]
    fn the_offset_survives_a_round_trip() {
        let text = "2026-03-11T15:00:00.25+05:30";
        let moment: Moment = text.parse().unwrap();
        assert_eq!(moment.to_string(), text);
    }

    #[test]
    fn a_time_without_offset_is_refused() {
        assert!("2026-03-11T15:00:00".parse::<Moment>().is_err());
    }
}
