//! 辖区: a province, county, township or village, with the counts that the law's shares are of.
//!
//! Stream `jurisdiction-<code>`. What the assembly authorised its representatives to decide stands here too, and what the place
//! itself has decided about its rules: which pack it follows, what it has tightened.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::command_enum::commands;
use crate::consultation::facts::FlagPattern;
use crate::context::Context;
use crate::event_enum::{event_structs, events};
use crate::ids::{JurisdictionCode, Level, Line, MatterCode, PaperHash, Paragraph};
use crate::office::Office;
use crate::procedure::{Adjustment, Procedure, RoutineKind};
use crate::refusal::{Refusal, RefusalCode};
use crate::rules::{Place, Rules};

mod conference;
mod local_rules;
mod routine;

pub use conference::{ActionItem, Conference, MAX_ACTION_ITEMS};

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

/// 小组, 院落: a body below the village.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ScopeKind {
    /// 村民小组
    VillagersGroup,
    /// 居民小组
    ResidentsGroup,
    /// 院落
    Courtyard,
    /// 小区
    Estate,
}

/// An action item as a joint conference sets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewActionItem {
    /// What is to be done.
    pub text: Line,
    /// Which unit leads.
    #[serde(alias = "leadUnit")]
    pub lead_unit: Line,
    /// By when.
    #[serde(alias = "dueOn")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub due_on: Date,
}

commands! {
    /// Commands to a jurisdiction.
    JurisdictionCommand;
    /// Enter a jurisdiction in the register.
    RegisterJurisdiction = "registerJurisdiction" {
        /// Name.
        name: Line,
        /// Kind.
        kind: JurisdictionKind,
    }
    /// Record the counts of a village's people and households.
    CountElectorate = "countElectorate" {
        /// All people.
        population: u32,
        /// 十八周岁以上的村民
        adult_villagers: u32,
        /// Households.
        households: u32,
    }
    /// Record what the assembly authorised its representatives to decide (VL-2025 art. 28 ¶2).
    AuthoriseRepresentatives = "authoriseRepresentatives" {
        /// The matters.
        matters: Vec<MatterCode>,
        /// First day.
        from: Date,
        /// Last day.
        until: Date,
        /// How it was given.
        by: AuthorisedBy,
        /// The paper.
        paper: PaperHash,
    }
    /// 采用议事规则: follow a variant from a day on.
    AdoptProcedure = "adoptProcedure" {
        /// The pack's id.
        procedure: String,
        /// First day.
        from: Date,
        /// The decision.
        paper: PaperHash,
    }
    /// 从严规定: set a number of the procedure more strictly, or choose one of its documented readings.
    AdjustProcedure = "adjustProcedure" {
        /// The number.
        adjustment: Adjustment,
        /// The decision.
        paper: PaperHash,
    }
    /// 设立小组、院落
    FormScope = "formScope" {
        /// Its number, which the rolls' `group` names.
        scope: u16,
        /// Kind.
        kind: ScopeKind,
        /// Name.
        name: Line,
    }
    /// 记录例行事项: a meeting, a posting or an appraisal that is owed once in each period.
    RecordRoutine = "recordRoutine" {
        /// What.
        kind: RoutineKind,
        /// A day in the period that it is for.
        period: Date,
        /// In a line.
        summary: Line,
        /// The minutes or the photo.
        paper: PaperHash,
    }
    /// 联席会议
    HoldJointConference = "holdJointConference" {
        /// The units that took part.
        participants: Vec<Line>,
        /// Topics.
        topics: Vec<Line>,
        /// What was set to be done, at most [`MAX_ACTION_ITEMS`].
        items: Vec<NewActionItem>,
        /// The minutes.
        paper: PaperHash,
    }
    /// 办结联席会议事项
    CloseActionItem = "closeActionItem" {
        /// The conference.
        conference: u16,
        /// The item.
        item: u16,
        /// What came of it.
        result: Paragraph,
    }
    /// 核销村级预警
    CloseVillageFlag = "closeVillageFlag" {
        /// The pattern.
        pattern: FlagPattern,
        /// What the flag is about, as the list of flags names it.
        subject: Line,
        /// Why it is closed.
        reason: Paragraph,
    }
}

event_structs! {
    /// `jurisdiction-registered.v1`
    JurisdictionRegistered {
        /// The code.
        code: JurisdictionCode,
        /// Name.
        name: Line,
        /// Level.
        level: Level,
        /// Kind.
        kind: JurisdictionKind,
    }
    /// `electorate-counted.v1`
    ElectorateCounted {
        /// All people.
        population: u32,
        /// 十八周岁以上的村民
        adult_villagers: u32,
        /// Households.
        households: u32,
    }
    /// `representatives-authorised.v1`
    RepresentativesAuthorised {
        /// The matters.
        matters: Vec<MatterCode>,
        /// First day.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        from: Date,
        /// Last day.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        until: Date,
        /// How it was given.
        by: AuthorisedBy,
        /// The paper.
        paper: PaperHash,
    }
    /// `procedure-adopted.v1`
    ProcedureAdopted {
        /// The pack's id.
        procedure: String,
        /// Its version.
        procedure_version: u32,
        /// First day.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        from: Date,
        /// The decision.
        paper: PaperHash,
    }
    /// `procedure-adjusted.v1`
    ProcedureAdjusted {
        /// The number.
        adjustment: Adjustment,
        /// The decision.
        paper: PaperHash,
    }
    /// `scope-formed.v1`
    ScopeFormed {
        /// Its number.
        scope: u16,
        /// Kind.
        kind: ScopeKind,
        /// Name.
        name: Line,
    }
    /// `routine-done.v1`
    RoutineDone {
        /// What.
        kind: RoutineKind,
        /// A day in the period that it is for.
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        period: Date,
        /// In a line.
        summary: Line,
        /// The minutes or the photo.
        paper: PaperHash,
    }
    /// `joint-conference-held.v1`
    JointConferenceHeld {
        /// Its number within the jurisdiction, from 1.
        conference: u16,
        /// The units that took part.
        participants: Vec<Line>,
        /// Topics.
        topics: Vec<Line>,
        /// What was set to be done, numbered from 1.
        items: Vec<NewActionItem>,
        /// The minutes.
        paper: PaperHash,
    }
    /// `action-item-closed.v1`
    ActionItemClosed {
        /// The conference.
        conference: u16,
        /// The item.
        item: u16,
        /// What came of it.
        result: Paragraph,
    }
    /// `village-flag-closed.v1`
    VillageFlagClosed {
        /// The pattern.
        pattern: FlagPattern,
        /// What the flag is about.
        subject: Line,
        /// Why it is closed.
        reason: Paragraph,
    }
}

events! {
    /// Events of a jurisdiction.
    JurisdictionEvent,
    current {
        JurisdictionRegistered = "jurisdiction-registered.v1",
        ElectorateCounted = "electorate-counted.v1",
        RepresentativesAuthorised = "representatives-authorised.v1",
        ProcedureAdopted = "procedure-adopted.v1",
        ProcedureAdjusted = "procedure-adjusted.v1",
        ScopeFormed = "scope-formed.v1",
        RoutineDone = "routine-done.v1",
        JointConferenceHeld = "joint-conference-held.v1",
        ActionItemClosed = "action-item-closed.v1",
        VillageFlagClosed = "village-flag-closed.v1",
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
    /// The packs that it has adopted, in order.
    pub adopted: Vec<ProcedureAdopted>,
    /// The numbers that it has set itself, in order.
    pub adjustments: Vec<Adjustment>,
    /// Its groups and courtyards.
    pub scopes: Vec<ScopeFormed>,
    /// Its joint conferences.
    pub conferences: Vec<Conference>,
}

impl Jurisdiction {
    /// The state after one more event.
    #[must_use]
    pub fn evolve(mut self, event: &JurisdictionEvent) -> Self {
        use JurisdictionEvent as E;
        match event {
            E::JurisdictionRegistered(e) => self.registered = Some(e.clone()),
            E::ElectorateCounted(e) => self.electorate = Some(e.clone()),
            E::RepresentativesAuthorised(e) => self.authorisations.push(e.clone()),
            E::ProcedureAdopted(e) => self.adopted.push(e.clone()),
            E::ProcedureAdjusted(e) => self.adjustments.push(e.adjustment.clone()),
            E::ScopeFormed(e) => {
                self.scopes.retain(|scope| scope.scope != e.scope);
                self.scopes.push(e.clone());
            }
            E::JointConferenceHeld(e) => self.conferences.push(Conference::held(e)),
            E::ActionItemClosed(e) => {
                for conference in self.conferences.iter_mut().filter(|c| c.no == e.conference) {
                    conference.close(e.item);
                }
            }
            E::RoutineDone(_) | E::VillageFlagClosed(_) => {}
        }
        self
    }

    /// Whether an authorisation covers this matter on this day.
    #[must_use]
    pub fn authorises(&self, matter: &MatterCode, day: Date) -> bool {
        self.authorisations.iter().any(|a| a.matters.contains(matter) && a.from <= day && day <= a.until)
    }

    /// The pack that it has adopted and follows on a day.
    #[must_use]
    pub fn adopted_on(&self, day: Date) -> Option<&str> {
        self.adopted.iter().rev().find(|adopted| adopted.from <= day).map(|adopted| adopted.procedure.as_str())
    }

    /// The procedure in force here on a day.
    #[must_use]
    pub fn procedure<'a>(&self, code: &JurisdictionCode, rules: &'a Rules, day: Date) -> Option<&'a Procedure> {
        let kind = self.registered.as_ref()?.kind;
        rules.in_force(Place { code, kind, adopted: self.adopted_on(day) }, day)
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
    use JurisdictionCommand as C;
    context.check_time()?;
    match command {
        C::RegisterJurisdiction(c) => {
            // The register is the government's, whatever procedure a village follows.
            if !matches!(context.actor.office, Office::TownshipOfficer | Office::CountyOfficer) {
                return Err(context.not_competent().with("act", "registerJurisdiction"));
            }
            register(state, code, c)
        }
        C::CountElectorate(c) => {
            check_office(state, code, command.name(), context)?;
            count(c)
        }
        C::AuthoriseRepresentatives(c) => {
            check_office(state, code, command.name(), context)?;
            authorise(c, context)
        }
        C::AdoptProcedure(c) => local_rules::adopt(state, code, c, context),
        C::AdjustProcedure(c) => local_rules::adjust(state, code, c, context),
        C::FormScope(c) => {
            check_office(state, code, command.name(), context)?;
            Ok(vec![ScopeFormed { scope: c.scope, kind: c.kind, name: c.name.clone() }.into()])
        }
        C::RecordRoutine(c) => routine::record(state, code, c, context),
        C::HoldJointConference(c) => conference::hold(state, code, c, context),
        C::CloseActionItem(c) => conference::close_item(state, code, c, context),
        C::CloseVillageFlag(c) => {
            check_office(state, code, command.name(), context)?;
            let closed = VillageFlagClosed { pattern: c.pattern, subject: c.subject.clone(), reason: c.reason.clone() };
            Ok(vec![closed.into()])
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
    village(state, code)?;
    match state.procedure(code, context.rules, context.day()) {
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
