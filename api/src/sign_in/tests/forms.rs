//! What another site can make a browser send is not done.

use axum::http::Method;

use super::desk::{Browser, Desk, PASSWORD};

const FORMS: [&str; 8] = [
    "/sign-in",
    "/sign-out",
    "/join",
    "/account/password",
    "/account/sessions",
    "/account/means",
    "/account/tokens",
    "/account/oidc",
];
const QUESTIONS: [&str; 5] = [
    "/sign-in/passkey/begin",
    "/sign-in/passkey/finish",
    "/account/passkey/begin",
    "/account/passkey/finish",
    "/account/passkey/sign",
];
const OURS: [(&str, &str); 2] = [("origin", "https://siyi.example"), ("sec-fetch-site", "same-origin")];

async fn signed_in(desk: &Desk, name: &str) -> (Browser, String) {
    let mut browser = desk.browser();
    browser.sign_in(name, PASSWORD).await;
    let form = browser.get("/account").await.form();
    (browser, form)
}

#[tokio::test]
async fn no_form_is_taken_from_another_site_or_without_its_own_token() {
    let desk = Desk::open("https://siyi.example");
    desk.account("liu-clerk").await;
    desk.account("mallory").await;
    let (mut browser, form) = signed_in(&desk, "liu-clerk").await;
    let (_, theirs) = signed_in(&desk, "mallory").await;
    let before = desk.browser().get("/sign-in").await.form();
    let mut refused = 0;
    for path in FORMS {
        for token in ["", "x", &theirs, &before] {
            let fields =
                [("form", token), ("session", "others"), ("present", PASSWORD), ("new", "another good password")];
            let answer = browser.post_with(path, &OURS, &fields).await;
            assert_eq!(answer.status.as_u16(), 403, "{path} with `{token}`");
            refused += 1;
        }
        let shapes: [&[(&str, &str)]; 6] = [
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("origin", "http://siyi.example")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "https://siyi.example"), ("sec-fetch-site", "none")],
        ];
        for shape in shapes {
            let answer = browser.post_with(path, shape, &[("form", &form), ("session", "others")]).await;
            assert_eq!(answer.status.as_u16(), 403, "{path} with {shape:?}");
            refused += 1;
        }
        for media in ["text/plain", "multipart/form-data; boundary=x", "application/json"] {
            let headers = [OURS.as_slice(), &[("content-type", media)]].concat();
            let answer = browser.send(Method::POST, path, &headers, format!("form={form}")).await;
            assert_eq!(answer.status.as_u16(), 415, "{path} as {media}");
            refused += 1;
        }
        let got = browser.send(Method::GET, &format!("{path}?form={form}&session=others"), &[], String::new()).await;
        assert_ne!(got.status.as_u16(), 303, "{path}");
        refused += 1;
    }
    assert_eq!(browser.get("/account").await.status.as_u16(), 200, "nothing was done");
    assert_eq!(refused, FORMS.len() * 14);
}

#[tokio::test]
async fn no_question_of_a_script_is_answered_without_the_token() {
    let desk = Desk::open("https://siyi.example");
    desk.account("liu-clerk").await;
    let (mut browser, form) = signed_in(&desk, "liu-clerk").await;
    for path in QUESTIONS {
        let ask = [("content-type", "application/json"), ("x-siyi-form", form.as_str())];
        let shapes: [&[(&str, &str)]; 5] = [
            &[OURS[0], ask[0]],
            &[OURS[0], ask[0], ("x-siyi-form", "x")],
            &[("origin", "https://evil.example"), ask[0], ask[1]],
            &[("sec-fetch-site", "cross-site"), ask[0], ask[1]],
            &[OURS[0], ("content-type", "text/plain"), ask[1]],
        ];
        for shape in shapes {
            let status = browser.send(Method::POST, path, shape, "{}".to_owned()).await.status.as_u16();
            assert!(matches!(status, 403 | 415), "{path} with {shape:?}: {status}");
        }
    }
}

#[tokio::test]
async fn on_this_machine_a_page_may_be_opened_under_any_of_its_own_names() {
    let desk = Desk::open("http://localhost:8420");
    desk.account("liu-clerk").await;
    let mut browser = desk.browser();
    let form = browser.get("/sign-in").await.form();
    let fields = [("form", form.as_str()), ("name", "liu-clerk"), ("password", PASSWORD)];
    let evil = browser.post_with("/sign-in", &[("origin", "http://siyi.example")], &fields).await;
    assert_eq!(evil.status.as_u16(), 403, "a name of the machine that is not its own");
    let ours = browser.post_with("/sign-in", &[("origin", "http://localhost:8420")], &fields).await;
    assert_eq!(ours.status.as_u16(), 303);
}
