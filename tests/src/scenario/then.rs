//! What must follow: a refusal with its figures, or events with what they say.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;
use siyi_domain::consultation::{Detour, Duty, Ending, Stage, Standing};
use siyi_domain::refusal::{Refusal, RefusalCode};
use siyi_domain::rules::Rules;

use super::act::json;
use super::world::Done;
use super::{Told, alias};

/// What a scenario says must follow.
#[derive(Debug, Clone)]
pub enum Then {
    /// The domain says no.
    Refused {
        /// The code.
        code: RefusalCode,
        /// All its figures; not looked at if left out.
        figures: Option<Value>,
        /// Law and article of its rule; not looked at if left out.
        rule: Option<Value>,
    },
    /// The act is accepted.
    Accepted {
        /// The events by their wire names, all and in order.
        events: Vec<String>,
        /// What they say, by wire name: one event of the name must say at least this.
        data: BTreeMap<String, Value>,
        /// Where the matter stands then.
        stage: Option<String>,
        /// What is due then, among other things.
        duties: Vec<ExpectedDuty>,
        /// Whether the act counts as recorded afterwards.
        late: Option<bool>,
    },
}

/// A duty that must be among those of the matter.
#[derive(Debug, Clone)]
pub struct ExpectedDuty {
    /// What it says at least.
    pub says: Value,
    in_time_on: Option<String>,
    overdue_on: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    refusal: Option<String>,
    figures: Option<toml::Value>,
    rule: Option<toml::Value>,
    events: Option<Vec<String>>,
    #[serde(default)]
    data: BTreeMap<String, toml::Value>,
    stage: Option<String>,
    #[serde(default)]
    duties: Vec<toml::Table>,
    late: Option<bool>,
}

impl Then {
    /// The duties that must be among those of the matter.
    #[must_use]
    pub fn duties(&self) -> &[ExpectedDuty] {
        match self {
            Self::Accepted { duties, .. } => duties,
            Self::Refused { .. } => &[],
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let written: Written = toml::from_str(text).map_err(|e| e.to_string())?;
        let says = |value: &toml::Value| alias::resolve(&json(value));
        let of_events =
            !written.data.is_empty() || written.stage.is_some() || !written.duties.is_empty() || written.late.is_some();
        match (written.refusal, written.events) {
            (Some(code), None) if !of_events => Ok(Self::Refused {
                code: code.parse().map_err(|()| format!("`{code}` is no refusal"))?,
                figures: written.figures.as_ref().map(says).transpose()?,
                rule: written.rule.as_ref().map(says).transpose()?,
            }),
            (None, Some(events)) if written.figures.is_none() && written.rule.is_none() => {
                let data = written.data.iter().map(|(name, data)| Ok((name.clone(), says(data)?)));
                let duties = written.duties.into_iter().map(ExpectedDuty::parse);
                Ok(Self::Accepted {
                    events: repeated(&events)?,
                    data: data.collect::<Result<_, String>>()?,
                    stage: written.stage,
                    duties: duties.collect::<Result<_, String>>()?,
                    late: written.late,
                })
            }
            _ => Err("a then says either a refusal, with figures and rule, or events, with what they say".to_owned()),
        }
    }

    pub(super) fn check(
        &self,
        outcome: &Result<Done, Refusal>,
        standing: &Standing,
        rules: &Rules,
    ) -> Result<(), String> {
        match (self, outcome) {
            (Self::Refused { code, figures, rule }, Err(refusal)) => {
                if *code != refusal.code {
                    return Err(format!("expected `{code}`, refused: {refusal}"));
                }
                let met = serde_json::to_value(&refusal.figures).map_err(|e| e.to_string())?;
                if figures.as_ref().is_some_and(|figures| *figures != met) {
                    return Err(format!("the figures of `{code}` are {met}"));
                }
                let by = serde_json::to_value(&refusal.rule).map_err(|e| e.to_string())?;
                match rule {
                    Some(rule) if !covers(&by, rule) => Err(format!("the rule of `{code}` is {by}")),
                    _ => Ok(()),
                }
            }
            (Self::Refused { code, .. }, Ok(done)) => {
                Err(format!("expected `{code}`, accepted: {}", names(&done.events).join(", ")))
            }
            (Self::Accepted { .. }, Err(refusal)) => Err(format!("refused: {refusal}")),
            (Self::Accepted { events, data, stage, duties, late }, Ok(done)) => {
                if names(&done.events) != *events {
                    return Err(format!("the events are {}", names(&done.events).join(", ")));
                }
                for (name, says) in data {
                    check_data(name, says, &done.events)?;
                }
                let at = stage_name(&standing.stage);
                if stage.as_deref().is_some_and(|stage| stage != at) {
                    return Err(format!("the matter stands at `{at}`"));
                }
                if late.is_some_and(|late| late != done.late) {
                    return Err(format!("late = {}", done.late));
                }
                duties.iter().try_for_each(|duty| duty.check(standing, rules))
            }
        }
    }
}

fn names(events: &[Told]) -> Vec<String> {
    events.iter().map(|(name, _)| name.clone()).collect()
}

/// `roll-frozen.v1 x10` stands for ten of them.
fn repeated(events: &[String]) -> Result<Vec<String>, String> {
    if events.is_empty() {
        return Err("a then without events says nothing".to_owned());
    }
    let mut names = Vec::new();
    for event in events {
        let (name, times) = event.split_once(" x").unwrap_or((event, "1"));
        let times = times.parse().map_err(|_| format!("`{event}` is no event"))?;
        names.extend(std::iter::repeat_n(name.to_owned(), times));
    }
    Ok(names)
}

fn check_data(name: &str, says: &Value, events: &[Told]) -> Result<(), String> {
    let mut named = events.iter().filter(|(event, _)| event == name).map(|(_, data)| data).peekable();
    let Some(first) = named.peek() else { return Err(format!("there is no `{name}`")) };
    let first = (*first).clone();
    if named.any(|data| covers(data, says)) {
        return Ok(());
    }
    Err(format!("`{name}` says {first}"))
}

/// Whether `whole` says at least what `part` says: objects field by field, lists of texts in any order (people are listed by
/// their identifiers, which no reader can sort), all else to the letter.
fn covers(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Array(whole), Value::Array(part)) if part.iter().all(Value::is_string) => {
            let texts = |list: &[Value]| list.iter().map(Value::to_string).collect::<BTreeSet<_>>();
            whole.len() == part.len() && texts(whole) == texts(part)
        }
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(name, field)| whole.get(name).is_some_and(|found| covers(found, field)))
        }
        (Value::Array(whole), Value::Array(part)) => {
            whole.len() == part.len() && whole.iter().zip(part).all(|(whole, part)| covers(whole, part))
        }
        _ => whole == part,
    }
}

fn stage_name(stage: &Stage) -> &str {
    match stage {
        Stage::Unborn => "unborn",
        Stage::Moved => "motion",
        Stage::Step { code, .. } | Stage::Detour(Detour { code, .. }) => code,
        Stage::Executing => "executing",
        Stage::Ended(Ending::Dismissed) => "dismissed",
        Stage::Ended(Ending::Rejected) => "rejected",
        Stage::Ended(Ending::Withdrawn) => "withdrawn",
        Stage::Ended(Ending::Archived) => "archived",
        Stage::Ended(Ending::Annulled) => "annulled",
        Stage::Ended(Ending::Consulted) => "consulted",
    }
}

impl ExpectedDuty {
    fn parse(mut written: toml::Table) -> Result<Self, String> {
        let mut day = |name: &str| match written.remove(name).as_ref().map(json) {
            Some(Value::String(day)) => Ok(Some(day)),
            Some(_) => Err(format!("`{name}` is no day")),
            None => Ok(None),
        };
        let (in_time_on, overdue_on) = (day("in_time_on")?, day("overdue_on")?);
        Ok(Self { says: json(&toml::Value::Table(written)), in_time_on, overdue_on })
    }

    fn check(&self, standing: &Standing, rules: &Rules) -> Result<(), String> {
        let since = standing.since.unwrap_or_default();
        let procedure = rules.binding(&standing.procedure, since).ok_or("the matter has no procedure")?;
        let duties = standing.duties(procedure, &rules.calendar);
        let told = |duty: &Duty| serde_json::to_value(duty).unwrap_or_default();
        let Some(duty) = duties.iter().find(|duty| covers(&told(duty), &self.says)) else {
            let due: Vec<String> = duties.iter().map(|duty| told(duty).to_string()).collect();
            return Err(format!("what is due is {}", due.join(", ")));
        };
        let overdue = |day: &Option<String>| match day {
            Some(day) => day
                .parse::<jiff::civil::Date>()
                .map(|day| Some(duty.is_overdue(day)))
                .map_err(|_| format!("`{day}` is no day")),
            None => Ok(None),
        };
        if overdue(&self.in_time_on)? == Some(true) || overdue(&self.overdue_on)? == Some(false) {
            return Err(format!("due is {}", told(duty)));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(text: &str) -> String {
        Then::parse(text).unwrap_err()
    }

    fn fails(then: &str, outcome: &Result<Done, Refusal>) -> bool {
        let rules = Rules::shipped().unwrap();
        Then::parse(then).unwrap().check(outcome, &Standing::default(), &rules).is_err()
    }

    #[test]
    fn a_then_that_says_nothing_is_refused() {
        refused("");
        refused("events = []");
        refused("stage = \"S1\"");
        refused("figures = { due = 51 }");
    }

    #[test]
    fn a_then_cannot_say_both() {
        refused("refusal = \"quorum-not-met\"\nevents = [\"motion-put.v1\"]");
        refused("refusal = \"quorum-not-met\"\nstage = \"S4\"");
        refused("events = [\"motion-put.v1\"]\nfigures = { due = 51 }");
    }

    #[test]
    fn a_refusal_that_does_not_exist_is_refused() {
        refused("refusal = \"quorum-not-mett\"");
    }

    #[test]
    fn every_word_of_a_refusal_counts() {
        let refusal = || Refusal::from(RefusalCode::QuorumNotMet).with("due", 51).with("present", 33);
        let outcome = Err(refusal());
        assert!(!fails("refusal = \"quorum-not-met\"\nfigures = { due = 51, present = 33 }", &outcome));
        assert!(fails("refusal = \"quorum-not-met\"\nfigures = { due = 51, present = 34 }", &outcome));
        assert!(fails("refusal = \"quorum-not-met\"\nfigures = { due = 51 }", &outcome));
        assert!(fails("refusal = \"quorum-not-met\"\nrule = { law = \"VL-2025\" }", &outcome));
        assert!(fails("refusal = \"papers-missing\"", &outcome));
        assert!(fails("events = [\"motion-put.v1\"]", &outcome));
    }

    #[test]
    fn every_word_of_an_event_counts() {
        let put = json!({ "due": 51, "tests": [{ "what": "quorum", "part": 34 }] });
        let outcome = Ok(Done { events: vec![("motion-put.v1".to_owned(), put)], late: false });
        let says = |data: &str| format!("events = [\"motion-put.v1\"]\n{data}");
        assert!(!fails(&says("data.\"motion-put.v1\" = { tests = [{ part = 34 }] }"), &outcome));
        assert!(fails(&says("data.\"motion-put.v1\" = { tests = [{ part = 33 }] }"), &outcome));
        assert!(fails(&says("data.\"motion-put.v1\" = { present = 34 }"), &outcome));
        assert!(fails(&says("data.\"decision-made.v1\" = { due = 51 }"), &outcome));
        assert!(fails(&says("stage = \"S4\""), &outcome));
        assert!(fails(&says("late = true"), &outcome));
        assert!(fails("events = [\"motion-put.v1 x2\"]", &outcome));
        assert!(fails("refusal = \"quorum-not-met\"", &outcome));
    }

    #[test]
    fn people_are_listed_in_any_order() {
        assert!(covers(&json!(["a", "b"]), &json!(["b", "a"])));
        assert!(!covers(&json!(["a", "b"]), &json!(["b"])));
    }
}
