//! A finding for people: who, when and how in its first line, what it ran and where it went below.

use std::io::{self, Write};

use sluice_engine::Row;
use sluice_engine::value::Cell;

use super::{Block, Style, roles, table, time, visible};

/// Fields that the first line, or one line together, already shows.
const PAIRED: [&str; 4] = ["ParentImage", "ParentCommandLine", "DestinationIp", "DestinationPort"];

/// Writes a title and the findings under it.
pub(super) fn findings(out: &mut dyn Write, block: &Block<'_>, title: &str, style: &Style) -> io::Result<()> {
    if block.rows.is_empty() {
        return Ok(());
    }
    let names = block.rows.fields();
    writeln!(out, "{}", style.paint("1", &visible::cut(&visible::visible(title), style.width)))?;
    for row in block.rows.iter() {
        writeln!(out)?;
        let row = row?;
        let finding = Finding { row, names: &names, style };
        finding.header(out)?;
        for (label, value) in finding.lines() {
            field(out, label, &value, finding.label_width(), 2, style)?;
        }
    }
    writeln!(out)
}

/// Writes `label  value`, cut to the width, or wrapped if all is to be shown.
pub(super) fn field(
    out: &mut dyn Write,
    label: &str,
    value: &str,
    label_width: usize,
    indent: usize,
    style: &Style,
) -> io::Result<()> {
    let room = style.width.saturating_sub(indent + label_width + 2).max(20);
    let lines =
        if style.full { visible::wrap(value, room) } else { vec![visible::cut(value, room).into_owned()] };
    let mut label = visible::pad(&visible::cut(label, label_width), label_width);
    for line in lines {
        writeln!(out, "{:indent$}{}  {line}", "", style.paint("2", &label))?;
        label = " ".repeat(label_width);
    }
    Ok(())
}

struct Finding<'a> {
    row: Row<'a>,
    names: &'a [&'a str],
    style: &'a Style,
}

impl Finding<'_> {
    fn text(&self, name: &str) -> Option<String> {
        let at = self.names.iter().position(|own| *own == name)?;
        let cell = self.row.shown(at).filter(|cell| !cell.is_null())?;
        Some(table::shown(&cell, name, self.style))
    }

    fn named(&self, is_it: impl Fn(&str) -> bool) -> Option<&str> {
        self.names.iter().copied().find(|name| is_it(name))
    }

    fn first_of(&self, names: &[&'static str]) -> Option<&'static str> {
        names.iter().copied().find(|name| self.names.contains(name))
    }

    /// `time  host  user  METHOD  score`, with host and user cut first where it does not fit.
    fn header(&self, out: &mut dyn Write) -> io::Result<()> {
        let method = self.named(roles::is_method).and_then(|name| self.text(name));
        let score = self.named(roles::is_score).and_then(|name| self.text(name));
        let time = self.time();
        let mut who: Vec<String> = [self.first_of(&roles::HOST), self.first_of(&roles::USER)]
            .into_iter()
            .flatten()
            .filter_map(|name| self.text(name))
            .collect();
        let fixed: usize =
            [&time, &method, &score].into_iter().flatten().map(|text| visible::width(text) + 2).sum();
        if !self.style.full {
            fit(&mut who, self.style.width.saturating_sub(fixed));
        }
        let mut parts: Vec<String> = time.into_iter().map(|time| self.style.paint("1", &time)).collect();
        parts.extend(who);
        if let Some(method) = method {
            parts.push(self.style.paint(colour(&method), &method));
        }
        parts.extend(score);
        writeln!(out, "{}", parts.join("  "))
    }

    fn time(&self) -> Option<String> {
        match self.row.get("_time")? {
            Cell::Number(seconds) if self.style.full => time::iso(seconds, &self.style.zone),
            Cell::Number(seconds) => time::short(seconds, &self.style.zone),
            other => other.text().map(|text| visible::visible(&text).into_owned()),
        }
    }

    /// The lines below the first, in the order of the query's fields.
    fn lines(&self) -> Vec<(&str, String)> {
        let mut lines = Vec::new();
        for name in self.names.iter().copied().filter(|name| !self.is_in_header(name)) {
            match name {
                "ParentImage" | "ParentCommandLine" => self.parent(&mut lines),
                "DestinationIp" | "DestinationPort" => self.destination(&mut lines),
                _ => lines.extend(self.text(name).map(|text| (name, text))),
            }
        }
        lines.extend(self.log().map(|log| ("Log", log)));
        lines
    }

    fn is_in_header(&self, name: &str) -> bool {
        name.starts_with('_')
            || roles::is_method(name)
            || roles::is_score(name)
            || self.first_of(&roles::HOST) == Some(name)
            || self.first_of(&roles::USER) == Some(name)
    }

    fn parent(&self, lines: &mut Vec<(&str, String)>) {
        if lines.iter().any(|(label, _)| *label == "Parent") {
            return;
        }
        let parts = [self.text("ParentImage"), self.text("ParentCommandLine")];
        for (at, text) in parts.into_iter().flatten().enumerate() {
            lines.push((if at == 0 { "Parent" } else { "" }, text));
        }
    }

    fn destination(&self, lines: &mut Vec<(&str, String)>) {
        if lines.iter().any(|(label, _)| *label == "Destination") {
            return;
        }
        let text = match (self.text("DestinationIp"), self.text("DestinationPort")) {
            (Some(ip), Some(port)) if ip.contains(':') => format!("[{ip}]:{port}"),
            (Some(ip), Some(port)) => format!("{ip}:{port}"),
            (ip, port) => match ip.or(port) {
                Some(text) => text,
                None => return,
            },
        };
        lines.push(("Destination", text));
    }

    fn log(&self) -> Option<String> {
        let file = self.text("_file")?;
        let record = self.text("_record").map_or_else(String::new, |record| format!("  record {record}"));
        if self.style.full {
            return Some(format!("{file}{record}"));
        }
        let room = self.style.width.saturating_sub(4 + self.label_width() + visible::width(&record));
        Some(format!("{}{record}", tail(&file, room.max(10))))
    }

    fn label_width(&self) -> usize {
        let names = self.names.iter().filter(|name| !self.is_in_header(name) && !PAIRED.contains(name));
        names.map(|name| visible::width(name)).max().unwrap_or(0).clamp(11, 20)
    }
}

/// Cuts the longest texts until all fit into the room.
fn fit(texts: &mut [String], room: usize) {
    let total = |texts: &[String]| texts.iter().map(|text| visible::width(text) + 2).sum::<usize>();
    while total(texts) > room + 2 {
        let Some(longest) = texts.iter_mut().max_by_key(|text| visible::width(text)) else { return };
        let cells = visible::width(longest);
        if cells <= 8 {
            return;
        }
        *longest = visible::cut(longest, cells - 1).into_owned();
    }
}

/// The end of a path, which says more than its beginning.
fn tail(path: &str, cells: usize) -> String {
    if visible::width(path) <= cells {
        return path.to_owned();
    }
    let mut kept: Vec<char> = Vec::new();
    for character in path.chars().rev() {
        kept.push(character);
        if visible::width(&kept.iter().collect::<String>()) + 1 > cells {
            kept.pop();
            break;
        }
    }
    kept.push(visible::CUT);
    kept.into_iter().rev().collect()
}

/// A colour that stays with a method, from run to run.
fn colour(method: &str) -> &'static str {
    match method {
        "FTP" => "1;33",
        "HTTP_Upload" => "1;35",
        "DNS_Tunnel" => "1;36",
        "SMTP" => "1;34",
        "Plaintext_Network" => "1;32",
        other => ["1;31", "1;33", "1;35", "1;36", "1;34", "1;32"]
            [other.bytes().map(usize::from).sum::<usize>() % 6],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_path_is_kept() {
        assert_eq!(tail("packages/T1048.003/tests/sysmon.xml", 12), "…/sysmon.xml");
    }

    #[test]
    fn the_longest_is_cut_first() {
        let mut who = vec!["WIN10-ALICE.corp.example".to_owned(), r"CORP\alice".to_owned()];
        fit(&mut who, 30);
        assert_eq!(who, ["WIN10-ALICE.corp.…", r"CORP\alice"]);
    }
}
