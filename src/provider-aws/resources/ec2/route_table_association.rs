//! `aws_route_table_association`: which table leads a subnet or a gateway.

use aws_sdk_ec2::types;
use provider::Schema;

use super::{FILTER_VALUES, by_id, filter};
use crate::client::Place;
use crate::kind::{Answer, Attributes, Kind, Trace};
use crate::object::Object;
use crate::schema::{needed, text};
use crate::tags::Mark;

pub(crate) struct RouteTableAssociation;

impl Kind for RouteTableAssociation {
    const NAME: &'static str = "aws_route_table_association";
    const BATCH: usize = FILTER_VALUES;
    const IMPORT_ID: &'static str = "subnet-0123456789abcdef0/rtb-0123456789abcdef0";
    type Seen = types::RouteTableAssociation;

    fn schema() -> Schema {
        Schema::new([
            ("gateway_id", text().forces_replacement()),
            ("route_table_id", needed()),
            ("subnet_id", text().forces_replacement()),
        ])
        .describe("Which table leads a subnet or a gateway.")
    }

    fn plan(plan: &mut crate::plan::Plan<'_>) {
        plan.needs_one_of(&["gateway_id", "subnet_id"]);
        let before = plan.prior().and_then(|prior| prior.get("route_table_id").cloned());
        if before.is_some_and(|before| Some(&before) != plan.object.get("route_table_id")) {
            plan.forgets("id");
        }
    }

    async fn fetch(place: &Place, wanted: &[Object]) -> Answer<Vec<types::RouteTableAssociation>> {
        associations(place, by_id("association.route-table-association-id", wanted)).await
    }

    fn key(association: &types::RouteTableAssociation) -> String {
        association.route_table_association_id().unwrap_or_default().to_owned()
    }

    fn observe(_place: &Place, seen: &types::RouteTableAssociation, object: &mut Object) {
        object.set_text("gateway_id", seen.gateway_id());
        object.set_text("route_table_id", seen.route_table_id());
        object.set_text("subnet_id", seen.subnet_id());
    }

    async fn create(place: &Place, planned: &Object, _mark: &Mark) -> Answer<String> {
        let call = place
            .ec2()
            .associate_route_table()
            .route_table_id(planned.word("route_table_id"))
            .set_subnet_id(planned.owned("subnet_id"))
            .set_gateway_id(planned.owned("gateway_id"));
        Ok(call.send().await?.association_id.unwrap_or_default())
    }

    async fn configure(place: &Place, now: &mut Object, prior: Option<&Object>) -> Answer<()> {
        let table = now.word("route_table_id").to_owned();
        if prior.is_none_or(|prior| prior.text("route_table_id") == Some(&table)) {
            return Ok(());
        }
        let call = place.ec2().replace_route_table_association();
        let call = call.association_id(now.id()).route_table_id(table);
        let new = call.send().await?.new_association_id;
        now.set_text("id", new.as_deref());
        Ok(())
    }

    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        place.ec2().disassociate_route_table().association_id(prior.id()).send().await?;
        Ok(())
    }

    /// `subnet-1/rtb-1` or `igw-1/rtb-1`: the id of the association itself is known to few.
    fn imported(import_id: &str) -> Option<Attributes> {
        let Some((end, table)) = import_id.split_once('/') else {
            return import_id.starts_with("rtbassoc-").then(|| vec![("id", import_id.to_owned())]);
        };
        let ends = [("subnet-", "subnet_id"), ("igw-", "gateway_id"), ("vgw-", "gateway_id")];
        let (_, name) = ends.into_iter().find(|(start, _)| end.starts_with(start))?;
        let (end, table) = ((name, end.to_owned()), ("route_table_id", table.to_owned()));
        table.1.starts_with("rtb-").then(|| vec![end, table])
    }

    /// A subnet has one table at most, so that the association with ours is ours.
    async fn find(place: &Place, planned: &Object, _trace: &Trace) -> Answer<Option<String>> {
        let table = filter("route-table-id", vec![planned.word("route_table_id").to_owned()]);
        let found = associations(place, table).await?.into_iter().find(|seen| {
            let subnet = planned.text("subnet_id");
            let gateway = planned.text("gateway_id");
            (subnet.is_some() && seen.subnet_id() == subnet)
                || (gateway.is_some() && seen.gateway_id() == gateway)
        });
        Ok(found.map(|seen| Self::key(&seen)))
    }
}

async fn associations(
    place: &Place,
    which: types::Filter,
) -> Answer<Vec<types::RouteTableAssociation>> {
    let tables = super::route_tables(place, which).await?.into_iter();
    Ok(tables.flat_map(|table| table.associations.unwrap_or_default()).collect())
}
