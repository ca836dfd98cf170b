//! A file whose period of retention is over is destroyed by an act, and by nothing else.

use serde_json::{Value, json};
use siyi_access::matrix::Column;
use siyi_api::attachments::owner_of;
use siyi_attachments::{Class, Digest, Upload, clean};
use siyi_domain::ids::{JurisdictionCode, PersonId};
use siyi_domain::office::{Actor, Office};
use siyi_log::handler::{Outcome, Request, Target};
use uuid::Uuid;

use super::desk::{Server, VILLAGE, officer, with_officer};
use super::doors::cast::Stage;
use super::made::{jpeg, picture};
use super::papers::{cited, line};

const WANG: &str = "7d1f0a52-9f0e-4b61-9a43-3f4a5be7c101";

fn village() -> JurisdictionCode {
    VILLAGE.parse().unwrap()
}

/// A sheet that was handed in on a day, as the village's own.
async fn kept(server: &Server, side: u32, on: &str) -> Digest {
    let store = &server.app.attachments;
    let upload = Upload {
        cleaned: clean(&jpeg(&picture(side, 32), None), None).unwrap(),
        owner: owner_of(None, &village()),
        class: Class::SignInSheet,
        village: village(),
        person: None,
        matter: None,
        uploaded_at: format!("{on}T08:00:00+08:00").parse().unwrap(),
    };
    store.keep_all(vec![upload]).await.unwrap().remove(0).particulars.digest
}

async fn dispose(stage: &mut Stage, file: Digest, second: bool) -> Value {
    let code =
        stage.second.graphql(&format!("mutation {{ giveSecond(jurisdiction: \"{VILLAGE}\") }}"), json!({})).await;
    let director = &mut stage.player(Column::Director).browser;
    director.extra = Vec::new();
    if second {
        director.extra.push(("x-siyi-second", code["data"]["giveSecond"].as_str().unwrap().to_owned()));
    }
    let input = json!({ "file": file.to_string(), "approval": "a".repeat(64) });
    director.act("disposeFile", "DisposeFileInput", VILLAGE, input).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overdue_file_goes_by_an_act_of_two_and_the_board_says_so() {
    let mut stage = Stage::set().await;
    let (old, young) = (kept(&stage.server, 50, "2009-05-01").await, kept(&stage.server, 51, "2024-05-01").await);
    let page = cited(&mut stage, &[&old.to_string(), &young.to_string()]).await;
    assert_eq!(dispose(&mut stage, old, false).await["error"], "second-signature-missing");
    assert_eq!(dispose(&mut stage, young, true).await["code"], "retention-orders-kept");
    assert_eq!(dispose(&mut stage, "b".repeat(64).parse().unwrap(), true).await["code"], "file-unknown");
    let account = stage.player(Column::Director).browser.get("/account").await.body;
    assert!(account.contains("待销毁的文件：1"), "{account}");
    let account = stage.player(Column::Supervisor).browser.get("/account").await.body;
    assert!(!account.contains("待销毁的文件"), "{account}");
    let path = format!("/attachments/{old}");
    assert_eq!(stage.player(Column::Director).browser.get(&path).await.status, 200, "nothing was removed yet");
    let disposed = dispose(&mut stage, old, true).await;
    assert_eq!(disposed["__typename"], "Recorded", "{disposed}");
    assert_eq!(stage.player(Column::Director).browser.get(&path).await.status, 404);
    assert_eq!(dispose(&mut stage, old, true).await["code"], "file-unknown", "there is nothing left to destroy");
    let account = stage.player(Column::Director).browser.get("/account").await.body;
    assert!(!account.contains("待销毁的文件"), "{account}");
    let head = stage.server.app.store.head().await.unwrap().unwrap();
    assert!(stage.server.app.models.wait_for(head, std::time::Duration::from_secs(30)).await);
    let shown = stage.player(Column::Nobody).browser.get(&page).await.body;
    assert!(line(&shown, &old.to_string()).contains("已删除：保管期限届满"), "{shown}");
    assert!(!line(&shown, &young.to_string()).contains("已删除"), "{shown}");
    stage.server.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_left_of_a_disposal_is_finished_at_the_next_start() {
    let (folder, server) = with_officer().await;
    officer(&server, &[(WANG, "王小明")]).await;
    let (old, young) = (kept(&server, 52, "2009-05-01").await, kept(&server, 53, "2024-05-01").await);
    // The mark and the event are there, and then the process died.
    std::fs::write(folder.data().join("erasing"), "").unwrap();
    let director = Actor { person: WANG.parse::<PersonId>().unwrap(), office: Office::VillageDirector };
    for file in [old, young] {
        let request = Request {
            command_id: Uuid::from_u128(u128::from(file == old) + 7),
            target: Target::Jurisdiction(village()),
            name: "disposeFile".to_owned(),
            input: json!({ "file": file.to_string(), "approval": "a".repeat(64) }),
            occurred_at: None,
            actor: director,
            correlation_id: None,
            via: None,
        };
        let outcome = server.app.handler.handle(&request).await.unwrap();
        assert_eq!(matches!(outcome, Outcome::Recorded(_)), file == old, "{outcome:?}");
    }
    assert_eq!(server.app.attachments.of_village(village()).await.unwrap().len(), 2);
    server.app.close().await;
    drop(server);
    let server = folder.serve().await;
    server.app.make_good_erasures();
    for _ in 0..600 {
        if !folder.data().join("erasing").exists() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let left = server.app.attachments.of_village(village()).await.unwrap();
    assert_eq!(left.iter().map(|of| of.digest).collect::<Vec<_>>(), [young]);
    server.app.close().await;
}
