//! Writes EVTX files as Windows does.
//!
//! A file is a header of 4 KiB and chunks of 64 KiB. A chunk stands alone: the first record that
//! needs a name or a template has it inline, later ones refer to its offset in the chunk. A
//! record is BinXML: an instance of the template for `Event` and `System`, whose last value is
//! the BinXML of `EventData`, an instance of a template of its own.
//!
//! [`writer`] has the file, [`chunk`] the chunk, [`binxml`] the tokens, [`template`] the two
//! templates and [`record`] what an event puts into them. The layout follows Microsoft's
//! MS-EVEN6 and files that Windows 10 and 11 wrote.

mod binxml;
mod chunk;
mod record;
mod template;
mod writer;

pub use writer::{Error, Writer};
