//! 银行卡号: 16 to 19 digits that pass the Luhn test (ISO/IEC 7812) and begin as cards issued in China do.

use std::ops::Range;

use super::digits::{Chain, is_date, number, stands_alone};

/// Least digits of a card.
const LEAST: usize = 16;
/// Most digits of a card.
const MOST: usize = 19;

/// Card numbers.
pub(super) fn find(text: &[char], chains: &[Chain]) -> Vec<Range<usize>> {
    let in_chain = |chain: &Chain| -> Vec<Range<usize>> {
        let runs = chain.whole_groups(LEAST, MOST).filter(|groups| is_written_as_one(groups));
        let runs = runs.filter_map(|groups| {
            let digits = groups.first()?.start..groups.last()?.end;
            is_card(chain.digits.get(digits.clone())?).then(|| chain.place(digits)).flatten()
        });
        runs.filter(|place| stands_alone(text, place)).collect()
    };
    chains.iter().flat_map(in_chain).collect()
}

/// In one run, in fours, or every digit by itself.
fn is_written_as_one(groups: &[Range<usize>]) -> bool {
    let singles = groups.len() >= LEAST && groups.iter().all(|group| group.len() == 1);
    let [first @ .., last] = groups else { return false };
    singles
        || (groups.len() <= 5 && first.iter().all(|group| group.len() >= 4) && (first.is_empty() || last.len() <= 13))
}

fn is_card(digits: &[u8]) -> bool {
    is_issued(digits) && passes_luhn(digits) && !is_numbered_by_place_and_day(digits)
}

/// Issuers: 62 UnionPay; 4, 51 to 55 and 35 with 16 digits; older debit cards with 19. With 18 digits none but 62, so that a
/// 统一社会信用代码 of digits alone (GB 32100) is none: what names a firm is public.
fn is_issued(digits: &[u8]) -> bool {
    let union_pay = matches!(digits, [6, 2, ..]);
    let of_sixteen = matches!(digits, [4, ..] | [5, 1..=5, ..] | [3, 5, ..]);
    let of_nineteen =
        matches!(digits, [6, 0, 1, 3, ..] | [6, 8 | 9, ..] | [9, 5, 5, ..] | [4, 3, 6, 7, ..] | [4, 5, 6, 3, ..]);
    match digits.len() {
        16 => union_pay || of_sixteen,
        19 => union_pay || of_nineteen,
        _ => union_pay,
    }
}

fn passes_luhn(digits: &[u8]) -> bool {
    let weighed = digits.iter().rev().enumerate().map(|(place, digit)| match (place % 2, u32::from(*digit)) {
        (0, digit) => digit,
        (_, digit) if digit > 4 => digit * 2 - 9,
        (_, digit) => digit * 2,
    });
    weighed.sum::<u32>() % 10 == 0
}

/// Projects and tenders are numbered by place and day or year: 4115022026031101. What begins as a UnionPay card is taken for
/// one all the same.
fn is_numbered_by_place_and_day(digits: &[u8]) -> bool {
    let day = digits.get(6..14).is_some_and(is_date);
    let year = digits.get(6..10).is_some_and(|year| (2000..2100).contains(&number(year)));
    digits.len() == 16 && !digits.starts_with(&[6, 2]) && (day || year)
}
