//! The rows of sign-in in a table. One lock makes all changes follow one another, on whatever node they are judged.

use crate::error::Trouble;
use crate::shared::within;
use siyi_sign_in::{Judging, Lasting, Look, Looking, Pair, SecretRows, SignInError, Write};
use sqlx::postgres::{PgPool, Postgres};
use sqlx::{Row, Transaction};
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::runtime::Handle;
use tokio::sync::Mutex;

/// Held by the one change that is judged and written: a number that nobody else uses.
const CHANGE: i64 = 0x7369_7969_0002;

/// [`SecretRows`] in PostgreSQL. Its calls block, and belong on a thread that may.
pub struct PostgresSecrets {
    pool: PgPool,
    handle: Handle,
    closed: AtomicBool,
}

impl std::fmt::Debug for PostgresSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresSecrets").finish_non_exhaustive()
    }
}

impl PostgresSecrets {
    pub(crate) const fn new(pool: PgPool, handle: Handle) -> Self {
        Self { pool, handle, closed: AtomicBool::new(false) }
    }

    fn wait<T>(&self, call: impl Future<Output = Result<T, Trouble>>) -> Result<T, SignInError> {
        Ok(self.handle.block_on(within(call))?)
    }

    fn begin(&self, how: &'static str) -> Result<View<'_>, SignInError> {
        if self.closed.load(Ordering::Acquire) {
            return Err(SignInError::Unavailable { reason: "the store is closed".into() });
        }
        let begun = self.wait(async { Ok(self.pool.begin_with(how).await?) })?;
        Ok(View { rows: self, begun: Mutex::new(begun) })
    }
}

impl SecretRows for PostgresSecrets {
    fn read(&self, look: Looking<'_>) -> Result<(), SignInError> {
        // One picture of the rows, however many are looked at.
        let view = self.begin("begin isolation level repeatable read read only")?;
        look(&view)?;
        view.end()
    }

    fn change(&self, lasting: Lasting, judge: Judging<'_>) -> Result<(), SignInError> {
        // INVARIANT: read committed, so that what is looked at behind the lock is what the change before it has written.
        let view = self.begin("begin isolation level read committed")?;
        view.lock(lasting)?;
        // Where the judgement is no, the change is dropped here and rolled back.
        let writes = judge(&view)?;
        view.write(writes)?;
        view.end()
    }

    fn forget_removed(&self) -> Result<(), SignInError> {
        // Writes the table anew without what was removed, and frees the old file.
        self.wait(async {
            let mut connection = self.pool.acquire().await?;
            sqlx::raw_sql("vacuum full siyi.secrets").execute(&mut *connection).await?;
            Ok(())
        })
    }

    fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }
}

/// A transaction, looked at.
struct View<'a> {
    rows: &'a PostgresSecrets,
    begun: Mutex<Transaction<'static, Postgres>>,
}

impl View<'_> {
    fn lock(&self, lasting: Lasting) -> Result<(), SignInError> {
        self.rows.wait(async {
            let mut begun = self.begun.lock().await;
            if lasting == Lasting::Process {
                // Lost with the power at most, within a second.
                sqlx::query("set local synchronous_commit = off").execute(&mut **begun).await?;
            }
            sqlx::query("select pg_advisory_xact_lock($1)").bind(CHANGE).execute(&mut **begun).await?;
            Ok(())
        })
    }

    fn write(&self, writes: Vec<Write>) -> Result<(), SignInError> {
        self.rows.wait(async {
            let mut begun = self.begun.lock().await;
            for write in writes {
                let query = match write {
                    Write::Put(key, value) => sqlx::query(
                        "insert into siyi.secrets (key, value) values ($1, $2) \
                         on conflict (key) do update set value = excluded.value",
                    )
                    .bind(key)
                    .bind(value),
                    Write::Remove(key) => sqlx::query("delete from siyi.secrets where key = $1").bind(key),
                };
                query.execute(&mut **begun).await?;
            }
            Ok(())
        })
    }

    fn end(self) -> Result<(), SignInError> {
        let Self { rows, begun } = self;
        rows.wait(async { Ok(begun.into_inner().commit().await?) })
    }
}

impl Look for View<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, SignInError> {
        self.rows.wait(async {
            let mut begun = self.begun.lock().await;
            let query = sqlx::query_scalar("select value from siyi.secrets where key = $1").bind(key);
            Ok(query.fetch_optional(&mut **begun).await?)
        })
    }

    fn first(&self, prefix: &[u8], most: usize) -> Result<Vec<Pair>, SignInError> {
        self.rows.wait(async {
            let mut begun = self.begun.lock().await;
            let query = "select key, value from siyi.secrets \
                         where key >= $1 and ($2::bytea is null or key < $2) order by key limit $3";
            let query = sqlx::query(query).bind(prefix).bind(behind(prefix));
            let rows = query.bind(i64::try_from(most).unwrap_or(i64::MAX)).fetch_all(&mut **begun).await?;
            rows.iter().map(|row| Ok((row.try_get("key")?, row.try_get("value")?))).collect()
        })
    }
}

/// The first key behind all that begin with `prefix`; none where there is no such key.
fn behind(prefix: &[u8]) -> Option<Vec<u8>> {
    let kept = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut behind = prefix.get(..=kept)?.to_vec();
    if let Some(last) = behind.last_mut() {
        *last += 1;
    }
    Some(behind)
}

#[cfg(test)]
mod tests {
    use super::behind;

    #[test]
    fn behind_a_prefix_comes_what_does_not_begin_with_it() {
        assert_eq!(behind(b"a"), Some(b"b".to_vec()));
        assert_eq!(behind(&[1, 255]), Some(vec![2]));
        assert_eq!(behind(&[1, 255, 7]), Some(vec![1, 255, 8]));
        assert_eq!((behind(&[]), behind(&[255, 255])), (None, None));
    }
}
