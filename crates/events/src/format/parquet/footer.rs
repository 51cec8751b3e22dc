//! What a file says of itself: its columns, and where its row groups are.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::{Arc, OnceLock};

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};
use parquet::arrow::parquet_to_arrow_schema;
use parquet::basic::{ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::errors::ParquetError;
use parquet::file::metadata::{
    ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataReader,
    ParquetStatisticsPolicy,
};
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};

use super::compact::{Compact, I32, LIST};
use super::group::{Place, guarded};
use crate::format::json::rows::DEEPEST;

/// The end of a file: the length of its footer, and the magic.
const TAIL: usize = 8;
/// A longer footer is not read.
const LARGEST: i64 = 64 << 20;

/// The footer of a file, read once by the first of its splits.
#[derive(Debug, Default)]
pub struct Footer(OnceLock<Result<Arc<Table>, String>>);

impl Footer {
    pub(super) fn table(&self, file: &File) -> Result<Arc<Table>, String> {
        self.0.get_or_init(|| guarded(|| Table::read(file)).map(Arc::new)).clone()
    }
}

/// Columns and row groups.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) metadata: Arc<ParquetMetaData>,
    /// As batches have it: text is bytes, for what a file calls text need not be UTF-8.
    pub(super) schema: SchemaRef,
    /// The columns that hold values, in the file's order. Those in structs, lists and maps count one by one.
    pub(super) leaves: Vec<Leaf>,
}

/// A column that holds values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leaf {
    /// The names down to it. What is a list has no name for its elements.
    pub(super) path: Vec<String>,
    /// The name that it goes by as a field: `a.b`, `a{}`.
    pub(super) name: String,
    pub(super) data_type: DataType,
    /// An event may have several values of it.
    pub(super) is_repeated: bool,
    /// It is in a map, whose keys are names.
    pub(super) is_in_map: bool,
    pub(super) is_uuid: bool,
}

impl Table {
    fn read(file: &File) -> Result<Self, ParquetError> {
        check(file)?;
        let read = |options: ParquetMetaDataOptions| {
            // Histograms are not used and can be large.
            let options = options.with_size_stats_policy(ParquetStatisticsPolicy::SkipAll);
            ParquetMetaDataReader::new().with_metadata_options(Some(options)).parse_and_finish(file)
        };
        let stated = read(ParquetMetaDataOptions::new())?;
        let plain = Arc::new(without_text(stated.file_metadata().schema_descr())?);
        let metadata = read(ParquetMetaDataOptions::new().with_schema(Arc::clone(&plain)))?;
        let schema = parquet_to_arrow_schema(&plain, None)?;
        let schema = Schema::new_with_metadata(views(schema.fields()), schema.metadata().clone());
        let leaves = leaves(&schema, &plain)?;
        Ok(Self { metadata: Arc::new(metadata), schema: Arc::new(schema), leaves })
    }

    /// Whether the column at this path is of UUIDs.
    pub(super) fn is_uuid(&self, path: &[String]) -> bool {
        self.leaves.iter().any(|leaf| leaf.is_uuid && leaf.path == path)
    }

    /// The row groups that begin in a range of the file. Those that say they are outside the file count as at its
    /// beginning, so that somebody meets them.
    pub(super) fn groups_in(&self, (start, end): (u64, u64)) -> VecDeque<Place> {
        let mut first_row = 0;
        let places = self.metadata.row_groups().iter().enumerate().map(move |(number, group)| {
            let rows = u64::try_from(group.num_rows()).unwrap_or_default();
            let starts = group.columns().iter().map(first_byte);
            let offset = starts.min().unwrap_or_default();
            let bytes = group
                .columns()
                .iter()
                .map(|column| u64::try_from(column.compressed_size()).unwrap_or_default());
            let place = Place { number, first_row, rows, offset, bytes: bytes.fold(0, u64::saturating_add) };
            first_row = first_row.saturating_add(rows);
            place
        });
        let is_mine = move |place: &Place| (start..end).contains(&place.offset);
        places.filter(is_mine).collect()
    }
}

/// Looks at the footer before the crate `parquet` reads it, which has no limit on its size, and calls itself for each
/// level of the schema.
fn check(mut file: &File) -> Result<(), ParquetError> {
    let mut tail = [0; TAIL];
    file.seek(SeekFrom::End(-(TAIL as i64)))?;
    file.read_exact(&mut tail)?;
    let [a, b, c, d, magic @ ..] = tail;
    match &magic {
        b"PAR1" => {}
        b"PARE" => return Err(ParquetError::General("it is encrypted".to_owned())),
        _ => return Err(ParquetError::General("it ends without a footer: its end is missing".to_owned())),
    }
    let length = i64::from(u32::from_le_bytes([a, b, c, d]));
    if length > LARGEST {
        return Err(ParquetError::General(format!("its footer of {length} bytes is larger than {LARGEST}")));
    }
    // Whether it is there at all is for the reader to say.
    if file.seek(SeekFrom::End(-(TAIL as i64) - length)).is_ok() && depth(BufReader::new(file))? > DEEPEST {
        return Err(too_deep());
    }
    Ok(())
}

fn too_deep() -> ParquetError {
    ParquetError::General(format!("its columns are nested deeper than {DEEPEST} levels"))
}

/// How deep the columns of a schema are nested. It is a list, each element with the number of those that follow
/// inside it.
fn depth(footer: impl Read) -> io::Result<usize> {
    let mut footer = Compact::new(footer);
    let (mut last, mut deepest) = (0, 0);
    while let Some((number, kind)) = footer.field(last)? {
        last = number;
        if (number, kind) != (2, LIST) {
            footer.skip(kind)?;
            continue;
        }
        let mut open: Vec<u64> = Vec::new();
        let (count, _) = footer.list()?;
        for _ in 0..count {
            while open.pop_if(|left| *left == 0).is_some() {}
            if let Some(left) = open.last_mut() {
                *left -= 1;
            }
            open.push(children(&mut footer)?);
            deepest = deepest.max(open.len());
            if deepest > DEEPEST {
                break;
            }
        }
        break;
    }
    Ok(deepest)
}

/// How many elements are inside the one that is read.
fn children(footer: &mut Compact<impl Read>) -> io::Result<u64> {
    let (mut last, mut children) = (0, 0);
    while let Some((number, kind)) = footer.field(last)? {
        last = number;
        match (number, kind) {
            (5, I32) => children = u64::try_from(footer.integer()?).unwrap_or_default(),
            _ => footer.skip(kind)?,
        }
    }
    Ok(children)
}

pub(super) fn first_byte(column: &ColumnChunkMetaData) -> u64 {
    let data = column.data_page_offset();
    let first = column.dictionary_page_offset().map_or(data, |dictionary| dictionary.min(data));
    u64::try_from(first).unwrap_or_default()
}

/// The schema with text as mere bytes: the reader would give up a page of 100,000 values for one that is not UTF-8.
fn without_text(schema: &SchemaDescriptor) -> Result<SchemaDescriptor, ParquetError> {
    Ok(SchemaDescriptor::new(without_text_in(&schema.root_schema_ptr(), 0)?))
}

fn without_text_in(given: &TypePtr, depth: usize) -> Result<TypePtr, ParquetError> {
    if depth > DEEPEST {
        return Err(too_deep());
    }
    let info = given.get_basic_info();
    if given.is_group() {
        let fields = given
            .get_fields()
            .iter()
            .map(|field| without_text_in(field, depth + 1))
            .collect::<Result<Vec<_>, _>>()?;
        let mut group = Type::group_type_builder(given.name())
            .with_fields(fields)
            .with_converted_type(info.converted_type())
            .with_logical_type(info.logical_type_ref().cloned())
            .with_id(info.has_id().then(|| info.id()));
        if info.has_repetition() {
            group = group.with_repetition(info.repetition());
        }
        return group.build().map(Arc::new);
    }
    let is_text = given.get_physical_type() == Physical::BYTE_ARRAY
        && (matches!(info.converted_type(), ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON)
            || matches!(
                info.logical_type_ref(),
                Some(LogicalType::String | LogicalType::Enum | LogicalType::Json)
            ));
    if !is_text {
        return Ok(Arc::clone(given));
    }
    let repetition = if info.has_repetition() { info.repetition() } else { Repetition::OPTIONAL };
    Type::primitive_type_builder(given.name(), Physical::BYTE_ARRAY)
        .with_repetition(repetition)
        .with_id(info.has_id().then(|| info.id()))
        .build()
        .map(Arc::new)
}

/// Values of any length are read as views: a value that stands in a dictionary once is held once.
fn views(fields: &Fields) -> Fields {
    fields.iter().map(|field| with_type(field, view(field.data_type()))).collect()
}

fn view(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Binary | DataType::Utf8 => DataType::BinaryView,
        DataType::Struct(fields) => DataType::Struct(views(fields)),
        DataType::List(element) => DataType::List(Arc::new(with_type(element, view(element.data_type())))),
        DataType::Map(entries, sorted) => {
            DataType::Map(Arc::new(with_type(entries, view(entries.data_type()))), *sorted)
        }
        other => other.clone(),
    }
}

pub(super) fn with_type(field: &Field, data_type: DataType) -> Field {
    field.clone().with_data_type(data_type)
}

fn leaves(schema: &Schema, stated: &SchemaDescriptor) -> Result<Vec<Leaf>, ParquetError> {
    let mut leaves = Vec::new();
    let root = Leaf {
        path: Vec::new(),
        name: String::new(),
        data_type: DataType::Null,
        is_repeated: false,
        is_in_map: false,
        is_uuid: false,
    };
    members(schema.fields(), &root, &mut leaves);
    if leaves.len() != stated.num_columns() {
        return Err(ParquetError::General("columns of a type that is not read".to_owned()));
    }
    for (leaf, column) in leaves.iter_mut().zip(stated.columns()) {
        leaf.is_uuid = matches!(column.logical_type_ref(), Some(LogicalType::Uuid));
    }
    Ok(leaves)
}

// Recursion is bounded by the depth that the file's schema may have.
fn members(fields: &Fields, parent: &Leaf, leaves: &mut Vec<Leaf>) {
    for field in fields {
        let mut member = parent.clone();
        if !member.path.is_empty() {
            member.name.push('.');
        }
        member.name.push_str(field.name());
        member.path.push(field.name().clone());
        below(field.data_type(), member, leaves);
    }
}

fn below(data_type: &DataType, mut at: Leaf, leaves: &mut Vec<Leaf>) {
    match data_type {
        DataType::Struct(fields) => members(fields, &at, leaves),
        DataType::List(element) => {
            at.name.push_str("{}");
            at.is_repeated = true;
            below(element.data_type(), at, leaves);
        }
        DataType::Map(entries, _) => {
            at.is_repeated = true;
            at.is_in_map = true;
            let DataType::Struct(pair) = entries.data_type() else { return };
            pair.iter().for_each(|side| below(side.data_type(), at.clone(), leaves));
        }
        other => {
            at.data_type = other.clone();
            leaves.push(at);
        }
    }
}
