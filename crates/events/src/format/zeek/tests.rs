use proptest::prelude::*;

use super::*;
use crate::format::tests::{filter_loses_nothing, holds, read, read_with};

const HEAD: &str = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n\
     #open\t2026-11-24-21-00-00\n#fields\tts\tuid\tid.orig_h\tquery\tanswers\tAA\n\
     #types\ttime\tstring\taddr\tstring\tvector[string]\tbool\n";
const ROW: &str = "1795554843.098000\tCtPZ\t10.20.40.12\ta\\x2cb\\\\c\\xc3\\xa9\t203.0.113.1,x\\x2cy,-\tF\n";

#[test]
fn rows_are_events_with_the_names_of_their_header() {
    let text = format!("{HEAD}{ROW}1795554844.0\tC2\t10.0.0.1\t-\t(empty)\t-\n#close\t2026-11-24-22-00-00\n");
    let fields = ["_time", "id.orig_h", "query", "answers*", "AA", "sourcetype", "source", "index", "host"];
    let (rows, losses) = read(open, &text, &fields);
    let called = ["zeek:dns:json", "dns.log", "zeek", "unknown"];
    assert_eq!(rows[0][..5], ["1795554843.098", "10.20.40.12", "a,b\\cé", "203.0.113.1|x,y", "F"]);
    assert_eq!(rows[0][5..], called);
    assert_eq!(rows[1][..5], ["1795554844", "10.0.0.1", "∅", "∅", "∅"]);
    assert_eq!((rows.len(), losses), (2, vec![]));
}

#[test]
fn a_header_may_change_within_a_file() {
    let http =
        "#path\thttp\n#fields\tts\thost\tmethod\n#types\ttime\tstring\tstring\n1795554843.0\twww\tPUT\n";
    let (rows, _) =
        read(open, &format!("{HEAD}{ROW}{http}"), &["sourcetype", "query", "method", "host", "zeek_host"]);
    assert_eq!(rows[0], ["zeek:dns:json", "a,b\\cé", "∅", "unknown", "∅"]);
    assert_eq!(rows[1], ["zeek:http:json", "∅", "PUT", "unknown", "www"]);
}

#[test]
fn other_separators_are_read() {
    let text = "#separator |\n#path|conn\n#fields|ts|a\n#types|time|set[string]\n1.0|x,y\n";
    assert_eq!(read(open, text, &["a*"]).0, [["x|y"]]);
}

#[test]
fn rows_that_do_not_fit_are_reported() {
    let (rows, losses) = read(open, &format!("1\t2\n{HEAD}{ROW}short\t1\n"), &["uid"]);
    assert_eq!(rows, [["CtPZ"]]);
    assert_eq!(losses.iter().map(|loss| loss.record).collect::<Vec<_>>(), [Some(1), Some(11)]);
}

#[test]
fn rows_are_passed_over_by_their_cells() {
    let text = format!("{HEAD}{ROW}");
    for (field, value, rows) in [
        ("uid", "CtPZ", 1),
        ("uid", "x", 0),
        ("query", "a,b\\cé", 1),
        ("answers", "x,y", 1),
        ("nothing", "", 0),
        ("sourcetype", "other", 1),
    ] {
        assert_eq!(
            read_with(open, &text, &[field], Some(holds(field, value))).0.len(),
            rows,
            "{field}={value}"
        );
    }
}

proptest! {
    #[test]
    fn any_text_is_read_to_its_end(text in "(#separator \\\\x09\n|#fields\t|#types\tset\\[a\\]\t|#unset_field\t|[a-z\\\\x0-9\t,-]{0,9}|\n){0,30}") {
        read(open, &text, &["a", "ts", "_raw"]);
    }

    #[test]
    fn a_filter_loses_no_row(
        rows in prop::collection::vec("[ab]\t(-|\\(empty\\)|a|b|a\\\\x62)\t(-|a|a,b|\\(empty\\)|\\\\x61)", 1..6),
        field in "uid|q|s|_raw|none",
        value in "a|b|ab|",
    ) {
        let head = "#fields\tuid\tq\ts\n#types\tstring\tstring\tset[string]\n";
        filter_loses_nothing(open, &format!("{head}{}\n", rows.join("\n")), &field, &value);
    }

    #[test]
    fn cells_are_what_a_plain_split_gives(cells in prop::collection::vec("[a-z0-9]{1,6}", 6)) {
        let row = cells.join("\t");
        let (rows, _) = read(open, &format!("{HEAD}{row}\n"), &["ts", "uid", "id.orig_h", "query", "answers", "AA"]);
        prop_assert_eq!(&rows[0], &cells);
    }
}
