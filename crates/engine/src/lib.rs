//! SPL ops and event batches → rows, on DataFusion.

pub mod function;
pub mod kernel;
pub mod value;
