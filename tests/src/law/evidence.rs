//! Which scenarios and border tables show a number.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;
use siyi_api::run::procedure::numbers::Row;
use siyi_domain::consultation::{Detour, Stage};

use crate::borders;
use crate::scenario::{Runner, Scenario, Shown, read_folder};

/// Numbers whose basis no outcome names, with the scenario that shows the number itself.
const BY_NUMBER: &[(&str, &str)] = &[
    ("disclosure.objections", "The seventh day is still in the window"),
    ("late_recording", "A second more is, and the record says so for ever"),
];

/// Scenarios named for each number; the others are counted.
const NAMED: usize = 3;

/// What scenarios and tables show.
pub(super) struct Evidence {
    scenarios: Vec<Seen>,
    borders: Vec<borders::Row>,
}

/// What one scenario shows.
struct Seen {
    file: String,
    name: String,
    pack: String,
    steps: BTreeSet<String>,
    forms: BTreeSet<String>,
    /// Law and article, and by what they were cited: the name of a share that was judged, the code of a refusal, or nothing.
    cites: BTreeSet<(String, String, String)>,
}

impl Evidence {
    /// Runs every scenario and reads every table under the tests' own folder.
    ///
    /// # Errors
    /// What is wrong with a file.
    pub(super) fn gather(tests: &Path) -> Result<Self, String> {
        let folder = tests.join("scenarios");
        let told =
            |failures: Vec<crate::scenario::Failure>| failures.iter().map(|f| format!("{f}\n")).collect::<String>();
        let mut runner = Runner::new(&folder)?;
        let mut scenarios = Vec::new();
        for scenario in read_folder(&folder).map_err(told)? {
            // One that does not hold shows nothing; another test says so.
            if let Ok(shown) = runner.run(&scenario) {
                scenarios.push(Seen::of(&scenario, &shown));
            }
        }
        Ok(Self { scenarios, borders: borders::read_folder(&tests.join("borders"))? })
    }

    /// What shows a number of a pack: the first scenarios as links, how many more there are, and the border tables.
    pub(super) fn told(&self, pack: &str, row: &Row<'_>) -> Vec<String> {
        let scenarios = self.scenarios(pack, row);
        let mut told: Vec<String> = scenarios.iter().take(NAMED).map(|(file, heading)| link(file, heading)).collect();
        if scenarios.len() > NAMED {
            told.push(format!("+{}", scenarios.len() - NAMED));
        }
        let table = |(file, rows): (&str, usize)| format!("[界限表 {rows} border rows](../tests/borders/{file})");
        told.extend(self.borders(pack, row).into_iter().map(table));
        told
    }

    /// The scenarios that show a number of a pack, as file and heading, in the order of the files.
    fn scenarios(&self, pack: &str, row: &Row<'_>) -> Vec<(&str, &str)> {
        let showing = self.scenarios.iter().filter(|seen| seen.shows(pack, row));
        showing.map(|seen| (seen.file.as_str(), seen.name.as_str())).collect()
    }

    /// The border tables that show a number of a pack, with how many rows.
    fn borders(&self, pack: &str, row: &Row<'_>) -> BTreeMap<&str, usize> {
        let names = names(row);
        let mut files = BTreeMap::new();
        for border in self.borders.iter().filter(|border| border.pack == pack) {
            if names.contains(&format!("{}.{}", border.place, border.rule)) {
                *files.entry(border.at.split(':').next().unwrap_or_default()).or_default() += 1;
            }
        }
        files
    }
}

/// The names that the tables give to a number.
fn names(row: &Row<'_>) -> Vec<String> {
    let both = |body: &str| vec![format!("rolls.{body}.least"), format!("rolls.{body}.most")];
    match row.place.as_str() {
        "rolls.village_committee_size" => both("village_committee"),
        "rolls.supervisory_committee_size" => both("supervisory_committee"),
        "rolls.council_size" => both("collective_council"),
        "rolls.member_representatives_size" => both("member_representatives"),
        "rolls.households_per_representative" => both("households_per_representative"),
        place @ ("rolls.representatives_share" | "rolls.women_representatives_share") => vec![format!("{place}.share")],
        place => vec![place.to_owned()],
    }
}

/// By what a scenario must have cited the article to show the number; empty where any citation does.
fn judged(place: &str) -> &'static [&'static str] {
    match place.rsplit('.').next().unwrap_or_default() {
        "quorum" => &["quorum", "quorum-not-met"],
        "threshold" | "threshold_option" => &["threshold"],
        "coverage" => &["coverage", "coverage-not-met"],
        "signatures" => &["household_signatures", "signatures-too-few"],
        "share" => &["signatures", "initiators-too-few"],
        "representatives_share" => &["representatives", "composition-not-met"],
        "women_representatives_share" => &["women_representatives", "composition-not-met"],
        "participation" => &["owners_taking_part", "area_taking_part"],
        "ordinary" | "special" => &["owners_agreeing", "area_agreeing"],
        "village_committee_size" | "supervisory_committee_size" | "council_size" | "member_representatives_size" => {
            &["committee-size"]
        }
        "committee_needs_woman" => &["committee-without-woman"],
        "committee_no_near_relatives" => &["committee-near-relatives"],
        "supervisors_apart_from_committee" => &["supervisor-in-committee", "supervisor-near-relative"],
        "supervisors_no_bookkeeper" => &["supervisor-is-bookkeeper"],
        "households_per_representative" => &["households-per-representative"],
        _ => &[],
    }
}

/// What names a share that is judged, and so shows that share and nothing else of its article.
const SHARES: &[&str] = &[
    "quorum",
    "quorum-not-met",
    "threshold",
    "coverage",
    "coverage-not-met",
    "household_signatures",
    "signatures-too-few",
    "signatures",
    "initiators-too-few",
    "representatives",
    "women_representatives",
    "composition-not-met",
];

impl Seen {
    fn of(scenario: &Scenario, shown: &Shown) -> Self {
        let mut seen = Self {
            file: scenario.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            name: scenario.name.clone(),
            pack: shown.before.procedure.clone(),
            steps: BTreeSet::new(),
            forms: BTreeSet::new(),
            cites: BTreeSet::new(),
        };
        if seen.pack.is_empty() {
            seen.pack.clone_from(&shown.after.procedure);
        }
        for stage in [&shown.before.stage, &shown.after.stage] {
            if let Stage::Step { code, meeting } | Stage::Detour(Detour { code, meeting, .. }) = stage {
                seen.steps.insert(code.clone());
                seen.forms.extend(meeting.as_ref().map(|open| open.form.clone()));
            }
        }
        match &shown.outcome {
            Ok(done) => done.events.iter().for_each(|(_, data)| seen.read(data)),
            Err(refusal) => {
                let code = refusal.code.as_str().to_owned();
                seen.cites.extend(refusal.rule.as_ref().map(|rule| (rule.law.clone(), rule.article.clone(), code)));
                seen.forms.extend(refusal.figures.get("form").map(ToString::to_string));
            }
        }
        scenario.then.duties().iter().for_each(|duty| seen.read(&duty.says));
        seen
    }

    /// Every basis in what was told, with what was judged by it, and the steps and forms that it names.
    fn read(&mut self, told: &Value) {
        match told {
            Value::Object(fields) => {
                let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
                self.steps.extend(text("step"));
                self.forms.extend(text("form"));
                if let (Some(law), Some(article)) = (text("law"), text("article")) {
                    self.cites.insert((law, article, String::new()));
                }
                if let (Some(what), Some(basis)) = (text("what"), fields.get("basis")) {
                    let cited = |name: &str| basis[name].as_str().unwrap_or_default().to_owned();
                    self.cites.insert((cited("law"), cited("article"), what));
                    return;
                }
                fields.values().for_each(|field| self.read(field));
            }
            Value::Array(items) => items.iter().for_each(|item| self.read(item)),
            _ => {}
        }
    }

    fn shows(&self, pack: &str, row: &Row<'_>) -> bool {
        if let Some((_, name)) = BY_NUMBER.iter().find(|(place, _)| *place == row.place) {
            return self.pack == pack && self.name == *name;
        }
        let Some(basis) = row.basis else { return false };
        let judged = judged(&row.place);
        let by = |what: &str| if judged.is_empty() { !SHARES.contains(&what) } else { judged.contains(&what) };
        let cited =
            self.cites.iter().any(|(law, article, what)| (law, article) == (&basis.law, &basis.article) && by(what));
        // A roll is filed in a place and not in a matter: there no pack is known, and the article alone tells.
        let in_pack = self.pack == pack || (self.pack.is_empty() && row.place.starts_with("rolls."));
        in_pack && cited && self.is_at(&row.place)
    }

    /// Whether it is about the step, and the form of its meeting, that a number belongs to.
    fn is_at(&self, place: &str) -> bool {
        let mut parts = place.split('.');
        let (Some(step), form, number) = (parts.next(), parts.next(), parts.next()) else { return true };
        let of_a_step = step.starts_with(|c: char| c.is_ascii_uppercase());
        !of_a_step
            || (self.steps.contains(step) && (number.is_none() || form.is_some_and(|form| self.forms.contains(form))))
    }
}

fn link(file: &str, heading: &str) -> String {
    let stem = file.trim_end_matches(".md");
    format!("[{stem}: {heading}](../tests/scenarios/{file}#{})", anchor(heading))
}

/// The anchor that Markdown readers give to a heading: letters and digits, spaces as hyphens.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_keeps_letters_and_digits() {
        assert_eq!(anchor("33 of 51 are no quorum, by art. 30"), "33-of-51-are-no-quorum-by-art-30");
    }
}
