//! What Windows logs beside Sysmon: Security 4688, PowerShell 4104.

use std::borrow::Cow;

use crate::event::{Event, Field};
use crate::random::{Random, hash};
use crate::sysmon::Process;
use crate::value::{Guid, Sid, Text, Value};

use super::stage::{Running, Stage};

const SECURITY: Guid = Guid {
    first: 0x5484_9625,
    second: 0x5478,
    third: 0x4994,
    rest: [0xA5, 0xBA, 0x3E, 0x3B, 0x03, 0x28, 0xC3, 0x0D],
};
const POWERSHELL: Guid = Guid {
    first: 0xA0C1_853B,
    second: 0x5C40,
    third: 0x4B15,
    rest: [0x87, 0x66, 0x3C, 0xF1, 0xC5, 0x8F, 0x98, 0x5A],
};
/// The SID of alice, after `S-1-5`.
const ALICE: [u32; 5] = [21, 3_623_811_015, 3_361_044_348, 30_300_820, 1013];

/// Event 4688 for each process, with command lines.
pub(super) fn security(stage: &Stage<'_>) -> Vec<Event> {
    let first = 20_000 + 1000 * stage.number as u64;
    stage.running.iter().zip(first..).map(|(running, id)| process_created(stage, running, id)).collect()
}

fn process_created(stage: &Stage<'_>, running: &Running, record_id: u64) -> Event {
    let Process { id, program, command_line, logon, .. } = &running.process;
    let is_system = logon.integrity == "System";
    let machine = stage.host.computer.split('.').next().unwrap_or_default();
    let (user, token, label) = match is_system {
        true => (format!("{machine}$"), "%%1936", "S-1-16-16384"),
        false => (logon.user.rsplit('\\').next().unwrap_or_default().to_owned(), "%%1938", "S-1-16-8192"),
    };
    let data: Vec<Field> = vec![
        ("SubjectUserSid".into(), Value::Sid(sid(is_system))),
        ("SubjectUserName".into(), Value::text(user)),
        ("SubjectDomainName".into(), Value::text("CORP")),
        ("SubjectLogonId".into(), Value::Hex64(logon.id)),
        ("NewProcessId".into(), Value::Hex64(u64::from(*id))),
        ("NewProcessName".into(), Value::Text(program.image.clone())),
        ("TokenElevationType".into(), Value::text(token)),
        ("ProcessId".into(), Value::Hex64(u64::from(running.parent.id))),
        ("CommandLine".into(), Value::Text(command_line.clone())),
        ("TargetUserSid".into(), Value::text("S-1-0-0")),
        ("TargetUserName".into(), Value::text("-")),
        ("TargetDomainName".into(), Value::text("-")),
        ("TargetLogonId".into(), Value::Hex64(0)),
        ("ParentProcessName".into(), Value::Text(running.parent.program.image.clone())),
        ("MandatoryLabel".into(), Value::text(label)),
    ];
    Event {
        provider: "Microsoft-Windows-Security-Auditing".into(),
        provider_guid: Some(SECURITY),
        event_id: 4688,
        version: 2,
        level: 0,
        task: 13_312,
        opcode: 0,
        keywords: 0x8020_0000_0000_0000,
        time: running.at,
        record_id,
        activity_id: None,
        process_id: 4,
        thread_id: 276,
        channel: "Security".into(),
        computer: stage.host.computer.clone(),
        user_id: None,
        data,
    }
}

fn sid(is_system: bool) -> Sid {
    if is_system { Sid::SYSTEM } else { Sid(Cow::Borrowed(&ALICE)) }
}

/// Event 4104 for each script block, a long one in parts.
pub(super) fn powershell(stage: &Stage<'_>) -> Vec<Event> {
    let shells =
        |running: &&Running| running.process.program.file_name().eq_ignore_ascii_case("powershell.exe");
    let Some(shell) = stage.running.iter().find(shells) else { return Vec::new() };
    let mut events = Vec::new();
    for (number, script) in stage.scenario.ps.iter().enumerate() {
        let mut random = Random::new(hash(&format!("{} {number}", stage.scenario.id)));
        let block = block_id(&mut random);
        let parts = parts(script, &mut random);
        for (at, part) in parts.iter().enumerate() {
            let record_id = 30_000 + 1000 * stage.number as u64 + events.len() as u64;
            let data: Vec<Field> = vec![
                ("MessageNumber".into(), Value::U32(at as u32 + 1)),
                ("MessageTotal".into(), Value::U32(parts.len() as u32)),
                ("ScriptBlockText".into(), Value::text((*part).to_owned())),
                ("ScriptBlockId".into(), Value::text(block.clone())),
                ("Path".into(), Value::Text(script_file(&shell.process))),
            ];
            events.push(script_block(stage, shell, record_id, data));
        }
    }
    events
}

fn script_block(stage: &Stage<'_>, shell: &Running, record_id: u64, data: Vec<Field>) -> Event {
    let is_system = shell.process.logon.integrity == "System";
    Event {
        provider: "Microsoft-Windows-PowerShell".into(),
        provider_guid: Some(POWERSHELL),
        event_id: 4104,
        version: 1,
        level: 5,
        task: 2,
        opcode: 15,
        keywords: 0,
        time: shell.at.after_millis(300),
        record_id,
        activity_id: None,
        process_id: shell.process.id,
        thread_id: 2228,
        channel: "Microsoft-Windows-PowerShell/Operational".into(),
        computer: stage.host.computer.clone(),
        user_id: Some(sid(is_system)),
        data,
    }
}

/// The file that `-File` names.
fn script_file(shell: &Process) -> Text {
    let mut words = shell.command_line.split_whitespace();
    let named = words.find(|word| word.eq_ignore_ascii_case("-File")).and_then(|_| words.next());
    named.unwrap_or_default().to_owned().into()
}

fn block_id(random: &mut Random) -> String {
    let digits = random.hex(32).to_ascii_lowercase();
    format!("{}-{}-{}-{}-{}", &digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..])
}

/// PowerShell logs a block of 20,000 characters or more in parts of 10,000 to 20,000 each
/// (LogScriptBlockCreation in CompiledScriptBlock.cs).
fn parts<'a>(script: &'a str, random: &mut Random) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut rest = script;
    while rest.len() >= 20_000 {
        let mut end = random.between(10_000, 20_000) as usize;
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (part, after) = rest.split_at(end);
        parts.push(part);
        rest = after;
    }
    parts.push(rest);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_script_is_logged_in_parts() {
        let mut random = Random::new(1);
        assert_eq!(parts("iwr http://203.0.113.80/", &mut random).len(), 1);
        let script = "Write-Output 'é'\n".repeat(4000);
        let parts = parts(&script, &mut random);
        assert!(parts.len() >= 4, "{}", parts.len());
        assert_eq!(parts.concat(), script);
    }
}
