//! SPL: text → tree → ops.

pub mod code;
pub mod diagnostic;
pub mod ops;
pub mod span;
pub mod tree;

/// Placeholder until the commands land.
pub mod command {
    /// A command's arguments.
    #[derive(Debug, Clone, PartialEq)]
    pub enum Command {}
}
