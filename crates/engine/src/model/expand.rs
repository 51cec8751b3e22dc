//! Ops that stand for others: a data model's dataset, a saved search.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use sluice_events::field;
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::nearest;
use sluice_spl::ops::{
    self, Assignment, DatasetName, Extend, Filter, Lookup, Name, Op, OtherFields, Project, ProjectMode,
    Rename, Rex, Scan,
};
use sluice_spl::span::Span;
use sluice_spl::tree::{Search, SearchKind, TimeRange};

use super::{Calculation, Dataset, How, Model, Source};
use crate::error::Result;
use crate::knowledge::Knowledge;
use crate::needed::Needed;

/// Fields that every event has, whatever its dataset; their names have nothing before them.
const DEFAULT: [&str; 9] = [
    field::TIME,
    field::RAW,
    field::HOST,
    field::SOURCE,
    field::SOURCETYPE,
    field::INDEX,
    "_indextime",
    "splunk_server",
    "linecount",
];

/// Saved searches within one another.
const MAX_DEPTH: usize = 16;

/// The ops with their first replaced by those that it stands for. Oddities go to `warnings`.
pub(crate) fn expand<'o>(
    ops: &'o [Op],
    knowledge: &Knowledge,
    warnings: &mut Vec<Diagnostic>,
) -> Result<Cow<'o, [Op]>> {
    let mut ops = Cow::Borrowed(ops);
    for _ in 0..MAX_DEPTH {
        let (mut start, rest) = match ops.split_first() {
            Some((Op::Dataset(dataset), rest)) => (events(dataset, rest, knowledge, warnings)?, rest),
            Some((Op::SavedSearch(name), rest)) => (saved_search(name, knowledge)?, rest),
            _ => return Ok(ops),
        };
        start.extend_from_slice(rest);
        ops = Cow::Owned(start);
    }
    Err(crate::error::Error::Limit(format!(
        "saved searches read one another more than {MAX_DEPTH} levels deep"
    )))
}

fn saved_search(name: &Name, knowledge: &Knowledge) -> Result<Vec<Op>, Diagnostic> {
    let Some(text) = knowledge.saved_search(&name.text) else {
        let error = Diagnostic::error(
            code::UNKNOWN_SAVED_SEARCH,
            name.span,
            format!("no saved search `{}`", name.text),
        );
        return Err(match nearest(&name.text, knowledge.saved_searches()) {
            Some(near) => error.with_help(format!("did you mean `{near}`?")),
            None => error.with_help("saved searches come from the app folders that --app names"),
        });
    };
    pipeline(text, knowledge).map_err(|why| {
        Diagnostic::error(
            code::UNKNOWN_SAVED_SEARCH,
            name.span,
            format!("saved search `{}`: {why}", name.text),
        )
        .with_label("cannot be run here")
    })
}

/// The ops that give a dataset's events, and of its fields those that `rest` needs.
fn events(
    op: &ops::Dataset,
    rest: &[Op],
    knowledge: &Knowledge,
    warnings: &mut Vec<Diagnostic>,
) -> Result<Vec<Op>> {
    let model = model(&op.name.model, knowledge)?;
    let needed = Needed::before(rest);
    let dataset = chosen(&model, op, &needed)?;
    let chain = model.chain(dataset);
    let span = op.name.dataset.as_ref().unwrap_or(&op.name.model).span;
    let at = At { span, model: &model, knowledge };

    let names = names(&chain, op.prefixed);
    if op.others == OtherFields::Default {
        warnings.extend(unknown(&names, &needed, &at, dataset));
    }
    let wanted: Vec<&(String, String)> =
        names.iter().filter(|(_, shown)| needed.all || needed.names.contains(shown)).collect();

    let own = wanted.iter().map(|(own, _)| own.clone());
    let mut inputs = Needed { all: needed.all, names: needed.names.iter().cloned().chain(own).collect() };
    let calculated = at.calculated(&chain, &mut inputs)?;
    let mut ops = without_unneeded(at.source(&chain, &op.time)?, &mut inputs);
    ops.extend(calculated);
    let pairs: Vec<(Name, Name)> = wanted
        .iter()
        .filter(|(own, shown)| own != shown)
        .map(|(own, shown)| (Name::new(own, span), Name::new(shown, span)))
        .collect();
    if !pairs.is_empty() {
        ops.push(Op::Rename(Rename { pairs }));
    }
    if op.others == OtherFields::Default {
        let shown = wanted.iter().map(|(_, shown)| shown.as_str()).chain(DEFAULT);
        let fields = shown.map(|name| Name::new(name, span)).collect();
        ops.push(Op::Project(Project { mode: ProjectMode::Keep, fields }));
    }
    Ok(ops)
}

/// The ops of a dataset's search without the `eval`s that no one needs.
fn without_unneeded(ops: Vec<Op>, needed: &mut Needed) -> Vec<Op> {
    let mut kept = Vec::new();
    for op in ops.into_iter().rev() {
        let Op::Extend(extend) = op else {
            needed.through(&op);
            kept.push(op);
            continue;
        };
        for assignment in extend.assignments.into_iter().rev() {
            if needed.all || needed.names.contains(&assignment.target.text) {
                let op = Op::Extend(Extend { assignments: vec![assignment] });
                needed.through(&op);
                kept.push(op);
            }
        }
    }
    kept.reverse();
    kept
}

/// A data model by name.
pub(super) fn model(name: &Name, knowledge: &Knowledge) -> Result<Arc<Model>, Diagnostic> {
    knowledge.model(&name.text).ok_or_else(|| {
        let error =
            Diagnostic::error(code::UNKNOWN_DATASET, name.span, format!("no data model `{}`", name.text));
        let models = knowledge.models();
        let names = || models.iter().map(|model| model.name.as_str());
        match nearest(&name.text, names()) {
            Some(near) => error.with_help(format!("did you mean `{near}`?")),
            None => error.with_help(format!("there are {}", names().collect::<Vec<_>>().join(", "))),
        }
    })
}

/// A dataset of a model by name or lineage.
pub(super) fn dataset<'m>(model: &'m Model, name: &Name) -> Result<&'m Dataset, Diagnostic> {
    model.dataset(&name.text).ok_or_else(|| {
        let message = format!("data model `{}` has no dataset `{}`", model.name, name.text);
        let error = Diagnostic::error(code::UNKNOWN_DATASET, name.span, message);
        let lineages = model.lineages();
        let own =
            lineages.iter().map(|lineage| lineage.rsplit_once('.').map_or(lineage.as_str(), |(_, own)| own));
        match nearest(&name.text, own) {
            Some(near) => error.with_help(format!("did you mean `{near}`?")),
            None => error.with_help(format!("its datasets are {}", lineages.join(", "))),
        }
    })
}

/// The dataset that is asked for; `nodename=` asks for one below.
fn chosen<'m>(model: &'m Model, op: &ops::Dataset, needed: &Needed) -> Result<&'m Dataset, Diagnostic> {
    let named = match &op.name.dataset {
        Some(name) => dataset(model, name)?,
        None => root(model, &op.name, needed)?,
    };
    let Some(node) = &op.node else { return Ok(named) };
    let below = dataset(model, node)?;
    if model.chain(below).iter().any(|dataset| dataset.name == named.name) {
        return Ok(below);
    }
    let message = format!("`{}` does not stand below `{}`", model.lineage(below), model.lineage(named));
    Err(Diagnostic::error(code::UNKNOWN_DATASET, node.span, message)
        .with_label("of another dataset")
        .with_help(format!("search `{}.{}`", model.name, model.lineage(below))))
}

/// Without a dataset's name: the only root, or the one whose fields are used.
fn root<'m>(model: &'m Model, name: &DatasetName, needed: &Needed) -> Result<&'m Dataset, Diagnostic> {
    let mut roots: Vec<&Dataset> = model.roots().collect();
    if roots.len() > 1 {
        let used: BTreeSet<&str> =
            needed.names.iter().filter_map(|name| name.split_once('.')).map(|(root, _)| root).collect();
        roots.retain(|root| used.contains(root.name.as_str()));
    }
    match roots.as_slice() {
        [one] => Ok(one),
        _ => {
            let roots: Vec<&str> = model.roots().map(|root| root.name.as_str()).collect();
            let message = format!("data model `{}` has several datasets: {}", model.name, roots.join(", "));
            Err(Diagnostic::error(code::UNKNOWN_DATASET, name.model.span, message)
                .with_label("which one?")
                .with_help(format!("write `{}.{}`", model.name, roots.first().unwrap_or(&"…"))))
        }
    }
}

/// The fields of a dataset: their names in its events, and as they are shown.
fn names(chain: &[&Dataset], prefixed: bool) -> Vec<(String, String)> {
    let mut names: Vec<(String, String)> = Vec::new();
    let mut prefix = String::new();
    for dataset in chain {
        prefix += &format!("{}.", dataset.name);
        let calculated = dataset.calculations.iter().flat_map(|calculation| &calculation.outputs);
        for name in dataset.fields.iter().chain(calculated) {
            if DEFAULT.contains(&name.as_str()) || names.iter().any(|(own, _)| own == name) {
                continue;
            }
            let shown = if prefixed { format!("{prefix}{name}") } else { name.clone() };
            names.push((name.clone(), shown));
        }
    }
    names
}

/// A warning for each field that is asked for and that no event of the dataset has.
fn unknown(names: &[(String, String)], needed: &Needed, at: &At<'_>, dataset: &Dataset) -> Vec<Diagnostic> {
    let shown = || names.iter().map(|(_, shown)| shown.as_str());
    let unknown = needed.names.iter().filter(|name| {
        !name.starts_with(['_', '\0'])
            && !DEFAULT.contains(&name.as_str())
            && !shown().any(|shown| shown == *name)
    });
    unknown
        .map(|name| {
            let lineage = at.model.lineage(dataset);
            let message =
                format!("`{name}` is no field of `{}.{lineage}`, so it has no value", at.model.name);
            let warning =
                Diagnostic::warning(code::UNKNOWN_FIELD, at.span, message).with_label("the dataset");
            match names
                .iter()
                .find(|(own, _)| own == name)
                .map(|(_, shown)| shown.as_str())
                .or_else(|| nearest(name, shown()))
            {
                Some(near) => warning.with_help(format!("did you mean `{near}`?")),
                None => warning.with_help("`| datamodel` shows the fields of each dataset"),
            }
        })
        .collect()
}

/// What reading a model's texts needs.
struct At<'a> {
    /// Where the dataset is named.
    span: Span,
    model: &'a Model,
    knowledge: &'a Knowledge,
}

impl At<'_> {
    fn bad(&self, message: String) -> Diagnostic {
        let message = format!("data model `{}`: {message}", self.model.name);
        Diagnostic::error(code::BAD_DATASET, self.span, message).with_label("cannot be searched here")
    }

    /// The events before anything is calculated.
    fn source(&self, chain: &[&Dataset], time: &TimeRange) -> Result<Vec<Op>, Diagnostic> {
        let mut constraints = Vec::new();
        for text in chain.iter().flat_map(|dataset| &dataset.constraints) {
            let search = self.search(text)?;
            constraints.push(Search { kind: SearchKind::Group(Box::new(search)), span: self.span });
        }
        let all = Search { kind: SearchKind::And(constraints), span: self.span };
        match chain.first().map(|root| &root.source) {
            Some(Source::Search(text)) => {
                let mut ops = pipeline(text, self.knowledge)
                    .map_err(|why| self.bad(format!("its search `{text}`: {why}")))?;
                if let Some(Op::Scan(scan)) = ops.first_mut() {
                    scan.predicate = scan.predicate.clone().at(self.span);
                    scan.time.earliest = time.earliest.clone().or(scan.time.earliest.take());
                    scan.time.latest = time.latest.clone().or(scan.time.latest.take());
                }
                if chain.iter().any(|dataset| !dataset.constraints.is_empty()) {
                    ops.push(Op::Filter(Filter::Search(all)));
                }
                Ok(ops)
            }
            Some(Source::Transaction) => Err(self
                .bad("its events are put together from others".to_owned())
                .with_help("search the events that it puts together, and use `transaction`")),
            Some(Source::Events) | None => Ok(vec![Op::Scan(Scan { predicate: all, time: time.clone() })]),
        }
    }

    fn search(&self, text: &str) -> Result<Search, Diagnostic> {
        constraint(text, self.knowledge)
            .map(|search| search.at(self.span))
            .map_err(|why| self.bad(format!("its constraint `{text}`: {why}")))
    }

    /// The calculations that the needed fields need, in order; `needed` becomes what these need.
    fn calculated(&self, chain: &[&Dataset], needed: &mut Needed) -> Result<Vec<Op>, Diagnostic> {
        let mut ops = Vec::new();
        for calculation in chain.iter().rev().flat_map(|dataset| dataset.calculations.iter().rev()) {
            if needed.all || calculation.outputs.iter().any(|output| needed.names.contains(output)) {
                let op = self.calculation(calculation)?;
                needed.through(&op);
                ops.push(op);
            }
        }
        ops.reverse();
        Ok(ops)
    }

    fn calculation(&self, calculation: &Calculation) -> Result<Op, Diagnostic> {
        let name = |text: &String| Name::new(text, self.span);
        let pairs = |pairs: &[(String, String)]| {
            pairs.iter().map(|(column, field)| (name(column), name(field))).collect()
        };
        Ok(match &calculation.how {
            How::Eval(text) => {
                let expr = expression(text, self.knowledge)
                    .map_err(|why| self.bad(format!("its expression `{text}`: {why}")))?
                    .at(self.span);
                let target = |output| Assignment { target: name(output), expr: expr.clone() };
                Op::Extend(Extend { assignments: calculation.outputs.iter().map(target).collect() })
            }
            How::Rex { input, pattern } => {
                Op::Rex(Rex { field: name(input), pattern: name(pattern), max_match: 1, offset_field: None })
            }
            How::Lookup { name: lookup, inputs, outputs } => Op::Lookup(Lookup {
                name: name(lookup),
                keys: pairs(inputs),
                outputs: pairs(outputs),
                keep_existing: false,
            }),
            How::Other(kind) => {
                return Err(self.bad(format!("its fields of type `{kind}` are not computed here")));
            }
        })
    }
}

/// The ops of a query's text.
fn pipeline(text: &str, knowledge: &Knowledge) -> Result<Vec<Op>, String> {
    let text = sluice_spl::expand(text, &knowledge.macros).map_err(messages)?.text;
    let parsed = sluice_spl::parse(&text);
    let errors: Vec<Diagnostic> = parsed.diagnostics.into_iter().filter(Diagnostic::is_error).collect();
    if !errors.is_empty() {
        return Err(messages(errors));
    }
    sluice_spl::to_ops(&parsed.pipeline).map_err(messages)
}

fn constraint(text: &str, knowledge: &Knowledge) -> Result<Search, String> {
    let text = sluice_spl::expand(text, &knowledge.macros).map_err(messages)?.text;
    sluice_spl::parse_search(&text).map(|(search, _)| search).map_err(messages)
}

fn expression(text: &str, knowledge: &Knowledge) -> Result<sluice_spl::tree::Expr, String> {
    let text = sluice_spl::expand(text, &knowledge.macros).map_err(messages)?.text;
    sluice_spl::parse_expr(&text).map_err(messages)
}

fn messages(errors: Vec<Diagnostic>) -> String {
    errors.into_iter().map(|error| error.message).collect::<Vec<_>>().join("; ")
}

/// Reads all that a dataset's ops may be made of.
#[cfg(test)]
pub(super) fn check(dataset: &Dataset) -> Result<(), String> {
    let knowledge = Knowledge::default();
    if let Source::Search(text) = &dataset.source {
        pipeline(text, &knowledge)?;
    }
    for text in &dataset.constraints {
        constraint(text, &knowledge)?;
    }
    for calculation in &dataset.calculations {
        match &calculation.how {
            How::Eval(text) => drop(expression(text, &knowledge)?),
            How::Rex { pattern, .. } => drop(crate::pattern::compile(pattern).map_err(|_| pattern.clone())?),
            other => return Err(format!("{other:?}")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fields that readers are asked for, and the ops, each in a word.
    fn expanded(query: &str) -> (Vec<String>, String) {
        let ops = sluice_spl::to_ops(&sluice_spl::parse(query).pipeline).unwrap();
        let ops = expand(&ops, &Knowledge::default(), &mut Vec::new()).unwrap();
        let needed = Needed::before(&ops);
        let words = ops.iter().map(|op| format!("{op:?}")).map(|op| op.split('(').next().unwrap().to_owned());
        (needed.names.into_iter().collect(), words.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn readers_are_asked_for_the_fields_that_are_used_and_no_others() {
        let (names, ops) = expanded(
            "| tstats count from datamodel=Endpoint.Registry where Registry.registry_path=*Run* by Registry.dest",
        );
        assert_eq!(names, ["dest", "registry_path", "tag"]);
        assert_eq!(ops, "Scan Extend Extend Rename Project Filter Aggregate");
    }

    #[test]
    fn an_eval_of_the_dataset_s_search_runs_only_where_it_is_needed() {
        let evals = |query: &str| expanded(query).1.matches("Extend").count();
        assert_eq!(evals("| tstats count from datamodel=Endpoint.Processes"), 0);
        assert_eq!(
            evals("| tstats count from datamodel=Endpoint.Processes by Processes.process_integrity_level"),
            1
        );
    }

    #[test]
    fn a_calculation_brings_those_that_it_needs() {
        let (names, _) = expanded("| tstats count from datamodel=Web by Web.url_domain");
        // Where the expression finds nothing, an event's own field stays.
        assert_eq!(names, ["tag", "url", "url_domain"]);
    }

    #[test]
    fn a_field_that_the_dataset_has_not_is_told() {
        let ops = "| tstats count dc(user) from datamodel=Endpoint.Processes by Processes.usr, host";
        let ops = sluice_spl::to_ops(&sluice_spl::parse(ops).pipeline).unwrap();
        let mut warnings = Vec::new();
        expand(&ops, &Knowledge::default(), &mut warnings).unwrap();
        let told: Vec<_> = warnings.iter().filter_map(|warning| warning.help.as_deref()).collect();
        assert_eq!(told, ["did you mean `Processes.user`?", "did you mean `Processes.user`?"]);
    }
}
