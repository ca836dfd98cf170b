//! By whose authority acts were done: a record that officials signed holds, and of one that was touched the act is named.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use serde_json::{Value, json};
use siyi_log::canonical::canonical_bytes;
use siyi_log::handler::{Form, SALTED, ToSign, event_id};
use siyi_verify::bundle::Parts;
use siyi_verify::finding::{Code, Language};
use siyi_verify::report::Verdict;
use uuid::Uuid;

use crate::authenticator::{Authenticator, encode};
use crate::bundles::{json_of, logged_again, nth, verified};
use crate::records::{Record, case};

const ORIGIN: &str = "https://siyi.example";
const RP: &str = "siyi.example";

/// Somebody who acts: the account, and the passkey that signs.
struct Official {
    account: Uuid,
    person: Value,
    passkey: Authenticator,
}

impl Official {
    fn new(number: u8, person: Value) -> Self {
        let account = Uuid::from_u128(0x7000 + u128::from(number));
        Self { account, person, passkey: Authenticator::numbered(ORIGIN, RP, number) }
    }

    fn key(&self) -> String {
        encode(&self.passkey.public_key())
    }

    /// What the account's stream holds: opened for the person, and a passkey.
    fn stream(&self, at: &Value, place: &str) -> Vec<Bytes> {
        let opened = json!({ "jurisdiction": place, "person": self.person, "proof": "township_check" });
        let added = json!({ "means": "passkey", "key": self.account, "public_key": self.key() });
        let data = [("account-opened.v1", opened), ("sign-in-added.v2", added)];
        let event = |(revision, (name, data)): (u32, (&str, Value))| {
            let command = Uuid::from_u128(self.account.as_u128() * 100 + u128::from(revision));
            let body = json!({
                "id": event_id(command, 0), "stream": format!("account-{}", self.account), "revision": revision,
                "type": name, "occurred_at": at, "recorded_at": at,
                "actor": { "person": self.person, "office": "villager" },
                "correlation_id": command, "causation_id": command, "command_hash": "-", "data": data,
            });
            canonical_bytes(&body).unwrap()
        };
        (0..).zip(data).map(event).collect()
    }

    /// The way of an act of theirs, signed.
    fn via(&mut self, act: &[Value]) -> Value {
        self.via_as(Form::Whole, act)
    }

    fn via_as(&mut self, form: Form, act: &[Value]) -> Value {
        let event = &act[0];
        let to_sign = ToSign {
            command_id: event["causation_id"].as_str().unwrap().parse().unwrap(),
            command_hash: event["command_hash"].as_str().unwrap(),
            stream: event["stream"].as_str().unwrap(),
            actor: serde_json::from_value(event["actor"].clone()).unwrap(),
            occurred_at: Some(event["occurred_at"].as_str().unwrap().parse().unwrap()),
            events: act.iter().map(|event| (event["type"].as_str().unwrap(), &event["data"])).collect(),
        };
        let challenge = to_sign.challenge_as(form).unwrap();
        let made = self.passkey.get(&json!({ "publicKey": { "challenge": encode(&challenge) } }));
        let signed = json!({
            "by": "passkey", "credential": made["id"], "public_key": self.key(),
            "authenticator_data": made["response"]["authenticatorData"],
            "client_data": made["response"]["clientDataJSON"], "signature": made["response"]["signature"],
        });
        json!({ "known_by": "passkey", "account": self.account, "signed": signed })
    }
}

fn is_of_matter(body: &Value) -> bool {
    body["stream"].as_str().unwrap().starts_with("consultation-")
}

/// The archived matter as if its officials had acted through accounts and signed with passkeys.
pub struct Signed {
    pub parts: Parts,
    officials: BTreeMap<String, Official>,
}

impl Signed {
    pub async fn new() -> Self {
        Self::in_form(Form::Whole).await
    }

    async fn in_form(form: Form) -> Self {
        let mut parts = Record::of(&case("C2-归档.toml")).await.parts().await;
        let mut officials = BTreeMap::new();
        for body in parts.events.iter().map(json_of).filter(is_of_matter) {
            let person = body["actor"]["person"].clone();
            let number = 1 + u8::try_from(officials.len()).unwrap();
            officials.entry(person.to_string()).or_insert_with(|| Official::new(number, person));
        }
        let first = parts.events.iter().position(|body| is_of_matter(&json_of(body))).unwrap();
        let (at, place) = (json_of(&parts.events[first])["recorded_at"].clone(), parts.jurisdiction.to_string());
        let mut acts: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for event in parts.events.iter().map(json_of).filter(is_of_matter) {
            acts.entry(event["causation_id"].to_string()).or_default().push(event);
        }
        let mut sign = |act: &Vec<Value>| {
            let official = officials.get_mut(&act[0]["actor"]["person"].to_string()).unwrap();
            official.via_as(form, act)
        };
        let ways: BTreeMap<&String, Value> = acts.iter().map(|(command, act)| (command, sign(act))).collect();
        for body in &mut parts.events {
            let mut event = json_of(body);
            if is_of_matter(&event) {
                event["via"] = ways[&event["causation_id"].to_string()].clone();
                *body = canonical_bytes(&event).unwrap();
            }
        }
        let streams: Vec<Bytes> = officials.values().flat_map(|official| official.stream(&at, &place)).collect();
        parts.events.splice(first..first, streams);
        Self { parts: logged_again(parts), officials }
    }

    /// With every event of the act of an event changed, and logged that way.
    fn act_changed(&self, ordinal: usize, with: impl Fn(&mut Value)) -> Parts {
        let mut parts = self.parts.clone();
        let act = json_of(&parts.events[ordinal])["causation_id"].clone();
        for body in &mut parts.events {
            let mut event = json_of(body);
            if event["causation_id"] == act {
                with(&mut event);
                *body = canonical_bytes(&event).unwrap();
            }
        }
        logged_again(parts)
    }
}

#[tokio::test]
async fn a_record_that_officials_signed_holds_and_says_so() {
    let signed = Signed::new().await;
    let report = verified(&signed.parts);
    assert_eq!((report.verdict, report.exit_code()), (Verdict::Holds, 0), "{:?}", report.findings);
    let of_matter = signed.parts.events.iter().map(json_of).filter(is_of_matter);
    let acts: BTreeSet<String> = of_matter.map(|event| event["causation_id"].to_string()).collect();
    let authority = report.authority.as_ref().unwrap();
    assert_eq!((authority.signed, authority.signed_at.as_slice()), (acts.len(), [ORIGIN.to_owned()].as_slice()));
    assert_eq!(authority.signed_without_texts, 0);
    // The village was set up before anybody had an account, and the report says on what that rests.
    let [imported] = authority.unsigned.as_slice() else { panic!("{:?}", authority.unsigned) };
    assert_eq!(imported.why, "no-account");
    let text = report.text();
    assert!(text.contains(&format!("{} 次操作有通行密钥签名（{ORIGIN}）", acts.len())), "{text}");
    assert!(text.contains(&format!("未签名 {} 次：没有经过登录账号", imported.acts)), "{text}");
}

#[tokio::test]
async fn a_record_without_accounts_says_on_what_it_rests() {
    let report = verified(&Record::of(&case("C2-归档.toml")).await.parts().await);
    let authority = report.authority.as_ref().unwrap();
    assert_eq!((authority.signed, authority.unsigned.len()), (0, 1));
    assert_eq!(authority.unsigned[0].acts, report.checked.acts);
    assert!(authority.offices_held > 50, "{authority:?}");
}

#[track_caller]
fn assert_found(parts: &Parts, code: Code, ordinal: usize, field: &str) {
    let report = verified(parts);
    let first = report.findings.iter().find(|finding| finding.code == code);
    let first = first.unwrap_or_else(|| panic!("{code:?} is not found: {:?}", report.findings));
    let found = (first.place.event, first.place.field.as_deref());
    assert_eq!(found, (Some(ordinal), Some(field)), "{}", first.line(Language::English));
    assert_eq!(report.exit_code(), if code == Code::AccountUnnamed { 2 } else { 1 }, "{:?}", report.findings);
}

type Forgery = Box<dyn Fn(&mut Value)>;

#[tokio::test]
async fn a_signature_that_is_not_over_its_act_is_found() {
    let signed = Signed::new().await;
    let parts = &signed.parts;
    let (posted, closed) = (nth(parts, "notice-posted.v1", 0), nth(parts, "disclosure-closed.v1", 0));
    let other = json_of(&parts.events[closed])["via"]["signed"].clone();
    let forgeries: [Forgery; 5] = [
        // Another content under the same command.
        Box::new(|event| event["data"]["contact"] = "别处".into()),
        Box::new(|event| event["command_hash"] = "another command".into()),
        Box::new(move |event| event["via"]["signed"] = other.clone()),
        Box::new(|event| {
            let text = event["via"]["signed"]["signature"].as_str().unwrap().to_owned();
            event["via"]["signed"]["signature"] = format!("{}AAAA", &text[..text.len() - 4]).into();
        }),
        Box::new(|event| event["via"]["signed"]["public_key"] = encode(&[0xA5; 77]).into()),
    ];
    for forgery in forgeries {
        assert_found(&signed.act_changed(posted, forgery), Code::SignatureInvalid, posted, "/via/signed");
    }
}

/// The digest of another objection in the place of the one that was raised.
fn with_another_text(event: &mut Value) {
    assert!(event["data"]["text"].is_string(), "{event}");
    event["data"]["text"] = encode(&[0xA5; 32]).into();
}

#[tokio::test]
async fn a_personal_text_that_was_swapped_under_a_signature_is_found() {
    let signed = Signed::new().await;
    let said = nth(&signed.parts, "objection-raised.v1", 0);
    let parts = signed.act_changed(said, with_another_text);
    assert_found(&parts, Code::SignatureInvalid, said, "/via/signed");
}

#[tokio::test]
async fn a_record_that_was_signed_without_the_personal_texts_holds_and_says_so() {
    let signed = Signed::in_form(Form::WithoutTexts).await;
    let report = verified(&signed.parts);
    assert_eq!((report.verdict, report.exit_code()), (Verdict::Holds, 0), "{:?}", report.findings);
    let with_texts: BTreeSet<String> = signed
        .parts
        .events
        .iter()
        .map(json_of)
        .filter(|body| is_of_matter(body) && SALTED.iter().any(|(name, _)| body["type"] == *name))
        .filter(|body| body["data"]["text"].is_string() || body["data"]["payee"].is_string())
        .map(|body| body["causation_id"].to_string())
        .collect();
    let authority = report.authority.as_ref().unwrap();
    assert!(!with_texts.is_empty() && authority.signed > with_texts.len());
    assert_eq!(authority.signed_without_texts, with_texts.len());
    assert!(report.text().contains(&format!("其中 {} 次按旧格式签名", with_texts.len())), "{}", report.text());
    // What such a signature does not show: nobody can tell this record from the one that was signed.
    let said = nth(&signed.parts, "objection-raised.v1", 0);
    assert_eq!(verified(&signed.act_changed(said, with_another_text)).exit_code(), 0);
    // What it does show, it shows as before.
    let posted = nth(&signed.parts, "notice-posted.v1", 0);
    let parts = signed.act_changed(posted, |event| event["data"]["contact"] = "别处".into());
    assert_found(&parts, Code::SignatureInvalid, posted, "/via/signed");
}

#[tokio::test]
async fn a_signature_by_a_passkey_that_is_not_the_accounts_is_found() {
    let signed = Signed::new().await;
    let posted = nth(&signed.parts, "notice-posted.v1", 0);
    let event = json_of(&signed.parts.events[posted]);
    let theirs = &signed.officials[&event["actor"]["person"].to_string()];
    let mut stranger = Official::new(99, theirs.person.clone());
    let mut way = stranger.via(std::slice::from_ref(&event));
    way["account"] = json!(theirs.account);
    let parts = signed.act_changed(posted, |event| event["via"] = way.clone());
    assert_found(&parts, Code::SignatureKeyForeign, posted, "/via/signed/public_key");
    // An older event did not keep the key: then nobody can say whose it is.
    let mut parts = signed.parts.clone();
    let added = (0..parts.events.len()).find(|at| {
        let body = json_of(&parts.events[*at]);
        body["type"] == "sign-in-added.v2" && body["stream"] == format!("account-{}", theirs.account)
    });
    let mut body = json_of(&parts.events[added.unwrap()]);
    body["type"] = "sign-in-added.v1".into();
    body["data"].as_object_mut().unwrap().remove("public_key");
    parts.events[added.unwrap()] = canonical_bytes(&body).unwrap();
    let report = verified(&logged_again(parts));
    assert_eq!(report.exit_code(), 2, "{:?}", report.findings);
    assert!(report.findings.iter().all(|finding| finding.code == Code::SignatureKeyUnproved), "{:?}", report.findings);
}

#[tokio::test]
async fn an_act_that_is_not_signed_though_the_account_has_a_passkey_is_found() {
    let signed = Signed::new().await;
    let posted = nth(&signed.parts, "notice-posted.v1", 0);
    let parts = signed.act_changed(posted, |event| event["via"]["signed"] = json!({ "by": "nobody" }));
    assert_found(&parts, Code::SignatureMissing, posted, "/via/signed");
    let parts = signed.act_changed(posted, |event| _ = event.as_object_mut().unwrap().remove("via"));
    assert_found(&parts, Code::AccountUnnamed, posted, "/via");
}

#[tokio::test]
async fn an_actor_who_did_not_hold_the_office_that_day_is_found() {
    let signed = Signed::new().await;
    let posted = nth(&signed.parts, "notice-posted.v1", 0);
    let event = json_of(&signed.parts.events[posted]);
    // A villager who holds no office, with an account and a passkey of their own, signs as the office does.
    let registered: Vec<Value> = signed.parts.events.iter().map(json_of).collect();
    let rolls: String =
        registered.iter().filter(|body| body["type"] == "roll-members-listed.v2").map(Value::to_string).collect();
    let nobody = registered
        .iter()
        .filter(|body| body["type"] == "person-registered.v2")
        .map(|body| body["data"]["person"].clone())
        .find(|person| rolls.matches(person.as_str().unwrap()).count() <= 1);
    let mut intruder = Official::new(77, nobody.expect("everybody holds an office"));
    let mut act = event.clone();
    act["actor"]["person"] = intruder.person.clone();
    let way = intruder.via(&[act]);
    let mut parts = signed.act_changed(posted, |event| {
        event["via"] = way.clone();
        event["actor"]["person"] = intruder.person.clone();
    });
    let first = parts.events.iter().position(|body| is_of_matter(&json_of(body))).unwrap();
    let at = json_of(&parts.events[first])["recorded_at"].clone();
    let stream = intruder.stream(&at, parts.jurisdiction.as_str());
    let moved = posted + stream.len();
    parts.events.splice(first..first, stream);
    assert_found(&logged_again(parts.clone()), Code::OfficeNotHeld, moved, "/actor/office");
    // Through the account of somebody else it is that which is wrong.
    let other = json_of(&parts.events[moved + 1])["via"]["account"].clone();
    for body in &mut parts.events {
        let mut told = json_of(body);
        if told["causation_id"] == event["causation_id"] {
            told["via"]["account"] = other.clone();
            *body = canonical_bytes(&told).unwrap();
        }
    }
    assert_found(&logged_again(parts), Code::AccountForeign, moved, "/actor/person");
}

#[tokio::test]
async fn who_signed_second_is_held_against_the_rolls_and_the_accounts() {
    let signed = Signed::new().await;
    let posted = nth(&signed.parts, "notice-posted.v1", 0);
    let event = json_of(&signed.parts.events[posted]);
    let named = event["data"]["supervisors"][0].clone();
    // They do nothing else in this matter, so their account is there for this alone.
    let official = Official::new(88, named.clone());
    let theirs = official.account;
    let first = signed.parts.events.iter().position(|body| is_of_matter(&json_of(body))).unwrap();
    let at = json_of(&signed.parts.events[first])["recorded_at"].clone();
    let stream = official.stream(&at, signed.parts.jurisdiction.as_str());
    let moved = posted + stream.len();
    let second = json!({
        "person": named, "office": "supervisor", "signed": { "by": "account", "account": theirs, "known_by": "passkey" },
    });
    let with = |change: fn(&mut Value, &Value)| {
        let mut second = second.clone();
        change(&mut second, &event);
        let has_account = second["signed"]["account"] == json!(theirs);
        let mut parts = signed.act_changed(posted, move |event| event["via"]["second"] = second.clone());
        if has_account {
            parts.events.splice(first..first, stream.clone());
        }
        logged_again(parts)
    };
    let report = verified(&with(|_, _| ()));
    assert_eq!((report.verdict, report.exit_code()), (Verdict::Holds, 0), "{:?}", report.findings);
    let by_account = "/via/second/signed/account";
    let oneself = with(|second, event| second["person"] = event["actor"]["person"].clone());
    assert_found(&oneself, Code::AccountForeign, moved, "/via/second/person");
    let of_the_first = with(|second, event| second["signed"]["account"] = event["via"]["account"].clone());
    assert_found(&of_the_first, Code::AccountForeign, posted, by_account);
    let clerk = with(|second, _| second["office"] = "clerk".into());
    assert_found(&clerk, Code::OfficeNotHeld, moved, "/via/second/office");
    let report = verified(&with(|second, _| second["signed"]["account"] = json!(Uuid::from_u128(0xdead))));
    let missing = report.findings.iter().find(|finding| finding.code == Code::AccountMissing);
    assert_eq!(missing.and_then(|finding| finding.place.field.as_deref()), Some(by_account), "{:?}", report.findings);
    // On paper the bundle has to list the sheet.
    let on_paper = with(|second, _| second["signed"] = json!({ "by": "paper", "sheet": "5".repeat(64) }));
    let report = verified(&on_paper);
    let unlisted = report.findings.iter().find(|finding| finding.code == Code::AttachmentDiffers);
    let field = unlisted.and_then(|finding| finding.place.field.as_deref());
    assert_eq!(field, Some("/via/second/signed/sheet"), "{:?}", report.findings);
}

#[tokio::test]
async fn a_bundle_without_the_accounts_is_not_called_verified() {
    let signed = Signed::new().await;
    let mut parts = signed.parts.clone();
    parts.events.retain(|body| !json_of(body)["stream"].as_str().unwrap().starts_with("account-"));
    let report = verified(&logged_again(parts));
    assert_eq!((report.verdict, report.exit_code()), (Verdict::Unchecked, 2), "{:?}", report.findings);
    assert!(report.findings.iter().any(|finding| finding.code == Code::AccountMissing));
    // An account that nobody acted through has no place in it.
    let mut parts = signed.parts;
    let idle = Official::new(200, json!(Uuid::from_u128(5)));
    let at = json_of(&parts.events[0])["recorded_at"].clone();
    let stream = idle.stream(&at, parts.jurisdiction.as_str());
    parts.events.splice(0..0, stream);
    assert_found_foreign(&logged_again(parts));
}

fn assert_found_foreign(parts: &Parts) {
    let report = verified(parts);
    let first = report.first_wrong().unwrap();
    assert_eq!((first.code, first.place.event), (Code::StreamForeign, Some(0)), "{:?}", report.findings);
}

#[tokio::test]
async fn what_the_log_holds_behind_the_matter_is_said_to_be_unseen() {
    let record = Record::of(&case("C2-归档.toml")).await;
    let parts = record.parts().await;
    let report = verified(&parts);
    let complete = report.completeness.as_ref().unwrap();
    let last = nth(&parts, "consultation-archived.v1", 0);
    let behind = record.events.len() as u64 - 1 - parts.proofs[last].index;
    assert_eq!((complete.last_leaf, complete.leaves_unseen), (parts.proofs[last].index, behind), "{complete:?}");
    // The last event held back: nothing is wrong with what is there, and it is said where a later one may stand.
    let mut short = parts.clone();
    short.events.truncate(last);
    short.proofs.truncate(last);
    short.notices = parts.notices;
    let report = verified(&short);
    assert!(report.completeness.as_ref().unwrap().leaves_unseen > behind, "{:?}", report.completeness);
    assert!(report.text().contains("不在核验包里"), "{}", report.text());
    // A gap before it is not only unseen, it is found.
    let mut gap = short;
    let closed = nth(&gap, "disclosure-closed.v1", 0);
    gap.events.remove(closed);
    gap.proofs.remove(closed);
    let found = verified(&gap).findings.into_iter().find(|finding| finding.code == Code::RevisionGap);
    assert!(found.is_some_and(|finding| finding.place.event >= Some(closed)));
}
