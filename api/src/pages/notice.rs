//! /c/<number>/notice/<no>: a notice as the township office prints it, on A4, to be signed, stamped and put on the board.
//!
//! It says what was known when it was posted; what came later is in the record of the matter.

use std::sync::Arc;

use askama::Template;
use siyi_domain::consultation::events::{PaymentRecorded, ProgressReported, VariationApproved, WorksAccepted};
use siyi_domain::consultation::facts::NoticeKind;
use siyi_domain::ids::Fen;
use siyi_domain::jurisdiction::JurisdictionKind;
use siyi_domain::moment::Moment;
use siyi_projections::directory::JurisdictionRow;
use siyi_projections::docket::DocketRow;
use siyi_projections::dossier::{Dossier, NoticeFile, Told};

use super::answer::{Rendered, hash};
use super::frame::{Crumb, Frame};
use super::lang::Lang;
use super::matter::{MeetingView, MoneyView, place_names};
use super::phrases::Phrases;
use super::terms::Term;
use super::trouble::Trouble;
use super::visit::Visit;

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage {
    frame: Frame,
    p: &'static Phrases,
    l: Lang,
    row: DocketRow,
    file: Arc<Dossier>,
    notice: NoticeFile,
    is_result: bool,
    is_resolution: bool,
    title: String,
    places: String,
    party: String,
    committee: String,
    sittings: Vec<MeetingView>,
    resolution_no: Option<String>,
    money: MoneyView,
    progress: Vec<Told<ProgressReported>>,
    variations: Vec<Told<VariationApproved>>,
    payments: Vec<Told<PaymentRecorded>>,
    paid: Fen,
    acceptance: Option<Told<WorksAccepted>>,
    started_at: Option<Moment>,
    completion: Option<(Moment, String)>,
    supervisors: String,
    /// Which of them signed with the act itself, and how.
    second: Option<String>,
    recorded_at: Moment,
    hash: String,
    /// An SVG image that leads to where this very notice is checked.
    qr: Option<String>,
    urban: bool,
}

/// The page of a notice.
///
/// # Errors
/// [`Trouble::NoticeNotPosted`].
pub fn page(visit: &Visit<'_>, number: &str, no: &str) -> Result<Rendered, Trouble> {
    let (row, file) = visit.matter(number)?;
    let lang = visit.lang();
    let no: u16 = no.parse().map_err(|_| Trouble::NoticeNotPosted)?;
    let found = file.notices.iter().find(|notice| notice.posted.fact.notice == no);
    let notice = found.cloned().ok_or(Trouble::NoticeNotPosted)?;
    let posted = file.entries.get(notice.posted.entry).ok_or(Trouble::NoticeNotPosted)?;
    let lineage = visit.lineage(&row.jurisdiction)?;
    let village = visit.place(&row.jurisdiction)?;
    let kind = notice.posted.fact.kind;
    let as_posted = as_posted(&file, notice.posted.entry);
    let (party, committee) = issuers(&village);
    let title = title(&row.title, kind, lang);
    let mut crumbs = visit.crumbs(&lineage);
    crumbs.push(Crumb {
        name: row.title.clone(),
        link: visit.ask.link(&format!("/c/{}", row.number)),
        is_chinese: true,
    });
    let page = NoticePage {
        frame: visit.frame(&title, crumbs),
        p: visit.phrases(),
        l: lang,
        is_resolution: kind == NoticeKind::Resolution,
        is_result: kind == NoticeKind::Result,
        title,
        places: place_names(&lineage),
        party,
        committee,
        sittings: sittings(visit, &file)?,
        resolution_no: resolution_no(&file),
        money: MoneyView::of(&as_posted, lang),
        paid: as_posted.payments.iter().map(|told| told.fact.amount_fen).sum(),
        progress: as_posted.progress,
        variations: as_posted.variations,
        payments: as_posted.payments,
        acceptance: as_posted.acceptance,
        started_at: as_posted.started_at,
        completion: as_posted.completion,
        supervisors: supervisors(visit, &notice)?,
        second: visit.second(&posted.envelope, village.kind == JurisdictionKind::Community)?,
        recorded_at: posted.envelope.recorded_at,
        qr: visit.app.public.as_ref().and_then(|public| {
            let address = public.join(&format!("/c/{}/verify?event={}", row.number, hash(&posted.body))).ok()?;
            super::qr::svg(address.as_str())
        }),
        hash: hash(&posted.body),
        urban: village.kind == JurisdictionKind::Community,
        notice,
        file: Arc::clone(&file),
        row,
    };
    Rendered::html(&page)
}

/// The file as it was when the event at `entry` was recorded.
fn as_posted(file: &Dossier, entry: usize) -> Dossier {
    let mut before = Dossier::clone(file);
    before.progress.retain(|told| told.entry < entry);
    before.variations.retain(|told| told.entry < entry);
    before.payments.retain(|told| told.entry < entry);
    before.contract = before.contract.filter(|told| told.entry < entry);
    before.acceptance = before.acceptance.filter(|told| told.entry < entry);
    let posted_at = file.entries.get(entry).map(|entry| entry.envelope.occurred_at);
    before.started_at = before.started_at.filter(|at| posted_at.is_some_and(|posted| *at <= posted));
    before.completion = before.completion.filter(|(at, _)| posted_at.is_some_and(|posted| *at <= posted));
    before
}

fn title(matter: &str, kind: NoticeKind, lang: Lang) -> String {
    match (lang, kind) {
        (Lang::Zh, NoticeKind::Resolution) => format!("关于{matter}的决议公告"),
        (Lang::Zh, NoticeKind::Progress) => format!("关于{matter}的进展公告"),
        (Lang::Zh, NoticeKind::Result) => format!("关于{matter}的实施结果公告"),
        (Lang::En, NoticeKind::Resolution) => format!("Notice of the resolution: {matter}"),
        (Lang::En, NoticeKind::Progress) => format!("Notice of progress: {matter}"),
        (Lang::En, NoticeKind::Result) => format!("Notice of the outcome: {matter}"),
    }
}

/// Those who issue a village's notices, by their Chinese names, as their seals read.
fn issuers(village: &JurisdictionRow) -> (String, String) {
    let committee = match village.kind {
        JurisdictionKind::Community => "居民委员会",
        _ => "村民委员会",
    };
    let name = village.name.strip_suffix(committee).unwrap_or(&village.name);
    (format!("{name}党组织"), format!("{name}{committee}"))
}

/// The meeting that carried each step, in the order of the steps.
fn sittings(visit: &Visit<'_>, file: &Dossier) -> Result<Vec<MeetingView>, Trouble> {
    let Some(procedure) = visit.procedure_of(&file.standing) else { return Ok(Vec::new()) };
    let mut decided = file.clone();
    let last = |step: &str| file.last_decision(step).map(|meeting| meeting.convened.fact.meeting);
    let kept: Vec<u16> = procedure.steps_of(file.standing.lane).filter_map(|step| last(&step.code)).collect();
    decided.meetings.retain(|meeting| kept.contains(&meeting.convened.fact.meeting));
    super::matter::meetings_of(visit, &decided)
}

/// The number of the notice by which the resolution was disclosed.
fn resolution_no(file: &Dossier) -> Option<String> {
    let posted = file.notices.iter().map(|notice| &notice.posted.fact);
    posted.filter(|fact| fact.kind == NoticeKind::Resolution).map(|fact| fact.notice_no.to_string()).next_back()
}

fn supervisors(visit: &Visit<'_>, notice: &NoticeFile) -> Result<String, Trouble> {
    let names = notice.posted.fact.supervisors.iter().map(|person| visit.masked(*person));
    Ok(visit.lang().list(names.collect::<Result<Vec<_>, _>>()?))
}
