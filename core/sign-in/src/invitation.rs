//! 邀请码: how somebody who has no account comes to one. The village hands the code out on paper, to the person it is for.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use siyi_domain::account::{Means, Proof};
use siyi_domain::ids::{JurisdictionCode, PersonId};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::accounts::Added;
use crate::error::SignInError;
use crate::identity::{Identity, SignInMethod};
use crate::keyed::Purpose;
use crate::password;
use crate::random;
use crate::session::NewSession;
use crate::sign_in::{PasswordRow, SignIn, chosen};
use crate::store::{Change, Kind, Reader, Row};

/// Digits and letters of a code, none of which looks like another on paper: no 0 and O, no 1, I and L.
pub const CODE_ALPHABET: &[u8] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
/// Characters of a code: 31 to the power of 10, nearly 50 bits.
pub const CODE_LENGTH: usize = 10;
/// Days for which a code is good: as many as the event of the invitation says.
pub const INVITATION_DAYS: i64 = siyi_domain::roster::INVITATION_DAYS;
/// Most invitations that are open at once.
const MAX_OPEN: usize = 50_000;

/// Who was invited, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// Where the person is on the roster.
    pub place: JurisdictionCode,
    /// Who.
    pub person: PersonId,
    /// How it was shown that the code went to this person.
    pub proof: Proof,
}

/// Its code stands here as a digest under the folder's key.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct InvitationRow {
    invited: Invited,
    until_ms: i64,
}

impl SignIn {
    /// Makes a code for a person, which is shown once. An earlier one for the same person is good no longer.
    ///
    /// # Errors
    /// [`SignInError::TooManyHeld`], [`SignInError::Unavailable`].
    pub async fn invite(&self, invited: Invited) -> Result<String, SignInError> {
        let code = new_code()?;
        self.let_in(&code, invited).await?;
        Ok(code)
    }

    /// The code of the invitation that a command records, and its digest under this folder's key, in hexadecimal, which
    /// the event may hold: without the key nobody finds the code by trying. The same command sent again has the same code.
    /// It is good once [`SignIn::let_in`] was told of it.
    ///
    /// # Errors
    /// [`SignInError::Unavailable`].
    pub fn code_of(&self, command: Uuid) -> Result<(String, String), SignInError> {
        let mut code = String::new();
        for round in 0_u8.. {
            let bytes = self.digest(Purpose::InvitationOf, &format!("{command}/{round}"))?;
            code.extend(fair(&bytes).take(CODE_LENGTH - code.len()));
            if code.len() == CODE_LENGTH {
                break;
            }
        }
        let digest = self.digest(Purpose::Invitation, &code)?;
        Ok((code, digest.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// Makes a code good for a person. An earlier one for the same person is good no longer.
    ///
    /// # Errors
    /// [`SignInError::TooManyHeld`], [`SignInError::Unavailable`].
    pub async fn let_in(&self, code: &str, invited: Invited) -> Result<(), SignInError> {
        let now = self.now().millisecond();
        let digest = self.digest(Purpose::Invitation, code)?;
        self.blocking(move |store| {
            store.change(|rows, change| {
                let mut open = 0;
                for (other, row) in rows.invitations::<InvitationRow>()? {
                    if row.until_ms <= now || row.invited.person == invited.person && row.invited.place == invited.place
                    {
                        change.remove_invitation(&other);
                    } else {
                        open += 1;
                    }
                }
                if open >= MAX_OPEN {
                    return Err(SignInError::TooManyHeld { most: MAX_OPEN });
                }
                let until_ms = now + INVITATION_DAYS * 24 * 60 * 60 * 1000;
                change.put_invitation(&digest, &InvitationRow { invited, until_ms })
            })
        })
        .await
    }

    /// Takes back every open invitation of a person, whose erasure for example leaves none. Answers how many there were.
    ///
    /// # Errors
    /// [`SignInError::Unavailable`].
    pub async fn withdraw_invitations(&self, person: PersonId) -> Result<usize, SignInError> {
        self.blocking(move |store| {
            let withdrawn = store.change(|rows, change| {
                let open = rows.invitations::<InvitationRow>()?;
                let theirs: Vec<_> = open.iter().filter(|(_, row)| row.invited.person == person).collect();
                for (digest, _) in &theirs {
                    change.remove_invitation(digest);
                }
                Ok(theirs.len())
            })?;
            store.forget_removed()?;
            Ok(withdrawn)
        })
        .await
    }

    /// Makes an account with a name and a password for whom a code was given, and signs it in. The code is used up; where the
    /// record does not take the account, nothing is left of it and the code is good again.
    ///
    /// # Errors
    /// [`SignInError::InvitationRefused`] whatever was wrong with the code, [`SignInError::NameMalformed`],
    /// [`SignInError::NameTaken`], [`SignInError::Password`], [`SignInError::Accounts`], [`SignInError::TooMany`].
    pub async fn join(
        &self,
        code: &str,
        name: &str,
        password: Zeroizing<String>,
        address: IpAddr,
        previous: Option<&str>,
    ) -> Result<(NewSession, Invited), SignInError> {
        let digest = self.code(code, address)?;
        let invited = self.invited(digest).await?;
        let name = chosen(name)?;
        password::check(
            &password,
            &[&name, invited.place.as_str(), invited.place.as_str().get(..6).unwrap_or_default()],
        )?;
        let name = self.digest(Purpose::Name, &name)?;
        let hash = self.hashing.hash(password).await?;
        let (account, key, now) = (random::key()?, random::key()?, self.now());
        let row = PasswordRow { key, hash, since: now.day() };
        let used = self
            .blocking(move |store| {
                store.change(|rows, change| {
                    let used = use_up(rows, change, &digest, now.millisecond())?;
                    if rows.find(Kind::Name, &name)?.is_some() {
                        return Err(SignInError::NameTaken);
                    }
                    change.put(account, Kind::Name, &Row { id: name.to_vec(), digest: Some(name), value: () })?;
                    change.put(account, Kind::Password, &Row { id: Vec::new(), digest: None, value: row })?;
                    Ok(used)
                })
            })
            .await?;
        let Invited { place, person, proof } = &used.invited;
        let mut told = self.accounts.open_account(account, place, *person, *proof).await;
        if told.is_ok() {
            told = self.accounts.add_sign_in(account, &Added::of(Means::Password, key)).await;
        }
        if let Err(error) = told {
            self.remove_account(account).await?;
            let back = used.clone();
            self.blocking(move |store| store.change(|_, change| change.put_invitation(&digest, &back))).await?;
            return Err(error.into());
        }
        let session = self.begin_session(account, SignInMethod::Password, previous).await?;
        Ok((session, used.invited))
    }

    /// Lets a signed-in account act as the person for whom a code was given.
    ///
    /// # Errors
    /// [`SignInError::InvitationRefused`], [`SignInError::NotFresh`], [`SignInError::Accounts`], [`SignInError::TooMany`].
    pub async fn bind(&self, identity: &Identity, code: &str, address: IpAddr) -> Result<Invited, SignInError> {
        let now = self.fresh(identity)?.millisecond();
        let digest = self.code(code, address)?;
        let used = self.blocking(move |store| store.change(|rows, change| use_up(rows, change, &digest, now))).await?;
        let Invited { place, person, proof } = &used.invited;
        if let Err(error) = self.accounts.bind_person(identity.account, place, *person, *proof).await {
            let back = used.clone();
            self.blocking(move |store| store.change(|_, change| change.put_invitation(&digest, &back))).await?;
            return Err(error.into());
        }
        Ok(used.invited)
    }

    /// Whose account it is that is made for nobody's invitation: at the server's console, for the first of a place.
    ///
    /// # Errors
    /// As [`SignIn::join`].
    pub async fn open_at_console(
        &self,
        invited: Invited,
        name: &str,
        password: Zeroizing<String>,
    ) -> Result<Uuid, SignInError> {
        let code = self.invite(Invited { proof: Proof::Console, ..invited }).await?;
        let (session, _) = self.join(&code, name, password, IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), None).await?;
        self.sign_out(&session.id).await?;
        Ok(session.identity.account)
    }

    fn code(&self, code: &str, address: IpAddr) -> Result<[u8; 32], SignInError> {
        self.throttle.from_address(address, self.now())?;
        let code: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        self.digest(Purpose::Invitation, &code.to_ascii_uppercase())
    }

    async fn invited(&self, digest: [u8; 32]) -> Result<Invited, SignInError> {
        let now = self.now().millisecond();
        let row: Option<InvitationRow> =
            self.blocking(move |store| store.read(|rows| rows.invitation(&digest))).await?;
        Ok(row.filter(|row| now < row.until_ms).ok_or(SignInError::InvitationRefused)?.invited)
    }
}

fn use_up(
    rows: &Reader<'_>,
    change: &mut Change,
    digest: &[u8; 32],
    now_ms: i64,
) -> Result<InvitationRow, SignInError> {
    let row: Option<InvitationRow> = rows.invitation(digest)?;
    let row = row.filter(|row| now_ms < row.until_ms).ok_or(SignInError::InvitationRefused)?;
    change.remove_invitation(digest);
    Ok(row)
}

/// A random code.
fn new_code() -> Result<String, SignInError> {
    let mut code = String::with_capacity(CODE_LENGTH);
    while code.len() < CODE_LENGTH {
        let bytes = random::bytes::<32>()?;
        code.extend(fair(&bytes).take(CODE_LENGTH - code.len()));
    }
    Ok(code)
}

/// Characters of a code out of random bytes; bytes that would favour some characters are thrown away.
fn fair(bytes: &[u8; 32]) -> impl Iterator<Item = char> {
    let most = CODE_ALPHABET.len() * (256 / CODE_ALPHABET.len());
    let fair = bytes.iter().map(|byte| usize::from(*byte)).filter(move |byte| *byte < most);
    fair.filter_map(|byte| CODE_ALPHABET.get(byte % CODE_ALPHABET.len()).map(|byte| char::from(*byte)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_code_has_ten_characters_that_nobody_mistakes() {
        let codes: BTreeSet<String> = (0..200).map(|_| new_code().unwrap()).collect();
        assert_eq!(codes.len(), 200);
        for code in &codes {
            assert_eq!(code.len(), CODE_LENGTH);
            assert!(code.bytes().all(|byte| CODE_ALPHABET.contains(&byte)), "{code}");
        }
        assert!(!CODE_ALPHABET.iter().any(|byte| b"01OIL".contains(byte)));
    }
}
