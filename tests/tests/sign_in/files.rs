//! Files come in cleaned, go out to whom they may, and are nowhere in clear.

use axum::http::{Method, StatusCode};
use siyi_attachments::limits::MAX_FILE_BYTES;

use super::desk::{Answer, Browser, Folder, Server, VILLAGE, holding, joined, officer, with_officer};
use super::made::{CANARY, exif, holds, jpeg, picture};

const WANG: &str = "7d1f0a52-9f0e-4b61-9a43-3f4a5be7c101";

pub async fn bring(browser: &mut Browser, class: &str, media: &str, person: Option<&str>, bytes: Vec<u8>) -> Answer {
    let person = person.map(|person| format!("&person={person}")).unwrap_or_default();
    browser.post(&format!("/attachments?jurisdiction={VILLAGE}&class={class}{person}"), media, bytes).await
}

fn sha256(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body());
    answer.json()["sha256"].as_str().unwrap().to_owned()
}

fn code(answer: &Answer) -> String {
    answer.json()["errors"][0]["extensions"]["code"].as_str().unwrap().to_owned()
}

/// The clerk of the village, who may bring files, and a villager.
async fn village() -> (Folder, Server, Browser, Browser) {
    let (folder, server) = with_officer().await;
    let mut officer = officer(&server, &[(WANG, "王小明")]).await;
    let term = serde_json::json!({ "person": WANG, "office": "clerk", "from": "2026-01-01" });
    let appointed = officer.act("appoint", "AppointInput", VILLAGE, term).await;
    assert_eq!(appointed["__typename"], "Recorded", "{appointed}");
    let mut clerk = joined(&server, &mut officer, VILLAGE, WANG, "wang").await;
    clerk.acting = Some((WANG.to_owned(), "clerk"));
    (folder, server, officer, clerk)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_loses_where_it_was_taken_and_is_shown_to_everybody() {
    let (folder, server, _, mut clerk) = village().await;
    let sent = jpeg(&picture(64, 32), Some(&exif(1)));
    assert!(holds(&sent, CANARY.as_bytes()), "nothing was planted");
    let digest = sha256(&bring(&mut clerk, "photo", "image/jpeg", None, sent).await);
    let shown = server.browser().get(&format!("/attachments/{digest}")).await;
    assert_eq!(shown.status, 200, "{}", shown.body());
    assert!(!holds(&shown.bytes, CANARY.as_bytes()));
    assert_eq!(shown.headers["content-security-policy"], "sandbox; default-src 'none'");
    assert!(shown.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    server.app.close().await;
    drop((server, clerk));
    assert_eq!(holding(&folder.data(), CANARY), None);
    let wide: Vec<u8> = CANARY.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(super::desk::holding_bytes(&folder.data(), &wide), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_and_a_ballot_are_shown_to_few() {
    let (_folder, server, mut officer, mut clerk) = village().await;
    let sheet = jpeg(&picture(32, 64), Some(&exif(6)));
    let digest = sha256(&bring(&mut clerk, "sign_in_sheet", "image/jpeg", None, sheet.clone()).await);
    let path = format!("/attachments/{digest}");
    assert_eq!(server.browser().get(&path).await.status, 401);
    assert_eq!(clerk.get(&path).await.status, 200);
    assert_eq!(officer.get(&path).await.status, 200);
    let again = bring(&mut clerk, "photo", "image/jpeg", None, sheet).await;
    assert_eq!(again.json()["isNew"], false, "the same bytes are kept once");
    assert_eq!(server.browser().get(&path).await.status, 401, "and stay what they were first said to be");
    let ballot = jpeg(&picture(40, 40), None);
    let digest = sha256(&bring(&mut clerk, "ballot", "image/jpeg", None, ballot).await);
    let path = format!("/attachments/{digest}");
    assert_eq!(clerk.get(&path).await.status, 403, "not even the clerk who brought it");
    assert_eq!(officer.get(&path).await.status, 200);
    server.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_honest_file_is_refused_with_its_code() {
    let (_folder, server, _, mut clerk) = village().await;
    let photo = jpeg(&picture(16, 16), None);
    let polyglot = [photo.clone(), b"%PDF-1.7\n<script>alert(1)</script>PK\x03\x04".to_vec()].concat();
    let cases = [
        (bring(&mut clerk, "photo", "image/png", None, photo.clone()).await, "attachment-type-mismatch"),
        (bring(&mut clerk, "photo", "text/html", None, b"<script>".to_vec()).await, "attachment-type-unknown"),
        (bring(&mut clerk, "photo", "application/pdf", None, polyglot).await, "attachment-type-mismatch"),
        (bring(&mut clerk, "photo", "image/jpeg", Some(&"0".repeat(36)), photo.clone()).await, "invalid-input"),
    ];
    for (answer, expected) in cases {
        assert_eq!(code(&answer), expected);
    }
    let huge = bring(&mut clerk, "photo", "image/jpeg", None, vec![0xff; MAX_FILE_BYTES + 1]).await;
    assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
    for path in
        ["/attachments/..%2f..%2fetc%2fpasswd", "/attachments/%2e%2e", &format!("/attachments/{}", "a".repeat(64))]
    {
        assert_eq!(clerk.get(path).await.status, 404, "{path}");
    }
    server.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_acts_for_the_place_brings_a_file_and_no_other_site() {
    let (_folder, server, _, mut clerk) = village().await;
    let photo = || jpeg(&picture(16, 16), None);
    let mut nobody = server.browser();
    nobody.acting = clerk.acting.clone();
    assert_eq!(bring(&mut nobody, "photo", "image/jpeg", None, photo()).await.status, 401);
    clerk.acting = Some((WANG.to_owned(), "village_director"));
    assert_eq!(bring(&mut clerk, "photo", "image/jpeg", None, photo()).await.status, 403);
    let path = format!("/attachments?jurisdiction={VILLAGE}&class=photo");
    let forged = [
        vec![("content-type", "image/jpeg")],
        vec![("content-type", "image/jpeg"), ("x-siyi-request", "1"), ("origin", "https://evil.example")],
        vec![("content-type", "image/jpeg"), ("x-siyi-request", "1"), ("sec-fetch-site", "cross-site")],
    ];
    for headers in forged {
        assert_eq!(clerk.send_bytes(Method::POST, &path, &headers, photo()).await.status, 403, "{headers:?}");
    }
    server.app.close().await;
}
