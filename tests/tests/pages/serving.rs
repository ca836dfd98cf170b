//! Headers, caches, errors, feeds.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};

use super::{ROAD, SITE, VILLAGE};

#[test]
fn every_response_carries_the_security_headers() {
    let found = [
        "/",
        VILLAGE,
        ROAD,
        "/c/419901101201-2026-1/notice/1",
        "/j/419901101201/feed.atom",
        "/static/site.css",
        "/no/such/page",
        "/c/0",
    ];
    for path in found {
        let headers = SITE.get(path).headers;
        let policy = headers["content-security-policy"].to_str().unwrap();
        for part in [
            "default-src 'none'",
            "style-src 'self'",
            "img-src 'self' data:",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        assert_eq!(headers["x-robots-tag"], "noindex, noarchive", "{path}");
    }
}

#[test]
fn what_does_not_exist_says_so_with_a_stable_code() {
    for (path, code) in [
        ("/nothing", "page-unknown"),
        ("/c/%FF", "page-unknown"),
        ("/j/419901199000", "jurisdiction-unknown"),
        ("/j/village", "jurisdiction-unknown"),
        ("/j/%3Cscript%3E", "jurisdiction-unknown"),
        ("/j/419901101000/feed.atom", "jurisdiction-unknown"),
        ("/c/419901101201-2026-999", "consultation-unknown"),
        ("/c/419901101201-2026-1/notice/9", "notice-not-posted"),
        ("/c/419901101201-2026-1/notice/one", "notice-not-posted"),
        ("/c/419901101201-2026-1/notice/99999999999", "notice-not-posted"),
        ("/procedures/rural/XX/1999", "procedure-unknown"),
    ] {
        for language in ["", "?lang=en"] {
            let page = SITE.get(&format!("{path}{language}"));
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
            assert!(page.body.contains(&format!("<code>{code}</code>")), "{path}: {}", page.body);
            assert!(page.body.contains("class=\"masthead\""), "{path} has another look");
            assert_eq!(page.headers["cache-control"], "no-store", "{path}");
        }
    }
}

#[test]
fn wishes_that_make_no_sense_are_passed_over() {
    for wish in ["?lang=fr", "?after=%3Cscript%3E", "?after=99999999", "?lang=en&lang=zh", "?type=%00", "?%", "?after="]
    {
        for path in ["/", VILLAGE, ROAD, "/j/419901000000"] {
            let page = SITE.get(&format!("{path}{wish}"));
            assert_eq!(page.status, StatusCode::OK, "{path}{wish}");
            assert!(!page.body.contains("<script"), "{path}{wish}");
        }
    }
}

#[test]
fn a_page_that_the_reader_holds_is_not_sent_again() {
    let path = "/j/419901101201/feed.atom";
    let first = SITE.get(path);
    let tag = first.headers[header::ETAG].clone();
    let request = Request::get(path).header(header::IF_NONE_MATCH, tag).body(Body::empty()).unwrap();
    let second = SITE.send(request);
    assert_eq!(second.status, StatusCode::NOT_MODIFIED);
    assert!(second.body.is_empty());
}

#[test]
fn a_head_request_is_answered_without_a_body() {
    let request = Request::builder().method(Method::HEAD).uri(ROAD).body(Body::empty()).unwrap();
    let page = SITE.send(request);
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.is_empty());
}

#[test]
fn the_style_sheet_may_be_kept_as_long_as_its_address_names_it() {
    let page = SITE.get("/");
    let css = page.body.split("rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let named = SITE.get(css);
    assert_eq!(named.headers[header::CONTENT_TYPE], "text/css; charset=utf-8");
    assert!(named.headers[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    let plain = SITE.get("/static/site.css");
    assert_eq!(plain.headers[header::CACHE_CONTROL], "public, max-age=300");
    assert_eq!(SITE.get("/static/../Cargo.toml").status, StatusCode::NOT_FOUND);
}

#[test]
fn the_feed_tells_each_notice_with_an_id_that_stays() {
    let feed = SITE.get("/j/419901101201/feed.atom");
    assert_eq!(feed.headers[header::CONTENT_TYPE], "application/atom+xml; charset=utf-8");
    assert!(feed.body.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>"));
    let ids: Vec<&str> = feed.body.split("<id>urn:uuid:").skip(1).filter_map(|rest| rest.get(..36)).collect();
    assert!(ids.iter().all(|id| id.parse::<uuid::Uuid>().is_ok()));
    assert_eq!(ids.len(), 1 + feed.body.matches("<entry>").count());
    let again = SITE.get("/j/419901101201/feed.atom?lang=en");
    assert!(ids.iter().all(|id| again.body.contains(id)), "an id differs between languages");
    let updated: Vec<&str> = feed.body.split("<updated>").skip(1).filter_map(|rest| rest.split('<').next()).collect();
    let newest = updated.iter().skip(1).max().unwrap();
    assert_eq!(updated.first(), Some(newest), "the feed is as new as its newest entry");
    assert!(updated.iter().all(|time| time.parse::<jiff::Timestamp>().is_ok()));
}

#[test]
fn corrected_and_removed_notices_stay_in_the_feed() {
    let feed = SITE.get("/j/419901101201/feed.atom");
    feed.shows("决议公开：《柳沟村村规民约》修订（有更正）");
    feed.shows("更正日期：2026年4月30日");
    feed.shows("撤下日期：2026年3月30日");
}
