//! `Streams.Append`: one append, event by event.

use super::{
    call::{Face, timely},
    convert::{position, proposed, target},
    status::{failure, invalid},
};
use crate::{
    outside::Write,
    record::{Expected, MAX_APPEND_EVENTS, Proposed, Written},
    refusal::Refusal,
    wire::streams::{AppendReq, AppendResp, append_req::Content, append_resp},
};
use tonic::{Request, Status, Streaming};

pub(super) async fn append(face: &Face, request: Request<Streaming<AppendReq>>) -> Result<AppendResp, Status> {
    let caller = face.caller(request.metadata()).await?;
    let mut messages = request.into_inner();
    let Some(Content::Options(options)) = messages.message().await?.and_then(|message| message.content) else {
        return Err(invalid("an append begins with 'options'"));
    };
    let (stream, expected) = target(Some(options))?;
    face.let_append(&caller, &stream).map_err(|refusal| failure(&refusal))?;
    let mut append = Gathered::default();
    // A client that goes away here has appended nothing: the error of the stream ends the call.
    while let Some(message) = messages.message().await? {
        let Some(Content::ProposedMessage(event)) = message.content else {
            return Err(invalid("behind the 'options' come events only"));
        };
        append.add(proposed(event)?, face).map_err(|refusal| failure(&refusal))?;
    }
    let write = Write { stream, expected, events: append.events };
    let result = timely(async {
        match face.engine.append(write).await {
            Ok(written) => Ok(append_resp::Result::Success(success(written))),
            // This refusal is no error of the call, but an answer.
            Err(Refusal::WrongVersion { expected, actual, .. }) => Ok(wrong_version(expected, actual)),
            Err(refusal) => Err(refusal),
        }
    });
    Ok(AppendResp { result: Some(result.await?) })
}

/// The events of one append, as they come in.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) events: Vec<Proposed>,
    size: usize,
}

impl Gathered {
    /// Takes one more, within the limits.
    pub(super) fn add(&mut self, event: Proposed, face: &Face) -> Result<(), Refusal> {
        let limits = face.engine.limits();
        if event.size() > limits.event_bytes {
            return Err(Refusal::EventTooLarge { id: event.id, size: event.size(), limit: limits.event_bytes });
        }
        self.size += event.size();
        if self.size > limits.append_bytes {
            return Err(Refusal::AppendTooLarge { size: self.size, limit: limits.append_bytes });
        }
        if self.events.len() >= MAX_APPEND_EVENTS {
            return Err(Refusal::Bad(format!("an append holds at most {MAX_APPEND_EVENTS} events")));
        }
        self.events.push(event);
        Ok(())
    }
}

pub(super) fn success(written: Written) -> append_resp::Success {
    use append_resp::success::{CurrentRevisionOption, PositionOption};
    let revision =
        written.last_revision.map_or(CurrentRevisionOption::NoStream(()), CurrentRevisionOption::CurrentRevision);
    let at = written.position.map_or(PositionOption::NoPosition(()), |at| PositionOption::Position(position(at)));
    append_resp::Success { current_revision_option: Some(revision), position_option: Some(at) }
}

fn wrong_version(expected: Expected, actual: Option<u64>) -> append_resp::Result {
    let mut wrong = append_resp::WrongVersion::default();
    (wrong.old_current_revision, wrong.current_revision) = (actual, actual);
    if actual.is_none() {
        (wrong.old_no_stream, wrong.current_no_stream) = (Some(()), Some(()));
    }
    match expected {
        Expected::Exact(revision) => {
            (wrong.old_expected_revision, wrong.expected_revision) = (Some(revision), Some(revision));
        }
        Expected::Any => (wrong.old_any, wrong.expected_any) = (Some(()), Some(())),
        Expected::StreamExists => {
            (wrong.old_stream_exists, wrong.expected_stream_exists) = (Some(()), Some(()));
        }
        Expected::NoStream => wrong.expected_no_stream = Some(()),
    }
    append_resp::Result::WrongExpectedVersion(wrong)
}
