//! 表决: putting a motion, amending it, recording the ballot. The decision is computed here and nowhere else.

use std::collections::BTreeSet;

use super::commands::{AmendMotion, PutMotion, RecordRollCall, RecordSecretBallot, RecordShowOfHands};
use super::deliberation::{check_plan, returned};
use super::events::{
    ConsultationEvent, DecisionMade, HandsCounted, MotionAmended, MotionPut, PapersCounted, RollCalled,
};
use super::facts::{Amendment, Choice, Outcome, ReturnReason, Tellers};
use super::meeting::OpenMotion;
use super::{Case, Decision, MAX_ROLL_CALL, Meeting, check_entries};
use crate::procedure::{BallotForm, Base, Form, Share, Step};
use crate::refusal::{Refusal, RefusalCode};
use crate::tally::{Counts, Test};

pub(super) fn put(case: Case<'_>, step: &str, command: &PutMotion) -> Decision {
    let (meeting, _, form) = case.open_meeting(command.meeting, step)?;
    case.check_day(meeting)?;
    if meeting.motion.is_some() {
        return Err(RefusalCode::MotionOpenAlready.into());
    }
    if meeting.outcome.is_some() {
        return Err(RefusalCode::DecidedAlready.into());
    }
    if !form.ballots.contains(&command.ballot) {
        return Err(RefusalCode::BallotFormNotPermitted.into());
    }
    check_tellers(case, meeting, command)?;
    // Who was struck after coming in goes out first; a motion that is put is decided by those who were there when it was.
    case.check_nobody_left(form, meeting.present.iter().copied())?;
    let quorum = quorate(case, meeting, step, form)?;
    let (due, present) = (quorum.whole, quorum.part);
    let mut tests = vec![quorum];
    if form.composition {
        tests.extend(case.village.roster.composition(case.procedure));
    }
    if let Some(failed) = tests.iter().find(|test| !test.met) {
        return Err(Refusal::from(RefusalCode::CompositionNotMet)
            .with("rule", failed.what.as_str())
            .with("part", failed.part)
            .with("whole", failed.whole)
            .with("least", failed.fraction().least(failed.whole))
            .by(&failed.basis));
    }
    let event = MotionPut {
        meeting: meeting.no,
        motion: meeting.motions.saturating_add(1),
        text: command.text.clone(),
        ballot: command.ballot,
        tellers: command.tellers.clone(),
        due,
        present,
        tests,
    };
    Ok(vec![event.into()])
}

/// The quorum as it stands at this moment, which must be met.
fn quorate(case: Case<'_>, meeting: &Meeting, step: &str, form: &Form) -> Result<Test, Refusal> {
    let (due, present) = (case.due(meeting, form), meeting.present.len() as u64);
    let quorum = Test::of("quorum", present, due, &case.quorum(step, form, due));
    if quorum.met {
        return Ok(quorum);
    }
    Err(Refusal::from(RefusalCode::QuorumNotMet)
        .with("due", due)
        .with("present", present)
        .with("least", quorum.fraction().least(due))
        .by(&quorum.basis))
}

/// What is said to change, and what a comparison of the plans shows to change: nobody calls another sum a change of wording.
fn all_changes(case: Case<'_>, command: &AmendMotion) -> BTreeSet<Amendment> {
    let mut changes: BTreeSet<Amendment> = command.changes.iter().copied().collect();
    let (before, after) = (&case.matter.plan, &command.plan);
    if let (Some(before), Some(after)) = (before, after) {
        if before.budget_fen != after.budget_fen || before.sources != after.sources {
            changes.insert(Amendment::Amount);
        }
        if before.cost_allocation != after.cost_allocation {
            changes.insert(Amendment::CostAllocation);
        }
        if before.contractor_choice != after.contractor_choice {
            changes.insert(Amendment::ContractorRule);
        }
    }
    changes
}

/// Two tellers and a scrutineer, three different people, none of them the chair or with an interest. A call by name counts
/// itself.
fn check_tellers(case: Case<'_>, meeting: &Meeting, command: &PutMotion) -> Result<(), Refusal> {
    let Some(Tellers { first, second, scrutineer }) = &command.tellers else {
        return match command.ballot {
            BallotForm::RollCall => Ok(()),
            BallotForm::ShowOfHands | BallotForm::SecretPaper => Err(RefusalCode::TellersNotIndependent.into()),
        };
    };
    let distinct = BTreeSet::from([*first, *second, *scrutineer, meeting.chair]);
    if distinct.len() < 4 {
        return Err(RefusalCode::TellersNotIndependent.into());
    }
    for person in [first, second, scrutineer] {
        case.village.roster.known(*person)?;
        case.check_impartial(*person)?;
    }
    Ok(())
}

pub(super) fn amend(case: Case<'_>, step: &str, command: &AmendMotion) -> Decision {
    let (meeting, step, form) = case.open_meeting(command.meeting, step)?;
    case.check_day(meeting)?;
    if meeting.outcome.is_some() {
        return Err(RefusalCode::DecidedAlready.into());
    }
    // A meeting without quorum can change nothing and send nothing back.
    quorate(case, meeting, &step.code, form)?;
    if let Some(plan) = &command.plan {
        check_plan(plan)?;
    }
    let changes = all_changes(case, command);
    let material = changes.iter().any(|change| change.is_material());
    let mut events: Vec<ConsultationEvent> = vec![
        MotionAmended {
            meeting: meeting.no,
            text: command.text.clone(),
            changes: changes.into_iter().collect(),
            material,
            plan: command.plan.clone(),
        }
        .into(),
    ];
    // A material change goes back to the two committees; a change of wording stays before the meeting.
    if let Some(to) = step.material_amendment_to.as_deref().filter(|_| material) {
        let to = case.returns_to(to);
        events.push(returned(case, &step.code, to, ReturnReason::MaterialAmendment, None));
    }
    Ok(events)
}

pub(super) fn show_of_hands(case: Case<'_>, step: &str, command: &RecordShowOfHands) -> Decision {
    let (meeting, step, form, motion) = open_motion(case, command.meeting, step, BallotForm::ShowOfHands)?;
    let counts = agreed(command.first, command.second)?;
    check_votes(counts, motion)?;
    let counted = HandsCounted { meeting: meeting.no, motion: motion.no, counts };
    Ok(vec![counted.into(), decision(case, meeting, step, form, motion, counts)])
}

pub(super) fn roll_call(case: Case<'_>, step: &str, command: &RecordRollCall) -> Decision {
    let (meeting, step, form, motion) = open_motion(case, command.meeting, step, BallotForm::RollCall)?;
    check_entries(command.votes.len(), MAX_ROLL_CALL)?;
    let mut voted = BTreeSet::new();
    let mut counts = Counts::default();
    for vote in &command.votes {
        let code = if !meeting.due.contains(&vote.person) {
            Some(RefusalCode::NotOnRoll)
        } else if !motion.present.contains(&vote.person) {
            Some(RefusalCode::NotPresent)
        } else if !voted.insert(vote.person) {
            Some(RefusalCode::VotedTwice)
        } else {
            None
        };
        if let Some(code) = code {
            return Err(Refusal::from(code).with("person", vote.person.to_string()));
        }
        match vote.choice {
            Choice::For => counts.in_favour += 1,
            Choice::Against => counts.against += 1,
            Choice::Abstain => counts.abstain += 1,
        }
    }
    let called = RollCalled { meeting: meeting.no, motion: motion.no, votes: command.votes.clone() };
    Ok(vec![called.into(), decision(case, meeting, step, form, motion, counts)])
}

pub(super) fn secret_ballot(case: Case<'_>, step: &str, command: &RecordSecretBallot) -> Decision {
    let (meeting, step, form, motion) = open_motion(case, command.meeting, step, BallotForm::SecretPaper)?;
    let counts = agreed(command.first, command.second)?;
    check_votes(counts, motion)?;
    check_conservation(command, counts, motion)?;
    let counted = PapersCounted {
        meeting: meeting.no,
        motion: motion.no,
        printed: command.printed.into(),
        handed_out: command.handed_out.into(),
        exchanged: command.exchanged.into(),
        unused: command.unused.into(),
        in_box: command.in_box.into(),
        counts,
    };
    Ok(vec![counted.into(), decision(case, meeting, step, form, motion, counts)])
}

/// No paper appears or vanishes: printed = handed out + exchanged + unused; in the box = what was counted; no more in the
/// box than handed out; no more handed out than people present.
fn check_conservation(command: &RecordSecretBallot, counts: Counts, motion: &OpenMotion) -> Result<(), Refusal> {
    let [printed, handed_out, exchanged, unused, in_box] =
        [command.printed, command.handed_out, command.exchanged, command.unused, command.in_box].map(u64::from);
    let conserved = printed == handed_out + exchanged + unused
        && in_box == counts.total()
        && in_box <= handed_out
        && handed_out <= motion.present.len() as u64;
    if conserved {
        return Ok(());
    }
    Err(Refusal::from(RefusalCode::BallotsNotConserved)
        .with("printed", printed)
        .with("handed_out", handed_out)
        .with("exchanged", exchanged)
        .with("unused", unused)
        .with("in_box", in_box)
        .with("counted", counts.total())
        .with("present", motion.present.len() as u64))
}

type OpenVote<'a> = (&'a Meeting, &'a Step, &'a Form, &'a OpenMotion);

fn open_motion<'a>(case: Case<'a>, no: u16, step: &str, ballot: BallotForm) -> Result<OpenVote<'a>, Refusal> {
    let (meeting, step, form) = case.open_meeting(no, step)?;
    case.check_day(meeting)?;
    let Some(motion) = &meeting.motion else {
        return Err(RefusalCode::NoMotionOpen.into());
    };
    if motion.ballot != ballot {
        return Err(RefusalCode::BallotFormNotPermitted.into());
    }
    Ok((meeting, step, form, motion))
}

fn agreed(first: Counts, second: Counts) -> Result<Counts, Refusal> {
    if first == second {
        return Ok(first);
    }
    Err(Refusal::from(RefusalCode::CountsDisagree)
        .with("first_for", first.in_favour)
        .with("second_for", second.in_favour)
        .with("first_total", first.total())
        .with("second_total", second.total()))
}

fn check_votes(counts: Counts, motion: &OpenMotion) -> Result<(), Refusal> {
    let (votes, present) = (counts.total(), motion.present.len() as u64);
    if votes <= present {
        return Ok(());
    }
    Err(Refusal::from(RefusalCode::VotesExceedPresent).with("votes", votes).with("present", present))
}

/// The decision, computed: who was due and present when the motion was put, how the votes fell, by which rule.
fn decision(
    case: Case<'_>,
    meeting: &Meeting,
    step: &Step,
    form: &Form,
    motion: &OpenMotion,
    counts: Counts,
) -> ConsultationEvent {
    let due = motion.quorum.as_ref().map_or_else(|| case.due(meeting, form), |quorum| quorum.whole);
    let present = motion.present.len() as u64;
    // INVARIANT: abstentions, blank and spoiled papers and those who did not vote stay in the base.
    let share = case.threshold(&step.code, form, due, present);
    let threshold = Test::of("threshold", counts.in_favour, whole(&share, due, present), &share);
    let quorum =
        motion.quorum.clone().unwrap_or_else(|| Test::of("quorum", present, due, &case.quorum(&step.code, form, due)));
    DecisionMade {
        meeting: meeting.no,
        motion: motion.no,
        step: step.code.clone(),
        form: form.id.clone(),
        due,
        present,
        counts,
        not_voting: present.saturating_sub(counts.total()),
        outcome: if quorum.met && threshold.met { Outcome::Carried } else { Outcome::Lost },
        quorum,
        threshold,
        procedure: step.judged_by.id.clone(),
        procedure_version: step.judged_by.version,
    }
    .into()
}

fn whole(share: &Share, due: u64, present: u64) -> u64 {
    match share.of {
        Base::Due => due,
        Base::Present | Base::AdultVillagers | Base::Representatives | Base::Households => present,
    }
}

impl Case<'_> {
    /// The quorum of a form and of every kind of matter before it: whichever asks for most.
    pub(super) fn quorum(&self, step: &str, form: &Form, due: u64) -> Share {
        let own = self.own_rules_at(step).into_iter().filter_map(|row| row.quorum.as_ref());
        let shares = std::iter::once(&form.quorum).chain(own);
        // `max_by_key` keeps the last of equals: reversed, the form's own rule is cited where it is as strict.
        let all: Vec<&Share> = shares.collect();
        let most = all.iter().rev().max_by_key(|share| share.fraction.get().least(due));
        most.map_or_else(|| form.quorum.clone(), |share| (*share).clone())
    }

    /// The threshold of a form and of every kind of matter before it: whichever asks for most votes.
    pub(super) fn threshold(&self, step: &str, form: &Form, due: u64, present: u64) -> Share {
        let own = self.own_rules_at(step).into_iter().filter_map(|row| row.threshold.as_ref());
        let all: Vec<&Share> = std::iter::once(&form.threshold).chain(own).collect();
        let most = all.iter().rev().max_by_key(|share| share.fraction.get().least(whole(share, due, present)));
        most.map_or_else(|| form.threshold.clone(), |share| (*share).clone())
    }
}
