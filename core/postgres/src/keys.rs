//! The keys of persons, wrapped by the master key, in a table.

use crate::error::Trouble;
use crate::shared::within;
use siyi_log::clock::Clock;
use siyi_log::keys::{DataKey, KeyStore, KeysError, MasterCheck, MasterKey, Purpose, WrappedKey};
use sqlx::Row;
use sqlx::postgres::{PgConnection, PgPool, PgRow};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::runtime::Handle;
use uuid::Uuid;

/// How often keys are looked for that others destroy in between.
const ATTEMPTS: usize = 8;

/// Whose key, and what for.
pub(crate) type Of = (Uuid, Purpose);

/// The key store in PostgreSQL. Its calls block, and belong on a thread that may.
#[derive(Clone)]
pub struct PostgresKeys {
    pub(crate) ring: Arc<Ring>,
    pub(crate) handle: Handle,
}

/// The database with the master key that wraps its keys.
pub(crate) struct Ring {
    pub(crate) pool: PgPool,
    pub(crate) master: Arc<dyn MasterKey>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) check: MasterCheck,
}

impl std::fmt::Debug for PostgresKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresKeys").field("key_store", &self.ring.check.store).finish_non_exhaustive()
    }
}

impl KeyStore for PostgresKeys {
    fn obtain(&self, wanted: &[Of]) -> Result<Vec<DataKey>, KeysError> {
        Ok(self.handle.block_on(within(self.ring.obtain_alone(wanted)))?)
    }

    fn find(&self, subject: Uuid, purpose: Purpose) -> Result<Option<DataKey>, KeysError> {
        Ok(self.handle.block_on(within(self.ring.find(subject, purpose)))?)
    }

    fn destroy(&self, subject: Uuid) -> Result<usize, KeysError> {
        Ok(self.handle.block_on(within(self.ring.forget(subject)))?.0)
    }
}

impl Ring {
    /// Keys in the order asked for, each made where it is missing, in a change of its own.
    pub(crate) async fn obtain_alone(&self, wanted: &[Of]) -> Result<Vec<DataKey>, Trouble> {
        let mut change = self.pool.begin().await?;
        let keys = self.obtain(&mut change, &wanted.iter().copied().collect()).await?;
        change.commit().await?;
        let lost = || Trouble::Damaged("a key that was there is gone".into());
        wanted.iter().map(|of| keys.get(of).cloned().ok_or_else(lost)).collect()
    }

    /// Keys, each made where it is missing. Until the change ends nobody destroys them, and the master key stays.
    pub(crate) async fn obtain(
        &self,
        change: &mut PgConnection,
        wanted: &BTreeSet<Of>,
    ) -> Result<BTreeMap<Of, DataKey>, Trouble> {
        let held = sqlx::query_scalar("select ring from siyi.key_store for share");
        self.check_ring(held.fetch_one(&mut *change).await?)?;
        for _ in 0..ATTEMPTS {
            let found = held_keys(change, wanted).await?;
            let missing: Vec<Of> = wanted
                .iter()
                .filter(|of| !found.iter().any(|key| (key.subject, key.purpose) == **of))
                .copied()
                .collect();
            if missing.is_empty() {
                return self.open_all(found).await;
            }
            let (now, master) = (self.clock.now(), Arc::clone(&self.master));
            let make = move || missing.into_iter().map(|of| WrappedKey::make(of, now, &*master)).collect();
            let made: Result<Vec<WrappedKey>, KeysError> = tokio::task::spawn_blocking(make).await?;
            insert_keys(change, &made?).await?;
        }
        Err(Trouble::Keys(KeysError::Unavailable { reason: "others destroy these keys all the time".into() }))
    }

    async fn find(&self, subject: Uuid, purpose: Purpose) -> Result<Option<DataKey>, Trouble> {
        let query = "select k.key_id, k.subject, k.purpose, k.created_at, k.wrapped, s.ring \
                     from siyi.data_keys k cross join siyi.key_store s where k.subject = $1 and k.purpose = $2";
        let query = sqlx::query(query).bind(subject).bind(number(purpose));
        let Some(row) = query.fetch_optional(&self.pool).await? else { return Ok(None) };
        self.check_ring(row.try_get("ring")?)?;
        let key = wrapped_key(&row)?;
        Ok(self.open_all(vec![key]).await?.into_values().next())
    }

    /// Destroys the keys of a person and removes their rows, together. Answers how many keys and how many rows there were.
    pub(crate) async fn forget(&self, subject: Uuid) -> Result<(usize, usize), Trouble> {
        let mut change = self.pool.begin().await?;
        // Who puts something holds the keys until it is there: so this waits, and then sees it.
        let hold = sqlx::query("select key_id from siyi.data_keys where subject = $1 order by purpose for update");
        hold.bind(subject).execute(&mut *change).await?;
        let rows = sqlx::query("delete from siyi.disclosures where subject = $1").bind(subject);
        let rows = rows.execute(&mut *change).await?.rows_affected();
        let keys = sqlx::query("delete from siyi.data_keys where subject = $1").bind(subject);
        let keys = keys.execute(&mut *change).await?.rows_affected();
        change.commit().await?;
        Ok((usize::try_from(keys).unwrap_or(usize::MAX), usize::try_from(rows).unwrap_or(usize::MAX)))
    }

    /// The keys in clear. May ask a token, so not on a thread that serves connections.
    pub(crate) async fn open_all(&self, keys: Vec<WrappedKey>) -> Result<BTreeMap<Of, DataKey>, Trouble> {
        let master = Arc::clone(&self.master);
        let open = move || {
            let open = |key: WrappedKey| Ok(((key.subject, key.purpose), key.open(&*master)?));
            keys.into_iter().map(open).collect()
        };
        let opened: Result<_, KeysError> = tokio::task::spawn_blocking(open).await?;
        Ok(opened?)
    }

    /// Refuses keys that were wrapped anew meanwhile: this node's master key opens them no longer.
    pub(crate) fn check_ring(&self, ring: i64) -> Result<(), Trouble> {
        if u64::try_from(ring).is_ok_and(|ring| ring == self.check.ring) {
            return Ok(());
        }
        let reason = "the keys were wrapped anew under another master key; start this node with that one".into();
        Err(Trouble::Keys(KeysError::Unavailable { reason }))
    }
}

async fn held_keys(change: &mut PgConnection, wanted: &BTreeSet<Of>) -> Result<Vec<WrappedKey>, Trouble> {
    let query = "select k.key_id, k.subject, k.purpose, k.created_at, k.wrapped from siyi.data_keys k \
                 join unnest($1::uuid[], $2::smallint[]) as w (subject, purpose) using (subject, purpose) \
                 order by k.subject, k.purpose for key share of k";
    let (subjects, purposes): (Vec<Uuid>, Vec<i16>) = wanted.iter().map(|of| (of.0, number(of.1))).unzip();
    let rows = sqlx::query(query).bind(subjects).bind(purposes).fetch_all(change).await?;
    rows.iter().map(wrapped_key).collect()
}

async fn insert_keys(change: &mut PgConnection, keys: &[WrappedKey]) -> Result<(), Trouble> {
    // Where somebody else makes the same key at this moment, this waits, and theirs counts.
    let insert = "insert into siyi.data_keys (key_id, subject, purpose, created_at, wrapped) \
                  select * from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::text[], $5::text[]) \
                  on conflict (subject, purpose) do nothing";
    let insert = sqlx::query(insert)
        .bind(keys.iter().map(|key| key.key).collect::<Vec<_>>())
        .bind(keys.iter().map(|key| key.subject).collect::<Vec<_>>())
        .bind(keys.iter().map(|key| number(key.purpose)).collect::<Vec<_>>())
        .bind(keys.iter().map(|key| key.created.to_string()).collect::<Vec<_>>())
        .bind(keys.iter().map(|key| key.wrapped.clone()).collect::<Vec<_>>());
    insert.execute(change).await?;
    Ok(())
}

pub(crate) fn number(purpose: Purpose) -> i16 {
    i16::from(purpose.number())
}

/// A key from a row.
pub(crate) fn wrapped_key(row: &PgRow) -> Result<WrappedKey, Trouble> {
    let key: Uuid = row.try_get("key_id")?;
    let damaged = |what: &str| Trouble::Damaged(format!("the key `{key}` {what}"));
    let purpose: i16 = row.try_get("purpose")?;
    let purpose = u8::try_from(purpose).ok().and_then(Purpose::from_number);
    let purpose = purpose.ok_or_else(|| damaged("is for no known purpose"))?;
    let created: String = row.try_get("created_at")?;
    let created = created.parse().map_err(|_| damaged("has no time"))?;
    Ok(WrappedKey { key, subject: row.try_get("subject")?, purpose, created, wrapped: row.try_get("wrapped")? })
}
