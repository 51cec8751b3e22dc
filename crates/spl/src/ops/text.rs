//! Operations that find fields in texts, or make a text of fields.

use super::Name;

/// See [`super::Op::Rex`].
#[derive(Debug, Clone, PartialEq)]
pub struct Rex {
    /// The field that is searched, default `_raw`.
    pub field: Name,
    /// The pattern with named groups.
    pub pattern: Name,
    /// 1: the first match. More, or 0 for all: multivalue fields.
    pub max_match: u64,
    /// The field that gets the groups' positions.
    pub offset_field: Option<Name>,
}

/// See [`super::Op::Sed`].
#[derive(Debug, Clone, PartialEq)]
pub struct Sed {
    /// The field that is changed.
    pub field: Name,
    /// `s/…/…/flags` or `y/…/…/`.
    pub expression: Name,
}

/// See [`super::Op::Extract`].
#[derive(Debug, Clone, PartialEq)]
pub struct Extract {
    /// The field that holds the text.
    pub input: Name,
    /// What is looked for in it.
    pub from: Structure,
}

/// Structure in a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Structure {
    /// Every value of a JSON or XML document, named by its path.
    Document,
    /// The members of a JSON object, named by their keys behind a prefix.
    Object {
        /// Before each key.
        prefix: String,
    },
    /// XML elements that hold text alone.
    Elements,
    /// Keys and values.
    Pairs(Pairs),
}

/// Keys and values as `extract` looks for them.
#[derive(Debug, Clone, PartialEq)]
pub struct Pairs {
    /// `auto=f`: `key=value` is not looked for without delimiters.
    pub auto: bool,
    /// `pairdelim=`: characters between pairs; empty: as Splunk finds pairs by itself.
    pub between: String,
    /// `kvdelim=`: characters between key and value.
    pub within: String,
    /// `limit=`: at most so many pairs.
    pub limit: u64,
    /// `maxchars=`: of so many characters.
    pub max_chars: u64,
    /// `mv_add=t`: a key that comes again adds a value.
    pub adds: bool,
    /// `clean_keys=t`: keys are made names of letters, digits and `_`.
    pub cleans: bool,
}

/// See [`super::Op::Select`].
#[derive(Debug, Clone, PartialEq)]
pub struct Select {
    /// The field that holds the text.
    pub input: Name,
    /// The field that gets the values.
    pub output: Name,
    /// Where they are.
    pub path: Name,
    /// What the path is written in.
    pub language: Language,
    /// The value where the path leads to none.
    pub default: Option<String>,
}

/// What a path is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// `a.b{}.c`
    Spath,
    /// `//a/b[@c]`
    XPath,
}

/// See [`super::Op::ToJson`].
#[derive(Debug, Clone, PartialEq)]
pub struct ToJson {
    /// Names or patterns, with their kind; empty: all fields.
    pub fields: Vec<(Name, Option<JsonKind>)>,
    /// The kind of fields that have none of their own.
    pub default: JsonKind,
    /// A value that does not fit its kind is null, and not left out.
    pub fill_null: bool,
    /// Also fields whose names start with `_`.
    pub include_internal: bool,
    /// The field that gets the object.
    pub output: Name,
}

/// How a value is written in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonKind {
    /// As what it looks like: number, Boolean, null, JSON, else text.
    Auto,
    /// As true or false.
    Bool,
    /// As the JSON that it is.
    Json,
    /// As a number if it looks like one, else as text.
    None,
    /// As a number.
    Number,
    /// As text.
    Text,
}
