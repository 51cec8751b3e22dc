//! What was read, found and lost, on stderr and in `--summary FILE`.

use std::path::Path;

use sluice_detect::output::visible::visible;
use sluice_detect::summary::{Summary, Unread};

use crate::console::Console;
use crate::stop::{INCOMPLETE, STOPPED, Stop, USAGE};

/// Losses, unread inputs and the like that are listed one by one; `-v` lists all.
const LISTED: usize = 10;

/// Sets the exit code from what happened; `failures` is the code of a run that is complete.
pub(crate) fn settle(summary: &mut Summary, wrong_query: bool, failures: u8) {
    summary.exit = if wrong_query || summary.is_missing_path() {
        USAGE
    } else if !summary.errors.is_empty() {
        STOPPED
    } else if summary.is_incomplete() {
        INCOMPLETE
    } else {
        failures
    };
}

/// Says what could not be read, then the summary line.
pub(crate) fn print(summary: &Summary, console: Console, what: Option<&str>) {
    let style = console.err_style();
    for problem in &summary.problems {
        let line = format!("sluice: {}: {}", visible(&problem.path), visible(&problem.message));
        // A path that is missing is an error, which `--quiet` does not hide.
        match problem.missing {
            true => eprintln!("{line}"),
            false => console.say(&line),
        }
    }
    for error in &summary.errors {
        eprintln!("sluice: {}", visible(error));
    }
    unread(&summary.unread, console);
    let losses = summary.losses.iter().map(|loss| {
        let record = loss.record.map_or_else(String::new, |record| format!(", record {record}"));
        format!("{} at offset {}{record}: {}", visible(&loss.file), loss.offset, visible(&loss.what))
    });
    if summary.lost > 0 {
        console.say(&style.paint("1;33", &format!("{} in what was read:", counted(summary.lost, "problem"))));
        list(losses.collect(), console);
    }
    console.say(&style.paint("1", &line(summary, what)));
}

/// What could not be looked at.
pub(crate) fn unread(unread: &[Unread], console: Console) {
    if unread.is_empty() {
        return;
    }
    let title = format!("{} not read:", counted(unread.len() as u64, "file"));
    console.say(&console.err_style().paint("1;33", &title));
    let lines = unread.iter().map(|unread| {
        let why = match unread.format {
            "empty" => "empty".to_owned(),
            "unknown" => "not recognised".to_owned(),
            format => format!("{format}, which has no reader yet"),
        };
        format!("{}: {why}", visible(&unread.file))
    });
    list(lines.collect(), console);
}

fn list(lines: Vec<String>, console: Console) {
    let shown = if console.verbose { lines.len() } else { LISTED };
    for line in lines.iter().take(shown) {
        console.say(&format!("  {line}"));
    }
    if lines.len() > shown {
        console.say(&format!("  and {} more; -v lists all", lines.len() - shown));
    }
}

/// `3 files  1,204 events  2.1 MB  4 findings (3 FTP, 1 SMTP)  0.02 s  105 MB/s`
fn line(summary: &Summary, what: Option<&str>) -> String {
    let mut found = what.map_or_else(String::new, |what| counted(summary.rows as u64, what));
    if !summary.by_method.is_empty() {
        let methods: Vec<String> =
            summary.by_method.iter().map(|(name, count)| format!("{count} {}", visible(name))).collect();
        found.push_str(&format!(" ({})", methods.join(", ")));
    }
    let rate = summary.bytes as f64 / summary.seconds.max(1e-6);
    let parts = [
        counted(summary.files as u64, "file"),
        counted(summary.events, "event"),
        size(summary.bytes as f64),
        found,
        format!("{:.2} s", summary.seconds),
        format!("{}/s", size(rate)),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
}

/// `1 file`, `2,000 files`
pub(crate) fn counted(count: u64, what: &str) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let plural = match (count, what.strip_suffix('y')) {
        (1, _) => return format!("{grouped} {what}"),
        (_, Some(stem)) => format!("{stem}ies"),
        _ => format!("{what}s"),
    };
    format!("{grouped} {plural}")
}

/// Bytes as people say them; 1 MB is a million.
pub(crate) fn size(bytes: f64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"];
    let mut value = bytes;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    let digits = usize::from(unit > 0 && value < 99.95);
    format!("{value:.digits$} {}", units[unit])
}

/// Writes the summary to a file.
pub(crate) fn save(summary: &Summary, path: Option<&Path>) -> Result<(), Stop> {
    let Some(path) = path else { return Ok(()) };
    let failed = |error: &dyn std::fmt::Display| Stop::Failed {
        code: STOPPED,
        message: format!("{}: {error}", path.display()),
    };
    let text = serde_json::to_string_pretty(summary).map_err(|error| failed(&error))?;
    let mut text = sluice_detect::output::jsonl::visible_json(text);
    text.push('\n');
    std::fs::write(path, text).map_err(|error| failed(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_easy_to_read() {
        assert_eq!(counted(1, "file"), "1 file");
        assert_eq!(counted(1_234_567, "event"), "1,234,567 events");
        assert_eq!(counted(2, "query"), "2 queries");
        assert_eq!(size(999.0), "999 B");
        assert_eq!(size(1_234_567.0), "1.2 MB");
        assert_eq!(size(999_960.0), "1.0 MB");
    }

    #[test]
    fn the_first_code_that_applies_wins() {
        let mut summary = Summary { lost: 1, ..Summary::default() };
        settle(&mut summary, false, 1);
        assert_eq!(summary.exit, 3);
        summary.errors.push("stopped".to_owned());
        settle(&mut summary, false, 1);
        assert_eq!(summary.exit, 4);
        settle(&mut summary, true, 1);
        assert_eq!(summary.exit, 2);
    }
}
