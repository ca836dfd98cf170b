//! /verify and /c/<number>/verify: what the reader's own browser needs to check a matter, and who vouches for the log.

use askama::Template;
use serde_json::json;
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::moment::Moment;
use siyi_projections::dossier::Dossier;
use siyi_tlog::record_hash;
use siyi_transparency::SealError;

use super::answer::Rendered;
use super::frame::{Crumb, Frame};
use super::lang::Lang;
use super::phrases::Phrases;
use super::statics;
use super::trouble::Trouble;
use super::visit::Visit;
use crate::public_log::PublicLog;

#[derive(Template)]
#[template(path = "verify.html")]
struct VerifyPage {
    frame: Frame,
    p: &'static Phrases,
    l: Lang,
    origin: String,
    matter: Option<Matter>,
    sealed: Option<Sealed>,
}

/// What the script is told of a matter, as JSON.
struct Matter {
    title: String,
    /// The numbers of its events in the log; empty until a checkpoint covers them.
    leaves: String,
    /// Their leaf hashes (RFC 6962 section 2.1), hexadecimal.
    hashes: String,
    /// What the matter's page says of each vote.
    shown: String,
    script: &'static str,
    bundle: String,
}

/// The published checkpoint.
struct Sealed {
    size: u64,
    root: String,
    key: String,
    confirmed: Vec<(String, Moment)>,
    quorum_met: bool,
    has_witnesses: bool,
}

/// The page of the whole log.
///
/// # Errors
/// [`Trouble::Template`].
pub fn log(visit: &Visit<'_>) -> Result<Rendered, Trouble> {
    page(visit, visit.phrases().verify_log, Vec::new(), None)
}

/// The page of a matter.
///
/// # Errors
/// [`Trouble::ConsultationUnknown`].
pub fn matter(visit: &Visit<'_>, number: &str) -> Result<Rendered, Trouble> {
    let (row, file) = visit.matter(number)?;
    let lineage = visit.lineage(&row.jurisdiction)?;
    let mut crumbs = visit.crumbs(&lineage);
    let link = visit.ask.link(&format!("/c/{}", row.number));
    crumbs.push(Crumb { name: row.title.clone(), link, is_chinese: true });
    let (leaves, hashes, shown) = match &visit.app.public_log {
        Some(public_log) => told(public_log, &file)?,
        None => (String::new(), String::new(), String::new()),
    };
    let matter = Matter {
        title: row.title.clone(),
        leaves,
        hashes,
        shown,
        script: statics::verify_address(),
        bundle: format!("/c/{}/bundle", row.number),
    };
    page(visit, &row.title, crumbs, Some(matter))
}

fn page(visit: &Visit<'_>, title: &str, crumbs: Vec<Crumb>, matter: Option<Matter>) -> Result<Rendered, Trouble> {
    let public_log = visit.app.public_log.as_ref();
    let published = public_log.and_then(|public_log| public_log.log.published());
    let origin = published.as_ref().map(|published| published.checkpoint().origin.clone()).unwrap_or_default();
    let sealed = published.map(|published| {
        let at = |seconds: u64| {
            let seconds = i64::try_from(seconds).unwrap_or_default();
            Moment::china(jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH))
        };
        let confirmed = published.confirmed.iter().map(|one| (one.key.name().to_owned(), at(one.time)));
        Sealed {
            size: published.checkpoint().size,
            root: published.checkpoint().root.to_string(),
            key: published.log.to_string(),
            confirmed: confirmed.collect(),
            quorum_met: published.quorum_met,
            has_witnesses: public_log.is_some_and(|public_log| public_log.has_witnesses),
        }
    });
    let page =
        VerifyPage { frame: visit.frame(title, crumbs), p: visit.phrases(), l: visit.lang(), origin, matter, sealed };
    let rendered = Rendered::html(&page)?;
    // Where there is nothing to check there is no script.
    let scripted = page.matter.is_some_and(|matter| !matter.leaves.is_empty());
    Ok(if scripted { rendered.with_scripts() } else { rendered })
}

/// Leaves, hashes and votes of the part of a record that the published checkpoint covers.
fn told(public_log: &PublicLog, file: &Dossier) -> Result<(String, String, String), Trouble> {
    let (mut leaves, mut hashes, mut shown) = (Vec::new(), Vec::new(), Vec::new());
    for entry in &file.entries {
        let leaf = match public_log.log.leaf_of(entry.position) {
            Ok(leaf) => leaf,
            Err(SealError::NotCovered { .. }) => break,
            Err(error) => {
                tracing::error!(%error, code = error.code(), "the number of an event in the log cannot be told");
                return Err(Trouble::PageUnknown);
            }
        };
        leaves.push(leaf);
        hashes.push(record_hash(&entry.body).0.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        if let ConsultationEvent::DecisionMade(decision) = &entry.event {
            let figures = json!({
                "index": leaf,
                "due": decision.due,
                "present": decision.present,
                "outcome": decision.outcome,
            });
            shown.push(figures);
        }
    }
    if leaves.is_empty() {
        return Ok((String::new(), String::new(), String::new()));
    }
    Ok((json!(leaves).to_string(), json!(hashes).to_string(), json!(shown).to_string()))
}
