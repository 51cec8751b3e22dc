//! `return`: values of the first rows, for the search around this one.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::ops::{Name, Return, ReturnItem};
use crate::printer::name;

/// For `sluice help return`.
pub(crate) const DOC: Doc = Doc {
    name: "return",
    aliases: &[],
    summary: "Makes one row of the first rows, whose field `search` has their values: `field=\"value\"`, or the value alone for `$field`.",
    syntax: "return [<count>] [<field>] [<alias>=<field>] [$<field>] …",
    example: "index=main EventCode=3 | return 5 user",
    hints: &[],
    differs: &[],
};

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let count = cursor.count().unwrap_or(1);
    let mut items = Vec::new();
    while !cursor.at_command_end() {
        items.push(item(cursor)?);
        cursor.commas();
    }
    if items.is_empty() {
        return Err(cursor.expected("a field").with_help("for example `return 5 user`, or `return $user`"));
    }
    Ok(Command::Return(Return { count, items }))
}

fn item(cursor: &mut Cursor<'_>) -> Parse<ReturnItem> {
    let field = cursor.field()?;
    if cursor.eat_after_space('=') {
        return Ok(ReturnItem { name: Some(field.text), field: cursor.field()? });
    }
    Ok(match field.text.strip_prefix('$') {
        Some(bare) if !bare.is_empty() => ReturnItem { name: None, field: Name::new(bare, field.span) },
        _ => ReturnItem { name: Some(field.text.clone()), field },
    })
}

/// The arguments as text.
pub(crate) fn print(give: &Return) -> String {
    let count = if give.count == 1 { String::new() } else { format!("{} ", give.count) };
    count + &give.items.iter().map(print_item).collect::<Vec<_>>().join(" ")
}

fn print_item(item: &ReturnItem) -> String {
    let field = name::field(&item.field.text);
    match &item.name {
        None => name::field(&format!("${}", item.field.text)),
        Some(name) if *name == item.field.text && !name.starts_with('$') => field,
        Some(name) => format!("{}={field}", name::field(name)),
    }
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn values_have_a_name_another_name_or_none() {
        prints("return user", "return user");
        prints("return 10 src=ip, $dest \"a b\"", "return 10 src=ip $dest \"a b\"");
        fails("return 5", "expected a field, found end of query");
    }
}
