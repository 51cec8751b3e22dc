#![no_main]

mod reader;

use libfuzzer_sys::fuzz_target;

/// Panics of the crates `parquet` and `arrow` on damaged pages are caught by the reader; all others end the run.
fn forgive() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let is_theirs =
            |file: &str| ["/parquet-", "/arrow-", "/library/"].iter().any(|part| file.contains(part));
        if !panic.location().is_some_and(|location| is_theirs(location.file())) {
            report(panic);
        }
    }));
}

fuzz_target!(init: forgive(), |bytes: &[u8]| {
    let (few, whole) = reader::read(sluice_events::format::parquet::open, bytes);
    // Rows behind a damaged page are lost; a column that nobody asks for is not looked at.
    assert!(few >= whole, "{few} events by a few columns, {whole} by all");
});
