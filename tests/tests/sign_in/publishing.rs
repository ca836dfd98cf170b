//! Nobody publishes alone: a supervisor signs by a code from their own account, or on paper where they have none.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde_json::{Value, json};
use siyi_api::case::aliases::Aliases;
use siyi_api::case::file::Disk;
use siyi_api::case::{Case, Pace, run};
use siyi_domain::ids::PersonId;
use siyi_domain::office::{Actor, Office};
use siyi_log::envelope::{Envelope, Recorded, Subject};
use siyi_log::port::{AllFrom, Direction, MAX_READ};
use siyi_log::via::{KnownBy, Second, SecondSigned};
use siyi_projections::docket::{self, DocketRow, Filter};
use siyi_tests::world::cases;
use siyi_verify::derive::derive;

use super::authenticator::Authenticator;
use super::desk::{Browser, Folder, PASSWORD, Server, TOWN, VILLAGE, joined};
use super::doors::knock::give_second;
use super::made::{jpeg, picture};
use super::signing::{ORIGIN, RP, script, with_passkey};

/// A village whose matter was resolved before it had accounts. Its director, its clerk and one of its supervisors have one now.
struct Village {
    server: Server,
    director: Browser,
    clerk: Browser,
    supervisor: Browser,
    aliases: Aliases,
    matter: DocketRow,
    _folder: Folder,
}

impl Village {
    async fn open() -> Self {
        let folder = Folder::new();
        let mut case = Case::read(&cases().join("C1-C2-道路硬化.toml"), &Disk).unwrap();
        let posted = case.acts.iter().position(|(_, act)| act.command == "postNotice").unwrap();
        case.acts.truncate(posted);
        let server = folder.serve().await;
        run(&server.app.handler, std::slice::from_ref(&case), &Pace::Wall, |_, _| ()).await.unwrap();
        server.app.close().await;
        drop(server);
        let made = folder.create_admin("zhong", PASSWORD);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let server = folder.serve().await;
        let mut township = server.browser();
        township.sign_in("zhong", PASSWORD).await;
        township.acting = Some((township.who(&server.app, TOWN).await, "township_officer"));
        let aliases = Aliases { people_seed: case.people_seed, matter_seed: case.matter_seed };
        let who = |alias: &str| aliases.person(alias).to_string();
        let mut director = joined(&server, &mut township, VILLAGE, &who("pm02"), "director").await;
        let clerk = joined(&server, &mut township, VILLAGE, &who("bk1"), "clerk").await;
        let supervisor = joined(&server, &mut township, VILLAGE, &who("sv2"), "supervisor").await;
        director.acting = Some((who("pm02"), "village_director"));
        let head = server.app.store.head().await.unwrap().unwrap();
        assert!(server.app.models.wait_for(head, Duration::from_secs(60)).await);
        let matter = docket::page(&server.app.models.docket.shelf(), &Filter::default(), None, 1).unwrap().remove(0);
        Self { server, director, clerk, supervisor, aliases, matter, _folder: folder }
    }

    fn person(&self, alias: &str) -> PersonId {
        self.aliases.person(alias)
    }

    /// What the director is answered who publishes the resolution; a notice that says who of the supervisors signed.
    async fn post(&mut self, supervisors: &[&str], second: Option<String>) -> Value {
        let supervisors: Vec<PersonId> = supervisors.iter().map(|alias| self.person(alias)).collect();
        let input = json!({
            "kind": "resolution", "noticeNo": "柳沟村〔2026〕决3号", "places": ["村口公开栏"], "channels": [],
            "contact": "村务监督委员会", "supervisors": supervisors, "supervisorsOpinion": "程序完整，同意公开",
        });
        self.ask("postNotice", "PostNoticeInput", input, second).await
    }

    async fn ask(&mut self, name: &str, input_type: &str, input: Value, second: Option<String>) -> Value {
        let query = format!(
            "mutation($id: ID!, $input: {input_type}!) {{ {name}(consultation: $id, commandId: \"{COMMAND}\", input: $input) \
             {{ __typename ... on Recorded {{ already }} ... on Refusal {{ code }} }} }}"
        );
        let query =
            if name == "postNotice" { query } else { query.replace(&format!(", commandId: \"{COMMAND}\""), "") };
        self.director.extra.retain(|(name, _)| *name != "x-siyi-second");
        self.director.extra.extend(second.map(|said| ("x-siyi-second", said)));
        self.director.graphql(&query, json!({ "id": self.matter.id, "input": input })).await
    }

    async fn newest(&self) -> Envelope {
        let newest = self.server.app.store.read_all(AllFrom::End, Direction::Backwards, 1).await.unwrap();
        Recorded::read(&newest[0]).unwrap().unwrap().envelope
    }

    async fn second(&self) -> Second {
        self.newest().await.via.unwrap().second.unwrap()
    }

    /// The notice as everybody reads it, and the matter's record.
    async fn pages(&self) -> [String; 2] {
        let head = self.server.app.store.head().await.unwrap().unwrap();
        assert!(self.server.app.models.wait_for(head, Duration::from_secs(30)).await);
        let mut reader = self.server.browser();
        let matter = format!("/c/{}", self.matter.number);
        [reader.get(&format!("{matter}/notice/1")).await.body, reader.get(&matter).await.body]
    }

    /// How the second signed by what a query is answered.
    async fn told(&self) -> Value {
        let query = "query($id: ID!) { consultation(id: $id) { notices { secondSigned } } }";
        let told = self.server.browser().graphql(query, json!({ "id": self.matter.id })).await;
        told["data"]["consultation"]["notices"][0]["secondSigned"].clone()
    }

    /// Whoever verifies the whole record finds nothing.
    async fn holds(&self) {
        let mut bodies: Vec<Bytes> = Vec::new();
        let mut from = AllFrom::Start;
        loop {
            let events = self.server.app.store.read_all(from, Direction::Forwards, MAX_READ).await.unwrap();
            let Some(last) = events.last() else { break };
            from = AllFrom::After(last.position);
            bodies.extend(events.iter().filter(|event| Subject::of(&event.stream).is_some()).map(|e| e.body.clone()));
        }
        assert_eq!(derive(&bodies, &self.server.app.rules).findings, []);
    }
}

const COMMAND: &str = "0193b1a0-0000-7000-8000-000000000088";
const MISSING: &str = "second-signature-missing";

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

#[track_caller]
fn is_recorded(answer: &Value, name: &str) {
    assert_eq!(answer["data"][name]["__typename"], "Recorded", "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_published_with_the_code_of_a_supervisor() {
    let mut village = Village::open().await;
    let before = village.server.app.store.head().await.unwrap();
    let alone = village.post(&["sv2"], None).await;
    assert_eq!(code(&alone), MISSING, "{alone}");
    assert!(alone["errors"][0]["message"].as_str().unwrap().contains("监委会成员签字"), "{alone}");
    assert_eq!(code(&village.post(&["sv2"], Some("2222222222".to_owned())).await), MISSING, "a code that nobody gave");
    let clerks = give_second(&mut village.clerk).await;
    assert_eq!(code(&village.post(&["sv2"], Some(clerks)).await), MISSING, "the clerk is no supervisor");
    let own = give_second(&mut village.director).await;
    assert_eq!(code(&village.post(&["sv2"], Some(own)).await), MISSING, "the director's own");
    let of_another = give_second(&mut village.supervisor).await;
    assert_eq!(
        code(&village.post(&["sv1"], Some(of_another)).await),
        MISSING,
        "of a supervisor whom the notice does not name"
    );
    assert_eq!(village.server.app.store.head().await.unwrap(), before, "something was published");

    // The supervisor's own page makes the code.
    let page = village.supervisor.form("/account", "/account/second", &[("place", VILLAGE)]).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let section = page.body.split("id=\"second\"").nth(1).unwrap();
    let code_of_page = section.split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    is_recorded(&village.post(&["sv1", "sv2"], Some(code_of_page.clone())).await, "postNotice");
    let actor = Actor { person: village.person("sv2"), office: Office::Supervisor };
    let second = village.second().await;
    let SecondSigned::Account { account, known_by: KnownBy::Password } = second.signed else { panic!("{second:?}") };
    assert_eq!(second.actor, actor);
    let theirs = village.server.app.handler.account(account).await.unwrap();
    assert_eq!(theirs.persons.values().copied().collect::<Vec<_>>(), [actor.person]);
    // The answer was lost, and five minutes later the code is no good any more.
    let again = village.post(&["sv1", "sv2"], None).await;
    assert_eq!(again["data"]["postNotice"]["already"], true, "{again}");

    let correction = json!({ "notice": 1, "correction": "总价更正为四十九万元。" });
    let corrected = village.ask("correctNotice", "CorrectNoticeInput", correction.clone(), None).await;
    assert_eq!(code(&corrected), MISSING, "{corrected}");
    let used = village.ask("correctNotice", "CorrectNoticeInput", correction.clone(), Some(code_of_page)).await;
    assert_eq!(code(&used), MISSING, "a code is good for one act");
    let fresh = give_second(&mut village.supervisor).await;
    is_recorded(&village.ask("correctNotice", "CorrectNoticeInput", correction, Some(fresh)).await, "correctNotice");
    assert_eq!(village.second().await.actor, actor);

    let [notice, matter] = village.pages().await;
    assert!(notice.contains("监委会签字：") && notice.contains("冯*萍（由本人账号）"), "{notice}");
    assert_eq!(matter.matches("冯*萍（由本人账号）").count(), 2, "{matter}");
    assert_eq!(village.told().await, "account");
    village.holds().await;
    village.server.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_without_an_account_signs_on_a_sheet_that_is_kept() {
    let mut village = Village::open().await;
    let bring = async |village: &mut Village, class: &str, side: u32| {
        let path = format!("/attachments?jurisdiction={VILLAGE}&class={class}");
        let brought = village.director.post(&path, "image/jpeg", jpeg(&picture(side, 32), None)).await;
        brought.json()["sha256"].as_str().unwrap_or_else(|| panic!("{}", brought.body)).to_owned()
    };
    let sheet = bring(&mut village, "other", 40).await;
    let photo = bring(&mut village, "photo", 41).await;
    let (without, with) = (village.person("sv1"), village.person("sv2"));
    let villager = village.person("hh231");
    let before = village.server.app.store.head().await.unwrap();
    for (named, said, why) in [
        ("sv1", format!("{without}:{}", "a".repeat(64)), "nobody brought this sheet"),
        ("sv1", format!("{without}:{photo}"), "a photo for the board is no sheet"),
        ("sv1", format!("{without}:"), "no digest"),
        ("sv2", format!("{with}:{sheet}"), "who has an account signs by a code"),
        ("hh231", format!("{villager}:{sheet}"), "no supervisor"),
    ] {
        let refused = village.post(&[named], Some(said)).await;
        assert_eq!(code(&refused), MISSING, "{why}: {refused}");
    }
    assert_eq!(village.server.app.store.head().await.unwrap(), before, "something was published");
    village.director.extra = vec![("x-siyi-second", format!("{without}:{sheet}"))];
    let disposal = json!({ "file": sheet, "approval": "a".repeat(64) });
    let disposed = village.director.act("disposeFile", "DisposeFileInput", VILLAGE, disposal).await;
    assert_eq!(disposed["error"], MISSING, "a file is destroyed by two who are there");
    is_recorded(&village.post(&["sv1"], Some(format!("{without}:{sheet}"))).await, "postNotice");
    let actor = Actor { person: without, office: Office::Supervisor };
    let signed = SecondSigned::Paper { sheet: sheet.clone().try_into().unwrap() };
    assert_eq!(village.second().await, Second { actor, signed });
    let [notice, matter] = village.pages().await;
    assert!(notice.contains("郑*庆（纸质）"), "{notice}");
    assert_eq!(village.told().await, "paper");
    assert!(matter.contains(&format!("id=\"f-{}\"", &sheet[..12])), "the sheet is among the matter's files: {matter}");
    village.holds().await;
    village.server.app.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_outlasts_the_question_for_a_passkeys_signature() {
    let mut village = Village::open().await;
    let mut authenticator = Authenticator::new(ORIGIN, RP);
    with_passkey(&mut village.director, &mut authenticator).await;
    let second = give_second(&mut village.supervisor).await;
    let asked = village.post(&["sv2"], Some(second.clone())).await;
    assert_eq!(code(&asked), "signature-missing", "{asked}");
    let challenge = asked["errors"][0]["extensions"]["challenge"].clone();
    let options = script(&mut village.director, "/account/passkey/sign", json!({ "challenge": challenge })).await;
    let assertion = authenticator.get(&options["options"]);
    village.director.extra = vec![("x-siyi-assertion", URL_SAFE_NO_PAD.encode(assertion.to_string()))];
    is_recorded(&village.post(&["sv2"], Some(second)).await, "postNotice");
    village.holds().await;
    village.server.app.close().await;
}
