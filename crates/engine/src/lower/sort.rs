//! `sort`: numbers before text, addresses as addresses, missing values last in both directions.

use std::net::IpAddr;
use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryBuilder};
use arrow::datatypes::DataType;
use datafusion::common::Result as DataFusionResult;
use datafusion::logical_expr::SortExpr;
use sluice_spl::ops::{Sort, SortKey, SortKind};

use crate::error::Result;
use crate::kernel::{self, Arg, Context, Run};
use crate::plan::{Rel, column};
use crate::value::{is_numeric, parse_number};

pub(crate) fn lower(sort: &Sort, rel: Rel, context: &Context) -> Result<Rel> {
    let keys = keys(&sort.keys, sort.reverse, &rel, context);
    let fetch = sort.limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
    rel.sort(keys, fetch)
}

/// Sort keys as expressions; a field that does not exist orders nothing.
pub(crate) fn keys(keys: &[SortKey], reverse: bool, rel: &Rel, context: &Context) -> Vec<SortExpr> {
    keys.iter().filter_map(|key| self::key(key, reverse, rel, context)).collect()
}

fn key(key: &SortKey, reverse: bool, rel: &Rel, context: &Context) -> Option<SortExpr> {
    let kind = rel.kind(&key.field.text)?;
    let field = column(&key.field.text);
    let by = if is_numeric(kind) && key.kind != SortKind::Text {
        field
    } else {
        let (name, run): (_, Run) = match key.kind {
            SortKind::Auto => ("sort_auto", |_, args, rows| encoded(args, rows, auto)),
            SortKind::Ip => ("sort_ip", |_, args, rows| encoded(args, rows, address)),
            SortKind::Number => ("sort_num", |_, args, rows| encoded(args, rows, number)),
            SortKind::Text => ("sort_str", |_, args, rows| encoded(args, rows, text)),
        };
        kernel::call(name, DataType::Binary, context, run, vec![field])
    };
    Some(by.sort(key.descending == reverse, false))
}

/// Each value as bytes whose order is SPL's. One key for all kinds keeps the order total; Splunk's
/// own choice a pair at a time is not transitive.
fn encoded(args: &[Arg], rows: usize, encode: fn(&str, &mut Vec<u8>) -> bool) -> DataFusionResult<ArrayRef> {
    let [arg] = args else { return Ok(kernel::nulls(&DataType::Binary, rows)) };
    let mut builder = BinaryBuilder::new();
    let mut key = Vec::new();
    for row in 0..rows {
        key.clear();
        match arg.text(row) {
            Some(value) if encode(&value, &mut key) => builder.append_value(&key),
            _ => builder.append_null(),
        }
    }
    Ok(Arc::new(builder.finish()))
}

/// A value's bytes in the order of `auto`.
pub(super) fn auto_key(value: &str) -> Vec<u8> {
    let mut key = Vec::new();
    auto(value, &mut key);
    key
}

/// Numbers, then addresses, then other text.
fn auto(value: &str, key: &mut Vec<u8>) -> bool {
    if let Some(number) = parse_number(value) {
        key.push(1);
        push_number(number, key);
    } else if let Ok(IpAddr::V4(address)) = value.parse::<IpAddr>() {
        key.push(2);
        key.extend(address.octets());
    } else {
        key.push(3);
        key.extend(value.as_bytes());
    }
    true
}

fn address(value: &str, key: &mut Vec<u8>) -> bool {
    match value.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => {
            key.push(1);
            key.extend(address.octets());
        }
        Ok(IpAddr::V6(address)) => {
            key.push(2);
            key.extend(address.octets());
        }
        Err(_) => {
            key.push(3);
            key.extend(value.as_bytes());
        }
    }
    true
}

fn number(value: &str, key: &mut Vec<u8>) -> bool {
    match parse_number(value) {
        Some(number) => {
            push_number(number, key);
            true
        }
        None => false,
    }
}

fn text(value: &str, key: &mut Vec<u8>) -> bool {
    key.extend(value.as_bytes());
    true
}

/// The bits of a double, turned so that bytewise order is numeric order.
fn push_number(number: f64, key: &mut Vec<u8>) {
    let bits = (number + 0.0).to_bits();
    let ordered = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
    key.extend(ordered.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sort_by_value_and_before_text() {
        let mut values = ["b", "10", "9", "-3", "10.0.0.9", "10.0.0.10", "a", "1.5"];
        values.sort_by_key(|value| auto_key(value));
        assert_eq!(values, ["-3", "1.5", "9", "10", "10.0.0.9", "10.0.0.10", "a", "b"]);
    }
}
