//! The fields that apps find in events, as commands between the events and the search.
//!
//! Only fields that a query names are found, and what those need. The order is Splunk's (Knowledge Manager Manual,
//! "The sequence of search-time operations"): the sourcetype's other name, EXTRACT, REPORT, KV_MODE, FIELDALIAS, EVAL,
//! LOOKUP, event types, tags. It is walked from the end, since the later may need the earlier.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use sluice_events::field;
use sluice_events::inputs::{Inputs, Options};
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::ops::{Assignment, Extend, Lookup, Name, Op};
use sluice_spl::span::Span;
use sluice_spl::tree::{Expr, ExprKind, Search};

use super::Knowledge;
use super::extraction::Extraction;
use super::labels::{EVENT_TYPE, TAG, TAG_OF, is_label};
use super::props::{RENAME, Setting, Stanza, call, choose, exclusive, keys, named, setting, text, values};
use crate::error::Result;
use crate::lower::capture::{FIRST, KEYS};
use crate::needed::Needed;

/// What begins the names of columns that are here and nowhere else.
pub(crate) const ASIDE: &str = "\0aside ";

/// Fields within whose text others are looked for, one within another.
const MAX_DEPTH: usize = 64;

/// The sourcetype before it got another name.
const OWN_SOURCETYPE: &str = "_sourcetype";

impl Knowledge {
    /// The search with its event types and tags replaced by what they stand for; `None` if it is not to be.
    ///
    /// # Errors
    /// When one of them is wrong.
    pub(crate) fn expand(&self, search: &Search) -> Result<Option<Search>, Diagnostic> {
        self.labels.expand(search, &self.macros)
    }

    /// The commands that find the fields of these names in events of these inputs; none where the events' own
    /// fields are all there is.
    ///
    /// # Errors
    /// When what an app says of one of them is wrong.
    pub(crate) fn derive(
        &self,
        names: &BTreeSet<String>,
        inputs: &Inputs,
        options: &Options,
    ) -> Result<Vec<Op>> {
        let stanzas = self.props.about(&inputs.inputs, options);
        let mut needed = Needed { all: false, names: names.clone() };
        needed.names.retain(|name| is_label(name) || !field::is_metadata(name));
        let gives_all = inputs.inputs.iter().all(|input| input.format.gives_all_fields());
        let looks_for_names = inputs.inputs.is_empty() || !gives_all;
        let extractions = [INLINE, "REPORT-"].into_iter().flat_map(|prefix| keys(&stanzas, prefix));
        let extractions = extractions.map(|key| Finding::new(key, values(&stanzas, key))).collect();
        let mut derivation = Derivation { knowledge: self, stanzas, extractions, needed, looks_for_names };
        let mut stages = vec![
            derivation.labels()?,
            derivation.lookups()?,
            derivation.calculated()?,
            derivation.aliases()?,
        ];
        stages.push(derivation.extracted()?);
        let is_asked = [field::SOURCETYPE, OWN_SOURCETYPE].iter().any(|name| names.contains(*name));
        if is_asked || stages.iter().any(|stage| !stage.is_empty()) {
            stages.push(derivation.renamed());
        }
        Ok(stages.into_iter().rev().flatten().collect())
    }
}

struct Derivation<'a> {
    knowledge: &'a Knowledge,
    stanzas: Vec<&'a Stanza>,
    /// The settings that find fields in texts, in their order.
    extractions: Vec<Finding<'a>>,
    needed: Needed,
    /// Some events may have fields in their text that their reader does not give.
    looks_for_names: bool,
}

/// A setting that finds fields in texts.
struct Finding<'a> {
    key: &'a str,
    /// Its value by stanza.
    values: Vec<(&'a Stanza, &'a str)>,
    /// What its regular expressions may call groups, if it has them itself.
    names: Option<HashSet<&'a str>>,
}

impl<'a> Finding<'a> {
    fn new(key: &'a str, values: Vec<(&'a Stanza, &'a str)>) -> Self {
        let names = |text: &'a str| text.split(['<', '\'']).skip(1).map(word);
        let names =
            key.starts_with(INLINE).then(|| values.iter().flat_map(|(_, text)| names(text)).collect());
        Self { key, values, names }
    }

    fn may_find(&self, name: &str) -> bool {
        self.names.as_ref().is_none_or(|names| names.contains(name))
    }
}

/// What the keys of settings begin with that have a regular expression themselves.
const INLINE: &str = "EXTRACT-";

/// The letters, digits and underscores that a text begins with.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

impl Derivation<'_> {
    /// Fields that are needed and that apps may find: what an event is called is its own.
    fn wanted(&self) -> Vec<String> {
        self.needed.names.iter().filter(|name| !field::is_metadata(name)).cloned().collect()
    }

    fn labels(&mut self) -> Result<Vec<Op>, Diagnostic> {
        let knowledge = self.knowledge;
        let (labels, macros) = (&knowledge.labels, &knowledge.macros);
        let mut assignments = Vec::new();
        for name in self.wanted().into_iter().filter(|name| is_label(name)) {
            let found = match name.as_str() {
                EVENT_TYPE => labels.event_types(macros, Span::default())?,
                TAG => labels.tags(None, macros, Span::default())?,
                of => labels.tags(of.strip_prefix(TAG_OF), macros, Span::default())?,
            };
            if found.is_empty() {
                continue;
            }
            let mut all = vec![named(&name)];
            for (label, search) in found {
                self.needed.search(&search);
                let holds = call("searchmatch", vec![text(&sluice_spl::print_search(&search))]);
                all.push(call("if", vec![holds, text(label), call("null", Vec::new())]));
            }
            let expr = call("mvdedup", vec![call("mvappend", all)]);
            assignments.push(assignment(&name, expr));
        }
        Ok(extend(assignments))
    }

    fn lookups(&mut self) -> Result<Vec<Op>> {
        let mut stages = Vec::new();
        for key in keys(&self.stanzas, "LOOKUP").into_iter().rev() {
            for (number, one) in exclusive(setting(&self.stanzas, key)).into_iter().enumerate().rev() {
                stages.push(self.lookup(key, number, &one)?);
            }
        }
        Ok(stages.into_iter().rev().flatten().collect())
    }

    /// A lookup of the events that a stanza is about: its keys are copies that other events lack, and what it
    /// finds is put aside until it is known whether it replaces what is there.
    fn lookup(&mut self, key: &str, number: usize, one: &Setting<'_>) -> Result<Vec<Op>> {
        let mut lookup = self.parse_lookup(one).map_err(|why| wrong(one.stanza, key, &why))?;
        lookup.outputs.retain(|(_, field)| self.needed.names.contains(&field.text));
        if lookup.outputs.is_empty() {
            return Ok(Vec::new());
        }
        let aside = |field: &str| format!("{ASIDE}{key} {number} {field}");
        let mut keys = Vec::new();
        for (_, field) in &mut lookup.keys {
            let copy = aside(&field.text);
            let otherwise = call("null", Vec::new());
            let expr = choose(vec![(one.condition.clone(), named(&field.text))], otherwise);
            self.needed.expr(&expr);
            keys.push(assignment(&copy, expr));
            field.text = copy;
        }
        let mut outputs = Vec::new();
        for (_, field) in &mut lookup.outputs {
            let found = format!("{} found", aside(&field.text));
            let expr = match lookup.keep_existing {
                true => call("coalesce", vec![named(&field.text), named(&found)]),
                false => choose(vec![(one.condition.clone(), named(&found))], named(&field.text)),
            };
            outputs.push(assignment(&field.text, expr));
            field.text = found;
        }
        lookup.keep_existing = false;
        Ok([extend(keys), vec![Op::Lookup(lookup)], extend(outputs)].concat())
    }

    /// `LOOKUP-class` is written as the command is; without outputs it gives all columns that are no keys.
    fn parse_lookup(&self, one: &Setting<'_>) -> Result<Lookup, String> {
        let first = |errors: Vec<Diagnostic>| {
            errors.into_iter().next().map_or_else(String::new, |error| error.message)
        };
        let parsed = sluice_spl::parse(&format!("| makeresults | lookup {}", one.value));
        let errors: Vec<_> = parsed.diagnostics.into_iter().filter(Diagnostic::is_error).collect();
        if !errors.is_empty() {
            return Err(first(errors));
        }
        let ops = sluice_spl::to_ops(&parsed.pipeline).map_err(first)?;
        let Some(Op::Lookup(mut lookup)) = ops.into_iter().nth(1) else {
            return Err("it is not a lookup".to_owned());
        };
        let place = |name: &mut Name| name.span = Span::default();
        place(&mut lookup.name);
        lookup.keys.iter_mut().chain(&mut lookup.outputs).for_each(|(column, field)| {
            place(column);
            place(field);
        });
        if lookup.outputs.is_empty() {
            let name = &lookup.name.text;
            let (table, _) =
                self.knowledge.lookup(name).ok_or_else(|| format!("there is no lookup `{name}`"))??;
            let is_key = |column: &String| lookup.keys.iter().any(|(key, _)| key.text == *column);
            let others = table.columns.iter().filter(|column| !is_key(column));
            let name = |column: &String| Name::new(column.clone(), Span::default());
            lookup.outputs = others.map(|column| (name(column), name(column))).collect();
        }
        Ok(lookup)
    }

    /// Calculated fields do not see one another: one that another replaces is put aside before.
    fn calculated(&mut self) -> Result<Vec<Op>, Diagnostic> {
        let mut assignments = Vec::new();
        for name in self.wanted() {
            let key = format!("EVAL-{name}");
            let mut values = Vec::new();
            for Setting { stanza, condition, value } in setting(&self.stanzas, &key) {
                let expr = sluice_spl::parse_expr(value).map_err(|errors| {
                    wrong(stanza, &key, errors.first().map_or("", |error| error.message.as_str()))
                })?;
                values.push((condition, unplaced(expr)));
            }
            if !values.is_empty() {
                assignments.push(assignment(&name, choose(values, named(&name))));
            }
        }
        let mut copies = BTreeMap::new();
        let targets: BTreeSet<String> = assignments.iter().map(|one| one.target.text.clone()).collect();
        for one in &mut assignments {
            self.needed.expr(&one.expr);
            let own = &one.target.text;
            rename_fields(&mut one.expr, &|field| {
                (field != own && targets.contains(field)).then(|| format!("{ASIDE}{field}"))
            });
            let mut read = Needed::default();
            read.expr(&one.expr);
            copies.extend(read.names.into_iter().filter_map(|copy| {
                let field = copy.strip_prefix(ASIDE)?.to_owned();
                Some((copy, field))
            }));
        }
        let copies = copies.iter().map(|(copy, field)| assignment(copy, named(field))).collect();
        Ok([extend(copies), extend(assignments)].concat())
    }

    /// `AS` replaces what is there, with nothing where the field has no value; `ASNEW` keeps it.
    fn aliases(&mut self) -> Result<Vec<Op>, Diagnostic> {
        let mut assignments = Vec::new();
        for key in keys(&self.stanzas, "FIELDALIAS-").into_iter().rev() {
            for one in exclusive(setting(&self.stanzas, key)).into_iter().rev() {
                let words = words(one.value);
                if !words.iter().any(|word| self.needed.names.contains(word)) {
                    continue;
                }
                let pairs =
                    alias_pairs(&words).ok_or_else(|| wrong(one.stanza, key, "expected `field AS name`"))?;
                for (from, keeps, to) in pairs.into_iter().rev() {
                    if !self.needed.names.contains(&to) || field::is_metadata(&to) {
                        continue;
                    }
                    let value = match keeps {
                        true => call("coalesce", vec![named(&to), named(&from)]),
                        false => named(&from),
                    };
                    let expr = choose(vec![(one.condition.clone(), value)], named(&to));
                    self.needed.expr(&expr);
                    assignments.push(assignment(&to, expr));
                }
            }
        }
        assignments.reverse();
        Ok(extend(assignments))
    }

    /// What several extractions find, the first counts, before what the event has of itself.
    fn extracted(&mut self) -> Result<Vec<Op>, Diagnostic> {
        let mut assignments = Vec::new();
        for name in self.wanted() {
            self.extract(&name, &mut Vec::new(), &mut assignments)?;
        }
        Ok(extend(assignments))
    }

    /// `open`: fields in whose text others are being found.
    fn extract(
        &mut self,
        name: &str,
        open: &mut Vec<String>,
        assignments: &mut Vec<Assignment>,
    ) -> Result<(), Diagnostic> {
        let is_done = assignments.iter().any(|one| one.target.text == name);
        if is_done || open.len() >= MAX_DEPTH || open.iter().any(|open| open == name) {
            return Ok(());
        }
        let (mut values, mut sources) = (Vec::new(), BTreeSet::new());
        for Finding { key, values: settings, .. } in self.extractions.iter().filter(|one| one.may_find(name))
        {
            let found = settings.iter().map(|(stanza, value)| self.found_by(name, key, stanza, value));
            let found = found.collect::<Result<Vec<_>, _>>()?;
            if found.iter().all(Vec::is_empty) {
                continue;
            }
            let mut adds = false;
            let mut found_in = Vec::new();
            for ((stanza, _), found) in settings.iter().zip(found) {
                adds |= found.iter().any(|extraction| extraction.adds);
                sources.extend(found.iter().map(|extraction| extraction.source.clone()));
                let found = found.iter().filter_map(|extraction| extraction.value(name)).collect();
                found_in.push((stanza.condition(), together(found, adds)));
            }
            values.push(choose(found_in, call("null", Vec::new())));
            if adds {
                values = vec![together(values, true)];
            }
        }
        values.push(named(name));
        values.extend(self.by_key(name));
        if values.len() == 1 {
            return Ok(());
        }
        open.push(name.to_owned());
        for source in sources {
            self.extract(&source, open, assignments)?;
        }
        open.pop();
        let expr = call(FIRST, values);
        self.needed.expr(&expr);
        assignments.push(assignment(name, expr));
        Ok(())
    }

    /// What `KV_MODE` finds under the field's name.
    fn by_key(&self, name: &str) -> Option<Expr> {
        let settings = setting(&self.stanzas, "KV_MODE");
        if !self.looks_for_names || name.starts_with('\0') || settings.is_empty() {
            return None;
        }
        let values = settings.into_iter().map(|Setting { condition, value, .. }| {
            let mode = match value.trim().to_ascii_lowercase().as_str() {
                "auto" | "auto_escaped" => "auto",
                "json" => "json",
                "xml" => "xml",
                _ => return (condition, call("null", Vec::new())),
            };
            (condition, call(KEYS, vec![named(field::RAW), text(mode), text(name)]))
        });
        Some(choose(values.collect(), call("null", Vec::new())))
    }

    /// The extractions of a setting that may find a field.
    fn found_by(
        &self,
        name: &str,
        key: &str,
        stanza: &Stanza,
        written: &str,
    ) -> Result<Vec<Extraction>, Diagnostic> {
        let found = if key.starts_with(INLINE) {
            // Only those that matter are compiled.
            if !written.contains(name) {
                return Ok(Vec::new());
            }
            vec![Extraction::inline(written).map_err(|why| wrong(stanza, key, &why))?]
        } else {
            Extraction::reported(name, written, &self.knowledge.props.transforms)
                .map_err(|why| wrong(stanza, key, &why))?
        };
        let is_wanted = |extraction: &Extraction| {
            (self.looks_for_names || !extraction.is_by_name()) && extraction.value(name).is_some()
        };
        Ok(found.into_iter().filter(is_wanted).collect())
    }

    fn renamed(&mut self) -> Vec<Op> {
        let mut values = Vec::new();
        for Setting { condition, value, .. } in setting(&self.stanzas, RENAME) {
            values.push((condition, text(value.trim())));
        }
        if values.is_empty() {
            return Vec::new();
        }
        extend(vec![
            assignment(OWN_SOURCETYPE, named(field::SOURCETYPE)),
            assignment(field::SOURCETYPE, choose(values, named(field::SOURCETYPE))),
        ])
    }
}

/// The first of the values that there is, or all of them.
fn together(mut values: Vec<Expr>, adds: bool) -> Expr {
    match values.len() {
        0 => call("null", Vec::new()),
        1 => values.remove(0),
        _ => call(if adds { "mvappend" } else { FIRST }, values),
    }
}

fn assignment(target: &str, expr: Expr) -> Assignment {
    Assignment { target: Name::new(target, Span::default()), expr }
}

fn extend(assignments: Vec<Assignment>) -> Vec<Op> {
    if assignments.is_empty() { Vec::new() } else { vec![Op::Extend(Extend { assignments })] }
}

/// What an app says is wrong.
fn wrong(stanza: &Stanza, key: &str, why: &str) -> Diagnostic {
    let message = format!("props.conf, [{}], {key}: {why}", stanza.name);
    Diagnostic::error(code::BAD_KNOWLEDGE, Span::default(), message)
        .with_help("it is in an app folder that --app names; the query needs a field of it")
}

/// `a AS b, "c d" ASNEW e`: field, whether an existing value is kept, name.
fn alias_pairs(words: &[String]) -> Option<Vec<(String, bool, String)>> {
    let (triples, rest) = words.as_chunks::<3>();
    let pair = |[from, sign, to]: &[String; 3]| {
        let keeps = match sign.to_ascii_lowercase().as_str() {
            "as" => false,
            "asnew" => true,
            _ => return None,
        };
        Some((from.clone(), keeps, to.clone()))
    };
    if rest.is_empty() { triples.iter().map(pair).collect() } else { None }
}

/// Words between spaces and commas; in double quotes they may hold both.
fn words(written: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for c in written.chars() {
        match c {
            '"' => quoted = !quoted,
            c if !quoted && (c.is_whitespace() || c == ',') => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            c => word.push(c),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The expression without places: they would be taken for places in the query.
fn unplaced(mut expr: Expr) -> Expr {
    each(&mut expr, &mut |expr| expr.span = Span::default());
    expr
}

fn rename_fields(expr: &mut Expr, new: &dyn Fn(&str) -> Option<String>) {
    each(expr, &mut |expr| {
        if let ExprKind::Field(name) = &mut expr.kind
            && let Some(new) = new(name)
        {
            *name = new;
        }
    });
}

// Recursion is bounded by the parser's limit on nesting.
fn each(expr: &mut Expr, change: &mut dyn FnMut(&mut Expr)) {
    change(expr);
    match &mut expr.kind {
        ExprKind::Field(_)
        | ExprKind::Text(_)
        | ExprKind::Number(_)
        | ExprKind::Wildcard(_)
        | ExprKind::Subsearch(_) => {}
        ExprKind::Call(_, args) => args.iter_mut().for_each(|arg| each(arg, change)),
        ExprKind::Unary(_, inner) => each(inner, change),
        ExprKind::Binary(_, left, right) => {
            each(left, change);
            each(right, change);
        }
        ExprKind::In(inner, list) => {
            each(inner, change);
            list.iter_mut().for_each(|item| each(item, change));
        }
    }
}
