//! Limits that are cheap to hold before a document is parsed: how many words and signs it has, how many aliases.
//!
//! Depth and complexity are the schema's ([`super::MAX_DEPTH`], [`super::MAX_COMPLEXITY`]); lists and long texts belong into
//! variables, which count as none of these.

use async_graphql::{ErrorExtensionValues, ServerError};

/// Most words and signs of a document. GraphiQL's own question about the schema has about 300.
pub const MAX_TOKENS: usize = 2_000;
/// Most aliases of a document: fifty wrong guesses in one request are fifty requests.
pub const MAX_ALIASES: usize = 30;
/// Deepest nesting of braces, brackets and parentheses, before anything recursive looks at the document.
pub const MAX_NESTING: usize = 64;

/// Which limit a document breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooMuch {
    pub(super) code: &'static str,
    pub(super) message: &'static str,
}

/// Whether a document keeps the limits.
pub(super) fn check(document: &str) -> Result<(), TooMuch> {
    let counted = count(document);
    if counted.tokens > MAX_TOKENS {
        return Err(TooMuch { code: "graphql-too-many-tokens", message: "the document is too long: use variables" });
    }
    if counted.aliases > MAX_ALIASES {
        return Err(TooMuch { code: "graphql-too-many-aliases", message: "the document has too many aliases" });
    }
    if counted.deepest > MAX_NESTING {
        return Err(TooMuch { code: "graphql-too-deep", message: "the document is nested too deeply" });
    }
    Ok(())
}

/// Gives an error of the schema's own checks a code. What it says is for people, and stays as it is.
pub(super) fn name_errors(errors: &mut [ServerError]) {
    for error in errors {
        let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
        if extensions.get("code").is_none() {
            let code = match error.message.as_str() {
                "Query is nested too deep." => "graphql-too-deep",
                "Query is too complex." => "graphql-too-complex",
                _ => "graphql-invalid",
            };
            extensions.set("code", code);
        }
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Counted {
    tokens: usize,
    aliases: usize,
    deepest: usize,
}

/// Counts without understanding (GraphQL October 2021, section 2.1): strings and comments are skipped. A colon outside of
/// parentheses follows an alias; inside of them it follows an argument's or a variable's name.
fn count(document: &str) -> Counted {
    let mut counted = Counted::default();
    let (mut round, mut depth) = (0usize, 0usize);
    let mut rest = document;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '#' => rest.find(['\n', '\r']).unwrap_or(rest.len()),
            '"' => string(rest),
            c if is_word(c) => rest.find(|c: char| !is_word(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        match first {
            c if c.is_whitespace() || matches!(c, ',' | '#' | '\u{feff}') => {}
            _ => counted.tokens += 1,
        }
        match first {
            '(' => round += 1,
            ')' => round = round.saturating_sub(1),
            ':' if round == 0 => counted.aliases += 1,
            _ => {}
        }
        match first {
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        counted.deepest = counted.deepest.max(depth);
        rest = rest.get(length..).unwrap_or_default();
    }
    counted
}

const fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '+')
}

/// The length of the string that a text begins with, to the text's end where it is not closed.
fn string(text: &str) -> usize {
    if let Some(block) = text.strip_prefix("\"\"\"") {
        let block = block.replace("\\\"\"\"", "\\\\\\\\");
        return block.find("\"\"\"").map_or(text.len(), |end| end + 6);
    }
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            // An ordinary string ends with its line.
            '\n' => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_told_from_arguments() {
        let counted = count("query($id: ID!) { one: node(id: $id) { id } two: node(id: \"a: b\") { id } } # c: d");
        assert_eq!(counted.aliases, 2);
        assert_eq!(counted.deepest, 2);
    }

    #[test]
    fn the_borders_hold() {
        let aliases =
            |number: usize| format!("{{ {} }}", (0..number).map(|no| format!("a{no}: x ")).collect::<String>());
        assert_eq!(check(&aliases(MAX_ALIASES)), Ok(()));
        assert_eq!(check(&aliases(MAX_ALIASES + 1)).unwrap_err().code, "graphql-too-many-aliases");
        let tokens = |number: usize| format!("{{ {} }}", "x ".repeat(number - 2));
        assert_eq!(check(&tokens(MAX_TOKENS)), Ok(()));
        assert_eq!(check(&tokens(MAX_TOKENS + 1)).unwrap_err().code, "graphql-too-many-tokens");
        let nested = |number: usize| format!("{}{}", "{a".repeat(number), "}".repeat(number));
        assert_eq!(check(&nested(MAX_NESTING)), Ok(()));
        assert_eq!(check(&nested(MAX_NESTING + 1)).unwrap_err().code, "graphql-too-deep");
    }

    #[test]
    fn a_text_hides_nothing() {
        assert_eq!(count(r#"{ a(b: "\"} c: {") }"#).aliases, 0);
        assert_eq!(count("{ a(b: \"\"\"x\n\"} c: {\"\"\") }").deepest, 2);
        assert_eq!(count("\"").tokens, 1);
        assert_eq!(count("").tokens, 0);
    }
}
