//! The desk at which a batch of events is looked through: what is known of matters and villages, and the flags raised.

use std::collections::HashMap;

use siyi_domain::consultation::facts::FlagPattern;
use siyi_domain::ids::{ConsultationId, JurisdictionCode};
use siyi_domain::procedure::Procedure;
use siyi_domain::rules::Rules;
use siyi_log::envelope::Recorded;

use super::counts;
use super::flag::{Closing, Evidence, FlagRow, MAX_EVIDENCE, MAX_PERSONS, Sighting};
use super::matter::MatterRow;
use super::village::VillageRow;
use crate::shelf::{ShelfError, Writes};

pub(super) fn flag_key(code: &JurisdictionCode, pattern: FlagPattern, subject: &str) -> Vec<u8> {
    format!("f/{code}/{}/{subject}", pattern.as_str()).into_bytes()
}

/// The keys of the flags that a matter is evidence of.
pub(super) fn index_key(id: ConsultationId) -> Vec<u8> {
    [b"i".as_slice(), id.0.as_bytes()].concat()
}

fn matter_key(id: ConsultationId) -> Vec<u8> {
    [b"m".as_slice(), id.0.as_bytes()].concat()
}

fn village_key(code: &JurisdictionCode) -> Vec<u8> {
    format!("v/{code}").into_bytes()
}

/// What a batch has in hand. Rows are read once and written once, however many events of the batch touch them.
pub(super) struct Desk<'a, 'b> {
    pub(super) rules: &'a Rules,
    pub(super) writes: &'a mut Writes<'b>,
    matters: HashMap<ConsultationId, MatterRow>,
    villages: HashMap<JurisdictionCode, VillageRow>,
}

impl<'a, 'b> Desk<'a, 'b> {
    pub(super) fn new(rules: &'a Rules, writes: &'a mut Writes<'b>) -> Self {
        Self { rules, writes, matters: HashMap::new(), villages: HashMap::new() }
    }

    /// Takes a matter's row off the desk; [`Desk::put_matter`] lays it back.
    pub(super) fn take_matter(&mut self, id: ConsultationId) -> Result<Option<MatterRow>, ShelfError> {
        match self.matters.remove(&id) {
            Some(row) => Ok(Some(row)),
            None => self.writes.row(&matter_key(id)),
        }
    }

    pub(super) fn put_matter(&mut self, id: ConsultationId, row: MatterRow) {
        self.matters.insert(id, row);
    }

    /// Takes a village's row off the desk; [`Desk::put_village`] lays it back.
    pub(super) fn take_village(&mut self, code: &JurisdictionCode) -> Result<VillageRow, ShelfError> {
        match self.villages.remove(code) {
            Some(row) => Ok(row),
            None => Ok(self.writes.row(&village_key(code))?.unwrap_or_default()),
        }
    }

    pub(super) fn put_village(&mut self, code: &JurisdictionCode, row: VillageRow) {
        self.villages.insert(code.clone(), row);
    }

    /// Writes what the batch has changed.
    pub(super) fn clear(self) -> Result<(), ShelfError> {
        for (id, row) in self.matters {
            self.writes.put(matter_key(id), &row)?;
        }
        for (code, row) in self.villages {
            self.writes.put(village_key(&code), &row)?;
        }
        Ok(())
    }

    /// The pack that binds a matter on the day of an event.
    pub(super) fn pack(&self, matter: &MatterRow, recorded: &Recorded) -> Option<&'a Procedure> {
        self.rules.binding(&matter.procedure, recorded.envelope.occurred_at.day())
    }

    /// Raises a flag, or adds to the one of the same pattern and subject.
    pub(super) fn raise(
        &mut self,
        code: &JurisdictionCode,
        matter: Option<ConsultationId>,
        recorded: &Recorded,
        sighting: Sighting,
    ) -> Result<(), ShelfError> {
        let key = flag_key(code, sighting.pattern, &sighting.subject);
        let before: Option<FlagRow> = self.writes.row(&key)?;
        let mut row = before.clone().unwrap_or_else(|| FlagRow {
            pattern: sighting.pattern,
            jurisdiction: code.clone(),
            matter,
            subject: sighting.subject.clone(),
            severity: sighting.severity,
            evidence: Vec::new(),
            figures: Vec::new(),
            persons: Vec::new(),
            raised_at: recorded.envelope.recorded_at,
            position: recorded.position,
            closings: Vec::new(),
        });
        for evidence in sighting.evidence {
            let fresh = !row.evidence.iter().any(|known| known.event == evidence.event);
            // What the flag has known already lies before its closing and does not open it again.
            row.position = row.position.max(evidence.position);
            if fresh && row.evidence.len() < MAX_EVIDENCE {
                self.index(evidence.matter, &key)?;
                row.evidence.push(evidence);
            }
        }
        row.severity = row.severity.max(sighting.severity);
        for (name, value) in sighting.figures {
            match row.figures.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value,
                None => row.figures.push((name, value)),
            }
        }
        for person in sighting.persons {
            if !row.persons.contains(&person) && row.persons.len() < MAX_PERSONS {
                row.persons.push(person);
            }
        }
        self.index(matter, &key)?;
        counts::moved(before.as_ref(), &row, self.writes)?;
        self.writes.put(key, &row)
    }

    fn index(&mut self, matter: Option<ConsultationId>, flag: &[u8]) -> Result<(), ShelfError> {
        let Some(id) = matter else { return Ok(()) };
        let mut keys: Vec<Vec<u8>> = self.writes.row(&index_key(id))?.unwrap_or_default();
        if keys.iter().any(|known| known == flag) {
            return Ok(());
        }
        keys.push(flag.to_vec());
        self.writes.put(index_key(id), &keys)
    }

    /// Closes the flags of a matter that are of a pattern.
    pub(super) fn close_of_matter(
        &mut self,
        id: ConsultationId,
        pattern: FlagPattern,
        reason: &str,
        recorded: &Recorded,
    ) -> Result<(), ShelfError> {
        let keys: Vec<Vec<u8>> = self.writes.row(&index_key(id))?.unwrap_or_default();
        for key in keys {
            let row: Option<FlagRow> = self.writes.row(&key)?;
            if row.as_ref().is_some_and(|row| row.pattern == pattern && row.matter == Some(id)) {
                self.close(key, row, reason, recorded)?;
            }
        }
        Ok(())
    }

    /// Closes the flag of a village that has this name.
    pub(super) fn close_of_village(
        &mut self,
        code: &JurisdictionCode,
        pattern: FlagPattern,
        subject: &str,
        reason: &str,
        recorded: &Recorded,
    ) -> Result<(), ShelfError> {
        let key = flag_key(code, pattern, subject);
        let row = self.writes.row(&key)?;
        self.close(key, row, reason, recorded)
    }

    fn close(
        &mut self,
        key: Vec<u8>,
        row: Option<FlagRow>,
        reason: &str,
        recorded: &Recorded,
    ) -> Result<(), ShelfError> {
        let Some(before) = row else { return Ok(()) };
        let envelope = &recorded.envelope;
        let mut after = before.clone();
        after.closings.push(Closing {
            office: envelope.actor.office,
            person: envelope.actor.person,
            at: envelope.occurred_at,
            reason: reason.to_owned(),
            position: recorded.position,
        });
        counts::moved(Some(&before), &after, self.writes)?;
        self.writes.put(key, &after)
    }
}

/// A matter at which an event of it is looked at: what every pattern needs.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) id: ConsultationId,
    pub(super) recorded: &'a Recorded,
}

impl Seen<'_> {
    pub(super) fn evidence(&self) -> Evidence {
        Evidence::of(self.recorded, Some(self.id))
    }

    /// The day of the act.
    pub(super) fn day(&self) -> jiff::civil::Date {
        self.recorded.envelope.occurred_at.day()
    }

    /// The subject of a flag of this matter.
    pub(super) fn subject(&self, what: impl std::fmt::Display) -> String {
        format!("{}/{what}", self.id)
    }
}
