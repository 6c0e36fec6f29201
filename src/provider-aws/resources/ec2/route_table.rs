//! `aws_route_table`: where the packets of a subnet go.

use aws_sdk_ec2::types;
use lang::{Type, Value};
use provider::{Attribute, NestedBlock, Nesting, Schema};

use super::route::{self, TARGETS};
use super::{FILTER_VALUES, by_id, tagged, tags_of};
use crate::client::Place;
use crate::kind::{Answer, Kind, Tagging};
use crate::object::Object;
use crate::schema::{given, ipv4_network, needed, text};
use crate::tags::{Mark, Tags};

pub(crate) struct RouteTable;

/// How the destinations are called in a nested block, and in a resource of its own.
const DESTINATIONS: [(&str, &str); 3] = [
    ("cidr_block", "destination_cidr_block"),
    ("destination_prefix_list_id", "destination_prefix_list_id"),
    ("ipv6_cidr_block", "destination_ipv6_cidr_block"),
];

impl Kind for RouteTable {
    const NAME: &'static str = "aws_route_table";
    const BATCH: usize = FILTER_VALUES;
    const TAGGING: Tagging = Tagging::Ec2;
    const IMPORT_ID: &'static str = "rtb-0123456789abcdef0";
    type Seen = types::RouteTable;

    fn schema() -> Schema {
        let mut route = Schema::new(DESTINATIONS.map(|(name, _)| (name, text())));
        route.attributes.insert("cidr_block".into(), text().validated(ipv4_network));
        route.attributes.extend(TARGETS.map(|name| (name.into(), text())));
        let propagating = Attribute::optional(Type::set(Type::String)).or_computed();
        Schema::new([
            ("arn", given()),
            ("owner_id", given()),
            ("propagating_vgws", propagating),
            ("vpc_id", needed().forces_replacement()),
        ])
        .block("route", NestedBlock::new(Nesting::Set, route))
        .describe("Where the packets of a subnet go.")
    }

    async fn fetch(place: &Place, wanted: &[Object]) -> Answer<Vec<types::RouteTable>> {
        super::route_tables(place, by_id("route-table-id", wanted)).await
    }

    fn key(table: &types::RouteTable) -> String {
        table.route_table_id().unwrap_or_default().to_owned()
    }

    fn observe(place: &Place, table: &types::RouteTable, object: &mut Object) {
        let owner = table.owner_id();
        let name = format!("route-table/{}", Self::key(table));
        object.set_text("arn", Some(&place.arn("ec2", owner, &name)));
        object.set_text("owner_id", owner);
        object.set_text("vpc_id", table.vpc_id());
        let gateways = table.propagating_vgws().iter().filter_map(|vgw| vgw.gateway_id());
        let gateways: Vec<Value> = gateways.map(Value::text).collect();
        object.set("propagating_vgws", Value::set(Type::String, gateways));
        // Without routes of its own, a table leaves them to resources of their own.
        if !object.blocks("route").is_empty() {
            let routes = table.routes().iter().filter(|route| is_made_by_people(route));
            object.set_blocks("route", routes.map(block).collect());
        }
    }

    fn tags(table: &types::RouteTable) -> Option<Tags> {
        Some(tags_of(table.tags()))
    }

    async fn create(place: &Place, planned: &Object, mark: &Mark) -> Answer<String> {
        let call = place
            .ec2()
            .create_route_table()
            .client_token(&mark.token)
            .vpc_id(planned.word("vpc_id"))
            .tag_specifications(tagged(types::ResourceType::RouteTable, mark, planned));
        let made = call.send().await?.route_table;
        Ok(made.and_then(|table| table.route_table_id).unwrap_or_default())
    }

    async fn configure(place: &Place, now: &mut Object, prior: Option<&Object>) -> Answer<()> {
        let before = prior.map_or_else(Vec::new, |prior| routes(prior, now.id()));
        let after = routes(now, now.id());
        let is_for =
            |a: &Object, b: &Object| route::Route::natural_id(a) == route::Route::natural_id(b);
        for gone in before.iter().filter(|b| !after.iter().any(|a| is_for(a, b))) {
            route::Route::delete(place, gone)
                .await
                .or_else(|error| if error.is_not_found() { Ok(()) } else { Err(error) })?;
        }
        for mut new in after {
            match before.iter().find(|before| is_for(before, &new)) {
                Some(before) => route::Route::configure(place, &mut new, Some(before)).await?,
                None => add(place, new).await?,
            }
        }
        Ok(())
    }

    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        place.ec2().delete_route_table().route_table_id(prior.id()).send().await?;
        Ok(())
    }
}

/// Adds a route; one that is there already is led where it has to go.
async fn add(place: &Place, mut new: Object) -> Answer<()> {
    match route::Route::create(place, &new, &Mark::none()).await {
        Err(error) if error.is_taken() => {
            let elsewhere = Object::of([]);
            route::Route::configure(place, &mut new, Some(&elsewhere)).await
        }
        result => result.map(drop),
    }
}

/// Neither the route to the network itself nor those that gateway endpoints add.
fn is_made_by_people(route: &types::Route) -> bool {
    let local = route.gateway_id() == Some("local");
    let endpoint = route.gateway_id().is_some_and(|id| id.starts_with("vpce-"));
    let propagated = route.origin() == Some(&types::RouteOrigin::EnableVgwRoutePropagation);
    !(local || endpoint || propagated)
}

fn block(route: &types::Route) -> Object {
    let mut block = Object::of([]);
    for (name, full) in DESTINATIONS {
        block.set_text(name, route::destination(route).filter(|d| d.0 == full).map(|d| d.1));
    }
    for name in TARGETS {
        block.set_text(name, route::target(route).filter(|t| t.0 == name).map(|t| t.1));
    }
    block
}

/// The nested blocks as routes of their own.
fn routes(table: &Object, id: &str) -> Vec<Object> {
    let route = |block: Object| {
        let mut route = block.clone();
        route.set_text("route_table_id", Some(id));
        for (name, full) in DESTINATIONS {
            route.set_text(full, block.text(name));
        }
        route
    };
    table.blocks("route").into_iter().map(route).collect()
}
