//! 登录方式: by which means an account signs in, and how one is taken away.

use jiff::civil::Date;
use serde::de::IgnoredAny;
use siyi_domain::account::Means;
use uuid::Uuid;

use crate::accounts::Added;
use crate::error::SignInError;
use crate::identity::Identity;
use crate::oidc::OpenIdRow;
use crate::passkey::PasskeyRow;
use crate::sign_in::{PasswordRow, SignIn};
use crate::store::{Kind, Reader};

/// Most passkeys of an account, and most links with OpenID providers.
pub const MAX_PASSKEYS: usize = 8;

/// A means of signing in; tokens have a list of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeansHeld {
    /// The key by which the log names it.
    pub key: Uuid,
    /// Which.
    pub means: Means,
    /// Since when.
    pub since: Date,
}

impl SignIn {
    /// The means of an account: password, passkeys, links with an OpenID provider.
    ///
    /// # Errors
    /// [`SignInError::Unavailable`].
    pub async fn means(&self, account: Uuid) -> Result<Vec<MeansHeld>, SignInError> {
        self.blocking(move |store| store.read(|rows| held(rows, account))).await
    }

    /// Takes a means or a token away. Asks for a fresh sign-in, except for a token, whose owner may be in a hurry.
    ///
    /// # Errors
    /// [`SignInError::Unknown`], [`SignInError::NotFresh`], [`SignInError::LastMeans`].
    pub async fn remove_means(&self, identity: &Identity, key: Uuid) -> Result<(), SignInError> {
        let (account, fresh) = (identity.account, self.fresh(identity).map(drop));
        self.blocking(move |store| {
            store.change(|rows, change| {
                if let Some(token) = rows.row::<IgnoredAny>(account, Kind::Token, key.as_bytes())? {
                    change.remove(account, Kind::Token, &token);
                    return Ok(());
                }
                let held = held(rows, account)?;
                let means = held.iter().find(|held| held.key == key).ok_or(SignInError::Unknown)?;
                fresh?;
                if held.len() == 1 {
                    return Err(SignInError::LastMeans);
                }
                let (kind, id) = match means.means {
                    Means::Password => (Kind::Password, [].as_slice()),
                    Means::Passkey => (Kind::Passkey, key.as_bytes().as_slice()),
                    Means::OpenId => (Kind::OpenId, key.as_bytes().as_slice()),
                    Means::Token => (Kind::Token, key.as_bytes().as_slice()),
                };
                if let Some(row) = rows.row::<IgnoredAny>(account, kind, id)? {
                    change.remove(account, kind, &row);
                }
                Ok(())
            })
        })
        .await?;
        Ok(self.accounts.remove_sign_in(account, key).await?)
    }

    /// Tells the record that a means was set up. A means that the record does not take is none, and its row goes.
    pub(crate) async fn tell_added(&self, account: Uuid, kind: Kind, added: Added) -> Result<(), SignInError> {
        let key = added.key;
        let told = self.accounts.add_sign_in(account, &added).await;
        let Err(error) = told else { return Ok(()) };
        self.blocking(move |store| {
            store.change(|rows, change| {
                if let Some(row) = rows.row::<IgnoredAny>(account, kind, key.as_bytes())? {
                    change.remove(account, kind, &row);
                }
                Ok(())
            })
        })
        .await?;
        Err(error.into())
    }
}

fn held(rows: &Reader<'_>, account: Uuid) -> Result<Vec<MeansHeld>, SignInError> {
    let mut held = Vec::new();
    for row in rows.rows::<PasswordRow>(account, Kind::Password)? {
        held.push(MeansHeld { key: row.value.key, means: Means::Password, since: row.value.since });
    }
    for row in rows.rows::<PasskeyRow>(account, Kind::Passkey)? {
        held.push(MeansHeld { key: key(&row.id)?, means: Means::Passkey, since: row.value.since });
    }
    for row in rows.rows::<OpenIdRow>(account, Kind::OpenId)? {
        held.push(MeansHeld { key: key(&row.id)?, means: Means::OpenId, since: row.value.since });
    }
    Ok(held)
}

fn key(id: &[u8]) -> Result<Uuid, SignInError> {
    Uuid::from_slice(id).map_err(|_| SignInError::corrupt("the key of a means does not read"))
}
