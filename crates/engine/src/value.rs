//! SPL's values, once: what null, text, number and multivalue mean, how they compare and how one
//! becomes the other.
//!
//! Types are Arrow's and static per column: text is `Utf8View`, a number that SPL computed is
//! `Float64`, a count `Int64`, a multivalue field `List<Utf8View>`, a condition `Boolean`. A column
//! that may hold numbers or text (`if(x, 1, "a")`, `a + b`) is mixed: a struct of both. Where both are
//! there, the text is how the number is shown.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, ListArray, StringViewArray,
};
use arrow::datatypes::{DataType, Field, Fields, Float64Type, Int64Type};
use datafusion::common::{DataFusionError, Result};
use sluice_spl::tree::CompareOp;

/// The type of text fields.
pub const TEXT: DataType = DataType::Utf8View;
/// The type of computed numbers.
pub const NUMBER: DataType = DataType::Float64;

/// The type of multivalue fields.
pub fn multivalue() -> DataType {
    DataType::List(Arc::new(Field::new_list_field(DataType::Utf8View, true)))
}

/// The type of columns that may hold numbers or text.
pub fn mixed() -> DataType {
    DataType::Struct(mixed_fields())
}

/// The struct of [`mixed`]; where both are valid, the text is how the number is shown.
pub fn mixed_fields() -> Fields {
    Fields::from(vec![Field::new("number", NUMBER, true), Field::new("text", TEXT, true)])
}

/// Whether a column of this type is mixed.
pub fn is_mixed(kind: &DataType) -> bool {
    matches!(kind, DataType::Struct(_))
}

/// Whether a column of this type holds numbers.
pub fn is_numeric(kind: &DataType) -> bool {
    matches!(kind, DataType::Float64 | DataType::Int64)
}

/// Whether a column of this type is a multivalue field.
pub fn is_multivalue(kind: &DataType) -> bool {
    matches!(kind, DataType::List(_))
}

/// One value of one row.
#[derive(Debug, Clone)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// Text.
    Text(&'a str),
    /// A number.
    Number(f64),
    /// A number that is shown as this text, such as a share with six decimals.
    Formatted(f64, &'a str),
    /// A count.
    Integer(i64),
    /// A condition.
    Bool(bool),
    /// Several values.
    List(List<'a>),
}

/// The values of a multivalue field in one row.
#[derive(Debug, Clone, Copy)]
pub struct List<'a> {
    values: &'a StringViewArray,
    start: usize,
    end: usize,
}

impl<'a> List<'a> {
    /// The values in order; a null entry is skipped.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = &'a str> {
        (self.start..self.end).filter(|&at| !self.values.is_null(at)).map(|at| self.values.value(at))
    }

    /// How many.
    pub fn len(self) -> usize {
        self.iter().count()
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

impl<'a> Cell<'a> {
    /// Whether there is no value.
    pub fn is_null(&self) -> bool {
        match self {
            Cell::Null => true,
            Cell::List(list) => list.is_empty(),
            _ => false,
        }
    }

    /// As text; a list as its first value. `None` for null.
    pub fn text(&self) -> Option<Cow<'a, str>> {
        match self {
            Cell::Null => None,
            Cell::Text(text) | Cell::Formatted(_, text) => Some(Cow::Borrowed(text)),
            Cell::Number(number) => Some(Cow::Owned(number_to_text(*number))),
            Cell::Integer(number) => Some(Cow::Owned(number.to_string())),
            Cell::Bool(true) => Some(Cow::Borrowed("True")),
            Cell::Bool(false) => Some(Cow::Borrowed("False")),
            Cell::List(list) => list.iter().next().map(Cow::Borrowed),
        }
    }

    /// As a number, if it is one or looks like one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Cell::Number(number) | Cell::Formatted(number, _) => Some(*number),
            Cell::Integer(number) => Some(*number as f64),
            Cell::Text(text) => parse_number(text),
            Cell::List(list) if list.len() == 1 => list.iter().next().and_then(parse_number),
            _ => None,
        }
    }

    /// All its values as text: none for null, one for a single value.
    pub fn texts(&self) -> Vec<Cow<'a, str>> {
        match self {
            Cell::List(list) => list.iter().map(Cow::Borrowed).collect(),
            single => single.text().into_iter().collect(),
        }
    }
}

/// A column, seen as cells.
#[derive(Debug, Clone)]
pub enum Values {
    /// A column without a value anywhere.
    Null,
    /// Text.
    Text(StringViewArray),
    /// Numbers.
    Number(Float64Array),
    /// Counts.
    Integer(Int64Array),
    /// Conditions.
    Bool(BooleanArray),
    /// Multivalue.
    List(ListArray, StringViewArray),
    /// Numbers or text.
    Mixed(Float64Array, StringViewArray),
}

impl Values {
    /// Looks at an array.
    ///
    /// # Errors
    /// When its type is none of SPL's.
    pub fn new(array: &ArrayRef) -> Result<Self> {
        Ok(match array.data_type() {
            DataType::Null => Self::Null,
            DataType::Utf8View => Self::Text(array.as_string_view().clone()),
            DataType::Float64 => Self::Number(array.as_primitive::<Float64Type>().clone()),
            DataType::Int64 => Self::Integer(array.as_primitive::<Int64Type>().clone()),
            DataType::Boolean => Self::Bool(array.as_boolean().clone()),
            DataType::List(inner) if inner.data_type() == &DataType::Utf8View => {
                let list = array.as_list::<i32>().clone();
                let values = list.values().as_string_view().clone();
                Self::List(list, values)
            }
            DataType::Struct(fields) if *fields == mixed_fields() => {
                let array = array.as_struct();
                let numbers = array.column(0).as_primitive::<Float64Type>().clone();
                Self::Mixed(numbers, array.column(1).as_string_view().clone())
            }
            other => {
                return Err(DataFusionError::Internal(format!("a column of type {other} is no SPL value")));
            }
        })
    }

    /// The value in a row.
    pub fn cell(&self, row: usize) -> Cell<'_> {
        match self {
            Self::Null => Cell::Null,
            Self::Text(array) if array.is_valid(row) => Cell::Text(array.value(row)),
            Self::Number(array) if array.is_valid(row) => Cell::Number(array.value(row)),
            Self::Integer(array) if array.is_valid(row) => Cell::Integer(array.value(row)),
            Self::Bool(array) if array.is_valid(row) => Cell::Bool(array.value(row)),
            Self::List(array, values) if array.is_valid(row) => {
                let offsets = array.value_offsets();
                Cell::List(List { values, start: offsets[row] as usize, end: offsets[row + 1] as usize })
            }
            Self::Mixed(numbers, texts) if numbers.is_valid(row) && texts.is_valid(row) => {
                Cell::Formatted(numbers.value(row), texts.value(row))
            }
            Self::Mixed(numbers, _) if numbers.is_valid(row) => Cell::Number(numbers.value(row)),
            Self::Mixed(_, texts) if texts.is_valid(row) => Cell::Text(texts.value(row)),
            _ => Cell::Null,
        }
    }
}

/// Whether and which number a text is. Splunk takes decimal numbers with sign and exponent;
/// `inf` and `nan` are words.
pub fn parse_number(text: &str) -> Option<f64> {
    let first = *text.as_bytes().first()?;
    if !(first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.')) {
        return None;
    }
    // The last byte decides most addresses, dates and versions without parsing.
    if !text.as_bytes().last().is_some_and(|last| last.is_ascii_digit() || *last == b'.') {
        return None;
    }
    if text.len() > 1 && matches!(text.as_bytes().get(1), Some(b'i' | b'I' | b'n' | b'N')) {
        return None;
    }
    text.parse().ok()
}

/// A number as SPL prints it: whole numbers without a point, others with the digits that read back
/// as the same number.
pub fn number_to_text(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    if number != 0.0 && !(1e-5..1e17).contains(&number.abs()) {
        return exponent(number);
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    number.to_string()
}

/// `1e+20` as C prints it: at least two digits of exponent, with its sign.
fn exponent(number: f64) -> String {
    let text = format!("{number:e}");
    match text.split_once('e') {
        Some((mantissa, power)) => {
            let (sign, digits) = match power.strip_prefix('-') {
                Some(digits) => ('-', digits),
                None => ('+', power),
            };
            format!("{mantissa}e{sign}{digits:0>2}")
        }
        None => text,
    }
}

/// How two values compare in `where` and `eval`: as numbers if both look like numbers, else as
/// text. `None` if one is null.
pub fn compare(left: &Cell<'_>, right: &Cell<'_>) -> Option<Ordering> {
    if let (Some(left), Some(right)) = (left.number(), right.number()) {
        return left.partial_cmp(&right);
    }
    Some(left.text()?.as_ref().cmp(right.text()?.as_ref()))
}

/// Whether an ordering satisfies a comparison.
pub fn satisfies(op: CompareOp, ordering: Ordering) -> bool {
    match op {
        CompareOp::Equal => ordering.is_eq(),
        CompareOp::NotEqual => ordering.is_ne(),
        CompareOp::Less => ordering.is_lt(),
        CompareOp::LessOrEqual => ordering.is_le(),
        CompareOp::Greater => ordering.is_gt(),
        CompareOp::GreaterOrEqual => ordering.is_ge(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_print_as_splunk_does() {
        assert_eq!(number_to_text(3.0), "3");
        assert_eq!(number_to_text(-0.0), "0");
        assert_eq!(number_to_text(0.1 + 0.2), "0.30000000000000004");
        assert_eq!(number_to_text(1e20), "1e+20");
        assert_eq!(number_to_text(1_700_000_000.25), "1700000000.25");
    }

    #[test]
    fn only_decimal_text_is_a_number() {
        assert_eq!(parse_number("10"), Some(10.0));
        assert_eq!(parse_number("-1.5e3"), Some(-1500.0));
        for word in ["", "inf", "nan", "+inf", "-nan", "10.0.0.1", "10x", "0x10", "1 "] {
            assert_eq!(parse_number(word), None, "{word}");
        }
    }

    #[test]
    fn values_compare_as_numbers_only_if_both_are() {
        assert_eq!(compare(&Cell::Text("10"), &Cell::Text("9")), Some(Ordering::Greater));
        assert_eq!(compare(&Cell::Text("10x"), &Cell::Text("9x")), Some(Ordering::Less));
        assert_eq!(compare(&Cell::Null, &Cell::Text("9x")), None);
    }
}
