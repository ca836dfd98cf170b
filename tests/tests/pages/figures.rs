//! The figures and dates of the composed examples, as the rules of the project give them (4.4).

use super::{COVENANT, LAMPS, ROAD, SCREEN, SITE, VILLAGE};

#[test]
fn the_road_shows_its_meetings_with_the_arithmetic() {
    let page = SITE.get(ROAD);
    for figures in [
        "应到 55",
        "实到 41",
        "41×3=123 ≥ 110=55×2",
        "38×2=76 > 55=55×1",
        "应到 51",
        "44×3=132 ≥ 102=51×2",
        "41×2=82 > 44=44×1",
        "17×3=51 ≥ 51=51×1",
        "印制 55 · 发出 44 · 换发 1 · 未用 10 · 箱内 44",
        "《中华人民共和国村民委员会组织法》（2025-10-28）第30条 已核对原文",
        "惯例，可由地方配置",
    ] {
        page.shows(figures);
    }
}

#[test]
fn the_road_shows_its_money_to_the_last_fen() {
    let page = SITE.get(ROAD);
    for figures in [
        "财政资金 380,000.00",
        "村集体资金 144,000.00",
        "捐赠 100,000.00",
        "合计 624,000.00",
        "决议预算 62.40万元",
        "示例县禾埂道路工程有限公司",
        "601,000.00元",
        "＋12,000.00元",
        "613,000.00 节约1.10万元",
        "柳沟村支2026-041 72,300.00 613,000.00",
    ] {
        page.shows(figures);
    }
}

#[test]
fn the_resolution_notice_has_its_lawful_days() {
    let page = SITE.get(&format!("{ROAD}/notice/1"));
    page.shows("关于三组至五组道路硬化工程的决议公告");
    page.shows("柳沟村〔2026〕决3号");
    page.shows("党员大会 2026年3月6日 村文化活动中心");
    page.shows("55 41 74.5% 举手表决 38 2 1");
    page.shows("51 44 86.2% 无记名投票 41 2 1");
    assert!(page.body.contains("<time datetime=\"2026-03-19\">2026年3月19日</time>"), "end of the objection window");
    assert!(page.body.contains("<time datetime=\"2026-03-28\">2026年3月28日</time>"), "first lawful day of removal");
    page.shows("程序完整，同意公开");
    page.shows("村口村务公开栏、三组公开栏、四组公开栏、五组公开栏；柳沟村村务微信群");
}

#[test]
fn the_outcome_notice_compares_what_was_resolved_with_what_became_of_it() {
    let page = SITE.get(&format!("{ROAD}/notice/3"));
    page.shows("关于三组至五组道路硬化工程的实施结果公告");
    page.shows("公开比价，3家报价");
    page.shows("决算 节约1.10万元 613,000.00");
    page.shows("验收组8人，乡镇参加1人");
}

#[test]
fn a_progress_notice_says_only_what_was_known_when_it_was_posted() {
    let page = SITE.get(&format!("{ROAD}/notice/2"));
    page.shows("累计付款 180,300.00");
    page.shows("三组、四组路段基层和面层已完成");
    assert!(!page.text().contains("全线1.86公里"), "reported seven weeks later");
    assert!(!page.text().contains("613,000.00"), "accounted two months later");
}

#[test]
fn a_corrected_notice_shows_the_correction_and_its_new_days() {
    let page = SITE.get(&format!("{}/notice/1", SITE.matter(COVENANT)));
    page.shows("公布期自更正之日起重新计算");
    page.shows("379×3=1137 ≥ 1124=562×2");
    page.shows("331×2=662 > 379=379×1");
}

#[test]
fn the_board_says_what_is_posted_what_is_due_and_what_is_late() {
    let page = SITE.get(VILLAGE);
    page.shows("柳沟村 村务公开栏");
    page.shows("2,186人");
    page.shows("异议期至 2026年7月17日 异议期已满");
    page.shows("不得早于 2026年7月28日");
    page.shows("决议公开 最迟 2026年7月9日 已逾期27天");
    page.shows("答复异议（第1件） 最迟 2026年7月20日 已逾期16天");
    SITE.get("/").shows("逾期事项 2件");
    SITE.get("/j/419901000000").shows("已逾期27天");
}

#[test]
fn a_motion_that_was_lost_stays_to_be_read() {
    let page = SITE.get(&SITE.matter(SCREEN));
    page.shows("40×3=120 ≥ 110=55×2");
    page.shows("21×2=42 ≤ 55=55×1");
    page.shows("未通过");
    page.shows("止于第3步（共9步）");
}

#[test]
fn a_meeting_without_quorum_is_told_with_its_figures() {
    let page = SITE.get(&SITE.matter(LAMPS));
    page.shows("到会人数不足，未作决定");
    page.shows("33×3=99 < 102=51×2");
}

#[test]
fn the_procedure_names_the_law_of_each_number() {
    let page = SITE.get("/procedures/rural/HN/2026");
    page.shows(
        "到会 应到人数的三分之二以上（≥ 2/3） 《中华人民共和国村民委员会组织法》（2025-10-28）第30条 已核对原文",
    );
    page.shows("公布不少于 15日 《中华人民共和国村民委员会组织法》（2025-10-28）第35条第4款");
}

#[test]
fn the_resolution_notice_reads_as_approved() {
    let page = SITE.get(&format!("{ROAD}/notice/1"));
    let (_, sheet) = page.body.split_once("<article").unwrap();
    // The hash covers the time of recording, which differs from run to run: the clock runs on.
    let (sheet, _) = sheet.split_once("<footer").unwrap();
    let blocks = sheet.replace("</tr>", "</p>").replace("</h2>", "</p>").replace("</caption>", "</p>");
    let lines = blocks.split("</p>").map(|block| super::text(&format!("<p{block}")));
    let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    insta::assert_snapshot!("resolution_notice", lines.join("\n"));
}
