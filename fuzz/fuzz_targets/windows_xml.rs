#![no_main]

mod reader;

use libfuzzer_sys::fuzz_target;
use sluice_events::format::windows_xml;

fuzz_target!(|bytes: &[u8]| {
    for open in [windows_xml::open, windows_xml::open_linux] {
        let (few, whole) = reader::read(open, bytes);
        assert_eq!(few, whole, "the fields asked for must not change how many events there are");
    }
});
