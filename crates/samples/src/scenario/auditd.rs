//! What auditd logs where every execve and every connect is audited: records, joined by their serial.

use std::fmt::Write;
use std::net::Ipv4Addr;

use crate::time::FileTime;

use super::stage::{Running, Stage};
use super::{Protocol, Started};

/// Programs whose connect() does not wait: it ends with EINPROGRESS, which the kernel logs as a failure.
const WITHOUT_WAITING: [&str; 4] = ["curl", "nc.openbsd", "lftp", "perl"];
/// How much of the command line PROCTITLE holds.
const TITLE: usize = 128;

/// The records of a scenario, in order.
pub(super) fn records(stage: &Stage<'_>) -> Vec<String> {
    let mut calls = Vec::new();
    for (started, running) in stage.scenario.procs.iter().zip(&stage.running) {
        calls.push((running.at, Call::Exec(started, running)));
    }
    for (number, net) in stage.scenario.net.iter().enumerate() {
        // A datagram needs no connect(), and sendto() is not audited.
        let Some((started, running)) = stage.scenario.procs.get(net.p).zip(stage.process(net.p)) else {
            continue;
        };
        let Ok(ip) = net.ip.parse::<Ipv4Addr>() else { continue };
        if net.proto == Protocol::Tcp && net.init {
            calls.push((stage.connected_at(number), Call::Connect(started, running, ip, net.port)));
        }
    }
    calls.sort_by_key(|(at, _)| *at);
    let first = 4000 + 100 * stage.number as u64;
    calls.iter().zip(first..).flat_map(|((at, call), serial)| call.records(stage, *at, serial)).collect()
}

enum Call<'a> {
    Exec(&'a Started, &'a Running),
    Connect(&'a Started, &'a Running, Ipv4Addr, u16),
}

impl Call<'_> {
    fn records(&self, stage: &Stage<'_>, at: FileTime, serial: u64) -> Vec<String> {
        let record = |kind: &str, rest: &str| {
            let stamp = format!("audit({}:{serial})", at.to_epoch_text());
            format!("node={} type={kind} msg={stamp}: {rest}", stage.host.computer)
        };
        let title =
            |started: &Started| record("PROCTITLE", &format!("proctitle={}", title(&arguments(started))));
        match self {
            Call::Exec(started, running) => {
                let call = "syscall=59 success=yes exit=0 a0=55d3c8a0b2f0 a1=55d3c8a0c1a0 a2=55d3c8a0b6e0 a3=8 items=2";
                vec![
                    record("SYSCALL", &system_call(call, running, "exec")),
                    record("EXECVE", &execve(&arguments(started))),
                    record("CWD", &format!("cwd=\"{}\"", home(running))),
                    record("PATH", &path(0, &started.image, 131_734)),
                    record("PATH", &path(1, "/lib64/ld-linux-x86-64.so.2", 134_215)),
                    title(started),
                ]
            }
            Call::Connect(started, running, ip, port) => {
                let waits = !WITHOUT_WAITING.contains(&running.process.program.file_name());
                let result = if waits { "success=yes exit=0" } else { "success=no exit=-115" };
                let call = format!("syscall=42 {result} a0=5 a1=7ffd2a1c5b70 a2=10 a3=7ffd2a1c5a84 items=0");
                vec![
                    record("SYSCALL", &system_call(&call, running, "connect")),
                    record("SOCKADDR", &format!("saddr={}", socket_address(*ip, *port))),
                    title(started),
                ]
            }
        }
    }
}

fn system_call(call: &str, running: &Running, key: &str) -> String {
    let process = &running.process;
    let id = process.logon.id;
    let comm: String = process.program.file_name().chars().take(15).collect();
    let tty = if id == 0 { "(none)" } else { "pts0" };
    format!(
        "arch=c000003e {call} ppid={} pid={} auid={id} uid={id} gid={id} euid={id} suid={id} fsuid={id} egid={id} \
         sgid={id} fsgid={id} tty={tty} ses={} comm=\"{comm}\" exe=\"{}\" subj=unconfined key=\"{key}\"",
        running.parent.id, process.id, process.logon.session, process.program.image
    )
}

fn home(running: &Running) -> String {
    match running.process.logon.id {
        0 => "/root".to_owned(),
        _ => format!("/home/{}", running.process.logon.user),
    }
}

fn path(item: usize, name: &str, inode: u32) -> String {
    format!(
        "item={item} name=\"{name}\" inode={inode} dev=08:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL \
         cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0"
    )
}

fn arguments(started: &Started) -> Vec<String> {
    let split = || started.cmd.split_whitespace().map(str::to_owned).collect();
    started.args.clone().unwrap_or_else(split)
}

fn execve(arguments: &[String]) -> String {
    let mut text = format!("argc={}", arguments.len());
    for (at, argument) in arguments.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = write!(text, " a{at}={}", untrusted(argument.as_bytes()));
    }
    text
}

/// The kernel writes a string in hexadecimal if a byte of it is a quote, or outside of 0x21 to 0x7E.
fn untrusted(bytes: &[u8]) -> String {
    if bytes.iter().any(|&byte| byte == b'"' || !(0x21..=0x7E).contains(&byte)) {
        return hex(bytes);
    }
    format!("\"{}\"", String::from_utf8_lossy(bytes))
}

fn title(arguments: &[String]) -> String {
    let mut bytes = arguments.join("\0").into_bytes();
    bytes.truncate(TITLE);
    untrusted(&bytes)
}

/// The family has its low byte first, the port its high byte.
fn socket_address(ip: Ipv4Addr, port: u16) -> String {
    let mut bytes = vec![2, 0];
    bytes.extend(port.to_be_bytes());
    bytes.extend(ip.octets());
    bytes.extend([0; 8]);
    hex(&bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02X}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_with_a_space_is_hexadecimal() {
        let arguments = ["curl", "-T", "/tmp/Q4 payroll"].map(str::to_owned);
        assert_eq!(execve(&arguments), "argc=3 a0=\"curl\" a1=\"-T\" a2=2F746D702F513420706179726F6C6C");
        assert_eq!(title(&arguments), "6375726C002D54002F746D702F513420706179726F6C6C");
    }

    #[test]
    fn a_socket_address_mixes_its_orders() {
        let address = socket_address(Ipv4Addr::new(203, 0, 113, 21), 21);
        assert_eq!(address, "02000015CB0071150000000000000000");
    }
}
