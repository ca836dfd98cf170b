//! The figures of a flag in words. Persons are told by their number alone: a flag accuses nobody.

use siyi_domain::ids::{Fen, JurisdictionCode};
use siyi_projections::compliance::FlagRow;
use siyi_projections::directory;

use crate::pages::lang::Lang;
use crate::pages::trouble::Trouble;
use crate::pages::visit::Visit;

/// Names of figures, as flags carry them: in Chinese, in English.
const NAMES: &[(&str, &str, &str)] = &[
    ("budget_fen", "决议预算", "budget resolved"),
    ("resolved_fen", "此前预算", "budget before"),
    ("paid_fen", "已付款", "paid"),
    ("contract_fen", "合同价", "contract sum"),
    ("variations_fen", "变更", "variations"),
    ("final_fen", "决算", "final account"),
    ("sum_fen", "合计金额", "sum"),
    ("limit_fen", "限额", "limit"),
    ("parts", "拆分件数", "parts"),
    ("months", "累计期间（月）", "months"),
    ("planned_choice", "决议的承包方式", "choice resolved"),
    ("choice", "实际承包方式", "choice made"),
    ("due", "应到", "due"),
    ("present", "实到", "present"),
    ("left_out", "不计入应到", "left out of those due"),
    ("turns", "因此改变的结论", "what it turns"),
    ("held_on", "开会日期", "held on"),
    ("minutes_apart", "两次会议相隔（分钟）", "minutes between the meetings"),
    ("sha256", "照片摘要值", "photo"),
    ("first_in", "首次使用于", "first used in"),
    ("steps", "同日环节", "steps on one day"),
    ("notice", "公告号", "notice"),
    ("missing_on", "发现缺失日期", "found missing on"),
    ("removable_on", "不得早于此日撤下", "not to be taken down before"),
    ("times", "发现缺失次数", "times found missing"),
    ("party_members", "党员大会签到", "signed in at the party members' meeting"),
    ("in_both", "两次会议同时签到", "signed in at both"),
    ("decisions", "连续决定数", "decisions"),
    ("objection", "异议", "objection"),
    ("due_on", "应办日期", "due on"),
    ("days_late", "逾期天数", "days late"),
    ("minutes", "集中记录用时（分钟）", "minutes in which they were recorded"),
    ("days", "涉及的日子", "days that they tell of"),
    ("ballots", "全票通过的无记名投票", "unanimous secret ballots"),
    ("opposed", "此前的反对意见", "opposition before"),
    ("from", "原事项类别", "kinds before"),
    ("to", "现事项类别", "kinds now"),
    ("hours", "迟记（小时）", "hours until it was recorded"),
    ("hours_allowed", "规定时限（小时）", "hours allowed"),
    ("villages", "同文的村（社区）", "villages with the same text"),
    ("resolved_on", "决议日期", "resolved on"),
    ("done_on", "实施日期", "done on"),
    ("kind", "公告种类", "kind of notice"),
    ("of_the_kind", "此类事项", "matters of the kind"),
    ("matters", "全部事项", "matters in all"),
    ("share_allowed", "提示比例", "share from which it is flagged"),
    ("planned_on", "计划开工", "planned start"),
];

/// What was seen, as pairs of name and figure.
///
/// # Errors
/// [`Trouble::ReadStore`].
pub fn told(visit: &Visit<'_>, row: &FlagRow) -> Result<Vec<(&'static str, String)>, Trouble> {
    let lang = visit.lang();
    let mut seen = Vec::new();
    for (figure, value) in &row.figures {
        // A figure without a name of its own would say nothing to a reader.
        let Some((_, zh, en)) = NAMES.iter().find(|(known, ..)| known == figure) else { continue };
        seen.push((lang.pick(zh, en), written(visit, figure, value)?));
    }
    if !row.persons.is_empty() {
        let persons = row.persons.len();
        let told = match lang {
            Lang::Zh => format!("{persons}人"),
            Lang::En => persons.to_string(),
        };
        seen.push((lang.pick("涉及", "persons"), told));
    }
    Ok(seen)
}

fn written(visit: &Visit<'_>, figure: &str, value: &str) -> Result<String, Trouble> {
    let lang = visit.lang();
    Ok(match figure {
        name if name.ends_with("_fen") => value.parse().map_or_else(|_| value.to_owned(), |fen| lang.spoken(Fen(fen))),
        name if name.ends_with("_on") => {
            value.parse::<jiff::civil::Date>().map_or_else(|_| value.to_owned(), |d| lang.day(d))
        }
        "turns" if value == "quorum" => lang.pick("到会人数", "quorum").to_owned(),
        "turns" => lang.pick("通过", "threshold").to_owned(),
        "sha256" => format!("{}…", value.chars().take(12).collect::<String>()),
        "first_in" => match value.parse::<JurisdictionCode>() {
            Ok(code) => {
                directory::jurisdiction(&visit.directory(), &code)?.map_or_else(|| value.to_owned(), |row| row.name)
            }
            Err(_) => value.to_owned(),
        },
        _ => value.to_owned(),
    })
}
