//! The detection against real recordings, compared with a check written straight from its regexes over the
//! JSON of the `evtx` crate and the plain JSON lines.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use regex::Regex;
use serde_json::Value;
use sluice_engine::{Engine, Knowledge, Settings};
use sluice_events::inputs;
use sluice_events::tally::Tally;

/// Image, command line, method: enough to tell findings apart.
type Finding = (String, String, String);

struct Check {
    ftp_image: Regex,
    ftp_command: Regex,
    http_image: Regex,
    http_command: Regex,
    dns_image: Regex,
    dns_command: Regex,
    smtp_image: Regex,
    smtp_command: Regex,
    smtp_option: Regex,
    port: Regex,
    internal: Regex,
    browser: Regex,
}

impl Check {
    fn new() -> Self {
        let regex = |text: &str| Regex::new(text).unwrap();
        Self {
            ftp_image: regex(r"(?i)(ftp\.exe|winscp\.exe|filezilla\.exe|ncftp|lftp)"),
            ftp_command: regex(r"(?i)(ftp://|--ftp-upload|--upload-file|-T ftp|STOR )"),
            http_image: regex(r"(?i)(curl\.exe|wget\.exe)"),
            http_command: regex(
                r"(?i)(--upload-file|-T http://|--data-binary|--data @|-d @|--form|-F file=|multipart)",
            ),
            dns_image: regex(r"(?i)(nslookup\.exe|dnscat|iodine|dns2tcp|dnstunnel)"),
            dns_command: regex(r"(?i)(dnscat|iodine|dns2tcp)"),
            smtp_image: regex(r"(?i)(blat\.exe|swaks|sendmail|msmtp)"),
            smtp_command: regex(r"(?i)(smtp|Send-MailMessage|sendmail)"),
            smtp_option: regex(r"(?i)(-attach|--attach|-to |--to |-server)"),
            port: regex(r"^(21|25|69|80|110|143|8080|8000|8888|2121)$"),
            internal: regex(r"^(10\.|172\.(1[6-9]|2[0-9]|3[01])\.|192\.168\.)"),
            browser: regex(
                r"(?i)(chrome\.exe|firefox\.exe|msedge\.exe|iexplore\.exe|svchost\.exe|services\.exe)",
            ),
        }
    }

    /// The verdict on one event's fields.
    fn method(&self, code: &str, field: impl Fn(&str) -> String) -> Option<&'static str> {
        if !matches!(code, "1" | "3") {
            return None;
        }
        let (image, command) = (field("Image"), field("CommandLine"));
        if self.ftp_image.is_match(&image) || self.ftp_command.is_match(&command) {
            return Some("FTP");
        }
        if self.http_image.is_match(&image)
            && self.http_command.is_match(&command)
            && command.contains("http://")
        {
            return Some("HTTP_Upload");
        }
        if self.dns_image.is_match(&image) || self.dns_command.is_match(&command) {
            return Some("DNS_Tunnel");
        }
        if self.smtp_image.is_match(&image)
            || self.smtp_command.is_match(&command) && self.smtp_option.is_match(&command)
        {
            return Some("SMTP");
        }
        let address = field("DestinationIp");
        let outside = !address.is_empty() && !self.internal.is_match(&address);
        let plain = code == "3" && self.port.is_match(&field("DestinationPort")) && outside;
        (plain && !image.is_empty() && !self.browser.is_match(&image)).then_some("Plaintext_Network")
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn detection() -> String {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packages/T1048.003/exfil_over_cleartext.yml");
    let yaml = std::fs::read_to_string(file).unwrap();
    let search = yaml.lines().skip_while(|line| !line.starts_with("search:")).skip(1);
    search.take_while(|line| line.starts_with(' ') || line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What the detection finds in a path, and how many events were read, whether decoded or passed over.
fn found(path: &Path) -> (Vec<Finding>, u64) {
    let engine = Engine::new(Settings::default(), Knowledge::default());
    let inputs = inputs::discover(&[path.display().to_string()], &Default::default());
    let tally: Arc<Tally> = Arc::default();
    let answer = engine.run(&detection(), &inputs, &tally).unwrap();
    let of = |row: &sluice_engine::Row<'_>, name: &str| {
        row.get(name).and_then(|cell| cell.text()).map(String::from).unwrap_or_default()
    };
    let mut rows: Vec<Finding> = answer
        .rows
        .iter()
        .map(Result::unwrap)
        .map(|row| (of(&row, "Image"), of(&row, "CommandLine"), of(&row, "ExfilMethod")))
        .collect();
    rows.sort();
    (rows, tally.events.load(Ordering::Relaxed) + tally.passed_over.load(Ordering::Relaxed))
}

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|found| found == ending) {
            found.push(path);
        }
    }
}

fn corpus() -> Option<PathBuf> {
    let corpus = std::env::var_os("SLUICE_CORPUS");
    if corpus.is_none() {
        println!("skipped: SLUICE_CORPUS is not set");
    }
    corpus.map(|corpus| PathBuf::from(corpus).join("corpus"))
}

#[test]
fn event_logs() {
    let Some(corpus) = corpus() else { return };
    let check = Check::new();
    let mut paths = Vec::new();
    files(&corpus.join("evtx"), "evtx", &mut paths);
    let mut expected = Vec::new();
    let mut records = 0;
    let mut cut = 0;
    for path in &paths {
        // In a chunk that the file's end cuts off the crate reads nothing, Sluice what is there.
        cut += u64::from((std::fs::metadata(path).unwrap().len() - 4096) % 65536 != 0);
        let mut parser = evtx::EvtxParser::from_path(path).unwrap();
        for record in parser.records_json_value().flatten() {
            records += 1;
            let system = &record.data["Event"]["System"];
            let code = match &system["EventID"] {
                Value::Object(with_qualifiers) => text(&with_qualifiers["#text"]),
                plain => text(plain),
            };
            let data = &record.data["Event"]["EventData"];
            if system["Channel"] != "Microsoft-Windows-Sysmon/Operational" {
                continue;
            }
            if let Some(method) = check.method(&code, |name| text(&data[name])) {
                expected.push((text(&data["Image"]), text(&data["CommandLine"]), method.to_owned()));
            }
        }
    }
    expected.sort();
    let (rows, events) = found(&corpus.join("evtx"));
    println!(
        "{} files, {records} records by the evtx crate, {events} events, {} findings",
        paths.len(),
        rows.len()
    );
    assert!(
        (records..=records + cut).contains(&events),
        "{events} events, {records} records, {cut} cut files"
    );
    assert_eq!(rows, expected);
}

#[test]
fn json_recordings() {
    let Some(corpus) = corpus() else { return };
    let check = Check::new();
    let mut paths = Vec::new();
    files(&corpus.join("otrf"), "zip", &mut paths);
    paths.sort();
    let mut counts = BTreeSet::new();
    for path in &paths {
        let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
        let mut expected = Vec::new();
        for member in 0..archive.len() {
            let mut bytes = Vec::new();
            archive.by_index(member).unwrap().read_to_end(&mut bytes).unwrap();
            for line in bytes.split(|&byte| byte == b'\n') {
                let Ok(event) = serde_json::from_slice::<Value>(line) else { continue };
                if event["Channel"] != "Microsoft-Windows-Sysmon/Operational" {
                    continue;
                }
                if let Some(method) = check.method(&text(&event["EventID"]), |name| text(&event[name])) {
                    expected.push((text(&event["Image"]), text(&event["CommandLine"]), method.to_owned()));
                }
            }
        }
        expected.sort();
        let (rows, events) = found(path);
        println!("{}: {events} events, {} findings", path.display(), rows.len());
        assert_eq!(rows, expected, "{}", path.display());
        counts.insert(rows.len());
    }
    assert_eq!(counts, BTreeSet::from([0, 1, 2, 6]));
}
