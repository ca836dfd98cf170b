//! The one gate that every door asks: who stands there, what they hold today, whether they may.
//!
//! It holds no rule. Who somebody is, the sign-in says; which offices they hold on the day of an act, the rolls say; whether
//! that is enough, the policies say ([`siyi_access`]). What is decided is written to the access log with the policy that
//! decided it.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use serde_json::Value;
use siyi_access::record::{AccessLog, Entry, Line, RecordError};
use siyi_access::{About, Account, Circumstances, Decision, DecisionPoint, Door, Held, SignInMethod, Visitor, covers};
use siyi_domain::account;
use siyi_domain::consultation::{Consultation, ConsultationEvent};
use siyi_domain::ids::{ConsultationId, JurisdictionCode, PersonId};
use siyi_domain::office::{Actor, Office, RollKind};
use siyi_domain::roster::Roster;
use siyi_log::envelope::{DomainEvent, Recorded, Subject};
use siyi_log::handler::{Challenged, HandleError, Handler, Outcome, Request, Target};
use siyi_log::port::{Direction, MAX_READ, ReadFrom, Revision};
use siyi_log::via::{Attendant, KnownBy, Signed, Via};

use siyi_domain::moment::Moment;
use uuid::Uuid;

mod second;

pub(crate) use second::name_second;
pub use second::{Given, Papers, Seconds};

/// Who stands at a door.
#[derive(Debug, Clone, Default)]
pub enum Caller {
    /// Nobody that we know.
    #[default]
    Nobody,
    /// In a demonstration: whoever they say they are.
    Claimed(Actor),
    /// Somebody signed in.
    Account(Identity),
}

/// Somebody signed in: which account, how, since when.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The account.
    pub account: Uuid,
    /// How.
    pub method: SignInMethod,
    /// When it last proved who it is.
    pub signed_in_at: Moment,
    /// What a token may do; none for people.
    pub scopes: Option<BTreeSet<String>>,
}

/// An act as it came to a door.
#[derive(Debug, Clone)]
pub struct Act {
    /// The command; its `via` is filled in here.
    pub request: Request,
    /// Who writes it down for a person without a telephone.
    pub attendant: Option<Attendant>,
    /// The passkey's signature over the act.
    pub signed: Signed,
    /// The code that a second person gave, or the sheet that they signed: see [`Gate::second`].
    pub second: Option<String>,
}

/// Why the gate did not let an act through.
#[derive(Debug, thiserror::Error)]
pub enum Shut {
    /// Nobody is signed in.
    #[error("sign in first")]
    NotSignedIn,
    /// The policies do not permit it.
    #[error("`{door}` is not open to this office here")]
    Denied {
        /// Which door.
        door: String,
    },
    /// The account has a passkey, so an official's act must carry its signature.
    #[error("an official's act must be signed with the account's passkey")]
    SignatureMissing {
        /// What to sign: [`siyi_log::handler::ToSign::challenge`].
        challenge: [u8; 32],
    },
    /// Only a second person's signature is missing; the policies say whose.
    #[error(
        "缺少有效的第二人签字 a valid second signature is missing: 公告须由公告上写明的一名监委会成员签字，以其本人账号的签字码，没有账号的以存入附件的纸质\
         单据 a notice needs a supervisor whom it names, by a code from their own account or, without an account, on a sheet that is kept here"
    )]
    SecondMissing,
    /// What is asked about a signature on paper cannot be told.
    #[error("the signature on paper cannot be checked now: {0}")]
    Untold(String),
    /// What an erasure has to reach could not be noted, so nothing was recorded.
    #[error("the erasure cannot be prepared now: {0}")]
    NotPrepared(String),
    /// The handler could not.
    #[error(transparent)]
    Handle(#[from] HandleError),
}

impl Shut {
    /// The stable public code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotSignedIn => "not-signed-in",
            Self::Denied { .. } => "not-permitted",
            Self::SignatureMissing { .. } => "signature-missing",
            Self::SecondMissing => "second-signature-missing",
            Self::NotPrepared(_) | Self::Untold(_) => "store-unavailable",
            Self::Handle(error) => error.code(),
        }
    }
}

/// The gate.
pub struct Gate {
    point: DecisionPoint,
    record: AccessLog,
    handler: Arc<Handler>,
    papers: Papers,
    demonstration: bool,
    /// Codes by which a second person signs.
    pub seconds: Seconds,
}

impl Gate {
    /// A gate before a handler.
    #[must_use]
    pub fn new(
        point: DecisionPoint,
        record: AccessLog,
        handler: Arc<Handler>,
        papers: Papers,
        demonstration: bool,
    ) -> Self {
        Self { point, record, handler, papers, demonstration, seconds: Seconds::default() }
    }

    /// Whether anybody may act as anybody here.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.demonstration
    }

    /// Whether the caller may use a door that concerns a place and perhaps a person.
    ///
    /// # Errors
    /// [`HandleError`] if the log cannot be read.
    pub async fn may(&self, caller: &Caller, door: &str, about: &About) -> Result<bool, HandleError> {
        let today = self.handler.clock().now().day();
        let visitor = self.visitor(caller, about.place.as_ref(), today).await?;
        Ok(self.decide(&visitor, None, door, about, &self.circumstances()).allowed)
    }

    /// Whether the caller may use a door in an office.
    ///
    /// # Errors
    /// [`HandleError`] if the log cannot be read.
    pub async fn may_as(&self, caller: &Caller, actor: Actor, door: &str, about: &About) -> Result<bool, HandleError> {
        let today = self.handler.clock().now().day();
        let visitor = self.visitor(caller, about.place.as_ref(), today).await?;
        Ok(self.decide(&visitor, Some(actor), door, about, &self.circumstances()).allowed)
    }

    /// Whether a door is open to everybody: asked for each page, so it looks at nothing else.
    #[must_use]
    pub fn is_public(&self, door: &str) -> bool {
        self.decide(&Visitor::Nobody, None, door, &About::default(), &self.circumstances()).allowed
    }

    /// Lets an act through to the handler, or says why not.
    ///
    /// # Errors
    /// [`Shut`].
    pub async fn act(&self, caller: &Caller, act: Act) -> Result<Outcome, Shut> {
        let Act { mut request, attendant, signed, second } = act;
        let (known_by, account) = match caller {
            Caller::Nobody => return Err(Shut::NotSignedIn),
            Caller::Claimed(_) => (KnownBy::Demonstration, None),
            Caller::Account(identity) => (known_by(identity.method), Some(identity.account)),
        };
        let at = request.occurred_at.unwrap_or_else(|| self.handler.clock().now());
        let place = self.place_of(&request.target, &request.name, &request.input).await?;
        let visitor = self.visitor(caller, place.as_ref(), at.day()).await?;
        let mut about = self.about(&request, place.clone()).await?;
        let second = match (second, &place) {
            (Some(said), Some(place)) => self.second(&said, (request.command_id, at), place).await?,
            _ => None,
        };
        if let (Some(second), Some(place)) = (&second, &place) {
            self.tell_second(second, place, &mut about).await?;
        }
        let mut around = self.circumstances();
        if let (Some(attendant), Some(place)) = (&attendant, place) {
            around.represented_on_roll = self.handler.roster(&place).await?.present(request.actor.person).is_ok();
            around.sheet = Some(attendant.sheet.clone());
            let Actor { person, office } = attendant.actor;
            around.acting_through = Some(Held { person, office, jurisdiction: place });
        }
        if !self.decide(&visitor, Some(request.actor), &request.name, &about, &around).allowed {
            if !self.would_open(&visitor, request.actor, &request.name, &about.signed_by_two(), &around) {
                return Err(Shut::Denied { door: request.name });
            }
            // What is recorded already was signed then: its answer is given again.
            if !self.handler.is_recorded(request.command_id).await? {
                return Err(Shut::SecondMissing);
            }
        }
        if self.must_sign(account, request.actor.office).await? && signed == Signed::Nobody {
            return match self.handler.challenge(&request).await? {
                Challenged::Sign(challenge) => Err(Shut::SignatureMissing { challenge }),
                Challenged::Answered(outcome) => Ok(outcome),
            };
        }
        request.via = Some(Via { known_by, account, attendant, second, signed });
        Ok(self.handler.handle(&request).await?)
    }

    fn circumstances(&self) -> Circumstances {
        Circumstances { demonstration: self.demonstration, ..Circumstances::default() }
    }

    fn decide(
        &self,
        visitor: &Visitor,
        acting: Option<Actor>,
        door: &str,
        about: &About,
        around: &Circumstances,
    ) -> Decision {
        // A door that nobody listed is shut.
        let Some(door) = Door::named(door) else {
            tracing::error!(door, "a door that no policy knows");
            return Decision { allowed: false, policies: Vec::new(), errors: vec!["unknown door".to_owned()] };
        };
        let decision = self.point.decide(visitor, acting, &door, about, around);
        let at = self.handler.clock().now().timestamp();
        self.record.record(&Entry { at, visitor, acting, door, about, decision: &decision });
        decision
    }

    /// Whether a door would open if the circumstances were these. Nobody asked for that, so the access log does not tell of it.
    fn would_open(&self, visitor: &Visitor, actor: Actor, door: &str, about: &About, around: &Circumstances) -> bool {
        Door::named(door).is_some_and(|door| self.point.decide(visitor, Some(actor), &door, about, around).allowed)
    }

    /// The caller, with every office held on a day in the place and above it.
    async fn visitor(
        &self,
        caller: &Caller,
        place: Option<&JurisdictionCode>,
        day: Date,
    ) -> Result<Visitor, HandleError> {
        let identity = match caller {
            Caller::Nobody => return Ok(Visitor::Nobody),
            Caller::Claimed(actor) => return Ok(Visitor::Demonstration(*actor)),
            Caller::Account(identity) => identity,
        };
        let account = self.handler.account(identity.account).await?;
        let held = self.held_by(&account, place, day).await?;
        let signed_in = self.handler.clock().now().since(identity.signed_in_at).as_secs();
        Ok(Visitor::Account(Account {
            account: identity.account,
            persons: account.persons.values().copied().collect(),
            held,
            method: identity.method,
            scopes: identity.scopes.clone(),
            signed_in_seconds_ago: u64::try_from(signed_in).unwrap_or_default(),
        }))
    }

    /// Every office that an account's persons hold on a day in the place and above it.
    async fn held_by(
        &self,
        account: &account::Account,
        place: Option<&JurisdictionCode>,
        day: Date,
    ) -> Result<Vec<Held>, HandleError> {
        let mut held = Vec::new();
        for (code, person) in account.persons.iter().filter(|_| !account.closed) {
            let is_near = place.is_none_or(|place| code.contains(place) || place.contains(code));
            let roster = self.handler.roster(code).await?;
            // An operator's office is of the machine, and keeps from acting in every place.
            held.extend(offices(&roster, code, *person, day).filter(|held| is_near || held.office == Office::Operator));
        }
        Ok(held)
    }

    /// The newest lines of the access log that are wanted. Reads files: off the async threads.
    ///
    /// # Errors
    /// [`RecordError`].
    pub fn looked(
        &self,
        before: Option<u64>,
        most: usize,
        is_wanted: &dyn Fn(&Line) -> bool,
    ) -> Result<Vec<Line>, RecordError> {
        self.record.latest(before, most, is_wanted)
    }

    /// Every office that an account holds today.
    ///
    /// # Errors
    /// [`HandleError`] if the log cannot be read.
    pub async fn held(&self, identity: &Identity) -> Result<Vec<Held>, HandleError> {
        let today = self.handler.clock().now().day();
        match self.visitor(&Caller::Account(identity.clone()), None, today).await? {
            Visitor::Account(account) => Ok(account.held),
            Visitor::Nobody | Visitor::Demonstration(_) => Ok(Vec::new()),
        }
    }

    /// In which office an account acts that names none: the only one that it, or the person named, holds for the place of the
    /// command. None where there are several, or no account.
    ///
    /// # Errors
    /// [`HandleError`] if the log cannot be read.
    pub async fn only_office(
        &self,
        caller: &Caller,
        named: Option<PersonId>,
        target: &Target,
        (name, input): (&str, &Value),
    ) -> Result<Option<Actor>, HandleError> {
        let Some(place) = self.place_of(target, name, input).await? else { return Ok(None) };
        let today = self.handler.clock().now().day();
        let Visitor::Account(account) = self.visitor(caller, Some(&place), today).await? else { return Ok(None) };
        let here = account.held.into_iter().filter(|held| covers(held.office, &held.jurisdiction, Some(&place)));
        let mut theirs = here.filter(|held| named.is_none_or(|person| person == held.person));
        Ok(match (theirs.next(), theirs.next()) {
            (Some(Held { person, office, .. }), None) => Some(Actor { person, office }),
            _ => None,
        })
    }

    async fn place_of(
        &self,
        target: &Target,
        name: &str,
        input: &Value,
    ) -> Result<Option<JurisdictionCode>, HandleError> {
        Ok(match target {
            Target::Jurisdiction(code) => Some(code.clone()),
            Target::Account(_) => None,
            Target::Consultation(id) => match input.get("jurisdiction").and_then(|code| code.as_str()) {
                Some(code) if name == "raiseMotion" => code.parse().ok(),
                _ => self.handler.consultation(*id).await?.jurisdiction.clone(),
            },
        })
    }

    /// What the policies look at besides the place.
    async fn about(&self, request: &Request, place: Option<JurisdictionCode>) -> Result<About, HandleError> {
        let mut about = About {
            subject: subject(request),
            appointed_office: request
                .input
                .get("office")
                .and_then(|office| serde_json::from_value(office.clone()).ok()),
            supervisors: second::supervisors(request).collect(),
            ..About::default()
        };
        if let Target::Consultation(id) = &request.target {
            about.matter = Some(*id);
            let matter = self.handler.consultation(*id).await?;
            about.tellers = matter.tellers().collect();
            if let Some(place) = &place {
                self.relate(request, &matter, place, &mut about).await?;
            }
            if let (true, Some(no)) =
                (request.name == "answerObjection", request.input.get("objection").and_then(Value::as_u64))
            {
                about.objector = self.objector(*id, no).await?;
            }
        }
        about.place = place;
        Ok(about)
    }

    /// Who has an interest, and whose relative the acting person is.
    async fn relate(
        &self,
        request: &Request,
        matter: &Consultation,
        place: &JurisdictionCode,
        about: &mut About,
    ) -> Result<(), HandleError> {
        let roster = self.handler.roster(place).await?;
        let me = request.actor.person;
        let day = request.occurred_at.unwrap_or_else(|| self.handler.clock().now()).day();
        about.interested = matter.interested(&roster, day).collect();
        about.related_to_committee =
            roster.roll(RollKind::VillageCommittee).iter().any(|member| roster.are_kin(me, member.person));
        about.related_to_contractor = about.interested.iter().any(|person| roster.are_kin(me, *person));
        Ok(())
    }

    /// Who raised an objection: the envelope knows, the data does not.
    async fn objector(&self, matter: ConsultationId, no: u64) -> Result<Option<PersonId>, HandleError> {
        let stream = Subject::Consultation(matter).stream()?;
        let mut from = Revision(0);
        loop {
            let page = ReadFrom::Revision(from);
            let events = self.handler.store().read_stream(&stream, page, Direction::Forwards, MAX_READ).await?;
            let Some(last) = events.last() else { return Ok(None) };
            from = Revision(last.revision.0 + 1);
            for stored in events.iter().filter(|stored| stored.event_type == "objection-raised.v1") {
                let Some(recorded) = Recorded::read(stored)? else { continue };
                if let DomainEvent::Consultation(_, ConsultationEvent::ObjectionRaised(raised)) = &recorded.event
                    && u64::from(raised.objection) == no
                {
                    return Ok(Some(recorded.envelope.actor.person));
                }
            }
        }
    }

    /// Whether an act in this office needs a passkey's signature: an official's, where the account has a passkey.
    async fn must_sign(&self, account: Option<uuid::Uuid>, office: Office) -> Result<bool, HandleError> {
        let Some(account) = account.filter(|_| office.binds_others()) else { return Ok(false) };
        let account = self.handler.account(account).await?;
        Ok(account.means.values().any(|means| means.means == siyi_domain::account::Means::Passkey))
    }
}

/// The person whom a command is about, where its input names one.
pub(crate) fn subject(request: &Request) -> Option<PersonId> {
    request.input.get("person").and_then(Value::as_str).and_then(|person| person.parse().ok())
}

fn offices<'a>(
    roster: &Roster,
    code: &'a JurisdictionCode,
    person: PersonId,
    day: Date,
) -> impl Iterator<Item = Held> + use<'a> {
    let mut offices: BTreeSet<Office> = roster.offices_on(person, day);
    // Who is on a village's books is a villager, whether or not a roll of all adults was filed.
    if code.level() == siyi_domain::ids::Level::Village && roster.present(person).is_ok() {
        offices.insert(Office::Villager);
    }
    offices.into_iter().map(move |office| Held { person, office, jurisdiction: code.clone() })
}

pub(crate) const fn known_by(method: SignInMethod) -> KnownBy {
    match method {
        SignInMethod::Password => KnownBy::Password,
        SignInMethod::Passkey => KnownBy::Passkey,
        SignInMethod::OpenId => KnownBy::OpenId,
        SignInMethod::Token => KnownBy::Token,
    }
}
