//! JSON text, member by member: the benchmark writes gigabytes, so no tree is built.

use std::fmt::{Display, Write};

/// Appends members to one object.
pub(super) struct Object<'a> {
    json: &'a mut String,
    is_empty: bool,
}

impl<'a> Object<'a> {
    /// Opens an object.
    pub(super) fn open(json: &'a mut String) -> Self {
        json.push('{');
        Object { json, is_empty: true }
    }

    /// A member whose value is text.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        push_text(self.json, text);
    }

    /// A member whose value is the text of something that needs no escapes.
    pub(super) fn display(&mut self, name: &str, value: impl Display) {
        self.name(name);
        let _ = write!(self.json, "\"{value}\"");
    }

    /// A member whose value is a number, a truth or null.
    pub(super) fn bare(&mut self, name: &str, value: impl Display) {
        self.name(name);
        let _ = write!(self.json, "{value}");
    }

    /// A member whose value is an object.
    pub(super) fn object(&mut self, name: &str, fill: impl FnOnce(&mut Object<'_>)) {
        self.name(name);
        let mut object = Object::open(self.json);
        fill(&mut object);
        object.close();
    }

    /// Closes the object.
    pub(super) fn close(self) {
        self.json.push('}');
    }

    fn name(&mut self, name: &str) {
        if !self.is_empty {
            self.json.push(',');
        }
        self.is_empty = false;
        push_text(self.json, name);
        self.json.push(':');
    }
}

fn push_text(json: &mut String, text: &str) {
    json.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        json.push_str(&rest[..at]);
        push_escape(json, rest.as_bytes()[at]);
        rest = &rest[at + 1..];
    }
    json.push_str(rest);
    json.push('"');
}

fn push_escape(json: &mut String, byte: u8) {
    match byte {
        b'"' => json.push_str("\\\""),
        b'\\' => json.push_str("\\\\"),
        b'\n' => json.push_str("\\n"),
        b'\r' => json.push_str("\\r"),
        b'\t' => json.push_str("\\t"),
        byte => {
            let _ = write!(json, "\\u{byte:04x}");
        }
    }
}
