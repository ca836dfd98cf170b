//! Everybody of the matrix, let in by the doors: the first officers at the console, all others by invitation; offices by rolls
//! and appointments that were sent as mutations.

use std::collections::BTreeMap;

use jiff::ToSpan;
use serde_json::{Value, json};
use siyi_access::matrix::Column;

use crate::desk::{Browser, Folder, PASSWORD, Server, TOWN, VILLAGE, joined, register, token_in};

pub const OTHER_VILLAGE: &str = "419901101202";
const COUNTY: &str = "419901000000";
/// Whose data it is and who is appointed, wherever somebody must be.
pub const OTHER: &str = "7d1f0a52-9f0e-4b61-9a43-3f4a5be7c299";
const HOUSEHOLDS: u32 = 100;

/// A role with a browser in which it is signed in.
pub struct Player {
    pub column: Column,
    pub browser: Browser,
    /// Where its person is on the books.
    pub home: &'static str,
}

/// A village with everybody in it.
pub struct Stage {
    pub players: Vec<Player>,
    /// Who signs second.
    pub second: Browser,
    pub server: Server,
    _folder: Folder,
}

fn person(no: usize) -> String {
    format!("7d1f0a52-9f0e-4b61-9a43-3f4a5be7c{no:03}")
}

/// Who signs second.
pub fn second() -> String {
    person(10)
}

/// The person's number on the books, where they are, and the office in which the role acts.
fn role(column: Column) -> Option<(usize, &'static str, &'static str)> {
    Some(match column {
        Column::Nobody => return None,
        Column::Villager => (1, VILLAGE, "villager"),
        Column::Household => (2, VILLAGE, "villager"),
        Column::Representative => (20, VILLAGE, "representative"),
        Column::PartyMember => (3, VILLAGE, "party_member"),
        Column::Secretary => (4, VILLAGE, "party_secretary"),
        Column::PartyCommittee => (5, VILLAGE, "party_committee_member"),
        Column::Director | Column::Token => (6, VILLAGE, "village_director"),
        Column::VillageCommittee => (7, VILLAGE, "village_committee_member"),
        Column::Supervisor => (9, VILLAGE, "supervisor"),
        Column::Collective => (12, VILLAGE, "collective_officer"),
        Column::Clerk => (13, VILLAGE, "clerk"),
        Column::GridWorker => (14, VILLAGE, "grid_worker"),
        Column::Contractor => (15, VILLAGE, "contractor"),
        Column::OtherVillager => (40, OTHER_VILLAGE, "villager"),
        Column::OtherSecretary => (41, OTHER_VILLAGE, "party_secretary"),
        Column::Auditor => (50, TOWN, "auditor"),
        Column::Deputy => (51, TOWN, "deputy"),
        Column::Ended => (52, TOWN, "township_officer"),
        Column::Township => (0, TOWN, "township_officer"),
        Column::County => (0, COUNTY, "county_officer"),
        Column::Operator => (0, COUNTY, "operator"),
    })
}

async fn recorded(by: &mut Browser, name: &str, input_type: &str, place: &str, input: Value) {
    let answer = by.act(name, input_type, place, input).await;
    assert_eq!(answer["__typename"], "Recorded", "{name}: {answer}");
}

async fn appoint(by: &mut Browser, column: Column, from: &str, until: Option<&str>) {
    let (no, place, office) = role(column).unwrap();
    let input = json!({ "person": person(no), "office": office, "from": from, "until": until });
    recorded(by, "appoint", "AppointInput", place, input).await;
}

impl Stage {
    pub async fn set() -> Self {
        let folder = Folder::new();
        for (place, name, sign_in_name) in
            [((COUNTY, "某县"), "县某某", "county"), ((TOWN, "云岭镇"), "乡某某", "township")]
        {
            let made = folder.create_officer(place, name, sign_in_name, PASSWORD);
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        }
        let made = folder.create_operator(COUNTY, "operator", "2099-12-31");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let server = folder.serve_sealed().await.without_quotas();
        let mut county = first_officer(&server, "county", COUNTY, "county_officer").await;
        let mut township = first_officer(&server, "township", TOWN, "township_officer").await;
        found_villages(&mut township).await;
        fill_offices(&server, &mut township, &mut county).await;
        let operator = first_officer(&server, "operator", COUNTY, "operator").await;
        let firsts = [(Column::Township, township), (Column::County, county), (Column::Operator, operator)];
        let mut browsers = BTreeMap::from(firsts);
        for column in Column::ALL.iter().copied().filter(|column| *column != Column::Token) {
            if let (Some(_), false) = (role(column), browsers.contains_key(&column)) {
                let joined = join(&server, browsers.get_mut(&Column::Township).unwrap(), column).await;
                browsers.insert(column, joined);
            }
        }
        let director = browsers.get_mut(&Column::Director).unwrap();
        appoint(director, Column::Contractor, "2026-01-05", None).await;
        let token = token_of(&server, director).await;
        browsers.insert(Column::Token, token);
        browsers.insert(Column::Nobody, server.browser());
        let home = |column| role(column).map_or(VILLAGE, |(_, home, _)| home);
        let players = browsers.into_iter().map(|(column, browser)| Player { column, browser, home: home(column) });
        let (players, mut signing) = (players.collect(), server.browser());
        signing.sign_in("role10", PASSWORD).await;
        Self { players, second: signing, server, _folder: folder }
    }

    pub fn player(&mut self, column: Column) -> &mut Player {
        self.players.iter_mut().find(|player| player.column == column).unwrap()
    }
}

async fn first_officer(server: &Server, name: &str, place: &str, office: &'static str) -> Browser {
    let mut officer = server.browser();
    assert_eq!(officer.sign_in(name, PASSWORD).await.status, 303);
    officer.acting = Some((officer.who(&server.app, place).await, office));
    officer
}

/// Two villages with their people and rolls.
async fn found_villages(township: &mut Browser) {
    for (code, name, people) in [(VILLAGE, "柳沟村", 1..36), (OTHER_VILLAGE, "上河村", 40..42), (TOWN, "", 50..53)]
    {
        if code != TOWN {
            let village = json!({ "name": name, "kind": "village" });
            recorded(township, "registerJurisdiction", "RegisterJurisdictionInput", code, village).await;
        }
        let people: Vec<(String, String)> = people.map(|no| (person(no), format!("某{no}"))).collect();
        let people: Vec<(&str, &str)> = people.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
        register(township, code, &people).await;
    }
    register(township, VILLAGE, &[(OTHER, "另某")]).await;
    let counted = json!({ "population": 300, "adultVillagers": 200, "households": HOUSEHOLDS });
    recorded(township, "countElectorate", "CountElectorateInput", VILLAGE, counted).await;
    let member = |no: usize| json!({ "person": person(no) });
    let post = |no: usize, post: &str| json!({ "person": person(no), "post": post });
    let seat = |no: usize| json!({ "person": person(no), "group": 1, "household": format!("{no}") });
    let rolls = [
        (VILLAGE, "party_committee", vec![post(4, "secretary"), member(5)]),
        (VILLAGE, "party_members", vec![member(3), member(4), member(5)]),
        (VILLAGE, "village_committee", vec![post(6, "director"), member(7), member(8)]),
        (VILLAGE, "supervisory_committee", vec![member(9), member(10), member(11)]),
        (VILLAGE, "representatives", (20..36).map(seat).collect()),
        (OTHER_VILLAGE, "party_committee", vec![post(41, "secretary")]),
        (OTHER_VILLAGE, "party_members", vec![member(41)]),
    ];
    for (place, roll, members) in rolls {
        recorded(township, "fileRoll", "FileRollInput", place, json!({ "roll": roll, "members": members })).await;
    }
}

async fn fill_offices(server: &Server, township: &mut Browser, county: &mut Browser) {
    for column in [Column::Collective, Column::Clerk, Column::GridWorker, Column::Deputy] {
        appoint(township, column, "2026-01-05", None).await;
    }
    appoint(county, Column::Auditor, "2026-01-05", None).await;
    let yesterday = server.app.clock.now().day().saturating_sub(1.day()).to_string();
    appoint(county, Column::Ended, "2026-01-05", Some(&yesterday)).await;
    // Who signs second is a supervisor and plays no role.
    joined(server, township, VILLAGE, &second(), "role10").await;
}

async fn join(server: &Server, township: &mut Browser, column: Column) -> Browser {
    let (no, home, office) = role(column).unwrap();
    let mut browser = joined(server, township, home, &person(no), &format!("role{no}")).await;
    browser.acting = Some((person(no), office));
    browser
}

/// A machine with the director's token, which opens a door that nobody walks through.
async fn token_of(server: &Server, director: &mut Browser) -> Browser {
    let last = server.app.clock.now().day().saturating_add(30.days()).to_string();
    let form = [("name", "walk"), ("scopes", "no-such-door"), ("until", last.as_str())];
    let made = director.form("/account", "/account/tokens", &form).await;
    let mut machine = server.browser();
    machine.acting.clone_from(&director.acting);
    machine.extra = vec![("authorization", format!("Bearer {}", token_in(made.body())))];
    machine
}
