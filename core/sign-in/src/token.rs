//! 接口令牌: what a machine shows, made by a person, for some doors and until a day.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use siyi_domain::account::Means;
use siyi_domain::moment::Moment;
use uuid::Uuid;

use crate::accounts::Added;
use crate::error::SignInError;
use crate::identity::{Identity, SignInMethod};
use crate::random;
use crate::sign_in::{SignIn, moment};
use crate::store::{Kind, Row, Store};

/// What every token begins with, so that a scanner of files finds one that was left lying about.
pub const TOKEN_PREFIX: &str = "siyi_";
/// Most tokens of an account.
pub const MAX_TOKENS: usize = 10;
/// Most days for which a token is good.
pub const MAX_TOKEN_DAYS: i64 = 366;
/// Most characters of what a token is called.
const LONGEST_NAME: usize = 64;
/// Most doors that a token names, and most characters of one.
const MAX_SCOPES: usize = 64;
const LONGEST_SCOPE: usize = 64;

/// What a token is to be.
#[derive(Debug, Clone)]
pub struct TokenWish {
    /// What its owner calls it; kept in clear.
    pub name: String,
    /// The doors that it opens.
    pub scopes: BTreeSet<String>,
    /// The last day on which it is good.
    pub expires_on: Date,
}

/// A token that was made; its text is shown once.
#[derive(Debug)]
pub struct NewToken {
    /// Its key.
    pub key: Uuid,
    /// The text that the machine shows.
    pub text: String,
}

/// A token in its owner's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenLine {
    /// Its key, by which it is revoked; it opens nothing.
    pub key: Uuid,
    /// What it is called.
    pub name: String,
    /// The doors that it opens.
    pub scopes: BTreeSet<String>,
    /// The last day on which it is good.
    pub expires_on: Date,
    /// The day on which it was last used.
    pub used_on: Option<Date>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct TokenRow {
    name: String,
    scopes: BTreeSet<String>,
    expires_on: Date,
    made_ms: i64,
    used_on: Option<Date>,
}

impl SignIn {
    /// Makes a token. Asks for a fresh sign-in.
    ///
    /// # Errors
    /// [`SignInError::NotFresh`], [`SignInError::TokenMalformed`], [`SignInError::TooManyHeld`].
    pub async fn make_token(&self, identity: &Identity, wish: TokenWish) -> Result<NewToken, SignInError> {
        let now = self.fresh(identity)?;
        check(&wish, now)?;
        let (account, key) = (identity.account, random::key()?);
        let text = format!("{TOKEN_PREFIX}{}", random::secret()?);
        let digest = random::digest(text.as_bytes());
        let TokenWish { name, scopes, expires_on } = wish.clone();
        let value =
            TokenRow { name: name.trim().to_owned(), scopes, expires_on, made_ms: now.millisecond(), used_on: None };
        self.blocking(move |store| {
            store.change(|rows, change| {
                if rows.rows::<TokenRow>(account, Kind::Token)?.len() >= MAX_TOKENS {
                    return Err(SignInError::TooManyHeld { most: MAX_TOKENS });
                }
                change.put(account, Kind::Token, &Row { id: key.as_bytes().to_vec(), digest: Some(digest), value })
            })
        })
        .await?;
        let (scopes, expires_on) = (wish.scopes.clone(), Some(wish.expires_on));
        let added = Added { scopes, expires_on, ..Added::of(Means::Token, key) };
        self.tell_added(account, Kind::Token, added).await?;
        Ok(NewToken { key, text })
    }

    /// The tokens of an account.
    ///
    /// # Errors
    /// [`SignInError::Unavailable`].
    pub async fn tokens(&self, account: Uuid) -> Result<Vec<TokenLine>, SignInError> {
        let rows = self.blocking(move |store| store.read(|rows| rows.rows::<TokenRow>(account, Kind::Token))).await?;
        let line = |row: Row<TokenRow>| {
            let TokenRow { name, scopes, expires_on, used_on, .. } = row.value;
            let key = Uuid::from_slice(&row.id).map_err(|_| SignInError::corrupt("a token's key does not read"))?;
            Ok(TokenLine { key, name, scopes, expires_on, used_on })
        };
        rows.into_iter().map(line).collect()
    }

    /// Whose token a text is.
    pub(crate) async fn token(&self, text: &str, now: Moment) -> Result<Identity, SignInError> {
        let digest = random::digest(text.as_bytes());
        self.blocking(move |store| look_up(store, &digest, now)).await?.ok_or(SignInError::TokenInvalid)
    }
}

fn check(wish: &TokenWish, now: Moment) -> Result<(), SignInError> {
    let malformed = |what| Err(SignInError::TokenMalformed { what });
    let name = wish.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return malformed("its name has 1 to 64 visible characters");
    }
    let is_scope = |scope: &String| {
        !scope.is_empty() && scope.chars().count() <= LONGEST_SCOPE && scope.bytes().all(|byte| byte.is_ascii_graphic())
    };
    if wish.scopes.is_empty() || wish.scopes.len() > MAX_SCOPES || !wish.scopes.iter().all(is_scope) {
        return malformed("it names 1 to 64 doors");
    }
    let days = (wish.expires_on - now.day()).get_days();
    if !(0..=MAX_TOKEN_DAYS).contains(&i64::from(days)) {
        return malformed("it ends within 366 days from today");
    }
    Ok(())
}

fn look_up(store: &Store, digest: &[u8; 32], now: Moment) -> Result<Option<Identity>, SignInError> {
    let found = store.read(|rows| {
        let Some((account, id)) = rows.find(Kind::Token, digest)? else { return Ok(None) };
        Ok(rows.row::<TokenRow>(account, Kind::Token, &id)?.map(|row| (account, row)))
    })?;
    let Some((account, row)) = found.filter(|(_, row)| now.day() <= row.value.expires_on) else { return Ok(None) };
    if row.value.used_on != Some(now.day()) {
        store.note(|rows, change| {
            // It may have been revoked since it was looked at, and must not rise again.
            let Some(mut row) = rows.row::<TokenRow>(account, Kind::Token, &row.id)? else { return Ok(()) };
            row.value.used_on = Some(now.day());
            change.put(account, Kind::Token, &row)
        })?;
    }
    let (signed_in_at, scopes) = (moment(row.value.made_ms), Some(row.value.scopes));
    Ok(Some(Identity { account, method: SignInMethod::Token, signed_in_at, session: None, scopes }))
}
