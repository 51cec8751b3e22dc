//! Connections that are not hits: the browser, the port or the address excludes them.

use crate::program::{self, Program};
use crate::random::Random;
use crate::value::Text;

/// Programs that talk to the network; the first are the browsers and services the query excludes.
pub(super) const PROGRAMS: [Program; 14] = [
    program::CHROME,
    program::EDGE,
    program::FIREFOX,
    program::SVCHOST,
    program::SERVICES,
    program::ONEDRIVE,
    program::OUTLOOK,
    program::TEAMS,
    program::JAVA,
    program::PYTHON,
    program::GIT,
    program::AGENT,
    program::BILLING,
    program::CODE,
];

const EXCLUDED: [&str; 5] = ["chrome.exe", "msedge.exe", "firefox.exe", "svchost.exe", "services.exe"];
/// Ports that the query lists as plaintext.
const LISTED: [u16; 8] = [21, 25, 80, 80, 110, 143, 8080, 8000];
const UNLISTED: [u16; 12] = [443, 443, 443, 443, 443, 8443, 993, 587, 22, 3389, 123, 5228];
const INSIDE: [u16; 9] = [445, 389, 88, 135, 3268, 53, 443, 5985, 1433];

/// An address and a port that this program may connect to.
pub(super) fn destination(random: &mut Random, program: &Program) -> (Text, u16) {
    let is_excluded = EXCLUDED.contains(&program.file_name());
    match random.below(10) {
        0..2 => (inside(random), *random.pick(&LISTED)),
        2..5 => (inside(random), *random.pick(&INSIDE)),
        5 => (outside_v6(random), 443),
        6 if is_excluded => (outside(random), *random.pick(&LISTED)),
        _ => (outside(random), *random.pick(&UNLISTED)),
    }
}

fn inside(random: &mut Random) -> Text {
    let (third, fourth) = (random.below(255), random.between(1, 255));
    match random.below(4) {
        0 => format!("172.{}.{third}.{fourth}", random.between(16, 32)).into(),
        1 => format!("192.168.{third}.{fourth}").into(),
        _ => format!("10.{}.{third}.{fourth}", random.below(255)).into(),
    }
}

/// One of the three documentation networks.
pub(super) fn outside(random: &mut Random) -> Text {
    let net = random.pick(&["192.0.2", "198.51.100", "203.0.113"]);
    format!("{net}.{}", random.between(1, 255)).into()
}

/// In the documentation network of IPv6, as Sysmon prints it.
fn outside_v6(random: &mut Random) -> Text {
    format!("2001:db8:{:x}:0:0:0:0:{:x}", random.between(1, 65_535), random.between(1, 65_535)).into()
}
