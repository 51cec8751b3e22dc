//! The templates of the chunk being read. Each chunk has its own, but they are the same in all: what was
//! parsed and planned for one is used again where a definition is found to be the same.

use std::sync::Arc;

use super::cursor::{Cursor, Damage};
use super::plan::Plan;
use super::token::{self, DEFINITION_HEADER, NAME_HEADER, Token, Tokens};
use crate::batch::EventBuilder;
use crate::format::windows::{Naming, Place};

/// What may be parsed and written for the 64 KiB of a chunk, in bytes and tokens. Real chunks need a
/// fiftieth; a hostile one may name a value again and again.
const BUDGET: usize = 16 << 20;

/// Definitions that are kept.
const MAX_KNOWN: usize = 256;

/// Definitions, by their place in the chunk and by what they are.
#[derive(Default)]
pub(super) struct Templates {
    spent: usize,
    /// Of this chunk: places, and where each is among the known.
    here: Vec<(u32, usize)>,
    known: Vec<Definition>,
}

/// A definition that was parsed.
struct Definition {
    /// Place in its chunk of the first byte after the header.
    start: usize,
    bytes: Box<[u8]>,
    tokens: Arc<Tokens>,
    plans: Vec<(Place, Arc<Plan>)>,
    /// It points into its chunk in other ways than by names.
    is_local: bool,
}

impl Templates {
    /// Another chunk comes.
    pub(super) fn clear(&mut self) {
        self.here.clear();
        self.spent = 0;
        if self.known.len() >= MAX_KNOWN {
            self.known.clear();
        }
    }

    /// Counts work done for this chunk.
    pub(super) fn spend(&mut self, amount: usize) -> Result<(), Damage> {
        self.spent = self.spent.saturating_add(amount);
        if self.spent > BUDGET { Err(Damage("its chunk expands to more than 16 MiB")) } else { Ok(()) }
    }

    /// The definition at this place.
    pub(super) fn tokens(&mut self, chunk: &[u8], at: u32) -> Result<Arc<Tokens>, Damage> {
        self.definition(chunk, at).map(|definition| Arc::clone(&definition.tokens))
    }

    /// What to take from instances of the definition at `at` that stand in `place`.
    pub(super) fn plan(
        &mut self,
        chunk: &[u8],
        at: u32,
        place: Place,
        naming: &Naming,
        events: &EventBuilder,
    ) -> Result<Arc<Plan>, Damage> {
        let definition = self.definition(chunk, at)?;
        if let Some((_, plan)) = definition.plans.iter().find(|(known, _)| *known == place) {
            return Ok(Arc::clone(plan));
        }
        let plan = Arc::new(Plan::new(&definition.tokens, place, naming, events));
        definition.plans.push((place, Arc::clone(&plan)));
        Ok(plan)
    }

    fn definition(&mut self, chunk: &[u8], at: u32) -> Result<&mut Definition, Damage> {
        let here = self.here.iter().find(|(known, _)| *known == at).map(|(_, number)| *number);
        let number = match here {
            Some(number) => number,
            None => {
                self.spend(1)?;
                let known = self.known.iter().position(|definition| definition.is_at(chunk, at));
                if known.is_none() {
                    self.known.push(Definition::new(chunk, at)?);
                }
                let number = known.unwrap_or(self.known.len() - 1);
                let size = self.known.get(number).map_or(0, |definition| definition.tokens.size());
                self.spend(size)?;
                self.here.push((at, number));
                number
            }
        };
        self.known.get_mut(number).ok_or(Damage("its template is not known"))
    }
}

impl Definition {
    fn new(chunk: &[u8], at: u32) -> Result<Self, Damage> {
        let tokens = Arc::new(token::definition(chunk, at)?);
        let bytes = body(chunk, at).unwrap_or_default().into();
        let is_local = tokens.list.iter().any(|token| matches!(token, Token::Instance(_)));
        Ok(Self { start: at as usize + DEFINITION_HEADER, bytes, tokens, plans: Vec::new(), is_local })
    }

    /// Whether the definition at this place of another chunk is the same: all bytes but the pointers to names,
    /// and the names that those point to.
    fn is_at(&self, chunk: &[u8], at: u32) -> bool {
        let Some(bytes) = body(chunk, at).filter(|bytes| bytes.len() == self.bytes.len() && !self.is_local)
        else {
            return false;
        };
        let start = at as usize + DEFINITION_HEADER;
        let mut same_to = 0;
        for name in &self.tokens.names {
            let pointer = name.pointer.saturating_sub(self.start);
            if bytes.get(same_to..pointer) != self.bytes.get(same_to..pointer) {
                return false;
            }
            let Ok(target) = Cursor::new(bytes, pointer, bytes.len()).u32() else { return false };
            let is_here = target as usize == start + pointer + 4;
            if is_here != name.is_here || !(is_here || is_name(chunk, target as usize, &name.stored)) {
                return false;
            }
            // Behind the pointer a stored name begins with another, to the next of the same hash.
            same_to = pointer + if is_here { 8 } else { 4 };
        }
        bytes.get(same_to..) == self.bytes.get(same_to..)
    }
}

/// The bytes of the definition at this place, without its header.
fn body(chunk: &[u8], at: u32) -> Option<&[u8]> {
    let mut cursor = Cursor::new(chunk, at as usize, chunk.len());
    cursor.take(DEFINITION_HEADER - 4).ok()?;
    let size = cursor.u32().ok()? as usize;
    cursor.take(size).ok()
}

/// Whether this name is stored here.
fn is_name(chunk: &[u8], at: usize, name: &[u8]) -> bool {
    let mut cursor = Cursor::new(chunk, at, chunk.len());
    let units = cursor.take(NAME_HEADER - 2).and_then(|_| cursor.u16());
    let stored = units.and_then(|units| cursor.take(usize::from(units) * 2));
    stored.is_ok_and(|stored| stored == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(chunk: &mut [u8], at: usize, bytes: &[u8]) {
        chunk[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn put_name(chunk: &mut [u8], at: usize, name: &str) {
        let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        put(chunk, at + 6, &(name.len() as u16).to_le_bytes());
        put(chunk, at + NAME_HEADER, &units);
    }

    /// A definition of one empty element, whose name is stored elsewhere.
    fn put_definition(chunk: &mut [u8], at: usize, name_at: u32) {
        put(chunk, at + DEFINITION_HEADER - 4, &13u32.to_le_bytes());
        put(chunk, at + DEFINITION_HEADER, &[0x01, 0xff, 0xff, 0, 0, 0, 0]);
        put(chunk, at + DEFINITION_HEADER + 7, &name_at.to_le_bytes());
        put(chunk, at + DEFINITION_HEADER + 11, &[0x03, 0x00]);
    }

    #[test]
    fn a_definition_is_known_again_by_its_bytes_and_names() {
        let mut templates = Templates::default();
        let mut names = Vec::new();
        for (at, name_at, name) in [(1024, 600, "Event"), (2048, 700, "Event"), (1024, 600, "Other")] {
            let mut chunk = vec![0; 4096];
            put_name(&mut chunk, name_at, name);
            put_definition(&mut chunk, at, name_at as u32);
            templates.clear();
            let tokens = templates.tokens(&chunk, at as u32).unwrap();
            let Some(Token::Open { name, .. }) = tokens.list.first() else { panic!("{tokens:?}") };
            names.push((tokens.text(*name).to_owned(), templates.known.len()));
        }
        let names: Vec<(&str, usize)> = names.iter().map(|(name, known)| (name.as_str(), *known)).collect();
        assert_eq!(names, [("Event", 1), ("Event", 1), ("Other", 2)]);
    }
}
