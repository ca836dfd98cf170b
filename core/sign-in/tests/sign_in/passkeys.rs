//! 通行密钥

use serde_json::Value;
use siyi_domain::account::Means;
use siyi_passkey::{ActRefusal, verify_act_assertion};
use siyi_sign_in::{Identity, NewSession, Options, SignInError, SignInMethod};
use uuid::Uuid;

use super::authenticator::{Authenticator, PRESENT, VERIFIED, encode};
use super::desk::{Desk, HOME, options};

const ORIGIN: &str = "https://siyi.example";
const RP: &str = "siyi.example";

pub(crate) async fn with_passkey(desk: &Desk, identity: &Identity, authenticator: &mut Authenticator) -> Uuid {
    let begun = desk.sign_in.begin_passkey(identity).await.unwrap();
    let credential = authenticator.create(&begun.options);
    desk.sign_in.finish_passkey(identity, &begun.ceremony, credential).await.unwrap()
}

async fn sign_in(desk: &Desk, authenticator: &mut Authenticator) -> Result<NewSession, SignInError> {
    let begun = desk.sign_in.begin_passkey_sign_in("liu-clerk", HOME).await?;
    let credential = authenticator.get(&begun.options);
    desk.sign_in.with_passkey(&begun.ceremony, credential, None).await
}

/// Somebody with a passkey.
async fn holder() -> (Desk, Identity, Authenticator, Uuid) {
    let desk = Desk::open();
    let identity = desk.joined("liu-clerk", 1).await.identity;
    let mut authenticator = Authenticator::new(ORIGIN, RP);
    let key = with_passkey(&desk, &identity, &mut authenticator).await;
    (desk, identity, authenticator, key)
}

#[tokio::test]
async fn a_passkey_is_set_up_signs_in_and_is_taken_away() {
    let (desk, identity, mut authenticator, key) = holder().await;
    assert_eq!(desk.accounts.account(identity.account).unwrap().means[&key], Means::Passkey);
    let session = sign_in(&desk, &mut authenticator).await.unwrap();
    assert_eq!((session.identity.account, session.identity.method), (identity.account, SignInMethod::Passkey));
    let desk = desk.again(options()).await;
    sign_in(&desk, &mut authenticator).await.unwrap();
    desk.sign_in.remove_means(&session.identity, key).await.unwrap();
    assert!(matches!(sign_in(&desk, &mut authenticator).await, Err(SignInError::Refused)));
    let rest = desk.sign_in.means(identity.account).await.unwrap();
    let last = desk.sign_in.remove_means(&session.identity, rest[0].key).await;
    assert!(matches!(last, Err(SignInError::LastMeans)));
}

#[tokio::test]
async fn what_was_begun_is_ended_once_and_within_five_minutes() {
    let (desk, identity, mut authenticator, _) = holder().await;
    let begun = desk.sign_in.begin_passkey_sign_in("liu-clerk", HOME).await.unwrap();
    let credential = authenticator.get(&begun.options);
    desk.sign_in.with_passkey(&begun.ceremony, credential.clone(), None).await.unwrap();
    let replayed = desk.sign_in.with_passkey(&begun.ceremony, credential, None).await;
    assert!(matches!(replayed, Err(SignInError::CeremonyUnknown)));
    let begun = desk.sign_in.begin_passkey_sign_in("liu-clerk", HOME).await.unwrap();
    let credential = authenticator.get(&begun.options);
    desk.clock.forward(301);
    let late = desk.sign_in.with_passkey(&begun.ceremony, credential, None).await;
    assert!(matches!(late, Err(SignInError::CeremonyUnknown)));
    desk.clock.forward(-301);
    let begun = desk.sign_in.begin_passkey(&identity).await.unwrap();
    let credential = Authenticator::numbered(ORIGIN, RP, 9).create(&begun.options);
    let stranger = desk.joined("mallory", 2).await.identity;
    let theirs = desk.sign_in.finish_passkey(&stranger, &begun.ceremony, credential).await;
    assert!(matches!(theirs, Err(SignInError::CeremonyUnknown)));
}

#[tokio::test]
async fn an_authenticator_that_did_not_verify_or_was_asked_elsewhere_is_refused() {
    let (desk, _, mut authenticator, _) = holder().await;
    authenticator.flags = PRESENT;
    assert!(matches!(sign_in(&desk, &mut authenticator).await, Err(SignInError::Refused)));
    authenticator.flags = PRESENT | VERIFIED;
    authenticator.origin = "https://siyi.example.evil.example".to_owned();
    assert!(matches!(sign_in(&desk, &mut authenticator).await, Err(SignInError::Refused)));
    authenticator.origin = ORIGIN.to_owned();
    authenticator.rp_id = "evil.example".to_owned();
    assert!(matches!(sign_in(&desk, &mut authenticator).await, Err(SignInError::Refused)));
    let mut other = Authenticator::numbered(ORIGIN, RP, 8);
    assert!(matches!(sign_in(&desk, &mut other).await, Err(SignInError::Refused)));
}

#[tokio::test]
async fn a_name_without_passkeys_gets_options_that_look_the_same() {
    let (desk, ..) = holder().await;
    desk.joined("without", 2).await;
    let shape = |options: &Value| {
        let mut options = options.clone();
        let key = &mut options["publicKey"];
        let id = key["allowCredentials"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!((id.len(), key["challenge"].as_str().unwrap().len()), (43, 43));
        key["allowCredentials"][0]["id"] = Value::Null;
        key["challenge"] = Value::Null;
        (options, id)
    };
    let ask = async |name: &str| desk.sign_in.begin_passkey_sign_in(name, HOME).await.unwrap();
    let known = shape(&ask("liu-clerk").await.options).0;
    for name in ["nobody", "without"] {
        let begun = ask(name).await;
        let (like, id) = shape(&begun.options);
        assert_eq!(like, known, "{name}");
        assert_eq!(shape(&ask(name).await.options).1, id, "the same at the next time");
        let credential = Authenticator::new(ORIGIN, RP).get(&begun.options);
        let refused = desk.sign_in.with_passkey(&begun.ceremony, credential, None).await;
        assert!(matches!(refused, Err(SignInError::Refused)));
    }
}

#[tokio::test]
async fn a_server_known_by_numbers_has_no_passkeys() {
    let desk = Desk::open();
    let desk = desk.again(Options { public: "http://127.0.0.1:8420".parse().unwrap(), ..options() }).await;
    assert!(!desk.sign_in.has_passkeys());
    let begun = desk.sign_in.begin_passkey_sign_in("liu-clerk", HOME).await;
    assert!(matches!(begun, Err(SignInError::NotConfigured)));
}

#[tokio::test]
async fn an_act_is_signed_by_its_account_and_anybody_can_check_it() {
    let (desk, identity, mut authenticator, _) = holder().await;
    let act = [0x5A; 32];
    let asked = desk.sign_in.start_act_assertion(identity.account, act).await.unwrap();
    assert_eq!(asked["publicKey"]["challenge"], encode(&act));
    let credential = authenticator.get(&asked);
    let signed = desk.sign_in.finish_act_assertion(identity.account, credential.clone()).await.unwrap();
    assert_eq!(signed.challenge(), Ok(act));
    let check = |act: [u8; 32]| verify_act_assertion(&signed.public_key_cose, RP, ORIGIN, &act, &signed);
    assert_eq!(check(act), Ok(()));
    assert_eq!(check([0x5B; 32]), Err(ActRefusal::OtherChallenge));
    assert_eq!(ActRefusal::OtherChallenge.code(), "assertion-other-act");
    let stranger = desk.joined("mallory", 2).await.identity;
    let theirs = desk.sign_in.finish_act_assertion(stranger.account, credential).await;
    assert_eq!(theirs.unwrap_err().code(), "assertion-key-unknown");
    let text = serde_json::to_string(&signed).unwrap();
    assert_eq!(serde_json::from_str::<siyi_passkey::ActAssertion>(&text).unwrap(), signed);
}

#[tokio::test]
async fn a_signature_over_an_act_holds_in_every_part_or_not_at_all() {
    let (desk, identity, mut authenticator, _) = holder().await;
    let act = [0x5A; 32];
    let asked = desk.sign_in.start_act_assertion(identity.account, act).await.unwrap();
    let mut sign = async |change: &dyn Fn(&mut Authenticator)| {
        let before =
            (authenticator.flags, authenticator.kind, authenticator.origin.clone(), authenticator.rp_id.clone());
        change(&mut authenticator);
        let credential = authenticator.get(&asked);
        (authenticator.flags, authenticator.kind, authenticator.origin, authenticator.rp_id) = before;
        desk.sign_in.finish_act_assertion(identity.account, credential).await.map_err(|error| error.code())
    };
    assert_eq!(sign(&|a| a.flags = PRESENT).await, Err("assertion-not-verified"));
    assert_eq!(sign(&|a| a.flags = VERIFIED).await, Err("assertion-not-verified"));
    assert_eq!(sign(&|a| a.kind = "webauthn.create").await, Err("assertion-other-type"));
    assert_eq!(sign(&|a| a.origin.push('x')).await, Err("assertion-other-origin"));
    assert_eq!(sign(&|a| a.rp_id.push('x')).await, Err("assertion-other-server"));
    let good = sign(&|_| ()).await.unwrap();
    // Every bit of what is signed, and of the signature.
    for part in 0..3 {
        let length = [&good.authenticator_data, &good.client_data_json, &good.signature][part].len();
        for bit in 0..length * 8 {
            let mut bad = good.clone();
            let bytes = [&mut bad.authenticator_data, &mut bad.client_data_json, &mut bad.signature];
            let [data, client, signature] = bytes;
            [data, client, signature][part][bit / 8] ^= 1 << (bit % 8);
            assert!(verify_act_assertion(&good.public_key_cose, RP, ORIGIN, &act, &bad).is_err(), "{part} {bit}");
        }
    }
}
