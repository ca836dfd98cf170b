//! What the engine keeps of somebody, shown to them; who looked, shown to them and to those who watch.

use std::time::Duration;

use serde_json::json;
use siyi_access::matrix::Column;
use siyi_log::envelope::Recorded;
use siyi_log::port::{AllFrom, Direction};

use super::desk::{TOWN, VILLAGE, joined, officer, with_officer};
use super::doors::cast::Stage;

const WANG: &str = "7d1f0a52-9f0e-4b61-9a43-3f4a5be7c101";

#[tokio::test(flavor = "multi_thread")]
async fn a_person_sees_the_own_data_in_clear_once_the_log_says_so() {
    let (_folder, server) = with_officer().await;
    let mut officer = officer(&server, &[(WANG, "王小明")]).await;
    let mut wang = joined(&server, &mut officer, VILLAGE, WANG, "wang").await;
    let page = wang.get("/account/record").await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("王*明") && page.body.contains("尚无人查阅原文"), "{}", page.body);
    assert!(!page.body.contains("王小明"), "nobody asked for it");
    let before = server.app.store.head().await.unwrap().unwrap();
    let opened = wang.form("/account/record", "/account/record", &[("place", VILLAGE)]).await;
    assert_eq!(opened.status, 200, "{}", opened.body);
    assert!(opened.body.contains("王小明"), "{}", opened.body);
    assert_eq!(opened.headers["cache-control"], "no-store");
    let last = server.app.store.read_all(AllFrom::End, Direction::Backwards, 1).await.unwrap();
    assert_eq!((last[0].position.0, last[0].event_type.as_str()), (before.0 + 1, "personal-data-read.v1"));
    let read = Recorded::read(&last[0]).unwrap().unwrap();
    assert_eq!(read.envelope.actor.person.to_string(), WANG);
    assert!(server.app.models.wait_for(last[0].position, Duration::from_secs(30)).await);
    let after = wang.get("/account/record").await;
    assert!(after.body.contains("本人查阅") && !after.body.contains("王小明"), "{}", after.body);
    let elsewhere = wang.form("/account/record", "/account/record", &[("place", TOWN)]).await;
    assert_eq!(elsewhere.status, 403, "{}", elsewhere.body);
    server.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_read_somebodys_data_is_told_to_them_and_to_those_who_watch_the_place() {
    let mut stage = Stage::set().await;
    let villager = stage.player(Column::Villager).browser.acting.clone().unwrap().0;
    let second =
        stage.second.graphql(&format!("mutation {{ giveSecond(jurisdiction: \"{VILLAGE}\") }}"), json!({})).await;
    let second = second["data"]["giveSecond"].as_str().unwrap_or_else(|| panic!("{second}")).to_owned();
    let clerk = &mut stage.player(Column::Clerk).browser;
    clerk.extra.push(("x-siyi-second", second));
    let read = "mutation($place: ID!, $input: RecordReadingInput!) { recordReading(jurisdiction: $place, input: $input) { \
                position values { field } } }";
    let input = json!({ "person": villager, "purpose": "核对补贴名册" });
    let told = clerk.graphql(read, json!({ "place": VILLAGE, "input": input })).await;
    let position = told["data"]["recordReading"]["position"].clone();
    assert!(position.is_string(), "{told}");
    let asked = "query($at: Position) { jurisdiction(code: \"419901101201\", atLeast: $at) { code } }";
    let caught_up = stage.player(Column::Villager).browser.graphql(asked, json!({ "at": position })).await;
    assert!(caught_up["errors"].is_null(), "{caught_up}");
    let own = stage.player(Column::Villager).browser.get("/account/record").await;
    assert!(own.body.contains("核对补贴名册") && own.body.contains("村文书"), "{}", own.body);

    // A villager's own looking is told without a name.
    stage.player(Column::Villager).browser.get(&format!("/account/access/{VILLAGE}")).await;
    let path = format!("/account/access/{VILLAGE}");
    for (column, status) in [
        (Column::Supervisor, 200),
        (Column::Director, 403),
        (Column::Villager, 403),
        (Column::OtherVillager, 403),
        (Column::Operator, 403),
        (Column::Auditor, 200),
    ] {
        assert_eq!(stage.player(column).browser.get(&path).await.status, status, "{}", column.code());
    }
    let watched = stage.player(Column::Supervisor).browser.get(&path).await.body;
    let line = watched.lines().find(|line| line.contains("read-personal")).unwrap_or_else(|| panic!("{watched}"));
    assert!(line.contains("村文书") && line.contains("unmask"), "{line}");
    assert!(watched.contains("村民等"), "{watched}");
    assert!(!watched.contains("appoint") && !watched.contains("own-record"), "{watched}");
    let elsewhere = stage.player(Column::Supervisor).browser.get("/account/access/419901101202").await;
    assert_eq!(elsewhere.status, 403);
    let nowhere = stage.player(Column::Supervisor).browser.get("/account/access/x").await;
    assert_eq!(nowhere.status, 404);
    stage.server.app.close().await;
}
