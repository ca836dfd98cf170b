//! A log in which something happens between two steps of somebody else: how a race is shown without luck.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures::FutureExt;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use siyi_log::port::{
    AllFrom, AppendError, Appended, Batch, Direction, EventStore, Expected, NewEvent, Position, ReadError, ReadFrom,
    StoredEvent, StreamName,
};
use uuid::Uuid;

/// A log in which, once a stream has been read to its end, something happens before the reader goes on. It happens once.
pub struct Between {
    log: Arc<dyn EventStore>,
    stream: StreamName,
    happens: Mutex<Option<BoxFuture<'static, ()>>>,
}

impl Between {
    /// Over a log.
    #[must_use]
    pub fn new(
        log: Arc<dyn EventStore>,
        stream: StreamName,
        happens: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        Self { log, stream, happens: Mutex::new(Some(happens.boxed())) }
    }
}

#[async_trait]
impl EventStore for Between {
    async fn append(
        &self,
        stream: &StreamName,
        expected: Expected,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        self.log.append(stream, expected, events).await
    }

    async fn read_stream(
        &self,
        stream: &StreamName,
        from: ReadFrom,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, ReadError> {
        let read = self.log.read_stream(stream, from, direction, limit).await?;
        if *stream == self.stream && read.is_empty() {
            let happens = self.happens.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(happens) = happens {
                happens.await;
            }
        }
        Ok(read)
    }

    async fn read_all(&self, from: AllFrom, direction: Direction, limit: usize) -> Result<Vec<StoredEvent>, ReadError> {
        self.log.read_all(from, direction, limit).await
    }

    async fn head(&self) -> Result<Option<Position>, ReadError> {
        self.log.head().await
    }

    async fn find(&self, id: Uuid) -> Result<Option<StoredEvent>, ReadError> {
        self.log.find(id).await
    }

    fn follow_batches(&self, after: Option<Position>, max: usize) -> BoxStream<'static, Result<Batch, ReadError>> {
        self.log.follow_batches(after, max)
    }
}
