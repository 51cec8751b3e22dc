//! Eval functions: one file each, in families. A function says what it is for (the reference and
//! `sluice help` show it), how many arguments it takes, and how a call becomes an expression.

pub mod bitwise;
pub mod comparison;
pub mod conversion;
pub mod cryptographic;
pub mod informational;
pub mod json;
pub mod math;
pub mod multivalue;
pub mod statistical;
pub mod text;
pub mod time;

use arrow::datatypes::DataType;
use datafusion::logical_expr::Expr;
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::span::Span;
use sluice_spl::tree;

use crate::kernel::{self, Context, Run};
use crate::pattern;

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

    /// Holds a regular expression written as a literal to compile.
    ///
    /// # Errors
    /// Where it stands, and why it does not.
    pub fn check_pattern(&self, at: usize) -> Result<(), Diagnostic> {
        let Some(text) = self.literal(at) else { return Ok(()) };
        match pattern::compile(text) {
            Ok(_) => Ok(()),
            Err(why) => {
                let span = self.written.get(at).map_or(self.span, |arg| arg.span);
                Err(pattern::does_not_compile(span, &why))
            }
        }
    }

    /// The text of an argument that must be a literal (a pattern, a format).
    pub fn literal(&self, at: usize) -> Option<&str> {
        match &self.written.get(at)?.kind {
            tree::ExprKind::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The functions of each family, each family sorted by name.
pub const FAMILIES: &[(&str, &[&Function])] = &[
    ("bitwise", bitwise::ALL),
    ("comparison", comparison::ALL),
    ("conversion", conversion::ALL),
    ("cryptographic", cryptographic::ALL),
    ("informational", informational::ALL),
    ("json", json::ALL),
    ("math", math::ALL),
    ("multivalue", multivalue::ALL),
    ("statistical", statistical::ALL),
    ("text", text::ALL),
    ("time", time::ALL),
];

/// All functions.
pub fn all() -> impl Iterator<Item = &'static Function> {
    FAMILIES.iter().flat_map(|(_, functions)| functions.iter().copied())
}

/// The function of this name.
pub fn find(name: &str) -> Option<&'static Function> {
    all().find(|function| function.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Engine, Knowledge, Settings};

    #[test]
    fn examples_give_what_they_say() {
        let engine = Engine::new(
            Settings { threads: 1, now: "2026-11-24T21:14:02Z".parse().unwrap(), ..Settings::default() },
            Knowledge::default(),
        );
        for function in all() {
            assert!(function.examples.len() >= 2, "`{}` needs two examples", function.name);
            for (expr, expected) in function.examples {
                let query = format!("| makeresults | eval r={expr} | table r");
                let answer = engine
                    .run(&query, &Default::default(), &Default::default())
                    .unwrap_or_else(|error| panic!("{query}: {error}"));
                let row = answer.rows.iter().next().unwrap().unwrap();
                let texts = row.get("r").map(|cell| cell.texts().join("|")).filter(|text| !text.is_empty());
                assert_eq!(texts.as_deref().unwrap_or("null"), *expected, "{query}");
            }
        }
    }

    #[test]
    fn names_are_sorted_and_their_own() {
        let mut names = std::collections::BTreeSet::new();
        for (family, functions) in FAMILIES {
            assert!(functions.is_sorted_by_key(|function| function.name), "{family}");
            for function in *functions {
                assert!(names.insert(function.name), "{}", function.name);
            }
        }
    }
}
