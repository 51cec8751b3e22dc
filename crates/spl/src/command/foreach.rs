//! `foreach`: a pipeline for each field that matches, or for each value of a field.
//!
//! The pipeline is a template: text in which the field's name is put before it is read.

use super::{Command, Doc};
use crate::args;
use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::ops::{ForEach, ForEachMode, Name, Op};
use crate::printer::name::{escape, field, value};
use crate::span::Span;

/// For `sluice help foreach`.
pub(crate) const DOC: Doc = Doc {
    name: "foreach",
    aliases: &[],
    summary: "Runs a pipeline for each field that matches, `<<FIELD>>`, or for each value of a field, `<<ITEM>>`.",
    syntax: "foreach [mode=multifield|multivalue|json_array|auto_collections] [fieldstr=<text>] [matchstr=<text>] \
             [matchseg1=<text>] [matchseg2=<text>] [matchseg3=<text>] [itemstr=<text>] [iterstr=<text>] \
             <field> … [ <pipeline> ]",
    example: "index=main | eval total=0 | foreach bytes_* [eval total=total + '<<FIELD>>']",
    hints: &[],
    differs: &[
        ("rows that lack the field", "an `eval` that gives null for such a row leaves its target as it is"),
        ("`auto_collections` without a field", "expects the field"),
        (
            "names with spaces",
            "may stand on the left of an `eval` without quotes, where Splunk asks for them",
        ),
    ],
};

const OPTIONS: [&str; 8] =
    ["fieldstr", "itemstr", "iterstr", "matchseg1", "matchseg2", "matchseg3", "matchstr", "mode"];
/// Options that name a placeholder of a field, and its default.
const OF_FIELD: [(&str, &str); 5] = [
    ("fieldstr", "<<FIELD>>"),
    ("matchstr", "<<MATCHSTR>>"),
    ("matchseg1", "<<MATCHSEG1>>"),
    ("matchseg2", "<<MATCHSEG2>>"),
    ("matchseg3", "<<MATCHSEG3>>"),
];
/// The same of a value.
const OF_VALUE: [(&str, &str); 2] = [("itemstr", "<<ITEM>>"), ("iterstr", "<<ITER>>")];

/// Reads the arguments; the command stands at `span`.
pub(crate) fn parse(cursor: &mut Cursor<'_>, span: Span) -> Parse<Command> {
    let (mut options, mut fields, mut template) = (Vec::new(), Vec::new(), None);
    while !cursor.at_command_end() {
        if cursor.peek() == Some('[') && template.is_none() {
            template = Some(cursor.bracketed_text()?);
        } else if let Some(option) = cursor.option()? {
            options.push(option);
        } else {
            fields.push(cursor.field()?);
            cursor.commas();
        }
    }
    let mode = options.iter().rfind(|option| option.name.text == "mode");
    let mode = match mode.map(|option| (option, option.value.text.to_ascii_lowercase())) {
        None => ForEachMode::MultiField,
        Some((option, name)) => self::mode(&name)
            .ok_or_else(|| option.bad("`multifield`, `multivalue`, `json_array` or `auto_collections`"))?,
    };
    let known = placeholders(mode);
    let mut tokens: Vec<String> = known.iter().map(|(_, token)| (*token).to_owned()).collect();
    for option in options.iter().filter(|option| option.name.text != "mode") {
        let place = known.iter().position(|(name, _)| *name == option.name.text);
        match place.and_then(|place| tokens.get_mut(place)) {
            Some(token) => option.value.text.clone_into(token),
            None if OPTIONS.contains(&option.name.text.as_str()) => {
                return Err(of_another_mode(&option.name));
            }
            None => return Err(option.unknown("foreach", &OPTIONS)),
        }
    }
    let several = mode != ForEachMode::MultiField && fields.len() > 1;
    if fields.is_empty() || several {
        let what = if several { "one field" } else { "a field" };
        return Err(args::missing("foreach", what, span, DOC.example));
    }
    let template = template.ok_or_else(|| args::missing("foreach", "a pipeline", span, DOC.example))?;
    Ok(Command::ForEach(ForEach { mode, fields, tokens, template }))
}

fn mode(name: &str) -> Option<ForEachMode> {
    match name {
        "multifield" => Some(ForEachMode::MultiField),
        "multivalue" => Some(ForEachMode::MultiValue),
        "json_array" => Some(ForEachMode::JsonArray),
        "auto_collections" => Some(ForEachMode::Auto),
        _ => None,
    }
}

fn mode_name(mode: ForEachMode) -> &'static str {
    match mode {
        ForEachMode::MultiField => "multifield",
        ForEachMode::MultiValue => "multivalue",
        ForEachMode::JsonArray => "json_array",
        ForEachMode::Auto => "auto_collections",
    }
}

fn placeholders(mode: ForEachMode) -> &'static [(&'static str, &'static str)] {
    match mode {
        ForEachMode::MultiField => &OF_FIELD,
        _ => &OF_VALUE,
    }
}

fn of_another_mode(name: &Name) -> Diagnostic {
    let of_value = OF_VALUE.iter().any(|(known, _)| *known == name.text);
    let help = if of_value {
        "it goes with `mode=multivalue` or `mode=json_array`"
    } else {
        "it goes with `mode=multifield`"
    };
    let message = format!("`{}` has no meaning in this mode of `foreach`", name.text);
    Diagnostic::error(code::BAD_OPTION, name.span, message).with_label("of another mode").with_help(help)
}

/// The arguments as text.
pub(crate) fn print(each: &ForEach) -> String {
    let mut out = String::new();
    if each.mode != ForEachMode::MultiField {
        out += &format!("mode={} ", mode_name(each.mode));
    }
    for ((name, default), token) in placeholders(each.mode).iter().zip(&each.tokens) {
        if token != default {
            out += &format!("{name}={} ", value(token));
        }
    }
    let fields: Vec<_> = each.fields.iter().map(|name| field(&name.text)).collect();
    format!("{out}{} [{}]", fields.join(" "), each.template.text)
}

impl ForEach {
    /// What the template means for a field; `segments` are what the stars of its pattern stand for.
    ///
    /// # Errors
    ///
    /// What is wrong with the commands, at the place of the template.
    pub fn ops_for(&self, name: &str, segments: &[&str]) -> Result<Vec<Op>, Vec<Diagnostic>> {
        let mut values = vec![name.to_owned(), segments.concat()];
        values.extend(segments.iter().map(|&segment| segment.to_owned()));
        self.ops(&self.filled(&values))
    }

    /// What the template means for a value, whose placeholders are read as fields of their names.
    ///
    /// # Errors
    ///
    /// As [`ForEach::ops_for`].
    pub fn ops_for_value(&self) -> Result<Vec<Op>, Vec<Diagnostic>> {
        let ops = self.ops(&self.template.text)?;
        match ops.as_slice() {
            [Op::Extend(_)] => Ok(ops),
            _ => Err(vec![
                Diagnostic::error(
                    code::UNEXPECTED_TOKEN,
                    self.template.span,
                    format!("`foreach mode={}` expected one `eval`", mode_name(self.mode)),
                )
                .with_label("other commands work with `mode=multifield` only")
                .with_help("one `eval` takes several assignments: `eval a=…, b=…`"),
            ]),
        }
    }

    fn ops(&self, text: &str) -> Result<Vec<Op>, Vec<Diagnostic>> {
        let read = || {
            let pipe = if text.starts_with('|') { "" } else { "| " };
            let pipeline = crate::parse_nested(&format!("{pipe}{text}"))?;
            crate::meaning::to_piped_ops(&pipeline)
        };
        read().map_err(|mut errors: Vec<Diagnostic>| {
            errors.iter_mut().for_each(|error| error.span = self.template.span);
            errors
        })
    }

    /// The template with values for its placeholders, the longest placeholder first where several fit.
    fn filled(&self, values: &[String]) -> String {
        let mut out = String::new();
        let mut rest = self.template.text.as_str();
        while let Some(c) = rest.chars().next() {
            let fits = self
                .tokens
                .iter()
                .enumerate()
                .filter(|(_, token)| !token.is_empty() && rest.starts_with(token.as_str()));
            let Some((place, token)) = fits.max_by_key(|(_, token)| token.len()) else {
                out.push(c);
                rest = rest.get(c.len_utf8()..).unwrap_or("");
                continue;
            };
            let behind = rest.get(token.len()..).unwrap_or("");
            let value = values.get(place).map_or("", String::as_str);
            let plain = value.chars().all(|c| c.is_alphanumeric() || "_.-{}:@$#".contains(c));
            if !plain && is_target(&out, behind) {
                out.push_str(&format!("'{}'", escape(value, '\'')));
            } else {
                out.push_str(value);
            }
            rest = behind;
        }
        out
    }
}

/// Whether what stands between is the whole target of an `eval`.
fn is_target(before: &str, behind: &str) -> bool {
    let before = before.trim_end();
    let behind = behind.trim_start();
    (before.ends_with("eval") || before.ends_with(','))
        && behind.starts_with('=')
        && !behind.starts_with("==")
}

/// What is wrong with the template whatever the fields are called.
pub(crate) fn check(each: &ForEach) -> Vec<Diagnostic> {
    let found = match each.mode {
        ForEachMode::MultiField => each.ops_for("f", &["1", "1", "1"]),
        _ => each.ops_for_value(),
    };
    found.err().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::tests_support::{fails, op, prints};

    fn filled(command: &str, name: &str, segments: &[&str]) -> String {
        let Op::ForEach(each) = op(command) else { panic!("{command}") };
        let mut values = vec![name.to_owned(), segments.concat()];
        values.extend(segments.iter().map(|&segment| segment.to_owned()));
        each.filled(&values)
    }

    #[test]
    fn the_template_stays_text() {
        prints(
            "foreach a_*, b [ eval x=\"]\" | eval <<FIELD>>=1 ]",
            "foreach a_* b [eval x=\"]\" | eval <<FIELD>>=1]",
        );
        prints(
            "foreach mode=multivalue v itemstr=N [eval t=t+N]",
            "foreach mode=multivalue itemstr=N v [eval t=t+N]",
        );
        prints(
            "foreach a fieldstr=#f# matchseg1=S [eval #f#=1]",
            "foreach fieldstr=#f# matchseg1=S a [eval #f#=1]",
        );
    }

    #[test]
    fn placeholders_are_replaced_as_text() {
        assert_eq!(
            filled("foreach a* [eval <<FIELD>>='<<FIELD>>' + <<MATCHSTR>>, m=\"<<FIELD>>\"]", "a1", &["1"]),
            "eval a1='a1' + 1, m=\"a1\""
        );
        assert_eq!(
            filled("foreach *x* [eval <<MATCHSEG2>>_<<MATCHSEG1>>=1]", "axb", &["a", "b"]),
            "eval b_a=1"
        );
        assert_eq!(
            filled("foreach * [eval <<FIELD>> = 1 + '<<FIELD>>']", "a b", &["a b"]),
            "eval 'a b' = 1 + 'a b'"
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("foreach [eval a=1]", "`foreach` needs a field");
        fails("foreach a", "`foreach` needs a pipeline");
        fails("foreach a [evl b=1]", "there is no command `evl`");
        fails(
            "foreach mode=values a [eval b=1]",
            "`mode` expected `multifield`, `multivalue`, `json_array` or `auto_collections`, found `values`",
        );
        fails("foreach mode=multivalue a b [eval c=1]", "`foreach` needs one field");
        fails(
            "foreach mode=json_array a [eval b=1 | eval c=2]",
            "`foreach mode=json_array` expected one `eval`",
        );
        fails("foreach a itemstr=x [eval b=1]", "`itemstr` has no meaning in this mode of `foreach`");
        fails("foreach a [eval b=", "no closing `]` for this `[`");
    }
}
