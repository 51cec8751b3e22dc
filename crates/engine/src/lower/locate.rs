//! `iplocation`: the place of an IP address, from a MaxMind DB file.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::{Field, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::{DataFusionError, Result as DataFusionResult};
use maxminddb::{MaxMindDbError, PathElement, Reader};
use sluice_spl::code;
use sluice_spl::diagnostic::Diagnostic;
use sluice_spl::ops::Locate;
use sluice_spl::span::Span;

use crate::error::{Raised, Result};
use crate::kernel;
use crate::operator::{RowOperator, RowState, with_columns, with_fields};
use crate::plan::Rel;
use crate::value::{TEXT, Values};

/// Addresses that a run remembers.
const REMEMBERED: usize = 100_000;

pub(crate) fn lower(locate: &Locate, rel: Rel, file: Option<&Path>) -> Result<Rel> {
    let database = file.map(|file| open(file, locate.field.span)).transpose()?.map(Arc::new);
    let names = Part::ALL.iter().filter(|part| locate.all_fields || !part.is_extra());
    let fields = names.map(|part| (format!("{}{}", locate.prefix, part.name()), *part)).collect();
    rel.through(Arc::new(Locating { locate: locate.clone(), fields, database }))
}

fn open(file: &Path, span: Span) -> Result<Database, Diagnostic> {
    Reader::open_readfile(file).map_err(|error| {
        let message = format!("{}: {error}", file.display());
        Diagnostic::error(code::BAD_LOOKUP, span, message)
            .with_help("`--geoip` names a MaxMind DB file (.mmdb)")
    })
}

type Database = Reader<Vec<u8>>;

/// What is known of a place.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    City,
    Continent,
    Country,
    MetroCode,
    Region,
    Timezone,
    Latitude,
    Longitude,
}

impl Part {
    const ALL: [Self; 8] = [
        Self::City,
        Self::Continent,
        Self::Country,
        Self::MetroCode,
        Self::Region,
        Self::Timezone,
        Self::Latitude,
        Self::Longitude,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::City => "City",
            Self::Continent => "Continent",
            Self::Country => "Country",
            Self::MetroCode => "MetroCode",
            Self::Region => "Region",
            Self::Timezone => "Timezone",
            Self::Latitude => "lat",
            Self::Longitude => "lon",
        }
    }

    /// Whether only `allfields=t` adds it.
    fn is_extra(self) -> bool {
        matches!(self, Self::Continent | Self::MetroCode | Self::Timezone)
    }
}

#[derive(Debug, Clone)]
struct Locating {
    locate: Locate,
    fields: Vec<(String, Part)>,
    database: Option<Arc<Database>>,
}

impl RowOperator for Locating {
    fn name(&self) -> &'static str {
        "IpLocation"
    }

    fn schema(&self, input: &SchemaRef) -> SchemaRef {
        with_fields(input, self.fields.iter().map(|(name, _)| Field::new(name, TEXT, true)))
    }

    fn parallel(&self) -> bool {
        true
    }

    fn start(&self, input: &SchemaRef) -> Box<dyn RowState> {
        Box::new(State { schema: self.schema(input), how: self.clone(), known: HashMap::new() })
    }
}

struct State {
    how: Locating,
    schema: SchemaRef,
    /// The parts of each address, one for each field; none where it has no place.
    known: HashMap<String, Option<Arc<Vec<String>>>>,
}

impl RowState for State {
    fn push(&mut self, batch: RecordBatch) -> DataFusionResult<Option<RecordBatch>> {
        if batch.num_rows() == 0 {
            return Ok(Some(RecordBatch::new_empty(Arc::clone(&self.schema))));
        }
        // A query may be checked without the file: only rows need it.
        let Some(database) = self.how.database.clone() else {
            return Err(Raised(without_database(&self.how.locate)).into());
        };
        let field = batch.column_by_name(&self.how.locate.field.text).map(Values::new).transpose()?;
        let places = (0..batch.num_rows())
            .map(|row| match field.as_ref().and_then(|field| field.cell(row).text()) {
                Some(address) => self.place(&database, &address),
                None => Ok(None),
            })
            .collect::<DataFusionResult<Vec<_>>>()?;
        let batch = with_columns(&self.schema, &batch, |column| {
            let Some(at) = self.how.fields.iter().position(|(name, _)| name == column.name()) else {
                return Ok(None);
            };
            let existing = batch.column_by_name(column.name()).map(Values::new).transpose()?;
            Ok(Some(kernel::texts(places.len(), |row| match places.get(row) {
                Some(Some(parts)) => parts.get(at).map(|part| part.as_str().into()),
                _ => existing.as_ref()?.cell(row).text(),
            })))
        })?;
        Ok(Some(batch))
    }
}

fn without_database(locate: &Locate) -> Diagnostic {
    Diagnostic::error(
        code::BAD_LOOKUP,
        locate.field.span,
        "`iplocation` needs a MaxMind DB file, and none is named",
    )
    .with_label("where is this address?")
    .with_help("name one with `--geoip FILE`, for example `--geoip GeoLite2-City.mmdb`")
}

impl State {
    fn place(&mut self, database: &Database, address: &str) -> DataFusionResult<Option<Arc<Vec<String>>>> {
        if let Some(known) = self.known.get(address) {
            return Ok(known.clone());
        }
        let place = self.find(database, address).map_err(|error| {
            DataFusionError::Execution(format!(
                "the MaxMind DB file cannot tell where `{address}` is: {error}"
            ))
        })?;
        let place = place.map(Arc::new);
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(address.to_owned(), place.clone());
        Ok(place)
    }

    /// The parts of a place, empty where they are not known; none if the address has no place, or is none.
    fn find(&self, database: &Database, address: &str) -> Result<Option<Vec<String>>, MaxMindDbError> {
        let network = address.split_once('/').map_or(address, |(network, _)| network);
        let Ok(address) = network.trim().parse::<IpAddr>() else { return Ok(None) };
        if address.is_ipv6() && database.metadata().ip_version == 4 {
            return Ok(None);
        }
        let found = database.lookup(address)?;
        if !found.has_data() {
            return Ok(None);
        }
        let place = Place { found: &found, languages: &self.how.locate.languages };
        self.how
            .fields
            .iter()
            .map(|(_, part)| Ok(place.part(*part)?.unwrap_or_default()))
            .collect::<Result<_, _>>()
            .map(Some)
    }
}

/// A record of the database.
struct Place<'a, 'd> {
    found: &'a maxminddb::LookupResult<'d, Vec<u8>>,
    languages: &'a [String],
}

impl Place<'_, '_> {
    fn part(&self, part: Part) -> Result<Option<String>, MaxMindDbError> {
        use PathElement::{Index, Key};
        match part {
            Part::City => self.named(&[Key("city")], None),
            Part::Continent => self.named(&[Key("continent")], Some("code")),
            Part::Country => self.named(&[Key("country")], Some("iso_code")),
            Part::Region => self.named(&[Key("subdivisions"), Index(0)], Some("iso_code")),
            Part::MetroCode => {
                let code: Option<u16> = self.found.decode_path(&[Key("location"), Key("metro_code")])?;
                Ok(code.map(|code| code.to_string()))
            }
            Part::Timezone => self.found.decode_path(&[Key("location"), Key("time_zone")]),
            Part::Latitude => self.degrees("latitude"),
            Part::Longitude => self.degrees("longitude"),
        }
    }

    /// A name in the first language that has one, else in English. `code` is where its two letters are.
    fn named(&self, path: &[PathElement<'_>], code: Option<&str>) -> Result<Option<String>, MaxMindDbError> {
        let at = |keys: &[&str]| {
            let keys = keys.iter().map(|key| PathElement::Key(key));
            let path: Vec<PathElement<'_>> = path.iter().cloned().chain(keys).collect();
            self.found.decode_path::<String>(&path)
        };
        for language in self.languages {
            let name = match code {
                Some(code) if language == "code" => at(&[code])?,
                _ => at(&["names", language])?,
            };
            if name.is_some() {
                return Ok(name);
            }
        }
        at(&["names", "en"])
    }

    fn degrees(&self, which: &str) -> Result<Option<String>, MaxMindDbError> {
        let path = [PathElement::Key("location"), PathElement::Key(which)];
        let degrees: Option<f64> = self.found.decode_path(&path)?;
        Ok(degrees.map(|degrees| format!("{degrees:.5}")))
    }
}
