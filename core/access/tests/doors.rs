//! The list of doors against what the program has: a new field, route or command without a door fails here.
#![expect(clippy::unwrap_used, reason = "test code beside the test functions")]

use std::collections::BTreeSet;
use std::path::Path;

use siyi_access::{Door, DoorKind};

fn text(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).unwrap()
}

/// The fields of a type of the GraphQL schema: one tab, a name, then arguments or a type.
fn fields(schema: &str, of: &str) -> BTreeSet<String> {
    let body = schema.split(&format!("\ntype {of} {{\n")).nth(1).unwrap().split("\n}").next().unwrap();
    let lines = body.lines().filter_map(|line| line.strip_prefix('\t'));
    let names = lines.filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
    names
        .filter_map(|line| line.split_once(['(', ':']).map(|(name, _)| name.to_owned()))
        .filter(|n| !n.contains(' '))
        .collect()
}

#[test]
fn every_field_of_the_graphql_schema_has_a_door() {
    let schema = text("schemas/graphql/schema.graphql");
    let (queries, mutations) = (fields(&schema, "Query"), fields(&schema, "Mutation"));
    assert!(queries.len() > 10 && mutations.len() > 60, "{} {}", queries.len(), mutations.len());
    for field in queries {
        assert!(Door::named(&format!("query:{field}")).is_some(), "query:{field}");
    }
    for field in fields(&schema, "Subscription") {
        assert!(Door::named(&format!("subscription:{field}")).is_some(), "subscription:{field}");
    }
    for field in mutations {
        let door = Door::named(&field).unwrap_or_else(|| panic!("{field}"));
        assert_ne!(door.kind(), DoorKind::PublicRead, "{field}");
    }
}

#[test]
fn every_route_of_the_pages_has_a_door() {
    let routes: Vec<String> = ["api/src/pages.rs", "api/src/health.rs"]
        .iter()
        .flat_map(|path| {
            text(path)
                .split(".route(\"")
                .skip(1)
                .map(|rest| rest.split('"').next().unwrap().to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(routes.len() > 9, "{routes:?}");
    for route in routes {
        let doors = ["page", "feed", "health"].map(|kind| Door::named(&format!("{kind}:{route}")));
        assert_eq!(doors.iter().flatten().count(), 1, "{route}");
    }
}

#[test]
fn no_two_doors_have_one_name() {
    let names: BTreeSet<&str> = siyi_access::doors().iter().map(|door| door.name()).collect();
    assert_eq!(names.len(), siyi_access::doors().len());
    assert_eq!(Door::named("query:secrets"), None);
}
