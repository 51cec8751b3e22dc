//! `replace`: values for values.

use super::{Command, Doc};
use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::ops::{Name, Replace};
use crate::printer::name::{fields, quote};

/// For `sluice help replace`.
pub(crate) const DOC: Doc = Doc {
    name: "replace",
    aliases: &[],
    summary: "Replaces whole values, in some fields or in all that are not internal.",
    syntax: "replace <value> WITH <value>, … [IN <field>, …]",
    example: "index=main | replace \"10.0.0.*\" WITH \"office-*\", 127.0.0.1 WITH localhost IN src, dest",
    hints: &[],
    differs: &[],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut pairs = Vec::new();
    while pairs.is_empty() || !(cursor.at_command_end() || cursor.at_keyword("in")) {
        let from = cursor.value("a value")?;
        if !cursor.keyword("with") {
            return Err(cursor
                .expected("`WITH`")
                .with_help("for example `replace 0 WITH Critical IN level`"));
        }
        let to = cursor.value("a value")?;
        check(&from, &to)?;
        pairs.push((from, to));
        cursor.commas();
    }
    let fields = if cursor.keyword("in") { cursor.fields(&[])? } else { Vec::new() };
    Ok(Command::Replace(Replace { pairs, fields }))
}

fn check(from: &Name, to: &Name) -> Parse<()> {
    let stars = |name: &Name| name.text.matches('*').count();
    if stars(to) == 0 || stars(from) == stars(to) {
        return Ok(());
    }
    let message = format!("`{}` has {} wildcards, `{}` has {}", from.text, stars(from), to.text, stars(to));
    Err(Diagnostic::error(code::WILDCARD_MISMATCH, from.span.to(to.span), message)
        .with_label("as many on both sides, or none on the right")
        .with_help("for example `replace \"* localhost\" WITH \"localhost *\"`"))
}

/// The arguments as text.
pub(crate) fn print(replace: &Replace) -> String {
    let pair = |(from, to): &(Name, Name)| format!("{} WITH {}", quote(&from.text), quote(&to.text));
    let mut out = replace.pairs.iter().map(pair).collect::<Vec<_>>().join(", ");
    if !replace.fields.is_empty() {
        out += &format!(" IN {}", fields(&replace.fields));
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn pairs_and_fields() {
        prints("replace *localhost with localhost", r#"replace "*localhost" WITH "localhost""#);
        prints(
            "replace 0 WITH Critical , 1 WITH Error IN msg_level, b*",
            r#"replace "0" WITH "Critical", "1" WITH "Error" IN msg_level, b*"#,
        );
        prints(
            r#"replace "* localhost" WITH "localhost *" in host"#,
            r#"replace "* localhost" WITH "localhost *" IN host"#,
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("replace", "expected a value, found end of query");
        fails("replace a b", "expected `WITH`, found `b`");
        fails("replace a WITH b IN", "expected a field, found end of query");
        fails("replace a* WITH b**", "`a*` has 1 wildcards, `b**` has 2");
    }
}
