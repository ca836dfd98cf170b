//! What a subscriber is told of an event: its data to who may have it, for as long as they may, and nothing of it to others.

use std::net::SocketAddr;

use serde_json::{Value, json};
use siyi_log::port::Position;
use siyi_tests::websocket::Socket;

use super::desk::{Browser, PASSWORD, VILLAGE, invite, officer, register, with_officer};

const WANG: &str = "7d1f0a52-9f0e-4b61-9a43-3f4a5be7c101";
const LIU: &str = "7d1f0a52-9f0e-4b61-9a43-3f4a5be7c102";

/// A socket that follows the village after a place in the log.
async fn follow(address: SocketAddr, after: Position, browser: &Browser) -> Socket {
    let headers = format!("cookie: {}\r\n", browser.cookie());
    let asked = format!("within: \"{VILLAGE}\", after: \"{}\"", after.0);
    let followed = format!("subscription {{ eventsRecorded({asked}) {{ type data }} }}");
    let following = move || {
        let mut socket = Socket::ready_with(address, &headers);
        socket.subscribe("follow", &followed);
        socket
    };
    tokio::task::spawn_blocking(following).await.unwrap()
}

/// The data of the next event that a socket is told of.
async fn told(mut socket: Socket) -> (Socket, Value) {
    let next = move || {
        let told = socket.told();
        (socket, told["payload"]["data"]["eventsRecorded"]["data"].clone())
    };
    tokio::task::spawn_blocking(next).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_is_told_an_events_data_while_an_office_and_a_session_entitle_them() {
    let (_folder, server) = with_officer().await;
    let mut officer = officer(&server, &[(WANG, "王小明")]).await;
    let mut villager = server.browser();
    let code = invite(&mut officer, WANG).await;
    assert_eq!(villager.join(&code, "wang").await.location(), "/account");
    let (address, end) = server.listen().await;
    let mut watching = server.browser();
    watching.sign_in("zhong", PASSWORD).await;
    let now = server.app.store.head().await.unwrap().unwrap();
    let (whole, theirs, nobodys) = (
        follow(address, now, &watching).await,
        follow(address, now, &villager).await,
        follow(address, now, &server.browser()).await,
    );
    let withheld = json!({ "withheld": ["*"] });
    register(&mut officer, VILLAGE, &[(LIU, "刘大力")]).await;
    let ((whole, seen), (theirs, unseen), (nobodys, unseen_too)) =
        (told(whole).await, told(theirs).await, told(nobodys).await);
    assert_eq!(seen["person"], LIU, "{seen}");
    assert!(!seen.to_string().contains("刘大力"), "not even the office is told a name: {seen}");
    assert_eq!((&unseen, &unseen_too), (&withheld, &withheld));

    // The socket outlives the session; what it is told does not.
    watching.form("/account", "/sign-out", &[]).await;
    let kin = json!({ "person": WANG, "relative": LIU, "kinship": "sibling" });
    let declared = officer.act("declareKinship", "DeclareKinshipInput", VILLAGE, kin).await;
    assert_eq!(declared["__typename"], "Recorded", "{declared}");
    for socket in [whole, theirs, nobodys] {
        assert_eq!(told(socket).await.1, withheld);
    }
    drop(end);
}
