//! Tables whose rows are all events as NXLog writes them: which column gives which field, told once for all rows.

use super::keys::{Known, System};
use super::nxlog;
use crate::field;
use crate::request::Wanted;

/// Where a wanted field is in such a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nowhere.
    Nothing,
    /// In the column at this place. Of the event's data, empty text is no value.
    Column { at: usize, is_data: bool },
    /// The channel tells it.
    Channel,
    /// The first of these columns that holds a time.
    Times(Vec<usize>),
}

/// The columns of such a table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Flat {
    /// Of every event: where one has no value, it is of another shape.
    pub(crate) event_id: usize,
    pub(crate) channel: usize,
    pub(crate) record: Option<usize>,
    /// One for each wanted field; where an event is, whoever reads it knows.
    pub(crate) fields: Vec<Origin>,
}

impl Flat {
    /// `None` if it takes a look at each row: the table has a field twice, or its time depends on several columns.
    /// All its columns must be of values without others inside.
    pub(crate) fn new(columns: &[&str], wanted: &[Wanted]) -> Option<Self> {
        let mut systems = [None; System::COUNT];
        let mut data = Vec::new();
        for (at, name) in columns.iter().enumerate() {
            match Known::of(name) {
                Known::System(system) => {
                    let place = systems.get_mut(system as usize)?;
                    if place.replace(at).is_some() {
                        return None;
                    }
                }
                Known::Collector => {}
                _ if is_system(name) || data.iter().any(|(known, _)| known == name) => return None,
                _ => data.push((*name, at)),
            }
        }
        let of = |system: System| systems.get(system as usize).copied().flatten();
        let origin = |wanted: &Wanted| {
            if wanted.multi {
                return None;
            }
            Some(match wanted.name.as_str() {
                // Of both follows the zone of local times.
                field::TIME if of(System::Stamp).is_some() && of(System::ReceivedTime).is_some() => {
                    return None;
                }
                field::TIME => Origin::Times(nxlog::TIMES.into_iter().filter_map(of).collect()),
                field::SOURCE | field::SOURCETYPE | field::INDEX => Origin::Channel,
                name => match nxlog::FIELDS.iter().find(|(known, ..)| *known == name) {
                    Some((_, first, or)) => match (of(*first), or.and_then(of)) {
                        (Some(_), Some(_)) => return None,
                        (one, other) => {
                            one.or(other).map_or(Origin::Nothing, |at| Origin::Column { at, is_data: false })
                        }
                    },
                    None => data
                        .iter()
                        .find(|(known, _)| *known == name)
                        .map_or(Origin::Nothing, |(_, at)| Origin::Column { at: *at, is_data: true }),
                },
            })
        };
        Some(Self {
            event_id: of(System::EventId)?,
            channel: of(System::Channel)?,
            record: of(System::Record),
            fields: wanted.iter().map(origin).collect::<Option<_>>()?,
        })
    }
}

/// Whether an event has the field by its system fields or by where it is.
fn is_system(name: &str) -> bool {
    field::is_metadata(name) || nxlog::FIELDS.iter().any(|(known, ..)| *known == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(columns: &[&str], wanted: &[&str]) -> Option<Vec<Origin>> {
        let wanted: Vec<Wanted> = wanted.iter().map(|name| Wanted::one(*name)).collect();
        Flat::new(columns, &wanted).map(|flat| flat.fields)
    }

    #[test]
    fn each_field_is_of_one_column() {
        let columns = ["EventID", "Channel", "Hostname", "Image", "EventTime", "Severity"];
        let column = |at, is_data| Origin::Column { at, is_data };
        assert_eq!(
            fields(&columns, &["EventCode", "host", "Image", "_time", "source", "User", "Severity"]),
            Some(vec![
                column(0, false),
                column(2, false),
                column(3, true),
                Origin::Times(vec![4]),
                Origin::Channel,
                Origin::Nothing,
                Origin::Nothing,
            ])
        );
    }

    #[test]
    fn what_depends_on_the_row_is_left_to_a_look_at_it() {
        for columns in [
            ["EventID", "Channel", "Opcode", "OpcodeValue"],
            ["EventID", "Channel", "Computer", "Hostname"],
            ["EventID", "Channel", "EventCode", "Image"],
            ["EventID", "Channel", "_raw", "Image"],
            ["EventID", "Image", "Image", "Channel"],
            ["EventID", "Image", "User", "Hostname"],
        ] {
            assert_eq!(fields(&columns, &["Opcode"]), None, "{columns:?}");
        }
        assert_eq!(fields(&["EventID", "Channel", "@timestamp", "EventReceivedTime"], &["_time"]), None);
    }
}
