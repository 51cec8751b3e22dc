//! Macros: text that stands for text, `` `name(arg)` ``, and comments, ```` ```…``` ````.
//!
//! Both are resolved before a query is parsed. Within quotes a backtick is a character like any other.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::code;
use crate::diagnostic::Diagnostic;
use crate::nearest::nearest;
use crate::span::Span;

/// How many macros may be open within one another.
const MAX_DEPTH: usize = 64;
/// How long an expanded query may be, in bytes.
const MAX_LENGTH: usize = 1 << 20;

/// One macro, as a stanza of `macros.conf` defines it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Macro {
    /// The names of its arguments.
    pub args: Vec<String>,
    /// Its text, with `$arg$` where an argument goes.
    pub definition: String,
    /// An eval expression that arguments must fulfil: a condition, or one that gives the text of an error.
    pub validation: Option<String>,
    /// What to say where they do not.
    pub errormsg: Option<String>,
    /// The definition is an eval expression whose result is the text.
    pub iseval: bool,
}

/// What an eval expression of a macro gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evaluated {
    /// No value.
    Null,
    /// A condition; one that is null is false.
    Condition(bool),
    /// Text, or a number as text.
    Text(String),
}

/// Computes an eval expression, in which the arguments of a macro are fields, or says what is wrong with it.
type Evaluate = dyn Fn(&str, &[(&str, &str)]) -> Result<Evaluated, String> + Send + Sync;

#[derive(Clone)]
struct Evaluator(Arc<Evaluate>);

impl fmt::Debug for Evaluator {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Evaluator")
    }
}

/// Macros by name and number of arguments.
#[derive(Debug, Clone, Default)]
pub struct Macros {
    macros: BTreeMap<(String, usize), Macro>,
    evaluator: Option<Evaluator>,
}

impl Macros {
    /// Says how eval expressions of macros are computed, since nothing here runs any. Without it, a macro that has
    /// one is an error.
    pub fn evaluate_by(
        &mut self,
        evaluate: impl Fn(&str, &[(&str, &str)]) -> Result<Evaluated, String> + Send + Sync + 'static,
    ) {
        self.evaluator = Some(Evaluator(Arc::new(evaluate)));
    }

    /// Adds a macro; one of the same name and number of arguments is replaced.
    pub fn insert(&mut self, name: impl Into<String>, definition: Macro) {
        self.macros.insert((name.into(), definition.args.len()), definition);
    }

    /// The macro of this name with this many arguments.
    pub fn get(&self, name: &str, arg_count: usize) -> Option<&Macro> {
        self.macros.get(&(name.to_owned(), arg_count))
    }

    /// The names, in order; one that takes several numbers of arguments comes several times.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.macros.keys().map(|(name, _)| name.as_str())
    }

    fn arg_counts(&self, name: &str) -> Vec<usize> {
        self.macros.keys().filter(|(own, _)| own == name).map(|(_, count)| *count).collect()
    }
}

/// A query without macros and comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expanded {
    /// The text to parse.
    pub text: String,
    pieces: Vec<Piece>,
}

/// A part of the expanded text and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    /// One past its last byte in the expanded text.
    end: usize,
    /// Its first byte in the expanded text.
    start: usize,
    /// Where it stands in the original.
    original: Span,
    /// Copied as it is, so that places within it correspond.
    copied: bool,
}

impl Expanded {
    /// The place in the original text of a place in the expanded text. A place within an expansion is the
    /// whole macro call.
    pub fn original(&self, span: Span) -> Span {
        let start = self.original_place(span.start, false);
        let end = if span.end > span.start { self.original_place(span.end, true) } else { start };
        Span::new(start.start, end.end.max(start.start))
    }

    /// The original place of one end of a span. The end of a span belongs to the byte before it.
    fn original_place(&self, at: usize, is_end: bool) -> Span {
        let holds = |piece: &&Piece| if is_end { at <= piece.end } else { at < piece.end };
        let Some(piece) = self.pieces.iter().find(holds).or(self.pieces.last()) else {
            return Span::default();
        };
        if !piece.copied {
            return piece.original;
        }
        let place = piece.original.start + at.saturating_sub(piece.start);
        Span::new(place, place)
    }

    fn push(&mut self, text: &str, original: Span, copied: bool) {
        let start = self.text.len();
        self.text.push_str(text);
        self.pieces.push(Piece { start, end: self.text.len(), original, copied });
    }
}

/// Replaces macros by their text and comments by a space.
///
/// ```
/// use sluice_spl::{Macro, Macros, expand};
///
/// let mut macros = Macros::default();
/// macros.insert("sysmon", Macro { definition: "index=wineventlog EventCode=$id$".into(), args: vec!["id".into()], ..Macro::default() });
/// assert_eq!(expand("`sysmon(3)` user=x", &macros)?.text, "index=wineventlog EventCode=3 user=x");
/// # Ok::<(), Vec<sluice_spl::Diagnostic>>(())
/// ```
///
/// # Errors
///
/// Macros that do not exist, call themselves, or are called with the wrong number of arguments.
pub fn expand(text: &str, macros: &Macros) -> Result<Expanded, Vec<Diagnostic>> {
    let mut expanded = Expanded { text: String::new(), pieces: Vec::new() };
    let mut errors = Vec::new();
    for part in parts(text) {
        let span = part.span();
        match part {
            Part::Text(span) => expanded.push(span.text(text), span, true),
            Part::Comment(span) => expanded.push(" ", span, false),
            Part::Call(span) => match call(span.text(text), span, macros, &mut Vec::new()) {
                Ok(replacement) => expanded.push(&replacement, span, false),
                Err(error) => errors.push(error),
            },
            Part::Open(span) => errors.push(open(span)),
        }
        if expanded.text.len() > MAX_LENGTH {
            errors.push(too_long(span));
            break;
        }
    }
    if errors.is_empty() { Ok(expanded) } else { Err(errors) }
}

/// A part of a text, by where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Text(Span),
    Comment(Span),
    /// A macro call with its backticks.
    Call(Span),
    /// A backtick, or three, without its partner.
    Open(Span),
}

impl Part {
    fn span(self) -> Span {
        match self {
            Part::Text(span) | Part::Comment(span) | Part::Call(span) | Part::Open(span) => span,
        }
    }
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let (mut at, mut start, mut quoted) = (0, 0, false);
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        match c {
            '\\' => {
                at += 1 + text.get(at + 1..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
            }
            '`' if !quoted => {
                if at > start {
                    parts.push(Part::Text(Span::new(start, at)));
                }
                let part = backtick(text, at);
                at = part.span().end;
                start = at;
                parts.push(part);
            }
            _ => {
                quoted ^= c == '"';
                at += c.len_utf8();
            }
        }
    }
    if text.len() > start {
        parts.push(Part::Text(Span::new(start, text.len())));
    }
    parts
}

/// What begins at the backtick at `at`.
fn backtick(text: &str, at: usize) -> Part {
    let rest = text.get(at..).unwrap_or("");
    let (mark, comment) = if rest.starts_with("```") { ("```", true) } else { ("`", false) };
    let inside = rest.get(mark.len()..).unwrap_or("");
    let end = if comment { inside.find(mark) } else { call_end(inside) };
    match end {
        None => Part::Open(Span::new(at, at + mark.len())),
        Some(len) => {
            let span = Span::new(at, at + len + 2 * mark.len());
            if comment { Part::Comment(span) } else { Part::Call(span) }
        }
    }
}

/// Where the closing backtick of a call stands, quoted arguments skipped.
fn call_end(inside: &str) -> Option<usize> {
    let mut quoted = false;
    for (at, c) in inside.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '`' if !quoted => return Some(at),
            _ => {}
        }
    }
    // An argument may hold a lone quote.
    inside.find('`')
}

/// The text that a call stands for; `open` are the macros it stands within.
fn call(
    text: &str,
    span: Span,
    macros: &Macros,
    open: &mut Vec<(String, usize)>,
) -> Result<String, Diagnostic> {
    let (name, args) = split_call(text.trim_matches('`'));
    let key = (name.to_owned(), args.len());
    let found = macros.get(name, args.len()).ok_or_else(|| missing(name, args.len(), span, macros))?;
    if open.contains(&key) || open.len() >= MAX_DEPTH {
        return Err(recursion(name, span));
    }
    let called = Called { name, args: values(found, &args), span, macros };
    called.validate(found)?;
    let body = called.body(found)?;
    open.push(key);
    let result = nested(&body, span, macros, open);
    open.pop();
    result
}

/// Expands the calls within a macro's text; all errors stand at the outermost call.
fn nested(
    body: &str,
    span: Span,
    macros: &Macros,
    open: &mut Vec<(String, usize)>,
) -> Result<String, Diagnostic> {
    let mut out = String::new();
    for part in parts(body) {
        match part {
            Part::Text(inner) => out.push_str(inner.text(body)),
            Part::Comment(_) => out.push(' '),
            Part::Call(inner) => out.push_str(&call(inner.text(body), span, macros, open)?),
            Part::Open(_) => return Err(self::open(span)),
        }
        if out.len() > MAX_LENGTH {
            return Err(too_long(span));
        }
    }
    Ok(out)
}

/// `name(a, "b")` as name and arguments.
fn split_call(text: &str) -> (&str, Vec<String>) {
    let text = text.trim();
    match text.split_once('(') {
        Some((name, rest)) => (name.trim(), split_args(rest.strip_suffix(')').unwrap_or(rest))),
        None => (text, Vec::new()),
    }
}

fn split_args(text: &str) -> Vec<String> {
    let (mut args, mut arg, mut quoted, mut depth) = (Vec::new(), String::new(), false, 0_usize);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        if c == ',' && !quoted && depth == 0 {
            args.push(std::mem::take(&mut arg));
        } else {
            arg.push(c);
        }
    }
    if !(args.is_empty() && arg.trim().is_empty()) {
        args.push(arg);
    }
    args.iter().map(|arg| unquote(arg.trim()).to_owned()).collect()
}

fn unquote(arg: &str) -> &str {
    arg.strip_prefix('"').and_then(|arg| arg.strip_suffix('"')).unwrap_or(arg)
}

/// A macro as it is called.
struct Called<'a> {
    name: &'a str,
    /// Names and values of the arguments.
    args: Vec<(&'a str, &'a str)>,
    span: Span,
    macros: &'a Macros,
}

impl Called<'_> {
    /// Holds the arguments to the macro's validation: a condition that is not true is an error, and so is text.
    fn validate(&self, found: &Macro) -> Result<(), Diagnostic> {
        let Some(validation) = found.validation.as_deref().filter(|text| !text.trim().is_empty()) else {
            return Ok(());
        };
        let why = match self.evaluate(validation, "validation")? {
            Evaluated::Condition(true) => return Ok(()),
            Evaluated::Null => return Ok(()),
            Evaluated::Text(why) => why,
            Evaluated::Condition(false) => found.errormsg.clone().unwrap_or_default(),
        };
        let message = match why.trim() {
            "" => format!("macro `{}` does not take these arguments", self.name),
            why => format!("macro `{}`: {why}", self.name),
        };
        Err(Diagnostic::error(code::MACRO_REFUSED, self.span, message)
            .with_label("refused by the macro's validation")
            .with_help(format!("the validation is `{validation}`")))
    }

    /// The text that stands for the call, before the macros in it are expanded.
    fn body(&self, found: &Macro) -> Result<String, Diagnostic> {
        if !found.iseval {
            return Ok(substitute(&found.definition, &self.args));
        }
        match self.evaluate(&found.definition, "definition")? {
            Evaluated::Text(text) => Ok(text),
            Evaluated::Null | Evaluated::Condition(_) => Err(self.wrong("definition", "it gives no text")),
        }
    }

    fn evaluate(&self, expression: &str, what: &str) -> Result<Evaluated, Diagnostic> {
        let Some(Evaluator(evaluate)) = &self.macros.evaluator else {
            let message = format!("`{}` has an eval expression", self.name);
            return Err(Diagnostic::error(code::UNSUPPORTED_MACRO, self.span, message)
                .with_label("eval expressions are not computed here"));
        };
        let expression = substitute(expression, &self.args);
        evaluate(&expression, &self.args).map_err(|why| self.wrong(what, &why))
    }

    fn wrong(&self, what: &str, why: &str) -> Diagnostic {
        let message = format!("the {what} of macro `{}`, an eval expression, is wrong: {why}", self.name);
        Diagnostic::error(code::BAD_MACRO, self.span, message).with_label("called here")
    }
}

/// The macro's arguments: each by its name, or all in order.
fn values<'a>(found: &'a Macro, args: &'a [String]) -> Vec<(&'a str, &'a str)> {
    let named: Option<Vec<(&str, &str)>> = args.iter().map(|arg| named_arg(found, arg)).collect();
    let positional = || found.args.iter().map(String::as_str).zip(args.iter().map(String::as_str)).collect();
    named.unwrap_or_else(positional)
}

fn substitute(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let value = values
            .iter()
            .find_map(|(name, value)| Some((value, after.strip_prefix(name)?.strip_prefix('$')?)));
        match value {
            Some((value, behind)) => {
                out.push_str(value);
                rest = behind;
            }
            None => {
                out.push('$');
                rest = after;
            }
        }
    }
    out + rest
}

/// `name=value` if `name` is an argument of the macro.
fn named_arg<'a>(found: &Macro, arg: &'a str) -> Option<(&'a str, &'a str)> {
    let (name, value) = arg.split_once('=')?;
    found.args.iter().any(|own| own == name.trim()).then(|| (name.trim(), unquote(value.trim())))
}

fn missing(name: &str, count: usize, span: Span, macros: &Macros) -> Diagnostic {
    let counts = macros.arg_counts(name);
    if counts.is_empty() {
        let error = Diagnostic::error(code::UNKNOWN_MACRO, span, format!("there is no macro `{name}`"))
            .with_label("no such macro");
        return match nearest(name, macros.names()) {
            Some(near) => error.with_help(format!("did you mean `{near}`?")),
            None => error,
        };
    }
    let counts: Vec<_> = counts.iter().map(usize::to_string).collect();
    let message = format!("macro `{name}` takes {} arguments, found {count}", counts.join(" or "));
    Diagnostic::error(code::MACRO_ARGUMENTS, span, message).with_label("called here")
}

fn recursion(name: &str, span: Span) -> Diagnostic {
    let message = format!("macro `{name}` calls itself, or macros nest deeper than {MAX_DEPTH} levels");
    Diagnostic::error(code::MACRO_RECURSION, span, message).with_label("expanded here")
}

fn open(span: Span) -> Diagnostic {
    Diagnostic::error(code::UNBALANCED_QUOTE, span, "no closing backtick for this backtick")
        .with_label("opened here")
}

fn too_long(span: Span) -> Diagnostic {
    let message = format!("the query is longer than {MAX_LENGTH} bytes once its macros are expanded");
    Diagnostic::error(code::TOO_DEEP, span, message).with_label("expanded here")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn macros(list: &[(&str, &[&str], &str)]) -> Macros {
        let mut macros = Macros::default();
        for (name, args, definition) in list {
            let args = args.iter().map(|arg| (*arg).to_owned()).collect();
            macros.insert(*name, Macro { args, definition: (*definition).to_owned(), ..Macro::default() });
        }
        macros
    }

    fn read(text: &str) -> Result<String, &'static str> {
        let macros = macros(&[
            ("a", &[], "x=1 `b(2)`"),
            ("b", &["n"], "y=$n$"),
            ("loop", &[], "`loop`"),
            ("two", &["f", "g"], "$f$ AS \"$g$\" $h$"),
        ]);
        expand(text, &macros).map(|expanded| expanded.text).map_err(|errors| errors[0].code)
    }

    #[test]
    fn calls_nest_and_take_arguments() {
        assert_eq!(read("`a` z"), Ok("x=1 y=2 z".to_owned()));
        assert_eq!(read("`two(\"p, q\", r)`"), Ok("p, q AS \"r\" $h$".to_owned()));
        assert_eq!(read("`two(g=1,f=min(a,b))`"), Ok("min(a,b) AS \"1\" $h$".to_owned()));
    }

    #[test]
    fn comments_are_a_space_and_quotes_keep_backticks() {
        assert_eq!(read("a```not `a` ```b"), Ok("a b".to_owned()));
        assert_eq!(read("x=\"`a` \\\" ```\""), Ok("x=\"`a` \\\" ```\"".to_owned()));
    }

    #[test]
    fn wrong_calls_are_named() {
        assert_eq!(read("`c`"), Err(code::UNKNOWN_MACRO));
        assert_eq!(read("`b`"), Err(code::MACRO_ARGUMENTS));
        assert_eq!(read("`loop`"), Err(code::MACRO_RECURSION));
        assert_eq!(read("`a"), Err(code::UNBALANCED_QUOTE));
    }

    /// Stands for what computes expressions: `foo>N`, and `foo` for its text.
    fn evaluate(text: &str, args: &[(&str, &str)]) -> Result<Evaluated, String> {
        let foo = args.iter().find(|(name, _)| *name == "foo").map_or("", |(_, value)| value);
        match text.split_once('>') {
            Some((_, than)) => Ok(Evaluated::Condition(foo.parse::<f64>().ok() > than.parse::<f64>().ok())),
            None if text == "null()" => Ok(Evaluated::Null),
            None if text == "foo" => Ok(Evaluated::Text(foo.to_owned())),
            None => Err(format!("no `{text}`")),
        }
    }

    fn message(definition: Macro) -> Result<String, String> {
        let mut macros = macros(&[("b", &["n"], "y=$n$")]);
        macros.insert("m", Macro { args: vec!["foo".to_owned()], ..definition });
        macros.evaluate_by(evaluate);
        expand("`m(foo=7)`", &macros)
            .map(|expanded| expanded.text)
            .map_err(|errors| format!("{} {}", errors[0].code, errors[0].message))
    }

    #[test]
    fn arguments_are_held_to_the_validation() {
        let of = |validation: &str, errormsg: Option<&str>| {
            message(Macro {
                definition: "x=$foo$".to_owned(),
                validation: Some(validation.to_owned()),
                errormsg: errormsg.map(str::to_owned),
                ..Macro::default()
            })
        };
        for passes in ["foo>5", "$foo$>5", "null()", " "] {
            assert_eq!(of(passes, Some("too small")), Ok("x=7".to_owned()), "{passes}");
        }
        assert_eq!(of("foo>9", Some("too small")), Err("SPL0312 macro `m`: too small".to_owned()));
        assert_eq!(of("foo>9", None), Err("SPL0312 macro `m` does not take these arguments".to_owned()));
        assert_eq!(of("foo", Some("too small")), Err("SPL0312 macro `m`: 7".to_owned()));
        let wrong = "SPL0313 the validation of macro `m`, an eval expression, is wrong: no `bar`";
        assert_eq!(of("bar", None), Err(wrong.to_owned()));
    }

    #[test]
    fn a_definition_may_be_an_expression_and_its_text_may_call_macros() {
        let of = |definition: &str| {
            message(Macro { definition: definition.to_owned(), iseval: true, ..Macro::default() })
        };
        assert_eq!(of("foo"), Ok("7".to_owned()));
        let none = "SPL0313 the definition of macro `m`, an eval expression, is wrong: it gives no text";
        assert_eq!(of("null()"), Err(none.to_owned()));
        let mut macros = macros(&[("b", &["n"], "y=$n$")]);
        macros.insert("m", Macro { definition: "x".to_owned(), iseval: true, ..Macro::default() });
        assert_eq!(expand("`m`", &macros).unwrap_err()[0].code, code::UNSUPPORTED_MACRO);
        macros.evaluate_by(|_, _| Ok(Evaluated::Text("`b(3)`".to_owned())));
        assert_eq!(expand("`m`", &macros).unwrap().text, "y=3");
    }

    #[test]
    fn a_macro_that_doubles_is_stopped() {
        let names: Vec<String> = (0..40).map(|n| format!("m{n}")).collect();
        let mut macros = Macros::default();
        for pair in names.windows(2) {
            let definition = format!("`{}` `{}`", pair[1], pair[1]);
            macros.insert(pair[0].clone(), Macro { definition, ..Macro::default() });
        }
        macros.insert("m39", Macro { definition: "x".repeat(1000), ..Macro::default() });
        assert_eq!(expand("`m0`", &macros).unwrap_err()[0].code, code::TOO_DEEP);
    }

    #[test]
    fn places_within_an_expansion_are_the_call() {
        let macros = macros(&[("b", &["n"], "field_y=$n$")]);
        let text = "q `b(2)` tail";
        let expanded = expand(text, &macros).unwrap();
        assert_eq!(expanded.text, "q field_y=2 tail");
        assert_eq!(expanded.original(Span::new(4, 6)).text(text), "`b(2)`");
        assert_eq!(expanded.original(Span::new(12, 16)).text(text), "tail");
        assert_eq!(expanded.original(Span::new(0, 11)).text(text), "q `b(2)`");
        assert_eq!(expanded.original(Span::new(16, 16)), Span::new(13, 13));
    }
}
