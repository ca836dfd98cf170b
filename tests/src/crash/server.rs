//! The real program: started, asked over HTTP, ended.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use uuid::Uuid;

use super::act::Act;
use super::{Broken, Outcome, hold};

/// How long the server may take to open its folder, to build its read models, or to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server. Dropping it kills it.
#[derive(Debug)]
pub struct Server {
    process: Child,
    address: SocketAddr,
    logged: Arc<Mutex<Vec<u8>>>,
    readers: Vec<JoinHandle<()>>,
}

/// An answer over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: String,
}

/// What a mutation was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// Recorded: the events, and the position of the last one.
    Recorded {
        /// Position of the last event.
        position: usize,
        /// Ids of the events.
        events: Vec<Uuid>,
    },
    /// The domain said no.
    Refused(String),
    /// Something broke: the code of the error.
    Failed(String),
}

/// Runs the program to its end.
pub fn run(program: &Path, arguments: &[&str], data: &Path) -> Outcome<Output> {
    Ok(Command::new(program).args(arguments).arg("--data").arg(data).stdin(Stdio::null()).output()?)
}

/// The whole log in the program's own words: one event a line, in log order.
pub fn export(program: &Path, data: &Path) -> Outcome<Vec<Value>> {
    let output = run(program, &["export"], data)?;
    hold(output.status.success(), || format!("export failed: {}", String::from_utf8_lossy(&output.stderr)))?;
    Ok(output.stdout.lines().map(|line| Ok(serde_json::from_str(&line?)?)).collect::<io::Result<_>>()?)
}

/// Holds that everything answered as recorded is in the log, once, where the answer says.
pub fn check_recorded(log: &[Value], answers: &[Answered]) -> Outcome<usize> {
    let ids: Vec<&str> = log.iter().filter_map(|event| event.get("id")?.as_str()).collect();
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    hold(distinct.len() == log.len(), || "an event is there twice".into())?;
    let mut recorded = 0;
    for answer in answers {
        let Answered::Recorded { position, events } = answer else { continue };
        recorded += 1;
        let first = (position + 1).saturating_sub(events.len());
        for (place, id) in (first..).zip(events) {
            let found = ids.get(place).copied();
            if found != Some(id.to_string().as_str()) {
                return Err(Broken::Lost(format!("the event {id} at position {place}, where {found:?} is")));
            }
        }
    }
    Ok(recorded)
}

impl Server {
    /// Serves the data folder on a port of its own; the answer is the ended program where it does not come to that.
    pub fn start(program: &Path, data: &Path) -> Outcome<Result<Self, Output>> {
        Self::start_with(program, data, &["serve", "--trial"])
    }

    /// Runs what listens, a server or a witness, with these arguments on a port of its own.
    pub fn start_with(program: &Path, data: &Path, arguments: &[&str]) -> Outcome<Result<Self, Output>> {
        Self::start_at("127.0.0.1:0", program, data, arguments)
    }

    /// The same on a given address.
    pub fn start_at(address: &str, program: &Path, data: &Path, arguments: &[&str]) -> Outcome<Result<Self, Output>> {
        let mut process = Command::new(program)
            .args(arguments)
            .args(["--listen", address, "--data"])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let piped = || Broken::Wrong("the server has no pipes".into());
        let (out, mut err) = process.stdout.take().zip(process.stderr.take()).ok_or_else(piped)?;
        let logged = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&logged);
        let drain = thread::spawn(move || {
            let mut part = [0; 4096];
            while let Ok(count @ 1..) = err.read(&mut part) {
                let read = part.get(..count).unwrap_or_default();
                log.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(read);
            }
        });
        let mut out = BufReader::new(out);
        let Some(address) = announced(&mut out)? else {
            let status = process.wait()?;
            // It has ended, so the thread ends.
            let _ = drain.join();
            let stderr = logged.lock().unwrap_or_else(PoisonError::into_inner).clone();
            return Ok(Err(Output { status, stdout: Vec::new(), stderr }));
        };
        let keep = thread::spawn(move || {
            let _ = io::copy(&mut out, &mut io::sink());
        });
        Ok(Ok(Self { process, address, logged, readers: vec![drain, keep] }))
    }

    /// Serves the data folder.
    pub fn serve(program: &Path, data: &Path) -> Outcome<Self> {
        Self::start(program, data)?
            .map_err(|output| Broken::Wrong(format!("no server: {}", String::from_utf8_lossy(&output.stderr))))
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has logged so far.
    #[must_use]
    pub fn logged(&self) -> String {
        String::from_utf8_lossy(&self.logged.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    /// Waits until every read model holds the whole log. To be ready it may lag a little.
    pub fn wait_until_current(&self) -> Outcome<()> {
        let begun = Instant::now();
        loop {
            let (ready, metrics) = (get(self.address, "/readyz")?, get(self.address, "/metrics")?.body);
            let mut lags = metrics.lines().filter(|line| line.starts_with("siyi_model_lag_positions{"));
            if ready.status == 200 && lags.all(|line| line.ends_with(" 0")) {
                return Ok(());
            }
            hold(begun.elapsed() < PATIENCE, || format!("not current: {} {metrics} {}", ready.body, self.logged()))?;
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// What a query is answered.
    pub fn query(&self, query: &str) -> Outcome<Value> {
        let body = json!({ "query": query }).to_string();
        let answer = post(self.address, &[], &body)?;
        hold(answer.status == 200, || format!("{answer:?}"))?;
        Ok(serde_json::from_str(&answer.body)?)
    }

    /// SIGKILL.
    pub fn kill(mut self) -> Outcome<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// SIGTERM, and how it ended.
    pub fn terminate(mut self) -> Outcome<ExitStatus> {
        let told = Command::new("kill").arg("-TERM").arg(self.process.id().to_string()).status()?;
        hold(told.success(), || "the server cannot be told to end".into())?;
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.process.try_wait()? {
                break status;
            }
            hold(begun.elapsed() < PATIENCE, || format!("the server does not end: {}", self.logged()))?;
            thread::sleep(Duration::from_millis(5));
        };
        self.readers.drain(..).for_each(|reader| drop(reader.join()));
        Ok(status)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only where it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The address that a starting server prints; none where it ends before.
fn announced(out: &mut impl BufRead) -> Outcome<Option<SocketAddr>> {
    let mut line = String::new();
    while out.read_line(&mut line)? > 0 {
        if let Some((_, rest)) = line.split_once("http://") {
            // Behind the address a witness prints its key.
            let address = rest.split_whitespace().next().unwrap_or_default();
            let address = address.trim_end_matches("graphql").trim_end_matches('/');
            return Ok(Some(address.parse()?));
        }
        line.clear();
    }
    Ok(None)
}

/// A request, and all of its answer.
pub fn get(address: SocketAddr, path: &str) -> io::Result<Answer> {
    ask(address, format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes())
}

/// A request to the GraphQL door with JSON in its body.
pub fn post(address: SocketAddr, headers: &[(&str, &str)], body: &str) -> io::Result<Answer> {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    let head = format!(
        "POST /graphql HTTP/1.0\r\ncontent-type: application/json\r\nx-siyi-request: 1\r\n{headers}content-length: {length}"
    );
    ask(address, format!("{head}\r\n\r\n{body}").as_bytes())
}

/// Sends an act as a mutation.
pub fn mutate(address: SocketAddr, act: &Act) -> io::Result<Answered> {
    let of_matter = matches!(act.name.as_str(), "raiseMotion" | "screenMotion" | "draftPlan");
    let target = if of_matter { "consultation" } else { "jurisdiction" };
    let name = &act.name;
    let (first, rest) = name.split_at_checked(1).unwrap_or_default();
    let input = format!("{}{rest}Input", first.to_uppercase());
    let query = format!(
        "mutation($target: ID!, $input: {input}!, $command: ID) {{
            answer: {name}({target}: $target, input: $input, commandId: $command) {{
                ... on Recorded {{ position events {{ id }} }}
                ... on Refusal {{ code }}
            }}
        }}"
    );
    let variables = json!({ "target": act.target, "input": act.input, "command": act.command });
    let (person, office) = (act.person.to_string(), serde_json::to_value(act.office)?);
    let headers = [("x-siyi-person", person.as_str()), ("x-siyi-office", office.as_str().unwrap_or_default())];
    let answer = post(address, &headers, &json!({ "query": query, "variables": variables }).to_string())?;
    let body: Value = serde_json::from_str(&answer.body)?;
    answered(&body).ok_or_else(|| io::Error::other(format!("an answer that says nothing: {answer:?}")))
}

fn answered(body: &Value) -> Option<Answered> {
    if let Some(code) = body.pointer("/errors/0/extensions/code") {
        return Some(Answered::Failed(code.as_str()?.to_owned()));
    }
    let answer = body.pointer("/data/answer")?;
    if let Some(code) = answer.get("code") {
        return Some(Answered::Refused(code.as_str()?.to_owned()));
    }
    let events = answer.get("events")?.as_array()?.iter();
    let events = events.map(|event| event.get("id")?.as_str()?.parse().ok()).collect::<Option<_>>()?;
    let position = answer.get("position")?;
    let position = position.as_str().and_then(|text| text.parse().ok()).or_else(|| position.as_u64());
    Some(Answered::Recorded { position: usize::try_from(position?).ok()?, events })
}

fn ask(address: SocketAddr, request: &[u8]) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(request)?;
    read_answer(stream)
}

/// Reads an answer to its end. Half an answer is none.
pub fn read_answer(mut stream: impl Read) -> io::Result<Answer> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let whole = || {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
        });
        length.is_none_or(|length| length == body.len()).then(|| Answer { status, body: body.to_owned() })
    };
    whole().ok_or_else(|| io::Error::other(format!("half an answer: {text}")))
}
