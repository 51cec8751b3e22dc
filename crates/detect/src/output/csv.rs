//! Comma-separated values as RFC 4180 has them, with a header line.

use std::io::{self, Write};

use jiff::tz::TimeZone;
use sluice_engine::value::Cell;

use super::{Block, time};

/// Writes a header with every field of any block, then the rows. The values of a multivalue field are joined by
/// line feeds, as Splunk does; `_time` is ISO 8601.
///
/// # Errors
/// When the bytes cannot be written.
pub fn write(out: &mut dyn Write, blocks: &[Block<'_>], zone: &TimeZone) -> io::Result<()> {
    let header = header(blocks);
    if header.is_empty() {
        return Ok(());
    }
    line(out, header.iter().copied())?;
    for block in blocks {
        let names = block.rows.fields();
        let places: Vec<Place<'_>> = header.iter().map(|name| Place::of(name, block, &names)).collect();
        for row in block.rows.iter() {
            let row = row?;
            let values: Vec<String> = places
                .iter()
                .map(|place| match place {
                    Place::Mark(value) => (*value).to_owned(),
                    Place::Field(at, is_time) => {
                        row.shown(*at).map_or_else(String::new, |cell| text(&cell, *is_time, zone))
                    }
                    Place::None => String::new(),
                })
                .collect();
            line(out, values.iter().map(String::as_str))?;
        }
    }
    Ok(())
}

/// Where a block has the value of a header.
enum Place<'a> {
    Mark(&'a str),
    Field(usize, bool),
    None,
}

impl<'a> Place<'a> {
    fn of(name: &str, block: &Block<'a>, names: &[&str]) -> Self {
        if let Some((_, value)) = block.marks.iter().find(|(mark, _)| *mark == name) {
            return Self::Mark(value);
        }
        match names.iter().position(|own| *own == name) {
            Some(at) => Self::Field(at, name == "_time"),
            None => Self::None,
        }
    }
}

fn header<'a>(blocks: &'a [Block<'a>]) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for block in blocks {
        for name in block.marks.iter().map(|(mark, _)| *mark).chain(block.rows.fields()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

fn text(cell: &Cell<'_>, is_time: bool, zone: &TimeZone) -> String {
    match cell {
        Cell::Number(seconds) if is_time => time::iso(*seconds, zone).unwrap_or_default(),
        several => several.texts().join("\n"),
    }
}

/// Writes one line of values.
///
/// # Errors
/// When the bytes cannot be written.
pub fn line<'a>(out: &mut dyn Write, values: impl Iterator<Item = &'a str>) -> io::Result<()> {
    for (at, value) in values.enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        out.write_all(quote(value).as_bytes())?;
    }
    out.write_all(b"\r\n")
}

fn quote(value: &str) -> String {
    if value.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_where_they_must_be() {
        let mut out = Vec::new();
        line(&mut out, ["a", "b,c", "say \"x\"", "", "1\n2"].into_iter()).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a,\"b,c\",\"say \"\"x\"\"\",,\"1\n2\"\r\n");
    }
}
