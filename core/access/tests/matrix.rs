//! Every door as every role: the policies against the table that was thought from 6-roles.
#![expect(clippy::unwrap_used, reason = "test code beside the test functions")]

use std::collections::BTreeSet;

use siyi_access::matrix::{Cast, Column, favourable, matrix, read};
use siyi_access::{Account, DecisionPoint, DoorKind, Visitor, doors};
use siyi_domain::ids::PersonId;
use uuid::Uuid;

fn cast() -> Cast {
    Cast {
        village: "419901101201".parse().unwrap(),
        other_village: "419901101202".parse().unwrap(),
        person: PersonId(Uuid::from_u128(10)),
        other: PersonId(Uuid::from_u128(20)),
    }
}

#[test]
fn every_door_opens_to_those_whom_the_table_names_and_to_nobody_else() {
    let (point, table, cast) = (DecisionPoint::shipped().unwrap(), matrix().unwrap(), cast());
    let mut wrong = Vec::new();
    let mut cells = 0;
    for door in doors() {
        let (about, around) = favourable(*door, &cast);
        for column in Column::ALL {
            let told = point.decide(&cast.visitor(*column), cast.acting(*column), door, &about, &around);
            assert_eq!(told.errors, Vec::<String>::new(), "{door} as {}", column.code());
            cells += 1;
            let Some(expected) = table.allows(door.name(), *column) else { continue };
            if told.allowed != expected {
                wrong.push(format!("{door} as {}: table {expected}, policies {:?}", column.code(), told.policies));
            }
        }
    }
    assert_eq!(cells, doors().len() * Column::ALL.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_door_has_a_row_and_every_row_a_door() {
    let table = matrix().unwrap();
    let rows: BTreeSet<&str> = table.rows.keys().map(String::as_str).collect();
    let known: BTreeSet<&str> = doors().iter().map(|door| door.name()).collect();
    assert_eq!(known.difference(&rows).collect::<Vec<_>>(), Vec::<&&str>::new(), "doors without a row");
    assert_eq!(rows.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new(), "rows without a door");
}

#[test]
fn every_door_but_the_shut_opens_to_somebody_and_only_public_ones_to_nobody_signed_in() {
    let table = matrix().unwrap();
    for door in doors() {
        let row = &table.rows[door.name()];
        assert!(!row.is_empty(), "{door} opens to no role");
        assert_eq!(row.contains(&Column::Nobody), door.kind() == DoorKind::PublicRead, "{door}");
        assert_eq!(row.contains(&Column::Token), door.kind() == DoorKind::PublicRead, "{door}");
    }
}

#[test]
fn what_is_public_is_so_whoever_asks() {
    let (point, cast) = (DecisionPoint::shipped().unwrap(), cast());
    for door in doors().iter().filter(|door| door.kind() == DoorKind::PublicRead) {
        let (about, around) = favourable(*door, &cast);
        let first = point.decide(&Visitor::Nobody, None, door, &about, &around);
        assert!(first.allowed, "{door}");
        for column in Column::ALL {
            // The answer kept for all is the one that judging this very visitor gives.
            let judged = point.judge_afresh(&cast.visitor(*column), cast.acting(*column), door, &about, &around);
            assert_eq!(judged, first, "{door} as {}", column.code());
        }
    }
}

#[test]
fn a_token_opens_the_door_that_it_names_and_no_other() {
    let (point, cast) = (DecisionPoint::shipped().unwrap(), cast());
    let Visitor::Account(account) = cast.visitor(Column::Token) else { panic!("a token is an account") };
    let visitor = Visitor::Account(Account { scopes: Some(BTreeSet::from(["postNotice".to_owned()])), ..account });
    let mut opened = Vec::new();
    for door in doors().iter().filter(|door| door.kind() != DoorKind::PublicRead) {
        let (about, around) = favourable(*door, &cast);
        if point.decide(&visitor, cast.acting(Column::Token), door, &about, &around).allowed {
            opened.push(door.name());
        }
    }
    assert_eq!(opened, ["postNotice"]);
}

#[test]
fn a_table_that_names_a_role_nobody_knows_is_not_read() {
    let text = "[roles]\n[doors]\nraiseMotion = \"R\"\n";
    assert_eq!(read(text).unwrap_err().code(), "matrix-roles-differ");
    let roles: String = Column::ALL.iter().map(|column| format!("{} = \"\"\n", column.code())).collect();
    let error = read(&format!("[roles]\n{roles}[doors]\nraiseMotion = \"R KING\"\n")).unwrap_err();
    assert_eq!(error.code(), "matrix-role-unknown");
}
