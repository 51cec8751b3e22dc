//! `props.conf`: what is to be found in the events of a source, a host or a sourcetype (Splunk Admin Manual,
//! "props.conf").

use std::collections::{BTreeMap, BTreeSet};

use sluice_events::field;
use sluice_events::inputs::{Input, Options};
use sluice_spl::span::Span;
use sluice_spl::tree::{BinaryOp, CompareOp, Expr, ExprKind, UnaryOp};

use crate::conf::Stanzas;

/// The setting that gives a sourcetype another name.
pub(super) const RENAME: &str = "rename";

/// What the long names of Windows channels hold.
const LONG_NAME: &str = "WinEventLog:";

/// Stanzas in order of precedence, the strongest first, and those of `transforms.conf`.
#[derive(Debug, Clone, Default)]
pub(super) struct Props {
    pub(super) stanzas: Vec<Stanza>,
    pub(super) transforms: Stanzas,
}

/// One stanza.
#[derive(Debug, Clone)]
pub(super) struct Stanza {
    /// As it stands in brackets.
    pub(super) name: String,
    spec: Spec,
    /// Settings by key.
    settings: BTreeMap<String, String>,
}

/// Which events a stanza is about. The order is that of precedence.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Spec {
    Source(Value),
    Host(Value),
    Sourcetype(Value),
    /// `[default]`
    All,
}

/// A value, or a pattern of values as a regular expression.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Is(String),
    /// The regular expression, and what any such value begins with.
    Matches(String, String),
}

/// A setting in one stanza, and when it holds.
pub(super) struct Setting<'a> {
    pub(super) stanza: &'a Stanza,
    /// `None`: always.
    pub(super) condition: Option<Expr>,
    pub(super) value: &'a str,
}

impl Props {
    /// From `props.conf` and `transforms.conf`.
    pub(super) fn new(props: Stanzas, transforms: Stanzas) -> Self {
        let mut stanzas: Vec<(i64, Stanza)> = props
            .into_iter()
            .map(|(name, settings)| {
                let spec = Spec::of(&name);
                let priority = settings.get("priority").and_then(|priority| priority.trim().parse().ok());
                let priority = priority.unwrap_or_else(|| spec.default_priority());
                (priority, Stanza { name, spec, settings })
            })
            .collect();
        // Of equal ones the name decides, which they are sorted by.
        stanzas.sort_by_key(|(priority, stanza)| (stanza.spec.rank(), -priority));
        Self { stanzas: stanzas.into_iter().map(|(_, stanza)| stanza).collect(), transforms }
    }

    /// The same without the stanzas that none of these inputs can be meant by.
    pub(super) fn about<'a>(&'a self, inputs: &[Input], options: &Options) -> Vec<&'a Stanza> {
        // Where sourcetypes get other names, any may turn up.
        let any = inputs.is_empty() || self.stanzas.iter().any(|stanza| stanza.get(RENAME).is_some());
        let meant = |stanza: &&Stanza| any || inputs.iter().any(|input| stanza.spec.may_be(input, options));
        self.stanzas.iter().filter(meant).collect()
    }
}

impl Stanza {
    /// The value of a setting.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.settings.get(key).map(String::as_str)
    }

    /// Which events it is about; `None`: all.
    pub(super) fn condition(&self) -> Option<Expr> {
        match &self.spec {
            Spec::Source(source) => Some(source.condition(field::SOURCE)),
            Spec::Host(host) => Some(host.condition(field::HOST)),
            Spec::Sourcetype(sourcetype) => {
                let here = sourcetype.condition(field::SOURCETYPE);
                // Older add-ons used the Windows channel's long name as sourcetype; today it is the source.
                Some(match sourcetype.is_long_name() {
                    true => join(BinaryOp::Or, here, sourcetype.condition(field::SOURCE)),
                    false => here,
                })
            }
            Spec::All => None,
        }
    }
}

/// A setting of several stanzas: the first whose condition holds counts for an event.
pub(super) fn setting<'a>(stanzas: &[&'a Stanza], key: &str) -> Vec<Setting<'a>> {
    let settings = values(stanzas, key).into_iter();
    settings.map(|(stanza, value)| Setting { stanza, condition: stanza.condition(), value }).collect()
}

/// The stanzas that have a setting, and its value.
pub(super) fn values<'a>(stanzas: &[&'a Stanza], key: &str) -> Vec<(&'a Stanza, &'a str)> {
    stanzas.iter().filter_map(|stanza| Some((*stanza, stanza.get(key)?))).collect()
}

/// The keys that begin so, in any case, of all stanzas in ASCII order.
pub(super) fn keys<'a>(stanzas: &[&'a Stanza], prefix: &str) -> BTreeSet<&'a str> {
    let begins = |key: &&str| key.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    stanzas
        .iter()
        .copied()
        .flat_map(|stanza| stanza.settings.keys())
        .map(String::as_str)
        .filter(begins)
        .collect()
}

/// Conditions of which one at most holds for an event.
pub(super) fn exclusive(settings: Vec<Setting<'_>>) -> Vec<Setting<'_>> {
    let mut exclusive: Vec<Setting<'_>> = Vec::new();
    for (at, one) in settings.iter().enumerate() {
        let before = settings.get(..at).unwrap_or_default().iter();
        if before.clone().any(|other| other.condition.is_none()) {
            break;
        }
        let others = before.filter(|other| one.stanza.spec.may_meet(&other.stanza.spec));
        let others = others.filter_map(|other| other.condition.clone());
        let others = others.map(|other| self::at(ExprKind::Unary(UnaryOp::Not, Box::new(other))));
        let condition = one.condition.clone().into_iter().chain(others);
        let condition = condition.reduce(|left, right| join(BinaryOp::And, left, right));
        exclusive.push(Setting { stanza: one.stanza, condition, value: one.value });
    }
    exclusive
}

impl Spec {
    fn of(name: &str) -> Self {
        if name == "default" {
            return Self::All;
        }
        if let Some(source) = name.strip_prefix("source::") {
            return Self::Source(Value::of(source, false));
        }
        if let Some(host) = name.strip_prefix("host::") {
            return Self::Host(Value::of(host, true));
        }
        // What people write so that a sourcetype is read as a pattern.
        match name.strip_prefix("(?::){0}") {
            Some(pattern) => Self::Sourcetype(Value::of(pattern, false)),
            None => Self::Sourcetype(Value::Is(name.to_owned())),
        }
    }

    /// Whether both may be about one event.
    fn may_meet(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Source(Value::Is(one)), Self::Source(Value::Is(other)))
            | (Self::Sourcetype(Value::Is(one)), Self::Sourcetype(Value::Is(other))) => {
                one == other || one.contains(LONG_NAME) || other.contains(LONG_NAME)
            }
            _ => true,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Source(_) => 0,
            Self::Host(_) => 1,
            Self::Sourcetype(_) => 2,
            Self::All => 3,
        }
    }

    fn default_priority(&self) -> i64 {
        match self {
            Self::Source(Value::Matches(..))
            | Self::Host(Value::Matches(..))
            | Self::Sourcetype(Value::Matches(..)) => 0,
            _ => 100,
        }
    }

    /// Whether an event of this input may be meant.
    fn may_be(&self, input: &Input, options: &Options) -> bool {
        let given = &options.overrides;
        let called = input.format.called();
        match self {
            Self::Source(Value::Is(name)) => match (&given.source, called) {
                (Some(source), _) => source == name,
                (None, Some((_, prefix))) => name.starts_with(prefix),
                (None, None) => true,
            },
            Self::Sourcetype(Value::Is(name)) => match (&given.sourcetype, called) {
                (Some(sourcetype), _) if sourcetype == name => true,
                (None, Some((sourcetype, _))) if sourcetype == name => true,
                (None, None) => true,
                // By its long name.
                (_, Some((_, prefix))) => name.starts_with(prefix) && given.source.is_none(),
                (Some(_), None) => given.source.as_ref().is_none_or(|source| source == name),
            },
            Self::Source(Value::Matches(_, begin)) => match (&given.source, called) {
                (Some(source), _) => source.starts_with(begin),
                (None, Some((_, prefix))) => prefix.starts_with(begin) || begin.starts_with(prefix),
                (None, None) => true,
            },
            _ => true,
        }
    }
}

impl Value {
    /// A stanza's pattern: `...` is any text, `*` any without a slash, `.` itself, all else a regular expression.
    fn of(pattern: &str, any_case: bool) -> Self {
        if is_literal(pattern) && !pattern.contains("...") && !any_case {
            return Self::Is(pattern.to_owned());
        }
        let mut regex = String::from(if any_case { "(?i)^(?:" } else { "^(?:" });
        let mut rest = pattern;
        while let Some(first) = rest.chars().next() {
            let (written, len) = match first {
                '.' if rest.starts_with("...") => (".*", 3),
                '.' => (r"\.", 1),
                // Not the `*` of a group or class, which a regular expression means otherwise.
                '*' => (r"[^/\\]*", 1),
                other => {
                    regex.push(other);
                    rest = rest.get(other.len_utf8()..).unwrap_or_default();
                    continue;
                }
            };
            regex.push_str(written);
            rest = rest.get(len..).unwrap_or_default();
        }
        regex.push_str(")$");
        let begin = pattern.split("...").next().unwrap_or_default();
        let begin = if any_case || !is_literal(begin) { "" } else { begin };
        Self::Matches(regex, begin.to_owned())
    }

    fn condition(&self, field: &str) -> Expr {
        let field = at(ExprKind::Field(field.to_owned()));
        match self {
            Self::Is(value) => join(BinaryOp::Compare(CompareOp::Equal), field, text(value)),
            Self::Matches(regex, _) => call("match", vec![field, text(regex)]),
        }
    }

    fn is_long_name(&self) -> bool {
        match self {
            Self::Is(name) => name.contains(LONG_NAME),
            Self::Matches(regex, _) => regex.contains(LONG_NAME),
        }
    }
}

fn is_literal(pattern: &str) -> bool {
    !pattern.contains(['*', '|', '(', '[', '?', '\\'])
}

/// An expression that stands in no query.
pub(super) fn at(kind: ExprKind) -> Expr {
    Expr { kind, span: Span::default() }
}

pub(super) fn text(text: &str) -> Expr {
    at(ExprKind::Text(text.to_owned()))
}

pub(super) fn named(field: &str) -> Expr {
    at(ExprKind::Field(field.to_owned()))
}

pub(super) fn call(name: &str, args: Vec<Expr>) -> Expr {
    at(ExprKind::Call(name.to_owned(), args))
}

pub(super) fn join(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    at(ExprKind::Binary(op, Box::new(left), Box::new(right)))
}

/// Each value under its condition, the first that holds; else the last.
pub(super) fn choose(values: Vec<(Option<Expr>, Expr)>, otherwise: Expr) -> Expr {
    let mut args = Vec::new();
    for (condition, value) in values {
        let Some(condition) = condition else {
            if args.is_empty() {
                return value;
            }
            args.extend([call("true", Vec::new()), value]);
            return call("case", args);
        };
        args.extend([condition, value]);
    }
    if args.is_empty() {
        return otherwise;
    }
    args.extend([call("true", Vec::new()), otherwise]);
    call("case", args)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf;
    use crate::pattern;

    #[test]
    fn patterns_are_those_of_stanzas() {
        let cases = [
            ("...\\\\audit.log", "C:\\x\\audit.log", true),
            ("/var/log/*.log", "/var/log/a.log", true),
            ("/var/log/*.log", "/var/log/b/a.log", false),
            ("/var/.../a.(log|txt)", "/var/b/c/a.txt", true),
            ("/var/.../a.(log|txt)", "/var/b/c/aXtxt", false),
        ];
        for (stanza, source, wanted) in cases {
            let Value::Matches(regex, _) = Value::of(stanza, false) else { panic!("{stanza}") };
            assert_eq!(pattern::compile(&regex).unwrap().is_match(source), Ok(wanted), "{stanza} {source}");
        }
        assert_eq!(
            Value::of("XmlWinEventLog:Security", false),
            Value::Is("XmlWinEventLog:Security".to_owned())
        );
    }

    #[test]
    fn the_strongest_stanza_comes_first() {
        let mut stanzas = Stanzas::new();
        conf::merge(
            "[default]\na=1\n[st]\na=2\n[source::...z]\na=3\n[source::...a]\na=4\n[source::x]\na=5\n\
             [host::h]\na=6\n[source::...p]\na=7\npriority=200\n",
            &mut stanzas,
        );
        let props = Props::new(stanzas, Stanzas::new());
        let names: Vec<&str> = props.stanzas.iter().map(|stanza| stanza.name.as_str()).collect();
        assert_eq!(
            names,
            ["source::...p", "source::x", "source::...a", "source::...z", "host::h", "st", "default"]
        );
        let all: Vec<&Stanza> = props.stanzas.iter().collect();
        assert_eq!(setting(&all, "a").len(), 7);
    }
}
