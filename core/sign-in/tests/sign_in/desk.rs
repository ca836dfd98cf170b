//! A sign-in over a folder that is thrown away, its record of accounts, and its clock.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use siyi_domain::account::Proof;
use siyi_domain::moment::Moment;
use siyi_log::clock::Clock;
use siyi_sign_in::oidc::Provider;
use siyi_sign_in::password::HashCost;
use siyi_sign_in::{Invited, MemoryAccounts, NewSession, Options, SignIn, SignInError};
use tempfile::TempDir;
use uuid::Uuid;
use zeroize::Zeroizing;

/// A clock that stands until the test moves it.
pub(crate) struct Hands(AtomicI64);

impl Hands {
    pub(crate) fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    pub(crate) fn turn_to(&self, moment: Moment) {
        self.0.store(moment.millisecond(), Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn now(&self) -> Moment {
        Moment::china(jiff::Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap())
    }
}

pub(crate) const CHEAP: HashCost = HashCost { memory_kib: 8, passes: 1, lanes: 1 };
pub(crate) const PLACE: &str = "419901101201";
pub(crate) const PASSWORD: &str = "well water under the tree";
pub(crate) const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

pub(crate) struct Desk {
    pub(crate) sign_in: SignIn,
    pub(crate) accounts: Arc<MemoryAccounts>,
    pub(crate) clock: Arc<Hands>,
    pub(crate) folder: TempDir,
}

pub(crate) fn options() -> Options {
    Options { public: "https://siyi.example".parse().unwrap(), cost: CHEAP, provider: None }
}

pub(crate) fn password(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.to_owned())
}

pub(crate) fn invited(person: u128) -> Invited {
    let person = Uuid::from_u128(person).to_string().parse().unwrap();
    Invited { place: PLACE.parse().unwrap(), person, proof: Proof::Invitation }
}

impl Desk {
    pub(crate) fn open() -> Self {
        Self::with(options())
    }

    pub(crate) fn with_provider(provider: Provider, public: &str) -> Self {
        Self::with(Options { public: public.parse().unwrap(), provider: Some(provider), ..options() })
    }

    fn with(options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(Hands(AtomicI64::new(1_790_000_000_000)));
        let accounts = Arc::new(MemoryAccounts::default());
        let sign_in = SignIn::open(&folder.path().join("sign-in"), options, clock.clone(), accounts.clone()).unwrap();
        Self { sign_in, accounts, clock, folder }
    }

    /// The same folder, opened anew.
    pub(crate) async fn again(self, options: Options) -> Self {
        self.sign_in.close().await;
        let path = self.folder.path().join("sign-in");
        let sign_in = SignIn::open(&path, options, self.clock.clone(), self.accounts.clone()).unwrap();
        Self { sign_in, ..self }
    }

    pub(crate) fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Somebody who joined with an invitation.
    pub(crate) async fn joined(&self, name: &str, person: u128) -> NewSession {
        let code = self.sign_in.invite(invited(person)).await.unwrap();
        let address = IpAddr::V4(std::net::Ipv4Addr::from(u32::try_from(person).unwrap() + 0x0A00_0000));
        self.sign_in.join(&code, name, password(PASSWORD), address, None).await.unwrap().0
    }

    pub(crate) async fn try_password(&self, name: &str, text: &str) -> Result<NewSession, SignInError> {
        self.sign_in.with_password(name, password(text), HOME, None).await
    }

    pub(crate) async fn knows(&self, session: &str) -> bool {
        self.sign_in.identify(Some(session), None, self.now()).await.unwrap().is_some()
    }
}
