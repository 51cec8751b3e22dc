//! `head`: the first rows, or rows until a condition ends.

use super::{Command, Doc};
use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::ops::Limit;
use crate::span::Span;
use crate::tree::Expr;
use crate::{expr, printer};

/// For `sluice help head`.
pub(crate) const DOC: Doc = Doc {
    name: "head",
    aliases: &[],
    summary: "Keeps the first rows, or rows until a condition is not true.",
    syntax: "head [<n>|(<expression>)] [limit=<n>] [keeplast=<bool>] [null=<bool>]",
    example: "index=main | head 20",
    hints: &[],
    differs: &[],
};

const OPTIONS: [&str; 3] = ["keeplast", "limit", "null"];

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let (mut limit, mut condition) = (None, None);
    let (mut keep_last, mut null) = (false, false);
    while !cursor.at_command_end() {
        let start = cursor.place();
        if let Some(count) = cursor.count() {
            twice(limit, cursor.span_from(start))?;
            limit = Some(count);
            continue;
        }
        let place = cursor.place();
        match cursor.option_name().map(|name| name.text).as_deref() {
            Some("limit" | "keeplast" | "null") => cursor.back_to(place),
            _ => {
                cursor.back_to(place);
                condition = Some(once(cursor, condition.as_ref())?);
                continue;
            }
        }
        let Some(option) = cursor.option()? else { break };
        match option.name.text.as_str() {
            "limit" => {
                twice(limit, option.name.span.to(option.value.span))?;
                limit = Some(option.integer()?);
            }
            "keeplast" => keep_last = option.boolean()?,
            "null" => null = option.boolean()?,
            _ => return Err(option.unknown("head", &OPTIONS)),
        }
    }
    Ok(Command::Head(match condition {
        Some(expr) => Limit::While { expr, keep_last, null, limit },
        None => Limit::First(limit.unwrap_or(10)),
    }))
}

/// Splunk refuses a count beside a `limit`.
fn twice(before: Option<u64>, span: Span) -> Parse<()> {
    match before {
        None => Ok(()),
        Some(_) => {
            Err(Diagnostic::error(code::BAD_OPTION, span, "`head` has one limit, and this is the second")
                .with_label("the second limit")
                .with_help("leave one of them out"))
        }
    }
}

/// A condition, where none has been read yet.
fn once(cursor: &mut Cursor<'_>, before: Option<&Expr>) -> Parse<Expr> {
    match before {
        None => expr::parse(cursor),
        Some(_) => Err(cursor.expected("an option")),
    }
}

/// The arguments as text.
pub(crate) fn print(limit: &Limit) -> String {
    match limit {
        Limit::First(count) | Limit::Last(count) => count.to_string(),
        Limit::While { expr, keep_last, null, limit } => {
            let mut out = format!("({})", printer::expr::expr(expr));
            for (name, _) in [("keeplast", keep_last), ("null", null)].iter().filter(|(_, set)| **set) {
                out += &format!(" {name}=true");
            }
            if let Some(limit) = limit {
                out += &format!(" limit={limit}");
            }
            out
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn a_count_or_a_condition() {
        prints("head", "head 10");
        prints("head limit=5", "head 5");
        prints("head (a=1) keeplast=t limit=3", "head (a=1) keeplast=true limit=3");
        prints("head a<1 null=t", "head (a < 1) null=true");
        fails("head limit=many", "`limit` expected a whole number, found `many`");
        fails("head 3 limit=2", "`head` has one limit, and this is the second");
        fails("head (a=1) b", "expected an option, found `b`");
    }
}
