//! `extract`: fields from key and value pairs in the event's text.

use super::{Command, Doc};
use crate::args::OptionArg;
use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::ops::{Extract, Name, Pairs, Structure};
use crate::printer::name::quote;

/// For `sluice help extract`.
pub(crate) const DOC: Doc = Doc {
    name: "extract",
    aliases: &["kv"],
    summary: "Takes fields from key and value pairs in `_raw`: `key=value` unless other delimiters are named. A field that has a value keeps it.",
    syntax: "extract [pairdelim=<characters>] [kvdelim=<characters>] [auto=<bool>] [limit=<n>] [maxchars=<n>] \
             [mv_add=<bool>] [clean_keys=<bool>]",
    example: "index=main | extract pairdelim=\"|;\" kvdelim=\"=:\"",
    hints: &["reload"],
    differs: &[
        ("named extractions", "a stanza of transforms.conf is not applied, which is an error"),
        ("segment=", "only false is read"),
    ],
};

const OPTIONS: [&str; 9] =
    ["auto", "clean_keys", "kvdelim", "limit", "maxchars", "mv_add", "pairdelim", "reload", "segment"];

/// Splunk's defaults.
const LIMIT: u64 = 50;
const MAX_CHARS: u64 = 10_240;

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut pairs = Pairs {
        auto: true,
        between: String::new(),
        within: String::new(),
        limit: LIMIT,
        max_chars: MAX_CHARS,
        adds: false,
        cleans: true,
    };
    while !cursor.at_command_end() {
        match cursor.option()? {
            Some(option) => set(&mut pairs, &option)?,
            None => return Err(extractor(cursor)?),
        }
        cursor.commas();
    }
    if pairs.between.is_empty() != pairs.within.is_empty() {
        let (has, lacks) =
            if pairs.within.is_empty() { ("pairdelim", "kvdelim") } else { ("kvdelim", "pairdelim") };
        let span = cursor.span_from(cursor.place());
        return Err(Diagnostic::error(
            code::MISSING_ARGUMENT,
            span,
            format!("`{has}` needs `{lacks}` beside it"),
        )
        .with_help("for example `extract pairdelim=\";\" kvdelim=\"=\"`"));
    }
    let input = Name::new("_raw", cursor.span_from(cursor.place()));
    Ok(Command::Extract(Extract { input, from: Structure::Pairs(pairs) }))
}

fn set(pairs: &mut Pairs, option: &OptionArg) -> Parse<()> {
    match option.name.text.as_str() {
        "auto" => pairs.auto = option.boolean()?,
        "clean_keys" => pairs.cleans = option.boolean()?,
        "kvdelim" => pairs.within.clone_from(&option.value.text),
        "limit" => pairs.limit = option.integer()?,
        "maxchars" => pairs.max_chars = option.integer()?,
        "mv_add" => pairs.adds = option.boolean()?,
        "pairdelim" => pairs.between.clone_from(&option.value.text),
        "reload" => {
            option.boolean()?;
        }
        "segment" if !option.boolean()? => {}
        "segment" => return Err(option.bad("false: places of pairs are not noted")),
        _ => return Err(option.unknown("extract", &OPTIONS)),
    }
    Ok(())
}

fn extractor(cursor: &mut Cursor<'_>) -> Parse<Diagnostic> {
    let name = cursor.value("an option of `extract`")?;
    let message = format!("the extraction `{}` of transforms.conf is not run here", name.text);
    Ok(Diagnostic::error(code::UNSUPPORTED_COMMAND, name.span, message)
        .with_label("not run here")
        .with_help("write its regular expression with `rex`"))
}

/// The arguments as text.
pub(crate) fn print(extract: &Extract) -> String {
    let Structure::Pairs(pairs) = &extract.from else { return String::new() };
    let mut parts = Vec::new();
    if !pairs.between.is_empty() {
        parts.push(format!("pairdelim={} kvdelim={}", quote(&pairs.between), quote(&pairs.within)));
    }
    if !pairs.auto {
        parts.push("auto=false".to_owned());
    }
    if pairs.limit != LIMIT {
        parts.push(format!("limit={}", pairs.limit));
    }
    if pairs.max_chars != MAX_CHARS {
        parts.push(format!("maxchars={}", pairs.max_chars));
    }
    if pairs.adds {
        parts.push("mv_add=true".to_owned());
    }
    if !pairs.cleans {
        parts.push("clean_keys=false".to_owned());
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn options_that_are_defaults_are_left_out() {
        prints("extract", "extract");
        prints("kv reload=true, limit=50", "extract");
        prints(
            "extract kvdelim=\"=:\", pairdelim=\"|;\" mv_add=t clean_keys=f auto=f maxchars=100 limit=3",
            "extract pairdelim=\"|;\" kvdelim=\"=:\" auto=false limit=3 maxchars=100 mv_add=true clean_keys=false",
        );
    }

    #[test]
    fn what_is_not_run_is_named() {
        fails(
            "extract access-extractions",
            "the extraction `access-extractions` of transforms.conf is not run here",
        );
        fails("extract segment=t", "`segment` expected false: places of pairs are not noted, found `t`");
        fails("extract kvdelim=\":\"", "`kvdelim` needs `pairdelim` beside it");
        fails("extract delim=\":\"", "`extract` has no option `delim`");
    }
}
