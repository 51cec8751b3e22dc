//! Detections over logs: rows → findings → outputs.
//!
//! What comes in: detection packages (folders of contentctl-style YAML, from disk or shipped in the binary)
//! and inputs. What goes out: findings as rows with their provenance, written as a table, JSON lines or CSV.
//!
//! 1. [`select::detections`] finds the detections that the user names, or all shipped ones.
//! 2. [`knowledge::Engines`] has an engine for each package, with the macros and lookups that it brings along.
//! 3. [`scan::run`] runs them over inputs, which are read once for all.
//! 4. [`output`] writes the rows; [`summary::Summary`] says what was read, found and lost.
//! 5. [`test::run`] holds a detection to what its package says it finds; [`coverage::measure`] says what that covers.
//!
//! Start with `package.rs`: what a detection is.

pub mod content;
pub mod coverage;
mod error;
pub mod expected;
pub mod knowledge;
pub mod output;
pub mod package;
pub mod place;
pub mod scan;
pub mod select;
mod shipped;
pub mod summary;
mod telemetry;
pub mod test;

pub use error::Error;
pub use package::{Detection, Severity, Tier};
