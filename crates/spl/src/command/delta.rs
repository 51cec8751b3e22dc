//! `delta`: the difference to a row before.

use super::accum::renamed;
use super::autoregress::FARTHEST;
use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::ops::{Derived, Name, Step};

/// For `sluice help delta`.
pub(crate) const DOC: Doc = Doc {
    name: "delta",
    aliases: &[],
    summary: "Subtracts from a field's number that of a row before.",
    syntax: "delta <field> [AS <field>] [p=<n>]",
    example: "index=main | delta _time AS pause",
    hints: &[],
    differs: &[("far rows", "`p` reaches at most 10,000 rows back")],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut back = 1;
    let (mut field, mut target) = (None, None);
    while !cursor.at_command_end() {
        if let Some(option) = cursor.option()? {
            match option.name.text.as_str() {
                "p" => back = option.integer()?,
                _ => return Err(option.unknown("delta", &["p"])),
            }
            if !(1..=FARTHEST).contains(&back) {
                return Err(option.bad(&format!("how many rows back, from 1 to {FARTHEST}")));
            }
        } else if field.is_none() {
            field = Some(cursor.field()?);
            target = cursor.alias()?;
        } else {
            break;
        }
    }
    let field = field.ok_or_else(|| cursor.expected("a field").with_help("for example `delta count`"))?;
    let target = target.unwrap_or_else(|| Name::new(default(&field.text), field.span));
    Ok(Command::Delta(Derived { field, target, step: Step::Difference(back) }))
}

fn default(field: &str) -> String {
    format!("delta({field})")
}

/// The arguments as text.
pub(crate) fn print(derived: &Derived) -> String {
    let fields = renamed(derived, &default(&derived.field.text));
    match derived.step {
        Step::Difference(back) if back != 1 => format!("{fields} p={back}"),
        _ => fields,
    }
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn the_row_before_or_one_farther_back() {
        prints("delta count", "delta count");
        prints("delta count p=3", "delta count p=3");
        prints("delta p=1 count as diff", "delta count AS diff");
        fails("delta", "expected a field, found end of query");
        fails("delta a p=0", "`p` expected how many rows back, from 1 to 10000, found `0`");
        fails("delta a q=1", "`delta` has no option `q`");
    }
}
