//! From a record to the wanted fields, straight from its values.

use std::sync::Arc;

use super::chunk::Record;
use super::cursor::Damage;
use super::plan::{Part, Pick, Plan};
use super::render;
use super::templates::Templates;
use super::token;
use super::value::{self, BINXML, FILETIME, UINT64, Value};
use crate::batch::EventBuilder;
use crate::field;
use crate::filter::{Matcher, Met, Seen, Tests};
use crate::format::Format;
use crate::format::windows::{self, Naming, Place, Target};
use crate::format::windows_xml::event;

/// For values that are no event's own, in place of their kind.
const ANY: u8 = u8::MAX;
/// Templates within a record; real ones have two.
const MAX_INSTANCES: usize = 64;

/// Reads records into the builder.
pub(super) struct Projector {
    naming: Naming,
    raw: Option<Target>,
    templates: Templates,
    /// Of all templates of the record.
    values: Vec<Value>,
    instances: Vec<(Arc<Plan>, usize)>,
    text: String,
    xml: String,
    matcher: Option<Matcher>,
    /// Where the filter looks at `source`, if the channel tells it.
    source: Option<usize>,
    /// Where it looks at what is the same for all events.
    fixed: Vec<(usize, String)>,
}

/// What became of a record.
pub(super) enum Read {
    /// The builder has its fields; some of it may be damaged.
    Given(Option<Damage>),
    /// It fails the filter.
    PassedOver,
}

impl Projector {
    pub(super) fn new(events: &EventBuilder) -> Self {
        let naming = Naming::new(events);
        let checked =
            |name: &str, text: Option<&str>| Some((events.checked_metadata(name)?, text?.to_owned()));
        let sourcetype = events.fixed(field::SOURCETYPE).unwrap_or(naming.sourcetype());
        let source = events.fixed(field::SOURCE);
        let fixed = [checked(field::SOURCETYPE, Some(sourcetype)), checked(field::SOURCE, source)];
        Self {
            source: events.checked_metadata(field::SOURCE).filter(|_| source.is_none()),
            fixed: fixed.into_iter().flatten().collect(),
            naming,
            raw: windows::wanted(field::RAW, events),
            templates: Templates::default(),
            values: Vec::new(),
            instances: Vec::new(),
            text: String::new(),
            xml: String::new(),
            matcher: events.matcher(Format::Evtx),
        }
    }

    /// Another chunk comes.
    pub(super) fn start_chunk(&mut self) {
        self.templates.clear();
    }

    /// `EventRecordID` of the record that was just read, where `_record` is wanted.
    pub(super) fn take_record(&mut self) -> Option<u64> {
        self.naming.take_record()
    }

    /// Gives the builder a record's wanted fields, if it may matter. `Err`: the record is lost.
    pub(super) fn record(
        &mut self,
        chunk: &[u8],
        record: Record,
        events: &mut EventBuilder,
    ) -> Result<Read, Damage> {
        let gathered = self.gather(chunk, record, events);
        let is_regular = matches!(gathered, Ok(Gathered { is_regular: true, .. }));
        let mut damage = gathered?.damage;
        let mut met = Met::UNCLEAR;
        if is_regular && damage.is_none() {
            if !self.is_new(chunk, events) {
                return Ok(Read::PassedOver);
            }
            met = self.met(chunk, record, events);
            if met.is_none() {
                return Ok(Read::PassedOver);
            }
        }
        events.set_met(met);
        if self.raw.is_some() || !is_regular {
            self.xml.clear();
            render::xml(chunk, record.body, record.end, &mut self.templates, &mut self.xml)?;
        }
        if let Some(raw) = &self.raw {
            self.naming.put(raw, &self.xml, events);
        }
        if is_regular {
            damage = self.pick_all(chunk, events).err().or(damage);
        } else {
            event::fields(&self.xml, &mut self.naming, events);
        }
        self.naming.put_metadata(events);
        // Where the event has no time of its own, the time it was written stands.
        events.set_time(windows::seconds_of_filetime(record.filetime));
        Ok(Read::Given(damage))
    }

    /// What of the filter the record may meet whose instances were gathered.
    fn met(&mut self, chunk: &[u8], record: Record, events: &EventBuilder) -> Met {
        let Some(matcher) = &mut self.matcher else { return Met::UNCLEAR };
        let (instances, values, text) = (&self.instances, &self.values, &mut self.text);
        let (naming, source, fixed) = (&mut self.naming, &self.source, &self.fixed);
        let look = &mut |field: usize, tests: Tests<'_>| {
            if let Some((_, text)) = fixed.iter().find(|(fixed, _)| *fixed == field) {
                return tests.of(ANY, text.as_bytes(), false, || Some(text));
            }
            if *source == Some(field) {
                let Ok(Some(channel)) = only_value(instances, values, field) else { return Seen::Unknown };
                let bytes = channel.bytes(chunk);
                return tests.of(channel.kind, bytes, false, || {
                    text.clear();
                    value::push(channel.kind, bytes, text).ok()?;
                    Some(naming.source(text))
                });
            }
            if events.checked().get(field).is_none_or(Option::is_none) {
                let is_ruled_out = events.raw_filter().is_some_and(|raw| {
                    tests.name() == raw.name
                        && is_silent(instances, values)
                        && raw.rules_out_wide(record.bytes(chunk))
                });
                return if is_ruled_out { Seen::Value(0) } else { Seen::Unknown };
            }
            let value = match only_value(instances, values, field) {
                Ok(Some(value)) => value,
                Ok(None) => return Seen::Absent,
                Err(Unclear) => return Seen::Unknown,
            };
            let bytes = value.bytes(chunk);
            tests.of(value.kind, bytes, false, || {
                text.clear();
                value::push(value.kind, bytes, text).ok()?;
                Some(text.as_str()).filter(|text| !text.is_empty())
            })
        };
        matcher.met(look, &mut |_| true)
    }

    /// Finds the record's template instances and their plans.
    fn gather(&mut self, chunk: &[u8], record: Record, events: &EventBuilder) -> Result<Gathered, Damage> {
        self.values.clear();
        self.instances.clear();
        let mut gathered = Gathered { is_regular: true, damage: None };
        self.stream(chunk, (record.body, record.end), Place::Document, events, &mut gathered)?;
        let mut next = 0;
        while let Some((plan, first)) =
            self.instances.get(next).map(|(plan, first)| (Arc::clone(plan), *first))
        {
            next += 1;
            for &(id, place) in &plan.nested {
                let Some(value) = self.values.get(first + usize::from(id)).copied() else { continue };
                if value.kind != BINXML || value.length == 0 {
                    continue;
                }
                let stream = (value.start, value.start + value.length);
                if let Err(damage) = self.stream(chunk, stream, place, events, &mut gathered) {
                    gathered.damage = Some(damage);
                }
            }
        }
        Ok(gathered)
    }

    fn stream(
        &mut self,
        chunk: &[u8],
        (start, end): (usize, usize),
        place: Place,
        events: &EventBuilder,
        gathered: &mut Gathered,
    ) -> Result<(), Damage> {
        let Some(body) = token::single_instance(chunk.get(start..end).unwrap_or_default()) else {
            gathered.is_regular = false;
            return Ok(());
        };
        if self.instances.len() >= MAX_INSTANCES {
            return Err(Damage("it holds more than 64 templates"));
        }
        let first = self.values.len();
        let instance = token::instance(chunk, start + body, end, &mut self.values)?;
        if chunk.get(instance.end..end).and_then(|rest| rest.first()).is_some_and(|&token| token != 0) {
            gathered.is_regular = false;
        }
        let plan = self.templates.plan(chunk, instance.definition, place, &self.naming, events)?;
        gathered.is_regular &= !plan.is_irregular;
        self.instances.push((plan, first));
        Ok(())
    }

    /// Whether the regular record whose instances were gathered is new enough to matter.
    fn is_new(&self, chunk: &[u8], events: &EventBuilder) -> bool {
        !events.has_floor() || self.time(chunk).is_none_or(|time| !events.is_below_floor(time))
    }

    /// The time that a regular record gives its event.
    fn time(&self, chunk: &[u8]) -> Option<f64> {
        self.instances.iter().find_map(|(plan, first)| {
            let pick = plan.picks.iter().find(|pick| matches!(pick.target, Target::Time))?;
            let [Part::Value(id)] = plan.parts.get(pick.parts.clone())? else { return None };
            let value = self.values.get(first + usize::from(*id)).filter(|value| value.kind == FILETIME)?;
            Some(windows::seconds_of_filetime(u64::from_le_bytes(value.bytes(chunk).try_into().ok()?)))
        })
    }

    fn pick_all(&mut self, chunk: &[u8], events: &mut EventBuilder) -> Result<(), Damage> {
        let mut done = Ok(());
        let mut instances = std::mem::take(&mut self.instances);
        for (plan, first) in &instances {
            for pick in &plan.picks {
                done = self.pick(chunk, plan, pick, *first, events).and(done);
            }
        }
        instances.clear();
        self.instances = instances;
        done
    }

    fn pick(
        &mut self,
        chunk: &[u8],
        plan: &Plan,
        pick: &Pick,
        first: usize,
        events: &mut EventBuilder,
    ) -> Result<(), Damage> {
        let value_of = |id: u16| self.values.get(first + usize::from(id)).copied();
        let guards = plan.guards.get(pick.guards.clone()).unwrap_or_default();
        if guards.iter().any(|&id| value_of(id).is_some_and(Value::is_null)) {
            return Ok(());
        }
        let parts = plan.parts.get(pick.parts.clone()).unwrap_or_default();
        if let [Part::Value(id)] = parts {
            return match value_of(*id) {
                Some(value) => self.put_value(chunk, value, &pick.target, events),
                None => Ok(()),
            };
        }
        self.text.clear();
        for part in parts {
            match *part {
                Part::Constant { start, end } => self.text.push_str(plan.constant(start, end)),
                Part::Value(id) => {
                    let Some(value) = value_of(id) else { continue };
                    value::push(value.kind, value.bytes(chunk), &mut self.text)?;
                }
            }
        }
        self.put_text(&pick.target, events)
    }

    fn put_value(
        &mut self,
        chunk: &[u8],
        value: Value,
        target: &Target,
        events: &mut EventBuilder,
    ) -> Result<(), Damage> {
        let bytes = value.bytes(chunk);
        if value.is_array() {
            for (kind, item) in value::items(value.kind, bytes)? {
                self.text.clear();
                value::push(kind, item, &mut self.text)?;
                self.put_text(target, events)?;
            }
            return Ok(());
        }
        match (target, value.kind, bytes.try_into().map(u64::from_le_bytes)) {
            (Target::Time, FILETIME, Ok(filetime)) => {
                events.set_time(windows::seconds_of_filetime(filetime));
                return Ok(());
            }
            (Target::Record, UINT64, Ok(record)) => {
                self.naming.put_record(record);
                return Ok(());
            }
            _ => {}
        }
        self.text.clear();
        value::push(value.kind, bytes, &mut self.text)?;
        self.put_text(target, events)
    }

    fn put_text(&mut self, target: &Target, events: &mut EventBuilder) -> Result<(), Damage> {
        self.templates.spend(self.text.len())?;
        self.naming.put(target, &self.text, events);
        Ok(())
    }
}

/// Whether the event's text can only hold what the filter looks for if it stands in the record as UTF-16.
fn is_silent(instances: &[(Arc<Plan>, usize)], values: &[Value]) -> bool {
    instances.iter().all(|(plan, _)| plan.is_silent) && values.iter().all(|value| !value.is_ansi())
}

/// More than a single value makes a field.
struct Unclear;

/// The value that gives a field that the filter looks at; `None` if the field has none.
fn only_value(
    instances: &[(Arc<Plan>, usize)],
    values: &[Value],
    field: usize,
) -> Result<Option<Value>, Unclear> {
    let mut only = None;
    for (plan, first) in instances {
        for pick in plan.checks.iter().filter(|(checked, _)| *checked == field) {
            let Some(pick) = plan.picks.get(pick.1) else { continue };
            let value_of = |id: u16| values.get(first + usize::from(id)).copied();
            let guards = plan.guards.get(pick.guards.clone()).unwrap_or_default();
            if guards.iter().any(|&id| value_of(id).is_some_and(Value::is_null)) {
                continue;
            }
            let Some([Part::Value(id)]) = plan.parts.get(pick.parts.clone()) else { return Err(Unclear) };
            let Some(value) = value_of(*id).filter(|value| value.length > 0 && !value.is_null()) else {
                continue;
            };
            if only.is_some() || value.is_array() || value.kind == BINXML {
                return Err(Unclear);
            }
            only = Some(value);
        }
    }
    Ok(only)
}

/// What was found in a record.
struct Gathered {
    /// All of it is template instances whose fields are known.
    is_regular: bool,
    damage: Option<Damage>,
}
