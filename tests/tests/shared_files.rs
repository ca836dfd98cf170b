//! Files that several nodes share: brought to one, taken from the other, erased on both, and in clear nowhere.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code beside the test functions")]

use axum::body::Body;
use axum::http::{Request as HttpRequest, StatusCode};
use secrecy::SecretString;
use serde_json::{Value, json};
use siyi_api::app::{App, Mode, master_key};
use siyi_api::case::file::Disk;
use siyi_api::case::{Case, Pace};
use siyi_api::elsewhere::Elsewhere;
use siyi_api::server;
use siyi_domain::ids::PersonId;
use siyi_domain::office::{Actor, Office};
use siyi_log::clock::{Clock, SetClock};
use siyi_log::handler::{Outcome, Request, Target};
use siyi_log::keys::{FileMasterKey, MasterKey};
use siyi_tests::postgres::Postgres;
use siyi_tests::promises::attachments::document;
use siyi_tests::s3::S3;
use siyi_tests::world::cases;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tower::ServiceExt;
use uuid::Uuid;

const SIYI: &str = env!("CARGO_BIN_EXE_siyi-as-shipped");
const VILLAGE: &str = "419901101201";
const CANARY: &str = "金丝雀翅膀七千九百";
const WANG: PersonId = PersonId(Uuid::from_u128(0x5171_ca4a_0000_4000_8000_0000_0000_0001));
const LI: PersonId = PersonId(Uuid::from_u128(0x5171_ca4a_0000_4000_8000_0000_0000_0002));
const PATIENCE: Duration = Duration::from_secs(60);

/// What all nodes have in common: a database, a folder that they mount, a master key.
struct Village {
    folder: TempDir,
    database: String,
    master: Arc<dyn MasterKey>,
    clock: Arc<SetClock>,
}

impl Village {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("mounted")).unwrap();
        let master = Arc::new(FileMasterKey::create_file(folder.path().join("master.key")).unwrap());
        let clock = Arc::new(SetClock::starting_at("2026-08-10T08:00:00+08:00".parse().unwrap()));
        Self { folder, database: Postgres::of_this_program().database(), master, clock }
    }

    fn mounted(&self) -> PathBuf {
        self.folder.path().join("mounted")
    }

    /// Every byte in the files that the nodes share.
    fn raw(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let files = std::fs::read_dir(self.mounted().join("files")).unwrap().map(|entry| entry.unwrap().path());
        files.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
    }

    fn elsewhere(&self, attachments: Option<String>) -> Elsewhere {
        let shared = Some(SecretString::from(self.database.clone()));
        Elsewhere { shared, attachments, ..Elsewhere::default() }
    }

    async fn open(&self, name: &str, attachments: Option<String>) -> Result<App, siyi_api::app::AppError> {
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let (data, elsewhere) = (self.folder.path().join(name), self.elsewhere(attachments));
        App::open_on(&data, clock, Mode::Demo, Arc::clone(&self.master), &elsewhere).await
    }

    async fn node(&self, name: &str) -> App {
        self.open(name, Some(format!("file://{}", self.mounted().display()))).await.unwrap()
    }

    /// A node whose village has two persons on its roster.
    async fn peopled(&self, name: &str) -> App {
        let app = self.node(name).await;
        let case = Case::read(&cases().join("C1-C2-道路硬化.toml"), &Disk).unwrap();
        self.clock.turn_to(case.begins_at().unwrap());
        siyi_api::case::run(&app.handler, &[case], &Pace::Case(Arc::clone(&self.clock)), |_, _| ()).await.unwrap();
        let person = |person: PersonId| json!({ "person": person, "name": "王小明", "sex": "f" });
        let persons = json!({ "persons": [person(WANG), person(LI)] });
        self.act(&app, "registerPersons", Office::Clerk, persons).await;
        app
    }

    async fn act(&self, app: &App, name: &str, office: Office, input: Value) {
        let request = Request {
            command_id: Uuid::from_u128(name.len() as u128),
            target: Target::Jurisdiction(VILLAGE.parse().unwrap()),
            name: name.to_owned(),
            input,
            occurred_at: Some(self.clock.now()),
            actor: Actor { person: PersonId(Uuid::from_u128(99)), office },
            correlation_id: None,
            via: None,
        };
        let outcome = app.handler.handle(&request).await.unwrap();
        assert!(matches!(outcome, Outcome::Recorded(_)), "{outcome:?}");
    }
}

/// Brings a file of a person to a node, and answers its digest.
async fn bring(app: &App, person: PersonId, text: &str) -> String {
    let (status, body) = brought(app, person, text).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    body["sha256"].as_str().unwrap().to_owned()
}

async fn brought(app: &App, person: PersonId, text: &str) -> (StatusCode, Value) {
    let address = format!("/attachments?jurisdiction={VILLAGE}&class=other&person={}", person.0);
    let request = HttpRequest::post(address).header("content-type", "application/pdf").header("x-siyi-request", "1");
    let request = request.header("x-siyi-person", Uuid::from_u128(99).to_string()).header("x-siyi-office", "clerk");
    let (status, body) = answer(app, request.body(Body::from(document(text))).unwrap()).await;
    (status, serde_json::from_slice(&body).unwrap())
}

async fn take(app: &App, digest: &str) -> (StatusCode, Vec<u8>) {
    let request = HttpRequest::get(format!("/attachments/{digest}"));
    let request = request.header("x-siyi-person", Uuid::from_u128(99).to_string()).header("x-siyi-office", "clerk");
    answer(app, request.body(Body::empty()).unwrap()).await
}

async fn answer(app: &App, request: HttpRequest<Body>) -> (StatusCode, Vec<u8>) {
    let response = server::router(&Arc::new(app.clone())).oneshot(request).await.unwrap();
    let status = response.status();
    (status, axum::body::to_bytes(response.into_body(), 64 << 20).await.unwrap().to_vec())
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Waits until something has come to be.
async fn until(what: &str, is: impl Fn() -> bool) {
    let waited = async {
        while !is() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waited).await.unwrap_or_else(|_| panic!("not within a minute: {what}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_brought_to_one_node_is_taken_from_the_other_and_in_clear_nowhere() {
    let village = Village::new();
    let (here, there) = (village.peopled("here").await, village.peopled("there").await);
    let text = format!("{CANARY}会议记录");
    let digest = bring(&here, WANG, &text).await;
    assert_eq!(take(&there, &digest).await, (StatusCode::OK, document(&text)));
    let raw = village.raw();
    assert_eq!(raw.len(), 1);
    for (path, bytes) in &raw {
        assert!(!contains(bytes, CANARY.as_bytes()) && !contains(bytes, digest.as_bytes()), "{}", path.display());
        assert!(!path.display().to_string().contains(&digest));
    }
    let rows = Postgres::of_this_program().ask(&village.database, "select * from siyi.attachments");
    assert!(rows.contains(VILLAGE), "the search looks where the rows are");
    assert!(!rows.contains(&digest) && !rows.contains("other"), "{rows}");
    here.close().await;
    there.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_reaches_the_files_however_long_their_store_is_away() {
    let village = Village::new();
    let app = village.peopled("here").await;
    app.make_good_erasures();
    let (gone, stays) =
        (bring(&app, WANG, &format!("{CANARY}一")).await, bring(&app, LI, &format!("{CANARY}二")).await);
    let through = village.folder.path().join("here/erased-through");
    let before = std::fs::read(&through).unwrap();

    std::fs::rename(village.mounted(), village.folder.path().join("away")).unwrap();
    let input = json!({ "person": WANG, "basis": "purpose_achieved" });
    village.act(&app, "erasePerson", Office::TownshipOfficer, input).await;
    let head = app.store.head().await.unwrap().unwrap();
    assert!(app.models.wait_for(head, PATIENCE).await);
    // A folder that is not there takes nothing either, and is not made anew.
    let (status, refused) = brought(&app, LI, "三").await;
    let code = &refused["errors"][0]["extensions"]["code"];
    assert_eq!(
        (status, code.as_str(), village.mounted().exists()),
        (StatusCode::SERVICE_UNAVAILABLE, Some("store-unavailable"), false)
    );
    // Nobody opens it from now on; but it is still there, and so the erasure is not done.
    until("the key is gone", || {
        Postgres::of_this_program().ask(&village.database, "select count(*) from siyi.attachment_erasing") == "1"
    })
    .await;
    assert_eq!(take(&app, &gone).await.0, StatusCode::NOT_FOUND);
    assert_eq!(std::fs::read(&through).unwrap(), before, "the erasure passes for done");

    std::fs::rename(village.folder.path().join("away"), village.mounted()).unwrap();
    assert_eq!(village.raw().len(), 2);
    until("the bytes are gone", || village.raw().len() == 1).await;
    until("the erasure is done", || std::fs::read(&through).unwrap() != before).await;
    let owed = format!("select count(*) from siyi.attachment_notes where owner = '{}'", WANG.0);
    assert_eq!(Postgres::of_this_program().ask(&village.database, &owed), "0");
    assert_eq!(take(&app, &stays).await, (StatusCode::OK, document(&format!("{CANARY}二"))));
    app.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_would_look_for_files_in_the_wrong_place_does_not_open() {
    let village = Village::new();
    let refusal = async |name: &str, attachments: Option<String>| match village.open(name, attachments).await {
        Ok(app) => {
            app.close().await;
            "opened"
        }
        Err(error) => error.code(),
    };
    let mounted = format!("file://{}", village.mounted().display());
    assert_eq!(refusal("own", Some("folder".into())).await, "opened");
    assert_eq!(refusal("here", Some("ftp://files".into())).await, "attachments-address-malformed");
    assert_eq!(refusal("here", Some(mounted.clone())).await, "opened");
    // From now on the database knows where they are.
    assert_eq!(refusal("own", Some("folder".into())).await, "attachments-elsewhere");
    assert_eq!(refusal("own", None).await, "attachments-elsewhere");
    let other = village.folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    assert_eq!(refusal("here", Some(format!("file://{}", other.display()))).await, "attachments-missing");
    // Moved with all that is in it, it is the right place.
    std::fs::remove_dir(&other).unwrap();
    std::fs::rename(village.mounted(), &other).unwrap();
    assert_eq!(refusal("here", Some(format!("file://{}", other.display()))).await, "opened");
    // A node with files of its own.
    std::fs::create_dir_all(village.folder.path().join("own/attachments/files")).unwrap();
    std::fs::write(village.folder.path().join("own/attachments/files/x"), b"x").unwrap();
    assert_eq!(refusal("own", Some(format!("file://{}", other.display()))).await, "attachments-in-folder");
    // Without a database there is no index that nodes could share.
    let (clock, alone) = (Arc::clone(&village.clock), Elsewhere { attachments: Some(mounted), ..Elsewhere::default() });
    let data = village.folder.path().join("alone");
    let master = master_key(&data, Mode::Demo, None).unwrap();
    let refused = App::open_on(&data, clock, Mode::Demo, master, &alone).await.err().unwrap();
    assert_eq!(refused.code(), "attachments-need-shared");
}

/// The real program, as a node of its own.
struct Node {
    process: Child,
    address: SocketAddr,
}

fn command(data: &Path, database: &str, settings: &[(String, String)], attachments: &[&str]) -> Command {
    let mut command = Command::new(SIYI);
    command
        .args(["serve", "--trial", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .args(attachments)
        .env("SIYI_SHARED", database)
        .env("SIYI_MASTER_KEY_FILE", data.with_file_name("master.key"))
        .env("SIYI_LOG", "trace")
        .envs(settings.iter().cloned())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(data.with_extension("log")).unwrap());
    command
}

fn refused(mut command: Command, data: &Path) -> (Output, String) {
    let output = command.output().unwrap();
    assert!(!output.status.success());
    (output, std::fs::read_to_string(data.with_extension("log")).unwrap())
}

impl Node {
    fn start(mut command: Command) -> Self {
        let mut process = command.spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        let address = lines.into_iter().find_map(|line| {
            let (_, rest) = line.split_once("http://")?;
            rest.strip_suffix("/graphql")?.parse().ok()
        });
        Self { process, address: address.expect("the program serves") }
    }

    /// The status and the body of an answer.
    fn ask(&self, method: &str, path: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\nx-siyi-request: 1\r\nx-siyi-person: {}\r\n\
             x-siyi-office: clerk\r\ncontent-type: application/pdf\r\ncontent-length: {}\r\n\r\n",
            self.address,
            Uuid::from_u128(99),
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let status = String::from_utf8_lossy(&answer[..end]).split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer[end + 4..].to_vec())
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn two_programs_share_files_in_s3_and_log_no_secret() {
    let (folder, s3, postgres) = (tempfile::tempdir().unwrap(), S3::of_this_program(), Postgres::of_this_program());
    FileMasterKey::create_file(folder.path().join("master.key")).unwrap();
    let (database, bucket) = (postgres.database(), s3.bucket());
    let place = format!("s3://{bucket}/village");
    let at = ["--attachments", place.as_str()];
    let [here, there, wrong] = ["here", "there", "wrong"].map(|name| folder.path().join(name));

    let (output, told) = refused(command(&wrong, &database, &s3.settings(), &[]), &wrong);
    assert!(told.contains("attachments-unnamed"), "{told}{}", String::from_utf8_lossy(&output.stdout));
    let settings = s3.settings_with("AWS_SECRET_ACCESS_KEY", "well-water-and-tea");
    let (_, told) = refused(command(&wrong, &database, &settings, &at), &wrong);
    assert!(told.contains("attachments-denied") && !told.contains("well-water-and-tea"), "{told}");

    let (one, other) = (
        Node::start(command(&here, &database, &s3.settings(), &at)),
        Node::start(command(&there, &database, &s3.settings(), &at)),
    );
    let bytes = document(&format!("{CANARY}{}", "x".repeat(200_000)));
    let address = format!("/attachments?jurisdiction={VILLAGE}&class=minutes");
    let (status, kept) = one.ask("POST", &address, &bytes);
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&kept));
    let kept: Value = serde_json::from_slice(&kept).unwrap();
    let digest = kept["sha256"].as_str().unwrap();
    let taken = other.ask("GET", &format!("/attachments/{digest}"), b"");
    assert!(taken == (200, bytes.clone()), "{}", taken.0);
    let (status, again) = other.ask("POST", &address, &bytes);
    assert_eq!((status, serde_json::from_slice::<Value>(&again).unwrap()["isNew"].as_bool()), (200, Some(false)));
    drop((one, other));

    let raw = tempfile::tempdir().unwrap();
    s3.dump(&bucket, raw.path());
    let files: Vec<PathBuf> = std::fs::read_dir(raw.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 2, "the file and the mark");
    for file in files {
        assert!(!contains(&std::fs::read(&file).unwrap(), CANARY.as_bytes()), "{}", file.display());
    }
    let secret = &s3.settings()[3].1;
    for log in [here, there].map(|data| data.with_extension("log")) {
        let logged = std::fs::read_to_string(&log).unwrap();
        assert!(logged.len() > 10_000, "{} bytes were logged", logged.len());
        assert!(!logged.contains(secret.as_str()) && !logged.contains(CANARY));
    }
}
