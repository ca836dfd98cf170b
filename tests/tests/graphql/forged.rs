//! What another site could make a browser send, and what a machine could send to wear the server out.

use super::*;

const MUTATION: &str = "mutation { registerJurisdiction(jurisdiction: \"411597000000\", input: { name: \"某县\", kind: other }) { __typename } }";

/// A request as a browser would send it, with who acts as in a trial.
fn shape(method: Method, uri: &str, headers: &[(&str, &str)], body: String) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(uri).header("host", "siyi.example");
    request = request.header("x-siyi-person", PERSON).header("x-siyi-office", "township_officer");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body)).unwrap()
}

fn shapes() -> Vec<(&'static str, Request<Body>)> {
    let json = json!({ "query": MUTATION }).to_string();
    let form = "query=mutation%20%7B%20registerJurisdiction(jurisdiction%3A%20%22411597000000%22)%7D";
    let multipart = format!("--x\r\ncontent-disposition: form-data; name=\"operations\"\r\n\r\n{json}\r\n--x--\r\n");
    let ours = ("x-siyi-request", "1");
    let typed = ("content-type", "application/json");
    let post = |headers: &[(&str, &str)], body: &str| shape(Method::POST, "/graphql", headers, body.to_owned());
    vec![
        ("GET with a query", shape(Method::GET, &format!("/graphql?{form}"), &[ours], String::new())),
        ("GET with JSON", shape(Method::GET, "/graphql?query=x", &[ours, typed], json.clone())),
        ("plain text", post(&[ours, ("content-type", "text/plain")], &json)),
        ("a form", post(&[ours, ("content-type", "application/x-www-form-urlencoded")], form)),
        ("multipart", post(&[ours, ("content-type", "multipart/form-data; boundary=x")], &multipart)),
        ("no type", post(&[ours], &json)),
        ("a type that begins alike", post(&[ours, ("content-type", "application/jsonp")], &json)),
        ("a type with more to it", post(&[ours, ("content-type", "application/json; text/plain")], &json)),
        ("two types", post(&[ours, typed, ("content-type", "text/plain")], &json)),
        ("JSON without our header", post(&[typed], &json)),
        ("from another site", post(&[ours, typed, ("sec-fetch-site", "cross-site")], &json)),
        ("from a neighbour", post(&[ours, typed, ("sec-fetch-site", "same-site")], &json)),
        ("another origin", post(&[ours, typed, ("origin", "https://evil.example")], &json)),
        ("an origin that ends alike", post(&[ours, typed, ("origin", "https://siyi.example.evil.example")], &json)),
        ("no origin to speak of", post(&[ours, typed, ("origin", "null")], &json)),
        ("a batch", post(&[ours, typed], &format!("[{json},{json}]"))),
        ("PUT", shape(Method::PUT, "/graphql", &[ours, typed], json)),
    ]
}

#[tokio::test]
async fn nothing_that_is_forged_is_executed() {
    let (world, router) = empty().await;
    for (what, request) in shapes() {
        let (status, answer) = send(&router, request).await;
        assert!(status.is_client_error(), "{what}: {status}");
        assert!(status == StatusCode::METHOD_NOT_ALLOWED || !code(&answer).is_empty(), "{what}: {answer}");
        assert_eq!(world.app.store.head().await.unwrap(), None, "{what}");
    }
    // The same mutation as our own page sends it: what was refused was refused for its shape.
    let ours = [
        ("x-siyi-request", "1"),
        ("content-type", "application/json; charset=utf-8"),
        ("sec-fetch-site", "same-origin"),
        ("origin", "https://siyi.example"),
    ];
    let request = shape(Method::POST, "/graphql", &ours, json!({ "query": MUTATION }).to_string());
    assert_eq!(send(&router, request).await.1["data"]["registerJurisdiction"]["__typename"], "Recorded");
}

#[tokio::test]
async fn a_document_that_would_wear_the_server_out_is_refused_unread() {
    let (_world, router) = empty().await;
    let aliases: String = (0..10_000).map(|no| format!("a{no}: server {{ demo }} ")).collect();
    let deep = format!("{{ {} }}", "node { ".repeat(500));
    let long = format!("{{ {} }}", "server { demo } ".repeat(1_000));
    let wanted = [
        (format!("{{ {aliases} }}"), "graphql-too-many-tokens"),
        (
            format!("{{ {} }}", (0..31).map(|no| format!("a{no}: server {{ demo }} ")).collect::<String>()),
            "graphql-too-many-aliases",
        ),
        (deep, "graphql-too-deep"),
        (long, "graphql-too-many-tokens"),
    ];
    for (query, expected) in wanted {
        let (status, answer) =
            send(&router, post(Some("application/json"), json!({ "query": query }).to_string())).await;
        assert_eq!((status, code(&answer)), (StatusCode::BAD_REQUEST, expected));
    }
}
