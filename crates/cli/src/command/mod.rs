//! One file per subcommand.

pub(crate) mod check;
pub(crate) mod help;
pub(crate) mod inputs;
pub(crate) mod report;
pub(crate) mod scan;
pub(crate) mod search;
pub(crate) mod test;
