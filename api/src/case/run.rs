//! Running cases: each act through the command handler, stopping at the first surprise with file and line.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
use siyi_domain::account::AccountCommand;
use siyi_domain::office::Actor;
use siyi_log::clock::SetClock;
use siyi_log::handler::{Handler, JURISDICTION_COMMANDS, Outcome, ROSTER_COMMANDS, Request, Target};
use siyi_log::port::Position;

use uuid::Uuid;

use super::aliases::{Aliases, command_id, correlation_id};
use super::file::{Act, Case, Expected};

/// At which time acts are recorded.
#[derive(Clone)]
pub enum Pace {
    /// Now: what happened long ago is recorded afterwards (补录), and says so.
    Wall,
    /// At their own time, by a clock that is moved along: for demonstrations and tests.
    Case(Arc<SetClock>),
}

/// Something became of an act that the case does not expect.
#[derive(Debug, thiserror::Error)]
#[error("{}:{line}: {command}: {message}", path.display())]
pub struct Surprise {
    /// The file.
    pub path: PathBuf,
    /// The line on which the act begins.
    pub line: usize,
    /// The command.
    pub command: String,
    /// What was expected and what came.
    pub message: String,
}

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Acts recorded now.
    pub recorded: usize,
    /// Acts that had been recorded before.
    pub already: usize,
    /// Acts refused, as expected.
    pub refused: usize,
    /// Position of the last event recorded.
    pub position: Option<Position>,
}

/// An act with everything derived that it needs.
struct Step {
    path: PathBuf,
    line: usize,
    request: Request,
    recorded_at: siyi_domain::moment::Moment,
    expect: Option<Expected>,
}

/// Runs cases and what they build on, each file once. `tick` is called after each act.
///
/// Acts of one file run in their order. With [`Pace::Case`] the files are merged by time, since a clock is never turned back.
///
/// # Errors
/// [`Surprise`] at the first act of which something else became than expected.
pub async fn run(
    handler: &Handler,
    cases: &[Case],
    pace: &Pace,
    mut tick: impl FnMut(usize, usize),
) -> Result<Report, Surprise> {
    let mut steps = Vec::new();
    let mut seen = Vec::new();
    for case in cases {
        collect(case, &mut seen, &mut steps)?;
    }
    if let Pace::Case(_) = pace {
        steps.sort_by_key(|step| step.recorded_at);
    }
    let last_recorded = last_recorded(handler, &steps).await?;
    let total = steps.len();
    let mut report = Report::default();
    for (done, step) in steps.iter().enumerate() {
        let expects_refusal = matches!(step.expect, Some(Expected::Refusal { .. }));
        // A refusal leaves no trace. Where a later act of the same file is recorded, the refusal was seen at that time.
        if expects_refusal && last_recorded.get(&step.path).is_some_and(|last| done < *last) {
            report.refused += 1;
        } else {
            if let Pace::Case(clock) = pace {
                clock.advance_to(step.recorded_at);
            }
            perform(handler, step, &mut report).await?;
        }
        tick(done + 1, total);
    }
    Ok(report)
}

/// For each file the index of its last act that was recorded by an earlier run.
async fn last_recorded(handler: &Handler, steps: &[Step]) -> Result<HashMap<PathBuf, usize>, Surprise> {
    let mut last = HashMap::new();
    for (index, step) in steps.iter().enumerate() {
        let recorded = handler.is_recorded(step.request.command_id).await;
        if recorded.map_err(|e| surprise(step, e.to_string()))? {
            last.insert(step.path.clone(), index);
        }
    }
    Ok(last)
}

fn collect(case: &Case, seen: &mut Vec<(Uuid, String)>, steps: &mut Vec<Step>) -> Result<(), Surprise> {
    if let Some(before) = &case.before {
        collect(before, seen, steps)?;
    }
    // One file may be named by several paths; its seed and id are its own.
    let this = (case.seed, case.id.clone());
    if seen.contains(&this) {
        return Ok(());
    }
    seen.push(this);
    let aliases = Aliases { people_seed: case.people_seed, matter_seed: case.matter_seed };
    let mut copies: HashMap<String, usize> = HashMap::new();
    for (line, act) in &case.acts {
        let refuse =
            |message: String| Surprise { path: case.path.clone(), line: *line, command: act.command.clone(), message };
        let request = request(case, act, &aliases, &mut copies).map_err(refuse)?;
        steps.push(Step {
            path: case.path.clone(),
            line: *line,
            request,
            recorded_at: act.entered_at(),
            expect: act.expect.clone(),
        });
    }
    Ok(())
}

fn request(case: &Case, act: &Act, aliases: &Aliases, copies: &mut HashMap<String, usize>) -> Result<Request, String> {
    let (office, person) = act.actor.split_once(':').ok_or("`as` is no `office:@person`")?;
    let office = serde_json::from_value(Value::String(office.to_owned())).map_err(|e| e.to_string())?;
    let person = match person.strip_prefix('@') {
        Some(alias) => aliases.person(alias),
        None => person.parse().map_err(|_| format!("`{person}` is no person"))?,
    };
    let addressed = act.matter.as_ref().or(act.account.as_ref());
    let content = format!("{}|{:?}|{:?}|{}|{}", act.command, addressed, act.jurisdiction, act.actor, act.input);
    // Equal acts at one time are told apart by how many of them came before.
    let copy = copies.entry(format!("{content}|{}", act.at)).or_default();
    *copy += 1;
    let command_id = command_id(case.seed, act.at.millisecond(), &format!("{content}|{copy}"));
    Ok(Request {
        command_id,
        target: target(case, act, aliases)?,
        name: act.command.clone(),
        input: aliases.resolve(&act.input)?,
        occurred_at: Some(act.at),
        actor: Actor { person, office },
        correlation_id: Some(correlation_id(case.seed)),
        via: None,
    })
}

fn target(case: &Case, act: &Act, aliases: &Aliases) -> Result<Target, String> {
    let name = act.command.as_str();
    if JURISDICTION_COMMANDS.contains(&name) || ROSTER_COMMANDS.contains(&name) {
        let code = act.jurisdiction.as_ref().or(case.village.as_ref());
        return code.cloned().map(Target::Jurisdiction).ok_or_else(|| "no `jurisdiction` and no `village`".to_owned());
    }
    if AccountCommand::NAMES.contains(&name) {
        let account = act.account.as_ref().map(|alias| Target::Account(aliases.matter(alias).0));
        return account.ok_or_else(|| "no `account`".to_owned());
    }
    act.matter.as_ref().map(|alias| Target::Consultation(aliases.matter(alias))).ok_or_else(|| "no `matter`".to_owned())
}

async fn perform(handler: &Handler, step: &Step, report: &mut Report) -> Result<(), Surprise> {
    let outcome = handler.handle(&step.request).await.map_err(|e| surprise(step, format!("{}: {e}", e.code())))?;
    match (&outcome, &step.expect) {
        (Outcome::Recorded(receipt), None | Some(Expected::Events { .. })) => {
            if let Some(Expected::Events { events }) = &step.expect {
                let names: Vec<&str> = receipt.events.iter().map(|(_, name)| name.as_str()).collect();
                if names != events.iter().map(String::as_str).collect::<Vec<_>>() {
                    return Err(surprise(step, format!("expected {events:?}, recorded {names:?}")));
                }
            }
            if receipt.already {
                report.already += 1;
            } else {
                report.recorded += 1;
            }
            report.position = report.position.max(Some(receipt.position));
            Ok(())
        }
        (Outcome::Refused(refusal), Some(Expected::Refusal { refusal: code, figures })) => {
            let carried = serde_json::to_value(&refusal.figures).unwrap_or_default();
            let wrong = figures.iter().find(|(name, figure)| carried.get(name.as_str()) != Some(figure));
            if refusal.code.as_str() != code {
                return Err(surprise(step, format!("expected refusal {code}, got {refusal}")));
            }
            if let Some((name, figure)) = wrong {
                return Err(surprise(step, format!("expected {name}={figure}, got {refusal}")));
            }
            report.refused += 1;
            Ok(())
        }
        (Outcome::Recorded(receipt), Some(Expected::Refusal { refusal, .. })) => {
            Err(surprise(step, format!("expected refusal {refusal}, but it was recorded as {:?}", receipt.events)))
        }
        (Outcome::Refused(refusal), _) => Err(surprise(step, format!("refused: {refusal} ({})", refusal.code.zh()))),
    }
}

fn surprise(step: &Step, message: String) -> Surprise {
    Surprise { path: step.path.clone(), line: step.line, command: step.request.name.clone(), message }
}
