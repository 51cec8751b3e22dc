//! Splunk's time variables → jiff's, for printing.

/// A format in jiff's words. A variable that Splunk does not know stays as it is.
pub(crate) fn translate(format: &str) -> String {
    let mut out = String::new();
    let mut rest = format;
    while let Some((before, variable)) = rest.split_once('%') {
        out.push_str(before);
        let flags = variable.find(|c: char| !matches!(c, '-' | '_' | '0' | '^' | '#')).unwrap_or(0);
        let (flag, after) = variable.split_at(flags);
        let mut chars = after.chars();
        match chars.next() {
            Some(digit @ '1'..='9') if chars.as_str().starts_with(['N', 'Q']) => {
                out.push_str(&format!("%{digit}f"));
                chars.next();
            }
            Some(':') if chars.as_str().trim_start_matches(':').starts_with('z') => {
                let colons = after.len() - after.trim_start_matches(':').len();
                out.push_str(&format!("%{}z", ":".repeat(colons.min(3))));
                chars = after.trim_start_matches(':').chars();
                chars.next();
            }
            Some(letter) => out.push_str(&one(flag, letter)),
            None => out.push_str("%%"),
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out
}

fn one(flag: &str, letter: char) -> String {
    match letter {
        'N' => "%9f".to_owned(),
        'Q' => "%3f".to_owned(),
        'f' => "%6f".to_owned(),
        '+' => "%a %b %e %H:%M:%S %Z %Y".to_owned(),
        'c' => "%a %b %e %H:%M:%S %Y".to_owned(),
        'x' => "%m/%d/%Y".to_owned(),
        'X' => "%H:%M:%S".to_owned(),
        'r' => "%I:%M:%S %p".to_owned(),
        'v' => "%e-%b-%Y".to_owned(),
        '%' => "%%".to_owned(),
        'A' | 'B' | 'C' | 'D' | 'F' | 'G' | 'H' | 'I' | 'M' | 'P' | 'R' | 'S' | 'T' | 'U' | 'V' | 'W'
        | 'Y' | 'Z' | 'a' | 'b' | 'd' | 'e' | 'g' | 'h' | 'j' | 'k' | 'l' | 'm' | 'n' | 'p' | 's' | 't'
        | 'u' | 'w' | 'y' | 'z' => format!("%{flag}{letter}"),
        other => format!("%%{flag}{other}"),
    }
}
