//! Which fields a query needs of its events: the ops walked backwards, so that readers are asked for
//! those and no others.

use std::collections::BTreeSet;

use sluice_events::field;
use sluice_spl::ops::{
    Aggregate, AggregateCall, Assignment, Bin, Boundary, Convert, Dedup, Extend, Filter, Join, Limit, Lookup,
    Measure, Name, Op, Pivot, Project, ProjectMode, Rename, Replace, Session, SortKey, ToJson, Top, Totals,
    Window,
};
use sluice_spl::tree::{Expr, ExprKind, Search, SearchKind};

/// Fields that are needed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Needed {
    /// Every field there is.
    pub(crate) all: bool,
    /// Fields that the query names.
    pub(crate) names: BTreeSet<String>,
}

impl Needed {
    /// What `ops` need of the rows before them, if every field of their result is wanted.
    pub(crate) fn before(ops: &[Op]) -> Self {
        let mut needed = Needed { all: true, names: BTreeSet::new() };
        for op in ops.iter().rev() {
            needed.through(op);
        }
        needed
    }

    /// What is needed of the rows before an op, if this is needed of those behind it.
    pub(crate) fn through(&mut self, op: &Op) {
        match op {
            Op::Scan(scan) => self.search(&scan.predicate),
            Op::Values(_) | Op::Set(_) | Op::Dataset(_) | Op::DescribeModel(_) | Op::SavedSearch(_) => {
                *self = Self::default();
            }
            Op::ReadLookup(_) => {}
            Op::WriteLookup(_) => self.all = true,
            Op::Filter(Filter::Search(search)) => self.search(search),
            Op::Filter(Filter::Where(expr)) => self.expr(expr),
            Op::Extend(extend) => self.extend(extend),
            Op::Project(project) => self.project(project),
            Op::Rename(rename) => self.rename(rename),
            Op::Aggregate(aggregate) => self.aggregate(aggregate),
            Op::Window(window) => self.window(window),
            Op::Sort(sort) => self.sort_keys(&sort.keys),
            Op::Limit(Limit::While { expr, .. }) => self.expr(expr),
            Op::Limit(_) => {}
            Op::Dedup(dedup) => self.dedup(dedup),
            Op::Rex(rex) => self.name(&rex.field),
            Op::Sed(sed) => self.name(&sed.field),
            // A field that is named may come from the text or from the row.
            Op::Extract(extract) => self.name(&extract.input),
            Op::Select(select) => {
                self.name(&select.output);
                self.name(&select.input);
            }
            Op::ToJson(json) => self.json(json),
            Op::Bin(bin) => self.bin(bin),
            Op::Continuous(bin) => self.name(&bin.field),
            Op::FillNull(fill) if fill.fields.is_empty() => self.all = true,
            Op::FillNull(fill) => self.names(&fill.fields),
            Op::Lookup(lookup) => self.lookup(lookup),
            Op::SelfJoin(join) => self.names(&join.fields),
            Op::Union(_) | Op::AppendCols(_) | Op::Require => {}
            Op::AppendPipe(pipe) => {
                let mut within = self.clone();
                pipe.ops.iter().rev().for_each(|op| within.through(op));
                self.all |= within.all;
                self.names.extend(within.names);
            }
            Op::Join(join) => self.join(join),
            // What stands in a template is known once it is filled in.
            Op::ForEach(_) => self.all = true,
            Op::Map(_) | Op::Format(_) => *self = Self { all: true, ..Self::default() },
            Op::Return(give) => {
                *self = Self::default();
                give.items.iter().for_each(|item| self.name(&item.field));
            }
            Op::Top(top) => self.top(top),
            Op::Pivot(pivot) => self.pivot(pivot),
            Op::Untable(_) | Op::Transpose(_) | Op::Wrap(_) => *self = Self { all: true, ..Self::default() },
            Op::Totals(totals) => self.totals(totals),
            Op::Convert(convert) => self.convert(convert),
            Op::Split(split) => self.name(&split.field),
            Op::Expand(expand) => self.name(&expand.field),
            Op::Combine(_) | Op::Uniq => self.all = true,
            Op::Single(field) => self.name(field),
            Op::Show(format) => self.show(format),
            Op::Replace(Replace { fields, .. }) | Op::FillDown(fields) if fields.is_empty() => {
                self.all = true
            }
            Op::Replace(Replace { fields, .. }) | Op::FillDown(fields) => self.names(fields),
            Op::Series(series) => {
                self.derived(series.iter().map(|derived| (&derived.field, &derived.target)))
            }
            Op::RelativeTime(pairs) => self.derived(pairs.iter().map(|(field, target)| (field, target))),
            Op::AddInfo(_) => {}
            Op::Locate(locate) => self.name(&locate.field),
            Op::Session(session) => self.session(session),
        }
    }

    fn name(&mut self, name: &Name) {
        if name.is_pattern() {
            self.all = true;
        } else {
            self.names.insert(name.text.clone());
        }
    }

    fn names(&mut self, names: &[Name]) {
        for name in names {
            self.name(name);
        }
    }

    fn sort_keys(&mut self, keys: &[SortKey]) {
        for key in keys {
            self.name(&key.field);
        }
    }

    fn extend(&mut self, extend: &Extend) {
        for assignment in extend.assignments.iter().rev() {
            let target = &assignment.target.text;
            if target.contains('{') {
                self.all = true;
                for part in template_fields(target) {
                    self.names.insert(part.to_owned());
                }
            } else {
                // With every field needed the target is still named, so that the reader gives it as
                // a column and not a second time among the rest.
                if !self.all {
                    self.names.remove(target);
                } else {
                    self.names.insert(target.clone());
                }
            }
            self.expr(&assignment.expr);
        }
    }

    fn project(&mut self, project: &Project) {
        match project.mode {
            ProjectMode::Drop => {
                if self.all {
                    self.names(&project.fields);
                } else {
                    self.names.retain(|name| !project.fields.iter().any(|field| matches(field, name)));
                }
            }
            ProjectMode::Table | ProjectMode::Keep => self.keep(project),
        }
    }

    fn keep(&mut self, project: &Project) {
        let mut kept: Vec<Name> = project.fields.clone();
        if project.mode == ProjectMode::Keep {
            kept.extend([field::TIME, field::RAW].map(|name| Name::new(name, Default::default())));
        }
        if self.all {
            *self = Self::default();
            self.names(&kept);
        } else {
            self.names.retain(|name| kept.iter().any(|field| matches(field, name)));
        }
    }

    fn rename(&mut self, rename: &Rename) {
        if rename.pairs.iter().any(|(from, _)| from.is_pattern()) {
            self.all = true;
        }
        let mut sources = Vec::new();
        for (from, to) in &rename.pairs {
            let wanted = self.names.remove(&to.text) || self.all;
            if wanted && !from.is_pattern() {
                sources.push(from.text.clone());
                if self.all {
                    sources.push(to.text.clone());
                }
            }
        }
        self.names.extend(sources);
    }

    fn aggregate(&mut self, aggregate: &Aggregate) {
        *self = Self::default();
        self.names(&aggregate.by);
        self.calls(&aggregate.calls);
    }

    fn calls(&mut self, calls: &[AggregateCall]) {
        for call in calls {
            if let Some(argument) = &call.argument {
                self.expr(argument);
            }
            if matches!(
                call.function.as_str(),
                "earliest" | "latest" | "earliest_time" | "latest_time" | "rate" | "sparkline"
            ) {
                self.names.insert(field::TIME.to_owned());
            }
        }
    }

    fn window(&mut self, window: &Window) {
        for call in &window.calls {
            if self.all {
                self.names.insert(call.name.text.clone());
            } else {
                self.names.remove(&call.name.text);
            }
        }
        self.names(&window.by);
        self.calls(&window.calls);
        if let Some(running) = &window.running {
            for expr in running.reset_before.iter().chain(&running.reset_after) {
                self.expr(expr);
            }
            if running.time_window.is_some() {
                self.names.insert(field::TIME.to_owned());
            }
        }
    }

    fn bin(&mut self, bin: &Bin) {
        if self.all {
            self.name(&bin.target);
        } else {
            self.names.remove(&bin.target.text);
        }
        self.name(&bin.field);
    }

    fn json(&mut self, json: &ToJson) {
        if self.all {
            self.names.insert(json.output.text.clone());
        } else {
            self.names.remove(&json.output.text);
        }
        if json.fields.is_empty() {
            self.all = true;
        }
        for (name, _) in &json.fields {
            self.name(name);
        }
    }

    fn convert(&mut self, convert: &Convert) {
        if convert.conversions.iter().any(|conversion| conversion.field.is_pattern()) {
            self.all = true;
            return;
        }
        let pairs =
            convert.conversions.iter().map(|one| (&one.field, one.target.as_ref().unwrap_or(&one.field)));
        self.derived(pairs);
    }

    /// Fields that are computed each from one other, and their sources.
    fn derived<'a>(&mut self, pairs: impl Iterator<Item = (&'a Name, &'a Name)>) {
        let (sources, targets): (Vec<_>, Vec<_>) = pairs.unzip();
        for target in targets {
            // With every field needed the target is named too, as for `eval`.
            if self.all {
                self.names.insert(target.text.clone());
            } else {
                self.names.remove(&target.text);
            }
        }
        self.names.extend(sources.into_iter().map(|source| source.text.clone()));
    }

    fn show(&mut self, format: &Assignment) {
        self.names.insert(format.target.text.clone());
        self.expr(&format.expr);
    }

    fn session(&mut self, session: &Session) {
        self.names(&session.fields);
        self.names.insert(field::TIME.to_owned());
        // Lines are counted in the events' text.
        if self.names.contains("linecount") {
            self.names.insert(field::RAW.to_owned());
        }
        for boundary in session.starts_with.iter().chain(&session.ends_with) {
            match boundary {
                Boundary::Search(search) => self.search(search),
                Boundary::Where(expr) => self.expr(expr),
            }
        }
    }

    fn dedup(&mut self, dedup: &Dedup) {
        self.names(&dedup.fields);
        self.sort_keys(&dedup.sort_by);
    }

    fn lookup(&mut self, lookup: &Lookup) {
        for (_, event_field) in &lookup.outputs {
            self.names.insert(event_field.text.clone());
        }
        for (_, event_field) in &lookup.keys {
            self.name(event_field);
        }
    }

    fn join(&mut self, join: &Join) {
        if join.keys.is_empty() || join.aliases.is_some() {
            self.all = true;
        }
        for (name, _) in &join.keys {
            self.name(name);
        }
    }

    fn top(&mut self, top: &Top) {
        *self = Self::default();
        self.names(&top.fields);
        self.names(&top.by);
    }

    fn pivot(&mut self, pivot: &Pivot) {
        *self = Self::default();
        let axes = pivot.rows.iter().chain(pivot.columns.iter().map(|columns| &columns.split));
        for axis in axes {
            self.name(&axis.field);
        }
        for measure in &pivot.measures {
            match measure {
                Measure::Call(call) => self.calls(std::slice::from_ref(call)),
                Measure::Eval { calls, .. } => self.calls(calls),
            }
        }
    }

    fn totals(&mut self, totals: &Totals) {
        if let Some(name) = &totals.row {
            self.names.remove(&name.text);
        }
        if totals.fields.is_empty() {
            self.all = true;
        }
        self.names(&totals.fields);
        self.names
            .extend(totals.column.iter().flat_map(|row| &row.label_field).map(|name| name.text.clone()));
    }

    pub(crate) fn search(&mut self, search: &Search) {
        match &search.kind {
            SearchKind::All | SearchKind::Subsearch(_) | SearchKind::CompareSubsearch(..) => {}
            SearchKind::And(parts) | SearchKind::Or(parts) => parts.iter().for_each(|part| self.search(part)),
            SearchKind::Not(inner) | SearchKind::Group(inner) => self.search(inner),
            SearchKind::Term(_) => {
                self.names.insert(field::RAW.to_owned());
            }
            SearchKind::Compare(name, ..) | SearchKind::In(name, _) => {
                self.names.insert(name.clone());
                if name == field::SOURCETYPE {
                    self.names.insert(field::SOURCE.to_owned());
                }
            }
        }
    }

    pub(crate) fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Field(name) => {
                self.names.insert(name.clone());
            }
            ExprKind::Wildcard(_) => self.all = true,
            ExprKind::Text(_) | ExprKind::Number(_) | ExprKind::Subsearch(_) => {}
            ExprKind::Call(name, args) => {
                if let ("searchmatch", Some(ExprKind::Text(text))) =
                    (name.as_str(), args.first().map(|arg| &arg.kind))
                    && let Ok((search, _)) = sluice_spl::parse_search(text)
                {
                    self.search(&search);
                }
                args.iter().for_each(|arg| self.expr(arg));
            }
            ExprKind::Unary(_, inner) => self.expr(inner),
            ExprKind::Binary(_, left, right) => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::In(inner, list) => {
                self.expr(inner);
                list.iter().for_each(|item| self.expr(item));
            }
        }
    }
}

/// Whether a name or pattern covers a field.
pub(crate) fn matches(pattern: &Name, field: &str) -> bool {
    if pattern.is_pattern() { crate::wildcard::matches(&pattern.text, field) } else { pattern.text == field }
}

/// The fields in `{a}` parts of a target.
pub(crate) fn template_fields(target: &str) -> impl Iterator<Item = &str> {
    target.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name)
}
