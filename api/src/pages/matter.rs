//! /c/<number>: one matter, from the motion to the archive, and its whole record.

use std::sync::Arc;

use askama::Template;
use siyi_domain::consultation::standing::OpenMeeting;
use siyi_domain::consultation::{Ending, Stage};
use siyi_domain::ids::Fen;
use siyi_domain::procedure::{Certainty, Procedure, StepKind};
use siyi_projections::directory::JurisdictionRow;
use siyi_projections::docket::{DocketRow, Status};
use siyi_projections::dossier::Dossier;

use super::answer::Rendered;
use super::due::Due;
use super::flags::{self, FlagView};
use super::frame::Frame;
use super::lang::Lang;
use super::narrate::Narrator;
use super::phrases::Phrases;
use super::rules::{article, is_urban};
use super::terms::Term;
use super::trouble::Trouble;
use super::visit::Visit;

mod facts;
mod files;
mod meetings;
mod money;
mod off_road;
mod preparation;
mod record;
mod steps;

use facts::Fact;
use files::{File, Told};
use preparation::Teller;

pub use meetings::{MeetingView, all as meetings_of};
pub use money::MoneyView;

/// A kind of matter and the statute that names it.
#[derive(Debug, Clone)]
pub struct Kind {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The statute, where one names it.
    pub statute: Option<String>,
}

#[derive(Template)]
#[template(path = "matter.html")]
struct MatterPage {
    frame: Frame,
    p: &'static Phrases,
    l: Lang,
    row: DocketRow,
    file: Arc<Dossier>,
    places: String,
    status: &'static str,
    status_class: &'static str,
    standing: String,
    initiator: String,
    procedure: Option<String>,
    kinds: Vec<Kind>,
    steps: steps::Steps,
    dues: Vec<Due>,
    meetings: Vec<MeetingView>,
    money: MoneyView,
    files: Vec<File>,
    record: record::Record,
    /// The road, where it is not the whole one.
    lane: Option<String>,
    group: Option<String>,
    /// Whether it is of a community.
    urban: bool,
    /// Whether there was a resolution that no longer stands.
    is_void: bool,
    /// The budget after supplementary resolutions.
    supplemented: Option<Fen>,
    preparation: Vec<Fact>,
    off_road: Vec<Fact>,
    oversight: Vec<Fact>,
    flags: Vec<FlagView>,
    verify_link: String,
}

/// The page of the matter with this number.
///
/// # Errors
/// [`Trouble::ConsultationUnknown`].
pub fn page(visit: &Visit<'_>, number: &str) -> Result<Rendered, Trouble> {
    let (row, file) = visit.matter(number)?;
    let lang = visit.lang();
    let procedure = visit.procedure_of(&file.standing);
    let lineage = visit.lineage(&row.jurisdiction)?;
    let steps = steps::Steps::of(&file, procedure, visit.today, lang);
    let teller = Teller { visit, file: &file };
    let (preparation, off_road, oversight) = (teller.preparation(), teller.off_road(), teller.oversight());
    let files = files::all(visit, &file)?;
    let screened = !matches!(file.standing.stage, Stage::Unborn | Stage::Moved | Stage::Ended(Ending::Dismissed));
    let page = MatterPage {
        frame: visit.frame(&row.title, visit.crumbs(&lineage)),
        p: visit.phrases(),
        l: lang,
        places: place_names(&lineage),
        status: row.status().named(lang),
        status_class: status_class(row.status()),
        standing: stands(&row, procedure, lang),
        initiator: initiator(&file, procedure, lang),
        procedure: procedure.map(|p| lang.pick(&p.name.zh, &p.name.en).to_owned()),
        kinds: kinds(visit, &row),
        dues: Due::all(&row.duties, &row.standing, procedure, visit.today, lang),
        meetings: meetings::all(visit, &file)?,
        money: MoneyView::of(&file, lang),
        record: record::Record::of(visit, &file, &files)?,
        files,
        lane: screened.then(|| Narrator { lang, procedure }.lane(file.standing.lane)),
        group: group(visit, &row)?,
        urban: procedure.is_some_and(is_urban),
        is_void: file.resolution.is_some() && file.standing.resolved_on.is_none(),
        supplemented: supplemented(&file),
        flags: flags::of_matter(visit, &row)?,
        verify_link: visit.ask.link(&format!("/c/{}/verify", row.number)),
        preparation,
        off_road,
        oversight,
        steps,
        file,
        row,
    };
    Rendered::html(&page)
}

/// The budget from the last supplementary resolution on.
fn supplemented(file: &Dossier) -> Option<Fen> {
    let concluded = file.off_road.detours.iter().filter_map(|detour| detour.concluded.as_ref());
    concluded.filter_map(|told| told.fact.budget_fen).next_back()
}

/// The group or courtyard that the matter belongs to, by its name.
fn group(visit: &Visit<'_>, row: &DocketRow) -> Result<Option<String>, Trouble> {
    let Some(no) = row.standing.group else { return Ok(None) };
    let place = visit.place(&row.jurisdiction)?;
    let named = place.scopes.iter().find(|scope| scope.scope == no).map(|scope| scope.name.to_string());
    Ok(Some(named.unwrap_or_else(|| format!("第{no}组（院落）"))))
}

/// A place with those it lies in, below the province: 示例县白露镇柳沟村.
pub fn place_names(lineage: &[JurisdictionRow]) -> String {
    let below = lineage.iter().filter(|row| row.level > siyi_domain::ids::Level::Province);
    below.map(|row| row.name.as_str()).collect()
}

/// The class that colours a status; the word always stands beside it.
pub const fn status_class(status: Status) -> &'static str {
    match status {
        Status::Moved | Status::Deliberating | Status::Executing => "open",
        Status::Archived | Status::Consulted => "done",
        Status::Dismissed | Status::Rejected | Status::Withdrawn | Status::Annulled => "stopped",
    }
}

/// Where a matter stands, in a line.
pub fn stands(row: &DocketRow, procedure: Option<&Procedure>, lang: Lang) -> String {
    let standing = &row.standing;
    match &standing.stage {
        Stage::Unborn | Stage::Moved => lang.pick("已提出动议，待受理", "moved, to be screened").to_owned(),
        Stage::Step { code, meeting } => at_step(code, meeting.as_ref(), row, procedure, lang),
        Stage::Detour(detour) => {
            let purpose = detour.purpose.named(lang);
            let at = at_step(&detour.code, detour.meeting.as_ref(), row, procedure, lang);
            match lang {
                Lang::Zh => format!("重新议决（{purpose}）：{at}"),
                Lang::En => format!("deliberated again ({purpose}): {at}"),
            }
        }
        Stage::Executing => executing(row, lang).to_owned(),
        // The status says it already.
        Stage::Ended(_) => String::new(),
    }
}

/// A step, and what it waits for.
fn at_step(
    code: &str,
    meeting: Option<&OpenMeeting>,
    row: &DocketRow,
    procedure: Option<&Procedure>,
    lang: Lang,
) -> String {
    let step = procedure.and_then(|p| p.step(code));
    let name = step.map_or(code, |step| lang.pick(&step.name.zh, &step.name.en));
    if let Some(open) = meeting {
        let day = lang.day(open.held_on);
        return match lang {
            Lang::Zh => format!("{name}，会议定于{day}"),
            Lang::En => format!("{name}: meeting on {day}"),
        };
    }
    if let Some(day) = row.standing.review_due_on {
        let day = lang.day(day);
        return match lang {
            Lang::Zh => format!("{name}，最迟{day}答复"),
            Lang::En => format!("{name}: the answer is due by {day}"),
        };
    }
    let (zh, en) = match step.map(|step| step.kind).unwrap_or_default() {
        StepKind::Meeting => ("待召集会议", "the meeting is to be convened"),
        StepKind::Canvass => ("征求意见中", "opinions are being asked for"),
        StepKind::Signatures => ("收集户签字中", "households are signing"),
        StepKind::Review => ("待报送", "to be submitted"),
        StepKind::Forum => ("待协商", "to be talked over"),
        StepKind::Owners => ("业主表决中", "the owners are voting"),
    };
    match lang {
        Lang::Zh => format!("{name}，{zh}"),
        Lang::En => format!("{name}: {en}"),
    }
}

fn executing(row: &DocketRow, lang: Lang) -> &'static str {
    use siyi_domain::consultation::facts::NoticeKind;
    let standing = &row.standing;
    let resolution = standing.notice_of(NoticeKind::Resolution);
    let result = standing.notice_of(NoticeKind::Result);
    match (resolution, standing.started_on, standing.completed_on, result) {
        (None, ..) => lang.pick("已形成决议，待决议公开", "resolved, to be disclosed"),
        (Some(_), None, None, _) => lang.pick("决议公开中", "the resolution is disclosed"),
        (Some(_), Some(_), None, _) => lang.pick("实施中", "being carried out"),
        (Some(_), _, Some(_), None) => lang.pick("已完成，待实施结果公开", "completed, the outcome is to be disclosed"),
        (Some(_), _, Some(_), Some(notice)) if notice.closed_on.is_none() => {
            lang.pick("实施结果公开中", "the outcome is disclosed")
        }
        (Some(_), _, Some(_), Some(_)) => lang.pick("公开期满，待归档", "disclosed, to be archived"),
    }
}

fn initiator(file: &Dossier, procedure: Option<&Procedure>, lang: Lang) -> String {
    let Some(motion) = &file.motion else { return String::new() };
    let motion = &motion.fact;
    let by = motion.initiator.kind.named_in(procedure.is_some_and(is_urban), lang);
    match &motion.signatures {
        Some(test) => {
            let words = Narrator { lang, procedure }.test(test);
            match lang {
                Lang::Zh => format!("{by}（{}人；{words}）", test.part),
                Lang::En => format!("{by} ({} signatures; {words})", test.part),
            }
        }
        None => by.to_owned(),
    }
}

/// The kinds of matter that it touches, as they stood on the day of the motion.
fn kinds(visit: &Visit<'_>, row: &DocketRow) -> Vec<Kind> {
    let lang = visit.lang();
    let day = row.raised_at.day();
    let kind = |code: &siyi_domain::ids::MatterCode| {
        let found = visit.app.rules.matters.find(code, day);
        let statute = found.as_ref().and_then(|matter| matter.statute).map(|(law, at)| {
            let procedure = visit.binding(&row.standing.procedure, day);
            let basis = siyi_domain::procedure::Basis {
                law: law.to_owned(),
                article: at.to_owned(),
                certainty: Certainty::Found,
            };
            let citation = super::rules::Citation::of(&basis, procedure, lang);
            if citation.version.is_empty() { format!("{law} {}", article(at, lang)) } else { citation.line(lang) }
        });
        let name = found.map_or_else(String::new, |matter| lang.pick(matter.name, matter.name_en).to_owned());
        Kind { code: code.to_string(), name, statute }
    };
    row.matters.iter().map(kind).collect()
}
