//! moto, the AWS emulator that others wrote: two servers for all tests of an executable, since one of them keeps one
//! core busy at most.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::python::Python;
use crate::http::{self, Request};
use crate::patience;

/// How long the server may take to answer for the first time.
const LIMIT: Duration = Duration::from_secs(60);

/// The server, and the client that looks at its world from outside.
#[derive(Debug)]
pub struct Moto {
    authority: String,
    server: Mutex<Python>,
    worker: Mutex<Python>,
    /// Holds the logs.
    _folder: TempDir,
}

/// An answer of AWS that is an error, as boto3 tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// `InvalidVpcID.NotFound`
    pub code: String,
    /// The whole message.
    pub message: String,
}

impl Moto {
    /// One of the servers that all tests of this executable share, always the same for a number; the first that asks
    /// starts it.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn shared(number: u64) -> &'static Self {
        static SHARED: [OnceLock<Moto>; 2] = [OnceLock::new(), OnceLock::new()];
        SHARED[usize::from(number % 2 == 1)].get_or_init(Self::start)
    }

    fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("artiform-moto-").tempdir();
        let folder = folder.expect("a temporary folder");
        let mut server = Python::start("moto", include_str!("moto_server.py"), folder.path());
        let worker = Python::start("boto3", include_str!("boto_worker.py"), folder.path());
        let authority = format!("127.0.0.1:{}", server.read_line());
        let moto = Self {
            authority,
            server: Mutex::new(server),
            worker: Mutex::new(worker),
            _folder: folder,
        };
        patience::within(LIMIT, "moto answers", || moto.is_ready().then_some(()));
        moto
    }

    fn is_ready(&self) -> bool {
        let authority = &self.authority;
        let request =
            Request { method: "GET", authority, target: "/moto-api/", ..Request::default() };
        http::send(&request).is_ok_and(|answer| answer.status == 200)
    }

    /// `127.0.0.1:PORT`
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The mistakes of its own that the server made at calls of this account: each is a bug that was reached.
    #[must_use]
    pub fn mistakes(&self, account: &str) -> Vec<String> {
        let log = self.server.lock().unwrap_or_else(PoisonError::into_inner).log();
        mistakes_in(&log, account)
    }

    /// Makes one call through boto3, at an endpoint that leads to the server.
    ///
    /// # Errors
    /// When AWS refuses, or boto3 does.
    ///
    /// # Panics
    /// When the worker has ended.
    pub fn boto3(&self, call: &BotoCall<'_>) -> Result<Value, Refusal> {
        let request = json!({
            "endpoint": call.endpoint,
            "account": call.account,
            "service": call.service,
            "region": call.region,
            "operation": call.operation,
            "parameters": call.parameters,
        });
        let line = {
            let mut worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
            worker.ask(&request.to_string())
        };
        let answer: Value = serde_json::from_str(&line).expect("the worker answers with JSON");
        match answer["error"].as_str() {
            None => Ok(answer["result"].clone()),
            Some(code) => Err(Refusal {
                code: code.to_owned(),
                message: answer["message"].as_str().unwrap_or_default().to_owned(),
            }),
        }
    }
}

/// A call as boto3 takes it.
#[derive(Clone, Debug)]
pub struct BotoCall<'a> {
    /// `http://127.0.0.1:PORT`
    pub endpoint: String,
    /// Twelve digits.
    pub account: &'a str,
    /// `ec2`
    pub service: &'a str,
    /// `us-east-1`
    pub region: &'a str,
    /// `describe_vpcs`
    pub operation: &'a str,
    /// An object.
    pub parameters: Value,
}

/// What the lines `mistake ACCOUNT WORDS` of a log say of one account.
fn mistakes_in(log: &str, account: &str) -> Vec<String> {
    let start = format!("mistake {account} ");
    log.lines().filter_map(|line| line.strip_prefix(&start)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_told_of_the_account_that_came_upon_it() {
        let log =
            "Traceback (most recent call last)\nmistake 1 KeyError: 'd'\nmistake 2 TypeError: x\n";
        assert_eq!(mistakes_in(log, "1"), ["KeyError: 'd'"]);
        assert_eq!(mistakes_in(log, "3"), [""; 0]);
    }

    #[test]
    fn a_call_reaches_the_account_that_it_names_and_no_other() {
        let moto = Moto::shared(0);
        let call = |account, operation, parameters| BotoCall {
            endpoint: format!("http://{}", moto.authority()),
            account,
            service: "ec2",
            region: "eu-central-1",
            operation,
            parameters,
        };
        let (here, there) = ("100000000001", "100000000002");
        let make = call(here, "create_vpc", json!({"CidrBlock": "10.9.0.0/16"}));
        let id = moto.boto3(&make).expect("a VPC")["Vpc"]["VpcId"].clone();
        let look = |account| moto.boto3(&call(account, "describe_vpcs", json!({"VpcIds": [id]})));
        assert_eq!(look(here).expect("it is there")["Vpcs"][0]["VpcId"], id);
        let elsewhere = look(there).expect_err("another account has none");
        assert_eq!(elsewhere.code, "InvalidVpcID.NotFound");
    }
}
