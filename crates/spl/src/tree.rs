//! What was written: the tree of a query, with spans.

use crate::span::Span;

/// An eval expression and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

impl Expr {
    /// The same as if all of it stood at `span`: what comes from elsewhere has no places in the query.
    #[must_use]
    pub fn at(self, span: Span) -> Self {
        let one = |expr: Box<Self>| Box::new(expr.at(span));
        let all = |exprs: Vec<Self>| exprs.into_iter().map(|expr| expr.at(span)).collect();
        let kind = match self.kind {
            ExprKind::Call(name, args) => ExprKind::Call(name, all(args)),
            ExprKind::Unary(op, inner) => ExprKind::Unary(op, one(inner)),
            ExprKind::Binary(op, left, right) => ExprKind::Binary(op, one(left), one(right)),
            ExprKind::In(inner, list) => ExprKind::In(one(inner), all(list)),
            kind => kind,
        };
        Self { kind, span }
    }
}

/// The kinds of eval expression.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// A field: `Image`, `'http.status'`.
    Field(String),
    /// A double-quoted string, escapes resolved.
    Text(String),
    /// A number as written (`8.250` keeps its zeros, which its precision depends on).
    Number(String),
    /// `name(args)`, the name in lower case.
    Call(String, Vec<Expr>),
    /// `NOT x`, `-x`.
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`, `a AND b`, `a = b` …
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `x IN (a, b)`.
    In(Box<Expr>, Vec<Expr>),
    /// A field name that may hold wildcards, as aggregate arguments allow (`count(a*)`).
    Wildcard(String),
    /// `[ search … ]`, whose rows become a part of the expression.
    Subsearch(Pipeline),
}

impl Expr {
    /// Whether a function of this name is called in it.
    pub fn calls(&self, function: &str) -> bool {
        match &self.kind {
            ExprKind::Call(name, args) => name == function || args.iter().any(|arg| arg.calls(function)),
            ExprKind::Unary(_, inner) => inner.calls(function),
            ExprKind::Binary(_, left, right) => left.calls(function) || right.calls(function),
            ExprKind::In(inner, list) => {
                inner.calls(function) || list.iter().any(|item| item.calls(function))
            }
            ExprKind::Field(_)
            | ExprKind::Wildcard(_)
            | ExprKind::Text(_)
            | ExprKind::Number(_)
            | ExprKind::Subsearch(_) => false,
        }
    }

    /// The subsearches in it.
    pub fn subsearches(&self) -> Vec<&Pipeline> {
        match &self.kind {
            ExprKind::Subsearch(pipeline) => vec![pipeline],
            ExprKind::Call(_, args) => args.iter().flat_map(Self::subsearches).collect(),
            ExprKind::Unary(_, inner) => inner.subsearches(),
            ExprKind::Binary(_, left, right) => {
                let mut found = left.subsearches();
                found.extend(right.subsearches());
                found
            }
            ExprKind::In(inner, list) => {
                let mut found = inner.subsearches();
                found.extend(list.iter().flat_map(Self::subsearches));
                found
            }
            _ => Vec::new(),
        }
    }
}

/// Operators before their operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    /// `NOT`, `!`
    Not,
    /// `-`
    Minus,
    /// `+`
    Plus,
}

/// Operators between operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOp {
    /// `OR`
    Or,
    /// `XOR`
    Xor,
    /// `AND`
    And,
    /// A comparison.
    Compare(CompareOp),
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
    /// `.`
    Concat,
}

/// Comparisons; `==` is `=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A predicate of the `search` command and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// What it is.
    pub kind: SearchKind,
    /// Where it stands.
    pub span: Span,
}

impl Search {
    /// The same as if all of it, but for subsearches, stood at `span`.
    #[must_use]
    pub fn at(self, span: Span) -> Self {
        let all = |parts: Vec<Self>| parts.into_iter().map(|part| part.at(span)).collect();
        let kind = match self.kind {
            SearchKind::And(parts) => SearchKind::And(all(parts)),
            SearchKind::Or(parts) => SearchKind::Or(all(parts)),
            SearchKind::Not(inner) => SearchKind::Not(Box::new(inner.at(span))),
            SearchKind::Group(inner) => SearchKind::Group(Box::new(inner.at(span))),
            kind => kind,
        };
        Self { kind, span }
    }
}

/// The kinds of search predicate. OR binds tighter than AND (Splunk Search Manual,
/// "Boolean expressions"); the tree shows it.
#[derive(Debug, Clone, PartialEq)]
pub enum SearchKind {
    /// Nothing written, or `*`: every event.
    All,
    /// All of these.
    And(Vec<Search>),
    /// Any of these.
    Or(Vec<Search>),
    /// `NOT x`
    Not(Box<Search>),
    /// Parentheses, kept so that printing and the lints see what was written.
    Group(Box<Search>),
    /// A word or quoted phrase to find in `_raw`, wildcards allowed.
    Term(SearchValue),
    /// `field=value`
    Compare(String, CompareOp, SearchValue),
    /// `field IN (a, b)`
    In(String, Vec<SearchValue>),
    /// `[ search … ]`, whose rows become a predicate.
    Subsearch(Pipeline),
    /// `field=[ search … ]`, whose rows become the value.
    CompareSubsearch(String, CompareOp, Pipeline),
}

/// The right side of a search comparison, or a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchValue {
    /// The text; escapes of a quoted string are resolved, `*` is a wildcard.
    pub text: String,
    /// Written in double quotes.
    pub quoted: bool,
    /// `CASE(x)`: compare with case; `TERM(x)`: one token.
    pub form: ValueForm,
}

/// How a search value is matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueForm {
    /// In any case.
    Plain,
    /// `CASE(x)`
    Case,
    /// `TERM(x)`
    Term,
    /// A time modifier, `-24h@h`, that `_time` is compared with.
    Time,
}

/// Commands in order, `a | b | c`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pipeline {
    /// The commands.
    pub commands: Vec<Call>,
}

/// A pipeline in brackets as an argument of a command.
#[derive(Debug, Clone, PartialEq)]
pub struct Subsearch {
    /// What stands in the brackets.
    pub pipeline: Pipeline,
    /// Where it stands, with its brackets.
    pub span: Span,
}

/// One command as written.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The command's canonical name (`bucket` is `bin`).
    pub name: &'static str,
    /// Its parsed arguments.
    pub command: crate::command::Command,
    /// The whole command.
    pub span: Span,
    /// Its name.
    pub name_span: Span,
}

/// A time written as `earliest=`/`latest=` in a search: the modifier's text, for example
/// `-24h@h`, `1700000000` or `10/19/2025:0:0:0`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TimeRange {
    /// Inclusive.
    pub earliest: Option<String>,
    /// Exclusive.
    pub latest: Option<String>,
}
