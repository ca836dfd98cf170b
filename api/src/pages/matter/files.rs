//! 所引文件: the files that a matter's events cite. What they are everybody is told; who may open one, the gate says.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;
use siyi_access::About;
use siyi_attachments::{AttachmentError, Class, Digest, Kind, Particulars};
use siyi_domain::moment::Moment;
use siyi_log::via::Via;
use siyi_projections::directory;
use siyi_projections::dossier::Dossier;

use crate::attachments::door;
use crate::pages::lang::Lang;
use crate::pages::terms::Term;
use crate::pages::trouble::Trouble;
use crate::pages::visit::Visit;

/// The fields in which events cite a file by its SHA-256.
const CITING: [&str; 3] = ["paper", "photo", "sha256"];

/// A file that the matter's record cites.
#[derive(Debug, Clone)]
pub struct File {
    /// Its SHA-256, hexadecimal.
    pub digest: String,
    /// Its first characters, which name it on this page.
    pub short: String,
    /// What is told of it.
    pub told: Told,
    /// Numbers of the events that cite it, from 1.
    pub cited: Vec<usize>,
}

/// What is told of a file.
#[derive(Debug, Clone)]
pub enum Told {
    /// It is here: what it is to the village, its type and size, and since when.
    Here {
        /// In a line.
        line: String,
        /// When it was handed in.
        since: Moment,
        /// Where this reader may open it.
        link: Option<String>,
    },
    /// Only the digest is on record; the paper is with its keeper.
    Elsewhere,
    /// It speaks of a person, and this reader may not know more.
    Hidden,
    /// 已删除: its period of retention was over, and it was destroyed.
    Disposed {
        /// When.
        on: Date,
    },
}

/// The files that events cite, in the order in which they were first cited.
///
/// # Errors
/// [`Trouble::Files`].
pub fn all(visit: &Visit<'_>, file: &Dossier) -> Result<Vec<File>, Trouble> {
    let mut order = Vec::new();
    let mut cited: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, entry) in file.entries.iter().enumerate() {
        let mut digests = Vec::new();
        cites(&entry.event.to_data().unwrap_or_default(), &mut digests);
        digests.extend(entry.envelope.via.iter().flat_map(Via::sheets).map(|(_, sheet)| sheet.to_string()));
        for digest in digests {
            let by = cited.entry(digest.clone()).or_insert_with(|| {
                order.push(digest);
                Vec::new()
            });
            if by.last() != Some(&(index + 1)) {
                by.push(index + 1);
            }
        }
    }
    let told = order.into_iter().map(|digest| {
        let cited = cited.remove(&digest).unwrap_or_default();
        let short = digest.chars().take(12).collect();
        Ok(File { told: tell(visit, &digest)?, short, digest, cited })
    });
    told.collect()
}

/// The digests in an event's data, at whatever depth.
fn cites(data: &Value, into: &mut Vec<String>) {
    match data {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(digest) if CITING.contains(&name.as_str()) => into.push(digest.to_owned()),
                    Some(_) | None => cites(value, into),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| cites(item, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn tell(visit: &Visit<'_>, digest: &str) -> Result<Told, Trouble> {
    let Ok(digest) = digest.parse::<Digest>() else { return Ok(Told::Elsewhere) };
    let store = visit.app.attachments.store();
    let mut told = Told::Elsewhere;
    // The same bytes may be several owners': one whom the reader may ask is enough.
    for owner in store.owners(&digest)? {
        let of = match store.particulars(owner, &digest) {
            Ok(of) => of,
            // It was erased in between.
            Err(AttachmentError::Unknown) => continue,
            Err(error) => return Err(error.into()),
        };
        let opens = visit.may(door(&of), &about(&of));
        if opens || of.person.is_none() {
            let link = opens.then(|| format!("/attachments/{digest}"));
            told = Told::Here { line: line(&of, visit.lang()), since: Moment::china(of.uploaded_at), link };
        } else if matches!(told, Told::Elsewhere) {
            told = Told::Hidden;
        }
        if opens {
            break;
        }
    }
    if let (Told::Elsewhere, Some(on)) = (&told, directory::disposed_on(&visit.directory(), &digest.to_string())?) {
        return Ok(Told::Disposed { on });
    }
    Ok(told)
}

fn about(of: &Particulars) -> About {
    About { subject: of.person, matter: of.matter, ..About::place(of.village.clone()) }
}

/// 会议记录 · PDF · 1.2 MB
fn line(of: &Particulars, lang: Lang) -> String {
    format!("{} · {} · {}", of.class.named(lang), of.kind.named(lang), size(of.bytes))
}

/// A size as people say it, in units of 1,024 bytes.
fn size(bytes: usize) -> String {
    const UNIT: usize = 1024;
    let tenths = |unit: usize| {
        let tenths = bytes.saturating_mul(10).saturating_add(unit / 2) / unit;
        if tenths >= 100 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
    };
    match bytes {
        0..UNIT => format!("{bytes} B"),
        UNIT..1_048_576 => format!("{} KB", tenths(UNIT)),
        _ => format!("{} MB", tenths(UNIT * UNIT)),
    }
}

impl Term for Class {
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Minutes => ("会议记录", "minutes"),
            Self::SignInSheet => ("签到表", "sign-in sheet"),
            Self::Ballot => ("表决票", "ballot papers"),
            Self::Photo => ("照片", "photo"),
            Self::Contract => ("合同", "contract"),
            Self::Plan => ("方案", "plan"),
            Self::Receipt => ("票据", "receipt"),
            Self::Other => ("其他材料", "other paper"),
        }
    }
}

impl Term for Kind {
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Pdf => ("PDF", "PDF"),
            Self::Png => ("PNG 图片", "PNG image"),
            Self::Jpeg => ("JPEG 图片", "JPEG image"),
            Self::Webp => ("WebP 图片", "WebP image"),
            Self::Docx => ("Word 文档", "Word document"),
            Self::Xlsx => ("Excel 表格", "Excel sheet"),
            Self::Ofd => ("OFD 版式文档", "OFD document"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_cites_by_its_papers_and_by_nothing_else() {
        let digest = "a".repeat(64);
        let data = json!({ "paper": digest, "text": digest, "terms": { "paper": digest, "sum_fen": 1 },
                           "papers": [{ "kind": "minutes", "sha256": digest }], "photo": null });
        let mut found = Vec::new();
        cites(&data, &mut found);
        assert_eq!(found.len(), 3, "{found:?}");
    }

    #[test]
    fn a_size_is_told_in_the_largest_unit_that_fits() {
        assert_eq!([0, 1023, 1024, 10 * 1024, 1_048_575].map(size), ["0 B", "1023 B", "1.0 KB", "10 KB", "1024 KB"]);
        assert_eq!([1_048_576, 1_300_000].map(size), ["1.0 MB", "1.2 MB"]);
    }
}
