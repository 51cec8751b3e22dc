//! Which connections the Sysmon configuration of SwiftOnSecurity logs.

use std::sync::LazyLock;

use crate::event::Event;

/// A rule a line: `include` or `exclude`, the field, the condition, the value.
const RULES: &str = include_str!("../../scenarios/sysmon-swift.txt");

static PARSED: LazyLock<Vec<Rule>> = LazyLock::new(|| RULES.lines().filter_map(Rule::parse).collect());

struct Rule {
    includes: bool,
    field: &'static str,
    condition: &'static str,
    value: &'static str,
}

/// Whether an event 3 is logged: a rule includes it, and none excludes it.
pub(super) fn logs(event: &Event) -> bool {
    let holds = |includes: bool| PARSED.iter().any(|rule| rule.includes == includes && rule.holds(event));
    holds(true) && !holds(false)
}

impl Rule {
    fn parse(line: &'static str) -> Option<Rule> {
        let mut words = line.splitn(4, ' ');
        let (list, field, condition, value) = (words.next()?, words.next()?, words.next()?, words.next()?);
        (list != "#").then_some(Rule { includes: list == "include", field, condition, value })
    }

    /// Sysmon compares without regard to case. `image` is a whole path, or the name in it.
    fn holds(&self, event: &Event) -> bool {
        let Some(found) = event.text(self.field) else { return false };
        let (found, value) = (found.to_ascii_lowercase(), self.value.to_ascii_lowercase());
        match self.condition {
            "begins" => found.starts_with(&value),
            "ends" => found.ends_with(&value),
            "image" => found == value || found.rsplit('\\').next() == Some(value.as_str()),
            _ => found == value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_understood() {
        let lines = RULES.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(PARSED.len(), lines);
        let conditions = ["begins", "ends", "image", "is"];
        assert!(PARSED.iter().all(|rule| conditions.contains(&rule.condition)));
    }
}
