//! Who may use which door, walked at the gate of a running engine: real rolls, real appointments, every role of the matrix.
//!
//! The policies alone are walked in `core/access`. Here offices come from the rosters, acts go all the way to the handler, and
//! queries and pages over HTTP.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};
use siyi_access::matrix::{Column, matrix};
use siyi_access::record::AccessLog;
use siyi_access::{About, DecisionPoint, Door, DoorKind, SignInMethod, doors};
use siyi_api::case::aliases::Aliases;
use siyi_api::gate::{Act, Caller, Gate, Given, Identity, Papers, Shut};
use siyi_domain::ids::{ConsultationId, JurisdictionCode, PersonId};
use siyi_domain::office::{Actor, Office};
use siyi_domain::roster::RosterCommand;
use siyi_log::clock::Clock;
use siyi_log::handler::{Outcome, Request, Target};
use siyi_log::via::{KnownBy, Signed};
use siyi_projections::docket::{self, Filter};
use siyi_tests::world::{World, cases};
use uuid::Uuid;

const VILLAGE: &str = "419901101201";
const TOWN: &str = "419901101000";
const COUNTY: &str = "419901000000";
/// The seed of 柳沟村, from which its people's identifiers derive.
const LIUGOU: &str = "8b32eef5-14ad-49b4-9d9a-5f5b6679b17f";

/// The account of a supervisor who signs second and plays no role.
const SECOND: Uuid = Uuid::from_u128(0xacc0_0000_0000_4000_8000_0000_0000_ffff);

struct Stage {
    world: World,
    gate: Gate,
    matter: ConsultationId,
    _record: tempfile::TempDir,
}

fn code(text: &str) -> JurisdictionCode {
    text.parse().unwrap()
}

fn villager(alias: &str) -> PersonId {
    let seed: Uuid = LIUGOU.parse().unwrap();
    Aliases { people_seed: seed, matter_seed: seed }.person(alias)
}

fn officer(no: u128) -> PersonId {
    PersonId(Uuid::from_u128(0x0ff1_0000_0000_4000_8000_0000_0000_0000 + no))
}

/// Who plays a role: where the person is on a roster, who it is, and in which office the role acts.
fn role(column: Column) -> Option<(JurisdictionCode, PersonId, Office)> {
    let (place, person) = match column {
        Column::Nobody | Column::OtherVillager | Column::OtherSecretary => return None,
        Column::Villager => (VILLAGE, villager("hh100")),
        Column::Household => (VILLAGE, villager("hh101")),
        Column::Representative => (VILLAGE, villager("vr01")),
        Column::PartyMember => (VILLAGE, villager("pm06")),
        Column::Secretary => (VILLAGE, villager("pm01")),
        Column::PartyCommittee => (VILLAGE, villager("pm04")),
        Column::Director | Column::Token => (VILLAGE, villager("pm02")),
        Column::VillageCommittee => (VILLAGE, villager("vc3")),
        Column::Supervisor => (VILLAGE, villager("sv1")),
        Column::Collective => (VILLAGE, officer(1)),
        Column::Clerk => (VILLAGE, villager("bk1")),
        Column::GridWorker => (VILLAGE, officer(2)),
        Column::Contractor => (VILLAGE, officer(3)),
        Column::Township => (TOWN, officer(4)),
        Column::County => (COUNTY, officer(5)),
        Column::Auditor => (COUNTY, officer(6)),
        Column::Deputy => (TOWN, officer(7)),
        Column::Ended => (TOWN, officer(8)),
        Column::Operator => (COUNTY, officer(9)),
    };
    let office = if column == Column::Ended { Office::TownshipOfficer } else { column.office().unwrap() };
    Some((code(place), person, office))
}

impl Stage {
    async fn set() -> Self {
        let world = World::new().await.unwrap();
        world.run(&[cases().join("C1-C2-道路硬化.toml")]).await.unwrap();
        let record = tempfile::tempdir().unwrap();
        let log = AccessLog::open(record.path()).unwrap();
        let papers = Papers { models: world.app.models.clone(), attachments: world.app.attachments.clone() };
        let gate = Gate::new(DecisionPoint::shipped().unwrap(), log, Arc::clone(&world.app.handler), papers, false);
        let rows = docket::page(&world.app.models.docket.shelf(), &Filter::default(), None, 1).unwrap();
        let stage = Self { matter: rows[0].id, world, gate, _record: record };
        stage.fill_offices().await;
        for column in Column::ALL {
            if let Some((place, person, _)) = role(*column) {
                let opened = json!({ "jurisdiction": place, "person": person, "proof": "township_check" });
                stage.handle(Target::Account(account(*column)), "openAccount", Office::Operator, person, opened).await;
            }
        }
        let opened = json!({ "jurisdiction": VILLAGE, "person": villager("sv2"), "proof": "township_check" });
        stage.handle(Target::Account(SECOND), "openAccount", Office::Operator, villager("sv2"), opened).await;
        stage
    }

    async fn fill_offices(&self) {
        let appointments = [
            (VILLAGE, 1, "collective_officer", None),
            (VILLAGE, 2, "grid_worker", None),
            (VILLAGE, 3, "contractor", None),
            (TOWN, 8, "township_officer", Some("2026-01-31")),
            (TOWN, 4, "township_officer", None),
            (COUNTY, 5, "county_officer", None),
            (COUNTY, 6, "auditor", None),
            (TOWN, 7, "deputy", None),
            (COUNTY, 9, "operator", Some("2027-01-01")),
        ];
        for (place, no, office, until) in appointments {
            let target = || Target::Jurisdiction(code(place));
            let person = json!({ "persons": [{ "person": officer(no), "name": format!("某甲{no}"), "sex": "f" }] });
            let by = if place == VILLAGE { Office::TownshipOfficer } else { Office::CountyOfficer };
            self.handle(target(), "registerPersons", by, officer(0), person).await;
            let term = json!({ "person": officer(no), "office": office, "from": "2026-01-02", "until": until });
            let by = match (office, place) {
                ("county_officer" | "operator", _) => Office::Operator,
                (_, VILLAGE) => Office::TownshipOfficer,
                _ => Office::CountyOfficer,
            };
            self.handle(target(), "appoint", by, officer(0), term).await;
        }
    }

    /// Past the gate, as cases are run.
    async fn handle(&self, target: Target, name: &str, office: Office, person: PersonId, input: Value) {
        let request = self.request(target, name, Actor { person, office }, input);
        let outcome = self.world.app.handler.handle(&request).await.unwrap();
        assert!(matches!(outcome, Outcome::Recorded(_)), "{name}: {outcome:?}");
    }

    #[expect(clippy::unused_self, reason = "reads as what the stage does")]
    fn request(&self, target: Target, name: &str, actor: Actor, input: Value) -> Request {
        let content = format!("{target}{name}{actor:?}{input}");
        let digest = siyi_log::canonical::sha256(content.as_bytes());
        Request {
            command_id: Uuid::from_bytes(digest[..16].try_into().unwrap()),
            target,
            name: name.to_owned(),
            input,
            occurred_at: None,
            actor,
            correlation_id: None,
            via: None,
        }
    }

    fn caller(&self, column: Column) -> Caller {
        if role(column).is_none() {
            return Caller::Nobody;
        }
        let scopes = (column == Column::Token).then(|| BTreeSet::from(["no-such-door".to_owned()]));
        let method = if column == Column::Token { SignInMethod::Token } else { SignInMethod::Passkey };
        Caller::Account(Identity { account: account(column), method, signed_in_at: self.world.clock.now(), scopes })
    }

    /// Whether an act with nothing in it gets as far as the handler, which finds that it has no shape.
    async fn passes(&self, column: Column, door: Door) -> bool {
        let roster = RosterCommand::NAMES.contains(&door.name());
        let jurisdiction = siyi_domain::jurisdiction::JurisdictionCommand::NAMES.contains(&door.name());
        let target = if roster || jurisdiction || door.name() == "raiseMotion" {
            Target::Jurisdiction(code(VILLAGE))
        } else {
            Target::Consultation(self.matter)
        };
        let Some((_, person, office)) = role(column) else { return false };
        let sv2 = villager("sv2");
        let input = json!({ "person": villager("hh200"), "office": "clerk", "supervisors": [sv2], "no-such-field": 1 });
        let given = Given { person: sv2, account: SECOND, known_by: KnownBy::Password };
        let second = self.gate.seconds.give(given, [7; 10], self.world.clock.now());
        let request = self.request(target, door.name(), Actor { person, office }, input);
        let act = Act { request, attendant: None, signed: Signed::Nobody, second: Some(second) };
        match self.gate.act(&self.caller(column), act).await {
            Err(Shut::Denied { .. } | Shut::NotSignedIn | Shut::SecondMissing) => false,
            Err(Shut::Handle(error)) => {
                assert_eq!(error.code(), "invalid-input", "{}", door.name());
                true
            }
            other => panic!("{}: {other:?}", door.name()),
        }
    }
}

fn account(column: Column) -> Uuid {
    let no = Column::ALL.iter().position(|one| *one == column).unwrap();
    Uuid::from_u128(0xacc0_0000_0000_4000_8000_0000_0000_0000 + no as u128)
}

#[tokio::test]
async fn every_act_opens_to_whom_the_matrix_says() {
    let stage = Stage::set().await;
    let matrix = matrix().unwrap();
    let (mut walked, mut opened) = (0, 0);
    let mut wrong = Vec::new();
    for door in doors().iter().filter(|door| door.is_act() && door.name() != "attach") {
        for column in Column::ALL.iter().filter(|column| **column == Column::Nobody || role(**column).is_some()) {
            let expected = matrix.allows(door.name(), *column).unwrap_or_else(|| panic!("{door} has no row"));
            let passes = stage.passes(*column, *door).await;
            walked += 1;
            opened += usize::from(passes);
            if passes != expected {
                wrong.push(format!("{door} as {}: {passes}", column.code()));
            }
        }
    }
    assert!(walked > 1_200 && opened > 300, "{walked} walked, {opened} open");
    assert_eq!(wrong, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_covered_opens_to_whom_the_matrix_says() {
    let stage = Stage::set().await;
    let matrix = matrix().unwrap();
    // Whoever is on the village's books is a villager here and may be more, so roles with fewer offices in the matrix are left out.
    let extra = [
        Column::Director,
        Column::VillageCommittee,
        Column::Household,
        Column::GridWorker,
        Column::Contractor,
        Column::Clerk,
    ];
    for door in doors().iter().filter(|door| door.kind() == DoorKind::CoveredRead) {
        for column in Column::ALL.iter().filter(|column| !extra.contains(column) && role(**column).is_some()) {
            let expected = matrix.allows(door.name(), *column).unwrap();
            let about = About::place(code(VILLAGE));
            let opened = stage.gate.may(&stage.caller(*column), door.name(), &about).await.unwrap();
            assert_eq!(opened, expected, "{door} as {}", column.code());
        }
    }
}

#[tokio::test]
async fn an_office_that_ended_yesterday_acts_no_more_and_did_until_then() {
    let stage = Stage::set().await;
    let act = |occurred_at: &str| {
        let actor = Actor { person: officer(8), office: Office::TownshipOfficer };
        let mut request = stage.request(Target::Jurisdiction(code(VILLAGE)), "confirmResidence", actor, json!({}));
        request.occurred_at = Some(occurred_at.parse().unwrap());
        Act { request, attendant: None, signed: Signed::Nobody, second: None }
    };
    let caller = stage.caller(Column::Ended);
    let last_day = stage.gate.act(&caller, act("2026-01-31T23:59:00+08:00")).await.unwrap_err();
    assert_eq!(last_day.code(), "invalid-input");
    let day_after = stage.gate.act(&caller, act("2026-02-01T00:01:00+08:00")).await.unwrap_err();
    assert_eq!(day_after.code(), "not-permitted");
}

#[tokio::test]
async fn a_secretary_of_one_village_is_nobody_in_another() {
    let stage = Stage::set().await;
    let actor = Actor { person: villager("pm01"), office: Office::PartySecretary };
    let request = stage.request(Target::Jurisdiction(code("419901102201")), "fileRoll", actor, json!({}));
    let act = Act { request, attendant: None, signed: Signed::Nobody, second: None };
    assert_eq!(stage.gate.act(&stage.caller(Column::Secretary), act).await.unwrap_err().code(), "not-permitted");
}

#[tokio::test]
async fn who_runs_the_machine_writes_nothing_anywhere_whatever_else_they_are() {
    let stage = Stage::set().await;
    let director = Actor { person: villager("pm02"), office: Office::VillageDirector };
    let input = json!({ "person": villager("pm07"), "relative": villager("pm08"), "kinship": "sibling" });
    let declare = async || {
        let request = stage.request(Target::Jurisdiction(code(VILLAGE)), "declareKinship", director, input.clone());
        let act = Act { request, attendant: None, signed: Signed::Nobody, second: None };
        stage.gate.act(&stage.caller(Column::Director), act).await
    };
    // The same account runs the machine of a county elsewhere.
    let (place, person) = (code("419902000000"), officer(10));
    let county = json!({ "name": "邻县", "kind": "other" });
    let target = || Target::Jurisdiction(place.clone());
    stage.handle(target(), "registerJurisdiction", Office::CountyOfficer, person, county).await;
    let persons = json!({ "persons": [{ "person": person, "name": "某甲10", "sex": "f" }] });
    stage.handle(target(), "registerPersons", Office::Operator, person, persons).await;
    let bound = json!({ "jurisdiction": place, "person": person, "proof": "console" });
    let account = Target::Account(account(Column::Director));
    stage.handle(account, "bindPerson", Office::Operator, person, bound).await;
    let term = json!({ "person": person, "office": "operator", "from": "2026-01-02" });
    assert!(declare().await.is_ok());
    stage.handle(target(), "appoint", Office::Operator, person, term).await;
    assert_eq!(declare().await.unwrap_err().code(), "not-permitted");
    let metrics = stage.gate.may(&stage.caller(Column::Director), "health:/metrics", &About::default()).await;
    assert!(metrics.unwrap());
}

#[tokio::test]
async fn what_is_recorded_says_by_which_way_it_came() {
    let stage = Stage::set().await;
    let actor = Actor { person: villager("bk1"), office: Office::Clerk };
    let input = json!({ "person": villager("pm07"), "relative": villager("pm08"), "kinship": "sibling" });
    let request = stage.request(Target::Jurisdiction(code(VILLAGE)), "declareKinship", actor, input);
    let act = Act { request, attendant: None, signed: Signed::Nobody, second: None };
    let Outcome::Recorded(receipt) = stage.gate.act(&stage.caller(Column::Clerk), act).await.unwrap() else { panic!() };
    let stored = stage.world.app.store.find(receipt.events[0].0).await.unwrap().unwrap();
    let via = siyi_log::envelope::Recorded::read(&stored).unwrap().unwrap().envelope.via.unwrap();
    assert_eq!((via.known_by, via.account), (KnownBy::Passkey, Some(account(Column::Clerk))));
    assert_eq!(via.signed, Signed::Nobody);
}

#[tokio::test]
async fn a_signed_out_visitor_is_not_told_who_voted_how() {
    let stage = Stage::set().await;
    let about = About::place(code(VILLAGE));
    for (column, expected) in [(Column::Nobody, false), (Column::Villager, false), (Column::Supervisor, true)] {
        assert_eq!(stage.gate.may(&stage.caller(column), "event-data", &about).await.unwrap(), expected, "{column:?}");
    }
}

#[tokio::test]
async fn every_route_and_every_root_field_has_a_door() {
    let stage = Stage::set().await;
    let sdl = siyi_api::graphql::sdl();
    let fields = |of: &str| -> Vec<String> {
        let block = sdl.split(&format!("type {of} {{")).nth(1).unwrap().split("\n}").next().unwrap();
        let lines = block.lines().filter(|line| line.starts_with('\t') && !line.starts_with("\t\t"));
        let names = lines.filter_map(|line| line.trim().split(['(', ':']).next().map(str::to_owned));
        names.filter(|name| !name.is_empty() && name.chars().all(char::is_alphanumeric)).collect()
    };
    let mutations = fields("Mutation");
    assert!(mutations.len() > 60, "{mutations:?}");
    for mutation in mutations {
        assert!(Door::named(&mutation).is_some(), "{mutation}");
    }
    for query in fields("Query") {
        assert!(stage.gate.is_public(&format!("query:{query}")), "{query}");
    }
    for subscription in fields("Subscription") {
        assert!(stage.gate.is_public(&format!("subscription:{subscription}")), "{subscription}");
    }
    assert!(!stage.gate.is_public("page:/somewhere-new"));
}
