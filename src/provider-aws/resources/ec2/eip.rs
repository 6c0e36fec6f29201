//! `aws_eip`: a public address that stays.

use aws_sdk_ec2::types;
use lang::Value;
use provider::Schema;

use super::{FILTER_VALUES, by_id, tagged, tags_of};
use crate::client::Place;
use crate::kind::{Answer, Kind, Tagging};
use crate::object::Object;
use crate::schema::{given, text};
use crate::tags::{Mark, Tags};

pub(crate) struct Eip;

impl Kind for Eip {
    const NAME: &'static str = "aws_eip";
    const BATCH: usize = FILTER_VALUES;
    const TAGGING: Tagging = Tagging::Ec2;
    const IMPORT_ID: &'static str = "eipalloc-0123456789abcdef0";
    type Seen = types::Address;

    fn schema() -> Schema {
        let fixed = || text().or_computed().forces_replacement();
        Schema::new([
            ("address", text().forces_replacement()),
            ("allocation_id", given()),
            ("arn", given()),
            ("association_id", given().observed()),
            ("carrier_ip", given()),
            ("customer_owned_ip", given()),
            ("domain", fixed().default(Value::string("vpc"))),
            ("instance", given().observed()),
            ("network_border_group", fixed()),
            ("network_interface", given().observed()),
            ("private_dns", given().observed()),
            ("private_ip", given().observed()),
            ("public_dns", given()),
            ("public_ip", given()),
            ("public_ipv4_pool", fixed()),
        ])
        .describe("A public address that stays.")
    }

    async fn fetch(place: &Place, wanted: &[Object]) -> Answer<Vec<types::Address>> {
        let ids = by_id("allocation-id", wanted);
        let answer = place.ec2().describe_addresses().filters(ids).send().await?;
        Ok(answer.addresses.unwrap_or_default())
    }

    fn key(address: &types::Address) -> String {
        address.allocation_id().unwrap_or_default().to_owned()
    }

    fn observe(place: &Place, address: &types::Address, object: &mut Object) {
        let id = address.allocation_id();
        let name = format!("elastic-ip/{}", id.unwrap_or_default());
        object.set_text("allocation_id", id);
        object.set_text("arn", Some(&place.arn("ec2", None, &name)));
        object.set_text("association_id", address.association_id());
        object.set_text("carrier_ip", address.carrier_ip());
        object.set_text("customer_owned_ip", address.customer_owned_ip());
        object.set_text("domain", address.domain().map(types::DomainType::as_str));
        object.set_text("instance", address.instance_id());
        object.set_text("network_border_group", address.network_border_group());
        object.set_text("network_interface", address.network_interface_id());
        object.set_text("private_ip", address.private_ip_address());
        object.set_text("public_ip", address.public_ip());
        object.set_text("public_ipv4_pool", address.public_ipv4_pool());
        let dashed = address.public_ip().map(|ip| ip.replace('.', "-"));
        let dns = dashed.map(|ip| format!("ec2-{ip}.{}.amazonaws.com", dns_zone(&place.region)));
        object.set_text("public_dns", dns.as_deref());
    }

    fn tags(address: &types::Address) -> Option<Tags> {
        Some(tags_of(address.tags()))
    }

    async fn create(place: &Place, planned: &Object, mark: &Mark) -> Answer<String> {
        let call = place
            .ec2()
            .allocate_address()
            .domain(types::DomainType::Vpc)
            .set_address(planned.owned("address"))
            .set_network_border_group(planned.owned("network_border_group"))
            .set_public_ipv4_pool(planned.owned("public_ipv4_pool"))
            .tag_specifications(tagged(types::ResourceType::ElasticIp, mark, planned));
        Ok(call.send().await?.allocation_id.unwrap_or_default())
    }

    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        place.ec2().release_address().allocation_id(prior.id()).send().await?;
        Ok(())
    }
}

fn dns_zone(region: &str) -> String {
    if region == "us-east-1" { "compute-1".to_owned() } else { format!("{region}.compute") }
}
