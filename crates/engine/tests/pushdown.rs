//! Readers that pass over events give the same rows, and count the same events, as readers that decode all.
//!
//! Over the project's samples, real recordings where `SLUICE_CORPUS` names some, and randomly damaged files:
//! 200 of them, or as many as `SLUICE_DAMAGED` says.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow::json::ReaderBuilder;
use arrow::json::reader::infer_json_schema;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use sluice_engine::lookup::{Definition, Table};
use sluice_engine::{Answer, Engine, Knowledge, Query, Settings, run_together};
use sluice_events::inputs;
use sluice_events::tally::Tally;

/// Queries beside the package's: every kind of condition that is pushed down, and some that must not be.
const QUERIES: &[&str] = &[
    "search EventCode=3 DestinationPort IN (21, 25, 80) NOT DestinationIp=10.0.0.0/8",
    "search EventCode=1 (Image=*\\\\curl.exe OR CommandLine=\"*ftp*\") NOT User=*SYSTEM",
    "search EventID!=3 Image!=*svchost*",
    "search NOT Image=*",
    "search NOT EventCode=1",
    "search EventCode>1 EventCode<=5",
    "search earliest=2026-11-24T20:50:00Z latest=2026-11-24T21:00:00Z | stats count by EventCode",
    "search ftp OR smtp",
    "search whoami OR \"Send-MailMessage\" OR backup",
    "search powershell NOT EventCode=3 | stats count by Image",
    "search sysmon 2026",
    "search TERM(curl.exe) | stats count",
    "search * | where EventCode=3 AND NOT cidrmatch(\"10.0.0.0/8\", DestinationIp)",
    "search * | where like(Image, \"%curl%\") OR EventCode IN (5, 22)",
    "search * | where NOT match(CommandLine, \"(?i)ftp|http\") | table _time Image CommandLine",
    "search * | eval kind=case(match(Image, \"(?i)curl\"), \"http\", EventCode=3, \"net\", true(), \"none\") \
     | where kind!=\"none\" | stats count by kind",
    "search * | eval a=if(EventCode=1, 1, 0), b=if(a=1 AND match(Image, \"(?i)ftp\"), 2, 0) | search b=2",
    "search * | eval Image=lower(Image) | where like(Image, \"%curl.exe\")",
    "search * | rename Image AS process | search process=*curl*",
    "search * | rex field=CommandLine \"(?<Image>https?)\" | search Image=http*",
    "search * | fillnull value=none CommandLine | search CommandLine=none | stats count by EventCode",
    "search * | table EventCode Image | search NOT CommandLine=*ftp* | stats count",
    "search * | head 5 | where EventCode=3",
    "search * | head 7",
    "search Image=* | rename Image AS path | eval path=lower(path) | head 3 | table _time path CommandLine _raw",
    "search * | where _time<0 OR isnull(Image) | head 100 | stats count by EventCode",
    "search * | dedup Image | where EventCode=1",
    "search EventCode=3 | stats dc(DestinationIp) AS ips by Image | where ips>1",
    "search host=* sourcetype=XmlWinEventLog* EventCode=1 | stats count by host",
    "search * | rename Image AS path, CommandLine AS line | fields path, line | search path=*curl.exe NOT line=*ftp*",
    "search * | eval user=if(isnull(User) OR User=\"\", \"unknown\", User) | search user!=unknown user=*a*",
    "search * | eval user=if(isnull(User) OR User=\"\", \"unknown\", User) | search user=unknown NOT EventCode=1",
    "search * | eval kind=case(EventCode=1, \"process\", EventCode=3, DestinationPort) | search NOT kind=process",
    "search * | eval kind=case(EventCode=1, \"process\", EventCode=3, DestinationPort) | search NOT kind=21",
    "search * | eval path=coalesce(Image, SourceImage), name=case(isnotnull(path) AND path!=\"\", path, \
     match(CommandLine, \"curl\"), CommandLine, 1=1, \"unknown\") | search name=*curl.exe*",
    "search * | eval path=coalesce(User, Image), name=case(isnull(path), \"none\", path=\"x\", 1) | search NOT name=none",
    "search * | eval path=if(EventCode=1, Image, null()) | where isnull(path) OR path!=\"\" | stats count by EventCode",
    "search * | eval name=coalesce(Image, \"none\"), n=if(isnotnull(User), 1, 2) | search n=1 name=*",
    "| tstats count min(_time) AS first from datamodel=Sysmon.Processes where Processes.process=*curl* \
     Processes.user!=unknown by Processes.user Processes.process_name",
    "| tstats count from datamodel=Sysmon.Processes where nodename=Processes.Transfers by _time span=1h Processes.user",
    "| datamodel Sysmon Processes search | stats count by Processes.process_name",
    "| from datamodel:Sysmon.Processes | search process_name=curl.exe | stats count by EventCode user",
    "| tstats count where index=* by sourcetype",
    // Groups are dropped by what they are called.
    "search * | stats count, values(User) AS User by Image EventCode | search Image=*curl* User=* count>1",
    "search * | eval path=lower(Image) | stats count by path host | rename path AS process | where NOT like(process, \"%svc%\")",
    "search * | stats count AS m.n by EventCode Image | rename Image AS m.path, EventCode AS m.code | rename m.* AS * \
     | search code=3 path=*.exe n>0 | stats sum(n) AS n by path",
    "search * | fillnull value=none User CommandLine | stats count by Image User CommandLine \
     | where User=\"none\" OR like(CommandLine, \"%ftp%\")",
    "search * | stats count by Image User | fields - Im* | search NOT Image=*curl* User=*",
    "| tstats count from datamodel=Sysmon.Processes by Processes.user Processes.process_name \
     | rename Processes.* AS * | regex process_name=\"(?i)^(curl|ftp)\" | where count>0",
    "search EventCode=1 | stats count by host Image ProcessGuid | join ProcessGuid [search EventCode=3 DestinationPort=21 \
     | stats count AS connections by ProcessGuid]",
    "search EventCode=1 | table Image, ProcessGuid | join ProcessGuid [search EventCode=99 | fields ProcessGuid]",
    // Which of a join's sides is run first.
    "search EventCode=1 Image=*nosuch* | stats count by Image ProcessGuid | join ProcessGuid [search EventCode=3 \
     | stats count AS connections by ProcessGuid] | table Image connections",
    "search EventCode=1 Image=*curl* | stats count by Image ProcessGuid | join type=left ProcessGuid [search EventCode=3 \
     | stats count AS connections by ProcessGuid]",
    "search EventCode=1 Image=*curl* | table Image ProcessGuid | join ProcessGuid [search EventCode=3 NOT DestinationPort=80]",
    // What is made of fields: by functions, `rex` and `lookup`.
    "search * | stats count by CommandLine | eval words=(mvcount(split(CommandLine, \" \"))-1) | search words>3 OR words=0",
    "search * | eval words=mvcount(split(CommandLine, \"ftp\"))+1 | where words!=2",
    "search * | stats count by Image | eval long=len(Image), end=if(substr(Image, -4)==\".exe\", 1, 0) \
     | search long>=20 long<=40 end=1",
    "search * | eval drive=substr(Image, 1, 3), n=len(drive) | where n=\"3\" OR n=2 | stats count by drive",
    "search * | eval user=if(isnull(User) OR User=\"\", \"unknown\", User) | where len(user)>7 | stats count by user",
    "search * | stats count by Image | rex field=Image \"(?<name>[^\\\\\\\\]+)$\" | search name=curl.exe",
    "search * | stats count by Image | rex field=Image \"(?<name>c[^\\\\\\\\]*)$\" | where isnull(name)",
    "search * | stats count by Image, host | rex field=Image \"(?<host>[^\\\\\\\\]+)$\" | search host=curl.exe",
    "search * | stats count by Image | rex field=Image \"(?<name>[^\\\\\\\\]+)$\" | lookup programs name OUTPUT kind \
     | search kind=transfer",
    "search * | stats count by Image | lookup paths path AS Image OUTPUT kind AS what, note | search NOT what=transfer",
    "search * | lookup paths path AS Image OUTPUT kind note | search kind=transfer note=* | stats count by Image",
    "search * | lookup paths path AS Image OUTPUT kind | where isnull(kind) OR kind=\"shell\" | stats count by Image",
    "search * | lookup paths path AS Image OUTPUTNEW kind AS User | search User=transfer | stats count by Image",
    "search * | lookup given name AS Image OUTPUT kind | search kind=none | stats count by EventCode",
    "search * | lookup given name AS Image OUTPUT kind | search kind!=none | stats count by EventCode",
    "search * | lookup given name AS Image OUTPUT kind | where isnotnull(kind) | stats count by EventCode kind",
    // What events are called.
    "search source=*Sysmon* sourcetype=XmlWinEventLog | stats count by EventCode",
    "search NOT source=*Sysmon* | stats count by sourcetype source",
    "search sourcetype=\"XmlWinEventLog:*Sysmon*\" EventCode=3 | stats count",
    "search sourcetype IN (auditd, \"zeek:*\", _json) | stats count by sourcetype",
    // Few of the events are kept, and shown whole.
    "search * | dedup 2 Image keepempty=true sortby - EventCode",
    "search Image=* | eval path=lower(Image) | dedup path, host | where EventCode=1",
    "search EventCode=1 | dedup User consecutive=true",
    "search * | sort 5 - DestinationPort, Image",
    "search NOT EventCode=3 | rex field=Image \"(?<name>[^\\\\\\\\]+)$\" | tail 4",
];

/// A model on the fields of events as they are, with all that one may have.
const MODEL: &str = r#"{"modelName": "Sysmon", "objects": [
    {"objectName": "Processes", "parentName": "BaseSearch",
     "baseSearch": "EventCode=1 | eval process=CommandLine, unused=len(Hashes)",
     "fields": [{"fieldName": "process"}, {"fieldName": "Image"}, {"fieldName": "unused"}],
     "calculations": [
        {"calculationType": "Eval", "expression": "if(isnull(User) OR User=\"\", \"unknown\", User)",
         "outputFields": [{"fieldName": "user"}]},
        {"calculationType": "Rex", "inputField": "Image", "expression": "(?<process_name>[^\\\\]+)$",
         "outputFields": [{"fieldName": "process_name"}]}]},
    {"objectName": "Transfers", "parentName": "Processes", "constraints": [{"search": "Image=*curl* OR Image=*ftp*"}]}
]}"#;

/// Lookups by name, each with its table and how it is matched.
const LOOKUPS: [(&str, &str, &str); 3] = [
    (
        "programs",
        "name,kind\ncurl.exe,transfer\nftp.exe,transfer\ncmd.exe,shell\n",
        "case_sensitive_match = false",
    ),
    (
        "paths",
        "path,kind,note\n*curl*,transfer,a\n*\\\\curl.exe,transfer,b\n*cmd.exe,shell,\n*c*,,c\n",
        "match_type = WILDCARD(path)\ncase_sensitive_match = false",
    ),
    ("given", "name,kind\nC:\\Windows\\System32\\cmd.exe,shell\n", "min_matches = 1\ndefault_match = none"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The package's queries: the seed as it stands, and the detection.
fn package() -> Vec<String> {
    let folder = root().join("packages/T1048.003");
    let yaml = std::fs::read_to_string(folder.join("exfil_over_cleartext.yml")).unwrap();
    let search = yaml.split("search: |-\n").nth(1).unwrap();
    let lines: Vec<&str> = search.lines().take_while(|line| line.starts_with("  ")).collect();
    vec![std::fs::read_to_string(folder.join("seed.spl")).unwrap(), lines.join("\n")]
}

fn knowledge() -> Knowledge {
    let mut knowledge = Knowledge::default();
    knowledge.add_model("Sysmon", MODEL).unwrap();
    for (name, table, settings) in LOOKUPS {
        let settings = settings.lines().filter_map(|line| line.split_once(" = "));
        let settings = settings.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let definition = Definition::of_settings(PathBuf::new(), &settings);
        knowledge.add_lookup(name, Table::parse(table.as_bytes()).unwrap(), definition);
    }
    knowledge
}

fn engine(pushdown: bool) -> Engine {
    Engine::new(Settings { pushdown, provenance: true, ..Settings::default() }, knowledge())
}

/// What a run gave.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    /// Each cell as text, with its field's name before it.
    rows: Vec<Vec<String>>,
    decoded: u64,
    passed_over: u64,
    lost: u64,
}

fn run(query: &str, path: &Path, pushdown: bool) -> Outcome {
    let inputs = inputs::discover(&[path.to_str().unwrap().to_owned()], &inputs::Options::default());
    let tally: Arc<Tally> = Arc::default();
    let answer =
        engine(pushdown).run(query, &inputs, &tally).unwrap_or_else(|error| panic!("{query}\n{error}"));
    Outcome {
        rows: cells(&answer),
        decoded: tally.events.load(Ordering::Relaxed),
        passed_over: tally.passed_over.load(Ordering::Relaxed),
        lost: tally.losses().1,
    }
}

fn cells(answer: &Answer) -> Vec<Vec<String>> {
    let names: Vec<String> = answer.rows.fields().into_iter().map(str::to_owned).collect();
    let rows = answer.rows.iter().map(|row| {
        let row = row.unwrap();
        let cells = names.iter().enumerate().map(|(at, name)| {
            let texts = row.cell(at).map(|cell| cell.texts().join("\u{1f}"));
            format!("{name}={texts:?}")
        });
        cells.collect()
    });
    rows.collect()
}

/// Runs queries over one reading of the inputs.
fn run_all(queries: &[&str], path: &Path, threads: usize) -> Vec<Vec<Vec<String>>> {
    let engine = Engine::new(Settings { provenance: true, threads, ..Settings::default() }, knowledge());
    let inputs = inputs::discover(&[path.to_str().unwrap().to_owned()], &inputs::Options::default());
    let queries: Vec<Query<'_>> = queries.iter().map(|text| Query { engine: &engine, text }).collect();
    let (answers, _) = run_together(&queries, &inputs, &|_| {});
    let all = queries.iter().zip(answers);
    all.map(|(query, answer)| cells(&answer.unwrap_or_else(|error| panic!("{}\n{error}", query.text))))
        .collect()
}

/// A second reading for a subsearch and for what is planned anew, whole events, and a query that ends early.
const MORE: &[&str] = &[
    "search EventCode=3 [search EventCode=1 Image=*curl* | dedup host | fields host] | stats count by host",
    "search EventCode=1 | join host [search EventCode=3 | stats count AS n by host] | table host Image n",
    "search EventCode=1 | append [search EventCode=3 | head 3] | stats count by EventCode",
    "search CommandLine=*ftp*",
    "search EventCode=1 | head 2",
    "search EventCode=22 | stats values(QueryName) AS names dc(Image) AS images by host",
    "| makeresults | eval a=1 | table a",
    "search EventCode=4104 | stats values(*) AS * by host",
    // These begin alike.
    "EventCode=1 | stats count, values(Image) AS Image BY host",
    "EventCode=1 | stats count, values(Image) AS Image BY host | where count>1 | eval n=mvcount(Image)",
    "EventCode=1 | stats count, values(Image) AS Image BY host | where count>1 | sort - count | head 1",
    "EventCode=1 | stats count, values(Image) AS Image BY host | where count>1 | sort - count | head 1",
    "EventCode=1 | stats count, values(Image) AS Image BY host | where count>1 | join host [search EventCode=3]",
    "EventCode=1 | stats count, values(Image) AS Image BY host | eventstats max(count) AS most | where count=most",
];

#[test]
fn queries_that_are_read_for_together_give_the_rows_that_each_gives_alone() {
    let folder = tempfile::tempdir().unwrap();
    // One event has several values of a field.
    std::fs::write(
        folder.path().join("repeated.jsonl"),
        "{\"EventCode\": \"1\", \"Image\": [\"a\", \"curl.exe\"], \"host\": \"h\", \"CommandLine\": \"ftp\"}\n",
    )
    .unwrap();
    let package = package();
    let queries: Vec<&str> =
        package.iter().map(String::as_str).chain(QUERIES.iter().chain(MORE).copied()).collect();
    for path in [root().join("samples"), folder.path().to_owned()] {
        for threads in [1, 2] {
            let together = run_all(&queries, &path, threads);
            for (query, rows) in queries.iter().zip(together) {
                assert_eq!(rows, run(query, &path, true).rows, "{} on {threads}: {query}", path.display());
            }
        }
    }
}

/// Runs a query both ways; gives how many events were passed over. Of those some may be damaged, which only
/// shows when they are decoded: then they count as lost.
fn compare(query: &str, path: &Path) -> u64 {
    let (some, all) = (run(query, path, true), run(query, path, false));
    let place = path.display();
    assert_eq!(some.rows, all.rows, "rows of {place} for {query}");
    assert_eq!(all.passed_over, 0);
    let more = (some.decoded + some.passed_over).checked_sub(all.decoded);
    // What each reading of the inputs meets is told once.
    let readings = 1 + query.matches("[search ").count() as u64;
    let less_lost = all.lost.checked_sub(some.lost).map(|lost| lost * readings);
    assert!(more.is_some() && more <= less_lost, "events of {place} for {query}: {more:?}, {less_lost:?}");
    some.passed_over
}

#[test]
fn samples_give_the_same_rows() {
    let samples = root().join("samples");
    let mut passed_over = 0;
    for query in package().iter().map(String::as_str).chain(QUERIES.iter().copied()) {
        passed_over += compare(query, &samples);
    }
    assert!(passed_over > 1_000, "{passed_over}");
}

#[test]
fn events_outside_a_dataset_or_its_where_are_passed_over() {
    let samples = root().join("samples");
    let decoded = |query: &str| run(query, &samples, true).decoded;
    let all = decoded("search * | stats count");
    let dataset = decoded("| tstats count from datamodel=Sysmon.Processes");
    let chosen = decoded(
        "| tstats count from datamodel=Sysmon.Processes where Processes.Image=*curl* Processes.user!=unknown \
         by Processes.Image",
    );
    let below = decoded("| tstats count from datamodel=Sysmon.Transfers where Transfers.process=*");
    assert!(
        all > dataset && dataset > chosen && dataset > below && chosen > 0,
        "{all} {dataset} {chosen} {below}"
    );
}

#[test]
fn a_value_that_is_chosen_asks_for_what_it_is_chosen_from() {
    let samples = root().join("samples");
    let decoded = |query: &str| run(query, &samples, true).decoded;
    let plain = decoded("search Image=*curl.exe | stats count");
    let chosen = decoded(
        "search * | eval path=coalesce(Image, SourceImage), name=case(isnotnull(path) AND path!=\"\", path, \
         match(CommandLine, \"curl\"), CommandLine, 1=1, \"unknown\") | search name=*curl.exe | stats count",
    );
    assert_eq!(chosen, plain);
}

/// The events of a sample as a table, in row groups of a few rows.
fn write_table(sample: &str, path: &Path) {
    let text = std::fs::read(root().join("samples").join(sample)).unwrap();
    let (schema, _) = infer_json_schema(text.as_slice(), None).unwrap();
    let schema = Arc::new(schema);
    let batches = ReaderBuilder::new(Arc::clone(&schema)).build(text.as_slice()).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(50)).build();
    let mut writer =
        ArrowWriter::try_new(std::fs::File::create(path).unwrap(), schema, Some(properties)).unwrap();
    batches.for_each(|batch| writer.write(&batch.unwrap()).unwrap());
    writer.close().unwrap();
}

#[test]
fn a_table_of_the_same_events_gives_the_same_rows() {
    // Where they stand, and the order of the members in their text, is another.
    let differs = |cell: &String| ["_file=", "_offset=", "_raw="].iter().any(|name| cell.starts_with(name));
    for sample in ["nxlog.jsonl", "ecs.jsonl"] {
        let folder = tempfile::tempdir().unwrap();
        let table = folder.path().join("events.parquet");
        write_table(sample, &table);
        let mut passed_over = 0;
        for query in package().iter().map(String::as_str).chain(QUERIES.iter().step_by(2).copied()) {
            let mut found = run(query, &table, true);
            let mut expected = run(query, &root().join("samples").join(sample), true);
            for row in found.rows.iter_mut().chain(&mut expected.rows) {
                row.retain(|cell| !differs(cell));
            }
            assert_eq!(found.rows, expected.rows, "{sample} as a table: {query}");
            passed_over += found.passed_over;
        }
        for query in QUERIES.iter().step_by(8) {
            passed_over += compare(query, &table);
        }
        assert!(passed_over > 500, "{sample}: {passed_over}");
    }
}

#[test]
fn recordings_give_the_same_rows() {
    let Some(corpus) = std::env::var_os("SLUICE_CORPUS") else {
        println!("skipped: SLUICE_CORPUS is not set");
        return;
    };
    let corpus = Path::new(&corpus);
    let few = QUERIES.iter().step_by(4).copied();
    for query in package().iter().map(String::as_str).chain(few) {
        compare(query, &corpus.join("corpus/evtx"));
    }
    for folder in ["corpus/otrf", "corpus/attack_data", "domain/samples"] {
        for query in package() {
            compare(&query, &corpus.join(folder));
        }
    }
}

#[test]
fn damaged_files_give_the_same_rows() {
    const AT_ONCE: usize = 200;
    let count = std::env::var("SLUICE_DAMAGED").map_or(AT_ONCE, |count| count.parse().unwrap());
    let samples: Vec<(PathBuf, Vec<u8>)> = std::fs::read_dir(root().join("samples"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    let mut random = Random(0x5107_ce00_0bad_c0de);
    let queries = package();
    for from in (0..count).step_by(AT_ONCE) {
        let folder = tempfile::tempdir().unwrap();
        for at in from..count.min(from + AT_ONCE) {
            let (path, bytes) = &samples[random.below(samples.len())];
            let name = format!("{at:05}-{}", path.file_name().unwrap().to_str().unwrap());
            std::fs::write(folder.path().join(name), damaged(bytes, &mut random)).unwrap();
        }
        let other = QUERIES[random.below(QUERIES.len())];
        for query in queries.iter().map(String::as_str).chain([other]) {
            compare(query, folder.path());
        }
    }
}

/// Where few events are kept, they are found by some of their fields, and may be damaged beside them.
#[test]
fn events_that_are_damaged_beside_what_they_are_found_by_are_not_kept() {
    const PARTS: usize = 60;
    let bytes = std::fs::read(root().join("samples/workstation.evtx")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.evtx");
    for part in [3, 25, 44, 50] {
        let mut damaged = bytes.clone();
        damaged[bytes.len() / PARTS * part..][..40].fill(b'~');
        std::fs::write(&path, damaged).unwrap();
        compare("search NOT EventCode=3 | eval path=lower(Image) | tail 400", &path);
        compare("search * | dedup RecordNumber", &path);
    }
}

/// A copy with bits turned, bytes replaced, parts left out, doubled or cut off.
fn damaged(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(8) {
        let at = random.below(bytes.len());
        let end = (at + random.below(3_000)).min(bytes.len());
        match random.below(8) {
            0 if at > 0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            3 => bytes[at..end].fill(0),
            4 | 5 => bytes[at] ^= 1 << random.below(8),
            _ => bytes[at] = b"\0\n\"\\{}<>&' ,:[]A\xff\xc3"[random.below(18)],
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

/// Xorshift: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % end.max(1)
    }
}
