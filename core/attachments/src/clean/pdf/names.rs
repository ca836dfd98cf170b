//! Names in a PDF, and those that no file of a village needs.

/// Longer than every name that is looked for, so that a longer one is none of them.
const LONGEST: usize = 24;

/// Names that stand for action, for files within the file, or for what cannot be looked into. Spelled out they are so
/// long that they do not occur by chance in compressed data.
const FORBIDDEN: [(&[u8], &str); 12] = [
    (b"JavaScript", "a script"),
    (b"Rendition", "a script or media"),
    (b"Launch", "the start of a program"),
    (b"EmbeddedFile", "an embedded file"),
    (b"EmbeddedFiles", "an embedded file"),
    (b"GoToE", "an embedded file"),
    (b"GoToR", "a file outside"),
    (b"FFilter", "a file outside"),
    (b"ImportData", "a file outside"),
    (b"SubmitForm", "a form that sends itself"),
    (b"RichMedia", "media with programs"),
    (b"Encrypt", "encryption"),
];

/// What was found among the names that begin before `until`. Where `short` is set, `/JS` and `/XFA` count as
/// well; so short, they occur by chance in compressed data.
pub(super) fn forbidden(bytes: &[u8], until: usize, short: bool) -> Option<&'static str> {
    names(bytes).take_while(|name| name.at < until).find_map(|name| match name.text() {
        b"JS" if short => Some("a script"),
        b"XFA" if short => Some("a form with scripts"),
        // A place in the document is what most writers put here; anything else may be an action.
        b"OpenAction" if !name.is_followed_by(bytes, b"[") => Some("an action at opening"),
        text => FORBIDDEN.iter().find(|(known, _)| *known == text).map(|(_, found)| *found),
    })
}

/// A name, its `#xx` resolved, so that `/J#61vaScript` is no disguise.
pub(super) struct Name {
    /// Where its solidus stands.
    pub(super) at: usize,
    /// Where it ends.
    pub(super) end: usize,
    text: [u8; LONGEST],
    length: usize,
}

impl Name {
    /// What it says, at most [`LONGEST`] bytes of it.
    pub(super) fn text(&self) -> &[u8] {
        self.text.get(..self.length).unwrap_or_default()
    }

    /// Whether what follows, behind white space, begins with one of these bytes.
    pub(super) fn is_followed_by(&self, bytes: &[u8], one_of: &[u8]) -> bool {
        self.following(bytes).first().is_some_and(|byte| one_of.contains(byte))
    }

    /// The whole number that follows.
    pub(super) fn number(&self, bytes: &[u8]) -> Option<usize> {
        let digits: Vec<u8> = self.following(bytes).iter().copied().take_while(u8::is_ascii_digit).take(10).collect();
        std::str::from_utf8(&digits).ok()?.parse().ok()
    }

    fn following<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        let rest = bytes.get(self.end..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| is_white(**byte)).count();
        rest.get(blank..).unwrap_or_default()
    }
}

/// Whatever would be a name if a reader began to read there.
pub(super) fn names(bytes: &[u8]) -> impl Iterator<Item = Name> + '_ {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + bytes.get(from..)?.iter().position(|byte| *byte == b'/')?;
        from = at + 1;
        Some(name(bytes, at))
    })
}

fn name(bytes: &[u8], at: usize) -> Name {
    let (mut end, mut text, mut length) = (at + 1, [0; LONGEST], 0);
    for place in &mut text {
        let Some(byte) = bytes.get(end).copied().filter(|byte| !is_white(*byte) && !is_delimiter(*byte)) else {
            break;
        };
        let escaped = if byte == b'#' { bytes.get(end + 1..).and_then(hexadecimal) } else { None };
        end += if escaped.is_some() { 3 } else { 1 };
        *place = escaped.unwrap_or(byte);
        length += 1;
    }
    Name { at, end, text, length }
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let [high, low] = *digits.first_chunk()?;
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// ISO 32000-2, table 1.
pub(super) const fn is_white(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

/// ISO 32000-2, table 2.
const fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}
