//! What the pages do.

use super::desk::{Desk, PASSWORD};

const PUBLIC: &str = "https://siyi.example";

#[tokio::test]
async fn who_signs_in_sees_the_account_and_who_signs_out_does_not() {
    let desk = Desk::open(PUBLIC);
    desk.account("liu-clerk").await;
    let mut browser = desk.browser();
    assert_eq!(browser.get("/account").await.header("location"), "/sign-in");
    let entered = browser.sign_in("liu-clerk", PASSWORD).await;
    assert_eq!((entered.status.as_u16(), entered.header("location")), (303, "/account"));
    let set = entered.header("set-cookie");
    assert!(set.starts_with("__Host-siyi=") && set.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{set}");
    let account = browser.get("/account").await;
    assert_eq!(account.status.as_u16(), 200);
    assert!(account.body.contains("&#60;柳沟村&#62; 记录员"), "{}", account.body);
    assert_eq!(account.header("cache-control"), "no-store");
    assert!(browser.get("/account?lang=en").await.body.contains("Offices held"));
    let kept = browser.cookies.clone();
    browser.post("/sign-out", &[("form", &account.form())]).await;
    browser.cookies = kept;
    assert_eq!(browser.get("/account").await.header("location"), "/sign-in", "the session itself is over");
}

#[tokio::test]
async fn the_session_gets_a_new_id_at_every_sign_in() {
    let desk = Desk::open(PUBLIC);
    desk.account("liu-clerk").await;
    let mut browser = desk.browser();
    browser.cookies.insert("__Host-siyi".to_owned(), "A".repeat(43));
    browser.sign_in("liu-clerk", PASSWORD).await;
    let first = browser.cookies["__Host-siyi"].clone();
    assert_ne!(first, "A".repeat(43));
    browser.sign_in("liu-clerk", PASSWORD).await;
    assert_ne!(browser.cookies["__Host-siyi"], first);
    let mut planted = desk.browser();
    planted.cookies.insert("__Host-siyi".to_owned(), first);
    assert_eq!(planted.get("/account").await.header("location"), "/sign-in");
}

#[tokio::test]
async fn an_unknown_name_and_a_wrong_password_get_the_same_page() {
    let desk = Desk::open(PUBLIC);
    desk.account("liu-clerk").await;
    let mut browser = desk.browser();
    let wrong = browser.sign_in("liu-clerk", "not the password").await;
    let nobody = browser.sign_in("nobody", "not the password").await;
    assert_eq!(wrong.status.as_u16(), 403);
    assert_eq!((wrong.status, &wrong.headers, &wrong.body), (nobody.status, &nobody.headers, &nobody.body));
    assert!(!wrong.body.contains("liu-clerk"), "nothing that was typed is shown again");
}

#[tokio::test]
async fn the_sixth_attempt_is_told_when_to_come_back() {
    let desk = Desk::open(PUBLIC);
    let mut browser = desk.browser();
    for _ in 0..5 {
        assert_eq!(browser.sign_in("nobody", "x").await.status.as_u16(), 403);
    }
    let sixth = browser.sign_in("nobody", "x").await;
    assert_eq!(sixth.status.as_u16(), 429);
    assert!((1..=60).contains(&sixth.header("retry-after").parse::<u64>().unwrap()));
}

#[tokio::test]
async fn a_code_makes_an_account_through_the_page() {
    let desk = Desk::open(PUBLIC);
    let code = desk.door.sign_in.invite(Desk::invited(1)).await.unwrap();
    let mut browser = desk.browser();
    let form = browser.get("/join").await.form();
    let weak =
        browser.post("/join", &[("form", &form), ("code", &code), ("name", "liu"), ("password", "12345678")]).await;
    assert_eq!(weak.status.as_u16(), 422);
    let fields = [("form", form.as_str()), ("code", &code), ("name", "liu-clerk"), ("password", PASSWORD)];
    assert_eq!(browser.post("/join", &fields).await.header("location"), "/account");
    assert_eq!(browser.get("/account").await.status.as_u16(), 200);
    let mut other = desk.browser();
    let form = other.get("/join").await.form();
    let again =
        other.post("/join", &[("form", &form), ("code", &code), ("name", "wang"), ("password", PASSWORD)]).await;
    assert_eq!(again.status.as_u16(), 403);
}

#[tokio::test]
async fn a_token_is_shown_once_opens_by_its_header_and_is_revoked() {
    let desk = Desk::open(PUBLIC);
    desk.account("liu-clerk").await;
    let mut browser = desk.browser();
    browser.sign_in("liu-clerk", PASSWORD).await;
    let form = browser.get("/account").await.form();
    let fields = [("form", form.as_str()), ("name", "报表"), ("scopes", "query:overdue"), ("until", "2026-12-28")];
    let made = browser.post("/account/tokens", &fields).await;
    let token = made.body.split("<code>siyi_").nth(1).unwrap().split('<').next().unwrap();
    let token = format!("siyi_{token}");
    let page = browser.get("/account").await.body;
    assert!(!page.contains(&token) && page.contains("报表"));
    let headers =
        [("authorization".parse().unwrap(), format!("Bearer {token}").parse().unwrap())].into_iter().collect();
    let known = desk.door.identify(&headers).await.unwrap().unwrap();
    assert!(known.scopes.unwrap().contains("query:overdue"));
    let key = desk.door.sign_in.tokens(known.account).await.unwrap()[0].key.to_string();
    assert_eq!(browser.post("/account/means", &[("form", &form), ("key", &key)]).await.status.as_u16(), 200);
    assert_eq!(desk.door.identify(&headers).await.unwrap_err().code(), "token-invalid");
    assert_eq!(
        desk.browser()
            .send(axum::http::Method::GET, "/account", &[("authorization", &format!("Bearer {token}"))], String::new())
            .await
            .header("location"),
        "/sign-in"
    );
}

#[tokio::test]
async fn a_stale_sign_in_makes_no_token_and_a_password_is_changed_with_the_present_one() {
    let desk = Desk::open(PUBLIC);
    desk.account("liu-clerk").await;
    let mut browser = desk.browser();
    browser.sign_in("liu-clerk", PASSWORD).await;
    desk.later(301);
    let form = browser.get("/account").await.form();
    let fields = [("form", form.as_str()), ("name", "x"), ("scopes", "query:overdue"), ("until", "2026-12-28")];
    assert_eq!(browser.post("/account/tokens", &fields).await.status.as_u16(), 403);
    let new = "three old trees at the gate";
    let wrong = browser.post("/account/password", &[("form", &form), ("present", "wrong"), ("new", new)]).await;
    assert_eq!(wrong.status.as_u16(), 403);
    let right = browser.post("/account/password", &[("form", &form), ("present", PASSWORD), ("new", new)]).await;
    assert_eq!(right.status.as_u16(), 200);
    assert_eq!(desk.browser().sign_in("liu-clerk", new).await.status.as_u16(), 303);
}

#[tokio::test]
async fn scripts_are_allowed_where_there_are_passkeys_and_nowhere_else() {
    let desk = Desk::open(PUBLIC);
    let mut browser = desk.browser();
    let policy = browser.get("/sign-in").await.header("content-security-policy").to_owned();
    assert!(
        policy.contains("script-src 'self'") && policy.contains("form-action 'self'") && !policy.contains("unsafe")
    );
    assert!(!browser.get("/join").await.header("content-security-policy").contains("script-src"));
    let numbers = Desk::open("http://127.0.0.1:8420");
    let page = numbers.browser().get("/sign-in").await;
    assert!(!page.header("content-security-policy").contains("script-src") && !page.body.contains("<script"));
    assert!(page.header("set-cookie").starts_with("siyi-browser="));
    let script = browser.get("/sign-in/passkey.js").await;
    assert!(script.header("content-type").starts_with("text/javascript"));
}
