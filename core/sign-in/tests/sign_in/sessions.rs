//! 会话

use siyi_sign_in::{ABSOLUTE_SECONDS, IDLE_SECONDS, MAX_SESSIONS, SignInError};

use super::desk::{Desk, HOME, PASSWORD, password};

#[tokio::test]
async fn an_id_that_somebody_planted_is_worth_nothing_after_the_sign_in() {
    let desk = Desk::open();
    let mallory = desk.joined("mallory", 1).await;
    desk.joined("liu-clerk", 2).await;
    // The victim's browser comes with the session that the attacker began.
    let entered = desk.sign_in.with_password("liu-clerk", password(PASSWORD), HOME, Some(&mallory.id)).await.unwrap();
    assert_ne!(entered.id, mallory.id);
    assert!(!desk.knows(&mallory.id).await);
    assert!(desk.knows(&entered.id).await);
    // An id that the server never gave becomes no session either.
    let planted = "A".repeat(43);
    desk.clock.forward(60);
    let entered = desk.sign_in.with_password("liu-clerk", password(PASSWORD), HOME, Some(&planted)).await.unwrap();
    assert_ne!(entered.id, planted);
    assert!(!desk.knows(&planted).await);
}

#[tokio::test]
async fn an_idle_session_ends_after_half_an_hour() {
    let desk = Desk::open();
    let session = desk.joined("liu-clerk", 1).await;
    desk.clock.forward(IDLE_SECONDS - 1);
    assert!(desk.knows(&session.id).await);
    desk.clock.forward(IDLE_SECONDS - 1);
    assert!(desk.knows(&session.id).await, "it was seen in between");
    desk.clock.forward(IDLE_SECONDS);
    assert!(!desk.knows(&session.id).await);
    desk.clock.forward(-IDLE_SECONDS);
    assert!(!desk.knows(&session.id).await, "what is over does not come back with the clock");
}

#[tokio::test]
async fn a_busy_session_ends_after_twelve_hours() {
    let desk = Desk::open();
    let session = desk.joined("liu-clerk", 1).await;
    let steps = ABSOLUTE_SECONDS / 600;
    for step in 1..=steps {
        desk.clock.forward(600);
        assert_eq!(desk.knows(&session.id).await, step < steps);
    }
}

#[tokio::test]
async fn a_sign_in_is_fresh_for_five_minutes() {
    let desk = Desk::open();
    let session = desk.joined("liu-clerk", 1).await;
    desk.clock.forward(300);
    assert!(session.identity.is_fresh(desk.now()));
    desk.clock.forward(1);
    assert!(!session.identity.is_fresh(desk.now()));
    assert!(matches!(desk.sign_in.begin_passkey(&session.identity).await, Err(SignInError::NotFresh)));
}

#[tokio::test]
async fn who_signed_out_is_nobody_also_after_a_restart() {
    let desk = Desk::open();
    let (one, other) = (desk.joined("liu-clerk", 1).await, desk.joined("wang", 2).await);
    desk.sign_in.sign_out(&one.id).await.unwrap();
    assert!(!desk.knows(&one.id).await);
    let desk = desk.again(super::desk::options()).await;
    assert!(!desk.knows(&one.id).await);
    assert!(desk.knows(&other.id).await);
}

#[tokio::test]
async fn one_session_is_ended_from_another_by_its_owner_alone() {
    let desk = Desk::open();
    let here = desk.joined("liu-clerk", 1).await;
    let there = desk.try_password("liu-clerk", PASSWORD).await.unwrap();
    let stranger = desk.joined("mallory", 2).await;
    let lines = desk.sign_in.sessions(here.identity.account).await.unwrap();
    assert_eq!(lines.len(), 2);
    let key = there.identity.session.clone().unwrap();
    assert!(lines.iter().any(|line| line.key == key));
    let theirs = desk.sign_in.end_session(stranger.identity.account, &key).await;
    assert!(matches!(theirs, Err(SignInError::Unknown)));
    assert!(!desk.knows(&key).await, "a key opens nothing");
    desk.sign_in.end_session(here.identity.account, &key).await.unwrap();
    assert!(!desk.knows(&there.id).await);
    assert!(desk.knows(&here.id).await);
    assert_eq!(desk.sign_in.end_sessions(here.identity.account, None).await.unwrap(), 1);
    assert!(!desk.knows(&here.id).await);
    assert!(desk.knows(&stranger.id).await);
}

#[tokio::test]
async fn the_oldest_session_makes_room() {
    let desk = Desk::open();
    let first = desk.joined("liu-clerk", 1).await;
    for _ in 0..MAX_SESSIONS {
        desk.clock.forward(60);
        desk.try_password("liu-clerk", PASSWORD).await.unwrap();
    }
    assert_eq!(desk.sign_in.sessions(first.identity.account).await.unwrap().len(), MAX_SESSIONS);
    assert!(!desk.knows(&first.id).await);
}

#[tokio::test]
async fn a_form_s_token_is_good_for_who_was_shown_the_form() {
    let desk = Desk::open();
    let token = desk.sign_in.form_token("one browser").unwrap();
    assert!(desk.sign_in.is_form_token("one browser", &token).unwrap());
    assert!(!desk.sign_in.is_form_token("another browser", &token).unwrap());
    assert!(!desk.sign_in.is_form_token("one browser", "").unwrap());
}
