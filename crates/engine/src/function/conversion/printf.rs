//! `printf`: values in a format, as C's `printf` writes them.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_spl::diagnostic::Diagnostic;

use super::format::{self, Count, Piece};
use crate::function::{Call, Function};
use crate::kernel::{self, Arg, Context};
use crate::value::{Cell, TEXT};

/// `printf(FORMAT, VALUE, …)`
pub const PRINTF: Function = Function {
    name: "printf",
    arguments: (1, None),
    syntax: "printf(FORMAT, VALUE, …)",
    summary: "The values in a format with `%a %c %d %e %f %g %i %o %s %u %x %X %%` (`%z` is `%s`, `%p` is `%X`), flags `-+ 0#'`, width and precision as in C.",
    examples: &[
        ("printf(\"%02d-%s\", 5, \"a\")", "05-a"),
        ("printf(\"%.*f\", 1, 1.23)", "1.2"),
        ("printf(\"%#x %5.1e|%-4s|\", 255, 12345, \"ab\")", "0xff 1.2e+04|ab  |"),
        ("printf(\"100%% of %'d\", 1234567)", "100% of 1,234,567"),
        ("printf(\"%.3A %c%c %s%z %p\", pi(), 65, \"Foo\", \"a\", \"b\", 10)", "0X1.922P+1 AF ab A"),
        ("printf(\"%d\", nosuch)", "null"),
    ],
    build,
};

fn build(call: Call<'_>) -> Result<Expr, Diagnostic> {
    if let Some(text) = call.literal(0) {
        let Some(pieces) = format::parse(text) else {
            return Err(call.argument_error(0, "a format with known conversions, such as \"%s %d\""));
        };
        let wanted: usize = pieces.iter().map(Piece::arguments).sum();
        if wanted != call.args.len() - 1 {
            return Err(call.argument_error(0, &format!("a format of {} values", call.args.len() - 1)));
        }
    }
    Ok(call.kernel(TEXT, run))
}

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let Some((format, values)) = args.split_first() else { return Ok(kernel::nulls(&TEXT, rows)) };
    let shared = format.constant().and_then(|cell| cell.text().map(|text| format::parse(&text)));
    Ok(kernel::texts(rows, |row| match &shared {
        Some(pieces) => Some(print(pieces.as_deref()?, values, row)?.into()),
        None => Some(print(&format::parse(&format.text(row)?)?, values, row)?.into()),
    }))
}

/// The format with the values of a row; none if one is missing or is no number where one is needed.
fn print(pieces: &[Piece], values: &[Arg], row: usize) -> Option<String> {
    let mut values = values.iter();
    let mut printed = String::new();
    for piece in pieces {
        let spec = match piece {
            Piece::Text(text) => {
                printed.push_str(text);
                continue;
            }
            Piece::Value(spec) => spec,
        };
        let mut number = |count: Count| match count {
            Count::None => Some(None),
            Count::Given(count) => Some(Some(count)),
            Count::Argument => Some(Some(values.next()?.number(row)? as i64)),
        };
        let (width, precision) = (number(spec.width)?, number(spec.precision)?);
        // A negative width aligns to the left, a negative precision is none, as in C.
        let mut spec = *spec;
        spec.left |= width.is_some_and(|width| width < 0);
        spec.width = width.map_or(Count::None, |width| Count::Given(width.abs().min(1024)));
        spec.precision =
            precision.filter(|&count| count >= 0).map_or(Count::None, |count| Count::Given(count.min(256)));
        let value = values.next()?;
        printed.push_str(&match spec.conversion {
            's' => spec.text(&value.text(row)?),
            'c' => spec.text(character(value, row)?.encode_utf8(&mut [0; 4])),
            _ => spec.number(value.number(row)?),
        });
    }
    Some(printed)
}

/// A number names a code point, a text its first character.
fn character(value: &Arg, row: usize) -> Option<char> {
    match value.cell(row) {
        Cell::Number(number) => char::from_u32(number as u32),
        cell => cell.text()?.chars().next(),
    }
}
