//! A call is refused: throttled, failed inside AWS, not allowed.

use std::future::ready;

use futures::future::BoxFuture;

use crate::aws::answer::Answer;
use crate::aws::call::Protocol;
use crate::aws::rule::{Exchange, Rule, Verdict};

/// Answers with an error before the effect.
#[derive(Clone, Debug)]
pub struct Refuse(Why);

#[derive(Clone, Debug)]
enum Why {
    Throttled,
    Failed,
    Code { status: u16, code: String, message: String },
}

impl Refuse {
    /// Too many calls, in the words of the service.
    #[must_use]
    pub fn throttled() -> Self {
        Self(Why::Throttled)
    }

    /// An error inside AWS: 500 or 503.
    #[must_use]
    pub fn failed() -> Self {
        Self(Why::Failed)
    }

    /// Not allowed, as a policy says it.
    #[must_use]
    pub fn denied() -> Self {
        let message =
            "User: arn:aws:iam::123456789012:user/tester is not authorized to perform this action";
        Self::code(403, "", message)
    }

    /// Any code of AWS.
    #[must_use]
    pub fn code(status: u16, code: &str, message: &str) -> Self {
        Self(Why::Code { status, code: code.to_owned(), message: message.to_owned() })
    }

    fn answer(&self, exchange: &Exchange) -> Answer {
        let call = &exchange.call;
        let error = |status, code: &str, message: &str| Answer::error(call, status, code, message);
        match (&self.0, call.protocol) {
            (Why::Throttled, Protocol::Ec2) => {
                error(503, "RequestLimitExceeded", "Request limit exceeded.")
            }
            (Why::Throttled, Protocol::Rest) => {
                error(503, "SlowDown", "Please reduce your request rate.")
            }
            (Why::Throttled, Protocol::Query) => error(400, "Throttling", "Rate exceeded"),
            (Why::Throttled, Protocol::Json) => error(400, "ThrottlingException", "Rate exceeded"),
            (Why::Failed, Protocol::Ec2 | Protocol::Rest) => {
                error(500, "InternalError", "An internal error has occurred")
            }
            (Why::Failed, _) => error(503, "ServiceUnavailable", "The service is unavailable"),
            (Why::Code { status, code, message }, protocol) => {
                let denied = match protocol {
                    Protocol::Ec2 => "UnauthorizedOperation",
                    Protocol::Json => "AccessDeniedException",
                    Protocol::Query | Protocol::Rest => "AccessDenied",
                };
                error(*status, if code.is_empty() { denied } else { code }, message)
            }
        }
    }
}

impl Rule for Refuse {
    fn before<'a>(&'a self, exchange: &'a Exchange) -> BoxFuture<'a, Verdict> {
        Box::pin(ready(Verdict::Answer(self.answer(exchange))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::rule::When;
    use crate::aws::rule::tests::{Echo, send};
    use crate::aws::upstream::Upstream;

    #[track_caller]
    fn check(refuse: Refuse, status: u16, code: &str) {
        let echo = Echo::default();
        let upstream = Upstream::backend(echo.clone());
        let answer = send(&[When::always().rule(refuse)], &upstream, 1, "Action=CreateVpc");
        let answer = answer.expect("an answer");
        assert_eq!(answer.status.as_u16(), status);
        assert!(answer.text().contains(&format!("<Code>{code}</Code>")), "{}", answer.text());
        assert_eq!(echo.count(), 0, "nothing happened");
    }

    #[test]
    fn a_refused_call_has_no_effect() {
        check(Refuse::throttled(), 503, "RequestLimitExceeded");
        check(Refuse::failed(), 500, "InternalError");
        check(Refuse::denied(), 403, "UnauthorizedOperation");
        check(Refuse::code(400, "VpcLimitExceeded", "words"), 400, "VpcLimitExceeded");
    }
}
