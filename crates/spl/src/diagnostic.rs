//! What is wrong with a query, as data. Nothing here prints: the command line renders it.

use crate::span::Span;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The query runs, but surely does not do what its author meant.
    Warning,
    /// The query does not run.
    Error,
}

/// One message about one place of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable code, see [`crate::code`].
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// What was found and what was expected, on one line.
    pub message: String,
    /// The place in the text that was parsed (after macro expansion, see
    /// [`crate::macros::Expanded::original`]).
    pub span: Span,
    /// What stands at the caret: a few words.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at `span`.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            span,
            label: String::new(),
            help: None,
        }
    }

    /// A warning at `span`.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, message) }
    }

    /// The same with words at the caret.
    #[must_use]
    pub fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same with advice.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether the query cannot run.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
