//! An account of its own for a test, reached through a proxy of its own, and looked at through boto3.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::clock::Clock;
use super::moto::{BotoCall, Moto, Refusal};
use super::overlay;
use super::proxy::Proxy;
use super::upstream::Upstream;

/// How much faster than in AWS time passes for what is pending: a NAT gateway takes a quarter of a second.
const SPEED: u32 = 400;

/// Account numbers are given out one after the other, from here.
static NEXT: AtomicU64 = AtomicU64::new(200_000_000_000);

/// A world of its own on a server that tests of an executable share.
pub struct Cloud {
    moto: &'static Moto,
    account: String,
    clock: Clock,
    proxy: Proxy,
    /// Services and regions that the test itself has called.
    called: Mutex<BTreeSet<(String, String)>>,
}

impl Default for Cloud {
    fn default() -> Self {
        Self::new()
    }
}

impl Cloud {
    /// An empty account in which time passes fast.
    ///
    /// # Panics
    /// When the server does not start.
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(Clock::running(SPEED))
    }

    /// An empty account with a clock of the test's own.
    ///
    /// # Panics
    /// When the server does not start.
    #[must_use]
    pub fn with_clock(clock: Clock) -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let (moto, account) = (Moto::shared(number), number.to_string());
        let upstream = Upstream::server(moto.authority(), &account);
        let proxy = Proxy::start(upstream, overlay::all(&clock));
        Self { moto, account, clock, proxy, called: Mutex::default() }
    }

    /// The services and regions in which there can be anything: where a command has changed something, or the
    /// test has called.
    #[must_use]
    pub fn places(&self) -> BTreeSet<(String, String)> {
        let mut places = self.proxy.record().written();
        places.extend(self.called.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned());
        places
    }

    /// The account's number.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The clock of what is pending.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What stands between the command and the account.
    #[must_use]
    pub fn proxy(&self) -> &Proxy {
        &self.proxy
    }

    /// What a command needs to reach the account and nothing else: no profile, file or metadata of whoever
    /// runs the tests.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        let fixed = [
            ("AWS_ACCESS_KEY_ID", "AKIATESTKEY"),
            ("AWS_SECRET_ACCESS_KEY", "test-secret"),
            ("AWS_CONFIG_FILE", "/nonexistent"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ];
        let fixed = fixed.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let endpoint = ("AWS_ENDPOINT_URL".to_owned(), self.proxy.url());
        fixed.into_iter().chain([endpoint]).collect()
    }

    /// Makes a call through boto3, past the proxy.
    ///
    /// # Errors
    /// When AWS refuses.
    pub fn try_boto3(
        &self,
        service: &str,
        region: &str,
        operation: &str,
        parameters: Value,
    ) -> Result<Value, Refusal> {
        let called = (service.to_owned(), region.to_owned());
        self.called.lock().unwrap_or_else(PoisonError::into_inner).insert(called);
        let endpoint = format!("http://{}", self.moto.authority());
        let account = &self.account;
        self.moto.boto3(&BotoCall { endpoint, account, service, region, operation, parameters })
    }

    /// Makes a call through boto3 and the proxy, so that it meets the faults: boto3 tries once.
    ///
    /// # Errors
    /// When AWS refuses, or the proxy does.
    pub fn through_proxy(
        &self,
        service: &str,
        region: &str,
        operation: &str,
        parameters: Value,
    ) -> Result<Value, Refusal> {
        let (endpoint, account) = (self.proxy.url(), &*self.account);
        self.moto.boto3(&BotoCall { endpoint, account, service, region, operation, parameters })
    }

    /// Makes a call through boto3, past the proxy.
    ///
    /// # Panics
    /// When AWS refuses.
    #[must_use]
    #[track_caller]
    pub fn boto3(&self, service: &str, region: &str, operation: &str, parameters: Value) -> Value {
        let answer = self.try_boto3(service, region, operation, parameters);
        answer.unwrap_or_else(|refusal| panic!("{service} {operation}: {}", refusal.message))
    }

    /// Insists that the emulator had all that this account's calls asked of it, but for the gaps named here.
    ///
    /// # Panics
    /// When it lacks an action, or made a mistake of its own.
    #[track_caller]
    pub fn assert_no_gap(&self, known: &[&str]) {
        let gaps = self.proxy.gaps().into_iter();
        let gaps: Vec<String> = gaps.filter(|gap| !known.contains(&gap.as_str())).collect();
        assert!(gaps.is_empty(), "the emulator lacks, or fails at: {gaps:?}");
        let mistakes = self.moto.mistakes(&self.account).into_iter();
        // An action that is not there is a gap, known or not.
        let mistakes: Vec<String> =
            mistakes.filter(|m| !m.starts_with("NotImplementedError")).collect();
        assert!(mistakes.is_empty(), "the emulator made mistakes of its own: {mistakes:?}");
    }
}
