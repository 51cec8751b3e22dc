//! `selfjoin`: each row with the later rows that have the same keys.

use super::{Command, Doc};
use crate::args;
use crate::cursor::{Cursor, Parse};
use crate::ops::SelfJoin;
use crate::printer::name;
use crate::span::Span;

/// For `sluice help selfjoin`.
pub(crate) const DOC: Doc = Doc {
    name: "selfjoin",
    aliases: &[],
    summary: "Joins each row with later rows that have the same values of some fields.",
    syntax: "selfjoin [overwrite=<bool>] [max=<n>] [keepsingle=<bool>] <field>, …",
    example: "index=main | stats count BY user, EventCode | selfjoin user",
    hints: &[],
    differs: &[(
        "the other rows",
        "are those behind a row: n rows of one key give n - 1 rows, and with a `max` of 0 each pair",
    )],
};

const OPTIONS: [&str; 3] = ["keepsingle", "max", "overwrite"];

/// Reads the arguments; the command stands at `span`.
pub(crate) fn parse(cursor: &mut Cursor<'_>, span: Span) -> Parse<Command> {
    let mut join = SelfJoin { fields: Vec::new(), max: 1, overwrite: true, keep_single: false };
    while !cursor.at_command_end() {
        if let Some(option) = cursor.option()? {
            match option.name.text.as_str() {
                "overwrite" => join.overwrite = option.boolean()?,
                "max" => join.max = option.integer()?,
                "keepsingle" => join.keep_single = option.boolean()?,
                _ => return Err(option.unknown("selfjoin", &OPTIONS)),
            }
        } else {
            join.fields.push(cursor.field()?);
        }
        cursor.commas();
    }
    if join.fields.is_empty() {
        return Err(args::missing("selfjoin", "a field", span, DOC.example));
    }
    Ok(Command::SelfJoin(join))
}

/// The arguments as text.
pub(crate) fn print(join: &SelfJoin) -> String {
    let mut out = String::new();
    if !join.overwrite {
        out += "overwrite=false ";
    }
    if join.max != 1 {
        out += &format!("max={} ", join.max);
    }
    if join.keep_single {
        out += "keepsingle=true ";
    }
    out + &name::fields(&join.fields)
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn options_stand_anywhere() {
        prints("selfjoin id max=0, b", "selfjoin max=0 id, b");
        prints("selfjoin keepsingle=t overwrite=f id", "selfjoin overwrite=false keepsingle=true id");
        fails("selfjoin max=2", "`selfjoin` needs a field");
        fails("selfjoin keep=t id", "`selfjoin` has no option `keep`");
    }
}
