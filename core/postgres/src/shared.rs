//! One database, opened and checked.

use crate::attachments::PostgresIndex;
use crate::error::{SharedError, Trouble};
use crate::keys::{PostgresKeys, Ring};
use crate::secrets::PostgresSecrets;
use crate::seeds::PostgresSeeds;
use crate::vault::PostgresVault;
use crate::{address, migrations, rotation};
use siyi_log::clock::Clock;
use siyi_log::keys::{DataKey, KeysError, MasterCheck, MasterKey, MasterKeyError, Purpose};
use sqlx::postgres::{PgConnection, PgPoolOptions, PgRow};
use sqlx::{Acquire, Row};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use uuid::Uuid;
use zeroize::Zeroizing;

/// The most connections that one node holds.
pub const MAX_CONNECTIONS: u32 = 16;

/// How long a call waits for a connection, and how long for all of its answer.
const CONNECT_PATIENCE: Duration = Duration::from_secs(3);
const PATIENCE: Duration = Duration::from_secs(35);

/// Under which the key of sign-in's digests lies: no person has this identifier, and it is the same for ever.
const SIGN_IN: Uuid = Uuid::from_u128(0x7369_7969_7369_676e_2d69_6e2d_6b65_7901);
const SIGN_IN_LABEL: &[u8] = b"siyi sign-in digests";

/// What a database is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsedFor {
    /// Real use.
    Real,
    /// A trial, in which anybody acts as anybody.
    Trial,
}

impl UsedFor {
    const fn name(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Trial => "trial",
        }
    }
}

/// The shared database of a node. Cheap to clone.
#[derive(Clone)]
pub struct Shared {
    ring: Arc<Ring>,
    handle: Handle,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("key_store", &self.ring.check.store).finish_non_exhaustive()
    }
}

impl Shared {
    /// Connects, checks the master key against the one that wraps the keys, and makes the tables where they are missing or older.
    /// Belongs to the runtime in which it is called.
    ///
    /// # Errors
    /// [`SharedError`]. Where the master key is wrong or the tables are too new, nothing was changed.
    pub async fn open(
        address: &str,
        master: Arc<dyn MasterKey>,
        clock: Arc<dyn Clock>,
        used_for: UsedFor,
    ) -> Result<Self, SharedError> {
        let options = PgPoolOptions::new().max_connections(MAX_CONNECTIONS).acquire_timeout(CONNECT_PATIENCE);
        let pool = options.connect_with(address::options(address)?).await.map_err(Trouble::from)?;
        let mut connection = pool.acquire().await.map_err(Trouble::from)?;
        let fsync: String =
            sqlx::query_scalar("show fsync").fetch_one(&mut *connection).await.map_err(Trouble::from)?;
        if fsync == "off" {
            return Err(SharedError::NotDurable);
        }
        if migrations::version(&mut connection).await? > 0 {
            check(&mut connection, &master, used_for).await?;
        }
        migrations::migrate(&mut connection).await?;
        establish(&mut connection, &master, used_for).await?;
        let check = check(&mut connection, &master, used_for).await?;
        let check = check.ok_or_else(|| corrupt("the row that says which key store it is, is gone"))?;
        drop(connection);
        Ok(Self { ring: Arc::new(Ring { pool, master, clock, check }), handle: Handle::current() })
    }

    /// The identity of the key store in it.
    #[must_use]
    pub fn key_store(&self) -> Uuid {
        self.ring.check.store
    }

    /// The keys of persons.
    #[must_use]
    pub fn keys(&self) -> PostgresKeys {
        PostgresKeys { ring: Arc::clone(&self.ring), handle: self.handle.clone() }
    }

    /// The vault. Its operator keeps backups and archived write-ahead log for so many days: for so long a key that is destroyed now
    /// may be brought back.
    #[must_use]
    pub fn vault(&self, backup_days: u16) -> PostgresVault {
        PostgresVault { ring: Arc::clone(&self.ring), backup_days }
    }

    /// The rows of sign-in, and the key of their digests.
    ///
    /// # Errors
    /// [`SharedError`].
    pub async fn secrets(&self) -> Result<(PostgresSecrets, Zeroizing<[u8; 32]>), SharedError> {
        let rows = PostgresSecrets::new(self.ring.pool.clone(), self.handle.clone());
        Ok((rows, self.own_key().await?.derived(SIGN_IN_LABEL)))
    }

    /// The seeds of acts that are being signed.
    ///
    /// # Errors
    /// [`SharedError`].
    pub async fn seeds(&self) -> Result<PostgresSeeds, SharedError> {
        Ok(PostgresSeeds { pool: self.ring.pool.clone(), key: self.own_key().await? })
    }

    /// The key that is no person's.
    async fn own_key(&self) -> Result<DataKey, SharedError> {
        let keys = within(self.ring.obtain_alone(&[(SIGN_IN, Purpose::Roll)])).await?;
        keys.into_iter().next().ok_or_else(|| corrupt("the key of sign-in was not made"))
    }

    /// The index of attachments.
    #[must_use]
    pub fn attachments(&self) -> PostgresIndex {
        PostgresIndex { pool: self.ring.pool.clone(), handle: self.handle.clone() }
    }

    /// Where the attachments of this index lie; none where none were ever put anywhere that nodes share.
    ///
    /// # Errors
    /// [`SharedError`].
    pub async fn attachments_place(&self) -> Result<Option<String>, SharedError> {
        Ok(within(self.attachments().place()).await?)
    }

    /// Says where the attachments lie, where they lay `before`, and answers what holds from now on: another node may have been faster.
    ///
    /// # Errors
    /// [`SharedError`].
    pub async fn set_attachments_place(&self, place: &str, before: Option<&str>) -> Result<String, SharedError> {
        Ok(within(self.attachments().set_place(place, before)).await?)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`SharedError::Unavailable`].
    pub async fn ping(&self) -> Result<(), SharedError> {
        let asked = async { Ok(sqlx::query("select 1").execute(&self.ring.pool).await.map(drop)?) };
        Ok(within(asked).await?)
    }

    /// Wraps all keys under another master key, and answers how many there are. The other nodes must not run: they are answered
    /// Unavailable from then on, until they are started with the new one.
    ///
    /// # Errors
    /// [`SharedError`]; then nothing was changed.
    pub async fn rotate(&self, new: Arc<dyn MasterKey>) -> Result<usize, SharedError> {
        Ok(rotation::rotate(&self.ring, new).await?)
    }

    /// Lets go of the connections.
    pub async fn close(&self) {
        self.ring.pool.close().await;
    }
}

/// A call with an end.
pub(crate) async fn within<T>(call: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    tokio::time::timeout(PATIENCE, call).await.unwrap_or(Err(Trouble::Late(PATIENCE)))
}

fn corrupt(detail: &str) -> SharedError {
    SharedError::Keys(KeysError::Corrupt { detail: detail.into() })
}

/// What the database says of its keys, if it is what is asked for; none where it says nothing yet.
async fn check(
    connection: &mut PgConnection,
    master: &Arc<dyn MasterKey>,
    used_for: UsedFor,
) -> Result<Option<MasterCheck>, SharedError> {
    let query = sqlx::query("select store, ring, master, master_check, used_for from siyi.key_store");
    let Some(row) = query.fetch_optional(connection).await.map_err(Trouble::from)? else { return Ok(None) };
    let (check, found) = read_check(&row)?;
    if found != used_for.name() {
        return Err(SharedError::UsedOtherwise { found: if found == "trial" { "a trial" } else { "real use" } });
    }
    let (asked, master) = (check.clone(), Arc::clone(master));
    let is_of = tokio::task::spawn_blocking(move || asked.is_of(&*master)).await.map_err(Trouble::from)??;
    if is_of { Ok(Some(check)) } else { Err(MasterKeyError::Wrong.into()) }
}

fn read_check(row: &PgRow) -> Result<(MasterCheck, String), Trouble> {
    let ring: i64 = row.try_get("ring")?;
    let ring = u64::try_from(ring).map_err(|_| Trouble::Damaged("the number of the ring is negative".into()))?;
    let (store, master, check) = (row.try_get("store")?, row.try_get("master")?, row.try_get("master_check")?);
    Ok((MasterCheck { store, ring, master, check }, row.try_get("used_for")?))
}

/// Says of a database that holds nothing yet which key store it is. Of several nodes that begin at once, the first says it.
async fn establish(
    connection: &mut PgConnection,
    master: &Arc<dyn MasterKey>,
    used_for: UsedFor,
) -> Result<(), SharedError> {
    let master = Arc::clone(master);
    let first = tokio::task::spawn_blocking(move || MasterCheck::first(&*master)).await.map_err(Trouble::from)??;
    let insert = "insert into siyi.key_store (store, ring, master, master_check, used_for) \
                  values ($1, 1, $2, $3, $4) on conflict do nothing";
    let insert = sqlx::query(insert).bind(first.store).bind(first.master).bind(first.check).bind(used_for.name());
    insert.execute(connection.acquire().await.map_err(Trouble::from)?).await.map_err(Trouble::from)?;
    Ok(())
}
