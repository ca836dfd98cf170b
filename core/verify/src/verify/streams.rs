//! Which streams a bundle has to hold, and how far the log proves that it holds all of the matter's.

use std::collections::BTreeSet;

use siyi_domain::ids::JurisdictionCode;
use siyi_log::envelope::Subject;
use siyi_log::via::Via;

use crate::bundle::Parts;
use crate::finding::{Code, Finding, Place};
use crate::record::Entry;
use crate::report::{Completeness, Log};

fn named(subject: &Subject) -> Option<String> {
    subject.stream().ok().map(|stream| stream.as_str().to_owned())
}

/// The matter, its village and its rolls are there from their first event; beside them only the jurisdictions above, their
/// rolls, and the accounts through which somebody acted.
pub(super) fn check(parts: &Parts, entries: &[Entry]) -> Vec<Finding> {
    let of_place = |code: JurisdictionCode| [Subject::Jurisdiction(code.clone()), Subject::Roster(code)];
    let due: Vec<String> = std::iter::once(Subject::Consultation(parts.consultation))
        .chain(of_place(parts.jurisdiction.clone()))
        .filter_map(|subject| named(&subject))
        .collect();
    let above = std::iter::successors(parts.jurisdiction.parent(), JurisdictionCode::parent).flat_map(of_place);
    let accounts = entries.iter().flat_map(|entry| &entry.recorded.envelope.via).flat_map(Via::accounts);
    let beside: BTreeSet<String> =
        above.chain(accounts.map(Subject::Account)).filter_map(|subject| named(&subject)).collect();
    let mut there = BTreeSet::new();
    let mut findings = Vec::new();
    for entry in entries {
        let stream = entry.recorded.envelope.stream.as_str();
        there.insert(stream);
        if !beside.contains(stream) && !due.iter().any(|due| due == stream) {
            findings.push(Finding::new(Code::StreamForeign, entry.place(), due.join(" "), stream));
        }
    }
    for stream in due.iter().filter(|stream| !there.contains(stream.as_str())) {
        let place = Place { stream: Some(stream.clone()), ..Place::default() };
        findings.push(Finding::new(Code::RecordIncomplete, place, "events", "-"));
    }
    findings
}

/// How far the proofs show that no event of the matter was left out. That its revisions have no gap and that the order is
/// the log's is found elsewhere; what stands in the log behind the last one, the bundle cannot show.
pub(super) fn completeness(parts: &Parts, entries: &[Entry], log: Option<&Log>) -> Option<Completeness> {
    let stream = named(&Subject::Consultation(parts.consultation))?;
    let of_matter = || entries.iter().filter(|entry| entry.recorded.envelope.stream.as_str() == stream);
    let last = parts.proofs.get(of_matter().next_back()?.ordinal)?;
    let behind = log?.size.checked_sub(last.index)?.saturating_sub(1);
    let here = parts.proofs.iter().filter(|proof| proof.index > last.index).count() as u64;
    Some(Completeness {
        events: of_matter().count(),
        last_leaf: last.index,
        leaves_unseen: behind.saturating_sub(here),
        stream,
    })
}
