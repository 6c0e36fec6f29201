//! `aws_subnet`: a part of a network in one zone.

use aws_sdk_ec2::types::{self, AttributeBooleanValue, HostnameType};
use provider::Schema;

use super::{FILTER_VALUES, by_id, tagged, tags_of};
use crate::client::Place;
use crate::kind::{Answer, Kind, Progress, Tagging};
use crate::object::Object;
use crate::schema::{given, needed, overlap, switch, text, vpc_network};
use crate::tags::{Mark, Tags};

pub(crate) struct Subnet;

impl Kind for Subnet {
    const NAME: &'static str = "aws_subnet";
    const UNIQUE: &'static [&'static str] = &["vpc_id", "cidr_block"];
    const BATCH: usize = FILTER_VALUES;
    const TAGGING: Tagging = Tagging::Ec2;
    const IMPORT_ID: &'static str = "subnet-0123456789abcdef0";
    type Seen = types::Subnet;

    fn schema() -> Schema {
        let zone = || text().or_computed().forces_replacement();
        Schema::new([
            ("arn", given()),
            ("assign_ipv6_address_on_creation", switch(false)),
            ("availability_zone", zone()),
            ("availability_zone_id", zone()),
            ("cidr_block", text().forces_replacement().validated(vpc_network)),
            ("enable_dns64", switch(false)),
            ("enable_resource_name_dns_a_record_on_launch", switch(false)),
            ("enable_resource_name_dns_aaaa_record_on_launch", switch(false)),
            ("ipv6_cidr_block", text().forces_replacement()),
            ("ipv6_cidr_block_association_id", given()),
            ("ipv6_native", switch(false).forces_replacement()),
            ("map_public_ip_on_launch", switch(false)),
            ("outpost_arn", text().forces_replacement()),
            ("owner_id", given()),
            ("private_dns_hostname_type_on_launch", text().or_computed()),
            ("vpc_id", needed().forces_replacement()),
        ])
        .describe("A part of a network in one zone.")
    }

    fn together(planned: &[Object]) -> Vec<(usize, &'static str, String)> {
        let mut found = Vec::new();
        for (i, subnet) in planned.iter().enumerate() {
            let same_vpc = |other: &&Object| {
                subnet.has("vpc_id") && other.text("vpc_id") == subnet.text("vpc_id")
            };
            let network = subnet.word("cidr_block");
            let other = planned[..i].iter().filter(same_vpc).map(|other| other.word("cidr_block"));
            if let Some(other) = other.into_iter().find(|other| overlap(network, other)) {
                let why = format!("{network} overlaps {other} of another subnet of the network.");
                found.push((i, "cidr_block", why));
            }
        }
        found
    }

    async fn fetch(place: &Place, wanted: &[Object]) -> Answer<Vec<types::Subnet>> {
        let call = place.ec2().describe_subnets().filters(by_id("subnet-id", wanted));
        Ok(call.into_paginator().items().send().collect::<Result<_, _>>().await?)
    }

    fn key(subnet: &types::Subnet) -> String {
        subnet.subnet_id().unwrap_or_default().to_owned()
    }

    fn progress(subnet: &types::Subnet) -> Progress {
        match subnet.state() {
            Some(types::SubnetState::Pending) => Progress::Pending("pending".to_owned()),
            _ => Progress::Ready,
        }
    }

    fn observe(_place: &Place, subnet: &types::Subnet, object: &mut Object) {
        let ipv6 = subnet.ipv6_cidr_block_association_set().first();
        object.set_text("arn", subnet.subnet_arn());
        object.set_flag(
            "assign_ipv6_address_on_creation",
            subnet.assign_ipv6_address_on_creation().or(Some(false)),
        );
        object.set_text("availability_zone", subnet.availability_zone());
        object.set_text("availability_zone_id", subnet.availability_zone_id());
        object.set_text("cidr_block", subnet.cidr_block());
        object.set_flag("enable_dns64", subnet.enable_dns64().or(Some(false)));
        object.set_text("ipv6_cidr_block", ipv6.and_then(|a| a.ipv6_cidr_block()));
        object.set_text("ipv6_cidr_block_association_id", ipv6.and_then(|a| a.association_id()));
        object.set_flag("ipv6_native", subnet.ipv6_native().or(Some(false)));
        object.set_flag("map_public_ip_on_launch", subnet.map_public_ip_on_launch());
        object.set_text("outpost_arn", subnet.outpost_arn());
        object.set_text("owner_id", subnet.owner_id());
        object.set_text("vpc_id", subnet.vpc_id());
        if let Some(names) = subnet.private_dns_name_options_on_launch() {
            let kind = names.hostname_type().map(HostnameType::as_str);
            object.set_text("private_dns_hostname_type_on_launch", kind);
            let a = names.enable_resource_name_dns_a_record();
            object.set_flag("enable_resource_name_dns_a_record_on_launch", a.or(Some(false)));
            let aaaa = names.enable_resource_name_dns_aaaa_record();
            object.set_flag("enable_resource_name_dns_aaaa_record_on_launch", aaaa.or(Some(false)));
        }
    }

    fn tags(subnet: &types::Subnet) -> Option<Tags> {
        Some(tags_of(subnet.tags()))
    }

    async fn create(place: &Place, planned: &Object, mark: &Mark) -> Answer<String> {
        let call = place
            .ec2()
            .create_subnet()
            .vpc_id(planned.word("vpc_id"))
            .set_cidr_block(planned.owned("cidr_block"))
            .set_ipv6_cidr_block(planned.owned("ipv6_cidr_block"))
            .set_ipv6_native(planned.flag("ipv6_native").filter(|native| *native))
            .set_availability_zone(planned.owned("availability_zone"))
            .set_availability_zone_id(planned.owned("availability_zone_id"))
            .set_outpost_arn(planned.owned("outpost_arn"))
            .tag_specifications(tagged(types::ResourceType::Subnet, mark, planned));
        let made = call.send().await?.subnet;
        Ok(made.and_then(|subnet| subnet.subnet_id).unwrap_or_default())
    }

    async fn configure(place: &Place, now: &mut Object, prior: Option<&Object>) -> Answer<()> {
        let change = || place.ec2().modify_subnet_attribute().subnet_id(now.id());
        // One call changes one attribute.
        let changed = |name: &str| {
            let was = prior.is_some_and(|prior| prior.is_on(name));
            let value = || AttributeBooleanValue::builder().value(now.is_on(name)).build();
            (now.is_on(name) != was).then(value)
        };
        if let Some(value) = changed("map_public_ip_on_launch") {
            change().map_public_ip_on_launch(value).send().await?;
        }
        if let Some(value) = changed("assign_ipv6_address_on_creation") {
            change().assign_ipv6_address_on_creation(value).send().await?;
        }
        if let Some(value) = changed("enable_dns64") {
            change().enable_dns64(value).send().await?;
        }
        if let Some(value) = changed("enable_resource_name_dns_a_record_on_launch") {
            change().enable_resource_name_dns_a_record_on_launch(value).send().await?;
        }
        if let Some(value) = changed("enable_resource_name_dns_aaaa_record_on_launch") {
            change().enable_resource_name_dns_aaaa_record_on_launch(value).send().await?;
        }
        let names = "private_dns_hostname_type_on_launch";
        let was = prior.and_then(|prior| prior.text(names));
        if let Some(kind) = now.text(names).filter(|kind| Some(*kind) != was) {
            change().private_dns_hostname_type_on_launch(HostnameType::from(kind)).send().await?;
        }
        Ok(())
    }

    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        place.ec2().delete_subnet().subnet_id(prior.id()).send().await?;
        Ok(())
    }
}
