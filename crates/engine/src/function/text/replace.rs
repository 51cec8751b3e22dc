//! `replace`: every match of a regular expression becomes another text.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use datafusion::common::{DataFusionError, Result as DataFusionResult};
use datafusion::logical_expr::Expr;
use hashbrown::HashMap;
use sluice_spl::diagnostic::Diagnostic;

use super::each;
use crate::function::{Call, Function};
use crate::kernel::{self, Arg, Context};
use crate::pattern::{self, Pattern, Replacement};
use crate::value::TEXT;

/// `replace(TEXT, REGEX, REPLACEMENT)`
pub const REPLACE: Function = Function {
    name: "replace",
    arguments: (3, Some(3)),
    syntax: "replace(TEXT, REGEX, REPLACEMENT)",
    summary: "The text with every match replaced; `\\1` to `\\9` are the groups, `\\0` the match.",
    examples: &[
        ("replace(\"1/14/2023\", \"^(\\d+)/(\\d+)/\", \"\\2/\\1/\")", "14/1/2023"),
        ("replace(\"a.b.c\", \"\\.\", \"$0\")", "a$0b$0c"),
        ("replace(\"abc\", \"[a-b]\", \"<\\0>\")", "<a><b>c"),
        ("replace(split(\"ax,bx\", \",\"), \"x$\", \"\")", "a|b"),
    ],
    build,
};

fn build(call: Call<'_>) -> Result<Expr, Diagnostic> {
    call.check_pattern(1)?;
    let kind = each::kind(&call);
    Ok(call.kernel(kind, run))
}

fn run(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [text, regex, replacement] = args else { return Ok(kernel::nulls(&TEXT, rows)) };
    let mut failure = None;
    let shared = match (regex.constant(), replacement.constant()) {
        (Some(regex), Some(replacement)) => match (regex.text(), replacement.text()) {
            (Some(regex), Some(replacement)) => Some(compile(&regex, &replacement)?),
            _ => None,
        },
        _ => None,
    };
    let mut known: HashMap<Box<str>, String> = HashMap::new();
    let result = each::change(text, rows, |row, text| {
        let result = match &shared {
            // Paths and addresses repeat themselves; texts that do not would only fill the map.
            Some(compiled) => match known.get(text.as_ref()) {
                Some(done) => Ok(done.clone()),
                None => replaced(compiled, &text).inspect(|done| {
                    if known.len() < REMEMBERED && text.len() <= LONGEST {
                        known.insert(text.as_ref().into(), done.clone());
                    }
                }),
            },
            None => {
                let (regex, replacement) = (regex.text(row)?, replacement.text(row)?);
                compile(&regex, &replacement).and_then(|compiled| replaced(&compiled, &text))
            }
        };
        match result {
            Ok(replaced) => Some(Cow::Owned(replaced)),
            Err(why) => {
                failure.get_or_insert(why);
                None
            }
        }
    });
    failure.map_or(Ok(result), Err)
}

/// Texts that are remembered within a batch, and the bytes of the longest.
const REMEMBERED: usize = 512;
const LONGEST: usize = 1_024;

type Compiled = (std::sync::Arc<Pattern>, Replacement);

fn replaced((pattern, replacement): &Compiled, text: &str) -> DataFusionResult<String> {
    let replaced = pattern.replace_all(text, replacement);
    replaced.map(Cow::into_owned).map_err(|hit| DataFusionError::Execution(hit.to_string()))
}

fn compile(regex: &str, replacement: &str) -> DataFusionResult<Compiled> {
    let pattern = pattern::compile(regex)
        .map_err(|why| DataFusionError::Execution(format!("regular expression `{regex}`: {why}")))?;
    Ok((pattern, Replacement::eval(replacement)))
}
