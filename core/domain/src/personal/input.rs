//! No command may carry something personal in a text that will be published.

use serde_json::Value;

use super::{Found, Kind, find};
use crate::refusal::{Refusal, RefusalCode};

/// The field of a notice that says where to ask and object: the telephone of an office may stand there.
const OFFICE_TELEPHONE: &str = "input.contact";
/// What paths begin with, as they do where an input is misshapen.
const ROOT: &str = "input";

/// Refuses an input with an identity number, a telephone, a bank card, a mail address or a travel document in any of its
/// texts, however deep. Personal fields must have been sealed into digests before.
///
/// # Errors
/// `personal-data-in-text` with the first such place: its field, its kind, and its first and last character counted from 1.
/// The text itself is never echoed.
pub fn check_input(input: &Value) -> Result<(), Refusal> {
    // A stack of its own: no input is too deep to be looked at. The first child lies on top.
    let mut left = vec![(ROOT.to_owned(), input)];
    while let Some((path, value)) = left.pop() {
        match value {
            Value::String(text) => {
                if let Some(found) = first_in(&path, text) {
                    return Err(refusal(&path, found));
                }
            }
            Value::Array(items) => {
                let placed = items.iter().enumerate().rev();
                left.extend(placed.map(|(index, item)| (format!("{path}[{index}]"), item)));
            }
            Value::Object(fields) => {
                let named = fields.iter().rev();
                left.extend(named.map(|(name, field)| (format!("{path}.{name}"), field)));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    Ok(())
}

fn first_in(path: &str, text: &str) -> Option<Found> {
    if is_identifier(text) {
        return None;
    }
    let of_an_office = |found: &Found| path == OFFICE_TELEPHONE && found.kind == Kind::Landline;
    find(text).into_iter().find(|found| !of_an_office(found))
}

fn refusal(path: &str, found: Found) -> Refusal {
    Refusal::from(RefusalCode::PersonalDataInText)
        .with("field", path)
        .with("kind", found.kind.as_str())
        .with("from", found.start_char as u64 + 1)
        .with("to", found.end_char as u64)
}

/// An identifier, a digest of a disclosure or a hash of a paper: drawn or computed, never written by anybody.
fn is_identifier(text: &str) -> bool {
    let hex = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let uuid = || {
        let groups: Vec<&str> = text.split('-').collect();
        groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12]) && groups.iter().all(|group| hex(group))
    };
    let digest = || text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    text.is_ascii() && (uuid() || (text.len() == 64 && hex(text)) || digest())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn figures(input: &Value) -> Option<Value> {
        check_input(input).err().map(|refusal| serde_json::to_value(refusal.figures).unwrap())
    }

    #[test]
    fn the_refusal_tells_the_place_and_never_the_number() {
        let input = json!({ "title": "道路", "plan": { "items": [{ "remark": "好" }, { "remark": "电话：138 1234 5678。" }] } });
        let refusal = check_input(&input).unwrap_err();
        assert_eq!(refusal.code, RefusalCode::PersonalDataInText);
        let place = json!({ "field": "input.plan.items[1].remark", "kind": "mobile", "from": 4, "to": 16 });
        assert_eq!(figures(&input), Some(place));
        assert!(!refusal.to_string().contains("1234"));
    }

    #[test]
    fn the_first_place_is_told() {
        let input = json!({ "lines": ["甲", "a@example.com", "13812345678"], "zz": "13912345678" });
        assert_eq!(figures(&input).unwrap()["field"], "input.lines[1]");
    }

    #[test]
    fn identifiers_digests_and_hashes_are_no_texts() {
        let digits = "6228480402564890018";
        let hash = format!("{digits:0<64}");
        let digest = format!("-13812345678-{:A<30}", "");
        assert_eq!(digest.len(), 43);
        let uuid = "13812345-6780-4111-8111-111111111111";
        let moment = "2026-03-11T14:50:00.123456789+08:00";
        assert_eq!(
            figures(&json!({ "hash": hash, "digest": digest, "person": uuid, "at": moment, "n": 13_812_345_678_u64 })),
            None
        );
        // One character more, and it is a text.
        assert!(figures(&json!({ "digest": format!("{digest}A") })).is_some());
        assert!(figures(&json!({ "token": digits })).is_some());
    }

    #[test]
    fn an_office_may_be_rung_where_a_notice_says_whom_to_ask() {
        assert_eq!(figures(&json!({ "contact": "村委会0376-6361234" })), None);
        assert!(figures(&json!({ "contact": "村委会0376-6361234，13812345678" })).is_some());
        assert!(figures(&json!({ "text": "村委会0376-6361234" })).is_some());
        assert!(figures(&json!({ "plan": { "contact": "0376-6361234" } })).is_some());
    }

    #[test]
    fn no_depth_hides_anything() {
        let deep = (0..500).fold(json!("13812345678"), |inner, _| Value::Array(vec![inner]));
        assert!(check_input(&deep).is_err());
    }
}
