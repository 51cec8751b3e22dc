//! Names of datasets: `Endpoint.Processes`, `"Change"."All_Changes.Account_Management"`, `Web`.

use crate::cursor::{Cursor, Parse};
use crate::ops::{DatasetName, Name};
use crate::printer::name::value;
use crate::span::Span;

/// Reads a name that may be in quotes, whole or in parts.
pub(crate) fn text(cursor: &mut Cursor<'_>, what: &str) -> Parse<Name> {
    cursor.skip_space();
    let start = cursor.place();
    let mut text = String::new();
    loop {
        let part = match cursor.peek() {
            Some('"') => cursor.quoted()?.text,
            _ => cursor.take_until(ends_part),
        };
        if part.is_empty() {
            break;
        }
        text += &part;
    }
    if text.is_empty() { Err(cursor.expected(what)) } else { Ok(Name::new(text, cursor.span_from(start))) }
}

/// Reads a data model and, behind a dot, a dataset in it.
pub(crate) fn name(cursor: &mut Cursor<'_>) -> Parse<DatasetName> {
    let text = text(cursor, "a data model")?;
    Ok(match text.text.split_once('.') {
        Some((model, dataset)) => {
            DatasetName { model: part(model, text.span), dataset: Some(part(dataset, text.span)) }
        }
        None => DatasetName { model: text, dataset: None },
    })
}

fn part(text: &str, span: Span) -> Name {
    Name::new(text, span)
}

fn ends_part(c: char) -> bool {
    c.is_whitespace() || matches!(c, '|' | ',' | '(' | ')' | '[' | ']' | '"' | '=' | '`')
}

/// The name as text.
pub(crate) fn print(name: &DatasetName) -> String {
    match &name.dataset {
        Some(dataset) => value(&format!("{}.{}", name.model.text, dataset.text)),
        None => value(&name.model.text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_may_stand_round_the_whole_or_the_parts() {
        let read = |text: &str| print(&name(&mut Cursor::new(text)).unwrap());
        for text in [
            "Endpoint.Processes where",
            "\"Endpoint.Processes\"",
            "\"Endpoint\".\"Processes\" by",
            "\"Endpoint\".Processes",
            "Endpoint.\"Processes\"",
        ] {
            assert_eq!(read(text), "Endpoint.Processes", "{text}");
        }
        assert_eq!(read("Web"), "Web");
        assert!(name(&mut Cursor::new("| a")).is_err());
    }
}
