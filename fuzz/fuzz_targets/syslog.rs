#![no_main]

mod reader;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (few, whole) = reader::read(sluice_events::format::syslog::open, bytes);
    assert_eq!(few, whole, "the fields asked for must not change how many events there are");
});
