//! 名册: who the people of a village are and on which rolls they stand. Stream `roster-<code>`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::event_enum::events;
use crate::ids::{HouseholdNo, JurisdictionCode, PersonId, Sealed};
use crate::jurisdiction::Jurisdiction;
use crate::office::{Post, RollKind, Sex};
use crate::procedure::{Base, Procedure};
use crate::refusal::{Refusal, RefusalCode};
use crate::tally::Test;

mod file_roll;

pub(crate) use file_roll::check_whole;
pub use file_roll::{MAX_ROLL_MEMBERS, PART_MEMBERS};

/// Commands to a roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RosterCommand {
    /// Give people their identifiers.
    RegisterPersons(RegisterPersons),
    /// Record that two people are near relatives.
    DeclareKinship(DeclareKinship),
    /// File a roll; it replaces the one filed before.
    FileRoll(FileRoll),
}

/// Give people their identifiers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegisterPersons {
    /// The people, at most [`MAX_PERSONS`].
    pub persons: Vec<NewPerson>,
}

/// Most people in one `RegisterPersons`.
pub const MAX_PERSONS: usize = 200;

/// A person to register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewPerson {
    /// A random identifier.
    pub person: PersonId,
    /// The name; sealed before the domain sees it.
    pub name: Sealed,
    /// Sex, for the composition rules.
    pub sex: Sex,
}

/// Near relatives by Civil Code art. 1045.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kinship {
    /// 配偶
    Spouse,
    /// 父母子女
    ParentChild,
    /// 兄弟姐妹
    Sibling,
    /// 祖父母、外祖父母与孙子女、外孙子女
    GrandparentGrandchild,
}

/// Record that two people are near relatives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeclareKinship {
    /// One of them.
    pub person: PersonId,
    /// The other.
    pub relative: PersonId,
    /// How.
    pub kinship: Kinship,
}

/// File a roll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileRoll {
    /// Which.
    pub roll: RollKind,
    /// Its members.
    pub members: Vec<RollMember>,
}

/// One entry of a roll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RollMember {
    /// Who.
    pub person: PersonId,
    /// The post, in a body that has posts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub post: Option<Post>,
    /// 预备党员: attends and does not vote.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub probationary: bool,
    /// 村民小组
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub group: Option<u16>,
    /// The household.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub household: Option<HouseholdNo>,
}

/// `person-registered.v1`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PersonRegistered {
    /// Who.
    pub person: PersonId,
    /// Digest of the name.
    pub name: Sealed,
    /// Sex.
    pub sex: Sex,
}

/// `kinship-declared.v1`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KinshipDeclared {
    /// One of them.
    pub person: PersonId,
    /// The other.
    pub relative: PersonId,
    /// How.
    pub kinship: Kinship,
}

/// `roll-members-listed.v1`: a part of a roll, so that each event stays under its limit of bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RollMembersListed {
    /// Which roll.
    pub roll: RollKind,
    /// Part number from 1.
    pub part: u16,
    /// The members of this part.
    pub members: Vec<RollMember>,
}

/// `roll-filed.v1`: the parts before it are complete and bind from here on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RollFiled {
    /// Which roll.
    pub roll: RollKind,
    /// How many parts it has.
    pub parts: u16,
    /// How many members.
    pub members: u32,
    /// The composition figures, where the law has rules for them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub composition: Vec<Test>,
}

events! {
    /// Events of a roster.
    RosterEvent,
    current {
        PersonRegistered = "person-registered.v1",
        KinshipDeclared = "kinship-declared.v1",
        RollMembersListed = "roll-members-listed.v1",
        RollFiled = "roll-filed.v1",
    }
    upcast {}
}

/// A registered person as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Digest of the name.
    pub name: Sealed,
    /// Sex.
    pub sex: Sex,
}

/// A roster as its events tell it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    /// All registered people.
    pub persons: BTreeMap<PersonId, Person>,
    /// The rolls in force.
    pub rolls: BTreeMap<RollKind, Vec<RollMember>>,
    kin: BTreeSet<(PersonId, PersonId)>,
    listed: Vec<RollMember>,
}

impl Roster {
    /// The state after one more event.
    #[must_use]
    pub fn evolve(mut self, event: &RosterEvent) -> Self {
        match event {
            RosterEvent::PersonRegistered(e) => {
                self.persons.insert(e.person, Person { name: e.name.clone(), sex: e.sex });
            }
            RosterEvent::KinshipDeclared(e) => {
                self.kin.insert((e.person.min(e.relative), e.person.max(e.relative)));
            }
            RosterEvent::RollMembersListed(e) => self.listed.extend(e.members.iter().cloned()),
            RosterEvent::RollFiled(e) => {
                let members = std::mem::take(&mut self.listed);
                self.rolls.insert(e.roll, members);
            }
        }
        self
    }

    /// The members of a roll; empty if none is filed.
    #[must_use]
    pub fn roll(&self, kind: RollKind) -> &[RollMember] {
        self.rolls.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// Whether a person stands on a roll.
    #[must_use]
    pub fn is_on(&self, kind: RollKind, person: PersonId) -> bool {
        self.roll(kind).iter().any(|member| member.person == person)
    }

    /// How many of `persons`, each counted once, stand on a roll.
    #[must_use]
    pub fn count_on(&self, kind: RollKind, persons: &[PersonId]) -> u64 {
        let distinct: BTreeSet<_> = persons.iter().filter(|person| self.is_on(kind, **person)).collect();
        distinct.len() as u64
    }

    /// The distinct persons of several rolls: who holds two seats counts once.
    #[must_use]
    pub fn distinct(&self, kinds: &[RollKind], voting_only: bool) -> BTreeSet<PersonId> {
        let members = kinds.iter().flat_map(|kind| self.roll(*kind));
        members.filter(|m| !(voting_only && m.probationary)).map(|m| m.person).collect()
    }

    /// Whether two people are near relatives.
    #[must_use]
    pub fn are_kin(&self, one: PersonId, other: PersonId) -> bool {
        self.kin.contains(&(one.min(other), one.max(other)))
    }

    /// The composition of the representatives' meeting, computed by the rules of a procedure (VL-2025 art. 29).
    #[must_use]
    pub fn composition(&self, procedure: &Procedure) -> Vec<Test> {
        let members = self.distinct(&[RollKind::Representatives, RollKind::VillageCommittee], false).len() as u64;
        let representatives = self.distinct(&[RollKind::Representatives], false);
        let is_woman = |person: &&PersonId| self.persons.get(person).is_some_and(|p| p.sex == Sex::Female);
        let women = representatives.iter().filter(is_woman).count() as u64;
        let rules = &procedure.rolls;
        vec![
            Test::of("representatives", representatives.len() as u64, members, &rules.representatives_share),
            Test::of("women_representatives", women, members, &rules.women_representatives_share),
        ]
    }
}

/// What a command to the roster of `code` leads to.
///
/// # Errors
/// The [`Refusal`] that stands in the way.
pub fn decide(
    state: &Roster,
    code: &JurisdictionCode,
    jurisdiction: &Jurisdiction,
    command: &RosterCommand,
    context: &Context<'_>,
) -> Result<Vec<RosterEvent>, Refusal> {
    context.check_time()?;
    let Some(entry) = &jurisdiction.registered else {
        return Err(Refusal::from(RefusalCode::JurisdictionUnknown).with("code", code.as_str()));
    };
    let Some(procedure) = context.rules.in_force(code, entry.kind, context.day()) else {
        return Err(Refusal::from(RefusalCode::NoProcedureInForce).with("day", context.day().to_string()));
    };
    match command {
        RosterCommand::RegisterPersons(c) => {
            context.check_competence(procedure, "registerPersons")?;
            register_persons(state, c)
        }
        RosterCommand::DeclareKinship(c) => {
            context.check_competence(procedure, "declareKinship")?;
            declare_kinship(state, c)
        }
        RosterCommand::FileRoll(c) => {
            context.check_competence(procedure, "fileRoll")?;
            file_roll::decide(state, jurisdiction, procedure, c)
        }
    }
}

fn register_persons(state: &Roster, command: &RegisterPersons) -> Result<Vec<RosterEvent>, Refusal> {
    let entries = command.persons.len();
    if entries == 0 {
        return Err(RefusalCode::EntriesMissing.into());
    }
    if entries > MAX_PERSONS {
        return Err(Refusal::from(RefusalCode::TooManyEntries)
            .with("entries", entries as u64)
            .with("limit", MAX_PERSONS as u64));
    }
    let mut seen = BTreeSet::new();
    let mut events = Vec::with_capacity(entries);
    for new in &command.persons {
        if state.persons.contains_key(&new.person) {
            return Err(Refusal::from(RefusalCode::PersonRegisteredAlready).with("person", new.person.to_string()));
        }
        if !seen.insert(new.person) {
            return Err(Refusal::from(RefusalCode::PersonTwice).with("person", new.person.to_string()));
        }
        events.push(PersonRegistered { person: new.person, name: new.name.clone(), sex: new.sex }.into());
    }
    Ok(events)
}

fn declare_kinship(state: &Roster, command: &DeclareKinship) -> Result<Vec<RosterEvent>, Refusal> {
    state.known(command.person)?;
    state.known(command.relative)?;
    if command.person == command.relative {
        return Err(Refusal::from(RefusalCode::PersonTwice).with("person", command.person.to_string()));
    }
    let event = KinshipDeclared { person: command.person, relative: command.relative, kinship: command.kinship };
    // A declaration is a fact and always recorded, even where a roll in force now breaks the law: the next filing is judged.
    Ok(vec![event.into()])
}

impl Roster {
    /// A person must be registered.
    ///
    /// # Errors
    /// `person-unknown`.
    pub fn known(&self, person: PersonId) -> Result<&Person, Refusal> {
        self.persons
            .get(&person)
            .ok_or_else(|| Refusal::from(RefusalCode::PersonUnknown).with("person", person.to_string()))
    }

    /// The whole that a share of `base` is of, where the roster knows it.
    #[must_use]
    pub fn whole_of(&self, base: Base, jurisdiction: &Jurisdiction) -> Option<u64> {
        match base {
            Base::AdultVillagers => jurisdiction.electorate.as_ref().map(|e| u64::from(e.adult_villagers)),
            Base::Representatives => Some(self.roll(RollKind::Representatives).len() as u64),
            Base::Due | Base::Present => None,
        }
    }
}
