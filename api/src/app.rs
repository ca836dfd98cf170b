//! One process: its data folder opened, its ports wired, its read models running.

use std::path::Path;
use std::sync::Arc;

use quick_cache::sync::Cache;
use secrecy::ExposeSecret;
use siyi_access::record::{AccessLog, RecordError};
use siyi_access::{DecisionPoint, PolicyError};
use siyi_attachments::{AttachmentError, Attachments, ObjectBlobs, ObjectsError, Place, Store as AttachmentStore};
use siyi_domain::ids::ConsultationId;
use siyi_domain::rules::{Rules, RulesError};
use siyi_esdb::adapter::KurrentStore;
use siyi_log::clock::Clock;
use siyi_log::embedded::{EmbeddedStore, Options};
use siyi_log::erasure::ErasureError;
use siyi_log::handler::Handler;
use siyi_log::keys::{FileMasterKey, KeyStore, Keys, KeysError, MasterKey, MasterKeyError, Pkcs11MasterKey, Token};
use siyi_log::port::{EventStore, ReadError, Revision};
use siyi_log::vault::{EmbeddedVault, OpenError, RandomSalts, Vault};
use siyi_postgres::{Shared, SharedError, UsedFor};
use siyi_projections::docket::DocketRow;
use siyi_projections::dossier::Dossier;
use siyi_projections::history;
use siyi_projections::models::Models;
use siyi_projections::runner::{RunnerError, Sources};
use siyi_projections::shelf::ShelfError;

use siyi_sign_in::{SignIn, SignInError};

use crate::accounts::LoggedAccounts;
use crate::attachments::AttachmentKeys;
use crate::elsewhere::{self, Elsewhere, Misplaced};
use crate::erasing::Erasing;
use crate::gate::{Gate, Papers};
use crate::public_log::{LogOptions, PublicLog, PublicLogError};
use crate::retention::FilesHeld;
use crate::sign_in::{OfficesHeld, SignInDoor};

/// Whether the clock is the machine's or that of a demonstration. Said on every page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Real use.
    Real,
    /// A demonstration with composed data and a clock set to them.
    Demo,
    /// A trial on this machine alone: the wall clock, and no sign-in.
    Trial,
}

impl Mode {
    /// Whether anybody may act as anybody.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Demo | Self::Trial)
    }
}

/// Everything that the doors need.
#[derive(Clone)]
pub struct App {
    /// The way in: commands.
    pub handler: Arc<Handler>,
    /// The way out: read models.
    pub models: Models,
    /// Personal texts.
    pub vault: Arc<dyn Vault>,
    /// Rule data.
    pub rules: Arc<Rules>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The log.
    pub store: Arc<dyn EventStore>,
    /// The gate before the handler.
    pub gate: Arc<Gate>,
    /// Real use or a demonstration.
    pub mode: Mode,
    /// Where browsers find this server, for what is printed on paper.
    pub public: Option<url::Url>,
    /// The signed tree of the log, where this process seals it.
    pub public_log: Option<Arc<PublicLog>>,
    /// Files that events cite.
    pub attachments: Attachments,
    /// Who somebody is; none where anybody may act as anybody, and none on the command line.
    pub sign_in: Option<SignInDoor>,
    /// The database that this node shares with others.
    pub shared: Option<Shared>,
    /// Erasures that still have to reach the read models and the sign-in.
    pub(crate) erasing: Arc<Erasing>,
    dossiers: Arc<Cache<ConsultationId, Arc<Dossier>>>,
    owned: Arc<Owned>,
}

/// Matters whose files are kept folded in memory.
const DOSSIERS_KEPT: usize = 256;

/// What has to be closed at the end.
struct Owned {
    store: Option<Arc<EmbeddedStore>>,
}

/// Why a data folder cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The log or the vault cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The rule data cannot be read.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// The read models cannot be made.
    #[error(transparent)]
    Models(#[from] RunnerError),
    /// There is no key to the personal data.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// There is no master key, or it serves not.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    /// The policies cannot be read.
    #[error(transparent)]
    Policies(#[from] PolicyError),
    /// The access log cannot be written.
    #[error(transparent)]
    AccessLog(#[from] RecordError),
    /// Erasures cannot be made good.
    #[error(transparent)]
    Erasure(#[from] ErasureError),
    /// The attachments cannot be opened.
    #[error(transparent)]
    Attachments(#[from] AttachmentError),
    /// The object store with the attachments does not serve.
    #[error(transparent)]
    Objects(#[from] ObjectsError),
    /// The secrets of accounts cannot be opened.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// The log lies elsewhere and does not answer, or holds what is none of ours.
    #[error(transparent)]
    Elsewhere(#[from] ReadError),
    /// The shared database does not serve.
    #[error(transparent)]
    Shared(#[from] SharedError),
    /// The data folder does not go with what lies elsewhere.
    #[error(transparent)]
    Misplaced(#[from] Misplaced),
    /// The log cannot be sealed.
    #[error(transparent)]
    PublicLog(#[from] PublicLogError),
    /// The operating system says no.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl AppError {
    /// The stable public code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Open(e) => e.code(),
            Self::Rules(_) => "rules-malformed",
            Self::Models(_) => "read-models-failed",
            Self::Keys(e) => e.code(),
            Self::MasterKey(e) => e.code(),
            Self::Policies(_) => "policies-malformed",
            Self::AccessLog(_) => "access-log-unavailable",
            Self::Attachments(e) => e.code(),
            Self::Objects(e) => e.code(),
            Self::SignIn(e) => e.code(),
            Self::Elsewhere(ReadError::Corrupt { .. }) => "store-corrupt",
            Self::Elsewhere(_) | Self::Erasure(_) => "store-unavailable",
            Self::Shared(e) => e.code(),
            Self::Misplaced(e) => e.code(),
            Self::PublicLog(e) => e.code(),
            Self::Io(_) => "io",
        }
    }
}

impl App {
    /// Opens the data folder, which is made if it does not exist, and starts the read models. The master key is that of
    /// [`master_key`].
    ///
    /// # Errors
    /// [`AppError`], with the code of what stands in the way.
    pub async fn open(data: &Path, clock: Arc<dyn Clock>, mode: Mode) -> Result<Self, AppError> {
        Self::open_with(data, clock, mode, master_key(data, mode, None)?).await
    }

    /// Opens the data folder with a master key.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn open_with(
        data: &Path,
        clock: Arc<dyn Clock>,
        mode: Mode,
        master: Arc<dyn MasterKey>,
    ) -> Result<Self, AppError> {
        Self::open_on(data, clock, mode, master, &Elsewhere::default()).await
    }

    /// Opens the data folder with its log, or its names and keys, elsewhere.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn open_on(
        data: &Path,
        clock: Arc<dyn Clock>,
        mode: Mode,
        master: Arc<dyn MasterKey>,
        elsewhere: &Elsewhere,
    ) -> Result<Self, AppError> {
        // Before the log: who has the wrong key changes nothing.
        let Personal { keys, vault, shared } = Personal::open(data, &clock, mode, master, elsewhere).await?;
        let (port, owned) = open_log(data, elsewhere).await?;
        let attachments = open_attachments(data, AttachmentKeys::new(keys), shared.as_ref(), elsewhere).await?;
        let erasing = Arc::new(Erasing::open(data, port.as_ref(), shared.is_some()).await?);
        siyi_log::erasure::make_good(port.as_ref(), vault.as_ref()).await?;
        let rules = Arc::new(Rules::shipped()?);
        let sources = Sources { store: Arc::clone(&port), vault: Arc::clone(&vault), rules: Arc::clone(&rules) };
        let models = Models::start(&data.join("read"), &sources).await?;
        let handler = Handler::new(
            Arc::clone(&port),
            Arc::clone(&vault),
            Arc::new(RandomSalts),
            Arc::clone(&clock),
            Arc::clone(&rules),
        );
        let handler = handler.with_records(Arc::new(FilesHeld(attachments.clone())));
        let handler = Arc::new(match &shared {
            Some(shared) => handler.with_seeds(Arc::new(shared.seeds().await?)),
            None => handler,
        });
        let record = AccessLog::open(&data.join("access"))?;
        let papers = Papers { models: models.clone(), attachments: attachments.clone() };
        let gate = Gate::new(DecisionPoint::shipped()?, record, Arc::clone(&handler), papers, mode.is_open());
        Ok(Self {
            handler,
            models,
            vault,
            rules,
            clock,
            store: port,
            gate: Arc::new(gate),
            mode,
            public: None,
            public_log: None,
            attachments,
            sign_in: None,
            shared,
            erasing,
            dossiers: Arc::new(Cache::new(DOSSIERS_KEPT)),
            owned: Arc::new(Owned { store: owned }),
        })
    }

    /// The file of a matter as of the position that its docket row has reached; folded once for each change of the matter.
    ///
    /// # Errors
    /// [`ShelfError`] if the read store fails.
    pub fn dossier(&self, row: &DocketRow) -> Result<Arc<Dossier>, ShelfError> {
        if let Some(dossier) = self.dossiers.get(&row.id)
            && dossier.entries.len() as u64 == row.events
        {
            return Ok(dossier);
        }
        let most = usize::try_from(row.events).unwrap_or(usize::MAX);
        let events = history::events(&self.models.history.shelf(), row.id, Revision(0), most)?;
        let dossier = Arc::new(Dossier::of(events, &self.rules));
        self.dossiers.insert(row.id, Arc::clone(&dossier));
        Ok(dossier)
    }

    /// Lets people sign in: opens the secrets, which lie apart from the log.
    ///
    /// # Errors
    /// [`AppError::SignIn`].
    pub async fn with_sign_in(mut self, data: &Path, options: siyi_sign_in::Options) -> Result<Self, AppError> {
        let accounts = Arc::new(LoggedAccounts::new(Arc::clone(&self.handler), self.models.clone()));
        let (folder, clock, public) = (data.join("sign-in"), Arc::clone(&self.clock), options.public.clone());
        let secrets = match &self.shared {
            Some(shared) => Some(shared.secrets().await?),
            None => None,
        };
        let open = move || match secrets {
            Some((rows, key)) => SignIn::over(Arc::new(rows), key, options, clock, accounts),
            None => SignIn::open(&folder, options, clock, accounts),
        };
        let opened = tokio::task::spawn_blocking(open).await;
        let sign_in = Arc::new(opened.map_err(std::io::Error::other)??);
        let app = self.clone();
        let offices: OfficesHeld = Arc::new(move |identity, english| {
            let app = app.clone();
            Box::pin(async move { crate::sign_in::office_lines(&app, identity, english).await })
        });
        self.sign_in = Some(SignInDoor { sign_in, clock: Arc::clone(&self.clock), public, offices });
        Ok(self)
    }

    /// Under this address paper leads back to the record.
    #[must_use]
    pub fn at(mut self, public: url::Url) -> Self {
        self.public = Some(public);
        self
    }

    /// Seals the log from now on.
    ///
    /// # Errors
    /// [`AppError::PublicLog`] where what was signed before cannot be reproduced: then nothing may be served.
    pub async fn with_public_log(mut self, data: &Path, options: &LogOptions) -> Result<Self, AppError> {
        self.public_log = Some(Arc::new(PublicLog::open(data, Arc::clone(&self.store), options).await?));
        Ok(self)
    }

    /// Finishes what waits, flushes and closes. Nothing acknowledged is lost without it either.
    pub async fn close(&self) {
        self.erasing.stop();
        if let Some(door) = &self.sign_in {
            door.sign_in.close().await;
        }
        if let Some(public_log) = &self.public_log {
            public_log.close().await;
        }
        self.models.stop().await;
        if let Some(store) = &self.owned.store {
            store.close().await;
        }
        if let Some(shared) = &self.shared {
            shared.close().await;
        }
    }
}

/// Names and keys, wherever they lie.
struct Personal {
    keys: Arc<dyn KeyStore>,
    vault: Arc<dyn Vault>,
    shared: Option<Shared>,
}

impl Personal {
    async fn open(
        data: &Path,
        clock: &Arc<dyn Clock>,
        mode: Mode,
        master: Arc<dyn MasterKey>,
        elsewhere: &Elsewhere,
    ) -> Result<Self, AppError> {
        let Some(address) = &elsewhere.shared else {
            elsewhere::is_alone(data)?;
            let (folder, vault) = (data.join("keys"), data.join("vault"));
            let opened = tokio::task::spawn_blocking(move || Keys::open(folder, master)).await;
            let keys = Arc::new(opened.map_err(std::io::Error::other)??);
            let held = Arc::clone(&keys);
            let vault = Arc::new(blocking(move || EmbeddedVault::open(vault, held)).await?);
            return Ok(Self { keys, vault, shared: None });
        };
        let used_for = if mode.is_open() { UsedFor::Trial } else { UsedFor::Real };
        let shared = Shared::open(address.expose_secret(), master, Arc::clone(clock), used_for).await?;
        elsewhere::goes_with(data, shared.key_store())?;
        let vault = Arc::new(shared.vault(elsewhere.shared_backup_days));
        Ok(Self { keys: Arc::new(shared.keys()), vault, shared: Some(shared) })
    }
}

/// The log, and what of it has to be closed at the end.
type Log = (Arc<dyn EventStore>, Option<Arc<EmbeddedStore>>);

async fn open_log(data: &Path, elsewhere: &Elsewhere) -> Result<Log, AppError> {
    if let Some(address) = &elsewhere.store {
        return Ok((Arc::new(KurrentStore::connect(address).await?), None));
    }
    let log = data.join("log");
    let store = Arc::new(blocking(move || EmbeddedStore::open(log, Options::default())).await?);
    Ok((Arc::clone(&store) as Arc<dyn EventStore>, Some(store)))
}

/// The environment's variables, those that are text.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

async fn open_attachments(
    data: &Path,
    keys: AttachmentKeys,
    shared: Option<&Shared>,
    elsewhere: &Elsewhere,
) -> Result<Attachments, AppError> {
    let (folder, keys) = (data.join("attachments"), Arc::new(keys));
    let known = match shared {
        Some(shared) => shared.attachments_place().await?,
        None => None,
    };
    let opened = match (elsewhere.attachments_place(), shared) {
        (Some(address), Some(shared)) => {
            let place = Place::new(address, environment())?;
            elsewhere::holds_no_attachments(&folder, &place)?;
            let blobs = ObjectBlobs::open(&place, shared.key_store(), known.is_some()).await?;
            let said = shared.set_attachments_place(&place.to_string(), known.as_deref()).await?;
            if said != place.to_string() {
                return Err(Misplaced::AttachmentsElsewhere(said).into());
            }
            let index = shared.attachments();
            tokio::task::spawn_blocking(move || AttachmentStore::over(index, blobs, keys)).await
        }
        (Some(address), None) => return Err(Misplaced::AttachmentsAlone(address.to_owned()).into()),
        (None, _) => {
            if let Some(place) = known {
                return Err(Misplaced::AttachmentsElsewhere(place).into());
            }
            tokio::task::spawn_blocking(move || AttachmentStore::open(&folder, keys)).await
        }
    };
    Ok(Attachments::new(opened.map_err(std::io::Error::other)??))
}

/// Whether this names a store by its connection string, and not a folder.
#[must_use]
pub fn is_address(store: &str) -> bool {
    ["esdb", "kurrentdb", "kurrent", "kdb"].iter().any(|scheme| {
        store.strip_prefix(scheme).is_some_and(|rest| rest.starts_with("://") || rest.starts_with("+discover://"))
    })
}

/// Where the master key comes from: the token that is named, else the file that `SIYI_MASTER_KEY_FILE` names, else the
/// credential that systemd hands over. A demonstration and a trial make one inside their own folder, since they hold nothing
/// that needs one.
///
/// # Errors
/// [`MasterKeyError`].
pub fn master_key(data: &Path, mode: Mode, token: Option<Token>) -> Result<Arc<dyn MasterKey>, MasterKeyError> {
    match token.filter(|_| !mode.is_open()) {
        Some(token) => Ok(Arc::new(Pkcs11MasterKey::open(token)?)),
        None => Ok(Arc::new(file_key(data, mode)?)),
    }
}

fn file_key(data: &Path, mode: Mode) -> Result<FileMasterKey, MasterKeyError> {
    if mode.is_open() {
        let unavailable = |error: std::io::Error| MasterKeyError::Unavailable { reason: error.to_string() };
        siyi_log::create_durably(data).map_err(unavailable)?;
        let path = data.join("open.key");
        return if path.exists() { FileMasterKey::read(path) } else { FileMasterKey::create_file(path) };
    }
    match std::env::var_os("SIYI_MASTER_KEY_FILE") {
        Some(path) => FileMasterKey::read(path),
        None => FileMasterKey::from_credential(),
    }
}

/// Opening a store reads its files: off the async threads.
async fn blocking<T: Send + 'static>(
    open: impl FnOnce() -> Result<T, OpenError> + Send + 'static,
) -> Result<T, AppError> {
    let opened = tokio::task::spawn_blocking(open).await;
    Ok(opened.map_err(|error| AppError::Io(std::io::Error::other(error)))??)
}
