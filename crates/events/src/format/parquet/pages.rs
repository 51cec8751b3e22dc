//! A look at the headers of a column's pages before they are decoded: how large they become, and how they are encoded.
//!
//! A header may state any size, and the crate `parquet` believes it.

use std::fs::File;
use std::io::{self, BufReader, Seek, SeekFrom};

use parquet::arrow::ProjectionMask;
use parquet::basic::Encoding;
use parquet::file::metadata::ColumnChunkMetaData;

use super::compact::{Compact, I32, STRUCT, damaged};
use super::footer::{Table, first_byte};
use super::group::Place;

/// A page may not become larger than this …
const LARGEST: u64 = 256 << 20;
/// … nor more than so many times what is stored, …
const MAX_RATIO: u64 = 1_000;
/// … once it is larger than this. Nor may a column have more values.
const RATIO_FREE: u64 = 16 << 20;
/// Where values are made from those before them, a page must be smaller: each of its values may be nearly as large.
const LARGEST_DELTA: u64 = 8 << 20;
/// Bytes read at once. Headers are short, and far from one another.
const BUFFER: usize = 1 << 10;

/// How the pages of a column are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Encoded {
    /// All values stand in a dictionary.
    pub(super) is_dictionary: bool,
    /// Values are made from those before them.
    pub(super) is_delta: bool,
}

/// Looks at the columns of a row group that are to be read.
pub(super) fn look(
    file: &File,
    table: &Table,
    mask: &ProjectionMask,
    place: Place,
) -> Result<Vec<Option<Encoded>>, String> {
    let Some(group) = table.metadata.row_groups().get(place.number) else { return Ok(Vec::new()) };
    let each = group.columns().iter().zip(&table.leaves).enumerate().map(|(at, (column, leaf))| {
        if !mask.leaf_included(at) {
            return Ok(None);
        }
        let look = Look { column, is_repeated: leaf.is_repeated, place };
        look.pages(file).map(Some)
    });
    each.collect()
}

struct Look<'a> {
    column: &'a ColumnChunkMetaData,
    is_repeated: bool,
    place: Place,
}

/// What a page's header says.
#[derive(Debug, Clone, Copy, Default)]
struct Header {
    kind: i64,
    expanded: u64,
    stored: u64,
    values: u64,
    encoding: i64,
}

const DATA_PAGE: i64 = 0;
const DATA_PAGE_V2: i64 = 3;

impl Look<'_> {
    fn pages(&self, file: &File) -> Result<Encoded, String> {
        let (mut at, stored) =
            (first_byte(self.column), u64::try_from(self.column.compressed_size()).unwrap_or(0));
        let end = at.saturating_add(stored);
        let mut encoded = Encoded { is_dictionary: true, is_delta: false };
        let mut values = 0_u64;
        let mut bytes = BufReader::with_capacity(BUFFER, file);
        bytes.seek(SeekFrom::Start(at)).map_err(|error| error.to_string())?;
        while at < end {
            let (header, length) = header(&mut bytes).map_err(|error| error.to_string())?;
            self.check(header)?;
            if matches!(header.kind, DATA_PAGE | DATA_PAGE_V2) {
                values = values.saturating_add(header.values);
                encoded.is_dictionary &=
                    is_one(header, &[Encoding::RLE_DICTIONARY, Encoding::PLAIN_DICTIONARY]);
                encoded.is_delta |= is_one(header, &[Encoding::DELTA_BYTE_ARRAY]);
            }
            if encoded.is_delta && header.expanded > LARGEST_DELTA {
                return Err(format!(
                    "a page of {} bytes whose values are made from one another",
                    header.expanded
                ));
            }
            let bytes_on = i64::try_from(header.stored).map_err(|error| error.to_string())?;
            bytes.seek_relative(bytes_on).map_err(|error| error.to_string())?;
            at = at.saturating_add(length).saturating_add(header.stored);
        }
        // A column of nothing but nulls takes no room among others, but a list of nulls does when it is read.
        let room = if self.is_repeated { stored } else { self.place.bytes };
        if values > RATIO_FREE && values / MAX_RATIO > room {
            return Err(format!("a column of {values} values in {room} bytes is not read"));
        }
        Ok(encoded)
    }

    fn check(&self, header: Header) -> Result<(), String> {
        let Header { expanded, stored, .. } = header;
        if expanded > LARGEST {
            return Err(format!("a page of {expanded} bytes is not read: it may have {LARGEST}"));
        }
        if expanded > RATIO_FREE && expanded / MAX_RATIO > stored {
            return Err("a page expands more than 1000 to 1 and is not read".to_owned());
        }
        Ok(())
    }
}

fn is_one(header: Header, encodings: &[Encoding]) -> bool {
    encodings.iter().any(|encoding| *encoding as i64 == header.encoding)
}

/// The header that begins here, and its length.
fn header(bytes: &mut BufReader<&File>) -> io::Result<(Header, u64)> {
    let mut compact = Compact::new(bytes);
    let (mut header, mut last) = (Header::default(), 0);
    while let Some((number, kind)) = compact.field(last)? {
        last = number;
        match (number, kind) {
            (1, I32) => header.kind = compact.integer()?,
            (2, I32) => header.expanded = size(compact.integer()?)?,
            (3, I32) => header.stored = size(compact.integer()?)?,
            // Of a page of data, in the first and the second version: how many values, and how encoded.
            (5, STRUCT) => (header.values, header.encoding) = data(&mut compact, 2)?,
            (8, STRUCT) => (header.values, header.encoding) = data(&mut compact, 4)?,
            _ => compact.skip(kind)?,
        }
    }
    Ok((header, compact.read))
}

fn data(compact: &mut Compact<&mut BufReader<&File>>, place_of_encoding: i16) -> io::Result<(u64, i64)> {
    let (mut values, mut encoding, mut last) = (0, 0, 0);
    while let Some((number, kind)) = compact.field(last)? {
        last = number;
        match (number, kind) {
            (1, I32) => values = size(compact.integer()?)?,
            (number, I32) if number == place_of_encoding => encoding = compact.integer()?,
            _ => compact.skip(kind)?,
        }
    }
    Ok((values, encoding))
}

fn size(stated: i64) -> io::Result<u64> {
    u64::try_from(stated).map_err(|_| damaged())
}
