//! What a notice tells people, as the record says it must be: a notice that says otherwise is found.
//!
//! An event of posting keeps where and until when a paper hangs. The figures on it are those of the decision that adopted the
//! resolution, so they are taken from there; what a board showed is compared with them field by field.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::consultation::events::{DecisionMade, ResolutionAdopted};
use siyi_domain::consultation::facts::{NoticeKind, Outcome};
use siyi_domain::ids::{ConsultationId, Fen};
use siyi_domain::tally::Counts;
use siyi_log::envelope::DomainEvent;

use crate::difference;
use crate::finding::{Code, Finding, Place};
use crate::record::Entry;

/// What a notice states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stated {
    /// Its number within the matter.
    pub notice: u16,
    /// Which.
    pub kind: NoticeKind,
    /// The committee's own number of the paper.
    pub notice_no: String,
    /// What the matter is called.
    pub title: String,
    /// The day on which it was posted.
    pub posted_on: Date,
    /// Last day of the objection window.
    pub objections_until: Date,
    /// First day on which it may lawfully be taken down.
    pub removable_on: Date,
    /// What was resolved.
    pub resolution: Option<Resolved>,
}

/// What a notice states of the resolution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resolved {
    /// The step that adopted it.
    pub step: String,
    /// Its text.
    pub text: String,
    /// The budget resolved.
    pub budget_fen: Option<Fen>,
    /// The vote, where a body voted.
    pub vote: Option<Voted>,
}

/// What a notice states of the vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voted {
    /// 应到
    pub due: u64,
    /// 实到
    pub present: u64,
    /// The counts.
    pub counts: Counts,
    /// Present and in none of the counts.
    pub not_voting: u64,
    /// Carried or lost.
    pub outcome: Outcome,
}

/// What the notices of a matter must state, by the record, each with the place of its posting.
#[must_use]
pub fn stated(entries: &[Entry], matter: ConsultationId) -> Vec<(Stated, Place)> {
    let mut told = Telling::default();
    for entry in entries {
        if let DomainEvent::Consultation(id, event) = &entry.recorded.event
            && *id == matter
        {
            told.hear(event, entry);
        }
    }
    told.notices
}

#[derive(Default)]
struct Telling {
    title: String,
    decisions: Vec<DecisionMade>,
    resolution: Option<ResolutionAdopted>,
    notices: Vec<(Stated, Place)>,
}

impl Telling {
    fn hear(&mut self, event: &ConsultationEvent, entry: &Entry) {
        use ConsultationEvent as E;
        let day = entry.recorded.envelope.occurred_at.day();
        match event {
            E::MotionRaised(e) => self.title = e.title.to_string(),
            E::DecisionMade(e) => self.decisions.push(e.clone()),
            E::ResolutionAdopted(e) => self.resolution = Some(e.clone()),
            E::NoticePosted(e) => {
                let stated = Stated {
                    notice: e.notice,
                    kind: e.kind,
                    notice_no: e.notice_no.to_string(),
                    title: self.title.clone(),
                    posted_on: day,
                    objections_until: e.objections_until,
                    removable_on: e.removable_on,
                    resolution: self.resolved(),
                };
                self.notices.push((stated, entry.place()));
            }
            E::NoticeCorrected(e) => {
                for (stated, _) in self.notices.iter_mut().filter(|(stated, _)| stated.notice == e.notice) {
                    stated.objections_until = e.objections_until;
                    stated.removable_on = e.removable_on;
                }
            }
            _ => {}
        }
    }

    fn resolved(&self) -> Option<Resolved> {
        let resolution = self.resolution.as_ref()?;
        let decision = self.decisions.iter().rev().find(|decision| decision.step == resolution.step);
        Some(Resolved {
            step: resolution.step.clone(),
            text: resolution.text.to_string(),
            budget_fen: resolution.budget_fen,
            vote: decision.map(|decision| Voted {
                due: decision.due,
                present: decision.present,
                counts: decision.counts,
                not_voting: decision.not_voting,
                outcome: decision.outcome,
            }),
        })
    }
}

/// Compares what a board showed with what the record says.
#[must_use]
pub fn check(shown: &[Stated], entries: &[Entry], matter: ConsultationId) -> Vec<Finding> {
    let of_record = stated(entries, matter);
    let mut findings = Vec::new();
    for notice in shown {
        let Some((expected, place)) = of_record.iter().find(|(stated, _)| stated.notice == notice.notice) else {
            let place = Place::file("notices.json");
            findings.push(Finding::new(Code::NoticeUnknown, place, "-", notice.notice.to_string()));
            continue;
        };
        let json = |stated: &Stated| serde_json::to_value(stated).unwrap_or_default();
        if let Some(d) = difference::first(&json(expected), &json(notice)) {
            findings.push(Finding::new(Code::NoticeDiffers, place.clone().at(d.field), d.expected, d.found));
        }
    }
    findings
}
