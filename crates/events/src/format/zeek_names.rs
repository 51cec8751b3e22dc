//! What Zeek's logs and their fields are called. TSV and JSON of the same log have the same names.

use std::borrow::Cow;

use crate::field;

/// Index of all of them.
pub(crate) const INDEX: &str = "zeek";

/// Logs that are known by the name of their file.
const LOGS: &[&str] = &[
    "analyzer",
    "conn",
    "dce_rpc",
    "dhcp",
    "dnp3",
    "dns",
    "dpd",
    "files",
    "ftp",
    "http",
    "irc",
    "kerberos",
    "known_certs",
    "known_hosts",
    "known_services",
    "ldap",
    "ldap_search",
    "modbus",
    "mqtt_connect",
    "mysql",
    "notice",
    "ntlm",
    "ntp",
    "ocsp",
    "pe",
    "quic",
    "radius",
    "rdp",
    "rfb",
    "rpc",
    "sip",
    "smb_cmd",
    "smb_files",
    "smb_mapping",
    "smtp",
    "snmp",
    "socks",
    "software",
    "ssh",
    "ssl",
    "syslog",
    "tunnel",
    "weird",
    "x509",
];

/// Sets `sourcetype` of a log into `text`: `zeek:conn:json`, as detections have it.
pub(crate) fn sourcetype(log: Option<&str>, text: &mut String) {
    text.clear();
    match log {
        Some(log) => text.extend(["zeek:", log, ":json"]),
        None => text.push_str("zeek:json"),
    }
}

/// Sets `source` of a log into `text`: `conn.log`.
pub(crate) fn source(log: &str, text: &mut String) {
    text.clear();
    text.extend([log, ".log"]);
}

/// Begins the names of [`field()`] that are not Zeek's own.
pub(crate) const PREFIX: &str = "zeek_";

/// The name of a field. DIFFERS: where Zeek's is a name that Splunk has for all events, it gets a prefix: the `host`
/// of http.log is a web site, and the `source` of files.log a protocol.
pub(crate) fn field(name: &str) -> Cow<'_, str> {
    match name {
        field::HOST | field::SOURCE | field::SOURCETYPE | field::INDEX => {
            Cow::Owned(format!("{PREFIX}{name}"))
        }
        _ => Cow::Borrowed(name),
    }
}

/// The log that a file holds, by its name: `conn.00:00:00-01:00:00.log.gz`, `zeek_conn.json`.
pub(crate) fn log_of_file(file: &str) -> Option<&'static str> {
    let name = file.rsplit(['/', '\\', '!']).next()?;
    let words = name.split(|char: char| !char.is_ascii_alphanumeric() && char != '_');
    let words = words.map(|word| word.strip_prefix(PREFIX).or(word.strip_prefix("bro_")).unwrap_or(word));
    words.into_iter().find_map(|word| LOGS.iter().find(|log| **log == word).copied())
}

/// Fields that only one log has, and that log.
const TELLING: [(&str, &str); 16] = [
    ("conn_state", "conn"),
    ("missed_bytes", "conn"),
    ("qtype_name", "dns"),
    ("qclass_name", "dns"),
    ("rcode_name", "dns"),
    ("request_body_len", "http"),
    ("response_body_len", "http"),
    ("mailfrom", "smtp"),
    ("rcptto", "smtp"),
    ("helo", "smtp"),
    ("data_channel.passive", "ftp"),
    ("data_channel.resp_h", "ftp"),
    ("seen_bytes", "files"),
    ("overflow_bytes", "files"),
    ("certificate.serial", "x509"),
    ("cert_chain_fuids", "ssl"),
];

/// A field that only one log has: its place in the table of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Telling(u8);

impl Telling {
    /// For the name of a field.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let at = TELLING.iter().position(|(field, _)| *field == name)?;
        u8::try_from(at).ok().map(Self)
    }

    /// The log.
    pub(crate) fn log(self) -> Option<&'static str> {
        TELLING.get(usize::from(self.0)).map(|(_, log)| *log)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_known_by_the_name_of_its_file() {
        for (file, log) in [
            ("/opt/zeek/logs/current/conn.log", Some("conn")),
            ("a.zip!zeek/dns.00:00:00-01:00:00.log.gz", Some("dns")),
            ("zeek_ftp.json", Some("ftp")),
            ("smb_files.log", Some("smb_files")),
            ("/data/http/eve.json", None),
            ("-", None),
        ] {
            assert_eq!(log_of_file(file), log, "{file}");
        }
    }
}
