//! GraphiQL from the binary itself: nothing is fetched from elsewhere.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

const SCRIPT: &str = include_str!(concat!(env!("OUT_DIR"), "/graphiql.js"));
const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/graphiql.css"));
const REACT: &str = include_str!(concat!(env!("OUT_DIR"), "/react.js"));
const REACT_DOM: &str = include_str!(concat!(env!("OUT_DIR"), "/react-dom.js"));

/// What begins GraphiQL, with a first question and the two headers that say who acts.
const START: &str = include_str!("../../graphiql/start.js");

/// The page; where the bundles were not installed when the program was built, how to get them.
pub(super) async fn page() -> Html<&'static str> {
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
        "<style>body{margin:0}#graphiql{height:100vh}</style>",
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
        "graphiql.css" => ("text/css; charset=utf-8", STYLE),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    ([(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "max-age=3600")], text).into_response()
}
