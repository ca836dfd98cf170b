//! 口令登录: the same answer and the same work whether or not anybody has the name.

use std::net::IpAddr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::SignIn;
use crate::error::SignInError;
use crate::identity::{Identity, SignInMethod};
use crate::keyed::Purpose;
use crate::password;
use crate::session::{NewSession, end_all_but};
use crate::store::{Kind, Row};

/// Fewest and most characters of a sign-in name.
const NAME_LENGTH: std::ops::RangeInclusive<usize> = 2..=64;

/// A password as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PasswordRow {
    /// The key by which the log names it.
    pub(crate) key: Uuid,
    /// The hash in the PHC form.
    pub(crate) hash: String,
    /// Since when.
    pub(crate) since: Date,
}

/// How a name is compared: without the blanks around it, and in small letters.
pub(crate) fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

/// The name as it is compared, if it may be chosen.
pub(crate) fn chosen(name: &str) -> Result<String, SignInError> {
    let name = folded(name);
    let is_plain = |c: char| {
        !c.is_control()
            && (c == ' ' || !c.is_whitespace())
            && !matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
    };
    if NAME_LENGTH.contains(&name.chars().count()) && name.chars().all(is_plain) {
        Ok(name)
    } else {
        Err(SignInError::NameMalformed)
    }
}

impl SignIn {
    /// Signs in with name and password, and ends the session that the browser came with.
    ///
    /// # Errors
    /// [`SignInError::Refused`] whatever of the two was wrong, [`SignInError::TooMany`], [`SignInError::Busy`].
    pub async fn with_password(
        &self,
        name: &str,
        password: Zeroizing<String>,
        address: IpAddr,
        previous: Option<&str>,
    ) -> Result<NewSession, SignInError> {
        self.throttle.from_address(address, self.now())?;
        let name = self.digest(Purpose::Name, &folded(name))?;
        let account = self.blocking(move |store| store.read(|rows| rows.find(Kind::Name, &name))).await?;
        let account = self.check_password(name, account.map(|(account, _)| account), password).await?;
        self.begin_session(account, SignInMethod::Password, previous).await
    }

    /// Sets another password, and ends every session of the account but this one.
    ///
    /// # Errors
    /// [`SignInError::Refused`] if the present one is wrong, [`SignInError::Password`] if the new one may not be chosen.
    pub async fn change_password(
        &self,
        identity: &Identity,
        present: Zeroizing<String>,
        new: Zeroizing<String>,
    ) -> Result<(), SignInError> {
        password::check(&new, &[])?;
        let account = identity.account;
        let names = self.blocking(move |store| store.read(|rows| rows.rows::<()>(account, Kind::Name))).await?;
        let name = names.first().and_then(|row| row.digest).ok_or(SignInError::Refused)?;
        self.check_password(name, Some(account), present).await?;
        let hash = self.hashing.hash(new).await?;
        let (today, keep) = (self.now().day(), identity.session.clone());
        self.blocking(move |store| {
            store.change(|rows, change| {
                let mut row = rows.row::<PasswordRow>(account, Kind::Password, &[])?.ok_or(SignInError::Refused)?;
                (row.value.hash, row.value.since) = (hash, today);
                change.put(account, Kind::Password, &row)?;
                end_all_but(rows, change, account, keep.as_deref()).map(drop)
            })
        })
        .await
    }

    /// Counts the attempt, compares, and answers whose password it is.
    async fn check_password(
        &self,
        name: [u8; 32],
        account: Option<Uuid>,
        password: Zeroizing<String>,
    ) -> Result<Uuid, SignInError> {
        self.throttle.for_account(name, self.now())?;
        let row = match account {
            Some(account) => {
                self.blocking(move |store| store.read(|rows| rows.row(account, Kind::Password, &[]))).await?
            }
            None => None,
        };
        let known = row.as_ref().map(|row: &Row<PasswordRow>| row.value.hash.clone());
        let checked = self.hashing.check(known, password.clone()).await?;
        let (Some(account), Some(row), true) = (account, row, checked.right) else { return Err(SignInError::Refused) };
        if !self.accounts.is_open(account).await? {
            return Err(SignInError::Refused);
        }
        self.throttle.succeeded(name);
        if checked.stale {
            self.hash_anew(account, row, password).await?;
        }
        Ok(account)
    }

    /// A hash of an older cost is replaced while the password is at hand.
    async fn hash_anew(
        &self,
        account: Uuid,
        old: Row<PasswordRow>,
        password: Zeroizing<String>,
    ) -> Result<(), SignInError> {
        let hash = self.hashing.hash(password).await?;
        self.blocking(move |store| {
            store.change(|rows, change| match rows.row::<PasswordRow>(account, Kind::Password, &[])? {
                Some(mut row) if row.value.hash == old.value.hash => {
                    row.value.hash = hash;
                    change.put(account, Kind::Password, &row)
                }
                // Changed by somebody else in the meantime.
                _ => Ok(()),
            })
        })
        .await
    }
}
