//! The whole way in a real browser: `tests/browser/passkey.mjs` against these routes on a port of this machine.

use std::sync::Arc;

use serde_json::Value;

use super::desk::{Desk, PASSWORD};
use crate::sign_in::router;

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_set_up_signs_in_and_signs_an_act_in_chromium() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let public = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let desk = Desk::open(&public);
    let account = desk.account("liu-clerk").await;
    let routes = router(desk.door.clone()).merge(style());
    let serving = tokio::spawn(async move { axum::serve(listener, routes).await });
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/browser/passkey.mjs");
    let act = [0x5A; 32];
    let ran = tokio::process::Command::new("node")
        .args([script, &public, "liu-clerk", PASSWORD, "WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlo"])
        .kill_on_drop(true)
        .output()
        .await
        .expect("node starts: run scripts/setup tests");
    serving.abort();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "tests/browser/passkey.mjs failed; did scripts/setup tests run? {said}");
    let signed: Value = serde_json::from_slice(&ran.stdout).unwrap();
    let sign_in = Arc::clone(&desk.door.sign_in);
    let assertion = sign_in.finish_act_assertion(account, signed).await.unwrap();
    assert!(assertion.public_key_cose.len() == 77);
    assert_eq!(assertion.challenge(), Ok(act));
}

/// The pages' own style, so that the browser shows them as they are.
fn style() -> axum::Router {
    axum::Router::new().route("/static/{file}", axum::routing::get(crate::pages::statics::file))
}
