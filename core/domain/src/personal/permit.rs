//! 护照、往来港澳台通行证: a letter or two and the digits behind them.

use std::ops::Range;

use super::digits::{is_date, is_word};

/// Passports and permits. One that carries a day in its digits is the number of a paper.
pub(super) fn find(text: &[char]) -> Vec<Range<usize>> {
    let starts = (0..text.len()).filter(|from| {
        let before = from.checked_sub(1).and_then(|at| text.get(at));
        text.get(*from).is_some_and(char::is_ascii_uppercase) && !before.is_some_and(|c| is_word(*c) || *c == '-')
    });
    starts.filter_map(|from| Some(from..from + document(text.get(from..)?)?)).collect()
}

/// How long a document's number is that begins here.
fn document(text: &[char]) -> Option<usize> {
    let word = text.iter().take(13).take_while(|c| is_word(**c)).count();
    let ends = !matches!(text.get(word..), Some(['-', digit, ..]) if digit.is_ascii_digit());
    let (letters, digits): (&[char], &[char]) = match text.get(..word)? {
        [first, second, digits @ ..] if second.is_ascii_uppercase() && matches!(first, 'C' | 'E') => {
            (text.get(..2)?, digits)
        }
        [_, digits @ ..] => (text.get(..1)?, digits),
        [] => return None,
    };
    let digits: Vec<u8> =
        digits.iter().filter(|c| c.is_ascii_digit()).filter_map(|c| super::digits::digit(*c)).collect();
    let whole = letters.len() + digits.len() == word && ends;
    let known = match (letters, digits.len()) {
        // 普通护照、公务护照、港澳通行证、台湾通行证、香港和澳门特区护照; H 和 M 为港澳居民来往内地通行证
        (['E' | 'G' | 'D' | 'S' | 'P' | 'C' | 'W' | 'L' | 'T' | 'K' | 'H' | 'M'], 8) => !is_date(&digits),
        (['H' | 'M'], 10) => !digits.get(..8).is_some_and(is_date),
        ([_, _], 7) => true,
        _ => false,
    };
    (whole && known).then_some(word)
}
