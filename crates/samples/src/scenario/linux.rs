//! Sysmon for Linux.

use crate::event::Event;
use crate::linux::relabel;

use super::stage::Stage;

/// The events of Sysmon that it has: no event 22.
pub(super) fn sysmon_events(stage: &Stage<'_>) -> Vec<Event> {
    stage.sysmon_events().into_iter().filter(|event| event.event_id != 22).map(relabel).collect()
}
