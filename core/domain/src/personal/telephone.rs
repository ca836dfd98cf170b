//! 电话: mobiles, and landlines with their area code.

use std::ops::Range;

use super::digits::{Chain, digit, is_close, is_word, stands_alone};

/// Digits of a mobile number.
const MOBILE: usize = 11;
/// Digits of a mobile number with a prefix: 0086.
const PREFIXED: usize = MOBILE + 4;
/// Letters before a number that say what it is: a number behind other letters is a number of something else.
const CUES: [&str; 12] =
    ["tel", "phone", "mobile", "mob", "cell", "call", "wechat", "weixin", "wx", "vx", "v", "whatsapp"];
/// Most letters of such a word, and one more.
const CUE_CHARS: usize = 9;

/// Mobile numbers: 1[3-9] and nine digits, with or without 86 before them.
pub(super) fn mobiles(text: &[char], chains: &[Chain]) -> Vec<Range<usize>> {
    let in_chain = |chain: &Chain| -> Vec<Range<usize>> {
        let runs = chain.whole_groups(MOBILE, PREFIXED).filter(|groups| is_written_as_one(groups));
        let runs = runs.filter_map(|groups| {
            let digits = groups.first()?.start..groups.last()?.end;
            is_mobile(chain.digits.get(digits.clone())?).then(|| chain.place(digits)).flatten()
        });
        runs.filter(|place| stands_as_number(text, place)).collect()
    };
    chains.iter().flat_map(in_chain).collect()
}

/// A list of small figures is no number: few groups and a first one of some length, or every digit by itself.
fn is_written_as_one(groups: &[Range<usize>]) -> bool {
    let singles = groups.len() >= MOBILE && groups.iter().all(|group| group.len() == 1);
    let few = match groups {
        [_] => true,
        [first, rest @ ..] if first.len() >= 3 => rest.len() <= 2 && rest.iter().all(|group| group.len() >= 3),
        // +86 or 0 before it.
        [first, second, rest @ ..] if first.len() <= 2 && second.len() >= 3 => {
            rest.len() <= 2 && rest.iter().all(|group| group.len() >= 3)
        }
        _ => false,
    };
    // 0086 138 1234 5678
    singles || few || matches!(groups, [first, _, _, _] if first.len() == 4 && groups.iter().all(|g| g.len() >= 3))
}

fn is_mobile(digits: &[u8]) -> bool {
    match digits {
        [1, 3..=9, rest @ ..] if rest.len() == MOBILE - 2 => true,
        [0, 1, 3..=9, rest @ ..] | [8, 6, 1, 3..=9, rest @ ..] | [0, 0, 8, 6, 1, 3..=9, rest @ ..] => {
            rest.len() == MOBILE - 2
        }
        _ => false,
    }
}

/// Behind a word that says what it is, or by itself.
fn stands_as_number(text: &[char], place: &Range<usize>) -> bool {
    let before = text.get(..place.start).unwrap_or_default();
    if !is_cue(before) {
        return stands_alone(text, place);
    }
    // The word is cut off, so that only what follows is looked at.
    let rest = text.get(place.start..).unwrap_or_default();
    stands_alone(rest, &(0..place.len()))
}

fn is_cue(before: &[char]) -> bool {
    let letters = before.iter().rev().take_while(|c| c.is_ascii_alphabetic()).take(CUE_CHARS);
    let mut word: Vec<char> = letters.map(char::to_ascii_lowercase).collect();
    word.reverse();
    let word: String = word.into_iter().collect();
    CUES.contains(&word.as_str())
}

/// Landlines: an area code, something between, and 7 or 8 digits that begin with 2 to 8.
pub(super) fn landlines(text: &[char]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(c) = text.get(from) {
        if digit(*c).is_none() {
            from += 1;
            continue;
        }
        let area = run(text, from);
        if digit(*c) == Some(0)
            && let Some(end) = landline_from(text, from, area)
        {
            found.push(opened(text, from)..end);
        }
        from += area;
    }
    found
}

/// Where a number ends whose area code begins here.
fn landline_from(text: &[char], from: usize, area: usize) -> Option<usize> {
    let before = from.checked_sub(1).and_then(|at| text.get(at));
    if !is_area_code(text.get(from..from + area)?) || before.is_some_and(|c| is_word(*c)) {
        return None;
    }
    let between = |c: &&char| is_close(**c) || matches!(**c, ')' | '）' | '/' | '—' | '转');
    let gap = text.get(from + area..)?.iter().take(3).take_while(between).count();
    let start = from + area + gap;
    let first = digit(*text.get(start)?)?;
    let (mut length, mut end) = (run(text, start), start);
    end += length;
    // 0371-6590 1234
    if length < 7 && text.get(end).is_some_and(|c| is_close(*c)) {
        let more = run(text, end + 1);
        (length, end) = (length + more, end + 1 + more);
    }
    let alone = !text.get(end).is_some_and(|c| is_word(*c));
    (gap > 0 && alone && (2..=8).contains(&first) && matches!(length, 7 | 8)).then_some(end)
}

/// 010, 02x, or one of four digits.
fn is_area_code(code: &[char]) -> bool {
    let digits: Vec<u8> = code.iter().take(5).filter_map(|c| digit(*c)).collect();
    matches!(digits.as_slice(), [0, 1, 0] | [0, 2, _] | [0, 3..=9, _, _])
}

/// Where the bracket before an area code stands, if there is one.
fn opened(text: &[char], from: usize) -> usize {
    match from.checked_sub(1) {
        Some(before) if matches!(text.get(before), Some('(' | '（')) => before,
        _ => from,
    }
}

/// How many digits stand here.
fn run(text: &[char], from: usize) -> usize {
    text.iter().skip(from).take_while(|c| digit(**c).is_some()).count()
}
