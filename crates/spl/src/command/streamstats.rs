//! `streamstats`: aggregates of the rows so far.

use super::{Command, Doc, bin};
use crate::args::OptionArg;
use crate::cursor::{Cursor, Parse};
use crate::ops::{Name, Running, Window};
use crate::span::Span;
use crate::tree::Expr;
use crate::{aggregate, expr, printer};

/// For `sluice help streamstats`.
pub(crate) const DOC: Doc = Doc {
    name: "streamstats",
    aliases: &[],
    summary: "Computes aggregates of the rows so far and writes them to each row.",
    syntax: "streamstats [current=<bool>] [window=<n>] [global=<bool>] [time_window=<span>] [reset_on_change=<bool>] \
             [reset_before=\"(<expression>)\"] [reset_after=\"(<expression>)\"] [allnum=<bool>] \
             <function>(<field>) [AS <field>], … [BY <field>, …]",
    example: "index=main | streamstats window=5 global=f avg(bytes) AS recent BY host",
    hints: &[],
    differs: &[
        ("a time window of months or longer", "an error: it has no fixed length"),
        ("without `window`", "all rows so far count; Splunk forgets after 10,000"),
    ],
};

/// `max_stream_window` of Splunk's `limits.conf`.
const WIDEST: u64 = 10_000;

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
        if let Some(text) = between_quoted_brackets(cursor) {
            return Ok(Some((name.text, condition(&text)?)));
        }
    }
    cursor.back_to(place);
    Ok(None)
}

/// `"("a == \"b\"")"`, as Splunk's reference writes it: the brackets stand in quotes, the condition does not.
fn between_quoted_brackets(cursor: &mut Cursor<'_>) -> Option<Name> {
    let place = cursor.place();
    let mut text = String::new();
    let quoted = |cursor: &mut Cursor<'_>, bracket| {
        let place = cursor.place();
        let found = cursor.eat('"') && cursor.eat(bracket) && cursor.eat('"');
        if !found {
            cursor.back_to(place);
        }
        found
    };
    if !quoted(cursor, '(') {
        return None;
    }
    let start = cursor.place();
    loop {
        let span = cursor.span_from(start);
        if quoted(cursor, ')') {
            return Some(Name::new(text, Span::new(span.start.saturating_sub(1), span.end)));
        }
        match cursor.bump() {
            Some('\\') if cursor.peek() == Some('"') => text.extend(cursor.bump()),
            Some(c) => text.push(c),
            None => break,
        }
    }
    cursor.back_to(place);
    None
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
        "window" => {
            running.window = option.integer()?;
            if running.window > WIDEST {
                return Err(option.bad(&format!("at most {WIDEST} rows")));
            }
        }
        "global" => running.global = option.boolean()?,
        "time_window" => running.time_window = Some(seconds(option)?),
        "reset_on_change" => running.reset_on_change = option.boolean()?,
        "reset_before" | "reset_after" => reset(window, name, condition(&option.value)?),
        _ => return Err(option.unknown("streamstats", &OPTIONS)),
    }
    Ok(())
}

/// An expression in the quotes of an option.
fn condition(text: &Name) -> Parse<Expr> {
    let mut cursor = Cursor::embedded(&text.text, text.span.start + 1);
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
    fn a_condition_may_stand_between_quoted_brackets() {
        let printed = r#"streamstats reset_after=(match(a, "yes")) count"#;
        prints(r#"streamstats reset_after="("match(a,\"yes\")")" count"#, printed);
        prints(r#"streamstats reset_after="(match(a,\"yes\"))" count"#, printed);
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("streamstats window=10001 count", "`window` expected at most 10000 rows, found `10001`");
        fails("streamstats windo=3 count", "`streamstats` has no option `windo`");
        fails("streamstats reset_before=\"a=\" count", "expected an expression, found end of query");
    }
}
