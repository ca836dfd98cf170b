//! A procedure as data: steps, roads, forms of meeting, quorums, thresholds, periods, each number with its legal basis.
//!
//! The files lie in `schemas/procedures/`; this module only gives them types and refuses malformed ones. [`check`] holds a
//! pack against its own steps and against the floors of the statutes, [`crossing`] joins a pack with the one that follows it,
//! [`adjust`] applies what a place has tightened, [`diagram`] draws the roads.

use jiff::civil::Date;
use serde::Deserialize;

use crate::calendar::Day;
use crate::jurisdiction::JurisdictionKind;
use crate::laws::{Law, Laws};
use crate::matters::{Lane, MatterBody};
use crate::office::Office;

mod adjust;
mod bodies;
mod check;
mod crossing;
mod diagram;
mod floors;
mod keeping;
mod merge;
mod numbers;
mod papers;
mod road;

pub use adjust::{Adjustment, Fit, RuleName, ShareGiven};
pub use bodies::{FromElsewhere, InitiatorKind, InitiatorRule, RollRules};
pub use check::ProcedureError;
pub use diagram::Language;
pub use keeping::{
    AcceptanceRule, Cycle, Deadlines, DisclosureRules, Escalation, ImplementationRules, OwnersRules, PeriodicRule,
    PlanPosting, RoutineKind, SplittingRule, Tolerance,
};
pub use merge::merged;
pub use numbers::{Amount, Base, Basis, Certainty, Days, FractionFields, Hours, Number, Share, SizeRange, Text};
pub use papers::PaperKind;
pub use road::{
    BallotForm, CallRule, DetourRule, Form, JudgedBy, LaneRule, Merge, OnDeadlock, OnLost, ReopenPurpose, Review, Step,
    StepKind,
};

/// A rule pack.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    /// Stable id, for example `rural/HN/2026`.
    pub id: String,
    /// Version of the file.
    pub version: u32,
    /// Name for people.
    pub name: Text,
    /// What a reader should know before the numbers.
    pub note: Option<Text>,
    /// Digits with which the codes of its jurisdictions begin; empty for all of China.
    pub region_prefixes: Vec<String>,
    /// Whether it binds only the places that have adopted it.
    #[serde(default)]
    pub by_adoption: bool,
    /// The kinds of jurisdiction that it binds.
    pub applies_to: Vec<JurisdictionKind>,
    /// Whose matters it carries.
    pub bodies: Vec<MatterBody>,
    /// First day on which it is in force.
    effective_from: Day,
    /// Last day on which it is in force, if it has ended.
    effective_until: Option<Day>,
    /// The pack that takes its place after its last day.
    pub succeeded_by: Option<String>,
    /// Ids of the laws and papers that the numbers cite, see `schemas/laws/`.
    #[serde(rename = "sources")]
    source_ids: Vec<String>,
    /// Those laws and papers.
    #[serde(skip)]
    pub sources: Vec<Law>,
    /// Rules about rolls.
    pub rolls: RollRules,
    /// Who may raise a motion.
    #[serde(rename = "initiator")]
    pub initiators: Vec<InitiatorRule>,
    /// All steps of all roads.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
    /// The roads.
    #[serde(rename = "lane")]
    pub lanes: Vec<LaneRule>,
    /// The ways off a resolved matter.
    #[serde(rename = "detour", default)]
    pub detours: Vec<DetourRule>,
    /// The step to which an order of correction sends a matter back.
    pub correction_to: String,
    /// The linked decision of owners.
    pub owners: Option<OwnersRules>,
    /// Rules of disclosure.
    pub disclosure: DisclosureRules,
    /// Rules of carrying out.
    pub implementation: ImplementationRules,
    /// By when each step is due.
    pub deadlines: Deadlines,
    /// What is owed once in each period.
    #[serde(rename = "periodic", default)]
    pub periodic: Vec<PeriodicRule>,
    /// Who is told of an overdue act.
    #[serde(rename = "escalation", default)]
    pub escalation: Vec<Escalation>,
    /// How amounts are summed that may have been split.
    pub splitting: Option<SplittingRule>,
    /// Papers that an archived matter must hold.
    pub archive_papers: Vec<PaperKind>,
    /// After how many hours an act counts as recorded afterwards (补录).
    pub late_recording: Hours,
    /// Which offices may do which act, by the command's GraphQL name. An act that is not listed is refused to all.
    pub competence: std::collections::BTreeMap<String, Vec<Office>>,
}

impl Procedure {
    /// Reads and checks a pack.
    ///
    /// # Errors
    /// [`ProcedureError`] naming what is malformed, or which statute it is looser than.
    pub fn parse(toml_text: &str, laws: &Laws) -> Result<Self, ProcedureError> {
        let table = toml_text.parse().map_err(|e: toml::de::Error| ProcedureError::Malformed(e.to_string()))?;
        Self::from_table(table, laws)
    }

    /// Reads and checks a pack from its table, base and own part merged.
    ///
    /// # Errors
    /// [`ProcedureError`] naming what is malformed, or which statute it is looser than.
    pub fn from_table(table: toml::Table, laws: &Laws) -> Result<Self, ProcedureError> {
        let mut pack: Self =
            serde_path_to_error::deserialize(toml::Value::Table(table)).map_err(|e| ProcedureError::misshapen(&e))?;
        for id in &pack.source_ids {
            let law = laws
                .find(id)
                .ok_or_else(|| ProcedureError::UnknownSource { law: id.clone(), pack: pack.id.clone() })?;
            pack.sources.push(law.clone());
        }
        let judged_by = JudgedBy { id: pack.id.clone(), version: pack.version };
        for step in &mut pack.steps {
            step.judged_by = judged_by.clone();
        }
        pack.check()?;
        pack.check_floors(laws)?;
        Ok(pack)
    }

    /// First day in force.
    #[must_use]
    pub fn effective_from(&self) -> Date {
        self.effective_from.0
    }

    /// Last day in force, if it has ended.
    #[must_use]
    pub fn effective_until(&self) -> Option<Date> {
        self.effective_until.map(|d| d.0)
    }

    /// Whether the pack is in force on `day`.
    #[must_use]
    pub fn in_force_on(&self, day: Date) -> bool {
        self.effective_from.0 <= day && self.effective_until.is_none_or(|until| day <= until.0)
    }

    /// The step with this code.
    #[must_use]
    pub fn step(&self, code: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.code == code)
    }

    /// The road of a lane.
    #[must_use]
    pub fn lane(&self, lane: Lane) -> Option<&LaneRule> {
        self.lanes.iter().find(|rule| rule.lane == lane)
    }

    /// The steps of a lane, in order.
    pub fn steps_of(&self, lane: Lane) -> impl Iterator<Item = &Step> {
        let codes = self.lane(lane).map(|rule| rule.steps.as_slice()).unwrap_or_default();
        codes.iter().filter_map(|code| self.step(code))
    }

    /// The source with this id.
    #[must_use]
    pub fn source(&self, id: &str) -> Option<&Law> {
        self.sources.iter().find(|source| source.id == id)
    }

    /// 补录: whether an act was recorded later than the procedure allows.
    #[must_use]
    pub fn is_late(&self, occurred_at: crate::moment::Moment, recorded_at: crate::moment::Moment) -> bool {
        recorded_at.since(occurred_at).as_secs() > i64::from(self.late_recording.hours) * 3600
    }
}
