//! What can go wrong between a query and its rows.

use datafusion::common::DataFusionError;
use sluice_spl::diagnostic::Diagnostic;

/// Why a query has no rows.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The query itself is wrong: diagnostics with places in it.
    #[error("the query is wrong: {}", summary(.0))]
    Query(Vec<Diagnostic>),
    /// Planning or running failed.
    #[error("{}", plain(.0))]
    Run(#[source] DataFusionError),
    /// A budget was hit.
    #[error("stopped: {0}")]
    Limit(String),
    /// A lookup table could not be written.
    #[error("{0}")]
    Write(String),
}

/// A diagnostic that an operator comes upon while it runs.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.message)]
pub(crate) struct Raised(pub(crate) Diagnostic);

impl From<Raised> for DataFusionError {
    fn from(raised: Raised) -> Self {
        Self::External(Box::new(raised))
    }
}

impl From<DataFusionError> for Error {
    fn from(error: DataFusionError) -> Self {
        if let DataFusionError::External(cause) = error.find_root()
            && let Some(Raised(diagnostic)) = cause.downcast_ref()
        {
            return diagnostic.clone().into();
        }
        Self::Run(error)
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Run(error.into())
    }
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Query(vec![diagnostic])
    }
}

impl From<arrow::error::ArrowError> for Error {
    fn from(error: arrow::error::ArrowError) -> Self {
        Self::Run(error.into())
    }
}

/// Rows, or why there are none.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

fn summary(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|found| found.message.as_str()).collect::<Vec<_>>().join("; ")
}

fn plain(error: &DataFusionError) -> String {
    match error.find_root() {
        DataFusionError::Execution(message) => message.clone(),
        DataFusionError::ResourcesExhausted(message) => format!("the memory budget is used up: {message}"),
        other => other.to_string(),
    }
}
