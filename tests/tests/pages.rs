//! The public pages, read as a resident's browser reads them: what they show, what they must never show, and how they fail.

use std::sync::{LazyLock, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use siyi_projections::docket::Filter;
use siyi_tests::world::World;
use tokio::runtime::Runtime;
use tower::ServiceExt;

#[path = "pages/figures.rs"]
mod figures;
#[path = "pages/hostile.rs"]
mod hostile;
#[path = "pages/lists.rs"]
mod lists;
#[path = "pages/narration.rs"]
mod narration;
#[path = "pages/privacy.rs"]
mod privacy;
#[path = "pages/roads.rs"]
mod roads;
#[path = "pages/samples.rs"]
mod samples;
#[path = "pages/serving.rs"]
mod serving;

const ROAD: &str = "/c/419901101201-2026-1";
/// Titles of matters, whose numbers change with each case that is added before them.
const COVENANT: &str = "《柳沟村村规民约》修订";
const SCREEN: &str = "村口LED电子显示屏建设";
const LAMPS: &str = "一组至八组主路太阳能路灯安装";
const VILLAGE: &str = "/j/419901101201";

/// A world with its own runtime, so that tests of many threads read one set of pages.
struct Site {
    runtime: Runtime,
    router: Router,
    world: World,
    /// What [`Site::crawl`] found, which every test of a site asks anew.
    crawled: OnceLock<Vec<String>>,
}

/// A page as it came.
struct Page {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Site {
    fn of(make: impl AsyncFnOnce() -> World) -> Self {
        let runtime = Runtime::new().unwrap();
        let world = runtime.block_on(make());
        let router = siyi_api::pages::router().with_state(world.app.clone());
        Self { runtime, router, world, crawled: OnceLock::new() }
    }

    /// The address of the matter with this title.
    #[track_caller]
    fn matter(&self, title: &str) -> String {
        let shelf = self.world.app.models.docket.shelf();
        let rows = siyi_projections::docket::page(&shelf, &Filter::default(), None, 1000).unwrap();
        let row = rows.into_iter().find(|row| row.title == title);
        format!("/c/{}", row.unwrap_or_else(|| panic!("no case has `{title}`")).number)
    }

    fn get(&self, path: &str) -> Page {
        self.send(Request::get(path).body(Body::empty()).unwrap())
    }

    fn send(&self, request: Request<Body>) -> Page {
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (status, headers) = (response.status(), response.headers().clone());
            let body = axum::body::to_bytes(response.into_body(), 16 << 20).await.unwrap();
            Page { status, headers, body: String::from_utf8(body.to_vec()).unwrap() }
        })
    }

    /// Every page that links lead to from the front page, feeds included.
    fn crawl(&self) -> Vec<String> {
        self.crawled.get_or_init(|| self.follow_links()).clone()
    }

    fn follow_links(&self) -> Vec<String> {
        let mut found = vec!["/".to_owned()];
        let mut next = 0;
        while let Some(path) = found.get(next).cloned() {
            next += 1;
            let page = self.get(&path);
            for piece in page.body.split("href=\"").skip(1) {
                let link = piece.split(['"', '?', '#']).next().unwrap_or_default();
                let ours = ["/j/", "/c/", "/procedures"].iter().any(|start| link.starts_with(start));
                // A bundle is a file to be verified elsewhere, and no page.
                let is_page = !link.ends_with("/bundle");
                if ours && is_page && !found.iter().any(|known| known == link) {
                    found.push(link.to_owned());
                }
            }
        }
        found
    }
}

impl Page {
    fn text(&self) -> String {
        text(&self.body)
    }

    #[track_caller]
    fn shows(&self, what: &str) {
        assert!(self.text().contains(what), "`{what}` is not on the page:\n{}", self.text());
    }
}

/// What a reader sees of markup: no tags, entities undone, runs of white space as one.
fn text(markup: &str) -> String {
    let mut text = String::new();
    let mut pieces = markup.split('<');
    text.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        text.push(' ');
        text.push_str(piece.split_once('>').map_or("", |(_, after)| after));
    }
    for (entity, character) in [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")] {
        text = text.replace(entity, character);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All shipped cases, on the day on which the demonstration stands.
static SITE: LazyLock<Site> = LazyLock::new(|| {
    Site::of(async || {
        let world = World::with_cases().await.unwrap();
        world.clock.advance_to("2026-08-05T10:00:00+08:00".parse().unwrap());
        world
    })
});

#[test]
fn every_page_answers_in_both_languages() {
    let paths = SITE.crawl();
    assert!(paths.len() > 25, "{paths:?}");
    for path in paths {
        let zh = SITE.get(&path);
        assert_eq!(zh.status, StatusCode::OK, "{path}");
        let en = SITE.get(&format!("{path}?lang=en"));
        assert_eq!(en.status, StatusCode::OK, "{path}");
        if path.ends_with(".atom") {
            assert!(zh.body.contains("xml:lang=\"zh-CN\"") && en.body.contains("xml:lang=\"en\""), "{path}");
            continue;
        }
        assert!(zh.body.contains("<html lang=\"zh-CN\">"), "{path}");
        assert!(en.body.contains("<html lang=\"en\">"), "{path}");
        assert!(zh.body.contains(&format!("href=\"{path}?lang=en\"")), "{path} has no link to English");
        assert!(en.body.contains(&format!("href=\"{path}\"")), "{path} has no link to Chinese");
    }
}

#[test]
fn every_page_says_what_kind_of_server_it_is() {
    for path in SITE.crawl().iter().filter(|path| !path.ends_with(".atom")) {
        let page = SITE.get(path);
        page.shows("办理人身份未经核实，仅限本机访问");
        page.shows("演示环境：数据均为编写，时钟拨至2026年8月5日 10:");
        assert!(!page.body.contains("<script") && !page.body.contains("style=\""), "{path}");
    }
}

#[test]
fn links_keep_language_and_size_of_type() {
    let page = SITE.get(&format!("{ROAD}?lang=en&type=large"));
    assert!(page.body.contains("<html lang=\"en\" class=\"large\">"));
    assert!(page.body.contains("href=\"/j/419901101201?lang=en&#38;type=large\""));
    assert!(page.body.contains(&format!("href=\"{ROAD}?type=large\"")), "the other language keeps the size");
    assert!(page.body.contains(&format!("href=\"{ROAD}?lang=en\"")), "the other size keeps the language");
}
