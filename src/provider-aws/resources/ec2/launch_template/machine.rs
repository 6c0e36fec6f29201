//! What a launch template says of a machine, as attributes and as calls say it.

use aws_sdk_ec2::types::{
    self, LaunchTemplateBlockDeviceMappingRequest, LaunchTemplateEbsBlockDeviceRequest,
    LaunchTemplateHttpTokensState, LaunchTemplateIamInstanceProfileSpecificationRequest,
    LaunchTemplateInstanceMetadataEndpointState, LaunchTemplateInstanceMetadataOptionsRequest,
    LaunchTemplateInstanceMetadataTagsState, LaunchTemplateTagSpecificationRequest,
    LaunchTemplatesMonitoringRequest, RequestLaunchTemplateData, ResponseLaunchTemplateData, Tag,
};
use lang::{Type, Value};
use provider::{Attribute, NestedBlock, Nesting, Schema};

use super::super::tags_of;
use super::nothing;
use crate::object::Object;
use crate::schema::{flag, number, one, one_of, text, texts};

/// What makes a new version when it changes.
pub(super) const ATTRIBUTES: &[&str] = &[
    "block_device_mappings",
    "description",
    "disable_api_stop",
    "disable_api_termination",
    "ebs_optimized",
    "iam_instance_profile",
    "image_id",
    "instance_initiated_shutdown_behavior",
    "instance_type",
    "key_name",
    "metadata_options",
    "monitoring",
    "tag_specifications",
    "user_data",
    "vpc_security_group_ids",
];

pub(super) fn schema() -> Schema {
    let ebs = one([
        ("delete_on_termination", text()),
        ("encrypted", text()),
        ("iops", number()),
        ("kms_key_id", text()),
        ("snapshot_id", text()),
        ("throughput", number()),
        ("volume_size", number()),
        ("volume_type", text()),
    ]);
    let device =
        Schema::new([("device_name", text()), ("no_device", text()), ("virtual_name", text())]);
    let own = || text().or_computed();
    let metadata = Schema::new([
        ("http_endpoint", own()),
        ("http_protocol_ipv6", own()),
        ("http_put_response_hop_limit", number().or_computed()),
        ("http_tokens", own()),
        ("instance_metadata_tags", own()),
    ]);
    let tags = Schema::new([
        ("resource_type", text()),
        ("tags", Attribute::optional(Type::map(Type::String))),
    ]);
    Schema::new([
        ("disable_api_stop", flag()),
        ("disable_api_termination", flag()),
        ("ebs_optimized", text()),
        ("image_id", text()),
        ("instance_initiated_shutdown_behavior", text()),
        ("instance_type", text()),
        ("key_name", text()),
        ("user_data", text()),
        ("vpc_security_group_ids", texts()),
    ])
    .block("block_device_mappings", NestedBlock::new(Nesting::List, device.block("ebs", ebs)))
    .block("iam_instance_profile", one([("arn", text()), ("name", text())]))
    .block("metadata_options", one_of(metadata))
    .block("monitoring", one([("enabled", flag())]))
    .block("tag_specifications", NestedBlock::new(Nesting::List, tags))
}

/// Tells whether two templates start another machine.
pub(super) fn differs(a: &Object, b: &Object) -> bool {
    ATTRIBUTES.iter().any(|name| a.get(name) != b.get(name))
}

/// The machine as calls say it.
pub(super) fn request(object: &Object) -> RequestLaunchTemplateData {
    let groups = object.texts("vpc_security_group_ids");
    let devices: Vec<_> = object.blocks("block_device_mappings").iter().map(device).collect();
    let tags: Vec<_> = object.blocks("tag_specifications").iter().map(tag_specification).collect();
    let profile = object.block("iam_instance_profile").map(|block| {
        LaunchTemplateIamInstanceProfileSpecificationRequest::builder()
            .set_arn(block.owned("arn"))
            .set_name(block.owned("name"))
            .build()
    });
    let monitoring = object.block("monitoring").map(|block| {
        LaunchTemplatesMonitoringRequest::builder().set_enabled(block.flag("enabled")).build()
    });
    RequestLaunchTemplateData::builder()
        .set_block_device_mappings(Some(devices).filter(|all| !all.is_empty()))
        .set_disable_api_stop(object.flag("disable_api_stop"))
        .set_disable_api_termination(object.flag("disable_api_termination"))
        .set_ebs_optimized(switch(object, "ebs_optimized"))
        .set_iam_instance_profile(profile)
        .set_image_id(object.owned("image_id"))
        .set_instance_initiated_shutdown_behavior(
            object.text("instance_initiated_shutdown_behavior").map(Into::into),
        )
        .set_instance_type(object.text("instance_type").map(Into::into))
        .set_key_name(object.owned("key_name"))
        .set_metadata_options(object.block("metadata_options").as_ref().map(metadata))
        .set_monitoring(monitoring)
        .set_tag_specifications(Some(tags).filter(|all| !all.is_empty()))
        .set_user_data(object.owned("user_data"))
        .set_security_group_ids(Some(groups).filter(|all| !all.is_empty()))
        .build()
}

/// A flag that the Terraform provider keeps as a text.
fn switch(object: &Object, name: &str) -> Option<bool> {
    object.text(name).and_then(|text| text.parse().ok())
}

fn device(block: &Object) -> LaunchTemplateBlockDeviceMappingRequest {
    let ebs = block.block("ebs").map(|ebs| {
        LaunchTemplateEbsBlockDeviceRequest::builder()
            .set_delete_on_termination(switch(&ebs, "delete_on_termination"))
            .set_encrypted(switch(&ebs, "encrypted"))
            .set_iops(ebs.small("iops"))
            .set_kms_key_id(ebs.owned("kms_key_id"))
            .set_snapshot_id(ebs.owned("snapshot_id"))
            .set_throughput(ebs.small("throughput"))
            .set_volume_size(ebs.small("volume_size"))
            .set_volume_type(ebs.text("volume_type").map(Into::into))
            .build()
    });
    LaunchTemplateBlockDeviceMappingRequest::builder()
        .set_device_name(block.owned("device_name"))
        .set_no_device(block.owned("no_device"))
        .set_virtual_name(block.owned("virtual_name"))
        .set_ebs(ebs)
        .build()
}

fn metadata(block: &Object) -> LaunchTemplateInstanceMetadataOptionsRequest {
    LaunchTemplateInstanceMetadataOptionsRequest::builder()
        .set_http_endpoint(
            block.text("http_endpoint").map(LaunchTemplateInstanceMetadataEndpointState::from),
        )
        .set_http_protocol_ipv6(block.text("http_protocol_ipv6").map(Into::into))
        .set_http_put_response_hop_limit(block.small("http_put_response_hop_limit"))
        .set_http_tokens(block.text("http_tokens").map(LaunchTemplateHttpTokensState::from))
        .set_instance_metadata_tags(
            block.text("instance_metadata_tags").map(LaunchTemplateInstanceMetadataTagsState::from),
        )
        .build()
}

fn tag_specification(block: &Object) -> LaunchTemplateTagSpecificationRequest {
    let tag = |(key, value): (String, String)| Tag::builder().key(key).value(value).build();
    let tags = block.pairs("tags").into_iter().map(tag).collect();
    LaunchTemplateTagSpecificationRequest::builder()
        .set_resource_type(block.text("resource_type").map(Into::into))
        .set_tags(Some(tags))
        .build()
}

/// Writes the machine as AWS describes it. Blocks that say the same keep their spelling.
pub(super) fn observe(object: &mut Object, data: &ResponseLaunchTemplateData) {
    let flag = |flag: Option<bool>| flag.filter(|on| *on);
    let keep = |object: &mut Object, name: &str, seen: Option<bool>| {
        // Not set and false are one.
        if object.flag(name) != Some(false) || flag(seen).is_some() {
            object.set_flag(name, flag(seen));
        }
    };
    keep(object, "disable_api_stop", data.disable_api_stop());
    keep(object, "disable_api_termination", data.disable_api_termination());
    if object.has("ebs_optimized") || data.ebs_optimized() == Some(true) {
        let optimized = data.ebs_optimized().unwrap_or(false).to_string();
        object.set_text("ebs_optimized", Some(&optimized));
    }
    object.set_text("image_id", data.image_id());
    let shutdown = data.instance_initiated_shutdown_behavior().map(types::ShutdownBehavior::as_str);
    object.set_text("instance_initiated_shutdown_behavior", shutdown);
    object.set_text("instance_type", data.instance_type().map(types::InstanceType::as_str));
    object.set_text("key_name", data.key_name());
    object.set_text("user_data", data.user_data().filter(|data| !data.is_empty()));
    object.set_texts("vpc_security_group_ids", data.security_group_ids());
    observe_blocks(object, data);
}

fn observe_blocks(object: &mut Object, data: &ResponseLaunchTemplateData) {
    let some = |text: Option<&str>| text.map_or_else(|| nothing(Type::String), Value::text);
    let profile = data
        .iam_instance_profile()
        .map(|profile| Object::of([("arn", some(profile.arn())), ("name", some(profile.name()))]));
    object.set_blocks("iam_instance_profile", profile.into_iter().collect());
    let monitoring = data
        .monitoring()
        .map(|told| Object::of([("enabled", Value::bool(told.enabled().unwrap_or(false)))]));
    object.set_blocks("monitoring", monitoring.into_iter().collect());
    let recorded = object.block("metadata_options");
    let metadata = data.metadata_options().map(|told| seen_metadata(told, recorded.as_ref()));
    object.set_blocks("metadata_options", metadata.into_iter().collect());
    let tags = data.tag_specifications().iter().map(|told| {
        let kind = told.resource_type().map(types::ResourceType::as_str);
        let mut block = Object::of([("resource_type", some(kind))]);
        block.set_pairs("tags", &tags_of(told.tags()));
        block
    });
    object.set_blocks("tag_specifications", tags.collect());
    let recorded = object.blocks("block_device_mappings");
    let devices = data.block_device_mappings().iter().enumerate();
    let devices = devices.map(|(i, told)| seen_device(told, recorded.get(i)));
    object.set_blocks("block_device_mappings", devices.collect());
}

fn seen_metadata(
    told: &types::LaunchTemplateInstanceMetadataOptions,
    recorded: Option<&Object>,
) -> Object {
    // What AWS does not say is as it was said, if it was.
    let said = |name: &str, seen: Option<&str>| {
        let seen = seen.or_else(|| recorded.and_then(|recorded| recorded.text(name)));
        seen.map_or_else(|| nothing(Type::String), Value::text)
    };
    let hops = told.http_put_response_hop_limit().map(i64::from);
    let hops = hops.or_else(|| recorded.and_then(|r| r.number("http_put_response_hop_limit")));
    let ipv6 = told.http_protocol_ipv6().map(|state| state.as_str());
    let tags = told.instance_metadata_tags().map(|state| state.as_str());
    Object::of([
        ("http_endpoint", said("http_endpoint", told.http_endpoint().map(|state| state.as_str()))),
        ("http_protocol_ipv6", said("http_protocol_ipv6", ipv6)),
        ("http_put_response_hop_limit", hops.map_or_else(|| nothing(Type::Number), Value::int)),
        ("http_tokens", said("http_tokens", told.http_tokens().map(|state| state.as_str()))),
        ("instance_metadata_tags", said("instance_metadata_tags", tags)),
    ])
}

fn seen_device(
    told: &types::LaunchTemplateBlockDeviceMapping,
    recorded: Option<&Object>,
) -> Object {
    let some = |text: Option<&str>| text.map_or_else(|| nothing(Type::String), Value::text);
    let mut block = Object::of([
        ("device_name", some(told.device_name())),
        ("no_device", some(told.no_device())),
        ("virtual_name", some(told.virtual_name())),
    ]);
    let old = recorded.and_then(|recorded| recorded.block("ebs"));
    let ebs = told.ebs().map(|ebs| seen_ebs(ebs, old.as_ref()));
    let shape = schema().blocks["block_device_mappings"].schema.empty_object();
    block.set("ebs", shape.get("ebs").cloned().unwrap_or_else(|| nothing(Type::Dynamic)));
    block.set_blocks("ebs", ebs.into_iter().collect());
    block
}

fn seen_ebs(told: &types::LaunchTemplateEbsBlockDevice, recorded: Option<&Object>) -> Object {
    let mut ebs = Object::of([]);
    let flags =
        [("delete_on_termination", told.delete_on_termination()), ("encrypted", told.encrypted())];
    for (name, seen) in flags {
        // Not set and false are one.
        let unset = recorded.is_some_and(|recorded| !recorded.has(name)) && seen == Some(false);
        let words = seen.filter(|_| !unset).map(|on| on.to_string());
        ebs.set_text(name, words.as_deref());
    }
    ebs.set_number("iops", told.iops());
    ebs.set_text("kms_key_id", told.kms_key_id());
    ebs.set_text("snapshot_id", told.snapshot_id());
    ebs.set_number("throughput", told.throughput());
    ebs.set_number("volume_size", told.volume_size());
    ebs.set_text("volume_type", told.volume_type().map(types::VolumeType::as_str));
    ebs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attribute_of_a_machine_makes_a_new_version() {
        let schema = schema();
        let names = schema.attributes.keys().chain(schema.blocks.keys());
        let missing: Vec<&lang::Name> =
            names.filter(|name| !ATTRIBUTES.contains(&&***name)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
