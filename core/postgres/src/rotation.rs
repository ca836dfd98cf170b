//! Putting another master key in force.

use crate::error::Trouble;
use crate::keys::{Ring, wrapped_key};
use siyi_log::keys::{KeysError, MasterCheck, MasterKey, WrappedKey};
use std::sync::Arc;

/// Wraps all keys under another master key, in one transaction.
pub(crate) async fn rotate(ring: &Ring, new: Arc<dyn MasterKey>) -> Result<usize, Trouble> {
    let mut change = ring.pool.begin().await?;
    // INVARIANT: whoever makes keys holds this row, and whoever reads them looks at it: no key is left under the old master key.
    let held = sqlx::query_scalar("select ring from siyi.key_store for update");
    ring.check_ring(held.fetch_one(&mut *change).await?)?;
    let keys = sqlx::query("select key_id, subject, purpose, created_at, wrapped from siyi.data_keys");
    let keys: Vec<WrappedKey> =
        keys.fetch_all(&mut *change).await?.iter().map(wrapped_key).collect::<Result<_, _>>()?;
    let (old, check) = (Arc::clone(&ring.master), ring.check.clone());
    let wrap = move || {
        let next = MasterCheck::of(check.store, check.ring + 1, &*new)?;
        let keys = keys.iter().map(|key| key.rewrapped(&*old, &*new)).collect::<Result<Vec<_>, KeysError>>()?;
        Ok((next, keys))
    };
    let wrapped: Result<_, KeysError> = tokio::task::spawn_blocking(wrap).await?;
    let (next, keys) = wrapped?;
    let update = "update siyi.data_keys k set wrapped = w.wrapped \
                  from unnest($1::uuid[], $2::text[]) as w (key_id, wrapped) where k.key_id = w.key_id";
    let update = sqlx::query(update)
        .bind(keys.iter().map(|key| key.key).collect::<Vec<_>>())
        .bind(keys.iter().map(|key| key.wrapped.clone()).collect::<Vec<_>>());
    update.execute(&mut *change).await?;
    let number =
        i64::try_from(next.ring).map_err(|_| Trouble::Damaged("the number of the ring is too large".into()))?;
    let update = "update siyi.key_store set ring = $1, master = $2, master_check = $3";
    let update = sqlx::query(update).bind(number).bind(next.master).bind(next.check);
    update.execute(&mut *change).await?;
    change.commit().await?;
    Ok(keys.len())
}
