//! A command that makes rows, written without its `|`: `makeresults count=3` searches for a word.

use crate::code;
use crate::command::{Command, GENERATING};
use crate::diagnostic::Diagnostic;
use crate::tree::{Pipeline, Search, SearchKind};

/// A warning if the query begins with the name of such a command.
pub(crate) fn check(pipeline: &Pipeline) -> Option<Diagnostic> {
    let call = pipeline.commands.first()?;
    let Command::Search(predicate) = &call.command else { return None };
    let written = call.name_span.start < call.name_span.end;
    let (name, first) = first_word(predicate).filter(|(word, _)| !written && GENERATING.contains(word))?;
    let message = format!("`{name}` is searched for as a word");
    Some(
        Diagnostic::warning(code::MISPLACED_COMMAND, first.span, message)
            .with_label("no `|` before it")
            .with_help(format!("the command is `| {name}`")),
    )
}

fn first_word(search: &Search) -> Option<(&str, &Search)> {
    match &search.kind {
        SearchKind::And(parts) | SearchKind::Or(parts) => first_word(parts.first()?),
        SearchKind::Term(value) if !value.quoted => Some((value.text.as_str(), search)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_generating_command_needs_its_pipe() {
        let found = |text: &str| crate::lint(&crate::parse(text).pipeline).len();
        assert_eq!(found("makeresults count=3"), 1);
        assert_eq!(found("| makeresults count=3"), 0);
        assert_eq!(found("search makeresults"), 0);
        assert_eq!(found("delete user=x"), 0);
    }
}
