//! Texts that people write to break a page.

use std::path::Path;
use std::sync::LazyLock;

use siyi_api::case::file::{Disk, Texts};
use siyi_api::case::{Case, Pace};
use siyi_tests::world::{World, cases, rare_case};

use super::Site;

const ATTACK: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>\\\"'&]]>-->\\u202Egnihtemos\\u2066";

/// Names of fields that hold public lines and texts.
const FIELDS: [&str; 22] = [
    "title",
    "summary",
    "place",
    "noticeNo",
    "contact",
    "supervisorsOpinion",
    "purpose",
    "contractor",
    "remark",
    "reason",
    "voucherNo",
    "implementedBy",
    "answer",
    "opinion",
    "dissent",
    "court",
    "caseNo",
    "told",
    "result",
    "leadUnit",
    "costAllocation",
    "text",
];

/// Cases in which every public line and text begins with an attack.
struct Attacked;

impl Texts for Attacked {
    fn text(&self, path: &Path) -> Result<String, String> {
        let text = Disk.text(path)?;
        if path.extension().is_some_and(|end| end == "json") {
            return Ok(text.replace("\"name\": \"某村（R2）\"", &format!("\"name\": \"{ATTACK}某村\"")));
        }
        let mut text = text;
        for field in FIELDS {
            for before in ["\n", "{ ", ", "] {
                text = attacked(&text, &format!("{before}{field} = \""));
            }
        }
        Ok(text.replace("text = \"\"\"\n", &format!("text = \"\"\"\n{ATTACK}{}", "长".repeat(300))))
    }
}

/// Every text behind `quoted` begins with the attack. The name of a value of an enum is no text, nor is a third quotation mark,
/// which opens a text of several lines.
fn attacked(text: &str, quoted: &str) -> String {
    let mut pieces = text.split(quoted);
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| {
        let is_text = piece.starts_with(|c: char| c != '"' && !c.is_ascii_lowercase());
        text + quoted + if is_text { ATTACK } else { "" } + piece
    })
}

static ATTACKED: LazyLock<Site> = LazyLock::new(|| {
    Site::of(async || {
        let world = World::new().await.unwrap();
        let paths = ["R2-候车亭.toml", "R6-小红花票决.toml", "C7-充电棚.toml"].map(|name| cases().join(name));
        let paths = paths.into_iter().chain([rare_case()]);
        let read: Vec<Case> = paths.map(|path| Case::read(&path, &Attacked).unwrap()).collect();
        let pace = Pace::Case(world.clock.clone());
        let report = siyi_api::case::run(&world.app.handler, &read, &pace, |_, _| ()).await.unwrap();
        let patience = std::time::Duration::from_secs(60);
        assert!(world.app.models.wait_for(report.position.unwrap(), patience).await);
        world
    })
});

#[test]
fn hostile_texts_stay_texts() {
    let paths = ATTACKED.crawl();
    assert!(paths.iter().any(|path| path.contains("/notice/")) && paths.iter().any(|path| path.ends_with(".atom")));
    for path in paths {
        for language in ["", "?lang=en"] {
            let body = ATTACKED.get(&format!("{path}{language}")).body;
            assert!(!body.contains("<script") && !body.contains("<img src=x") && !body.contains("]]>"), "{path}");
            assert!(!body.contains(['\u{202E}', '\u{2066}']), "{path} obeys an override of the direction");
            if path.starts_with("/c/") {
                assert!(body.contains("&#60;script&#62;alert(1)"), "{path} lost the text");
                assert!(body.contains('\u{FFFD}'), "{path} hides that something stood there");
            }
        }
    }
}

#[test]
fn markup_of_pages_and_feeds_nests_whatever_people_write() {
    for site in [&*ATTACKED, &*super::SITE] {
        for path in site.crawl() {
            let body = site.get(&path).body;
            if let Err(fault) = nests(&body) {
                panic!("{path}: {fault}");
            }
        }
    }
}

/// Whether every element that is opened is closed in its order.
fn nests(markup: &str) -> Result<(), String> {
    const VOID: [&str; 6] = ["meta", "link", "br", "img", "rect", "line"];
    let mut open = Vec::new();
    for piece in markup.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').ok_or_else(|| format!("`<{piece}` is not closed"))?;
        if tag.starts_with(['!', '?']) {
            continue;
        }
        let name = tag.trim_start_matches('/').split([' ', '\n', '/']).next().unwrap_or_default();
        if tag.starts_with('/') {
            let last = open.pop();
            if last != Some(name) {
                return Err(format!("</{name}> closes <{last:?}>"));
            }
        } else if !(tag.ends_with('/') || VOID.contains(&name) && markup.starts_with("<!doctype")) {
            open.push(name);
        }
        if tag.matches('"').count() % 2 == 1 {
            return Err(format!("<{tag}> has an open quotation mark"));
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("{open:?} stay open")) }
}
