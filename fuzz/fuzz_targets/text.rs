#![no_main]

mod reader;

use libfuzzer_sys::fuzz_target;
use sluice_events::format::{access, text, vpc_flow};

fuzz_target!(|bytes: &[u8]| {
    for open in [text::open, access::open, vpc_flow::open] {
        let (few, whole) = reader::read(open, bytes);
        assert_eq!(few, whole, "the fields asked for must not change how many events there are");
    }
});
