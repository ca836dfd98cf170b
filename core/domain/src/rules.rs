//! All rule data that a decision may look at: procedures, matters, holidays.

use jiff::civil::Date;

use crate::calendar::{Calendar, CalendarError};
use crate::ids::JurisdictionCode;
use crate::jurisdiction::JurisdictionKind;
use crate::matters::Catalogue;
use crate::procedure::{Procedure, ProcedureError};

/// The rule data in force in a process. Loaded once at start; never changed by an event.
#[derive(Debug, Clone)]
pub struct Rules {
    procedures: Vec<Procedure>,
    /// The catalogue of matters.
    pub matters: Catalogue,
    /// Holidays.
    pub calendar: Calendar,
}

/// Why rule data cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// A procedure is malformed.
    #[error(transparent)]
    Procedure(#[from] ProcedureError),
    /// A holiday file is malformed.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// The catalogue is malformed.
    #[error("catalogue of matters: {0}")]
    Matters(String),
}

impl Rules {
    /// The data that ships with Siyi, from `schemas/`.
    ///
    /// # Errors
    /// [`RulesError`] if a shipped file is malformed, which a test excludes.
    pub fn shipped() -> Result<Self, RulesError> {
        let mut calendar = Calendar::default();
        calendar.add(include_str!("../../../schemas/holidays/2025.toml"))?;
        calendar.add(include_str!("../../../schemas/holidays/2026.toml"))?;
        calendar.add(include_str!("../../../schemas/holidays/2027.toml"))?;
        let matters =
            Catalogue::parse(include_str!("../../../schemas/matters/henan.toml")).map_err(RulesError::Matters)?;
        let procedures = vec![Procedure::parse(include_str!("../../../schemas/procedures/rural-HN-2026.toml"))?];
        Ok(Self { procedures, matters, calendar })
    }

    /// All procedures.
    pub fn procedures(&self) -> impl Iterator<Item = &Procedure> {
        self.procedures.iter()
    }

    /// The procedure with this id.
    #[must_use]
    pub fn procedure(&self, id: &str) -> Option<&Procedure> {
        self.procedures.iter().find(|pack| pack.id == id)
    }

    /// The procedure in force for a jurisdiction of this kind on a day.
    #[must_use]
    pub fn in_force(&self, code: &JurisdictionCode, kind: JurisdictionKind, day: Date) -> Option<&Procedure> {
        self.procedures.iter().find(|pack| {
            let regional = pack.region_prefixes.iter().any(|prefix| code.as_str().starts_with(prefix.as_str()));
            pack.in_force_on(day) && pack.applies_to.contains(&kind) && (pack.region_prefixes.is_empty() || regional)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_shipped_data_loads() {
        let rules = Rules::shipped().unwrap();
        assert_eq!(rules.calendar.years().map(|(year, ..)| year).collect::<Vec<_>>(), [2025, 2026, 2027]);
    }

    #[test]
    fn no_procedure_is_in_force_before_its_first_day() {
        let rules = Rules::shipped().unwrap();
        let village: JurisdictionCode = "411502001003".parse().unwrap();
        let kind = JurisdictionKind::Village;
        assert!(rules.in_force(&village, kind, date(2025, 12, 31)).is_none());
        assert!(rules.in_force(&village, kind, date(2026, 1, 1)).is_some());
        assert!(rules.in_force(&village, JurisdictionKind::Community, date(2026, 1, 1)).is_none());
    }
}
