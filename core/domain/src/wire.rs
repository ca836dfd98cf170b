//! The name by which packs, events and case files write a value.

use serde::Serialize;

/// The wire name of a value of an enumeration, for example `village_committee`; empty for anything that has none.
#[must_use]
pub fn name(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::office::Office;

    #[test]
    fn an_office_is_named_as_packs_write_it() {
        assert_eq!(name(&Office::VillageDirector), "village_director");
        assert_eq!(name(&7), "", "a number has no name");
    }
}
