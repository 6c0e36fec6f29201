//! `aws_nat_gateway`: lets a private subnet out, and nobody in.

use aws_sdk_ec2::types::{self, ConnectivityType, NatGatewayState};
use lang::Value;
use provider::Schema;

use super::{FILTER_VALUES, by_id, tagged, tags_of};
use crate::client::Place;
use crate::kind::{Answer, Awaited, Kind, Progress, Tagging};
use crate::object::Object;
use crate::schema::{given, needed, text};
use crate::tags::{Mark, Tags};

pub(crate) struct NatGateway;

impl Kind for NatGateway {
    const NAME: &'static str = "aws_nat_gateway";
    const UNIQUE: &'static [&'static str] = &["allocation_id"];
    const BATCH: usize = FILTER_VALUES;
    const TAGGING: Tagging = Tagging::Ec2;
    const IMPORT_ID: &'static str = "nat-0123456789abcdef0";
    const LINGERS: bool = true;
    /// The address of a gateway that was deleted a moment ago is let go a little later.
    const AWAITED: Awaited = &[("InvalidSubnet", ""), ("Resource.AlreadyAssociated", "")];
    type Seen = types::NatGateway;

    fn schema() -> Schema {
        let kind = text().default(Value::string("public")).forces_replacement();
        Schema::new([
            ("allocation_id", text().forces_replacement()),
            ("association_id", given()),
            ("connectivity_type", kind.validated(connectivity)),
            ("network_interface_id", given()),
            ("private_ip", text().or_computed().forces_replacement()),
            ("public_ip", given()),
            ("subnet_id", needed().forces_replacement()),
            ("vpc_id", given()),
        ])
        .describe("Lets a private subnet out, and nobody in.")
    }

    fn plan(plan: &mut crate::plan::Plan<'_>) {
        let public = plan.object.text("connectivity_type") == Some("public");
        if public && !plan.is_set("allocation_id") {
            plan.refuse("allocation_id", "a public NAT gateway needs an address.");
        }
    }

    async fn fetch(place: &Place, wanted: &[Object]) -> Answer<Vec<types::NatGateway>> {
        let ids = by_id("nat-gateway-id", wanted);
        let pages = place.ec2().describe_nat_gateways().filter(ids).into_paginator();
        Ok(pages.items().send().collect::<Result<_, _>>().await?)
    }

    fn key(gateway: &types::NatGateway) -> String {
        gateway.nat_gateway_id().unwrap_or_default().to_owned()
    }

    fn progress(gateway: &types::NatGateway) -> Progress {
        match gateway.state() {
            Some(NatGatewayState::Deleted) => Progress::Gone,
            Some(NatGatewayState::Failed) => {
                let why = gateway.failure_message().unwrap_or("AWS does not say why");
                Progress::Failed(format!("{}.", why.trim_end_matches('.')))
            }
            Some(state @ (NatGatewayState::Pending | NatGatewayState::Deleting)) => {
                Progress::Pending(state.as_str().to_owned())
            }
            _ => Progress::Ready,
        }
    }

    fn observe(_place: &Place, gateway: &types::NatGateway, object: &mut Object) {
        let address = gateway.nat_gateway_addresses().first();
        object.set_text("allocation_id", address.and_then(|a| a.allocation_id()));
        object.set_text("association_id", address.and_then(|a| a.association_id()));
        if let Some(kind) = gateway.connectivity_type() {
            object.set_text("connectivity_type", Some(kind.as_str()));
        }
        object.set_text("network_interface_id", address.and_then(|a| a.network_interface_id()));
        object.set_text("private_ip", address.and_then(|a| a.private_ip()));
        object.set_text("public_ip", address.and_then(|a| a.public_ip()));
        object.set_text("subnet_id", gateway.subnet_id());
        object.set_text("vpc_id", gateway.vpc_id());
    }

    fn tags(gateway: &types::NatGateway) -> Option<Tags> {
        Some(tags_of(gateway.tags()))
    }

    async fn create(place: &Place, planned: &Object, mark: &Mark) -> Answer<String> {
        let call = place
            .ec2()
            .create_nat_gateway()
            .client_token(&mark.token)
            .subnet_id(planned.word("subnet_id"))
            .set_allocation_id(planned.owned("allocation_id"))
            .set_connectivity_type(planned.text("connectivity_type").map(ConnectivityType::from))
            .set_private_ip_address(planned.owned("private_ip"))
            .tag_specifications(tagged(types::ResourceType::Natgateway, mark, planned));
        let made = call.send().await?.nat_gateway;
        Ok(made.and_then(|gateway| gateway.nat_gateway_id).unwrap_or_default())
    }

    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        place.ec2().delete_nat_gateway().nat_gateway_id(prior.id()).send().await?;
        Ok(())
    }
}

fn connectivity(value: &Value) -> Result<(), String> {
    match value.as_str() {
        Some("public" | "private") => Ok(()),
        _ => Err("it is \"public\" or \"private\".".to_owned()),
    }
}
