//! `/graphql/ws`: subscriptions over a websocket that is not kept by whoever has gone, and that does nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use async_graphql::{Data, ErrorExtensionValues, Executor, Request, Response, ServerError};
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::extract::ws::{Message, WebSocket};
use futures::stream::BoxStream;
use futures::{SinkExt, StreamExt};

use super::doors::Credentials;
use super::{SiyiSchema, limits};
use crate::gate::Caller;
use crate::server::places::Place;

/// Largest message of a subscriber in bytes.
pub const MAX_MESSAGE_BYTES: usize = 64 * 1024;
/// Subscriptions of one socket at once.
pub const MAX_SUBSCRIPTIONS: usize = 8;
/// Answers that wait to be taken by a slow subscriber; then the log is read no further for it.
const WAITING: usize = 16;

/// A subscriber's socket.
pub(super) struct Socket {
    pub(super) schema: SiyiSchema,
    pub(super) protocol: GraphQLProtocol,
    pub(super) caller: Caller,
    pub(super) credentials: Credentials,
    pub(super) introspection: bool,
    pub(super) ping: Duration,
    /// Held for as long as the socket is open.
    pub(super) place: Place,
}

impl Socket {
    /// Serves until one side ends it, or the other side has not been heard of for twice the time of a ping.
    pub(super) async fn serve(self, socket: WebSocket) {
        let (mut out, heard) = socket.split();
        let (answers, mut waiting) = futures::channel::mpsc::channel::<Message>(WAITING);
        let patience = self.ping.saturating_mul(2);
        // Pongs count as signs of life and are no messages; they are dropped by the protocol behind this.
        let heard = Box::pin(futures::stream::unfold(heard, move |mut heard| async move {
            let next = tokio::time::timeout(patience, heard.next()).await.ok()??;
            Some((next, heard))
        }));
        let mut data = Data::default();
        data.insert(self.caller);
        data.insert(Arc::new(self.credentials));
        let executor = Following { schema: self.schema, introspection: self.introspection, open: Arc::default() };
        let serving = GraphQLWebSocket::new_with_pair(answers, heard, executor, self.protocol).with_data(data).serve();
        let ping = self.ping;
        let sending = async move {
            loop {
                let message = match tokio::time::timeout(ping, waiting.next()).await {
                    Ok(Some(message)) => message,
                    Ok(None) => break,
                    Err(_) => Message::Ping(bytes::Bytes::new()),
                };
                if out.send(message).await.is_err() {
                    break;
                }
            }
            // The other side may have gone already.
            let _ = out.close().await;
        };
        tokio::join!(serving, sending);
        drop(self.place);
    }
}

/// Executes subscriptions and nothing else, within the limits of a document.
#[derive(Clone)]
struct Following {
    schema: SiyiSchema,
    introspection: bool,
    open: Arc<AtomicUsize>,
}

/// One of a socket's subscriptions, counted until it is dropped.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Following {
    fn check(&self, request: &mut Request) -> Result<Counted, ServerError> {
        limits::check(&request.query).map_err(|too_much| no(too_much.code, too_much.message))?;
        let only = match request.parsed_query() {
            Ok(document) => document.operations.iter().all(|(_, one)| one.node.ty == OperationType::Subscription),
            Err(error) => return Err(error),
        };
        if !only {
            return Err(no("only-subscriptions", "queries and mutations are answered by POST"));
        }
        if self.open.fetch_add(1, Ordering::Relaxed) >= MAX_SUBSCRIPTIONS {
            self.open.fetch_sub(1, Ordering::Relaxed);
            return Err(no("too-many-subscriptions", "this socket has too many subscriptions"));
        }
        Ok(Counted(Arc::clone(&self.open)))
    }
}

impl Executor for Following {
    async fn execute(&self, _: Request) -> Response {
        told(no("only-subscriptions", "queries and mutations are answered by POST"))
    }

    fn execute_stream(&self, mut request: Request, session: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        match self.check(&mut request) {
            Ok(counted) => {
                let request = if self.introspection { request } else { request.disable_introspection() };
                let answers = Executor::execute_stream(&self.schema, request, session);
                answers
                    .map(move |mut answer| {
                        let _ = &counted;
                        limits::name_errors(&mut answer.errors);
                        answer
                    })
                    .boxed()
            }
            Err(error) => futures::stream::once(std::future::ready(told(error))).boxed(),
        }
    }
}

fn no(code: &str, message: &str) -> ServerError {
    let mut error = ServerError::new(message, None);
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", code);
    error
}

fn told(error: ServerError) -> Response {
    let mut errors = vec![error];
    limits::name_errors(&mut errors);
    Response::from_errors(errors)
}
