//! How fast flat JSON lines are read: `cargo run --release -p sluice-events --example read_json`.
//!
//! Reads the files named, or makes 200 MB of Sysmon-like lines first.

use std::io::{BufWriter, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use sluice_events::inputs::{Options, discover};
use sluice_events::request::{Request, Wanted};
use sluice_events::tally::Tally;

const WANTED: [&str; 12] = [
    "_time",
    "host",
    "EventCode",
    "Channel",
    "Image",
    "CommandLine",
    "ParentImage",
    "User",
    "ProcessId",
    "Hashes",
    "DestinationIp",
    "DestinationPort",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut paths: Vec<String> = std::env::args().skip(1).collect();
    let made = tempfile::NamedTempFile::new()?;
    if paths.is_empty() {
        make(made.as_file())?;
        paths.push(made.path().display().to_string());
    }
    let request = Request { fields: WANTED.map(Wanted::one).to_vec(), ..Request::default() };
    let (request, tally) = (Arc::new(request), Arc::new(Tally::default()));
    let start = Instant::now();
    for input in discover(&paths, &Options::default()).inputs {
        for split in Arc::new(input).splits(64 << 20) {
            let mut reader = split.open(Arc::clone(&request), Arc::clone(&tally), &Options::default(), 0)?;
            while reader.next_batch()?.is_some() {}
        }
    }
    let (seconds, bytes) = (start.elapsed().as_secs_f64(), tally.bytes.load(Ordering::Relaxed));
    let events = tally.events.load(Ordering::Relaxed);
    println!("{events} events, {bytes} bytes, {seconds:.3} s, {:.0} MB/s", bytes as f64 / 1e6 / seconds);
    println!("lost: {:?}", tally.losses());
    Ok(())
}

fn make(file: &std::fs::File) -> std::io::Result<()> {
    let mut file = BufWriter::new(file);
    for number in 0..230_000 {
        writeln!(
            file,
            r#"{{"EventTime":"2019-12-05 01:{:02}:{:02}.123","Hostname":"HFDC01.shire.com","Keywords":-9223372036854775808,"EventType":"INFO","SeverityValue":2,"Severity":"INFO","EventID":1,"SourceName":"Microsoft-Windows-Sysmon","ProviderGuid":"{{5770385F-C22A-43E0-BF4C-06F5698FFBD9}}","Version":5,"Task":1,"OpcodeValue":0,"RecordNumber":{number},"Channel":"Microsoft-Windows-Sysmon/Operational","UtcTime":"2019-12-05 01:49:28.817","ProcessGuid":"{{d14e8c55-47af-5de8-0000-0010eb030000}}","ProcessId":"{}","Image":"C:\\Windows\\System32\\cmd.exe","CommandLine":"\"C:\\Windows\\system32\\cmd.exe\" /c wevtutil cl Security","CurrentDirectory":"C:\\Users\\pgustavo\\","User":"SHIRE\\pgustavo","LogonId":"0x7ab3c","IntegrityLevel":"High","Hashes":"SHA1=99AE9C73E9BEE6F9C76D6F4093A9882DF06832CF,MD5=F4F684066175B77E0C3A000549D2922C","ParentImage":"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"}}"#,
            number / 60 % 60,
            number % 60,
            number % 65_536,
        )?;
    }
    file.flush()
}
