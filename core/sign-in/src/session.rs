//! 会话: who signed in keeps a random id, and only its SHA-256 is here.

use serde::{Deserialize, Serialize};
use siyi_domain::moment::Moment;
use uuid::Uuid;

use crate::error::SignInError;
use crate::identity::{Identity, SignInMethod};
use crate::random;
use crate::sign_in::{SignIn, moment};
use crate::store::{Change, Kind, Reader, Row, Store};

/// Seconds without a request after which a session is over.
pub const IDLE_SECONDS: i64 = 30 * 60;
/// Seconds after which a session is over in any case.
pub const ABSOLUTE_SECONDS: i64 = 12 * 60 * 60;
/// Most sessions of an account; a further one ends the one that was seen longest ago.
pub const MAX_SESSIONS: usize = 20;
/// A request writes down that a session was seen at most this often.
const NOTED_MS: i64 = 60_000;

/// A session that begins.
#[derive(Debug)]
pub struct NewSession {
    /// 256 random bits, for the browser's cookie and nobody else.
    pub id: String,
    /// Who signed in.
    pub identity: Identity,
}

/// A session in its owner's list. Deliberately absent: from which address and with which browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionLine {
    /// Its key, by which it is ended; it opens nothing.
    pub key: String,
    /// How it began.
    pub method: SignInMethod,
    /// When it began.
    pub signed_in_at: Moment,
    /// When it was last seen, to the minute.
    pub seen_at: Moment,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SessionRow {
    method: SignInMethod,
    signed_in_ms: i64,
    seen_ms: i64,
}

impl SessionRow {
    const fn is_over(&self, now_ms: i64) -> bool {
        // A clock that was turned back does not lengthen a session.
        now_ms < self.signed_in_ms - NOTED_MS
            || now_ms - self.signed_in_ms >= ABSOLUTE_SECONDS * 1000
            || now_ms - self.seen_ms >= IDLE_SECONDS * 1000
    }
}

fn key(digest: &[u8]) -> String {
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn sessions(rows: &Reader<'_>, account: Uuid) -> Result<Vec<Row<SessionRow>>, SignInError> {
    rows.rows(account, Kind::Session)
}

/// Ends sessions of an account.
fn end(
    rows: &Reader<'_>,
    change: &mut Change,
    account: Uuid,
    which: impl Fn(&Row<SessionRow>) -> bool,
) -> Result<usize, SignInError> {
    let ended: Vec<_> = sessions(rows, account)?.into_iter().filter(which).collect();
    for row in &ended {
        change.remove(account, Kind::Session, row);
    }
    Ok(ended.len())
}

/// Ends every session of an account but one.
pub(crate) fn end_all_but(
    rows: &Reader<'_>,
    change: &mut Change,
    account: Uuid,
    keep: Option<&str>,
) -> Result<usize, SignInError> {
    end(rows, change, account, |row| keep != Some(key(&row.id).as_str()))
}

impl SignIn {
    /// Begins a session under a new id, and ends the one that the browser came with: an id that somebody planted before the
    /// sign-in is worth nothing after it.
    pub(crate) async fn begin_session(
        &self,
        account: Uuid,
        method: SignInMethod,
        previous: Option<&str>,
    ) -> Result<NewSession, SignInError> {
        let (now, id) = (self.now(), random::secret()?);
        let digest = random::digest(id.as_bytes());
        let previous = previous.map(|previous| random::digest(previous.as_bytes()));
        self.blocking(move |store| {
            store.change(|rows, change| {
                if let Some(previous) = previous
                    && let Some((owner, old)) = rows.find(Kind::Session, &previous)?
                {
                    end(rows, change, owner, |row| row.id == old)?;
                }
                make_room(rows, change, account, now.millisecond())?;
                let (signed_in_ms, seen_ms) = (now.millisecond(), now.millisecond());
                let value = SessionRow { method, signed_in_ms, seen_ms };
                change.put(account, Kind::Session, &Row { id: digest.to_vec(), digest: Some(digest), value })
            })
        })
        .await?;
        let identity = Identity { account, method, signed_in_at: now, session: Some(key(&digest)), scopes: None };
        Ok(NewSession { id, identity })
    }

    /// Whose session an id is.
    pub(crate) async fn session(&self, id: &str, now: Moment) -> Result<Option<Identity>, SignInError> {
        let digest = random::digest(id.as_bytes());
        self.blocking(move |store| look_up(store, &digest, now)).await
    }

    /// Ends the session with this id: signing out.
    ///
    /// # Errors
    /// [`SignInError::Unavailable`].
    pub async fn sign_out(&self, id: &str) -> Result<(), SignInError> {
        let digest = random::digest(id.as_bytes());
        self.blocking(move |store| {
            store.change(|rows, change| {
                let Some((account, old)) = rows.find(Kind::Session, &digest)? else { return Ok(()) };
                end(rows, change, account, |row| row.id == old).map(drop)
            })
        })
        .await
    }

    /// The sessions of an account that are not over, the newest first.
    ///
    /// # Errors
    /// [`SignInError::Unavailable`].
    pub async fn sessions(&self, account: Uuid) -> Result<Vec<SessionLine>, SignInError> {
        let now = self.now().millisecond();
        let rows = self.blocking(move |store| store.read(|rows| sessions(rows, account))).await?;
        let mut lines: Vec<SessionLine> = rows
            .into_iter()
            .filter(|row| !row.value.is_over(now))
            .map(|row| SessionLine {
                key: key(&row.id),
                method: row.value.method,
                signed_in_at: moment(row.value.signed_in_ms),
                seen_at: moment(row.value.seen_ms),
            })
            .collect();
        lines.sort_by_key(|line| std::cmp::Reverse(line.signed_in_at));
        Ok(lines)
    }

    /// Ends one session of an account.
    ///
    /// # Errors
    /// [`SignInError::Unknown`] if it has none of this key.
    pub async fn end_session(&self, account: Uuid, session: &str) -> Result<(), SignInError> {
        let session = session.to_owned();
        let ended = self
            .blocking(move |store| {
                store.change(|rows, change| end(rows, change, account, |row| key(&row.id) == session))
            })
            .await?;
        if ended == 0 { Err(SignInError::Unknown) } else { Ok(()) }
    }

    /// Ends every session of an account, except perhaps the one it is asked from. Answers how many there were.
    ///
    /// # Errors
    /// [`SignInError::Unavailable`].
    pub async fn end_sessions(&self, account: Uuid, keep: Option<&str>) -> Result<usize, SignInError> {
        let keep = keep.map(str::to_owned);
        self.blocking(move |store| store.change(|rows, change| end_all_but(rows, change, account, keep.as_deref())))
            .await
    }
}

fn make_room(rows: &Reader<'_>, change: &mut Change, account: Uuid, now_ms: i64) -> Result<(), SignInError> {
    let (over, mut open): (Vec<_>, Vec<_>) =
        sessions(rows, account)?.into_iter().partition(|row| row.value.is_over(now_ms));
    open.sort_by_key(|row| std::cmp::Reverse(row.value.seen_ms));
    for row in over.iter().chain(open.iter().skip(MAX_SESSIONS - 1)) {
        change.remove(account, Kind::Session, row);
    }
    Ok(())
}

fn look_up(store: &Store, digest: &[u8; 32], now: Moment) -> Result<Option<Identity>, SignInError> {
    let found = store.read(|rows| {
        let Some((account, id)) = rows.find(Kind::Session, digest)? else { return Ok(None) };
        Ok(rows.row::<SessionRow>(account, Kind::Session, &id)?.map(|row| (account, row)))
    })?;
    let Some((account, row)) = found else { return Ok(None) };
    if row.value.is_over(now.millisecond()) {
        store.change(|_, change| {
            change.remove(account, Kind::Session, &row);
            Ok(())
        })?;
        return Ok(None);
    }
    if now.millisecond() - row.value.seen_ms >= NOTED_MS {
        store.note(|rows, change| {
            // It may have been ended since it was looked at, and must not rise again.
            let Some(mut row) = rows.row::<SessionRow>(account, Kind::Session, &row.id)? else { return Ok(()) };
            row.value.seen_ms = now.millisecond();
            change.put(account, Kind::Session, &row)
        })?;
    }
    let (method, signed_in_at) = (row.value.method, moment(row.value.signed_in_ms));
    Ok(Some(Identity { account, method, signed_in_at, session: Some(key(digest)), scopes: None }))
}
