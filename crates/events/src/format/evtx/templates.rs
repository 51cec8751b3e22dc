//! The templates of the chunk being read, each parsed and planned once.

use std::sync::Arc;

use super::cursor::Damage;
use super::plan::Plan;
use super::token::{self, Tokens};
use crate::batch::EventBuilder;
use crate::format::windows::{Naming, Place};

/// What may be parsed and written for the 64 KiB of a chunk, in bytes and tokens. Real chunks need a
/// fiftieth; a hostile one may name a value again and again.
const BUDGET: usize = 16 << 20;

/// Definitions by their place in the chunk.
#[derive(Default)]
pub(super) struct Templates {
    spent: usize,
    tokens: Vec<(u32, Arc<Tokens>)>,
    plans: Vec<(u32, Place, Arc<Plan>)>,
}

impl Templates {
    /// Another chunk has templates of its own.
    pub(super) fn clear(&mut self) {
        self.tokens.clear();
        self.plans.clear();
        self.spent = 0;
    }

    /// Counts work done for this chunk.
    pub(super) fn spend(&mut self, amount: usize) -> Result<(), Damage> {
        self.spent = self.spent.saturating_add(amount);
        if self.spent > BUDGET { Err(Damage("its chunk expands to more than 16 MiB")) } else { Ok(()) }
    }

    /// The definition at this place.
    pub(super) fn tokens(&mut self, chunk: &[u8], at: u32) -> Result<Arc<Tokens>, Damage> {
        if let Some((_, tokens)) = self.tokens.iter().find(|(known, _)| *known == at) {
            return Ok(Arc::clone(tokens));
        }
        self.spend(1)?;
        let tokens = token::definition(chunk, at)?;
        self.spend(tokens.size())?;
        let tokens = Arc::new(tokens);
        self.tokens.push((at, Arc::clone(&tokens)));
        Ok(tokens)
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
        if let Some((_, _, plan)) = self.plans.iter().find(|(known, p, _)| *known == at && *p == place) {
            return Ok(Arc::clone(plan));
        }
        let plan = Arc::new(Plan::new(&*self.tokens(chunk, at)?, place, naming, events));
        self.plans.push((at, place, Arc::clone(&plan)));
        Ok(plan)
    }
}
