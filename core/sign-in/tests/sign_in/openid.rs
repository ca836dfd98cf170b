//! 统一身份认证, against npm's `oidc-provider`, which `tests/oidc/start.mjs` starts and can make lie.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use siyi_log::clock::{Clock, WallClock};
use siyi_sign_in::oidc::{CALLBACK, Came, CameBack, Provider};
use siyi_sign_in::{Identity, NewSession, Options, SignInError, SignInMethod};
use url::Url;

use super::desk::{Desk, HOME, options};

const PUBLIC: &str = "http://localhost:8420";
const BROWSER: &str = "the-browser-s-own-id";

/// The provider, ended with the test.
struct Started {
    child: Child,
    /// Held, so that the provider may go on talking.
    _says: BufReader<ChildStdout>,
    issuer: String,
}

impl Drop for Started {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

impl Started {
    fn new() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/oidc/start.mjs");
        let mut child = Command::new("node")
            .args([script, &format!("{PUBLIC}{CALLBACK}")])
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts: run scripts/setup tests");
        let mut line = String::new();
        let mut says = BufReader::new(child.stdout.take().unwrap());
        says.read_line(&mut line).unwrap();
        let issuer = line.trim().to_owned();
        assert!(issuer.starts_with("http://127.0.0.1:"), "the provider says its address: run scripts/setup tests");
        Self { child, _says: says, issuer }
    }

    fn provider(&self) -> Provider {
        Provider {
            issuer: self.issuer.clone(),
            client_id: "siyi".to_owned(),
            client_secret: Some("kept between the two".into()),
            roots_pem: None,
        }
    }

    fn desk(&self) -> Desk {
        let desk = Desk::with_provider(self.provider(), PUBLIC);
        desk.clock.turn_to(WallClock.now());
        desk
    }

    /// Makes the provider lie in its next token.
    async fn lie(&self, how: &str) {
        let address = format!("{}/test/lie/{how}", self.issuer);
        assert!(reqwest::Client::new().post(address).send().await.unwrap().status().is_success());
    }
}

/// What a browser brings back that the provider was shown.
struct Brought {
    state: String,
    code: String,
    issuer: Option<String>,
}

impl Brought {
    fn came(&self) -> Came<'_> {
        Came { state: &self.state, code: &self.code, issuer: self.issuer.as_deref(), browser: BROWSER }
    }
}

/// A browser that follows the provider's pages until they lead back here.
async fn browse(mut address: Url) -> Brought {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mut cookies = BTreeMap::new();
    for _ in 0..12 {
        if address.as_str().starts_with(PUBLIC) {
            let said: BTreeMap<_, _> = address.query_pairs().into_owned().collect();
            let said = |name: &str| said.get(name).cloned();
            return Brought {
                state: said("state").unwrap(),
                code: said("code").unwrap_or_default(),
                issuer: said("iss"),
            };
        }
        let sent: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = http.get(address.clone()).header("cookie", sent.join("; ")).send().await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            cookies.insert(name.to_owned(), value.to_owned());
        }
        let location = answer.headers().get("location").unwrap_or_else(|| panic!("{address}: {}", answer.status()));
        address = address.join(location.to_str().unwrap()).unwrap();
    }
    panic!("the provider leads nowhere");
}

async fn linked(desk: &Desk) -> Identity {
    let identity = desk.joined("liu-clerk", 1).await.identity;
    let address = desk.sign_in.begin_openid_link(&identity, BROWSER).await.unwrap();
    let brought = browse(address).await;
    let came = desk.sign_in.with_openid(brought.came(), Some(&identity), None).await.unwrap();
    assert!(matches!(came, CameBack::Linked(_)));
    identity
}

async fn come(desk: &Desk, brought: &Brought) -> Result<NewSession, SignInError> {
    match desk.sign_in.with_openid(brought.came(), None, None).await? {
        CameBack::SignedIn(session) => Ok(session),
        CameBack::Linked(_) => panic!("nobody asked to link"),
    }
}

async fn begin(desk: &Desk) -> Brought {
    browse(desk.sign_in.begin_openid(BROWSER, HOME).await.unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_linked_signs_in_at_the_provider_and_who_is_not_does_not() {
    let provider = Started::new();
    let desk = provider.desk();
    let unlinked = begin(&desk).await;
    assert!(matches!(come(&desk, &unlinked).await, Err(SignInError::IdentityUnlinked)));
    let identity = linked(&desk).await;
    let session = come(&desk, &begin(&desk).await).await.unwrap();
    assert_eq!((session.identity.account, session.identity.method), (identity.account, SignInMethod::OpenId));
    desk.sign_in.close().await;
    assert!(!super::secrets::files_hold(&desk.folder, b"villager-1"), "the subject is stored as a digest");
}

#[tokio::test(flavor = "multi_thread")]
async fn state_nonce_and_code_are_good_once_in_one_browser_for_five_minutes() {
    let provider = Started::new();
    let desk = provider.desk();
    linked(&desk).await;
    let brought = begin(&desk).await;
    let elsewhere = Came { browser: "another browser", ..brought.came() };
    let stolen = desk.sign_in.with_openid(elsewhere, None, None).await;
    assert!(matches!(stolen, Err(SignInError::CeremonyUnknown)));
    assert!(matches!(come(&desk, &brought).await, Err(SignInError::CeremonyUnknown)), "it was taken");
    let brought = begin(&desk).await;
    come(&desk, &brought).await.unwrap();
    assert!(matches!(come(&desk, &brought).await, Err(SignInError::CeremonyUnknown)));
    // An old code under a new state.
    let fresh = begin(&desk).await;
    let mixed = Brought { code: brought.code, ..fresh };
    assert!(matches!(come(&desk, &mixed).await, Err(SignInError::ProviderUnavailable)));
    let late = begin(&desk).await;
    desk.clock.forward(301);
    assert!(matches!(come(&desk, &late).await, Err(SignInError::CeremonyUnknown)));
    let unknown = Brought { state: "x".to_owned(), code: "y".to_owned(), issuer: None };
    assert!(matches!(come(&desk, &unknown).await, Err(SignInError::CeremonyUnknown)));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_ends_what_another_has_begun() {
    let provider = Started::new();
    let desk = provider.desk();
    let identity = linked(&desk).await;
    let brought = begin(&desk).await;
    let options = Options { public: PUBLIC.parse().unwrap(), provider: Some(provider.provider()), ..options() };
    let desk = desk.again(options).await;
    assert_eq!(come(&desk, &brought).await.unwrap().identity.account, identity.account);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_what_it_should_be_is_refused() {
    let provider = Started::new();
    let desk = provider.desk();
    linked(&desk).await;
    let lies = [
        "expired",
        "issued-long-ago",
        "issued-in-future",
        "forged",
        "none-alg",
        "hmac-alg",
        "wrong-audience",
        "more-audiences",
        "wrong-issuer",
        "wrong-nonce",
        "no-nonce",
        "changed-subject",
        "wrong-at-hash",
    ];
    for lie in lies {
        desk.clock.turn_to(WallClock.now());
        let brought = begin(&desk).await;
        provider.lie(lie).await;
        let refused = come(&desk, &brought).await;
        assert!(matches!(refused, Err(SignInError::IdTokenRefused)), "{lie}: {refused:?}");
    }
    // The last token of another sign-in, with its own nonce.
    let first = begin(&desk).await;
    provider.lie("keep").await;
    come(&desk, &first).await.unwrap();
    let second = begin(&desk).await;
    provider.lie("replay").await;
    assert!(matches!(come(&desk, &second).await, Err(SignInError::IdTokenRefused)));
    come(&desk, &begin(&desk).await).await.expect("an honest token is accepted after all of that");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_another_issuer_is_refused() {
    let provider = Started::new();
    let desk = provider.desk();
    linked(&desk).await;
    let mut brought = begin(&desk).await;
    brought.issuer = Some("https://evil.example".to_owned());
    assert!(matches!(come(&desk, &brought).await, Err(SignInError::IdTokenRefused)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_belongs_to_one_account_and_a_link_to_who_began_it() {
    let provider = Started::new();
    let desk = provider.desk();
    let identity = linked(&desk).await;
    let other = desk.joined("wang", 2).await.identity;
    let brought = browse(desk.sign_in.begin_openid_link(&other, BROWSER).await.unwrap()).await;
    let taken = desk.sign_in.with_openid(brought.came(), Some(&other), None).await;
    assert!(matches!(taken, Err(SignInError::IdentityTaken)));
    let key = desk.sign_in.means(identity.account).await.unwrap().last().unwrap().key;
    desk.sign_in.remove_means(&identity, key).await.unwrap();
    let brought = browse(desk.sign_in.begin_openid_link(&other, BROWSER).await.unwrap()).await;
    let swapped = desk.sign_in.with_openid(brought.came(), Some(&identity), None).await;
    assert!(matches!(swapped, Err(SignInError::CeremonyUnknown)));
}

#[tokio::test]
async fn a_provider_that_is_not_there_keeps_nobody_waiting() {
    let nowhere = Provider {
        issuer: "http://127.0.0.1:9".to_owned(),
        client_id: "siyi".to_owned(),
        client_secret: None,
        roots_pem: None,
    };
    let desk = Desk::with_provider(nowhere, PUBLIC);
    assert!(matches!(desk.sign_in.begin_openid(BROWSER, HOME).await, Err(SignInError::ProviderUnavailable)));
}
