//! `where`: rows for which an expression is true.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::tree::Expr;
use crate::{expr, printer};

/// For `sluice help where`.
pub(crate) const DOC: Doc = Doc {
    name: "where",
    aliases: &[],
    summary: "Keeps the rows for which an eval expression is true.",
    syntax: "where <expression>",
    example: "index=main | where bytes > 1024 AND like(host, \"web%\")",
    hints: &[],
    differs: &[],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    expr::parse(cursor).map(Command::Where)
}

/// The arguments as text.
pub(crate) fn print(expr: &Expr) -> String {
    printer::expr::expr(expr)
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn any_expression_will_do() {
        prints("where a==1 and not b like \"x%\"", "where a=1 AND NOT like(b, \"x%\")");
        fails("where", "expected an expression, found end of query");
        fails("where a=1 b=2", "expected `|` or end of query, found `b`");
    }
}
