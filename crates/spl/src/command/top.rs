//! `top`: the most frequent values.

use super::{Command, Doc};
use crate::args::OptionArg;
use crate::cursor::{Cursor, Parse};
use crate::ops::Top;
use crate::printer::name::{fields, value};

/// For `sluice help top`.
pub(crate) const DOC: Doc = Doc {
    name: "top",
    aliases: &["common"],
    summary: "Counts combinations of values and keeps the most frequent.",
    syntax: "top [<n>] [limit=<n>] [countfield=<field>] [percentfield=<field>] [showcount=<bool>] [showperc=<bool>] \
             [useother=<bool>] [otherstr=<text>] <field>, … [BY <field>, …]",
    example: "index=main | top limit=5 Image BY host",
    hints: &[],
    differs: &[],
};

const OPTIONS: [&str; 7] =
    ["countfield", "limit", "otherstr", "percentfield", "showcount", "showperc", "useother"];

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    parts(cursor, "top").map(Command::Top)
}

/// Reads the arguments of `top` or `rare`.
pub(crate) fn parts(cursor: &mut Cursor<'_>, command: &str) -> Parse<Top> {
    let mut options = Options::default();
    let (mut names, mut by) = (Vec::new(), Vec::new());
    options.limit = cursor.count().unwrap_or(10);
    while !cursor.at_command_end() {
        if let Some(option) = cursor.option()? {
            options.set(&option, command)?;
        } else if cursor.keyword("by") {
            by = cursor.fields(&["by"])?;
        } else if names.is_empty() {
            names = cursor.fields(&["by"])?;
        } else {
            break;
        }
    }
    if names.is_empty() {
        return Err(cursor.expected("a field").with_help(format!("for example `{command} host`")));
    }
    Ok(options.top(names, by, command == "rare"))
}

struct Options {
    limit: u64,
    count_field: String,
    percent_field: String,
    show_count: bool,
    show_percent: bool,
    use_other: bool,
    other: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            limit: 10,
            count_field: "count".to_owned(),
            percent_field: "percent".to_owned(),
            show_count: true,
            show_percent: true,
            use_other: false,
            other: "OTHER".to_owned(),
        }
    }
}

impl Options {
    fn set(&mut self, option: &OptionArg, command: &str) -> Parse<()> {
        match option.name.text.as_str() {
            "limit" => self.limit = option.integer()?,
            "countfield" => self.count_field.clone_from(&option.value.text),
            "percentfield" => self.percent_field.clone_from(&option.value.text),
            "showcount" => self.show_count = option.boolean()?,
            "showperc" => self.show_percent = option.boolean()?,
            "useother" => self.use_other = option.boolean()?,
            "otherstr" => self.other.clone_from(&option.value.text),
            _ => return Err(option.unknown(command, &OPTIONS)),
        }
        Ok(())
    }

    fn top(self, fields: Vec<crate::ops::Name>, by: Vec<crate::ops::Name>, rare: bool) -> Top {
        Top {
            fields,
            by,
            limit: self.limit,
            rare,
            count_field: self.show_count.then_some(self.count_field),
            percent_field: self.show_percent.then_some(self.percent_field),
            other: self.use_other.then_some(self.other),
        }
    }
}

/// The arguments as text.
pub(crate) fn print(top: &Top) -> String {
    let mut out = if top.limit == 10 { String::new() } else { format!("limit={} ", top.limit) };
    out += &print_field("countfield", "showcount", top.count_field.as_deref(), "count");
    out += &print_field("percentfield", "showperc", top.percent_field.as_deref(), "percent");
    if let Some(other) = &top.other {
        out += &format!("useother=true otherstr={} ", value(other));
    }
    out += &fields(&top.fields);
    if !top.by.is_empty() {
        out += &format!(" BY {}", fields(&top.by));
    }
    out
}

fn print_field(option: &str, show: &str, name: Option<&str>, default: &str) -> String {
    match name {
        None => format!("{show}=false "),
        Some(name) if name == default => String::new(),
        Some(name) => format!("{option}={} ", value(name)),
    }
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn options_may_stand_on_either_side() {
        prints("top Image", "top Image");
        prints("top 5 a, b by c showperc=f", "top limit=5 showperc=false a, b BY c");
        prints(
            "rare limit=3 useother=t countfield=n a",
            "rare limit=3 countfield=n useother=true otherstr=OTHER a",
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("top", "expected a field, found end of query");
        fails("rare limt=3 a", "`rare` has no option `limt`");
    }
}
