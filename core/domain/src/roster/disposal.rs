//! 到期销毁: a file whose period of retention is over is destroyed (PIPL art. 47(2)).
//!
//! No clock does it: a village's records are looked at before they are destroyed, and the paper on which that was approved is
//! cited. The schedule says whether the period is over, and the event by which rule.

use super::{DisposeFile, FileDisposed, RosterEvent, erasure};
use crate::context::Context;
use crate::office::Office;
use crate::refusal::{Refusal, RefusalCode};

pub(super) fn dispose(command: &DisposeFile, context: &Context<'_>) -> Result<Vec<RosterEvent>, Refusal> {
    if context.actor.office != Office::VillageDirector {
        return Err(context.not_competent().with("act", "disposeFile"));
    }
    let records = command.records.as_deref().unwrap_or_default();
    let rules = records.iter().map(|record| context.rules.retention.of(record.class));
    let Some(bases) = rules.map(|rule| Some(rule?.basis.clone())).collect::<Option<Vec<_>>>().filter(|b| !b.is_empty())
    else {
        return Err(Refusal::from(RefusalCode::FileUnknown).with("file", command.file.as_str()));
    };
    erasure::check_records(records, context)?;
    let disposed = FileDisposed {
        file: command.file.clone(),
        records: records.to_vec(),
        approval: command.approval.clone(),
        bases,
    };
    Ok(vec![disposed.into()])
}
