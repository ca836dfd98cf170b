//! The canary: unique texts planted in every personal field, every feature used, some people erased; then the raw bytes of
//! everything that was written are searched, and everything that was answered.
//!
//! What is encrypted is not found before the erasure either; so the keys are tried too: with the folder and the master key in
//! hand, nothing of an erased person opens.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{Request as HttpRequest, header};
use serde_json::{Value, json};
use siyi_api::case::file::Disk;
use siyi_api::case::{Case, Pace};
use siyi_api::server;
use siyi_domain::ids::PersonId;
use siyi_domain::office::{Actor, Office};
use siyi_log::handler::{Outcome, Request, Target};
use siyi_tests::world::{World, case_files};
use tower::ServiceExt;
use tracing_subscriber::fmt::MakeWriter;
use uuid::Uuid;

const VILLAGE: &str = "419901101201";
/// Where QR codes lead.
const PUBLIC: &str = "https://siyi.example/";
/// People who are registered, speak up, and leave.
const LEAVERS: usize = 60;

/// Every planted text, and where it was planted.
#[derive(Default)]
struct Canaries {
    planted: Vec<(String, &'static str)>,
}

impl Canaries {
    /// A text that occurs nowhere else, long enough that no chance makes it.
    fn plant(&mut self, field: &'static str) -> String {
        let text = format!("金丝雀{:05}翅膀{}", self.planted.len(), field.len() * 7919);
        self.planted.push((text.clone(), field));
        text
    }

    /// The canaries that occur in `bytes`, in UTF-8 or in UTF-16 of either order.
    fn found_in(&self, bytes: &[u8]) -> Vec<&str> {
        let heads = [
            "金丝雀".as_bytes().to_vec(),
            "金丝雀".encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "金丝雀".encode_utf16().flat_map(u16::to_be_bytes).collect(),
        ];
        // The heads are looked for first: 3 scans in place of thousands.
        if !heads.iter().any(|head| contains(bytes, head)) {
            return Vec::new();
        }
        let spellings = |text: &str| {
            [
                text.as_bytes().to_vec(),
                text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(),
                text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>(),
            ]
        };
        let hit = |text: &&(String, &str)| spellings(&text.0).iter().any(|spelling| contains(bytes, spelling));
        self.planted.iter().filter(hit).map(|(text, _)| text.as_str()).collect()
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

fn assert_no_canary_in(folder: &Path, canaries: &Canaries, when: &str) {
    let mut all = Vec::new();
    files(folder, &mut all);
    assert!(all.len() > 10, "{} files", all.len());
    for path in all {
        let bytes = std::fs::read(&path).unwrap();
        let found = canaries.found_in(&bytes);
        assert!(found.is_empty(), "{when}: {} holds {found:?}", path.display());
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(canaries.found_in(name.as_bytes()).is_empty(), "{when}: the name of {}", path.display());
    }
}

/// All that is logged, at the most talkative level.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Logged {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The shipped cases with a canary in the place of each personal text.
fn planted_cases(canaries: &mut Canaries) -> Vec<Case> {
    let mut cases: Vec<Case> = case_files().unwrap().iter().map(|path| Case::read(path, &Disk).unwrap()).collect();
    for case in &mut cases {
        plant_in(case, canaries);
    }
    cases
}

fn plant_in(case: &mut Case, canaries: &mut Canaries) {
    if let Some(before) = &mut case.before {
        plant_in(before, canaries);
    }
    for (_, act) in &mut case.acts {
        match act.command.as_str() {
            "raiseObjection" => act.input["text"] = canaries.plant("objection").into(),
            "recordOpinion" => act.input["text"] = canaries.plant("opinion").into(),
            "recordPayment" if act.input.get("payee").is_some_and(Value::is_string) => {
                act.input["payee"] = canaries.plant("payee").into();
            }
            _ => {}
        }
    }
}

fn leaver(no: usize) -> PersonId {
    PersonId(Uuid::from_u128(0x5171_ca4a_0000_4000_8000_0000_0000_0000 + no as u128))
}

async fn handle(world: &World, name: &str, office: Office, person: PersonId, input: Value) -> Outcome {
    let now = siyi_log::clock::Clock::now(&*world.clock);
    let request = Request {
        command_id: Uuid::from_u128(
            u128::from(siyi_log::canonical::sha256(format!("{name}{input}").as_bytes())[0]) << 96
                | u128::from_be_bytes(
                    siyi_log::canonical::sha256(input.to_string().as_bytes())[..16].try_into().unwrap(),
                ),
        ),
        target: Target::Jurisdiction(VILLAGE.parse().unwrap()),
        name: name.to_owned(),
        input,
        occurred_at: Some(now),
        actor: Actor { person, office },
        correlation_id: None,
        via: None,
    };
    world.app.handler.handle(&request).await.unwrap()
}

async fn register_leavers(world: &World, canaries: &mut Canaries) {
    let persons: Vec<Value> = (0..LEAVERS)
        .map(|no| {
            json!({ "person": leaver(no), "name": canaries.plant("name"), "sex": "f", "contact": {
                "phone": canaries.plant("phone"), "identityNumber": canaries.plant("identity"),
                "address": canaries.plant("address"), "bankAccount": canaries.plant("account") } })
        })
        .collect();
    let outcome = handle(world, "registerPersons", Office::Clerk, leaver(0), json!({ "persons": persons })).await;
    assert!(matches!(outcome, Outcome::Recorded(_)), "{outcome:?}");
}

async fn answer(router: &Router, request: HttpRequest<Body>) -> Vec<u8> {
    let response = router.clone().oneshot(request).await.unwrap();
    let heads = format!("{:?}", response.headers());
    let body = axum::body::to_bytes(response.into_body(), 64 << 20).await.unwrap();
    [heads.as_bytes(), &body].concat()
}

/// Every page that links lead to, and what GraphQL, feeds, health and metrics answer.
async fn assert_no_answer_tells(router: &Router, canaries: &Canaries) -> usize {
    let (mut seen, mut codes) = (BTreeSet::new(), 0);
    let mut open = vec!["/".to_owned(), "/metrics".to_owned(), "/healthz".to_owned(), "/readyz".to_owned()];
    open.push(format!("/j/{VILLAGE}/feed.atom"));
    while let Some(address) = open.pop() {
        if seen.len() > 120 || !seen.insert(address.clone()) {
            continue;
        }
        let body = answer(router, HttpRequest::get(&address).body(Body::empty()).unwrap()).await;
        assert!(canaries.found_in(&body).is_empty(), "{address}: {:?}", canaries.found_in(&body));
        let text = String::from_utf8_lossy(&body).into_owned();
        if address == "/metrics" {
            assert!(text.contains("siyi_model_lag_positions{model="), "{text}");
        }
        codes += usize::from(code_tells_no_more_than_the_page(&address, &text));
        let links = text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        open.extend(links.filter(|link| link.starts_with('/')).map(|link| link.replace("&amp;", "&")));
    }
    assert!(codes > 3, "{codes} QR codes");
    let matters = assert_no_history_tells(router, canaries).await;
    assert!(matters > 20, "{matters} matters");
    let places = "{ jurisdictions(within: \"419901000000\") { edges { node { code name } } } }";
    ask(router, places, canaries).await;
    seen.len()
}

/// Whether a page has a QR code: then it says the address of the matter's verification with the digest that the page shows, and
/// nothing else.
fn code_tells_no_more_than_the_page(address: &str, page: &str) -> bool {
    let Some(code) = page.split("<figure class=\"qr\"").nth(1) else { return false };
    let digest = page.split("<code class=\"hash\">").nth(1).unwrap().split('<').next().unwrap();
    let number = address.strip_prefix("/c/").unwrap().split('/').next().unwrap();
    let expected = siyi_api::pages::qr::svg(&format!("{PUBLIC}c/{number}/verify?event={digest}")).unwrap();
    assert!(code.contains(&expected), "{address}: the code says something else");
    true
}

/// A query that must be answered, and without a canary.
async fn ask(router: &Router, query: &str, canaries: &Canaries) -> Value {
    let request = HttpRequest::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-siyi-request", "1")
        .body(Body::from(json!({ "query": query }).to_string()))
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let body = axum::body::to_bytes(response.into_body(), 64 << 20).await.unwrap();
    assert!(canaries.found_in(&body).is_empty(), "{query}: {:?}", canaries.found_in(&body));
    let answer: Value = serde_json::from_slice(&body).unwrap();
    assert!(answer.get("errors").is_none(), "{query}: {answer}");
    answer["data"].clone()
}

/// The history of every matter, in pages that the limit of complexity lets through; answers how many matters there were.
async fn assert_no_history_tells(router: &Router, canaries: &Canaries) -> usize {
    let (mut matters, mut after) = (0, String::new());
    loop {
        let query = format!(
            "{{ consultations(first: 10{after}) {{ pageInfo {{ hasNextPage endCursor }} edges {{ node {{ number title \
             history(first: 100) {{ edges {{ node {{ type words data actor {{ name }} }} }} }} }} }} }} }}"
        );
        let page = &ask(router, &query, canaries).await["consultations"];
        matters += page["edges"].as_array().unwrap().len();
        if page["pageInfo"]["hasNextPage"] != true {
            return matters;
        }
        after = format!(", after: {}", page["pageInfo"]["endCursor"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_is_found_in_what_was_written_or_answered() {
    let logged = Logged::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(logged.clone())
        .init();
    let mut canaries = Canaries::default();
    let world = World::new().await.unwrap();
    let cases = planted_cases(&mut canaries);
    world.clock.turn_to(cases.iter().filter_map(Case::begins_at).min().unwrap());
    let report =
        siyi_api::case::run(&world.app.handler, &cases, &Pace::Case(Arc::clone(&world.clock)), |_, _| ()).await;
    let head = report.unwrap().position.unwrap();
    register_leavers(&world, &mut canaries).await;
    assert!(canaries.planted.len() > 300, "{} canaries", canaries.planted.len());
    assert!(world.app.models.wait_for(head, std::time::Duration::from_secs(60)).await);

    let router = server::router(&Arc::new((*world.app).clone().at(PUBLIC.parse().unwrap())));
    let pages = assert_no_answer_tells(&router, &canaries).await;
    assert!(pages > 50, "{pages} pages");
    assert_no_canary_in(world.folder(), &canaries, "before the erasure");

    for no in 0..LEAVERS {
        let input = json!({ "person": leaver(no), "basis": "purpose_achieved" });
        let outcome = handle(&world, "erasePerson", Office::TownshipOfficer, leaver(999), input).await;
        assert!(matches!(outcome, Outcome::Recorded(_)), "{outcome:?}");
        assert_eq!(world.app.vault.of_subject(leaver(no).0).await.unwrap(), Vec::new());
    }
    let head = world.app.store.head().await.unwrap().unwrap();
    assert!(world.app.models.wait_for(head, std::time::Duration::from_secs(60)).await);
    let shown = siyi_projections::directory::masked_name(&world.app.models.directory.shelf(), leaver(3)).unwrap();
    assert_eq!(shown, "已删除");
    assert_no_answer_tells(&router, &canaries).await;
    assert_no_canary_in(world.folder(), &canaries, "after the erasure");

    let logged = logged.0.lock().unwrap();
    assert!(logged.len() > 10_000, "{} bytes were logged", logged.len());
    assert_eq!(canaries.found_in(&logged), Vec::<&str>::new(), "in the logs");
}

#[test]
fn a_planted_text_is_found_in_every_spelling() {
    let mut canaries = Canaries::default();
    let text = canaries.plant("name");
    assert_eq!(canaries.found_in(format!("x{text}y").as_bytes()), [text.as_str()]);
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(canaries.found_in(&little), [text.as_str()]);
    assert_eq!(canaries.found_in(&[&[0], &big[..]].concat()), [text.as_str()]);
    assert!(canaries.found_in("金丝雀".as_bytes()).is_empty());
}
