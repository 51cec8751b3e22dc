//! PCRE's syntax → the syntax of our two engines.
//!
//! Groups lose their names (the engines forbid some that PCRE allows, and repeated ones); the names
//! are kept beside the pattern by number. `(?x)`, `(?U)` and `(?|…)` are resolved here.

mod class;
mod escape;

/// What became of a pattern.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// For the linear engine; `$` is the very end. Of a pattern that it cannot do: one that matches wherever that does.
    pub(super) linear: String,
    /// For the backtracking engine; `$` is also before a final newline.
    pub(super) fancy: String,
    /// The linear engine cannot do it.
    pub(super) backtracks: bool,
    /// There is nothing for the linear engine.
    pub(super) is_beyond: bool,
    /// The two differ, by `$`.
    pub(super) dollar: bool,
    /// Group numbers and names.
    pub(super) names: Vec<(usize, String)>,
    /// The number that PCRE gives each group of the engines, if `(?|…)` makes them differ.
    pub(super) numbers: Option<Vec<usize>>,
}

/// Translates.
pub(super) fn translate(text: &str) -> Result<Plan, String> {
    let groups = count_groups(text);
    let mut translator = Translator { chars: text.chars().collect(), total: groups, ..Translator::default() };
    translator.verbs();
    translator.run()?;
    let Translator { mut plan, numbers, resets, .. } = translator;
    plan.numbers = resets.then_some(numbers);
    Ok(plan)
}

/// Flags that are resolved here, by group.
#[derive(Debug, Default, Clone, Copy)]
struct Flags {
    multiline: bool,
    extended: bool,
    ungreedy: bool,
    repeated_names: bool,
}

/// An open group: flags to go back to, and where its text starts.
#[derive(Debug)]
struct Open {
    flags: Flags,
    starts: (usize, usize),
    /// Of `(?|`: the groups before it, and the most that an alternative so far came to.
    reset: Option<(usize, usize)>,
    /// It looks around: the linear engine goes on without it.
    looks: bool,
}

#[derive(Debug, Default)]
struct Translator {
    chars: Vec<char>,
    at: usize,
    plan: Plan,
    flags: Flags,
    open: Vec<Open>,
    /// Groups so far as PCRE numbers them, and all in the whole pattern.
    groups: usize,
    total: usize,
    /// The numbers of the groups so far.
    numbers: Vec<usize>,
    /// `(?|` was met: groups may share a number.
    resets: bool,
    /// Where the last atom starts in both texts.
    atom: Option<(usize, usize)>,
}

impl Translator {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn rest_starts(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(ahead, c)| self.peek(ahead) == Some(c))
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.rest_starts(text);
        if found {
            self.at += text.chars().count();
        }
        found
    }

    /// The text up to an end mark, which is eaten.
    fn until(&mut self, end: char) -> Result<String, String> {
        let start = self.at;
        while let Some(c) = self.peek(0) {
            self.at += 1;
            if c == end {
                return Ok(self.chars.get(start..self.at - 1).unwrap_or_default().iter().collect());
            }
        }
        Err(format!("`{end}` is missing"))
    }

    fn emit(&mut self, text: &str) {
        self.plan.linear.push_str(text);
        self.plan.fancy.push_str(text);
    }

    fn place(&self) -> (usize, usize) {
        (self.plan.linear.len(), self.plan.fancy.len())
    }

    fn atom(&mut self, text: &str) {
        self.atom = Some(self.place());
        self.emit(text);
    }

    fn literal(&mut self, c: char) {
        let text = literal(c);
        self.atom(&text);
    }

    /// `(*UTF8)` and the like at the start only set what is so anyway.
    fn verbs(&mut self) {
        while ["(*UTF8)", "(*UTF)", "(*UCP)", "(*LF)", "(*ANYCRLF)"].iter().any(|verb| self.eat(verb)) {}
    }

    fn run(&mut self) -> Result<(), String> {
        while let Some(c) = self.peek(0) {
            self.at += 1;
            match c {
                _ if self.flags.extended && c.is_ascii_whitespace() => {}
                '#' if self.flags.extended => {
                    while self.peek(0).is_some_and(|c| c != '\n') {
                        self.at += 1;
                    }
                }
                '\\' => self.escape()?,
                '[' => self.class()?,
                '(' => self.group()?,
                ')' => self.close()?,
                '|' => self.alternative(),
                '$' => self.dollar(),
                '*' | '+' | '?' => self.quantifier(c.to_string())?,
                '{' => match self.repetition() {
                    Some(repetition) => self.quantifier(repetition)?,
                    None => self.literal('{'),
                },
                '.' | '^' => self.atom(&c.to_string()),
                other => self.literal(other),
            }
        }
        if self.open.is_empty() { Ok(()) } else { Err("a `)` is missing".to_owned()) }
    }

    /// Alternatives of `(?|` number their groups alike.
    fn alternative(&mut self) {
        if let Some(Open { reset: Some((before, most)), .. }) = self.open.last_mut() {
            *most = (*most).max(self.groups);
            self.groups = *before;
        }
        self.emit("|");
        self.atom = None;
    }

    fn dollar(&mut self) {
        if self.flags.multiline {
            return self.atom("$");
        }
        self.end_or_newline();
    }

    /// The end, or before a newline that ends the text.
    fn end_or_newline(&mut self) {
        self.atom = Some(self.place());
        self.plan.dollar = true;
        self.plan.linear.push_str("\\z");
        self.plan.fancy.push_str("(?=\\n?\\z)");
    }

    /// `3}`, `3,}` or `3,5}` behind a brace; anything else means a literal brace.
    fn repetition(&mut self) -> Option<String> {
        let end = self.chars.get(self.at..)?.iter().position(|&c| c == '}')?;
        let inside: String = self.chars.get(self.at..self.at + end)?.iter().collect();
        let (least, most) = inside.split_once(',').unwrap_or((&inside, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if least.is_empty() || !digits(least) || !digits(most) {
            return None;
        }
        self.at += end + 1;
        Some(format!("{{{inside}}}"))
    }

    fn quantifier(&mut self, text: String) -> Result<(), String> {
        let Some((linear, fancy)) = self.atom else {
            return Err(format!("`{text}` has nothing to repeat"));
        };
        self.skip_extended();
        if self.eat("+") {
            self.plan.backtracks = true;
            self.emit(&text);
            self.plan.linear.insert_str(linear, "(?:");
            self.plan.fancy.insert_str(fancy, "(?>");
            self.emit(")");
            return Ok(());
        }
        let lazy = self.eat("?") != self.flags.ungreedy;
        // In groups, so that what follows is no part of the quantifier.
        self.plan.linear.insert_str(linear, "(?:");
        self.plan.fancy.insert_str(fancy, "(?:");
        self.emit(&text);
        self.emit(if lazy { "?)" } else { ")" });
        Ok(())
    }

    fn skip_extended(&mut self) {
        while self.flags.extended && self.peek(0).is_some_and(|c| c.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn open(&mut self, text: &str) {
        self.open_as(text, text, false);
    }

    /// The same where it is another for the linear engine.
    fn open_as(&mut self, linear: &str, fancy: &str, looks: bool) {
        self.open.push(Open { flags: self.flags, starts: self.place(), reset: None, looks });
        self.plan.linear.push_str(linear);
        self.plan.fancy.push_str(fancy);
        self.atom = None;
    }

    /// A group that captures.
    fn capture(&mut self) {
        self.groups += 1;
        self.numbers.push(self.groups);
        self.open("(");
    }

    fn close(&mut self) -> Result<(), String> {
        let open = self.open.pop().ok_or("a `)` closes nothing")?;
        self.flags = open.flags;
        if let Some((_, most)) = open.reset {
            self.groups = self.groups.max(most);
        }
        self.emit(")");
        if open.looks {
            self.plan.linear.truncate(open.starts.0);
        }
        self.atom = Some(open.starts);
        Ok(())
    }

    fn group(&mut self) -> Result<(), String> {
        if !self.eat("?") {
            if self.rest_starts("*") {
                return self.verb();
            }
            self.capture();
            return Ok(());
        }
        if self.eat("|") {
            self.resets = true;
            let reset = Some((self.groups, self.groups));
            self.open.push(Open { flags: self.flags, starts: self.place(), reset, looks: false });
            self.emit("(?:");
            self.atom = None;
            return Ok(());
        }
        if self.eat("#") {
            return self.until(')').map(|_| ());
        }
        for looking in ["=", "!", "<=", "<!"] {
            if self.eat(looking) {
                self.plan.backtracks = true;
                self.open_as("(?:", &format!("(?{looking}"), true);
                return Ok(());
            }
        }
        if self.eat(">") {
            self.plan.backtracks = true;
            self.open_as("(?:", "(?>", false);
            return Ok(());
        }
        if self.eat(":") {
            self.open("(?:");
            return Ok(());
        }
        if self.eat("P<") || self.eat("<") {
            return self.named('>');
        }
        if self.eat("'") {
            return self.named('\'');
        }
        if self.eat("P=") {
            let name = self.until(')')?;
            return self.reference(&name);
        }
        if self.eat("P>") || self.eat("&") {
            let name = self.until(')')?;
            return self.subroutine(&name);
        }
        if self.eat("R)") {
            return self.subroutine("0");
        }
        if self.peek(0).is_some_and(|c| c.is_ascii_digit()) {
            let number = self.until(')')?;
            return self.subroutine(&number);
        }
        if self.rest_starts("(") {
            return self.conditional();
        }
        self.flag_group()
    }

    fn verb(&mut self) -> Result<(), String> {
        let verb = self.until(')')?;
        if !matches!(verb.as_str(), "*FAIL" | "*F") {
            return Err(format!("`({verb})` is not supported"));
        }
        self.atom("[^\\s\\S]");
        Ok(())
    }

    fn named(&mut self, end: char) -> Result<(), String> {
        let name = self.until(end)?;
        let starts_well = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if !starts_well || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return Err(format!("`{name}` is no name for a group: letters, digits and `_` make names"));
        }
        // Groups of one number may, and must, have one name.
        let number = self.groups + 1;
        let is_known = self.plan.names.contains(&(number, name.clone()));
        if !is_known && !self.flags.repeated_names && self.plan.names.iter().any(|(_, known)| *known == name)
        {
            return Err(format!("two groups are named `{name}`"));
        }
        self.capture();
        if !is_known {
            self.plan.names.push((number, name));
        }
        Ok(())
    }

    fn number(&self, name: &str) -> Result<usize, String> {
        if let Some(back) = name.strip_prefix('-') {
            let back: usize = back.parse().map_err(|_| format!("no group `{name}`"))?;
            return (self.groups + 1).checked_sub(back).ok_or_else(|| format!("no group `{name}`"));
        }
        if let Ok(number) = name.parse::<usize>() {
            return if number <= self.total { Ok(number) } else { Err(format!("no group {number}")) };
        }
        let found = self.plan.names.iter().find(|(_, known)| known == name);
        found.map(|(number, _)| *number).ok_or_else(|| format!("no group named `{name}`"))
    }

    fn reference(&mut self, name: &str) -> Result<(), String> {
        let number = self.number(name)?;
        self.plan.backtracks = true;
        let groups: Vec<String> = self.groups_of(number)?.iter().map(|group| format!("\\{group}")).collect();
        self.atom = Some(self.place());
        self.plan.linear.push_str("(?s:.*)");
        self.plan.fancy.push_str(&format!("(?:{})", groups.join("|")));
        Ok(())
    }

    /// The engines' groups that have a number; a reference to one that took no part fails, so of several the
    /// one that did is meant.
    fn groups_of(&self, number: usize) -> Result<Vec<usize>, String> {
        if !self.resets {
            return Ok(vec![number]);
        }
        let groups = self.numbers.iter().zip(1..).filter(|(known, _)| **known == number);
        let groups: Vec<usize> = groups.map(|(_, group)| group).collect();
        if groups.is_empty() { Err(format!("no group {number}")) } else { Ok(groups) }
    }

    /// The one group of the engines that has a number.
    fn group_of(&self, number: usize) -> Result<usize, String> {
        match self.groups_of(number)?.as_slice() {
            [group] => Ok(*group),
            _ => Err(format!(
                "group {number} stands for several alternatives of `(?|`, which is not supported here"
            )),
        }
    }

    fn subroutine(&mut self, name: &str) -> Result<(), String> {
        let number = match self.number(name)? {
            0 => 0,
            number => self.group_of(number)?,
        };
        (self.plan.backtracks, self.plan.is_beyond) = (true, true);
        self.atom(&format!("\\g<{number}>"));
        Ok(())
    }

    /// `(?(1)yes|no)`
    fn conditional(&mut self) -> Result<(), String> {
        self.at += 1;
        if self.rest_starts("?") {
            return Err("`(?(?` conditions are not supported".to_owned());
        }
        let name = self.until(')')?;
        let number = self.group_of(self.number(name.trim_matches(['<', '>', '\'']))?)?;
        (self.plan.backtracks, self.plan.is_beyond) = (true, true);
        self.open(&format!("(?({number})"));
        Ok(())
    }

    /// `(?i)`, `(?s-m:…)`
    fn flag_group(&mut self) -> Result<(), String> {
        let before = self.flags;
        let (mut on, mut off) = (String::new(), String::new());
        let mut set = true;
        let end = loop {
            let Some(c) = self.peek(0) else { return Err("a `)` is missing".to_owned()) };
            self.at += 1;
            match c {
                '-' => set = false,
                '^' => off.push_str("ims"),
                'x' => self.flags.extended = set,
                'U' => self.flags.ungreedy = set,
                'J' => self.flags.repeated_names = set,
                'i' | 'm' | 's' => {
                    if c == 'm' {
                        self.flags.multiline = set;
                    }
                    if set { on.push(c) } else { off.push(c) }
                }
                ':' | ')' => break c,
                other => return Err(format!("`(?{other}` is not supported")),
            }
        };
        let mut flags = on;
        if !off.is_empty() {
            flags.push('-');
            flags.push_str(&off);
        }
        if end == ':' {
            self.open.push(Open { flags: before, starts: self.place(), reset: None, looks: false });
            self.emit(&format!("(?{flags}:"));
        } else if !flags.is_empty() {
            self.emit(&format!("(?{flags})"));
        }
        self.atom = None;
        Ok(())
    }
}

/// How many groups capture; a backslash hides the next character, and classes hold no groups.
fn count_groups(text: &str) -> usize {
    let chars: Vec<char> = text.chars().collect();
    let mut groups = 0;
    let mut at = 0;
    let mut class = false;
    while let Some(c) = chars.get(at) {
        let next = |ahead: usize| chars.get(at + ahead).copied();
        match c {
            '\\' => at += 1,
            '[' if !class => {
                class = true;
                at += usize::from(next(1) == Some('^'));
                at += usize::from(chars.get(at + 1) == Some(&']'));
            }
            ']' => class = false,
            '(' if !class => {
                let named = match (next(1), next(2), next(3)) {
                    (Some('?'), Some('<'), Some(c)) => c != '=' && c != '!',
                    (Some('?'), Some('P'), Some(c)) => c == '<',
                    (Some('?'), Some('\''), _) => true,
                    _ => false,
                };
                groups += usize::from(named || !matches!(next(1), Some('?' | '*')));
            }
            _ => {}
        }
        at += 1;
    }
    groups
}

/// A character as itself, wherever it stands.
fn literal(c: char) -> String {
    if c.is_alphanumeric() || c == '_' || c == ' ' || !c.is_ascii() {
        c.to_string()
    } else {
        format!("\\x{{{:X}}}", u32::from(c))
    }
}
