//! The tables, made by numbered steps that are never changed once released.

use crate::error::{SharedError, Trouble};
use sqlx::{Connection, PgConnection};

/// The version of the tables that this program writes, and the newest that it reads.
pub const SCHEMA_VERSION: i32 = 4;

/// Each step with the version that it leads to.
const STEPS: [(i32, &str); 4] = [
    (1, include_str!("../migrations/0001-keys-and-vault.sql")),
    (2, include_str!("../migrations/0002-secrets.sql")),
    (3, include_str!("../migrations/0003-attachments.sql")),
    (4, include_str!("../migrations/0004-seeds.sql")),
];

/// So that of several nodes that start at once one makes the tables: a number that nobody else uses.
const LOCK: i64 = 0x7369_7969_0001;

/// The version of the tables; 0 where there are none.
///
/// # Errors
/// [`SharedError::TooNew`].
pub(crate) async fn version(connection: &mut PgConnection) -> Result<i32, SharedError> {
    let found = read_version(connection).await?;
    if found > SCHEMA_VERSION {
        return Err(SharedError::TooNew { found, supported: SCHEMA_VERSION });
    }
    Ok(found)
}

/// Brings the tables up to [`SCHEMA_VERSION`], all steps or none.
pub(crate) async fn migrate(connection: &mut PgConnection) -> Result<(), SharedError> {
    let mut change = connection.begin().await.map_err(Trouble::from)?;
    let lock = sqlx::query("select pg_advisory_xact_lock($1)").bind(LOCK);
    lock.execute(&mut *change).await.map_err(Trouble::from)?;
    // Once more, behind the lock: somebody else may have been faster.
    let found = version(&mut change).await?;
    run(&mut change, found).await?;
    Ok(change.commit().await.map_err(Trouble::from)?)
}

async fn run(connection: &mut PgConnection, found: i32) -> Result<(), Trouble> {
    let there = "select exists (select from pg_catalog.pg_namespace where nspname = 'siyi')";
    // Asked for first, since to make it only where it is missing needs the right to make it even where it is there.
    if !sqlx::query_scalar::<_, bool>(there).fetch_one(&mut *connection).await? {
        sqlx::raw_sql("create schema siyi").execute(&mut *connection).await?;
    }
    let table = "create table if not exists siyi.schema_version \
                 (version integer primary key, made_at timestamptz not null default now())";
    sqlx::raw_sql(table).execute(&mut *connection).await?;
    for (version, step) in STEPS.into_iter().filter(|(version, _)| *version > found) {
        sqlx::raw_sql(step).execute(&mut *connection).await?;
        let note = sqlx::query("insert into siyi.schema_version (version) values ($1)").bind(version);
        note.execute(&mut *connection).await?;
    }
    Ok(())
}

async fn read_version(connection: &mut PgConnection) -> Result<i32, Trouble> {
    let there = "select to_regclass('siyi.schema_version') is not null";
    if !sqlx::query_scalar::<_, bool>(there).fetch_one(&mut *connection).await? {
        return Ok(0);
    }
    let version = sqlx::query_scalar("select coalesce(max(version), 0) from siyi.schema_version");
    Ok(version.fetch_one(connection).await?)
}
