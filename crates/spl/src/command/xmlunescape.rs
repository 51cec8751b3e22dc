//! `xmlunescape`: `&lt;`, `&gt;` and `&amp;` of the event's text as the characters they stand for.

use super::{Command, Doc};
use crate::cursor::{Cursor, Parse};
use crate::ops::{Assignment, Extend, Name};
use crate::tree::{Expr, ExprKind};

/// For `sluice help xmlunescape`.
pub(crate) const DOC: Doc = Doc {
    name: "xmlunescape",
    aliases: &[],
    summary: "Resolves `&lt;`, `&gt;` and `&amp;` in `_raw`, however often they were escaped.",
    syntax: "xmlunescape",
    example: "index=main | xmlunescape | xmlkv",
    hints: &["maxinputs"],
    differs: &[],
};

/// What was escaped more than once is `&amp;amp;lt;`: all of it goes at once, which is what resolving it again and
/// again comes to.
const ENTITIES: [(&str, &str); 3] = [("&(?:amp;)*gt;", ">"), ("&(?:amp;)*lt;", "<"), ("&(?:amp;)+", "&")];

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    while let Some(option) = cursor.option()? {
        if !DOC.hints.contains(&option.name.text.as_str()) {
            return Err(option.unknown("xmlunescape", DOC.hints));
        }
        option.integer()?;
    }
    Ok(Command::XmlUnescape)
}

/// What it means: `eval _raw=replace(replace(replace(_raw, …`
pub(crate) fn extend() -> Extend {
    let at = |kind| Expr { kind, span: Default::default() };
    let text = |text: &str| at(ExprKind::Text(text.to_owned()));
    let expr = ENTITIES.iter().fold(at(ExprKind::Field("_raw".to_owned())), |expr, (entity, character)| {
        at(ExprKind::Call("replace".to_owned(), vec![expr, text(entity), text(character)]))
    });
    Extend { assignments: vec![Assignment { target: Name::new("_raw", Default::default()), expr }] }
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn it_has_no_arguments_that_matter() {
        prints("xmlunescape", "xmlunescape");
        prints("xmlunescape maxinputs=5", "xmlunescape");
        fails("xmlunescape max=3", "`xmlunescape` has no option `max`");
    }
}
