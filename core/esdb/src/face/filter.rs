//! Which events of all a client wants to see.

use super::status::invalid;
use crate::{
    record::Recorded,
    wire::shared::{FilterOptions, filter_options},
};
use fancy_regex::{Regex, RegexBuilder};
use tonic::Status;

/// The longest pattern in bytes.
const MAX_PATTERN: usize = 1024;

/// The most prefixes.
const MAX_PREFIXES: usize = 256;

/// How many steps back a pattern may take on one name. Clients send look-aheads, which need steps back; a pattern that
/// needs more than these on a name is refused rather than run for minutes.
const MAX_STEPS: usize = 10_000;

/// A filter by the name of the stream or by the type.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    by_stream: bool,
    matcher: Matcher,
    /// A checkpoint is said after so many events that were looked at.
    pub(crate) checkpoint_every: u64,
}

#[derive(Clone, Debug)]
enum Matcher {
    Pattern(Box<Regex>),
    Prefixes(Vec<String>),
}

impl Filter {
    pub(crate) fn read(options: FilterOptions) -> Result<Self, Status> {
        use filter_options::{Filter as By, Window};
        let (by_stream, expression) = match options.filter {
            Some(By::StreamIdentifier(expression)) => (true, expression),
            Some(By::EventType(expression)) => (false, expression),
            None => return Err(invalid("the filter says neither streams nor types")),
        };
        if options.checkpoint_interval_multiplier == 0 {
            return Err(invalid("'checkpoint_interval_multiplier' must be greater than 0"));
        }
        let window = match options.window {
            Some(Window::Max(0)) => return Err(invalid("'max' must be greater than 0")),
            Some(Window::Max(window)) => u64::from(window),
            Some(Window::Count(())) | None => u64::from(u32::MAX),
        };
        let checkpoint_every = window.saturating_mul(u64::from(options.checkpoint_interval_multiplier));
        let matcher = if expression.regex.is_empty() {
            if expression.prefix.len() > MAX_PREFIXES {
                return Err(invalid(format!("a filter has at most {MAX_PREFIXES} prefixes")));
            }
            Matcher::Prefixes(expression.prefix)
        } else {
            Matcher::Pattern(Box::new(pattern(&expression.regex)?))
        };
        Ok(Self { by_stream, matcher, checkpoint_every })
    }

    /// Whether the client wants to see the event.
    pub(crate) fn takes(&self, event: &Recorded) -> Result<bool, Status> {
        let name: &str = if self.by_stream { &event.stream } else { &event.event_type };
        match &self.matcher {
            Matcher::Prefixes(prefixes) => {
                Ok(prefixes.is_empty() || prefixes.iter().any(|prefix| name.starts_with(prefix)))
            }
            Matcher::Pattern(pattern) => pattern.is_match(name).map_err(|_| {
                invalid(format!("the pattern of the filter takes more than {MAX_STEPS} steps back on one name"))
            }),
        }
    }
}

fn pattern(text: &str) -> Result<Regex, Status> {
    if text.len() > MAX_PATTERN {
        return Err(invalid(format!("the pattern of a filter has at most {MAX_PATTERN} bytes")));
    }
    RegexBuilder::new(text)
        .backtrack_limit(MAX_STEPS)
        .delegate_size_limit(1 << 20)
        .delegate_dfa_size_limit(1 << 20)
        .build()
        .map_err(|error| invalid(format!("the pattern of the filter does not read: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::shared::filter_options::{Expression, Filter as By, Window};
    use uuid::Uuid;

    fn filter(regex: &str) -> Result<Filter, Status> {
        Filter::read(FilterOptions {
            filter: Some(By::EventType(Expression { regex: regex.into(), prefix: Vec::new() })),
            window: Some(Window::Max(32)),
            checkpoint_interval_multiplier: 5,
        })
    }

    fn event(event_type: &str) -> Recorded {
        Recorded {
            id: Uuid::nil(),
            stream: "s".into(),
            revision: 0,
            position: 1,
            event_type: event_type.into(),
            json: true,
            created: 0,
            data: bytes::Bytes::new(),
            metadata: bytes::Bytes::new(),
        }
    }

    #[test]
    fn the_default_filter_of_python_is_understood() {
        let filter = filter(r"^(?!(\$.+$|PersistentConfig\d+$|Result$))").unwrap();
        assert_eq!(filter.checkpoint_every, 160);
        assert!(filter.takes(&event("OrderPlaced")).unwrap());
        for system in ["$metadata", "PersistentConfig1", "Result"] {
            assert!(!filter.takes(&event(system)).unwrap(), "{system}");
        }
    }

    #[test]
    fn a_pattern_is_searched_for() {
        assert!(filter("lace").unwrap().takes(&event("OrderPlaced")).unwrap());
    }

    #[test]
    fn a_pattern_that_explodes_is_refused_soon() {
        let bomb = filter(r"^(?!x)(a*)*(?=b)\1c$").or_else(|_| filter(r"^(?=(a+)+$)(a|a)*(?!a)b$")).unwrap();
        let status = bomb.takes(&event(&"a".repeat(200))).unwrap_err();
        assert_eq!(status.code(), tonic::Code::InvalidArgument);
    }

    #[test]
    fn a_pattern_that_does_not_read_is_refused() {
        assert!(filter("(").is_err());
        assert!(filter(&"a".repeat(2000)).is_err());
        assert!(filter("(a{1000}){1000}").is_err());
    }
}
