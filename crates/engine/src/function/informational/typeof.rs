//! `typeof`: the kind of value in words.

use crate::function::Function;
use crate::kernel;
use crate::value::{Cell, TEXT};

/// `typeof(VALUE)`
pub const TYPEOF: Function = Function {
    name: "typeof",
    arguments: (1, Some(1)),
    syntax: "typeof(VALUE)",
    summary: "`Number`, `String`, `Bool`, `Multivalue`, or `Invalid` for no value; text that looks like a number is one.",
    examples: &[
        ("typeof(12)", "Number"),
        ("typeof(\"abc\")", "String"),
        ("typeof(1=2)", "Bool"),
        ("typeof(nosuch)", "Invalid"),
    ],
    build: |call| {
        // A string literal is a string whatever it looks like; a field's text is what it looks like.
        if call.literal(0).is_some() {
            return Ok(kernel::text_literal("String"));
        }
        Ok(call.kernel(TEXT, |_, args, rows| {
            Ok(kernel::texts(rows, |row| {
                Some(args.first().map_or("Invalid", |arg| word(&arg.cell(row))).into())
            }))
        }))
    },
};

fn word(cell: &Cell<'_>) -> &'static str {
    match cell {
        cell if cell.is_null() => "Invalid",
        Cell::List(list) if list.len() > 1 => "Multivalue",
        Cell::Bool(_) => "Bool",
        cell if cell.number().is_some() => "Number",
        _ => "String",
    }
}
