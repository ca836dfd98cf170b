//! 口令

use siyi_sign_in::password::{HashCost, PasswordRefusal};
use siyi_sign_in::{Options, SignInError, SignInMethod};

use super::desk::{CHEAP, Desk, PASSWORD, options, password};

#[tokio::test]
async fn the_right_password_signs_in_and_a_wrong_one_does_not() {
    let desk = Desk::open();
    let joined = desk.joined("liu-clerk", 1).await;
    let session = desk.try_password(" LIU-Clerk ", PASSWORD).await.unwrap();
    assert_eq!(session.identity.account, joined.identity.account);
    assert_eq!(session.identity.method, SignInMethod::Password);
    assert!(matches!(desk.try_password("liu-clerk", "well water under the trees").await, Err(SignInError::Refused)));
}

#[tokio::test]
async fn a_name_that_nobody_has_is_answered_as_a_wrong_password_is() {
    let desk = Desk::open();
    desk.joined("liu-clerk", 1).await;
    let before = desk.sign_in.passwords_checked();
    let wrong = desk.try_password("liu-clerk", "not the password").await.unwrap_err();
    let nobody = desk.try_password("nobody", "not the password").await.unwrap_err();
    assert_eq!((wrong.code(), wrong.to_string()), (nobody.code(), nobody.to_string()));
    assert_eq!(desk.sign_in.passwords_checked() - before, 2, "each was compared with a hash");
    desk.clock.forward(2 * 24 * 3600);
    let mut answers = Vec::new();
    for name in ["liu-clerk", "nobody"] {
        for _ in 0..7 {
            answers.push(desk.try_password(name, "wrong").await.unwrap_err().to_string());
        }
    }
    assert_eq!(answers[..7], answers[7..], "both are throttled alike");
    assert_ne!(answers[0], answers[6]);
}

#[tokio::test]
async fn of_ten_thousand_wrong_passwords_few_are_looked_at() {
    let desk = Desk::open();
    desk.joined("liu-clerk", 1).await;
    let before = desk.sign_in.passwords_checked();
    let mut throttled = 0;
    // One a second, each from another address: nearly three hours.
    for attempt in 0..10_000u32 {
        let address = std::net::Ipv4Addr::from(0xC612_0000 + attempt).into();
        let tried = desk.sign_in.with_password("liu-clerk", password(&format!("guess {attempt}")), address, None).await;
        match tried.unwrap_err() {
            SignInError::TooMany { retry_after } => {
                assert!((1..=900).contains(&retry_after));
                throttled += 1;
            }
            error => assert_eq!(error.code(), "sign-in-refused"),
        }
        desk.clock.forward(1);
    }
    let looked_at = desk.sign_in.passwords_checked() - before;
    assert_eq!(looked_at + throttled, 10_000);
    assert!(looked_at <= 80, "{looked_at} were looked at");
    println!("of 10,000 wrong passwords in 10,000 seconds {looked_at} were looked at");
}

#[tokio::test]
async fn one_address_tries_twenty_names_in_a_minute() {
    let desk = Desk::open();
    for attempt in 0..20 {
        assert!(matches!(desk.try_password(&format!("name-{attempt}"), "x").await, Err(SignInError::Refused)));
    }
    assert!(matches!(desk.try_password("name-20", "x").await, Err(SignInError::TooMany { retry_after: 60 })));
}

#[tokio::test]
async fn a_hash_of_an_older_cost_is_made_anew_at_the_next_sign_in() {
    let desk = Desk::open();
    desk.joined("liu-clerk", 1).await;
    let desk = desk.again(Options { cost: HashCost { passes: 2, ..CHEAP }, ..options() }).await;
    desk.try_password("liu-clerk", PASSWORD).await.unwrap();
    let before = desk.sign_in.passwords_checked();
    desk.try_password("liu-clerk", PASSWORD).await.unwrap();
    assert_eq!(desk.sign_in.passwords_checked() - before, 1);
    desk.sign_in.close().await;
    let found = |text: &str| super::secrets::files_hold(&desk.folder, text.as_bytes());
    assert!(found("$argon2id$v=19$m=8,t=2,p=1$"));
}

#[tokio::test]
async fn another_password_ends_every_other_session() {
    let desk = Desk::open();
    let here = desk.joined("liu-clerk", 1).await;
    let there = desk.try_password("liu-clerk", PASSWORD).await.unwrap();
    let new = "three old trees at the gate";
    let change = |present: &'static str, new: &'static str| {
        desk.sign_in.change_password(&here.identity, password(present), password(new))
    };
    assert!(matches!(change("wrong", new).await, Err(SignInError::Refused)));
    let common = change(PASSWORD, "password123").await;
    assert!(matches!(common, Err(SignInError::Password(PasswordRefusal::Common))));
    assert!(desk.knows(&there.id).await);
    change(PASSWORD, new).await.unwrap();
    assert!(desk.knows(&here.id).await);
    assert!(!desk.knows(&there.id).await);
    assert!(desk.try_password("liu-clerk", PASSWORD).await.is_err());
    desk.try_password("liu-clerk", new).await.unwrap();
}

#[tokio::test]
async fn a_closed_account_opens_nothing() {
    let desk = Desk::open();
    let session = desk.joined("liu-clerk", 1).await;
    desk.accounts.close(session.identity.account);
    assert!(!desk.knows(&session.id).await);
    assert!(matches!(desk.try_password("liu-clerk", PASSWORD).await, Err(SignInError::Refused)));
}
