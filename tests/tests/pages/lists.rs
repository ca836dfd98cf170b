//! Long lists, late records, empty stores.

use std::collections::BTreeSet;

use serde_json::json;
use siyi_api::case::file::Disk;
use siyi_api::case::{Case, Pace};
use siyi_domain::ids::PersonId;
use siyi_domain::office::{Actor, Office};
use siyi_log::handler::{Outcome, Request, Target};
use siyi_tests::world::{World, cases};
use uuid::Uuid;

use super::Site;

/// A township of 120 villages, none of which has a matter.
async fn township() -> World {
    let world = World::new().await.unwrap();
    let codes =
        std::iter::once("419909101000".to_owned()).chain((200..320).map(|village| format!("419909101{village}")));
    let mut last = None;
    for (index, code) in codes.enumerate() {
        let (name, kind) =
            if index == 0 { ("长名单镇".to_owned(), "town") } else { (format!("第{index}村"), "village") };
        let request = Request {
            command_id: Uuid::from_u128(0x1000 + index as u128),
            target: Target::Jurisdiction(code.parse().unwrap()),
            name: "registerJurisdiction".to_owned(),
            input: json!({ "name": name, "kind": kind }),
            occurred_at: None,
            actor: Actor { person: PersonId(Uuid::from_u128(1)), office: Office::TownshipOfficer },
            correlation_id: None,
            via: None,
        };
        let Outcome::Recorded(receipt) = world.app.handler.handle(&request).await.unwrap() else { panic!("{code}") };
        last = Some(receipt.position);
    }
    assert!(world.app.models.wait_for(last.unwrap(), std::time::Duration::from_secs(60)).await);
    world
}

#[test]
fn a_long_list_is_read_in_pages_of_fifty() {
    let site = Site::of(township);
    let mut path = "/j/419909101000".to_owned();
    let mut seen = BTreeSet::new();
    let mut pages = Vec::new();
    loop {
        let page = site.get(&path);
        let links = page.body.split("href=\"/j/").skip(1).filter_map(|rest| rest.get(..12));
        let villages: Vec<String> = links.filter(|code| !code.ends_with("000")).map(str::to_owned).collect();
        pages.push(villages.len());
        for village in villages {
            assert!(seen.insert(village.clone()), "{village} stands on two pages");
        }
        let Some(more) = page.body.split("class=\"more\"><a href=\"").nth(1) else { break };
        path = more.split('"').next().unwrap().to_owned();
    }
    assert_eq!(pages, [50, 50, 20]);
    assert_eq!(seen.len(), 120);
}

#[test]
fn what_was_recorded_afterwards_says_so_in_words() {
    let site = Site::of(async || {
        let world = World::new().await.unwrap();
        world.clock.advance_to("2027-03-01T09:00:00+08:00".parse().unwrap());
        let case = Case::read(&cases().join("R5-通户路.toml"), &Disk).unwrap();
        let report = siyi_api::case::run(&world.app.handler, &[case], &Pace::Wall, |_, _| ()).await.unwrap();
        world.app.models.wait_for(report.position.unwrap(), std::time::Duration::from_secs(60)).await;
        world
    });
    site.get("/c/419901103201-2026-1").shows("补录：发生后369天");
    site.get("/c/419901103201-2026-1?lang=en").shows("recorded afterwards, 369 days");
    site.get("/c/419901103201-2026-1/notice/1").shows("补录：本公告张贴后超过规定时限才记录，记录时间 2027年3月1日");
    site.get("/j/419901103201/feed.atom").shows("补录");
}

#[test]
fn an_empty_store_has_a_front_page() {
    let site = Site::of(async || World::new().await.unwrap());
    let page = site.get("/");
    assert_eq!(page.status, axum::http::StatusCode::OK);
    page.shows("没有逾期事项");
    page.shows("尚未登记辖区");
}
