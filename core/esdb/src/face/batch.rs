//! `Streams.BatchAppend`: many appends over one call, each known by its correlation id.

use super::{
    append::{Gathered, success},
    call::Face,
    convert::{identifier, proposed, stream_name, uuid},
    slots::Kind,
    status::going_away,
};
use crate::{
    guardian::Caller,
    outside::Write,
    record::{Expected, Written},
    refusal::Refusal,
    wire::{
        rpc,
        shared::{self, wrong_expected_version},
        streams::{BatchAppendReq, BatchAppendResp, batch_append_req, batch_append_resp},
    },
};
use async_stream::try_stream;
use futures::{
    FutureExt, StreamExt,
    future::BoxFuture,
    stream::{BoxStream, FuturesUnordered},
};
use prost::{Message, Name};
use std::{collections::HashMap, time::Duration};
use tonic::{Code, Status, Streaming};
use uuid::Uuid;

/// How many appends of one call may be under way, and how many may be unfinished.
const UNDER_WAY: usize = 64;

/// The longest that a client may ask to wait. Some clients send the time of day in place of a duration.
const LONGEST: Duration = Duration::from_secs(10);

/// An append whose messages are still coming.
struct Unfinished {
    stream: String,
    expected: Expected,
    deadline: Duration,
    gathered: Gathered,
    /// Why it was refused before its end, which is said at its end.
    refused: Option<Refusal>,
}

type Answer = BoxFuture<'static, BatchAppendResp>;

pub(super) fn append(
    face: Face,
    caller: Caller,
    mut requests: Streaming<BatchAppendReq>,
) -> Result<BoxStream<'static, Result<BatchAppendResp, Status>>, Status> {
    let slot = face.slots.take(Kind::Batch)?;
    Ok(Box::pin(try_stream! {
        let _slot = slot;
        let mut unfinished = HashMap::<Uuid, Unfinished>::new();
        let mut answers = FuturesUnordered::<Answer>::new();
        let mut open = true;
        while open || !answers.is_empty() {
            let step = tokio::select! {
                Some(answer) = answers.next() => Step::Answer(Box::new(answer)),
                request = requests.message(), if open && answers.len() < UNDER_WAY => Step::Hear(request),
                () = face.stop.cancelled(), if open => Step::Stop,
            };
            match step {
                Step::Answer(answer) => yield *answer,
                Step::Hear(request) => match request? {
                    Some(request) => answers.extend(take(&face, &caller, &mut unfinished, request).await?),
                    // What is unfinished now will never be, and nothing of it was written.
                    None => open = false,
                },
                Step::Stop => open = false,
            }
        }
        if face.stop.is_cancelled() {
            Err(going_away())?;
        }
    }))
}

/// What happens next in a call.
enum Step {
    Answer(Box<BatchAppendResp>),
    Hear(Result<Option<BatchAppendReq>, Status>),
    Stop,
}

/// Takes a message; the answer to come where it was the last of its append.
async fn take(
    face: &Face,
    caller: &Caller,
    unfinished: &mut HashMap<Uuid, Unfinished>,
    request: BatchAppendReq,
) -> Result<Option<Answer>, Status> {
    let id = uuid(request.correlation_id.as_ref())?;
    let correlation = request.correlation_id;
    if let Some(options) = request.options {
        if unfinished.len() >= UNDER_WAY {
            return Err(Status::resource_exhausted(format!("at most {UNDER_WAY} appends may be unfinished")));
        }
        unfinished.insert(id, begin(face, caller, &options)?);
    }
    let Some(append) = unfinished.get_mut(&id) else {
        return Err(Status::invalid_argument("an append begins with 'options'"));
    };
    for event in request.proposed_messages {
        let event = proposed(event)?;
        if append.refused.is_none()
            && let Err(refusal) = append.gathered.add(event, face)
        {
            append.refused = Some(refusal);
            append.gathered = Gathered::default();
        }
    }
    if !request.is_final {
        return Ok(None);
    }
    let Some(append) = unfinished.remove(&id) else { return Ok(None) };
    Ok(Some(finish(face, correlation, append).await))
}

fn begin(face: &Face, caller: &Caller, options: &batch_append_req::Options) -> Result<Unfinished, Status> {
    use batch_append_req::options::{DeadlineOption, Expected as Wire};
    let stream = stream_name(options.stream_identifier.as_ref())?;
    let expected = match options.expected {
        Some(Wire::StreamPosition(revision)) => Expected::Exact(revision),
        Some(Wire::NoStream(())) => Expected::NoStream,
        Some(Wire::StreamExists(())) => Expected::StreamExists,
        Some(Wire::Any(())) | None => Expected::Any,
    };
    let asked = match options.deadline_option {
        Some(DeadlineOption::Deadline(duration)) => Duration::try_from(duration).unwrap_or(LONGEST),
        Some(DeadlineOption::Deadline21100(_)) | None => LONGEST,
    };
    let refused = face.let_append(caller, &stream).err();
    Ok(Unfinished { stream, expected, deadline: asked.min(LONGEST), gathered: Gathered::default(), refused })
}

/// Queues the append, so that the appends of a call are judged in their order.
async fn finish(face: &Face, correlation: Option<shared::Uuid>, append: Unfinished) -> Answer {
    let Unfinished { stream, expected, deadline, gathered, refused } = append;
    let name = stream.clone();
    let respond = move |result: Result<Written, Refusal>| BatchAppendResp {
        correlation_id: correlation,
        result: Some(match result {
            Ok(written) => batch_append_resp::Result::Success(success(written)),
            Err(refusal) => batch_append_resp::Result::Error(error(&refusal)),
        }),
        stream_identifier: Some(identifier(&name)),
        expected: Some(echoed(expected)),
    };
    if let Some(refusal) = refused {
        return std::future::ready(respond(Err(refusal))).boxed();
    }
    let write = Write { stream, expected, events: gathered.events };
    match face.engine.enqueue(write).await {
        Err(refusal) => std::future::ready(respond(Err(refusal))).boxed(),
        Ok(pending) => async move {
            match tokio::time::timeout(deadline, pending).await {
                Ok(result) => respond(result),
                Err(_) => BatchAppendResp {
                    result: Some(batch_append_resp::Result::Error(rpc::Status {
                        code: Code::DeadlineExceeded as i32,
                        message: "Timeout".into(),
                        details: detail(&shared::Timeout {}),
                    })),
                    ..respond(Err(Refusal::Unknown))
                },
            }
        }
        .boxed(),
    }
}

fn echoed(expected: Expected) -> batch_append_resp::Expected {
    match expected {
        Expected::Exact(revision) => batch_append_resp::Expected::StreamPosition(revision),
        Expected::NoStream => batch_append_resp::Expected::NoStream(()),
        Expected::Any => batch_append_resp::Expected::Any(()),
        Expected::StreamExists => batch_append_resp::Expected::StreamExists(()),
    }
}

/// A refusal as it stands in the answer to one append.
fn error(refusal: &Refusal) -> rpc::Status {
    let (code, message, details) = match refusal {
        Refusal::WrongVersion { expected, actual, .. } => {
            (Code::AlreadyExists, "WrongExpectedVersion".into(), detail(&wrong_version(*expected, *actual)))
        }
        Refusal::Deleted { stream } => {
            let details = detail(&shared::StreamDeleted { stream_identifier: Some(identifier(stream)) });
            (Code::FailedPrecondition, refusal.to_string(), details)
        }
        Refusal::Denied { .. } => (Code::PermissionDenied, refusal.to_string(), detail(&shared::AccessDenied {})),
        Refusal::EventTooLarge { limit, .. } | Refusal::AppendTooLarge { limit, .. } => {
            let max_append_size = u32::try_from(*limit).unwrap_or(u32::MAX);
            let details = detail(&shared::MaximumAppendSizeExceeded { max_append_size });
            (Code::InvalidArgument, refusal.to_string(), details)
        }
        other => {
            let status = super::status::failure(other);
            let details = detail(&shared::BadRequest { message: status.message().into() });
            (status.code(), status.message().into(), details)
        }
    };
    rpc::Status { code: code as i32, message, details }
}

fn wrong_version(expected: Expected, actual: Option<u64>) -> shared::WrongExpectedVersion {
    use wrong_expected_version::{Current, Expected as Wire};
    let current = actual.map_or(Current::CurrentNoStream(()), Current::CurrentStreamRevision);
    let expected = match expected {
        Expected::Exact(revision) => Wire::ExpectedStreamPosition(revision),
        Expected::Any => Wire::ExpectedAny(()),
        Expected::StreamExists => Wire::ExpectedStreamExists(()),
        Expected::NoStream => Wire::ExpectedNoStream(()),
    };
    shared::WrongExpectedVersion { current: Some(current), expected: Some(expected) }
}

/// One detail of an error, with the name of its type.
pub(super) fn detail<M: Message + Name>(message: &M) -> Vec<prost_types::Any> {
    vec![prost_types::Any { type_url: M::type_url(), value: message.encode_to_vec() }]
}
