//! The headings and fenced blocks of a scenario file. Only what scenarios use: `## ` headings and three-backtick fences.

/// What a fenced block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fence {
    Given,
    When,
    Then,
}

impl Fence {
    fn of(info: &str) -> Option<Self> {
        [Self::Given, Self::When, Self::Then].into_iter().find(|fence| fence.name() == info)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::When => "when",
            Self::Then => "then",
        }
    }
}

/// A fenced block and the line on which its text begins.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) fence: Fence,
    pub(super) line: usize,
    pub(super) text: String,
}

/// A `## ` heading and the blocks under it.
#[derive(Debug, Clone)]
pub(super) struct Section {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) blocks: Vec<Block>,
}

/// The sections of a file. Everything between them is prose for people.
pub(super) fn sections(text: &str) -> Result<Vec<Section>, (usize, String)> {
    let mut sections: Vec<Section> = Vec::new();
    let mut lines = (1..).zip(text.lines());
    while let Some((line, content)) = lines.next() {
        if let Some(name) = content.strip_prefix("## ") {
            sections.push(Section { name: name.trim().to_owned(), line, blocks: Vec::new() });
        } else if let Some(info) = content.strip_prefix("```") {
            let fence = Fence::of(info.trim()).ok_or_else(|| (line, format!("`{info}` is no given, when or then")))?;
            let section = sections.last_mut().ok_or_else(|| (line, "a block before the first heading".to_owned()))?;
            if section.blocks.iter().any(|block| block.fence == fence) {
                return Err((line, format!("a second `{}` block", fence.name())));
            }
            let text = fenced(&mut lines).ok_or_else(|| (line, "the block is not closed".to_owned()))?;
            section.blocks.push(Block { fence, line: line + 1, text });
        }
    }
    if sections.is_empty() { Err((1, "no scenario in this file".to_owned())) } else { Ok(sections) }
}

fn fenced<'a>(lines: &mut impl Iterator<Item = (usize, &'a str)>) -> Option<String> {
    let mut text = String::new();
    for (_, content) in lines {
        if content.trim_end() == "```" {
            return Some(text);
        }
        text.push_str(content);
        text.push('\n');
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_belong_to_the_heading_above_them() {
        let read = sections("# file\nprose\n## one\n```when\na = 1\n```\n```then\nb = 2\n```\n## two\n").unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(read[0].name, "one");
        assert_eq!((read[0].blocks[1].line, read[0].blocks[1].text.as_str()), (8, "b = 2\n"));
        assert!(read[1].blocks.is_empty());
    }

    #[test]
    fn an_open_block_is_refused() {
        assert_eq!(sections("## one\n```when\na = 1\n").unwrap_err().0, 2);
    }

    #[test]
    fn a_block_of_another_kind_is_refused() {
        assert!(sections("## one\n```toml\na = 1\n```\n").is_err());
    }
}
