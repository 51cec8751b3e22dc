//! `transaction`: events that belong together as one.

use super::{Command, Doc, bin, search};
use crate::args::OptionArg;
use crate::code;
use crate::cursor::{Cursor, Parse};
use crate::diagnostic::Diagnostic;
use crate::ops::{Boundary, Lists, Name, Session};
use crate::printer::name::{fields, quote};
use crate::span::Span;
use crate::time_range;
use crate::tree::Search;
use crate::{expr, predicate, printer};

/// For `sluice help transaction`.
pub(crate) const DOC: Doc = Doc {
    name: "transaction",
    aliases: &["transam"],
    summary: "Makes one event of those that agree in fields, lie close together, or lie between a first and a last one.",
    syntax: "transaction [<field>, …] [maxspan=<span>] [maxpause=<span>] [maxevents=<n>] [startswith=<condition>] \
             [endswith=<condition>] [connected=<bool>] [unifyends=<bool>] [keeporphans=<bool>] [keepevicted=<bool>] \
             [maxopentxn=<n>] [maxopenevents=<n>] [mvlist=<bool>|<field>, …] [mvraw=<bool>] [delim=<text>] \
             [nullstr=<text>], with a condition of \"<search>\", (<search>) or eval(<expression>)",
    example: "index=main | transaction user startswith=(EventCode=4624) endswith=(EventCode=4634) maxspan=8h",
    hints: &[],
    differs: &[("name=", "is an error: transactiontypes.conf is not read")],
};

const OPTIONS: [&str; 15] = [
    "connected",
    "delim",
    "endswith",
    "keepevicted",
    "keeporphans",
    "maxevents",
    "maxopenevents",
    "maxopentxn",
    "maxpause",
    "maxspan",
    "mvlist",
    "mvraw",
    "nullstr",
    "startswith",
    "unifyends",
];

/// Defaults of Splunk; the last two are those of `limits.conf`.
const MAX_EVENTS: u64 = 1_000;
const MAX_OPEN_SESSIONS: u64 = 5_000;
const MAX_OPEN_EVENTS: u64 = 100_000;
const DELIM: &str = " ";
const NULL: &str = "NULL";

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut session = Session {
        fields: Vec::new(),
        max_span: None,
        max_pause: None,
        max_events: Some(MAX_EVENTS),
        starts_with: None,
        ends_with: None,
        connected: true,
        unify_ends: true,
        keep_orphans: false,
        keep_evicted: false,
        max_open_sessions: MAX_OPEN_SESSIONS,
        max_open_events: MAX_OPEN_EVENTS,
        lists: Lists::None,
        raw_list: false,
        delim: DELIM.to_owned(),
        null: NULL.to_owned(),
    };
    let mut unify_ends = None;
    while !cursor.at_command_end() {
        if let Some((at_start, boundary)) = boundary(cursor)? {
            *(if at_start { &mut session.starts_with } else { &mut session.ends_with }) = Some(boundary);
        } else if let Some(option) = cursor.option()? {
            match option.name.text.as_str() {
                "unifyends" => unify_ends = Some(option.boolean()?),
                _ => set(&mut session, &option)?,
            }
        } else {
            session.fields.extend(cursor.fields(&[])?.iter().flat_map(split));
        }
    }
    session.unify_ends = unify_ends.unwrap_or(session.connected);
    Ok(Command::Transaction(Box::new(session)))
}

/// A list of fields may stand in quotes, `"host,cookie"`.
fn split(name: &Name) -> Vec<Name> {
    let names = name.text.split(',').map(str::trim).filter(|part| !part.is_empty());
    names.map(|part| Name::new(part, name.span)).collect()
}

/// `startswith=…` or `endswith=…`, and which of the two.
fn boundary(cursor: &mut Cursor<'_>) -> Parse<Option<(bool, Boundary)>> {
    let place = cursor.place();
    let at_start = match cursor.option_name().map(|name| name.text).as_deref() {
        Some("startswith") => true,
        Some("endswith") => false,
        _ => {
            cursor.back_to(place);
            return Ok(None);
        }
    };
    condition(cursor).map(|condition| Some((at_start, condition)))
}

fn condition(cursor: &mut Cursor<'_>) -> Parse<Boundary> {
    cursor.skip_space();
    let start = cursor.place();
    let search = match cursor.peek() {
        Some('"') => quoted(cursor)?,
        Some('(') => cursor.bracketed(predicate::parse)?,
        _ if cursor.at_keyword("eval") => {
            cursor.word();
            cursor.skip_space();
            if cursor.peek() != Some('(') {
                return Err(cursor.expected("`(`"));
            }
            return cursor.bracketed(expr::parse).map(Boundary::Where);
        }
        _ => predicate::one(cursor)?,
    };
    check(&search, cursor.span_from(start)).map(|()| Boundary::Search(search))
}

/// `"a=1 b"`: the string holds a search.
fn quoted(cursor: &mut Cursor<'_>) -> Parse<Search> {
    let text = cursor.quoted()?;
    let mut inside = Cursor::embedded(&text.text, text.span.start + 1);
    let search = predicate::parse(&mut inside)?;
    match inside.peek() {
        None => Ok(search),
        Some(_) => Err(inside.expected("end of search")),
    }
}

/// One event is looked at: neither time ranges nor subsearches have a place here.
fn check(search: &Search, span: Span) -> Parse<()> {
    let refused = |what: &str| {
        Diagnostic::error(code::BAD_OPTION, span, format!("the condition of a transaction holds {what}"))
            .with_label(format!("{what} has no meaning here"))
            .with_help("compare the event's own fields")
    };
    if !search::subsearches(search).is_empty() {
        return Err(refused("a subsearch"));
    }
    match time_range::split(search) {
        Ok((_, range)) if range == Default::default() => Ok(()),
        _ => Err(refused("a time range")),
    }
}

fn set(session: &mut Session, option: &OptionArg) -> Parse<()> {
    match option.name.text.as_str() {
        "fields" => session.fields.extend(split(&option.value)),
        "maxspan" => session.max_span = seconds(option)?,
        "maxpause" => session.max_pause = seconds(option)?,
        "maxevents" => session.max_events = if is_negative(option) { None } else { Some(option.integer()?) },
        "connected" => session.connected = option.boolean()?,
        "keeporphans" => session.keep_orphans = option.boolean()?,
        "keepevicted" => session.keep_evicted = option.boolean()?,
        "maxopentxn" => session.max_open_sessions = at_least_one(option)?,
        "maxopenevents" => session.max_open_events = at_least_one(option)?,
        "mvlist" => {
            session.lists = match option.boolean() {
                Ok(true) => Lists::All,
                Ok(false) => Lists::None,
                Err(_) => Lists::Of(names(&option.value)),
            }
        }
        "mvraw" => session.raw_list = option.boolean()?,
        "delim" => session.delim.clone_from(&option.value.text),
        "nullstr" => session.null.clone_from(&option.value.text),
        "name" => return Err(unread(option)),
        _ => return Err(option.unknown("transaction", &OPTIONS)),
    }
    Ok(())
}

fn names(value: &Name) -> Vec<Name> {
    let names = value.text.split([',', ' ']).filter(|part| !part.is_empty());
    names.map(|part| Name::new(part, value.span)).collect()
}

fn is_negative(option: &OptionArg) -> bool {
    option.value.text.starts_with('-') && option.value.text.parse::<i64>().is_ok()
}

fn at_least_one(option: &OptionArg) -> Parse<u64> {
    option.integer().ok().filter(|number| *number > 0).ok_or_else(|| option.bad("a whole number from 1"))
}

/// A span of seconds, minutes, hours or days; a negative one is none.
fn seconds(option: &OptionArg) -> Parse<Option<f64>> {
    if option.value.text.starts_with('-') {
        return Ok(None);
    }
    let (number, unit) = bin::span(option)?;
    let unit = match unit.as_str() {
        "" | "s" => 1.0,
        "m" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        _ => return Err(option.bad("a span of seconds, minutes, hours or days, such as `30s`")),
    };
    Ok(Some(number * unit))
}

fn unread(option: &OptionArg) -> Diagnostic {
    let message = "`name` is not honoured here: transactiontypes.conf is not read";
    Diagnostic::error(code::BAD_OPTION, option.name.span, message)
        .with_label("not read here")
        .with_help("write its settings here, for example `maxspan=30m`")
}

/// The arguments as text.
pub(crate) fn print(session: &Session) -> String {
    let mut parts = Vec::new();
    if !session.fields.is_empty() {
        parts.push(fields(&session.fields));
    }
    parts.extend(session.max_span.map(|seconds| format!("maxspan={seconds}s")));
    parts.extend(session.max_pause.map(|seconds| format!("maxpause={seconds}s")));
    match session.max_events {
        Some(MAX_EVENTS) => {}
        Some(most) => parts.push(format!("maxevents={most}")),
        None => parts.push("maxevents=-1".to_owned()),
    }
    parts.extend(session.starts_with.as_ref().map(|start| format!("startswith={}", print_boundary(start))));
    parts.extend(session.ends_with.as_ref().map(|end| format!("endswith={}", print_boundary(end))));
    let flags = [
        ("connected", session.connected, true),
        ("unifyends", session.unify_ends, session.connected),
        ("keeporphans", session.keep_orphans, false),
        ("keepevicted", session.keep_evicted, false),
        ("mvraw", session.raw_list, false),
    ];
    parts.extend(
        flags.iter().filter(|(_, set, default)| set != default).map(|(name, set, _)| format!("{name}={set}")),
    );
    parts.extend(print_rendering(session));
    parts.join(" ")
}

fn print_boundary(boundary: &Boundary) -> String {
    match boundary {
        Boundary::Search(search) => format!("({})", printer::search::search(search)),
        Boundary::Where(expr) => format!("eval({})", printer::expr::expr(expr)),
    }
}

fn print_rendering(session: &Session) -> Vec<String> {
    let mut parts = Vec::new();
    if session.max_open_sessions != MAX_OPEN_SESSIONS {
        parts.push(format!("maxopentxn={}", session.max_open_sessions));
    }
    if session.max_open_events != MAX_OPEN_EVENTS {
        parts.push(format!("maxopenevents={}", session.max_open_events));
    }
    match &session.lists {
        Lists::None => {}
        Lists::All => parts.push("mvlist=true".to_owned()),
        Lists::Of(names) => {
            let names: Vec<_> = names.iter().map(|name| name.text.as_str()).collect();
            parts.push(format!("mvlist={}", quote(&names.join(","))));
        }
    }
    if session.delim != DELIM {
        parts.push(format!("delim={}", quote(&session.delim)));
    }
    if session.null != NULL {
        parts.push(format!("nullstr={}", quote(&session.null)));
    }
    parts
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn fields_and_limits() {
        prints("transaction", "transaction");
        prints(
            "transaction host cookie maxspan=30s maxpause=5",
            "transaction host, cookie maxspan=30s maxpause=5s",
        );
        prints("transaction fields=\"a,b\" maxevents=-1 maxspan=-1", "transaction a, b maxevents=-1");
        prints("transam user maxspan=2m", "transaction user maxspan=120s");
        prints("transaction user connected=false", "transaction user connected=false");
        prints("transaction a connected=f unifyends=t", "transaction a connected=false unifyends=true");
        prints("transaction mvlist=\"a, b\" mvraw=t", "transaction mvraw=true mvlist=\"a,b\"");
        prints(
            "transaction mvlist=t delim=\";\" nullstr=\"-\"",
            "transaction mvlist=true delim=\";\" nullstr=\"-\"",
        );
    }

    #[test]
    fn conditions_are_searches_or_expressions() {
        prints(
            "transaction u startsWith=(Op=\"Enable account\") endsWith=(Op=\"x (y)\") maxspan=2m",
            "transaction u maxspan=120s startswith=(Op=\"Enable account\") endswith=(Op=\"x (y)\")",
        );
        prints("transaction startswith=\"view\" u", "transaction u startswith=(view)");
        prints("transaction startswith=\"a=1 b\"", "transaction startswith=(a=1 b)");
        prints(
            "transaction startswith=login endswith=a=\"b c\"",
            "transaction startswith=(login) endswith=(a=\"b c\")",
        );
        prints("transaction endswith=eval(a < b)", "transaction endswith=eval(a < b)");
    }

    #[test]
    fn what_is_wrong_is_named() {
        fails("transaction a maxspn=3s", "`transaction` has no option `maxspn`");
        fails("transaction name=web", "`name` is not honoured here: transactiontypes.conf is not read");
        fails(
            "transaction a maxspan=3mon",
            "`maxspan` expected a span of seconds, minutes, hours or days, such as `30s`, found `3mon`",
        );
        fails("transaction startswith=eval x", "expected `(`, found `x`");
        fails("transaction startswith=(earliest=-1h)", "the condition of a transaction holds a time range");
        fails("transaction endswith=([search a])", "the condition of a transaction holds a subsearch");
        fails("transaction maxopentxn=0", "`maxopentxn` expected a whole number from 1, found `0`");
    }
}
