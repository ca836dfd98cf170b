//! The act at the border: the command of a row, and whether the deciders take it as enough.

use siyi_domain::consultation::commands::{
    CheckIn, CloseCanvass, CloseDisclosure, CloseSignatures, ConsultationCommand, ConveneMeeting, PutMotion,
    RaiseMotion, RecordSecretBallot, RecordShowOfHands, ReopenDeliberation,
};
use siyi_domain::consultation::events::{NoticePosted, SignaturesCollected};
use siyi_domain::consultation::facts::{Initiator, MotionSource, NoticeKind, Paper, Tellers};
use siyi_domain::consultation::{self, Consultation, ConsultationEvent, Village};
use siyi_domain::context::Context;
use siyi_domain::jurisdiction::Jurisdiction;
use siyi_domain::matters::Lane;
use siyi_domain::moment::Moment;
use siyi_domain::office::{Actor, Office, RollKind, Sex};
use siyi_domain::procedure::{BallotForm, Form, InitiatorKind, PaperKind, Procedure, ReopenPurpose, Step, StepKind};
use siyi_domain::refusal::{Refusal, RefusalCode};
use siyi_domain::roster::{self, FileRoll, Roster, RosterCommand};
use siyi_domain::rules::Rules;
use siyi_domain::tally::Counts;

use super::Row;
use super::ground::{
    at, at_step, code, counters, day_of, file, fold, household, matter, meeting, member, office, person, persons,
    place, planned, raised, register, resolved, roster, screened, text,
};

/// Whether the part of a row is enough, by the deciders.
///
/// # Errors
/// What stood in the way that has nothing to do with the row's number.
pub fn judge(row: &Row, rules: &Rules) -> Result<bool, String> {
    let pack = rules.procedure(&row.pack).ok_or_else(|| format!("{}: no such pack", row.at))?;
    let ground = Ground { row, pack, rules };
    let outcome = match (row.place.split_once('.'), row.rule.as_str()) {
        (Some(("initiator", kind)), "share") => ground.initiators(kind),
        (Some(("detour", call)), "share") => ground.callers(call),
        (_, "posted") => ground.posted(),
        (_, "coverage") => ground.coverage(),
        (_, "signatures") => ground.signatures(),
        (_, "least" | "most") if row.place.starts_with("rolls.") => ground.roll_size(),
        (_, "share") if row.place.starts_with("rolls.") => ground.composition(),
        (Some((step, form)), rule) => ground.of_a_form(step, form, rule),
        (None, rule) => Err(format!("nobody judges `{rule}`")),
    };
    outcome.map_err(|message| format!("{}: {}.{}: {message}", row.at, row.place, row.rule))
}

struct Ground<'a> {
    row: &'a Row,
    pack: &'a Procedure,
    rules: &'a Rules,
}

type Judged = Result<bool, String>;

impl Ground<'_> {
    fn day(&self) -> jiff::civil::Date {
        day_of(self.pack)
    }

    fn decide(
        &self,
        state: &Consultation,
        command: impl Into<ConsultationCommand>,
        village: (&Jurisdiction, &Roster),
        (occurred_at, office): (Moment, Office),
    ) -> Result<Vec<ConsultationEvent>, Refusal> {
        let actor = Actor { person: counters()[0], office };
        let recorded_at = occurred_at;
        let context = Context { occurred_at, recorded_at, actor, rules: self.rules };
        consultation::decide(state, &command.into(), Village { jurisdiction: village.0, roster: village.1 }, &context)
    }

    /// Taken, or refused by just the code that the number has.
    fn taken(outcome: Result<Vec<ConsultationEvent>, Refusal>, code: RefusalCode) -> Judged {
        match outcome {
            Ok(_) => Ok(true),
            Err(refusal) if refusal.code == code => Ok(false),
            Err(refusal) => Err(format!("refused for another reason: {refusal}")),
        }
    }

    fn form(&self, step: &str, form: &str) -> Result<(&Step, &Form), String> {
        let step = self.pack.step(step).ok_or("no such step")?;
        Ok((step, step.form(form).ok_or("no such form")?))
    }

    fn of_a_form(&self, step: &str, form: &str, rule: &str) -> Judged {
        let (step, form) = self.form(step, form)?;
        match rule {
            "quorum" => self.quorum(step, form),
            "threshold" => self.threshold(step, form),
            "notice" | "plan_delivered" => self.days_ahead(step, form, rule),
            _ => Err("nobody judges this number of a form".to_owned()),
        }
    }

    fn quorum(&self, step: &Step, form: &Form) -> Judged {
        let (due, present) = (self.row.whole, self.row.part);
        let roster = roster(due, &rolls(form));
        let place = place(self.pack, due, due);
        let state = fold(
            at_step(self.pack, &step.code),
            &meeting(self.pack, &step.code, &form.id, due, present),
            at(self.day(), 9),
        );
        let put =
            self.decide(&state, put(form), (&place, &roster), (at(self.day(), 10), office(self.pack, "putMotion")));
        Self::taken(put, RefusalCode::QuorumNotMet)
    }

    /// All who are due have come; so the whole is the same, of whichever base it is.
    fn threshold(&self, step: &Step, form: &Form) -> Judged {
        let (whole, part) = (self.row.whole, self.row.part);
        let roster = roster(whole, &rolls(form));
        let place = place(self.pack, whole, whole);
        let village = (&place, &roster);
        let mut state = at_step(self.pack, &step.code);
        state = fold(state, &meeting(self.pack, &step.code, &form.id, whole, whole), at(self.day(), 9));
        let put = self
            .decide(&state, put(form), village, (at(self.day(), 10), office(self.pack, "putMotion")))
            .map_err(|refusal| format!("not put: {refusal}"))?;
        state = fold(state, &put, at(self.day(), 10));
        let counts = Counts { in_favour: part, abstain: whole - part, ..Counts::default() };
        let (act, command) = count(form, counts, u32::try_from(whole).map_err(|e| e.to_string())?);
        let counted = self
            .decide(&state, command, village, (at(self.day(), 11), office(self.pack, act)))
            .map_err(|refusal| format!("not counted: {refusal}"))?;
        let decision = counted.iter().find_map(|event| match event {
            ConsultationEvent::DecisionMade(decision) => Some(decision),
            _ => None,
        });
        let decision = decision.ok_or("no decision was made")?;
        if decision.threshold.of.as_str() != self.row.base {
            return Err(format!("the threshold is of {}", decision.threshold.of.as_str()));
        }
        Ok(decision.outcome == siyi_domain::consultation::facts::Outcome::Carried)
    }

    /// The whole is the days ordered, the part the days given.
    fn days_ahead(&self, step: &Step, form: &Form, rule: &str) -> Judged {
        let roster = roster(30, &rolls(form));
        let place = place(self.pack, 30, 30);
        let held_on = siyi_domain::calendar::plus_days(self.day(), 40).map_err(|e| e.to_string())?;
        let back = i64::try_from(self.row.part).map_err(|e| e.to_string())?;
        let early = siyi_domain::calendar::plus_days(held_on, -back).map_err(|e| e.to_string())?;
        let ample = siyi_domain::calendar::plus_days(self.day(), 1).map_err(|e| e.to_string())?;
        // The number that is judged is given as the row says, the other amply.
        let (convened_on, delivered_on) = if rule == "notice" { (early, ample.min(early)) } else { (early, early) };
        let command = ConveneMeeting {
            step: step.code.clone(),
            form: form.id.clone(),
            held_at: at(held_on, 9),
            place: text("村部"),
            agenda: vec![text("边界")],
            chair: counters()[3],
            plan_delivered_on: Some(delivered_on),
            special_circumstances: None,
        };
        let mut state = at_step(self.pack, &step.code);
        if let Some(rule) = &self.pack.disclosure.plan {
            let posted = siyi_domain::consultation::events::PlanPosted {
                after: rule.after.clone(),
                places: vec![text("村部")],
                photo: None,
                until: self.day(),
            };
            state = fold(state, &[posted.into()], at(self.day(), 8));
        }
        let place = authorised(place, self.pack);
        let outcome = self.decide(&state, command, (&place, &roster), (at(convened_on, 8), form.convened_by[0]));
        let code = if rule == "notice" { RefusalCode::NoticeTooShort } else { RefusalCode::PlanDeliveredTooLate };
        Self::taken(outcome, code)
    }

    fn coverage(&self) -> Judged {
        let step = self.step_of(StepKind::Canvass)?;
        let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let command = CloseCanvass {
            concerned: count(self.row.whole),
            asked: count(self.row.part),
            in_favour: count(self.row.part),
            against: 0,
            no_view: 0,
            units_asked: 0,
            papers: papers(&step.papers),
        };
        let (place, roster) = (place(self.pack, self.row.whole, self.row.whole), roster(1, &[]));
        let state = at_step(self.pack, &step.code);
        let at = (at(self.day(), 10), office(self.pack, "closeCanvass"));
        Self::taken(self.decide(&state, command, (&place, &roster), at), RefusalCode::CoverageNotMet)
    }

    fn signatures(&self) -> Judged {
        let step = self.step_of(StepKind::Signatures)?;
        let (place, roster) =
            (place(self.pack, self.row.whole, self.row.whole), roster(self.row.whole, &[RollKind::Households]));
        let signed = (1..=u32::try_from(self.row.part).unwrap_or(u32::MAX)).map(household).collect();
        let mut state = at_step(self.pack, &step.code);
        state = fold(state, &[SignaturesCollected { households: signed }.into()], at(self.day(), 9));
        let command = CloseSignatures { papers: papers(&step.papers) };
        let at = (at(self.day(), 10), office(self.pack, "closeSignatures"));
        Self::taken(self.decide(&state, command, (&place, &roster), at), RefusalCode::SignaturesTooFew)
    }

    fn step_of(&self, kind: StepKind) -> Result<&Step, String> {
        let step = self.pack.step(&self.row.place).filter(|step| step.kind == kind);
        step.ok_or_else(|| "no such step of that kind".to_owned())
    }

    fn initiators(&self, kind: &str) -> Judged {
        let (kind, office) = joint(kind)?;
        let (place, roster) = self.electorate();
        let command = RaiseMotion {
            jurisdiction: code(self.pack),
            title: text("边界"),
            matters: vec![matter(self.pack)],
            source: MotionSource::PartyMembersAndMasses,
            initiator: Initiator { kind, signatures: u32::try_from(self.row.part).ok() },
            summary: text("边界"),
        };
        let at = (at(self.day(), 10), office);
        let outcome = self.decide(&Consultation::default(), command, (&place, &roster), at);
        Self::taken(outcome, RefusalCode::InitiatorsTooFew)
    }

    /// `detour.<purpose>/<kind>/<form>.share`
    fn callers(&self, call: &str) -> Judged {
        let mut parts = call.split('/');
        let mut next = || parts.next().ok_or("a call is purpose/kind/form");
        let (purpose, kind, form) = (next()?, next()?, next()?);
        let purpose: ReopenPurpose =
            serde_json::from_value(serde_json::Value::from(purpose)).map_err(|e| e.to_string())?;
        let (kind, office) = joint(kind)?;
        let (place, roster) = self.electorate();
        let events = [raised(self.pack), screened(self.pack, Lane::Full, "S4"), planned(), resolved("S4")];
        let state = fold(Consultation::default(), &events, at(self.day(), 8));
        let command = ReopenDeliberation {
            purpose,
            initiator: Initiator { kind, signatures: u32::try_from(self.row.part).ok() },
            form: Some(form.to_owned()),
            reason: text("边界"),
            extra_fen: None,
        };
        let at = (at(self.day(), 10), office);
        Self::taken(self.decide(&state, command, (&place, &roster), at), RefusalCode::InitiatorsTooFew)
    }

    fn electorate(&self) -> (Jurisdiction, Roster) {
        let whole = self.row.whole;
        match self.row.base.as_str() {
            "representatives" => (place(self.pack, whole, whole), roster(whole, &[RollKind::Representatives])),
            _ => (place(self.pack, whole, whole), roster(1, &[])),
        }
    }

    /// The whole is the days ordered, the part the full days that the notice has hung.
    fn posted(&self) -> Judged {
        let period = |days: u16| self.rules.calendar.period_end(self.day(), days).map_err(|e| e.to_string());
        let days = self.pack.disclosure.posted.days;
        let posted = NoticePosted {
            notice: 1,
            kind: NoticeKind::Resolution,
            notice_no: text("1"),
            places: vec![text("村部")],
            channels: Vec::new(),
            contact: text("村部"),
            supervisors: Vec::new(),
            supervisors_opinion: text("同意"),
            photo: None,
            objections_until: period(self.pack.disclosure.objections.days)?,
            removable_on: siyi_domain::calendar::plus_days(period(days)?, 1).map_err(|e| e.to_string())?,
        };
        let post = siyi_domain::consultation::commands::PostNotice {
            kind: posted.kind,
            notice_no: posted.notice_no,
            places: posted.places,
            channels: posted.channels,
            contact: posted.contact,
            supervisors: vec![person(0)],
            supervisors_opinion: posted.supervisors_opinion,
            photo: None,
        };
        let (place, roster) = (place(self.pack, 1, 1), roster(1, &[RollKind::SupervisoryCommittee]));
        let village = (&place, &roster);
        let events = [raised(self.pack), screened(self.pack, Lane::Full, "S4"), planned(), resolved("S4")];
        let mut state = fold(Consultation::default(), &events, at(self.day(), 8));
        let hung = self
            .decide(&state, post, village, (at(self.day(), 10), office(self.pack, "postNotice")))
            .map_err(|refusal| format!("not posted: {refusal}"))?;
        state = fold(state, &hung, at(self.day(), 10));
        // A notice that has hung for `part` full days is taken down on the day after them.
        let after = i64::try_from(self.row.part + 1).map_err(|e| e.to_string())?;
        let down = siyi_domain::calendar::plus_days(self.day(), after).map_err(|e| e.to_string())?;
        let at = (at(down, 8), office(self.pack, "closeDisclosure"));
        let outcome = self.decide(&state, CloseDisclosure { notice: 1 }, village, at);
        Self::taken(outcome, RefusalCode::PostingTooShort)
    }

    /// `rolls.<roll>.least` and `.most`: the whole is the bound, the part the members filed.
    fn roll_size(&self) -> Judged {
        let name = self.row.place.trim_start_matches("rolls.");
        if name == "households_per_representative" {
            return self.households_per_representative();
        }
        let roll: RollKind = serde_json::from_value(serde_json::Value::from(name)).map_err(|e| e.to_string())?;
        let roster = roster(self.row.part, &[]);
        let members = (1..).zip(persons(self.row.part)).map(|(no, person)| member(no, person)).collect();
        self.filed(&roster, &place(self.pack, 10_000, 10_000), roll, members, RefusalCode::CommitteeSize)
    }

    /// The whole is the households of the village, the part its representatives.
    fn households_per_representative(&self) -> Judged {
        let representatives = self.row.part;
        let roster = file(roster(representatives, &[]), RollKind::VillageCommittee, persons(representatives.min(5)));
        let members = (1..).zip(persons(representatives)).map(|(no, person)| member(no, person)).collect();
        let place = place(self.pack, self.row.whole, self.row.whole);
        self.filed(&roster, &place, RollKind::Representatives, members, RefusalCode::HouseholdsPerRepresentative)
    }

    /// `rolls.representatives_share` and `rolls.women_representatives_share`: the whole is the members of the meeting.
    fn composition(&self) -> Judged {
        let (members, part) = (self.row.whole, self.row.part);
        let women = self.row.place.ends_with("women_representatives_share");
        // For the first, the rest of the meeting sits in the committee alone; for the second all are representatives.
        let representatives = if women { members } else { part };
        let mut roster = Roster::default();
        for no in 0..members {
            let female = !women || no < part;
            roster = register(roster, person(no), if female { Sex::Female } else { Sex::Male });
        }
        let committee: Vec<_> = if women { vec![person(0)] } else { (part..members).map(person).collect() };
        roster = file(roster, RollKind::VillageCommittee, committee);
        let filed = (1..).zip((0..representatives).map(person)).map(|(no, person)| member(no, person)).collect();
        let range = self.pack.rolls.households_per_representative.as_ref().ok_or("no representatives")?;
        let households = representatives * range.least;
        let place = place(self.pack, households, households);
        self.filed(&roster, &place, RollKind::Representatives, filed, RefusalCode::CompositionNotMet)
    }

    fn filed(
        &self,
        roster: &Roster,
        place: &Jurisdiction,
        roll: RollKind,
        members: Vec<siyi_domain::roster::RollMember>,
        code_of: RefusalCode,
    ) -> Judged {
        let occurred_at = at(self.day(), 10);
        let actor = Actor { person: counters()[0], office: office(self.pack, "fileRoll") };
        let context = Context { occurred_at, recorded_at: occurred_at, actor, rules: self.rules };
        let command = RosterCommand::from(FileRoll { roll, members });
        match roster::decide(roster, &code(self.pack), place, None, &command, &context) {
            Ok(_) => Ok(true),
            Err(refusal) if refusal.code == code_of => Ok(false),
            Err(refusal) => Err(format!("refused for another reason: {refusal}")),
        }
    }
}

/// The representatives may decide what the table's kind of matter is.
fn authorised(place: Jurisdiction, pack: &Procedure) -> Jurisdiction {
    let authorised = siyi_domain::jurisdiction::RepresentativesAuthorised {
        matters: vec![matter(pack)],
        from: pack.effective_from(),
        until: jiff::civil::date(2030, 1, 1),
        by: siyi_domain::jurisdiction::AuthorisedBy::Assembly,
        paper: text(&"0".repeat(64)),
    };
    place.evolve(&authorised.into())
}

fn rolls(form: &Form) -> Vec<RollKind> {
    let mut rolls = form.rolls.clone();
    if form.composition {
        rolls.extend([RollKind::Representatives, RollKind::VillageCommittee]);
    }
    rolls.sort_unstable();
    rolls.dedup();
    rolls
}

fn put(form: &Form) -> ConsultationCommand {
    let [first, second, scrutineer, _] = counters()[..] else { panic!("four people count") };
    let tellers = Some(Tellers { first, second, scrutineer });
    PutMotion { meeting: 1, text: text("同意。"), ballot: ballot(form), tellers }.into()
}

fn ballot(form: &Form) -> BallotForm {
    if form.ballots.contains(&BallotForm::SecretPaper) { BallotForm::SecretPaper } else { form.ballots[0] }
}

fn count(form: &Form, counts: Counts, papers: u32) -> (&'static str, ConsultationCommand) {
    if ballot(form) == BallotForm::SecretPaper {
        let command = RecordSecretBallot {
            meeting: 1,
            printed: papers,
            handed_out: papers,
            exchanged: 0,
            unused: 0,
            in_box: papers,
            first: counts,
            second: counts,
        };
        return ("recordSecretBallot", command.into());
    }
    ("recordShowOfHands", RecordShowOfHands { meeting: 1, first: counts, second: counts }.into())
}

fn joint(kind: &str) -> Result<(InitiatorKind, Office), String> {
    match kind {
        "villagers" => Ok((InitiatorKind::Villagers, Office::Villager)),
        "representatives" => Ok((InitiatorKind::Representatives, Office::Representative)),
        other => Err(format!("`{other}` does not act jointly")),
    }
}

fn papers(kinds: &[PaperKind]) -> Vec<Paper> {
    kinds.iter().map(|kind| Paper { kind: *kind, sha256: text(&"0".repeat(64)) }).collect()
}

/// Somebody who is checked in already cannot be checked in again, or a quorum would be met by the same person twice.
///
/// # Errors
/// The refusal's code, if it is not the one that is expected.
pub fn twice(pack: &Procedure, rules: &Rules) -> Result<(), String> {
    let row = Row {
        pack: pack.id.clone(),
        place: String::new(),
        rule: String::new(),
        base: String::new(),
        whole: 0,
        part: 0,
        enough: false,
        at: String::new(),
    };
    let ground = Ground { row: &row, pack, rules };
    let (step, form) = pack
        .steps
        .iter()
        .find_map(|step| step.forms.first().map(|form| (step, form)))
        .ok_or("the pack has no meeting")?;
    let state = fold(at_step(pack, &step.code), &meeting(pack, &step.code, &form.id, 9, 3), at(day_of(pack), 9));
    let again = CheckIn { meeting: 1, persons: vec![person(0)] };
    let (place, roster) = (place(pack, 9, 9), roster(9, &rolls(form)));
    let moment = at(day_of(pack), 10);
    match ground.decide(&state, again, (&place, &roster), (moment, office(pack, "checkIn"))) {
        Err(refusal) if refusal.code == RefusalCode::CheckedInAlready => Ok(()),
        other => Err(format!("{other:?}")),
    }
}
