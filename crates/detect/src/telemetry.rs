//! What kind of telemetry a log is, by what its events are called.

use std::collections::BTreeSet;
use std::sync::Arc;

use sluice_engine::{Engine, Error, Row};
use sluice_events::inputs::Inputs;
use sluice_events::tally::Tally;

const QUERY: &str = "* | fillnull value=\"-\" sourcetype, source | stats count BY sourcetype, source | sort 0 sourcetype, source";

/// The kinds of telemetry in these inputs.
pub(crate) fn of(engine: &Engine, inputs: &Inputs) -> Result<BTreeSet<String>, Error> {
    let answer = engine.run(QUERY, inputs, &Arc::new(Tally::default()))?;
    let kind = |row: Row<'_>| kind(&text(&row, "sourcetype"), &text(&row, "source"));
    Ok(answer.rows.iter().map(|row| row.map(kind)).collect::<Result<_, _>>()?)
}

fn text(row: &Row<'_>, name: &str) -> String {
    row.get(name).and_then(|cell| cell.text().map(|text| text.into_owned())).unwrap_or_default()
}

fn kind(sourcetype: &str, source: &str) -> String {
    let channel = source.rsplit(':').next().unwrap_or_default();
    let zeek = sourcetype.strip_prefix("zeek:").and_then(|rest| rest.strip_suffix(":json"));
    match (zeek, channel) {
        (Some(log), _) => format!("Zeek {log}"),
        (None, "Microsoft-Windows-Sysmon/Operational") => "Sysmon".to_owned(),
        (None, "Linux-Sysmon/Operational") => "Sysmon for Linux".to_owned(),
        (None, "Microsoft-Windows-PowerShell/Operational") => "PowerShell".to_owned(),
        (None, "Security") => "Security".to_owned(),
        _ if sourcetype == "linux:audit" => "auditd".to_owned(),
        _ if sourcetype == "suricata" => "Suricata".to_owned(),
        _ => sourcetype.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_known_by_its_channel_or_its_sourcetype() {
        let xml = "XmlWinEventLog";
        assert_eq!(kind(xml, "XmlWinEventLog:Microsoft-Windows-Sysmon/Operational"), "Sysmon");
        assert_eq!(kind(xml, "XmlWinEventLog:Security"), "Security");
        assert_eq!(kind("sysmon:linux", "Syslog:Linux-Sysmon/Operational"), "Sysmon for Linux");
        assert_eq!(kind("zeek:conn:json", "conn.log"), "Zeek conn");
        assert_eq!(kind("linux:audit", "/var/log/audit/audit.log"), "auditd");
        assert_eq!(kind("access_combined", "access.log"), "access_combined");
    }
}
