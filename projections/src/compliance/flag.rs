//! A flag: what was seen, by which events, how grave it is, and who has looked into it.

use serde::{Deserialize, Serialize};
use siyi_domain::consultation::facts::FlagPattern;
use siyi_domain::ids::{ConsultationId, JurisdictionCode, PersonId};
use siyi_domain::moment::Moment;
use siyi_domain::office::Office;
use siyi_log::envelope::Recorded;
use siyi_log::port::Position;
use uuid::Uuid;

/// Most events that a flag lists; what comes after them still opens it anew.
pub const MAX_EVIDENCE: usize = 64;
/// Most persons that a flag lists.
pub const MAX_PERSONS: usize = 150;

/// How grave a flag is. A flag is a prompt to look, never a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// 提示
    Info,
    /// 关注
    Warning,
    /// 重点
    Serious,
}

impl Severity {
    /// The Chinese term.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Info => "提示",
            Self::Warning => "关注",
            Self::Serious => "重点",
        }
    }
}

/// An event by which a flag was raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Its place in the log.
    pub position: Position,
    /// Its id.
    pub event: Uuid,
    /// Its wire name.
    pub event_type: String,
    /// The matter, where it is of one.
    pub matter: Option<ConsultationId>,
}

impl Evidence {
    pub(super) fn of(recorded: &Recorded, matter: Option<ConsultationId>) -> Self {
        let envelope = &recorded.envelope;
        Self { position: recorded.position, event: envelope.id, event_type: envelope.event_type.clone(), matter }
    }
}

/// 核销: somebody looked into a flag and said what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// In which office.
    pub office: Office,
    /// Who.
    pub person: PersonId,
    /// When.
    pub at: Moment,
    /// What was found.
    pub reason: String,
    /// Position of the event that closed it.
    pub position: Position,
}

/// A flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagRow {
    /// What it is of.
    pub pattern: FlagPattern,
    /// Where.
    pub jurisdiction: JurisdictionCode,
    /// The matter; `None` for what is of the village as a whole.
    pub matter: Option<ConsultationId>,
    /// What it is about: with the pattern, its stable name within the jurisdiction. `closeVillageFlag` takes it.
    pub subject: String,
    /// How grave.
    pub severity: Severity,
    /// The events, at most [`MAX_EVIDENCE`], in the order in which they were found.
    pub evidence: Vec<Evidence>,
    /// The figures by name; names that end in `_fen` are amounts in fen, in `_on` days.
    pub figures: Vec<(String, String)>,
    /// The persons concerned, where it is of persons. Their names are the directory's, masked.
    pub persons: Vec<PersonId>,
    /// When the log took the event that raised it first.
    pub raised_at: Moment,
    /// Position of the last event that bears on it.
    pub position: Position,
    /// Who closed it; an event that bears on it after that opens it again.
    pub closings: Vec<Closing>,
}

impl FlagRow {
    /// Whether nobody has closed it since the last event that bears on it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.closings.last().is_none_or(|closing| closing.position < self.position)
    }

    /// The closing that stands.
    #[must_use]
    pub fn closing(&self) -> Option<&Closing> {
        self.closings.last().filter(|_| !self.is_open())
    }

    /// A figure by name.
    #[must_use]
    pub fn figure(&self, name: &str) -> Option<&str> {
        self.figures.iter().find(|(figure, _)| figure == name).map(|(_, value)| value.as_str())
    }
}

/// Something seen that raises a flag, or adds to one that is there.
#[derive(Debug)]
pub(super) struct Sighting {
    pub(super) pattern: FlagPattern,
    pub(super) subject: String,
    pub(super) severity: Severity,
    pub(super) evidence: Vec<Evidence>,
    pub(super) figures: Vec<(String, String)>,
    pub(super) persons: Vec<PersonId>,
}

impl Sighting {
    pub(super) fn new(pattern: FlagPattern, subject: impl Into<String>, severity: Severity) -> Self {
        Self {
            pattern,
            subject: subject.into(),
            severity,
            evidence: Vec::new(),
            figures: Vec::new(),
            persons: Vec::new(),
        }
    }

    pub(super) fn by(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    pub(super) fn with(mut self, name: &str, value: &impl ToString) -> Self {
        self.figures.push((name.to_owned(), value.to_string()));
        self
    }

    pub(super) fn of_persons(mut self, persons: impl IntoIterator<Item = PersonId>) -> Self {
        self.persons.extend(persons);
        self
    }
}
