//! `aws_vpc_security_group_ingress_rule` and `aws_vpc_security_group_egress_rule`: one thing that a
//! group lets in or out.

use aws_sdk_ec2::types::{
    self, IpPermission, IpRange, Ipv6Range, PrefixListId, SecurityGroupRuleRequest,
    SecurityGroupRuleUpdate, UserIdGroupPair,
};
use lang::Value;
use provider::{Attribute, Schema};

use super::{FILTER_VALUES, by_id, tagged, tags_of};
use crate::client::Place;
use crate::kind::{Answer, Kind, Tagging};
use crate::object::Object;
use crate::schema::{given, ipv4_network, needed, number, port, text};
use crate::tags::{Mark, Tags};

/// A rule for what leaves, or for what enters.
pub(crate) struct Rule<const EGRESS: bool>;

/// Whom the rule is about.
const PEERS: [&str; 4] =
    ["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"];

impl<const EGRESS: bool> Kind for Rule<EGRESS> {
    const NAME: &'static str = if EGRESS {
        "aws_vpc_security_group_egress_rule"
    } else {
        "aws_vpc_security_group_ingress_rule"
    };
    const BATCH: usize = FILTER_VALUES;
    const TAGGING: Tagging = Tagging::Ec2;
    const IMPORT_ID: &'static str = "sgr-0123456789abcdef0";
    type Seen = types::SecurityGroupRule;

    fn schema() -> Schema {
        let protocol = Attribute::required(lang::Type::String).same_when(same_protocol);
        Schema::new([
            ("arn", given()),
            ("cidr_ipv4", text().validated(ipv4_network)),
            ("cidr_ipv6", text()),
            ("description", text()),
            ("from_port", number().validated(port)),
            ("ip_protocol", protocol),
            ("prefix_list_id", text()),
            ("referenced_security_group_id", text()),
            ("security_group_id", needed().forces_replacement()),
            ("security_group_rule_id", given()),
            ("to_port", number().validated(port)),
        ])
        .describe("One thing that a security group lets in or out.")
    }

    fn plan(plan: &mut crate::plan::Plan<'_>) {
        plan.needs_one_of(&PEERS);
        let all = plan.object.text("ip_protocol").is_some_and(|name| protocol(name) == "-1");
        let known = plan.object.has("ip_protocol");
        for name in ["from_port", "to_port"] {
            if all && plan.object.number(name).is_some_and(|port| port != -1) {
                plan.refuse(name, "with all protocols there are no ports.");
            }
            if known && !all && !plan.is_set(name) {
                plan.refuse(name, "it has to be set, unless ip_protocol is \"-1\".");
            }
        }
        let (from, to) = (plan.object.number("from_port"), plan.object.number("to_port"));
        let icmp =
            plan.object.text("ip_protocol").is_some_and(|name| protocol(name).starts_with("icmp"));
        if !icmp && matches!((from, to), (Some(from), Some(to)) if from > to) {
            plan.refuse("to_port", "it comes before from_port.");
        }
    }

    async fn fetch(place: &Place, wanted: &[Object]) -> Answer<Vec<types::SecurityGroupRule>> {
        let ids = by_id("security-group-rule-id", wanted);
        let pages = place.ec2().describe_security_group_rules().filters(ids).into_paginator();
        Ok(pages.items().send().collect::<Result<_, _>>().await?)
    }

    fn key(rule: &types::SecurityGroupRule) -> String {
        rule.security_group_rule_id().unwrap_or_default().to_owned()
    }

    fn observe(place: &Place, rule: &types::SecurityGroupRule, object: &mut Object) {
        let id = Self::key(rule);
        let arn = place.arn("ec2", rule.group_owner_id(), &format!("security-group-rule/{id}"));
        object.set_text("arn", Some(&arn));
        object.set_text("cidr_ipv4", rule.cidr_ipv4());
        object.set_text("cidr_ipv6", rule.cidr_ipv6());
        object.set_text("description", rule.description().filter(|words| !words.is_empty()));
        let seen = rule.ip_protocol().unwrap_or_default();
        if object.text("ip_protocol").is_none_or(|own| protocol(own) != protocol(seen)) {
            object.set_text("ip_protocol", Some(seen));
        }
        let all = protocol(seen) == "-1";
        for (name, port) in [("from_port", rule.from_port()), ("to_port", rule.to_port())] {
            if !(all && object.get(name).is_some_and(Value::is_null)) {
                object.set_number(name, port);
            }
        }
        object.set_text("prefix_list_id", rule.prefix_list_id());
        let group = rule.referenced_group_info().and_then(|group| group.group_id());
        object.set_text("referenced_security_group_id", group);
        object.set_text("security_group_id", rule.group_id());
        object.set_text("security_group_rule_id", Some(&id));
    }

    fn tags(rule: &types::SecurityGroupRule) -> Option<Tags> {
        Some(tags_of(rule.tags()))
    }

    async fn create(place: &Place, planned: &Object, mark: &Mark) -> Answer<String> {
        let group = planned.word("security_group_id");
        let tags = tagged(types::ResourceType::SecurityGroupRule, mark, planned);
        let rules = if EGRESS {
            let call = place.ec2().authorize_security_group_egress().group_id(group);
            let call = call.ip_permissions(permission(planned)).tag_specifications(tags);
            call.send().await?.security_group_rules
        } else {
            let call = place.ec2().authorize_security_group_ingress().group_id(group);
            let call = call.ip_permissions(permission(planned)).tag_specifications(tags);
            call.send().await?.security_group_rules
        };
        let first = rules.unwrap_or_default().into_iter().next();
        Ok(first.and_then(|rule| rule.security_group_rule_id).unwrap_or_default())
    }

    async fn configure(place: &Place, now: &mut Object, prior: Option<&Object>) -> Answer<()> {
        let Some(prior) = prior else { return Ok(()) };
        let watched = ["description", "from_port", "ip_protocol", "to_port"].into_iter();
        if watched.chain(PEERS).all(|name| now.get(name) == prior.get(name)) {
            return Ok(());
        }
        let rule = SecurityGroupRuleRequest::builder()
            .ip_protocol(protocol(now.word("ip_protocol")))
            .from_port(now.small("from_port").unwrap_or(-1))
            .to_port(now.small("to_port").unwrap_or(-1))
            .set_cidr_ipv4(now.owned("cidr_ipv4"))
            .set_cidr_ipv6(now.owned("cidr_ipv6"))
            .set_prefix_list_id(now.owned("prefix_list_id"))
            .set_referenced_group_id(now.owned("referenced_security_group_id"))
            .set_description(now.owned("description"))
            .build();
        let update = SecurityGroupRuleUpdate::builder().security_group_rule_id(now.id());
        let update = update.security_group_rule(rule).build();
        let call = place.ec2().modify_security_group_rules();
        let call = call.group_id(now.word("security_group_id")).security_group_rules(update);
        call.send().await?;
        Ok(())
    }

    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        let group = prior.word("security_group_id");
        if EGRESS {
            let call = place.ec2().revoke_security_group_egress().group_id(group);
            call.security_group_rule_ids(prior.id()).send().await?;
        } else {
            let call = place.ec2().revoke_security_group_ingress().group_id(group);
            call.security_group_rule_ids(prior.id()).send().await?;
        }
        Ok(())
    }
}

fn permission(rule: &Object) -> IpPermission {
    let words = rule.owned("description");
    let described = |name: &str| rule.owned(name).map(|value| (value, words.clone()));
    let permission = IpPermission::builder()
        .ip_protocol(protocol(rule.word("ip_protocol")))
        .set_from_port(rule.small("from_port"))
        .set_to_port(rule.small("to_port"));
    if let Some((network, words)) = described("cidr_ipv4") {
        let range = IpRange::builder().cidr_ip(network).set_description(words).build();
        return permission.ip_ranges(range).build();
    }
    if let Some((network, words)) = described("cidr_ipv6") {
        let range = Ipv6Range::builder().cidr_ipv6(network).set_description(words).build();
        return permission.ipv6_ranges(range).build();
    }
    if let Some((list, words)) = described("prefix_list_id") {
        let list = PrefixListId::builder().prefix_list_id(list).set_description(words).build();
        return permission.prefix_list_ids(list).build();
    }
    let group = rule.owned("referenced_security_group_id");
    let pair = UserIdGroupPair::builder().set_group_id(group).set_description(words).build();
    permission.user_id_group_pairs(pair).build()
}

/// The name that EC2 gives a protocol.
pub(crate) fn protocol(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let known = match name.as_str() {
        "all" => "-1",
        "1" => "icmp",
        "6" => "tcp",
        "17" => "udp",
        "58" => "icmpv6",
        other => other,
    };
    known.to_owned()
}

fn same_protocol(a: &Value, b: &Value) -> bool {
    matches!((a.as_str(), b.as_str()), (Some(a), Some(b)) if protocol(a) == protocol(b))
}
