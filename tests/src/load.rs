//! Many matters for benches: the events of a real one under new identifiers.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt};
use serde_json::Value;
use siyi_log::canonical::canonical_bytes;
use siyi_log::port::{Direction, EventStore, Expected, NewEvent, ReadFrom, StoredEvent, StreamName};
use uuid::Uuid;

/// A failure while the load is made; its text is for people.
pub type LoadError = Box<dyn std::error::Error + Send + Sync>;

/// Copies are appended by this many writers at once.
const AT_ONCE: usize = 64;

/// The events of one stream.
///
/// # Errors
/// If the log cannot be read.
pub async fn stream(store: &dyn EventStore, stream: &str) -> Result<Vec<StoredEvent>, LoadError> {
    let stream = StreamName::new(stream)?;
    Ok(store.read_stream(&stream, ReadFrom::Start, Direction::Forwards, 10_000).await?)
}

/// Appends `copies` of a matter's events, each as a matter of its own: new stream, new event ids, the rest as it was.
///
/// # Errors
/// If the log does not take them.
pub async fn copy_matter(template: &[StoredEvent], copies: u128, into: &Arc<dyn EventStore>) -> Result<(), LoadError> {
    let bodies: Vec<Value> = template.iter().map(|e| serde_json::from_slice(&e.body)).collect::<Result<_, _>>()?;
    futures::stream::iter(1..=copies)
        .map(|number| {
            let (bodies, into) = (&bodies, Arc::clone(into));
            async move { copy(template, bodies, number, &into).await }
        })
        .buffer_unordered(AT_ONCE)
        .try_collect::<Vec<()>>()
        .await?;
    Ok(())
}

async fn copy(
    template: &[StoredEvent],
    bodies: &[Value],
    number: u128,
    into: &Arc<dyn EventStore>,
) -> Result<(), LoadError> {
    let matter = Uuid::from_u128(0x5171_0000_0000_4000_8000_0000_0000_0000 + number);
    let stream = StreamName::new(format!("consultation-{matter}"))?;
    let mut events = Vec::with_capacity(template.len());
    for (revision, (event, body)) in (0u128..).zip(template.iter().zip(bodies)) {
        let id = Uuid::from_u128((number << 32) + revision + 1);
        let mut body = body.clone();
        if let Some(fields) = body.as_object_mut() {
            fields.insert("stream".to_owned(), Value::String(stream.to_string()));
            fields.insert("id".to_owned(), Value::String(id.to_string()));
        }
        events.push(NewEvent::from_canonical(id, event.event_type.clone(), canonical_bytes(&body)?)?);
    }
    into.append(&stream, Expected::NoStream, events).await?;
    Ok(())
}
