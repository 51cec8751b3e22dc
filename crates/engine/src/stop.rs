//! How a run ends before its time: the time budget is used up, or whoever asked for it cancels it.
//!
//! Both cancel a token that readers and operators look at between batches. A plan may also be dropped, but only where
//! it waits; and it hardly ever does.

use std::sync::Arc;
use std::thread::{JoinHandle, Thread};
use std::time::{Duration, Instant};

use datafusion::common::DataFusionError;
use datafusion::execution::TaskContext;
use datafusion::prelude::SessionConfig;
use futures::future::{Either, select};
use tokio_util::sync::CancellationToken;

use crate::error::{Error, Result};
use crate::settings::Settings;

/// What a run is stopped by.
#[derive(Debug)]
pub(crate) struct Stop {
    token: CancellationToken,
    cancelled: CancellationToken,
    timeout: Option<Duration>,
    clock: Option<(Thread, JoinHandle<()>)>,
}

impl Stop {
    /// From now on the time counts.
    pub(crate) fn new(settings: &Settings) -> Self {
        let token = settings.cancel.child_token();
        let clock = settings.timeout.and_then(|limit| {
            let (token, end) = (token.clone(), Instant::now().checked_add(limit)?);
            // Without a thread the budget holds where a plan waits.
            let clock = std::thread::Builder::new().spawn(move || wait(end, &token)).ok()?;
            Some((clock.thread().clone(), clock))
        });
        Self { token, cancelled: settings.cancel.clone(), timeout: settings.timeout, clock }
    }

    /// The token, for code that looks at it between batches.
    pub(crate) fn token(&self) -> CancellationToken {
        self.token.clone()
    }

    /// What a future gives, unless it is stopped.
    pub(crate) async fn unless<T>(&self, future: impl Future<Output = Result<T>>) -> Result<T> {
        let (stopped, future) = (std::pin::pin!(self.token.cancelled()), std::pin::pin!(future));
        match select(future, stopped).await {
            Either::Left((outcome, _)) => outcome.map_err(|error| self.explained(error)),
            Either::Right(_) => Err(self.why()),
        }
    }

    /// What an error means of a run that was told to stop.
    pub(crate) fn explained(&self, error: Error) -> Error {
        if self.token.is_cancelled() { self.why() } else { error }
    }

    fn why(&self) -> Error {
        match self.timeout {
            Some(limit) if !self.cancelled.is_cancelled() => {
                Error::Limit(format!("the time budget of {limit:?} is used up"))
            }
            _ => Error::Limit("it was interrupted".to_owned()),
        }
    }
}

impl Drop for Stop {
    fn drop(&mut self) {
        self.token.cancel();
        if let Some((thread, clock)) = self.clock.take() {
            thread.unpark();
            // It has nothing to tell.
            let _ = clock.join();
        }
    }
}

fn wait(end: Instant, token: &CancellationToken) {
    while !token.is_cancelled() {
        match end.checked_duration_since(Instant::now()) {
            Some(left) if !left.is_zero() => std::thread::park_timeout(left),
            _ => token.cancel(),
        }
    }
}

/// The token as a plan finds it.
struct Known(CancellationToken);

/// A configuration in which operators find the token.
pub(crate) fn configured(config: SessionConfig, stop: &Stop) -> SessionConfig {
    config.with_extension(Arc::new(Known(stop.token())))
}

/// What is cancelled when plans in this context shall stop.
pub(crate) fn token(context: &TaskContext) -> CancellationToken {
    context
        .session_config()
        .get_extension::<Known>()
        .map_or_else(CancellationToken::new, |known| known.0.clone())
}

/// What an operator gives that was told to stop.
pub(crate) fn stopped() -> DataFusionError {
    DataFusionError::Execution("stopped".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_beyond_all_clocks_is_none() {
        let settings = Settings { timeout: Some(Duration::MAX), ..Settings::default() };
        assert!(!Stop::new(&settings).token().is_cancelled());
    }

    #[test]
    fn what_is_cancelled_says_why() {
        let settings = Settings::default();
        let stop = Stop::new(&settings);
        let error = || Error::Limit("other".to_owned());
        assert_eq!(stop.explained(error()).to_string(), "stopped: other");
        settings.cancel.cancel();
        assert_eq!(stop.explained(error()).to_string(), "stopped: it was interrupted");
    }
}
