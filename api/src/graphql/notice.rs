//! Notices and the objections to them, as a query sees them.

use async_graphql::{Enum, SimpleObject};
use siyi_log::via::SecondSigned;
use siyi_projections::dossier::{Dossier, NoticeFile, ObjectionFile};

use super::enums::{NoticeKind, ObjectionAbout};
use super::scalars::{Date, DateTime};

/// A notice.
#[derive(SimpleObject)]
pub struct Notice {
    /// Number within the matter.
    pub number: u16,
    /// Which.
    pub kind: NoticeKind,
    /// The committee's own number of the paper.
    pub notice_no: String,
    /// When it was posted.
    pub posted_at: DateTime,
    /// 补录
    pub late: bool,
    /// Places.
    pub places: Vec<String>,
    /// Other channels.
    pub channels: Vec<String>,
    /// Where to ask and object.
    pub contact: String,
    /// Opinion of the supervisors who signed.
    pub supervisors_opinion: String,
    /// 监委会签字: how a supervisor signed beside who posted it; none where one person posted it, as in a demonstration.
    pub second_signed: Option<SecondSignedBy>,
    /// Last day of the objection window.
    pub objections_until: Date,
    /// First day on which it may lawfully be taken down.
    pub removable_on: Date,
    /// Corrections.
    pub corrections: Vec<Correction>,
    /// When it was taken down.
    pub closed_at: Option<DateTime>,
}

/// How a second person signed.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(rename_items = "snake_case")]
pub enum SecondSignedBy {
    /// 本人账号: by a code that their own account gave.
    Account,
    /// 纸质: on a sheet that is kept.
    Paper,
}

/// A correction of a notice.
#[derive(SimpleObject)]
pub struct Correction {
    /// When.
    pub at: DateTime,
    /// What.
    pub text: String,
}

impl Notice {
    pub(super) fn of(dossier: &Dossier, file: &NoticeFile) -> Self {
        let fact = &file.posted.fact;
        let via = dossier.entries.get(file.posted.entry).and_then(|entry| entry.envelope.via.as_ref());
        let corrections = file.corrections.iter();
        Self {
            number: fact.notice,
            kind: fact.kind.into(),
            notice_no: fact.notice_no.to_string(),
            posted_at: DateTime(file.posted.at),
            late: file.posted.late,
            places: fact.places.iter().map(ToString::to_string).collect(),
            channels: fact.channels.iter().map(ToString::to_string).collect(),
            contact: fact.contact.to_string(),
            supervisors_opinion: fact.supervisors_opinion.to_string(),
            second_signed: via.and_then(|via| via.second.as_ref()).map(|second| match second.signed {
                SecondSigned::Account { .. } => SecondSignedBy::Account,
                SecondSigned::Paper { .. } => SecondSignedBy::Paper,
            }),
            objections_until: Date(fact.objections_until),
            removable_on: Date(fact.removable_on),
            corrections: corrections.map(|(at, text)| Correction { at: DateTime(*at), text: text.clone() }).collect(),
            closed_at: file.closed_at.map(DateTime),
        }
    }
}

/// An objection to a notice.
#[derive(SimpleObject)]
pub struct Objection {
    /// Number within the matter.
    pub number: u16,
    /// Against which notice.
    pub notice: u16,
    /// What it is about.
    pub about: ObjectionAbout,
    /// When it was raised.
    pub raised_at: DateTime,
    /// Last day for the answer.
    pub answer_due_on: Date,
    /// When it was answered.
    pub answered_at: Option<DateTime>,
    /// The answer.
    pub answer: Option<String>,
    /// Whether it was found well founded.
    pub upheld: Option<bool>,
}

impl Objection {
    pub(super) fn of(file: &ObjectionFile) -> Self {
        let fact = &file.raised.fact;
        let answered = file.answered.as_ref();
        Self {
            number: fact.objection,
            notice: fact.notice,
            about: fact.about.into(),
            raised_at: DateTime(file.raised.at),
            answer_due_on: Date(fact.answer_due_on),
            answered_at: answered.map(|told| DateTime(told.at)),
            answer: answered.map(|told| told.fact.answer.to_string()),
            upheld: answered.map(|told| told.fact.upheld),
        }
    }
}
