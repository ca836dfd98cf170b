//! The routes over a folder that is thrown away, and a browser that keeps cookies.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use siyi_domain::account::Proof;
use siyi_domain::moment::Moment;
use siyi_log::clock::{Clock, SetClock};
use siyi_sign_in::password::HashCost;
use siyi_sign_in::{Invited, MemoryAccounts, Options, SignIn, Zeroizing};
use tempfile::TempDir;
use tower::ServiceExt;
use uuid::Uuid;

use crate::sign_in::{OfficeLine, SignInDoor, router};

pub(super) const PASSWORD: &str = "well water under the tree";

pub(super) struct Desk {
    pub(super) door: SignInDoor,
    pub(super) clock: Arc<SetClock>,
    _folder: TempDir,
}

pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The token of the page's forms.
    pub(super) fn form(&self) -> String {
        self.body.split("name=\"form\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }
}

impl Desk {
    pub(super) fn open(public: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let now: Moment = "2026-11-28T09:00:00+08:00".parse().unwrap();
        let clock = Arc::new(SetClock::starting_at(now));
        let cost = HashCost { memory_kib: 8, passes: 1, lanes: 1 };
        let options = Options { public: public.parse().unwrap(), cost, provider: None };
        let held: Arc<dyn Clock> = clock.clone();
        let accounts = Arc::new(MemoryAccounts::default());
        let sign_in = SignIn::open(&folder.path().join("sign-in"), options, held.clone(), accounts).unwrap();
        let office = |place: &str, office: &str| OfficeLine {
            code: "419901101201".parse().unwrap(),
            place: place.to_owned(),
            office: office.to_owned(),
            binds_others: false,
            access: None,
            overdue_files: 0,
        };
        let line = office("<柳沟村>", "记录员");
        let door = SignInDoor {
            sign_in: Arc::new(sign_in),
            clock: held,
            public: public.parse().unwrap(),
            offices: Arc::new(move |_, _| {
                let line = line.clone();
                Box::pin(async move { vec![line] })
            }),
        };
        Self { door, clock, _folder: folder }
    }

    pub(super) fn later(&self, seconds: i64) {
        let then = self.clock.now().millisecond() + seconds * 1000;
        self.clock.advance_to(Moment::china(jiff::Timestamp::from_millisecond(then).unwrap()));
    }

    pub(super) fn invited(person: u128) -> Invited {
        let person = Uuid::from_u128(person).to_string().parse().unwrap();
        Invited { place: "419901101201".parse().unwrap(), person, proof: Proof::Invitation }
    }

    /// An account with this name.
    pub(super) async fn account(&self, name: &str) -> Uuid {
        let person = name.bytes().map(u128::from).sum();
        let password = Zeroizing::new(PASSWORD.to_owned());
        self.door.sign_in.open_at_console(Self::invited(person), name, password).await.unwrap()
    }

    pub(super) fn browser(&self) -> Browser {
        Browser { routes: router(self.door.clone()), cookies: BTreeMap::new() }
    }
}

pub(super) struct Browser {
    routes: Router,
    pub(super) cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(super) async fn send(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Answer {
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
        let body = String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap();
        Answer { status, headers, body }
    }

    pub(super) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], String::new()).await
    }

    /// Sends a form as our own page would.
    pub(super) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_with(path, &[("origin", "https://siyi.example"), ("sec-fetch-site", "same-origin")], fields).await
    }

    pub(super) async fn post_with(&mut self, path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = [headers, &[("content-type", "application/x-www-form-urlencoded")]].concat();
        self.send(Method::POST, path, &headers, body).await
    }

    /// Signs in through the page.
    pub(super) async fn sign_in(&mut self, name: &str, password: &str) -> Answer {
        let form = self.get("/sign-in").await.form();
        self.post("/sign-in", &[("form", &form), ("name", name), ("password", password)]).await
    }
}
