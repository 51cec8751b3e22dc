//! `sort`: order.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::ops::{Sort, SortKey, SortKind};
use crate::printer::name::{field, quote};

/// For `sluice help sort`.
pub(crate) const DOC: Doc = Doc {
    name: "sort",
    aliases: &[],
    summary: "Orders rows; keeps the first 10,000 unless a count is given, all with 0.",
    syntax: "sort [<n>|limit=<n>] [+|-]<field>|ip(<field>)|num(<field>)|str(<field>)|auto(<field>), … [desc]",
    example: "index=main | sort 0 - count, +ip(src)",
    hints: &[],
    differs: &[(
        "mixed values",
        "numbers as numbers, addresses as addresses, the rest as text, in this order; Splunk decides pair by pair, which gives no order for some",
    )],
};

/// How many rows stay where no count is given.
const DEFAULT_LIMIT: u64 = 10_000;

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut limit = cursor.count();
    while let Some(option) = cursor.option()? {
        match option.name.text.as_str() {
            "limit" => limit = Some(option.integer()?),
            _ => return Err(option.unknown("sort", &["limit"])),
        }
    }
    let keys = keys(cursor)?;
    let reverse = cursor.keyword("desc") || cursor.keyword("d");
    let limit = Some(limit.unwrap_or(DEFAULT_LIMIT)).filter(|limit| *limit > 0);
    Ok(Command::Sort(Sort { keys, limit, reverse }))
}

/// Reads sort keys up to a closing word, an option or the command's end.
pub(crate) fn keys(cursor: &mut Cursor<'_>) -> Parse<Vec<SortKey>> {
    let mut keys = Vec::new();
    while keys.is_empty() || !(cursor.at_command_end() || cursor.at_option() || direction(cursor)) {
        keys.push(key(cursor)?);
        cursor.commas();
    }
    Ok(keys)
}

/// Whether the direction of the whole order ends the keys here; `asc` is taken, being the default.
fn direction(cursor: &mut Cursor<'_>) -> bool {
    let place = cursor.place();
    let Some(word) = cursor.word().filter(|_| cursor.at_command_end()) else {
        cursor.back_to(place);
        return false;
    };
    let word = word.text.to_ascii_lowercase();
    if matches!(word.as_str(), "a" | "asc") {
        return true;
    }
    cursor.back_to(place);
    matches!(word.as_str(), "d" | "desc")
}

fn key(cursor: &mut Cursor<'_>) -> Parse<SortKey> {
    cursor.skip_space();
    let descending = cursor.eat('-');
    if !descending {
        cursor.eat('+');
    }
    let place = cursor.place();
    if let Some(kind) = kind(cursor) {
        let field = cursor.bracketed(Cursor::field)?;
        return Ok(SortKey { field, descending, kind });
    }
    cursor.back_to(place);
    Ok(SortKey { field: cursor.field()?, descending, kind: SortKind::Auto })
}

/// The kind of `ip(field)`; the cursor is left at the `(`.
fn kind(cursor: &mut Cursor<'_>) -> Option<SortKind> {
    let word = cursor.word()?.text.to_ascii_lowercase();
    let kind = match word.as_str() {
        "auto" => SortKind::Auto,
        "ip" => SortKind::Ip,
        "num" => SortKind::Number,
        "str" => SortKind::Text,
        _ => return None,
    };
    (cursor.peek() == Some('(')).then_some(kind)
}

/// The arguments as text.
pub(crate) fn print(sort: &Sort) -> String {
    let limit = match sort.limit {
        Some(DEFAULT_LIMIT) => String::new(),
        Some(limit) => format!("{limit} "),
        None => "0 ".to_owned(),
    };
    let reverse = if sort.reverse { " desc" } else { "" };
    format!("{limit}{}{reverse}", print_keys(&sort.keys))
}

/// Sort keys as text.
pub(crate) fn print_keys(keys: &[SortKey]) -> String {
    let last = keys.len().saturating_sub(1);
    let print = |(place, key): (usize, &SortKey)| print_key(key, place > 0 && place == last);
    keys.iter().enumerate().map(print).collect::<Vec<_>>().join(", ")
}

/// One key; where it comes `last`, it must not read as the direction of the whole order.
fn print_key(key: &SortKey, last: bool) -> String {
    let sign = if key.descending { "- " } else { "" };
    let name = &key.field.text;
    let direction = ["a", "asc", "d", "desc"].iter().any(|word| name.eq_ignore_ascii_case(word));
    let name = if last && direction { quote(name) } else { field(name) };
    match key.kind {
        SortKind::Auto => format!("{sign}{name}"),
        SortKind::Ip => format!("{sign}ip({name})"),
        SortKind::Number => format!("{sign}num({name})"),
        SortKind::Text => format!("{sign}str({name})"),
    }
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn signs_stand_with_or_without_space() {
        prints("sort - _time", "sort - _time");
        prints("sort -a +b, c", "sort - a, b, c");
        prints("sort 0 num(a) -ip(b)", "sort 0 num(a), - ip(b)");
        prints("sort limit=5 a", "sort 5 a");
    }

    #[test]
    fn the_last_word_may_turn_the_order_round() {
        prints("sort a b d", "sort a, b desc");
        prints("sort a asc", "sort a");
        prints("sort a, \"d\"", "sort a, \"d\"");
        prints("sort d", "sort d");
    }

    #[test]
    fn what_is_absent_is_named() {
        fails("sort", "expected a field, found end of query");
        fails("sort ip(a", "no closing `)` for this `(`");
    }
}
