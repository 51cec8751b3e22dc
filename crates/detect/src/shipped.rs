//! The packages inside the binary.

include!(concat!(env!("OUT_DIR"), "/shipped.rs"));
