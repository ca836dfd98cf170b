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

/// The sources of a folder, its tests aside.
fn sources(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let wanted = entries.filter(|path| !path.file_name().unwrap().to_string_lossy().starts_with("tests"));
    wanted
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![std::fs::read_to_string(path).unwrap()] })
        .collect()
}

/// The routes that a source gives a router: the first text after each `.route(`.
fn routes(source: &str) -> Vec<String> {
    let given = source.split(".route(").skip(1).map(|rest| rest.trim_start().strip_prefix('"'));
    given.map(|rest| rest.unwrap().split('"').next().unwrap().to_owned()).collect()
}

#[test]
fn every_route_of_the_server_has_a_door() {
    let api = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../api/src");
    let mut sources = sources(&api);
    sources.push(text("core/transparency/src/serve.rs"));
    let routes: Vec<String> = sources.iter().flat_map(|source| routes(source)).collect();
    assert!(routes.len() > 40, "{routes:?}");
    // GraphQL has a door for each root field, and files have one for each class.
    let of_their_own = |route: &&String| !route.starts_with("/graphql") && !route.starts_with("/attachments");
    for route in routes.iter().filter(of_their_own) {
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
