//! Read models: equal to a replay, rebuilt while serving, and by themselves when their folder is missing or damaged.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use siyi_api::app::{App, Mode};
use siyi_log::clock::{Clock, SetClock};
use siyi_projections::docket::{self, Docket, Filter};
use siyi_projections::model::ReadModel;
use siyi_projections::models::{Models, NAMES};
use siyi_tests::world::World;

type Contents = BTreeMap<&'static str, BTreeMap<Vec<u8>, Vec<u8>>>;

fn contents(models: &Models) -> Contents {
    BTreeMap::from([
        ("directory", models.directory.shelf().contents().unwrap()),
        ("docket", models.docket.shelf().contents().unwrap()),
        ("history", models.history.shelf().contents().unwrap()),
        ("board", models.board.shelf().contents().unwrap()),
        ("compliance", models.compliance.shelf().contents().unwrap()),
        ("routine", models.routine.shelf().contents().unwrap()),
    ])
}

fn assert_same(one: &Contents, other: &Contents) {
    for name in NAMES {
        assert!(one[name].len() > 3, "{name} holds nothing");
        assert!(one[name] == other[name], "{name} differs");
    }
}

#[tokio::test]
async fn a_rebuild_gives_what_following_gave() {
    let world = World::with_cases().await.unwrap();
    let followed = contents(&world.app.models);
    let head = world.app.store.head().await.unwrap().unwrap();
    for name in NAMES {
        let applied = world.app.models.rebuild(name).await.unwrap().unwrap();
        assert_eq!(applied, head.0 + 1);
    }
    assert_same(&followed, &contents(&world.app.models));
    assert!(world.app.models.rebuild("ledger").await.is_none());
}

#[tokio::test]
async fn a_model_goes_on_following_after_its_rebuild() {
    let world = World::new().await.unwrap();
    world.app.models.rebuild("docket").await.unwrap().unwrap();
    world.run(&siyi_tests::world::case_files().unwrap()).await.unwrap();
    let rows = docket::page(&world.app.models.docket.shelf(), &Filter::default(), None, 100).unwrap();
    assert!(rows.len() >= 8, "{}", rows.len());
}

/// Closes a world with the shipped cases, does something to its read folder, opens it again and compares.
async fn survives(damage: impl FnOnce(PathBuf)) {
    let world = World::with_cases().await.unwrap();
    let before = contents(&world.app.models);
    let copy = tempfile::tempdir().unwrap();
    let head = world.app.store.head().await.unwrap().unwrap();
    world.app.close().await;
    copy_folder(world.folder(), copy.path());
    drop(world);
    damage(copy.path().join("read"));
    let clock = Arc::new(SetClock::default()) as Arc<dyn Clock>;
    let app = App::open(copy.path(), clock, Mode::Demo).await.unwrap();
    assert!(app.models.wait_for(head, std::time::Duration::from_secs(60)).await);
    assert_same(&before, &contents(&app.models));
    app.close().await;
}

/// The folder of the docket of this version.
fn docket_folder() -> String {
    format!("docket-v{}", Docket::VERSION)
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[tokio::test]
async fn an_untouched_folder_opens_as_it_was() {
    survives(|_| {}).await;
}

#[tokio::test]
async fn a_missing_folder_is_rebuilt() {
    survives(|read| fs::remove_dir_all(read).unwrap()).await;
}

#[tokio::test]
async fn a_folder_of_an_older_version_is_rebuilt() {
    survives(|read| fs::rename(read.join(docket_folder()), read.join("docket-v0")).unwrap()).await;
}

#[tokio::test]
async fn a_damaged_folder_is_rebuilt() {
    survives(|read| {
        let db = read.join(docket_folder()).join("1/db");
        let mut bytes = fs::read(&db).unwrap();
        assert!(bytes.len() > 4096);
        for byte in bytes.iter_mut().skip(64).step_by(7) {
            *byte ^= 0x5a;
        }
        fs::write(db, bytes).unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_folder_of_another_log_is_rebuilt() {
    let other = World::new().await.unwrap();
    other.run(&[siyi_tests::world::rare_case()]).await.unwrap();
    other.app.close().await;
    let foreign = other.folder().join("read").join(docket_folder());
    survives(|read| {
        fs::remove_dir_all(read.join(docket_folder())).unwrap();
        copy_folder(&foreign, &read.join(docket_folder()));
    })
    .await;
}

#[tokio::test]
async fn matters_are_numbered_by_their_place_in_the_log() {
    let world = World::with_cases().await.unwrap();
    let shelf = world.app.models.docket.shelf();
    let first = docket::by_number(&shelf, "419901101201-2026-1").unwrap().unwrap();
    assert_eq!(first.title, "三组至五组道路硬化工程");
    let county = "419901000000".parse().unwrap();
    let filter = Filter { within: Some(county), ..Filter::default() };
    let rows = docket::page(&shelf, &filter, None, 100).unwrap();
    assert_eq!(docket::total(&shelf, &filter).unwrap(), rows.len() as u64);
}

#[tokio::test]
async fn what_is_overdue_is_found_by_county_and_day() {
    let world = World::with_cases().await.unwrap();
    let shelf = world.app.models.docket.shelf();
    let county = "419901000000".parse().unwrap();
    let elsewhere = "411502000000".parse().unwrap();
    let overdue = |place, day: &str| docket::duties(&shelf, Some(place), day.parse().unwrap(), 100).unwrap();
    let titles: Vec<String> = overdue(&county, "2026-07-21").into_iter().map(|owed| owed.matter.title).collect();
    assert_eq!(titles, ["二组排水渠清淤和护坡修复", "2026年防汛值守误工补贴人员和标准"]);
    assert!(overdue(&county, "2026-07-09").is_empty(), "the last day itself is not overdue");
    assert_eq!(overdue(&county, "2026-07-10").len(), 1);
    assert!(overdue(&elsewhere, "2026-07-21").is_empty());
}
