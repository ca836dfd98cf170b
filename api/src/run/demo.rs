//! `siyi demo`: composed cases in a store of their own, at the cases' own time.

use std::path::Path;
use std::sync::Arc;

use siyi_log::clock::SetClock;

use crate::case::Case;
use crate::case::file::Texts;
use crate::cli::Serve;
use crate::run::Failure;

/// Sets a fresh clock to the first act of the cases and of what they build on.
pub(super) fn turn_back_to_first(clock: &Arc<SetClock>, cases: &[Case]) {
    let first = cases.iter().filter_map(first_act).min();
    if let Some(first) = first {
        clock.turn_to(first);
    }
}

fn first_act(case: &Case) -> Option<siyi_domain::moment::Moment> {
    let own = case.acts.iter().map(|(_, act)| act.at).min();
    let before = case.before.as_deref().and_then(first_act);
    own.into_iter().chain(before).min()
}

pub(super) async fn demo(_options: Serve) -> Result<(), Failure> {
    let _: Option<(&Path, &dyn Texts)> = None;
    Err("not yet".into())
}
