//! What Zeek logs, in JSON.

use std::net::IpAddr;

use serde_json::{Map, Value, json};

use crate::time::FileTime;

use super::LogFile;
use super::wire::{Command, Flow, Mail, Message, Request, Transfer, identifier};

/// Zeek's logs of these connections: conn, dns, http, ftp, smtp, files.
pub(super) fn logs(flows: &[Flow]) -> Vec<LogFile> {
    let mut logs = Logs::default();
    for flow in flows {
        push(&mut logs.conn, conn(flow));
        for (number, message) in flow.messages.iter().enumerate() {
            logs.message(flow, number, message);
        }
    }
    vec![
        ("conn.log", logs.conn),
        ("dns.log", logs.dns),
        ("http.log", logs.http),
        ("ftp.log", logs.ftp),
        ("smtp.log", logs.smtp),
        ("files.log", logs.files),
    ]
}

#[derive(Default)]
struct Logs {
    conn: String,
    dns: String,
    http: String,
    ftp: String,
    smtp: String,
    files: String,
}

impl Logs {
    fn message(&mut self, flow: &Flow, number: usize, message: &Message) {
        let at = flow.at.after_millis(10 + 40 * number as u64);
        let fuid = identifier('F', &format!("{} {number}", flow.uid));
        let mut file = |kind: FileKind<'_>| push(&mut self.files, file_log(flow, at, &fuid, &kind));
        match message {
            Message::Dns { query, kind, outcome } => {
                push(&mut self.dns, dns(flow, at, number, (query, kind, outcome)));
            }
            Message::Http(request) => {
                if let Some(mime) = &request.mime {
                    file(FileKind { source: "HTTP", mime, name: None, size: request.length, is_ours: true });
                }
                push(&mut self.http, http(flow, at, number, request, &fuid));
            }
            Message::Ftp(command) => push(&mut self.ftp, ftp(flow, at, command)),
            Message::FtpData(Transfer { command, size, mime, .. }) => {
                file(FileKind {
                    source: "FTP_DATA",
                    mime,
                    name: None,
                    size: *size,
                    is_ours: command != "RETR",
                });
            }
            Message::Smtp(mail) => {
                let name = Some(mail.attachment.as_str());
                let mime = mime_of(&mail.attachment);
                file(FileKind { source: "SMTP", mime, name, size: mail.size, is_ours: true });
                push(&mut self.smtp, smtp(flow, at, mail, &fuid));
            }
            Message::Tftp { .. } => {}
        }
    }
}

fn push(log: &mut String, record: Map<String, Value>) {
    log.push_str(&Value::Object(record).to_string());
    log.push('\n');
}

/// Zeek leaves fields out that are not set.
fn record(flow: &Flow, at: FileTime, rest: Value) -> Map<String, Value> {
    let head = json!({
        "ts": seconds(at),
        "uid": flow.uid,
        "id.orig_h": flow.origin.0.to_string(),
        "id.orig_p": flow.origin.1,
        "id.resp_h": flow.answerer.0.to_string(),
        "id.resp_p": flow.answerer.1,
    });
    let mut record = Map::new();
    for part in [head, rest] {
        if let Value::Object(fields) = part {
            record.extend(fields.into_iter().filter(|(_, value)| !value.is_null()));
        }
    }
    record
}

fn seconds(at: FileTime) -> f64 {
    at.to_epoch_text().parse().unwrap_or(0.0)
}

fn conn(flow: &Flow) -> Map<String, Value> {
    let (out, back) = flow.bytes;
    let (packets, answers) = flow.packets();
    let tcp = flow.protocol == "tcp";
    let (state, history) = match (tcp, flow.is_answered) {
        (true, _) => ("SF", "ShADadFf"),
        (false, true) => ("SF", "Dd"),
        (false, false) => ("S0", "D"),
    };
    let number = match flow.protocol {
        "tcp" => 6,
        "udp" => 17,
        _ => 1,
    };
    let answered = |value: u64| if flow.is_answered { json!(value) } else { Value::Null };
    record(
        flow,
        flow.at,
        json!({
            "proto": flow.protocol,
            "service": flow.service,
            "duration": if flow.is_answered { json!(0.4 + (out + back) as f64 / 2_000_000.0) } else { Value::Null },
            "orig_bytes": out,
            "resp_bytes": answered(back),
            "conn_state": state,
            "local_orig": Flow::is_local(flow.origin.0),
            "local_resp": Flow::is_local(flow.answerer.0),
            "missed_bytes": 0,
            "history": if flow.protocol == "icmp" { Value::Null } else { json!(history) },
            "orig_pkts": packets,
            "orig_ip_bytes": out + 40 * packets,
            "resp_pkts": answers,
            "resp_ip_bytes": if flow.is_answered { back + 40 * answers } else { 0 },
            "ip_proto": number,
        }),
    )
}

fn dns(
    flow: &Flow,
    at: FileTime,
    number: usize,
    (query, kind, outcome): (&str, &str, &str),
) -> Map<String, Value> {
    let kind_number = match kind {
        "NULL" => 10,
        "TXT" => 16,
        "AAAA" => 28,
        _ => 1,
    };
    record(
        flow,
        at,
        json!({
            "proto": flow.protocol,
            "trans_id": 2 + number,
            "rtt": 0.031,
            "query": query,
            "qclass": 1,
            "qclass_name": "C_INTERNET",
            "qtype": kind_number,
            "qtype_name": kind,
            "rcode": if outcome == "NXDOMAIN" { 3 } else { 0 },
            "rcode_name": outcome,
            "AA": false,
            "TC": false,
            "RD": true,
            "RA": true,
            "Z": 0,
            "rejected": false,
        }),
    )
}

fn http(flow: &Flow, at: FileTime, number: usize, request: &Request, fuid: &str) -> Map<String, Value> {
    record(
        flow,
        at,
        json!({
            "trans_depth": number + 1,
            "method": request.method,
            "host": request.host,
            "uri": request.uri,
            "version": "1.1",
            "user_agent": request.user_agent,
            "request_body_len": request.length,
            "response_body_len": request.answer,
            "status_code": request.status,
            "status_msg": status_text(request.status),
            "tags": [],
            "orig_fuids": request.mime.as_ref().map(|_| [fuid]),
            "orig_mime_types": request.mime.as_ref().map(|mime| [mime]),
        }),
    )
}

fn status_text(status: u16) -> &'static str {
    match status {
        201 => "Created",
        207 => "Multi-Status",
        _ => "OK",
    }
}

fn ftp(flow: &Flow, at: FileTime, command: &Command) -> Map<String, Value> {
    let Command { user, transfer } = command;
    let server = flow.answerer.0;
    let host = if server.is_ipv6() { format!("[{server}]") } else { server.to_string() };
    record(
        flow,
        at,
        json!({
            "user": user,
            "password": if user == "anonymous" { "guest@example.com" } else { "<hidden>" },
            "command": transfer.command,
            "arg": format!("ftp://{host}/./{}", transfer.file),
            "mime_type": transfer.mime,
            "file_size": transfer.size,
            "reply_code": 226,
            "reply_msg": "Transfer complete.",
        }),
    )
}

fn smtp(flow: &Flow, at: FileTime, mail: &Mail, fuid: &str) -> Map<String, Value> {
    record(
        flow,
        at,
        json!({
            "trans_depth": 1,
            "helo": "localhost",
            "mailfrom": mail.from,
            "rcptto": mail.to,
            "from": mail.from,
            "to": mail.to,
            "subject": mail.subject,
            "last_reply": "250 2.0.0 Ok: queued",
            "path": [flow.answerer.0.to_string(), flow.origin.0.to_string()],
            "tls": false,
            "fuids": [fuid],
        }),
    )
}

struct FileKind<'a> {
    source: &'static str,
    mime: &'a str,
    name: Option<&'a str>,
    size: u64,
    /// Whether the side that opened the connection sent it.
    is_ours: bool,
}

fn file_log(flow: &Flow, at: FileTime, fuid: &str, file: &FileKind<'_>) -> Map<String, Value> {
    let sender: IpAddr = if file.is_ours { flow.origin.0 } else { flow.answerer.0 };
    let mut fields = record(
        flow,
        at,
        json!({
            "source": file.source,
            "depth": 0,
            "analyzers": [],
            "mime_type": file.mime,
            "filename": file.name,
            "duration": 0.2,
            "local_orig": Flow::is_local(sender),
            "is_orig": file.is_ours,
            "seen_bytes": file.size,
            "total_bytes": if file.source == "HTTP" { json!(file.size) } else { Value::Null },
            "missing_bytes": 0,
            "overflow_bytes": 0,
            "timedout": false,
        }),
    );
    // files.log has its id between ts and uid.
    fields.insert("fuid".to_owned(), json!(fuid));
    fields
}

fn mime_of(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("zip") => "application/zip",
        Some("tgz" | "gz") => "application/x-gzip",
        Some("pdf") => "application/pdf",
        _ => "text/plain",
    }
}
