//! SPL ops and event batches → rows, on DataFusion.
//!
//! [`Engine::run`] is the door. A query's text becomes ops (crate `sluice-spl`), the planner turns ops one
//! by one into a DataFusion plan over the readers of `sluice-events` (`lower/`, one file an op), and the
//! plan's rows come out as [`Rows`]. What SPL means and SQL does not is in `value.rs`, `function/`,
//! `aggregate/` and `operator/`.

pub mod aggregate;
mod alike;
mod asked;
mod command;
mod conf;
mod error;
pub mod function;
mod given;
mod held;
pub mod kernel;
mod knowledge;
pub mod lookup;
mod lower;
mod memory;
mod model;
mod narrow;
mod needed;
mod operator;
mod pass;
mod pattern;
mod plan;
mod planner;
mod pushdown;
mod query;
mod reread;
mod rows;
mod session;
mod settings;
mod stage;
mod stop;
mod structured;
mod subsearch;
mod together;
pub mod value;
pub mod wildcard;

pub use error::Error;
pub use given::Given;
pub use knowledge::Knowledge;
pub use query::{Answer, Engine};
pub use rows::{Row, Rows};
pub use settings::Settings;
pub use structured::KvMode;
pub use together::{Query, run_together};
