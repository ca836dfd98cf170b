//! One door, one visitor: whether it opens over HTTP.

use std::net::SocketAddr;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use siyi_tests::websocket::Socket;

use super::cast::Player;
use super::shapes::Shapes;
use crate::desk::{Answer, Browser, VILLAGE};
use crate::made::{jpeg, picture};

/// Codes by which a door stays shut.
const SHUT: [&str; 3] = ["not-permitted", "not-signed-in", "second-signature-missing"];
/// Acts for which another person signs second under the best of circumstances.
const BY_TWO: [&str; 6] =
    ["postNotice", "correctNotice", "restrictPerson", "erasePerson", "recordReading", "disposeFile"];
/// Pages where nothing is found, or nothing is set up: whoever is let in is told so.
const FOUND_WANTING: [&str; 3] = ["page:/c/{number}/notice/{no}", "page:/sign-in/oidc", "page:/sign-in/oidc/callback"];

/// How somebody knocks at a door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    Ask { operation: &'static str, root: &'static str, field: String },
    Open { method: Method, path: String },
    Bring,
    Take { path: String },
    Follow,
    SeeWhole,
    KeepRolls,
}

/// Where everything is that is knocked at.
pub struct Street {
    pub shapes: Shapes,
    pub number: String,
    /// A tile of the log as it was signed last.
    pub tile: String,
    /// The address of a file, by its class.
    pub files: Vec<(&'static str, String)>,
    /// Where sockets are opened.
    pub address: SocketAddr,
}

fn code(answer: &Value) -> Option<&str> {
    answer["errors"][0]["extensions"]["code"].as_str()
}

impl Street {
    /// How one knocks at a door; none where it is no door of the server.
    pub fn way(&self, door: &str) -> Option<Way> {
        let ask = |operation, root, field: &str| {
            let is_there = self.shapes.fields(root).iter().any(|one| one == field);
            is_there.then(|| Way::Ask { operation, root, field: field.to_owned() })
        };
        match door.split_once(':') {
            Some(("query", field)) => ask("query", "Query", field),
            Some(("subscription", "eventsRecorded")) => Some(Way::Follow),
            Some(("page" | "feed" | "health", route)) => Some(self.page(route)),
            Some(("attachment", class)) => {
                let (_, path) = self.files.iter().find(|(of, _)| *of == class)?;
                Some(Way::Take { path: path.clone() })
            }
            None if door == "attach" => Some(Way::Bring),
            None if door == "event-data" => Some(Way::SeeWhole),
            None if door == "roster" => Some(Way::KeepRolls),
            None if door == "own-record" => Some(self.page("/account/record")),
            None if door == "access-log" => Some(self.page("/account/access/{code}")),
            None => ask("mutation", "Mutation", door),
            Some(_) => None,
        }
    }

    fn page(&self, route: &str) -> Way {
        let is_shown = ["/account/record", "/account/access/{code}"].contains(&route);
        let is_form = route == "/sign-out"
            || (route.starts_with("/account/") && !is_shown)
            || (route.starts_with("/sign-in/passkey/") && route != "/sign-in/passkey.js");
        let named = [
            ("{code}", VILLAGE),
            ("{number}", self.number.as_str()),
            ("{no}", "1"),
            ("{*id}", "rural/HN/2026"),
            ("{file}", "site.css"),
            ("{*path}", self.tile.as_str()),
            ("{leaf}", "0"),
        ];
        let path = named.iter().fold(route.to_owned(), |path, (name, value)| path.replace(name, value));
        Way::Open { method: if is_form { Method::POST } else { Method::GET }, path }
    }

    /// Whether the door opens.
    pub async fn knock(&self, door: &str, way: &Way, player: &mut Player, second: &mut Browser) -> bool {
        match way {
            Way::Ask { operation, root, field } => {
                let signed = if BY_TWO.contains(&door) { Some(give_second(second).await) } else { None };
                player.browser.extra.extend(signed.iter().map(|code| ("x-siyi-second", code.clone())));
                let mut question = self.shapes.question(operation, root, field);
                if door == "giveSecond" {
                    question.variables["jurisdiction"] = json!(player.home);
                }
                let answer = player.browser.graphql(&question.document, question.variables).await;
                player.browser.extra.retain(|(name, _)| *name != "x-siyi-second");
                asked(door, &answer)
            }
            Way::Open { method, path } => opened(door, method, &open(player, method, path).await),
            Way::Bring => {
                let path = format!("/attachments?jurisdiction={VILLAGE}&class=photo");
                let brought = player.browser.post(&path, "image/jpeg", jpeg(&picture(16, 16), None)).await;
                filed(door, &brought)
            }
            Way::Take { path } => filed(door, &player.browser.get(path).await),
            Way::KeepRolls => keeps_rolls(player).await,
            Way::Follow => self.follow(player).await.is_some(),
            Way::SeeWhole => self.follow(player).await.is_some_and(|data| data.get("withheld").is_none()),
        }
    }

    /// The data of the first registration of a person in the village, as a subscriber is told it.
    async fn follow(&self, player: &Player) -> Option<Value> {
        let mut headers = format!("cookie: {}\r\n", player.browser.cookie());
        player.browser.extra.iter().for_each(|(name, value)| headers.push_str(&format!("{name}: {value}\r\n")));
        let address = self.address;
        let following = move || {
            let mut socket = Socket::ready_with(address, &headers);
            let within = format!("within: \"{VILLAGE}\", after: \"0\"");
            socket.subscribe("walk", &format!("subscription {{ eventsRecorded({within}) {{ type data }} }}"));
            loop {
                let told = socket.told();
                if code(&told["payload"]).is_some_and(|code| SHUT.contains(&code)) {
                    return None;
                }
                let event = &told["payload"]["data"]["eventsRecorded"];
                assert!(event["type"].is_string(), "{told}");
                if event["type"] == "person-registered.v2" {
                    return Some(event["data"].clone());
                }
            }
        };
        tokio::task::spawn_blocking(following).await.unwrap()
    }
}

/// A code of the person who signs second.
pub async fn give_second(second: &mut Browser) -> String {
    let given = second.graphql(&format!("mutation {{ giveSecond(jurisdiction: \"{VILLAGE}\") }}"), json!({})).await;
    given["data"]["giveSecond"].as_str().unwrap_or_else(|| panic!("{given}")).to_owned()
}

/// What has fallen due is told to those who keep the rolls.
async fn keeps_rolls(player: &mut Player) -> bool {
    let asked = "query($place: ID!) { jurisdiction(code: $place) { code retentionDue { __typename } } }";
    let told = player.browser.graphql(asked, json!({ "place": VILLAGE })).await;
    let place = &told["data"]["jurisdiction"];
    assert_eq!(place["code"], VILLAGE, "{told}");
    !place["retentionDue"].is_null()
}

/// An answer of GraphQL: what was asked for, or what was the matter with it, tells somebody who is let in.
fn asked(door: &str, answer: &Value) -> bool {
    match code(answer) {
        Some(code) if SHUT.contains(&code) => false,
        Some(code @ ("graphql-invalid" | "actor-missing" | "actor-unknown" | "too-many-requests")) => {
            panic!("{door} was not asked at all: {code}: {answer}")
        }
        None if answer["errors"].is_array() => panic!("{door}: {answer}"),
        Some(_) | None => true,
    }
}

async fn open(player: &mut Player, method: &Method, path: &str) -> Answer {
    let media = if path.contains("/passkey/") { "application/json" } else { "application/x-www-form-urlencoded" };
    let headers = [("accept", "text/html"), ("content-type", media)];
    player.browser.send(method.clone(), path, &headers, "{}".to_owned()).await
}

fn told(answer: &Answer) -> Option<String> {
    serde_json::from_str::<Value>(&answer.body).ok().and_then(|told| code(&told).map(str::to_owned))
}

/// Who is not let in is sent to sign in, or told that the door is shut. A form that no page of ours was shown for is let in no
/// further than to be told so.
fn opened(door: &str, method: &Method, answer: &Answer) -> bool {
    if answer.location().starts_with("/sign-in") || told(answer).is_some_and(|code| SHUT.contains(&code.as_str())) {
        return false;
    }
    let expected = if method == Method::POST { StatusCode::FORBIDDEN } else { StatusCode::OK };
    assert!(answer.status == expected || FOUND_WANTING.contains(&door), "{door}: {}: {}", answer.status, answer.body);
    true
}

fn filed(door: &str, answer: &Answer) -> bool {
    match answer.status {
        StatusCode::OK | StatusCode::CREATED => true,
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => {
            let code = told(answer).unwrap_or_default();
            assert!(SHUT.contains(&code.as_str()), "{door}: {code}");
            false
        }
        other => panic!("{door}: {other}: {}", answer.body),
    }
}
