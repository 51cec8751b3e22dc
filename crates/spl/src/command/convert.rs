//! `convert`: values to numbers or times.

use super::rename::mismatch;
use super::{Command, Doc};
use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::nearest::nearest;
use crate::ops::{Conversion, ConversionKind, Convert, Name};
use crate::printer::name::{field, quote};

/// For `sluice help convert`.
pub(crate) const DOC: Doc = Doc {
    name: "convert",
    aliases: &[],
    summary: "Converts the values of fields to numbers, or times to text and back.",
    syntax: "convert [timeformat=<format>] <function>(<field>) [AS <field>] …, with a function of auto, ctime, dur2sec, \
             memk, mktime, mstime, none, num, rmcomma, rmunit",
    example: "index=main | stats min(_time) AS first | convert timeformat=\"%Y-%m-%dT%H:%M:%S\" ctime(first)",
    hints: &[],
    differs: &[],
};

/// What `ctime` and `mktime` use where no format is named.
const TIME_FORMAT: &str = "%m/%d/%Y %H:%M:%S";

const FUNCTIONS: [(&str, ConversionKind); 10] = [
    ("auto", ConversionKind::Auto),
    ("ctime", ConversionKind::CTime),
    ("dur2sec", ConversionKind::Dur2Sec),
    ("memk", ConversionKind::MemK),
    ("mktime", ConversionKind::MkTime),
    ("mstime", ConversionKind::MsTime),
    ("none", ConversionKind::None),
    ("num", ConversionKind::Num),
    ("rmcomma", ConversionKind::RmComma),
    ("rmunit", ConversionKind::RmUnit),
];

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut convert = Convert { time_format: TIME_FORMAT.to_owned(), conversions: Vec::new() };
    while !cursor.at_command_end() {
        match cursor.option()? {
            Some(option) if option.name.text == "timeformat" => convert.time_format = option.value.text,
            Some(option) => return Err(option.unknown("convert", &["timeformat"])),
            None => convert.conversions.push(conversion(cursor)?),
        }
        cursor.commas();
    }
    if convert.conversions.is_empty() {
        return Err(cursor.expected("a function").with_help("for example `convert ctime(firstTime)`"));
    }
    Ok(Command::Convert(convert))
}

fn conversion(cursor: &mut Cursor<'_>) -> Parse<Conversion> {
    let word = cursor.word().ok_or_else(|| cursor.expected("a function"))?;
    let kind = function(&word)?;
    cursor.skip_space();
    if cursor.peek() != Some('(') {
        return Err(cursor.expected("`(`"));
    }
    let field = cursor.bracketed(Cursor::field)?;
    let target = cursor.alias()?;
    match target.as_ref().and_then(|target| mismatch(&field, target)) {
        Some(error) => Err(error),
        None => Ok(Conversion { kind, field, target }),
    }
}

fn function(word: &Name) -> Parse<ConversionKind> {
    let found = FUNCTIONS.iter().find(|(name, _)| word.text.eq_ignore_ascii_case(name));
    found.map(|(_, kind)| *kind).ok_or_else(|| {
        let error = Diagnostic::error(
            code::UNKNOWN_FUNCTION,
            word.span,
            format!("`convert` has no function `{}`", word.text),
        );
        match nearest(&word.text, FUNCTIONS.iter().map(|(name, _)| *name)) {
            Some(near) => error.with_help(format!("did you mean `{near}`?")),
            None => {
                error.with_help(format!("its functions are {}", FUNCTIONS.map(|(name, _)| name).join(", ")))
            }
        }
    })
}

/// The arguments as text.
pub(crate) fn print(convert: &Convert) -> String {
    let mut parts = Vec::new();
    if convert.time_format != TIME_FORMAT {
        parts.push(format!("timeformat={}", quote(&convert.time_format)));
    }
    parts.extend(convert.conversions.iter().map(print_conversion));
    parts.join(" ")
}

fn print_conversion(conversion: &Conversion) -> String {
    let name = FUNCTIONS.iter().find(|(_, kind)| *kind == conversion.kind).map_or("none", |(name, _)| *name);
    let call = format!("{name}({})", field(&conversion.field.text));
    match &conversion.target {
        Some(target) => format!("{call} AS {}", field(&target.text)),
        None => call,
    }
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn functions_and_a_time_format() {
        prints(
            r#"convert timeformat="%Y-%m-%dT%H:%M:%S" ctime(firstTime)"#,
            r#"convert timeformat="%Y-%m-%dT%H:%M:%S" ctime(firstTime)"#,
        );
        prints("convert auto(*), none(src_ip)", "convert auto(*) none(src_ip)");
        prints("convert CTIME(\"a b\") as c num(d)", "convert ctime(\"a b\") AS c num(d)");
        prints("convert ctime(*Time) as *Text", "convert ctime(*Time) AS *Text");
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("convert", "expected a function, found end of query");
        fails("convert cttime(a)", "`convert` has no function `cttime`");
        fails("convert ctime", "expected `(`, found end of query");
        fails("convert timeform=x ctime(a)", "`convert` has no option `timeform`");
        fails("convert ctime(*) AS b", "`*` has 1 wildcards, `b` has 0");
    }
}
