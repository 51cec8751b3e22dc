//! The part of XPath that Splunk's `xpath` documents: the paths of Python's ElementTree, and `@name` or `text()` at
//! their end.

use sluice_events::format::xml::Element;

/// A compiled path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct XPath {
    /// From the document, not from the elements at its top.
    absolute: bool,
    steps: Vec<Step>,
    take: Take,
}

/// What is taken of the elements found.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Take {
    Text,
    Attribute(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    /// `//` stands before it.
    deep: bool,
    test: Test,
    predicates: Vec<Predicate>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    Name(String),
    /// `*`
    Any,
    /// `.`
    Itself,
    /// `..`
    Parent,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Predicate {
    /// `[3]`, from 1
    Place(usize),
    /// `[last()]`, `[last()-1]`
    FromLast(usize),
    /// `[@a]`, `[b]`, `[@a='x']`, `[b!='x']`, `[.='x']`
    Has { what: What, value: Option<(bool, String)> },
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    Attribute(String),
    Child(String),
    Itself,
}

/// An element and those it stands in, from the top.
type Found<'a> = Vec<&'a Element>;

impl XPath {
    /// Reads a path.
    ///
    /// # Errors
    /// The first piece that is not understood, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        for (sign, what) in [("::", "axes"), ("|", "unions of paths"), ("$", "variables")] {
            if outside_quotes(text).contains(sign) {
                return Err(format!("{what} (`{sign}`) are not read"));
            }
        }
        let mut path = Self { absolute: text.starts_with('/'), steps: Vec::new(), take: Take::Text };
        let mut rest = text;
        let mut first = true;
        while first || !rest.is_empty() {
            let deep = rest.starts_with("//");
            if !first || path.absolute {
                rest = rest.strip_prefix(if deep { "//" } else { "/" }).ok_or_else(|| unread(rest))?;
            }
            first = false;
            let end = step_end(rest)?;
            let (step, after) = rest.split_at(end);
            path.step(step.trim(), deep, after.is_empty())?;
            rest = after;
        }
        Ok(path)
    }

    fn step(&mut self, step: &str, deep: bool, is_last: bool) -> Result<(), String> {
        if let Some(name) = step.strip_prefix('@').filter(|_| is_last) {
            let any = Step { deep, test: Test::Itself, predicates: Vec::new() };
            self.steps.extend(deep.then_some(any));
            self.take = Take::Attribute(name_of(name)?);
            return Ok(());
        }
        if step == "text()" && is_last && !deep {
            return Ok(());
        }
        let (test, mut rest) = step.split_at(step.find('[').unwrap_or(step.len()));
        let test = match test.trim() {
            "*" => Test::Any,
            "." => Test::Itself,
            ".." => Test::Parent,
            name => Test::Name(name_of(name)?),
        };
        let mut predicates = Vec::new();
        while let Some(inside) = rest.strip_prefix('[') {
            let end = closing(inside).ok_or("a `[` has no `]`")?;
            predicates.push(predicate(inside.get(..end).unwrap_or_default().trim())?);
            rest = inside.get(end + 1..).unwrap_or_default().trim_start();
        }
        if !rest.is_empty() {
            return Err(unread(rest));
        }
        self.steps.push(Step { deep, test, predicates });
        Ok(())
    }

    /// The texts or attributes at the path, in order.
    pub(crate) fn select(&self, top: &[Element]) -> Vec<String> {
        let document = Element { children: top.to_vec(), ..Element::default() };
        let mut found: Vec<Found<'_>> = if self.absolute {
            vec![vec![&document]]
        } else {
            document.children.iter().map(|element| vec![&document, element]).collect()
        };
        for step in &self.steps {
            let mut next: Vec<Found<'_>> = Vec::new();
            for context in found {
                // A place counts within one parent.
                for parent in if step.deep { descendants(context) } else { vec![context] } {
                    next.extend(step.take(&parent));
                }
            }
            found = next;
        }
        let elements = found.iter().filter_map(|found| found.last());
        match &self.take {
            Take::Attribute(name) => elements.filter_map(|element| attribute(element, name)).collect(),
            Take::Text => elements.map(|element| text(element)).filter(|text| !text.is_empty()).collect(),
        }
    }
}

impl Step {
    fn take<'a>(&self, context: &Found<'a>) -> Vec<Found<'a>> {
        let Some(element) = context.last() else { return Vec::new() };
        let inside = |child: &'a Element| context.iter().copied().chain([child]).collect::<Found<'a>>();
        let mut found: Vec<Found<'a>> = match &self.test {
            Test::Itself => vec![context.clone()],
            Test::Parent => match context.split_last() {
                Some((_, parents)) if !parents.is_empty() => vec![parents.to_vec()],
                _ => Vec::new(),
            },
            Test::Any => element.children.iter().map(inside).collect(),
            Test::Name(name) => {
                element.children.iter().filter(|child| child.name == *name).map(inside).collect()
            }
        };
        for predicate in &self.predicates {
            let count = found.len();
            let mut place = 0;
            found.retain(|found| {
                place += 1;
                found.last().is_some_and(|element| predicate.holds(element, place, count))
            });
        }
        found
    }
}

impl Predicate {
    fn holds(&self, element: &Element, place: usize, count: usize) -> bool {
        match self {
            Predicate::Place(wanted) => place == *wanted,
            Predicate::FromLast(back) => place + back == count,
            Predicate::Has { what, value } => {
                let values: Vec<String> = match what {
                    What::Attribute(name) => attribute(element, name).into_iter().collect(),
                    What::Child(name) => {
                        element.children.iter().filter(|child| child.name == *name).map(text).collect()
                    }
                    What::Itself => vec![text(element)],
                };
                match value {
                    None => !values.is_empty(),
                    Some((equal, wanted)) => values.iter().any(|value| (value == wanted) == *equal),
                }
            }
        }
    }
}

/// An element and all inside it, in the order of the text.
fn descendants(top: Found<'_>) -> Vec<Found<'_>> {
    let mut all = Vec::new();
    let mut open = vec![top];
    while let Some(path) = open.pop() {
        if let Some(element) = path.last() {
            for child in element.children.iter().rev() {
                open.push(path.iter().copied().chain([child]).collect());
            }
        }
        all.push(path);
    }
    all
}

fn attribute(element: &Element, name: &str) -> Option<String> {
    element.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
}

/// Its own text, or that of all inside it.
// Recursion is bounded: documents are at most 128 levels deep.
fn text(element: &Element) -> String {
    if !element.text.is_empty() {
        return element.text.clone();
    }
    element.children.iter().map(text).collect()
}

fn predicate(text: &str) -> Result<Predicate, String> {
    if let Ok(place) = text.parse::<usize>() {
        return Ok(Predicate::Place(place));
    }
    if let Some(back) = text.strip_prefix("last()") {
        let back = back.trim();
        let back = if back.is_empty() {
            Some(0)
        } else {
            back.strip_prefix('-').and_then(|n| n.trim().parse().ok())
        };
        return back.map(Predicate::FromLast).ok_or_else(|| unread(text));
    }
    let sign = outside_quotes(text).find('=');
    let (left, value) = match sign {
        None => (text, None),
        Some(at) => {
            let (left, right) = text.split_at(at);
            let (left, equal) = match left.strip_suffix('!') {
                Some(left) => (left, false),
                None => (left, true),
            };
            let right = right.strip_prefix('=').unwrap_or(right).trim();
            (left, Some((equal, literal(right).ok_or_else(|| unread(right))?)))
        }
    };
    let what = match left.trim() {
        "." | "text()" => What::Itself,
        left => match left.strip_prefix('@') {
            Some(name) => What::Attribute(name_of(name)?),
            None => What::Child(name_of(left)?),
        },
    };
    Ok(Predicate::Has { what, value })
}

fn literal(text: &str) -> Option<String> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let inside = text.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inside.contains(quote)).then(|| inside.to_owned())
}

fn name_of(text: &str) -> Result<String, String> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    if text.contains('(') {
        return Err(format!("`{text}` calls a function: only `text()` and `last()` are known"));
    }
    if text.is_empty() || !text.chars().all(is_name) {
        return Err(unread(text));
    }
    Ok(text.to_owned())
}

fn unread(text: &str) -> String {
    if text.is_empty() { "a name is missing".to_owned() } else { format!("`{text}` is not understood") }
}

/// Where a step ends: before a `/` that is in no predicate.
fn step_end(text: &str) -> Result<usize, String> {
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        match c {
            '/' => return Ok(at),
            '[' => at += 2 + closing(text.get(at + 1..).unwrap_or_default()).ok_or("a `[` has no `]`")?,
            c => at += c.len_utf8(),
        }
    }
    Ok(at)
}

/// The place of the `]` that ends a predicate.
fn closing(inside: &str) -> Option<usize> {
    outside_quotes(inside).find(']')
}

/// The text with what stands in quotes blanked out, byte for byte.
fn outside_quotes(text: &str) -> String {
    let mut open: Option<char> = None;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let hidden = open.is_some();
        match open {
            Some(quote) if c == quote => open = None,
            None if matches!(c, '\'' | '"') => open = Some(c),
            _ => {}
        }
        if hidden { out.extend(std::iter::repeat_n(' ', c.len_utf8())) } else { out.push(c) }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOKS: &str = "<shop><book id='1' lang=\"en\"><title>A/B</title><price>3</price></book>\
                         <book id='2'><title>C</title></book><box><book id='3'><title>D</title></book></box></shop>";

    fn found(path: &str) -> Vec<String> {
        let top = sluice_events::format::xml::parse(BOOKS);
        XPath::parse(path).unwrap().select(&top)
    }

    #[test]
    fn paths_lead_to_texts_and_attributes() {
        assert_eq!(found("//book/@id"), ["1", "2", "3"]);
        assert_eq!(found("/shop/book/@id"), ["1", "2"]);
        assert_eq!(found("book/title"), ["A/B", "C"]);
        assert_eq!(found("//title/text()"), ["A/B", "C", "D"]);
        assert_eq!(found("//book[title='A/B']/price"), ["3"]);
        assert_eq!(found("//book[@lang]/@id"), ["1"]);
        assert_eq!(found("//book[@id!='1']/title"), ["C", "D"]);
        assert_eq!(found("/shop/book[2]/title"), ["C"]);
        assert_eq!(found("/shop/book[last()]/title"), ["C"]);
        assert_eq!(found("/shop/*[last()-1]/@id"), ["2"]);
        assert_eq!(found("//price/../@id"), ["1"]);
        assert_eq!(found("//title[.='D']/../@id"), ["3"]);
        assert_eq!(found("//@lang"), ["en"]);
        assert_eq!(found("./box//title"), ["D"]);
        assert_eq!(found("//nothing"), [""; 0]);
    }

    #[test]
    fn what_is_not_read_is_named() {
        for (path, why) in [
            ("count(//book)", "`count(` calls a function: only `text()` and `last()` are known"),
            ("//book/ancestor::shop", "axes (`::`) are not read"),
            ("//a|//b", "unions of paths (`|`) are not read"),
            (
                "//book[contains(title,'A')]",
                "`contains(title,'A')` calls a function: only `text()` and `last()` are known",
            ),
            ("//book[price>2]", "`price>2` is not understood"),
            ("//book[1", "a `[` has no `]`"),
            ("", "a name is missing"),
            ("//", "a name is missing"),
        ] {
            assert_eq!(XPath::parse(path).unwrap_err(), why, "{path}");
        }
    }
}
