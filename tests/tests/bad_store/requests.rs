//! Requests and addresses that are not taken.

use super::{act, end, refused, serve, siyi};
use serde_json::Value;
use siyi_tests::crash::act::Clerk;
use siyi_tests::crash::server::{Answer, get, post, read_answer};
use siyi_tests::crash::{Outcome, hold};
use std::io::Write;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

const HUGE: usize = 100 << 20;

/// Sends a head and, as far as the server takes it, 100 MB; then reads the answer.
fn send_huge(address: SocketAddr, head: &str, chunked: bool) -> Outcome<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let reader = stream.try_clone()?;
    stream.write_all(head.as_bytes())?;
    let answer = std::thread::spawn(move || read_answer(reader));
    let block = vec![b'x'; 1 << 20];
    for _ in 0..HUGE / block.len() {
        let sent = if chunked {
            stream
                .write_all(format!("{:x}\r\n", block.len()).as_bytes())
                .and_then(|()| stream.write_all(&block))
                .and_then(|()| stream.write_all(b"\r\n"))
        } else {
            stream.write_all(&block)
        };
        if sent.is_err() {
            // The server has said what it had to say, and listens no more.
            break;
        }
    }
    let _ = stream.shutdown(Shutdown::Write);
    let answer = answer.join().map_err(|_| siyi_tests::crash::Broken::Wrong("the reader has ended".into()))?;
    Ok(answer?)
}

#[test]
fn a_body_of_100_mb_is_too_large() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let server = serve(folder.path())?;
    let head = "POST /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\nx-siyi-request: 1\r\n";
    for (length, chunked) in [(format!("content-length: {HUGE}"), false), ("transfer-encoding: chunked".into(), true)] {
        let answer = send_huge(server.address(), &format!("{head}{length}\r\n\r\n"), chunked)
            .map_err(|broken| broken.at(&length))?;
        hold(answer.status == 413, || format!("{length}: {answer:?}"))?;
        hold(get(server.address(), "/healthz")?.status == 200, || "the server does not live".into())?;
    }
    act(&server, &mut Clerk::new(1, 0), 3)?;
    end(server)
}

#[test]
fn a_body_that_is_no_question_is_refused() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let server = serve(folder.path())?;
    for body in ["", "{", "7", "\0", "{\"query\":7}", &"[".repeat(100_000)] {
        let answer = post(server.address(), &[], body)?;
        let start: String = body.chars().take(20).collect();
        let code = serde_json::from_str::<Value>(&answer.body).ok();
        hold(answer.status == 400 && code.is_some_and(|code| code.get("errors").is_some()), || {
            format!("`{start}`: {answer:?}")
        })?;
    }
    hold(get(server.address(), "/healthz")?.status == 200, || "the server does not live".into())?;
    end(server)
}

#[test]
fn only_this_machine_is_listened_to() -> Outcome<()> {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        let output = Command::new(siyi()).args(["serve", "--listen", address, "--data"]).arg(&data).output()?;
        refused(&output, "not-loopback")?;
        hold(!data.exists(), || format!("{address}: a folder was made"))?;
    }
    Ok(())
}

#[test]
fn an_address_that_is_taken_is_told() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let server = serve(&folder.path().join("one"))?;
    let output = Command::new(siyi())
        .args(["serve", "--listen", &server.address().to_string(), "--data"])
        .arg(folder.path().join("other"))
        .output()?;
    refused(&output, "cannot-listen")?;
    end(server)
}
