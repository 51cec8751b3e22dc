//! `setfields`: fields with the same value in all rows.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::ops::{Assignment, Extend, Name};
use crate::printer::name::quote;
use crate::tree::{Expr, ExprKind};

/// For `sluice help setfields`.
pub(crate) const DOC: Doc = Doc {
    name: "setfields",
    aliases: &[],
    summary: "Sets fields to values, the same in all rows.",
    syntax: "setfields <field>=\"<text>\", …",
    example: "index=main | setfields site=\"Berlin\", owner=\"soc\"",
    hints: &[],
    differs: &[],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut assignments = Vec::new();
    while assignments.is_empty() || !cursor.at_command_end() {
        assignments.push(assignment(cursor)?);
        cursor.commas();
    }
    Ok(Command::SetFields(Extend { assignments }))
}

fn assignment(cursor: &mut Cursor<'_>) -> Parse<Assignment> {
    let name = cursor.value("a field")?;
    let target = Name::new(clean(&name.text), name.span);
    if target.text.is_empty() {
        return Err(cursor.expected("a field with a letter or digit"));
    }
    if !cursor.eat_after_space('=') {
        return Err(cursor.expected("`=`").with_help("for example `setfields site=\"Berlin\"`"));
    }
    let value = cursor.value("a value")?;
    Ok(Assignment { target, expr: Expr { kind: ExprKind::Text(value.text), span: value.span } })
}

/// Splunk's key cleaning: what is no letter or digit becomes `_`, and none of those stand first.
fn clean(name: &str) -> String {
    let clean: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    clean.trim_start_matches('_').to_owned()
}

/// The arguments as text.
pub(crate) fn print(extend: &Extend) -> String {
    let printed = extend.assignments.iter().map(|assignment| match &assignment.expr.kind {
        ExprKind::Text(text) => format!("{}={}", assignment.target.text, quote(text)),
        _ => String::new(),
    });
    printed.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn names_are_cleaned() {
        prints(
            "setfields ip=\"10.10.10.10\", foo=\"foo bar\"",
            "setfields ip=\"10.10.10.10\", foo=\"foo bar\"",
        );
        prints("setfields \"_a b\"=x", "setfields a_b=\"x\"");
        fails("setfields", "expected a field, found end of query");
        fails("setfields a", "expected `=`, found end of query");
    }
}
