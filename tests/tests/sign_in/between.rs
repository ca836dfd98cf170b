//! Somebody is erased while a file of theirs is on its way in: after the door has looked at the roster, before the file is kept.

use std::sync::Arc;

use serde_json::json;
use siyi_domain::office::{Actor, Office};
use siyi_log::handler::{Handler, Outcome, Request, Target};
use siyi_log::keys::Purpose;
use siyi_log::vault::RandomSalts;
use siyi_tests::between::Between;
use uuid::Uuid;

use super::desk::{VILLAGE, joined, officer, with_officer};
use super::files::bring;
use super::made::{jpeg, picture};

const WANG: &str = "7d1f0a52-9f0e-4b61-9a43-3f4a5be7c101";
const LIU: &str = "7d1f0a52-9f0e-4b61-9a43-3f4a5be7c102";

#[tokio::test(flavor = "multi_thread")]
async fn who_is_erased_while_their_file_comes_in_has_no_file_and_no_key() {
    let (folder, server) = with_officer().await;
    let mut officer = officer(&server, &[(WANG, "王小明"), (LIU, "刘大力")]).await;
    let term = json!({ "person": WANG, "office": "clerk", "from": "2026-01-01" });
    assert_eq!(officer.act("appoint", "AppointInput", VILLAGE, term).await["__typename"], "Recorded");
    let mut clerk = joined(&server, &mut officer, VILLAGE, WANG, "wang").await;
    clerk.acting = Some((WANG.to_owned(), "clerk"));
    let app = &server.app;
    let erase = Request {
        command_id: Uuid::from_u128(7),
        target: Target::Jurisdiction(VILLAGE.parse().unwrap()),
        name: "erasePerson".to_owned(),
        input: json!({ "person": LIU, "basis": "asked_for" }),
        occurred_at: None,
        actor: Actor { person: LIU.parse().unwrap(), office: Office::Villager },
        correlation_id: None,
        via: None,
    };
    let by = Arc::clone(&app.handler);
    let between = Between::new(Arc::clone(&app.store), format!("roster-{VILLAGE}").parse().unwrap(), async move {
        let outcome = by.handle(&erase).await.unwrap();
        assert!(matches!(outcome, Outcome::Recorded(_)), "{outcome:?}");
    });
    let (vault, clock, rules) = (Arc::clone(&app.vault), Arc::clone(&app.clock), Arc::clone(&app.rules));
    let handler = Handler::new(Arc::new(between), vault, Arc::new(RandomSalts), clock, rules);
    let server = server.handled_by(handler);
    clerk.is_sent_to(&server);
    let answer = bring(&mut clerk, "photo", "image/jpeg", Some(LIU), jpeg(&picture(24, 24), None)).await;
    assert_eq!(answer.status, 422, "{}", answer.body());
    assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "person-erased");
    let person: Uuid = LIU.parse().unwrap();
    assert_eq!(server.app.attachments.of_owner(person).await.unwrap().len(), 0);
    server.app.close().await;
    drop((server, clerk, officer));
    assert!(folder.keys().find(person, Purpose::Attachment).unwrap().is_none());
}
