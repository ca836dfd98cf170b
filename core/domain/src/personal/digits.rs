//! Numbers as people write them: full-width digits, and blanks, dashes and dots between.

use std::ops::Range;

/// Most separators between two digits of one number.
const MAX_GAP: usize = 3;

/// Digits that may be one number: only separators, and few of them, stand between.
#[derive(Debug, Default)]
pub(super) struct Chain {
    /// Each digit.
    pub(super) digits: Vec<u8>,
    /// Where in the text each stands.
    pub(super) places: Vec<usize>,
    /// Runs of digits without a separator, as ranges of `digits`.
    pub(super) groups: Vec<Range<usize>>,
    /// Where an X stands that ends it: the check character of an identity number.
    pub(super) x: Option<usize>,
}

impl Chain {
    /// The place in the text of a range of its digits.
    pub(super) fn place(&self, digits: Range<usize>) -> Option<Range<usize>> {
        let first = self.places.get(digits.start)?;
        let last = self.places.get(digits.end.checked_sub(1)?)?;
        Some(*first..last + 1)
    }

    /// Every run of whole groups with at least `least` and at most `most` digits.
    pub(super) fn whole_groups(&self, least: usize, most: usize) -> impl Iterator<Item = &[Range<usize>]> {
        (0..self.groups.len()).flat_map(move |from| {
            let rest = self.groups.get(from..).unwrap_or_default();
            let digits = |to: &usize| match (rest.first(), to.checked_sub(1).and_then(|last| rest.get(last))) {
                (Some(first), Some(last)) => last.end - first.start,
                _ => 0,
            };
            let lengths =
                (1..=rest.len()).take_while(move |to| digits(to) <= most).filter(move |to| digits(to) >= least);
            lengths.filter_map(|to| rest.get(..to))
        })
    }
}

/// Every chain of a text.
pub(super) fn chains(text: &[char], separates: fn(char) -> bool) -> Vec<Chain> {
    let (mut chains, mut open, mut gap) = (Vec::new(), Chain::default(), 0);
    for (place, c) in text.iter().copied().enumerate() {
        if let Some(digit) = digit(c) {
            if gap > 0 || open.digits.is_empty() {
                open.groups.push(open.digits.len()..open.digits.len());
            }
            open.digits.push(digit);
            open.places.push(place);
            if let Some(group) = open.groups.last_mut() {
                group.end = open.digits.len();
            }
            gap = 0;
        } else if !open.digits.is_empty() && separates(c) && gap < MAX_GAP {
            gap += 1;
        } else if !open.digits.is_empty() {
            open.x = is_x(c).then_some(place);
            chains.push(std::mem::take(&mut open));
            gap = 0;
        }
    }
    if !open.digits.is_empty() {
        chains.push(open);
    }
    chains
}

/// A digit, also a full-width one.
pub(super) fn digit(c: char) -> Option<u8> {
    let value = match c {
        '0'..='9' => u32::from(c) - u32::from('0'),
        '０'..='９' => u32::from(c) - u32::from('０'),
        _ => return None,
    };
    u8::try_from(value).ok()
}

/// The check character X and what looks like it.
pub(super) fn is_x(c: char) -> bool {
    matches!(c, 'x' | 'X' | 'ｘ' | 'Ｘ' | '×' | 'Ⅹ' | 'ⅹ' | 'χ' | 'Χ' | 'х' | 'Х')
}

/// Blanks, dashes and dots as they stand inside a number.
pub(super) fn is_close(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t'
            | '-'
            | '_'
            | '.'
            | '~'
            | '\u{a0}'
            | '\u{ad}'
            | '·'
            | '\u{2000}'..='\u{200d}'
            | '\u{2010}'..='\u{2015}'
            | '•'
            | '‧'
            | '\u{202f}'
            | '\u{2060}'
            | '−'
            | '─'
            | '\u{3000}'
            | '・'
            | 'ー'
            | '\u{feff}'
            | '－'
            | '．'
            | '＿'
            | '～'
    )
}

/// Also commas, slashes and line ends: only where a check character tells a number from a list of figures.
pub(super) fn is_loose(c: char) -> bool {
    is_close(c) || matches!(c, ',' | '，' | '、' | '/' | '／' | '|' | '\n' | '\r')
}

/// The number of two or more digits.
pub(super) fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |number, digit| number * 10 + u32::from(*digit))
}

/// Whether a month and a day can stand in a calendar.
pub(super) fn is_month_and_day(month: u32, day: u32) -> bool {
    let most = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return false,
    };
    (1..=most).contains(&day)
}

/// Whether eight digits are a day of the years 1900 to 2099.
pub(super) fn is_date(digits: &[u8]) -> bool {
    let [year @ .., m1, m2, d1, d2] = digits else { return false };
    (1900..2100).contains(&number(year)) && is_month_and_day(number(&[*m1, *m2]), number(&[*d1, *d2]))
}

/// Whether a character is a letter or digit of ASCII, or its full-width form.
pub(super) fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ')
}

/// Not a part of a code with letters, and no sum of money.
pub(super) fn stands_alone(text: &[char], place: &Range<usize>) -> bool {
    let before = place.start.checked_sub(1).and_then(|at| text.get(at));
    let after = text.get(place.end..).unwrap_or_default();
    let letter = |c: Option<&char>| c.is_some_and(|c| is_word(*c));
    let money = matches!(before, Some('¥' | '￥' | '$')) || matches!(after.first(), Some('元' | '分' | '角'));
    let decimal = matches!(after, ['.', digit, ..] if digit.is_ascii_digit());
    !letter(before) && !letter(after.first()) && !money && !decimal
}
