//! GraphiQL from the binary itself: nothing is fetched from elsewhere.

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

/// Policy of the query editor. Its scripts are files of our own; its widgets write `style` elements, and what it makes of
/// Markdown goes through `innerHTML`, so styles are free here and trusted types are not required. No other page has it.
pub const POLICY: &str = "default-src 'none'; object-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                          font-src 'self' data:; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; \
                          base-uri 'none'";

const SCRIPT: &str = include_str!(concat!(env!("OUT_DIR"), "/graphiql.js"));
const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/graphiql.css"));
const REACT: &str = include_str!(concat!(env!("OUT_DIR"), "/react.js"));
const REACT_DOM: &str = include_str!(concat!(env!("OUT_DIR"), "/react-dom.js"));

/// What begins GraphiQL, with a first question and the two headers that say who acts.
const START: &str = include_str!("../../graphiql/start.js");

/// How the editor fills its window.
const FRAME: &str = "body { margin: 0 }\n#graphiql { height: 100vh }\n";

/// The page with its policy.
pub(super) async fn page() -> Response {
    let mut response = markup().into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

/// The page; where the bundles were not installed when the program was built, how to get them.
const fn markup() -> Html<&'static str> {
    if SCRIPT.is_empty() {
        return Html(concat!(
            "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>GraphQL</title>",
            "<p>This program was built without GraphiQL: run scripts/setup and build it again. ",
            "Queries are answered at this address by POST with application/json; ",
            "the schema is at <a href=\"/graphql/schema.graphql\">/graphql/schema.graphql</a>.</p></html>",
        ));
    }
    Html(concat!(
        "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>四议 GraphQL</title>",
        "<link rel=\"stylesheet\" href=\"/graphql/graphiql/graphiql.css\">",
        "<link rel=\"stylesheet\" href=\"/graphql/graphiql/frame.css\">",
        "<div id=\"graphiql\"></div>",
        "<script src=\"/graphql/graphiql/react.js\"></script>",
        "<script src=\"/graphql/graphiql/react-dom.js\"></script>",
        "<script src=\"/graphql/graphiql/graphiql.js\"></script>",
        "<script src=\"/graphql/graphiql/start.js\"></script></html>",
    ))
}

/// One of the page's files.
pub(super) async fn file(Path(name): Path<String>) -> Response {
    let (content_type, text) = match name.as_str() {
        "graphiql.js" => ("text/javascript; charset=utf-8", SCRIPT),
        "react.js" => ("text/javascript; charset=utf-8", REACT),
        "react-dom.js" => ("text/javascript; charset=utf-8", REACT_DOM),
        "start.js" => ("text/javascript; charset=utf-8", START),
        "frame.css" => ("text/css; charset=utf-8", FRAME),
        "graphiql.css" => ("text/css; charset=utf-8", STYLE),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    ([(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "max-age=3600")], text).into_response()
}
