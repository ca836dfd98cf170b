//! Markdown tables that stand in columns in a terminal as well.

/// A table with its head.
pub(super) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(head: &[&str]) -> Self {
        Self { rows: vec![head.iter().map(|cell| (*cell).to_owned()).collect()] }
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect());
    }

    /// The table as text, each column as wide as its widest cell.
    pub(super) fn text(&self) -> String {
        let columns = self.rows.first().map_or(0, Vec::len);
        let widest = |column: usize| self.rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max();
        let widths: Vec<usize> = (0..columns).map(|column| widest(column).unwrap_or_default().max(3)).collect();
        let mut out = String::new();
        for (number, row) in self.rows.iter().enumerate() {
            for (cell, wide) in row.iter().zip(&widths) {
                out.push_str("| ");
                out.push_str(cell);
                out.push_str(&" ".repeat(wide.saturating_sub(width(cell)) + 1));
            }
            out.push_str("|\n");
            if number == 0 {
                for wide in &widths {
                    out.push_str("| ");
                    out.push_str(&"-".repeat(*wide));
                    out.push(' ');
                }
                out.push_str("|\n");
            }
        }
        out
    }
}

/// The columns that a text takes in a terminal: two for each Chinese character and its punctuation.
fn width(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

/// East Asian wide and full-width characters (Unicode UAX 11), as far as packs and laws use them.
const fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{20000}'..='\u{3fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other_in_both_scripts() {
        let mut table = Table::new(&["规则", "rule"]);
        table.row(["到会".to_owned(), "≥ 2/3 | of due".to_owned()]);
        table.row(["a".to_owned(), "b".to_owned()]);
        let wanted = "| 规则 | rule            |\n| ---- | --------------- |\n| 到会 | ≥ 2/3 \\| of due |\n| a    | b               |\n";
        assert_eq!(table.text(), wanted);
    }
}
