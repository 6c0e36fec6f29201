//! `aws_availability_zones`: the zones of a region.

use aws_sdk_ec2::types::{AvailabilityZoneState, Filter};
use diagnostics::Diagnostic;
use lang::{Type, Value};
use provider::{Attribute, NestedBlock, Nesting, Schema};

use super::Question;
use crate::client::Place;
use crate::failure::AwsError;
use crate::object::Object;
use crate::schema::{flag, needed, text, texts};

pub(crate) struct AvailabilityZones;

impl Question for AvailabilityZones {
    const NAME: &'static str = "aws_availability_zones";

    fn schema() -> Schema {
        let list = || Attribute::computed(Type::list(Type::String));
        let values = Attribute::required(Type::set(Type::String));
        let filter = Schema::new([("name", needed()), ("values", values)]);
        Schema::new([
            ("all_availability_zones", flag()),
            ("exclude_names", texts()),
            ("exclude_zone_ids", texts()),
            ("group_names", Attribute::computed(Type::set(Type::String))),
            ("names", list()),
            ("state", text()),
            ("zone_ids", list()),
        ])
        .block("filter", NestedBlock::new(Nesting::Set, filter))
        .describe("The zones of a region.")
    }

    async fn ask(place: &Place, mut asked: Object) -> Result<Object, Diagnostic> {
        let mut filters: Vec<Filter> = asked.blocks("filter").iter().map(filter_of).collect();
        if let Some(state) = asked.text("state") {
            filters.push(Filter::builder().name("state").values(state).build());
        }
        let call = place
            .ec2()
            .describe_availability_zones()
            .set_all_availability_zones(asked.flag("all_availability_zones"))
            .set_filters(Some(filters).filter(|filters| !filters.is_empty()));
        let answer = call.send().await.map_err(AwsError::from)?;
        let excluded = (asked.texts("exclude_names"), asked.texts("exclude_zone_ids"));
        let mut zones: Vec<_> = answer.availability_zones.unwrap_or_default();
        zones.retain(|zone| {
            let name = zone.zone_name().unwrap_or_default().to_owned();
            let id = zone.zone_id().unwrap_or_default().to_owned();
            !excluded.0.contains(&name)
                && !excluded.1.contains(&id)
                && zone.state() != Some(&AvailabilityZoneState::Unavailable)
        });
        zones.sort_by(|a, b| a.zone_name().cmp(&b.zone_name()));
        let texts = |pick: fn(&aws_sdk_ec2::types::AvailabilityZone) -> Option<&str>| {
            zones.iter().filter_map(pick).map(Value::text).collect::<Vec<_>>()
        };
        asked.set("names", Value::list(Type::String, texts(|zone| zone.zone_name())));
        asked.set("zone_ids", Value::list(Type::String, texts(|zone| zone.zone_id())));
        asked.set("group_names", Value::set(Type::String, texts(|zone| zone.group_name())));
        asked.set_text("id", Some(&place.region));
        Ok(asked)
    }
}

/// A block `filter { name, values }`.
pub(super) fn filter_of(block: &Object) -> Filter {
    let values = Some(block.texts("values"));
    Filter::builder().name(block.word("name")).set_values(values).build()
}
