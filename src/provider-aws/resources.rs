//! Every resource type of the provider, one file each below the folder of its service.

use std::sync::Arc;

use provider::ResourceType;

use crate::managed::Managed;

pub(crate) mod ec2;
pub(crate) mod iam;
pub(crate) mod kms;
pub(crate) mod s3;
pub(crate) mod ssm;

/// The visible list of what the provider offers.
pub(crate) fn all() -> Vec<Arc<dyn ResourceType>> {
    vec![
        Arc::new(Managed::<ec2::eip::Eip>::new()),
        Arc::new(Managed::<ec2::internet_gateway::InternetGateway>::new()),
        Arc::new(Managed::<ec2::launch_template::LaunchTemplate>::new()),
        Arc::new(Managed::<ec2::nat_gateway::NatGateway>::new()),
        Arc::new(Managed::<ec2::route::Route>::new()),
        Arc::new(Managed::<ec2::route_table::RouteTable>::new()),
        Arc::new(Managed::<ec2::route_table_association::RouteTableAssociation>::new()),
        Arc::new(Managed::<ec2::security_group::SecurityGroup>::new()),
        Arc::new(Managed::<ec2::security_group_rule::Rule<true>>::new()),
        Arc::new(Managed::<ec2::security_group_rule::Rule<false>>::new()),
        Arc::new(Managed::<ec2::subnet::Subnet>::new()),
        Arc::new(Managed::<ec2::vpc::Vpc>::new()),
        Arc::new(Managed::<iam::instance_profile::InstanceProfile>::new()),
        Arc::new(Managed::<iam::role::Role>::new()),
        Arc::new(Managed::<iam::role_policy::RolePolicy>::new()),
        Arc::new(Managed::<kms::alias::Alias>::new()),
        Arc::new(Managed::<kms::key::Key>::new()),
        Arc::new(Managed::<s3::bucket::Bucket>::new()),
        Arc::new(Managed::<s3::bucket_lifecycle_configuration::BucketLifecycle>::new()),
        Arc::new(Managed::<s3::bucket_policy::BucketPolicy>::new()),
        Arc::new(Managed::<s3::bucket_public_access_block::PublicAccessBlock>::new()),
        Arc::new(
            Managed::<s3::bucket_server_side_encryption_configuration::BucketEncryption>::new(),
        ),
        Arc::new(Managed::<s3::bucket_versioning::BucketVersioning>::new()),
        Arc::new(Managed::<s3::object::Object>::new()),
        Arc::new(Managed::<ssm::parameter::Parameter>::new()),
    ]
}
