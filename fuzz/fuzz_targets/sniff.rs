#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = sluice_events::format::sniff(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = sluice_events::time::parse(text, &jiff::tz::TimeZone::UTC);
    }
});
