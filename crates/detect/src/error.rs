//! Why a package cannot be used.

/// Why a package or a detection cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read.
    #[error("{file}: {error}")]
    Read {
        /// The file.
        file: String,
        /// Why.
        error: std::io::Error,
    },
    /// A file is not what its place asks for.
    #[error("{file}: {message}")]
    Malformed {
        /// The file.
        file: String,
        /// What was found and what was expected.
        message: String,
    },
    /// Macros or lookups of a package or an app cannot be read.
    #[error("{}", .0.join("\n"))]
    Knowledge(Vec<String>),
    /// No detection of this name.
    #[error("no detection or package `{name}`{}", help(.nearest.as_deref()))]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The nearest name there is.
        nearest: Option<String>,
    },
}

fn help(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; there is `{name}`"))
}
