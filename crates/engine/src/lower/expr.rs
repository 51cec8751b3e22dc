//! Eval expressions → DataFusion expressions over the columns of a [`Rel`].

use arrow::array::ArrayRef;
use arrow::datatypes::DataType;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::{Expr, ExprSchemable, Operator, binary_expr, cast};
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::nearest;
use sluice_spl::span::Span;
use sluice_spl::tree::{self, BinaryOp, CompareOp, ExprKind, UnaryOp};

use super::compare::{self, Side};
use crate::function::{self, Call, Function};
use crate::kernel::{self, Arg, Context, null_literal, number_literal, text_literal};
use crate::plan::{Rel, column};
use crate::value::{self, Cell, NUMBER, is_mixed, is_multivalue, is_numeric};

/// An expression of any type, Boolean too.
pub(crate) fn lower(expr: &tree::Expr, rel: &Rel, context: &Context) -> Result<Expr, Diagnostic> {
    Scope { rel, context }.lower(expr)
}

/// An expression that must be a condition.
pub(crate) fn condition(expr: &tree::Expr, rel: &Rel, context: &Context) -> Result<Expr, Diagnostic> {
    Scope { rel, context }.condition(expr)
}

/// The type of a lowered expression.
pub(crate) fn kind(expr: &Expr, rel: &Rel) -> DataType {
    match expr {
        Expr::Column(column) => rel.kind(&column.name).cloned().unwrap_or(value::TEXT),
        Expr::Literal(literal, _) => literal.data_type(),
        Expr::BinaryExpr(binary) if binary.op.is_logic_operator() || binary.op.supports_propagation() => {
            DataType::Boolean
        }
        // DataFusion would write out the names of all arguments on the way.
        Expr::ScalarFunction(call) => {
            kernel::returns(call).unwrap_or_else(|| expr.get_type(rel.scope()).unwrap_or(value::TEXT))
        }
        _ => expr.get_type(rel.scope()).unwrap_or(value::TEXT),
    }
}

/// The expression as numbers: text that is no number becomes null.
pub(crate) fn to_number(expr: Expr, kind: &DataType, context: &Context) -> Expr {
    match kind {
        DataType::Float64 => expr,
        DataType::Int64 => cast(expr, NUMBER),
        _ => kernel::call(
            "as_number",
            NUMBER,
            context,
            |_, args, rows| unary(args, rows, as_number),
            vec![expr],
        ),
    }
}

/// The expression as text.
pub(crate) fn to_text(expr: Expr, kind: &DataType, context: &Context) -> Expr {
    if *kind == value::TEXT {
        return expr;
    }
    kernel::call("as_text", value::TEXT, context, |_, args, rows| unary(args, rows, as_text), vec![expr])
}

/// The expression as a multivalue field.
pub(crate) fn to_list(expr: Expr, kind: &DataType, context: &Context) -> Expr {
    if is_multivalue(kind) {
        return expr;
    }
    kernel::call(
        "as_list",
        value::multivalue(),
        context,
        |_, args, rows| unary(args, rows, as_list),
        vec![expr],
    )
}

/// The expression as a mixed column.
pub(crate) fn to_mixed(expr: Expr, kind: &DataType, context: &Context) -> Expr {
    if is_mixed(kind) {
        return expr;
    }
    kernel::call("as_mixed", value::mixed(), context, |_, args, rows| unary(args, rows, as_mixed), vec![expr])
}

/// The expression as a column of another of SPL's types.
pub(crate) fn convert(expr: Expr, from: &DataType, to: &DataType, context: &Context) -> Expr {
    match to {
        _ if from == to => expr,
        DataType::Float64 => to_number(expr, from, context),
        kind if is_multivalue(kind) => to_list(expr, from, context),
        kind if is_mixed(kind) => to_mixed(expr, from, context),
        _ => to_text(expr, from, context),
    }
}

/// The type that holds values of both: a number and text are mixed, with a list all are lists.
pub(crate) fn unify(left: &DataType, right: &DataType) -> DataType {
    match (left, right) {
        _ if left == right => left.clone(),
        _ if is_multivalue(left) || is_multivalue(right) => value::multivalue(),
        _ if is_numeric(left) && is_numeric(right) => NUMBER,
        _ => value::mixed(),
    }
}

fn unary(args: &[Arg], rows: usize, run: fn(&Arg, usize) -> ArrayRef) -> DataFusionResult<ArrayRef> {
    Ok(match args {
        [arg] => run(arg, rows),
        _ => kernel::nulls(&DataType::Null, rows),
    })
}

fn as_number(arg: &Arg, rows: usize) -> ArrayRef {
    kernel::numbers(rows, |row| arg.number(row))
}

fn as_text(arg: &Arg, rows: usize) -> ArrayRef {
    kernel::texts(rows, |row| match arg.cell(row) {
        Cell::List(list) => (!list.is_empty()).then(|| list.iter().collect::<Vec<_>>().join("\n").into()),
        single => single.text(),
    })
}

fn as_list(arg: &Arg, rows: usize) -> ArrayRef {
    kernel::lists(rows, |row| arg.cell(row).texts())
}

fn as_mixed(arg: &Arg, rows: usize) -> ArrayRef {
    kernel::mixed(rows, |row| arg.cell(row))
}

struct Scope<'a> {
    rel: &'a Rel,
    context: &'a Context,
}

impl Scope<'_> {
    fn lower(&self, expr: &tree::Expr) -> Result<Expr, Diagnostic> {
        match &expr.kind {
            ExprKind::Field(name) | ExprKind::Wildcard(name) => Ok(self.field(name)),
            ExprKind::Text(text) => Ok(text_literal(text)),
            ExprKind::Number(text) => Ok(number_literal(text.parse().unwrap_or(f64::NAN))),
            ExprKind::Call(name, args) => self.call(name, args, expr.span),
            ExprKind::Unary(op, inner) => self.unary(*op, inner),
            ExprKind::Binary(op, left, right) => self.binary(*op, left, right, expr.span),
            ExprKind::In(inner, list) => self.is_in(inner, list),
            // Those of `where` and `eval` have been run and replaced before.
            ExprKind::Subsearch(_) => {
                Err(Diagnostic::error(code::UNSUPPORTED_COMMAND, expr.span, "a subsearch cannot stand here")
                    .with_help("`where` and `eval` take subsearches"))
            }
        }
    }

    fn field(&self, name: &str) -> Expr {
        if self.rel.kind(name).is_some() { column(name) } else { null_literal() }
    }

    fn kind(&self, expr: &Expr) -> DataType {
        kind(expr, self.rel)
    }

    fn condition(&self, expr: &tree::Expr) -> Result<Expr, Diagnostic> {
        let lowered = self.lower(expr)?;
        if self.kind(&lowered) == DataType::Boolean {
            return Ok(lowered);
        }
        Err(Diagnostic::error(code::TYPE_MISMATCH, expr.span, "expected a condition, found a value")
            .with_label("this is neither true nor false")
            .with_help("compare it, for example `x=1`, or test it with `isnotnull(x)`"))
    }

    fn value(&self, expr: &tree::Expr) -> Result<(Expr, DataType), Diagnostic> {
        let lowered = self.lower(expr)?;
        let kind = self.kind(&lowered);
        Ok((lowered, kind))
    }

    fn call(&self, name: &str, args: &[tree::Expr], span: Span) -> Result<Expr, Diagnostic> {
        if name == "searchmatch" {
            return self.search_match(args, span);
        }
        let Some(function) = function::find(name) else { return self.extraction(name, args, span) };
        check_count(function, args.len(), span)?;
        let args_lowered = args.iter().map(|arg| self.lower(arg)).collect::<Result<Vec<_>, _>>()?;
        let types = args_lowered.iter().map(|arg| self.kind(arg)).collect();
        (function.build)(Call {
            function,
            args: args_lowered,
            types,
            written: args,
            span,
            context: self.context,
        })
    }

    /// What only search-time knowledge calls.
    fn extraction(&self, name: &str, args: &[tree::Expr], span: Span) -> Result<Expr, Diagnostic> {
        let args = args.iter().map(|arg| self.lower(arg)).collect::<Result<Vec<_>, _>>()?;
        let types: Vec<DataType> = args.iter().map(|arg| self.kind(arg)).collect();
        super::capture::call(name, args, &types, self.context).ok_or_else(|| unknown_function(name, span))
    }

    fn search_match(&self, args: &[tree::Expr], span: Span) -> Result<Expr, Diagnostic> {
        let [tree::Expr { kind: ExprKind::Text(text), span }] = args else {
            return Err(Diagnostic::error(
                code::TYPE_MISMATCH,
                span,
                "`searchmatch` expects one quoted search, as in searchmatch(\"a=1 error\")",
            ));
        };
        let (search, _) = sluice_spl::parse_search(text).map_err(|errors| {
            let message = errors.first().map_or_else(String::new, |error| error.message.clone());
            Diagnostic::error(code::UNEXPECTED_TOKEN, *span, message)
        })?;
        super::search::lower(&search, self.rel, self.context)
    }

    fn unary(&self, op: UnaryOp, inner: &tree::Expr) -> Result<Expr, Diagnostic> {
        if op == UnaryOp::Not {
            return Ok(Expr::Not(Box::new(self.condition(inner)?)));
        }
        let number = self.number(inner)?;
        Ok(match op {
            UnaryOp::Minus => Expr::Negative(Box::new(number)),
            UnaryOp::Plus | UnaryOp::Not => number,
        })
    }

    fn binary(
        &self,
        op: BinaryOp,
        left: &tree::Expr,
        right: &tree::Expr,
        span: Span,
    ) -> Result<Expr, Diagnostic> {
        match op {
            BinaryOp::Or => Ok(self.condition(left)?.or(self.condition(right)?)),
            BinaryOp::And => Ok(self.condition(left)?.and(self.condition(right)?)),
            BinaryOp::Xor => Ok(binary_expr(self.condition(left)?, Operator::NotEq, self.condition(right)?)),
            BinaryOp::Compare(op) => self.compare(op, left, right),
            BinaryOp::Concat => self.concat(left, right),
            BinaryOp::Add => self.add(left, right, span),
            BinaryOp::Subtract => Ok(binary_expr(self.number(left)?, Operator::Minus, self.number(right)?)),
            BinaryOp::Multiply => {
                Ok(binary_expr(self.number(left)?, Operator::Multiply, self.number(right)?))
            }
            BinaryOp::Divide => self.divide("/", left, right),
            BinaryOp::Modulo => self.divide("%", left, right),
        }
    }

    fn compare(&self, op: CompareOp, left: &tree::Expr, right: &tree::Expr) -> Result<Expr, Diagnostic> {
        Ok(compare::lower(op, self.side(left)?, self.side(right)?, self.context))
    }

    fn side(&self, expr: &tree::Expr) -> Result<Side, Diagnostic> {
        let (lowered, kind) = self.value(expr)?;
        // A count compares as the number it is, so that both sides have one type.
        let lowered = if kind == DataType::Int64 { cast(lowered, NUMBER) } else { lowered };
        let kind = if kind == DataType::Int64 { NUMBER } else { kind };
        Ok(Side { expr: lowered, kind, quoted: matches!(expr.kind, ExprKind::Text(_)) })
    }

    fn is_in(&self, inner: &tree::Expr, list: &[tree::Expr]) -> Result<Expr, Diagnostic> {
        let inner = self.side(inner)?;
        let mut any: Option<Expr> = None;
        for item in list {
            let equal = compare::lower(CompareOp::Equal, inner.clone(), self.side(item)?, self.context);
            any = Some(match any {
                Some(any) => any.or(equal),
                None => equal,
            });
        }
        Ok(any.unwrap_or_else(|| datafusion::logical_expr::lit(false)))
    }

    fn number(&self, expr: &tree::Expr) -> Result<Expr, Diagnostic> {
        let (lowered, kind) = self.value(expr)?;
        if matches!(expr.kind, ExprKind::Text(ref text) if value::parse_number(text).is_none())
            || kind == DataType::Boolean
        {
            return Err(not_a_number(expr.span));
        }
        Ok(to_number(lowered, &kind, self.context))
    }

    fn concat(&self, left: &tree::Expr, right: &tree::Expr) -> Result<Expr, Diagnostic> {
        let (left, left_kind) = self.value(left)?;
        let (right, right_kind) = self.value(right)?;
        let args = vec![to_text(left, &left_kind, self.context), to_text(right, &right_kind, self.context)];
        Ok(kernel::call(".", value::TEXT, self.context, |_, args, rows| joined(args, rows), args))
    }

    fn add(&self, left: &tree::Expr, right: &tree::Expr, span: Span) -> Result<Expr, Diagnostic> {
        let (left_value, left_kind) = self.value(left)?;
        let (right_value, right_kind) = self.value(right)?;
        if is_numeric(&left_kind) && is_numeric(&right_kind) {
            let left = to_number(left_value, &left_kind, self.context);
            return Ok(binary_expr(left, Operator::Plus, to_number(right_value, &right_kind, self.context)));
        }
        let word = |expr: &tree::Expr| matches!(&expr.kind, ExprKind::Text(text) if value::parse_number(text).is_none());
        if (word(left) && is_numeric(&right_kind)) || (word(right) && is_numeric(&left_kind)) {
            return Err(
                not_a_number(span).with_help("`+` adds two numbers or joins two strings; `.` joins anything")
            );
        }
        let args = vec![left_value, right_value];
        Ok(kernel::call("+", value::mixed(), self.context, |_, args, rows| added(args, rows), args))
    }

    fn divide(&self, op: &str, left: &tree::Expr, right: &tree::Expr) -> Result<Expr, Diagnostic> {
        let args = vec![self.number(left)?, self.number(right)?];
        Ok(if op == "/" {
            kernel::call("/", NUMBER, self.context, |_, args, rows| divided(args, rows, |a, b| a / b), args)
        } else {
            kernel::call("%", NUMBER, self.context, |_, args, rows| divided(args, rows, |a, b| a % b), args)
        })
    }
}

fn joined(args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [left, right] = args else { return Ok(kernel::nulls(&value::TEXT, rows)) };
    Ok(kernel::texts(rows, |row| {
        let mut text = left.text(row)?.into_owned();
        text.push_str(&right.text(row)?);
        Some(text.into())
    }))
}

fn added(args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [left, right] = args else { return Ok(kernel::nulls(&value::mixed(), rows)) };
    let both = |row| match (left.number(row), right.number(row)) {
        (Some(left), Some(right)) => Some((Some(left + right), None)),
        _ => Some((None, Some(format!("{}{}", left.text(row)?, right.text(row)?)))),
    };
    let sums: Vec<_> = (0..rows).map(both).collect();
    Ok(kernel::mixed(rows, |row| match sums.get(row) {
        Some(Some((Some(number), _))) => Cell::Number(*number),
        Some(Some((_, Some(text)))) => Cell::Text(text),
        _ => Cell::Null,
    }))
}

/// Division by zero has no result.
fn divided(args: &[Arg], rows: usize, divide: fn(f64, f64) -> f64) -> DataFusionResult<ArrayRef> {
    let [left, right] = args else { return Ok(kernel::nulls(&NUMBER, rows)) };
    Ok(kernel::numbers(rows, |row| {
        let by = right.number(row).filter(|by| *by != 0.0)?;
        Some(divide(left.number(row)?, by))
    }))
}

fn not_a_number(span: Span) -> Diagnostic {
    Diagnostic::error(code::TYPE_MISMATCH, span, "expected a number, found a string")
        .with_label("not a number")
}

fn check_count(function: &Function, found: usize, span: Span) -> Result<(), Diagnostic> {
    let (least, most) = function.arguments;
    if found >= least && most.is_none_or(|most| found <= most) {
        return Ok(());
    }
    let expected = match most {
        Some(most) if most == least => format!("{least}"),
        Some(most) => format!("{least} to {most}"),
        None => format!("at least {least}"),
    };
    Err(Diagnostic::error(
        code::ARGUMENT_COUNT,
        span,
        format!("`{}` expects {expected} arguments, found {found}", function.name),
    )
    .with_help(format!("`{}`", function.syntax)))
}

fn unknown_function(name: &str, span: Span) -> Diagnostic {
    let unknown = Diagnostic::error(code::UNKNOWN_FUNCTION, span, format!("no eval function `{name}`"));
    if name == "lookup" {
        return Diagnostic::error(
            code::UNSUPPORTED_FUNCTION,
            span,
            "`lookup` runs in `eval` and `where` alone",
        )
        .with_label("not here")
        .with_help("assign it to a field with `eval` before");
    }
    match nearest(name, function::all().map(|function| function.name)) {
        Some(near) => unknown.with_help(format!("did you mean `{near}`?")),
        None => unknown.with_help("`sluice help` lists the functions"),
    }
}
