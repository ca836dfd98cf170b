//! Numbers in a text, and which of them are somebody's.

use super::Kind;

/// Digits of the longest number that is somebody's: a bank card's.
pub(super) const LONGEST: usize = 19;

/// Digits that stand together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// The digits as ASCII, an `X` at most at the end.
    pub(super) digits: String,
    /// The first character, from 1.
    pub(super) from: usize,
    /// The last one.
    pub(super) to: usize,
}

/// Groups of digits that nothing but a blank or a hyphen parts. What touches a letter is part of a word, not a number.
pub(super) fn runs(characters: &[char]) -> Vec<Vec<Group>> {
    let mut runs: Vec<Vec<Group>> = vec![Vec::new()];
    let mut at = 0;
    while let Some(character) = characters.get(at) {
        if digit(*character).is_none() {
            if !is_separator(*character) {
                runs.push(Vec::new());
            }
            at += 1;
            continue;
        }
        let group = group(characters, at);
        at = group.to;
        let is_word =
            |place: Option<usize>| place.and_then(|p| characters.get(p)).is_some_and(char::is_ascii_alphabetic);
        let in_word = is_word((group.from - 1).checked_sub(1)) || is_word(Some(group.to));
        if in_word {
            runs.push(Vec::new());
        } else if let Some(run) = runs.last_mut() {
            run.push(group);
        }
    }
    runs
}

fn group(characters: &[char], from: usize) -> Group {
    let rest = characters.get(from..).unwrap_or_default();
    let mut digits: String = rest.iter().map_while(|c| digit(*c)).collect();
    let length = digits.len();
    let is_x = rest.get(length).is_some_and(|c| matches!(c, 'x' | 'X' | 'ｘ' | 'Ｘ' | '×'));
    let ends = rest.get(length + 1).is_none_or(|c| !c.is_ascii_alphanumeric());
    let with_x = is_x && ends;
    if with_x {
        digits.push('X');
    }
    Group { to: from + length + usize::from(with_x), digits, from: from + 1 }
}

fn digit(character: char) -> Option<char> {
    match character {
        '0'..='9' => Some(character),
        '０'..='９' => char::from_u32(u32::from(character) - u32::from('０') + u32::from('0')),
        _ => None,
    }
}

const fn is_separator(character: char) -> bool {
    matches!(character, ' ' | '-' | '－' | '—' | '–' | '\u{3000}' | '\u{a0}' | '\t' | '+')
}

/// What a number is, written in groups of these lengths.
pub(super) fn kind(digits: &str, lengths: &[usize]) -> Option<Kind> {
    if is_identity_number(digits) {
        return Some(Kind::IdentityNumber);
    }
    if is_mobile(digits) || digits.strip_prefix("86").is_some_and(is_mobile) {
        return Some(Kind::Mobile);
    }
    if is_landline(digits, lengths) {
        return Some(Kind::Landline);
    }
    is_bank_card(digits, lengths).then_some(Kind::BankCard)
}

fn is_mobile(digits: &str) -> bool {
    let second = digits.as_bytes().get(1);
    digits.len() == 11
        && digits.starts_with('1')
        && second.is_some_and(|d| (b'3'..=b'9').contains(d))
        && !digits.ends_with('X')
}

/// An area code of 3 or 4 digits that begins with 0, and 7 or 8 digits.
fn is_landline(digits: &str, lengths: &[usize]) -> bool {
    digits.starts_with('0') && !digits.ends_with('X') && matches!(lengths, [3 | 4, 7 | 8])
}

/// 16 to 19 digits that the Luhn digit fits, written together or in fours.
fn is_bank_card(digits: &str, lengths: &[usize]) -> bool {
    let in_fours = lengths.split_last().is_some_and(|(_, all_but_last)| all_but_last.iter().all(|length| *length == 4));
    let issuer = matches!(digits.as_bytes().first(), Some(b'3'..=b'6'));
    (16..=LONGEST).contains(&digits.len()) && in_fours && issuer && luhn(digits)
}

fn luhn(digits: &str) -> bool {
    let mut sum = 0;
    for (at, digit) in digits.bytes().rev().enumerate() {
        if !digit.is_ascii_digit() {
            return false;
        }
        let value = u32::from(digit - b'0');
        let doubled = if at % 2 == 1 { value * 2 } else { value };
        sum += if doubled > 9 { doubled - 9 } else { doubled };
    }
    sum % 10 == 0
}

/// GB 11643-1999: six digits of a region, the birthday, three of a sequence, the check digit by ISO 7064 MOD 11-2.
fn is_identity_number(digits: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let bytes = digits.as_bytes();
    let Some((body, last)) = bytes.split_first_chunk::<17>().filter(|_| bytes.len() == 18) else { return false };
    if !body.iter().all(u8::is_ascii_digit) || !matches!(bytes.first(), Some(b'1'..=b'9')) {
        return false;
    }
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let check = usize::try_from(sum % 11).ok().and_then(|at| CHECKS.get(at));
    check == last.first() && is_birthday(digits.get(6..14).unwrap_or_default())
}

fn is_birthday(digits: &str) -> bool {
    let number = |range: std::ops::Range<usize>| digits.get(range).and_then(|part| part.parse::<i16>().ok());
    let (Some(year), Some(month), Some(day)) = (number(0..4), number(4..6), number(6..8)) else { return false };
    let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else { return false };
    (1850..=2150).contains(&year) && jiff::civil::Date::new(year, month, day).is_ok()
}
