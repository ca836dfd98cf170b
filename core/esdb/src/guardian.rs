//! Who may read and write at the face.
//!
//! A guardian can only widen what clients may do with their own streams and what they may read. What holds for the
//! domain's streams holds whatever it says: nobody deletes, truncates or describes them.

use crate::{names, refusal::Refusal};
use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use std::{collections::HashMap, fmt};
use subtle::ConstantTimeEq;

/// What a client shows of itself.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// Nothing.
    None,
    /// A name and a password.
    Basic {
        /// The name.
        login: String,
        /// The password.
        password: String,
    },
    /// A token.
    Bearer(String),
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "Credential::None",
            Self::Basic { .. } => "Credential::Basic",
            Self::Bearer(_) => "Credential::Bearer",
        })
    }
}

impl Credential {
    /// Reads the value of a header `authorization` (RFC 7617, RFC 6750).
    ///
    /// # Errors
    /// [`Refusal::Unknown`] where it is of no known kind or does not read.
    pub fn read(header: Option<&str>) -> Result<Self, Refusal> {
        let Some(header) = header else { return Ok(Self::None) };
        let (kind, value) = header.split_once(' ').ok_or(Refusal::Unknown)?;
        if kind.eq_ignore_ascii_case("bearer") {
            return Ok(Self::Bearer(value.trim().into()));
        }
        if !kind.eq_ignore_ascii_case("basic") {
            return Err(Refusal::Unknown);
        }
        let decoded = STANDARD.decode(value.trim()).map_err(|_| Refusal::Unknown)?;
        let text = String::from_utf8(decoded).map_err(|_| Refusal::Unknown)?;
        let (login, password) = text.split_once(':').ok_or(Refusal::Unknown)?;
        Ok(Self::Basic { login: login.into(), password: password.into() })
    }
}

/// What a caller may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// Read and follow the domain's streams.
    pub read_domain: bool,
    /// Append to the domain's streams, past the rules of the domain: for copying a log, and nothing else.
    pub append_domain: bool,
    /// Read and follow the streams of clients.
    pub read_clients: bool,
    /// Append to the streams of clients, delete them, describe them, and consume persistent subscriptions.
    pub write_clients: bool,
    /// Append to system streams, and create, change and delete persistent subscriptions.
    pub administer: bool,
}

impl Rights {
    /// Reads everything, writes nothing.
    pub const READER: Self =
        Self { read_domain: true, append_domain: false, read_clients: true, write_clients: false, administer: false };
    /// Everything, except writing to the domain's streams.
    pub const CLIENT: Self =
        Self { read_domain: true, append_domain: false, read_clients: true, write_clients: true, administer: true };
}

/// Someone whose credential was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The name, for messages and statistics.
    pub name: String,
    /// The rights.
    pub rights: Rights,
}

/// Decides who comes in and what they may do. Called for every call, so the answer has to come quickly.
#[async_trait]
pub trait Guardian: Send + Sync + 'static {
    /// Who it is.
    ///
    /// # Errors
    /// [`Refusal::Unknown`] where the credential is not accepted, [`Refusal::Unavailable`] where it cannot be checked.
    async fn admit(&self, credential: &Credential) -> Result<Caller, Refusal>;

    /// Whether the caller may read and follow the stream.
    fn may_read(&self, caller: &Caller, stream: &str) -> bool {
        let Rights { read_domain, read_clients, .. } = caller.rights;
        // Asked of every event: whoever may read both need not be told which it is.
        if read_domain == read_clients || names::is_domain(stream) { read_domain } else { read_clients }
    }

    /// Whether the caller may append to the stream.
    fn may_append(&self, caller: &Caller, stream: &str) -> bool {
        if names::is_domain(stream) {
            return caller.rights.append_domain;
        }
        let system =
            stream.starts_with('$') && names::described_by(stream).is_none_or(|stream| stream.starts_with('$'));
        if system { caller.rights.administer } else { caller.rights.write_clients }
    }
}

/// A fixed list of users and tokens. It is kept in memory only, and of the secrets only their SHA-256: they have to be
/// long and random, such as 32 hexadecimal digits, rather than words to remember.
#[derive(Clone, Debug, Default)]
pub struct Users {
    anonymous: Option<Rights>,
    passwords: HashMap<String, ([u8; 32], Rights)>,
    tokens: Vec<(String, [u8; 32], Rights)>,
}

impl Users {
    /// Nobody.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets callers in that show nothing.
    #[must_use]
    pub fn with_anonymous(mut self, rights: Rights) -> Self {
        self.anonymous = Some(rights);
        self
    }

    /// Lets a user in by a password.
    #[must_use]
    pub fn with_password(mut self, login: impl Into<String>, password: &str, rights: Rights) -> Self {
        self.passwords.insert(login.into(), (digest(password), rights));
        self
    }

    /// Lets `name` in by a token.
    #[must_use]
    pub fn with_token(mut self, name: impl Into<String>, token: &str, rights: Rights) -> Self {
        self.tokens.push((name.into(), digest(token), rights));
        self
    }
}

fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[async_trait]
impl Guardian for Users {
    async fn admit(&self, credential: &Credential) -> Result<Caller, Refusal> {
        let caller = |name: &str, rights: Rights| Caller { name: name.into(), rights };
        let same = |one: &[u8; 32], other: &[u8; 32]| bool::from(one.ct_eq(other));
        match credential {
            Credential::None => self.anonymous.map(|rights| caller("", rights)),
            Credential::Basic { login, password } => self
                .passwords
                .get(login)
                .filter(|(known, _)| same(known, &digest(password)))
                .map(|(_, rights)| caller(login, *rights)),
            Credential::Bearer(token) => {
                let shown = digest(token);
                let known = self.tokens.iter().find(|(_, known, _)| same(known, &shown));
                known.map(|(name, _, rights)| caller(name, *rights))
            }
        }
        .ok_or(Refusal::Unknown)
    }
}

/// Lets everybody in, as EventStoreDB does with `--insecure`: what credential is shown does not matter. For a face on
/// the loopback of a machine whose users are all trusted with `rights`.
#[derive(Clone, Copy, Debug)]
pub struct Open(pub Rights);

#[async_trait]
impl Guardian for Open {
    async fn admit(&self, credential: &Credential) -> Result<Caller, Refusal> {
        let name = match credential {
            Credential::Basic { login, .. } => login.clone(),
            Credential::None | Credential::Bearer(_) => String::new(),
        };
        Ok(Caller { name, rights: self.0 })
    }
}
