//! The newest events of a partition, before all partitions are sorted: few rows go on, and they do not hold on
//! to the batches they come from.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use arrow::array::{AsArray, BooleanArray};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{Float64Type, Int64Type, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::Result;
use sluice_events::field;
use sluice_events::request::Floor;

use crate::held::compact;
use crate::operator::{RowOperator, RowState};
use crate::plan::ORDER_TIME;

/// Lets the first `count` rows in the order [`crate::plan::Order::Newest`] through, and some others.
#[derive(Debug)]
pub(crate) struct Newest {
    pub(crate) count: usize,
    /// Is told how new events must be to be among them.
    pub(crate) floor: Option<Arc<Floor>>,
}

/// Greater is earlier in the order: the time by [`Floor::rank`], then the place in the input.
pub(super) type Rank = (Option<i64>, Reverse<i64>);

impl RowOperator for Newest {
    fn name(&self) -> &'static str {
        "Newest"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        Arc::clone(input)
    }

    fn parallel(&self) -> bool {
        true
    }

    fn start(&self, _: &SchemaRef) -> Box<dyn RowState> {
        Box::new(Finding { count: self.count, floor: self.floor.clone(), best: BinaryHeap::new() })
    }
}

struct Finding {
    count: usize,
    floor: Option<Arc<Floor>>,
    /// Of all rows so far; the least is on top.
    best: BinaryHeap<Reverse<Rank>>,
}

impl RowState for Finding {
    fn push(&mut self, batch: RecordBatch) -> Result<Option<RecordBatch>> {
        let Some(ranks) = ranks(&batch) else { return Ok(Some(batch)) };
        for rank in ranks.clone() {
            self.add(rank);
        }
        let Some(Reverse(least)) = self.best.peek() else { return Ok(None) };
        if let (Some(floor), Some(time)) = (&self.floor, least.0)
            && self.best.len() == self.count
        {
            floor.raise(time);
        }
        let kept: BooleanArray = ranks.map(|rank| Some(rank >= *least)).collect();
        if kept.true_count() == 0 {
            return Ok(None);
        }
        compact(&filter_record_batch(&batch, &kept)?).map(Some)
    }
}

/// The ranks of a batch's rows; `None` where it does not say.
pub(super) fn ranks(batch: &RecordBatch) -> Option<impl Iterator<Item = Rank> + Clone + '_> {
    let time = batch.column_by_name(ORDER_TIME)?.as_primitive_opt::<Float64Type>()?;
    let place = batch.column_by_name(field::SEQ)?.as_primitive_opt::<Int64Type>()?;
    let rank = |(time, place): (Option<f64>, &i64)| (time.map(Floor::rank), Reverse(*place));
    Some(time.iter().zip(place.values()).map(rank))
}

impl Finding {
    fn add(&mut self, rank: Rank) {
        if self.best.len() < self.count {
            self.best.push(Reverse(rank));
        } else if self.best.peek().is_some_and(|Reverse(least)| rank > *least) {
            self.best.pop();
            self.best.push(Reverse(rank));
        }
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, Float64Array, Int64Array, StringViewArray};

    use super::*;

    fn batch(rows: &[(Option<f64>, i64)]) -> RecordBatch {
        let text = rows.iter().map(|(_, place)| format!("a text too long to stand in its view, {place}"));
        let columns: [(&str, ArrayRef); 3] = [
            (ORDER_TIME, Arc::new(rows.iter().map(|(time, _)| *time).collect::<Float64Array>())),
            (field::SEQ, Arc::new(Int64Array::from_iter_values(rows.iter().map(|(_, place)| *place)))),
            ("a", Arc::new(StringViewArray::from_iter_values(text))),
        ];
        RecordBatch::try_from_iter_with_nullable(columns.map(|(name, values)| (name, values, true))).unwrap()
    }

    fn places(given: Option<&RecordBatch>) -> Vec<i64> {
        given.map_or(Vec::new(), |batch| batch.column(1).as_primitive::<Int64Type>().values().to_vec())
    }

    #[test]
    fn only_rows_that_may_be_among_the_first_go_on() {
        let newest = Newest { count: 2, floor: None };
        let mut run = newest.start(&batch(&[]).schema());
        let mut push = |rows: &[(Option<f64>, i64)]| places(run.push(batch(rows)).unwrap().as_ref());
        assert_eq!(push(&[(None, 1), (Some(-1.0), 2), (Some(5.0), 3), (Some(4.0), 4)]), [3, 4]);
        assert_eq!(push(&[(Some(3.0), 5), (None, 6)]), [0; 0]);
        assert_eq!(push(&[(Some(5.0), 7), (Some(5.0), 8)]), [7], "of equals the first counts");
        assert_eq!(push(&[(Some(9.0), 9)]), [9]);
        assert_eq!(push(&[(Some(5.0), 1)]), [1], "an earlier place may come later");
    }

    #[test]
    fn rows_without_time_go_on_where_there_are_no_others() {
        let mut run = Newest { count: 3, floor: None }.start(&batch(&[]).schema());
        assert_eq!(places(run.push(batch(&[(None, 2), (None, 1)])).unwrap().as_ref()), [2, 1]);
        assert_eq!(places(run.push(batch(&[(None, 5), (None, 4), (None, 3)])).unwrap().as_ref()), [3]);
    }

    #[test]
    fn rows_do_not_hold_on_to_their_batch() {
        let rows: Vec<_> = (0..1_000).map(|at| (Some(at as f64), at)).collect();
        let mut run = Newest { count: 1, floor: None }.start(&batch(&[]).schema());
        let kept = run.push(batch(&rows)).unwrap().unwrap();
        assert_eq!(kept.num_rows(), 1);
        assert!(kept.get_array_memory_size() < 2_000, "{}", kept.get_array_memory_size());
    }
}
