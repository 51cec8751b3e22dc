//! The query of the T1048.003 package, written down a second time with the `regex` crate.
//!
//! A field that is missing is null: a match of null is false where it decides, as in Splunk.

use regex::Regex;
use sluice_samples::event::Event;

/// How the query reads its first line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// OR binds tighter than AND in Splunk's search, so that only event 3 is left.
    AsWritten,
    /// Events 1 and 3, as the author meant.
    AsIntended,
}

/// What the query says about a hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) method: &'static str,
    pub(crate) score: u8,
}

/// The query with its regular expressions compiled.
pub(crate) struct Seed {
    ftp_image: Regex,
    ftp_line: Regex,
    http_image: Regex,
    http_line: Regex,
    http_scheme: Regex,
    dns_image: Regex,
    dns_line: Regex,
    smtp_image: Regex,
    smtp_line: Regex,
    smtp_option: Regex,
    port: Regex,
    private: Regex,
    browser: Regex,
}

impl Seed {
    pub(crate) fn new() -> Self {
        let regex = |text: &str| Regex::new(text).expect("the pattern is a constant");
        Seed {
            ftp_image: regex(r"(?i)(ftp\.exe|winscp\.exe|filezilla\.exe|ncftp|lftp)"),
            ftp_line: regex(r"(?i)(ftp://|--ftp-upload|--upload-file|-T ftp|STOR )"),
            http_image: regex(r"(?i)(curl\.exe|wget\.exe)"),
            http_line: regex(
                r"(?i)(--upload-file|-T http://|--data-binary|--data @|-d @|--form|-F file=|multipart)",
            ),
            http_scheme: regex("http://"),
            dns_image: regex(r"(?i)(nslookup\.exe|dnscat|iodine|dns2tcp|dnstunnel)"),
            dns_line: regex("(?i)(dnscat|iodine|dns2tcp)"),
            smtp_image: regex(r"(?i)(blat\.exe|swaks|sendmail|msmtp)"),
            smtp_line: regex("(?i)(smtp|Send-MailMessage|sendmail)"),
            smtp_option: regex("(?i)(-attach|--attach|-to |--to |-server)"),
            port: regex("^(21|25|69|80|110|143|8080|8000|8888|2121)$"),
            private: regex(r"^(10\.|172\.(1[6-9]|2[0-9]|3[01])\.|192\.168\.)"),
            browser: regex(
                r"(?i)(chrome\.exe|firefox\.exe|msedge\.exe|iexplore\.exe|svchost\.exe|services\.exe)",
            ),
        }
    }

    /// The verdict on an event of a log with the right sourcetype, if it is a hit.
    pub(crate) fn verdict(&self, event: &Event, reading: Reading) -> Option<Verdict> {
        let is_read = event.event_id == 3 || (event.event_id == 1 && reading == Reading::AsIntended);
        if !is_read {
            return None;
        }
        let field = |name: &str, regex: &Regex| event.text(name).is_some_and(|text| regex.is_match(&text));
        let image = |regex: &Regex| field("Image", regex);
        let line = |regex: &Regex| field("CommandLine", regex);
        let ftp = image(&self.ftp_image) || line(&self.ftp_line);
        let http = image(&self.http_image) && line(&self.http_line) && line(&self.http_scheme);
        let dns = image(&self.dns_image) || line(&self.dns_line);
        let smtp = image(&self.smtp_image) || (line(&self.smtp_line) && line(&self.smtp_option));
        let plaintext = event.event_id == 3
            && field("DestinationPort", &self.port)
            && !field("DestinationIp", &self.private)
            && !image(&self.browser);
        let methods = [
            (ftp, "FTP"),
            (http, "HTTP_Upload"),
            (dns, "DNS_Tunnel"),
            (smtp, "SMTP"),
            (plaintext, "Plaintext_Network"),
        ];
        let method = methods.iter().find(|(is, _)| *is)?.1;
        let score = [ftp, http, dns, smtp].into_iter().map(u8::from).sum();
        Some(Verdict { method, score })
    }
}
