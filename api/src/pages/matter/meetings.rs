//! The meetings of a matter: who was due and came, how they voted, by which rule it counts.

use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::consultation::events::{DecisionMade, PapersCounted};
use siyi_domain::consultation::facts::{Outcome, Paper};
use siyi_domain::consultation::secrecy::{self, SecrecyWarning};
use siyi_domain::moment::Moment;
use siyi_domain::procedure::{Procedure, ReopenPurpose};
use siyi_domain::tally::{Counts, Test};
use siyi_projections::dossier::{Dossier, MeetingFile};

use crate::pages::bar::Bar;
use crate::pages::lang::Lang;
use crate::pages::rules::{self, Citation};
use crate::pages::secrecy as words;
use crate::pages::terms::Term;
use crate::pages::trouble::Trouble;
use crate::pages::visit::Visit;

/// A meeting, for readers.
#[derive(Debug, Clone)]
pub struct MeetingView {
    /// Its number.
    pub no: u16,
    /// Its form.
    pub name: String,
    /// The step.
    pub step: String,
    /// When it was held or will be.
    pub held_at: Moment,
    /// Where.
    pub place: String,
    /// When it was convened.
    pub convened_at: Moment,
    /// Who convened it, in which office.
    pub convened_by: String,
    /// The masked name of the chair.
    pub chair: String,
    /// Agenda.
    pub agenda: Vec<String>,
    /// When the plan was delivered.
    pub plan_delivered_on: Option<jiff::civil::Date>,
    /// Why the notice was short.
    pub special: Option<String>,
    /// 应到
    pub due: u64,
    /// 实到
    pub present: u64,
    /// 实到 of 应到 in per cent, cut to one decimal.
    pub ratio: String,
    /// Figures and rule of each test, in one line.
    pub reckoning: String,
    /// How those present are so, where some are online or by a member of their household.
    pub presence: Option<String>,
    /// Who attends without counting.
    pub guests: Option<String>,
    /// What it deliberates anew, where it does.
    pub purpose: Option<&'static str>,
    /// How many were left out of those due.
    pub excluded: usize,
    /// How the votes were cast.
    pub ballot: Option<&'static str>,
    /// What the totals of a small secret ballot give away, told before the vote and after it.
    pub secrecy: Option<String>,
    /// The text put or amended last.
    pub text: Option<String>,
    /// Amendments at the meeting.
    pub amendments: Vec<(Moment, String, bool)>,
    /// Papers of a secret ballot.
    pub papers_counted: Option<PapersCounted>,
    /// How the votes fell: name, class, count.
    pub votes: Vec<(&'static str, &'static str, u64)>,
    /// What was judged.
    pub tests: Vec<Tested>,
    /// Bars: those present, the votes.
    pub bars: Vec<Bar>,
    /// What became of it, in words.
    pub outcome: &'static str,
    /// Class of the outcome.
    pub outcome_class: &'static str,
    /// Procedure and version that judged.
    pub judged_by: Option<(String, u32)>,
    /// Papers filed.
    pub papers: Vec<Paper>,
    /// Whether any of its records was made afterwards.
    pub late: bool,
}

/// A test, for readers.
#[derive(Debug, Clone)]
pub struct Tested {
    /// What is judged.
    pub what: String,
    /// What the rule asks for.
    pub share: String,
    /// The least part that satisfies the rule, with its unit.
    pub least: String,
    /// 41×3=123 ≥ 110=55×2
    pub arithmetic: String,
    /// 实到 41 ≥ 应到 55 的 2/3（41×3=123 ≥ 110=55×2）
    pub line: String,
    /// Whether it is met.
    pub met: bool,
    /// Where the rule comes from.
    pub citation: Citation,
}

impl Tested {
    /// A test as readers see it.
    #[must_use]
    pub fn of(test: &Test, procedure: Option<&Procedure>, lang: Lang) -> Self {
        let urban = procedure.is_some_and(rules::is_urban);
        Self {
            what: rules::tested(test, urban, lang).to_owned(),
            share: rules::share(test, urban, lang),
            least: rules::least(test, lang),
            arithmetic: test.arithmetic(),
            line: rules::line(test, urban, lang),
            met: test.met,
            citation: Citation::of(&test.basis, procedure, lang),
        }
    }
}

/// All meetings of a matter in order.
///
/// # Errors
/// [`Trouble::ReadStore`].
pub fn all(visit: &Visit<'_>, file: &Dossier) -> Result<Vec<MeetingView>, Trouble> {
    file.meetings.iter().map(|meeting| view(visit, file, meeting)).collect()
}

/// The pack that judged a meeting; where it has decided nothing, the one of its day.
fn procedure_of<'a>(visit: &Visit<'a>, file: &Dossier, meeting: &MeetingFile) -> Option<&'a Procedure> {
    let judged = meeting.decision.as_ref().and_then(|told| visit.procedure(&told.fact.procedure));
    judged.or_else(|| visit.binding(&file.standing.procedure, meeting.convened.fact.held_at.day()))
}

fn view(visit: &Visit<'_>, file: &Dossier, meeting: &MeetingFile) -> Result<MeetingView, Trouble> {
    let lang = visit.lang();
    let procedure = procedure_of(visit, file, meeting);
    let convened = &meeting.convened.fact;
    let narrator = crate::pages::narrate::Narrator { lang, procedure };
    let own = file.entries.iter().filter(|entry| meeting_of(&entry.event) == Some(convened.meeting));
    let inquorate = own.clone().find_map(|entry| match &entry.event {
        ConsultationEvent::MeetingFoundInquorate(e) => Some(e),
        _ => None,
    });
    let papers_counted = own.clone().find_map(|entry| match &entry.event {
        ConsultationEvent::PapersCounted(e) => Some(e.clone()),
        _ => None,
    });
    let put = meeting.motions.last().map(|told| &told.fact);
    let decision = meeting.decision.as_ref().map(|told| &told.fact);
    let (due, present) = match (decision, inquorate) {
        (Some(decision), _) => (decision.due, decision.present),
        (None, Some(inquorate)) => (inquorate.due, inquorate.present),
        (None, None) => (meeting.due, meeting.present),
    };
    let convened_by =
        file.entries.get(meeting.convened.entry).map(|entry| visit.acted(entry.envelope.actor, narrator.is_urban()));
    let (outcome, outcome_class) = outcome(meeting, decision, lang);
    let quorum = inquorate.map(|e| &e.quorum);
    let tests = judged(put.map(|put| put.tests.as_slice()), decision, quorum);
    let tests: Vec<Tested> = tests.into_iter().map(|test| Tested::of(test, procedure, lang)).collect();
    Ok(MeetingView {
        no: convened.meeting,
        name: narrator.form(&convened.step, &convened.form),
        step: narrator.step(&convened.step),
        held_at: convened.held_at,
        place: convened.place.to_string(),
        convened_at: meeting.convened.at,
        convened_by: convened_by.transpose()?.unwrap_or_default(),
        chair: visit.masked(convened.chair)?,
        agenda: convened.agenda.iter().map(ToString::to_string).collect(),
        plan_delivered_on: convened.plan_delivered_on,
        special: convened.special_circumstances.as_ref().map(ToString::to_string),
        due,
        present,
        ratio: ratio(present, due),
        reckoning: tests.iter().map(|test| test.line.as_str()).collect::<Vec<_>>().join(lang.pick("；", "; ")),
        presence: presence_of(meeting, lang),
        guests: (!meeting.guests.is_empty()).then(|| narrator.guests(&meeting.guests)),
        purpose: purpose(file, meeting).map(|purpose| purpose.named(lang)),
        excluded: meeting.excluded.len(),
        ballot: put.map(|put| put.ballot.named(lang)),
        secrecy: secrecy_of(meeting).map(|warning| words::warning(&warning, decision.is_some(), lang)),
        text: meeting
            .amendments
            .last()
            .map(|(_, text, _)| text.clone())
            .or_else(|| put.map(|put| put.text.to_string())),
        amendments: meeting.amendments.clone(),
        votes: decision.map(|decision| votes(decision, lang)).unwrap_or_default(),
        bars: bars(convened.meeting, decision, quorum, lang),
        tests,
        outcome,
        outcome_class,
        judged_by: decision.map(|decision| (decision.procedure.clone(), decision.procedure_version)),
        papers_counted,
        papers: meeting.papers.clone(),
        late: own.clone().any(|entry| entry.late),
    })
}

/// What there is to warn of: at the motion put last, or once it is decided.
fn secrecy_of(meeting: &MeetingFile) -> Option<SecrecyWarning> {
    let put = &meeting.motions.last()?.fact;
    secrecy::warning(put.ballot, put.present, meeting.decision.as_ref().map(|told| &told.fact.counts))
}

/// How those present are so, where some are not in the room.
fn presence_of(meeting: &MeetingFile, lang: Lang) -> Option<String> {
    let (online, proxies) = (meeting.online, meeting.proxies);
    (online + proxies > 0).then(|| match lang {
        Lang::Zh => format!("实到含线上到会{online}人、由本户成员受托到会{proxies}人"),
        Lang::En => format!("of those present {online} were online and {proxies} represented by their household"),
    })
}

/// The deliberation anew that a meeting belongs to.
fn purpose(file: &Dossier, meeting: &MeetingFile) -> Option<ReopenPurpose> {
    let own = meeting.convened.entry;
    let around = file.off_road.detours.iter().rev().find(|detour| {
        detour.reopened.entry < own && detour.concluded.as_ref().is_none_or(|concluded| own < concluded.entry)
    });
    around.map(|detour| detour.reopened.fact.purpose)
}

/// A share in per cent, cut and never rounded up to a figure that a rule would ask for.
fn ratio(part: u64, whole: u64) -> String {
    let tenths = u128::from(part) * 1000 / u128::from(whole.max(1));
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// The meeting that an event belongs to.
fn meeting_of(event: &ConsultationEvent) -> Option<u16> {
    use ConsultationEvent as E;
    match event {
        E::MeetingConvened(e) => Some(e.meeting),
        E::RollFrozen(e) => Some(e.meeting),
        E::MemberExcluded(e) => Some(e.meeting),
        E::MembersCheckedIn(e) => Some(e.meeting),
        E::MembersCheckedOut(e) => Some(e.meeting),
        E::MotionPut(e) => Some(e.meeting),
        E::MotionAmended(e) => Some(e.meeting),
        E::HandsCounted(e) => Some(e.meeting),
        E::RollCalled(e) => Some(e.meeting),
        E::PapersCounted(e) => Some(e.meeting),
        E::DecisionMade(e) => Some(e.meeting),
        E::MeetingClosed(e) => Some(e.meeting),
        E::MeetingFoundInquorate(e) => Some(e.meeting),
        E::MembersJoinedOnline(e) => Some(e.meeting),
        E::ProxiesAdmitted(e) => Some(e.meeting),
        E::GuestsAttended(e) => Some(e.meeting),
        _ => None,
    }
}

fn outcome(meeting: &MeetingFile, decision: Option<&DecisionMade>, lang: Lang) -> (&'static str, &'static str) {
    match (decision.map(|decision| decision.outcome), meeting.inquorate, meeting.closed_at) {
        (Some(Outcome::Carried), ..) => (lang.pick("通过", "carried"), "passed"),
        (Some(Outcome::Lost), ..) => (lang.pick("未通过", "not carried"), "failed"),
        (None, true, _) => (lang.pick("到会人数不足，未作决定", "no quorum, nothing decided"), "failed"),
        (None, false, Some(_)) => (lang.pick("闭会，未作表决", "closed without a vote"), "neutral"),
        (None, false, None) => (lang.pick("已召集，尚未闭会", "convened, not closed yet"), "neutral"),
    }
}

/// The tests in the order in which people check them: those of the motion, then the threshold.
fn judged<'a>(
    put: Option<&'a [Test]>,
    decision: Option<&'a DecisionMade>,
    inquorate: Option<&'a Test>,
) -> Vec<&'a Test> {
    let mut tests: Vec<&Test> = Vec::new();
    match (decision, inquorate) {
        (Some(decision), _) => {
            tests.push(&decision.quorum);
            tests.push(&decision.threshold);
        }
        (None, Some(quorum)) => tests.push(quorum),
        (None, None) => {}
    }
    tests.extend(put.into_iter().flatten().filter(|test| test.what != "quorum"));
    tests
}

fn votes(decision: &DecisionMade, lang: Lang) -> Vec<(&'static str, &'static str, u64)> {
    let Counts { in_favour, against, abstain, blank, spoiled } = decision.counts;
    let all = [
        (lang.pick("同意", "for"), "for", in_favour),
        (lang.pick("反对", "against"), "against", against),
        (lang.pick("弃权", "abstaining"), "abstain", abstain),
        (lang.pick("空白票", "blank"), "abstain", blank),
        (lang.pick("废票", "spoiled"), "abstain", spoiled),
        (lang.pick("到会未投票", "present, not voting"), "rest", decision.not_voting),
    ];
    all.into_iter()
        .enumerate()
        .filter(|(place, (_, _, count))| *place < 3 || *count > 0)
        .map(|(_, vote)| vote)
        .collect()
}

fn bars(no: u16, decision: Option<&DecisionMade>, inquorate: Option<&Test>, lang: Lang) -> Vec<Bar> {
    let quorum = decision.map(|decision| &decision.quorum).or(inquorate);
    let mut bars: Vec<Bar> = quorum.map(|test| presence(no, test, lang)).into_iter().collect();
    if let Some(decision) = decision {
        bars.push(votes_bar(no, decision, lang));
    }
    bars
}

fn presence(no: u16, test: &Test, lang: Lang) -> Bar {
    let least = test.fraction().least(test.whole);
    let (title, description) = match lang {
        Lang::Zh => (
            format!("实到{}人，应到{}人", test.part, test.whole),
            format!("横条全长为应到{}人，涂色部分为实到{}人，竖线为法定最低到会{least}人。", test.whole, test.part),
        ),
        Lang::En => (
            format!("{} present of {} due", test.part, test.whole),
            format!(
                "The bar is the {} due, the filled part the {} present, the line the least of {least}.",
                test.whole, test.part
            ),
        ),
    };
    let class = if test.met { "present" } else { "short" };
    Bar::of(format!("m{no}-present"), title, description, test.whole, &[(class, test.part)]).marked(least, test.whole)
}

fn votes_bar(no: u16, decision: &DecisionMade, lang: Lang) -> Bar {
    let test = &decision.threshold;
    let least = test.fraction().least(test.whole);
    let counts = decision.counts;
    let base = test.of.named(lang);
    let (title, description) = match lang {
        Lang::Zh => (
            format!("同意{}，反对{}，弃权{}", counts.in_favour, counts.against, counts.abstain),
            format!("横条全长为{base}{}人，依次为同意、反对、弃权，竖线为通过所需最少{least}人。", test.whole),
        ),
        Lang::En => (
            format!("{} for, {} against, {} abstaining", counts.in_favour, counts.against, counts.abstain),
            format!(
                "The bar is {base}, {} persons: for, against, abstaining in turn. The line is the least needed, {least}.",
                test.whole
            ),
        ),
    };
    let rest = counts.abstain.saturating_add(counts.blank).saturating_add(counts.spoiled);
    let parts = [("for", counts.in_favour), ("against", counts.against), ("abstain", rest)];
    Bar::of(format!("m{no}-votes"), title, description, test.whole, &parts).marked(least, test.whole)
}
