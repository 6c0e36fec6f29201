//! Why a call to AWS came to nothing, and how that is said.

use std::error::Error;

use aws_sdk_ec2::config::http::HttpResponse;
use aws_sdk_ec2::error::{BuildError, ProvideErrorMetadata, SdkError};
use diagnostics::Diagnostic;
use provider::OperationError;

use crate::kind::Awaited;
use crate::retries::is_html;

/// Why a call came to nothing.
#[derive(Clone, Debug)]
pub(crate) struct AwsError {
    pub(crate) reason: Reason,
    /// The call, such as `ec2:CreateVpc`.
    pub(crate) action: String,
    /// The code of the error, such as `InvalidVpcID.NotFound`; empty where there was no answer.
    pub(crate) code: String,
    pub(crate) message: String,
}

/// What kind of trouble it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The credentials may not do this.
    Denied,
    /// The credentials are no longer valid.
    Expired,
    /// The credentials are unknown or wrong.
    WrongCredentials,
    NoCredentials,
    /// Nothing answers there.
    Unreachable,
    /// The answer was lost: the call may or may not have worked.
    Lost,
    /// The whole answer came, and cannot be read: the call may have worked, and asking again helps little.
    Unreadable,
    /// Too many calls.
    Throttled,
    /// Something else is changing the same thing at the moment.
    Busy,
    /// The service failed: the call may or may not have worked.
    Internal,
    /// An emulator that lacks the call.
    EmulatorGap,
    /// AWS says why it does not do it.
    Refused,
}

pub(crate) const THROTTLED: [&str; 11] = [
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "PriorRequestNotComplete",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
];
/// Of S3, IAM and Systems Manager.
const BUSY: [&str; 5] = [
    "OperationAborted",
    "ConcurrentModification",
    "ConcurrentModificationException",
    "EntityTemporarilyUnmodifiable",
    "TooManyUpdates",
];
const DENIED: [&str; 4] =
    ["AccessDenied", "AccessDeniedException", "NotAuthorized", "UnauthorizedOperation"];
const EXPIRED: [&str; 3] = ["ExpiredToken", "ExpiredTokenException", "RequestExpired"];
const WRONG: [&str; 5] = [
    "AuthFailure",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

impl<E> From<SdkError<E, HttpResponse>> for AwsError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    fn from(error: SdkError<E, HttpResponse>) -> Self {
        let action = action(std::any::type_name::<E>());
        let status = error.raw_response().map(|response| response.status().as_u16());
        let html = error
            .raw_response()
            .is_some_and(|response| response.headers().get("content-type").is_some_and(is_html));
        let code = error.code().unwrap_or_default().to_owned();
        let message = error.message().map(str::to_owned);
        let message = message.unwrap_or_else(|| innermost(&error));
        let reason = match &error {
            _ if status == Some(500) && html => Reason::EmulatorGap,
            SdkError::ResponseError(failure) if failure.raw().body().bytes().is_none() => {
                Reason::Lost
            }
            // A refusal in no words of AWS was not written by AWS.
            _ if matches!(status, Some(400..=428)) && message.contains("error parsing") => {
                Reason::Unreadable
            }
            SdkError::ServiceError(_) | SdkError::ResponseError(_) => by_code(&code, status),
            SdkError::TimeoutError(_) => Reason::Lost,
            SdkError::DispatchFailure(failure) => by_words(&chain(&error), failure.is_user()),
            _ => by_words(&chain(&error), true),
        };
        Self { reason, action, code, message }
    }
}

/// What a call lacks is seen before it is sent.
impl From<BuildError> for AwsError {
    fn from(error: BuildError) -> Self {
        Self::refused("aws:Request", "InvalidRequest", error.to_string())
    }
}

fn by_code(code: &str, status: Option<u16>) -> Reason {
    match code {
        code if THROTTLED.contains(&code) => Reason::Throttled,
        code if BUSY.contains(&code) => Reason::Busy,
        code if DENIED.contains(&code) => Reason::Denied,
        code if EXPIRED.contains(&code) => Reason::Expired,
        code if WRONG.contains(&code) => Reason::WrongCredentials,
        _ => match status {
            Some(429) => Reason::Throttled,
            Some(500..) | None => Reason::Internal,
            Some(200..300) => Reason::Unreadable,
            Some(_) => Reason::Refused,
        },
    }
}

/// Where there was no answer, only the words of the causes tell what happened.
fn by_words(words: &str, local: bool) -> Reason {
    let words = words.to_ascii_lowercase();
    if words.contains("expiredtoken") || words.contains("token has expired") {
        Reason::Expired
    } else if words.contains("no connection to ") {
        Reason::Unreachable
    } else if words.contains("credential") || words.contains("identity") || words.contains("sso") {
        Reason::NoCredentials
    } else if is_connection_failure(&words) {
        Reason::Unreachable
    } else if local {
        Reason::Refused
    } else {
        Reason::Lost
    }
}

/// Tells by the words of an error's causes whether no connection came about, so that nothing was sent.
pub(crate) fn is_connection_failure(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    ["(connect)", "connection refused", "failed to lookup", "dns error"]
        .iter()
        .any(|sign| words.contains(sign))
}

/// `ec2:CreateVpc` from `aws_sdk_ec2::operation::create_vpc::CreateVpcError`.
fn action(error_type: &str) -> String {
    let parts: Vec<&str> = error_type.split("::").collect();
    let service = parts.first().and_then(|name| name.strip_prefix("aws_sdk_")).unwrap_or("aws");
    let name = parts.last().copied().unwrap_or_default();
    format!("{service}:{}", name.strip_suffix("Error").unwrap_or(name))
}

/// The causes, outermost first.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        words.push_str(": ");
        words.push_str(&deeper.to_string());
        cause = deeper.source();
    }
    words
}

/// The cause at the bottom, such as `Connection refused (os error 111)`.
fn innermost(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

impl AwsError {
    /// A refusal that our own code says, in AWS's words.
    pub(crate) fn refused(action: &str, code: &str, message: impl Into<String>) -> Self {
        let (action, code) = (action.to_owned(), code.to_owned());
        Self { reason: Reason::Refused, action, code, message: message.into() }
    }

    /// Tells whether it is certain that the call had no effect.
    pub(crate) fn is_without_effect(&self) -> bool {
        !matches!(self.reason, Reason::Lost | Reason::Unreadable | Reason::Internal)
    }

    /// Tells whether trying again may help.
    pub(crate) fn may_pass(&self) -> bool {
        use Reason::{Busy, Internal, Lost, Throttled, Unreadable};
        matches!(self.reason, Busy | Lost | Unreadable | Internal | Throttled)
    }

    /// The thing that was asked for does not exist.
    pub(crate) fn is_not_found(&self) -> bool {
        // The last is Systems Manager's word for a parameter whose tags are asked for.
        let words = ["NotFound", "NoSuch", "NotExist", "InvalidResourceId"];
        self.reason == Reason::Refused && words.iter().any(|word| self.code.contains(word))
    }

    /// Tells whether it is one of these.
    pub(crate) fn is_one_of(&self, errors: Awaited) -> bool {
        let is = |(code, words): &(&str, &str)| self.code == *code && self.message.contains(words);
        self.reason == Reason::Refused && errors.iter().any(is)
    }

    /// A thing of that name is there already.
    pub(crate) fn is_taken(&self) -> bool {
        let words = ["AlreadyExists", "AlreadyOwned", "AlreadyAssociated", "Duplicate", "Conflict"];
        self.reason == Reason::Refused && words.iter().any(|word| self.code.contains(word))
    }

    /// Something else still uses it.
    pub(crate) fn is_in_use(&self) -> bool {
        let words = ["DependencyViolation", "InUse", "DeleteConflict"];
        self.reason == Reason::Refused && words.iter().any(|word| self.code.contains(word))
    }

    fn told(&self) -> String {
        let message = self.message.trim_end_matches('.');
        if self.code.is_empty() {
            format!("{}: {message}.", self.action)
        } else {
            format!("{}: {message} ({}).", self.action, self.code)
        }
    }
}

impl From<AwsError> for Diagnostic {
    fn from(error: AwsError) -> Self {
        let told = error.told();
        match error.reason {
            Reason::Denied => Self::error("AWS denies the call", format!("{told} The credentials lack the permission {}.", error.action))
                .hint("Give the user or role that permission, or use another profile or role."),
            Reason::Expired => Self::error("AWS credentials have expired", told)
                .hint("Sign in again, for instance with `aws sso login`."),
            Reason::WrongCredentials => Self::error("AWS does not know the credentials", told)
                .hint("Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile."),
            Reason::NoCredentials if error.message.contains("SSO") => Self::error("No AWS credentials", format!("Nobody has signed in, so that nothing can be asked. {told}"))
                .hint("Sign in first: aws sso login, with --profile where it is not the default one."),
            Reason::NoCredentials => Self::error("No AWS credentials", format!("No usable credentials were found, so that nothing can be asked. {told}"))
                .hint("Set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write profile or assume_role into the block provider \"aws\"."),
            Reason::Unreachable => Self::error("AWS cannot be reached", told)
                .hint("Check the network, the name of the region, and the endpoint, if one is set (AWS_ENDPOINT_URL)."),
            Reason::Lost => Self::error("No answer from AWS", format!("{told} It is not known whether the call worked."))
                .hint("Run the command again: it looks first for what the call has done."),
            Reason::Unreadable => Self::error("Unreadable answer from AWS", format!("{told} The answer came whole and is not what AWS documents, so that it is not known whether the call worked."))
                .hint("If an endpoint is set (AWS_ENDPOINT_URL), what listens there may not be AWS, or an emulator of it that answers otherwise."),
            Reason::Throttled => Self::error("AWS throttles the calls", format!("{told} Too many calls are made in this account and region.")),
            Reason::Busy => Self::error("Something else changes it", told)
                .hint("Run the command again when the other change is done."),
            Reason::Internal => Self::error("AWS failed", told).hint("Run the command again: it looks first for what the call has done."),
            Reason::EmulatorGap => Self::error("Emulator lacks a call", format!("The endpoint answered {} with an error page (500, text/html), as an emulator of AWS does that does not have this call.", error.action)),
            Reason::Refused => Self::error("AWS refuses the call", told),
        }
    }
}

impl From<AwsError> for OperationError {
    fn from(error: AwsError) -> Self {
        let sure = error.is_without_effect();
        let failure = Self::from(Diagnostic::from(error));
        if sure { failure.without_effect() } else { failure }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_action_comes_from_the_type_of_its_error() {
        let name = "aws_sdk_ec2::operation::create_vpc::CreateVpcError";
        assert_eq!(action(name), "ec2:CreateVpc");
    }

    #[test]
    fn codes_and_words_tell_the_reason() {
        assert_eq!(by_code("RequestLimitExceeded", Some(503)), Reason::Throttled);
        assert_eq!(by_code("InternalError", Some(500)), Reason::Internal);
        assert_eq!(by_code("InvalidVpcID.NotFound", Some(400)), Reason::Refused);
        assert_eq!(by_code("UnauthorizedOperation", Some(403)), Reason::Denied);
        assert_eq!(by_code("OperationAborted", Some(409)), Reason::Busy);
        assert_eq!(
            by_words("no providers in chain provided credentials", true),
            Reason::NoCredentials
        );
        assert_eq!(by_words("tcp connect error: Connection refused", false), Reason::Unreachable);
        let words = "no connection to http://sso.example.com: Connection refused";
        assert_eq!(by_words(words, false), Reason::Unreachable);
        assert_eq!(by_code("", Some(200)), Reason::Unreadable);
        assert_eq!(by_words("connection closed before message completed", false), Reason::Lost);
    }

    #[test]
    fn lost_answers_leave_open_whether_something_was_made() {
        let error = AwsError { reason: Reason::Lost, ..AwsError::refused("ec2:X", "", "gone") };
        assert!(!OperationError::from(error.clone()).nothing_made && error.may_pass());
        assert!(OperationError::from(AwsError::refused("ec2:X", "A", "no")).nothing_made);
    }
}
