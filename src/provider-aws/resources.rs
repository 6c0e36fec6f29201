//! Every resource type of the provider, one file each below the folder of its service.

use std::sync::Arc;

use provider::ResourceType;

use crate::managed::Managed;

pub(crate) mod ec2;

/// The visible list of what the provider offers.
pub(crate) fn all() -> Vec<Arc<dyn ResourceType>> {
    vec![
        Arc::new(Managed::<ec2::eip::Eip>::new()),
        Arc::new(Managed::<ec2::internet_gateway::InternetGateway>::new()),
        Arc::new(Managed::<ec2::nat_gateway::NatGateway>::new()),
        Arc::new(Managed::<ec2::route::Route>::new()),
        Arc::new(Managed::<ec2::route_table::RouteTable>::new()),
        Arc::new(Managed::<ec2::route_table_association::RouteTableAssociation>::new()),
        Arc::new(Managed::<ec2::security_group::SecurityGroup>::new()),
        Arc::new(Managed::<ec2::security_group_rule::Rule<true>>::new()),
        Arc::new(Managed::<ec2::security_group_rule::Rule<false>>::new()),
        Arc::new(Managed::<ec2::subnet::Subnet>::new()),
        Arc::new(Managed::<ec2::vpc::Vpc>::new()),
    ]
}
