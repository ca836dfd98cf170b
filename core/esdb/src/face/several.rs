//! The second version of the protocol: one append over several streams, all or nothing.

use super::{
    append::Gathered,
    batch::detail,
    call::{Face, timely},
    convert::{checked_name, expected, own_uuid},
    status::{failure, invalid},
};
use crate::{
    guardian::Caller,
    outside::{Check, Write},
    record::{Expected, MAX_TYPE_BYTES, Proposed, Written},
    refusal::{Refusal, Violation},
    wire::{
        rpc,
        v2::{
            AppendRecord, AppendRecordsRequest, AppendRecordsResponse, AppendRequest, AppendResponse,
            AppendSessionResponse, ConsistencyCheck, StreamRevision, consistency_check, errors,
            streams_service_server::StreamsService,
        },
    },
};
use prost::Message;
use std::collections::BTreeMap;
use tonic::{Code, Request, Response, Status, Streaming};

/// The most streams in one call, and the most checks.
const MAX_STREAMS: usize = 256;

/// JSON among the formats of a schema.
const JSON: i32 = 1;

pub(crate) struct SeveralOf(pub(crate) Face);

#[tonic::async_trait]
impl StreamsService for SeveralOf {
    async fn append_session(
        &self,
        request: Request<Streaming<AppendRequest>>,
    ) -> Result<Response<AppendSessionResponse>, Status> {
        let caller = self.0.caller(request.metadata()).await?;
        let mut requests = request.into_inner();
        let mut call = Call::new(&self.0, caller);
        while let Some(request) = requests.message().await? {
            let expected = request.expected_revision.map_or(Ok(Expected::Any), expected);
            call.open(&request.stream, expected.map_err(|refusal| failure(&refusal))?)?;
            for record in request.records {
                call.add(&request.stream, record)?;
            }
        }
        if call.streams.is_empty() {
            return Err(Status::failed_precondition("the session holds no append"));
        }
        let (names, written) = call.append(Vec::new()).await?;
        let position = last_position(&written);
        let output = names.into_iter().zip(&written).map(|(stream, written)| AppendResponse {
            stream,
            stream_revision: signed(written.last_revision),
            position: written.position.map(|at| signed(Some(at))),
        });
        Ok(Response::new(AppendSessionResponse { output: output.collect(), position }))
    }

    async fn append_records(
        &self,
        request: Request<AppendRecordsRequest>,
    ) -> Result<Response<AppendRecordsResponse>, Status> {
        let caller = self.0.caller(request.metadata()).await?;
        let request = request.into_inner();
        let mut call = Call::new(&self.0, caller);
        for record in request.records {
            let stream = record.stream.clone();
            if !call.holds(&stream) {
                call.open(&stream, Expected::Any)?;
            }
            call.add(&stream, record)?;
        }
        if call.streams.is_empty() {
            return Err(invalid("the append holds no record"));
        }
        let checks = checks(&call, request.checks)?;
        let (names, written) = call.append(checks).await?;
        let position = last_position(&written);
        let revisions = names.into_iter().zip(&written);
        let revisions =
            revisions.map(|(stream, written)| StreamRevision { stream, revision: signed(written.last_revision) });
        Ok(Response::new(AppendRecordsResponse { revisions: revisions.collect(), position }))
    }
}

/// An append over several streams as it comes in.
struct Call<'a> {
    face: &'a Face,
    caller: Caller,
    streams: Vec<(String, Expected, Vec<Proposed>)>,
    /// Counts the sizes over all streams.
    gathered: Gathered,
}

impl<'a> Call<'a> {
    fn new(face: &'a Face, caller: Caller) -> Self {
        Self { face, caller, streams: Vec::new(), gathered: Gathered::default() }
    }

    fn holds(&self, stream: &str) -> bool {
        self.streams.iter().any(|(name, ..)| name == stream)
    }

    fn open(&mut self, stream: &str, expected: Expected) -> Result<(), Status> {
        let name = checked_name(stream)?;
        if self.holds(stream) {
            let details = detail(&errors::StreamAlreadyInAppendSessionErrorDetails { stream: name });
            let text = format!("the stream '{stream}' is in this session already");
            return Err(detailed(Code::Aborted, text, details));
        }
        if self.streams.len() >= MAX_STREAMS {
            return Err(invalid(format!("an append goes to at most {MAX_STREAMS} streams")));
        }
        self.face.let_append(&self.caller, &name).map_err(|refusal| failure(&refusal))?;
        self.streams.push((name, expected, Vec::new()));
        Ok(())
    }

    fn add(&mut self, stream: &str, record: AppendRecord) -> Result<(), Status> {
        let event = proposed(record)?;
        let Some((_, _, events)) = self.streams.iter_mut().find(|(name, ..)| name == stream) else { return Ok(()) };
        events.push(event.clone());
        self.gathered.add(event, self.face).map_err(|refusal| status(&refusal, stream))
    }

    async fn append(self, checks: Vec<Check>) -> Result<(Vec<String>, Vec<Written>), Status> {
        let names: Vec<_> = self.streams.iter().map(|(name, ..)| name.clone()).collect();
        let writes = self.streams.into_iter().map(|(stream, expected, events)| Write { stream, expected, events });
        let appended = self.face.engine.append_several(writes.collect(), checks);
        let written = timely(async { Ok(appended.await.map_err(|refusal| status(&refusal, ""))) }).await??;
        Ok((names, written))
    }
}

fn checks(call: &Call<'_>, checks: Vec<ConsistencyCheck>) -> Result<Vec<Check>, Status> {
    if checks.len() > MAX_STREAMS {
        return Err(invalid(format!("an append has at most {MAX_STREAMS} checks")));
    }
    let mut read = Vec::with_capacity(checks.len());
    for check in checks {
        let Some(consistency_check::Type::StreamState(state)) = check.r#type else {
            return Err(invalid("a check says nothing"));
        };
        let stream = checked_name(&state.stream)?;
        call.face.let_read(&call.caller, &stream)?;
        read.push(Check { stream, expected: state.expected_state });
    }
    Ok(read)
}

fn proposed(record: AppendRecord) -> Result<Proposed, Status> {
    let schema = record.schema.ok_or_else(|| invalid("a record has no schema"))?;
    if !(1..=MAX_TYPE_BYTES).contains(&schema.name.len()) {
        return Err(invalid(format!("the name of a schema has 1 to {MAX_TYPE_BYTES} bytes")));
    }
    let id = match record.record_id.as_deref() {
        Some(text) => text.parse().map_err(|_| invalid("the id of a record is no uuid"))?,
        None => own_uuid()?,
    };
    let properties: BTreeMap<_, _> = record.properties.iter().map(|(key, value)| (key, json(value, 0))).collect();
    let metadata = if properties.is_empty() { Vec::new() } else { serde_json::to_vec(&properties).unwrap_or_default() };
    let json = schema.format == JSON;
    Ok(Proposed { id, event_type: schema.name.into(), json, data: record.data, metadata: metadata.into() })
}

/// A value as JSON. What lies deeper than a decoder would let through is left out.
fn json(value: &prost_types::Value, depth: usize) -> serde_json::Value {
    use prost_types::value::Kind;
    match &value.kind {
        Some(Kind::BoolValue(value)) => (*value).into(),
        Some(Kind::NumberValue(value)) => (*value).into(),
        Some(Kind::StringValue(value)) => value.as_str().into(),
        Some(Kind::ListValue(list)) if depth < 100 => list.values.iter().map(|value| json(value, depth + 1)).collect(),
        Some(Kind::StructValue(fields)) if depth < 100 => {
            fields.fields.iter().map(|(key, value)| (key.clone(), json(value, depth + 1))).collect()
        }
        Some(Kind::NullValue(_) | Kind::ListValue(_) | Kind::StructValue(_)) | None => serde_json::Value::Null,
    }
}

fn signed(number: Option<u64>) -> i64 {
    number.and_then(|number| i64::try_from(number).ok()).unwrap_or(-1)
}

fn last_position(written: &[Written]) -> i64 {
    signed(written.iter().filter_map(|written| written.position).max())
}

/// A refusal with the typed details of the second version.
fn status(refusal: &Refusal, stream: &str) -> Status {
    let size = |bytes: usize| i32::try_from(bytes).unwrap_or(i32::MAX);
    match refusal {
        Refusal::WrongVersion { stream, expected, actual } => {
            let (expected_revision, actual_revision) = (expected.number(), signed(*actual));
            let text = format!(
                "Append failed due to a revision conflict on stream '{stream}'. Expected revision: \
                 {expected_revision}. Actual revision: {actual_revision}."
            );
            let stream = stream.clone();
            let details = errors::StreamRevisionConflictErrorDetails { stream, expected_revision, actual_revision };
            detailed(Code::FailedPrecondition, text, detail(&details))
        }
        Refusal::Deleted { stream } => {
            let details = detail(&errors::StreamTombstonedErrorDetails { stream: stream.clone() });
            detailed(Code::FailedPrecondition, refusal.to_string(), details)
        }
        Refusal::Violated(violations) => {
            let violations = violations.iter().map(violation).collect();
            let details = detail(&errors::AppendConsistencyViolationErrorDetails { violations });
            detailed(Code::FailedPrecondition, refusal.to_string(), details)
        }
        Refusal::EventTooLarge { id, size: bytes, limit } => {
            let (record_id, size, max_size) = (id.to_string(), size(*bytes), size(*limit));
            let details =
                errors::AppendRecordSizeExceededErrorDetails { stream: stream.into(), record_id, size, max_size };
            detailed(Code::InvalidArgument, refusal.to_string(), detail(&details))
        }
        Refusal::AppendTooLarge { size: bytes, limit } => {
            let details =
                errors::AppendTransactionSizeExceededErrorDetails { size: size(*bytes), max_size: size(*limit) };
            detailed(Code::Aborted, refusal.to_string(), detail(&details))
        }
        other => failure(other),
    }
}

fn violation(violation: &Violation) -> errors::ConsistencyViolation {
    use errors::consistency_violation::{StreamStateViolation, Type};
    errors::ConsistencyViolation {
        check_index: i32::try_from(violation.check).unwrap_or(i32::MAX),
        r#type: Some(Type::StreamState(StreamStateViolation {
            stream: violation.stream.clone(),
            expected_state: violation.expected,
            actual_state: violation.actual,
        })),
    }
}

fn detailed(code: Code, text: String, details: Vec<prost_types::Any>) -> Status {
    let status = rpc::Status { code: code as i32, message: text.clone(), details };
    Status::with_details(code, text, status.encode_to_vec().into())
}
