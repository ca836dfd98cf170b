//! 周期义务: what a village owes once in each period, what of it was done, and what joint conferences set.

use jiff::civil::Date;
use siyi_domain::calendar::days_between;
use siyi_domain::ids::JurisdictionCode;
use siyi_domain::jurisdiction::JurisdictionKind;
use siyi_domain::procedure::Cycle;
use siyi_projections::directory::JurisdictionRow;
use siyi_projections::routine::{self, ActionItemRow, RoutineDuty};

use super::lang::Lang;
use super::rules::Citation;
use super::terms::Term;
use super::trouble::Trouble;
use super::visit::Visit;

/// Most overdue duties that a board lists; a village that never records any would fill it with years of them.
const OVERDUE: usize = 20;
/// Most action items that a board shows.
const ITEMS: usize = 50;

/// A routine duty in one period, for readers.
#[derive(Debug, Clone)]
pub struct RoutineView {
    /// What.
    pub what: &'static str,
    /// For which period.
    pub period: String,
    /// How often it was done of how often it is owed.
    pub done: String,
    /// Last day.
    pub due_on: Date,
    /// How it stands, in words.
    pub words: String,
    /// Class of that.
    pub class: &'static str,
    /// Who is told of it by now.
    pub told: String,
    /// By which rule.
    pub citation: Citation,
}

/// The routine duties of a village, for readers.
#[derive(Debug, Clone)]
pub struct Routines {
    /// What is due, and of what is overdue the latest.
    pub shown: Vec<RoutineView>,
    /// How many are overdue in all.
    pub overdue: usize,
    /// How many of those are older than what is shown.
    pub older: usize,
}

/// The routine duties of a village: what is overdue first, the latest before the older, then what is due.
///
/// # Errors
/// [`Trouble::ReadStore`].
pub fn of_village(visit: &Visit<'_>, row: &JurisdictionRow) -> Result<Routines, Trouble> {
    let shelf = visit.app.models.routine.shelf();
    let duties = routine::duties(&shelf, &visit.app.rules, Some(&row.code), visit.today)?;
    let (mut overdue, mut due): (Vec<_>, Vec<_>) = duties.into_iter().partition(|duty| duty.overdue);
    overdue.sort_by_key(|duty| std::cmp::Reverse(duty.due_on));
    due.sort_by_key(|duty| (duty.is_done(), duty.due_on));
    let all = overdue.len();
    overdue.truncate(OVERDUE);
    let older = all - overdue.len();
    Ok(Routines { shown: overdue.iter().chain(&due).map(|duty| view(visit, row, duty)).collect(), overdue: all, older })
}

/// How many routine duties of a place and all below it are overdue, and in how many villages.
///
/// # Errors
/// [`Trouble::ReadStore`].
pub fn overdue(visit: &Visit<'_>, code: &JurisdictionCode) -> Result<(usize, usize), Trouble> {
    let shelf = visit.app.models.routine.shelf();
    let overdue = routine::overdue(&shelf, &visit.app.rules, Some(code), visit.today, usize::MAX)?;
    let villages: std::collections::BTreeSet<_> = overdue.iter().map(|duty| &duty.jurisdiction).collect();
    Ok((overdue.len(), villages.len()))
}

/// What joint conferences set and nobody has closed yet.
///
/// # Errors
/// [`Trouble::ReadStore`].
pub fn open_items(visit: &Visit<'_>, code: &JurisdictionCode) -> Result<Vec<ActionItemRow>, Trouble> {
    Ok(routine::action_items(&visit.app.models.routine.shelf(), Some(code), true, ITEMS)?)
}

fn view(visit: &Visit<'_>, row: &JurisdictionRow, duty: &RoutineDuty) -> RoutineView {
    let lang = visit.lang();
    let urban = row.kind == JurisdictionKind::Community;
    // The rule is cited from the pack in force on the first day of the period, which ordered it.
    let procedure =
        row.procedure(&visit.app.rules, duty.first_day).or_else(|| row.procedure(&visit.app.rules, visit.today));
    let (done, needed) = (duty.times_done(), duty.times_needed);
    let (words, class) = stands(duty, visit.today, lang);
    RoutineView {
        what: duty.kind.named_in(urban, lang),
        period: period(duty.every, duty.first_day, lang),
        done: format!("{done}/{needed}"),
        due_on: duty.due_on,
        words,
        class,
        told: lang.list(duty.told.iter().map(|level| level.named(lang))),
        citation: Citation::of(&duty.basis, procedure, lang),
    }
}

fn stands(duty: &RoutineDuty, today: Date, lang: Lang) -> (String, &'static str) {
    if duty.is_done() {
        return (lang.pick("已完成", "done").to_owned(), "passed");
    }
    if duty.overdue {
        let days = duty.days_overdue;
        let words = match lang {
            Lang::Zh => format!("已逾期{days}天"),
            Lang::En if days == 1 => "overdue by 1 day".to_owned(),
            Lang::En => format!("overdue by {days} days"),
        };
        return (words, "failed");
    }
    let words = match (lang, days_between(today, duty.due_on)) {
        (Lang::Zh, 0) => "今天到期".to_owned(),
        (Lang::En, 0) => "due today".to_owned(),
        (Lang::Zh, days) => format!("还有{days}天"),
        (Lang::En, 1) => "due in 1 day".to_owned(),
        (Lang::En, days) => format!("due in {days} days"),
    };
    (words, "neutral")
}

/// 2026年3月, 2026年第1季度, 2026年上半年, 2026年
fn period(every: Cycle, first_day: Date, lang: Lang) -> String {
    let (year, month) = (first_day.year(), first_day.month());
    let no = (month - 1) / every.months() + 1;
    match (lang, every) {
        (Lang::Zh, Cycle::Month) => format!("{year}年{month}月"),
        (Lang::Zh, Cycle::Quarter) => format!("{year}年第{no}季度"),
        (Lang::Zh, Cycle::HalfYear) if no == 1 => format!("{year}年上半年"),
        (Lang::Zh, Cycle::HalfYear) => format!("{year}年下半年"),
        (Lang::Zh, Cycle::Year) => format!("{year}年"),
        (Lang::En, Cycle::Month) => format!("{year}-{month:02}"),
        (Lang::En, Cycle::Quarter) => format!("quarter {no} of {year}"),
        (Lang::En, Cycle::HalfYear) => format!("half {no} of {year}"),
        (Lang::En, Cycle::Year) => year.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn periods_have_the_names_that_people_give_them() {
        assert_eq!(period(Cycle::Month, date(2026, 3, 1), Lang::Zh), "2026年3月");
        assert_eq!(period(Cycle::Quarter, date(2026, 10, 1), Lang::Zh), "2026年第4季度");
        assert_eq!(period(Cycle::HalfYear, date(2026, 7, 1), Lang::Zh), "2026年下半年");
        assert_eq!(period(Cycle::Year, date(2026, 1, 1), Lang::En), "2026");
    }
}
