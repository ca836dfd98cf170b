//! What a reader asked for besides the page itself: language, size of type, and where in a long list to go on.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query};
use axum::http::header::IF_NONE_MATCH;
use axum::http::request::Parts;

use super::lang::Lang;
use crate::gate::Caller;

/// A reader's wishes, from the address.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// `?lang=en`
    pub lang: Lang,
    /// `?type=large`: the version for those who see poorly (大字版).
    pub large: bool,
    /// `?after=…`: the last item of the list before.
    pub after: Option<String>,
    /// The path asked for.
    pub path: String,
    /// The entity tags that the reader holds already.
    pub held: String,
    /// Who reads.
    pub caller: Caller,
}

impl<S: Sync> FromRequestParts<S> for Ask {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let pairs: Vec<(String, String)> =
            Query::try_from_uri(&parts.uri).map(|Query(pairs)| pairs).unwrap_or_default();
        let wish = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let held = parts.headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        Ok(Self {
            lang: if wish("lang") == Some("en") { Lang::En } else { Lang::Zh },
            large: wish("type") == Some("large"),
            after: wish("after").filter(|after| is_plain(after)).map(str::to_owned),
            path: parts.uri.path().to_owned(),
            held: held.unwrap_or_default().to_owned(),
            caller: parts.extensions.get::<Caller>().cloned().unwrap_or_default(),
        })
    }
}

/// Cursors are codes, numbers and counts; anything else is no cursor of ours.
fn is_plain(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

impl Ask {
    /// A link to `path` that keeps language and size of type.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        address(path, self.lang, self.large, None)
    }

    /// A link to the part of this page's list after `cursor`.
    #[must_use]
    pub fn link_after(&self, cursor: &str) -> String {
        address(&self.path, self.lang, self.large, Some(cursor))
    }

    /// This page in the other language.
    #[must_use]
    pub fn link_other_language(&self) -> String {
        address(&self.path, self.lang.other(), self.large, self.after.as_deref())
    }

    /// This page in the other size of type.
    #[must_use]
    pub fn link_other_size(&self) -> String {
        address(&self.path, self.lang, !self.large, self.after.as_deref())
    }
}

fn address(path: &str, lang: Lang, large: bool, after: Option<&str>) -> String {
    let wishes = [
        (lang == Lang::En).then(|| "lang=en".to_owned()),
        large.then(|| "type=large".to_owned()),
        after.map(|cursor| format!("after={cursor}")),
    ];
    let wishes: Vec<String> = wishes.into_iter().flatten().collect();
    if wishes.is_empty() { path.to_owned() } else { format!("{path}?{}", wishes.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_what_the_reader_asked_for() {
        let ask = Ask { lang: Lang::En, large: true, path: "/j/1".to_owned(), ..Ask::default() };
        assert_eq!(ask.link("/"), "/?lang=en&type=large");
        assert_eq!(ask.link_after("7"), "/j/1?lang=en&type=large&after=7");
        assert_eq!(ask.link_other_language(), "/j/1?type=large");
        assert_eq!(Ask::default().link("/"), "/");
    }
}
