//! Where the files of several nodes lie.

use super::{error::ObjectsError, http::Http};
use object_store::{
    BackoffConfig, ObjectStore, RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    local::LocalFileSystem,
    path::Path,
};
use std::{fmt, path::PathBuf, sync::Arc, time::Duration};
use url::Url;

/// How often a request is made again that got no answer or a 5xx, and until when.
const RETRIES: RetryConfig = RetryConfig {
    backoff: BackoffConfig { init_backoff: Duration::from_millis(100), max_backoff: Duration::from_secs(2), base: 2.0 },
    max_retries: 3,
    retry_timeout: Duration::from_secs(30),
};

/// `s3://bucket/prefix`, or `file:///folder` for a folder that all nodes mount.
#[derive(Clone)]
pub struct Place {
    address: String,
    at: At,
}

#[derive(Clone)]
enum At {
    /// With the settings and the prefix.
    S3(Box<AmazonS3Builder>, Path),
    Folder(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.address)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the settings, among which is a secret.
        f.debug_tuple("Place").field(&self.address).finish()
    }
}

impl Place {
    /// A place by its address. How to reach S3 stands in settings that have the names of environment variables: `AWS_ENDPOINT_URL`,
    /// `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_CA_BUNDLE` (a file of authorities) and
    /// the others that [`AmazonS3ConfigKey`] knows. Proxies are not used.
    ///
    /// # Errors
    /// [`ObjectsError::AddressMalformed`], [`ObjectsError::NotProtected`].
    pub fn new(address: &str, settings: impl IntoIterator<Item = (String, String)>) -> Result<Self, ObjectsError> {
        let url: Url = address.parse().map_err(|_| malformed("s3://bucket/prefix or file:///folder"))?;
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
            return Err(malformed("credentials and options stand in AWS_ variables, not in the address"));
        }
        let at = match url.scheme() {
            "s3" => s3(&url, settings)?,
            "file" => At::Folder(url.to_file_path().map_err(|()| malformed("file:///folder, on this machine"))?),
            _ => return Err(malformed("s3://bucket/prefix or file:///folder")),
        };
        Ok(Self { address: address.trim_end_matches('/').to_owned(), at })
    }

    /// Whether it is a folder that all nodes mount.
    pub(super) const fn is_mounted(&self) -> bool {
        matches!(self.at, At::Folder(_))
    }

    /// The store, and where in it the files lie.
    pub(super) fn store(&self) -> Result<(Arc<dyn ObjectStore>, Path), ObjectsError> {
        match &self.at {
            At::S3(settings, prefix) => {
                let store = settings.as_ref().clone().build().map_err(|error| malformed(&error.to_string()))?;
                Ok((Arc::new(store), prefix.clone()))
            }
            At::Folder(folder) => {
                // Not created: a folder that is not mounted would pass for an empty one.
                let missing = |_| ObjectsError::Missing { place: self.to_string() };
                let store = LocalFileSystem::new_with_prefix(folder).map_err(missing)?.with_fsync(true);
                Ok((Arc::new(store), Path::default()))
            }
        }
    }
}

fn s3(url: &Url, settings: impl IntoIterator<Item = (String, String)>) -> Result<At, ObjectsError> {
    let bucket = url.host_str().ok_or_else(|| malformed("s3://bucket/prefix"))?;
    let prefix = Path::from_url_path(url.path()).map_err(|_| malformed("the prefix is made of plain names"))?;
    let (mut builder, mut authorities) = (AmazonS3Builder::new(), None);
    for (name, value) in settings.into_iter().filter(|(name, _)| name.starts_with("AWS_")) {
        if name == "AWS_CA_BUNDLE" {
            let unread = |error: std::io::Error| malformed(&format!("AWS_CA_BUNDLE names a file: {}", error.kind()));
            authorities = Some(std::fs::read(value).map_err(unread)?);
        } else if let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
            builder = builder.with_config(key, value);
        }
    }
    let endpoint = |key| builder.get_config_value(&key);
    if let Some(endpoint) = endpoint(AmazonS3ConfigKey::S3Endpoint).or_else(|| endpoint(AmazonS3ConfigKey::Endpoint)) {
        let endpoint: Url = endpoint.parse().map_err(|_| malformed("AWS_ENDPOINT_URL is an https address"))?;
        if endpoint.scheme() != "https" && !is_this_machine(&endpoint) {
            return Err(ObjectsError::NotProtected { host: endpoint.host_str().unwrap_or_default().into() });
        }
        builder = builder.with_allow_http(endpoint.scheme() == "http");
    }
    // Deleted one by one: every server can do that, and says what is wrong with it.
    let builder = builder
        .with_bucket_name(bucket)
        .with_retry(RETRIES)
        .with_http_connector(Http::new(authorities.as_deref())?)
        .with_config(AmazonS3ConfigKey::DisableBulkDelete, "true");
    Ok(At::S3(Box::new(builder), prefix))
}

fn is_this_machine(endpoint: &Url) -> bool {
    match endpoint.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn malformed(what: &str) -> ObjectsError {
    ObjectsError::AddressMalformed { what: what.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(address: &str, endpoint: &str) -> &'static str {
        let settings = [("AWS_ENDPOINT_URL".to_owned(), endpoint.to_owned())];
        Place::new(address, settings).map_or_else(|error| error.code(), |_| "fine")
    }

    #[test]
    fn beyond_this_machine_only_by_tls() {
        for endpoint in ["https://s3.example", "http://127.0.0.1:9000", "http://[::1]:9000", "http://localhost:9000"] {
            assert_eq!(code("s3://files/village", endpoint), "fine", "{endpoint}");
        }
        for endpoint in ["http://s3.example", "http://192.0.2.1:9000", "ftp://s3.example"] {
            assert_eq!(code("s3://files/village", endpoint), "attachments-not-protected", "{endpoint}");
        }
        assert_eq!(code("s3://files", "no address"), "attachments-address-malformed");
    }

    #[test]
    fn an_address_that_does_not_read_is_not_repeated() {
        for address in
            ["files", "http://files", "s3:///x", "s3://k:geheim@files", "s3://files/x?geheim", "file://geheim/x"]
        {
            let error = Place::new(address, []).unwrap_err();
            assert_eq!(error.code(), "attachments-address-malformed", "{address}");
            assert!(!error.to_string().contains("geheim"), "{error}");
        }
    }

    #[test]
    fn what_is_printed_holds_no_secret() {
        let secret = ("AWS_SECRET_ACCESS_KEY".to_owned(), "geheim".to_owned());
        let place = Place::new("s3://files/village/", [secret]).unwrap();
        assert_eq!(
            (format!("{place}"), format!("{place:?}")),
            ("s3://files/village".into(), "Place(\"s3://files/village\")".into())
        );
    }
}
