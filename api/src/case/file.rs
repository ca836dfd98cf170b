//! The shape of a case file, TOML or JSON, and where each of its acts stands.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use siyi_domain::ids::JurisdictionCode;
use siyi_domain::moment::Moment;
use uuid::Uuid;

/// The largest case file.
pub const MAX_CASE_BYTES: u64 = 16 * 1024 * 1024;
/// How deep `uses` and `continues` may go.
const MAX_DEPTH: usize = 4;

/// A case with the files that it builds on.
#[derive(Debug, Clone)]
pub struct Case {
    /// Where it was read from.
    pub path: PathBuf,
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Identifiers of matters and commands derive from it.
    pub seed: Uuid,
    /// Identifiers of matters derive from it: the seed of the case that this one continues, or its own.
    pub matter_seed: Uuid,
    /// Identifiers of people derive from it: the seed of the file used, or its own.
    pub people_seed: Uuid,
    /// Where its acts belong unless they say otherwise.
    pub village: Option<JurisdictionCode>,
    /// The acts with the line on which each begins.
    pub acts: Vec<(usize, Act)>,
    /// The case that has to run before it.
    pub before: Option<Box<Case>>,
}

/// One act.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// When it happened.
    pub at: Moment,
    /// When it was entered, where the demonstration's clock shall be later than `at`.
    pub recorded_at: Option<Moment>,
    /// Office and person: `party_secretary:@pm01`.
    #[serde(rename = "as")]
    pub actor: String,
    /// The command by its GraphQL name.
    #[serde(rename = "do")]
    pub command: String,
    /// Alias of the matter.
    pub matter: Option<String>,
    /// Alias of the account.
    pub account: Option<String>,
    /// The jurisdiction, where it is not the case's village.
    pub jurisdiction: Option<JurisdictionCode>,
    /// The command's input.
    #[serde(default)]
    pub input: Value,
    /// What is expected.
    pub expect: Option<Expected>,
}

/// What a case expects of an act.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Expected {
    /// It is recorded, as these events.
    Events {
        /// Wire names in order.
        events: Vec<String>,
    },
    /// It is refused.
    Refusal {
        /// The code.
        refusal: String,
        /// Figures that the refusal must carry; it may carry more.
        #[serde(default)]
        figures: BTreeMap<String, Value>,
    },
}

/// Why a case file cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{}:{line}: {message}", path.display())]
pub struct CaseError {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head<A> {
    id: String,
    title: String,
    #[serde(default)]
    title_en: Option<String>,
    #[serde(default)]
    note: Option<String>,
    #[serde(rename = "$schema", default)]
    schema: Option<String>,
    seed: Uuid,
    uses: Option<String>,
    continues: Option<String>,
    village: Option<JurisdictionCode>,
    #[serde(rename = "act", default = "Vec::new")]
    acts: Vec<A>,
}

/// Where texts of case files come from: the disk, or the binary itself.
pub trait Texts {
    /// The text of the file at `path`.
    ///
    /// # Errors
    /// A message for people.
    fn text(&self, path: &Path) -> Result<String, String>;
}

/// Case files on disk.
#[derive(Debug, Clone, Copy)]
pub struct Disk;

impl Texts for Disk {
    fn text(&self, path: &Path) -> Result<String, String> {
        let size = std::fs::metadata(path).map_err(|e| e.to_string())?.len();
        if size > MAX_CASE_BYTES {
            return Err(format!("the file has {size} bytes, at most {MAX_CASE_BYTES} are read"));
        }
        std::fs::read_to_string(path).map_err(|e| e.to_string())
    }
}

impl Act {
    /// When it is entered: at the time at which it happened, unless the case says later.
    #[must_use]
    pub fn entered_at(&self) -> Moment {
        self.recorded_at.unwrap_or(self.at)
    }
}

impl Case {
    /// When the first act of the case, or of what it builds on, is entered.
    #[must_use]
    pub fn begins_at(&self) -> Option<Moment> {
        let own = self.acts.iter().map(|(_, act)| act.entered_at()).min();
        own.into_iter().chain(self.before.as_deref().and_then(Self::begins_at)).min()
    }

    /// Reads a case and the files it builds on.
    ///
    /// # Errors
    /// [`CaseError`] with file and line.
    pub fn read(path: &Path, texts: &dyn Texts) -> Result<Self, CaseError> {
        Self::read_at_depth(path, texts, 0)
    }

    fn read_at_depth(path: &Path, texts: &dyn Texts, depth: usize) -> Result<Self, CaseError> {
        let error = |line, message| CaseError { path: path.to_owned(), line, message };
        if depth > MAX_DEPTH {
            return Err(error(1, format!("cases build on each other deeper than {MAX_DEPTH}")));
        }
        let text = texts.text(path).map_err(|message| error(1, message))?;
        let json = path.extension().is_some_and(|extension| extension == "json");
        let head = if json { parse_json(&text) } else { parse_toml(&text) };
        let head = head.map_err(|(line, message)| error(line, message))?;
        let sibling = head.continues.as_ref().or(head.uses.as_ref());
        let before = match sibling {
            Some(name) => {
                let sibling = path.parent().unwrap_or(Path::new("")).join(name);
                Some(Box::new(Self::read_at_depth(&sibling, texts, depth + 1)?))
            }
            None => None,
        };
        let continued = before.as_deref().filter(|_| head.continues.is_some());
        Ok(Self {
            path: path.to_owned(),
            id: head.id,
            title: head.title,
            seed: head.seed,
            matter_seed: continued.map_or(head.seed, |case| case.matter_seed),
            people_seed: before.as_ref().map_or(head.seed, |case| case.people_seed),
            village: head.village.or_else(|| before.as_ref().and_then(|case| case.village.clone())),
            acts: head.acts,
            before,
        })
    }
}

type Parsed = Result<Head<(usize, Act)>, (usize, String)>;

fn parse_toml(text: &str) -> Parsed {
    let head: Head<toml::Spanned<Act>> = toml::from_str(text).map_err(|e| {
        let line = e.span().map_or(1, |span| line_at(text, span.start));
        (line, e.message().to_owned())
    })?;
    head.with_acts(|act| Ok((line_at(text, act.span().start), act.into_inner())))
}

fn parse_json(text: &str) -> Parsed {
    let head: Head<&RawValue> = serde_json::from_str(text).map_err(|e| (e.line(), e.to_string()))?;
    head.with_acts(|raw| {
        let offset = (raw.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        let line = line_at(text, offset);
        let act = serde_json::from_str(raw.get()).map_err(|e| (line + e.line() - 1, e.to_string()))?;
        Ok((line, act))
    })
}

impl<A> Head<A> {
    fn with_acts<B>(self, with: impl FnMut(A) -> Result<B, (usize, String)>) -> Result<Head<B>, (usize, String)> {
        let acts = self.acts.into_iter().map(with).collect::<Result<_, _>>()?;
        Ok(Head {
            id: self.id,
            title: self.title,
            title_en: self.title_en,
            note: self.note,
            schema: self.schema,
            seed: self.seed,
            uses: self.uses,
            continues: self.continues,
            village: self.village,
            acts,
        })
    }
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
