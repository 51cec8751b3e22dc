//! Every diagnostic code, grouped by hundred. A code is never reused for another meaning.

/// A character that starts no token.
pub const UNEXPECTED_CHARACTER: &str = "SPL0001";
/// A quote without its partner.
pub const UNBALANCED_QUOTE: &str = "SPL0002";
/// A bracket without its partner.
pub const UNBALANCED_BRACKET: &str = "SPL0003";
/// Something else was expected here.
pub const UNEXPECTED_TOKEN: &str = "SPL0004";
/// The query nests deeper than the parser goes.
pub const TOO_DEEP: &str = "SPL0005";
/// There is no query.
pub const EMPTY_QUERY: &str = "SPL0006";
/// The query still holds HTML entities such as `&gt;`.
pub const HTML_ENTITY: &str = "SPL0007";
/// A list with an empty element, `("a",,"b")`.
pub const EMPTY_LIST_ELEMENT: &str = "SPL0008";

/// No such command.
pub const UNKNOWN_COMMAND: &str = "SPL0100";
/// A command of Splunk that is not run here.
pub const UNSUPPORTED_COMMAND: &str = "SPL0101";
/// No such option of this command.
pub const UNKNOWN_OPTION: &str = "SPL0102";
/// An option's value is not of its kind.
pub const BAD_OPTION: &str = "SPL0103";
/// An argument that the command needs is absent.
pub const MISSING_ARGUMENT: &str = "SPL0104";
/// The wildcards of a rename do not pair up.
pub const WILDCARD_MISMATCH: &str = "SPL0105";
/// A generating command in the middle, or a search with none at its start.
pub const MISPLACED_COMMAND: &str = "SPL0106";

/// No such eval function.
pub const UNKNOWN_FUNCTION: &str = "SPL0200";
/// A function of Splunk that is not run here.
pub const UNSUPPORTED_FUNCTION: &str = "SPL0201";
/// A function with too few or too many arguments.
pub const ARGUMENT_COUNT: &str = "SPL0202";
/// A value of a kind that the operator or function does not take.
pub const TYPE_MISMATCH: &str = "SPL0203";
/// A Boolean stored in a field.
pub const BOOLEAN_IN_FIELD: &str = "SPL0204";
/// A regular expression that does not compile.
pub const BAD_REGEX: &str = "SPL0205";
/// No such stats function.
pub const UNKNOWN_AGGREGATE: &str = "SPL0206";

/// No such macro.
pub const UNKNOWN_MACRO: &str = "SPL0300";
/// Macros that call each other without end.
pub const MACRO_RECURSION: &str = "SPL0301";
/// A macro called with arguments that it does not take.
pub const MACRO_ARGUMENTS: &str = "SPL0302";
/// No such lookup.
pub const UNKNOWN_LOOKUP: &str = "SPL0303";
/// A lookup that cannot be read, or lacks a column.
pub const BAD_LOOKUP: &str = "SPL0304";
/// A macro with an eval expression, and nothing to compute it.
pub const UNSUPPORTED_MACRO: &str = "SPL0305";
/// What an app says of a field is wrong.
pub const BAD_KNOWLEDGE: &str = "SPL0306";

/// No such data model, or no such dataset in it.
pub const UNKNOWN_DATASET: &str = "SPL0307";
/// A data model that cannot be read, or whose dataset cannot be searched here.
pub const BAD_DATASET: &str = "SPL0308";
/// No such saved search.
pub const UNKNOWN_SAVED_SEARCH: &str = "SPL0309";
/// A field that the dataset does not have.
pub const UNKNOWN_FIELD: &str = "SPL0310";

/// A lookup that would be written, and no folder for it.
pub const NO_LOOKUP_FOLDER: &str = "SPL0311";
/// A macro's arguments that its validation refuses.
pub const MACRO_REFUSED: &str = "SPL0312";
/// A macro whose eval expression is wrong, or gives no text.
pub const BAD_MACRO: &str = "SPL0313";

/// OR and AND side by side without parentheses.
pub const MIXED_AND_OR: &str = "SPL0400";
/// A term that makes another one dead.
pub const DEAD_TERM: &str = "SPL0401";
/// A field that is not known before events are read.
pub const NOT_INDEXED: &str = "SPL0402";
/// A subsearch gives more rows than count.
pub const SUBSEARCH_CUT: &str = "SPL0403";
