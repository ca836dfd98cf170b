//! 辖区: a province, county, township or village, with the counts that the law's shares are of.
//!
//! Stream `jurisdiction-<code>`. What the assembly authorised its representatives to decide stands here too.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::event_enum::events;
use crate::ids::{JurisdictionCode, Level, Line, MatterCode, PaperHash};
use crate::office::Office;
use crate::refusal::{Refusal, RefusalCode};

/// 村 or 社区, and the levels above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum JurisdictionKind {
    /// 村
    Village,
    /// 社区
    Community,
    /// 镇
    Town,
    /// 乡
    Township,
    /// 街道
    Subdistrict,
    /// County, prefecture, province, or a unit of another kind.
    Other,
}

/// Commands to a jurisdiction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JurisdictionCommand {
    /// Enter it in the register.
    RegisterJurisdiction(RegisterJurisdiction),
    /// Record its counts of people and households.
    CountElectorate(CountElectorate),
    /// Record what the assembly authorised its representatives to decide.
    AuthoriseRepresentatives(AuthoriseRepresentatives),
}

/// Enter a jurisdiction in the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegisterJurisdiction {
    /// Name.
    pub name: Line,
    /// Kind.
    pub kind: JurisdictionKind,
}

/// Record the counts of a village's people and households.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CountElectorate {
    /// All people.
    pub population: u32,
    /// 十八周岁以上的村民
    pub adult_villagers: u32,
    /// Households.
    pub households: u32,
}

/// How the assembly gave its authorisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AuthorisedBy {
    /// By resolution of a villagers' assembly.
    Assembly,
    /// By a written poll of villagers or households.
    WrittenPoll,
    /// In the charter of autonomy.
    Charter,
}

/// Record what the assembly authorised its representatives to decide (VL-2025 art. 28 ¶2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuthoriseRepresentatives {
    /// The matters.
    pub matters: Vec<MatterCode>,
    /// First day.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub from: Date,
    /// Last day.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub until: Date,
    /// How it was given.
    pub by: AuthorisedBy,
    /// The paper.
    pub paper: PaperHash,
}

/// `jurisdiction-registered.v1`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JurisdictionRegistered {
    /// The code.
    pub code: JurisdictionCode,
    /// Name.
    pub name: Line,
    /// Level.
    pub level: Level,
    /// Kind.
    pub kind: JurisdictionKind,
}

/// `electorate-counted.v1`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ElectorateCounted {
    /// All people.
    pub population: u32,
    /// 十八周岁以上的村民
    pub adult_villagers: u32,
    /// Households.
    pub households: u32,
}

/// `representatives-authorised.v1`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RepresentativesAuthorised {
    /// The matters.
    pub matters: Vec<MatterCode>,
    /// First day.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub from: Date,
    /// Last day.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub until: Date,
    /// How it was given.
    pub by: AuthorisedBy,
    /// The paper.
    pub paper: PaperHash,
}

events! {
    /// Events of a jurisdiction.
    JurisdictionEvent,
    current {
        JurisdictionRegistered = "jurisdiction-registered.v1",
        ElectorateCounted = "electorate-counted.v1",
        RepresentativesAuthorised = "representatives-authorised.v1",
    }
    upcast {}
}

/// A jurisdiction as its events tell it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Jurisdiction {
    /// Its entry in the register.
    pub registered: Option<JurisdictionRegistered>,
    /// The latest counts.
    pub electorate: Option<ElectorateCounted>,
    /// All authorisations.
    pub authorisations: Vec<RepresentativesAuthorised>,
}

impl Jurisdiction {
    /// The state after one more event.
    #[must_use]
    pub fn evolve(mut self, event: &JurisdictionEvent) -> Self {
        match event {
            JurisdictionEvent::JurisdictionRegistered(e) => self.registered = Some(e.clone()),
            JurisdictionEvent::ElectorateCounted(e) => self.electorate = Some(e.clone()),
            JurisdictionEvent::RepresentativesAuthorised(e) => self.authorisations.push(e.clone()),
        }
        self
    }

    /// Whether an authorisation covers this matter on this day.
    #[must_use]
    pub fn authorises(&self, matter: &MatterCode, day: Date) -> bool {
        self.authorisations.iter().any(|a| a.matters.contains(matter) && a.from <= day && day <= a.until)
    }
}

/// Most matters in one authorisation.
pub const MAX_AUTHORISED_MATTERS: usize = 100;

/// What a command to the jurisdiction `code` leads to.
///
/// # Errors
/// The [`Refusal`] that stands in the way.
pub fn decide(
    state: &Jurisdiction,
    code: &JurisdictionCode,
    command: &JurisdictionCommand,
    context: &Context<'_>,
) -> Result<Vec<JurisdictionEvent>, Refusal> {
    context.check_time()?;
    match command {
        JurisdictionCommand::RegisterJurisdiction(c) => {
            // The register is the government's, whatever procedure a village follows.
            if context.actor.office != Office::TownshipOfficer {
                return Err(context.not_competent().with("act", "registerJurisdiction"));
            }
            register(state, code, c)
        }
        JurisdictionCommand::CountElectorate(c) => {
            check_office(state, code, "countElectorate", context)?;
            count(c)
        }
        JurisdictionCommand::AuthoriseRepresentatives(c) => {
            check_office(state, code, "authoriseRepresentatives", context)?;
            authorise(c, context)
        }
    }
}

/// Where a procedure is in force it says who may act; a village without one has nobody else than the township.
fn check_office(
    state: &Jurisdiction,
    code: &JurisdictionCode,
    act: &str,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let entry = village(state, code)?;
    match context.rules.in_force(code, entry.kind, context.day()) {
        Some(procedure) => context.check_competence(procedure, act),
        None if context.actor.office == Office::TownshipOfficer => Ok(()),
        None => Err(context.not_competent().with("act", act)),
    }
}

fn register(
    state: &Jurisdiction,
    code: &JurisdictionCode,
    command: &RegisterJurisdiction,
) -> Result<Vec<JurisdictionEvent>, Refusal> {
    if state.registered.is_some() {
        return Err(Refusal::from(RefusalCode::JurisdictionRegisteredAlready).with("code", code.as_str()));
    }
    let level = code.level();
    let village_kind = matches!(command.kind, JurisdictionKind::Village | JurisdictionKind::Community);
    if village_kind != (level == Level::Village) {
        return Err(Refusal::from(RefusalCode::LevelMismatch).with("code", code.as_str()));
    }
    let event = JurisdictionRegistered { code: code.clone(), name: command.name.clone(), level, kind: command.kind };
    Ok(vec![event.into()])
}

fn count(command: &CountElectorate) -> Result<Vec<JurisdictionEvent>, Refusal> {
    let consistent = command.adult_villagers <= command.population && command.households <= command.population;
    if !consistent || command.households == 0 {
        return Err(Refusal::from(RefusalCode::AmountOutOfRange)
            .with("population", u64::from(command.population))
            .with("adult_villagers", u64::from(command.adult_villagers))
            .with("households", u64::from(command.households)));
    }
    let event = ElectorateCounted {
        population: command.population,
        adult_villagers: command.adult_villagers,
        households: command.households,
    };
    Ok(vec![event.into()])
}

fn authorise(command: &AuthoriseRepresentatives, context: &Context<'_>) -> Result<Vec<JurisdictionEvent>, Refusal> {
    if command.matters.is_empty() {
        return Err(RefusalCode::EntriesMissing.into());
    }
    if command.until < command.from {
        return Err(Refusal::from(RefusalCode::ActsOutOfOrder)
            .with("until", command.until.to_string())
            .with("not_before", command.from.to_string()));
    }
    if command.matters.len() > MAX_AUTHORISED_MATTERS {
        return Err(Refusal::from(RefusalCode::TooManyEntries)
            .with("entries", command.matters.len() as u64)
            .with("limit", MAX_AUTHORISED_MATTERS as u64));
    }
    for matter in &command.matters {
        let Some(row) = context.rules.matters.find(matter, context.day()) else {
            return Err(Refusal::from(RefusalCode::MatterUnknown).with("matter", matter.as_str()));
        };
        if !row.delegable {
            return Err(Refusal::from(RefusalCode::NotDelegable).with("matter", matter.as_str()));
        }
    }
    let event = RepresentativesAuthorised {
        matters: command.matters.clone(),
        from: command.from,
        until: command.until,
        by: command.by,
        paper: command.paper.clone(),
    };
    Ok(vec![event.into()])
}

fn village<'a>(state: &'a Jurisdiction, code: &JurisdictionCode) -> Result<&'a JurisdictionRegistered, Refusal> {
    match &state.registered {
        None => Err(Refusal::from(RefusalCode::JurisdictionUnknown).with("code", code.as_str())),
        Some(entry) if entry.level != Level::Village => {
            Err(Refusal::from(RefusalCode::LevelMismatch).with("code", code.as_str()))
        }
        Some(entry) => Ok(entry),
    }
}
