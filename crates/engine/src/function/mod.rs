//! Eval functions: one file each, in families. A function says what it is for (the reference and
//! `sluice help` show it), how many arguments it takes, and how a call becomes an expression.

pub mod comparison;

use arrow::datatypes::DataType;
use datafusion::logical_expr::Expr;
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::span::Span;
use sluice_spl::tree;

use crate::kernel::{self, Context, Run};

/// One eval function.
#[derive(Debug)]
pub struct Function {
    /// Its name in lower case.
    pub name: &'static str,
    /// Fewest and most arguments (`None`: any number).
    pub arguments: (usize, Option<usize>),
    /// As it is called: `substr(X, START, LENGTH)`.
    pub syntax: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// Expressions and what they give, as `sluice search` prints it (`null` for no value; a
    /// multivalue joined by `|`). Run by a test.
    pub examples: &'static [(&'static str, &'static str)],
    /// The expression of a call.
    pub build: fn(Call<'_>) -> Result<Expr, Diagnostic>,
}

/// A call of a function, its arguments lowered.
#[derive(Debug)]
pub struct Call<'a> {
    /// The function.
    pub function: &'static Function,
    /// The arguments as expressions.
    pub args: Vec<Expr>,
    /// Their types.
    pub types: Vec<DataType>,
    /// The arguments as written.
    pub written: &'a [tree::Expr],
    /// The whole call.
    pub span: Span,
    /// Time zone and now.
    pub context: &'a Context,
}

impl Call<'_> {
    /// The call as a kernel under the function's own name.
    pub fn kernel(self, returns: DataType, run: Run) -> Expr {
        kernel::call(self.function.name, returns, self.context, run, self.args)
    }

    /// An error about one argument.
    pub fn argument_error(&self, at: usize, expected: &str) -> Diagnostic {
        let span = self.written.get(at).map_or(self.span, |arg| arg.span);
        Diagnostic::error(
            code::TYPE_MISMATCH,
            span,
            format!("argument {} of `{}` must be {expected}", at + 1, self.function.name),
        )
        .with_help(format!("`{}`", self.function.syntax))
    }

    /// The text of an argument that must be a literal (a pattern, a format).
    pub fn literal(&self, at: usize) -> Option<&str> {
        match &self.written.get(at)?.kind {
            tree::ExprKind::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// All functions, sorted by name.
pub const ALL: &[&Function] = &[
    &comparison::case::CASE,
    &comparison::r#false::FALSE,
    &comparison::r#if::IF,
    &comparison::r#match::MATCH,
    &comparison::r#true::TRUE,
];

/// The function of this name.
pub fn find(name: &str) -> Option<&'static Function> {
    ALL.iter().copied().find(|function| function.name == name)
}

pub mod time {
    pub mod modifier {
        pub fn apply(_: jiff::Timestamp, _: &jiff::tz::TimeZone, _: &str) -> Option<jiff::Timestamp> {
            None
        }
    }
}
