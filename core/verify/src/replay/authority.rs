//! By whose authority an act was done: whether the person held the office on the day, whose account it came through, and
//! whether the passkey's signature is over this very act.
//!
//! It asks what the gate of the server asked, of the same rolls and accounts, so that a record which only the operator wrote is
//! told from one that the officials made.

use std::collections::BTreeMap;
use std::sync::Arc;

use siyi_domain::account::{Account, Means};
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::ids::{CredentialKey, JurisdictionCode, Level};
use siyi_domain::office::{Actor, Office};
use siyi_log::envelope::{DomainEvent, Envelope};
use siyi_log::handler::{Form, ToSign};
use siyi_log::via::{Assertion, KnownBy, Second, Signed, Via};
use siyi_passkey::{ActRefusal, Signed as Signature, check_recorded};
use uuid::Uuid;

use super::{Replay, seen};
use crate::finding::{Code, Finding, Language};
use crate::record::Entry;

/// Why an act bears no signature of a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// 没有账号: imported or composed.
    NoAccount,
    /// 演示
    Demonstration,
    /// 服务器控制台
    Console,
    /// The account has no passkey.
    NoPasskey,
    /// 村民、代表: their acts need none.
    OfficeNeedsNone,
}

impl Why {
    /// The stable public code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoAccount => "no-account",
            Self::Demonstration => "demonstration",
            Self::Console => "console",
            Self::NoPasskey => "no-passkey",
            Self::OfficeNeedsNone => "office-needs-none",
        }
    }

    /// In words.
    #[must_use]
    pub const fn told(self, language: Language) -> &'static str {
        match self {
            Self::NoAccount => language.pick(
                "没有经过登录账号（导入或编入的记录），只凭运营者的话",
                "came through no account (imported or composed) and rest on the operator's word",
            ),
            Self::Demonstration => language.pick(
                "出自演示服务器，谁都可以用任何身份操作",
                "came from a demonstration, where anybody acts as anybody",
            ),
            Self::Console => language.pick(
                "在服务器控制台操作，只凭运营者的话",
                "were done at the server's console and rest on the operator's word",
            ),
            Self::NoPasskey => language.pick(
                "账号没有通行密钥，只凭登录，运营者可以冒充",
                "came through accounts without a passkey and rest on the sign-in, which the operator could imitate",
            ),
            Self::OfficeNeedsNone => language.pick(
                "以村民、代表等身份操作，不要求签名",
                "were done as villager, representative and the like, of whom no signature is asked",
            ),
        }
    }
}

/// By whose authority the acts of a record were done. What people do with their own accounts is not counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Authority {
    /// Acts whose office the rolls of the day give.
    pub held: usize,
    /// Acts whose office no roll gives and that came through no account.
    pub claimed: usize,
    /// Acts with a good signature by a passkey that the account's stream names.
    pub signed: usize,
    /// Those of them whose signature leaves out personal texts that they have.
    pub signed_without_texts: usize,
    /// The addresses of the pages on which those were signed.
    pub origins: BTreeMap<String, usize>,
    /// Acts without a signature, by why.
    pub unsigned: BTreeMap<Why, usize>,
}

impl Authority {
    pub(super) fn add(&mut self, other: Self) {
        self.held += other.held;
        self.claimed += other.claimed;
        self.signed += other.signed;
        self.signed_without_texts += other.signed_without_texts;
        other.origins.into_iter().for_each(|(origin, acts)| *self.origins.entry(origin).or_default() += acts);
        other.unsigned.into_iter().for_each(|(why, acts)| *self.unsigned.entry(why).or_default() += acts);
    }
}

/// The act that is asked about, by its first event.
struct Asked<'a> {
    at: usize,
    entry: &'a Entry,
    envelope: &'a Envelope,
    place: JurisdictionCode,
}

impl Asked<'_> {
    fn finding(&self, code: Code, field: &str, expected: impl Into<String>, found: impl Into<String>) -> Finding {
        Finding::new(code, self.entry.place().at(field), expected, found)
    }

    fn not_held(&self, actor: Actor) -> Finding {
        let found = format!("{} {}", actor.person, self.envelope.occurred_at.day());
        self.finding(Code::OfficeNotHeld, "/actor/office", siyi_domain::wire::name(&actor.office), found)
    }
}

impl Replay<'_> {
    /// What is wrong with an act's authority, and the act counted.
    pub(super) fn authorised(&self, at: usize, act: &[Entry]) -> (Vec<Finding>, Authority) {
        let mut counted = Authority::default();
        let Some(entry) = act.first() else { return (Vec::new(), counted) };
        let Some(place) = self.place_of(at, entry) else { return (Vec::new(), counted) };
        let asked = Asked { at, entry, envelope: &entry.recorded.envelope, place };
        let of_office = match &asked.envelope.via {
            Some(via) if via.account.is_some() => self.through_account(&asked, via, &mut counted),
            Some(Via { known_by: KnownBy::Demonstration, .. }) => {
                self.without_account(&asked, Why::Demonstration, &mut counted)
            }
            Some(Via { known_by: KnownBy::Console, .. }) => self.without_account(&asked, Why::Console, &mut counted),
            Some(_) | None => self.without_account(&asked, Why::NoAccount, &mut counted),
        };
        let of_signature = match asked.envelope.via.as_ref().map(|via| &via.signed) {
            Some(Signed::Passkey(assertion)) => self.signature(&asked, act, assertion, &mut counted),
            Some(Signed::Nobody) | None => None,
        };
        let second = asked.envelope.via.as_ref().and_then(|via| via.second.as_ref());
        let of_second = second.and_then(|second| self.second(&asked, second));
        (of_office.into_iter().chain(of_signature).chain(of_second).collect(), counted)
    }

    /// Where the act belongs; nowhere for what the owner of an account does with it by a session, of which no event tells.
    pub(super) fn place_of(&self, at: usize, entry: &Entry) -> Option<JurisdictionCode> {
        match &entry.recorded.event {
            DomainEvent::Jurisdiction(code, _) | DomainEvent::Roster(code, _) => Some(code.clone()),
            DomainEvent::Consultation(_, ConsultationEvent::MotionRaised(raised)) => Some(raised.jurisdiction.clone()),
            DomainEvent::Consultation(id, _) => self.matters.get(id)?.before(at)?.jurisdiction.clone(),
            DomainEvent::Account(..) => None,
        }
    }

    /// The states of an account that the act may have seen.
    fn account(&self, asked: &Asked<'_>, account: Option<Uuid>) -> Vec<Arc<Account>> {
        let history = account.and_then(|id| self.accounts.get(&id));
        let versions = history.and_then(|history| history.before(asked.at));
        versions.map(|versions| versions.seen(asked.envelope.recorded_at)).unwrap_or_default()
    }

    fn through_account(&self, asked: &Asked<'_>, via: &Via, counted: &mut Authority) -> Option<Finding> {
        let states = self.account(asked, via.account);
        if states.iter().all(|state| state.persons.is_empty()) {
            let stream = via.account.map(|id| format!("account-{id}")).unwrap_or_default();
            return Some(asked.finding(Code::AccountMissing, "/via/account", stream, "-"));
        }
        let of_office = self.held_through(asked, via, &states);
        counted.held += usize::from(of_office.is_none());
        if via.signed != Signed::Nobody {
            return of_office;
        }
        let needed = asked.envelope.actor.office.binds_others();
        if needed && states.iter().all(|state| passkeys(state).next().is_some()) {
            return of_office
                .or_else(|| Some(asked.finding(Code::SignatureMissing, "/via/signed", "passkey", "nobody")));
        }
        let why = if needed { Why::NoPasskey } else { Why::OfficeNeedsNone };
        *counted.unsigned.entry(why).or_default() += 1;
        of_office
    }

    /// Whether one of the account's persons acts, or helps somebody of the village to act, in an office held there or above.
    fn held_through(&self, asked: &Asked<'_>, via: &Via, states: &[Arc<Account>]) -> Option<Finding> {
        let actor = via.attendant.as_ref().map_or(asked.envelope.actor, |attendant| attendant.actor);
        let persons = || states.iter().flat_map(|state| state.persons.iter());
        if !persons().any(|(_, person)| *person == actor.person) {
            let theirs: Vec<String> = persons().map(|(_, person)| person.to_string()).collect();
            let field = if via.attendant.is_some() { "/via/attendant/person" } else { "/actor/person" };
            return Some(asked.finding(Code::AccountForeign, field, theirs.join(" "), actor.person.to_string()));
        }
        let here = |code: &JurisdictionCode| code.contains(&asked.place) || asked.place.contains(code);
        let held = persons()
            .filter(|(code, person)| **person == actor.person && here(code))
            .any(|(code, _)| self.holds(asked, code, actor));
        let helped = via.attendant.is_some().then_some(asked.envelope.actor.person);
        let known = helped.is_none_or(|person| {
            let villager = Actor { person, office: Office::Villager };
            self.holds(asked, &asked.place, villager)
        });
        (!held || !known).then(|| asked.not_held(actor))
    }

    /// Whether who signed second is another person than the first, by their own account or on paper, and held the office that is
    /// named on the day.
    fn second(&self, asked: &Asked<'_>, second: &Second) -> Option<Finding> {
        let actor = second.actor;
        if actor.person == asked.envelope.actor.person {
            return Some(asked.finding(
                Code::AccountForeign,
                "/via/second/person",
                "another person",
                actor.person.to_string(),
            ));
        }
        if let Some(account) = second.signed.account() {
            let states = self.account(asked, Some(account));
            if states.iter().all(|state| state.persons.is_empty()) {
                let stream = format!("account-{account}");
                return Some(asked.finding(Code::AccountMissing, "/via/second/signed/account", stream, "-"));
            }
            if !states.iter().any(|state| state.persons.values().any(|person| *person == actor.person)) {
                let field = "/via/second/signed/account";
                return Some(asked.finding(Code::AccountForeign, field, actor.person.to_string(), account.to_string()));
            }
        }
        (!self.holds_here_or_above(asked, actor))
            .then(|| Finding { place: asked.entry.place().at("/via/second/office"), ..asked.not_held(actor) })
    }

    fn without_account(&self, asked: &Asked<'_>, why: Why, counted: &mut Authority) -> Option<Finding> {
        *counted.unsigned.entry(why).or_default() += 1;
        let actor = asked.envelope.actor;
        // Where people act through accounts, an act that came through none stands out. The console's own offices begin a
        // jurisdiction and have none.
        let stands_out = self.by_account.is_some_and(|first| first < asked.at) && actor.office != Office::Operator;
        let found = stands_out.then(|| asked.finding(Code::AccountUnnamed, "/via", "an account", why.code()));
        if self.holds_here_or_above(asked, actor) {
            counted.held += 1;
        } else {
            counted.claimed += 1;
        }
        found
    }

    fn holds_here_or_above(&self, asked: &Asked<'_>, actor: Actor) -> bool {
        let mut places = std::iter::successors(Some(asked.place.clone()), JurisdictionCode::parent);
        places.any(|code| self.holds(asked, &code, actor))
    }

    fn holds(&self, asked: &Asked<'_>, code: &JurisdictionCode, actor: Actor) -> bool {
        let day = asked.envelope.occurred_at.day();
        let rosters = seen(self.rosters.get(code), asked.at, asked.envelope.recorded_at);
        rosters.iter().any(|roster| {
            // Who is on a village's books is a villager, whether or not a roll of all adults was filed.
            let on_the_books = actor.office == Office::Villager
                && code.level() == Level::Village
                && roster.present(actor.person).is_ok();
            on_the_books || roster.holds(actor.person, actor.office, day)
        })
    }

    /// Whether the signature is over this act, and by a passkey that the account had.
    fn signature(
        &self,
        asked: &Asked<'_>,
        act: &[Entry],
        assertion: &Assertion,
        counted: &mut Authority,
    ) -> Option<Finding> {
        let envelope = asked.envelope;
        let (signed, is_whole) = match checked(envelope, act, assertion) {
            Ok(signed) => signed,
            Err(refusal) => {
                let expected = "a signature over this act";
                return Some(asked.finding(Code::SignatureInvalid, "/via/signed", expected, refusal.to_string()));
            }
        };
        let states = self.account(asked, envelope.via.as_ref()?.account);
        // Of an account whose stream is missing that was said already.
        states.first()?;
        let theirs: Vec<Option<&str>> = states.iter().flat_map(|state| passkeys(state)).collect();
        let code = if theirs.contains(&Some(assertion.public_key.as_str())) {
            counted.signed += 1;
            counted.signed_without_texts += usize::from(!is_whole);
            *counted.origins.entry(signed.origin).or_default() += 1;
            return None;
        } else if theirs.contains(&None) {
            Code::SignatureKeyUnproved
        } else {
            Code::SignatureKeyForeign
        };
        let theirs: Vec<&str> = theirs.into_iter().flatten().collect();
        Some(asked.finding(code, "/via/signed/public_key", theirs.join(" "), assertion.public_key.as_str()))
    }
}

/// Checks the signature over all that the act's events say, and answers whether it is over their personal texts too. Whether whoever
/// acted gave the time or left it to the server, no event says, and neither in which form it was signed.
fn checked(envelope: &Envelope, act: &[Entry], assertion: &Assertion) -> Result<(Signature, bool), ActRefusal> {
    for (form, occurred_at) in [
        (Form::Whole, None),
        (Form::Whole, Some(envelope.occurred_at)),
        (Form::WithoutTexts, None),
        (Form::WithoutTexts, Some(envelope.occurred_at)),
    ] {
        let to_sign = ToSign {
            command_id: envelope.causation_id,
            command_hash: &envelope.command_hash,
            stream: envelope.stream.as_str(),
            actor: envelope.actor,
            occurred_at,
            events: act.iter().map(|entry| (entry.recorded.envelope.event_type.as_str(), &entry.data)).collect(),
        };
        let challenge = to_sign.challenge_as(form).map_err(|_| ActRefusal::OtherChallenge)?;
        match check_recorded(&challenge, assertion) {
            Ok(signed) => return Ok((signed, form == Form::Whole || !to_sign.has_texts())),
            Err(ActRefusal::OtherChallenge) => {}
            Err(other) => return Err(other),
        }
    }
    Err(ActRefusal::OtherChallenge)
}

/// The public keys of an account's passkeys; none for one of which an older event did not keep it.
fn passkeys(account: &Account) -> impl Iterator<Item = Option<&str>> {
    let passkeys = account.means.values().filter(|added| added.means == Means::Passkey);
    passkeys.map(|added| added.public_key.as_ref().map(CredentialKey::as_str))
}
