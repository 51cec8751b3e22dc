//! Paths of `spath` and the JSON functions: `a.b{}.c{0}`, `a.b{@name}`.

/// Steps from the top of a document down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    pub(super) steps: Vec<Step>,
}

/// A name, or a place among several values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Name(String),
    /// `{}`: each element.
    All,
    /// `{2}`
    At(usize),
    /// `{@name}` of XML.
    Attribute(String),
}

impl Path {
    /// Any text is a path: braces that hold no index are part of a name.
    pub(crate) fn parse(text: &str) -> Self {
        let mut steps = Vec::new();
        let mut rest = text;
        loop {
            let (part, after) = split(rest);
            step(part, &mut steps);
            match after {
                Some(after) => rest = after,
                None => return Self { steps },
            }
        }
    }

    /// Whether it may lead to several values: it says `{}` somewhere.
    pub(crate) fn is_wild(&self) -> bool {
        self.steps.contains(&Step::All)
    }
}

/// The text before the first dot that is not in braces (an attribute's name may have one), and after it.
fn split(text: &str) -> (&str, Option<&str>) {
    let mut inside = false;
    for (at, c) in text.char_indices() {
        match c {
            '{' => inside = true,
            '}' => inside = false,
            '.' if !inside => return (&text[..at], Some(&text[at + 1..])),
            _ => {}
        }
    }
    (text, None)
}

fn step(part: &str, steps: &mut Vec<Step>) {
    let mut name = part;
    let mut indices = Vec::new();
    while let Some((before, index)) = name.strip_suffix('}').and_then(|inside| inside.rsplit_once('{')) {
        let index = match index.strip_prefix('@') {
            Some(attribute) => Step::Attribute(attribute.to_owned()),
            None if index.is_empty() => Step::All,
            None => match index.parse() {
                Ok(place) => Step::At(place),
                Err(_) => break,
            },
        };
        indices.push(index);
        name = before;
    }
    if !name.is_empty() {
        steps.push(Step::Name(name.to_owned()));
    }
    steps.extend(indices.into_iter().rev());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_names_and_indices() {
        let name = |text: &str| Step::Name(text.to_owned());
        assert_eq!(
            Path::parse("a.b{}.c{0}{1}").steps,
            [name("a"), name("b"), Step::All, name("c"), Step::At(0), Step::At(1)]
        );
        assert_eq!(Path::parse("{}.x").steps, [Step::All, name("x")]);
        assert_eq!(
            Path::parse("e{4}{@x.y}").steps,
            [name("e"), Step::At(4), Step::Attribute("x.y".to_owned())]
        );
        assert_eq!(Path::parse("{GUID}").steps, [name("{GUID}")]);
        assert_eq!(Path::parse("").steps, []);
    }
}
