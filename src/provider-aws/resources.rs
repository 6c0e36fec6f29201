//! Every resource type of the provider, one file each below the folder of its service.
//!
//! # How to add a type
//!
//! 1. `resources/<service>/<type>.rs` with an `impl Kind`. Its parts, in the order in which they are written: the
//!    constants (name, example of an import id, how many are described in one call, where tags are kept), `schema`
//!    with the names of the Terraform provider, `plan` for what is known before apply and what AWS would refuse,
//!    `fetch` and `observe` for what is there, `create` as the one call that makes it, `configure` for what is set
//!    afterwards and what changes in place, `delete`. `ec2::eip` is a whole one on one screen; a setting that a bucket
//!    has once is less still (`s3::setting`).
//! 2. `fetch` asks by filters, not by lists of ids: an id that is gone fails the whole list. It reads every page, and
//!    where a call tells of one thing only, it is `one_by_one`.
//! 3. How the create is found after a crash decides whether there can be twins: by a tag that the call itself sets
//!    (`Tagging::Ec2`, or `natural_id` and own tags), by a client token along with it, or by a name that the type
//!    generates (`Plan::settle_name`). What overwrites silently looks first (`precede`).
//! 4. An error that says "not found" is waited out where it concerns what the new thing refers to; other words for
//!    the same go into `AWAITED`, such as `("ValidationError", "Invalid IamInstanceProfile")`.
//! 5. A line in [`all`]; a service that is new also needs its line in `services!` (`client.rs`).
//! 6. In `tests/aws`: a case in `conformance/cases.rs` and its name in `conformance!`, one of it in
//!    `stacks/small/main.hcl`, how boto3 lists it in `world.rs` where it is an object of its own, and what reading it
//!    costs in `calls.rs` and in the table of `src/README.md`. The suite says what is missing by name.

use std::sync::Arc;

use provider::ResourceType;

use crate::kind::Kind;
use crate::managed::Managed;

pub(crate) mod ec2;
pub(crate) mod iam;
pub(crate) mod kms;
pub(crate) mod s3;
pub(crate) mod ssm;

fn managed<K: Kind>() -> Arc<dyn ResourceType> {
    Arc::new(Managed::<K>::new())
}

/// The visible list of what the provider offers.
pub(crate) fn all() -> Vec<Arc<dyn ResourceType>> {
    vec![
        managed::<ec2::eip::Eip>(),
        managed::<ec2::internet_gateway::InternetGateway>(),
        managed::<ec2::launch_template::LaunchTemplate>(),
        managed::<ec2::nat_gateway::NatGateway>(),
        managed::<ec2::route::Route>(),
        managed::<ec2::route_table::RouteTable>(),
        managed::<ec2::route_table_association::RouteTableAssociation>(),
        managed::<ec2::security_group::SecurityGroup>(),
        managed::<ec2::security_group_rule::Rule<true>>(),
        managed::<ec2::security_group_rule::Rule<false>>(),
        managed::<ec2::subnet::Subnet>(),
        managed::<ec2::vpc::Vpc>(),
        managed::<iam::instance_profile::InstanceProfile>(),
        managed::<iam::role::Role>(),
        managed::<iam::role_policy::RolePolicy>(),
        managed::<kms::alias::Alias>(),
        managed::<kms::key::Key>(),
        managed::<s3::bucket::Bucket>(),
        managed::<s3::bucket_lifecycle_configuration::BucketLifecycle>(),
        managed::<s3::bucket_policy::BucketPolicy>(),
        managed::<s3::bucket_public_access_block::PublicAccessBlock>(),
        managed::<s3::bucket_server_side_encryption_configuration::BucketEncryption>(),
        managed::<s3::bucket_versioning::BucketVersioning>(),
        managed::<s3::object::Object>(),
        managed::<ssm::parameter::Parameter>(),
    ]
}
