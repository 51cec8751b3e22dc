//! `coalesce`: the first value there is.

use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr::Case;
use sluice_spl::diagnostic::Diagnostic;

use crate::function::informational::null::is_not_null;
use crate::function::{Call, Function};
use crate::kernel::null_literal;
use crate::lower::expr::{convert, unify};

/// `coalesce(VALUE, …)`
pub const COALESCE: Function = Function {
    name: "coalesce",
    arguments: (1, None),
    syntax: "coalesce(VALUE, …)",
    summary: "The first argument that has a value; an empty string is a value.",
    examples: &[
        ("coalesce(nosuch, \"a\", \"b\")", "a"),
        ("coalesce(null(), 7)", "7"),
        ("coalesce(nosuch)", "null"),
    ],
    build,
};

fn build(call: Call<'_>) -> Result<Expr, Diagnostic> {
    // A field that is nowhere would only widen the type.
    let there = |expr: &Expr| !matches!(expr, Expr::Literal(value, _) if value.is_null());
    let args: Vec<_> = call.args.into_iter().zip(call.types).filter(|(arg, _)| there(arg)).collect();
    let Some(kind) = args.iter().map(|(_, kind)| kind.clone()).reduce(|left, right| unify(&left, &right))
    else {
        return Ok(null_literal());
    };
    let mut otherwise = None;
    for (arg, from) in args.into_iter().rev() {
        let given = is_not_null(arg.clone(), &from, call.context);
        let value = Box::new(convert(arg, &from, &kind, call.context));
        otherwise = Some(match otherwise {
            None => value,
            Some(next) => Box::new(Expr::Case(Case::new(None, vec![(Box::new(given), value)], Some(next)))),
        });
    }
    Ok(otherwise.map_or_else(null_literal, |value| *value))
}
