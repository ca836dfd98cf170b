//! An erased person's account ends with them.

use std::time::Duration;

use serde_json::json;
use siyi_projections::directory;

use super::desk::{PASSWORD, VILLAGE, holding, invite, officer, with_officer};

const WANG: &str = "7d1f0a52-9f0e-4b61-9a43-3f4a5be7c101";

#[tokio::test(flavor = "multi_thread")]
async fn who_is_erased_has_no_account_and_nothing_of_it_is_left() {
    let (folder, server) = with_officer().await;
    let mut officer = officer(&server, &[(WANG, "欧阳佩兰")]).await;
    let code = invite(&mut officer, WANG).await;
    let mut wang = server.browser();
    wang.join(&code, "wang").await;
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
