//! The index of attachments in tables. The files lie elsewhere.

use crate::error::Trouble;
use crate::shared::within;
use siyi_attachments::{AttachmentError, FileName, Index, Note, Of, Row as Indexed, RowKey, owner_of, row_key};
use siyi_domain::ids::JurisdictionCode;
use sqlx::Row;
use sqlx::postgres::{PgPool, PgRow};
use std::collections::HashSet;
use tokio::runtime::Handle;
use uuid::Uuid;

/// Held while a quota is judged, so that it is by one node at a time: a number that nobody else uses.
const QUOTA: i64 = 0x7369_7969_0003;

/// After so long nobody is still writing a file: a call to the object store ends after 90 s.
const ABANDONED: &str = "1 hour";

/// Rows, and the notes of files that were put into their place.
const OWE_TAKEN: &str = "insert into siyi.attachment_notes (file, owner, village, stored_bytes, is_owed) \
                         select file, owner, village, stored_bytes, true from taken";

/// [`Index`] in PostgreSQL. Its calls block, and belong on a thread that may.
#[derive(Clone)]
pub struct PostgresIndex {
    pub(crate) pool: PgPool,
    pub(crate) handle: Handle,
}

impl std::fmt::Debug for PostgresIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresIndex").finish_non_exhaustive()
    }
}

impl PostgresIndex {
    /// Where the files lie; none where there never were any.
    pub(crate) async fn place(&self) -> Result<Option<String>, Trouble> {
        let query = sqlx::query_scalar("select place from siyi.attachments_place");
        Ok(query.fetch_optional(&self.pool).await?)
    }

    /// Says where the files lie. Of several nodes that begin at once the first says it; answers what was said.
    pub(crate) async fn set_place(&self, place: &str, before: Option<&str>) -> Result<String, Trouble> {
        let set = "insert into siyi.attachments_place (place) values ($1) on conflict (the_only_one) \
                   do update set place = excluded.place where attachments_place.place = $2";
        sqlx::query(set).bind(place).bind(before).execute(&self.pool).await?;
        let said = sqlx::query_scalar("select place from siyi.attachments_place");
        Ok(said.fetch_one(&self.pool).await?)
    }

    fn wait<T>(&self, call: impl Future<Output = Result<T, Trouble>>) -> Result<T, AttachmentError> {
        Ok(self.handle.block_on(within(call))?)
    }

    /// Notes a file unless the village would have more than its quota; answers how much it has left where it would.
    async fn reserve_within(&self, file: FileName, note: &Note, quota_bytes: u64) -> Result<Result<(), u64>, Trouble> {
        let mut change = self.pool.begin().await?;
        sqlx::query("select pg_advisory_xact_lock($1)").bind(QUOTA).execute(&mut *change).await?;
        let used = sqlx::query_scalar(USED).bind(note.village.as_str()).fetch_one(&mut *change).await?;
        let left = quota_bytes.saturating_sub(bytes_of(used)?);
        if note.stored_bytes > left {
            return Ok(Err(left));
        }
        let insert = "insert into siyi.attachment_notes (file, owner, village, stored_bytes, is_owed) \
                      values ($1, $2, $3, $4, false)";
        let insert = sqlx::query(insert).bind(file).bind(note.owner).bind(note.village.as_str());
        insert.bind(number_of(note.stored_bytes)?).execute(&mut *change).await?;
        change.commit().await?;
        Ok(Ok(()))
    }

    /// Puts a row in the place of its note. No where there is a row; none where there is no note.
    async fn put_for_note(&self, at: &RowKey, row: &Indexed) -> Result<Option<bool>, Trouble> {
        let mut change = self.pool.begin().await?;
        let noted = sqlx::query("delete from siyi.attachment_notes where file = $1 and not is_owed").bind(row.file);
        let is_noted = noted.execute(&mut *change).await?.rows_affected() == 1;
        let insert = "insert into siyi.attachments (keyed, owner, file, village, stored_bytes, sealed) \
                      values ($1, $2, $3, $4, $5, $6) on conflict (keyed, owner) do nothing";
        let (keyed, owner) = parts(at);
        let insert = sqlx::query(insert).bind(keyed).bind(owner).bind(row.file).bind(row.village.as_str());
        let insert = insert.bind(number_of(row.stored_bytes)?).bind(&row.sealed);
        let is_new = insert.execute(&mut *change).await?.rows_affected() == 1;
        if is_new && is_noted {
            change.commit().await?;
            return Ok(Some(true));
        }
        // The change is dropped, and with it everything in it.
        Ok(if is_new { None } else { Some(false) })
    }

    async fn taken(&self, owner: Uuid) -> Result<usize, Trouble> {
        let mut change = self.pool.begin().await?;
        let owe = "update siyi.attachment_notes set is_owed = true where owner = $1";
        sqlx::query(owe).bind(owner).execute(&mut *change).await?;
        let take = format!("with taken as (delete from siyi.attachments where owner = $1 returning *) {OWE_TAKEN}");
        let taken = sqlx::query(sqlx::AssertSqlSafe(take)).bind(owner).execute(&mut *change).await?.rows_affected();
        change.commit().await?;
        Ok(usize::try_from(taken).unwrap_or(usize::MAX))
    }
}

/// What the files of a village take.
const USED: &str = "select coalesce(sum(stored_bytes), 0)::bigint from (\
                    select stored_bytes from siyi.attachments where village = $1 union all \
                    select stored_bytes from siyi.attachment_notes where village = $1) as files";

impl Index for PostgresIndex {
    fn row(&self, at: &RowKey) -> Result<Option<Indexed>, AttachmentError> {
        let (keyed, owner) = parts(at);
        let query = "select file, village, stored_bytes, sealed from siyi.attachments where keyed = $1 and owner = $2";
        let query = sqlx::query(query).bind(keyed).bind(owner);
        self.wait(async { query.fetch_optional(&self.pool).await?.as_ref().map(indexed).transpose() })
    }

    fn rows(&self, of: Of<'_>) -> Result<Vec<(RowKey, Indexed)>, AttachmentError> {
        let query = match of {
            Of::Owner(owner) => sqlx::query("select * from siyi.attachments where owner = $1").bind(owner),
            Of::Village(village) => {
                sqlx::query("select * from siyi.attachments where village = $1").bind(village.as_str().to_owned())
            }
        };
        self.wait(async {
            query.fetch_all(&self.pool).await?.iter().map(|row| Ok((at(row)?, indexed(row)?))).collect()
        })
    }

    fn owners(&self, keyed: &[u8; 32]) -> Result<Vec<Uuid>, AttachmentError> {
        let query = sqlx::query_scalar("select owner from siyi.attachments where keyed = $1 order by owner");
        self.wait(async { Ok(query.bind(keyed.to_vec()).fetch_all(&self.pool).await?) })
    }

    fn used_bytes(&self, village: &JurisdictionCode) -> Result<u64, AttachmentError> {
        let query = sqlx::query_scalar(USED).bind(village.as_str());
        self.wait(async { bytes_of(query.fetch_one(&self.pool).await?) })
    }

    fn reserve(&self, file: FileName, note: &Note, quota_bytes: u64) -> Result<(), AttachmentError> {
        let asked = note.stored_bytes;
        let reserved = self.wait(self.reserve_within(file, note, quota_bytes))?;
        reserved.map_err(|left| AttachmentError::Quota { asked, left, unit: "bytes" })
    }

    fn put(&self, at: &RowKey, row: &Indexed) -> Result<bool, AttachmentError> {
        self.wait(self.put_for_note(at, row))?.ok_or_else(AttachmentError::given_up)
    }

    fn take(&self, at: &RowKey, file: FileName) -> Result<bool, AttachmentError> {
        let row = "delete from siyi.attachments where keyed = $1 and owner = $2 and file = $3 returning *";
        let (keyed, owner) = parts(at);
        let take = sqlx::AssertSqlSafe(format!("with taken as ({row}) {OWE_TAKEN}"));
        let take = sqlx::query(take).bind(keyed).bind(owner).bind(file);
        self.wait(async { Ok(take.execute(&self.pool).await?.rows_affected() == 1) })
    }

    fn take_owner(&self, owner: Uuid) -> Result<usize, AttachmentError> {
        self.wait(self.taken(owner))
    }

    fn give_up(&self, file: FileName) -> Result<bool, AttachmentError> {
        let owe = sqlx::query("update siyi.attachment_notes set is_owed = true where file = $1 and not is_owed");
        self.wait(async { Ok(owe.bind(file).execute(&self.pool).await?.rows_affected() == 1) })
    }

    fn give_up_abandoned(&self) -> Result<(), AttachmentError> {
        let owe = "update siyi.attachment_notes set is_owed = true \
                   where not is_owed and noted_at < now() - $1::text::interval";
        self.wait(async { Ok(sqlx::query(owe).bind(ABANDONED).execute(&self.pool).await.map(drop)?) })
    }

    fn owed(&self, owner: Option<Uuid>) -> Result<Vec<FileName>, AttachmentError> {
        let query = "select file from siyi.attachment_notes where is_owed and ($1::uuid is null or owner = $1)";
        self.wait(async { Ok(sqlx::query_scalar(query).bind(owner).fetch_all(&self.pool).await?) })
    }

    fn settle(&self, file: FileName) -> Result<(), AttachmentError> {
        let query = sqlx::query("delete from siyi.attachment_notes where file = $1 and is_owed").bind(file);
        self.wait(async { Ok(query.execute(&self.pool).await.map(drop)?) })
    }

    fn files(&self) -> Result<HashSet<FileName>, AttachmentError> {
        // In one statement, so that no file is missed on its way from its note to its row.
        let query = "select file from siyi.attachments union all select file from siyi.attachment_notes";
        self.wait(async { Ok(sqlx::query_scalar(query).fetch_all(&self.pool).await?.into_iter().collect()) })
    }

    fn erasing(&self) -> Result<Vec<Uuid>, AttachmentError> {
        let query = sqlx::query_scalar("select owner from siyi.attachment_erasing");
        self.wait(async { Ok(query.fetch_all(&self.pool).await?) })
    }

    fn begin_erasing(&self, owner: Uuid) -> Result<(), AttachmentError> {
        let insert = sqlx::query("insert into siyi.attachment_erasing (owner) values ($1) on conflict do nothing");
        self.wait(async { Ok(insert.bind(owner).execute(&self.pool).await.map(drop)?) })
    }

    fn end_erasing(&self, owner: Uuid) -> Result<(), AttachmentError> {
        let delete = sqlx::query("delete from siyi.attachment_erasing where owner = $1").bind(owner);
        self.wait(async { Ok(delete.execute(&self.pool).await.map(drop)?) })
    }
}

fn parts(at: &RowKey) -> (Vec<u8>, Uuid) {
    (at.iter().take(32).copied().collect(), owner_of(at))
}

fn at(row: &PgRow) -> Result<RowKey, Trouble> {
    let keyed: Vec<u8> = row.try_get("keyed")?;
    let keyed = keyed.try_into().map_err(|_| damaged("a keyed digest has no 32 bytes"))?;
    Ok(row_key(&keyed, row.try_get("owner")?))
}

fn indexed(row: &PgRow) -> Result<Indexed, Trouble> {
    let village: String = row.try_get("village")?;
    let village = village.parse().map_err(|_| damaged("a village has no code"))?;
    let stored_bytes = bytes_of(row.try_get("stored_bytes")?)?;
    Ok(Indexed { file: row.try_get("file")?, village, stored_bytes, sealed: row.try_get("sealed")? })
}

fn bytes_of(number: i64) -> Result<u64, Trouble> {
    u64::try_from(number).map_err(|_| damaged("a size is negative"))
}

fn number_of(bytes: u64) -> Result<i64, Trouble> {
    i64::try_from(bytes).map_err(|_| damaged("a size is too large"))
}

fn damaged(what: &str) -> Trouble {
    Trouble::Damaged(format!("the index of attachments: {what}"))
}
