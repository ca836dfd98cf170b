//! A master key that never leaves its token (PKCS#11 2.40): the token wraps and unwraps, with AES-GCM.

use super::file::{credentials, key_bytes};
use super::{KeyBytes, MasterKey, MasterKeyError};
use crate::canonical::sha256;
use crate::keys::sealing::random;
use crate::private_file::{read_credential, read_private};
use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    error::{Error, RvError},
    mechanism::{Mechanism, aead::GcmParams},
    object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle},
    session::{Session, UserType},
    slot::Slot,
    types::AuthPin,
};
use secrecy::ExposeSecret;
use std::{
    collections::BTreeMap,
    fmt,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};
use zeroize::Zeroizing;

/// The longest PIN in bytes.
pub const MAX_PIN_BYTES: usize = 255;

/// The name of the credential with the PIN.
const PIN_CREDENTIAL: &str = "siyi-pkcs11-pin";

/// NIST SP 800-38D: 96 bits; with random ones a key wraps at most 2^32 times, far more than a key store holds.
const NONCE_BYTES: usize = 12;
const TAG_BITS: u64 = 128;

/// Modules loaded so far. A module is initialised once in a process and kept: whoever finalised it would take it from
/// the others that use it, such as the old master key during a rotation to a new one on the same token.
static MODULES: Mutex<BTreeMap<PathBuf, Pkcs11>> = Mutex::new(BTreeMap::new());

/// Where a master key lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The module, a shared library.
    pub module: PathBuf,
    /// The label of the token.
    pub token: String,
    /// The label of the key.
    pub key: String,
    /// The file with the user's PIN, which nobody else can read (mode 0600 or 0400), or a credential of systemd's.
    pub pin_file: PathBuf,
}

impl Token {
    /// Where systemd hands over the PIN: the credential `siyi-pkcs11-pin`.
    ///
    /// # Errors
    /// [`MasterKeyError::Missing`] where systemd passed no credentials.
    pub fn pin_credential() -> Result<PathBuf, MasterKeyError> {
        Ok(credentials()?.join(PIN_CREDENTIAL))
    }
}

/// A master key on a token.
pub struct Pkcs11MasterKey {
    place: Token,
    id: String,
    /// None where the last call failed; then the next begins with a new session.
    session: Mutex<Option<Open>>,
}

struct Open {
    session: Session,
    key: ObjectHandle,
    id: String,
}

impl fmt::Debug for Pkcs11MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pkcs11MasterKey").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Pkcs11MasterKey {
    /// Opens a session and finds the key.
    ///
    /// # Errors
    /// [`MasterKeyError`]: `master-key-missing` where there is no such module, token, key or PIN file;
    /// `master-key-exposed` where others can read the PIN or the key can be taken out of the token;
    /// `master-key-malformed` where the label stands for several keys; `master-key-unavailable`.
    pub fn open(place: Token) -> Result<Self, MasterKeyError> {
        let open = Open::new(&place)?;
        let id = open.id.clone();
        Ok(Self { place, id, session: Mutex::new(Some(open)) })
    }

    /// Makes a new AES key of 256 bits on the token, which never leaves it, and opens it.
    ///
    /// # Errors
    /// [`MasterKeyError::Exists`] where the token has a key with this label; otherwise as [`Self::open`].
    pub fn create(place: Token) -> Result<Self, MasterKeyError> {
        let (session, _) = log_in(&place, true)?;
        if !find(&session, &place)?.is_empty() {
            return Err(MasterKeyError::Exists { file: format!("{} on the token {}", place.key, place.token) });
        }
        let mut id = [0; 16];
        random(&mut id).map_err(|reason| MasterKeyError::Unavailable { reason })?;
        let mut template = template(&place);
        template.extend([
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Encrypt(true),
            Attribute::Decrypt(true),
            Attribute::ValueLen(32.into()),
            Attribute::Id(id.to_vec()),
        ]);
        session.generate_key(&Mechanism::AesKeyGen, &template).map_err(|error| unavailable(&error))?;
        drop(session);
        Self::open(place)
    }

    /// A session may end without our doing (the token was unplugged, a network module started anew): once more, then.
    fn with<T>(&self, call: impl Fn(&Open) -> Result<T, Error>) -> Result<T, Failure> {
        let mut session = self.session();
        if let Some(open) = session.as_ref() {
            match call(open) {
                Ok(answer) => return Ok(answer),
                Err(error) if refuses_data(&error) => return Err(Failure::Refused),
                Err(_) => *session = None,
            }
        }
        let open = Open::new(&self.place).map_err(Failure::Master)?;
        if open.id != self.id {
            return Err(Failure::Master(MasterKeyError::Wrong));
        }
        match call(&open) {
            Ok(answer) => {
                *session = Some(open);
                Ok(answer)
            }
            Err(error) if refuses_data(&error) => Err(Failure::Refused),
            Err(error) => Err(Failure::Master(unavailable(&error))),
        }
    }

    /// Whether the token opens what it has just closed.
    fn works(&self) -> bool {
        let mut nonce = [0; NONCE_BYTES];
        if random(&mut nonce).is_err() {
            return false;
        }
        let trial = |open: &Open| open.decrypt(nonce, b"trial", &open.encrypt(nonce, b"trial", b"trial")?);
        self.with(trial).is_ok_and(|opened| *opened == b"trial")
    }

    fn session(&self) -> MutexGuard<'_, Option<Open>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Failure {
    /// The token says that the data is not what it was.
    Refused,
    Master(MasterKeyError),
}

impl From<Failure> for MasterKeyError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused => Self::Wrong,
            Failure::Master(error) => error,
        }
    }
}

impl MasterKey for Pkcs11MasterKey {
    fn key_id(&self) -> String {
        self.id.clone()
    }

    fn wrap(&self, context: &[u8], key: &KeyBytes) -> Result<Vec<u8>, MasterKeyError> {
        let mut nonce = [0; NONCE_BYTES];
        random(&mut nonce).map_err(|reason| MasterKeyError::Unavailable { reason })?;
        let wrapped = self.with(|open| open.encrypt(nonce, context, key.expose_secret()))?;
        Ok([nonce.as_slice(), &wrapped].concat())
    }

    fn unwrap(&self, context: &[u8], wrapped: &[u8]) -> Result<KeyBytes, MasterKeyError> {
        let (nonce, wrapped) = wrapped.split_first_chunk::<NONCE_BYTES>().ok_or(MasterKeyError::Wrong)?;
        let plain = self.with(|open| open.decrypt(*nonce, context, wrapped)).map_err(|failure| match failure {
            // Some modules say of a wrong tag what they say when they are broken. One that still works is not.
            Failure::Master(MasterKeyError::Unavailable { .. }) if self.works() => MasterKeyError::Wrong,
            failure => failure.into(),
        })?;
        key_bytes(&plain).ok_or(MasterKeyError::Wrong)
    }
}

impl Open {
    fn encrypt(&self, mut nonce: [u8; NONCE_BYTES], context: &[u8], plain: &[u8]) -> Result<Vec<u8>, Error> {
        let mechanism = Mechanism::AesGcm(GcmParams::new(&mut nonce, context, TAG_BITS.into())?);
        self.session.encrypt(&mechanism, self.key, plain)
    }

    fn decrypt(
        &self,
        mut nonce: [u8; NONCE_BYTES],
        context: &[u8],
        closed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mechanism = Mechanism::AesGcm(GcmParams::new(&mut nonce, context, TAG_BITS.into())?);
        self.session.decrypt(&mechanism, self.key, closed).map(Zeroizing::new)
    }

    fn new(place: &Token) -> Result<Self, MasterKeyError> {
        let (session, serial) = log_in(place, false)?;
        let found = find(&session, place)?;
        let named = format!("`{}` on the token `{}`", place.key, place.token);
        let key = match found.as_slice() {
            [] => return Err(MasterKeyError::Missing { what: format!("there is no AES key {named}") }),
            [key] => *key,
            [..] => return Err(MasterKeyError::Malformed { why: format!("there are several AES keys {named}") }),
        };
        let asked = [AttributeType::Extractable, AttributeType::Sensitive, AttributeType::Id];
        let attributes = session.get_attributes(key, &asked).map_err(|error| unavailable(&error))?;
        let stays =
            attributes.contains(&Attribute::Extractable(false)) && attributes.contains(&Attribute::Sensitive(true));
        if !stays {
            return Err(MasterKeyError::Exposed { why: format!("the AES key {named} can be taken out of it") });
        }
        let number = attributes.iter().find_map(|attribute| match attribute {
            Attribute::Id(id) => Some(id.as_slice()),
            _ => None,
        });
        let digest =
            sha256(&[serial.as_bytes(), b"|", place.key.as_bytes(), b"|", number.unwrap_or_default()].concat());
        let id = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { session, key, id })
    }
}

fn template(place: &Token) -> Vec<Attribute> {
    vec![
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::AES),
        Attribute::Label(place.key.clone().into_bytes()),
    ]
}

fn find(session: &Session, place: &Token) -> Result<Vec<ObjectHandle>, MasterKeyError> {
    session.find_objects(&template(place)).map_err(|error| unavailable(&error))
}

/// A session in which the user is logged in, and the token's serial number.
fn log_in(place: &Token, to_write: bool) -> Result<(Session, String), MasterKeyError> {
    let handed_over = credentials().is_ok_and(|folder| place.pin_file.parent() == Some(&folder));
    let read = if handed_over { read_credential } else { read_private };
    let pin = read(&place.pin_file, MAX_PIN_BYTES)?;
    let pin = std::str::from_utf8(pin.trim_ascii_end()).map_err(|_| MasterKeyError::Malformed {
        why: format!("the PIN in `{}` is no text", place.pin_file.display()),
    })?;
    let module = module(place)?;
    let (slot, serial) = slot(&module, place)?;
    let session = if to_write { module.open_rw_session(slot) } else { module.open_ro_session(slot) };
    let session = session.map_err(|error| unavailable(&error))?;
    match session.login(UserType::User, Some(&AuthPin::new(pin.into()))) {
        Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok((session, serial)),
        Err(error) => Err(unavailable(&error)),
    }
}

fn module(place: &Token) -> Result<Pkcs11, MasterKeyError> {
    let mut modules = MODULES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(module) = modules.get(&place.module) {
        return Ok(module.clone());
    }
    if !place.module.exists() {
        return Err(MasterKeyError::Missing { what: format!("there is no module `{}`", place.module.display()) });
    }
    let module = Pkcs11::new(&place.module).map_err(|error| unavailable(&error))?;
    match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
        Err(error) => return Err(unavailable(&error)),
    }
    modules.insert(place.module.clone(), module.clone());
    Ok(module)
}

fn slot(module: &Pkcs11, place: &Token) -> Result<(Slot, String), MasterKeyError> {
    for slot in module.get_slots_with_token().map_err(|error| unavailable(&error))? {
        let token = module.get_token_info(slot).map_err(|error| unavailable(&error))?;
        if token.label() == place.token {
            return Ok((slot, token.serial_number().to_owned()));
        }
    }
    Err(MasterKeyError::Missing { what: format!("there is no token `{}`", place.token) })
}

/// Whether the error speaks of the data rather than of the token. Modules differ in what they say of a wrong tag.
fn refuses_data(error: &Error) -> bool {
    use RvError::{DataInvalid, DataLenRange, EncryptedDataInvalid, EncryptedDataLenRange};
    matches!(error, Error::Pkcs11(DataInvalid | DataLenRange | EncryptedDataInvalid | EncryptedDataLenRange, _))
}

fn unavailable(error: &Error) -> MasterKeyError {
    MasterKeyError::Unavailable { reason: format!("the token: {error}") }
}
