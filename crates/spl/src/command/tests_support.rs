//! What the tests of commands share.

use crate::ops::Op;

/// The canonical text of `command` is `expected`, is stable, and means something.
pub(crate) fn prints(command: &str, expected: &str) {
    prints_only(command, expected);
    op(command);
}

/// The canonical text of `command` is `expected` and is stable.
pub(crate) fn prints_only(command: &str, expected: &str) {
    let print = |text: &str| {
        let parsed = crate::parse(&format!("| {text}"));
        assert_eq!(parsed.diagnostics, [], "{text}");
        crate::print(&parsed.pipeline).trim_start_matches("| ").to_owned()
    };
    // The first search of a query is printed without the command's name.
    let expected = expected.strip_prefix("search ").unwrap_or(expected);
    let printed = print(command);
    assert_eq!(printed, expected);
    let again = if command.starts_with("search") { format!("search {printed}") } else { printed };
    assert_eq!(print(&again), expected);
}

/// The one operation that `command` means.
pub(crate) fn op(command: &str) -> Op {
    let parsed = crate::parse(&format!("| {command}"));
    crate::to_ops(&parsed.pipeline).unwrap().remove(0)
}

/// Reading or lowering `command` gives an error with this message.
pub(crate) fn fails(command: &str, message: &str) {
    let parsed = crate::parse(&format!("| {command}"));
    let errors = if parsed.diagnostics.is_empty() {
        crate::to_ops(&parsed.pipeline).unwrap_err()
    } else {
        parsed.diagnostics
    };
    let messages: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
    assert_eq!(messages, [message], "{command}");
}
