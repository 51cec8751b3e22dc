//! What an event puts into the templates of its record.

use super::binxml::{BIN_XML, GUID, HEX64, SID, Slots, TEXT, TIME, U8, U16, U32, U64, kind};
use super::chunk::Chunk;
use super::template;
use crate::event::{Event, Field};
use crate::value::{Guid, Value};

/// The BinXML of a record.
pub(super) fn write(chunk: &mut Chunk, event: &Event) {
    chunk.fragment();
    chunk.instance(template::event_guid(&event.computer), |chunk| template::event(chunk, &event.computer));
    system(chunk, event);
    chunk.end();
}

/// The values of `System`, in the order of [`template::place`].
fn system(chunk: &mut Chunk, event: &Event) {
    let mut slots = chunk.slots(template::place::COUNT);
    let slots = &mut slots;
    chunk.slot(slots, U8, |chunk| chunk.bytes.push(event.level));
    chunk.slot(slots, U8, |chunk| chunk.bytes.push(event.opcode));
    chunk.slot(slots, U16, |chunk| chunk.put_u16(event.task));
    chunk.slot(slots, U16, |chunk| chunk.put_u16(event.event_id));
    chunk.null_slot(slots);
    chunk.slot(slots, HEX64, |chunk| chunk.put_u64(event.keywords));
    chunk.slot(slots, TIME, |chunk| chunk.put_u64(event.time.0));
    guid(chunk, slots, event.activity_id);
    chunk.slot(slots, U32, |chunk| chunk.put_u32(event.process_id));
    chunk.slot(slots, U32, |chunk| chunk.put_u32(event.thread_id));
    chunk.slot(slots, U64, |chunk| chunk.put_u64(event.record_id));
    chunk.slot(slots, U8, |chunk| chunk.bytes.push(event.version));
    match &event.user_id {
        Some(sid) => chunk.slot(slots, SID, |chunk| chunk.bytes.extend_from_slice(&sid.to_bytes())),
        None => chunk.null_slot(slots),
    }
    chunk.null_slot(slots);
    chunk.slot(slots, TEXT, |chunk| chunk.put_text(&event.provider));
    guid(chunk, slots, event.provider_guid);
    chunk.slot(slots, TEXT, |chunk| chunk.put_text(&event.channel));
    match event.data.as_slice() {
        [] => chunk.null_slot(slots),
        fields => chunk.slot(slots, BIN_XML, |chunk| data(chunk, fields)),
    }
}

fn guid(chunk: &mut Chunk, slots: &mut Slots, guid: Option<Guid>) {
    match guid {
        Some(guid) => chunk.slot(slots, GUID, |chunk| chunk.bytes.extend_from_slice(&guid.to_bytes())),
        None => chunk.null_slot(slots),
    }
}

/// The nested BinXML of `EventData`.
fn data(chunk: &mut Chunk, fields: &[Field]) {
    chunk.fragment();
    chunk.instance(template::data_guid(fields), |chunk| template::data(chunk, fields));
    let mut slots = chunk.slots(fields.len());
    for (_, value) in fields {
        match value {
            Value::Null => chunk.null_slot(&mut slots),
            value => chunk.slot(&mut slots, kind(value), |chunk| chunk.put_value(value)),
        }
    }
    chunk.end();
}
