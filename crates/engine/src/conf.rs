//! Splunk's `.conf` files: stanzas of settings (Splunk Admin Manual, "About configuration files").

use std::collections::BTreeMap;

/// Stanzas by name; settings by key. Later files are merged over earlier ones, key by key.
pub(crate) type Stanzas = BTreeMap<String, BTreeMap<String, String>>;

/// Reads a `.conf` text into `stanzas`: `local` is read after `default` and wins.
pub(crate) fn merge(text: &str, stanzas: &mut Stanzas) {
    let mut stanza = "default".to_owned();
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    while let Some(line) = lines.next() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut stanza);
            stanzas.entry(stanza.clone()).or_default();
            continue;
        }
        let Some((key, value)) = line.split_once('=') else { continue };
        let mut value = value.trim().to_owned();
        // A backslash at the end of a line continues the value on the next.
        while let Some(start) = value.strip_suffix('\\') {
            let start = start.to_owned();
            let Some(next) = lines.next() else { break };
            value = format!("{start}\n{}", next.trim_end());
        }
        stanzas.entry(stanza.clone()).or_default().insert(key.trim().to_owned(), value);
    }
}

/// Whether the value of a setting means true.
pub(crate) fn is_true(value: &str) -> bool {
    matches!(value.trim().to_ascii_lowercase().as_str(), "1" | "t" | "true" | "yes" | "y")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_files_win_key_by_key() {
        let mut stanzas = Stanzas::new();
        merge("# note\n[m]\ndefinition = a=1 \\\n b=2\niseval = 0\n", &mut stanzas);
        merge("[m]\niseval=1\n", &mut stanzas);
        assert_eq!(stanzas["m"]["definition"], "a=1 \n b=2");
        assert_eq!(stanzas["m"]["iseval"], "1");
    }
}
