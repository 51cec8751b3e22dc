//! Rows for people: findings one under the other, the rows of a search as a table.

use std::io::{self, Write};

use sluice_engine::value::Cell;

use super::{Block, Style, layout, time, visible};

/// Space between two columns.
const GAP: usize = 2;
/// A column is not cut below this.
const NARROWEST: usize = 8;

/// Writes blocks with a title as findings, others as tables.
///
/// # Errors
/// When the text cannot be written.
pub fn write(out: &mut dyn Write, blocks: &[Block<'_>], style: &Style) -> io::Result<()> {
    for block in blocks {
        match &block.title {
            Some(title) => layout::findings(out, block, title, style)?,
            None => rows(out, block, style)?,
        }
    }
    Ok(())
}

/// A column: its name and how its cells look.
struct Column {
    name: String,
    cells: Vec<String>,
    is_numeric: bool,
    width: usize,
}

fn rows(out: &mut dyn Write, block: &Block<'_>, style: &Style) -> io::Result<()> {
    let names = block.rows.fields();
    let mut columns: Vec<Column> = names
        .iter()
        .enumerate()
        .map(|(at, name)| column(block, at, name, style))
        .collect::<io::Result<_>>()?;
    if columns.is_empty() || block.rows.is_empty() {
        return Ok(());
    }
    if style.full || !shrink(&mut columns, style.width) {
        return records(out, &columns, style);
    }
    let header: Vec<String> = columns.iter().map(|column| aligned(column, &column.name)).collect();
    writeln!(out, "{}", style.paint("1", header.join("  ").trim_end()))?;
    for row in 0..block.rows.len() {
        let line: Vec<String> = columns
            .iter()
            .map(|column| aligned(column, column.cells.get(row).map_or("", String::as_str)))
            .collect();
        writeln!(out, "{}", line.join("  ").trim_end())?;
    }
    Ok(())
}

fn column(block: &Block<'_>, at: usize, name: &str, style: &Style) -> io::Result<Column> {
    let mut is_numeric = true;
    let mut cells = Vec::with_capacity(block.rows.len());
    for row in block.rows.iter() {
        let row = row?;
        let cell = row.shown(at).unwrap_or(Cell::Null);
        is_numeric &= matches!(cell, Cell::Null | Cell::Number(_) | Cell::Formatted(..) | Cell::Integer(_))
            && name != "_time";
        cells.push(shown(&cell, name, style));
    }
    let name = visible::visible(name).into_owned();
    let widest = cells.iter().map(|cell| visible::width(cell)).max().unwrap_or(0);
    Ok(Column { width: widest.max(visible::width(&name)), name, cells, is_numeric })
}

/// A cell as a line of text.
pub(crate) fn shown(cell: &Cell<'_>, name: &str, style: &Style) -> String {
    if let (Cell::Number(seconds), "_time") = (cell, name) {
        return time::iso(*seconds, &style.zone).unwrap_or_default();
    }
    let texts: Vec<String> = cell.texts().iter().map(|text| visible::visible(text).into_owned()).collect();
    texts.join(", ")
}

/// Cuts the widest columns until the line fits; whether it does. A time that is cut says nothing, so it is not.
fn shrink(columns: &mut [Column], width: usize) -> bool {
    let gaps = GAP * columns.len().saturating_sub(1);
    let room = width.saturating_sub(gaps);
    let at_most = |column: &Column, limit: usize| match column.name.as_str() {
        "_time" => column.width,
        _ => column.width.min(limit),
    };
    let sum = |limit: usize, columns: &[Column]| columns.iter().map(|c| at_most(c, limit)).sum::<usize>();
    if sum(NARROWEST, columns) > room {
        return false;
    }
    let mut limit = columns.iter().map(|column| column.width).max().unwrap_or(0);
    while sum(limit, columns) > room {
        limit -= 1;
    }
    let mut spare = room - sum(limit, columns);
    for column in columns.iter_mut().filter(|column| column.name != "_time") {
        let more = column.width.saturating_sub(limit).min(spare);
        column.width = column.width.min(limit) + more;
        spare -= more;
    }
    true
}

fn aligned(column: &Column, text: &str) -> String {
    let text = visible::cut(text, column.width);
    let spaces = " ".repeat(column.width.saturating_sub(visible::width(&text)));
    if column.is_numeric { format!("{spaces}{text}") } else { format!("{text}{spaces}") }
}

/// Rows that are too wide for a table: a field a line.
fn records(out: &mut dyn Write, columns: &[Column], style: &Style) -> io::Result<()> {
    let labels = columns.iter().map(|column| visible::width(&column.name)).max().unwrap_or(0).min(24);
    let count = columns.first().map_or(0, |column| column.cells.len());
    for row in 0..count {
        if row > 0 {
            writeln!(out)?;
        }
        for column in columns {
            let Some(cell) = column.cells.get(row).filter(|cell| !cell.is_empty()) else { continue };
            layout::field(out, &column.name, cell, labels, 0, style)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(widths: &[usize]) -> Vec<Column> {
        let column =
            |&width: &usize| Column { name: String::new(), cells: Vec::new(), is_numeric: false, width };
        widths.iter().map(column).collect()
    }

    #[test]
    fn the_widest_columns_are_cut_first() {
        let mut wide = columns(&[10, 60, 5, 90]);
        assert!(shrink(&mut wide, 80));
        assert_eq!(wide.iter().map(|column| column.width).collect::<Vec<_>>(), [10, 30, 5, 29]);
    }

    #[test]
    fn a_time_is_not_cut() {
        let mut wide = columns(&[24, 90]);
        wide[0].name = "_time".to_owned();
        assert!(shrink(&mut wide, 40));
        assert_eq!(wide.iter().map(|column| column.width).collect::<Vec<_>>(), [24, 14]);
    }

    #[test]
    fn too_many_columns_do_not_fit() {
        assert!(!shrink(&mut columns(&[20; 12]), 80));
    }
}
