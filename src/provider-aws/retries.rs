//! Which calls the SDK may send again by itself.
//!
//! A call that makes something new is sent once: its answer may be lost after it worked, and a second
//! call would make a twin. `managed` looks for what the first one made before it tries again.

use aws_config::retry::RetryConfig;
use aws_sdk_ec2::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_ec2::config::retry::{ClassifyRetry, RetryAction};
use aws_sdk_ec2::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::retries::classifiers::RetryClassifierPriority;

/// Sends calls that make something new only once.
#[derive(Debug)]
pub(crate) struct MakeOnce;

/// How the names of calls begin that have another effect when they are sent twice.
const MAKING: [&str; 4] = ["Create", "Allocate", "Authorize", "Associate"];
/// Calls of such a name that can be repeated all the same.
const REPEATABLE: [&str; 1] = ["CreateTags"];

impl Intercept for MakeOnce {
    fn name(&self) -> &'static str {
        "MakeOnce"
    }

    fn modify_before_retry_loop(
        &self,
        _context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let action = config.load::<Metadata>().map(|call| call.name().to_owned());
        if action.is_some_and(|action| makes_something(&action)) {
            let once = RetryConfig::standard().with_max_attempts(1);
            config.interceptor_state().store_put(once);
        }
        Ok(())
    }
}

fn makes_something(action: &str) -> bool {
    MAKING.iter().any(|word| action.starts_with(word)) && !REPEATABLE.contains(&action)
}

/// Answers that stay what they are, however often the call is sent: an error page in HTML is no error of AWS
/// but of an emulator that lacks the call, and a whole answer that cannot be read is no better the next time.
#[derive(Debug)]
pub(crate) struct Hopeless;

impl ClassifyRetry for Hopeless {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(response) = context.response() else { return RetryAction::NoActionIndicated };
        let html = response.headers().get("content-type").is_some_and(is_html);
        let failed = matches!(context.output_or_error(), Some(Err(_)));
        // What has been read to its end lies in memory: an answer that broke off does not.
        let whole = response.status().is_success() && response.body().bytes().is_some();
        if (response.status().as_u16() == 500 && html) || (failed && whole) {
            return RetryAction::RetryForbidden;
        }
        RetryAction::NoActionIndicated
    }

    fn name(&self) -> &'static str {
        "Hopeless"
    }

    fn priority(&self) -> RetryClassifierPriority {
        // `RetryForbidden` ends the classification, so that it has to come before all others.
        RetryClassifierPriority::run_before(RetryClassifierPriority::http_status_code_classifier())
    }
}

/// Tells whether a content type is that of an HTML page.
pub(crate) fn is_html(content_type: &str) -> bool {
    content_type.starts_with("text/html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_calls_that_make_something_are_sent_once() {
        for action in ["CreateVpc", "AllocateAddress", "AuthorizeSecurityGroupIngress"] {
            assert!(makes_something(action), "{action}");
        }
        for action in ["CreateTags", "DescribeVpcs", "PutBucketPolicy", "DeleteVpc"] {
            assert!(!makes_something(action), "{action}");
        }
    }
}
