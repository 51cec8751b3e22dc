//! Grammar of `search` predicates.
//!
//! From loose to tight: AND (written or not), OR, NOT, parentheses. Operators are upper case. The right
//! side of a comparison is always a literal.
//! <https://docs.splunk.com/Documentation/Splunk/latest/Search/Booleanexpressions>

use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::expr::comparison;
use crate::pipeline;
use crate::tree::{CompareOp, Search, SearchKind, SearchValue, ValueForm};

/// Reads a predicate up to `|`, a closing bracket or the end.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Search> {
    parse_until(cursor, &[])
}

/// The same up to one of these words in lower case, too, as `by` ends the `where` of `tstats`.
pub(crate) fn parse_until(cursor: &mut Cursor<'_>, stops: &[&str]) -> Parse<Search> {
    cursor.skip_space();
    let start = cursor.place();
    let mut parts: Vec<Search> = Vec::new();
    while !at_end(cursor) && !at_stop(cursor, stops) {
        if !parts.is_empty() {
            operator(cursor, "AND");
        }
        parts.push(disjunction(cursor)?);
    }
    let span = match (parts.first(), parts.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => cursor.span_from(start),
    };
    match parts.len() {
        0 => Ok(Search { kind: SearchKind::All, span }),
        1 => parts.pop().ok_or_else(|| cursor.expected("a search term")),
        _ => Ok(Search { kind: SearchKind::And(parts), span }),
    }
}

/// Reads a single term or comparison.
pub(crate) fn one(cursor: &mut Cursor<'_>) -> Parse<Search> {
    term(cursor)
}

fn at_end(cursor: &mut Cursor<'_>) -> bool {
    cursor.skip_space();
    matches!(cursor.peek(), None | Some('|' | ')' | ']'))
}

fn at_stop(cursor: &mut Cursor<'_>, stops: &[&str]) -> bool {
    let place = cursor.place();
    let word = cursor.take_until(ends_field);
    let found = stops.iter().any(|stop| word.eq_ignore_ascii_case(stop)) && !starts_comparison(cursor);
    cursor.back_to(place);
    found
}

fn disjunction(cursor: &mut Cursor<'_>) -> Parse<Search> {
    let first = negation(cursor)?;
    if !operator(cursor, "OR") {
        return Ok(first);
    }
    let mut span = first.span;
    let mut parts = vec![first];
    loop {
        let part = negation(cursor)?;
        span = span.to(part.span);
        parts.push(part);
        if !operator(cursor, "OR") {
            return Ok(Search { kind: SearchKind::Or(parts), span });
        }
    }
}

fn negation(cursor: &mut Cursor<'_>) -> Parse<Search> {
    cursor.skip_space();
    let start = cursor.place();
    if !operator(cursor, "NOT") {
        return term(cursor);
    }
    cursor.enter()?;
    let inner = negation(cursor);
    cursor.leave();
    Ok(Search { kind: SearchKind::Not(Box::new(inner?)), span: cursor.span_from(start) })
}

/// Takes the operator `word` if it stands here as a word of its own.
fn operator(cursor: &mut Cursor<'_>, word: &str) -> bool {
    cursor.skip_space();
    let place = cursor.place();
    if cursor.take_until(ends_field) == word && !starts_comparison(cursor) {
        return true;
    }
    cursor.back_to(place);
    false
}

fn starts_comparison(cursor: &mut Cursor<'_>) -> bool {
    let place = cursor.place();
    let found = comparison(cursor).is_some();
    cursor.back_to(place);
    found
}

fn term(cursor: &mut Cursor<'_>) -> Parse<Search> {
    cursor.skip_space();
    let start = cursor.place();
    let kind = match cursor.peek() {
        Some('(') => SearchKind::Group(Box::new(cursor.bracketed(parse)?)),
        Some('[') => SearchKind::Subsearch(pipeline::subsearch(cursor)?),
        Some('"') => {
            let text = cursor.quoted()?.text;
            compared(cursor, text, true)?
        }
        _ => word(cursor)?,
    };
    Ok(Search { kind, span: cursor.span_from(start) })
}

/// The characters of a bare term or field: `!` ends it only before `=`.
fn bare(cursor: &mut Cursor<'_>) -> String {
    let mut text = cursor.take_until(ends_field);
    while !text.is_empty() && cursor.peek() == Some('!') && cursor.peek_second() != Some('=') {
        text.extend(cursor.bump());
        text.push_str(&cursor.take_until(ends_field));
    }
    text
}

/// A term or comparison that begins with a bare word.
fn word(cursor: &mut Cursor<'_>) -> Parse<SearchKind> {
    let place = cursor.place();
    let text = bare(cursor);
    if text.is_empty() || matches!(text.as_str(), "AND" | "OR" | "NOT") {
        cursor.back_to(place);
        return Err(cursor.expected("a search term"));
    }
    if let Some(form) = form(&text).filter(|_| cursor.peek() == Some('(')) {
        return Ok(SearchKind::Term(cursor.bracketed(|cursor| formed(cursor, form))?));
    }
    compared(cursor, text, false)
}

fn form(word: &str) -> Option<ValueForm> {
    match word {
        "CASE" => Some(ValueForm::Case),
        "TERM" => Some(ValueForm::Term),
        _ => None,
    }
}

/// What stands in the parentheses of `CASE(…)` and `TERM(…)`.
fn formed(cursor: &mut Cursor<'_>, form: ValueForm) -> Parse<SearchValue> {
    cursor.skip_space();
    if cursor.peek() == Some('"') {
        return Ok(SearchValue { text: cursor.quoted()?.text, quoted: true, form });
    }
    let text = unescape(&cursor.take_until(ends_value));
    if text.is_empty() { Err(value_expected(cursor)) } else { Ok(SearchValue { text, quoted: false, form }) }
}

/// What follows a word: a comparison, a list, or nothing.
fn compared(cursor: &mut Cursor<'_>, text: String, quoted: bool) -> Parse<SearchKind> {
    let place = cursor.place();
    cursor.skip_space();
    if let Some(op) = comparison(cursor) {
        cursor.skip_space();
        if cursor.peek() == Some('[') {
            let subsearch = pipeline::subsearch(cursor)?;
            return Ok(SearchKind::CompareSubsearch(field_name(text, quoted), op, subsearch));
        }
        let value = value(cursor, ends_value)?;
        return Ok(SearchKind::Compare(field_name(text, quoted), op, value));
    }
    if let Some(negated) = list_ahead(cursor) {
        return list(cursor, field_name(text, quoted), negated);
    }
    cursor.back_to(place);
    let text = if quoted { text } else { unescape(&text) };
    match text.as_str() {
        "*" if !quoted => Ok(SearchKind::All),
        _ => Ok(SearchKind::Term(SearchValue { text, quoted, form: ValueForm::Plain })),
    }
}

/// A field's name; bare ones may stand in single quotes, as in `eval`.
fn field_name(text: String, quoted: bool) -> String {
    let bare = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
    match bare.filter(|_| !quoted) {
        Some(bare) => bare.to_owned(),
        None => text,
    }
}

/// Takes `IN` or `NOT IN` if a list follows; says whether it was negated.
fn list_ahead(cursor: &mut Cursor<'_>) -> Option<bool> {
    let place = cursor.place();
    let negated = operator(cursor, "NOT");
    let found = operator(cursor, "IN") || operator(cursor, "in");
    cursor.skip_space();
    if found && cursor.peek() == Some('(') {
        return Some(negated);
    }
    cursor.back_to(place);
    None
}

fn list(cursor: &mut Cursor<'_>, field: String, negated: bool) -> Parse<SearchKind> {
    let start = cursor.place();
    let values = cursor.bracketed(values)?;
    let kind = SearchKind::In(field, values);
    if !negated {
        return Ok(kind);
    }
    Ok(SearchKind::Not(Box::new(Search { kind, span: cursor.span_from(start) })))
}

/// The elements of a list, separated by commas or spaces.
fn values(cursor: &mut Cursor<'_>) -> Parse<Vec<SearchValue>> {
    let mut values = Vec::new();
    let mut comma = true;
    loop {
        cursor.skip_space();
        match cursor.peek() {
            None | Some(')' | '|') => break,
            Some(',') if comma => cursor.empty_element(),
            Some(',') => _ = cursor.bump(),
            _ => {
                values.push(value(cursor, |c| c == ',' || ends_value(c))?);
                comma = false;
                continue;
            }
        }
        comma = true;
    }
    if values.is_empty() { Err(value_expected(cursor)) } else { Ok(values) }
}

fn value(cursor: &mut Cursor<'_>, stop: impl Fn(char) -> bool) -> Parse<SearchValue> {
    cursor.skip_space();
    if cursor.peek() == Some('"') {
        return Ok(SearchValue { text: cursor.quoted()?.text, quoted: true, form: ValueForm::Plain });
    }
    let text = cursor.take_until(stop);
    if text.is_empty() {
        return Err(value_expected(cursor));
    }
    match form(&text).filter(|_| cursor.peek() == Some('(')) {
        Some(form) => cursor.bracketed(|cursor| formed(cursor, form)),
        None => Ok(SearchValue { text: unescape(&text), quoted: false, form: ValueForm::Plain }),
    }
}

/// `\\`, `\"` and `\|` of a bare word as the characters they stand for; other backslashes stay.
fn unescape(word: &str) -> String {
    let mut text = String::new();
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = chars.next_if(|next| c == '\\' && matches!(next, '\\' | '"' | '|'));
        text.push(escaped.unwrap_or(c));
    }
    text
}

/// Where a bare word ends that may be a field's name.
pub(crate) fn ends_field(c: char) -> bool {
    ends_value(c) || matches!(c, '=' | '<' | '>' | '!')
}

/// Where a bare value ends.
pub(crate) fn ends_value(c: char) -> bool {
    c.is_whitespace() || matches!(c, '|' | '(' | ')' | '[' | ']' | '"' | '`')
}

/// The sign of a comparison.
pub(crate) fn sign(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Equal => "=",
        CompareOp::NotEqual => "!=",
        CompareOp::Less => "<",
        CompareOp::LessOrEqual => "<=",
        CompareOp::Greater => ">",
        CompareOp::GreaterOrEqual => ">=",
    }
}

fn value_expected(cursor: &Cursor<'_>) -> Diagnostic {
    cursor.expected("a value").with_help("for example `EventCode=3`, or `User=*` for any value")
}

#[cfg(test)]
mod tests {
    use crate::code;

    fn read(text: &str) -> String {
        match crate::parse_search(text) {
            Ok((search, _)) => crate::printer::search::grouped(&search),
            Err(errors) => format!("{} at {:?}", errors[0].message, errors[0].span),
        }
    }

    #[test]
    fn or_binds_tighter_than_and() {
        assert_eq!(read("a AND b OR c"), "{a AND {b OR c}}");
        assert_eq!(read("a b OR NOT c d"), "{a AND {b OR {NOT c}} AND d}");
        assert_eq!(read("(a b) OR c"), "{({a AND b}) OR c}");
    }

    #[test]
    fn operators_are_upper_case() {
        assert_eq!(read("a and b"), "{a AND and AND b}");
    }

    #[test]
    fn values_hold_what_words_cannot() {
        assert_eq!(
            read(r"url=http://x?a=b&c path = C:\\Windows\*"),
            r"{url=http://x?a=b&c AND path=C:\Windows\*}"
        );
        assert_eq!(read(r#""a b"!="c|d" a{}.b>=3"#), r#"{"a b"!="c|d" AND a{}.b>=3}"#);
        assert_eq!(read("a=CASE(Foo) TERM(1.2.3.4)"), "{a=CASE(Foo) AND TERM(1.2.3.4)}");
    }

    #[test]
    fn lists_may_have_empty_elements() {
        assert_eq!(read(r#"a IN ("x", y*) NOT b in(1)"#), r#"{a IN ("x", y*) AND {NOT b IN (1)}}"#);
        let parsed = crate::parse(r#"a IN ("x",,"y",)"#);
        let codes: Vec<_> = parsed.diagnostics.iter().map(|d| (d.code, d.span.start)).collect();
        assert_eq!(codes, [(code::EMPTY_LIST_ELEMENT, 10)]);
    }

    #[test]
    fn nothing_and_star_are_all() {
        assert_eq!((read(""), read("*"), read("NOT ()")), ("*".into(), "*".into(), "{NOT (*)}".into()));
    }

    #[test]
    fn what_is_absent_is_named() {
        assert_eq!(read("a OR"), "expected a search term, found end of query at Span { start: 4, end: 4 }");
        assert_eq!(read("a="), "expected a value, found end of query at Span { start: 2, end: 2 }");
        assert_eq!(read("AND a"), "expected a search term, found `AND` at Span { start: 0, end: 3 }");
    }
}
