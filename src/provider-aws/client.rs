//! The connection: credentials, the account, and one client per service and region, made once.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_sdk_ec2::config::{Credentials, SharedCredentialsProvider, StalledStreamProtectionConfig};
use diagnostics::{Diagnostic, Diagnostics};
use lang::Value;
use provider::Stack;

use crate::attempts::Attempts;
use crate::calls::Calls;
use crate::failure::AwsError;
use crate::object::Object;
use crate::regions;
use crate::retries::{Hopeless, MakeOnce};
use crate::settings::{Role, Settings};
use crate::tags::Mark;

/// How often a call is tried in all.
const ATTEMPTS: u32 = 10;
/// How long one attempt may take, and all of them together.
const ATTEMPT: Duration = Duration::from_secs(30);
const CALL: Duration = Duration::from_secs(300);
const CONNECT: Duration = Duration::from_secs(5);

/// The connection of the provider `aws`.
pub(crate) struct Aws {
    pub(crate) settings: Arc<Settings>,
    pub(crate) stack: String,
    folder: Arc<Path>,
    /// None where the provider block says not to ask for it.
    pub(crate) account: Option<Arc<Account>>,
    /// Where resources without region live.
    pub(crate) region: String,
    sdk: SdkConfig,
    calls: Calls,
    places: Mutex<HashMap<String, Arc<Place>>>,
    /// The ids of what this run made: AWS may not know them everywhere yet.
    made: Mutex<HashSet<String>>,
}

/// Whose credentials they are.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) arn: String,
    pub(crate) user_id: String,
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub(crate) partition: String,
}

/// One region of the connection, and its clients.
pub(crate) struct Place {
    pub(crate) region: String,
    pub(crate) settings: Arc<Settings>,
    pub(crate) account: Option<Arc<Account>>,
    /// The stack's, which relative paths start from.
    pub(crate) folder: Arc<Path>,
    sdk: SdkConfig,
    calls: Calls,
    clients: Clients,
}

/// The services: the SDK of each, its client in a region, made when it is first needed, and how it is set up
/// beyond what all have in common.
macro_rules! services {
    ($($service:ident: $sdk:ident $(, $set_up:ident)?;)*) => {
        /// The services whose endpoint can be set one by one.
        pub(crate) const SERVICES: &[&str] = &[$(stringify!($service)),*];

        #[derive(Default)]
        struct Clients {
            $($service: OnceLock<$sdk::Client>,)*
        }

        impl Place {
            $(pub(crate) fn $service(&self) -> &$sdk::Client {
                self.clients.$service.get_or_init(|| {
                    let endpoint = self.endpoint(stringify!($service));
                    let config = $sdk::config::Builder::from(&self.sdk);
                    $(let config = $set_up(config, self, endpoint.is_some());)?
                    let attempts = Attempts::of(&self.region, &self.calls);
                    let mut config = config.interceptor(MakeOnce).interceptor(attempts);
                    config.set_endpoint_url(endpoint);
                    $sdk::Client::from_conf(config.retry_classifier(Hopeless).build())
                })
            })*
        }
    };
}

services! {
    ec2: aws_sdk_ec2;
    iam: aws_sdk_iam;
    kms: aws_sdk_kms;
    s3: aws_sdk_s3, with_path_style;
    ssm: aws_sdk_ssm;
    sts: aws_sdk_sts;
}

/// A name of a bucket before the name of an endpoint seldom leads anywhere.
fn with_path_style(
    config: aws_sdk_s3::config::Builder,
    place: &Place,
    has_endpoint: bool,
) -> aws_sdk_s3::config::Builder {
    let said = place.settings.block.flag("s3_use_path_style");
    config.force_path_style(said.unwrap_or(has_endpoint))
}

impl Place {
    /// The endpoint that is set for a service, or for all; none where AWS has its own.
    fn endpoint(&self, service: &str) -> Option<String> {
        let own = self.settings.endpoints.get(service).cloned();
        let own = own.or_else(|| environment_endpoint(service));
        own.or_else(|| self.sdk.endpoint_url().map(str::to_owned))
    }

    /// The partition, such as `aws`.
    pub(crate) fn partition(&self) -> &str {
        self.account.as_ref().map_or_else(|| regions::partition(&self.region), |a| &a.partition)
    }
}

/// `AWS_ENDPOINT_URL_<SERVICE>`, unless configured endpoints are to be ignored.
fn environment_endpoint(service: &str) -> Option<String> {
    let ignored = std::env::var("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    if ignored.is_ok_and(|ignored| ignored.eq_ignore_ascii_case("true")) {
        return None;
    }
    let name = format!("AWS_ENDPOINT_URL_{}", service.to_ascii_uppercase());
    std::env::var(name).ok().filter(|url| !url.is_empty())
}

impl Aws {
    /// Opens the connection, and asks whose credentials they are.
    ///
    /// # Errors
    /// No region, no credentials, credentials that are wrong or may not be used here.
    pub(crate) async fn connect(
        config: &Value,
        stack: Stack<'_>,
        calls: Calls,
    ) -> Result<Self, Diagnostics> {
        let settings = Arc::new(Settings::read(config));
        let sdk = load(&settings).await;
        let Some(region) = sdk.region().map(ToString::to_string) else {
            let detail = "The block provider \"aws\" names no region, and neither do the environment nor the profile.";
            let diagnostic = Diagnostic::error("No AWS region", detail)
                .hint("Write region into the block provider \"aws\", or set AWS_REGION.");
            return Err(diagnostic.into());
        };
        if let Some(why) = regions::refusal(&region).filter(|_| settings.checks_regions()) {
            let detail = format!("{why} It stands in the environment or the profile.");
            return Err(Diagnostic::error("Unknown AWS region", detail)
                .hint(regions::NEWER)
                .into());
        }
        let sdk = assume(sdk, &settings.roles).await;
        let mut aws = Self {
            settings,
            stack: stack.name.to_owned(),
            folder: stack.folder.into(),
            account: None,
            region: region.clone(),
            sdk,
            calls,
            places: Mutex::default(),
            made: Mutex::default(),
        };
        if !aws.settings.block.is_on("skip_requesting_account_id") {
            let place = aws.place(&region);
            let account = identify(&place).await.map_err(Diagnostic::from)?;
            aws.check_account(&account)?;
            aws.account = Some(Arc::new(account));
            aws.places = Mutex::default();
        }
        Ok(aws)
    }

    /// A region of the connection.
    pub(crate) fn place(&self, region: &str) -> Arc<Place> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let made = || {
            Arc::new(Place {
                region: region.to_owned(),
                settings: self.settings.clone(),
                account: self.account.clone(),
                folder: self.folder.clone(),
                sdk: self.sdk.to_builder().region(Region::new(region.to_owned())).build(),
                calls: self.calls.clone(),
                clients: Clients::default(),
            })
        };
        places.entry(region.to_owned()).or_insert_with(made).clone()
    }

    /// The region that a thing lives in.
    pub(crate) fn place_of(&self, object: &Object) -> Arc<Place> {
        self.place(object.text("region").unwrap_or(&self.region))
    }

    /// What a create of this stack leaves on what it makes.
    pub(crate) fn mark(&self, token: String, address: String) -> Mark {
        Mark { token, stack: self.stack.clone(), address }
    }

    /// Remembers that this run made something.
    pub(crate) fn made(&self, id: &str) {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned());
    }

    /// Tells whether a thing refers to something that this run made, by its id or an ARN that holds it.
    pub(crate) fn has_made_a_part_of(&self, object: &Object) -> bool {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        !made.is_empty() && object.any_text(&mut |text| made.iter().any(|id| text.contains(&**id)))
    }

    fn check_account(&self, account: &Account) -> Result<(), Diagnostic> {
        let block = &self.settings.block;
        let allowed = block.texts("allowed_account_ids");
        let forbidden = block.texts("forbidden_account_ids");
        let refused = !allowed.is_empty() && !allowed.contains(&account.id);
        if refused || forbidden.contains(&account.id) {
            let detail = format!(
                "The credentials belong to the account {}, which allowed_account_ids or forbidden_account_ids of the block provider \"aws\" exclude.",
                account.id
            );
            return Err(Diagnostic::error("Wrong AWS account", detail));
        }
        Ok(())
    }
}

/// Reads the configuration as every AWS tool does; what the provider block says goes first.
async fn load(settings: &Settings) -> SdkConfig {
    let block = &settings.block;
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(CALL)
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .timeout_config(timeouts)
        // It takes a slow reader for a stalled connection; attempts have a timeout of their own.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    if let Ok(name) = AppName::new("artiform") {
        loader = loader.app_name(name);
    }
    loader = retries(loader, block);
    if let Some(profile) = block.text("profile") {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = block.text("region") {
        loader = loader.region(Region::new(region.to_owned()));
    }
    if let (Some(key), Some(secret)) = (block.text("access_key"), block.text("secret_key")) {
        let token = block.owned("token");
        loader = loader.credentials_provider(Credentials::new(
            key,
            secret,
            token,
            None,
            "provider block",
        ));
    }
    if block.is_on("use_fips_endpoint") {
        loader = loader.use_fips(true);
    }
    if block.is_on("use_dualstack_endpoint") {
        loader = loader.use_dual_stack(true);
    }
    if let Some(files) = profile_files(block) {
        loader = loader.profile_files(files);
    }
    by_profile(loader.load().await, block)
}

/// A profile that the block names goes before credentials in the environment, as with every tool of AWS.
fn by_profile(sdk: SdkConfig, block: &Object) -> SdkConfig {
    let has_keys = block.has("access_key") && block.has("secret_key");
    let Some(profile) = block.text("profile").filter(|_| !has_keys) else { return sdk };
    let known = ProviderConfig::default().with_region(sdk.region().cloned());
    let mut credentials =
        ProfileFileCredentialsProvider::builder().configure(&known).profile_name(profile);
    if let Some(files) = profile_files(block) {
        credentials = credentials.profile_files(files);
    }
    let credentials = SharedCredentialsProvider::new(credentials.build());
    sdk.into_builder().credentials_provider(credentials).build()
}

/// The shared files that the block names; the other kind stays where it usually is.
fn profile_files(block: &Object) -> Option<EnvConfigFiles> {
    let config = block.texts("shared_config_files");
    let credentials = block.texts("shared_credentials_files");
    if config.is_empty() && credentials.is_empty() {
        return None;
    }
    let mut files = EnvConfigFiles::builder();
    files = files.include_default_config_file(config.is_empty());
    files = files.include_default_credentials_file(credentials.is_empty());
    let named = config.into_iter().map(|path| (EnvConfigFileKind::Config, path));
    let named =
        named.chain(credentials.into_iter().map(|path| (EnvConfigFileKind::Credentials, path)));
    Some(named.fold(files, |files, (kind, path)| files.with_file(kind, path)).build())
}

fn retries(loader: ConfigLoader, block: &Object) -> ConfigLoader {
    let said = block.number("max_retries").and_then(|n| u32::try_from(n).ok());
    let elsewhere = std::env::var_os("AWS_MAX_ATTEMPTS").is_some();
    match said {
        None if elsewhere => loader,
        said => {
            let attempts = said.map_or(ATTEMPTS, |n| n.saturating_add(1));
            loader.retry_config(
                RetryConfig::standard()
                    .with_max_attempts(attempts)
                    .with_initial_backoff(Duration::from_millis(300)),
            )
        }
    }
}

/// Takes on the roles, one after the other.
async fn assume(mut sdk: SdkConfig, roles: &[Role]) -> SdkConfig {
    for role in roles {
        let mut builder = AssumeRoleProvider::builder(&role.arn).configure(&sdk);
        builder = builder.session_name(role.session_name.as_deref().unwrap_or("artiform"));
        if let Some(id) = &role.external_id {
            builder = builder.external_id(id);
        }
        if let Some(policy) = &role.policy {
            builder = builder.policy(policy);
        }
        if !role.policy_arns.is_empty() {
            builder = builder.policy_arns(role.policy_arns.clone());
        }
        if let Some(duration) = role.duration {
            builder = builder.session_length(duration);
        }
        if !role.tags.is_empty() {
            builder = builder.tags(role.tags.clone());
        }
        let taken = SharedCredentialsProvider::new(builder.build().await);
        sdk = sdk.into_builder().credentials_provider(taken).build();
    }
    sdk
}

/// Asks whose credentials they are.
pub(crate) async fn identify(place: &Place) -> Result<Account, AwsError> {
    let caller = place.sts().get_caller_identity().send().await?;
    let arn = caller.arn().unwrap_or_default().to_owned();
    let partition = arn.split(':').nth(1).filter(|p| !p.is_empty());
    Ok(Account {
        id: caller.account().unwrap_or_default().to_owned(),
        partition: partition.unwrap_or_else(|| regions::partition(&place.region)).to_owned(),
        user_id: caller.user_id().unwrap_or_default().to_owned(),
        arn,
    })
}
