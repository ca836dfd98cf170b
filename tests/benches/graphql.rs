//! GraphQL beside plain axum answering the same bytes, by wrk in one run, interleaved. Goals: 0.034 (one matter with its
//! history) and 0.067 (a page of 20 matters) of plain axum. Needs `wrk`.

use std::process::Command;
use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use bytes::Bytes;
use siyi_api::server;
use siyi_tests::load::{copy_matter, stream};
use siyi_tests::world::{World, case_files};

const ROUNDS: usize = 5;
const SECONDS: u32 = 4;
const EVENTS: i32 = 60;

#[tokio::main]
async fn main() {
    let world = World::new().await.expect("a world");
    world.run(&case_files().expect("cases")).await.expect("the cases run");
    let store = Arc::clone(&world.app.store);
    let shelf = world.app.models.docket.shelf();
    let row = siyi_projections::docket::by_number(&shelf, "419901103201-2026-1").expect("docket").expect("R5");
    drop(shelf);
    let template = stream(store.as_ref(), &format!("consultation-{}", row.id)).await.expect("events");
    println!("a matter of {} events", template.len());
    copy_matter(&template, 500, &store).await.expect("copies");
    let head = store.head().await.expect("head").expect("events");
    world.app.models.wait_for(head, std::time::Duration::from_secs(600)).await;

    let one = format!(
        r#"{{ consultation(number: \"419901103201-2026-1\") {{ id number title status
            history(first: {EVENTS}) {{ totalCount edges {{ node {{ id type revision occurredAt recordedAt late }} }} }} }} }}"#
    );
    let page = r#"{ consultations(within: \"419901101201\", first: 20) { totalCount
        edges { node { id number title status raisedAt duties { zh dueOn } } } } }"#;
    let address = spawn(server::router(&world.app)).await;
    for (name, query, goal) in [("one matter with its history", one.as_str(), 0.034), ("a page of 20", page, 0.067)] {
        measure(address, name, query, goal).await;
    }
    println!("process resident {} KiB", resident_kib());
}

async fn spawn(router: Router) -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn measure(address: std::net::SocketAddr, name: &str, query: &str, goal: f64) {
    let body = format!("{{\"query\":\"{}\"}}", query.split_whitespace().collect::<Vec<_>>().join(" "));
    let script = tempfile::Builder::new().suffix(".lua").tempfile().expect("a file");
    let lua = format!(
        "wrk.method='POST'\nwrk.headers['content-type']='application/json'\nwrk.headers['x-siyi-request']='1'\nwrk.body=[[{body}]]\n\
         bad=0\nfunction response(s,h,b) if s~=200 or b:find('\"errors\"') then bad=bad+1 end end\n\
         local all={{}}\nfunction setup(t) table.insert(all,t) end\n\
         function done() local n=0 for _,t in ipairs(all) do n=n+t:get('bad') end io.write('bad '..n..'\\n') end\n"
    );
    std::fs::write(script.path(), lua).expect("a script");
    let answer = answer(address, &body);
    let answered = Bytes::from(answer);
    println!("{name}: {} bytes", answered.len());
    let same = answered.clone();
    let plain = Router::new().route(
        "/graphql",
        post(move |_: Bytes| {
            let same = same.clone();
            async move { ([("content-type", "application/json")], same) }
        }),
    );
    let plain = spawn(plain).await;
    let (mut graphql, mut axum) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        axum.push(wrk(plain, script.path()).await);
        graphql.push(wrk(address, script.path()).await);
    }
    let (a, g) = (median(&mut axum), median(&mut graphql));
    println!("  plain axum {a:>9.0}/s [{:.0} to {:.0}]", axum[0], axum[ROUNDS - 1]);
    println!("  GraphQL    {g:>9.0}/s [{:.0} to {:.0}]", graphql[0], graphql[ROUNDS - 1]);
    println!("  ratio {:.3} (goal {goal})", g / a);
}

fn answer(address: std::net::SocketAddr, body: &str) -> Vec<u8> {
    let url = format!("http://{address}/graphql");
    let curl = Command::new("curl")
        .args(["-sS", "-H", "content-type: application/json", "-H", "x-siyi-request: 1", "-d", body, &url])
        .output();
    let answer = curl.expect("curl").stdout;
    let text = String::from_utf8_lossy(&answer);
    assert!(text.starts_with("{\"data\":{") && !text.contains("\"errors\""), "{text}");
    answer
}

async fn wrk(address: std::net::SocketAddr, script: &std::path::Path) -> f64 {
    let script = script.to_owned();
    let ran = tokio::task::spawn_blocking(move || {
        Command::new("wrk")
            .args(["-t1", "-c16", &format!("-d{SECONDS}s"), "-s"])
            .arg(script)
            .arg(format!("http://{address}/graphql"))
            .output()
    });
    let output = ran.await.expect("a thread").expect("wrk, from the package of that name");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("bad 0") && !text.contains("Socket errors"), "{text}");
    let line = text.lines().find(|line| line.starts_with("Requests/sec:")).expect("a rate");
    line.split_whitespace().last().and_then(|rate| rate.parse().ok()).expect("a number")
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    line.and_then(|line| line.split_whitespace().nth(1)).and_then(|kib| kib.parse().ok()).unwrap_or_default()
}
