//! Any text: it parses or gives diagnostics; what parses prints stably.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(expanded) = sluice_spl::expand(text, &Default::default()) else { return };
    let parsed = sluice_spl::parse(&expanded.text);
    if parsed.diagnostics.iter().any(|found| found.is_error()) {
        return;
    }
    let _ = sluice_spl::to_ops(&parsed.pipeline);
    let _ = sluice_spl::lint(&parsed.pipeline);
    let printed = sluice_spl::print(&parsed.pipeline);
    let again = sluice_spl::parse(&printed);
    assert_eq!(sluice_spl::print(&again.pipeline), printed);
});
