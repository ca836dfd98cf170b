//! The connection to the server, made anew where the official client has given it up.
//!
//! Where that client looks for a server, at its first call or for a leader that it was told of, and finds none, it ends the task that
//! holds its connection, and every later call is answered that the connection is closed, for ever. So whoever hears that gets a new
//! client for the next call.

use super::events::read_error;
use kurrentdb::{Client, ClientSettings, Error};
use siyi_log::port::ReadError;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(super) struct Connection {
    settings: ClientSettings,
    current: Mutex<Current>,
}

/// The client in use, and how many there were before it.
#[derive(Clone)]
struct Current {
    client: Client,
    number: u64,
}

/// The client for one call.
pub(super) struct Used {
    connection: Arc<Connection>,
    pub(super) client: Client,
    number: u64,
}

impl Connection {
    pub(super) fn new(settings: ClientSettings) -> Result<Arc<Self>, ReadError> {
        let client = client(&settings)?;
        Ok(Arc::new(Self { settings, current: Mutex::new(Current { client, number: 0 }) }))
    }

    pub(super) fn used(self: &Arc<Self>) -> Used {
        let Current { client, number } = self.current().clone();
        Used { connection: Arc::clone(self), client, number }
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Used {
    /// What an error of the call means to its caller. After one with which the client ends, the next call has another client.
    pub(super) fn error(&self, error: &Error) -> ReadError {
        if matches!(error, Error::ConnectionClosed | Error::GrpcConnectionError(_)) {
            let mut current = self.connection.current();
            // Others may have heard the same of the same client.
            if current.number == self.number
                && let Ok(client) = client(&self.connection.settings)
            {
                *current = Current { client, number: self.number + 1 };
            }
        }
        read_error(error)
    }
}

/// Connects at its first call.
fn client(settings: &ClientSettings) -> Result<Client, ReadError> {
    Client::new(settings.clone()).map_err(|error| ReadError::Unavailable { reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        guardian::{Open, Rights},
        serve::{Options, Ready},
    };
    use kurrentdb::ReadAllOptions;
    use siyi_log::memory::MemoryStore;
    use tokio::net::TcpListener;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_client_that_has_given_up_is_followed_by_another() {
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let connection = Connection::new(format!("kurrentdb://{address}?tls=false").parse().unwrap()).unwrap();
        let ask = async || {
            let used = connection.used();
            let answer = used.client.read_all(&ReadAllOptions::default().max_count(1)).await;
            answer.map(drop).map_err(|error| used.error(&error))
        };
        for _ in 0..3 {
            assert_eq!(ask().await.unwrap_err().code(), "store-unavailable");
        }
        let (listener, guardian) = (TcpListener::bind(address).await.unwrap(), Arc::new(Open(Rights::CLIENT)));
        let log = Arc::new(MemoryStore::new());
        let face = Ready::open(listener, Options::default(), log, guardian, folder.path()).await.unwrap();
        tokio::spawn(face.run(std::future::pending()));
        ask().await.unwrap();
    }
}
