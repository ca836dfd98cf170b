//! 接口令牌

use std::collections::BTreeSet;

use jiff::ToSpan;
use siyi_domain::account::Means;
use siyi_sign_in::{MAX_TOKENS, SignInError, SignInMethod, TOKEN_PREFIX, TokenWish};

use super::desk::Desk;

fn wish(desk: &Desk, days: i32) -> TokenWish {
    let scopes = BTreeSet::from(["query:overdue".to_owned()]);
    TokenWish { name: "报表".to_owned(), scopes, expires_on: desk.now().day().saturating_add(days.days()) }
}

#[tokio::test]
async fn a_token_opens_what_it_names_until_its_day_and_not_once_it_is_revoked() {
    let desk = Desk::open();
    let identity = desk.joined("liu-clerk", 1).await.identity;
    let token = desk.sign_in.make_token(&identity, wish(&desk, 1)).await.unwrap();
    assert!(token.text.starts_with(TOKEN_PREFIX));
    assert_eq!(desk.accounts.account(identity.account).unwrap().means[&token.key], Means::Token);
    let known = desk.sign_in.identify(None, Some(&token.text), desk.now()).await.unwrap().unwrap();
    assert_eq!((known.account, known.method), (identity.account, SignInMethod::Token));
    assert_eq!(known.scopes, Some(BTreeSet::from(["query:overdue".to_owned()])));
    assert!(!known.is_fresh(desk.now()), "a machine never proved who it is");
    let line = desk.sign_in.tokens(identity.account).await.unwrap().remove(0);
    assert_eq!(line.used_on, Some(desk.now().day()));
    desk.clock.forward(24 * 3600);
    desk.sign_in.identify(None, Some(&token.text), desk.now()).await.unwrap();
    desk.clock.forward(24 * 3600);
    let over = desk.sign_in.identify(None, Some(&token.text), desk.now()).await;
    assert!(matches!(over, Err(SignInError::TokenInvalid)));
    desk.clock.forward(-24 * 3600);
    desk.sign_in.remove_means(&identity, token.key).await.unwrap();
    let revoked = desk.sign_in.identify(None, Some(&token.text), desk.now()).await;
    assert!(matches!(revoked, Err(SignInError::TokenInvalid)));
    assert!(!desk.accounts.account(identity.account).unwrap().means.contains_key(&token.key));
}

#[tokio::test]
async fn a_token_that_is_no_good_is_an_error_also_beside_a_good_cookie() {
    let desk = Desk::open();
    let session = desk.joined("liu-clerk", 1).await;
    for bearer in ["", "siyi_", "siyi_AAAA", "x", &session.id] {
        let known = desk.sign_in.identify(Some(&session.id), Some(bearer), desk.now()).await;
        assert!(matches!(known, Err(SignInError::TokenInvalid)), "{bearer}");
    }
    let as_cookie = desk.sign_in.make_token(&session.identity, wish(&desk, 1)).await.unwrap().text;
    assert!(!desk.knows(&as_cookie).await);
}

#[tokio::test]
async fn malformed_wishes_stale_sign_ins_and_the_eleventh_token_are_refused() {
    let desk = Desk::open();
    let identity = desk.joined("liu-clerk", 1).await.identity;
    let bad = [
        TokenWish { name: " ".to_owned(), ..wish(&desk, 1) },
        TokenWish { scopes: BTreeSet::new(), ..wish(&desk, 1) },
        wish(&desk, -1),
        wish(&desk, 367),
    ];
    for wish in bad {
        let made = desk.sign_in.make_token(&identity, wish).await;
        assert!(matches!(made, Err(SignInError::TokenMalformed { .. })));
    }
    for _ in 0..MAX_TOKENS {
        desk.sign_in.make_token(&identity, wish(&desk, 366)).await.unwrap();
    }
    let more = desk.sign_in.make_token(&identity, wish(&desk, 1)).await;
    assert!(matches!(more, Err(SignInError::TooManyHeld { most: MAX_TOKENS })));
    desk.clock.forward(301);
    assert!(matches!(desk.sign_in.make_token(&identity, wish(&desk, 1)).await, Err(SignInError::NotFresh)));
}
