//! Seeds that wait for a signature, in a table that is not logged.

use crate::error::Trouble;
use crate::shared::within;
use async_trait::async_trait;
use siyi_domain::moment::Moment;
use siyi_log::keys::DataKey;
use siyi_log::vault::{MAX_SEEDS, SEED_KEPT_MS, Seed, Seeds, VaultError, is_waiting};
use sqlx::postgres::PgPool;
use uuid::Uuid;

/// [`Seeds`] in PostgreSQL. Who reads the table without the master key reads nothing.
pub struct PostgresSeeds {
    pub(crate) pool: PgPool,
    pub(crate) key: DataKey,
}

impl std::fmt::Debug for PostgresSeeds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresSeeds").finish_non_exhaustive()
    }
}

/// The command is sealed with its seed, so that rows cannot be swapped.
fn context(command: Uuid) -> Vec<u8> {
    [b"siyi seed".as_slice(), command.as_bytes()].concat()
}

impl PostgresSeeds {
    async fn put(&self, command: Uuid, seed: &Seed, now: i64) -> Result<(), Trouble> {
        let sealed = self.key.seal(&context(command), seed.bytes()).map_err(Trouble::Broken)?;
        let put = "insert into siyi.seeds (command, kept_ms, sealed) values ($1, $2, $3) on conflict (command) \
                   do update set kept_ms = excluded.kept_ms, sealed = excluded.sealed";
        sqlx::query(put).bind(command).bind(now).bind(sealed).execute(&self.pool).await?;
        // What nobody took goes too, and what is too many.
        let over = "delete from siyi.seeds where kept_ms < $1 or command in \
                    (select command from siyi.seeds order by kept_ms desc offset $2)";
        let most = i64::try_from(MAX_SEEDS).unwrap_or(i64::MAX);
        sqlx::query(over).bind(now - SEED_KEPT_MS).bind(most).execute(&self.pool).await?;
        Ok(())
    }

    async fn taken(&self, command: Uuid, now: i64) -> Result<Option<Seed>, Trouble> {
        let take = "delete from siyi.seeds where command = $1 returning kept_ms, sealed";
        let taken: Option<(i64, Vec<u8>)> = sqlx::query_as(take).bind(command).fetch_optional(&self.pool).await?;
        let Some((_, sealed)) = taken.filter(|(kept, _)| is_waiting(*kept, now)) else { return Ok(None) };
        let seed = self.key.open(&context(command), &sealed).and_then(|seed| seed.as_slice().try_into().ok());
        let damaged = || Trouble::Damaged("a seed does not open".into());
        Ok(Some(Seed::from_bytes(seed.ok_or_else(damaged)?)))
    }
}

#[async_trait]
impl Seeds for PostgresSeeds {
    async fn keep(&self, command: Uuid, seed: Seed, now: Moment) -> Result<(), VaultError> {
        Ok(within(self.put(command, &seed, now.millisecond())).await?)
    }

    async fn take(&self, command: Uuid, now: Moment) -> Result<Option<Seed>, VaultError> {
        Ok(within(self.taken(command, now.millisecond())).await?)
    }
}
