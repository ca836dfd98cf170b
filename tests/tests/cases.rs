//! Case files: read with file and line, run through the handler, stopped at the first surprise, harmless the second time.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use siyi_api::case::Case;
use siyi_api::case::file::Disk;
use siyi_domain::account::AccountEvent;
use siyi_domain::consultation::ConsultationEvent;
use siyi_domain::jurisdiction::JurisdictionEvent;
use siyi_domain::roster::RosterEvent;
use siyi_log::envelope::{DomainEvent, Recorded};
use siyi_log::port::{AllFrom, Direction};
use siyi_tests::world::{World, WorldError, case_files, cases, rare_case};

const HEAD: &str =
    "id = \"T\"\ntitle = \"试\"\nseed = \"b5b7d1b4-3a1c-4a2e-9a55-6f6f3d1f7a11\"\nvillage = \"419901109201\"\n";

fn written(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("case.toml");
    fs::write(&path, text).unwrap();
    (folder, path)
}

fn act(at: &str, command: &str, input: &str, expect: &str) -> String {
    format!("\n[[act]]\nat = \"{at}\"\nas = \"township_officer:@tw1\"\ndo = \"{command}\"\ninput = {input}\n{expect}\n")
}

#[test]
fn a_malformed_case_says_file_and_line() {
    let (_folder, path) = written(&format!("{HEAD}\n[[act]]\nat = \"yesterday\"\nas = \"a:b\"\ndo = \"x\"\n"));
    let error = Case::read(&path, &Disk).unwrap_err();
    assert_eq!(error.line, 7);
    assert!(error.to_string().contains("case.toml:7: ") && error.to_string().contains("`yesterday`"), "{error}");
}

#[test]
fn an_unknown_key_is_an_error() {
    let (_folder, path) = written(&format!("{HEAD}colour = \"red\"\n"));
    assert_eq!(Case::read(&path, &Disk).unwrap_err().line, 5);
}

#[test]
fn a_missing_file_is_an_error() {
    let (folder, path) = written(&format!("{HEAD}uses = \"nowhere.toml\"\n"));
    let error = Case::read(&path, &Disk).unwrap_err();
    assert_eq!(error.path, folder.path().join("nowhere.toml"));
}

#[tokio::test]
async fn an_import_stops_at_the_first_surprise() {
    let register = |expect| {
        act("2026-01-05T09:00:00+08:00", "registerJurisdiction", "{ name = \"某村\", kind = \"village\" }", expect)
    };
    let later = act(
        "2026-01-05T09:05:00+08:00",
        "countElectorate",
        "{ population = 9, adultVillagers = 8, households = 3 }",
        "",
    );
    let text = format!("{HEAD}{}{later}", register("expect = { refusal = \"level-mismatch\" }"));
    let (_folder, path) = written(&text);
    let world = World::new().await.unwrap();
    let Err(WorldError::Surprise(surprise)) = world.run(&[path]).await else { panic!("no surprise") };
    assert_eq!((surprise.line, surprise.command.as_str()), (6, "registerJurisdiction"));
    let events = world.app.store.read_all(AllFrom::Start, Direction::Forwards, 10).await.unwrap();
    assert_eq!(events.len(), 1, "the surprise itself was recorded, nothing after it was sent");
}

#[tokio::test]
async fn an_unknown_command_is_a_surprise_with_its_code() {
    let text = format!(
        "{HEAD}{}",
        act("2026-01-05T09:00:00+08:00", "abolishVillage", "{}", "")
            .replace("input", "jurisdiction = \"419901109201\"\nmatter = \"x\"\ninput")
    );
    let (_folder, path) = written(&text);
    let Err(WorldError::Surprise(surprise)) = World::new().await.unwrap().run(&[path]).await else { panic!() };
    assert!(surprise.message.starts_with("unknown-command: "), "{surprise}");
}

#[tokio::test]
async fn every_shipped_case_can_be_run_twice_without_harm() {
    let world = World::new().await.unwrap();
    let files = [case_files().unwrap(), vec![rare_case()]].concat();
    let first = world.run(&files).await.unwrap();
    let head = world.app.store.head().await.unwrap();
    let second = world.run(&files).await.unwrap();
    assert!(first.recorded > 300 && first.already == 0, "{first:?}");
    assert_eq!((second.recorded, second.already, second.refused), (0, first.recorded, first.refused));
    assert_eq!(world.app.store.head().await.unwrap(), head);
}

/// All events that the files record.
async fn recorded(files: &[PathBuf]) -> Vec<Recorded> {
    let world = World::new().await.unwrap();
    world.run(files).await.unwrap();
    let stored = world.app.store.read_all(AllFrom::Start, Direction::Forwards, 100_000).await.unwrap();
    stored.iter().map(|event| Recorded::read(event).unwrap().unwrap()).collect()
}

#[tokio::test]
async fn every_event_comes_from_some_case() {
    let all = [
        JurisdictionEvent::WIRE_NAMES,
        RosterEvent::WIRE_NAMES,
        ConsultationEvent::WIRE_NAMES,
        AccountEvent::WIRE_NAMES,
    ]
    .concat();
    // Of an event with several versions only the newest is written.
    let newest = |name: &&str| {
        let (stem, version) = name.rsplit_once(".v").unwrap();
        let versions = all.iter().filter_map(|other| other.strip_prefix(stem)?.strip_prefix(".v")?.parse::<u32>().ok());
        versions.max() == version.parse().ok()
    };
    let events = recorded(&[case_files().unwrap(), vec![rare_case()]].concat()).await;
    let seen: BTreeSet<String> = events.into_iter().map(|event| event.envelope.event_type).collect();
    let missing: Vec<_> = all.iter().copied().filter(newest).filter(|name| !seen.contains(*name)).collect();
    assert!(missing.is_empty(), "no case records {missing:?}");
}

/// R2 as it was: recorded when it happened, judged by the pack of its day, posted a week and not fifteen days.
#[tokio::test]
async fn a_case_of_an_earlier_year_keeps_its_own_time_and_rules() {
    let events = recorded(&[cases().join("R2-候车亭.toml")]).await;
    assert!(events.iter().all(|e| e.envelope.recorded_at.since(e.envelope.occurred_at).as_secs() < 60));
    let of_matter = |event: &Recorded| match &event.event {
        DomainEvent::Consultation(_, event) => Some(event.clone()),
        DomainEvent::Jurisdiction(..) | DomainEvent::Roster(..) | DomainEvent::Account(..) => None,
    };
    let matter: Vec<ConsultationEvent> = events.iter().filter_map(of_matter).collect();
    let ConsultationEvent::MotionRaised(raised) = &matter[0] else { panic!("{:?}", matter[0]) };
    assert_eq!(raised.procedure, "rural/HN/2018");
    let posted = matter.iter().find_map(|event| match event {
        ConsultationEvent::NoticePosted(posted) => Some(posted),
        _ => None,
    });
    assert_eq!(posted.unwrap().removable_on.to_string(), "2015-01-29");
}
