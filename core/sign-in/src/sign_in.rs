//! All of it over one store: who comes is known, or is not.

use std::path::Path;
use std::sync::Arc;

use siyi_domain::moment::Moment;
use siyi_log::clock::Clock;
use url::Url;
use zeroize::Zeroizing;

use crate::accounts::Accounts;
use crate::error::SignInError;
use crate::identity::Identity;
use crate::keyed::{Keyed, Purpose};
use crate::oidc::{Oidc, Provider};
use crate::passkey::Passkeys;
use crate::password::{HashCost, Hashing};
use crate::store::{FolderRows, SecretRows, Store};
use crate::throttle::Throttle;
use crate::token::TOKEN_PREFIX;
use crate::{pending, random};

mod by_password;

pub(crate) use by_password::{PasswordRow, chosen, folded};

/// How people sign in here.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where browsers find this server: scheme, host and port. Passkeys are bound to its host, which must be a name and no
    /// address of numbers; otherwise there are none.
    pub public: Url,
    /// What a guess of a password costs.
    pub cost: HashCost,
    /// The OpenID provider, where there is one.
    pub provider: Option<Provider>,
}

/// Who somebody is.
pub struct SignIn {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    pub(crate) accounts: Arc<dyn Accounts>,
    pub(crate) hashing: Hashing,
    pub(crate) throttle: Throttle,
    pub(crate) passkeys: Option<Passkeys>,
    pub(crate) oidc: Option<Oidc>,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").finish_non_exhaustive()
    }
}

impl SignIn {
    /// Opens the folder, which is made where it is missing and which nobody else may look into. Reads files and makes a hash:
    /// call it where blocking is allowed.
    ///
    /// # Errors
    /// [`SignInError::Unavailable`] if it is in use or the disk says no, [`SignInError::Corrupt`] if something is missing.
    pub fn open(
        folder: &Path,
        options: Options,
        clock: Arc<dyn Clock>,
        accounts: Arc<dyn Accounts>,
    ) -> Result<Self, SignInError> {
        let (rows, key) = FolderRows::open(folder)?;
        Self::over(Arc::new(rows), key, options, clock, accounts)
    }

    /// Over rows that lie elsewhere, with the key under which their digests are made; it must be the same for ever, and
    /// secret. Makes a hash: call it where blocking is allowed.
    ///
    /// # Errors
    /// [`SignInError::Unavailable`].
    pub fn over(
        rows: Arc<dyn SecretRows>,
        digest_key: Zeroizing<[u8; 32]>,
        options: Options,
        clock: Arc<dyn Clock>,
        accounts: Arc<dyn Accounts>,
    ) -> Result<Self, SignInError> {
        let passkeys = Passkeys::new(&options.public)?;
        let oidc = options.provider.map(|provider| Oidc::new(provider, &options.public)).transpose()?;
        let hashing = Hashing::new(options.cost)?;
        let store = Arc::new(Store::new(rows, Keyed::new(digest_key)));
        Ok(Self { store, clock, accounts, hashing, throttle: Throttle::default(), passkeys, oidc })
    }

    /// Closes the files and lets go of the folder. Later calls are answered Unavailable.
    pub async fn close(&self) {
        let store = Arc::clone(&self.store);
        // A failed join means that the runtime ends, and the drop does the rest.
        let _ = tokio::task::spawn_blocking(move || store.close()).await;
    }

    /// Who comes with a session's id or a token. Nobody where neither is given, or where the session is over; a token that is
    /// no good is an error, so that no machine goes on as nobody. Of an account that was closed nothing opens.
    ///
    /// # Errors
    /// [`SignInError::TokenInvalid`], [`SignInError::Unavailable`].
    pub async fn identify(
        &self,
        cookie: Option<&str>,
        bearer: Option<&str>,
        now: Moment,
    ) -> Result<Option<Identity>, SignInError> {
        let identity = match (bearer, cookie) {
            (Some(bearer), _) if bearer.starts_with(TOKEN_PREFIX) => Some(self.token(bearer, now).await?),
            (Some(_), _) => return Err(SignInError::TokenInvalid),
            (None, Some(cookie)) => self.session(cookie, now).await?,
            (None, None) => None,
        };
        let Some(identity) = identity else { return Ok(None) };
        match self.accounts.is_open(identity.account).await? {
            true => Ok(Some(identity)),
            false if bearer.is_some() => Err(SignInError::TokenInvalid),
            false => Ok(None),
        }
    }

    /// The token that a form carries which was shown to the holder of `bound`: a session's id, or the random id of a browser
    /// that has none yet.
    ///
    /// # Errors
    /// [`SignInError::Unavailable`].
    pub fn form_token(&self, bound: &str) -> Result<String, SignInError> {
        self.store.keyed.form(bound)
    }

    /// Whether a form's token was made for `bound`.
    ///
    /// # Errors
    /// [`SignInError::Unavailable`].
    pub fn is_form_token(&self, bound: &str, token: &str) -> Result<bool, SignInError> {
        self.store.keyed.is_form(bound, token)
    }

    /// 256 random bits in base64url, for a browser that has no session yet.
    ///
    /// # Errors
    /// [`SignInError::Unavailable`].
    pub fn browser_id() -> Result<String, SignInError> {
        random::secret()
    }

    /// Whether passkeys can be used here.
    #[must_use]
    pub const fn has_passkeys(&self) -> bool {
        self.passkeys.is_some()
    }

    /// Whether an OpenID provider is configured.
    #[must_use]
    pub const fn has_provider(&self) -> bool {
        self.oidc.is_some()
    }

    /// How many passwords were really compared since the start, for the metrics.
    #[must_use]
    pub fn passwords_checked(&self) -> u64 {
        self.hashing.checked()
    }

    /// Every account of which a secret is kept, for who compares this folder with the log.
    ///
    /// # Errors
    /// [`SignInError::Unavailable`].
    pub async fn accounts_kept(&self) -> Result<Vec<uuid::Uuid>, SignInError> {
        self.blocking(Store::accounts).await
    }

    /// Removes every secret of an account, and answers how many rows there were; nothing of them is left in any file. The
    /// others are written anew for that, and whoever asks meanwhile waits. The log is not told: whoever erases a person records that.
    ///
    /// # Errors
    /// [`SignInError::Unavailable`]: some may be removed already, and the call may be made again.
    pub async fn remove_account(&self, account: uuid::Uuid) -> Result<usize, SignInError> {
        self.blocking(move |store| {
            let removed = store.change(|rows, change| {
                pending::forget(rows, change, account)?;
                let keys = rows.everything_of(account)?;
                let removed = keys.len();
                for key in keys {
                    change.remove_key(key);
                }
                Ok(removed)
            })?;
            store.forget_removed()?;
            Ok(removed)
        })
        .await
    }

    pub(crate) fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Now, if the sign-in is fresh.
    pub(crate) fn fresh(&self, identity: &Identity) -> Result<Moment, SignInError> {
        let now = self.now();
        if identity.is_fresh(now) { Ok(now) } else { Err(SignInError::NotFresh) }
    }

    pub(crate) fn digest(&self, purpose: Purpose, text: &str) -> Result<[u8; 32], SignInError> {
        self.store.keyed.digest(purpose, text.as_bytes())
    }

    /// Work on the store, off the threads that serve connections.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, SignInError> + Send + 'static,
    ) -> Result<T, SignInError> {
        let store = Arc::clone(&self.store);
        tokio::task::spawn_blocking(move || work(&store)).await.map_err(SignInError::unavailable)?
    }
}

/// A moment from the milliseconds of a row.
pub(crate) fn moment(ms: i64) -> Moment {
    Moment::china(jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH))
}
