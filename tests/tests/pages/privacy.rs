//! What pages must never show.

use std::collections::BTreeSet;

use serde_json::Value;
use siyi_tests::world::{case_files, cases};

use super::{ROAD, SITE};

/// The names of everybody in the fixtures.
fn names() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for path in case_files().unwrap().iter().filter(|path| path.extension().is_some_and(|end| end == "json")) {
        let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        for act in file["act"].as_array().unwrap() {
            let persons = act["input"]["persons"].as_array().into_iter().flatten();
            names.extend(persons.filter_map(|person| person["name"].as_str()).map(str::to_owned));
        }
    }
    names
}

/// Every piece of a text that is as long as some name: thousands of names are looked up in it in one pass.
fn pieces<'a>(text: &'a str, lengths: &'a BTreeSet<usize>) -> impl Iterator<Item = String> + 'a {
    let starts = text.char_indices().filter(|(_, character)| !character.is_ascii());
    starts.flat_map(move |(at, _)| lengths.iter().map(move |length| text[at..].chars().take(*length).collect()))
}

#[test]
fn no_page_names_anybody_in_clear() {
    let names = names();
    assert!(names.len() > 500, "{}", names.len());
    let lengths: BTreeSet<usize> = names.iter().map(|name| name.chars().count()).collect();
    for path in SITE.crawl() {
        for language in ["", "?lang=en"] {
            let body = SITE.get(&format!("{path}{language}")).body;
            let named: Vec<String> = pieces(&body, &lengths).filter(|piece| names.contains(piece)).collect();
            assert!(named.is_empty(), "{path}{language} names {named:?}");
        }
    }
}

#[test]
fn those_who_act_by_office_are_shown_masked() {
    let page = SITE.get(ROAD);
    page.shows("村党组织书记 陈*顺");
    page.shows("村委会主任 王*顺");
}

#[test]
fn an_objection_shows_neither_its_text_nor_who_raised_it() {
    let case = std::fs::read_to_string(cases().join("C1-C2-道路硬化.toml")).unwrap();
    let objection = case.split("do = \"raiseObjection\"").nth(1).unwrap();
    let text = objection.split("text = \"").nth(1).unwrap().split('"').next().unwrap();
    for path in SITE.crawl() {
        assert!(!SITE.get(&path).body.contains(text), "{path}");
    }
    let page = SITE.get(ROAD);
    page.shows("异议人和异议原文不公开");
    page.shows("对第1号公告提出第1件异议（数字），最迟2026年3月18日答复。异议原文不公开。");
    let after = page.text().split("异议原文不公开。").last().unwrap().chars().take(80).collect::<String>();
    assert!(after.contains("村民 ") && !after.contains('*'), "{after}");
}

#[test]
fn no_page_shows_the_identifier_of_a_person() {
    let export: String = SITE.runtime.block_on(async {
        let from = siyi_log::port::AllFrom::Start;
        let events = SITE.world.app.store.read_all(from, siyi_log::port::Direction::Forwards, 10_000).await.unwrap();
        events.iter().map(|event| String::from_utf8_lossy(&event.body).into_owned()).collect()
    });
    let persons: BTreeSet<&str> = export.split("\"person\":\"").skip(1).filter_map(|rest| rest.get(..36)).collect();
    assert!(persons.len() > 500, "{}", persons.len());
    for path in SITE.crawl() {
        let body = SITE.get(&path).body;
        let shown: Vec<&&str> = persons.iter().filter(|person| body.contains(**person)).collect();
        assert!(shown.is_empty(), "{path} shows {shown:?}");
    }
}
