//! Quotes: when a name needs them and how their contents are escaped.

use crate::ops::Name;

/// Words that end a list of fields.
const KEYWORDS: [&str; 9] = ["as", "by", "from", "groupby", "over", "output", "outputnew", "sortby", "where"];

/// `text` in double quotes.
pub(crate) fn quote(text: &str) -> String {
    format!("\"{}\"", escape(text, '"'))
}

/// `text` in single quotes.
pub(crate) fn single_quote(text: &str) -> String {
    format!("'{}'", escape(text, '\''))
}

/// Escapes `quote`, and each backslash that would else be read as the start of an escape: `\d` stays.
pub(crate) fn escape(text: &str, quote: char) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let pairs = |next: &char| *next == '\\' || *next == quote || (*next == '|' && quote == '"');
        if c == quote || (c == '\\' && chars.peek().is_none_or(pairs)) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A field in a list of fields: bare where it can be.
pub(crate) fn field(name: &str) -> String {
    if is_bare(name) { name.to_owned() } else { quote(name) }
}

/// Fields with commas between them.
pub(crate) fn fields(names: &[Name]) -> String {
    names.iter().map(|name| field(&name.text)).collect::<Vec<_>>().join(", ")
}

/// An option's value: bare where it can be.
pub(crate) fn value(text: &str) -> String {
    if !text.is_empty() && text.chars().all(is_bare_char) { text.to_owned() } else { quote(text) }
}

fn is_bare(name: &str) -> bool {
    let signed = name.starts_with(['-', '+', '\'']);
    let keyword = KEYWORDS.iter().any(|word| name.eq_ignore_ascii_case(word));
    !name.is_empty() && !signed && !keyword && name.parse::<f64>().is_err() && name.chars().all(is_bare_char)
}

fn is_bare_char(c: char) -> bool {
    c.is_alphanumeric() || "_.{}:@*-+/$#<>%".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_backslashes_that_need_it_are_doubled() {
        assert_eq!(quote(r"\d+\.exe"), r#""\d+\.exe""#);
        assert_eq!(quote(r"C:\"), r#""C:\\""#);
        assert_eq!(quote(r#"a\\b "c""#), r#""a\\\b \"c\"""#);
    }

    #[test]
    fn names_that_read_as_something_else_are_quoted() {
        let quoted = ["a b", "by", "3", "-x", ""].map(field);
        assert_eq!(quoted, ["\"a b\"", "\"by\"", "\"3\"", "\"-x\"", "\"\""]);
        assert_eq!(field("a{}.b-c"), "a{}.b-c");
    }
}
