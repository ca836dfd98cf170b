//! Masked names, as boards show them: 王*民, 李*, 欧**明.
//!
//! Practice shows the first character and the last (`张*明`), and of two the first (`李*`). So a name of three shows two of
//! three; none shows a letter more than that, and one of four or more shows half of it at most.

/// What a board shows in place of a name whose disclosure was erased.
pub const ERASED: &str = "已删除";

/// The first letter, then `*` for each of the others but the last, which stays where the name has more than two. What parts
/// the words of a name (`·`, a blank, a hyphen) stays; a name of one letter is hidden whole.
#[must_use]
pub fn masked(name: &str) -> String {
    let name: Vec<char> = name.trim().chars().filter(|c| !is_mark(*c)).collect();
    let letters = name.iter().filter(|c| !parts_words(**c)).count();
    if letters == 0 {
        return ERASED.to_owned();
    }
    let mut passed = 0;
    let shown = name.into_iter().map(|c| {
        if parts_words(c) {
            return c;
        }
        passed += 1;
        let shows = (passed == 1 && letters > 1) || (passed == letters && letters > 2);
        if shows { c } else { '*' }
    });
    shown.collect()
}

/// Variation selectors, accents and what nobody sees: a part of the letter before it, not one of its own. Without this a name
/// of one character and a selector would be shown.
fn is_mark(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0100}'..='\u{e01ef}'
        )
}

fn parts_words(c: char) -> bool {
    c.is_whitespace() || matches!(c, '·' | '•' | '‧' | '・' | '．' | '.' | '-' | '‐' | '\'' | '’')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_name_is_hidden() {
        let table = [
            ("李四", "李*"),
            ("王小民", "王*民"),
            ("张明", "张*"),
            ("欧阳明", "欧*明"),
            ("欧阳小明", "欧**明"),
            ("上官小小明", "上***明"),
            ("阿卜杜拉·买买提", "阿***·**提"),
            ("古丽", "古*"),
            ("John Smith", "J*** ****h"),
            ("Anne-Marie", "A***-****e"),
            ("O’Neil", "O’***l"),
            ("Al", "A*"),
            ("  赵六  ", "赵*"),
        ];
        for (name, shown) in table {
            assert_eq!(masked(name), shown, "{name}");
        }
    }

    #[test]
    fn a_name_of_one_letter_is_hidden_whole() {
        assert_eq!(masked("王"), "*");
        assert_eq!(masked("X"), "*");
        // A rare character with its variation selector is one character.
        assert_eq!(masked("邉\u{e0101}"), "*");
        assert_eq!(masked("é"), "*");
        assert_eq!(masked("e\u{301}"), "*");
    }

    #[test]
    fn who_is_erased_has_no_letters_left() {
        for erased in ["", "  ", "·", "\u{200b}"] {
            assert_eq!(masked(erased), "已删除");
        }
    }

    #[test]
    fn no_name_shows_more_than_its_two_ends_nor_of_four_more_than_half() {
        let letters = ["赵", "钱", "孙", "李", "周", "吴", "郑", "王"];
        for length in 1..=letters.len() {
            for parting in ["", "·", " "] {
                let name = letters[..length].join(parting);
                let shown = masked(&name).chars().filter(|c| !parts_words(*c) && *c != '*').count();
                assert!(shown <= 2, "{name}");
                assert!(shown < length, "{name}");
                assert!(length == 3 || shown * 2 <= length, "{name}");
            }
        }
    }
}
