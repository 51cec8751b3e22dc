//! The two templates of a record, token by token as Windows writes them.

use super::binxml::{ALWAYS, BIN_XML, GUID, HEX64, SID, TEXT, TIME, U8, U16, U32, U64, kind};
use super::chunk::Chunk;
use crate::event::{Field, NAMESPACE};
use crate::random::hash;
use crate::value::Guid;

/// The places of the values in the template of `Event`, in the order that Windows gives them.
pub(super) mod place {
    /// Level.
    pub(in super::super) const LEVEL: u16 = 0;
    /// Opcode.
    pub(in super::super) const OPCODE: u16 = 1;
    /// Task.
    pub(in super::super) const TASK: u16 = 2;
    /// EventID.
    pub(in super::super) const EVENT_ID: u16 = 3;
    /// Qualifiers of EventID, which only old providers set.
    pub(in super::super) const QUALIFIERS: u16 = 4;
    /// Keywords.
    pub(in super::super) const KEYWORDS: u16 = 5;
    /// SystemTime.
    pub(in super::super) const TIME: u16 = 6;
    /// ActivityID.
    pub(in super::super) const ACTIVITY: u16 = 7;
    /// ProcessID.
    pub(in super::super) const PROCESS: u16 = 8;
    /// ThreadID.
    pub(in super::super) const THREAD: u16 = 9;
    /// EventRecordID.
    pub(in super::super) const RECORD: u16 = 10;
    /// Version.
    pub(in super::super) const VERSION: u16 = 11;
    /// UserID.
    pub(in super::super) const USER: u16 = 12;
    /// RelatedActivityID.
    pub(in super::super) const RELATED: u16 = 13;
    /// The name of the provider.
    pub(in super::super) const PROVIDER: u16 = 14;
    /// The GUID of the provider.
    pub(in super::super) const PROVIDER_GUID: u16 = 15;
    /// Channel.
    pub(in super::super) const CHANNEL: u16 = 16;
    /// EventData.
    pub(in super::super) const DATA: u16 = 17;
    /// How many there are.
    pub(in super::super) const COUNT: usize = 18;
}

/// The template GUID for events of this computer, whose name is part of the template.
pub(super) fn event_guid(computer: &str) -> Guid {
    guid_of(hash(computer), NAMESPACE.len() as u64)
}

/// The template GUID for these fields.
pub(super) fn data_guid(fields: &[Field]) -> Guid {
    let fold = |sum: u64, (name, value): &Field| {
        sum.rotate_left(7).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ hash(name) ^ u64::from(kind(value))
    };
    guid_of(fields.iter().fold(1, fold), fields.len() as u64)
}

fn guid_of(hash: u64, more: u64) -> Guid {
    let rest = hash.wrapping_mul(0xD6E8_FEB8_6659_FD93).wrapping_add(more);
    Guid {
        first: (hash >> 32) as u32,
        second: (hash >> 16) as u16,
        third: hash as u16,
        rest: rest.to_be_bytes(),
    }
}

/// `Event` and `System`, with a place for `EventData`.
pub(super) fn event(chunk: &mut Chunk, computer: &str) {
    let event = chunk.open("Event", place::DATA, true);
    let attributes = chunk.attributes();
    chunk.attribute("xmlns", false);
    chunk.constant(NAMESPACE);
    chunk.end_attributes(attributes);
    chunk.close_start();
    system(chunk, computer);
    chunk.optional(place::DATA, BIN_XML);
    chunk.close(event);
}

fn system(chunk: &mut Chunk, computer: &str) {
    let system = chunk.open("System", ALWAYS, false);
    chunk.close_start();
    let provider = [("Name", place::PROVIDER, TEXT), ("Guid", place::PROVIDER_GUID, GUID)];
    empty(chunk, "Provider", &provider);
    event_id(chunk);
    simple(chunk, "Version", place::VERSION, U8);
    simple(chunk, "Level", place::LEVEL, U8);
    simple(chunk, "Task", place::TASK, U16);
    simple(chunk, "Opcode", place::OPCODE, U8);
    simple(chunk, "Keywords", place::KEYWORDS, HEX64);
    empty(chunk, "TimeCreated", &[("SystemTime", place::TIME, TIME)]);
    simple(chunk, "EventRecordID", place::RECORD, U64);
    let activities = [("ActivityID", place::ACTIVITY, GUID), ("RelatedActivityID", place::RELATED, GUID)];
    empty(chunk, "Correlation", &activities);
    empty(chunk, "Execution", &[("ProcessID", place::PROCESS, U32), ("ThreadID", place::THREAD, U32)]);
    simple(chunk, "Channel", place::CHANNEL, TEXT);
    let name = chunk.open("Computer", ALWAYS, false);
    chunk.close_start();
    chunk.constant(computer);
    chunk.close(name);
    empty(chunk, "Security", &[("UserID", place::USER, SID)]);
    chunk.close(system);
}

fn event_id(chunk: &mut Chunk) {
    let element = chunk.open("EventID", place::EVENT_ID, true);
    attribute_list(chunk, &[("Qualifiers", place::QUALIFIERS, U16)]);
    chunk.close_start();
    chunk.optional(place::EVENT_ID, U16);
    chunk.close(element);
}

/// An element whose content is one value; without the value it is left out.
fn simple(chunk: &mut Chunk, name: &str, place: u16, kind: u8) {
    let element = chunk.open(name, place, false);
    chunk.close_start();
    chunk.optional(place, kind);
    chunk.close(element);
}

/// An element with attributes and no content.
fn empty(chunk: &mut Chunk, name: &str, attributes: &[(&str, u16, u8)]) {
    let element = chunk.open(name, ALWAYS, true);
    attribute_list(chunk, attributes);
    chunk.close_empty(element);
}

fn attribute_list(chunk: &mut Chunk, attributes: &[(&str, u16, u8)]) {
    let list = chunk.attributes();
    for (at, (name, place, kind)) in attributes.iter().enumerate() {
        chunk.attribute(name, at + 1 < attributes.len());
        chunk.optional(*place, *kind);
    }
    chunk.end_attributes(list);
}

/// `EventData` with a `Data` for each field.
pub(super) fn data(chunk: &mut Chunk, fields: &[Field]) {
    let data = chunk.open("EventData", ALWAYS, false);
    chunk.close_start();
    for (place, (name, value)) in (0..).zip(fields) {
        let element = chunk.open("Data", ALWAYS, true);
        let attributes = chunk.attributes();
        chunk.attribute("Name", false);
        chunk.constant(name);
        chunk.end_attributes(attributes);
        chunk.close_start();
        chunk.substitution(place, kind(value));
        chunk.close(element);
    }
    chunk.close(data);
}
