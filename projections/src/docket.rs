//! 事项台账: all matters, where they stand, what is due next and by when.

use std::collections::HashMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use siyi_domain::consultation::{ConsultationEvent, Duty, DutyKind, Ending, Stage, Standing};
use siyi_domain::ids::{ConsultationId, Fen, JurisdictionCode, MatterCode};
use siyi_domain::jurisdiction::JurisdictionEvent;
use siyi_domain::moment::Moment;
use siyi_domain::procedure::Adjustment;
use siyi_domain::rules::Rules;
use siyi_log::envelope::{DomainEvent, Recorded};
use siyi_log::port::Position;

use crate::model::{ReadModel, Surroundings};
use crate::shelf::{ShelfError, Writes};

mod counts;
mod places;
mod query;

pub use counts::{StatusCounts, counts};
pub use places::{overdue_places, places};
pub use query::{Filter, by_number, duties, find, page, total};

/// The model.
#[derive(Debug)]
pub struct Docket;

/// A matter on the docket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocketRow {
    /// The matter.
    pub id: ConsultationId,
    /// Its public number, by its place in the log: `<code>-<year>-<n>`.
    pub number: String,
    /// Where.
    pub jurisdiction: JurisdictionCode,
    /// Title.
    pub title: String,
    /// The kinds of matter it touches.
    pub matters: Vec<MatterCode>,
    /// When the motion was raised.
    pub raised_at: Moment,
    /// Where it stands.
    pub standing: Standing,
    /// What is due next, the earliest first.
    pub duties: Vec<Duty>,
    /// The budget resolved.
    pub budget_fen: Option<Fen>,
    /// How many of its events were recorded afterwards (补录).
    pub late_events: u32,
    /// How many events it has.
    pub events: u64,
    /// Position of its last event.
    pub position: Position,
}

/// The status of a matter, as lists and counts tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 动议
    Moved,
    /// 议事
    Deliberating,
    /// 公开与实施
    Executing,
    /// 归档
    Archived,
    /// 不予受理
    Dismissed,
    /// 未通过
    Rejected,
    /// 撤回
    Withdrawn,
    /// 撤销
    Annulled,
    /// 协商办结
    Consulted,
}

impl Status {
    /// All statuses.
    pub const ALL: [Self; 9] = [
        Self::Moved,
        Self::Deliberating,
        Self::Executing,
        Self::Archived,
        Self::Dismissed,
        Self::Rejected,
        Self::Withdrawn,
        Self::Annulled,
        Self::Consulted,
    ];

    /// The status of a stage.
    #[must_use]
    pub const fn of(stage: &Stage) -> Self {
        match stage {
            Stage::Unborn | Stage::Moved => Self::Moved,
            Stage::Step { .. } => Self::Deliberating,
            Stage::Executing | Stage::Detour(_) => Self::Executing,
            Stage::Ended(Ending::Archived) => Self::Archived,
            Stage::Ended(Ending::Dismissed) => Self::Dismissed,
            Stage::Ended(Ending::Rejected) => Self::Rejected,
            Stage::Ended(Ending::Withdrawn) => Self::Withdrawn,
            Stage::Ended(Ending::Annulled) => Self::Annulled,
            Stage::Ended(Ending::Consulted) => Self::Consulted,
        }
    }
}

impl DocketRow {
    /// The status.
    #[must_use]
    pub const fn status(&self) -> Status {
        Status::of(&self.standing.stage)
    }

    /// Duties whose last day is past.
    pub fn overdue(&self, today: Date) -> impl Iterator<Item = &Duty> {
        self.duties.iter().filter(move |duty| duty.is_overdue(today))
    }
}

fn row_key(id: ConsultationId) -> Vec<u8> {
    [b"m".as_slice(), id.0.as_bytes()].concat()
}

fn number_key(number: &str) -> Vec<u8> {
    format!("n/{number}").into_bytes()
}

/// Matters of a subtree in the order of code, then time.
fn place_key(row: &DocketRow) -> Vec<u8> {
    let mut key = format!("j/{}/", row.jurisdiction).into_bytes();
    key.extend(row.raised_at.millisecond().to_be_bytes());
    key.extend(row.id.0.as_bytes());
    key
}

/// Duties of a subtree in the order of code, then last day.
fn duty_key(row: &DocketRow, due_on: Date, index: u8) -> Vec<u8> {
    let mut key = format!("d/{}/{due_on}/", row.jurisdiction).into_bytes();
    key.extend(row.id.0.as_bytes());
    key.push(index);
    key
}

impl ReadModel for Docket {
    const NAME: &'static str = "docket";
    const VERSION: u32 = 2;

    fn wants(event_type: &str) -> bool {
        ConsultationEvent::WIRE_NAMES.contains(&event_type) || event_type == "procedure-adjusted.v1"
    }

    fn apply(events: &[Recorded], surroundings: &Surroundings, writes: &mut Writes<'_>) -> Result<(), ShelfError> {
        let mut open: HashMap<ConsultationId, Open> = HashMap::new();
        for recorded in events {
            if let DomainEvent::Jurisdiction(code, JurisdictionEvent::ProcedureAdjusted(e)) = &recorded.event {
                let key = adjustments_key(code);
                let mut adjustments = writes.row::<Vec<String>>(&key)?.unwrap_or_default();
                adjustments.extend(serde_json::to_string(&e.adjustment));
                writes.put(key, &adjustments)?;
                continue;
            }
            let DomainEvent::Consultation(id, event) = &recorded.event else { continue };
            if let ConsultationEvent::MotionRaised(_) = event {
                let new = Open { before: None, after: numbered(*id, event, recorded, writes)? };
                open.insert(*id, new);
            } else if !open.contains_key(id)
                && let Some(row) = writes.row::<DocketRow>(&row_key(*id))?
            {
                open.insert(*id, Open { before: Some(Before::of(&row)), after: row });
            }
            if let Some(matter) = open.get_mut(id) {
                evolve(&mut matter.after, event, recorded, &surroundings.rules);
            }
        }
        // One write for each matter of the batch, however many of its events the batch holds.
        for matter in open.into_values() {
            matter.close(&surroundings.rules, writes)?;
        }
        Ok(())
    }
}

/// A row that the batch has touched.
struct Open {
    before: Option<Before>,
    after: DocketRow,
}

/// What of the row as it was has to be taken back from the indexes.
struct Before {
    status: Status,
    duty_keys: Vec<Vec<u8>>,
}

impl Before {
    fn of(row: &DocketRow) -> Self {
        Self { status: row.status(), duty_keys: duty_keys(row) }
    }
}

/// What a place has set more strictly, as JSON texts in the order in which it did.
fn adjustments_key(code: &JurisdictionCode) -> Vec<u8> {
    format!("a/{code}").into_bytes()
}

/// What is due next, by the law of the day on which the stage began and by what the place has set more strictly.
fn duties_of(row: &DocketRow, rules: &Rules, writes: &Writes<'_>) -> Result<Vec<Duty>, ShelfError> {
    let since = row.standing.since.unwrap_or_default();
    let Some(pack) = rules.binding(&row.standing.procedure, since) else { return Ok(Vec::new()) };
    let texts = writes.row::<Vec<String>>(&adjustments_key(&row.jurisdiction))?.unwrap_or_default();
    let adjustments: Vec<Adjustment> = texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
    let adjusted = pack.adjusted(&adjustments, since);
    Ok(row.standing.duties(adjusted.as_ref().unwrap_or(pack), &rules.calendar))
}

fn duty_keys(row: &DocketRow) -> Vec<Vec<u8>> {
    let due = row.duties.iter().filter_map(|duty| duty.due_on);
    (0..).zip(due).map(|(index, due_on)| duty_key(row, due_on, index)).collect()
}

impl Open {
    fn close(self, rules: &Rules, writes: &mut Writes<'_>) -> Result<(), ShelfError> {
        let Self { before, mut after } = self;
        after.duties = duties_of(&after, rules, writes)?;
        let new_keys = duty_keys(&after);
        match &before {
            None => {
                writes.put_bytes(place_key(&after), after.id.0.as_bytes().to_vec());
                writes.put_bytes(number_key(&after.number), after.id.0.as_bytes().to_vec());
                counts::moved(&after.jurisdiction, None, after.status(), writes)?;
            }
            Some(before) => {
                for key in before.duty_keys.iter().filter(|key| !new_keys.contains(key)) {
                    writes.remove(key.clone());
                }
                if before.status != after.status() {
                    counts::moved(&after.jurisdiction, Some(before.status), after.status(), writes)?;
                }
            }
        }
        for key in new_keys {
            writes.put_bytes(key, after.id.0.as_bytes().to_vec());
        }
        writes.put(row_key(after.id), &after)
    }
}

/// A new matter, with the next number of its jurisdiction and year in log order: the same at every rebuild.
fn numbered(
    id: ConsultationId,
    event: &ConsultationEvent,
    recorded: &Recorded,
    writes: &mut Writes<'_>,
) -> Result<DocketRow, ShelfError> {
    let ConsultationEvent::MotionRaised(e) = event else { return Err(ShelfError::Unopenable) };
    let raised_at = recorded.envelope.occurred_at;
    let series = format!("{}-{}", e.jurisdiction, raised_at.day().year());
    let series_key = format!("s/{series}").into_bytes();
    let next = writes.row::<u32>(&series_key)?.unwrap_or(0) + 1;
    writes.put(series_key, &next)?;
    Ok(DocketRow {
        id,
        number: format!("{series}-{next}"),
        jurisdiction: e.jurisdiction.clone(),
        title: e.title.to_string(),
        matters: e.matters.clone(),
        raised_at,
        standing: Standing::default(),
        duties: Vec::new(),
        budget_fen: None,
        late_events: 0,
        events: 0,
        position: recorded.position,
    })
}

fn evolve(row: &mut DocketRow, event: &ConsultationEvent, recorded: &Recorded, rules: &Rules) {
    let envelope = &recorded.envelope;
    row.standing.evolve(event, envelope.occurred_at);
    match event {
        ConsultationEvent::MotionScreened(e) => row.matters.clone_from(&e.matters),
        ConsultationEvent::ResolutionAdopted(e) => row.budget_fen = e.budget_fen,
        ConsultationEvent::DeliberationConcluded(e) => row.budget_fen = e.budget_fen.or(row.budget_fen),
        _ => {}
    }
    let procedure = rules.binding(&row.standing.procedure, envelope.occurred_at.day());
    if procedure.is_some_and(|p| p.is_late(envelope.occurred_at, envelope.recorded_at)) {
        row.late_events += 1;
    }
    row.events = envelope.revision + 1;
    row.position = recorded.position;
}

/// A duty with the matter that owes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// The matter.
    pub matter: DocketRow,
    /// What it owes.
    pub duty: Duty,
}

/// The Chinese name of a duty.
#[must_use]
pub const fn duty_zh(kind: DutyKind) -> &'static str {
    match kind {
        DutyKind::Screen => "受理动议",
        DutyKind::Convene => "召集会议",
        DutyKind::HoldMeeting => "召开会议",
        DutyKind::CloseMeeting => "会议材料归卷",
        DutyKind::PostResolution => "决议公开",
        DutyKind::AnswerObjection => "答复异议",
        DutyKind::CorrectNotice => "更正公告",
        DutyKind::CloseDisclosure => "结束公示",
        DutyKind::Start => "开工",
        DutyKind::Complete => "完工验收",
        DutyKind::PostResult => "实施结果公开",
        DutyKind::Archive => "归档",
        DutyKind::Canvass => "征求意见",
        DutyKind::CollectSignatures => "收集户签字",
        DutyKind::RequestReview => "提请审核",
        DutyKind::AnswerReview => "审核答复",
        DutyKind::HoldForum => "组织协商",
        DutyKind::OwnersDecide => "业主共同决定",
        DutyKind::PostPlan => "方案公示",
        DutyKind::Ratify => "追认",
        DutyKind::Report => "向村民代表会议报告",
        DutyKind::Appraise => "群众评议",
    }
}
