//! Runs every scenario, and holds that none is missing: each refusal, each command, each form of meeting on both sides of its
//! quorum and its threshold, each number of the pack that has a legal basis, and a page for each refusal.
#![expect(clippy::unwrap_used, clippy::panic, reason = "test code beside the test functions")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::Value;
use siyi_domain::account::AccountCommand;
use siyi_domain::consultation::{ConsultationCommand, Stage};
use siyi_domain::fraction::Fraction;
use siyi_domain::matters::Lane;
use siyi_domain::office::Residence;
use siyi_domain::procedure::{Base, Basis, Procedure};
use siyi_domain::refusal::{Refusal, RefusalCode};
use siyi_domain::rules::Rules;
use siyi_tests::borders::shown_by_tables;
use siyi_tests::scenario::{
    Failure, JURISDICTION_COMMANDS, ROSTER_COMMANDS, Runner, Scenario, Shown, Told, read_folder,
};

/// Refusals that no decider gives, each with the reason and the test that covers it.
const EXEMPT: &[(RefusalCode, &str, &str)] = &[(
    RefusalCode::CommandIdReused,
    "given by the command handler, which alone knows what was sent before",
    "tests/tests/handler.rs",
)];

/// Numbers of the pack whose basis no outcome names, with the scenario that shows the number itself.
const SHOWN_BY_NUMBER: &[(&str, &str)] = &[
    ("objection-window", "The seventh day is still in the window"),
    ("late-recording", "A second more is, and the record says so for ever"),
];

type Ran = (Scenario, Result<Shown, Failure>);

static RAN: LazyLock<Vec<Ran>> = LazyLock::new(|| {
    let folder = here("scenarios");
    let scenarios = read_folder(&folder).unwrap_or_else(|failures| panic!("{}", lines(&failures)));
    let mut runner = Runner::new(&folder).unwrap();
    let run = |scenario: Scenario| {
        let shown = runner.run(&scenario);
        (scenario, shown)
    };
    scenarios.into_iter().map(run).collect()
});

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn lines(items: &[impl ToString]) -> String {
    items.iter().fold(String::new(), |lines, item| lines + "\n  " + &item.to_string())
}

fn shown() -> impl Iterator<Item = (&'static Scenario, &'static Shown)> {
    RAN.iter().filter_map(|(scenario, shown)| shown.as_ref().ok().map(|shown| (scenario, shown)))
}

fn refusals() -> impl Iterator<Item = (&'static Scenario, &'static Refusal)> {
    shown().filter_map(|(scenario, shown)| shown.outcome.as_ref().err().map(|refusal| (scenario, refusal)))
}

fn events() -> impl Iterator<Item = &'static Told> {
    shown().filter_map(|(_, shown)| shown.outcome.as_ref().ok()).flat_map(|done| &done.events)
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// `putMotion` as `put-motion`.
fn stem(command: &str) -> String {
    let mut stem = String::new();
    for letter in command.chars() {
        if letter.is_ascii_uppercase() {
            stem.push('-');
        }
        stem.push(letter.to_ascii_lowercase());
    }
    stem
}

/// Each act is decided, its events go through the wire, and a replay from zero must lead to the same state: see the runner.
#[test]
fn every_scenario_holds() {
    let failures: Vec<&Failure> = RAN.iter().filter_map(|(_, shown)| shown.as_ref().err()).collect();
    assert!(failures.is_empty(), "{} of {} scenarios fail:{}", failures.len(), RAN.len(), lines(&failures));
}

#[test]
fn a_scenario_lies_in_the_file_of_its_command() {
    for (scenario, _) in &*RAN {
        assert_eq!(file_name(&scenario.file), format!("{}.md", stem(&scenario.when.name)), "{}", scenario.name);
    }
}

#[test]
fn no_two_scenarios_of_a_file_share_a_name() {
    let mut seen = BTreeSet::new();
    for (scenario, _) in &*RAN {
        assert!(seen.insert((&scenario.file, &scenario.name)), "{}: {}", scenario.file.display(), scenario.name);
    }
}

#[test]
fn every_refusal_is_met() {
    let met: BTreeSet<RefusalCode> = refusals().map(|(_, refusal)| refusal.code).collect();
    for code in RefusalCode::ALL {
        let exempt = EXEMPT.iter().any(|(exempt, ..)| exempt == code);
        assert_ne!(met.contains(code), exempt, "`{code}`");
    }
}

#[test]
fn every_command_is_accepted() {
    let accepted: BTreeSet<&str> =
        shown().filter(|(_, shown)| shown.outcome.is_ok()).map(|(scenario, _)| scenario.when.name.as_str()).collect();
    let commands = [JURISDICTION_COMMANDS, ROSTER_COMMANDS, ConsultationCommand::NAMES, AccountCommand::NAMES].concat();
    let missing: Vec<_> = commands.into_iter().filter(|command| !accepted.contains(command)).collect();
    assert!(missing.is_empty(), "no scenario accepts{}", lines(&missing));
}

#[test]
fn the_runner_knows_the_commands_of_the_handler() {
    assert_eq!(JURISDICTION_COMMANDS, siyi_log::handler::JURISDICTION_COMMANDS);
    assert_eq!(ROSTER_COMMANDS, siyi_log::handler::ROSTER_COMMANDS);
}

/// The part on either side of a border: whether it was seen to be enough, and whether one less was seen not to be.
type Borders = BTreeMap<(String, String), [bool; 2]>;

fn note(borders: &mut Borders, step: &str, form: &str, part: u64, least: u64) {
    let [enough, one_less] = borders.entry((step.to_owned(), form.to_owned())).or_default();
    *enough |= part == least;
    *one_less |= part + 1 == least;
}

/// The main road has scenarios of its own at each border; all other roads and packs have the border tables.
fn assert_both_sides_of_every_form(what: &str, borders: &Borders) {
    let rules = Rules::shipped().unwrap();
    let procedure = rules.procedure("rural/HN/2026").unwrap();
    for step in procedure.steps_of(Lane::Full) {
        for form in step.forms.iter().filter(|form| form.merges.is_none()) {
            let sides = borders.get(&(step.code.clone(), form.id.clone()));
            assert_eq!(sides, Some(&[true; 2]), "{what} of `{}` in {} at its border", form.id, step.code);
        }
    }
}

#[test]
fn every_form_of_every_step_is_seen_on_both_sides_of_its_quorum() {
    let mut borders = Borders::new();
    for (scenario, shown) in shown().filter(|(scenario, _)| scenario.when.name == "putMotion") {
        let Stage::Step { code, meeting: Some(open) } = &shown.before.stage else { continue };
        match &shown.outcome {
            Ok(done) => {
                let quorum = &done.events[0].1["tests"][0];
                note(&mut borders, code, &open.form, figure(quorum, "part"), least(quorum));
            }
            Err(refusal) if refusal.code == RefusalCode::QuorumNotMet => {
                let figures = serde_json::to_value(&refusal.figures).unwrap();
                assert!(figure(&figures, "present") < figure(&figures, "least"), "{}", scenario.name);
                note(&mut borders, code, &open.form, figure(&figures, "present"), figure(&figures, "least"));
            }
            Err(_) => {}
        }
    }
    assert_both_sides_of_every_form("the quorum", &borders);
}

#[test]
fn every_form_of_every_step_is_seen_on_both_sides_of_its_threshold() {
    let mut borders = Borders::new();
    for (_, decision) in events().filter(|(name, _)| name == "decision-made.v1") {
        let threshold = &decision["threshold"];
        assert_eq!(decision["outcome"] == "carried", threshold["met"] == true);
        let [step, form] = ["step", "form"].map(|field| decision[field].as_str().unwrap());
        note(&mut borders, step, form, figure(threshold, "part"), least(threshold));
    }
    assert_both_sides_of_every_form("the threshold", &borders);
}

#[test]
fn joint_initiators_are_seen_on_both_sides_of_their_share() {
    let mut borders = Borders::new();
    for (_, motion) in events().filter(|(name, _)| name == "motion-raised.v1") {
        if let Some(of) = motion["signatures"]["of"].as_str() {
            note(&mut borders, of, "", figure(&motion["signatures"], "part"), least(&motion["signatures"]));
        }
    }
    for (_, refusal) in refusals().filter(|(_, refusal)| refusal.code == RefusalCode::InitiatorsTooFew) {
        let figures = serde_json::to_value(&refusal.figures).unwrap();
        let of = figures["of"].as_str().unwrap();
        note(&mut borders, of, "", figure(&figures, "signed"), figure(&figures, "least"));
    }
    let rules = Rules::shipped().unwrap();
    let main = rules.procedure("rural/HN/2026").unwrap();
    for share in main.initiators.iter().filter_map(|rule| rule.share.as_ref()) {
        let of = serde_json::to_value::<Base>(share.of).unwrap();
        assert_eq!(borders.get(&(of.as_str().unwrap().to_owned(), String::new())), Some(&[true; 2]), "{of}");
    }
}

fn figure(figures: &Value, name: &str) -> u64 {
    figures[name].as_u64().unwrap()
}

/// The smallest part that satisfies a test told in an event.
fn least(test: &Value) -> u64 {
    let number = |name| u32::try_from(figure(test, name)).unwrap();
    let op = serde_json::from_value(test["op"].clone()).unwrap();
    Fraction { num: number("num"), den: number("den"), op }.least(figure(test, "whole"))
}

#[test]
fn every_basis_of_every_procedure_is_shown() {
    let mut seen = BTreeSet::new();
    for (_, refusal) in refusals() {
        seen.extend(refusal.rule.as_ref().map(|rule| (rule.law.clone(), rule.article.clone())));
    }
    events().for_each(|(_, data)| bases_in(data, &mut seen));
    for (scenario, _) in shown() {
        scenario.then.duties().iter().for_each(|duty| bases_in(&duty.says, &mut seen));
    }
    let rules = Rules::shipped().unwrap();
    let mut missing = BTreeSet::new();
    for pack in rules.procedures() {
        let by_tables = shown_by_tables(pack);
        let elsewhere = [origins_of_roads(pack), shown_by_read_models(pack)].concat();
        for basis in pack.bases().into_iter().filter(|basis| !by_tables.contains(basis) && !elsewhere.contains(basis)) {
            let by_number =
                SHOWN_BY_NUMBER.iter().find(|(article, _)| basis.law == "SIYI" && *article == basis.article);
            let shown = match by_number {
                Some((_, name)) => shown().any(|(scenario, _)| scenario.name == *name),
                None => seen.contains(&(basis.law.clone(), basis.article.clone())),
            };
            if !shown {
                missing.insert(format!("{} {} {}", pack.id, basis.law, basis.article));
            }
        }
    }
    assert!(missing.is_empty(), "no scenario shows{}", lines(&missing.into_iter().collect::<Vec<_>>()));
}

/// What read models compute with and no decider: tests/tests/routine.rs and tests/tests/compliance.rs show it.
fn shown_by_read_models(pack: &Procedure) -> Vec<&Basis> {
    let periodic = pack.periodic.iter().map(|rule| &rule.basis);
    let told = pack.escalation.iter().map(|rule| &rule.after.basis);
    periodic.chain(told).chain(pack.splitting.iter().map(|rule| &rule.basis)).collect()
}

/// Where roads and the right to call for them come from: no numbers, and so at no border.
fn origins_of_roads(pack: &Procedure) -> Vec<&Basis> {
    let lanes = pack.lanes.iter().map(|lane| &lane.basis);
    let detours = pack.detours.iter().flat_map(|d| d.calls.iter().map(|call| &call.basis).chain([&d.basis]));
    // Where the least that is asked of people from elsewhere is that they live here, the rule permits and refuses nobody.
    let permits = |rule: &&siyi_domain::procedure::FromElsewhere| rule.admits == Residence::UsuallyResident;
    let permissions = pack.rolls.from_elsewhere.iter().filter(permits).map(|rule| &rule.basis);
    lanes.chain(detours).chain(pack.initiators.iter().map(|rule| &rule.basis)).chain(permissions).collect()
}

fn bases_in(value: &Value, seen: &mut BTreeSet<(String, String)>) {
    match value {
        Value::Object(fields) => {
            if let (Some(law), Some(article)) = (fields.get("law"), fields.get("article")) {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                seen.insert((text(law), text(article)));
            }
            fields.values().for_each(|field| bases_in(field, seen));
        }
        Value::Array(items) => items.iter().for_each(|item| bases_in(item, seen)),
        _ => {}
    }
}

fn page(code: RefusalCode) -> String {
    let file = here("../docs/refusals").join(format!("{code}.md"));
    std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}

#[test]
fn every_refusal_has_a_page_with_its_sentences() {
    for code in RefusalCode::ALL {
        let page = page(*code);
        let title = page.lines().next().unwrap_or_default();
        for part in [code.as_str(), code.zh(), code.en()] {
            assert!(title.contains(part), "the title of `{code}` lacks `{part}`");
        }
        assert!(page.lines().count() <= 30, "the page of `{code}` has more than 30 lines");
        assert!(page.contains("怎么办"), "the page of `{code}` does not say what to do");
    }
}

#[test]
fn every_page_is_of_a_refusal_and_listed() {
    let index = std::fs::read_to_string(here("../docs/refusals/README.md")).unwrap();
    for entry in std::fs::read_dir(here("../docs/refusals")).unwrap() {
        let name = file_name(&entry.unwrap().path());
        let code = name.strip_suffix(".md").unwrap();
        assert!(code == "README" || code.parse::<RefusalCode>().is_ok(), "`{code}` is no refusal");
    }
    for code in RefusalCode::ALL {
        let line = index.lines().find(|line| line.contains(&format!("({code}.md)")));
        assert!(line.is_some_and(|line| line.contains(code.zh())), "`{code}` is not in the index");
    }
}

/// A page says which commands meet the refusal, which figures it carries and by which rule it is given: all that any scenario
/// has seen. And it leads to a scenario.
#[test]
fn a_page_tells_what_the_scenarios_show() {
    for (scenario, refusal) in refusals() {
        let page = page(refusal.code);
        let says = |text: &str| assert!(page.contains(text), "the page of `{}` lacks `{text}`", refusal.code);
        says(&format!("`{}`", scenario.when.name));
        refusal.figures.keys().for_each(|name| says(&format!("`{name}`")));
        if let Some(rule) = &refusal.rule {
            says(&format!("{} {}", rule.law, rule.article));
        }
    }
}

#[test]
fn a_page_leads_to_a_scenario() {
    for code in RefusalCode::ALL {
        let page = page(*code);
        if let Some((_, _, test)) = EXEMPT.iter().find(|(exempt, ..)| exempt == code) {
            assert!(page.contains(test), "the page of `{code}` does not name `{test}`");
            continue;
        }
        let linked = refusals().filter(|(_, refusal)| refusal.code == *code).any(|(scenario, _)| {
            page.contains(&format!("](../../tests/scenarios/{})", file_name(&scenario.file)))
                && page.contains(&scenario.name)
        });
        assert!(linked, "the page of `{code}` links no scenario that meets it");
    }
}
