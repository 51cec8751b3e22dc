//! Comparison and conditional functions.

pub mod case;
pub mod r#false;
pub mod r#if;
pub mod r#match;
pub mod r#true;
