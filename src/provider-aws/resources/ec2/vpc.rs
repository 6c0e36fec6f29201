//! `aws_vpc`: a private network in a region.

use aws_sdk_ec2::types::{self, AttributeBooleanValue, VpcAttributeName as Attribute};
use lang::Value;
use provider::Schema;

use super::{FILTER_VALUES, by_id, filter, tagged, tags_of};
use crate::client::Place;
use crate::failure::AwsError;
use crate::kind::{Answer, Kind, Progress, Tagging};
use crate::object::Object;
use crate::schema::{flag, given, number, switch, text, vpc_network};
use crate::tags::{Mark, Tags};

pub(crate) struct Vpc;

/// A network with the attributes that only calls of their own tell.
pub(crate) struct Seen {
    vpc: types::Vpc,
    dns_hostnames: Option<bool>,
    dns_support: Option<bool>,
    /// Asked for only where it is meant to be on: it costs a call, and being measured does no harm.
    metrics: Option<bool>,
}

const METRICS: &str = "enable_network_address_usage_metrics";

impl Kind for Vpc {
    const NAME: &'static str = "aws_vpc";
    const BATCH: usize = FILTER_VALUES;
    const TAGGING: Tagging = Tagging::Ec2;
    const IMPORT_ID: &'static str = "vpc-0123456789abcdef0";
    type Seen = Seen;

    fn schema() -> Schema {
        Schema::new([
            ("arn", given()),
            ("assign_generated_ipv6_cidr_block", flag().forces_replacement()),
            ("cidr_block", text().or_computed().forces_replacement().validated(vpc_network)),
            ("default_network_acl_id", given()),
            ("default_route_table_id", given()),
            ("default_security_group_id", given()),
            ("dhcp_options_id", given().observed()),
            ("enable_dns_hostnames", switch(false)),
            ("enable_dns_support", switch(true)),
            (METRICS, switch(false)),
            (
                "instance_tenancy",
                text().default(Value::string("default")).forces_replacement().validated(tenancy),
            ),
            ("ipv4_ipam_pool_id", text().forces_replacement()),
            ("ipv4_netmask_length", number().forces_replacement()),
            ("ipv6_association_id", given()),
            ("ipv6_cidr_block", given()),
            ("main_route_table_id", given()),
            ("owner_id", given()),
        ])
        .describe("A private network in a region.")
    }

    fn plan(plan: &mut crate::plan::Plan<'_>) {
        if !plan.is_set("cidr_block")
            && !plan.is_set("ipv4_netmask_length")
            && plan.prior().is_none()
        {
            plan.refuse(
                "cidr_block",
                "it has to be set, or ipv4_ipam_pool_id and ipv4_netmask_length.",
            );
        }
        if plan.object.is_on("enable_dns_hostnames")
            && plan.object.flag("enable_dns_support") == Some(false)
        {
            plan.refuse("enable_dns_hostnames", "host names need enable_dns_support.");
        }
    }

    async fn fetch(place: &Place, wanted: &[Object]) -> Answer<Vec<Seen>> {
        let ids = by_id("vpc-id", wanted);
        let pages = place.ec2().describe_vpcs().filters(ids).into_paginator();
        let vpcs: Vec<types::Vpc> = pages.items().send().collect::<Result<_, _>>().await?;
        // AWS tells either attribute of one network at a time.
        let with_attributes = vpcs.into_iter().map(|vpc| async {
            let id = vpc.vpc_id().unwrap_or_default();
            let is_measured = wanted.iter().any(|w| w.id() == id && w.is_on(METRICS));
            let metrics = async {
                match is_measured {
                    true => attribute(place, id, Attribute::EnableNetworkAddressUsageMetrics).await,
                    false => Ok(None),
                }
            };
            let (dns_support, dns_hostnames, metrics) = futures::try_join!(
                attribute(place, id, Attribute::EnableDnsSupport),
                attribute(place, id, Attribute::EnableDnsHostnames),
                metrics,
            )?;
            Ok(Seen { vpc, dns_hostnames, dns_support, metrics })
        });
        provider::each(with_attributes).await.into_iter().collect()
    }

    fn key(seen: &Seen) -> String {
        seen.vpc.vpc_id().unwrap_or_default().to_owned()
    }

    fn progress(seen: &Seen) -> Progress {
        match seen.vpc.state() {
            Some(types::VpcState::Pending) => Progress::Pending("pending".to_owned()),
            _ => Progress::Ready,
        }
    }

    fn observe(place: &Place, seen: &Seen, object: &mut Object) {
        let vpc = &seen.vpc;
        let owner = vpc.owner_id();
        let id = vpc.vpc_id().unwrap_or_default();
        let ipv6 =
            vpc.ipv6_cidr_block_association_set().iter().find(|a| a.ipv6_cidr_block().is_some());
        object.set_text("arn", Some(&place.arn("ec2", owner, &format!("vpc/{id}"))));
        object.set_text("cidr_block", vpc.cidr_block());
        object.set_text("dhcp_options_id", vpc.dhcp_options_id());
        object.set_flag("enable_dns_hostnames", seen.dns_hostnames);
        object.set_flag("enable_dns_support", seen.dns_support);
        if seen.metrics.is_some() {
            object.set_flag(METRICS, seen.metrics);
        }
        object.set_text("instance_tenancy", vpc.instance_tenancy().map(types::Tenancy::as_str));
        object.set_text("ipv6_association_id", ipv6.and_then(|a| a.association_id()));
        object.set_text("ipv6_cidr_block", ipv6.and_then(|a| a.ipv6_cidr_block()));
        object.set_text("owner_id", owner);
    }

    fn tags(seen: &Seen) -> Option<Tags> {
        Some(tags_of(seen.vpc.tags()))
    }

    async fn create(place: &Place, planned: &Object, mark: &Mark) -> Answer<String> {
        let call = place
            .ec2()
            .create_vpc()
            .set_cidr_block(planned.owned("cidr_block"))
            .set_ipv4_ipam_pool_id(planned.owned("ipv4_ipam_pool_id"))
            .set_ipv4_netmask_length(planned.small("ipv4_netmask_length"))
            .set_amazon_provided_ipv6_cidr_block(planned.flag("assign_generated_ipv6_cidr_block"))
            .set_instance_tenancy(planned.text("instance_tenancy").map(Into::into))
            .tag_specifications(tagged(types::ResourceType::Vpc, mark, planned));
        let made = call.send().await?.vpc;
        Ok(made.and_then(|vpc| vpc.vpc_id).unwrap_or_default())
    }

    async fn configure(place: &Place, now: &mut Object, prior: Option<&Object>) -> Answer<()> {
        let was = |name: &str, new: bool| prior.map_or(new, |prior| prior.is_on(name));
        let value = |on: bool| AttributeBooleanValue::builder().value(on).build();
        let change = || place.ec2().modify_vpc_attribute().vpc_id(now.id());
        let (support, hostnames) =
            (now.is_on("enable_dns_support"), now.is_on("enable_dns_hostnames"));
        // Host names need the resolver: it is switched on before them and off after them.
        if support && !was("enable_dns_support", true) {
            change().enable_dns_support(value(true)).send().await?;
        }
        if hostnames != was("enable_dns_hostnames", false) {
            change().enable_dns_hostnames(value(hostnames)).send().await?;
        }
        if !support && was("enable_dns_support", true) {
            change().enable_dns_support(value(false)).send().await?;
        }
        let metrics = now.is_on(METRICS);
        if metrics != was(METRICS, false) {
            change().enable_network_address_usage_metrics(value(metrics)).send().await?;
        }
        Ok(())
    }

    /// What AWS makes together with the network, and shows a little later.
    async fn complete(place: &Place, object: &mut Object) -> Answer<()> {
        let of_vpc = || filter("vpc-id", vec![object.id().to_owned()]);
        let only = |name: &str, value: &str| filter(name, vec![value.to_owned()]);
        let (table, group, list) = futures::try_join!(
            async {
                let call = place.ec2().describe_route_tables().filters(of_vpc());
                let call = call.filters(only("association.main", "true")).into_paginator();
                first(call.items().send().next().await, "ec2:DescribeRouteTables")
            },
            async {
                let call = place.ec2().describe_security_groups().filters(of_vpc());
                let call = call.filters(only("group-name", "default")).into_paginator();
                first(call.items().send().next().await, "ec2:DescribeSecurityGroups")
            },
            async {
                let call = place.ec2().describe_network_acls().filters(of_vpc());
                let call = call.filters(only("default", "true")).into_paginator();
                first(call.items().send().next().await, "ec2:DescribeNetworkAcls")
            },
        )?;
        object.set_text("main_route_table_id", table.route_table_id());
        object.set_text("default_route_table_id", table.route_table_id());
        object.set_text("default_security_group_id", group.group_id());
        object.set_text("default_network_acl_id", list.network_acl_id());
        Ok(())
    }

    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        place.ec2().delete_vpc().vpc_id(prior.id()).send().await?;
        Ok(())
    }
}

/// The first of what is described; there has to be one, sooner or later.
fn first<T, E>(described: Option<Result<T, E>>, action: &str) -> Answer<T>
where
    AwsError: From<E>,
{
    let missing = || AwsError::refused(action, "NotFound", "the default of the network is missing");
    described.transpose()?.ok_or_else(missing)
}

async fn attribute(place: &Place, id: &str, name: Attribute) -> Answer<Option<bool>> {
    let asked = place.ec2().describe_vpc_attribute().vpc_id(id).attribute(name).send().await?;
    let told = asked.enable_dns_support.or(asked.enable_dns_hostnames);
    let told = told.or(asked.enable_network_address_usage_metrics);
    Ok(told.and_then(|told| told.value))
}

fn tenancy(value: &Value) -> Result<(), String> {
    match value.as_str() {
        Some("default" | "dedicated") => Ok(()),
        _ => Err("it is \"default\" or \"dedicated\".".to_owned()),
    }
}
