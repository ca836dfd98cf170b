//! 合规预警: the ways in which a procedure is known to be gone around, seen in the record.
//!
//! What is a rule the domain refuses; what is a judgement is flagged here, with the events that show it, how grave it is and
//! the figures. A flag is a prompt: a supervisor, the township or the county looks into it and closes it with a reason, as an
//! event. `docs/abuse.md` lists all of it. Start at `compliance/matter.rs`: which event is looked at for which pattern.

use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::consultation::facts::FlagPattern;
use siyi_domain::jurisdiction::JurisdictionEvent;
use siyi_log::envelope::{DomainEvent, Recorded};

use crate::model::{ReadModel, Surroundings};
use crate::shelf::{ShelfError, Writes};

mod carrying_out;
mod counts;
mod decisions;
mod desk;
mod flag;
mod matter;
mod meetings;
mod notices;
mod query;
mod splitting;
mod texts;
mod village;

pub use counts::{FlagCount, FlagCounts, counts};
pub use flag::{Closing, Evidence, FlagRow, MAX_EVIDENCE, MAX_PERSONS, Severity};
pub use query::{find, flags, of_matter};

use desk::Desk;

/// The model.
#[derive(Debug)]
pub struct Compliance;

impl ReadModel for Compliance {
    const NAME: &'static str = "compliance";
    const VERSION: u32 = 1;

    fn wants(event_type: &str) -> bool {
        let of_a_matter = ConsultationEvent::WIRE_NAMES.contains(&event_type);
        // Who is due stands in the figures of each decision.
        (of_a_matter && event_type != "roll-frozen.v1")
            || matches!(
                event_type,
                "roll-members-listed.v1"
                    | "roll-members-listed.v2"
                    | "roll-filed.v1"
                    | "kinship-declared.v1"
                    | "routine-done.v1"
                    | "village-flag-closed.v1"
            )
    }

    fn apply(events: &[Recorded], surroundings: &Surroundings, writes: &mut Writes<'_>) -> Result<(), ShelfError> {
        let mut desk = Desk::new(&surroundings.rules, writes);
        for recorded in events {
            match &recorded.event {
                DomainEvent::Consultation(id, event) => matter::apply(*id, event, recorded, &mut desk)?,
                DomainEvent::Roster(code, event) => village::roster(code, event, recorded, &mut desk)?,
                DomainEvent::Jurisdiction(code, JurisdictionEvent::RoutineDone(e)) => {
                    notices::routine(code, e, recorded, &mut desk)?;
                }
                DomainEvent::Jurisdiction(code, JurisdictionEvent::VillageFlagClosed(e)) => {
                    desk.close_of_village(code, e.pattern, e.subject.as_str(), e.reason.as_str(), recorded)?;
                    if e.pattern == FlagPattern::ZeroDissent {
                        let mut village = desk.take_village(code)?;
                        village.end_streak();
                        desk.put_village(code, village);
                    }
                }
                DomainEvent::Jurisdiction(..) | DomainEvent::Account(..) => {}
            }
        }
        desk.clear()
    }
}
