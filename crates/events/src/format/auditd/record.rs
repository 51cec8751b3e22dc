//! The parts of an audit record.

use super::decode;
use super::pairs::Pair;

/// A record: `node=web type=SYSCALL msg=audit(1604994496.155:92733): arch=…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record<'a> {
    pub(super) node: Option<&'a str>,
    pub(super) kind: &'a str,
    /// `audit(1604994496.155:92733):`
    pub(super) msg: &'a str,
    /// `1604994496.155`
    pub(super) moment: &'a str,
    /// What comes after.
    pub(super) body: &'a str,
}

/// EINPROGRESS and EALREADY, as a system call returns them.
const IN_PROGRESS: [&str; 4] = ["exit=-115 ", "exit=-114 ", "exit=EINPROGRESS", "exit=EALREADY"];

/// Fields that the kernel or a program writes in hexadecimal where they hold a character that is special: the table
/// of escaped fields in `auparse/typetab.h` of the audit project.
const ENCODED: &[&str] = &[
    "acct",
    "cgroup",
    "cmd",
    "comm",
    "cwd",
    "data",
    "device",
    "dir",
    "exe",
    "file",
    "grp",
    "hook",
    "invalid_context",
    "key",
    "kernel",
    "name",
    "new-chardev",
    "new-disk",
    "new-fs",
    "new-rng",
    "new_group",
    "ocomm",
    "old-chardev",
    "old-disk",
    "old-fs",
    "old-rng",
    "path",
    "proctitle",
    "root_dir",
    "sw",
    "vm",
    "watch",
];

impl<'a> Record<'a> {
    pub(super) fn parse(line: &'a str) -> Option<Self> {
        let (node, line) = match line.strip_prefix("node=") {
            Some(named) => named.split_once(' ').map(|(node, line)| (Some(node), line))?,
            None => (None, line),
        };
        let (kind, line) = line.strip_prefix("type=")?.split_once(' ')?;
        let msg = line.strip_prefix("msg=")?;
        let inner = msg.strip_prefix("audit(")?;
        let (stamp, _) = inner.split_once(')')?;
        let (moment, _serial) = stamp.rsplit_once(':')?;
        // `audit(…)` and the colon, which may be missing.
        let end = "audit(".len() + stamp.len() + 1;
        let end = if msg.get(end..)?.starts_with(':') { end + 1 } else { end };
        let (msg, body) = msg.split_at_checked(end)?;
        Some(Self { node, kind, msg, moment, body })
    }

    /// Seconds since 1970 UTC.
    pub(super) fn seconds(&self) -> Option<f64> {
        let is_number = self.moment.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        self.moment.parse().ok().filter(|_| is_number)
    }

    /// Whether a system call did what it was asked to.
    pub(super) fn action(&self) -> Option<&'static str> {
        if self.kind != "SYSCALL" {
            return None;
        }
        let has = |text: &&str| self.body.contains(*text);
        if has(&" success=yes") || IN_PROGRESS.iter().any(has) {
            return Some("success");
        }
        has(&" success=no").then_some("failure")
    }

    /// Whether a value is written in hexadecimal. What is in quotes never is.
    pub(super) fn is_encoded(&self, pair: &Pair<'_>) -> bool {
        if pair.is_quoted || !decode::is_hex(pair.value) {
            return false;
        }
        let argument = pair.key.strip_prefix('a').filter(|_| self.kind == "EXECVE");
        ENCODED.contains(&pair.key)
            || argument.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    }
}
