//! The same event as other tools write it.

mod ecs;
mod evtx_dump;
mod json;
mod nxlog;
mod xml;

pub use ecs::to_ecs_json;
pub use evtx_dump::to_evtx_dump_json;
pub use nxlog::to_nxlog_json;
pub use xml::to_xml_line;
