//! What becomes of every text before it stands in a page or a feed.

use std::fmt::{self, Write};

use askama::filters::{Escaper, Html};

/// Escapes markup as askama does, and replaces characters that would let one person's text rearrange what others read, or
/// that XML does not allow, by U+FFFD.
#[derive(Debug, Clone, Copy, Default)]
pub struct Escape;

/// Embeddings, overrides and isolates of the bidirectional algorithm (UAX #9), and what XML 1.0 has no place for.
const fn is_disturbing(character: char) -> bool {
    matches!(
        character,
        '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}'
            | '\0'..='\u{8}'
            | '\u{B}'
            | '\u{C}'
            | '\u{E}'..='\u{1F}'
            | '\u{7F}'..='\u{9F}'
            | '\u{FFFE}'
            | '\u{FFFF}'
    )
}

impl Escaper for Escape {
    fn write_escaped_str<W: Write>(&self, mut dest: W, string: &str) -> fmt::Result {
        for (place, piece) in string.split(is_disturbing).enumerate() {
            if place > 0 {
                dest.write_char('\u{FFFD}')?;
            }
            Html.write_escaped_str(&mut dest, piece)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str) -> String {
        let mut out = String::new();
        Escape.write_escaped_str(&mut out, text).unwrap();
        out
    }

    #[test]
    fn markup_is_text() {
        assert_eq!(escaped("<b>\"'&"), "&#60;b&#62;&#34;&#39;&#38;");
    }

    #[test]
    fn an_override_of_the_direction_is_shown_and_not_obeyed() {
        assert_eq!(escaped("甲\u{202E}乙"), "甲\u{FFFD}乙");
    }
}
