//! The service of streams.

use super::{
    append, batch,
    call::{Face, timely},
    convert::{UuidAs, position, stream_name, target},
    filter::Filter,
    follow,
    read::{self, Answers, Asked},
    status::{failure, invalid},
};
use crate::{
    engine::Bound,
    names,
    record::Written,
    refusal::Refusal,
    wire::{
        shared,
        streams::{
            AppendReq, AppendResp, BatchAppendReq, BatchAppendResp, DeleteReq, DeleteResp, ReadReq, delete_resp,
            read_req, streams_server::Streams,
        },
    },
};
use futures::{StreamExt, stream::BoxStream};
use tonic::{Request, Response, Status, Streaming};

/// The service of streams.
pub(crate) struct StreamsOf(pub(crate) Face);

#[tonic::async_trait]
impl Streams for StreamsOf {
    type ReadStream = Answers;
    type BatchAppendStream = BoxStream<'static, Result<BatchAppendResp, Status>>;

    async fn read(&self, request: Request<ReadReq>) -> Result<Response<Self::ReadStream>, Status> {
        let caller = self.0.caller(request.metadata()).await?;
        let options = request.into_inner().options.ok_or_else(|| invalid("'options' are missing"))?;
        read_or_follow(self.0.clone(), caller, options).await.map(Response::new)
    }

    async fn append(&self, request: Request<Streaming<AppendReq>>) -> Result<Response<AppendResp>, Status> {
        append::append(&self.0, request).await.map(Response::new)
    }

    async fn batch_append(
        &self,
        request: Request<Streaming<BatchAppendReq>>,
    ) -> Result<Response<Self::BatchAppendStream>, Status> {
        let caller = self.0.caller(request.metadata()).await?;
        batch::append(self.0.clone(), caller, request.into_inner()).map(Response::new)
    }

    async fn delete(&self, request: Request<DeleteReq>) -> Result<Response<DeleteResp>, Status> {
        let (stream, expected) = self.target(request).await?;
        timely(self.0.engine.delete(stream, expected)).await.map(deleted)
    }

    async fn tombstone(&self, request: Request<DeleteReq>) -> Result<Response<DeleteResp>, Status> {
        let (stream, expected) = self.target(request).await?;
        timely(self.0.engine.tombstone(stream, expected)).await.map(deleted)
    }
}

impl StreamsOf {
    async fn target(&self, request: Request<DeleteReq>) -> Result<(String, crate::record::Expected), Status> {
        let caller = self.0.caller(request.metadata()).await?;
        let (stream, expected) = target(request.into_inner().options)?;
        if names::is_domain(&stream) {
            return Err(failure(&Refusal::Denied { reason: "streams of the domain are kept for good" }));
        }
        self.0.let_append(&caller, &stream).map_err(|refusal| failure(&refusal))?;
        Ok((stream, expected))
    }
}

fn deleted(written: Written) -> Response<DeleteResp> {
    use delete_resp::PositionOption;
    let option = written.position.map_or(PositionOption::NoPosition(()), |at| PositionOption::Position(position(at)));
    Response::new(DeleteResp { position_option: Some(option) })
}

async fn read_or_follow(
    face: Face,
    caller: crate::guardian::Caller,
    options: read_req::Options,
) -> Result<Answers, Status> {
    use read_req::options::{Amount, FilterOption, Of};
    let asked = Asked {
        caller,
        ids: UuidAs::asked(options.uuid_option.as_ref())?,
        resolve_links: options.resolve_links,
        backwards: options.read_direction == read_req::Direction::Backwards as i32,
        wants_ends: options.control_option.is_some_and(|control| control.compatibility >= 1),
    };
    let filter = match options.filter_option {
        Some(FilterOption::Filter(filter)) => Some(Filter::read(filter)?),
        Some(FilterOption::NoFilter(())) | None => None,
    };
    let of = options.of.ok_or_else(|| invalid("'stream_option' is missing"))?;
    let amount = options.amount.ok_or_else(|| invalid("'count_option' is missing"))?;
    match (of, amount) {
        (_, Amount::Subscription(_)) if asked.backwards => Err(invalid("a subscription reads forwards")),
        (Of::Stream(_), _) if filter.is_some() => Err(invalid("a filter is for reading all streams")),
        (Of::Stream(start), Amount::Count(count)) => {
            let name = stream_name(start.stream_identifier.as_ref())?;
            read::stream(face, asked, name, bound(start.at), count).await
        }
        (Of::Stream(start), Amount::Subscription(_)) => {
            let name = stream_name(start.stream_identifier.as_ref())?;
            follow::stream(face, asked, name, bound(start.at)).await
        }
        (Of::All(start), Amount::Count(count)) => {
            let from = match bound_of_all(start.at) {
                Bound::Start => 0,
                Bound::End => u64::MAX,
                Bound::At(at) => at,
            };
            Ok(read::all(face, asked, from, filter, count)?.boxed())
        }
        (Of::All(start), Amount::Subscription(_)) => {
            let next = match bound_of_all(start.at) {
                Bound::Start => 0,
                Bound::End => face.engine.head().borrow().last() + 1,
                Bound::At(at) => at.saturating_add(1),
            };
            follow::all(face, asked, next, filter)
        }
    }
}

fn bound(at: Option<shared::stream_start::At>) -> Bound {
    use shared::stream_start::At;
    match at {
        Some(At::Revision(revision)) => Bound::At(revision),
        Some(At::End(())) => Bound::End,
        Some(At::Start(())) | None => Bound::Start,
    }
}

fn bound_of_all(at: Option<read_req::all_start::At>) -> Bound {
    use read_req::all_start::At;
    match at {
        Some(At::Position(position)) if position.commit_position == u64::MAX => Bound::End,
        Some(At::Position(position)) => Bound::At(position.commit_position),
        Some(At::End(())) => Bound::End,
        Some(At::Start(())) | None => Bound::Start,
    }
}
