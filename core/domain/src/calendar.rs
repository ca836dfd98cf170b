//! Periods in days by the Civil Code, and the holidays as data.
//!
//! The first day is not counted (art. 201); a period ends at 24:00 of its last day, and if that day is a day of rest, at
//! 24:00 of the next working day (art. 203). Applied to these public-law periods by analogy.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde::Deserialize;

/// The holidays of the years that are known. A question about any other year is an error, never a guess.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    years: BTreeMap<i16, Year>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    year: i16,
    status: Status,
    source: String,
    #[serde(default)]
    holidays: Vec<Holiday>,
    #[serde(default)]
    working_weekends: Vec<WorkingDay>,
}

/// How firm the data of a year is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The State Council's yearly arrangement, with shifted working days.
    Official,
    /// Only the days that the holiday regulation names; the yearly arrangement is not published yet.
    StatutoryDaysOnly,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Holiday {
    #[expect(dead_code, reason = "read by people in the data file")]
    name: String,
    from: Day,
    to: Day,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct WorkingDay {
    date: Day,
}

/// A TOML date.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day(pub(crate) Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = toml::value::Datetime::deserialize(deserializer)?;
        value.to_string().parse().map(Day).map_err(serde::de::Error::custom)
    }
}

/// Why a calendar cannot answer or cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// No holiday data for the year.
    #[error("no holiday data for the year {year}; add schemas/holidays/{year}.toml")]
    UnknownYear {
        /// The year asked for.
        year: i16,
    },
    /// The file cannot be read.
    #[error("holiday file: {0}")]
    Malformed(String),
    /// A date beyond the calendar's arithmetic.
    #[error("the date is out of range")]
    OutOfRange,
}

impl Calendar {
    /// Adds one year from its TOML text; a later text for the same year wins.
    ///
    /// # Errors
    /// [`CalendarError::Malformed`] with the parser's message.
    pub fn add(&mut self, toml_text: &str) -> Result<(), CalendarError> {
        let year: Year = toml::from_str(toml_text).map_err(|e| CalendarError::Malformed(e.to_string()))?;
        self.years.insert(year.year, year);
        Ok(())
    }

    /// The years that are known, with the firmness and the source of each.
    pub fn years(&self) -> impl Iterator<Item = (i16, Status, &str)> {
        self.years.values().map(|y| (y.year, y.status, y.source.as_str()))
    }

    /// Whether `day` is a day of rest: a holiday, or a weekend day that was not made a working day.
    ///
    /// # Errors
    /// [`CalendarError::UnknownYear`].
    pub fn is_rest_day(&self, day: Date) -> Result<bool, CalendarError> {
        let year = self.years.get(&day.year()).ok_or(CalendarError::UnknownYear { year: day.year() })?;
        if year.holidays.iter().any(|h| h.from.0 <= day && day <= h.to.0) {
            return Ok(true);
        }
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        Ok(weekend && !year.working_weekends.iter().any(|w| w.date.0 == day))
    }

    /// The last day of a period of `days` that begins with an act on `start` (art. 201, 203). The period ends at 24:00.
    ///
    /// # Errors
    /// [`CalendarError::UnknownYear`], [`CalendarError::OutOfRange`].
    pub fn period_end(&self, start: Date, days: u16) -> Result<Date, CalendarError> {
        let mut last = plus_days(start, i64::from(days))?;
        while self.is_rest_day(last)? {
            last = plus_days(last, 1)?;
        }
        Ok(last)
    }

    /// The last of `days` working days after `start`.
    ///
    /// # Errors
    /// [`CalendarError::UnknownYear`], [`CalendarError::OutOfRange`].
    pub fn working_days_end(&self, start: Date, days: u16) -> Result<Date, CalendarError> {
        let mut last = start;
        for _ in 0..days {
            last = plus_days(last, 1)?;
            while self.is_rest_day(last)? {
                last = plus_days(last, 1)?;
            }
        }
        Ok(last)
    }
}

/// `day` moved by a number of calendar days.
///
/// # Errors
/// [`CalendarError::OutOfRange`].
pub fn plus_days(day: Date, days: i64) -> Result<Date, CalendarError> {
    day.checked_add(days.days()).map_err(|_| CalendarError::OutOfRange)
}

/// Whole calendar days from `from` to `to`; negative if `to` is earlier.
#[must_use]
pub fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn calendar_2026() -> Calendar {
        let mut calendar = Calendar::default();
        calendar.add(include_str!("../../../schemas/holidays/2026.toml")).unwrap();
        calendar
    }

    #[test]
    fn fifteen_days_from_the_twelfth_of_march_end_on_the_twenty_seventh() {
        assert_eq!(calendar_2026().period_end(date(2026, 3, 12), 15).unwrap(), date(2026, 3, 27));
    }

    #[test]
    fn a_period_that_ends_in_the_spring_festival_ends_after_it() {
        // 15 days from 2026-02-05 end on 02-20, inside the leave of 02-15 to 02-23.
        assert_eq!(calendar_2026().period_end(date(2026, 2, 5), 15).unwrap(), date(2026, 2, 24));
    }

    #[test]
    fn seven_working_days_from_the_third_of_april_end_on_the_fifteenth() {
        // 2026-04-03 is a Friday; 清明 leave from 04-04 to 04-06.
        assert_eq!(calendar_2026().working_days_end(date(2026, 4, 3), 7).unwrap(), date(2026, 4, 15));
        assert_eq!(calendar_2026().working_days_end(date(2026, 4, 3), 5).unwrap(), date(2026, 4, 13));
    }

    #[test]
    fn a_saturday_made_a_working_day_is_no_day_of_rest() {
        let calendar = calendar_2026();
        assert!(!calendar.is_rest_day(date(2026, 2, 28)).unwrap());
        assert!(calendar.is_rest_day(date(2026, 3, 7)).unwrap());
    }

    #[test]
    fn an_unknown_year_is_an_error() {
        assert_eq!(calendar_2026().is_rest_day(date(2031, 3, 3)), Err(CalendarError::UnknownYear { year: 2031 }));
    }
}
