//! What a sensor at the border of each network sees of a scenario, before it is put in a format.

use std::net::IpAddr;

use serde::Deserialize;

use crate::random::{Random, hash};
use crate::time::FileTime;

use super::stage::Stage;
use super::{Connected, Protocol};

/// The resolver that machines ask.
const RESOLVER: &str = "10.20.0.53";
/// Where a server of FTP takes the data of a passive transfer.
const DATA_PORT: u16 = 40_021;

/// What goes over a connection, as a scenario says it.
pub(super) type Seen = (Kind, Fields);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    Dns,
    DnsTunnel,
    Http,
    Ftp,
    Smtp,
    Tftp,
    Icmp,
}

/// Of all kinds; Zeek's names where it has one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    /// The server, where the scenario has no connection to it: another process makes it.
    #[serde(rename = "id.resp_h")]
    server: Option<String>,
    query: String,
    qtype_name: String,
    rcode_name: Option<String>,
    /// Names of a tunnel: before and after its labels, how long these are, how many names.
    prefix: String,
    suffix: String,
    labels: Vec<usize>,
    count: usize,
    method: String,
    host: String,
    uri: String,
    user_agent: Option<String>,
    request_body_len: u64,
    status_code: Option<u16>,
    orig_mime_types: Vec<String>,
    user: String,
    command: String,
    arg: String,
    file_size: u64,
    mime_type: String,
    mailfrom: String,
    rcptto: Vec<String>,
    subject: String,
    attachment: String,
    file: String,
    payload: u64,
}

/// A connection as the sensor sees it.
#[derive(Debug)]
pub(super) struct Flow {
    pub(super) at: FileTime,
    /// What Zeek calls it.
    pub(super) uid: String,
    pub(super) origin: (IpAddr, u16),
    pub(super) answerer: (IpAddr, u16),
    /// `tcp`, `udp` or `icmp`.
    pub(super) protocol: &'static str,
    /// The protocol that the sensor recognises.
    pub(super) service: Option<&'static str>,
    /// Bytes of the one who opened it, and of the other.
    pub(super) bytes: (u64, u64),
    /// Whether the other side ever answered.
    pub(super) is_answered: bool,
    pub(super) messages: Vec<Message>,
}

/// Something that was said in a connection.
#[derive(Debug)]
pub(super) enum Message {
    Dns {
        query: String,
        kind: String,
        outcome: String,
    },
    Http(Request),
    Ftp(Command),
    Smtp(Mail),
    Tftp {
        file: String,
    },
    /// The data of a transfer of FTP.
    FtpData(Transfer),
}

#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) host: String,
    pub(super) uri: String,
    pub(super) user_agent: Option<String>,
    pub(super) length: u64,
    pub(super) status: u16,
    /// Bytes of the answer: a page where something was asked for.
    pub(super) answer: u64,
    /// The kind of what was sent.
    pub(super) mime: Option<String>,
}

#[derive(Debug)]
pub(super) struct Command {
    pub(super) user: String,
    pub(super) transfer: Transfer,
}

/// A file over FTP.
#[derive(Debug, Clone)]
pub(super) struct Transfer {
    /// `STOR`, `RETR`.
    pub(super) command: String,
    pub(super) file: String,
    pub(super) size: u64,
    pub(super) mime: String,
}

#[derive(Debug)]
pub(super) struct Mail {
    pub(super) from: String,
    pub(super) to: Vec<String>,
    pub(super) subject: String,
    pub(super) attachment: String,
    pub(super) size: u64,
}

/// The connections of a scenario, in order of time.
pub(super) fn flows(stage: &Stage<'_>) -> Vec<Flow> {
    let mut wire = Wire { stage, flows: Vec::new() };
    for (number, net) in stage.scenario.net.iter().enumerate().filter(|(_, net)| net.est) {
        wire.connect(number, net);
    }
    for (number, seen) in stage.scenario.z.iter().enumerate() {
        wire.see(number, seen);
    }
    wire.resolve();
    wire.flows.sort_by_key(|flow| flow.at);
    for (number, flow) in wire.flows.iter_mut().enumerate() {
        flow.uid = identifier('C', &format!("{} {number}", stage.scenario.id));
    }
    wire.flows
}

/// An id as Zeek makes them.
pub(super) fn identifier(first: char, of: &str) -> String {
    format!("{first}{}", Random::new(hash(of)).hex(17))
}

/// Whether a packet for this address leaves the machine or its virtual network.
fn is_on_the_wire(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !ip.is_loopback() && !ip.is_link_local() && ip.octets() != [168, 63, 129, 16],
        IpAddr::V6(ip) => !ip.is_loopback() && ip.segments()[0] & 0xFFC0 != 0xFE80,
    }
}

struct Wire<'a> {
    stage: &'a Stage<'a>,
    flows: Vec<Flow>,
}

impl Wire<'_> {
    fn connect(&mut self, number: usize, net: &Connected) {
        let Ok(other) = net.ip.parse::<IpAddr>() else { return };
        if !is_on_the_wire(other) {
            return;
        }
        let protocol = match net.proto {
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
        };
        let mut flow = self.flow(self.stage.connected_at(number), number, other, net.port, protocol);
        flow.bytes = (net.out, net.back);
        if !net.init {
            flow.origin = (other, net.port);
            flow.answerer = (self.own_address(other), 80);
        }
        self.flows.push(flow);
    }

    fn flow(&self, at: FileTime, number: usize, other: IpAddr, port: u16, protocol: &'static str) -> Flow {
        Flow {
            at,
            uid: String::new(),
            origin: (self.own_address(other), self.stage.own_port(number)),
            answerer: (other, port),
            protocol,
            service: None,
            bytes: (0, 0),
            is_answered: true,
            messages: Vec::new(),
        }
    }

    fn own_address(&self, other: IpAddr) -> IpAddr {
        let v6 = || format!("fd00::1:{:x}", self.stage.number + 1).parse();
        let own = if other.is_ipv6() { v6() } else { self.stage.host.ip.parse() };
        own.unwrap_or(other)
    }

    fn see(&mut self, number: usize, (kind, fields): &Seen) {
        match kind {
            Kind::Dns => self.dns(number, fields),
            Kind::DnsTunnel => self.tunnel(fields),
            Kind::Http => self.http(number, fields),
            Kind::Ftp => self.ftp(fields),
            Kind::Smtp => self.smtp(fields),
            Kind::Tftp => self.tftp(fields),
            Kind::Icmp => self.icmp(number, fields),
        }
    }

    /// The scenario's own connection of this protocol.
    fn own(&mut self, protocol: &str) -> Option<&mut Flow> {
        self.flows.iter_mut().find(|flow| flow.protocol == protocol)
    }

    fn dns(&mut self, number: usize, fields: &Fields) {
        let outcome = fields.rcode_name.clone().unwrap_or_else(|| "NXDOMAIN".to_owned());
        let message = Message::Dns { query: fields.query.clone(), kind: fields.qtype_name.clone(), outcome };
        // What a program asks of this machine itself is not on the wire.
        if self.stage.scenario.net.iter().any(|net| net.port == 53) {
            if let Some(flow) = self.own("udp") {
                flow.ask(message);
            }
            return;
        }
        self.ask_resolver(number, message);
    }

    fn ask_resolver(&mut self, number: usize, message: Message) {
        let Ok(resolver) = RESOLVER.parse() else { return };
        let Some(first) = self.stage.process(0) else { return };
        let at = first.at.after_millis(60 + 20 * number as u64);
        let mut flow = self.flow(at, 700 + number, resolver, 53, "udp");
        flow.ask(message);
        self.flows.push(flow);
    }

    /// Names that the system's resolver was asked for and that the scenario does not say itself.
    fn resolve(&mut self) {
        for (number, (_, name, status, _)) in self.stage.scenario.dns.iter().enumerate() {
            if self.stage.scenario.z.iter().any(|(_, fields)| fields.query == *name) {
                continue;
            }
            let outcome = if status == "0" { "NOERROR" } else { "NXDOMAIN" };
            let message =
                Message::Dns { query: name.clone(), kind: "A".to_owned(), outcome: outcome.to_owned() };
            self.ask_resolver(100 + number, message);
        }
    }

    /// Names that carry data, one after the other over one socket.
    fn tunnel(&mut self, fields: &Fields) {
        let mut random = Random::new(hash(&self.stage.scenario.id));
        let Some(flow) = self.own("udp") else { return };
        for _ in 0..fields.count {
            let labels = fields.labels.iter().map(|&length| random.hex(length).to_ascii_lowercase());
            let mut name: Vec<String> = vec![fields.prefix.clone()];
            name.extend(labels);
            name.push(fields.suffix.clone());
            name.retain(|label| !label.is_empty());
            flow.ask(Message::Dns {
                query: name.join("."),
                kind: fields.qtype_name.clone(),
                outcome: "NOERROR".to_owned(),
            });
        }
    }

    fn http(&mut self, number: usize, fields: &Fields) {
        let request = Request {
            method: fields.method.clone(),
            host: fields.host.clone(),
            uri: fields.uri.clone(),
            user_agent: fields.user_agent.clone(),
            length: fields.request_body_len,
            status: fields.status_code.unwrap_or(200),
            answer: if fields.method == "GET" { 5120 } else { 0 },
            mime: fields.orig_mime_types.first().cloned(),
        };
        let server = fields.server.as_deref().and_then(|server| server.parse::<IpAddr>().ok());
        let known = self
            .flows
            .iter()
            .position(|flow| flow.protocol == "tcp" && server.is_none_or(|server| flow.answerer.0 == server));
        let known = known.or_else(|| {
            let at = self.stage.process(0)?.at.after_millis(700);
            self.flows.push(self.flow(at, 500 + number, server?, 80, "tcp"));
            Some(self.flows.len() - 1)
        });
        let Some(flow) = known.and_then(|at| self.flows.get_mut(at)) else { return };
        if flow.messages.is_empty() {
            flow.bytes = (0, 0);
        }
        flow.service = Some("http");
        flow.bytes.0 += 240 + request.length;
        flow.bytes.1 += 211 + request.answer;
        flow.messages.push(Message::Http(request));
    }

    fn ftp(&mut self, fields: &Fields) {
        let transfer = Transfer {
            command: fields.command.clone(),
            file: fields.arg.clone(),
            size: fields.file_size,
            mime: fields.mime_type.clone(),
        };
        let Some(control) = self.own("tcp") else { return };
        control.service = Some("ftp");
        control.bytes = (212, 431);
        control
            .messages
            .push(Message::Ftp(Command { user: fields.user.clone(), transfer: transfer.clone() }));
        let is_upload = transfer.command != "RETR";
        let data = Flow {
            at: control.at.after_millis(70),
            uid: String::new(),
            origin: (control.origin.0, control.origin.1.saturating_add(1)),
            answerer: (control.answerer.0, DATA_PORT),
            protocol: "tcp",
            service: Some("ftp-data"),
            bytes: if is_upload { (transfer.size, 0) } else { (0, transfer.size) },
            is_answered: true,
            messages: vec![Message::FtpData(transfer)],
        };
        self.flows.push(data);
    }

    fn smtp(&mut self, fields: &Fields) {
        let Some(flow) = self.own("tcp") else { return };
        flow.service = Some("smtp");
        // Base64 with line breaks, and the head.
        flow.bytes = (fields.file_size / 57 * 78 + 1100, 412);
        flow.messages.push(Message::Smtp(Mail {
            from: fields.mailfrom.clone(),
            to: fields.rcptto.clone(),
            subject: fields.subject.clone(),
            attachment: fields.attachment.clone(),
            size: fields.file_size,
        }));
    }

    /// The server answers from a port of its own: a second flow, which it seems to open.
    fn tftp(&mut self, fields: &Fields) {
        let Some(asked) = self.own("udp") else { return };
        asked.bytes = (12 + fields.file.len() as u64, 0);
        asked.is_answered = false;
        asked.messages.push(Message::Tftp { file: fields.file.clone() });
        let data = Flow {
            at: asked.at.after_millis(30),
            uid: String::new(),
            origin: (asked.answerer.0, 50_069),
            answerer: asked.origin,
            protocol: "udp",
            service: None,
            bytes: (fields.file_size / 512 * 4, fields.file_size / 512 * 516),
            is_answered: true,
            messages: Vec::new(),
        };
        self.flows.push(data);
    }

    /// Zeek shows type and code as ports.
    fn icmp(&mut self, number: usize, fields: &Fields) {
        let Some(server) = fields.server.as_deref().and_then(|server| server.parse().ok()) else { return };
        let Some(first) = self.stage.process(0) else { return };
        let mut flow = self.flow(first.at.after_millis(60), number, server, 0, "icmp");
        flow.origin.1 = 8;
        flow.bytes = (fields.payload, fields.payload);
        self.flows.push(flow);
    }
}

impl Flow {
    fn ask(&mut self, message: Message) {
        if self.messages.is_empty() {
            self.bytes = (0, 0);
        }
        if let Message::Dns { query, .. } = &message {
            self.bytes.0 += 18 + query.len() as u64;
            self.bytes.1 += 90;
        }
        self.service = Some("dns");
        self.messages.push(message);
    }

    /// Packets of both sides, with what acknowledges the other's.
    pub(super) fn packets(&self) -> (u64, u64) {
        let (out, back) = self.bytes;
        let answers = if self.is_answered { 1 + back / 1400 + out / 2800 } else { 0 };
        (1 + out / 1400 + back / 2800, answers)
    }

    /// Whether this end is one of ours.
    pub(super) fn is_local(ip: IpAddr) -> bool {
        match ip {
            IpAddr::V4(ip) => ip.is_private(),
            IpAddr::V6(ip) => ip.segments()[0] & 0xFE00 == 0xFC00,
        }
    }
}
