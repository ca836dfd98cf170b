//! What must have happened before an event may happen, told from the events alone: no state lies past an unmet condition.
//!
//! Written apart from the deciders, in plain arithmetic over the record, so that a walk or a random sequence of commands can be
//! held against it.

use std::collections::BTreeSet;

use jiff::civil::Date;
use siyi_domain::consultation::ConsultationEvent as E;
use siyi_domain::consultation::events::DecisionMade;
use siyi_domain::consultation::facts::{NoticeKind, Outcome};
use siyi_domain::fraction::Comparator;
use siyi_domain::ids::PersonId;
use siyi_domain::moment::Moment;
use siyi_domain::procedure::Procedure;
use siyi_domain::tally::Test;

/// The record of one matter.
#[derive(Debug, Clone, Default)]
pub struct Record(pub Vec<(Moment, E)>);

impl Record {
    /// Takes new events after holding each against what came before it.
    ///
    /// # Errors
    /// The condition that was not met.
    pub fn take(&mut self, at: Moment, events: &[E], pack: &Procedure) -> Result<(), String> {
        for event in events {
            self.check(at, event, pack).map_err(|message| format!("{}: {message}", event.wire_name()))?;
            self.0.push((at, event.clone()));
        }
        Ok(())
    }

    fn check(&self, at: Moment, event: &E, pack: &Procedure) -> Result<(), String> {
        match event {
            E::MembersCheckedIn(e) => self.check_in(e.meeting, &e.persons),
            E::DecisionMade(e) => self.decision(e, pack),
            E::StepPassed(e) => self.passed(&e.step),
            E::ResolutionAdopted(e) => {
                self.passed(&e.step)?;
                self.all_before(&e.step, pack)
            }
            E::WorkStarted(_) | E::ImplementationCompleted(_) => self.may_begin(at.day(), pack),
            E::DisclosureClosed(e) => self.may_come_down(e.notice, at.day(), pack),
            E::ConsultationArchived(_) => self.both_disclosed(),
            _ => Ok(()),
        }
    }

    /// Nobody is there who is not due, and nobody twice.
    fn check_in(&self, meeting: u16, persons: &[PersonId]) -> Result<(), String> {
        let (due, present) = self.at_meeting(meeting);
        let new: BTreeSet<_> = persons.iter().copied().collect();
        let twice = new.len() < persons.len() || new.iter().any(|person| present.contains(person));
        held(new.is_subset(&due) && !twice, "somebody is counted who is not due, or twice")
    }

    /// Who is due at a meeting, and who is there.
    fn at_meeting(&self, no: u16) -> (BTreeSet<PersonId>, BTreeSet<PersonId>) {
        let (mut due, mut present) = (BTreeSet::new(), BTreeSet::new());
        for (_, event) in &self.0 {
            match event {
                E::RollFrozen(e) if e.meeting == no => due.extend(e.due.iter().copied()),
                E::MemberExcluded(e) if e.meeting == no => {
                    due.remove(&e.person);
                }
                E::MembersCheckedIn(e) if e.meeting == no => present.extend(e.persons.iter().copied()),
                E::MembersCheckedOut(e) if e.meeting == no => present.retain(|person| !e.persons.contains(person)),
                _ => {}
            }
        }
        (due, present)
    }

    /// The figures are those of the record, the shares those of the pack, and the outcome what they give.
    fn decision(&self, e: &DecisionMade, pack: &Procedure) -> Result<(), String> {
        let put = self.0.iter().rposition(|(_, event)| matches!(event, E::MotionPut(m) if m.meeting == e.meeting));
        let put = put.ok_or("no motion was put")?;
        let (due, present) = Self(self.0.get(..put).unwrap_or_default().to_vec()).at_meeting(e.meeting);
        held(
            e.due == due.len() as u64 && e.present == present.len() as u64,
            "the figures are not those of the record",
        )?;
        let form = pack.step(&e.step).and_then(|step| step.form(&e.form)).ok_or("the pack has no such form")?;
        let [quorum, threshold] = [&form.quorum, &form.threshold].map(|share| share.fraction.get());
        let whole = if form.threshold.of.as_str() == "due" { e.due } else { e.present };
        let met = |part: u64, whole: u64, fraction: siyi_domain::fraction::Fraction| {
            let (left, right) =
                (u128::from(part) * u128::from(fraction.den), u128::from(whole) * u128::from(fraction.num));
            whole > 0 && if fraction.op == Comparator::Ge { left >= right } else { left > right }
        };
        let carried = met(e.present, e.due, quorum) && met(e.counts.in_favour, whole, threshold);
        held(carried == (e.outcome == Outcome::Carried), "the outcome is not what the figures give")?;
        held(e.counts.total() <= e.present, "more votes than people")?;
        held(honest(&e.quorum) && honest(&e.threshold), "a test says of itself what its figures do not")
    }

    /// The step's last meeting since the last return carried its motion and was closed.
    fn passed(&self, step: &str) -> Result<(), String> {
        let since = self.since_return();
        let decided = since.iter().rposition(|(_, event)| matches!(event, E::DecisionMade(d) if d.step == step));
        let decided = decided.ok_or("the step has decided nothing")?;
        let carried = matches!(since.get(decided), Some((_, E::DecisionMade(d))) if d.outcome == Outcome::Carried);
        let closed = since.iter().skip(decided).any(|(_, event)| matches!(event, E::MeetingClosed(_)));
        held(carried && closed, "the step's motion was not carried and its meeting closed")
    }

    /// Every step of the road before this one has passed, in order.
    fn all_before(&self, step: &str, pack: &Procedure) -> Result<(), String> {
        let screened = self.0.iter().rev().find_map(|(_, event)| match event {
            E::MotionScreened(e) => Some(e.lane),
            _ => None,
        });
        let lane = screened.and_then(|lane| pack.lane(lane)).ok_or("the matter is on no road")?;
        let mut at = 0;
        for (_, event) in &self.0 {
            match event {
                E::StepPassed(e) => {
                    held(lane.steps.get(at) == Some(&e.step), "a step passed out of its order")?;
                    at += 1;
                }
                E::ProposalReturned(e) => at = lane.place(&e.to).ok_or("returned to a step off the road")?,
                _ => {}
            }
        }
        held(lane.steps.get(at).map(String::as_str) == Some(step) && at + 1 == lane.steps.len(), "a step was left out")
    }

    fn since_return(&self) -> &[(Moment, E)] {
        let returned = self.0.iter().rposition(|(_, event)| matches!(event, E::ProposalReturned(_)));
        self.0.get(returned.map_or(0, |at| at + 1)..).unwrap_or_default()
    }

    /// When a notice was posted or last corrected.
    fn posted_on(&self, no: u16) -> Option<Date> {
        let hung = self.0.iter().filter_map(|(at, event)| match event {
            E::NoticePosted(e) if e.notice == no => Some(at.day()),
            E::NoticeCorrected(e) if e.notice == no => Some(at.day()),
            _ => None,
        });
        hung.max()
    }

    fn objections_open(&self, notice: u16) -> bool {
        let raised = self.0.iter().filter_map(|(_, event)| match event {
            E::ObjectionRaised(e) if e.notice == notice => Some(e.objection),
            _ => None,
        });
        let answered =
            |no| self.0.iter().any(|(_, event)| matches!(event, E::ObjectionAnswered(a) if a.objection == no));
        raised.into_iter().any(|no| !answered(no))
    }

    fn notice_of(&self, kind: NoticeKind) -> Option<u16> {
        self.0.iter().find_map(|(_, event)| match event {
            E::NoticePosted(e) if e.kind == kind => Some(e.notice),
            _ => None,
        })
    }

    fn may_begin(&self, day: Date, pack: &Procedure) -> Result<(), String> {
        let notice = self.notice_of(NoticeKind::Resolution).ok_or("the resolution was never posted")?;
        let posted = self.posted_on(notice).ok_or("the resolution was never posted")?;
        held(hung(posted, day) > i32::from(pack.disclosure.objections.days), "the objection window is open")?;
        held(!self.objections_open(notice), "an objection is open")
    }

    fn may_come_down(&self, notice: u16, day: Date, pack: &Procedure) -> Result<(), String> {
        let posted = self.posted_on(notice).ok_or("it was never posted")?;
        held(hung(posted, day) > i32::from(pack.disclosure.posted.days), "it has not hung long enough")?;
        held(!self.objections_open(notice), "an objection is open")
    }

    fn both_disclosed(&self) -> Result<(), String> {
        for kind in [NoticeKind::Resolution, NoticeKind::Result] {
            let notice = self.notice_of(kind).ok_or("a disclosure is missing")?;
            let down = self.0.iter().any(|(_, event)| matches!(event, E::DisclosureClosed(e) if e.notice == notice));
            held(down, "a disclosure was not closed")?;
        }
        Ok(())
    }
}

fn hung(posted: Date, day: Date) -> i32 {
    siyi_domain::calendar::days_between(posted, day)
}

/// A test whose own figures give what it says.
fn honest(test: &Test) -> bool {
    test.fraction().holds(test.part, test.whole) == test.met
}

fn held(condition: bool, message: &str) -> Result<(), String> {
    if condition { Ok(()) } else { Err(message.to_owned()) }
}
