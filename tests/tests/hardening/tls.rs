//! TLS by the program itself.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use siyi_api::server::tls::Tls;
use siyi_api::server::{Exposure, Options};
use tempfile::TempDir;

use super::serving::{Server, blocking, connect, header, status, strict, text};

struct Files {
    _folder: TempDir,
    certificate: PathBuf,
    key: PathBuf,
    der: CertificateDer<'static>,
}

fn write(path: &Path, text: &str, mode: u32) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn files() -> Files {
    let folder = TempDir::new().unwrap();
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    write(&certificate, &cert.pem(), 0o644);
    write(&key, &signing_key.serialize_pem(), 0o600);
    Files { _folder: folder, certificate, key, der: cert.der().clone() }
}

fn options(files: &Files) -> Options {
    let tls = Tls::from_files(&files.certificate, &files.key).unwrap();
    Options { exposure: Exposure::Tls, tls: Some(tls), ..strict() }
}

fn client(files: &Files, version: &'static rustls::SupportedProtocolVersion) -> Arc<rustls::ClientConfig> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(files.der.clone()).unwrap();
    let mut config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Arc::new(config)
}

#[tokio::test(flavor = "multi_thread")]
async fn both_versions_of_tls_are_spoken_with_strict_transport_and_no_http_2() {
    let files = files();
    let server = Server::start(options(&files)).await;
    for version in [&TLS12, &TLS13] {
        let (address, config) = (server.address, client(&files, version));
        let (answer, spoken) = blocking(move || {
            let connection = rustls::ClientConnection::new(config, ServerName::try_from("localhost").unwrap()).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, connect(address));
            stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: siyi.example\r\nconnection: close\r\n\r\n").unwrap();
            let answer = text(&mut stream);
            (answer, stream.conn.alpn_protocol().map(<[u8]>::to_vec))
        })
        .await;
        assert_eq!(status(&answer), 200, "{version:?}");
        assert_eq!(header(&answer, "strict-transport-security"), Some("max-age=31536000; includeSubDomains"));
        assert_eq!(spoken.as_deref(), Some(b"http/1.1".as_slice()));
    }
}

/// The first flight of TLS 1.0 or 1.1 with one old cipher suite and no extensions (RFC 4346, section 7.4.1.2).
fn old_hello(minor: u8) -> Vec<u8> {
    let mut hello = vec![3, minor];
    hello.extend([7; 32]);
    hello.extend([0, 0, 2, 0x00, 0x2f, 1, 0]);
    let length = u8::try_from(hello.len()).unwrap();
    let mut record = vec![22, 3, 1, 0, length + 4, 1, 0, 0, length];
    record.extend(hello);
    record
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_older_and_nothing_in_clear_is_answered() {
    let files = files();
    let server = Server::start(options(&files)).await;
    let address = server.address;
    blocking(move || {
        for (what, first) in [
            ("TLS 1.0", old_hello(1)),
            ("TLS 1.1", old_hello(2)),
            ("clear", b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n".to_vec()),
        ] {
            let mut stream = connect(address);
            stream.write_all(&first).unwrap();
            let mut answer = Vec::new();
            // Closed hard or softly: what counts is what was said.
            let _ = stream.read_to_end(&mut answer);
            // An alert, or nothing (RFC 8446, section 6).
            assert!(answer.is_empty() || answer[0] == 21, "{what}: {answer:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_that_does_not_go_on_is_given_up() {
    let files = files();
    let mut options = options(&files);
    options.times.handshake = Duration::from_millis(60);
    let server = Server::start(options).await;
    let mut slow = server.connect();
    slow.write_all(&[22, 3, 1]).unwrap();
    assert_eq!(blocking(move || text(&mut slow)).await, "");
}

#[test]
fn a_key_that_others_may_read_is_not_used() {
    let files = files();
    for mode in [0o644, 0o640, 0o604, 0o660, 0o700] {
        std::fs::set_permissions(&files.key, std::fs::Permissions::from_mode(mode)).unwrap();
        let error = Tls::from_files(&files.certificate, &files.key).unwrap_err();
        assert_eq!(error.code(), "tls-key-mode", "{mode:o}");
        assert!(error.to_string().starts_with(error.code()) && error.to_string().contains("chmod 600"));
    }
    std::fs::set_permissions(&files.key, std::fs::Permissions::from_mode(0o400)).unwrap();
    assert!(Tls::from_files(&files.certificate, &files.key).is_ok());
}

#[test]
fn what_is_no_certificate_or_not_its_key_says_so() {
    let (one, other) = (files(), files());
    let code = |certificate: &Path, key: &Path| Tls::from_files(certificate, key).unwrap_err().code();
    assert_eq!(code(&one.certificate, &other.key), "tls-mismatch");
    assert_eq!(code(&one.key, &one.key), "tls-malformed");
    let empty = one.key.with_file_name("empty.pem");
    write(&empty, "", 0o600);
    assert_eq!(code(&one.certificate, &empty), "tls-malformed");
    assert_eq!(code(&one.key.with_file_name("none.pem"), &one.key), "tls-file-unreadable");
}
