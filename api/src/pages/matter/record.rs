//! The whole record of a matter: every event in words, with its two times, who acted, and the hash of its stored bytes.

use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::moment::Moment;
use siyi_domain::tally::Test;
use siyi_projections::dossier::{Dossier, Entry};

use super::files::File;
use crate::pages::answer::hash;
use crate::pages::lang::Lang;
use crate::pages::narrate::Narrator;
use crate::pages::rules::Citation;
use crate::pages::trouble::Trouble;
use crate::pages::visit::Visit;

/// Most events on one page.
const EVENTS: usize = 300;

/// A part of the record.
#[derive(Debug, Clone)]
pub struct Record {
    /// The events of this part.
    pub lines: Vec<Line>,
    /// How many events there are in all.
    pub total: usize,
    /// Number of the first event of this part.
    pub first: usize,
    /// How many were recorded afterwards.
    pub late: usize,
    /// Where the next part begins.
    pub next: Option<String>,
}

/// An event of the record.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its number within the matter, from 1.
    pub no: usize,
    /// In words.
    pub words: String,
    /// The rule of each verdict in it, with its article.
    pub rules: Vec<String>,
    /// Where it was set right later: the number of that event, and in words.
    pub corrected: Option<(usize, &'static str)>,
    /// When it happened.
    pub occurred_at: Moment,
    /// When the log took it.
    pub recorded_at: Moment,
    /// How late it was recorded, in words, where that is later than the procedure allows.
    pub late: Option<String>,
    /// Who acted.
    pub actor: String,
    /// Who signed second, and how.
    pub second: Option<String>,
    /// SHA-256 of the stored bytes.
    pub hash: String,
    /// Its first characters.
    pub short: String,
    /// Wire name.
    pub event_type: String,
    /// Its place in the log.
    pub position: u64,
    /// The files that it cites, by the names that they have on this page.
    pub files: Vec<String>,
}

impl Record {
    /// The part of the record that was asked for.
    ///
    /// # Errors
    /// [`Trouble::ReadStore`].
    pub fn of(visit: &Visit<'_>, file: &Dossier, files: &[File]) -> Result<Self, Trouble> {
        let total = file.entries.len();
        let after: usize = visit.ask.after.as_deref().and_then(|after| after.parse().ok()).unwrap_or_default();
        let part = file.entries.iter().enumerate().skip(after).take(EVENTS);
        let lines: Vec<Line> =
            part.map(|(index, entry)| line(visit, index + 1, entry, (file, files))).collect::<Result<_, _>>()?;
        let end = after.saturating_add(lines.len());
        Ok(Self {
            total,
            first: after + 1,
            late: file.entries.iter().filter(|entry| entry.late).count(),
            next: (end < total && !lines.is_empty()).then(|| end.to_string()),
            lines,
        })
    }
}

fn line(visit: &Visit<'_>, no: usize, entry: &Entry, of: (&Dossier, &[File])) -> Result<Line, Trouble> {
    let (file, files) = of;
    let envelope = &entry.envelope;
    // Each act is told by the law of its day.
    let procedure = visit.binding(&file.standing.procedure, envelope.occurred_at.day());
    let narrator = Narrator { lang: visit.lang(), procedure };
    let hash = hash(&entry.body);
    let words = narrator.tell(&entry.event);
    Ok(Line {
        no,
        rules: rules(&entry.event, &narrator, &words),
        words,
        corrected: corrected(no, entry, file)
            .map(|by| (by, narrator.lang.pick("后来更正，见第", "set right later by no. "))),
        occurred_at: envelope.occurred_at,
        recorded_at: envelope.recorded_at,
        late: entry.late.then(|| delay(envelope.occurred_at, envelope.recorded_at, narrator.lang)),
        actor: visit.acted(envelope.actor, narrator.is_urban())?,
        second: visit.second(envelope, narrator.is_urban())?,
        short: hash.chars().take(12).collect(),
        hash,
        event_type: envelope.event_type.clone(),
        position: entry.position.0,
        files: files.iter().filter(|file| file.cited.contains(&no)).map(|file| file.short.clone()).collect(),
    })
}

/// The rules by which an event says that something was met or not, each once, where its words do not name them already.
fn rules(event: &ConsultationEvent, narrator: &Narrator<'_>, words: &str) -> Vec<String> {
    use ConsultationEvent as E;
    let tests: Vec<&Test> = match event {
        E::MotionPut(e) => e.tests.iter().collect(),
        E::DecisionMade(e) => vec![&e.threshold, &e.quorum],
        E::MeetingFoundInquorate(e) => vec![&e.quorum],
        E::OwnersDecided(e) => e.tests.iter().collect(),
        E::CanvassClosed(e) => vec![&e.coverage],
        E::MotionRaised(e) => e.signatures.iter().collect(),
        E::DeliberationReopened(e) => e.signatures.iter().collect(),
        _ => Vec::new(),
    };
    let mut cited = Vec::new();
    for test in tests {
        let rule = Citation::of(&test.basis, narrator.procedure, narrator.lang).line(narrator.lang);
        if !words.contains(&rule) && !cited.contains(&rule) {
            cited.push(rule);
        }
    }
    cited
}

/// The number of the event that set this one right, if one did.
fn corrected(no: usize, entry: &Entry, file: &Dossier) -> Option<usize> {
    let notice = match &entry.event {
        ConsultationEvent::NoticePosted(e) => e.notice,
        ConsultationEvent::NoticeCorrected(e) => e.notice,
        _ => return None,
    };
    let later = (no + 1..).zip(file.entries.iter().skip(no));
    let mut by =
        later.filter(|(_, entry)| matches!(&entry.event, ConsultationEvent::NoticeCorrected(e) if e.notice == notice));
    by.next().map(|(no, _)| no)
}

/// How long after it happened something was recorded.
fn delay(occurred_at: Moment, recorded_at: Moment, lang: Lang) -> String {
    let hours = recorded_at.since(occurred_at).as_secs() / 3600;
    let (days, hours) = (hours / 24, hours % 24);
    match lang {
        Lang::Zh => format!("补录：发生后{days}天{hours}小时才记录"),
        Lang::En => format!("recorded afterwards, {days} days and {hours} hours after it happened"),
    }
}
