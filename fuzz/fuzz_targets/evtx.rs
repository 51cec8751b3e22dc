#![no_main]

mod reader;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (few, whole) = reader::read(sluice_events::format::evtx::open, bytes);
    // A record that is damaged where nobody looks is read; one that is damaged where somebody looks is lost.
    assert!(few >= whole, "{few} events by a few fields, {whole} by all");
});
