//! What the script gets to hear.

use axum::http::Method;
use serde_json::Value;

use super::desk::{Answer, Browser, Desk, PASSWORD};

async fn ask(browser: &mut Browser, path: &str, form: &str, body: &str) -> Answer {
    let headers = [("origin", "https://siyi.example"), ("content-type", "application/json"), ("x-siyi-form", form)];
    browser.send(Method::POST, path, &headers, body.to_owned()).await
}

#[tokio::test]
async fn an_unknown_name_is_asked_for_a_passkey_too() {
    let desk = Desk::open("https://siyi.example");
    desk.account("liu-clerk").await;
    let mut browser = desk.browser();
    let form = browser.get("/sign-in").await.form();
    for name in ["liu-clerk", "nobody"] {
        let begun = ask(&mut browser, "/sign-in/passkey/begin", &form, &format!("{{\"name\":\"{name}\"}}")).await;
        assert_eq!(begun.status.as_u16(), 200);
        let begun: Value = serde_json::from_str(&begun.body).unwrap();
        assert_eq!(begun["options"]["publicKey"]["allowCredentials"].as_array().unwrap().len(), 1, "{name}");
    }
}

#[tokio::test]
async fn a_passkey_is_begun_by_who_signed_in_just_now() {
    let desk = Desk::open("https://siyi.example");
    desk.account("liu-clerk").await;
    let mut browser = desk.browser();
    let form = browser.get("/sign-in").await.form();
    let stranger = ask(&mut browser, "/account/passkey/begin", &form, "{}").await;
    assert!(stranger.body.contains("not-signed-in"));
    browser.sign_in("liu-clerk", PASSWORD).await;
    let form = browser.get("/account").await.form();
    let begun = ask(&mut browser, "/account/passkey/begin", &form, "{}").await;
    let begun: Value = serde_json::from_str(&begun.body).unwrap();
    assert_eq!(begun["options"]["publicKey"]["rp"]["id"], "siyi.example");
    let ceremony = begun["ceremony"].as_str().unwrap();
    let bad = format!("{{\"ceremony\":\"{ceremony}\",\"credential\":{{}}}}");
    assert!(ask(&mut browser, "/account/passkey/finish", &form, &bad).await.body.contains("passkey-refused"));
    assert!(ask(&mut browser, "/account/passkey/finish", &form, &bad).await.body.contains("ceremony-unknown"));
    desk.later(301);
    assert!(ask(&mut browser, "/account/passkey/begin", &form, "{}").await.body.contains("sign-in-not-fresh"));
}
