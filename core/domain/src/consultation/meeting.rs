//! A meeting: the frozen roll, check-in and check-out, and the persons present at a moment.

use std::collections::{BTreeMap, BTreeSet};

use super::commands::{CheckIn, CheckOut, ExcludeFromRoll, RecordGuests};
use super::events::{
    ConsultationEvent, GuestsAttended, MeetingConvened, MemberExcluded, MembersCheckedIn, MembersCheckedOut, MotionPut,
};
use super::facts::{Outcome, Tellers};
use super::{Case, Decision, MAX_LINES, MAX_PERSONS_AT_ONCE, check_entries};
use crate::ids::{Paragraph, PersonId};
use crate::moment::Moment;
use crate::procedure::{BallotForm, Form, Step};
use crate::refusal::{Refusal, RefusalCode};
use crate::tally::Test;

/// A meeting that is convened or sitting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    pub(super) no: u16,
    pub(super) form: String,
    pub(super) held_at: Moment,
    pub(super) chair: PersonId,
    pub(super) due: BTreeSet<PersonId>,
    pub(super) present: BTreeSet<PersonId>,
    /// Who is not there and counts by a member of the household who is.
    pub(super) proxies: BTreeMap<PersonId, PersonId>,
    /// The most who were present at any moment.
    pub(super) peak: u64,
    pub(super) motions: u16,
    pub(super) motion: Option<OpenMotion>,
    pub(super) outcome: Option<Outcome>,
    /// Whether the motion found no majority, neither for nor against it.
    pub(super) deadlocked: bool,
}

/// A motion that was put and is not decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OpenMotion {
    pub(super) no: u16,
    pub(super) text: Paragraph,
    pub(super) ballot: BallotForm,
    pub(super) tellers: Option<Tellers>,
    /// Who was present when it was put.
    pub(super) present: BTreeSet<PersonId>,
    pub(super) quorum: Option<Test>,
}

impl Meeting {
    pub(super) fn convened(e: &MeetingConvened) -> Self {
        Self {
            no: e.meeting,
            form: e.form.clone(),
            held_at: e.held_at,
            chair: e.chair,
            due: BTreeSet::new(),
            present: BTreeSet::new(),
            proxies: BTreeMap::new(),
            peak: 0,
            motions: 0,
            motion: None,
            outcome: None,
            deadlocked: false,
        }
    }

    pub(super) fn evolve(&mut self, event: &ConsultationEvent) {
        use ConsultationEvent as E;
        match event {
            E::RollFrozen(e) => self.due.extend(&e.due),
            E::MemberExcluded(e) => {
                self.due.remove(&e.person);
            }
            E::MembersCheckedIn(e) => self.come(e.persons.iter().copied()),
            E::MembersJoinedOnline(e) => self.come(e.persons.iter().copied()),
            E::ProxiesAdmitted(e) => {
                self.proxies.extend(e.proxies.iter().map(|proxy| (proxy.principal, proxy.holder)));
                self.come(e.proxies.iter().map(|proxy| proxy.principal));
            }
            E::MembersCheckedOut(e) => e.persons.iter().for_each(|person| self.go(*person)),
            E::MotionPut(e) => self.open_motion(e),
            E::MotionAmended(_) => self.motion = None,
            E::DecisionMade(e) => {
                self.motion = None;
                self.outcome = Some(e.outcome);
                self.deadlocked = e.outcome == Outcome::Lost
                    && e.quorum.met
                    && !e.threshold.fraction().holds(e.counts.against, e.threshold.whole);
            }
            _ => {}
        }
    }

    /// Why a person cannot be counted as present from here on: not due, or present already, in whichever way.
    pub(super) fn bars(&self, person: PersonId) -> Option<RefusalCode> {
        if !self.due.contains(&person) {
            Some(RefusalCode::NotOnRoll)
        } else if self.present.contains(&person) {
            Some(RefusalCode::CheckedInAlready)
        } else {
            None
        }
    }

    fn come(&mut self, persons: impl Iterator<Item = PersonId>) {
        self.present.extend(persons);
        self.peak = self.peak.max(self.present.len() as u64);
    }

    /// Whoever leaves takes along those for whom the person stood.
    fn go(&mut self, person: PersonId) {
        self.present.remove(&person);
        self.proxies.remove(&person);
        let present = &mut self.present;
        self.proxies.retain(|principal, holder| {
            let stays = *holder != person;
            if !stays {
                present.remove(principal);
            }
            stays
        });
    }

    fn open_motion(&mut self, e: &MotionPut) {
        self.motions = e.motion;
        self.motion = Some(OpenMotion {
            no: e.motion,
            text: e.text.clone(),
            ballot: e.ballot,
            tellers: e.tellers.clone(),
            present: self.present.clone(),
            quorum: e.tests.first().cloned(),
        });
    }
}

impl<'a> Case<'a> {
    /// The open meeting with this number, and its form.
    pub(super) fn open_meeting(&self, no: u16, step: &str) -> Result<(&'a Meeting, &'a Step, &'a Form), Refusal> {
        let meeting = self.numbered_meeting(no)?;
        let step = self.procedure.step(step).ok_or(RefusalCode::StepOutOfOrder)?;
        let form = step.form(&meeting.form).ok_or(RefusalCode::FormUnknown)?;
        Ok((meeting, step, form))
    }

    fn numbered_meeting(&self, no: u16) -> Result<&'a Meeting, Refusal> {
        let open = self.matter.meeting.as_ref().filter(|meeting| meeting.no == no);
        open.ok_or_else(|| Refusal::from(RefusalCode::MeetingNotOpen).with("meeting", u64::from(no)))
    }

    /// Who is due: those on the frozen roll that take part here still.
    pub(super) fn due(&self, meeting: &Meeting, form: &Form) -> u64 {
        meeting.due.iter().filter(|person| !self.has_left(form, **person)).count() as u64
    }

    /// Whether a person has left the rolls of which the meeting is made, since the roll was frozen, to take part elsewhere.
    fn has_left(&self, form: &Form, person: PersonId) -> bool {
        let roster = self.village.roster;
        roster.is_apart(person) && !form.rolls.iter().any(|roll| roster.is_on(*roll, person))
    }

    /// Nobody who takes part elsewhere is among those who decide.
    pub(super) fn check_nobody_left(
        &self,
        form: &Form,
        persons: impl IntoIterator<Item = PersonId>,
    ) -> Result<(), Refusal> {
        let left = persons.into_iter().find(|person| self.has_left(form, *person));
        left.map_or(Ok(()), |person| self.village.roster.takes_part(person))
    }

    /// Check-in, motions and votes belong to the day of the meeting.
    pub(super) fn check_day(&self, meeting: &Meeting) -> Result<(), Refusal> {
        self.check_order()?;
        let (day, held) = (self.context.day(), meeting.held_at.day());
        if day == held {
            return Ok(());
        }
        Err(Refusal::from(RefusalCode::WrongDay).with("day", day.to_string()).with("held_on", held.to_string()))
    }
}

pub(super) fn exclude(case: Case<'_>, command: &ExcludeFromRoll) -> Decision {
    case.check_order()?;
    let meeting = case.numbered_meeting(command.meeting)?;
    if meeting.peak > 0 {
        return Err(RefusalCode::ExcludedAfterOpening.into());
    }
    if !meeting.due.contains(&command.person) {
        return Err(Refusal::from(RefusalCode::NotOnRoll).with("person", command.person.to_string()));
    }
    case.village.roster.known(command.approver)?;
    if command.approver == command.person {
        return Err(Refusal::from(RefusalCode::PersonTwice).with("person", command.person.to_string()));
    }
    let event = MemberExcluded {
        meeting: meeting.no,
        person: command.person,
        cause: command.cause,
        approver: command.approver,
    };
    Ok(vec![event.into()])
}

pub(super) fn check_in(case: Case<'_>, step: &str, command: &CheckIn) -> Decision {
    let (meeting, _, form) = case.open_meeting(command.meeting, step)?;
    case.check_day(meeting)?;
    case.check_nobody_left(form, command.persons.iter().copied())?;
    check_persons(&command.persons, |person| meeting.bars(person))?;
    Ok(vec![MembersCheckedIn { meeting: meeting.no, persons: command.persons.clone() }.into()])
}

pub(super) fn check_out(case: Case<'_>, command: &CheckOut) -> Decision {
    let meeting = case.numbered_meeting(command.meeting)?;
    case.check_day(meeting)?;
    check_persons(&command.persons, |person| (!meeting.present.contains(&person)).then_some(RefusalCode::NotPresent))?;
    Ok(vec![MembersCheckedOut { meeting: meeting.no, persons: command.persons.clone() }.into()])
}

/// Those who attend without being due: they may speak, and never count.
pub(super) fn record_guests(case: Case<'_>, command: &RecordGuests) -> Decision {
    let meeting = case.numbered_meeting(command.meeting)?;
    case.check_day(meeting)?;
    if command.guests.iter().all(|guests| guests.count == 0) {
        return Err(RefusalCode::EntriesMissing.into());
    }
    check_entries(command.guests.len(), MAX_LINES)?;
    Ok(vec![GuestsAttended { meeting: meeting.no, guests: command.guests.clone() }.into()])
}

pub(super) fn check_persons(
    persons: &[PersonId],
    stands_in_the_way: impl Fn(PersonId) -> Option<RefusalCode>,
) -> Result<(), Refusal> {
    if persons.is_empty() {
        return Err(RefusalCode::EntriesMissing.into());
    }
    check_entries(persons.len(), MAX_PERSONS_AT_ONCE)?;
    let mut seen = BTreeSet::new();
    for person in persons {
        let code = if seen.insert(*person) { stands_in_the_way(*person) } else { Some(RefusalCode::PersonTwice) };
        if let Some(code) = code {
            return Err(Refusal::from(code).with("person", person.to_string()));
        }
    }
    Ok(())
}
