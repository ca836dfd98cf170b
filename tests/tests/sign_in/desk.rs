//! A data folder in real use, its server without a network, and browsers that keep cookies.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use serde_json::{Value, json};
use siyi_api::app::{App, Mode};
use siyi_api::server;
use siyi_log::clock::WallClock;
use siyi_log::keys::FileMasterKey;
use siyi_sign_in::Options;
use siyi_sign_in::password::HashCost;
use tempfile::TempDir;
use tower::ServiceExt;

pub const TOWN: &str = "419901101000";
pub const VILLAGE: &str = "419901101201";
pub const PASSWORD: &str = "well water under the tree";
/// The name of the township's first officer, in clear.
pub const OFFICER: &str = "钟乡镇";
const PUBLIC: &str = "https://siyi.example";

pub struct Folder {
    folder: TempDir,
}

impl Folder {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        FileMasterKey::create_file(folder.path().join("master.key")).unwrap();
        Self { folder }
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
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    pub fn create_admin(&self, name: &str, password: &str) -> Output {
        let arguments = ["account", "create-admin", "--place", TOWN, "--place-name", "云岭镇", "--sex", "f"];
        let arguments: Vec<&str> = arguments.into_iter().chain(["--person", OFFICER, "--sign-in-name", name]).collect();
        self.console(&arguments, &format!("{password}\n"))
    }

    pub async fn serve(&self) -> Server {
        let master = Arc::new(FileMasterKey::read(self.key()).unwrap());
        let app = App::open_with(&self.data(), Arc::new(WallClock), Mode::Real, master).await.unwrap();
        let cost = HashCost { memory_kib: 8, passes: 1, lanes: 1 };
        let options = Options { public: PUBLIC.parse().unwrap(), cost, provider: None };
        let app = Arc::new(app.with_sign_in(&self.data(), options).await.unwrap());
        Server { routes: server::router(&app), app }
    }
}

/// With the township's officer, who may sign in as `zhong`.
pub async fn with_officer() -> (Folder, Server) {
    let folder = Folder::new();
    let made = folder.create_admin("zhong", PASSWORD);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let server = folder.serve().await;
    (folder, server)
}

pub struct Server {
    pub app: Arc<App>,
    routes: Router,
}

impl Server {
    pub fn browser(&self) -> Browser {
        Browser { routes: self.routes.clone(), cookies: BTreeMap::new(), acting: None, extra: Vec::new() }
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
    pub cookies: BTreeMap<String, String>,
    /// Person and office in which acts are done.
    pub acting: Option<(String, &'static str)>,
    /// Headers besides.
    pub extra: Vec<(&'static str, String)>,
}

impl Browser {
    pub async fn send(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Answer {
        self.send_bytes(method, path, headers, body.into_bytes()).await
    }

    pub async fn send_bytes(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder().method(method).uri(path).header("host", "siyi.example");
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.routes.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
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
        let acting = self.acting.clone();
        let extra = self.extra.clone();
        let mut headers = vec![
            ("content-type", "application/json"),
            ("x-siyi-request", "1"),
            ("origin", PUBLIC),
            ("sec-fetch-site", "same-origin"),
        ];
        if let Some((person, office)) = &acting {
            headers.extend([("x-siyi-person", person.as_str()), ("x-siyi-office", *office)]);
        }
        headers.extend(extra.iter().map(|(name, value)| (*name, value.as_str())));
        let body = json!({ "query": query, "variables": variables }).to_string();
        self.send(Method::POST, "/graphql", &headers, body).await.json()
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
        let cookie = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let mut headers = HeaderMap::new();
        headers.insert("cookie", cookie.parse().unwrap());
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
    let persons: Vec<Value> =
        persons.iter().map(|(person, name)| json!({ "person": person, "name": name, "sex": "f" })).collect();
    let registered =
        officer.act("registerPersons", "RegisterPersonsInput", VILLAGE, json!({ "persons": persons })).await;
    assert_eq!(registered["__typename"], "Recorded", "{registered}");
    officer
}

/// The code by which a person may join.
pub async fn invite(officer: &mut Browser, person: &str) -> String {
    let invited = officer.act("inviteResident", "InviteResidentInput", VILLAGE, json!({ "person": person })).await;
    invited["invitationCode"].as_str().unwrap_or_else(|| panic!("{invited}")).to_owned()
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
