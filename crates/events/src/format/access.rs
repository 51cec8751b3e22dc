//! Access logs of web servers (the common and the combined format of Apache, which nginx writes too), and of squid.
//!
//! Fields are those of Splunk's `access-extractions`; squid's are named as the CIM's data model Web has them.

use crate::Reader;
use crate::batch::EventBuilder;
use crate::field;
use crate::format::glance::Glance;
use crate::format::line_reader::{self, Line, LineFormat};
use crate::format::{Format, Source};
use crate::time::stamp::{self, Clock};

const INDEX: &str = "main";

/// A reader of access logs.
pub fn open(source: Source, events: EventBuilder) -> Box<dyn Reader> {
    let format = Access {
        file: source.name.clone(),
        clock: source.options.clock(),
        glance: Glance::new(&events, Format::Access),
    };
    line_reader::open(source, events, format)
}

/// Whether a line is one of an access log.
pub(crate) fn is_line(line: &str) -> bool {
    parse(line).is_some()
}

struct Access {
    file: String,
    clock: Clock,
    glance: Option<Glance>,
}

impl LineFormat for Access {
    fn line(&mut self, line: &str, events: &mut EventBuilder) -> Line {
        if self.glance.as_mut().is_some_and(|glance| !glance.may_hold(line)) {
            return Line::PassedOver;
        }
        let Some(request) = parse(line) else {
            return Line::Lost("expected a line of an access log");
        };
        let called = [
            (field::RAW, line),
            (field::HOST, field::UNKNOWN_HOST),
            (field::SOURCE, self.file.as_str()),
            (field::SOURCETYPE, request.sourcetype),
            (field::INDEX, INDEX),
        ];
        called.into_iter().chain(request.fields).for_each(|(name, value)| events.set(name, value));
        match stamp::at_start(request.time, &self.clock) {
            Some(stamp) => {
                events.set_time(stamp.seconds);
                Line::Event(None)
            }
            None => Line::Flawed(None, "its time cannot be read"),
        }
    }
}

/// A line's parts.
struct Request<'a> {
    sourcetype: &'static str,
    time: &'a str,
    fields: Vec<(&'static str, &'a str)>,
}

fn parse(line: &str) -> Option<Request<'_>> {
    web(line).or_else(|| squid(line))
}

/// `203.0.113.9 - alice [24/Nov/2026:21:14:02 +0000] "GET /a?b=c HTTP/1.1" 200 512 "http://x/" "curl/8"`
fn web(line: &str) -> Option<Request<'_>> {
    let (before, rest) = line.split_once(" [")?;
    let mut words = before.splitn(3, ' ');
    let (clientip, ident, user) = (words.next()?, words.next()?, words.next()?);
    let (time, rest) = rest.split_once("] \"")?;
    let (request, rest) = split_quoted(rest)?;
    let mut words = rest.trim_start().splitn(3, ' ');
    let (status, bytes) = (words.next()?, words.next()?);
    let is_number =
        |text: &str| text == "-" || !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(status) || !is_number(bytes) || clientip.is_empty() || !time.contains('/') {
        return None;
    }
    let mut fields = vec![
        ("clientip", clientip),
        ("ident", ident),
        ("user", user),
        ("req_time", time),
        ("status", status),
        ("bytes", bytes),
    ];
    target(request, &mut fields);
    let mut sourcetype = "access_common";
    let mut rest = words.next().unwrap_or_default();
    for name in ["referer", "useragent", "cookie"] {
        let Some((value, after)) = rest.trim_start().strip_prefix('"').and_then(split_quoted) else { break };
        fields.push((name, value));
        rest = after;
        sourcetype = if name == "cookie" { "access_combined_wcookie" } else { "access_combined" };
    }
    if let Some((_, domain)) =
        fields.iter().find(|(name, _)| *name == "referer").and_then(|(_, url)| url.split_once("://"))
    {
        fields.push(("referer_domain", domain.split('/').next().unwrap_or(domain)));
    }
    if !rest.trim().is_empty() {
        fields.push(("other", rest.trim()));
    }
    Some(Request { sourcetype, time, fields })
}

/// What was asked for: `GET /a/b?c=d HTTP/1.1`. What no browser sends may be anything.
fn target<'a>(request: &'a str, fields: &mut Vec<(&'static str, &'a str)>) {
    let mut words = request.splitn(2, ' ');
    fields.push(("method", words.next().unwrap_or_default()));
    let Some(rest) = words.next() else { return };
    let (uri, version) = match rest.rsplit_once(' ') {
        Some((uri, version)) if version.starts_with("HTTP") => (uri, Some(version)),
        _ => (rest, None),
    };
    let (path, query) = uri.split_once('?').map_or((uri, None), |(path, query)| (path, Some(query)));
    let file = path.rsplit('/').next().filter(|file| !file.is_empty());
    fields.extend([("uri", uri), ("uri_path", path)]);
    let optional = [("uri_query", query), ("file", file), ("version", version)];
    fields.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
}

/// A text up to its closing quote, and what follows. Servers write a quote in it as `\"` or `\x22`.
fn split_quoted(text: &str) -> Option<(&str, &str)> {
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.find('"')?;
        let slashes = text.get(..at)?.bytes().rev().take_while(|byte| *byte == b'\\').count();
        if slashes.is_multiple_of(2) {
            return Some((text.get(..at)?, text.get(at + 1..)?));
        }
        from = at + 1;
    }
}

/// `1795554842.098    187 10.0.0.5 TCP_MISS/200 512 PUT http://x/y alice HIER_DIRECT/203.0.113.9 text/html`
fn squid(line: &str) -> Option<Request<'_>> {
    let mut words = line.split_ascii_whitespace();
    let (time, duration, src_ip, result) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let (bytes, http_method, url, user) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let (hierarchy, dest_ip) = words.next()?.split_once('/')?;
    let http_content_type = words.next()?;
    let (action, status) = result.split_once('/')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !time.contains('.') || ![duration, bytes, status].into_iter().all(is_number) {
        return None;
    }
    let fields = vec![
        ("duration", duration),
        ("src_ip", src_ip),
        ("action", action),
        ("status", status),
        ("bytes", bytes),
        ("http_method", http_method),
        ("url", url),
        ("user", user),
        ("hierarchy", hierarchy),
        ("dest_ip", dest_ip),
        ("http_content_type", http_content_type),
    ];
    Some(Request { sourcetype: "squid:access", time, fields })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::format::tests::read;

    const COMBINED: &str = "203.0.113.9 - alice [24/Nov/2026:21:14:02 +0000] \"GET /a/b.php?c=d HTTP/1.1\" 200 512 \
         \"http://www.example.com/x\" \"curl \\\"8\\\"\" rt=0.1";

    #[test]
    fn a_request_has_the_fields_of_splunks_extraction() {
        let fields = [
            "_time",
            "sourcetype",
            "clientip",
            "user",
            "method",
            "uri",
            "uri_path",
            "uri_query",
            "file",
            "version",
            "status",
            "bytes",
            "referer_domain",
            "useragent",
            "other",
        ];
        let wanted = [
            "1795554842",
            "access_combined",
            "203.0.113.9",
            "alice",
            "GET",
            "/a/b.php?c=d",
            "/a/b.php",
            "c=d",
            "b.php",
            "HTTP/1.1",
            "200",
            "512",
            "www.example.com",
            "curl \\\"8\\\"",
            "rt=0.1",
        ];
        let (rows, losses) = read(open, COMBINED, &fields);
        assert_eq!((rows.concat(), losses), (wanted.map(str::to_owned).to_vec(), vec![]));
    }

    #[test]
    fn other_forms_of_lines() {
        let common = "::1 - - [24/Nov/2026:21:14:02 +0000] \"-\" 400 -";
        let fields = ["sourcetype", "clientip", "method", "uri", "status", "bytes"];
        assert_eq!(read(open, common, &fields).0, [["access_common", "::1", "-", "∅", "400", "-"]]);
        let squid =
            "1795554842.098    187 10.0.0.5 TCP_MISS/200 512 PUT http://x/y alice HIER_DIRECT/203.0.113.9 -";
        let fields =
            ["_time", "sourcetype", "src_ip", "action", "status", "http_method", "url", "user", "dest_ip"];
        let wanted = [
            "1795554842.098",
            "squid:access",
            "10.0.0.5",
            "TCP_MISS",
            "200",
            "PUT",
            "http://x/y",
            "alice",
            "203.0.113.9",
        ];
        assert_eq!(read(open, squid, &fields).0, [wanted]);
    }

    #[test]
    fn other_lines_are_lost() {
        let (rows, losses) = read(open, &format!("{COMBINED}\nnothing of the kind\n"), &["status"]);
        assert_eq!((rows.len(), losses.len()), (1, 1));
    }

    proptest! {
        #[test]
        fn any_line_is_safe(line in "([a-z0-9]{0,3}|\\\\|\"| \\[|\\] \"|/|\\?| |é){0,40}") {
            parse(&line);
        }
    }
}
