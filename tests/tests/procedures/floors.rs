//! A pack may tighten a statute and never loosen it: for each floor of each law a shipped pack is loosened at the number that the
//! floor bounds, and must be refused with that law and article.

use siyi_domain::laws::{Floor, FloorRule, Law};
use siyi_domain::procedure::{FractionFields, Procedure, ProcedureError};
use toml::{Table, Value};

use super::{RULES, shipped};

/// The packs that rest on no other, each with its table.
fn packs() -> Vec<(&'static Procedure, Table)> {
    let files = ["rural-HN-2018.toml", "rural-HN-2026.toml", "urban-HN-2018.toml", "urban-HN-2026.toml"];
    let read = |file| {
        let table: Table = shipped(file).parse().unwrap();
        (RULES.procedure(table["id"].as_str().unwrap()).unwrap(), table)
    };
    files.into_iter().map(read).collect()
}

/// A pack with one number changed, and where that number stands.
struct Changed {
    place: String,
    table: Table,
}

fn looser(pack: &Table, floor: &Floor) -> Vec<Changed> {
    match floor.rule {
        FloorRule::Quorum => of_forms(pack, floor, "quorum", &looser_shares(floor)),
        FloorRule::Threshold => {
            let mut changed = of_forms(pack, floor, "threshold", &looser_shares(floor));
            changed.extend(of_forms(pack, floor, "threshold_option", &looser_shares(floor)));
            changed
        }
        FloorRule::Notice => of_forms(pack, floor, "notice", &[None, Some(days(floor.days.unwrap() - 1))]),
        FloorRule::Authorisation => of_forms(pack, floor, "needs_authorisation", &[None]),
        FloorRule::NoProxy => of_forms(pack, floor, "household_proxy", &[Some(basis())]),
        FloorRule::NoOnline => of_forms(pack, floor, "online", &[Some(basis())]),
        FloorRule::Posted => of_field(pack, "disclosure", "posted", &[Some(days(floor.days.unwrap() - 1))]),
        FloorRule::RepresentativesShare => of_field(pack, "rolls", "representatives_share", &none_or_less(floor)),
        FloorRule::WomenRepresentativesShare => {
            of_field(pack, "rolls", "women_representatives_share", &none_or_less(floor))
        }
        FloorRule::HouseholdsPerRepresentative => {
            of_field(pack, "rolls", "households_per_representative", &wider(floor))
        }
        FloorRule::CommitteeSize => of_field(pack, "rolls", "village_committee_size", &wider(floor)),
        FloorRule::SupervisoryCommitteeSize => of_field(pack, "rolls", "supervisory_committee_size", &wider(floor)),
        FloorRule::PriorPartyDiscussion => without_the_party(pack, floor),
    }
}

/// Any basis that every pack lists.
fn basis() -> Value {
    "basis = { law = \"SIYI\", article = \"step-interval\" }".parse::<Table>().unwrap().remove("basis").unwrap()
}

fn value(text: &str) -> Value {
    let basis = "basis = { law = \"SIYI\", article = \"step-interval\" }";
    Value::Table(format!("{text}\n{basis}").parse().unwrap())
}

fn days(days: u16) -> Value {
    value(&format!("days = {days}"))
}

fn share(fraction: &str, of: &str) -> Value {
    value(&format!("{fraction}\nof = \"{of}\""))
}

/// The share at the floor itself.
fn exactly(floor: &Floor) -> Value {
    let (name, [num, den]) = match floor.share().unwrap() {
        FractionFields::Ge(fraction) => ("ge", fraction),
        FractionFields::Gt(fraction) => ("gt", fraction),
    };
    share(&format!("{name} = [{num}, {den}]"), floor.of.unwrap().as_str())
}

/// A little less than the floor, the floor's own number where it is not enough, and the same share of a smaller base.
fn looser_shares(floor: &Floor) -> Vec<Option<Value>> {
    let of = floor.of.unwrap().as_str();
    let mut shares = none_or_less(floor);
    shares.remove(0);
    if let FractionFields::Gt([num, den]) = floor.share().unwrap() {
        shares.push(Some(share(&format!("ge = [{num}, {den}]"), of)));
    }
    if of == "due" {
        let mut smaller = exactly(floor);
        smaller.as_table_mut().unwrap().insert("of".to_owned(), "present".into());
        shares.push(Some(smaller));
    }
    shares
}

fn none_or_less(floor: &Floor) -> Vec<Option<Value>> {
    let (FractionFields::Ge([num, den]) | FractionFields::Gt([num, den])) = floor.share().unwrap();
    let less = format!("gt = [{}, {}]", u64::from(num) * 1000 - 1, u64::from(den) * 1000);
    vec![None, Some(share(&less, floor.of.unwrap().as_str()))]
}

fn wider(floor: &Floor) -> Vec<Option<Value>> {
    let (least, most) = (floor.least.unwrap(), floor.most.unwrap());
    let range = |least, most| Some(value(&format!("least = {least}\nmost = {most}")));
    vec![range(least - 1, most), range(least, most + 1)]
}

/// Each form of the floor's body with the field set to each value, or taken out.
fn of_forms(pack: &Table, floor: &Floor, field: &str, values: &[Option<Value>]) -> Vec<Changed> {
    let body = serde_json::to_value(floor.body.unwrap()).unwrap();
    let mut changed = Vec::new();
    for (at, step) in pack["step"].as_array().unwrap().iter().enumerate() {
        let forms = step.get("form").and_then(Value::as_array).into_iter().flatten().enumerate();
        for (of, form) in forms.filter(|(_, form)| form["body"].as_str() == body.as_str()) {
            for value in values {
                let mut table = pack.clone();
                let row = table["step"][at]["form"][of].as_table_mut().unwrap();
                set(row, field, value.as_ref());
                let place =
                    format!("step `{}`, form `{}`", step["code"].as_str().unwrap(), form["id"].as_str().unwrap());
                changed.push(Changed { place, table });
            }
        }
    }
    changed
}

fn of_field(pack: &Table, part: &str, field: &str, values: &[Option<Value>]) -> Vec<Changed> {
    let change = |value: &Option<Value>| {
        let mut table = pack.clone();
        set(table[part].as_table_mut().unwrap(), field, value.as_ref());
        Changed { place: format!("{part}.{field}"), table }
    };
    values.iter().map(change).collect()
}

fn set(row: &mut Table, field: &str, value: Option<&Value>) {
    match value {
        Some(value) => row.insert(field.to_owned(), value.clone()),
        None => row.remove(field),
    };
}

/// Each road that the floor binds, without the steps of the party organisation.
fn without_the_party(pack: &Table, floor: &Floor) -> Vec<Changed> {
    let of_the_party = |code: &Value| {
        let step = pack["step"].as_array().unwrap().iter().find(|step| step["code"] == *code).unwrap();
        let forms = step.get("form").and_then(Value::as_array).into_iter().flatten();
        let party = ["party_committee", "two_committees", "party_members", "party_representatives"];
        forms.into_iter().any(|form| party.contains(&form["body"].as_str().unwrap()))
    };
    let binds = |lane: &str| match floor.body {
        Some(_) => lane == "members_assembly",
        None => ["full", "assembly_only", "members_assembly", "levy", "group"].contains(&lane),
    };
    let lanes = pack["lane"].as_array().unwrap().iter().enumerate();
    let change = |(at, lane): (usize, &Value)| {
        let mut table = pack.clone();
        table["lane"][at]["steps"].as_array_mut().unwrap().retain(|code| !of_the_party(code));
        Changed { place: format!("lane `{}`", lane["lane"].as_str().unwrap()), table }
    };
    lanes.filter(|(_, lane)| binds(lane["lane"].as_str().unwrap())).map(change).collect()
}

fn all_floors() -> impl Iterator<Item = (&'static Law, &'static Floor)> {
    RULES.laws.iter().flat_map(|law| law.floors.iter().map(move |floor| (law, floor)))
}

/// Whether a law binds a place of the pack on some day.
fn binds(law: &Law, pack: &Procedure) -> bool {
    let (from, until) = law.days();
    law.applies_to.iter().any(|kind| pack.applies_to.contains(kind))
        && from.is_none_or(|from| pack.effective_until().is_none_or(|end| from <= end))
        && until.is_none_or(|until| pack.effective_from() <= until)
}

#[test]
fn a_pack_looser_than_a_statute_is_refused_with_its_article() {
    let packs = packs();
    for (law, floor) in all_floors() {
        let mut told = 0;
        for (pack, table) in packs.iter().filter(|(pack, _)| binds(law, pack)) {
            for Changed { place, table } in looser(table, floor) {
                let told_of = format!("{} {:?} {} {}: {place}", law.id, floor.rule, floor.article, pack.id);
                let text = toml::to_string(&table).unwrap();
                let error = RULES.check_procedure(&text).err().unwrap_or_else(|| panic!("{told_of} was taken"));
                assert_eq!(error.code(), "looser-than-statute", "{told_of}: {error}");
                assert!(!error.cure().is_empty());
                let ProcedureError::LooserThanStatute { place: at, law: by, article, found, .. } = &error else {
                    panic!("{told_of}: {error}")
                };
                assert!(at.starts_with(&place), "{told_of}: {error}");
                assert!(!found.is_empty());
                // Two statutes may ask for the same; the first is named.
                told += u32::from((by, article) == (&law.id, &floor.article));
            }
        }
        assert!(told > 0, "no pack shows the floor {:?} of {} {}", floor.rule, law.id, floor.article);
    }
}

#[test]
fn a_pack_that_says_just_what_a_statute_asks_for_is_loaded() {
    for (law, floor) in all_floors() {
        for (pack, table) in packs().iter().filter(|(pack, _)| binds(law, pack)) {
            let range = || value(&format!("least = {}\nmost = {}", floor.least.unwrap(), floor.most.unwrap()));
            let same = match floor.rule {
                FloorRule::Quorum => of_forms(table, floor, "quorum", &[Some(exactly(floor))]),
                FloorRule::Threshold => of_forms(table, floor, "threshold", &[Some(exactly(floor))]),
                FloorRule::Notice => of_forms(table, floor, "notice", &[Some(days(floor.days.unwrap()))]),
                FloorRule::Posted => of_field(table, "disclosure", "posted", &[Some(days(floor.days.unwrap()))]),
                FloorRule::RepresentativesShare => {
                    of_field(table, "rolls", "representatives_share", &[Some(exactly(floor))])
                }
                FloorRule::WomenRepresentativesShare => {
                    of_field(table, "rolls", "women_representatives_share", &[Some(exactly(floor))])
                }
                FloorRule::HouseholdsPerRepresentative => {
                    of_field(table, "rolls", "households_per_representative", &[Some(range())])
                }
                FloorRule::CommitteeSize => of_field(table, "rolls", "village_committee_size", &[Some(range())]),
                FloorRule::SupervisoryCommitteeSize => {
                    of_field(table, "rolls", "supervisory_committee_size", &[Some(range())])
                }
                FloorRule::Authorisation
                | FloorRule::NoProxy
                | FloorRule::NoOnline
                | FloorRule::PriorPartyDiscussion => Vec::new(),
            };
            for Changed { place, table } in same {
                let read = RULES.check_procedure(&toml::to_string(&table).unwrap());
                assert!(read.is_ok(), "{} {:?} {}: {place}: {}", law.id, floor.rule, pack.id, read.unwrap_err());
            }
        }
    }
}
