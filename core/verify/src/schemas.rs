//! The published schemas of the events' data (`schemas/events/`), built in and compiled at first use.

use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::Value;

struct Published {
    name: &'static str,
    text: &'static str,
    compiled: OnceLock<Option<Validator>>,
}

macro_rules! published {
    ($($name:literal),+ $(,)?) => {
        const NAMES: &[&str] = &[$($name),+];

        static PUBLISHED: [Published; NAMES.len()] = [$(Published {
            name: $name,
            text: include_str!(concat!("../../../schemas/events/", $name, ".schema.json")),
            compiled: OnceLock::new(),
        }),+];
    };
}

// In alphabetic order, by which they are found.
published! {
    "account-closed.v1",
    "account-opened.v1",
    "action-item-closed.v1",
    "admission-ended.v1",
    "appointment-ended.v1",
    "appraisal-recorded.v1",
    "canvass-closed.v1",
    "consultation-archived.v1",
    "consultation-rejected.v1",
    "consultation-resumed.v1",
    "consultation-suspended.v1",
    "consultation-withdrawn.v1",
    "contract-signed.v1",
    "contract-signed.v2",
    "correction-ordered.v1",
    "court-annulled.v1",
    "decision-made.v1",
    "deliberation-concluded.v1",
    "deliberation-reopened.v1",
    "disclosure-closed.v1",
    "duty-urged.v1",
    "electorate-counted.v1",
    "file-disposed.v1",
    "filed-with-township.v1",
    "flag-closed.v1",
    "forum-held.v1",
    "guests-attended.v1",
    "hands-counted.v1",
    "implementation-completed.v1",
    "interest-declared.v1",
    "joint-conference-held.v1",
    "jurisdiction-registered.v1",
    "kinship-declared.v1",
    "lane-changed.v1",
    "light-matter-reported.v1",
    "meeting-closed.v1",
    "meeting-convened.v1",
    "meeting-found-inquorate.v1",
    "member-excluded.v1",
    "members-checked-in.v1",
    "members-checked-out.v1",
    "members-joined-online.v1",
    "motion-amended.v1",
    "motion-deadlocked.v1",
    "motion-dismissed.v1",
    "motion-put.v1",
    "motion-raised.v1",
    "motion-screened.v1",
    "motion-screened.v2",
    "notice-corrected.v1",
    "notice-found-missing.v1",
    "notice-posted.v1",
    "objection-answered.v1",
    "objection-raised.v1",
    "office-appointed.v1",
    "opinion-answered.v1",
    "opinion-recorded.v1",
    "owners-decided.v1",
    "owners-listed.v1",
    "owners-roll-filed.v1",
    "owners-voted.v1",
    "papers-counted.v1",
    "payment-recorded.v1",
    "person-bound.v1",
    "person-erased.v1",
    "person-registered.v1",
    "person-registered.v2",
    "person-restricted.v1",
    "personal-data-read.v1",
    "plan-drafted.v1",
    "plan-posted.v1",
    "preferences-counted.v1",
    "procedure-adjusted.v1",
    "procedure-adopted.v1",
    "progress-reported.v1",
    "proposal-returned.v1",
    "proxies-admitted.v1",
    "rectification-ordered.v1",
    "representatives-authorised.v1",
    "residence-confirmed.v1",
    "resident-admitted.v1",
    "resident-admitted.v2",
    "resident-invited.v1",
    "resident-readmitted.v1",
    "resident-struck.v1",
    "resolution-adopted.v1",
    "review-answered.v1",
    "review-requested.v1",
    "roll-called.v1",
    "roll-filed.v1",
    "roll-frozen.v1",
    "roll-members-listed.v1",
    "roll-members-listed.v2",
    "routine-done.v1",
    "scope-formed.v1",
    "sign-in-added.v1",
    "sign-in-added.v2",
    "sign-in-removed.v1",
    "signatures-closed.v1",
    "signatures-collected.v1",
    "step-passed.v1",
    "variation-approved.v1",
    "village-flag-closed.v1",
    "work-started.v1",
    "works-accepted.v1",
}

/// How data differs from what was promised of its wire name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The field, as a JSON pointer.
    pub field: String,
    /// The validator's words.
    pub reason: String,
}

/// Checks an event's data against its schema.
///
/// # Errors
/// The first [`Breach`], also where no schema of this name was published.
pub fn check(wire_name: &str, data: &Value) -> Result<(), Breach> {
    let unpublished = || Breach { field: String::new(), reason: format!("no schema `{wire_name}` was published") };
    let at = PUBLISHED.binary_search_by(|published| published.name.cmp(wire_name)).map_err(|_| unpublished())?;
    let published = PUBLISHED.get(at).ok_or_else(unpublished)?;
    let validator = published.compiled.get_or_init(|| compiled(published.text));
    let validator = validator.as_ref().ok_or_else(unpublished)?;
    // Saying why costs more than saying that it is so.
    if validator.is_valid(data) {
        return Ok(());
    }
    match validator.iter_errors(data).next() {
        Some(error) => Err(Breach { field: error.instance_path().to_string(), reason: error.to_string() }),
        None => Ok(()),
    }
}

fn compiled(text: &str) -> Option<Validator> {
    let schema = serde_json::from_str(text).ok()?;
    jsonschema::validator_for(&schema).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use siyi_domain::account::AccountEvent;
    use siyi_domain::consultation::ConsultationEvent;
    use siyi_domain::jurisdiction::JurisdictionEvent;
    use siyi_domain::roster::RosterEvent;

    #[test]
    fn every_event_has_its_schema_built_in_and_it_compiles() {
        let mut all = [
            JurisdictionEvent::WIRE_NAMES,
            RosterEvent::WIRE_NAMES,
            AccountEvent::WIRE_NAMES,
            ConsultationEvent::WIRE_NAMES,
        ]
        .concat();
        all.sort_unstable();
        let built_in: Vec<&str> = PUBLISHED.iter().map(|published| published.name).collect();
        assert_eq!(built_in, all);
        for published in &PUBLISHED {
            assert!(compiled(published.text).is_some(), "{}", published.name);
        }
    }

    #[test]
    fn a_breach_names_its_field() {
        let breach = check("hands-counted.v1", &serde_json::json!({"meeting": 1, "motion": 1, "counts": {"for": "x"}}));
        assert!(breach.is_err_and(|breach| breach.field.starts_with("/counts")));
    }
}
