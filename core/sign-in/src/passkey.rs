//! 通行密钥: WebAuthn. The authenticator proves possession and, by a finger, a face or a number, who holds it.
//!
//! Registration and sign-in are `webauthn-rs`; what was begun stays with the rows and is taken once. A signature over an act, whose
//! challenge is the digest of that act, is checked by [`siyi_passkey`].

use std::net::IpAddr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use siyi_domain::account::Means;
use siyi_domain::ids::CredentialKey;
use siyi_passkey::{ActAssertion, ActRefusal, cose_key, verify_act_assertion};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{CredentialID, Passkey, PublicKeyCredential, RegisterPublicKeyCredential};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::accounts::Added;
use crate::error::SignInError;
use crate::identity::{Identity, SignInMethod};
use crate::keyed::Purpose;
use crate::means::MAX_PASSKEYS;
use crate::pending::Begun;
use crate::random;
use crate::session::NewSession;
use crate::sign_in::{SignIn, folded};
use crate::store::{Kind, Reader, Row};

/// Something begun, for the browser: the id under which it is ended, and what `navigator.credentials` is called with.
#[derive(Debug, Clone, Serialize)]
pub struct Ceremony {
    /// The id.
    pub ceremony: String,
    /// The options, bytes in base64url (WebAuthn Level 3, section 5.1.8).
    pub options: Value,
}

/// What is needed for passkeys.
pub(crate) struct Passkeys {
    webauthn: Webauthn,
    rp_id: String,
    origin: String,
}

/// A passkey as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PasskeyRow {
    pub(crate) passkey: Passkey,
    pub(crate) since: Date,
}

impl Passkeys {
    /// None where the server is known by numbers: passkeys belong to a name.
    pub(crate) fn new(public: &Url) -> Result<Option<Self>, SignInError> {
        let Some(rp_id) = public.domain() else { return Ok(None) };
        let webauthn = WebauthnBuilder::new(rp_id, public)
            .and_then(|builder| builder.rp_name("四议").build())
            .map_err(SignInError::unavailable)?;
        let (rp_id, origin) = (rp_id.to_owned(), public.origin().ascii_serialization());
        Ok(Some(Self { webauthn, rp_id, origin }))
    }
}

impl SignIn {
    /// Begins to set up a passkey. Asks for a fresh sign-in.
    ///
    /// # Errors
    /// [`SignInError::NotFresh`], [`SignInError::NotConfigured`], [`SignInError::TooManyHeld`].
    pub async fn begin_passkey(&self, identity: &Identity) -> Result<Ceremony, SignInError> {
        let now = self.fresh(identity)?;
        let (account, passkeys) = (identity.account, self.passkeys()?);
        let held = self.passkeys_of(account).await?;
        if held.len() >= MAX_PASSKEYS {
            return Err(SignInError::TooManyHeld { most: MAX_PASSKEYS });
        }
        let known: Vec<CredentialID> = held.iter().map(|row| row.value.passkey.cred_id().clone()).collect();
        // What an authenticator shows names nobody either.
        let name = format!("四议账号 {}", account.simple().to_string().get(..6).unwrap_or_default());
        let begun = passkeys.webauthn.start_passkey_registration(account, &name, &name, Some(known));
        let (options, state) = begun.map_err(SignInError::unavailable)?;
        let ceremony = self.keep(now, Begun::Registration(account, state)).await?;
        Ok(Ceremony { ceremony, options: serde_json::to_value(options).map_err(SignInError::unavailable)? })
    }

    /// Ends what [`SignIn::begin_passkey`] began, and answers the key by which the log names the passkey.
    ///
    /// # Errors
    /// [`SignInError::CeremonyUnknown`], [`SignInError::PasskeyRefused`].
    pub async fn finish_passkey(
        &self,
        identity: &Identity,
        ceremony: &str,
        credential: Value,
    ) -> Result<Uuid, SignInError> {
        let (account, now, passkeys) = (identity.account, self.now(), self.passkeys()?);
        let state = match self.take(now, ceremony).await? {
            Begun::Registration(theirs, state) if theirs == account => state,
            _ => return Err(SignInError::CeremonyUnknown),
        };
        let credential: RegisterPublicKeyCredential =
            serde_json::from_value(credential).map_err(|_| SignInError::PasskeyRefused)?;
        let passkey = passkeys.webauthn.finish_passkey_registration(&credential, &state).map_err(|error| {
            tracing::info!(%error, "a passkey was not accepted");
            SignInError::PasskeyRefused
        })?;
        // Whoever verifies an act has the key from the log, so a passkey whose key cannot stand there is none.
        let public_key =
            cose_key(passkey.get_public_key()).and_then(|key| CredentialKey::try_from(random::encode(&key)).ok());
        let public_key = public_key.ok_or(SignInError::PasskeyRefused)?;
        let key = random::key()?;
        self.blocking(move |store| {
            store.change(|rows, change| {
                let held = rows.rows::<PasskeyRow>(account, Kind::Passkey)?;
                if held.len() >= MAX_PASSKEYS {
                    return Err(SignInError::TooManyHeld { most: MAX_PASSKEYS });
                }
                if held.iter().any(|row| row.value.passkey == passkey) {
                    return Err(SignInError::PasskeyRefused);
                }
                let value = PasskeyRow { passkey, since: now.day() };
                change.put(account, Kind::Passkey, &Row { id: key.as_bytes().to_vec(), digest: None, value })
            })
        })
        .await?;
        self.tell_added(
            account,
            Kind::Passkey,
            Added { public_key: Some(public_key), ..Added::of(Means::Passkey, key) },
        )
        .await?;
        Ok(key)
    }

    /// Begins to sign in with a passkey. A name that nobody has, and one without passkeys, get options that look the same.
    ///
    /// # Errors
    /// [`SignInError::TooMany`], [`SignInError::NotConfigured`].
    pub async fn begin_passkey_sign_in(&self, name: &str, address: IpAddr) -> Result<Ceremony, SignInError> {
        let now = self.now();
        self.throttle.from_address(address, now)?;
        let (passkeys, name) = (self.passkeys()?, folded(name));
        let digest = self.digest(Purpose::Name, &name)?;
        let (account, held) = self
            .blocking(move |store| {
                store.read(|rows| match rows.find(Kind::Name, &digest)? {
                    Some((account, _)) => Ok((Some(account), of(rows, account)?)),
                    None => Ok((None, Vec::new())),
                })
            })
            .await?;
        let known: Vec<Passkey> = held.into_iter().map(|row| row.value.passkey).collect();
        let Some(account) = account.filter(|_| !known.is_empty()) else {
            let decoy = self.digest(Purpose::Decoy, &name)?;
            let options = options(&passkeys.rp_id, &random::bytes::<32>()?, &[&decoy]);
            return Ok(Ceremony { ceremony: self.keep(now, Begun::PasskeySignIn(None)).await?, options });
        };
        let begun = passkeys.webauthn.start_passkey_authentication(&known).map_err(SignInError::unavailable)?;
        let (theirs, state) = begun;
        let ids: Vec<&[u8]> = known.iter().map(|passkey| passkey.cred_id().as_slice()).collect();
        let options = options(&passkeys.rp_id, &theirs.public_key.challenge, &ids);
        let ceremony = self.keep(now, Begun::PasskeySignIn(Some((account, state)))).await?;
        Ok(Ceremony { ceremony, options })
    }

    /// Ends what [`SignIn::begin_passkey_sign_in`] began, and ends the session that the browser came with.
    ///
    /// # Errors
    /// [`SignInError::Refused`], [`SignInError::CeremonyUnknown`].
    pub async fn with_passkey(
        &self,
        ceremony: &str,
        credential: Value,
        previous: Option<&str>,
    ) -> Result<NewSession, SignInError> {
        let passkeys = self.passkeys()?;
        let Begun::PasskeySignIn(begun) = self.take(self.now(), ceremony).await? else {
            return Err(SignInError::CeremonyUnknown);
        };
        let (account, state) = begun.ok_or(SignInError::Refused)?;
        let credential: PublicKeyCredential = serde_json::from_value(credential).map_err(|_| SignInError::Refused)?;
        let shown = passkeys.webauthn.finish_passkey_authentication(&credential, &state).map_err(|error| {
            tracing::info!(%error, "a passkey did not fit");
            SignInError::Refused
        })?;
        if !shown.user_verified() || !self.accounts.is_open(account).await? {
            return Err(SignInError::Refused);
        }
        self.blocking(move |store| {
            store.change(|rows, change| {
                // It may have been taken away since the beginning.
                let held = of(rows, account)?;
                let row = held.into_iter().find(|row| row.value.passkey.cred_id() == shown.cred_id());
                let mut row = row.ok_or(SignInError::Refused)?;
                if row.value.passkey.update_credential(&shown) == Some(true) {
                    change.put(account, Kind::Passkey, &row)?;
                }
                Ok(())
            })
        })
        .await?;
        self.begin_session(account, SignInMethod::Passkey, previous).await
    }

    /// What a browser needs to sign an act with a passkey of the account: the challenge is the digest of that act.
    ///
    /// # Errors
    /// [`SignInError::NotConfigured`], [`SignInError::Unknown`] where the account has no passkey.
    pub async fn start_act_assertion(&self, account: Uuid, challenge: [u8; 32]) -> Result<Value, SignInError> {
        let passkeys = self.passkeys()?;
        let held = self.passkeys_of(account).await?;
        if held.is_empty() {
            return Err(SignInError::Unknown);
        }
        let ids: Vec<&[u8]> = held.iter().map(|row| row.value.passkey.cred_id().as_slice()).collect();
        Ok(options(&passkeys.rp_id, &challenge, &ids))
    }

    /// The signature over an act, if a passkey of the account made it. Over which act, whoever records one compares
    /// ([`ActAssertion::challenge`]): the same act signed twice is the same act, which the log takes once.
    ///
    /// # Errors
    /// [`SignInError::Assertion`] says what does not hold.
    pub async fn finish_act_assertion(&self, account: Uuid, credential: Value) -> Result<ActAssertion, SignInError> {
        let passkeys = self.passkeys()?;
        let credential: PublicKeyCredential =
            serde_json::from_value(credential).map_err(|_| ActRefusal::Malformed { what: "the credential" })?;
        let held = self.passkeys_of(account).await?;
        let theirs = held.iter().find(|row| row.value.passkey.cred_id() == &credential.raw_id);
        let key = theirs.ok_or(ActRefusal::KeyUnknown)?.value.passkey.get_public_key();
        let assertion = ActAssertion {
            credential_id: credential.raw_id,
            authenticator_data: credential.response.authenticator_data,
            client_data_json: credential.response.client_data_json,
            signature: credential.response.signature,
            public_key_cose: cose_key(key).ok_or(ActRefusal::Malformed { what: "the public key" })?,
        };
        let (key, over) = (&assertion.public_key_cose, assertion.challenge()?);
        verify_act_assertion(key, &passkeys.rp_id, &passkeys.origin, &over, &assertion)?;
        Ok(assertion)
    }

    fn passkeys(&self) -> Result<&Passkeys, SignInError> {
        self.passkeys.as_ref().ok_or(SignInError::NotConfigured)
    }

    async fn passkeys_of(&self, account: Uuid) -> Result<Vec<Row<PasskeyRow>>, SignInError> {
        self.blocking(move |store| store.read(|rows| of(rows, account))).await
    }
}

fn of(rows: &Reader<'_>, account: Uuid) -> Result<Vec<Row<PasskeyRow>>, SignInError> {
    rows.rows(account, Kind::Passkey)
}

/// Milliseconds that a browser waits for the authenticator.
const TIMEOUT_MS: u32 = 120_000;

fn options(rp_id: &str, challenge: &[u8], credentials: &[&[u8]]) -> Value {
    let allowed: Vec<Value> =
        credentials.iter().map(|id| json!({ "type": "public-key", "id": random::encode(id) })).collect();
    json!({ "publicKey": {
        "challenge": random::encode(challenge),
        "timeout": TIMEOUT_MS,
        "rpId": rp_id,
        "allowCredentials": allowed,
        "userVerification": "required",
    } })
}
