//! What a decision may look at besides the state it changes.

use jiff::civil::Date;

use crate::calendar::CalendarError;
use crate::moment::Moment;
use crate::office::Actor;
use crate::procedure::Procedure;
use crate::refusal::{Refusal, RefusalCode};
use crate::rules::Rules;

/// A clock of a client may run ahead of ours by this much before its act counts as dated in the future.
pub const CLOCK_SKEW_SECONDS: i64 = 5;

/// When, by whom and under which rules a command is judged.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// When the act happened in the world.
    pub occurred_at: Moment,
    /// When the log takes it.
    pub recorded_at: Moment,
    /// Who acts, in which office.
    pub actor: Actor,
    /// The rule data.
    pub rules: &'a Rules,
}

impl Context<'_> {
    /// The civil day of the act, by which it is judged.
    #[must_use]
    pub fn day(&self) -> Date {
        self.occurred_at.day()
    }

    /// No act may be dated in the future.
    ///
    /// # Errors
    /// `occurred-in-future`.
    pub fn check_time(&self) -> Result<(), Refusal> {
        if self.occurred_at.since(self.recorded_at).as_secs() > CLOCK_SKEW_SECONDS {
            return Err(Refusal::from(RefusalCode::OccurredInFuture)
                .with("occurred_at", self.occurred_at.to_string())
                .with("recorded_at", self.recorded_at.to_string()));
        }
        Ok(())
    }

    /// The actor's office must be among those that the procedure lets do `act` (6-roles).
    ///
    /// # Errors
    /// `office-not-competent`.
    pub fn check_competence(&self, procedure: &Procedure, act: &str) -> Result<(), Refusal> {
        let listed = procedure.competence.get(act).is_some_and(|offices| offices.contains(&self.actor.office));
        if listed { Ok(()) } else { Err(self.not_competent().with("act", act)) }
    }

    /// The refusal for an office that may not act.
    #[must_use]
    pub fn not_competent(&self) -> Refusal {
        Refusal::from(RefusalCode::OfficeNotCompetent).with("office", crate::wire::name(&self.actor.office))
    }
}

impl From<CalendarError> for Refusal {
    fn from(error: CalendarError) -> Self {
        match error {
            CalendarError::UnknownYear { year } => {
                Self::from(RefusalCode::YearUnknown).with("year", u64::try_from(year).unwrap_or_default())
            }
            CalendarError::OutOfRange | CalendarError::Malformed(_) => Self::from(RefusalCode::YearUnknown),
        }
    }
}
