//! `streamstats`: aggregates of the rows so far.

use super::{Command, Doc, bin};
use crate::args::OptionArg;
use crate::cursor::{Cursor, Parse};
use crate::ops::{Running, Window};
use crate::tree::Expr;
use crate::{aggregate, expr, printer};

/// For `sluice help streamstats`.
pub(crate) const DOC: Doc = Doc {
    name: "streamstats",
    aliases: &[],
    summary: "Computes aggregates of the rows so far and writes them to each row.",
    syntax: "streamstats [current=<bool>] [window=<n>] [global=<bool>] [time_window=<span>] [reset_on_change=<bool>] \
             [reset_before=\"(<expression>)\"] [reset_after=\"(<expression>)\"] \
             <function>(<field>) [AS <field>], … [BY <field>, …]",
    example: "index=main | streamstats window=5 global=f avg(bytes) AS recent BY host",
    hints: &[],
    differs: &[
        ("allnum=", "only `false`, its default"),
        ("without `window`", "all rows so far count; Splunk forgets after 10,000"),
    ],
};

const OPTIONS: [&str; 8] = [
    "allnum",
    "current",
    "global",
    "reset_after",
    "reset_before",
    "reset_on_change",
    "time_window",
    "window",
];

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let running = Running {
        current: true,
        window: 0,
        global: true,
        time_window: None,
        reset_on_change: false,
        reset_before: None,
        reset_after: None,
    };
    let mut window = Window { calls: Vec::new(), by: Vec::new(), running: Some(running), allnum: false };
    options(cursor, &mut window)?;
    window.calls = aggregate::calls(cursor, "streamstats")?;
    options(cursor, &mut window)?;
    window.by = aggregate::by(cursor)?;
    options(cursor, &mut window)?;
    Ok(Command::StreamStats(window))
}

fn options(cursor: &mut Cursor<'_>, window: &mut Window) -> Parse<()> {
    loop {
        if let Some((name, condition)) = bracketed_condition(cursor)? {
            reset(window, &name, condition);
            continue;
        }
        match cursor.option()? {
            Some(option) => set(window, &option)?,
            None => return Ok(()),
        }
    }
}

/// `reset_before=(…)`, written without the quotes.
fn bracketed_condition(cursor: &mut Cursor<'_>) -> Parse<Option<(String, Expr)>> {
    let place = cursor.place();
    if let Some(name) = cursor.option_name().filter(|name| name.text.starts_with("reset_")) {
        cursor.skip_space();
        if cursor.peek() == Some('(') {
            return Ok(Some((name.text, cursor.bracketed(expr::parse)?)));
        }
    }
    cursor.back_to(place);
    Ok(None)
}

fn reset(window: &mut Window, name: &str, condition: Expr) {
    if let Some(running) = &mut window.running {
        let slot = if name == "reset_before" { &mut running.reset_before } else { &mut running.reset_after };
        *slot = Some(condition);
    }
}

fn set(window: &mut Window, option: &OptionArg) -> Parse<()> {
    let name = option.name.text.as_str();
    if name == "allnum" {
        window.allnum = option.boolean()?;
        return Ok(());
    }
    let Some(running) = &mut window.running else { return Ok(()) };
    match name {
        "current" => running.current = option.boolean()?,
        "window" => running.window = option.integer()?,
        "global" => running.global = option.boolean()?,
        "time_window" => running.time_window = Some(seconds(option)?),
        "reset_on_change" => running.reset_on_change = option.boolean()?,
        "reset_before" | "reset_after" => reset(window, name, condition(option)?),
        _ => return Err(option.unknown("streamstats", &OPTIONS)),
    }
    Ok(())
}

/// An expression in the quotes of an option.
fn condition(option: &OptionArg) -> Parse<Expr> {
    let mut cursor = Cursor::embedded(&option.value.text, option.value.span.start + 1);
    let condition = expr::parse(&mut cursor)?;
    cursor.skip_space();
    match cursor.peek() {
        None => Ok(condition),
        Some(_) => Err(cursor.expected("end of expression")),
    }
}

fn seconds(option: &OptionArg) -> Parse<f64> {
    let (number, unit) = bin::span(option)?;
    let unit = match unit.as_str() {
        "" | "s" => 1.0,
        "us" => 1e-6,
        "ms" => 1e-3,
        "cs" => 1e-2,
        "ds" => 1e-1,
        "m" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        "w" => 604_800.0,
        _ => return Err(option.bad("a span of at most weeks")),
    };
    Ok(number * unit)
}

/// The arguments as text.
pub(crate) fn print(window: &Window) -> String {
    let mut out = String::new();
    if let Some(running) = &window.running {
        out += &print_running(running);
    }
    if window.allnum {
        out += "allnum=true ";
    }
    out + &aggregate::print(&window.calls, &window.by)
}

fn print_running(running: &Running) -> String {
    let mut out = String::new();
    for (name, set) in [("current", running.current), ("global", running.global)] {
        if !set {
            out += &format!("{name}=false ");
        }
    }
    if running.window > 0 {
        out += &format!("window={} ", running.window);
    }
    if let Some(seconds) = running.time_window {
        out += &format!("time_window={seconds}s ");
    }
    if running.reset_on_change {
        out += "reset_on_change=true ";
    }
    for (name, condition) in [("reset_before", &running.reset_before), ("reset_after", &running.reset_after)]
    {
        if let Some(condition) = condition {
            out += &format!("{name}=({}) ", printer::expr::expr(condition));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn the_window_has_many_options() {
        prints("streamstats count", "streamstats count");
        prints(
            "streamstats current=f window=3 global=f time_window=2m sum(a) by b",
            "streamstats current=false global=false window=3 time_window=120s sum(a) BY b",
        );
        prints(
            r#"streamstats reset_after="(action==\"REBOOT\")" reset_on_change=t count"#,
            r#"streamstats reset_on_change=true reset_after=(action="REBOOT") count"#,
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("streamstats windo=3 count", "`streamstats` has no option `windo`");
        fails("streamstats reset_before=\"a=\" count", "expected an expression, found end of query");
    }
}
