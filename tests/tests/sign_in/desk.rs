//! A data folder in real use, its server without a network, and browsers that keep cookies.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use serde_json::{Value, json};
use siyi_api::app::{App, Mode};
use siyi_api::elsewhere::Elsewhere;
use siyi_api::public_log::LogOptions;
use siyi_api::server::places::Crowd;
use siyi_api::server::proxy::Proxies;
use siyi_api::server::{self, Options};
use siyi_log::clock::WallClock;
use siyi_log::handler::Handler;
use siyi_log::keys::{FileMasterKey, Keys};
use siyi_sign_in::password::HashCost;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tower::ServiceExt;

pub const TOWN: &str = "419901101000";
pub const VILLAGE: &str = "419901101201";
pub const PASSWORD: &str = "well water under the tree";
/// The name of the township's first officer, in clear.
pub const OFFICER: &str = "钟乡镇";
const PUBLIC: &str = "https://siyi.example";

pub struct Folder {
    folder: TempDir,
    /// The address of the log, and that of the names and keys; none where all lie in the folder.
    elsewhere: Option<[String; 2]>,
}

impl Folder {
    pub fn new() -> Self {
        Self::over(None)
    }

    pub fn over(elsewhere: Option<[String; 2]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        FileMasterKey::create_file(folder.path().join("master.key")).unwrap();
        Self { folder, elsewhere }
    }

    /// Of another node over the same.
    pub fn of_another_node(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(self.key(), folder.path().join("master.key")).unwrap();
        Self { folder, elsewhere: self.elsewhere.clone() }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("master.key")
    }

    /// The program at the console, with this on its standard input.
    pub fn console(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = Command::new(Path::new(env!("CARGO_BIN_EXE_siyi-as-shipped")))
            .args(arguments)
            .arg("--data")
            .arg(self.data())
            .env("SIYI_MASTER_KEY_FILE", self.key())
            .envs(self.elsewhere.iter().flat_map(|places| ["SIYI_STORE", "SIYI_SHARED"].into_iter().zip(places)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    pub fn create_admin(&self, name: &str, password: &str) -> Output {
        self.create_officer((TOWN, "云岭镇"), OFFICER, name, password)
    }

    /// The first officer of a place, at the console.
    pub fn create_officer(&self, place: (&str, &str), person: &str, name: &str, password: &str) -> Output {
        let (code, called) = place;
        let arguments = ["account", "create-admin", "--place", code, "--place-name", called, "--sex", "f"];
        let arguments: Vec<&str> = arguments.into_iter().chain(["--person", person, "--sign-in-name", name]).collect();
        self.console(&arguments, &format!("{password}\n"))
    }

    /// Who runs the machine, at the console.
    pub fn create_operator(&self, place: &str, name: &str, until: &str) -> Output {
        let arguments = ["account", "create-operator", "--place", place, "--until", until, "--sex", "m"];
        let arguments: Vec<&str> =
            arguments.into_iter().chain(["--person", "运某某", "--sign-in-name", name]).collect();
        self.console(&arguments, &format!("{PASSWORD}\n"))
    }

    pub async fn serve(&self) -> Server {
        Server::of(self.open().await)
    }

    /// The same with the log sealed, so that its pages are there.
    pub async fn serve_sealed(&self) -> Server {
        let options = LogOptions { origin: "siyi.example/log".to_owned(), ..LogOptions::default() };
        Server::of(self.open().await.with_public_log(&self.data(), &options).await.unwrap())
    }

    /// The keys of persons, while nobody serves.
    pub fn keys(&self) -> Keys {
        Keys::open(self.data().join("keys"), Arc::new(FileMasterKey::read(self.key()).unwrap())).unwrap()
    }

    async fn open(&self) -> App {
        let master = Arc::new(FileMasterKey::read(self.key()).unwrap());
        let [store, shared] = self.elsewhere.clone().map_or([None, None], |places| places.map(Some));
        let attachments = shared.as_ref().map(|_| "folder".to_owned());
        let elsewhere = Elsewhere { store, shared: shared.map(Into::into), attachments, ..Elsewhere::default() };
        let app = App::open_on(&self.data(), Arc::new(WallClock), Mode::Real, master, &elsewhere).await.unwrap();
        let cost = HashCost { memory_kib: 8, passes: 1, lanes: 1 };
        let options = siyi_sign_in::Options { public: PUBLIC.parse().unwrap(), cost, provider: None };
        app.with_sign_in(&self.data(), options).await.unwrap()
    }
}

/// With the township's officer, who may sign in as `zhong`.
pub async fn with_officer() -> (Folder, Server) {
    with_officer_in(Folder::new()).await
}

/// The same, in this folder.
pub async fn with_officer_in(folder: Folder) -> (Folder, Server) {
    let made = folder.create_admin("zhong", PASSWORD);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let server = folder.serve().await;
    (folder, server)
}

pub struct Server {
    pub app: Arc<App>,
    routes: Router,
    browsers: AtomicU8,
}

/// The routes as a proxy on this machine reaches them, which says who asks.
fn behind_proxy(app: &Arc<App>, options: Options) -> Router {
    let proxies = Proxies::of(vec!["127.0.0.1".parse().unwrap()]);
    server::router_with(app, &server::Guard::new(Options { proxies, ..options }))
}

impl Server {
    fn of(app: App) -> Self {
        let app = Arc::new(app);
        Self { routes: behind_proxy(&app, Options::of(app.mode)), app, browsers: AtomicU8::new(1) }
    }

    /// The same, for who asks more in a minute than people do.
    #[must_use]
    pub fn without_quotas(self) -> Self {
        Self { routes: behind_proxy(&self.app, self.unhurried()), ..self }
    }

    /// The same, whose doors act by this handler.
    pub fn handled_by(self, handler: Handler) -> Self {
        let mut app = (*self.app).clone();
        app.handler = Arc::new(handler);
        Self::of(app)
    }

    fn unhurried(&self) -> Options {
        let sockets = Crowd { all: 100, each: 100 };
        Options { quotas: None, sockets, connections: sockets, ..Options::of(self.app.mode) }
    }

    /// The same on a port, for sockets, until the sender is dropped.
    pub async fn listen(&self) -> (SocketAddr, oneshot::Sender<()>) {
        let options = self.unhurried();
        let listener = server::listen_as("127.0.0.1:0".parse().unwrap(), &options).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (end, ended) = oneshot::channel::<()>();
        let app = Arc::clone(&self.app);
        tokio::spawn(async move { server::serve_with(&app, listener, options, async { drop(ended.await) }).await });
        (address, end)
    }

    /// A browser at an address of its own.
    pub fn browser(&self) -> Browser {
        let address = IpAddr::from([10, 0, 0, self.browsers.fetch_add(1, Ordering::Relaxed)]);
        Browser { routes: self.routes.clone(), address, cookies: BTreeMap::new(), acting: None, extra: Vec::new() }
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn body(&self) -> &str {
        &self.body
    }

    pub fn location(&self) -> &str {
        self.headers.get("location").map_or("", |value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{}: {}", self.status, self.body))
    }
}

pub struct Browser {
    routes: Router,
    address: IpAddr,
    pub cookies: BTreeMap<String, String>,
    /// Person and office in which acts are done.
    pub acting: Option<(String, &'static str)>,
    /// Headers besides.
    pub extra: Vec<(&'static str, String)>,
}

impl Browser {
    /// The balancer sends the next requests to another node.
    pub fn is_sent_to(&mut self, server: &Server) {
        self.routes = server.routes.clone();
    }

    /// The cookies as a request carries them.
    pub fn cookie(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    pub async fn send(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Answer {
        self.send_bytes(method, path, headers, body.into_bytes()).await
    }

    pub async fn send_bytes(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "siyi.example");
        request = request.header("x-forwarded-for", self.address.to_string()).header("x-forwarded-proto", "https");
        if !self.cookies.is_empty() {
            request = request.header("cookie", self.cookie());
        }
        let extra = self.extra.iter().map(|(name, value)| (*name, value.as_str()));
        for (name, value) in headers.iter().copied().chain(extra) {
            request = request.header(name, value);
        }
        let mut request = request.body(Body::from(body)).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 50_000))));
        let response = self.routes.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        for set in headers.get_all("set-cookie") {
            let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status, headers, body, bytes }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[("accept", "text/html")], String::new()).await
    }

    /// Sends the form of a page as the page would.
    pub async fn form(&mut self, page: &str, to: &str, fields: &[(&str, &str)]) -> Answer {
        let shown = self.get(page).await;
        let token = shown.body.split("name=\"form\" value=\"").nth(1).unwrap_or_else(|| panic!("{}", shown.body));
        let token = token.split('"').next().unwrap().to_owned();
        let fields = fields.iter().copied().chain([("form", token.as_str())]);
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = [
            ("origin", PUBLIC),
            ("sec-fetch-site", "same-origin"),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        self.send(Method::POST, to, &headers, body).await
    }

    pub async fn sign_in(&mut self, name: &str, password: &str) -> Answer {
        self.form("/sign-in", "/sign-in", &[("name", name), ("password", password)]).await
    }

    pub async fn join(&mut self, code: &str, name: &str) -> Answer {
        self.form("/join", "/join", &[("code", code), ("name", name), ("password", PASSWORD)]).await
    }

    pub async fn graphql(&mut self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables }).to_string();
        self.post("/graphql", "application/json", body.into_bytes()).await.json()
    }

    /// What a script of our own page sends: a question, an act, a file.
    pub async fn post(&mut self, path: &str, media: &str, body: Vec<u8>) -> Answer {
        let acting = self.acting.clone();
        let mut headers = vec![
            ("content-type", media),
            ("x-siyi-request", "1"),
            ("origin", PUBLIC),
            ("sec-fetch-site", "same-origin"),
        ];
        if let Some((person, office)) = &acting {
            headers.extend([("x-siyi-person", person.as_str()), ("x-siyi-office", *office)]);
        }
        self.send_bytes(Method::POST, path, &headers, body).await
    }

    /// A command to a place; the answer of the mutation, or the code of the error.
    pub async fn act(&mut self, name: &str, input_type: &str, place: &str, input: Value) -> Value {
        let query = format!(
            "mutation($place: ID!, $input: {input_type}!) {{ {name}(jurisdiction: $place, input: $input) {{ __typename \
             ... on Recorded {{ invitationCode already }} ... on Refusal {{ code }} }} }}"
        );
        let answer = self.graphql(&query, json!({ "place": place, "input": input })).await;
        match answer["errors"][0]["extensions"]["code"].as_str() {
            Some("graphql-invalid") => panic!("{answer}"),
            Some(code) => json!({ "error": code }),
            None if answer["errors"].is_array() => panic!("{answer}"),
            None => answer["data"][name].clone(),
        }
    }

    /// As whom the account acts in the one place that it knows, from the page of the account.
    pub async fn who(&mut self, app: &App, place: &str) -> String {
        let page = self.get("/account").await;
        assert_eq!(page.status, 200, "{}", page.body);
        let account = app.sign_in.as_ref().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("cookie", self.cookie().parse().unwrap());
        let identity = account.identify(&headers).await.unwrap().unwrap();
        let state = app.handler.account(identity.account).await.unwrap();
        state.persons[&place.parse().unwrap()].to_string()
    }
}

/// The township's officer, signed in, with the village registered and these persons on its books.
pub async fn officer(server: &Server, persons: &[(&str, &str)]) -> Browser {
    let mut officer = server.browser();
    let entered = officer.sign_in("zhong", PASSWORD).await;
    assert_eq!((entered.status.as_u16(), entered.location()), (303, "/account"), "{}", entered.body);
    officer.acting = Some((officer.who(&server.app, TOWN).await, "township_officer"));
    let village = json!({ "name": "柳沟村", "kind": "village" });
    let registered = officer.act("registerJurisdiction", "RegisterJurisdictionInput", VILLAGE, village).await;
    assert_eq!(registered["__typename"], "Recorded", "{registered}");
    register(&mut officer, VILLAGE, persons).await;
    officer
}

/// Puts persons on the books of a place.
pub async fn register(officer: &mut Browser, place: &str, persons: &[(&str, &str)]) {
    let persons: Vec<Value> =
        persons.iter().map(|(person, name)| json!({ "person": person, "name": name, "sex": "f" })).collect();
    let registered = officer.act("registerPersons", "RegisterPersonsInput", place, json!({ "persons": persons })).await;
    assert_eq!(registered["__typename"], "Recorded", "{registered}");
}

/// The code by which a person may join.
pub async fn invite(officer: &mut Browser, person: &str) -> String {
    invite_to(officer, VILLAGE, person).await
}

/// The same, in a place.
async fn invite_to(officer: &mut Browser, place: &str, person: &str) -> String {
    let invited = officer.act("inviteResident", "InviteResidentInput", place, json!({ "person": person })).await;
    invited["invitationCode"].as_str().unwrap_or_else(|| panic!("{invited}")).to_owned()
}

/// A browser in which a person of a place has opened an account, by the code that the officer handed out.
pub async fn joined(server: &Server, officer: &mut Browser, home: &str, person: &str, name: &str) -> Browser {
    let code = invite_to(officer, home, person).await;
    let mut browser = server.browser();
    let joined = browser.join(&code, name).await;
    assert_eq!((joined.status.as_u16(), joined.location()), (303, "/account"), "{}", joined.body);
    browser
}

/// The token that a page shows once.
pub fn token_in(page: &str) -> String {
    let token = page.split("siyi_").nth(1).unwrap_or_else(|| panic!("{page}"));
    let token: String = token.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    format!("siyi_{token}")
}

/// The first file that holds a text.
pub fn holding(folder: &Path, text: &str) -> Option<PathBuf> {
    holding_bytes(folder, text.as_bytes())
}

/// The first file that holds these bytes.
pub fn holding_bytes(folder: &Path, needle: &[u8]) -> Option<PathBuf> {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let found = if path.is_dir() {
            holding_bytes(&path, needle)
        } else {
            let bytes = std::fs::read(&path).unwrap();
            bytes.windows(needle.len()).any(|window| window == needle).then_some(path)
        };
        if found.is_some() {
            return found;
        }
    }
    None
}
