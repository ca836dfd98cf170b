//! Scenarios in Markdown: given what happened, when somebody acts, then this follows. `tests/scenarios/README.md` tells how
//! they are written.
//!
//! The runner is pure: it asks the deciders of `siyi-domain` and keeps the states in maps. There is no store, no handler and
//! no clock behind it; a promise about those belongs to their own tests.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::Value;
use siyi_domain::consultation::Standing;
use siyi_domain::moment::Moment;
use siyi_domain::refusal::Refusal;
use siyi_domain::rules::Rules;

mod act;
mod alias;
mod markdown;
mod setups;
mod then;
mod world;

pub use act::{Act, JURISDICTION_COMMANDS, ROSTER_COMMANDS};
pub use then::Then;
pub use world::Done;

use markdown::{Fence, Section};
use setups::{Given, Setups};
use world::World;

/// One scenario of a file.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The file.
    pub file: PathBuf,
    /// The line of its heading.
    pub line: usize,
    /// Its heading.
    pub name: String,
    /// What happened before.
    given: Given,
    /// The act that is judged.
    pub when: Act,
    /// What must follow.
    pub then: Then,
}

/// Why a scenario does not hold, or is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The file.
    pub file: PathBuf,
    /// The line.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.message)
    }
}

/// What running a scenario showed, for the tests that ask whether every rule was met.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Where the matter stood before the act; the default for an act to a jurisdiction.
    pub before: Standing,
    /// Where it stands after it.
    pub after: Standing,
    /// What became of the act.
    pub outcome: Result<Done, Refusal>,
}

/// Every scenario of the Markdown files in `folder`, README.md left out, or what is wrong with the files.
///
/// # Errors
/// Every [`Failure`] of every file.
pub fn read_folder(folder: &Path) -> Result<Vec<Scenario>, Vec<Failure>> {
    let unreadable = |message: String| vec![Failure { file: folder.to_owned(), line: 0, message }];
    let entries = std::fs::read_dir(folder).map_err(|e| unreadable(e.to_string()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.retain(|file| file.extension().is_some_and(|ext| ext == "md") && !file.ends_with("README.md"));
    files.sort();
    let (mut scenarios, mut failures) = (Vec::new(), Vec::new());
    for file in files {
        match read_file(&file) {
            Ok(read) => scenarios.extend(read),
            Err(failed) => failures.extend(failed),
        }
    }
    if failures.is_empty() { Ok(scenarios) } else { Err(failures) }
}

fn read_file(file: &Path) -> Result<Vec<Scenario>, Vec<Failure>> {
    let at = |line, message| Failure { file: file.to_owned(), line, message };
    let text = std::fs::read_to_string(file).map_err(|e| vec![at(0, e.to_string())])?;
    let sections = markdown::sections(&text).map_err(|(line, message)| vec![at(line, message)])?;
    let (mut scenarios, mut failures) = (Vec::new(), Vec::new());
    for section in &sections {
        match scenario(file, section) {
            Ok(read) => scenarios.push(read),
            Err((line, message)) => failures.push(at(line, message)),
        }
    }
    if failures.is_empty() { Ok(scenarios) } else { Err(failures) }
}

fn scenario(file: &Path, section: &Section) -> Result<Scenario, (usize, String)> {
    let block = |fence: Fence| section.blocks.iter().find(|block| block.fence == fence);
    let needed = |fence: Fence| {
        block(fence).ok_or_else(|| (section.line, format!("`{}` has no `{}` block", section.name, fence.name())))
    };
    let given = match block(Fence::Given) {
        Some(block) => Given::parse(&block.text).map_err(|message| (block.line, message))?,
        None => Given::default(),
    };
    let (when, then) = (needed(Fence::When)?, needed(Fence::Then)?);
    Ok(Scenario {
        file: file.to_owned(),
        line: section.line,
        name: section.name.clone(),
        given,
        when: Act::parse(&when.text).map_err(|message| (when.line, message))?,
        then: Then::parse(&then.text).map_err(|message| (then.line, message))?,
    })
}

/// Runs scenarios; keeps the worlds that the named setups lead to.
pub struct Runner {
    rules: Rules,
    setups: Setups,
}

impl Runner {
    /// A runner for the scenarios in `folder`, whose setups lie in `folder/setups`.
    ///
    /// # Errors
    /// The message, if the shipped rules do not load.
    pub fn new(folder: &Path) -> Result<Self, String> {
        let rules = Rules::shipped().map_err(|e| e.to_string())?;
        Ok(Self { rules, setups: Setups::new(folder.join("setups")) })
    }

    /// The rules by which scenarios are judged.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Runs one scenario.
    ///
    /// # Errors
    /// The [`Failure`], if something else follows than the scenario says.
    pub fn run(&mut self, scenario: &Scenario) -> Result<Shown, Failure> {
        self.ran(scenario).map_err(|message| Failure {
            file: scenario.file.clone(),
            line: scenario.line,
            message: format!("{}: {message}", scenario.name),
        })
    }

    fn ran(&mut self, scenario: &Scenario) -> Result<Shown, String> {
        let mut world = self.setups.world(&scenario.given, &self.rules)?;
        let before = world.standing(&scenario.when);
        let outcome = world.act(&scenario.when, &self.rules)?;
        let after = world.standing(&scenario.when);
        scenario.then.check(&outcome, &after, &self.rules)?;
        Ok(Shown { before, after, outcome })
    }
}

/// An event of an outcome: its wire name and its data.
pub type Told = (String, Value);

type Worlds = BTreeMap<String, World>;

fn moment(text: &str) -> Result<Moment, String> {
    text.parse().map_err(|e: siyi_domain::moment::NotAMoment| e.to_string())
}
