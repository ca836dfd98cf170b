//! 双人签署: a second person signs what one alone may not do. From their own account they give a short code that the first one's
//! act carries; a supervisor without an account signs on paper, of which the act names the sheet.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use siyi_access::{About, Held, covers};
use siyi_attachments::{AttachmentError, Attachments};
use siyi_domain::ids::{JurisdictionCode, PaperHash, PersonId};
use siyi_domain::moment::Moment;
use siyi_domain::office::{Actor, Office};
use siyi_log::handler::{HandleError, Request};
use siyi_log::vault::{RandomSalts, Salts as _};
use siyi_log::via::{KnownBy, Second, SecondSigned};
use siyi_projections::models::Models;
use uuid::Uuid;

use super::{Caller, Gate, Identity, Shut, known_by, offices};
use crate::accounts::account_of;

/// Seconds for which a code is good.
pub const SECOND_CODE_SECONDS: i64 = 300;
/// Most codes that are remembered at a time; the oldest gives way.
pub const MAX_SECOND_CODES: usize = 1_000;
/// Letters that are not mistaken for one another.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Letters of a code: 50 bits, good for five minutes and one command.
const LENGTH: usize = 10;

/// Who gave a code, from which account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// The person.
    pub person: PersonId,
    /// The account.
    pub account: Uuid,
    /// How it had signed in.
    pub known_by: KnownBy,
}

#[derive(Debug)]
struct Waiting {
    given: Given,
    at: Moment,
    used_by: Option<Uuid>,
}

/// Codes that are good. They live in memory: whoever restarts the server asks for a new one.
#[derive(Debug, Default)]
pub struct Seconds {
    waiting: Mutex<HashMap<String, Waiting>>,
}

impl Seconds {
    /// A code, from random bytes.
    pub fn give(&self, given: Given, random: [u8; LENGTH], now: Moment) -> String {
        let letter = |byte: u8| ALPHABET.get(usize::from(byte % 32)).map_or('2', |letter| char::from(*letter));
        let code: String = random.into_iter().map(letter).collect();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, one| is_good(one, now));
        if waiting.len() >= MAX_SECOND_CODES
            && let Some(oldest) = waiting.iter().min_by_key(|(_, one)| one.at).map(|(code, _)| code.clone())
        {
            waiting.remove(&oldest);
        }
        waiting.insert(code.clone(), Waiting { given, at: now, used_by: None });
        code
    }

    /// Who gave it. Each is good for one command, which may come again: with a passkey's signature, or because its answer was
    /// lost.
    pub fn take(&self, code: &str, command: Uuid, now: Moment) -> Option<Given> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let one = waiting.get_mut(code).filter(|one| is_good(one, now))?;
        (*one.used_by.get_or_insert(command) == command).then_some(one.given)
    }
}

fn is_good(one: &Waiting, now: Moment) -> bool {
    now.since(one.at).as_secs() <= SECOND_CODE_SECONDS
}

/// What is asked about a signature on paper: whether the sheet is kept, and whether its signer should have given a code.
pub struct Papers {
    /// Whose account it is.
    pub models: Models,
    /// The sheets.
    pub attachments: Attachments,
}

impl Papers {
    /// Whether the sheet lies among those of the place, where no public board shows it.
    async fn keeps(&self, place: &JurisdictionCode, sheet: &PaperHash) -> Result<bool, AttachmentError> {
        let digest = sheet.as_str().parse()?;
        for owner in self.attachments.owners(digest).await? {
            let kept = self.attachments.particulars(owner, digest).await?;
            if kept.village == *place && crate::attachments::door(&kept) == "attachment:sheet" {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Gate {
    /// A code by which the person as whom an account acts in a place signs second; none for who is nobody there.
    ///
    /// # Errors
    /// [`HandleError`] if the log cannot be read, or there is no randomness.
    pub async fn give_second(
        &self,
        identity: &Identity,
        place: &JurisdictionCode,
    ) -> Result<Option<String>, HandleError> {
        let caller = Caller::Account(identity.clone());
        if !self.may(&caller, "giveSecond", &About::place(place.clone())).await? {
            return Ok(None);
        }
        let account = self.handler.account(identity.account).await?;
        // Of a village's person and a township's the nearer one signs.
        let near = account.persons.iter().filter(|(code, _)| code.contains(place));
        let Some((_, person)) = near.max_by_key(|(code, _)| code.level()) else { return Ok(None) };
        let mut random = [0; LENGTH];
        random.iter_mut().zip(RandomSalts.salt()?).for_each(|(byte, salt)| *byte = salt);
        let given = Given { person: *person, account: identity.account, known_by: known_by(identity.method) };
        Ok(Some(self.seconds.give(given, random, self.handler.clock().now())))
    }

    /// Who signs a command second: by a code, or on paper as `<person>:<SHA-256 of the sheet>`. None where the code is no good or
    /// the person holds no office in the place on the day of the command.
    ///
    /// # Errors
    /// [`HandleError`] if the log cannot be read.
    pub async fn second(
        &self,
        said: &str,
        command: (Uuid, Moment),
        place: &JurisdictionCode,
    ) -> Result<Option<Second>, HandleError> {
        let (command_id, at) = command;
        let (person, signed, held) = if let Some((person, sheet)) = said.split_once(':') {
            let (Ok(person), Ok(sheet)) = (person.parse(), PaperHash::try_from(sheet.to_owned())) else {
                return Ok(None);
            };
            let roster = self.handler.roster(place).await?;
            (person, SecondSigned::Paper { sheet }, offices(&roster, place, person, at.day()).collect())
        } else {
            let Some(given) = self.seconds.take(said, command_id, self.handler.clock().now()) else { return Ok(None) };
            let Given { person, account, known_by } = given;
            let state = self.handler.account(account).await?;
            (person, SecondSigned::Account { account, known_by }, self.held_by(&state, Some(place), at.day()).await?)
        };
        let is_here = |held: &Held| held.person == person && covers(held.office, &held.jurisdiction, Some(place));
        let here: Vec<Office> = held.into_iter().filter(is_here).map(|held| held.office).collect();
        let office = here.iter().find(|office| **office == Office::Supervisor).or(here.first()).copied();
        Ok(office.map(|office| Second { actor: Actor { person, office }, signed }))
    }

    /// What the policies look at of a second signature.
    pub(super) async fn tell_second(
        &self,
        second: &Second,
        place: &JurisdictionCode,
        about: &mut About,
    ) -> Result<(), Shut> {
        name_second(second, about);
        if let Some(sheet) = second.signed.sheet() {
            let untold = |error: &dyn std::error::Error| {
                tracing::error!(%error, "whether a sheet is kept cannot be told");
                Shut::Untold(error.to_string())
            };
            about.second_sheet_kept = self.papers.keeps(place, sheet).await.map_err(|error| untold(&error))?;
            let account = account_of(&self.handler, &self.papers.models, second.actor.person).await;
            about.second_has_account = account.map_err(|error| Shut::Untold(error.message))?.is_some();
        }
        Ok(())
    }
}

/// Who signed second and how, as far as the signature says it by itself.
pub(crate) fn name_second(second: &Second, about: &mut About) {
    about.second_signer = Some(second.actor.person);
    about.second_holds_supervisor = second.actor.office == Office::Supervisor;
    about.second_on_paper = second.signed.sheet().is_some();
}

/// The supervisors who signed what is published, as the command names them.
pub(super) fn supervisors(request: &Request) -> impl Iterator<Item = PersonId> {
    let named = request.input.get("supervisors").and_then(serde_json::Value::as_array);
    named.into_iter().flatten().filter_map(|person| person.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMAND: Uuid = Uuid::from_u128(5);

    fn at(minute: &str) -> Moment {
        format!("2026-03-11T15:{minute}:00+08:00").parse().unwrap()
    }

    fn given() -> Given {
        let (person, account) = (PersonId(Uuid::from_u128(1)), Uuid::from_u128(2));
        Given { person, account, known_by: KnownBy::Password }
    }

    #[test]
    fn a_code_is_good_for_one_command() {
        let seconds = Seconds::default();
        let code = seconds.give(given(), [7; LENGTH], at("00"));
        assert_eq!(seconds.take(&code, COMMAND, at("05")), Some(given()));
        assert_eq!(seconds.take(&code, COMMAND, at("05")), Some(given()), "the same command comes again, now signed");
        assert_eq!(seconds.take(&code, Uuid::from_u128(6), at("05")), None);
    }

    #[test]
    fn a_code_ends_after_five_minutes() {
        let seconds = Seconds::default();
        let code = seconds.give(given(), [7; LENGTH], at("00"));
        assert_eq!(seconds.take(&code, COMMAND, "2026-03-11T15:05:01+08:00".parse().unwrap()), None);
    }
}
