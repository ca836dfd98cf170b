//! TLS by rustls: version 1.2 or newer, HTTP/1.1 only, a private key that nobody else may read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum_server::tls_rustls::RustlsConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use siyi_log::{PrivateFile, PrivateFileError};
use zeroize::Zeroizing;

/// Largest file of a certificate or a key in bytes.
pub const MAX_PEM_BYTES: usize = 64 * 1024;

/// A certificate with its key, ready to serve.
#[derive(Debug, Clone)]
pub struct Tls(RustlsConfig);

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("tls-file-unreadable: {0}")]
    Unreadable(PrivateFileError),
    /// Others may read the key.
    #[error("tls-key-mode: {0}: chmod 600")]
    KeyMode(PrivateFileError),
    /// No certificate or no key in a file.
    #[error("tls-malformed: `{0}` holds no {1} in PEM")]
    Malformed(PathBuf, &'static str),
    /// The two do not belong together, or are of a kind that is not known.
    #[error("tls-mismatch: {0}")]
    Mismatch(#[from] rustls::Error),
}

impl From<PrivateFileError> for TlsError {
    fn from(error: PrivateFileError) -> Self {
        match error {
            PrivateFileError::Exposed { .. } => Self::KeyMode(error),
            PrivateFileError::Missing { .. }
            | PrivateFileError::Malformed { .. }
            | PrivateFileError::Unavailable { .. } => Self::Unreadable(error),
        }
    }
}

impl TlsError {
    /// The stable public code, with which the text begins too.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "tls-file-unreadable",
            Self::KeyMode(_) => "tls-key-mode",
            Self::Malformed(..) => "tls-malformed",
            Self::Mismatch(_) => "tls-mismatch",
        }
    }
}

impl Tls {
    /// From a certificate with its chain and its key, both in PEM.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn from_files(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&read(certificate, false)?)
            .collect::<Result<_, _>>()
            .map_err(|_| TlsError::Malformed(certificate.to_owned(), "certificate"))?;
        if chain.is_empty() {
            return Err(TlsError::Malformed(certificate.to_owned(), "certificate"));
        }
        let private = PrivateKeyDer::from_pem_slice(&read(key, true)?)
            .map_err(|_| TlsError::Malformed(key.to_owned(), "private key"))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13, &TLS12])?
            .with_no_client_auth()
            .with_single_cert(chain, private)?;
        // Floods of streams within one connection (CVE-2023-44487 and its kin) need HTTP/2; village pages do not.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(RustlsConfig::from_config(Arc::new(config))))
    }

    pub(super) fn config(&self) -> RustlsConfig {
        self.0.clone()
    }
}

/// A file's bytes; a secret one must be this process's user's alone.
fn read(path: &Path, secret: bool) -> Result<Zeroizing<Vec<u8>>, TlsError> {
    let file = PrivateFile::open(path)?;
    if secret {
        file.is_ours_alone()?;
    }
    Ok(file.read(MAX_PEM_BYTES)?)
}
