//! The other roads, the ways off them, flags, routine duties and rule packs, as pages.

use axum::http::StatusCode;

use super::{ROAD, SITE, VILLAGE};

/// Titles of matters of the shipped cases.
const LIFT: &str = "春和苑小区加装电梯";
const SHED: &str = "新建电动自行车充电棚3处";
const PUMP: &str = "村东提灌站维修筹资";
const RANKED: &str = "2026年社区服务项目：居民票选";

#[test]
fn each_verdict_has_its_arithmetic_in_one_line_and_the_text_of_its_article() {
    let page = SITE.get(ROAD);
    page.shows("实到 41 ≥ 应到 55 的 2/3（41×3=123 ≥ 110=55×2）；同意 38 超过 应到 55 的 1/2（38×2=76 > 55=55×1）");
    page.shows("实到 44 ≥ 应到 51 的 2/3（44×3=132 ≥ 102=51×2）");
    let rules = siyi_domain::rules::Rules::shipped().unwrap();
    let article = rules.laws.find("VL-2025").unwrap().article("30").unwrap();
    page.shows(&article.zh);
    page.shows("条文大意，已核对原文");
    page.shows("来自记忆或通行做法，未核对原文");
    SITE.get(&format!("{ROAD}?lang=en")).shows("present 41 ≥ 2/3 of those due, 55 (41×3=123 ≥ 110=55×2)");
}

#[test]
fn a_community_is_told_as_one() {
    let page = SITE.get(&SITE.matter(SHED));
    page.shows("居民代表");
    page.shows("居委会主任");
    for term in ["村委会主任", "村务监督委员会", "村民代表会议"] {
        assert!(!page.text().contains(term), "{term} in\n{}", page.text());
    }
    let board = SITE.get(&board_of(SHED));
    board.shows("居务公开栏");
    board.shows("居民代表");
    board.shows("居务监督委员会");
    let (_, rolls) = board.body.split_once("class=\"rolls\"").unwrap();
    assert!(!rolls.split("</table>").next().unwrap().contains("村民"));
}

fn board_of(title: &str) -> String {
    let number = SITE.matter(title);
    format!("/j/{}", number.trim_start_matches("/c/").split('-').next().unwrap())
}

#[test]
fn a_canvass_is_told_with_coverage_opinions_and_answers() {
    let page = SITE.get(&SITE.matter(SHED));
    page.shows("征求意见覆盖面");
    page.shows("意见原文不公开");
    page.shows("采纳");
}

#[test]
fn a_ranking_is_told_most_chosen_first() {
    let page = SITE.get(&SITE.matter(RANKED));
    page.shows("建议项目排序投票");
    page.shows("得票由多到少");
}

#[test]
fn a_levy_is_told_with_signatures_and_reviews_on_its_own_road() {
    let page = SITE.get(&SITE.matter(PUMP));
    page.shows("办理程序：一事一议筹资筹劳");
    page.shows("全部12步已完成");
    page.shows("签字户");
    page.shows("审核（只审合法性） 同意");
    page.shows("最迟答复");
    let text = page.text();
    let place = |name: &str| text.find(name).unwrap_or_else(|| panic!("{name} is not on the page"));
    assert!(place("乡镇初审 已完成") < place("县级复审 已完成") && place("户签字 已完成") < place("乡镇初审 已完成"));
}

#[test]
fn the_owners_are_told_by_number_and_by_area() {
    let page = SITE.get(&SITE.matter(LIFT));
    for test in ["参与表决的业主", "参与表决的面积", "同意的业主", "同意的面积"] {
        page.shows(test);
    }
    page.shows("平方米");
}

#[test]
fn every_pack_has_a_page_with_its_roads_and_its_chart() {
    let index = SITE.get("/procedures");
    assert_eq!(index.status, StatusCode::OK);
    let rules = siyi_domain::rules::Rules::shipped().unwrap();
    for pack in rules.procedures() {
        index.shows(&pack.name.zh);
        let page = SITE.get(&format!("/procedures/{}", pack.id));
        assert_eq!(page.status, StatusCode::OK, "{}", pack.id);
        for lane in &pack.lanes {
            page.shows(&lane.name.zh);
        }
        assert_eq!(page.body.matches("flowchart TD").count(), pack.lanes.len(), "{}", pack.id);
    }
    index.shows("采用后适用");
    let page = SITE.get("/procedures/rural/HN/2026");
    page.shows("未通过：退回村“两委”会商议（S2）");
    page.shows("复议、撤销、补充、终止、追认");
    page.shows("每季度1次");
    page.shows("逾期后告知乡镇（街道）");
}

#[test]
fn the_board_shows_what_is_owed_in_each_period() {
    let page = SITE.get(VILLAGE);
    page.shows("例行事项");
    page.shows("召开村民代表会议 2026年第3季度");
    page.shows("已逾期");
    SITE.get("/j/419901000000").shows("例行事项逾期");
}

#[test]
fn flags_lead_to_the_records_behind_them() {
    let county = SITE.get("/j/419901000000/flags");
    assert_eq!(county.status, StatusCode::OK);
    county.shows("预警只提示需要核查，不是结论");
    county.shows("按情形统计");
    let link = county.body.split("href=\"").find(|piece| piece.starts_with("/c/") && piece.contains("#p")).unwrap();
    let (path, anchor) = link.split('"').next().unwrap().split_once('#').unwrap();
    assert!(SITE.get(path).body.contains(&format!("id=\"{anchor}\"")), "{path} has no {anchor}");
    assert_eq!(SITE.get("/j/419901199000/flags").status, StatusCode::NOT_FOUND);
    assert_eq!(SITE.get("/j/nowhere/flags").status, StatusCode::NOT_FOUND);
}
