//! 辖区与人员: jurisdictions by code, the masked name of every person, whose account is whose, who read whose data, and which files
//! were destroyed.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use siyi_domain::account::{AccountEvent, AccountOpened, PersonBound};
use siyi_domain::ids::{JurisdictionCode, Level, Line, PersonId};
use siyi_domain::jurisdiction::{ElectorateCounted, JurisdictionEvent, JurisdictionKind, ScopeFormed};
use siyi_domain::moment::Moment;
use siyi_domain::office::{Actor, RollKind};
use siyi_domain::procedure::{Adjustment, Procedure};
use siyi_domain::roster::{AdmissionEnded, PersonErased, PersonRestricted, ResidentStruck, RosterEvent};
use siyi_domain::rules::{Place, Rules};
use siyi_log::envelope::{DomainEvent, Recorded};
use uuid::Uuid;

use crate::mask::ERASED;
use crate::model::{ReadModel, Surroundings};
use crate::shelf::{Shelf, ShelfError, Writes};

/// The model.
#[derive(Debug)]
pub struct Directory;

/// A jurisdiction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JurisdictionRow {
    /// Code.
    pub code: JurisdictionCode,
    /// Name.
    pub name: String,
    /// Level.
    pub level: Level,
    /// Kind.
    pub kind: JurisdictionKind,
    /// Counts, once recorded.
    pub electorate: Option<ElectorateCounted>,
    /// Members of each roll in force.
    pub rolls: Vec<(RollKind, u32)>,
    /// Procedures that it has adopted, from which day on.
    pub adopted: Vec<(Date, String)>,
    /// What it has set more strictly, as JSON texts in the order in which it did.
    pub adjustments: Vec<String>,
    /// Its groups and courtyards.
    pub scopes: Vec<ScopeFormed>,
}

impl JurisdictionRow {
    /// The procedure that binds it on a day, before what it has set more strictly.
    #[must_use]
    pub fn procedure<'a>(&self, rules: &'a Rules, day: Date) -> Option<&'a Procedure> {
        let adopted = self.adopted.iter().rev().find(|(from, _)| *from <= day).map(|(_, id)| id.as_str());
        rules.in_force(Place { code: &self.code, kind: self.kind, adopted }, day)
    }

    /// What it has set more strictly.
    #[must_use]
    pub fn adjustments(&self) -> Vec<Adjustment> {
        self.adjustments.iter().filter_map(|text| serde_json::from_str(text).ok()).collect()
    }
}

/// 查阅: somebody read a person's data in clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// When.
    pub at: Moment,
    /// Who, in which office.
    pub actor: Actor,
    /// Which fields.
    pub fields: Vec<String>,
    /// Why.
    pub purpose: String,
}

fn texts(lines: &[Line]) -> Vec<String> {
    lines.iter().map(ToString::to_string).collect()
}

fn file_key(digest: &str) -> Vec<u8> {
    format!("f/{digest}").into_bytes()
}

/// The newest sorts first.
fn reading_key(person: PersonId, position: u64) -> Vec<u8> {
    [b"r/".as_slice(), person.0.as_bytes(), &(u64::MAX - position).to_be_bytes()].concat()
}

fn jurisdiction_key(code: &str) -> Vec<u8> {
    format!("j/{code}").into_bytes()
}

fn account_key(person: PersonId) -> Vec<u8> {
    [b"a/".as_slice(), person.0.as_bytes()].concat()
}

fn persons_key(account: Uuid) -> Vec<u8> {
    [b"o/".as_slice(), account.as_bytes()].concat()
}

fn person_key(person: PersonId) -> Vec<u8> {
    [b"p/".as_slice(), person.0.as_bytes()].concat()
}

impl ReadModel for Directory {
    const NAME: &'static str = "directory";
    const VERSION: u32 = 7;
    const NEEDS_NAMES: bool = true;

    fn wants(event_type: &str) -> bool {
        matches!(
            event_type,
            "jurisdiction-registered.v1"
                | "electorate-counted.v1"
                | "person-registered.v1"
                | "person-registered.v2"
                | "person-restricted.v1"
                | "person-erased.v1"
                | "roll-filed.v1"
                | "admission-ended.v1"
                | "resident-struck.v1"
                | "resident-readmitted.v1"
                | "procedure-adopted.v1"
                | "procedure-adjusted.v1"
                | "scope-formed.v1"
                | "account-opened.v1"
                | "person-bound.v1"
                | "account-closed.v1"
                | "personal-data-read.v1"
                | "file-disposed.v1"
        )
    }

    fn apply(events: &[Recorded], surroundings: &Surroundings, writes: &mut Writes<'_>) -> Result<(), ShelfError> {
        for recorded in events {
            match &recorded.event {
                DomainEvent::Jurisdiction(code, event) => apply_jurisdiction(code, event, writes)?,
                DomainEvent::Roster(_, RosterEvent::PersonRegistered(e)) => {
                    let name = surroundings.names.get(e.name.as_str());
                    writes.put(person_key(e.person), &name.map_or(ERASED, String::as_str))?;
                }
                DomainEvent::Roster(
                    _,
                    RosterEvent::PersonRestricted(PersonRestricted { person, .. })
                    | RosterEvent::PersonErased(PersonErased { person, .. }),
                ) => writes.put(person_key(*person), &ERASED)?,
                DomainEvent::Roster(_, RosterEvent::FileDisposed(e)) => {
                    writes.put(file_key(e.file.as_str()), &recorded.envelope.occurred_at.day())?;
                }
                DomainEvent::Roster(code, RosterEvent::RollFiled(e)) => {
                    change(code, writes, |row| {
                        row.rolls.retain(|(kind, _)| *kind != e.roll);
                        row.rolls.push((e.roll, e.members));
                        row.rolls.sort_unstable();
                    })?;
                }
                DomainEvent::Roster(
                    code,
                    RosterEvent::ResidentStruck(ResidentStruck { rolls, .. })
                    | RosterEvent::AdmissionEnded(AdmissionEnded { rolls, .. }),
                ) => resize(code, rolls, |members| members.saturating_sub(1), writes)?,
                DomainEvent::Roster(code, RosterEvent::ResidentReadmitted(e)) => {
                    resize(code, &e.rolls, |members| members.saturating_add(1), writes)?;
                }
                DomainEvent::Account(_, AccountEvent::PersonalDataRead(e)) => {
                    let (at, actor) = (recorded.envelope.recorded_at, recorded.envelope.actor);
                    let reading = Reading { at, actor, fields: texts(&e.fields), purpose: e.purpose.to_string() };
                    writes.put(reading_key(e.person, recorded.position.0), &reading)?;
                }
                DomainEvent::Account(account, event) => apply_account(*account, event, writes)?,
                DomainEvent::Roster(..) | DomainEvent::Consultation(..) => {}
            }
        }
        Ok(())
    }
}

fn apply_account(account: Uuid, event: &AccountEvent, writes: &mut Writes<'_>) -> Result<(), ShelfError> {
    match event {
        AccountEvent::AccountOpened(AccountOpened { person, .. })
        | AccountEvent::PersonBound(PersonBound { person, .. }) => {
            let mut persons = writes.row::<Vec<PersonId>>(&persons_key(account))?.unwrap_or_default();
            persons.push(*person);
            writes.put(persons_key(account), &persons)?;
            writes.put(account_key(*person), &account)
        }
        AccountEvent::AccountClosed(_) => {
            for person in writes.row::<Vec<PersonId>>(&persons_key(account))?.unwrap_or_default() {
                writes.remove(account_key(person));
            }
            writes.remove(persons_key(account));
            Ok(())
        }
        AccountEvent::SignInAdded(_) | AccountEvent::SignInRemoved(_) | AccountEvent::PersonalDataRead(_) => Ok(()),
    }
}

fn apply_jurisdiction(
    code: &JurisdictionCode,
    event: &JurisdictionEvent,
    writes: &mut Writes<'_>,
) -> Result<(), ShelfError> {
    match event {
        JurisdictionEvent::JurisdictionRegistered(e) => {
            let row = JurisdictionRow {
                code: e.code.clone(),
                name: e.name.to_string(),
                level: e.level,
                kind: e.kind,
                electorate: None,
                rolls: Vec::new(),
                adopted: Vec::new(),
                adjustments: Vec::new(),
                scopes: Vec::new(),
            };
            writes.put(jurisdiction_key(code.as_str()), &row)
        }
        JurisdictionEvent::ElectorateCounted(e) => change(code, writes, |row| row.electorate = Some(e.clone())),
        JurisdictionEvent::ProcedureAdopted(e) => change(code, writes, |row| {
            row.adopted.push((e.from, e.procedure.clone()));
        }),
        JurisdictionEvent::ProcedureAdjusted(e) => {
            let text = serde_json::to_string(&e.adjustment).unwrap_or_default();
            change(code, writes, |row| row.adjustments.push(text))
        }
        JurisdictionEvent::ScopeFormed(e) => change(code, writes, |row| {
            row.scopes.retain(|scope| scope.scope != e.scope);
            row.scopes.push(e.clone());
        }),
        JurisdictionEvent::RepresentativesAuthorised(_)
        | JurisdictionEvent::RoutineDone(_)
        | JurisdictionEvent::JointConferenceHeld(_)
        | JurisdictionEvent::ActionItemClosed(_)
        | JurisdictionEvent::VillageFlagClosed(_) => Ok(()),
    }
}

/// Rolls have one member more or less, without being filed anew.
fn resize(
    code: &JurisdictionCode,
    rolls: &[RollKind],
    to: fn(u32) -> u32,
    writes: &mut Writes<'_>,
) -> Result<(), ShelfError> {
    change(code, writes, |row| {
        row.rolls.iter_mut().filter(|(kind, _)| rolls.contains(kind)).for_each(|(_, members)| *members = to(*members));
    })
}

fn change(
    code: &JurisdictionCode,
    writes: &mut Writes<'_>,
    with: impl FnOnce(&mut JurisdictionRow),
) -> Result<(), ShelfError> {
    let key = jurisdiction_key(code.as_str());
    if let Some(mut row) = writes.row::<JurisdictionRow>(&key)? {
        with(&mut row);
        writes.put(key, &row)?;
    }
    Ok(())
}

/// The jurisdiction with this code.
///
/// # Errors
/// [`ShelfError`].
pub fn jurisdiction(shelf: &Shelf, code: &JurisdictionCode) -> Result<Option<JurisdictionRow>, ShelfError> {
    shelf.row(&jurisdiction_key(code.as_str()))
}

/// Jurisdictions in a subtree in code order, after `after`, at most `limit`; all of one level if `level` is given.
///
/// # Errors
/// [`ShelfError`].
pub fn jurisdictions(
    shelf: &Shelf,
    within: Option<&JurisdictionCode>,
    level: Option<Level>,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<JurisdictionRow>, ShelfError> {
    let prefix = jurisdiction_key(within.map_or("", JurisdictionCode::prefix));
    let floor = after.map(jurisdiction_key).unwrap_or_default();
    let mut rows = Vec::new();
    for row in shelf.range(prefix.clone().max(floor.clone())..) {
        let (key, value) = row?;
        if !key.starts_with(&prefix) || rows.len() == limit {
            break;
        }
        if key.as_ref() == floor.as_slice() {
            continue;
        }
        let row: JurisdictionRow = postcard::from_bytes(&value)?;
        if level.is_none_or(|level| row.level == level) {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// Jurisdictions next below `within`, or the topmost ones, in code order, at most `limit`. A level that nobody registered is
/// passed over, so that a county without its prefecture hangs directly below the province.
///
/// # Errors
/// [`ShelfError`].
pub fn children(
    shelf: &Shelf,
    within: Option<&JurisdictionCode>,
    limit: usize,
) -> Result<Vec<JurisdictionRow>, ShelfError> {
    let prefix = jurisdiction_key(within.map_or("", JurisdictionCode::prefix));
    let mut from = within.map_or_else(|| prefix.clone(), |code| jurisdiction_key(&format!("{code}!")));
    let mut rows: Vec<JurisdictionRow> = Vec::new();
    while let Some(row) = shelf.range(from..).next() {
        let (key, value) = row?;
        if !key.starts_with(&prefix) || rows.len() == limit {
            break;
        }
        let row: JurisdictionRow = postcard::from_bytes(&value)?;
        // A unit sorts before all below it; `~` sorts after every digit.
        from = jurisdiction_key(&format!("{}~", row.code.prefix()));
        rows.push(row);
    }
    Ok(rows)
}

/// The masked name of a person; 已删除 where nobody knows it.
///
/// # Errors
/// [`ShelfError`].
pub fn masked_name(shelf: &Shelf, person: PersonId) -> Result<String, ShelfError> {
    Ok(shelf.row(&person_key(person))?.unwrap_or_else(|| ERASED.to_owned()))
}

/// The account that acts as a person; none where there is none or it was closed.
///
/// # Errors
/// [`ShelfError`].
pub fn account_of(shelf: &Shelf, person: PersonId) -> Result<Option<Uuid>, ShelfError> {
    shelf.row(&account_key(person))
}

/// Who read a person's data in clear, the newest first, at most `limit`.
///
/// # Errors
/// [`ShelfError`].
pub fn readings(shelf: &Shelf, person: PersonId, limit: usize) -> Result<Vec<Reading>, ShelfError> {
    let prefix = [b"r/".as_slice(), person.0.as_bytes()].concat();
    shelf.scan(&prefix).take(limit).map(|row| Ok(postcard::from_bytes(&row?.1)?)).collect()
}

/// 销毁: when the file of this SHA-256, hexadecimal, was destroyed; none where nobody said so.
///
/// # Errors
/// [`ShelfError`].
pub fn disposed_on(shelf: &Shelf, digest: &str) -> Result<Option<Date>, ShelfError> {
    shelf.row(&file_key(digest))
}
