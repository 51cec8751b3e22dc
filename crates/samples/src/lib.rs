//! Sample logs for Sluice: an EVTX writer, other renderings of the same events, and generators.
//!
//! In comes nothing but a seed; out come event logs whose content is known exactly, so that a
//! test can say which records a query must find. One [`event::Event`] can be written as
//!
//! - EVTX, with templates and typed values as Windows writes them: [`evtx::Writer`],
//! - XML, one event a line as Splunk indexes it: [`render::to_xml_line`],
//! - JSON as evtx_dump, NXLog and Winlogbeat give it: [`render::to_evtx_dump_json`],
//!   [`render::to_nxlog_json`], [`render::to_ecs_json`].
//!
//! [`sysmon`] makes events with Sysmon's fields, [`attack`] the five tests of the T1048.003
//! package, [`noise`] a busy machine that does nothing wrong. [`shipped`] puts these together to
//! the files in `samples/`, [`mod@bench`] to the benchmark set. [`scenario`] makes whatever a machine and a sensor log
//! of a given course of events: Sysmon, Security, PowerShell, auditd, Zeek, Suricata. Start reading at [`event`].

pub mod attack;
pub mod bench;
pub mod event;
pub mod evtx;
pub mod hit;
pub mod linux;
pub mod lookalike;
pub mod noise;
pub mod program;
pub mod random;
pub mod render;
pub mod scenario;
pub mod shipped;
pub mod sysmon;
pub mod time;
pub mod value;
