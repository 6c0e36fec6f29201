//! `aws_route`: one way out of a route table.

use aws_sdk_ec2::types;
use provider::Schema;

use super::{FILTER_VALUES, filter};
use crate::client::Place;
use crate::kind::{Answer, Attributes, Kind};
use crate::object::Object;
use crate::schema::{given, ipv4_network, needed, text};
use crate::tags::Mark;

pub(crate) struct Route;

/// A route and the table that it stands in.
pub(crate) struct Seen {
    table: String,
    route: types::Route,
}

/// Where packets may be bound for.
const DESTINATIONS: [&str; 3] =
    ["destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id"];

/// Where packets may go next.
pub(crate) const TARGETS: [&str; 10] = [
    "carrier_gateway_id",
    "core_network_arn",
    "egress_only_gateway_id",
    "gateway_id",
    "local_gateway_id",
    "nat_gateway_id",
    "network_interface_id",
    "transit_gateway_id",
    "vpc_endpoint_id",
    "vpc_peering_connection_id",
];

impl Kind for Route {
    const NAME: &'static str = "aws_route";
    const BATCH: usize = FILTER_VALUES;
    const IMPORT_ID: &'static str = "rtb-0123456789abcdef0_10.0.0.0/16";
    type Seen = Seen;

    fn schema() -> Schema {
        let mut schema = Schema::new([
            ("destination_cidr_block", text().forces_replacement().validated(ipv4_network)),
            ("destination_ipv6_cidr_block", text().forces_replacement()),
            ("destination_prefix_list_id", text().forces_replacement()),
            ("instance_id", given()),
            ("instance_owner_id", given()),
            ("origin", given()),
            ("route_table_id", needed().forces_replacement()),
            ("state", given().observed()),
        ]);
        schema.attributes.extend(TARGETS.map(|name| (name.into(), text())));
        schema.describe("One way out of a route table.")
    }

    fn plan(plan: &mut crate::plan::Plan<'_>) {
        plan.needs_one_of(&DESTINATIONS);
        plan.needs_one_of(&TARGETS);
        let id = Self::natural_id(&plan.object);
        plan.knows("id", id.as_deref().map(lang::Value::text));
    }

    async fn fetch(place: &Place, wanted: &[Object]) -> Answer<Vec<Seen>> {
        let mut tables: Vec<String> =
            wanted.iter().map(|route| route.word("route_table_id").to_owned()).collect();
        tables.sort_unstable();
        tables.dedup();
        let tables = filter("route-table-id", tables);
        let routes = super::route_tables(place, tables).await?.into_iter().flat_map(|table| {
            let id = table.route_table_id.unwrap_or_default();
            let routes = table.routes.unwrap_or_default().into_iter();
            routes.map(move |route| Seen { table: id.clone(), route }).collect::<Vec<_>>()
        });
        Ok(routes.collect())
    }

    fn key(seen: &Seen) -> String {
        let destination = destination(&seen.route);
        id(&seen.table, destination.map_or("", |(_, destination)| destination))
    }

    fn observe(_place: &Place, seen: &Seen, object: &mut Object) {
        let route = &seen.route;
        object.set_text("route_table_id", Some(&seen.table));
        for name in DESTINATIONS {
            object.set_text(name, destination(route).filter(|d| d.0 == name).map(|d| d.1));
        }
        for name in TARGETS {
            object.set_text(name, target(route).filter(|t| t.0 == name).map(|t| t.1));
        }
        object.set_text("instance_id", route.instance_id());
        object.set_text("instance_owner_id", route.instance_owner_id());
        object.set_text("origin", route.origin().map(types::RouteOrigin::as_str));
        object.set_text("state", route.state().map(types::RouteState::as_str));
    }

    async fn create(place: &Place, planned: &Object, _mark: &Mark) -> Answer<String> {
        let call = place
            .ec2()
            .create_route()
            .route_table_id(planned.word("route_table_id"))
            .set_destination_cidr_block(planned.owned("destination_cidr_block"))
            .set_destination_ipv6_cidr_block(planned.owned("destination_ipv6_cidr_block"))
            .set_destination_prefix_list_id(planned.owned("destination_prefix_list_id"))
            .set_carrier_gateway_id(planned.owned("carrier_gateway_id"))
            .set_core_network_arn(planned.owned("core_network_arn"))
            .set_egress_only_internet_gateway_id(planned.owned("egress_only_gateway_id"))
            .set_gateway_id(planned.owned("gateway_id"))
            .set_local_gateway_id(planned.owned("local_gateway_id"))
            .set_nat_gateway_id(planned.owned("nat_gateway_id"))
            .set_network_interface_id(planned.owned("network_interface_id"))
            .set_transit_gateway_id(planned.owned("transit_gateway_id"))
            .set_vpc_endpoint_id(planned.owned("vpc_endpoint_id"))
            .set_vpc_peering_connection_id(planned.owned("vpc_peering_connection_id"));
        call.send().await?;
        Ok(Self::natural_id(planned).unwrap_or_default())
    }

    async fn configure(place: &Place, now: &mut Object, prior: Option<&Object>) -> Answer<()> {
        let Some(prior) = prior else { return Ok(()) };
        if TARGETS.iter().all(|name| now.text(name) == prior.text(name)) {
            return Ok(());
        }
        let call = place
            .ec2()
            .replace_route()
            .route_table_id(now.word("route_table_id"))
            .set_destination_cidr_block(now.owned("destination_cidr_block"))
            .set_destination_ipv6_cidr_block(now.owned("destination_ipv6_cidr_block"))
            .set_destination_prefix_list_id(now.owned("destination_prefix_list_id"))
            .set_carrier_gateway_id(now.owned("carrier_gateway_id"))
            .set_core_network_arn(now.owned("core_network_arn"))
            .set_egress_only_internet_gateway_id(now.owned("egress_only_gateway_id"))
            .set_gateway_id(now.owned("gateway_id"))
            .set_local_gateway_id(now.owned("local_gateway_id"))
            .set_nat_gateway_id(now.owned("nat_gateway_id"))
            .set_network_interface_id(now.owned("network_interface_id"))
            .set_transit_gateway_id(now.owned("transit_gateway_id"))
            .set_vpc_endpoint_id(now.owned("vpc_endpoint_id"))
            .set_vpc_peering_connection_id(now.owned("vpc_peering_connection_id"));
        call.send().await?;
        Ok(())
    }

    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        let call = place
            .ec2()
            .delete_route()
            .route_table_id(prior.word("route_table_id"))
            .set_destination_cidr_block(prior.owned("destination_cidr_block"))
            .set_destination_ipv6_cidr_block(prior.owned("destination_ipv6_cidr_block"))
            .set_destination_prefix_list_id(prior.owned("destination_prefix_list_id"));
        call.send().await?;
        Ok(())
    }

    fn natural_id(planned: &Object) -> Option<String> {
        let destination = DESTINATIONS.iter().find_map(|name| planned.text(name))?;
        Some(id(planned.text("route_table_id")?, destination))
    }

    /// `TABLE_DESTINATION`.
    fn imported(import_id: &str) -> Option<Attributes> {
        let (table, destination) = import_id.split_once('_')?;
        let fits = table.starts_with("rtb-") && !destination.is_empty();
        let id = id(table, destination);
        fits.then(|| vec![("route_table_id", table.to_owned()), ("id", id)])
    }
}

/// The destination of a route and the attribute that names it.
pub(crate) fn destination(route: &types::Route) -> Option<(&'static str, &str)> {
    let found = [
        route.destination_cidr_block(),
        route.destination_ipv6_cidr_block(),
        route.destination_prefix_list_id(),
    ];
    DESTINATIONS.into_iter().zip(found).find_map(|(name, value)| Some((name, value?)))
}

/// The target of a route and the attribute that names it. Endpoints stand where gateways stand.
pub(crate) fn target(route: &types::Route) -> Option<(&'static str, &str)> {
    let endpoint = route.gateway_id().filter(|id| id.starts_with("vpce-"));
    let gateway = route.gateway_id().filter(|id| !id.starts_with("vpce-"));
    let found = [
        route.carrier_gateway_id(),
        route.core_network_arn(),
        route.egress_only_internet_gateway_id(),
        gateway,
        route.local_gateway_id(),
        route.nat_gateway_id(),
        route.network_interface_id(),
        route.transit_gateway_id(),
        endpoint,
        route.vpc_peering_connection_id(),
    ];
    TARGETS.into_iter().zip(found).find_map(|(name, value)| Some((name, value?)))
}

/// The id that the Terraform provider gives a route: AWS gives none.
fn id(table: &str, destination: &str) -> String {
    format!("r-{table}{}", crc32(destination))
}

/// CRC-32 as in Ethernet.
pub(crate) fn crc32(text: &str) -> u32 {
    !text.bytes().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            let carry = if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
            (crc >> 1) ^ carry
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_route_is_that_of_the_terraform_provider() {
        assert_eq!(crc32("123456789"), 0xcbf4_3926);
        assert_eq!(id("rtb-1", "0.0.0.0/0"), format!("r-rtb-1{}", crc32("0.0.0.0/0")));
    }

    #[test]
    fn targets_are_told_apart() {
        let gateway = types::Route::builder().gateway_id("igw-1").build();
        assert_eq!(target(&gateway), Some(("gateway_id", "igw-1")));
        let endpoint = types::Route::builder().gateway_id("vpce-1").build();
        assert_eq!(target(&endpoint), Some(("vpc_endpoint_id", "vpce-1")));
    }
}
