//! All rule data that a decision may look at: laws, procedures, matters, holidays, retention.

use jiff::civil::Date;
use toml::Table;

use crate::calendar::{Calendar, CalendarError};
use crate::ids::JurisdictionCode;
use crate::jurisdiction::JurisdictionKind;
use crate::laws::Laws;
use crate::matters::Catalogue;
use crate::procedure::{Procedure, ProcedureError, merged};
use crate::retention::{Retention, RetentionError};

mod shipped;

/// The rule data in force in a process. Loaded once at start; never changed by an event.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The laws and papers that numbers cite.
    pub laws: Laws,
    procedures: Vec<Procedure>,
    tables: Vec<Table>,
    crossings: Vec<Crossing>,
    /// The catalogue of matters.
    pub matters: Catalogue,
    /// Holidays.
    pub calendar: Calendar,
    /// How long records and the personal fields in them are kept.
    pub retention: Retention,
}

/// A pack as it binds its matters after it was succeeded.
#[derive(Debug, Clone)]
struct Crossing {
    raised_under: String,
    from: Date,
    pack: Procedure,
}

/// Why rule data cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// A law is malformed.
    #[error("laws: {0}")]
    Laws(String),
    /// A procedure is malformed.
    #[error(transparent)]
    Procedure(#[from] ProcedureError),
    /// A holiday file is malformed.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// The catalogue is malformed.
    #[error("catalogue of matters: {0}")]
    Matters(String),
    /// The schedule of retention is malformed.
    #[error(transparent)]
    Retention(#[from] RetentionError),
}

/// What of a place decides which procedure binds it.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Its code.
    pub code: &'a JurisdictionCode,
    /// Its kind.
    pub kind: JurisdictionKind,
    /// The pack that it has adopted, if any.
    pub adopted: Option<&'a str>,
}

impl Rules {
    /// The data that ships with Siyi, from `schemas/`.
    ///
    /// # Errors
    /// [`RulesError`] if a shipped file is malformed, which a test excludes.
    pub fn shipped() -> Result<Self, RulesError> {
        let mut calendar = Calendar::default();
        shipped::HOLIDAYS.iter().try_for_each(|text| calendar.add(text))?;
        let laws = Laws::parse(shipped::LAWS.iter().copied()).map_err(RulesError::Laws)?;
        let matters = Catalogue::parse(shipped::MATTERS).map_err(RulesError::Matters)?;
        let (procedures, tables, crossings) = (Vec::new(), Vec::new(), Vec::new());
        let retention = Retention::shipped()?;
        let mut rules = Self { laws, procedures, tables, crossings, matters, calendar, retention };
        for text in shipped::PROCEDURES {
            rules.insert(text)?;
        }
        rules.crossings = rules.all_crossings();
        Ok(rules)
    }

    /// Adds a pack, which may rest on one that is there already (`base`).
    ///
    /// # Errors
    /// [`ProcedureError`], also where it binds the same places on the same days as another.
    pub fn add_procedure(&mut self, toml_text: &str) -> Result<(), ProcedureError> {
        self.insert(toml_text)?;
        self.crossings = self.all_crossings();
        Ok(())
    }

    fn insert(&mut self, toml_text: &str) -> Result<(), ProcedureError> {
        let (table, pack) = self.read_procedure(toml_text)?;
        check_overlap(&pack, self.procedures.iter())?;
        self.tables.push(table);
        self.procedures.push(pack);
        Ok(())
    }

    /// Reads and checks a pack without adding it; one of its id would make way for it.
    ///
    /// # Errors
    /// [`ProcedureError`].
    pub fn check_procedure(&self, toml_text: &str) -> Result<Procedure, ProcedureError> {
        let (_, pack) = self.read_procedure(toml_text)?;
        check_overlap(&pack, self.procedures.iter().filter(|other| other.id != pack.id))?;
        Ok(pack)
    }

    fn read_procedure(&self, toml_text: &str) -> Result<(Table, Procedure), ProcedureError> {
        let mut own: Table =
            toml_text.parse().map_err(|e: toml::de::Error| ProcedureError::Malformed(e.to_string()))?;
        let table = match own.remove("base") {
            None => own,
            Some(base) => {
                let named = |table: &&Table| table.get("id") == Some(&base);
                let base = self.tables.iter().find(named).ok_or_else(|| {
                    ProcedureError::Incomplete(format!("the base {base} is no pack that was loaded before"))
                })?;
                merged(base.clone(), own)
            }
        };
        let pack = Procedure::from_table(table.clone(), &self.laws)?;
        Ok((table, pack))
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

    /// The procedure that binds a place on a day: the one that it has adopted, else the one of the smallest region around it.
    #[must_use]
    pub fn in_force(&self, place: Place<'_>, day: Date) -> Option<&Procedure> {
        let binds = |pack: &&Procedure| pack.in_force_on(day) && pack.applies_to.contains(&place.kind);
        if let Some(adopted) = place.adopted.and_then(|id| self.procedure(id)).filter(binds) {
            return Some(adopted);
        }
        let by_region = self.procedures.iter().filter(|pack| binds(pack) && !pack.by_adoption);
        by_region
            .filter_map(|pack| Some((region(pack, place.code)?, pack)))
            .max_by_key(|(digits, _)| *digits)
            .map(|(_, p)| p)
    }

    /// The procedure as it binds, on a day, a matter that was raised under the pack `id`.
    #[must_use]
    pub fn binding(&self, id: &str, day: Date) -> Option<&Procedure> {
        let crossed = self.crossings.iter().filter(|c| c.raised_under == id && c.from <= day).max_by_key(|c| c.from);
        crossed.map(|crossing| &crossing.pack).or_else(|| self.procedure(id))
    }

    fn all_crossings(&self) -> Vec<Crossing> {
        let mut crossings = Vec::new();
        for pack in &self.procedures {
            let mut at = pack.clone();
            let mut left = self.procedures.len();
            while let Some(next) = at.succeeded_by.as_deref().and_then(|id| self.procedure(id)).filter(|_| left > 0) {
                let mut crossed = at.crossed_into(next);
                crossed.succeeded_by.clone_from(&next.succeeded_by);
                crossings.push(Crossing {
                    raised_under: pack.id.clone(),
                    from: next.effective_from(),
                    pack: crossed.clone(),
                });
                at = crossed;
                left -= 1;
            }
        }
        crossings
    }
}

/// How many digits of a place's code a pack's region shares; `None` where the place lies outside it.
fn region(pack: &Procedure, code: &JurisdictionCode) -> Option<usize> {
    if pack.region_prefixes.is_empty() {
        return Some(0);
    }
    let around = pack.region_prefixes.iter().filter(|prefix| code.as_str().starts_with(prefix.as_str()));
    around.map(String::len).max()
}

fn check_overlap<'a>(pack: &Procedure, others: impl Iterator<Item = &'a Procedure>) -> Result<(), ProcedureError> {
    for other in others {
        if let Some(from) = overlap(pack, other) {
            let [pack, other] = [&pack.id, &other.id].map(Clone::clone);
            return Err(ProcedureError::Overlap { pack, other, from: from.to_string() });
        }
    }
    Ok(())
}

/// The first day on which two packs bind the same region and kind; a pack by adoption binds nobody by itself.
fn overlap(one: &Procedure, other: &Procedure) -> Option<Date> {
    let same_places = one.region_prefixes == other.region_prefixes
        && one.applies_to.iter().any(|kind| other.applies_to.contains(kind))
        && !one.by_adoption
        && !other.by_adoption;
    let from = one.effective_from().max(other.effective_from());
    ((same_places || one.id == other.id) && one.in_force_on(from) && other.in_force_on(from)).then_some(from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn village(code: &str) -> JurisdictionCode {
        code.parse().unwrap()
    }

    #[test]
    fn the_shipped_data_loads() {
        let rules = Rules::shipped().unwrap();
        assert!(rules.calendar.years().any(|(year, ..)| year == 2026));
    }

    #[test]
    fn the_law_changes_with_the_year_2026() {
        let rules = Rules::shipped().unwrap();
        let code = village("411502001003");
        let in_force = |kind, day| {
            let place = Place { code: &code, kind, adopted: None };
            rules.in_force(place, day).map(|pack| pack.id.as_str())
        };
        assert_eq!(in_force(JurisdictionKind::Village, date(2025, 12, 31)), Some("rural/HN/2018"));
        assert_eq!(in_force(JurisdictionKind::Village, date(2026, 1, 1)), Some("rural/HN/2026"));
        assert_eq!(in_force(JurisdictionKind::Community, date(2025, 12, 31)), Some("urban/HN/2018"));
        assert_eq!(in_force(JurisdictionKind::Community, date(2026, 1, 1)), Some("urban/HN/2026"));
        assert_eq!(in_force(JurisdictionKind::Village, date(2009, 1, 1)), None);
    }

    #[test]
    fn a_smaller_region_goes_before_a_larger_one_and_adoption_before_both() {
        let rules = Rules::shipped().unwrap();
        let ninghai = village("330226101201");
        let place = Place { code: &ninghai, kind: JurisdictionKind::Village, adopted: None };
        assert_eq!(rules.in_force(place, date(2026, 3, 1)).map(|p| p.id.as_str()), Some("rural/NH/2026"));
        let henan = village("411502001003");
        let place = Place { code: &henan, kind: JurisdictionKind::Village, adopted: Some("rural/4d2d-1s/2026") };
        assert_eq!(rules.in_force(place, date(2026, 3, 1)).map(|p| p.id.as_str()), Some("rural/4d2d-1s/2026"));
    }
}
