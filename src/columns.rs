//! Tables for people: columns under each other, also where characters are two cells wide.

use unicode_width::UnicodeWidthStr;

/// Rows with every cell as wide as the widest of its column. Cells that look like numbers stand to the right.
pub fn aligned<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width().max(*width);
        }
    }
    rows.iter()
        .map(|row| {
            let cells = row.iter().zip(&widths).map(|(cell, width)| {
                let gap = " ".repeat(width.saturating_sub(cell.width()));
                if is_number(cell) {
                    format!("{gap}{cell}")
                } else {
                    format!("{cell}{gap}")
                }
            });
            let line: Vec<String> = cells.collect();
            line.join("  ").trim_end().to_owned()
        })
        .collect()
}

fn is_number(cell: &str) -> bool {
    let number = cell.trim_end_matches('%').trim();
    number.parse::<f32>().is_ok()
}
