//! What was called: each call with its outcome, in the order of arrival.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::call::Call;

/// One call that arrived.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// 1 for the first.
    pub number: u64,
    /// `ec2:CreateVpc`
    pub name: String,
    pub region: String,
    pub is_write: bool,
    pub parameters: Vec<(String, String)>,
    /// What was answered; none where the connection was dropped, or nothing has been answered yet.
    pub status: Option<u16>,
    /// Since the record began.
    pub arrived: Duration,
    /// How long the answer took.
    pub took: Option<Duration>,
}

/// The calls so far.
#[derive(Debug)]
pub struct Record {
    began: Instant,
    calls: Mutex<Vec<Recorded>>,
}

impl Default for Record {
    fn default() -> Self {
        Self { began: Instant::now(), calls: Mutex::default() }
    }
}

impl Record {
    /// Writes down that a call arrived, and gives its number.
    pub(crate) fn arrived(&self, call: &Call) -> u64 {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let number = calls.len() as u64 + 1;
        calls.push(Recorded {
            number,
            name: call.name(),
            region: call.region.clone(),
            is_write: call.is_write(),
            parameters: call.parameters.clone(),
            status: None,
            arrived: self.began.elapsed(),
            took: None,
        });
        number
    }

    /// Writes down how it was answered.
    pub(crate) fn answered(&self, number: u64, status: Option<u16>) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(call) = usize::try_from(number - 1).ok().and_then(|at| calls.get_mut(at)) {
            call.status = status;
            call.took = Some(self.began.elapsed().saturating_sub(call.arrived));
        }
    }

    /// How many have arrived.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).len() as u64
    }

    /// Whether a call is still without its end.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.iter().any(|call| call.took.is_none())
    }

    /// The services and regions in which something was changed, or may have been.
    #[must_use]
    pub fn written(&self) -> BTreeSet<(String, String)> {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let writes = calls.iter().filter(|call| call.is_write);
        let place = |call: &Recorded| {
            let service = call.name.split(':').next().unwrap_or_default();
            (service.to_owned(), call.region.clone())
        };
        writes.map(place).collect()
    }

    /// The calls that came after the first `earlier` ones.
    #[must_use]
    pub fn since(&self, earlier: u64) -> Vec<Recorded> {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.iter().filter(|call| call.number > earlier).cloned().collect()
    }
}

/// How often each action was called in each region.
#[must_use]
pub fn tally(calls: &[Recorded]) -> BTreeMap<(String, String), usize> {
    let mut counts = BTreeMap::new();
    for call in calls {
        *counts.entry((call.region.clone(), call.name.clone())).or_default() += 1;
    }
    counts
}
