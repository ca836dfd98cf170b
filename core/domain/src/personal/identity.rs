//! 公民身份号码 (GB 11643-1999): 18 digits with a check character, or the 15 of before 1999.

use std::ops::Range;

use super::digits::{Chain, chains, is_date, is_loose, is_month_and_day, number, stands_alone};

/// The weights of the first 17 digits (ISO 7064, MOD 11-2).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check characters by remainder; 10 stands for X.
const CHECKS: [u8; 11] = [1, 0, 10, 9, 8, 7, 6, 5, 4, 3, 2];
/// Digits before the check character.
const BODY: usize = WEIGHTS.len();
/// Digits of an old number.
const OLD: usize = 15;

/// Provinces by GB/T 2260, with 71 to 83 for Taiwan, Hong Kong and Macau, and 9x for permanent residents from abroad.
fn is_province(two: u32) -> bool {
    matches!(two, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 90..=99)
}

/// Numbers whose check character fits. A number that is written with separators begins and ends where a group does; one
/// without may stand between other digits.
pub(super) fn find(text: &[char]) -> Vec<Range<usize>> {
    chains(text, is_loose).iter().flat_map(in_chain).collect()
}

fn in_chain(chain: &Chain) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut group = chain.groups.iter().peekable();
    for from in 0..chain.digits.len() {
        while group.next_if(|group| group.end <= from).is_some() {}
        let Some(current) = group.peek() else { break };
        let begins = current.start == from;
        let to = from + BODY;
        let Some(body) = chain.digits.get(from..to) else { break };
        if !is_plausible(body) {
            continue;
        }
        let check = check_character(body);
        // The check character is a digit that follows, or the X that ends the chain.
        let place = if let Some(digit) = chain.digits.get(to) {
            let ends = || chain.groups.binary_search_by_key(&(to + 1), |group| group.end).is_ok();
            let whole = to < current.end || (begins && ends());
            (whole && *digit == check).then(|| chain.place(from..to + 1)).flatten()
        } else {
            let whole = to <= current.end || begins;
            let x = chain.x.filter(|_| whole && check == 10);
            x.and_then(|x| Some(chain.place(from..to)?.start..x + 1))
        };
        found.extend(place);
    }
    found
}

fn is_plausible(body: &[u8]) -> bool {
    let (Some(province), Some(born)) = (body.get(..2), body.get(6..14)) else { return false };
    is_province(number(province)) && is_date(born)
}

/// The check character of 17 digits; 10 stands for X.
pub(super) fn check_character(body: &[u8]) -> u8 {
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(*digit) * weight).sum();
    CHECKS.get((sum % 11) as usize).copied().unwrap_or_default()
}

/// Old numbers: 15 digits and no check character, so that nothing else may belong to them.
pub(super) fn find_old(text: &[char], chains: &[Chain]) -> Vec<Range<usize>> {
    let in_chain = |chain: &Chain| -> Vec<Range<usize>> {
        let runs = chain.whole_groups(OLD, OLD).filter_map(|groups| {
            let digits = groups.first()?.start..groups.last()?.end;
            let old = is_written_as_old(groups) && is_old(chain.digits.get(digits.clone())?);
            old.then(|| chain.place(digits)).flatten()
        });
        runs.filter(|place| stands_alone(text, place)).collect()
    };
    chains.iter().flat_map(in_chain).collect()
}

/// In one run, or as area, birth and sequence.
fn is_written_as_old(groups: &[Range<usize>]) -> bool {
    let lengths: Vec<usize> = groups.iter().take(OLD).map(ExactSizeIterator::len).collect();
    matches!(lengths.as_slice(), [15] | [6, 6, 3] | [6, 9] | [12, 3])
}

fn is_old(digits: &[u8]) -> bool {
    let (Some(province), Some(month), Some(day)) = (digits.get(..2), digits.get(8..10), digits.get(10..12)) else {
        return false;
    };
    number(province) < 90 && is_province(number(province)) && is_month_and_day(number(month), number(day))
}
