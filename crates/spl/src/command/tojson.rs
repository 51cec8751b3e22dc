//! `tojson`: fields become a JSON object.

use super::{Command, Doc};
use crate::args::OptionArg;
use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::nearest::nearest;
use crate::ops::{JsonKind, Name, ToJson};
use crate::printer::name::field;

/// For `sluice help tojson`.
pub(crate) const DOC: Doc = Doc {
    name: "tojson",
    aliases: &[],
    summary: "Writes a JSON object of fields to a field, `_raw` unless another is named.",
    syntax: "tojson [<field>|auto(<field>)|bool(<field>)|json(<field>)|none(<field>)|num(<field>)|str(<field>)], … \
             [default_type=<kind>] [fill_null=<bool>] [include_internal=<bool>] [output_field=<field>]",
    example: "index=main | tojson auto(status) str(user) output_field=record",
    hints: &[],
    differs: &[],
};

const OPTIONS: [&str; 4] = ["default_type", "fill_null", "include_internal", "output_field"];

/// Names of kinds, by what they mean.
const KINDS: [(&str, JsonKind); 6] = [
    ("auto", JsonKind::Auto),
    ("bool", JsonKind::Bool),
    ("json", JsonKind::Json),
    ("none", JsonKind::None),
    ("num", JsonKind::Number),
    ("str", JsonKind::Text),
];

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut json = ToJson {
        fields: Vec::new(),
        default: JsonKind::None,
        fill_null: false,
        include_internal: false,
        output: Name::new("_raw", cursor.span_from(cursor.place())),
    };
    while !cursor.at_command_end() {
        match cursor.option()? {
            Some(option) => set(&mut json, option)?,
            None => member(cursor, &mut json)?,
        }
        cursor.commas();
    }
    Ok(Command::ToJson(json))
}

fn set(json: &mut ToJson, option: OptionArg) -> Parse<()> {
    match option.name.text.as_str() {
        "default_type" => json.default = kind(&option.value)?,
        "fill_null" => json.fill_null = option.boolean()?,
        "include_internal" => json.include_internal = option.boolean()?,
        "output_field" => json.output = option.value,
        _ => return Err(option.unknown("tojson", &OPTIONS)),
    }
    Ok(())
}

/// `field`, or `kind(field, …)`.
fn member(cursor: &mut Cursor<'_>, json: &mut ToJson) -> Parse<()> {
    cursor.skip_space();
    let place = cursor.place();
    if let Some(word) = cursor.word()
        && cursor.peek() == Some('(')
    {
        let kind = kind(&word)?;
        cursor.bump();
        for name in cursor.fields(&[])? {
            json.fields.push((name, Some(kind)));
        }
        return if cursor.eat_after_space(')') { Ok(()) } else { Err(cursor.expected("`)`")) };
    }
    cursor.back_to(place);
    json.fields.push((cursor.field()?, None));
    Ok(())
}

fn kind(name: &Name) -> Parse<JsonKind> {
    let found = KINDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(&name.text));
    found.map(|(_, kind)| *kind).ok_or_else(|| {
        let message = format!("`tojson` has no kind `{}`", name.text);
        let help = match nearest(&name.text, KINDS.iter().map(|(name, _)| *name)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "the kinds are auto, bool, json, none, num and str".to_owned(),
        };
        Diagnostic::error(code::BAD_OPTION, name.span, message).with_label("no such kind").with_help(help)
    })
}

fn name_of(kind: JsonKind) -> &'static str {
    KINDS.iter().find(|(_, known)| *known == kind).map_or("none", |(name, _)| name)
}

/// The arguments as text.
pub(crate) fn print(json: &ToJson) -> String {
    let member = |(name, kind): &(Name, Option<JsonKind>)| match kind {
        Some(kind) => format!("{}({})", name_of(*kind), field(&name.text)),
        None => field(&name.text),
    };
    let mut parts: Vec<String> = Vec::new();
    if !json.fields.is_empty() {
        parts.push(json.fields.iter().map(member).collect::<Vec<_>>().join(", "));
    }
    if json.default != JsonKind::None {
        parts.push(format!("default_type={}", name_of(json.default)));
    }
    if json.fill_null {
        parts.push("fill_null=true".to_owned());
    }
    if json.include_internal {
        parts.push("include_internal=true".to_owned());
    }
    if json.output.text != "_raw" {
        parts.push(format!("output_field={}", field(&json.output.text)));
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn fields_may_have_kinds() {
        prints("tojson", "tojson");
        prints(
            "tojson age height str(name) default_type=num output_field=out",
            "tojson age, height, str(name) default_type=num output_field=out",
        );
        prints(
            "tojson AUTO(a b) include_internal=t fill_null=1",
            "tojson auto(a), auto(b) fill_null=true include_internal=true",
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("tojson int(a)", "`tojson` has no kind `int`");
        fails("tojson default_type=text", "`tojson` has no kind `text`");
        fails("tojson num(a", "expected `)`, found end of query");
        fails("tojson fill=t", "`tojson` has no option `fill`");
    }
}
