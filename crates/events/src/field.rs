//! Names of fields that every event has or may have.

use std::borrow::Cow;

/// When it happened: seconds since 1970 UTC with fraction, `Float64`.
pub const TIME: &str = "_time";
/// The event's original text.
pub const RAW: &str = "_raw";
/// The machine it came from.
pub const HOST: &str = "host";
/// The file or channel it came from.
pub const SOURCE: &str = "source";
/// Its format, in Splunk's names.
pub const SOURCETYPE: &str = "sourcetype";
/// Splunk's index.
pub const INDEX: &str = "index";

/// `host` of an event that names none. Splunk would say who read the file.
pub const UNKNOWN_HOST: &str = "unknown";
/// `index` of the logs of Linux and Unix hosts.
pub const UNIX_INDEX: &str = "unix";

/// Provenance: the input's name.
pub const FILE: &str = "_file";
/// Provenance: EventRecordID, or the line number counted from 1, `Int64`.
pub const RECORD: &str = "_record";
/// Provenance: byte offset of the record in the (decompressed) input, `Int64`.
pub const OFFSET: &str = "_offset";

/// Hidden: reading order over all inputs, `Int64`. No query can name it (NUL starts no SPL name).
pub const SEQ: &str = "\0seq";
/// Hidden: where in the inputs an event is, as [`crate::request::Places`] counts, `Int64`.
pub const PLACE: &str = "\0place";
/// Hidden: which of several filters the event may pass, as a [`crate::filter::Sorter`] counts, `Int64`; null if the
/// reader did not find out.
pub const FILTERS: &str = "\0filters";
/// Hidden: all fields that were not asked for by name, `List<Struct<name, value>>`.
pub const REST: &str = "\0rest";

/// Whether a field says where an event is from, or is made for every event, whatever stands in it.
pub fn is_metadata(name: &str) -> bool {
    matches!(
        name,
        TIME | RAW
            | HOST
            | SOURCE
            | SOURCETYPE
            | INDEX
            | FILE
            | RECORD
            | OFFSET
            | SEQ
            | PLACE
            | FILTERS
            | REST
    )
}

/// A name that comes from data: not one of the engine's own, which begin with NUL.
///
/// ```
/// use sluice_events::field::visible;
/// assert_eq!(visible("user".into()), "user");
/// assert_eq!(visible("\0rest".into()), "\u{fffd}rest");
/// ```
pub fn visible(name: Cow<'_, str>) -> Cow<'_, str> {
    if name.starts_with('\0') { Cow::Owned(name.replace('\0', "\u{fffd}")) } else { name }
}

/// What the events are called here that another add-on calls `sourcetype`: the Add-on for Unix and Linux calls audit
/// records `auditd`, the one for Bro its logs `bro:conn:json`, and detections ask for either.
///
/// ```
/// use sluice_events::field::sourcetype_here;
///
/// assert_eq!(sourcetype_here("Bro:conn:json").as_deref(), Some("zeek:conn:json"));
/// assert_eq!(sourcetype_here("zeek:conn:json"), None);
/// ```
pub fn sourcetype_here(sourcetype: &str) -> Option<String> {
    if sourcetype.eq_ignore_ascii_case("auditd") {
        return Some("linux:audit".to_owned());
    }
    let (bro, log) = sourcetype.split_at_checked("bro:".len())?;
    bro.eq_ignore_ascii_case("bro:").then(|| format!("zeek:{log}"))
}
