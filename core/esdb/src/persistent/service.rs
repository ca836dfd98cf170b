//! The service of persistent subscriptions.

use super::{
    book::Item,
    run::{Command, Delivery, Joined},
    settings::{GroupId, KeptFilter, Settings},
};
use crate::{
    engine::{Bound, StreamPage},
    face::{Face, Kind, RecordedEvent, UuidAs, failure, invalid, stream_name, uuid},
    guardian::Caller,
    wire::{
        persistent::{
            CreateReq, DeleteReq, GetInfoReq, GetInfoResp, ListReq, ListResp, ReadReq, ReadResp, ReplayParkedReq,
            create_req, delete_req, get_info_req, list_req, persistent_subscriptions_server::PersistentSubscriptions,
            read_req, read_resp, replay_parked_req,
        },
        shared,
    },
};
use async_stream::try_stream;
use futures::stream::BoxStream;
use std::{sync::Arc, time::Duration};
use tokio::sync::{Notify, mpsc};
use tonic::{Request, Response, Status, Streaming};

/// The longest name of a group in bytes.
const MAX_GROUP_BYTES: usize = 512;

/// The service of persistent subscriptions.
pub(crate) struct PersistentOf(pub(crate) Face);

#[tonic::async_trait]
impl PersistentSubscriptions for PersistentOf {
    type ReadStream = BoxStream<'static, Result<ReadResp, Status>>;

    async fn create(&self, request: Request<CreateReq>) -> Result<Response<()>, Status> {
        let (id, settings) = self.asked(request).await?;
        self.0.groups.create(id, settings).await.map(Response::new)
    }

    async fn update(&self, request: Request<CreateReq>) -> Result<Response<()>, Status> {
        let (id, settings) = self.asked(request).await?;
        self.0.groups.update(id, settings).await.map(Response::new)
    }

    async fn delete(&self, request: Request<DeleteReq>) -> Result<Response<()>, Status> {
        Face::let_administer(&self.0.caller(request.metadata()).await?)?;
        let options = request.into_inner().options.ok_or_else(missing_options)?;
        let stream = match options.of {
            Some(delete_req::options::Of::StreamIdentifier(stream)) => Some(stream_name(Some(&stream))?),
            Some(delete_req::options::Of::All(())) => None,
            None => return Err(missing_source()),
        };
        self.0.groups.delete(&group(stream, options.group_name)?).await.map(Response::new)
    }

    async fn get_info(&self, request: Request<GetInfoReq>) -> Result<Response<GetInfoResp>, Status> {
        let caller = self.0.caller(request.metadata()).await?;
        let options = request.into_inner().options.ok_or_else(missing_options)?;
        let stream = match options.of {
            Some(get_info_req::options::Of::StreamIdentifier(stream)) => Some(stream_name(Some(&stream))?),
            Some(get_info_req::options::Of::All(())) => None,
            None => return Err(missing_source()),
        };
        let id = group(stream, options.group_name)?;
        self.let_read(&caller, &id)?;
        let info = self.0.groups.ask(&id, |answer| Command::Info { answer }).await?;
        Ok(Response::new(GetInfoResp { subscription_info: Some(info) }))
    }

    async fn list(&self, request: Request<ListReq>) -> Result<Response<ListResp>, Status> {
        use list_req::{of_stream::Of, options::ListOption};
        let caller = self.0.caller(request.metadata()).await?;
        let options = request.into_inner().options.ok_or_else(missing_options)?;
        let wanted: Option<Option<String>> = match options.list_option {
            Some(ListOption::Every(())) | None => None,
            Some(ListOption::OfStream(of)) => match of.of {
                Some(Of::Stream(stream)) => Some(Some(stream_name(Some(&stream))?)),
                Some(Of::All(())) => Some(None),
                None => return Err(missing_source()),
            },
        };
        let mut subscriptions = Vec::new();
        for id in self.0.groups.ids().await {
            if wanted.as_ref().is_none_or(|stream| *stream == id.stream) && self.let_read(&caller, &id).is_ok() {
                // One that was deleted meanwhile is not told.
                subscriptions.extend(self.0.groups.ask(&id, |answer| Command::Info { answer }).await);
            }
        }
        if subscriptions.is_empty() && wanted.is_some() {
            return Err(Status::not_found("there is no subscription group on this stream"));
        }
        Ok(Response::new(ListResp { subscriptions }))
    }

    async fn replay_parked(&self, request: Request<ReplayParkedReq>) -> Result<Response<()>, Status> {
        use replay_parked_req::options::{Of, StopAtOption};
        Face::let_administer(&self.0.caller(request.metadata()).await?)?;
        let options = request.into_inner().options.ok_or_else(missing_options)?;
        let stream = match options.of {
            Some(Of::StreamIdentifier(stream)) => Some(stream_name(Some(&stream))?),
            Some(Of::All(())) => None,
            None => return Err(missing_source()),
        };
        let most = match options.stop_at_option {
            Some(StopAtOption::StopAt(most)) => {
                Some(u64::try_from(most).map_err(|_| invalid("'stop_at' must not be negative"))?)
            }
            Some(StopAtOption::NoLimit(())) | None => None,
        };
        let id = group(stream, options.group_name)?;
        self.0.groups.ask(&id, |answer| Command::Replay { most, answer }).await??;
        Ok(Response::new(()))
    }

    async fn restart_subsystem(&self, request: Request<()>) -> Result<Response<()>, Status> {
        Face::let_administer(&self.0.caller(request.metadata()).await?)?;
        self.0.groups.restart().await.map(Response::new)
    }

    async fn read(&self, request: Request<Streaming<ReadReq>>) -> Result<Response<Self::ReadStream>, Status> {
        let caller = self.0.caller(request.metadata()).await?;
        let from = request.remote_addr().map(|address| address.to_string()).unwrap_or_default();
        let mut requests = request.into_inner();
        let first = requests.message().await?.and_then(|message| message.content);
        let Some(read_req::Content::Options(options)) = first else {
            return Err(invalid("a consumer begins with 'options'"));
        };
        let stream = match options.of {
            Some(read_req::options::Of::StreamIdentifier(stream)) => Some(stream_name(Some(&stream))?),
            Some(read_req::options::Of::All(())) => None,
            None => return Err(missing_source()),
        };
        let ids = UuidAs::asked(options.uuid_option.as_ref())?;
        let id = group(stream, options.group_name)?;
        self.let_read(&caller, &id)?;
        let slot = self.0.slots.take(Kind::Consumer)?;
        let room = usize::try_from(options.buffer_size).unwrap_or(1);
        let commands = self.0.groups.commands(&id).await?;
        let joined = self.0.groups.ask(&id, |answer| Command::Join { caller, room, from, answer }).await??;
        // Clients compare it with what they asked for.
        let confirmation = format!("{}::{}", id.source(), id.group);
        let answers = consume(joined, commands, requests, ids, confirmation);
        Ok(Response::new(Box::pin(try_stream! {
            let _slot = slot;
            for await answer in answers {
                yield answer?;
            }
        })))
    }
}

/// How long a consumer that has said its last word may take to end the call: official clients do both, one behind the other, and
/// would tell their user of an error that came in between.
const FAREWELL: Duration = Duration::from_secs(1);

/// Wakes the group when the answer is dropped, whatever the reason.
struct Gone(Arc<Notify>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

fn consume(
    joined: Joined,
    commands: mpsc::Sender<Command>,
    mut requests: Streaming<ReadReq>,
    ids: UuidAs,
    subscription_id: String,
) -> impl futures::Stream<Item = Result<ReadResp, Status>> + Send {
    use read_resp::{Confirmation, Content};
    let Joined { consumer, deliveries, gone } = joined;
    try_stream! {
        // Dropped last, when the deliveries are closed.
        let gone = Gone(gone);
        let mut deliveries = deliveries;
        let confirmation = Content::SubscriptionConfirmation(Confirmation { subscription_id });
        yield ReadResp { content: Some(confirmation) };
        loop {
            let step = tokio::select! {
                delivery = deliveries.recv() => Step::Deliver(delivery.map(Box::new)),
                message = requests.message() => Step::Hear(message),
            };
            match step {
                Step::Deliver(Some(delivery)) => {
                    let delivery: Delivery = *delivery;
                    let item = delivery?;
                    yield delivered(&item, ids);
                },
                Step::Deliver(None) => Err(Status::cancelled("the consumer was stopped"))?,
                Step::Hear(message) => {
                    if let Some(message) = message? {
                        let sent = commands.send(command(consumer, message)?).await;
                        sent.map_err(|_| Status::unavailable("the subscription group has ended"))?;
                        continue;
                    }
                    // Behind its last word it can acknowledge nothing any more, so what it holds goes to others.
                    deliveries.close();
                    gone.0.notify_one();
                    tokio::time::sleep(FAREWELL).await;
                    Err(Status::cancelled("the consumer has closed its side"))?;
                }
            }
        }
    }
}

/// What happens next between a group and one of its consumers.
enum Step {
    Deliver(Option<Box<Delivery>>),
    Hear(Result<Option<ReadReq>, Status>),
}

fn command(consumer: u64, message: ReadReq) -> Result<Command, Status> {
    use read_req::Content;
    let read = |ids: &[shared::Uuid]| ids.iter().map(|id| uuid(Some(id))).collect::<Result<Vec<_>, _>>();
    match message.content {
        Some(Content::Ack(ack)) => Ok(Command::Ack { consumer, ids: read(&ack.ids)? }),
        Some(Content::Nack(nack)) => {
            let (ids, action) = (read(&nack.ids)?, nack.action());
            Ok(Command::Nack { consumer, ids, action, reason: nack.reason })
        }
        Some(Content::Options(_)) | None => Err(invalid("behind the 'options' come acknowledgements only")),
    }
}

fn delivered(item: &Item, ids: UuidAs) -> ReadResp {
    use read_resp::{Content, ReadEvent, read_event};
    let position = item
        .original()
        .map_or(read_event::Position::NoPosition(()), |event| read_event::Position::CommitPosition(event.position));
    let count = read_event::Count::RetryCount(i32::try_from(item.retries).unwrap_or(i32::MAX));
    ReadResp {
        content: Some(Content::Event(ReadEvent {
            event: item.event.clone().map(|event| RecordedEvent::new(event, ids)),
            link: item.link.clone().map(|event| RecordedEvent::new(event, ids)),
            position: Some(position),
            count: Some(count),
        })),
    }
}

impl PersistentOf {
    /// A group on all events shows them to every consumer, so each has to have the right to read all.
    fn let_read(&self, caller: &Caller, id: &GroupId) -> Result<(), Status> {
        match &id.stream {
            Some(stream) => self.0.let_read(caller, stream),
            None => self.0.let_read(caller, crate::names::DOMAIN[0]).and_then(|()| self.0.let_read(caller, "clients")),
        }
    }

    async fn asked(&self, request: Request<CreateReq>) -> Result<(GroupId, Settings), Status> {
        use create_req::{all_start, options::Of};
        use shared::stream_start;
        let caller = self.0.caller(request.metadata()).await?;
        Face::let_administer(&caller)?;
        let options = request.into_inner().options.ok_or_else(missing_options)?;
        let wire = options.settings.ok_or_else(|| invalid("'settings' are missing"))?;
        let (stream, start, filter) = match options.of {
            Some(Of::Stream(start)) => {
                let bound = match start.at {
                    Some(stream_start::At::Revision(revision)) => Bound::At(revision),
                    Some(stream_start::At::End(())) => Bound::End,
                    Some(stream_start::At::Start(())) | None => Bound::Start,
                };
                (Some(stream_name(start.stream_identifier.as_ref())?), bound, None)
            }
            Some(Of::All(start)) => {
                let bound = match start.at {
                    Some(all_start::At::Position(position)) => Bound::At(position.commit_position),
                    Some(all_start::At::End(())) => Bound::End,
                    Some(all_start::At::Start(())) | None => Bound::Start,
                };
                let filter = match start.filter_option {
                    Some(all_start::FilterOption::Filter(filter)) => Some(KeptFilter::keep(&filter)?),
                    Some(all_start::FilterOption::NoFilter(())) | None => None,
                };
                (None, bound, filter)
            }
            // Old clients name the stream and the revision elsewhere.
            None => (Some(stream_name(options.old_stream_identifier.as_ref())?), Bound::At(wire.old_revision), None),
        };
        let id = group(stream, options.group_name)?;
        self.let_read(&caller, &id)?;
        let (start_from, first) = self.first(id.stream.as_deref(), start).await?;
        Ok((id, Settings::read(&wire, start_from, first, filter)?))
    }

    /// What the client is told about the start, and where reading begins.
    async fn first(&self, stream: Option<&str>, start: Bound) -> Result<(i64, u64), Status> {
        match (start, stream) {
            (Bound::Start, _) => Ok((0, 0)),
            (Bound::At(at), _) => Ok((i64::try_from(at).map_err(|_| invalid("the start lies too far away"))?, at)),
            (Bound::End, None) => Ok((-1, self.0.engine.head().borrow().last() + 1)),
            (Bound::End, Some(stream)) => {
                let page = self.0.engine.read_stream(stream, Bound::End, false, 1).await;
                match page.map_err(|refusal| failure(&refusal))? {
                    StreamPage::Found(page) => Ok((-1, page.last + 1)),
                    StreamPage::NotFound => Ok((-1, 0)),
                }
            }
        }
    }
}

fn group(stream: Option<String>, group: String) -> Result<GroupId, Status> {
    if (1..=MAX_GROUP_BYTES).contains(&group.len()) {
        return Ok(GroupId { stream, group });
    }
    Err(invalid(format!("the name of a group has 1 to {MAX_GROUP_BYTES} bytes")))
}

fn missing_options() -> Status {
    invalid("'options' are missing")
}

fn missing_source() -> Status {
    invalid("'stream_option' is missing")
}
