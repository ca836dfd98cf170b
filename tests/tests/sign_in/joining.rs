//! From the console to the village.

use jiff::ToSpan;
use serde_json::json;
use siyi_domain::office::Office;
use siyi_log::envelope::Recorded;
use siyi_log::port::{AllFrom, Direction};

use super::desk::{Folder, OFFICER, PASSWORD, TOWN, VILLAGE, invite, joined, officer, token_in, with_officer};

const WANG: &str = "7d1f0a52-9f0e-4b61-9a43-3f4a5be7c101";
const LIU: &str = "7d1f0a52-9f0e-4b61-9a43-3f4a5be7c102";

#[tokio::test(flavor = "multi_thread")]
async fn the_console_fills_the_first_office_once() {
    let folder = Folder::new();
    let weak = folder.create_admin("zhong", "password123");
    assert!(!weak.status.success() && String::from_utf8_lossy(&weak.stderr).contains("password-"), "{weak:?}");
    let made = folder.create_admin("zhong", PASSWORD);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let again = folder.create_admin("other", PASSWORD);
    assert!(!again.status.success());
    assert!(String::from_utf8_lossy(&again.stderr).contains("office-filled"), "{again:?}");
    for output in [&made, &again] {
        let said = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
        assert!(!String::from_utf8_lossy(&said).contains(OFFICER), "the name stands in what was printed");
        assert!(!String::from_utf8_lossy(&said).contains(PASSWORD), "the password stands in what was printed");
    }
    let server = folder.serve().await;
    let mut browser = server.browser();
    assert_eq!(browser.sign_in("other", PASSWORD).await.status, 403);
    assert_eq!(browser.sign_in("zhong", PASSWORD).await.location(), "/account");
    let page = browser.get("/account").await;
    assert!(page.body.contains("云岭镇") && page.body.contains("乡镇（街道）工作人员"), "{}", page.body);
    server.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scraper_reads_the_metrics_with_a_token_of_whom_the_console_named() {
    let folder = Folder::new();
    let early = folder.create_operator(TOWN, "yun", "2099-12-31");
    assert!(String::from_utf8_lossy(&early.stderr).contains("place-unknown"), "{early:?}");
    assert!(folder.create_admin("zhong", PASSWORD).status.success());
    let past = folder.create_operator(TOWN, "yun", "2020-01-01");
    assert!(String::from_utf8_lossy(&past.stderr).contains("term-ends-before-it-begins"), "{past:?}");
    let village = folder.create_operator(VILLAGE, "yun", "2099-12-31");
    assert!(String::from_utf8_lossy(&village.stderr).contains("level-mismatch"), "{village:?}");
    assert!(folder.create_operator(TOWN, "yun", "2099-12-31").status.success());
    let server = folder.serve().await;
    let (mut yun, mut zhong) = (server.browser(), server.browser());
    assert_eq!(yun.get("/metrics").await.location(), "/sign-in");
    assert_eq!(yun.sign_in("yun", PASSWORD).await.location(), "/account");
    assert_eq!(zhong.sign_in("zhong", PASSWORD).await.location(), "/account");
    assert!(yun.get("/metrics").await.body.contains("siyi_log_position "));
    assert_eq!(zhong.get("/metrics").await.status, 403);
    let until = server.app.clock.now().day().saturating_add(30.days()).to_string();
    for (mine, scopes, status) in
        [(true, "health:/metrics", 200), (true, "cli:export", 403), (false, "health:/metrics", 403)]
    {
        let owner = if mine { &mut yun } else { &mut zhong };
        let form = [("name", "scraper"), ("scopes", scopes), ("until", until.as_str())];
        let made = owner.form("/account", "/account/tokens", &form).await;
        let mut scraper = server.browser();
        scraper.extra = vec![("authorization", format!("Bearer {}", token_in(made.body())))];
        assert_eq!(scraper.get("/metrics").await.status, status, "{scopes}");
    }
    server.app.close().await;
    drop((server, yun, zhong));
    let ended = folder.console(&["account", "end-operators", "--place", TOWN], "");
    assert!(String::from_utf8_lossy(&ended.stdout).contains("今日止"), "{ended:?}");
    let again = folder.console(&["account", "end-operators", "--place", TOWN], "");
    assert!(again.status.success() && again.stdout.is_empty(), "whose office ends today has no other end: {again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_villager_joins_with_the_code_that_the_office_handed_out() {
    let (_folder, server) = with_officer().await;
    let mut officer = officer(&server, &[(WANG, "王小明"), (LIU, "刘大力")]).await;
    let code = invite(&mut officer, WANG).await;
    let mut wang = server.browser();
    let joined = wang.join(&code, "wang").await;
    assert_eq!((joined.status.as_u16(), joined.location()), (303, "/account"), "{}", joined.body);
    assert!(wang.get("/account").await.body.contains("柳沟村"));
    let mut thief = server.browser();
    assert_eq!(thief.join(&code, "thief").await.status, 403, "a code is good once");
    // A second account of the same person would be a second voice.
    let second = invite(&mut officer, WANG).await;
    let twice = server.browser().join(&second, "wang-two").await;
    assert_eq!(twice.status, 422, "{}", twice.body);
    server.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_is_by_whom_the_session_says() {
    let (_folder, server) = with_officer().await;
    let mut officer = officer(&server, &[(WANG, "王小明"), (LIU, "刘大力")]).await;
    let mut wang = joined(&server, &mut officer, VILLAGE, WANG, "wang").await;
    let kin = || json!({ "person": WANG, "relative": LIU, "kinship": "sibling" });
    let declare = "DeclareKinshipInput";

    wang.acting = Some((WANG.to_owned(), "villager"));
    let declared = wang.act("declareKinship", declare, VILLAGE, kin()).await;
    assert_eq!(declared["__typename"], "Recorded", "{declared}");
    for (who, office) in [(LIU, "villager"), (WANG, "village_director"), (WANG, "operator"), (LIU, "township_officer")]
    {
        wang.acting = Some((who.to_owned(), office));
        let answer = wang.act("declareKinship", declare, VILLAGE, kin()).await;
        assert_eq!(answer["error"], "not-permitted", "as {who} {office}: {answer}");
    }
    let mut nobody = server.browser();
    nobody.acting = officer.acting.clone();
    assert_eq!(nobody.act("declareKinship", declare, VILLAGE, kin()).await["error"], "not-signed-in");
    assert_eq!(nobody.get("/account").await.location(), "/sign-in");

    // What is over is over.
    let kept = officer.cookies.clone();
    officer.form("/account", "/sign-out", &[]).await;
    officer.cookies = kept;
    let after = officer.act("declareKinship", declare, VILLAGE, kin()).await;
    assert_eq!(after["error"], "not-signed-in", "{after}");
    server.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_what_it_names_and_a_forged_one_nothing() {
    let (_folder, server) = with_officer().await;
    let mut officer = officer(&server, &[(WANG, "王小明")]).await;
    let form = [("name", "statistics"), ("scopes", "countElectorate"), ("until", "2027-01-31")];
    let made = officer.form("/account", "/account/tokens", &form).await;
    let token = token_in(&made.body);
    let mut machine = server.browser();
    machine.acting = officer.acting.clone();
    machine.extra = vec![("authorization", format!("Bearer {token}"))];
    let counts = json!({ "population": 300, "adultVillagers": 200, "households": 90 });
    let counted = machine.act("countElectorate", "CountElectorateInput", VILLAGE, counts.clone()).await;
    assert_ne!(counted["error"], "not-permitted", "{counted}");
    let invite = json!({ "person": WANG });
    let other = machine.act("inviteResident", "InviteResidentInput", VILLAGE, invite).await;
    assert_eq!(other["error"], "not-permitted", "{other}");
    machine.extra = vec![("authorization", format!("Bearer {token}x"))];
    let forged = machine.act("countElectorate", "CountElectorateInput", VILLAGE, counts).await;
    assert_eq!(forged["error"], "token-invalid", "{forged}");
    let page = machine.send(axum::http::Method::GET, "/", &[("authorization", "Bearer x")], String::new()).await;
    assert_eq!(page.status, 401, "no machine goes on as nobody");
    server.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_of_another_place_opens_nothing_here() {
    let (_folder, server) = with_officer().await;
    let mut officer = officer(&server, &[(WANG, "王小明")]).await;
    let elsewhere = json!({ "name": "外乡", "kind": "town" });
    let answer = officer.act("registerJurisdiction", "RegisterJurisdictionInput", "419901102000", elsewhere).await;
    assert_eq!(answer["error"], "not-permitted", "{answer}");
    assert!(server.app.handler.is_registered(&TOWN.parse().unwrap()).await.unwrap());
    assert!(!server.app.handler.is_registered(&"419901102000".parse().unwrap()).await.unwrap());
    server.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_a_villager_of_two_villages() {
    const NEXT: &str = "419901101202";
    const WANG_THERE: &str = "7d1f0a52-9f0e-4b61-9a43-3f4a5be7c109";
    let (_folder, server) = with_officer().await;
    let mut officer = officer(&server, &[(WANG, "王小明")]).await;
    let next = json!({ "name": "杨湾村", "kind": "village" });
    officer.act("registerJurisdiction", "RegisterJurisdictionInput", NEXT, next).await;
    let there = json!({ "persons": [{ "person": WANG_THERE, "name": "王小明", "sex": "f" }] });
    officer.act("registerPersons", "RegisterPersonsInput", NEXT, there).await;
    let mut wang = joined(&server, &mut officer, VILLAGE, WANG, "wang").await;
    let person = json!({ "person": WANG_THERE });
    let invited = officer.act("inviteResident", "InviteResidentInput", NEXT, person.clone()).await;
    let second = invited["invitationCode"].as_str().unwrap().to_owned();
    let bind = async |browser: &mut super::desk::Browser| browser.form("/join", "/join", &[("code", &second)]).await;
    let bound = bind(&mut wang).await;
    assert_eq!(bound.status, 422, "{}", bound.body);
    // Admitted there by the events that the law asks for, and struck from the roll at home.
    let mut admission = json!({
        "person": WANG_THERE, "home": VILLAGE, "residentSince": "2024-01-01", "appliedOn": "2026-01-10",
        "consentedBy": "representatives", "consent": "b".repeat(64), "struckAtHome": "c".repeat(64),
    });
    let admit = async |officer: &mut super::desk::Browser, admission: &serde_json::Value| {
        officer.act("admitResident", "AdmitResidentInput", NEXT, admission.clone()).await
    };
    assert_eq!(admit(&mut officer, &admission).await["code"], "home-person-missing");
    admission["homePerson"] = json!(WANG);
    assert_eq!(admit(&mut officer, &admission).await["code"], "still-on-home-roll");
    let strike = json!({ "person": WANG, "admittedAt": NEXT, "statement": "d".repeat(64) });
    let struck = officer.act("strikeResident", "StrikeResidentInput", VILLAGE, strike).await;
    assert_eq!(struck["__typename"], "Recorded", "{struck}");
    let admitted = admit(&mut officer, &admission).await;
    assert_eq!(admitted["__typename"], "Recorded", "{admitted}");
    let back = json!({ "person": WANG, "released": "e".repeat(64) });
    let back = officer.act("readmitResident", "ReadmitResidentInput", VILLAGE, back).await;
    assert_eq!(back["code"], "still-admitted", "{back}");
    let bound = bind(&mut wang).await;
    assert_eq!((bound.status.as_u16(), bound.location()), (303, "/account"), "{}", bound.body);
    server.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_holds_one_office_in_a_place_need_not_name_it() {
    let (_folder, server) = with_officer().await;
    let mut officer = officer(&server, &[(WANG, "王小明"), (LIU, "刘大力")]).await;
    let mut wang = joined(&server, &mut officer, VILLAGE, WANG, "wang").await;
    let kin = || json!({ "person": WANG, "relative": LIU, "kinship": "sibling" });
    let declared = wang.act("declareKinship", "DeclareKinshipInput", VILLAGE, kin()).await;
    assert_eq!(declared["__typename"], "Recorded", "{declared}");
    let newest = server.app.store.read_all(AllFrom::End, Direction::Backwards, 1).await.unwrap();
    let actor = Recorded::read(&newest[0]).unwrap().unwrap().envelope.actor;
    assert_eq!((actor.person.to_string().as_str(), actor.office), (WANG, Office::Villager));

    // With a second office it no longer goes without saying; and who holds none here acts in none.
    let term = json!({ "person": WANG, "office": "grid_worker", "from": "2026-01-05" });
    let appointed = officer.act("appoint", "AppointInput", VILLAGE, term).await;
    assert_eq!(appointed["__typename"], "Recorded", "{appointed}");
    let which = wang.act("declareKinship", "DeclareKinshipInput", VILLAGE, kin()).await;
    assert_eq!(which["error"], "actor-missing", "{which}");
    let village = json!({ "name": "上河村", "kind": "village" });
    officer.acting = None;
    let registered = officer.act("registerJurisdiction", "RegisterJurisdictionInput", "419901101202", village).await;
    assert_eq!(registered["__typename"], "Recorded", "{registered}");
    let elsewhere = wang.act("declareKinship", "DeclareKinshipInput", "419901101202", kin()).await;
    assert_eq!(elsewhere["error"], "actor-missing", "{elsewhere}");
    let nobody = server.browser().act("declareKinship", "DeclareKinshipInput", VILLAGE, kin()).await;
    assert_eq!(nobody["error"], "actor-missing", "{nobody}");
    server.app.close().await;
}
