//! What the fields of a finding are to its reader, by their names.

/// Names for the machine, in order of preference.
pub const HOST: [&str; 4] = ["host", "dest", "Computer", "dvc"];
/// Names for the account.
pub const USER: [&str; 2] = ["User", "user"];

/// Whether a field says how it was done: `ExfilMethod`, `method`.
pub fn is_method(name: &str) -> bool {
    name == "method" || name.ends_with("Method") || name.ends_with("_method")
}

/// Whether a field says how much it weighs: `SuspicionScore`, `risk_score`.
pub fn is_score(name: &str) -> bool {
    name.ends_with("Score") || name.ends_with("_score")
}
