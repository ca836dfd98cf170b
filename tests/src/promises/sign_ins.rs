//! What sign-in promises where several nodes are over the same rows; in a folder both are one.

use super::together;
use siyi_domain::account::Proof;
use siyi_domain::moment::Moment;
use siyi_log::clock::{Clock, SetClock};
use siyi_sign_in::password::HashCost;
use siyi_sign_in::{
    Identity, Invited, MemoryAccounts, NewSession, Options, SecretRows, SignIn, SignInError, TokenWish, Zeroizing,
};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use uuid::Uuid;

const PASSWORD: &str = "well water under the tree";

/// Two nodes, and one record of accounts.
pub struct Nodes {
    here: Arc<SignIn>,
    there: Arc<SignIn>,
    clock: Arc<SetClock>,
}

type Subject = Nodes;

impl Nodes {
    /// Two nodes, each over rows of its own way to the same store. Makes hashes: where blocking is allowed.
    #[must_use]
    pub fn over(here: Arc<dyn SecretRows>, there: Arc<dyn SecretRows>, key: &Zeroizing<[u8; 32]>) -> Self {
        let accounts = Arc::new(MemoryAccounts::default());
        let clock = Arc::new(SetClock::starting_at("2026-09-21T12:00:00+08:00".parse().unwrap()));
        let node = |rows| {
            let cost = HashCost { memory_kib: 8, passes: 1, lanes: 1 };
            let options = Options { public: "https://siyi.example".parse().unwrap(), cost, provider: None };
            let clock = Arc::clone(&clock) as Arc<dyn Clock>;
            Arc::new(SignIn::over(rows, key.clone(), options, clock, Arc::clone(&accounts) as Arc<_>).unwrap())
        };
        Self { here: node(here), there: node(there), clock }
    }

    fn now(&self) -> Moment {
        self.clock.now()
    }

    async fn joined(&self, name: &str, person: u128) -> NewSession {
        let code = self.here.invite(invited(person)).await.unwrap();
        join(&self.here, &code, name).await.unwrap()
    }

    async fn known(&self, node: &SignIn, session: &str) -> Option<Identity> {
        node.identify(Some(session), None, self.now()).await.unwrap()
    }
}

fn invited(person: u128) -> Invited {
    let person = Uuid::from_u128(person).to_string().parse().unwrap();
    Invited { place: "419901101201".parse().unwrap(), person, proof: Proof::Invitation }
}

fn password(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.to_owned())
}

/// Each from an address of their own, so that nobody is held up for too many tries.
async fn join(node: &SignIn, code: &str, name: &str) -> Result<NewSession, SignInError> {
    let address =
        IpAddr::V4(Ipv4Addr::from(name.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31) + u32::from(byte))));
    node.join(code, name, password(PASSWORD), address, None).await.map(|(session, _)| session)
}

async fn enter(node: &SignIn, name: &str, text: &str) -> Result<NewSession, SignInError> {
    node.with_password(name, password(text), IpAddr::V4(Ipv4Addr::LOCALHOST), None).await
}

pub async fn a_session_that_began_here_is_known_there(nodes: Subject) {
    let session = nodes.joined("liu-clerk", 1).await;
    let known = nodes.known(&nodes.there, &session.id).await.unwrap();
    assert_eq!((known.account, known.session), (session.identity.account, session.identity.session));
    enter(&nodes.there, "liu-clerk", PASSWORD).await.unwrap();
    assert_eq!(nodes.here.sessions(known.account).await.unwrap().len(), 2);
}

pub async fn a_session_that_ended_there_is_over_here_at_once(nodes: Subject) {
    let session = nodes.joined("liu-clerk", 1).await;
    assert!(nodes.known(&nodes.here, &session.id).await.is_some());
    nodes.there.sign_out(&session.id).await.unwrap();
    assert!(nodes.known(&nodes.here, &session.id).await.is_none());
    let again = enter(&nodes.here, "liu-clerk", PASSWORD).await.unwrap();
    nodes.there.end_sessions(again.identity.account, None).await.unwrap();
    assert!(nodes.known(&nodes.here, &again.id).await.is_none());
}

pub async fn a_password_changed_here_counts_there(nodes: Subject) {
    let session = nodes.joined("liu-clerk", 1).await;
    let there = enter(&nodes.there, "liu-clerk", PASSWORD).await.unwrap();
    let next = "an axe behind the mill";
    nodes.here.change_password(&session.identity, password(PASSWORD), password(next)).await.unwrap();
    assert!(nodes.known(&nodes.there, &there.id).await.is_none(), "its sessions end everywhere");
    assert!(nodes.known(&nodes.there, &session.id).await.is_some(), "but this one");
    assert!(matches!(enter(&nodes.there, "liu-clerk", PASSWORD).await, Err(SignInError::Refused)));
    enter(&nodes.there, "liu-clerk", next).await.unwrap();
}

pub async fn a_code_is_used_once_wherever_it_is_shown(nodes: Subject) {
    let code = nodes.here.invite(invited(1)).await.unwrap();
    let rivals = (0..8).map(|rival| {
        let node = Arc::clone(if rival % 2 == 0 { &nodes.here } else { &nodes.there });
        let code = code.clone();
        async move { join(&node, &code, &format!("rival-{rival}")).await }
    });
    let answers = together(rivals.collect::<Vec<_>>()).await;
    let refused = |answer: &Result<NewSession, SignInError>| matches!(answer, Err(SignInError::InvitationRefused));
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(answers.iter().filter(|answer| refused(answer)).count(), 7);
    assert_eq!(nodes.there.accounts_kept().await.unwrap().len(), 1, "nothing is left of the others");
}

pub async fn a_name_is_taken_once_wherever_it_is_chosen(nodes: Subject) {
    let mut codes = Vec::new();
    for person in 1..=8 {
        codes.push(nodes.here.invite(invited(person)).await.unwrap());
    }
    let rivals = codes.iter().cloned().enumerate().map(|(rival, code)| {
        let node = Arc::clone(if rival % 2 == 0 { &nodes.here } else { &nodes.there });
        async move { join(&node, &code, "liu-clerk").await }
    });
    let answers = together(rivals.collect::<Vec<_>>()).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for (answer, (number, code)) in answers.iter().zip(codes.iter().enumerate()) {
        if let Err(error) = answer {
            assert!(matches!(error, SignInError::NameTaken), "{error}");
            // What was refused has left the code good.
            join(&nodes.there, code, &format!("other-{number}")).await.unwrap();
        }
    }
    assert_eq!(nodes.here.accounts_kept().await.unwrap().len(), 8);
}

pub async fn the_code_of_a_command_is_the_same_wherever_it_is_asked(nodes: Subject) {
    let command = Uuid::from_u128(7);
    let here = nodes.here.code_of(command).unwrap();
    assert_eq!(here, nodes.there.code_of(command).unwrap());
    nodes.here.let_in(&here.0, invited(1)).await.unwrap();
    join(&nodes.there, &here.0, "liu-clerk").await.unwrap();
}

pub async fn an_invitation_taken_back_here_is_none_there(nodes: Subject) {
    let code = nodes.here.invite(invited(1)).await.unwrap();
    assert_eq!(nodes.here.withdraw_invitations(invited(1).person).await.unwrap(), 1);
    assert!(matches!(join(&nodes.there, &code, "liu-clerk").await, Err(SignInError::InvitationRefused)));
}

pub async fn a_token_made_here_is_good_there_until_it_is_revoked(nodes: Subject) {
    let session = nodes.joined("liu-clerk", 1).await;
    let (scopes, expires_on) = (BTreeSet::from(["cli:export".to_owned()]), nodes.now().day());
    let wish = TokenWish { name: "archive".into(), scopes, expires_on };
    let token = nodes.here.make_token(&session.identity, wish).await.unwrap();
    let shown = async |node: &SignIn| node.identify(None, Some(&token.text), nodes.now()).await;
    assert_eq!(shown(&nodes.there).await.unwrap().unwrap().account, session.identity.account);
    nodes.there.remove_means(&session.identity, token.key).await.unwrap();
    assert!(matches!(shown(&nodes.here).await, Err(SignInError::TokenInvalid)));
}

pub async fn a_form_shown_here_is_taken_there(nodes: Subject) {
    let session = nodes.joined("liu-clerk", 1).await.id;
    let token = nodes.here.form_token(&session).unwrap();
    assert!(nodes.there.is_form_token(&session, &token).unwrap());
    assert!(!nodes.there.is_form_token("another browser", &token).unwrap());
}

pub async fn an_account_removed_here_is_nothing_there(nodes: Subject) {
    let (session, other) = (nodes.joined("liu-clerk", 1).await, nodes.joined("wang", 2).await);
    assert!(nodes.known(&nodes.there, &session.id).await.is_some());
    assert!(nodes.here.remove_account(session.identity.account).await.unwrap() > 0);
    assert!(nodes.known(&nodes.there, &session.id).await.is_none());
    assert!(matches!(enter(&nodes.there, "liu-clerk", PASSWORD).await, Err(SignInError::Refused)));
    assert!(nodes.known(&nodes.there, &other.id).await.is_some());
}

/// Begins to sign in under a name that nobody has. The first end of that is a refusal; every other one is of nothing that was begun.
async fn begin(node: &SignIn) -> String {
    node.begin_passkey_sign_in("nobody", IpAddr::V4(Ipv4Addr::LOCALHOST)).await.unwrap().ceremony
}

async fn end(node: &SignIn, ceremony: &str) -> SignInError {
    node.with_passkey(ceremony, serde_json::Value::Null, None).await.unwrap_err()
}

pub async fn what_was_begun_here_is_ended_there(nodes: Subject) {
    let ceremony = begin(&nodes.here).await;
    let ended = end(&nodes.there, &ceremony).await;
    assert!(matches!(ended, SignInError::Refused), "{ended}");
    let again = end(&nodes.here, &ceremony).await;
    assert!(matches!(again, SignInError::CeremonyUnknown), "{again}");
    let unknown = end(&nodes.here, "bm90aGluZw").await;
    assert!(matches!(unknown, SignInError::CeremonyUnknown), "{unknown}");
}

pub async fn what_was_begun_is_ended_once_wherever_it_is_shown(nodes: Subject) {
    let ceremony = begin(&nodes.here).await;
    let rivals = (0..8).map(|rival| {
        let node = Arc::clone(if rival % 2 == 0 { &nodes.here } else { &nodes.there });
        let ceremony = ceremony.clone();
        async move { end(&node, &ceremony).await }
    });
    let ends = together(rivals.collect::<Vec<_>>()).await;
    let of = |wanted: fn(&SignInError) -> bool| ends.iter().filter(|end| wanted(end)).count();
    assert_eq!(of(|end| matches!(end, SignInError::Refused)), 1, "{ends:?}");
    assert_eq!(of(|end| matches!(end, SignInError::CeremonyUnknown)), 7, "{ends:?}");
}

pub async fn what_was_begun_is_over_after_five_minutes(nodes: Subject) {
    let begun = nodes.now();
    let [in_time, late] = [begin(&nodes.here).await, begin(&nodes.here).await];
    let after = |milliseconds: i64| begun.timestamp() + jiff::SignedDuration::from_millis(milliseconds);
    nodes.clock.turn_to(Moment::china(after(299_000)));
    let ended = end(&nodes.there, &in_time).await;
    assert!(matches!(ended, SignInError::Refused), "{ended}");
    nodes.clock.turn_to(Moment::china(after(301_000)));
    let ended = end(&nodes.there, &late).await;
    assert!(matches!(ended, SignInError::CeremonyUnknown), "{ended}");
}
