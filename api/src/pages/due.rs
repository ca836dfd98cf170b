//! What is due next, in words: what, by when, how late, by which rule.

use jiff::civil::Date;
use siyi_domain::calendar::days_between;
use siyi_domain::consultation::{Duty, DutyKind, Standing};
use siyi_domain::procedure::Procedure;

use super::lang::Lang;
use super::rules::Citation;
use super::terms::{self, Term};

/// Something due, for readers.
#[derive(Debug, Clone)]
pub struct Due {
    /// What.
    pub what: String,
    /// Last day.
    pub on: Option<Date>,
    /// First lawful day, where it still lies ahead.
    pub not_before: Option<Date>,
    /// How urgent, in words.
    pub words: String,
    /// How urgent, for the eye.
    pub class: &'static str,
    /// By which rule.
    pub citation: Citation,
}

impl Due {
    /// A duty of a matter that stands as `standing` says.
    #[must_use]
    pub fn of(duty: &Duty, standing: &Standing, procedure: Option<&Procedure>, today: Date, lang: Lang) -> Self {
        let not_before = duty.not_before.filter(|day| *day > today);
        let (words, class) = urgency(duty, not_before, today, lang);
        Self {
            what: what(duty, standing, procedure, lang),
            on: duty.due_on,
            not_before,
            words,
            class,
            citation: Citation::of(&duty.basis, procedure, lang),
        }
    }

    /// All duties of a matter.
    #[must_use]
    pub fn all(
        duties: &[Duty],
        standing: &Standing,
        procedure: Option<&Procedure>,
        today: Date,
        lang: Lang,
    ) -> Vec<Self> {
        duties.iter().map(|duty| Self::of(duty, standing, procedure, today, lang)).collect()
    }
}

fn urgency(duty: &Duty, not_before: Option<Date>, today: Date, lang: Lang) -> (String, &'static str) {
    if let Some(day) = not_before {
        let days = days_between(today, day);
        let words = match lang {
            Lang::Zh => format!("{days}天后方可办理"),
            Lang::En => format!("possible in {}", days_en(days)),
        };
        return (words, "ahead");
    }
    let Some(on) = duty.due_on else {
        return (lang.pick("期限待节假日安排公布后确定", "date open until the holidays are known").to_owned(), "ahead");
    };
    match (lang, days_between(today, on)) {
        (Lang::Zh, days @ ..=-1) => (format!("已逾期{}天", -days), "overdue"),
        (Lang::En, days @ ..=-1) => (format!("overdue by {}", days_en(-days)), "overdue"),
        (Lang::Zh, 0) => ("今天到期".to_owned(), "soon"),
        (Lang::En, 0) => ("due today".to_owned(), "soon"),
        (Lang::Zh, days @ 1..=3) => (format!("还有{days}天"), "soon"),
        (Lang::En, days @ 1..=3) => (format!("due in {}", days_en(days)), "soon"),
        (Lang::Zh, days) => (format!("还有{days}天"), "ahead"),
        (Lang::En, days) => (format!("due in {}", days_en(days)), "ahead"),
    }
}

fn days_en(days: i32) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

/// What is due, with the step, meeting, notice or objection that it is about.
fn what(duty: &Duty, standing: &Standing, procedure: Option<&Procedure>, lang: Lang) -> String {
    let name = terms::duty(duty.kind, lang);
    let Some(of) = &duty.of else { return name.to_owned() };
    let about = match duty.kind {
        DutyKind::Convene
        | DutyKind::Canvass
        | DutyKind::CollectSignatures
        | DutyKind::RequestReview
        | DutyKind::AnswerReview
        | DutyKind::HoldForum
        | DutyKind::OwnersDecide
        | DutyKind::PostPlan => {
            let step = procedure.and_then(|p| p.step(of)).map(|step| &step.name);
            step.map_or_else(|| of.clone(), |step| lang.pick(&step.zh, &step.en).to_owned())
        }
        DutyKind::HoldMeeting | DutyKind::CloseMeeting => match lang {
            Lang::Zh => format!("第{of}次会议"),
            Lang::En => format!("meeting {of}"),
        },
        DutyKind::AnswerObjection => match lang {
            Lang::Zh => format!("第{of}件"),
            Lang::En => format!("no. {of}"),
        },
        DutyKind::CorrectNotice | DutyKind::CloseDisclosure => {
            let notice = standing.notices.iter().find(|notice| notice.no.to_string() == *of);
            notice.map_or_else(|| of.clone(), |notice| notice.kind.named(lang).to_owned())
        }
        DutyKind::Screen
        | DutyKind::PostResolution
        | DutyKind::Start
        | DutyKind::Complete
        | DutyKind::PostResult
        | DutyKind::Archive
        | DutyKind::Ratify
        | DutyKind::Report
        | DutyKind::Appraise => of.clone(),
    };
    match lang {
        Lang::Zh => format!("{name}（{about}）"),
        Lang::En => format!("{name} ({about})"),
    }
}
