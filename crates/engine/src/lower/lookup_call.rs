//! `lookup("assets", json_object("ip", src), json_array("owner"))` in `eval` and `where`: the lookup runs before the
//! command, into hidden fields, and the call becomes the field that holds its result.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::Expr;
use sluice_events::format::json::tree::Json;
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::ops::{self, Assignment, Name};
use sluice_spl::tree::{self, ExprKind};

use super::{extend, lookup};
use crate::error::Result;
use crate::kernel::{self, Arg, Context};
use crate::knowledge::Knowledge;
use crate::plan::{Rel, column};
use crate::value;

/// What the names of hidden fields begin with.
const HIDDEN: &str = "\0lookup";

/// Whether an expression calls `lookup`.
pub(crate) fn is_in(expr: &tree::Expr) -> bool {
    match &expr.kind {
        ExprKind::Call(name, args) => name == "lookup" || args.iter().any(is_in),
        ExprKind::Unary(_, inner) => is_in(inner),
        ExprKind::Binary(_, left, right) => is_in(left) || is_in(right),
        ExprKind::In(inner, list) => is_in(inner) || list.iter().any(is_in),
        _ => false,
    }
}

/// Runs the lookups that an expression calls and puts their results in their place.
pub(crate) fn prepare(
    expr: &mut tree::Expr,
    rel: Rel,
    knowledge: &Knowledge,
    context: &Context,
) -> Result<Rel> {
    let mut lookups = Lookups { rel, knowledge, context, count: 0 };
    lookups.within(expr)?;
    Ok(lookups.rel)
}

/// The rows without what was made for an expression.
pub(crate) fn finish(rel: Rel) -> Result<Rel> {
    rel.retain(|name| !name.starts_with(HIDDEN))
}

struct Lookups<'a> {
    rel: Rel,
    knowledge: &'a Knowledge,
    context: &'a Context,
    count: usize,
}

impl Lookups<'_> {
    // Recursion is bounded by the parser's depth.
    fn within(&mut self, expr: &mut tree::Expr) -> Result<()> {
        match &mut expr.kind {
            ExprKind::Call(_, args) => args.iter_mut().try_for_each(|arg| self.within(arg))?,
            ExprKind::Unary(_, inner) => self.within(inner)?,
            ExprKind::Binary(_, left, right) => {
                self.within(left)?;
                self.within(right)?;
            }
            ExprKind::In(inner, list) => {
                self.within(inner)?;
                list.iter_mut().try_for_each(|item| self.within(item))?;
            }
            _ => {}
        }
        if matches!(&expr.kind, ExprKind::Call(name, _) if name == "lookup") {
            let field = self.run(expr)?;
            expr.kind = ExprKind::Field(field);
        }
        Ok(())
    }

    /// The hidden field with the result of a call.
    fn run(&mut self, call: &tree::Expr) -> Result<String> {
        let written = Written::of(call).ok_or_else(|| not_a_lookup(call))?;
        let result = format!("{HIDDEN}{}", self.count);
        self.count += 1;
        let mut keys = Vec::new();
        for (at, (name, key)) in written.keys.into_iter().enumerate() {
            let field = Name::new(format!("{result} key {at}"), key.span);
            let assignment = Assignment { target: field.clone(), expr: key.clone() };
            self.rel = extend::assign(&assignment, self.rel.clone(), self.context)?;
            keys.push((name, field));
        }
        let output =
            |(at, name): (usize, &Name)| (name.clone(), Name::new(format!("{result} {at}"), name.span));
        let outputs: Vec<_> = written.outputs.iter().enumerate().map(output).collect();
        let op = ops::Lookup { name: written.table, keys, outputs: outputs.clone(), keep_existing: false };
        let found = lookup::lower(&op, self.rel.clone(), self.knowledge)?;
        let args: Vec<Expr> = outputs
            .iter()
            .flat_map(|(name, field)| [kernel::text_literal(&name.text), column(&field.text)])
            .collect();
        let object = kernel::call("lookup", value::TEXT, self.context, object, args);
        self.rel = found.extend(vec![(result.clone(), object)])?;
        Ok(result)
    }
}

/// A call as it is written.
struct Written<'a> {
    table: Name,
    keys: Vec<(Name, &'a tree::Expr)>,
    outputs: Vec<Name>,
}

impl<'a> Written<'a> {
    fn of(call: &'a tree::Expr) -> Option<Self> {
        let ExprKind::Call(_, args) = &call.kind else { return None };
        let [table, keys, outputs] = &args[..] else { return None };
        let (ExprKind::Call(object, keys), ExprKind::Call(array, outputs)) = (&keys.kind, &outputs.kind)
        else {
            return None;
        };
        if object != "json_object" || array != "json_array" || keys.len() % 2 == 1 || outputs.is_empty() {
            return None;
        }
        let pair = |pair: &'a [tree::Expr]| Some((literal(pair.first()?)?, pair.get(1)?));
        let keys: Vec<_> = keys.chunks(2).map(pair).collect::<Option<_>>()?;
        let outputs = outputs.iter().map(literal).collect::<Option<_>>()?;
        (!keys.is_empty()).then_some(Self { table: literal(table)?, keys, outputs })
    }
}

fn literal(expr: &tree::Expr) -> Option<Name> {
    match &expr.kind {
        ExprKind::Text(text) => Some(Name::new(text, expr.span)),
        _ => None,
    }
}

fn not_a_lookup(call: &tree::Expr) -> Diagnostic {
    Diagnostic::error(code::TYPE_MISMATCH, call.span, "`lookup` expects a table, keys and columns")
        .with_label("not so written")
        .with_help("for example `lookup(\"assets.csv\", json_object(\"ip\", src), json_array(\"owner\"))`")
}

/// The columns that have a value in the row that was found; null if none has.
fn object(_: &Context, args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    Ok(kernel::texts(rows, |row| {
        let mut members = Vec::new();
        for pair in args.chunks_exact(2) {
            let [name, found] = pair else { continue };
            let mut texts: Vec<Json> =
                found.cell(row).texts().into_iter().map(|text| Json::String(text.into_owned())).collect();
            let value = match texts.len() {
                0 => continue,
                1 => texts.remove(0),
                _ => Json::Array(texts),
            };
            members.push((name.text(row)?.into_owned(), value));
        }
        (!members.is_empty()).then(|| Json::Object(members).to_string().into())
    }))
}
