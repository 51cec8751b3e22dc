//! XML as Windows renders it and Splunk indexes it.

use std::fmt::Write;

use crate::event::{Event, NAMESPACE};
use crate::value::Value;

/// The event as one line, as `renderXml=true` gives it to Splunk: attributes in single quotes,
/// GUIDs in braces, and a SystemTime with nine digits.
///
/// A line break in a value is kept, as Windows does; the samples have none.
pub fn to_xml_line(event: &Event) -> String {
    let mut xml = String::with_capacity(2048);
    // Writing to a String cannot fail.
    let _ = write_event(&mut xml, event);
    xml
}

fn write_event(xml: &mut String, event: &Event) -> std::fmt::Result {
    write!(xml, "<Event xmlns='{NAMESPACE}'>")?;
    write_system(xml, event)?;
    if !event.data.is_empty() {
        xml.push_str("<EventData>");
        event.data.iter().try_for_each(|(name, value)| write_data(xml, name, value))?;
        xml.push_str("</EventData>");
    }
    xml.push_str("</Event>");
    Ok(())
}

fn write_system(xml: &mut String, event: &Event) -> std::fmt::Result {
    xml.push_str("<System><Provider Name='");
    push_escaped(xml, &event.provider);
    xml.push('\'');
    if let Some(guid) = event.provider_guid {
        write!(xml, " Guid='{{{guid}}}'")?;
    }
    let Event { event_id, version, level, task, opcode, keywords, record_id, .. } = event;
    write!(xml, "/><EventID>{event_id}</EventID><Version>{version}</Version><Level>{level}</Level>")?;
    write!(xml, "<Task>{task}</Task><Opcode>{opcode}</Opcode><Keywords>{keywords:#x}</Keywords>")?;
    write!(xml, "<TimeCreated SystemTime='{}'/>", event.time.to_nanos_text())?;
    write!(xml, "<EventRecordID>{record_id}</EventRecordID><Correlation")?;
    if let Some(guid) = event.activity_id {
        write!(xml, " ActivityID='{{{guid}}}'")?;
    }
    write!(xml, "/><Execution ProcessID='{}' ThreadID='{}'/><Channel>", event.process_id, event.thread_id)?;
    push_escaped(xml, &event.channel);
    xml.push_str("</Channel><Computer>");
    push_escaped(xml, &event.computer);
    xml.push_str("</Computer><Security");
    if let Some(sid) = &event.user_id {
        write!(xml, " UserID='{sid}'")?;
    }
    xml.push_str("/></System>");
    Ok(())
}

fn write_data(xml: &mut String, name: &str, value: &Value) -> std::fmt::Result {
    xml.push_str("<Data Name='");
    push_escaped(xml, name);
    xml.push_str("'>");
    match value {
        Value::Text(text) => push_escaped(xml, text),
        Value::Guid(guid) => write!(xml, "{{{guid}}}")?,
        value => write!(xml, "{value}")?,
    }
    xml.push_str("</Data>");
    Ok(())
}

/// Quotes stay as they are, except the one that ends an attribute in names.
fn push_escaped(xml: &mut String, text: &str) {
    for part in text.split_inclusive(['&', '<', '>']) {
        let (before, escape) = match part.as_bytes().last() {
            Some(b'&') => (&part[..part.len() - 1], "&amp;"),
            Some(b'<') => (&part[..part.len() - 1], "&lt;"),
            Some(b'>') => (&part[..part.len() - 1], "&gt;"),
            _ => (part, ""),
        };
        xml.push_str(before);
        xml.push_str(escape);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::FileTime;

    #[test]
    fn an_event_is_one_line_as_in_splunk() {
        let data = vec![
            ("CommandLine".into(), Value::text("cmd /c \"a & b > 'c'\"")),
            ("Initiated".into(), Value::Bool(true)),
            ("ProcessGuid".into(), Value::Guid(crate::event::SYSMON)),
            ("Nothing".into(), Value::Null),
        ];
        let mut event = Event::sysmon(3, FileTime::ATTACK, "WS-01.corp.example".into(), data);
        event.record_id = 7;
        let expected = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
            <Provider Name='Microsoft-Windows-Sysmon' Guid='{5770385F-C22A-43E0-BF4C-06F5698FFBD9}'/>\
            <EventID>3</EventID><Version>5</Version><Level>4</Level><Task>3</Task><Opcode>0</Opcode>\
            <Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime='2026-11-24T21:14:02.118000000Z'/>\
            <EventRecordID>7</EventRecordID><Correlation/><Execution ProcessID='3168' ThreadID='4580'/>\
            <Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>WS-01.corp.example</Computer>\
            <Security UserID='S-1-5-18'/></System><EventData>\
            <Data Name='CommandLine'>cmd /c \"a &amp; b &gt; 'c'\"</Data><Data Name='Initiated'>true</Data>\
            <Data Name='ProcessGuid'>{5770385F-C22A-43E0-BF4C-06F5698FFBD9}</Data><Data Name='Nothing'></Data>\
            </EventData></Event>";
        assert_eq!(to_xml_line(&event), expected);
    }
}
