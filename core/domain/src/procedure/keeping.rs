//! Rules of disclosure, of carrying out, of deadlines and of what a village owes in each period.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::numbers::{Basis, Days, Share};
use crate::ids::Level;

/// Rules of disclosure.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisclosureRules {
    /// Least days that a notice stays posted.
    pub posted: Days,
    /// Days of the objection window.
    pub objections: Days,
    /// Days within which an objection is answered.
    pub answer: Days,
    /// Days after the resolution by which it is posted.
    pub resolution_due: Days,
    /// Days after acceptance by which the result is posted.
    pub result_due: Days,
    /// Where the plan itself is posted before it goes on: after which step, for how many days.
    pub plan: Option<PlanPosting>,
    /// Where the people judge the outcome (群众评议) before the file is closed.
    pub appraisal: Option<Basis>,
}

/// The plan is posted before the next step may meet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanPosting {
    /// The step after which it is posted.
    pub after: String,
    /// For how long, at least.
    pub posted: Days,
}

/// Rules of carrying out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImplementationRules {
    /// Works may start only when the objection window has ended.
    pub start_after_objections: Basis,
    /// Most that variations may add, as a share of the contract sum.
    pub variation_tolerance: Tolerance,
    /// The supervisors check the voucher before a payment.
    pub voucher_checked: Basis,
    /// Who must be in the acceptance group.
    pub acceptance: AcceptanceRule,
}

/// A tolerance as an exact fraction.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tolerance {
    /// Numerator and denominator.
    pub share: [u32; 2],
    /// Where the number comes from.
    pub basis: Basis,
}

/// Least numbers of people in the acceptance group.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptanceRule {
    /// Members of the village committee.
    pub village_committee: u64,
    /// Supervisors.
    pub supervisors: u64,
    /// Villagers' representatives.
    pub representatives: u64,
    /// Township officers, where public money is among the sources.
    pub township_if_funded: u64,
    /// Where the numbers come from.
    pub basis: Basis,
}

/// By when each act is due, in calendar days.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadlines {
    /// From motion to screening.
    pub screening: Days,
    /// From the meeting's day to its closing.
    pub closing: Days,
    /// From the end of the objection window to the start of carrying out.
    pub start: Days,
    /// From the end of the planned time, or from the start where none is planned, to completion.
    pub completion: Days,
    /// From the first lawful day to the taking down of a notice.
    pub taking_down: Days,
    /// From the answer that upholds an objection to the correction of the notice.
    pub correction: Days,
    /// From the end of the second disclosure to the archive.
    pub archive: Days,
}

/// To whom an overdue act is told, and after how many days.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// The level that is told.
    pub level: Level,
    /// Days after the last day on which the act was due.
    pub after: Days,
}

/// Something that a village owes once in each period, whatever its matters.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodicRule {
    /// What.
    pub kind: RoutineKind,
    /// How often.
    pub every: Cycle,
    /// How many times a period, where it is more than once.
    #[serde(default = "once")]
    pub times: u32,
    /// Days after the period's end by which it must have been recorded.
    #[serde(default)]
    pub grace_days: u16,
    /// Where the rule comes from.
    pub basis: Basis,
}

const fn once() -> u32 {
    1
}

/// The routine duties of a village or community.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RoutineKind {
    /// 村民代表会议
    RepresentativesMeeting,
    /// 村民会议
    AssemblyMeeting,
    /// 成员大会
    MembersAssembly,
    /// 村务公开
    AffairsDisclosure,
    /// 财务公开
    AccountsDisclosure,
    /// 民主评议
    Appraisal,
    /// 联席会议
    JointConference,
}

/// How often a routine duty falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Cycle {
    /// 每月
    Month,
    /// 每季度
    Quarter,
    /// 每半年
    HalfYear,
    /// 每年
    Year,
}

/// The rules of an owners' decision (Civil Code art. 278).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnersRules {
    /// Share of the owners, and of the area, that must take part.
    pub participation: Share,
    /// Share of those taking part, by number and by area, that must agree.
    pub ordinary: Share,
    /// The same for items 6 to 8.
    pub special: Share,
}

/// Limits on what passes without the whole road, and on what is split to stay below them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplittingRule {
    /// Months over which amounts with the same site, contractor, purpose or beneficiaries are summed.
    pub months: u16,
    /// Where the number comes from.
    pub basis: Basis,
}

impl Cycle {
    /// Months of the period.
    #[must_use]
    pub const fn months(self) -> i8 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::HalfYear => 6,
            Self::Year => 12,
        }
    }

    /// The first day of the period that a day lies in; periods begin with the calendar year.
    #[must_use]
    pub fn first_day(self, day: Date) -> Date {
        let month = (day.month() - 1) / self.months() * self.months() + 1;
        Date::new(day.year(), month, 1).unwrap_or(day)
    }

    /// The last day of the period that a day lies in.
    #[must_use]
    pub fn last_day(self, day: Date) -> Date {
        let month = self.first_day(day).month() + self.months() - 1;
        Date::new(day.year(), month, 1).map_or(day, Date::last_of_month)
    }
}
