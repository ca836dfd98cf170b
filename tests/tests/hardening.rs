//! The server as strangers meet it: over real connections, with wrong headers, too slowly, too often.

#[path = "hardening/connections.rs"]
mod connections;
#[path = "hardening/documents.rs"]
mod documents;
#[path = "hardening/everywhere.rs"]
mod everywhere;
#[path = "hardening/proxies.rs"]
mod proxies;
#[path = "hardening/rates.rs"]
mod rates;
#[path = "hardening/serving.rs"]
mod serving;
#[path = "hardening/sockets.rs"]
mod sockets;
#[path = "hardening/tls.rs"]
mod tls;
