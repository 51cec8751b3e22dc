//! What Suricata logs: EVE.

use std::net::IpAddr;

use serde_json::{Map, Value, json};

use crate::random::hash;
use crate::time::FileTime;

use super::wire::{Flow, Message, Request, Transfer};

/// The events of these connections; each ends with a flow.
pub(super) fn log(flows: &[Flow]) -> String {
    let mut log = String::new();
    for flow in flows {
        for (number, message) in flow.messages.iter().enumerate() {
            let at = flow.at.after_millis(20 + 40 * number as u64);
            for (kind, rest) in events(number, message) {
                push(&mut log, event(flow, at, kind, rest));
            }
        }
        let end = flow.at.after_millis(30_000);
        push(&mut log, event(flow, end, "flow", flow_fields(flow)));
    }
    log
}

fn push(log: &mut String, event: Map<String, Value>) {
    log.push_str(&Value::Object(event).to_string());
    log.push('\n');
}

fn event(flow: &Flow, at: FileTime, kind: &str, rest: Value) -> Map<String, Value> {
    let mut event = Map::new();
    let head = json!({
        "timestamp": at.to_eve_text(),
        // A number that JSON readers keep whole.
        "flow_id": hash(&flow.uid) >> 12,
        "in_iface": "eth0",
        "event_type": kind,
        "src_ip": address(flow.origin.0),
        "src_port": flow.origin.1,
        "dest_ip": address(flow.answerer.0),
        "dest_port": flow.answerer.1,
        "proto": flow.protocol.to_ascii_uppercase(),
        "pkt_src": "wire/pcap",
    });
    for part in [head, rest] {
        if let Value::Object(fields) = part {
            event.extend(fields);
        }
    }
    event
}

/// Suricata writes out all digits of an address of IPv6.
fn address(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            ip.segments().iter().map(|part| format!("{part:04x}")).collect::<Vec<_>>().join(":")
        }
    }
}

fn events(number: usize, message: &Message) -> Vec<(&'static str, Value)> {
    match message {
        Message::Dns { query, kind, .. } => vec![("dns", dns(number, query, kind))],
        Message::Http(request) => http(number, request),
        Message::Ftp(command) => vec![("ftp", ftp(&command.transfer))],
        Message::FtpData(Transfer { command, file, .. }) => {
            vec![("ftp_data", json!({"ftp_data": {"filename": file, "command": command}}))]
        }
        Message::Smtp(mail) => {
            let to: Vec<String> = mail.to.iter().map(|to| format!("<{to}>")).collect();
            let smtp = json!({"helo": "localhost", "mail_from": format!("<{}>", mail.from), "rcpt_to": to});
            let email = json!({
                "status": "PARSE_DONE", "from": mail.from, "to": mail.to, "attachment": [mail.attachment],
            });
            vec![("smtp", json!({"tx_id": 0, "smtp": smtp, "email": email}))]
        }
        Message::Tftp { file } => {
            vec![("tftp", json!({"tftp": {"packet": "write", "file": file, "mode": "octet"}}))]
        }
    }
}

fn dns(number: usize, query: &str, kind: &str) -> Value {
    json!({"dns": {
        "version": 3, "type": "request", "tx_id": 0, "id": 2 + number, "flags": "100", "rd": true, "opcode": 0,
        "rcode": "NOERROR", "queries": [{"rrname": query, "rrtype": kind}],
    }})
}

fn http(number: usize, request: &Request) -> Vec<(&'static str, Value)> {
    let (host, port) = request.host.split_once(':').unwrap_or((&request.host, "80"));
    let mut fields = json!({
        "hostname": host, "url": request.uri, "http_method": request.method, "protocol": "HTTP/1.1",
        "status": request.status, "length": request.answer,
    });
    if let Some(port) = port.parse::<u16>().ok().filter(|port| *port != 80) {
        fields["http_port"] = json!(port);
    }
    if let Some(agent) = &request.user_agent {
        fields["http_user_agent"] = json!(agent);
    }
    let mut events = vec![("http", json!({"tx_id": number, "http": fields.clone()}))];
    if request.length > 0 {
        let file = json!({
            "filename": request.uri, "gaps": false, "state": "CLOSED", "stored": false, "size": request.length,
            "tx_id": number,
        });
        events.push(("fileinfo", json!({"http": fields, "app_proto": "http", "fileinfo": file})));
    }
    events
}

fn ftp(transfer: &Transfer) -> Value {
    json!({"tx_id": 3, "ftp": {
        "command": transfer.command, "command_data": transfer.file,
        "reply": ["Opening BINARY mode data connection.", "Transfer complete."],
        "completion_code": ["150", "226"], "reply_received": "yes",
    }})
}

fn flow_fields(flow: &Flow) -> Value {
    let (out, back) = flow.bytes;
    let (packets, answers) = flow.packets();
    json!({
        "app_proto": flow.service.unwrap_or("failed"),
        "flow": {
            "pkts_toserver": packets, "pkts_toclient": answers,
            "bytes_toserver": out + 54 * packets, "bytes_toclient": back + 54 * answers,
            "start": flow.at.to_eve_text(), "end": flow.at.after_millis(900).to_eve_text(), "age": 1,
            "state": if flow.is_answered { "closed" } else { "new" }, "reason": "timeout", "alerted": false,
        },
    })
}
