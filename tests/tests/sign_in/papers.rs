//! The files on a matter's page: what they are for everybody, a link for whom the policies let in.

use serde_json::json;
use siyi_access::matrix::Column;

use super::desk::{Browser, VILLAGE};
use super::doors::cast::Stage;
use super::doors::raise;
use super::made::{jpeg, picture};

/// The digest of a file of a class, brought by the clerk.
async fn bring(clerk: &mut Browser, class: &str, side: u32) -> String {
    let path = format!("/attachments?jurisdiction={VILLAGE}&class={class}");
    let brought = clerk.post(&path, "image/jpeg", jpeg(&picture(side, 32), None)).await;
    brought.json()["sha256"].as_str().unwrap_or_else(|| panic!("{}", brought.body)).to_owned()
}

/// The digest that a paper lying elsewhere has.
const ELSEWHERE: &str = "1111111111111111111111111111111111111111111111111111111111111111";

/// A matter whose plan cited these papers one after the other; the address of its page.
pub async fn cited(stage: &mut Stage, papers: &[&str]) -> String {
    let (matter, number) = raise(&mut stage.player(Column::Director).browser).await;
    let screen =
        "mutation($id: ID!) { screenMotion(consultation: $id, input: {}) { __typename ... on Refusal { code } } }";
    let secretary = &mut stage.player(Column::Secretary).browser;
    let screened = secretary.graphql(screen, json!({ "id": matter })).await;
    assert_eq!(screened["data"]["screenMotion"]["__typename"], "Recorded", "{screened}");
    let mut last = json!(null);
    for paper in papers {
        let draft = "mutation($id: ID!, $plan: PlanInput!) { draftPlan(consultation: $id, input: { plan: $plan }) { \
                     __typename ... on Recorded { position } ... on Refusal { code } } }";
        let plan = json!({ "text": "误工补贴", "paper": paper });
        let drafted = secretary.graphql(draft, json!({ "id": matter, "plan": plan })).await;
        last = drafted["data"]["draftPlan"]["position"].clone();
        assert!(last.is_string(), "{drafted}");
    }
    // The page reads what the models hold.
    let read = "query($id: ID, $at: Position) { consultation(id: $id, atLeast: $at) { id } }";
    secretary.graphql(read, json!({ "id": matter, "at": last })).await;
    format!("/c/{number}")
}

/// What stands on a page about a file.
pub fn line<'a>(page: &'a str, digest: &str) -> &'a str {
    let begins = format!("<li id=\"f-{}\">", &digest[..12]);
    page.split(&begins).nth(1).unwrap_or_else(|| panic!("{page}")).split("</li>").next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_matters_page_links_to_the_files_that_its_reader_may_open() {
    let mut stage = Stage::set().await;
    let clerk = &mut stage.player(Column::Clerk).browser;
    let (plan, sheet) = (bring(clerk, "plan", 40).await, bring(clerk, "sign_in_sheet", 41).await);
    let (ballot, photo) = (bring(clerk, "ballot", 42).await, bring(clerk, "photo", 43).await);
    let page = cited(&mut stage, &[&plan, &sheet, &ballot, &photo, ELSEWHERE, &plan]).await;
    // Plan, sheet, ballot, photo.
    let readers = [
        (Column::Nobody, [false, false, false, true]),
        (Column::OtherVillager, [false, false, false, true]),
        (Column::Villager, [true, false, false, true]),
        (Column::Director, [true, true, false, true]),
        (Column::Supervisor, [true, true, true, true]),
    ];
    for (column, linked) in readers {
        let browser = &mut stage.player(column).browser;
        let shown = browser.get(&page).await;
        assert_eq!(shown.status, 200, "{}", shown.body);
        for (digest, expected) in [&plan, &sheet, &ballot, &photo].into_iter().zip(linked) {
            let (line, link) = (line(&shown.body, digest), format!("href=\"/attachments/{digest}\""));
            assert_eq!(line.contains(&link), expected, "{}: {line}", column.code());
            assert_eq!(line.contains("只对有权查阅的人开放"), !expected, "{}: {line}", column.code());
            assert!(line.contains("JPEG 图片") && line.contains(" B"), "{line}");
            // The link leads where it says.
            let opened = browser.get(&format!("/attachments/{digest}")).await;
            assert_eq!(opened.status == 200, expected, "{}: {}", column.code(), opened.status);
        }
        let cache = shown.headers["cache-control"].to_str().unwrap();
        assert_eq!(cache.contains("private"), column != Column::Nobody, "{cache}");
    }
    stage.server.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_elsewhere_or_speaks_of_a_person_is_told_as_that() {
    let mut stage = Stage::set().await;
    let person = stage.player(Column::Villager).browser.acting.clone().unwrap().0;
    let clerk = &mut stage.player(Column::Clerk).browser;
    let path = format!("/attachments?jurisdiction={VILLAGE}&class=photo&person={person}");
    let brought = clerk.post(&path, "image/jpeg", jpeg(&picture(44, 32), None)).await;
    let own = brought.json()["sha256"].as_str().unwrap().to_owned();
    let plan = bring(clerk, "plan", 45).await;
    let page = cited(&mut stage, &[ELSEWHERE, &own, &plan, &plan]).await;
    let shown = stage.player(Column::Nobody).browser.get(&page).await.body;
    assert!(line(&shown, ELSEWHERE).contains("原件由保管人保存"), "{shown}");
    let hidden = line(&shown, &own);
    assert!(hidden.contains("涉及个人的材料") && !hidden.contains("JPEG"), "{hidden}");
    // Two of the record's events cite the plan, and each names it.
    assert!(line(&shown, &plan).contains("见记录第5、6条"), "{}", line(&shown, &plan));
    let named = format!("<a href=\"#f-{}\">", &plan[..12]);
    assert_eq!(shown.matches(&named).count(), 2, "{shown}");
    let keeper = stage.player(Column::Director).browser.get(&page).await.body;
    assert!(line(&keeper, &own).contains(&format!("/attachments/{own}")), "{}", line(&keeper, &own));
    let english = stage.player(Column::Nobody).browser.get(&format!("{page}?lang=en")).await.body;
    assert!(line(&english, ELSEWHERE).contains("the paper is with its keeper"), "{english}");
    stage.server.app.close().await;
}
