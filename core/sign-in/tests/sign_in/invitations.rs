//! 邀请码

use siyi_domain::account::{Means, Proof};
use siyi_sign_in::password::PasswordRefusal;
use siyi_sign_in::{INVITATION_DAYS, SignInError};

use super::desk::{Desk, HOME, PASSWORD, PLACE, invited, password};

#[tokio::test]
async fn a_code_makes_one_account_and_is_used_up() {
    let desk = Desk::open();
    let code = desk.sign_in.invite(invited(1)).await.unwrap();
    let typed = format!(" {}-{} ", code[..5].to_lowercase(), &code[5..]);
    let (session, who) = desk.sign_in.join(&typed, "liu-clerk", password(PASSWORD), HOME, None).await.unwrap();
    assert_eq!(who, invited(1));
    let account = desk.accounts.account(session.identity.account).unwrap();
    assert_eq!(account.persons[&PLACE.parse().unwrap()], invited(1).person);
    assert_eq!(account.means.values().collect::<Vec<_>>(), [&Means::Password]);
    assert!(desk.knows(&session.id).await);
    let again = desk.sign_in.join(&code, "another", password(PASSWORD), HOME, None).await;
    assert!(matches!(again, Err(SignInError::InvitationRefused)));
}

#[tokio::test]
async fn a_code_ends_after_thirty_days_and_with_the_next_one() {
    let desk = Desk::open();
    let first = desk.sign_in.invite(invited(1)).await.unwrap();
    let second = desk.sign_in.invite(invited(1)).await.unwrap();
    let join = async |code: &str| desk.sign_in.join(code, "liu-clerk", password(PASSWORD), HOME, None).await;
    assert!(matches!(join(&first).await, Err(SignInError::InvitationRefused)));
    desk.clock.forward(INVITATION_DAYS * 24 * 3600);
    assert!(matches!(join(&second).await, Err(SignInError::InvitationRefused)));
    desk.clock.forward(-1);
    join(&second).await.unwrap();
}

#[tokio::test]
async fn an_invitation_that_was_taken_back_is_none_and_others_stay() {
    let desk = Desk::open();
    let first = desk.sign_in.invite(invited(1)).await.unwrap();
    let second = desk.sign_in.invite(invited(2)).await.unwrap();
    assert_eq!(desk.sign_in.withdraw_invitations(invited(1).person).await.unwrap(), 1);
    let join = async |code: &str| desk.sign_in.join(code, "liu-clerk", password(PASSWORD), HOME, None).await;
    assert!(matches!(join(&first).await, Err(SignInError::InvitationRefused)));
    join(&second).await.unwrap();
}

#[tokio::test]
async fn guessing_codes_is_throttled() {
    let desk = Desk::open();
    for _ in 0..20 {
        let tried = desk.sign_in.join("ABCDEFGHJK", "x1", password(PASSWORD), HOME, None).await;
        assert!(matches!(tried, Err(SignInError::InvitationRefused)));
    }
    let tried = desk.sign_in.join("ABCDEFGHJK", "x1", password(PASSWORD), HOME, None).await;
    assert!(matches!(tried, Err(SignInError::TooMany { .. })));
}

#[tokio::test]
async fn what_is_refused_leaves_the_code_good() {
    let desk = Desk::open();
    desk.joined("taken", 9).await;
    let code = desk.sign_in.invite(invited(1)).await.unwrap();
    let join = |name: &'static str, text: &'static str| desk.sign_in.join(&code, name, password(text), HOME, None);
    assert!(matches!(join("x", PASSWORD).await, Err(SignInError::NameMalformed)));
    assert!(matches!(join("zero\u{200B}width", PASSWORD).await, Err(SignInError::NameMalformed)));
    assert!(matches!(join("taken", PASSWORD).await, Err(SignInError::NameTaken)));
    let named = join("liu-clerk", "liu-clerk-7").await;
    assert!(matches!(named, Err(SignInError::Password(PasswordRefusal::Context))));
    join("liu-clerk", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn an_account_that_the_record_does_not_take_is_none() {
    let desk = Desk::open();
    desk.joined("first", 1).await;
    let code = desk.sign_in.invite(invited(1)).await.unwrap();
    let second = desk.sign_in.join(&code, "second", password(PASSWORD), HOME, None).await;
    assert_eq!(second.unwrap_err().code(), "person-has-account");
    assert!(matches!(desk.try_password("second", PASSWORD).await, Err(SignInError::Refused)));
    assert_eq!(desk.sign_in.accounts_kept().await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_account_acts_as_one_person_more_with_a_code_of_that_person() {
    let desk = Desk::open();
    let identity = desk.joined("liu-clerk", 1).await.identity;
    let code = desk.sign_in.invite(invited(2)).await.unwrap();
    desk.clock.forward(301);
    assert!(matches!(desk.sign_in.bind(&identity, &code, HOME).await, Err(SignInError::NotFresh)));
    let identity = desk.try_password("liu-clerk", PASSWORD).await.unwrap().identity;
    assert_eq!(desk.sign_in.bind(&identity, &code, HOME).await.unwrap(), invited(2));
    assert!(matches!(desk.sign_in.bind(&identity, &code, HOME).await, Err(SignInError::InvitationRefused)));
}

#[tokio::test]
async fn the_first_account_of_a_place_is_opened_at_the_console() {
    let desk = Desk::open();
    let account = desk.sign_in.open_at_console(invited(1), "liu-clerk", password(PASSWORD)).await.unwrap();
    assert_eq!(desk.try_password("liu-clerk", PASSWORD).await.unwrap().identity.account, account);
    assert_eq!(invited(1).proof, Proof::Invitation);
}
