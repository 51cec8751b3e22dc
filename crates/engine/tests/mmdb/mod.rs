//! Writes the MaxMind DB files of cases: networks and what is known of them.
//! <https://maxmind.github.io/MaxMind-DB/>

use std::collections::BTreeMap;
use std::io::Write;

use ipnet::IpNet;
use serde_json::{Map, Value, json};
use tempfile::NamedTempFile;

const MARKER: &[u8] = b"\xab\xcd\xefMaxMind.com";
/// Zero bytes between the tree and the data.
const GAP: usize = 16;

/// Types of values.
const TEXT: u8 = 2;
const DOUBLE: u8 = 3;
const UINT16: u8 = 5;
const UINT32: u8 = 6;
const MAP: u8 = 7;
const UINT64: u8 = 9;
const ARRAY: u8 = 11;

/// A file with these networks; an address is looked up as IPv6, so IPv4 networks lie in `::/96`.
pub(crate) fn file(networks: &Map<String, Value>) -> NamedTempFile {
    let mut tree = Tree { nodes: vec![[Record::Empty; 2]] };
    let mut data = Vec::new();
    // The widest first, so that narrower ones lie over them.
    let by_width: BTreeMap<_, _> = networks
        .iter()
        .map(|(network, place)| {
            let network: IpNet = network.parse().unwrap();
            ((network.prefix_len() + if network.addr().is_ipv4() { 96 } else { 0 }, network), place)
        })
        .collect();
    for ((width, network), place) in by_width {
        tree.insert(network, width, Record::Data(data.len()));
        encode(place, &mut data);
    }
    let mut bytes = tree.bytes();
    bytes.extend([0; GAP]);
    bytes.extend(data);
    bytes.extend(MARKER);
    metadata(tree.nodes.len(), &mut bytes);
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(&bytes).unwrap();
    file
}

/// What the file says of itself, each number of the kind that readers expect.
fn metadata(nodes: usize, out: &mut Vec<u8>) {
    let texts = json!({"database_type": "Test-City", "languages": ["en"], "description": {"en": "cases"}});
    let numbers = [
        ("node_count", UINT32, nodes as u64),
        ("record_size", UINT16, 24),
        ("ip_version", UINT16, 6),
        ("binary_format_major_version", UINT16, 2),
        ("binary_format_minor_version", UINT16, 0),
        ("build_epoch", UINT64, 1_700_000_000),
    ];
    let texts = texts.as_object().unwrap();
    control(MAP, texts.len() + numbers.len(), out);
    for (name, value) in texts {
        encode(&Value::from(name.as_str()), out);
        encode(value, out);
    }
    for (name, kind, value) in numbers {
        encode(&Value::from(name), out);
        number(kind, value, out);
    }
}

#[derive(Clone, Copy)]
enum Record {
    Empty,
    Node(usize),
    Data(usize),
}

struct Tree {
    nodes: Vec<[Record; 2]>,
}

impl Tree {
    fn insert(&mut self, network: IpNet, width: u8, record: Record) {
        let bits = match network.network() {
            std::net::IpAddr::V4(address) => u128::from(u32::from(address)),
            std::net::IpAddr::V6(address) => u128::from(address),
        };
        let mut node = 0;
        for depth in 0..width {
            let side = usize::from(bits >> (127 - depth) & 1 == 1);
            if depth + 1 == width {
                self.nodes[node][side] = record;
                return;
            }
            node = match self.nodes[node][side] {
                Record::Node(next) => next,
                // What was known of the whole is known of both halves.
                whole => {
                    self.nodes.push([whole; 2]);
                    self.nodes[node][side] = Record::Node(self.nodes.len() - 1);
                    self.nodes.len() - 1
                }
            };
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let count = self.nodes.len();
        let number = |record: &Record| match record {
            Record::Empty => count,
            Record::Node(node) => *node,
            Record::Data(offset) => count + GAP + offset,
        };
        let records = self.nodes.iter().flatten().map(number);
        records.flat_map(|record| (record as u32).to_be_bytes()[1..].to_vec()).collect()
    }
}

fn encode(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::String(text) => {
            control(TEXT, text.len(), out);
            out.extend(text.as_bytes());
        }
        Value::Number(number) if number.is_f64() => {
            control(DOUBLE, 8, out);
            out.extend(number.as_f64().unwrap().to_be_bytes());
        }
        Value::Number(whole) => number(UINT16, whole.as_u64().unwrap(), out),
        Value::Object(map) => {
            control(MAP, map.len(), out);
            for (key, value) in map {
                encode(&Value::from(key.as_str()), out);
                encode(value, out);
            }
        }
        Value::Array(values) => {
            control(ARRAY, values.len(), out);
            values.iter().for_each(|value| encode(value, out));
        }
        other => panic!("no value of a MaxMind DB: {other}"),
    }
}

/// A whole number without the zeros before it.
fn number(kind: u8, number: u64, out: &mut Vec<u8>) {
    let bytes = number.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    control(kind, bytes.len() - zeros, out);
    out.extend(&bytes[zeros..]);
}

/// The byte that says type and size, and those that go on.
fn control(kind: u8, size: usize, out: &mut Vec<u8>) {
    let short = size.min(29) as u8;
    if kind > 7 {
        out.extend([short, kind - 7]);
    } else {
        out.push(kind << 5 | short);
    }
    if size >= 29 {
        out.push(u8::try_from(size - 29).unwrap());
    }
}
