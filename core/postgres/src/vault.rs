//! The vault in a table. A row goes with its key, in one transaction.

use crate::error::Trouble;
use crate::keys::{Ring, wrapped_key};
use crate::shared::within;
use async_trait::async_trait;
use jiff::SignedDuration;
use siyi_domain::moment::Moment;
use siyi_log::keys::WrappedKey;
use siyi_log::vault::{Disclosure, Opened, SealedRow, Vault, VaultError, check_rows, digest_from_text, digest_text};
use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

type Digest = [u8; 32];

/// Rows by their digests, each with its key: what has no key is not there.
const BY_DIGEST: &str = "select d.digest, d.sealed, k.key_id, k.subject, k.purpose, k.created_at, k.wrapped, s.ring \
                         from siyi.disclosures d join siyi.data_keys k using (key_id) cross join siyi.key_store s \
                         where d.digest = any($1)";

/// As [`BY_DIGEST`], by the person.
const BY_SUBJECT: &str = "select d.digest, d.sealed, k.key_id, k.subject, k.purpose, k.created_at, k.wrapped, s.ring \
                          from siyi.disclosures d join siyi.data_keys k using (key_id) cross join siyi.key_store s \
                          where d.subject = $1";

/// A [`Vault`] in PostgreSQL.
#[derive(Clone)]
pub struct PostgresVault {
    pub(crate) ring: Arc<Ring>,
    pub(crate) backup_days: u16,
}

impl std::fmt::Debug for PostgresVault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresVault").field("key_store", &self.ring.check.store).finish_non_exhaustive()
    }
}

impl Ring {
    async fn put(&self, new: Vec<Disclosure>) -> Result<(), Trouble> {
        // By digest, so that two who put the same wait for each other in the same order.
        let mut rows: BTreeMap<Digest, Disclosure> = BTreeMap::new();
        for disclosure in new {
            let subject = disclosure.subject();
            let digest = disclosure.digest_bytes();
            if rows.insert(digest, disclosure).is_some_and(|other| other.subject() != subject) {
                return Err(taken(&digest));
            }
        }
        let mut change = self.pool.begin().await?;
        let wanted: BTreeSet<_> = rows.values().map(|row| (row.subject(), row.purpose())).collect();
        // INVARIANT: a key is there before the first row under it, and stays until this change ends.
        let keys = self.obtain(&mut change, &wanted).await?;
        let subjects: BTreeMap<Digest, Uuid> = rows.iter().map(|(digest, row)| (*digest, row.subject())).collect();
        let seal = move || {
            let seal = |(digest, row): (Digest, Disclosure)| {
                let lost = || VaultError::Unavailable { reason: "a key was not made".into() };
                let key = keys.get(&(row.subject(), row.purpose())).ok_or_else(lost)?;
                Ok((digest.to_vec(), row.subject(), key.id(), SealedRow::seal(&row, key)?.bytes()))
            };
            rows.into_iter().map(seal).collect()
        };
        let sealed: Result<Vec<_>, VaultError> = tokio::task::spawn_blocking(seal).await?;
        insert_rows(&mut change, sealed?).await?;
        for (digest, subject) in owners(&mut change, subjects.keys()).await? {
            if subjects.get(&digest) != Some(&subject) {
                // The change is dropped, and with it everything in it.
                return Err(taken(&digest));
            }
        }
        Ok(change.commit().await?)
    }

    async fn open_many(&self, digests: &[String]) -> Result<Vec<Option<Opened>>, Trouble> {
        let bytes: Vec<Option<Digest>> = digests.iter().map(|digest| digest_from_text(digest)).collect();
        let asked: Vec<Vec<u8>> = bytes.iter().flatten().map(|digest| digest.to_vec()).collect();
        let rows = sqlx::query(BY_DIGEST).bind(asked).fetch_all(&self.pool).await?;
        let opened = self.opened(&rows).await?;
        Ok(bytes.iter().map(|digest| opened.get(&(*digest)?).cloned()).collect())
    }

    async fn of_subject(&self, subject: Uuid) -> Result<Vec<Opened>, Trouble> {
        let rows = sqlx::query(BY_SUBJECT).bind(subject).fetch_all(&self.pool).await?;
        let mut opened: Vec<Opened> = self.opened(&rows).await?.into_values().collect();
        opened.sort_by(|one, other| one.digest.cmp(&other.digest));
        Ok(opened)
    }

    /// Opens rows; each key is unwrapped once.
    async fn opened(&self, rows: &[PgRow]) -> Result<BTreeMap<Digest, Opened>, Trouble> {
        let (mut keys, mut sealed) = (BTreeMap::<Uuid, WrappedKey>::new(), Vec::with_capacity(rows.len()));
        for row in rows {
            self.check_ring(row.try_get("ring")?)?;
            let (digest, bytes): (Vec<u8>, Vec<u8>) = (row.try_get("digest")?, row.try_get("sealed")?);
            let key = wrapped_key(row)?;
            let damaged = || Trouble::Damaged("a row of the vault does not read".into());
            let digest = Digest::try_from(digest).map_err(|_| damaged())?;
            sealed.push((digest, key.key, SealedRow::read(&bytes).ok_or_else(damaged)?));
            keys.insert(key.key, key);
        }
        let keys = self.open_all(keys.into_values().collect()).await?;
        let open = move || {
            let keys: BTreeMap<Uuid, _> = keys.into_values().map(|key| (key.id(), key)).collect();
            let lost = |digest: &Digest| VaultError::Corrupt { detail: format!("no key of `{}`", digest_text(digest)) };
            let open = |(digest, key, row): (Digest, Uuid, SealedRow)| {
                let opened = row.opened(&digest, keys.get(&key).ok_or_else(|| lost(&digest))?)?;
                Ok((digest, opened))
            };
            sealed.into_iter().map(open).collect()
        };
        let opened: Result<_, VaultError> = tokio::task::spawn_blocking(open).await?;
        Ok(opened?)
    }
}

/// Writes rows, except where the digest is there already.
async fn insert_rows(change: &mut PgConnection, rows: Vec<(Vec<u8>, Uuid, Uuid, Vec<u8>)>) -> Result<(), Trouble> {
    let (mut digests, mut subjects, mut keys, mut sealed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (digest, subject, key, bytes) in rows {
        digests.push(digest);
        subjects.push(subject);
        keys.push(key);
        sealed.push(bytes);
    }
    let insert = "insert into siyi.disclosures (digest, subject, key_id, sealed) \
                  select * from unnest($1::bytea[], $2::uuid[], $3::uuid[], $4::bytea[]) on conflict (digest) do nothing";
    sqlx::query(insert).bind(digests).bind(subjects).bind(keys).bind(sealed).execute(change).await?;
    Ok(())
}

/// Whose digests these are.
async fn owners<'a>(
    change: &mut PgConnection,
    digests: impl Iterator<Item = &'a Digest>,
) -> Result<Vec<(Digest, Uuid)>, Trouble> {
    let digests: Vec<Vec<u8>> = digests.map(|digest| digest.to_vec()).collect();
    let query = sqlx::query("select digest, subject from siyi.disclosures where digest = any($1)").bind(digests);
    let owner = |row: &PgRow| {
        let digest: Vec<u8> = row.try_get("digest")?;
        let digest = Digest::try_from(digest).map_err(|_| Trouble::Damaged("a digest has no 32 bytes".into()))?;
        Ok((digest, row.try_get("subject")?))
    };
    query.fetch_all(change).await?.iter().map(owner).collect()
}

fn taken(digest: &Digest) -> Trouble {
    Trouble::Vault(VaultError::DigestTaken { digest: digest_text(digest) })
}

#[async_trait]
impl Vault for PostgresVault {
    fn last_key_backup_expires(&self) -> Option<Moment> {
        if self.backup_days == 0 {
            return None;
        }
        let lasts = SignedDuration::from_hours(24 * i64::from(self.backup_days));
        self.ring.clock.now().timestamp().checked_add(lasts).ok().map(Moment::china)
    }

    async fn put(&self, rows: Vec<Disclosure>) -> Result<(), VaultError> {
        check_rows(rows.len())?;
        Ok(within(self.ring.put(rows)).await?)
    }

    async fn open_many(&self, digests: &[String]) -> Result<Vec<Option<Opened>>, VaultError> {
        check_rows(digests.len())?;
        Ok(within(self.ring.open_many(digests)).await?)
    }

    async fn of_subject(&self, subject: Uuid) -> Result<Vec<Opened>, VaultError> {
        Ok(within(self.ring.of_subject(subject)).await?)
    }

    async fn forget(&self, subject: Uuid) -> Result<usize, VaultError> {
        Ok(within(self.ring.forget(subject)).await?.1)
    }
}
