//! Where a matter stands on its way: an ordered list of steps, told in words and not by colour alone.

use jiff::civil::Date;
use siyi_domain::consultation::facts::NoticeKind;
use siyi_domain::consultation::{ConsultationEvent, Ending, Stage};
use siyi_domain::procedure::{Procedure, Step};
use siyi_projections::dossier::{Dossier, Entry};

use crate::pages::lang::Lang;
use crate::pages::terms::Term;

/// The steps of a matter and which of them it is at.
#[derive(Debug, Clone)]
pub struct Steps {
    /// All steps in order.
    pub marks: Vec<Mark>,
    /// Where it stands, in a sentence.
    pub sentence: String,
    /// The steps of a deliberation anew, while there is one.
    pub detour: Vec<Mark>,
    /// What it is for.
    pub detour_name: String,
}

/// A step.
#[derive(Debug, Clone)]
pub struct Mark {
    /// Its name.
    pub name: String,
    /// Done, current, ahead or stopped.
    pub class: &'static str,
    /// The same in words.
    pub state: &'static str,
    /// When it was done.
    pub on: Option<Date>,
}

/// The steps before and after those of the procedure.
const BEFORE: usize = 1;
const AFTER: usize = 4;

impl Steps {
    /// The steps of a matter.
    #[must_use]
    pub fn of(file: &Dossier, procedure: Option<&Procedure>, today: Date, lang: Lang) -> Self {
        let lane = file.standing.lane;
        let way = Way { file, steps: procedure.map(|p| p.steps_of(lane).collect()).unwrap_or_default() };
        let names = way.names(lang);
        let days = way.days();
        let (at, stopped) = way.position(today);
        let total = names.len();
        let sentence = sentence(names.get(at).map(String::as_str), at, total, stopped, lang);
        let mark = |(index, name): (usize, String)| {
            let (class, state) = state(index, at, stopped, lang);
            Mark { name, class, state, on: days.get(index).copied().flatten().filter(|_| index <= at) }
        };
        let (detour_name, detour) = detour(&file.standing.stage, procedure, lang);
        Self { marks: names.into_iter().enumerate().map(mark).collect(), sentence, detour, detour_name }
    }
}

/// The steps of a deliberation anew, and what it is for.
fn detour(stage: &Stage, procedure: Option<&Procedure>, lang: Lang) -> (String, Vec<Mark>) {
    let Stage::Detour(detour) = stage else { return (String::new(), Vec::new()) };
    let at = detour.steps.iter().position(|code| *code == detour.code).unwrap_or_default();
    let mark = |(index, code): (usize, &String)| {
        let step = procedure.and_then(|p| p.step(code));
        let name = step.map_or(code.as_str(), |step| lang.pick(&step.name.zh, &step.name.en)).to_owned();
        let (class, state) = state(index, at, None, lang);
        Mark { name, class, state, on: None }
    };
    let purpose = detour.purpose.named(lang);
    let name = match lang {
        Lang::Zh => format!("重新议决：{purpose}"),
        Lang::En => format!("Deliberated again: {purpose}"),
    };
    (name, detour.steps.iter().enumerate().map(mark).collect())
}

fn state(index: usize, at: usize, stopped: Option<Ending>, lang: Lang) -> (&'static str, &'static str) {
    match (index.cmp(&at), stopped) {
        (std::cmp::Ordering::Less, _) => ("done", lang.pick("已完成", "done")),
        (std::cmp::Ordering::Equal, Some(Ending::Dismissed)) => ("stopped", lang.pick("不予受理", "dismissed")),
        (std::cmp::Ordering::Equal, Some(Ending::Rejected)) => ("stopped", lang.pick("未通过", "not carried")),
        (std::cmp::Ordering::Equal, Some(Ending::Withdrawn)) => ("stopped", lang.pick("撤回", "withdrawn")),
        (std::cmp::Ordering::Equal, Some(Ending::Annulled)) => ("stopped", lang.pick("决议已撤销", "annulled")),
        (std::cmp::Ordering::Equal, Some(Ending::Consulted)) => ("stopped", lang.pick("协商办结", "talked over")),
        (std::cmp::Ordering::Equal, _) => ("current", lang.pick("进行中", "current")),
        (std::cmp::Ordering::Greater, Some(Ending::Archived) | None) => ("ahead", lang.pick("未到", "ahead")),
        (std::cmp::Ordering::Greater, Some(_)) => ("ahead", lang.pick("不再进行", "not reached")),
    }
}

fn sentence(name: Option<&str>, at: usize, total: usize, stopped: Option<Ending>, lang: Lang) -> String {
    let no = at + 1;
    let Some(name) = name else {
        return match lang {
            Lang::Zh => format!("全部{total}步已完成，已归档"),
            Lang::En => format!("All {total} steps are done; archived"),
        };
    };
    match (lang, stopped) {
        (Lang::Zh, None) => format!("第{no}步，共{total}步：{name}"),
        (Lang::En, None) => format!("Step {no} of {total}: {name}"),
        (Lang::Zh, Some(_)) => format!("止于第{no}步（共{total}步）：{name}"),
        (Lang::En, Some(_)) => format!("Ended at step {no} of {total}: {name}"),
    }
}

struct Way<'a> {
    file: &'a Dossier,
    steps: Vec<&'a Step>,
}

impl Way<'_> {
    fn names(&self, lang: Lang) -> Vec<String> {
        let works = self.file.standing.works;
        let carried_out = if works { lang.pick("实施", "works") } else { lang.pick("办理", "carrying out") };
        let own = self.steps.iter().map(|step| lang.pick(&step.name.zh, &step.name.en).to_owned());
        let before = [lang.pick("动议", "motion").to_owned()];
        let after = [
            lang.pick("决议公开", "disclosure of the resolution").to_owned(),
            carried_out.to_owned(),
            lang.pick("实施结果公开", "disclosure of the outcome").to_owned(),
            lang.pick("归档", "archive").to_owned(),
        ];
        before.into_iter().chain(own).chain(after).collect()
    }

    fn total(&self) -> usize {
        BEFORE + self.steps.len() + AFTER
    }

    /// The place of a step; nothing where it is of another road, before a consultation led to this one or on a detour.
    fn index_of(&self, step: &str) -> Option<usize> {
        self.steps.iter().position(|own| own.code == step).map(|place| BEFORE + place)
    }

    /// The events of the road itself, those of deliberations anew left out.
    fn on_the_road(&self) -> impl Iterator<Item = &Entry> {
        let detours = &self.file.off_road.detours;
        self.file.entries.iter().enumerate().filter_map(move |(index, entry)| {
            let off = detours.iter().any(|detour| {
                detour.reopened.entry < index && detour.concluded.as_ref().is_none_or(|end| index < end.entry)
            });
            (!off).then_some(entry)
        })
    }

    /// When each step was done last.
    fn days(&self) -> Vec<Option<Date>> {
        use ConsultationEvent as E;
        let mut days = vec![None; self.total()];
        let disclosed = BEFORE + self.steps.len();
        for entry in self.on_the_road() {
            let index = match &entry.event {
                E::MotionScreened(_) | E::MotionDismissed(_) => Some(0),
                E::StepPassed(e) => self.index_of(&e.step),
                // Reviews may follow the step that resolved; the last of them lets the resolution stand.
                E::ResolutionAdopted(_) => Some(disclosed.saturating_sub(1)),
                E::ConsultationRejected(e) => self.index_of(&e.step),
                E::ConsultationWithdrawn(_) => Some(self.stopped_at()),
                E::NoticePosted(e) => match e.kind {
                    NoticeKind::Resolution => Some(disclosed),
                    NoticeKind::Result => Some(disclosed + 2),
                    NoticeKind::Progress => None,
                },
                E::WorksAccepted(_) | E::ImplementationCompleted(_) => Some(disclosed + 1),
                E::ConsultationArchived(_) => Some(disclosed + 3),
                _ => None,
            };
            if let Some(day) = index.and_then(|index| days.get_mut(index)) {
                *day = Some(entry.envelope.occurred_at.day());
            }
        }
        days
    }

    /// The step at which the matter was when it ended before its time.
    fn stopped_at(&self) -> usize {
        use ConsultationEvent as E;
        let moves = self.on_the_road().filter_map(|entry| match &entry.event {
            E::MotionScreened(e) => self.index_of(&e.step),
            E::StepPassed(e) => self.index_of(&e.next),
            E::ProposalReturned(e) => self.index_of(&e.to),
            E::LaneChanged(e) => self.index_of(&e.step),
            E::ResolutionAdopted(_) => Some(BEFORE + self.steps.len()),
            _ => None,
        });
        moves.last().unwrap_or_default()
    }

    /// The index of the current step, beyond the last where all is done; and how the matter ended, if it did so early.
    fn position(&self, today: Date) -> (usize, Option<Ending>) {
        let standing = &self.file.standing;
        let disclosed = BEFORE + self.steps.len();
        match &standing.stage {
            Stage::Unborn | Stage::Moved => (0, None),
            Stage::Step { code, .. } => (self.index_of(code).unwrap_or_default(), None),
            Stage::Executing | Stage::Detour(_) => (disclosed + self.executing(today), None),
            Stage::Ended(Ending::Archived) => (self.total(), None),
            Stage::Ended(Ending::Dismissed) => (0, Some(Ending::Dismissed)),
            Stage::Ended(ending) => (self.stopped_at(), Some(*ending)),
        }
    }

    /// 0 disclosure of the resolution, 1 works, 2 disclosure of the outcome, 3 archive.
    fn executing(&self, today: Date) -> usize {
        let standing = &self.file.standing;
        let Some(resolution) = standing.notice_of(NoticeKind::Resolution) else { return 0 };
        match (standing.completed_on, standing.notice_of(NoticeKind::Result)) {
            (None, _) if standing.started_on.is_none() && today <= resolution.objections_until => 0,
            (None, _) => 1,
            (Some(_), None) => 2,
            (Some(_), Some(result)) if result.closed_on.is_none() => 2,
            (Some(_), Some(_)) => 3,
        }
    }
}
