//! 删除之后: where an erasure still has to reach once the log holds it. The vault forgets at once; here the read models lose the
//! bytes of what they overwrote, and the sign-in loses the secrets of an account that is nobody's any more.
//!
//! A mark lies in the data folder from before the erasure is recorded until everything is done, so that a crash in between is
//! made good at the next start. Of several nodes over one log each has read models of its own, and any of them may record an
//! erasure: these follow the log instead ([`following`]).

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;

use serde_json::json;
use siyi_attachments::AttachmentError;
use siyi_domain::ids::{JurisdictionCode, PaperHash, PersonId};
use siyi_domain::office::{Actor, Office};
use siyi_domain::roster::{Keeping, RosterEvent};
use siyi_log::envelope::{DomainEvent, Recorded};
use siyi_log::handler::{HandleError, Request, Target};
use siyi_log::port::{AllFrom, Direction, EventStore, MAX_READ, ReadError, StoredEvent};
use siyi_projections::directory;
use siyi_sign_in::SignIn;
use uuid::Uuid;

use crate::app::App;
use crate::attachments::owner;
use crate::retention::overdue;

mod following;

use following::Following;

/// Erasures under way, and the mark that says so.
pub struct Erasing {
    mark: PathBuf,
    under_way: Mutex<usize>,
    /// Of a node over a shared database, which learns of every erasure from the log, its own included.
    following: Option<Following>,
}

impl Erasing {
    /// Of a node with this data folder.
    ///
    /// # Errors
    /// Where the folder or the log does not answer.
    pub async fn open(data: &Path, store: &dyn EventStore, is_one_of_several: bool) -> Result<Self, ReadError> {
        let following = if is_one_of_several { Some(Following::open(data, store).await?) } else { None };
        Ok(Self { mark: data.join("erasing"), under_way: Mutex::new(0), following })
    }

    /// Ends the following of the log.
    pub fn stop(&self) {
        if let Some(following) = &self.following {
            following.stop();
        }
    }

    /// Whether an earlier process left something undone.
    #[must_use]
    pub fn is_owed(&self) -> bool {
        self.mark.exists()
    }

    fn begin(&self) -> io::Result<()> {
        if self.following.is_some() {
            return Ok(());
        }
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        *under_way += 1;
        std::fs::File::create(&self.mark)?.sync_all()?;
        self.mark.parent().map_or(Ok(()), |folder| std::fs::File::open(folder)?.sync_all())
    }

    fn end(&self) {
        if self.following.is_some() {
            return;
        }
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        *under_way = under_way.saturating_sub(1);
        if *under_way == 0
            && let Err(error) = std::fs::remove_file(&self.mark)
        {
            tracing::warn!(%error, "the mark of an erasure stays; the next start makes the directory anew");
        }
    }
}

/// Whether a command takes a person's data or a file away.
#[must_use]
pub fn takes_away(command: &str) -> bool {
    matches!(command, "erasePerson" | "restrictPerson" | "disposeFile")
}

/// The file that a command has destroyed, and where it is kept.
#[must_use]
pub fn disposed(request: &Request) -> Option<(JurisdictionCode, PaperHash)> {
    let Target::Jurisdiction(place) = &request.target else { return None };
    let file = (request.name == "disposeFile").then(|| request.input.get("file")?.as_str()).flatten()?;
    Some((place.clone(), file.to_owned().try_into().ok()?))
}

impl App {
    /// Says that an erasure is about to be recorded.
    ///
    /// # Errors
    /// Where the mark cannot be made durable: then nothing may be recorded.
    pub fn erasure_begins(&self) -> io::Result<()> {
        self.erasing.begin()
    }

    /// The erasure was refused, or broke: there is nothing to reach.
    pub fn erasure_failed(&self) {
        self.erasing.end();
    }

    /// The erasure stands in the log: makes the directory anew without what it held, and ends what only that person had.
    /// Answers at once; a failure is logged and made good at the next start.
    pub fn erasure_recorded(&self, person: Option<PersonId>) {
        if self.erasing.following.is_some() {
            return;
        }
        let app = self.clone();
        tokio::spawn(async move {
            if let Some(person) = person {
                // What is not wiped now is finished when the attachments are opened again.
                let files = app.erase_files(person).await;
                if let Err(error) = files.and(app.end_what_only_they_had(person).await) {
                    tracing::error!(%error, "an erased person's files or account did not end; the next start tries again");
                    return;
                }
            }
            app.make_directory_anew().await;
        });
    }

    /// The disposal stands in the log: the file goes. A failure is logged and made good at the next start.
    pub async fn disposal_recorded(&self, place: &JurisdictionCode, file: &PaperHash) {
        match self.remove_overdue(place, file).await {
            Ok(()) => self.erasing.end(),
            Err(error) => tracing::error!(%error, "a file was not removed; the next start tries again"),
        }
    }

    /// Removes the copies of a file whose period is over; where there are none, that is no failure. What was handed in again
    /// since, or belongs to no class of records, stays.
    async fn remove_overdue(&self, place: &JurisdictionCode, file: &PaperHash) -> Result<(), Failed> {
        let failed = |error: AttachmentError| Failed(error.to_string());
        let over = overdue(self, place).await.map_err(failed)?;
        for (of, _) in over.iter().filter(|(of, _)| of.digest.to_string() == file.as_str()) {
            self.attachments.remove(owner(of), of.digest).await.map_err(failed)?;
        }
        Ok(())
    }

    /// Removes every file that the log says destroyed.
    async fn make_good_disposals(&self) -> Result<(), Failed> {
        let mut from = AllFrom::Start;
        loop {
            let events = self.store.read_all(from, Direction::Forwards, MAX_READ).await;
            let events = events.map_err(|error| Failed(error.to_string()))?;
            let Some(last) = events.last() else { return Ok(()) };
            from = AllFrom::After(last.position);
            for event in &events {
                self.dispose_of(event).await?;
            }
        }
    }

    /// Removes the file that an event says destroyed, if it says so.
    async fn dispose_of(&self, event: &StoredEvent) -> Result<(), Failed> {
        if event.event_type != "file-disposed.v1" {
            return Ok(());
        }
        let recorded = Recorded::read(event).map_err(|error| Failed(error.to_string()))?;
        match recorded.map(|recorded| recorded.event) {
            Some(DomainEvent::Roster(place, RosterEvent::FileDisposed(disposed))) => {
                self.remove_overdue(&place, &disposed.file).await
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Goes on where an earlier process ended in the middle of an erasure.
    pub fn make_good_erasures(&self) {
        self.follow_erasures();
        if !self.erasing.is_owed() || self.erasure_begins().is_err() {
            return;
        }
        let app = self.clone();
        tokio::spawn(async move {
            if let Err(error) = app.make_good_disposals().await {
                tracing::error!(%error, "files of which the period is over were not removed");
                return;
            }
            if let Some(door) = &app.sign_in
                && let Err(error) = app.end_empty_accounts(&door.sign_in).await
            {
                tracing::error!(%error, "accounts of erased persons did not end");
                return;
            }
            app.make_directory_anew().await;
        });
    }

    /// The last step of an erasure.
    async fn make_directory_anew(&self) {
        match self.models.directory.rebuild().await {
            Ok(_) => self.erasing.end(),
            Err(error) => tracing::error!(%error, "the directory was not made anew; the next start tries again"),
        }
    }

    async fn erase_files(&self, person: PersonId) -> Result<(), Failed> {
        self.attachments.erase(person.0).await.map(drop).map_err(|error| Failed(error.to_string()))
    }

    async fn end_what_only_they_had(&self, person: PersonId) -> Result<(), Failed> {
        let Some(door) = &self.sign_in else { return Ok(()) };
        door.sign_in.withdraw_invitations(person).await?;
        match directory::account_of(&self.models.directory.shelf(), person).map_err(|e| Failed(e.to_string()))? {
            Some(account) => self.end_if_empty(&door.sign_in, account).await,
            None => Ok(()),
        }
    }

    async fn end_empty_accounts(&self, sign_in: &SignIn) -> Result<(), Failed> {
        for account in sign_in.accounts_kept().await? {
            self.end_if_empty(sign_in, account).await?;
        }
        Ok(())
    }

    /// An account that acts as nobody any more is closed, and its secrets are removed.
    async fn end_if_empty(&self, sign_in: &SignIn, account: Uuid) -> Result<(), Failed> {
        let state = self.handler.account(account).await?;
        let mut last = None;
        for (place, person) in &state.persons {
            if self.handler.roster(place).await?.keeping(*person) != Keeping::Erased {
                return Ok(());
            }
            last = Some(*person);
        }
        if let (Some(person), false) = (last, state.closed) {
            let request = Request {
                command_id: crate::graphql::new_id(),
                target: Target::Account(account),
                name: "closeAccount".to_owned(),
                input: json!({ "reason": "人员信息已删除" }),
                occurred_at: None,
                actor: Actor { person, office: Office::Operator },
                correlation_id: None,
                via: None,
            };
            self.handler.handle(&request).await?;
        }
        sign_in.remove_account(account).await?;
        Ok(())
    }
}

/// Why an account did not end.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Failed(String);

impl From<HandleError> for Failed {
    fn from(error: HandleError) -> Self {
        Self(error.to_string())
    }
}

impl From<siyi_sign_in::SignInError> for Failed {
    fn from(error: siyi_sign_in::SignInError) -> Self {
        Self(error.to_string())
    }
}
