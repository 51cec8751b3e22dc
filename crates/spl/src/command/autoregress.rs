//! `autoregress`: values of rows before.

use super::accum::renamed;
use super::{Command, Doc};
use crate::args::OptionArg;
use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::ops::{Derived, Name, Op, Step};
use crate::printer::name::field;

/// For `sluice help autoregress`.
pub(crate) const DOC: Doc = Doc {
    name: "autoregress",
    aliases: &[],
    summary: "Copies the values that a field had in rows before.",
    syntax: "autoregress <field> [AS <field>] [p=<n>|p=<n>-<n>]",
    example: "index=main | autoregress bytes p=1-3",
    hints: &[],
    differs: &[("far rows", "`p` reaches at most 10,000 rows back")],
};

/// How far back a row may look. Splunk names no limit; this one bounds memory.
pub(super) const FARTHEST: u64 = 10_000;

/// The arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct AutoRegress {
    field: Name,
    target: Option<Name>,
    first: u64,
    last: u64,
}

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let (mut first, mut last) = (1, 1);
    let (mut field, mut target) = (None, None);
    while !cursor.at_command_end() {
        if let Some(option) = cursor.option()? {
            match option.name.text.as_str() {
                "p" => (first, last) = range(&option)?,
                _ => return Err(option.unknown("autoregress", &["p"])),
            }
        } else if field.is_none() {
            field = Some(cursor.field()?);
            target = cursor.alias()?;
        } else {
            break;
        }
    }
    let field =
        field.ok_or_else(|| cursor.expected("a field").with_help("for example `autoregress bytes`"))?;
    if let Some(target) = target.as_ref().filter(|_| first != last) {
        let message = format!("`AS {}` names one field, `p={first}-{last}` makes several", target.text);
        return Err(Diagnostic::error(code::BAD_OPTION, target.span, message)
            .with_label("one name for several fields")
            .with_help(format!("without AS they are called `{}_p{first}` and so on", field.text)));
    }
    Ok(Command::AutoRegress(AutoRegress { field, target, first, last }))
}

fn range(option: &OptionArg) -> Parse<(u64, u64)> {
    let text = option.value.text.as_str();
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (first.trim().parse(), last.trim().parse()) {
        (Ok(first), Ok(last)) if first > 0 && first <= last && last <= FARTHEST => Ok((first, last)),
        _ => Err(option.bad(&format!("how many rows back, from 1 to {FARTHEST}, such as `3` or `2-4`"))),
    }
}

/// What it means.
pub(crate) fn op(command: &AutoRegress) -> Op {
    Op::Series((command.first..=command.last).map(|back| derived(command, back)).collect())
}

fn derived(command: &AutoRegress, back: u64) -> Derived {
    let field = command.field.clone();
    let named = || Name::new(format!("{}_p{back}", field.text), field.span);
    Derived { target: command.target.clone().unwrap_or_else(named), step: Step::Earlier(back), field }
}

/// The arguments as text.
pub(crate) fn print(command: &AutoRegress) -> String {
    let AutoRegress { first, last, .. } = command;
    let fields = match &command.target {
        Some(_) => renamed(&derived(command, *first), ""),
        None => field(&command.field.text),
    };
    match (first, last) {
        (1, 1) => fields,
        (first, last) if first == last => format!("{fields} p={first}"),
        (first, last) => format!("{fields} p={first}-{last}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::tests_support::{fails, op, prints};

    #[test]
    fn one_row_back_or_several() {
        prints("autoregress ip AS old_ip p=3", "autoregress ip AS old_ip p=3");
        prints("autoregress p=2-4 count", "autoregress count p=2-4");
        let Op::Series(series) = op("autoregress n p=1-2") else { panic!() };
        let names: Vec<_> = series.iter().map(|derived| derived.target.text.as_str()).collect();
        assert_eq!(names, ["n_p1", "n_p2"]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("autoregress a as b p=1-2", "`AS b` names one field, `p=1-2` makes several");
        fails(
            "autoregress a p=0",
            "`p` expected how many rows back, from 1 to 10000, such as `3` or `2-4`, found `0`",
        );
        fails("autoregress q=1 a", "`autoregress` has no option `q`");
    }
}
