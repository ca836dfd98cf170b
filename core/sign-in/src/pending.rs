//! What was begun and is not ended: kept with the rows and not with the browser, so that any node can end it, for five minutes, and
//! taken once.
//!
//! | key | value |
//! | --- | --- |
//! | `c`, when it was begun (8 bytes), SHA-256 of its id (32 bytes) | the thing as JSON |
//! | `n` | how many of them there are (8 bytes) |
//!
//! The id is the moment and 256 random bits; only the browser has it. Each beginning removes at most [`SWEPT`] that are over, so
//! that what nobody ended goes too. What is lost with the power has to be begun again.

use serde::{Deserialize, Serialize};
use siyi_domain::moment::Moment;
use uuid::Uuid;
use webauthn_rs::prelude::{PasskeyAuthentication, PasskeyRegistration};

use crate::error::SignInError;
use crate::oidc;
use crate::random;
use crate::sign_in::SignIn;
use crate::store::{Change, Reader, from_json, to_json};

/// Milliseconds until something begun is forgotten.
const KEPT_MS: i64 = 5 * 60 * 1000;
/// How far the clocks of two nodes may be apart.
const SKEW_MS: i64 = 10_000;
/// Most that is under way at once, on all nodes together; beyond it the oldest is forgotten.
pub const MAX_PENDING: u64 = 10_000;
/// How many of the oldest each beginning looks at.
const SWEPT: usize = 4;

const PREFIX: &[u8] = b"c";
const COUNT: &[u8] = b"n";
const RANDOM_BYTES: usize = 32;

/// Something begun.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Begun {
    /// A passkey is set up for an account.
    Registration(Uuid, PasskeyRegistration),
    /// Somebody signs in with a passkey; none for who has no passkey, and is told so as late as who has a wrong one.
    PasskeySignIn(Option<(Uuid, PasskeyAuthentication)>),
    /// A browser is at the OpenID provider.
    OpenId(oidc::Begun),
}

impl Begun {
    fn account(&self) -> Option<Uuid> {
        match self {
            Self::Registration(account, _) | Self::PasskeySignIn(Some((account, _))) => Some(*account),
            Self::PasskeySignIn(None) => None,
            Self::OpenId(begun) => begun.account(),
        }
    }
}

impl SignIn {
    /// Keeps something begun, and answers the id by which it is taken.
    pub(crate) async fn keep(&self, now: Moment, begun: Begun) -> Result<String, SignInError> {
        let now = now.millisecond();
        let id = [now.to_be_bytes().as_slice(), &random::bytes::<RANDOM_BYTES>()?].concat();
        let key = key_of(&id).ok_or(SignInError::CeremonyUnknown)?;
        self.blocking(move |store| {
            store.note(|rows, change| {
                let mut count = count(rows)?;
                for (old, _) in rows.first(PREFIX, SWEPT)? {
                    if count < MAX_PENDING && begun_at(&old).is_some_and(|at| is_kept(at, now)) {
                        break;
                    }
                    change.remove_key(old);
                    count = count.saturating_sub(1);
                }
                change.put_bytes(key, to_json(&begun)?);
                put_count(change, count + 1);
                Ok(())
            })
        })
        .await?;
        Ok(random::encode(&id))
    }

    /// Takes what was begun under an id: never twice on whatever node, and not when its time is over.
    pub(crate) async fn take(&self, now: Moment, id: &str) -> Result<Begun, SignInError> {
        let key = random::decode(id).as_deref().and_then(key_of).ok_or(SignInError::CeremonyUnknown)?;
        let at = begun_at(&key);
        let taken = self.blocking(move |store| {
            store.note(|rows, change| {
                let Some(value) = rows.bytes(&key)? else { return Ok(None) };
                put_count(change, count(rows)?.saturating_sub(1));
                change.remove_key(key);
                Ok(Some(value))
            })
        });
        let kept = taken.await?.filter(|_| at.is_some_and(|at| is_kept(at, now.millisecond())));
        from_json(&kept.ok_or(SignInError::CeremonyUnknown)?)
    }
}

/// Removes what an account has begun.
pub(crate) fn forget(rows: &Reader<'_>, change: &mut Change, account: Uuid) -> Result<(), SignInError> {
    let mut count = count(rows)?;
    for (key, value) in rows.scan(PREFIX)? {
        // What another release has begun and nobody can end is nobody's.
        if from_json(&value).map_or(true, |begun: Begun| begun.account() == Some(account)) {
            change.remove_key(key);
            count = count.saturating_sub(1);
        }
    }
    put_count(change, count);
    Ok(())
}

fn count(rows: &Reader<'_>) -> Result<u64, SignInError> {
    let Some(value) = rows.bytes(COUNT)? else { return Ok(0) };
    let value = value.try_into().map_err(|_| SignInError::corrupt("the number of what was begun does not read"))?;
    Ok(u64::from_be_bytes(value))
}

fn put_count(change: &mut Change, count: u64) {
    change.put_bytes(COUNT.to_vec(), count.to_be_bytes().to_vec());
}

/// The row of an id; none where that is none of ours.
fn key_of(id: &[u8]) -> Option<Vec<u8>> {
    let (at, random) = id.split_first_chunk::<8>()?;
    (random.len() == RANDOM_BYTES).then(|| [PREFIX, at, &random::digest(id)].concat())
}

fn begun_at(key: &[u8]) -> Option<i64> {
    key.get(PREFIX.len()..)?.first_chunk().copied().map(i64::from_be_bytes)
}

/// A clock that was turned back forgets too.
const fn is_kept(begun: i64, now: i64) -> bool {
    begun <= now + SKEW_MS && now - begun <= KEPT_MS
}
