//! Walking, archives, damage and splits, on small files.

use std::fs;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Int64Type;
use proptest::prelude::*;

use super::*;
use crate::request::{Request, Wanted};
use crate::tally::Tally;

fn found(path: &Path) -> Inputs {
    discover(&[path.display().to_string()], &Options::default())
}

/// The values of `a`, with `_record`, over splits of this size.
fn values(input: Input, size: u64, tally: &Arc<Tally>) -> Vec<(String, i64)> {
    let request = Arc::new(Request {
        fields: vec![Wanted::one("a"), Wanted::one("_record")],
        rest: false,
        ..Request::default()
    });
    let mut values = Vec::new();
    for split in Arc::new(input).splits(size) {
        let mut reader = split.open(Arc::clone(&request), Arc::clone(tally), &Options::default(), 0).unwrap();
        while let Some(batch) = reader.next_batch().unwrap() {
            let records = batch.column(1).as_primitive::<Int64Type>();
            let texts = batch.column(0).as_string_view();
            values.extend((0..texts.len()).map(|at| (texts.value(at).to_owned(), records.value(at))));
        }
    }
    values
}

fn only(path: &Path) -> Vec<(String, i64)> {
    let mut found = found(path);
    assert_eq!((found.problems, found.inputs.len()), (vec![], 1));
    let tally = Arc::default();
    let values = values(found.inputs.remove(0), u64::MAX, &tally);
    assert_eq!(tally.losses().1, 0);
    values
}

const LINES: &[u8] = b"{\"a\": 1}\n{\"a\": 2}\n";

fn expected() -> Vec<(String, i64)> {
    vec![("1".to_owned(), 1), ("2".to_owned(), 2)]
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, name, *bytes).unwrap();
    }
    tar.into_inner().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[cfg(unix)]
#[test]
fn a_folder_is_walked_in_order_with_hidden_files_and_without_links() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("a")).unwrap();
    for name in ["a/x.log", "a-b", ".hidden", "b"] {
        fs::write(folder.path().join(name), LINES).unwrap();
    }
    fs::write(folder.path().join("empty"), b"").unwrap();
    std::os::unix::fs::symlink("/", folder.path().join("root")).unwrap();
    std::os::unix::fs::symlink("..", folder.path().join("a/loop")).unwrap();
    let found = found(folder.path());
    let names: Vec<_> =
        found.inputs.iter().map(|input| &input.name[folder.path().as_os_str().len() + 1..]).collect();
    assert_eq!(names, [".hidden", "a-b", "a/x.log", "b", "empty"]);
    assert_eq!(found.inputs[4].format, Format::Empty);
    assert!(found.inputs.iter().all(|input| !input.named));
}

#[test]
fn a_missing_path_is_a_problem_and_a_glob_finds() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.json"), LINES).unwrap();
    let missing = found(&folder.path().join("b.json"));
    assert!(missing.problems[0].missing && missing.inputs.is_empty());
    let glob = found(&folder.path().join("*.json"));
    assert_eq!((glob.inputs.len(), glob.problems.len()), (1, 0));
    assert!(glob.inputs[0].named);
}

#[test]
fn a_file_whose_name_looks_like_a_glob_is_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a[1].json");
    fs::write(&path, LINES).unwrap();
    assert_eq!(only(&path), expected());
}

#[test]
fn compressed_files_are_read_through() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip2.write_all(LINES).unwrap();
    let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 1);
    xz.write_all(LINES).unwrap();
    let two_members = [gzip(b"{\"a\": 1}\n"), gzip(b"{\"a\": 2}\n")].concat();
    let padded = [gzip(LINES), vec![0; 40_000]].concat();
    let stored = [
        gzip(LINES),
        two_members,
        padded,
        zstd::encode_all(LINES, 1).unwrap(),
        bzip2.finish().unwrap(),
        xz.finish().unwrap(),
        tar(&[("a", LINES)]),
        gzip(&tar(&[("a", LINES)])),
        tar(&[("a.gz", &gzip(LINES))]),
        zip(&[("a", LINES)]),
        zip(&[("inner.zip", &zip(&[("a", LINES)]))]),
        gzip(&zip(&[("inner.tar.gz", &gzip(&tar(&[("a", LINES)])))])),
    ];
    for (at, stored) in stored.iter().enumerate() {
        fs::write(&path, stored).unwrap();
        assert_eq!(only(&path), expected(), "{at}");
    }
}

#[test]
fn members_are_named_after_their_archives() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let inner = tar(&[("x", LINES), ("y\n", LINES)]);
    let deep = zip(&[("one.zip", &zip(&[("two.zip", &zip(&[("a", LINES)]))]))]);
    fs::write(&path, zip(&[("b.tar", &inner), ("deep", &deep), ("c", LINES)])).unwrap();
    let found = found(&path);
    let names: Vec<_> = found.inputs.iter().map(|input| input.name.rsplit_once('/').unwrap().1).collect();
    assert_eq!(names, ["a.zip!b.tar!x", "a.zip!b.tar!y\u{FFFD}", "a.zip!c"]);
    assert_eq!(found.problems.len(), 1, "{:?}", found.problems);
    for input in found.inputs {
        assert_eq!(values(input, 1, &Arc::default()), expected());
    }
}

#[test]
fn a_bomb_and_a_torn_file_end_with_a_loss() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.gz");
    let bomb = [LINES, &vec![b' '; 40 << 20], LINES].concat();
    fs::write(&path, gzip(&bomb)).unwrap();
    let tally = Arc::new(Tally::default());
    assert_eq!(values(found(&path).inputs.remove(0), 1, &tally), expected());
    assert!(tally.losses().0[0].what.contains("1000 to 1"), "{:?}", tally.losses());

    let lines = (0..10_000).fold(String::new(), |text, at| text + &format!("{{\"a\": {at}}}\n"));
    let torn = gzip(lines.as_bytes());
    fs::write(&path, &torn[..torn.len() / 2]).unwrap();
    let tally = Arc::new(Tally::default());
    let values = values(found(&path).inputs.remove(0), 1, &tally);
    assert!(values.len() > 1_000 && values.len() < 9_000);
    assert!(tally.losses().0.iter().any(|loss| loss.what.contains("damaged")), "{:?}", tally.losses());
    assert_eq!(tally.bytes.load(Ordering::Relaxed), torn.len() as u64 / 2);
}

#[test]
fn damage_at_the_start_of_a_compressed_file_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let whole = zstd::encode_all(LINES, 1).unwrap();
    fs::write(folder.path().join("log.zst"), &whole[..8]).unwrap();
    let found = found(folder.path());
    assert!(found.problems[0].message.starts_with("zstd stream damaged"), "{:?}", found.problems);
    assert!(found.inputs.is_empty(), "{:?}", found.inputs);
}

#[test]
fn a_zip_member_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("a", stored).unwrap();
    zip.write_all(LINES).unwrap();
    let mut bytes = zip.finish().unwrap().into_inner();
    let digit = bytes.windows(3).position(|bytes| bytes == b": 2").unwrap() + 2;
    bytes[digit] = b'3';
    fs::write(&path, bytes).unwrap();
    let tally = Arc::new(Tally::default());
    let values = values(found(&path).inputs.remove(0), u64::MAX, &tally);
    assert_eq!(values[1].0, "3");
    assert!(tally.losses().0[0].what.contains("checksum"), "{:?}", tally.losses());
}

#[test]
fn utf_16_json_and_byte_order_marks_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let text = std::str::from_utf8(LINES).unwrap();
    let utf16: Vec<u8> =
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for bytes in [utf16, [b"\xef\xbb\xbf", LINES].concat()] {
        fs::write(&path, bytes).unwrap();
        assert_eq!(only(&path), expected());
    }
}

#[test]
fn evtx_is_cut_at_chunks() {
    let input = Input {
        name: "a.evtx".to_owned(),
        origin: Origin::File(PathBuf::from("a.evtx")),
        format: Format::Evtx,
        size: 4_096 + 5 * 65_536,
        named: true,
        cut: Cut::Chunks,
        lines: None,
        footer: None,
    };
    let ranges: Vec<_> =
        Arc::new(input).splits(140_000).into_iter().filter_map(|split| split.range).collect();
    assert_eq!(ranges, [(0, 135_168), (135_168, 266_240), (266_240, 331_776)]);
}

#[test]
fn text_is_read_where_the_user_says_that_it_is_a_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes");
    fs::write(&path, "hello a=1\n\nworld a=2\n").unwrap();
    assert_eq!(only(&path), [("1".to_owned(), 1), ("2".to_owned(), 3)]);
    assert_eq!(found(folder.path()).inputs[0].format, Format::Unknown);
    let overrides = Overrides { sourcetype: Some("notes".to_owned()), ..Overrides::default() };
    let options = Options { overrides, ..Options::default() };
    let found = discover(&[folder.path().display().to_string()], &options);
    assert_eq!(found.inputs[0].format, Format::Text);
    fs::write(&path, b"\x7fELF\x02\x01\0").unwrap();
    let found = discover(&[path.display().to_string()], &options);
    assert_eq!(found.inputs[0].format, Format::Unknown);
}

#[test]
fn csv_rows_are_events() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    fs::write(&path, "_time,a,b\n1575510574,1,\"x\ny\"\n1575510574,2\n1575510574,3,\n").unwrap();
    let tally = Arc::new(Tally::default());
    let values = values(found(&path).inputs.remove(0), 1, &tally);
    assert_eq!(values, [("1".to_owned(), 2), ("3".to_owned(), 5)]);
    assert_eq!(tally.losses().0[0].what, "a row of 2 cells under a header of 3");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn splits_give_what_the_whole_gives(
        lines in proptest::collection::vec("(\\{\"a\": [0-9]{1,9}\\}|\\{\"a\": \"x+\"\\}|)(\r|)", 1..30),
        size in 1..120_u64,
    ) {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), format!("{{\"a\": 0}}\n{}", lines.join("\n"))).unwrap();
        let input = found(file.path()).inputs.remove(0);
        prop_assert_eq!(input.cut, Cut::Lines);
        let (whole, split) = (Arc::new(Tally::default()), Arc::new(Tally::default()));
        prop_assert_eq!(values(input.clone(), u64::MAX, &whole), values(input.clone(), size, &split));
        prop_assert_eq!(split.bytes.load(Ordering::Relaxed), input.size);
        prop_assert_eq!(whole.bytes.load(Ordering::Relaxed), input.size);
    }

    #[test]
    fn splits_of_other_lines_do_so_too(
        lines in proptest::collection::vec("(type=X msg=audit\\(1\\.5:2\\): a=[0-9]{1,9}|rubbish|)(\r|)", 1..30),
        size in 1..120_u64,
    ) {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), format!("type=X msg=audit(1.5:1): a=0\n{}", lines.join("\n"))).unwrap();
        let input = found(file.path()).inputs.remove(0);
        prop_assert_eq!((input.format, input.cut), (Format::Auditd, Cut::Lines));
        let (whole, split) = (Arc::new(Tally::default()), Arc::new(Tally::default()));
        prop_assert_eq!(values(input.clone(), u64::MAX, &whole), values(input.clone(), size, &split));
        prop_assert_eq!(split.bytes.load(Ordering::Relaxed), input.size);
        prop_assert_eq!(whole.losses().1, split.losses().1);
    }

    #[test]
    fn any_file_is_safe(bytes in proptest::collection::vec(any::<u8>(), 0..600), magic in 0..8_usize) {
        let magics: [&[u8]; 8] =
            [b"", b"\x1f\x8b\x08\0", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"BZh91A", b"\xfd7zXZ\0", b"_time,_raw\n", b"[{"];
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), [magics[magic], &bytes].concat()).unwrap();
        for input in found(file.path()).inputs {
            if input.format.opener().is_some() && !matches!(input.format, Format::Evtx | Format::WindowsXml) {
                values(input, 100, &Arc::default());
            }
        }
    }
}
