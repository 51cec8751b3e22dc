//! `join`: the fields of a subsearch's rows that have the same keys.

use super::{Command, Doc, union};
use crate::args::{self, OptionArg};
use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::meaning::to_ops;
use crate::ops::{self, JoinTime, Name, Op};
use crate::pipeline;
use crate::printer::{name, subsearch};
use crate::span::Span;
use crate::tree::Subsearch;

/// For `sluice help join`.
pub(crate) const DOC: Doc = Doc {
    name: "join",
    aliases: &[],
    summary: "Adds the fields of the subsearch's rows that have the same values of some fields.",
    syntax: "join [type=inner|left|outer] [max=<n>] [overwrite=<bool>] [usetime=<bool>] [earlier=<bool>] \
             [<field>, …] [ <subsearch> ] | join left=<alias> right=<alias> where <field> = <field> … [ <subsearch> ]",
    example: "index=main EventCode=1 | join type=left user [search index=main EventCode=3 | stats count AS connections BY user]",
    hints: &[],
    differs: &[
        ("no fields", "the fields that both sides have, but for those whose names start with `_`"),
        ("multivalue keys", "are the same if all their values are, in order"),
    ],
};

const OPTIONS: [&str; 7] = ["earlier", "left", "max", "overwrite", "right", "type", "usetime"];

/// The arguments of `join`.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// Fields of the rows and of the subsearch that must be equal; empty: all that both have.
    pub keys: Vec<(Name, Name)>,
    /// `left=`, `right=`
    pub aliases: Option<(String, String)>,
    /// `type=left`
    pub keep_unmatched: bool,
    /// `max=`; 0 is all.
    pub max: u64,
    /// `overwrite=`
    pub overwrite: bool,
    /// `usetime=`, `earlier=`
    pub time: Option<JoinTime>,
    /// The other query.
    pub subsearch: Subsearch,
}

#[derive(Default)]
struct Draft {
    options: Vec<OptionArg>,
    fields: Vec<Name>,
    conditions: Vec<(Name, Name)>,
    subsearch: Option<Subsearch>,
}

/// Reads the arguments; the command stands at `span`.
pub(crate) fn parse(cursor: &mut Cursor<'_>, span: Span) -> Parse<Command> {
    let mut draft = Draft::default();
    while !cursor.at_command_end() {
        argument(cursor, &mut draft)?;
        cursor.commas();
    }
    finish(draft, span).map(Command::Join)
}

fn argument(cursor: &mut Cursor<'_>, draft: &mut Draft) -> Parse<()> {
    if cursor.peek() == Some('[') && draft.subsearch.is_none() {
        draft.subsearch = Some(pipeline::argument(cursor)?);
    } else if let Some(option) = cursor.option()? {
        draft.options.push(option);
    } else if cursor.keyword("where") {
        conditions(cursor, &mut draft.conditions)?;
    } else if let Some(dataset) = union::dataset(cursor)? {
        draft.subsearch = Some(dataset);
    } else {
        draft.fields.push(cursor.field()?);
    }
    Ok(())
}

/// `L.a=R.b AND L.c=R.d`; AND may be left out.
fn conditions(cursor: &mut Cursor<'_>, conditions: &mut Vec<(Name, Name)>) -> Parse<()> {
    loop {
        let left = cursor.field()?;
        if !cursor.eat_after_space('=') {
            return Err(cursor.expected("`=`"));
        }
        cursor.eat('=');
        conditions.push((left, cursor.field()?));
        let place = cursor.place();
        if cursor.keyword("and") {
            continue;
        }
        let more = !cursor.at_command_end()
            && cursor.peek() != Some('[')
            && !cursor.at_option()
            && cursor.field().is_ok()
            && cursor.eat_after_space('=');
        cursor.back_to(place);
        if !more {
            return Ok(());
        }
    }
}

fn finish(draft: Draft, span: Span) -> Parse<Join> {
    let subsearch = draft.subsearch.ok_or_else(|| args::missing("join", "a subsearch", span, DOC.example))?;
    let mut join = Join {
        keys: draft.fields.into_iter().map(|field| (field.clone(), field)).collect(),
        aliases: None,
        keep_unmatched: false,
        max: 1,
        overwrite: true,
        time: None,
        subsearch,
    };
    let (mut use_time, mut earlier, mut left, mut right) = (false, true, None, None);
    for option in &draft.options {
        match option.name.text.as_str() {
            "type" => join.keep_unmatched = keeps_unmatched(option)?,
            "max" => join.max = option.integer()?,
            "overwrite" => join.overwrite = option.boolean()?,
            "usetime" => use_time = option.boolean()?,
            "earlier" => earlier = option.boolean()?,
            "left" => left = Some(option.value.text.clone()),
            "right" => right = Some(option.value.text.clone()),
            _ => return Err(option.unknown("join", &OPTIONS)),
        }
    }
    join.time = use_time.then_some(if earlier { JoinTime::Earlier } else { JoinTime::Later });
    // Splunk ignores aliases without `where`.
    if draft.conditions.is_empty() {
        return Ok(join);
    }
    let (Some(left), Some(right)) = (left, right) else {
        return Err(args::missing(
            "join",
            "`left=` and `right=`, which `where` is about,",
            span,
            "join left=L right=R where L.user=R.name […]",
        ));
    };
    for (one, other) in draft.conditions {
        join.keys.push(sides(one, other, &left, &right)?);
    }
    join.aliases = Some((left, right));
    Ok(join)
}

fn keeps_unmatched(option: &OptionArg) -> Parse<bool> {
    match option.value.text.to_ascii_lowercase().as_str() {
        "inner" => Ok(false),
        "left" | "outer" => Ok(true),
        _ => Err(option.bad("`inner`, `left` or `outer`")),
    }
}

/// The fields of a condition without their aliases, the left one first.
fn sides(one: Name, other: Name, left: &str, right: &str) -> Parse<(Name, Name)> {
    let of = |name: &Name, alias: &str| {
        let field = name.text.strip_prefix(alias)?.strip_prefix('.').filter(|field| !field.is_empty())?;
        Some(Name::new(field, name.span))
    };
    let pair = of(&one, left).zip(of(&other, right)).or_else(|| of(&other, left).zip(of(&one, right)));
    pair.ok_or_else(|| {
        let message = format!("expected a field of `{left}` and one of `{right}`");
        Diagnostic::error(code::UNEXPECTED_TOKEN, one.span.to(other.span), message)
            .with_label("which side is this?")
            .with_help(format!("for example `where {left}.user={right}.user`"))
    })
}

/// What it means.
pub(crate) fn op(join: &Join) -> Result<Op, Vec<Diagnostic>> {
    Ok(Op::Join(ops::Join {
        keys: join.keys.clone(),
        aliases: join.aliases.clone(),
        keep_unmatched: join.keep_unmatched,
        max: join.max,
        overwrite: join.overwrite,
        time: join.time,
        ops: to_ops(&join.subsearch.pipeline)?,
        span: join.subsearch.span,
    }))
}

/// The arguments as text.
pub(crate) fn print(join: &Join) -> String {
    let mut out = String::new();
    if join.keep_unmatched {
        out += "type=left ";
    }
    if join.max != 1 {
        out += &format!("max={} ", join.max);
    }
    if !join.overwrite {
        out += "overwrite=false ";
    }
    out += match join.time {
        None => "",
        Some(JoinTime::Earlier) => "usetime=true ",
        Some(JoinTime::Later) => "usetime=true earlier=false ",
    };
    match &join.aliases {
        Some((left, right)) => out += &print_conditions(&join.keys, left, right),
        None if join.keys.is_empty() => {}
        None => {
            let fields: Vec<_> = join.keys.iter().map(|(field, _)| name::field(&field.text)).collect();
            out += &format!("{} ", fields.join(", "));
        }
    }
    out + &subsearch(&join.subsearch.pipeline)
}

fn print_conditions(keys: &[(Name, Name)], left: &str, right: &str) -> String {
    let side = |alias: &str, field: &Name| name::field(&format!("{alias}.{}", field.text));
    let conditions: Vec<_> =
        keys.iter().map(|(one, other)| format!("{}={}", side(left, one), side(right, other))).collect();
    format!("left={} right={} where {} ", name::value(left), name::value(right), conditions.join(" AND "))
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn fields_and_options_come_in_any_order() {
        prints("join [search a]", "join [search a]");
        prints(
            "join a type=outer, b max=0 [search c | fields a b]",
            "join type=left max=0 a, b [search c | fields a, b]",
        );
        prints(
            "join usetime=t earlier=f overwrite=0 a lookup:b.csv",
            "join overwrite=false usetime=true earlier=false a [| from lookup:b.csv]",
        );
    }

    #[test]
    fn aliases_name_the_sides() {
        prints(
            "join left=L right=R where L.a=R.b R.c == L.d [search e]",
            "join left=L right=R where L.a=R.b AND L.d=R.c [search e]",
        );
        prints("join left=L right=R a [search e]", "join a [search e]");
        fails("join where L.a=R.b [search e]", "`join` needs `left=` and `right=`, which `where` is about,");
        fails("join left=L right=R where L.a=b [search e]", "expected a field of `L` and one of `R`");
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("join a", "`join` needs a subsearch");
        fails("join type=right a [search b]", "`type` expected `inner`, `left` or `outer`, found `right`");
        fails("join typ=left a [search b]", "`join` has no option `typ`");
    }
}
