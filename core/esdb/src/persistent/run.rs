//! The task of a group: reads the source, deals the events out, and keeps the checkpoint.

use super::{
    book::{Book, Fate, Item, Place},
    info::{self, Snapshot},
    parked,
    settings::{GroupId, Settings},
};
use crate::{
    engine::{Bound, Engine, StreamPage},
    face::{Filter, failure},
    guardian::Caller,
    record::Recorded,
    refusal::Refusal,
    wire::persistent::{SubscriptionInfo, read_req::nack::Action},
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{Notify, mpsc, oneshot},
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;
use tonic::Status;
use uuid::Uuid;

/// The most events that one consumer may hold.
const MAX_ROOM: usize = 1000;

/// How long is waited behind a failure of the store.
const PAUSE: Duration = Duration::from_millis(500);

/// What a consumer receives.
pub(super) type Delivery = Result<Item, Status>;

/// What the service asks of a group.
pub(super) enum Command {
    Join {
        caller: Caller,
        room: usize,
        from: String,
        answer: oneshot::Sender<Result<Joined, Status>>,
    },
    Ack {
        consumer: u64,
        ids: Vec<Uuid>,
    },
    Nack {
        consumer: u64,
        ids: Vec<Uuid>,
        action: Action,
        reason: String,
    },
    Info {
        answer: oneshot::Sender<SubscriptionInfo>,
    },
    Replay {
        most: Option<u64>,
        answer: oneshot::Sender<Result<(), Status>>,
    },
    /// Ends the group's task; its consumers are told why.
    End {
        why: Status,
        done: oneshot::Sender<()>,
    },
}

/// A consumer that was let in.
pub(super) struct Joined {
    pub(super) consumer: u64,
    pub(super) deliveries: mpsc::Receiver<Delivery>,
    /// Woken when the consumer has gone away.
    pub(super) gone: Arc<Notify>,
}

struct Consumer {
    id: u64,
    caller: Caller,
    from: String,
    deliveries: mpsc::Sender<Delivery>,
}

pub(super) struct Group {
    id: GroupId,
    settings: Settings,
    filter: Option<Filter>,
    engine: Arc<Engine>,
    book: Book,
    consumers: Vec<Consumer>,
    joined: u64,
    gone: Arc<Notify>,
    at_head: bool,
    kept_at: Instant,
    kept: u64,
    parked_kept: u64,
    /// The store did not answer; nothing is read or written before.
    paused_until: Option<Instant>,
}

impl Group {
    pub(super) async fn begin(engine: Arc<Engine>, id: GroupId, settings: Settings) -> Result<Self, Refusal> {
        let next = parked::checkpoint(&engine, &id).await?.unwrap_or(settings.first);
        let (first_parked, _) = parked::window(&engine, &id).await?;
        let mut book = Book::starting_at(next);
        book.next_parked = first_parked;
        let filter = settings.filter.as_ref().map(super::settings::KeptFilter::filter).transpose();
        let filter = filter.map_err(|status| Refusal::Corrupt(status.message().into()))?;
        Ok(Self {
            id,
            settings,
            filter,
            engine,
            book,
            consumers: Vec::new(),
            joined: 0,
            gone: Arc::new(Notify::new()),
            at_head: false,
            kept_at: Instant::now(),
            kept: next,
            parked_kept: first_parked,
            paused_until: None,
        })
    }

    pub(super) async fn run(mut self, mut commands: mpsc::Receiver<Command>, stop: CancellationToken) {
        let mut head = self.engine.head();
        let gone = Arc::clone(&self.gone);
        loop {
            self.deal();
            let paused = self.paused_until.is_some();
            let hungry =
                !paused && !self.at_head && self.book.has_room() && self.book.waiting() < self.settings.waiting();
            let overdue = self.book.next_overdue();
            let checkpoint = (self.book.finished > 0 && !paused).then(|| self.checkpoint_due());
            tokio::select! {
                command = commands.recv() => match command {
                    Some(Command::End { why, done }) => {
                        self.keep(true).await;
                        self.dismiss(&why);
                        let _ = done.send(());
                        return;
                    }
                    Some(command) => self.serve(command).await,
                    None => return self.keep(true).await,
                },
                () = stop.cancelled() => {
                    self.keep(true).await;
                    return self.dismiss(&Status::unavailable("the server is going away"));
                }
                () = std::future::ready(()), if hungry => {
                    // INVARIANT: marked as seen before the read, so that what comes during it is not missed.
                    head.borrow_and_update();
                    self.read().await;
                }
                Ok(()) = head.changed(), if self.at_head => self.at_head = false,
                () = gone.notified() => self.miss(),
                () = wait(overdue) => self.take_back().await,
                () = wait(checkpoint) => self.keep(false).await,
                () = wait(self.paused_until) => self.paused_until = None,
            }
        }
    }

    async fn serve(&mut self, command: Command) {
        match command {
            Command::Join { caller, room, from, answer } => {
                let _ = answer.send(self.join(caller, room, from));
            }
            Command::Ack { consumer, ids } => {
                for id in ids {
                    self.book.acknowledge(id, consumer);
                }
                self.keep(false).await;
            }
            Command::Nack { consumer, ids, action, reason } => self.refuse(consumer, ids, action, &reason).await,
            Command::Info { answer } => {
                let parked = parked::window(&self.engine, &self.id).await.unwrap_or((0, 0));
                let waiting = parked.1.saturating_sub(self.book.next_parked.max(parked.0));
                let _ = answer.send(self.info(waiting));
            }
            Command::Replay { most, answer } => {
                let _ = answer.send(self.replay(most).await.map_err(|refusal| failure(&refusal)));
            }
            Command::End { .. } => {}
        }
    }

    fn join(&mut self, caller: Caller, room: usize, from: String) -> Result<Joined, Status> {
        self.miss();
        if self.settings.max_consumers > 0 && self.consumers.len() >= self.settings.max_consumers {
            return Err(info::full(&self.id));
        }
        let room = room.clamp(1, MAX_ROOM);
        // One place more than it may hold, for the word that it is over.
        let (deliveries, received) = mpsc::channel(room + 1);
        self.joined += 1;
        let id = self.joined;
        self.consumers.push(Consumer { id, caller, from, deliveries });
        self.book.join(id, room);
        Ok(Joined { consumer: id, deliveries: received, gone: Arc::clone(&self.gone) })
    }

    /// Takes back what consumers held that have gone away.
    fn miss(&mut self) {
        let gone: Vec<_> = self.consumers.extract_if(.., |consumer| consumer.deliveries.is_closed()).collect();
        for consumer in gone {
            self.book.leave(consumer.id);
        }
    }

    fn dismiss(&mut self, why: &Status) {
        for consumer in self.consumers.drain(..) {
            // There is always room for this one; who has gone away need not hear it.
            let _ = consumer.deliveries.try_send(Err(why.clone()));
        }
    }

    fn deal(&mut self) {
        for (id, item) in self.book.deal(&self.settings, Instant::now()) {
            if let Some(consumer) = self.consumers.iter().find(|consumer| consumer.id == id) {
                // Where it has gone away, `miss` takes the event back.
                let _ = consumer.deliveries.try_send(Ok(item));
            }
        }
    }

    async fn refuse(&mut self, consumer: u64, ids: Vec<Uuid>, action: Action, reason: &str) {
        if action == Action::Stop {
            self.consumers.retain(|known| known.id != consumer);
            return self.book.leave(consumer);
        }
        for id in ids {
            match action {
                Action::Unknown | Action::Retry => {
                    if let Some(Fate::Park(item)) = self.book.retry(id, consumer, self.settings.max_retries) {
                        self.park(*item, "too many retries").await;
                    }
                }
                Action::Park => {
                    if let Some(item) = self.book.hand_over(id, consumer) {
                        self.park(item, reason).await;
                    }
                }
                Action::Skip | Action::Stop => {
                    self.book.acknowledge(id, consumer);
                }
            }
        }
        self.keep(false).await;
    }

    async fn take_back(&mut self) {
        for fate in self.book.overdue(Instant::now(), self.settings.max_retries) {
            if let Fate::Park(item) = fate {
                self.park(*item, "too many retries").await;
            }
        }
    }

    async fn park(&mut self, item: Item, reason: &str) {
        match parked::park(&self.engine, &self.id, &item, reason).await {
            Ok(()) => self.book.finish(&item),
            Err(refusal) => {
                self.pause(&refusal);
                // It is not finished, so a consumer gets it once more.
                self.book.take(item);
            }
        }
    }

    async fn replay(&mut self, most: Option<u64>) -> Result<(), Refusal> {
        let limit = most.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX).min(parked::MAX_REPLAY);
        let (items, next) = parked::parked(&self.engine, &self.id, self.book.next_parked, limit).await?;
        // The first one taken last stands first.
        for item in items.into_iter().rev() {
            self.book.take(item);
        }
        self.book.next_parked = next;
        Ok(())
    }

    async fn read(&mut self) {
        let read = match self.id.stream.clone() {
            Some(stream) => self.read_stream(&stream).await,
            None => self.read_all().await,
        };
        if let Err(refusal) = read {
            self.pause(&refusal);
        }
    }

    async fn read_stream(&mut self, stream: &str) -> Result<(), Refusal> {
        let next = self.book.next();
        let page = self.engine.read_stream(stream, Bound::At(next), false, self.settings.read_batch).await;
        let page = match page {
            Ok(StreamPage::Found(page)) => page,
            Ok(StreamPage::NotFound) | Err(Refusal::Deleted { .. }) => {
                self.at_head = true;
                return Ok(());
            }
            Err(refusal) => return Err(refusal),
        };
        self.at_head = page.next.is_none();
        for event in page.events {
            let place = event.revision;
            self.take(event, place).await;
        }
        self.book.looked_to(page.next.unwrap_or(page.last + 1));
        Ok(())
    }

    async fn read_all(&mut self) -> Result<(), Refusal> {
        let events = self.engine.read_all_forwards(self.book.next(), self.settings.read_batch).await?;
        self.at_head = events.is_empty();
        for event in events {
            let place = event.position;
            // What groups keep for themselves would make more of it without end.
            let own = event.stream.starts_with("$persistentsubscription-");
            let wanted = match &self.filter {
                Some(filter) => filter.takes(&event).map_err(|status| Refusal::Bad(status.message().into()))?,
                None => true,
            };
            if wanted && !own {
                self.take(event, place).await;
            }
            self.book.looked_to(place + 1);
        }
        Ok(())
    }

    async fn take(&mut self, event: Recorded, place: u64) {
        let (event, link) = if self.settings.resolve_links && event.event_type == "$>" {
            (parked::target(&self.engine, &event.data).await.unwrap_or(None), Some(event))
        } else {
            (Some(event), None)
        };
        self.book.take(Item { event, link, place: Place::Source(place), retries: 0 });
    }

    fn checkpoint_due(&self) -> Instant {
        self.kept_at + Duration::from_millis(self.settings.checkpoint_after_ms)
    }

    /// Keeps the checkpoint, if it is time.
    async fn keep(&mut self, now: bool) {
        let finished = self.book.finished;
        let due = finished >= self.settings.max_checkpoint
            || (finished >= self.settings.min_checkpoint && Instant::now() >= self.checkpoint_due());
        // A few finished events below the lower bound are kept only at the end.
        if !now && !due {
            if Instant::now() >= self.checkpoint_due() {
                self.kept_at = Instant::now();
            }
            return;
        }
        let (next, parked_until) = (self.book.checkpoint(), self.book.parked_until());
        if next > self.kept {
            match parked::keep_checkpoint(&self.engine, &self.id, next).await {
                Ok(()) => self.kept = next,
                Err(refusal) => return self.pause(&refusal),
            }
        }
        if parked_until > self.parked_kept {
            match parked::truncate(&self.engine, &self.id, parked_until).await {
                Ok(()) => self.parked_kept = parked_until,
                Err(refusal) => return self.pause(&refusal),
            }
        }
        self.book.finished = 0;
        self.kept_at = Instant::now();
    }

    fn pause(&mut self, refusal: &Refusal) {
        tracing::warn!(group = %self.id.group, source = %self.id.source(), %refusal, "a persistent subscription waits");
        self.paused_until = Some(Instant::now() + PAUSE);
    }

    fn info(&self, parked: u64) -> SubscriptionInfo {
        let connections = self.consumers.iter().map(|consumer| {
            let (holds, room) = self.book.hands(consumer.id);
            info::connection(&consumer.caller, &consumer.from, holds, room)
        });
        info::describe(&Snapshot {
            id: &self.id,
            settings: &self.settings,
            book: &self.book,
            last_kept: self.kept,
            head: self.engine.head().borrow().last(),
            live: self.at_head,
            parked,
            connections: connections.collect(),
        })
    }
}

async fn wait(until: Option<Instant>) {
    match until {
        Some(until) => sleep_until(until).await,
        None => std::future::pending().await,
    }
}
