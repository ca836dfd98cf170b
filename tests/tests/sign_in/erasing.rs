//! An erased person's account ends with them.

use std::time::Duration;

use jiff::ToSpan;
use serde_json::{Value, json};
use siyi_log::envelope::Recorded;
use siyi_log::port::{AllFrom, Direction};
use siyi_projections::directory;

use super::desk::{Browser, Folder, PASSWORD, Server, VILLAGE, holding, invite, joined, officer, with_officer};
use super::files::bring;
use super::made::{jpeg, picture};

const WANG: &str = "7d1f0a52-9f0e-4b61-9a43-3f4a5be7c101";
const LIU: &str = "7d1f0a52-9f0e-4b61-9a43-3f4a5be7c102";

#[tokio::test(flavor = "multi_thread")]
async fn who_is_erased_has_no_account_and_nothing_of_it_is_left() {
    let (folder, server) = with_officer().await;
    let mut officer = officer(&server, &[(WANG, "欧阳佩兰")]).await;
    let mut wang = joined(&server, &mut officer, VILLAGE, WANG, "wang").await;
    assert!(wang.get("/account").await.body.contains("柳沟村"));
    let directory_before = server.app.models.directory.shelf().path().to_owned();

    let erase = json!({ "person": WANG, "basis": "consent_withdrawn" });
    let mut second = server.browser();
    second.sign_in("zhong", PASSWORD).await;
    let erased = officer.act("erasePerson", "ErasePersonInput", VILLAGE, erase).await;
    assert_eq!(erased["__typename"], "Recorded", "{erased}");
    for _ in 0..200 {
        if !folder.data().join("erasing").exists() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(!folder.data().join("erasing").exists(), "the erasure has not reached everything");
    assert_eq!(wang.get("/account").await.location(), "/sign-in", "the session is over");
    assert_eq!(server.browser().sign_in("wang", PASSWORD).await.status, 403);
    let shelf = server.app.models.directory.shelf();
    assert_eq!(directory::masked_name(&shelf, WANG.parse().unwrap()).unwrap(), "已删除");
    assert_eq!(directory::account_of(&shelf, WANG.parse().unwrap()).unwrap(), None);
    drop(shelf);
    assert!(!directory_before.exists(), "the directory's old files are still there");
    server.app.close().await;
    drop(server);
    for planted in ["欧阳佩兰", "欧阳*兰", "欧**兰", "欧阳**"] {
        assert_eq!(holding(&folder.data(), planted), None, "{planted}");
    }
}

async fn erase(officer: &mut Browser, person: &str) -> Value {
    let input = json!({ "person": person, "basis": "consent_withdrawn" });
    officer.act("erasePerson", "ErasePersonInput", VILLAGE, input).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_says_until_when_a_backup_of_the_keys_is_good() {
    let folder = Folder::new();
    assert!(folder.create_admin("zhong", PASSWORD).status.success());
    let backup = folder.data().with_file_name("keys.backup");
    let made = folder.console(&["key", "backup", backup.to_str().unwrap()], "");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let server = folder.serve().await;
    let in_thirty_days = server.app.clock.now().day().saturating_add(30.days());
    let told = String::from_utf8_lossy(&made.stdout).into_owned();
    assert!(told.contains(&in_thirty_days.to_string()), "{told}");
    let mut officer = officer(&server, &[(WANG, "王小明")]).await;
    assert_eq!(erase(&mut officer, WANG).await["__typename"], "Recorded");
    let newest = server.app.store.read_all(AllFrom::End, Direction::Backwards, 1).await.unwrap();
    let erased = Recorded::read(&newest[0]).unwrap().unwrap();
    assert_eq!(erased.envelope.event_type, "person-erased.v1");
    let data: Value = serde_json::from_slice(&newest[0].body).unwrap();
    assert!(data.to_string().contains(&format!("\"last_key_backup_expires\":\"{in_thirty_days}\"")), "{data}");
    server.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_that_the_schedule_keeps_is_not_erased_with_its_person() {
    let (_folder, server) = with_officer().await;
    let mut officer = officer(&server, &[(WANG, "王小明"), (LIU, "刘大力")]).await;
    for (person, class, side) in [(WANG, "contract", 20), (LIU, "other", 21), (LIU, "photo", 22)] {
        let brought = bring(&mut officer, class, "image/jpeg", Some(person), jpeg(&picture(side, 20), None)).await;
        assert_eq!(brought.status, 201, "{}", brought.body);
    }
    assert_eq!(erase(&mut officer, WANG).await["code"], "retention-orders-kept");
    // Nobody said what the other paper is to the village, and a photo of a person is no record of it: no period binds them.
    assert_eq!(erase(&mut officer, LIU).await["__typename"], "Recorded");
    let restrict = json!({ "person": WANG, "basis": "consent_withdrawn" });
    let restricted = officer.act("restrictPerson", "RestrictPersonInput", VILLAGE, restrict).await;
    assert_eq!(restricted["__typename"], "Recorded", "{restricted}");
    server.app.close().await;
}

const DUE: &str = "query($place: ID!) { jurisdiction(code: $place) { retentionDue { persons { person name since rule { \
                   law article } } files { sha256 } } } }";

async fn due(browser: &mut Browser) -> Value {
    let told = browser.graphql(DUE, json!({ "place": VILLAGE })).await;
    told["data"]["jurisdiction"]["retentionDue"].clone()
}

/// Makes a person grid worker until yesterday.
async fn former_grid_worker(server: &Server, officer: &mut Browser, person: &str) {
    let yesterday = server.app.clock.now().day().saturating_sub(1.day());
    let term =
        json!({ "person": person, "office": "grid_worker", "from": "2026-01-05", "until": yesterday.to_string() });
    let appointed = officer.act("appoint", "AppointInput", VILLAGE, term).await;
    assert_eq!(appointed["__typename"], "Recorded", "{appointed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_keeps_the_rolls_sees_whose_data_has_fallen_due() {
    let (_folder, server) = with_officer().await;
    let mut officer = officer(&server, &[(WANG, "王小明"), (LIU, "刘大力")]).await;
    server.app.models.caught_up().await;
    assert_eq!(due(&mut officer).await, json!({ "persons": [], "files": [] }), "who has not taken part yet is not due");
    former_grid_worker(&server, &mut officer, WANG).await;
    let today = server.app.clock.now().day().to_string();
    let rule = json!({ "law": "VL-2025", "article": "16" });
    let wang = json!({ "person": WANG, "name": "王*明", "since": today, "rule": rule });
    assert_eq!(due(&mut officer).await["persons"], json!([wang]));
    let mut villager = server.browser();
    let code = invite(&mut officer, LIU).await;
    villager.join(&code, "liu").await;
    assert_eq!(due(&mut villager).await, Value::Null);
    assert_eq!(due(&mut server.browser()).await, Value::Null);
    assert_eq!(erase(&mut officer, WANG).await["__typename"], "Recorded");
    assert_eq!(due(&mut officer).await["persons"], json!([]));
    server.app.close().await;
}
