//! What a mutation answers: recorded or refused. A refusal is data, not an error.

use async_graphql::{ID, SimpleObject, Union};
use siyi_domain::rules::Rules;
use siyi_log::handler::Receipt;

use super::rule::RuleCited;
use super::scalars::Position;

/// What became of a command.
#[derive(Union)]
pub enum CommandResult {
    /// It was recorded and survives a power loss.
    Recorded(Recorded),
    /// The domain said no; nothing was recorded.
    Refusal(Refusal),
}

/// A command was recorded.
#[derive(SimpleObject)]
pub struct Recorded {
    /// Position of its last event: ask a query for `atLeast` this to see it.
    pub position: Position,
    /// What it was addressed to: the id of the matter, or the code of the jurisdiction.
    pub subject: ID,
    /// Id of the command, as given or as made up by the server. The same id sent again has no further effect.
    pub command_id: ID,
    /// The events.
    pub events: Vec<RecordedEvent>,
    /// Whether it had been recorded before.
    pub already: bool,
    /// Of `inviteResident`: the code, to be handed to the person on paper. It is told to nobody else and never again.
    pub invitation_code: Option<String>,
}

/// An event of a recorded command.
#[derive(SimpleObject)]
pub struct RecordedEvent {
    /// Its id.
    pub id: ID,
    /// Its wire name with version.
    #[graphql(name = "type")]
    pub event_type: String,
}

/// The domain's no, with its figures.
#[derive(SimpleObject)]
pub struct Refusal {
    /// The stable public code; docs/refusals/ has a page for each.
    pub code: String,
    /// One sentence in Chinese.
    pub zh: &'static str,
    /// One sentence in English.
    pub en: &'static str,
    /// The figures that led to it.
    pub figures: Vec<Figure>,
    /// The rule that stands in the way.
    pub rule: Option<RuleCited>,
}

/// A figure of a refusal.
#[derive(SimpleObject)]
pub struct Figure {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Recorded {
    pub(super) fn of(receipt: Receipt, subject: String, command_id: String) -> Self {
        let events = receipt.events.into_iter();
        Self {
            position: Position(receipt.position.0),
            subject: ID(subject),
            command_id: ID(command_id),
            events: events.map(|(id, event_type)| RecordedEvent { id: ID(id.to_string()), event_type }).collect(),
            already: receipt.already,
            invitation_code: None,
        }
    }
}

impl Refusal {
    pub(super) fn of(refusal: &siyi_domain::refusal::Refusal, rules: &Rules) -> Self {
        let figures = refusal.figures.iter();
        Self {
            code: refusal.code.to_string(),
            zh: refusal.code.zh(),
            en: refusal.code.en(),
            figures: figures.map(|(name, value)| Figure { name: name.clone(), value: value.to_string() }).collect(),
            rule: refusal.rule.as_ref().map(|basis| RuleCited::of(basis, rules)),
        }
    }
}
