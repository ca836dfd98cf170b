//! The two cookies: a session's, and that of a browser before its session.

use axum::http::{HeaderMap, header};
use url::Url;

/// How the cookies are called. With https they are the host's own (`__Host-`, RFC 6265bis, section 4.1.3.2), so that no other host of
/// the domain can plant one; plain http on this machine allows no such name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names {
    pub(super) session: &'static str,
    pub(super) browser: &'static str,
    secure: bool,
}

impl Names {
    pub(super) fn of(public: &Url) -> Self {
        if public.scheme() == "https" {
            Self { session: "__Host-siyi", browser: "__Host-siyi-browser", secure: true }
        } else {
            Self { session: "siyi", browser: "siyi-browser", secure: false }
        }
    }

    /// The header that sets a cookie until the browser is closed.
    pub(super) fn set(self, name: &str, value: &str) -> String {
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{}", self.security())
    }

    /// The header that takes a cookie away.
    pub(super) fn unset(self, name: &str) -> String {
        format!("{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{}", self.security())
    }

    const fn security(self) -> &'static str {
        if self.secure { "; Secure" } else { "" }
    }
}

/// Longest value of a cookie that is looked at; ours have 43 characters.
const LONGEST: usize = 64;

/// A cookie's value; none where it was sent twice, because then nobody knows which of them is ours.
pub(super) fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = sent.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut found = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value);
    match (found.next(), found.next()) {
        (Some(value), None) if (1..=LONGEST).contains(&value.len()) => Some(value.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(address: &str) -> Names {
        Names::of(&address.parse().unwrap())
    }

    #[test]
    fn with_https_a_cookie_is_the_host_s_own() {
        let names = names("https://siyi.example");
        let set = names.set(names.session, "x");
        assert_eq!(set, "__Host-siyi=x; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert!(!set.contains("Domain"));
    }

    #[test]
    fn a_cookie_that_came_twice_is_none() {
        let mut headers = HeaderMap::new();
        headers.append("cookie", "a=1; siyi=ours".parse().unwrap());
        assert_eq!(read(&headers, "siyi").as_deref(), Some("ours"));
        assert_eq!(read(&headers, "iyi"), None);
        headers.append("cookie", "siyi=planted".parse().unwrap());
        assert_eq!(read(&headers, "siyi"), None);
    }
}
