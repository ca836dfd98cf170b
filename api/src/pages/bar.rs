//! A bar on which one sees a share: drawn as SVG, told in words beside it, in whole thousandths and never in floats.

/// A bar. Its parts lie one after the other on a track of the whole; a mark shows the least that the rule asks for.
#[derive(Debug, Clone)]
pub struct Bar {
    /// Unique in its page.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// The same in words.
    pub description: String,
    /// Its parts.
    pub parts: Vec<Part>,
    /// Where the rule's mark stands, in thousandths of the track.
    pub mark: Option<u64>,
}

/// A part of a bar, in thousandths of its track.
#[derive(Debug, Clone)]
pub struct Part {
    /// Class for its colour.
    pub class: &'static str,
    /// Where it begins.
    pub from: u64,
    /// How long it is.
    pub length: u64,
}

/// `part` of `whole` in thousandths, held within the track.
fn thousandths(part: u64, whole: u64) -> u64 {
    let share = u128::from(part) * 1000 / u128::from(whole.max(1));
    u64::try_from(share).unwrap_or(1000).min(1000)
}

impl Bar {
    /// A bar of amounts on a track of `whole`.
    #[must_use]
    pub fn of(id: String, title: String, description: String, whole: u64, amounts: &[(&'static str, u64)]) -> Self {
        let mut before = 0;
        let mut parts = Vec::new();
        for (class, amount) in amounts.iter().filter(|(_, amount)| *amount > 0) {
            let from = thousandths(before, whole);
            before = before.saturating_add(*amount);
            parts.push(Part { class, from, length: thousandths(before, whole) - from });
        }
        Self { id, title, description, parts, mark: None }
    }

    /// The same with a mark at `least` of `whole`.
    #[must_use]
    pub fn marked(mut self, least: u64, whole: u64) -> Self {
        self.mark = Some(thousandths(least, whole));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_lie_end_to_end_and_never_leave_the_track() {
        let bar =
            Bar::of("b".into(), String::new(), String::new(), 55, &[("for", 38), ("against", 2), ("abstain", 99)]);
        let drawn: Vec<_> = bar.parts.iter().map(|part| (part.from, part.length)).collect();
        assert_eq!(drawn, [(0, 690), (690, 37), (727, 273)]);
    }

    #[test]
    fn an_empty_whole_draws_nothing() {
        assert!(Bar::of("b".into(), String::new(), String::new(), 0, &[("for", 0)]).parts.is_empty());
    }
}
