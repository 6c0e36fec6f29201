//! The rules that stand in a security group itself, as single grants.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{self, IpPermission, IpRange, Ipv6Range, PrefixListId, UserIdGroupPair};
use lang::{Type, Value};
use provider::{Attribute, Schema};

use super::super::security_group_rule::protocol;
use crate::client::Place;
use crate::failure::AwsError;
use crate::kind::{Answer, Kind};
use crate::object::Object;
use crate::schema::{port, switch, text};

/// Which way a rule looks.
#[derive(Clone, Copy)]
pub(super) enum Direction {
    Egress,
    Ingress,
}

/// What one rule grants one peer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Grant {
    protocol: String,
    ports: (i64, i64),
    description: String,
    peer: Peer,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Peer {
    Ipv4(String),
    Ipv6(String),
    PrefixList(String),
    Group(String),
}

/// The attributes of an `ingress` or `egress` block.
pub(super) fn schema() -> Schema {
    let list = || Attribute::optional(Type::list(Type::String));
    let number = || Attribute::required(Type::Number).validated(port);
    Schema::new([
        ("cidr_blocks", list()),
        ("description", text()),
        ("from_port", number()),
        ("ipv6_cidr_blocks", list()),
        ("prefix_list_ids", list()),
        ("protocol", Attribute::required(Type::String)),
        ("security_groups", Attribute::optional(Type::set(Type::String))),
        ("self", switch(false)),
        ("to_port", number()),
    ])
}

/// The rules that AWS gives a new group: everything may leave.
pub(super) fn of_new_group() -> Object {
    let everything = Object::of([
        ("cidr_blocks", Value::list(Type::String, [Value::string("0.0.0.0/0")])),
        ("from_port", Value::int(0)),
        ("protocol", Value::string("-1")),
        ("to_port", Value::int(0)),
    ]);
    let mut group = Object::of([]);
    group.set_blocks("egress", vec![everything]);
    group
}

/// Writes the rules of a group, unless it leaves them to resources of their own. Rules that grant the
/// same keep the blocks that they are written in.
pub(super) fn observe(object: &mut Object, group: &types::SecurityGroup) {
    let seen = [("egress", group.ip_permissions_egress()), ("ingress", group.ip_permissions())];
    for (name, permissions) in seen {
        let recorded = object.blocks(name);
        let own = grants(&recorded, object.id());
        let seen: BTreeSet<Grant> = permissions.iter().flat_map(of_permission).collect();
        if !recorded.is_empty() && own != seen {
            object.set_blocks(name, blocks(&seen, object.id()));
        }
    }
}

/// Grants and revokes what differs.
pub(super) async fn change(
    place: &Place,
    now: &Object,
    prior: &Object,
    direction: Direction,
) -> Answer<()> {
    let name = match direction {
        Direction::Egress => "egress",
        Direction::Ingress => "ingress",
    };
    let before = grants(&prior.blocks(name), now.id());
    let after = grants(&now.blocks(name), now.id());
    let gone: Vec<IpPermission> = before.difference(&after).map(permission).collect();
    let new: Vec<IpPermission> = after.difference(&before).map(permission).collect();
    if !gone.is_empty() {
        revoke(place, now.id(), gone, direction).await?;
    }
    // Each alone: that one of them is there already says nothing about the others.
    for permission in new {
        grant(place, now.id(), permission, direction).await?;
    }
    Ok(())
}

async fn grant(place: &Place, id: &str, rule: IpPermission, direction: Direction) -> Answer<()> {
    let ec2 = place.ec2();
    let result = match direction {
        Direction::Egress => {
            let call = ec2.authorize_security_group_egress().group_id(id).ip_permissions(rule);
            call.send().await.map(drop).map_err(AwsError::from)
        }
        Direction::Ingress => {
            let call = ec2.authorize_security_group_ingress().group_id(id).ip_permissions(rule);
            call.send().await.map(drop).map_err(AwsError::from)
        }
    };
    match result {
        // The answer to an earlier attempt was lost.
        Err(error) if error.code == "InvalidPermission.Duplicate" => Ok(()),
        result => result,
    }
}

async fn revoke(
    place: &Place,
    id: &str,
    rules: Vec<IpPermission>,
    direction: Direction,
) -> Answer<()> {
    let (ec2, rules) = (place.ec2(), Some(rules));
    let result = match direction {
        Direction::Egress => {
            let call = ec2.revoke_security_group_egress().group_id(id).set_ip_permissions(rules);
            call.send().await.map(drop).map_err(AwsError::from)
        }
        Direction::Ingress => {
            let call = ec2.revoke_security_group_ingress().group_id(id).set_ip_permissions(rules);
            call.send().await.map(drop).map_err(AwsError::from)
        }
    };
    match result {
        Err(error) if error.code == "InvalidPermission.NotFound" => Ok(()),
        result => result,
    }
}

/// Revokes every rule, so that groups that name each other can go.
pub(super) async fn revoke_all(place: &Place, group: &Object) -> Answer<()> {
    let seen = super::SecurityGroup::fetch(place, std::slice::from_ref(group)).await?;
    let Some(seen) = seen.into_iter().next() else { return Ok(()) };
    let rules = [
        (Direction::Egress, seen.ip_permissions_egress.unwrap_or_default()),
        (Direction::Ingress, seen.ip_permissions.unwrap_or_default()),
    ];
    for (direction, rules) in rules {
        if !rules.is_empty() {
            revoke(place, group.id(), rules, direction).await?;
        }
    }
    Ok(())
}

fn grants(blocks: &[Object], group: &str) -> BTreeSet<Grant> {
    let mut grants = BTreeSet::new();
    for block in blocks {
        let texts = |name| block.texts(name).into_iter();
        let own = block.is_on("self").then(|| Peer::Group(group.to_owned()));
        let peers = texts("cidr_blocks").map(Peer::Ipv4);
        let peers = peers.chain(texts("ipv6_cidr_blocks").map(Peer::Ipv6));
        let peers = peers.chain(texts("prefix_list_ids").map(Peer::PrefixList));
        let peers = peers.chain(texts("security_groups").map(Peer::Group)).chain(own);
        let protocol = protocol(block.word("protocol"));
        let port = |name| block.number(name).unwrap_or_default();
        let ports = if protocol == "-1" { (0, 0) } else { (port("from_port"), port("to_port")) };
        let description = block.word("description").to_owned();
        grants.extend(peers.map(|peer| Grant {
            protocol: protocol.clone(),
            ports,
            description: description.clone(),
            peer,
        }));
    }
    grants
}

fn of_permission(permission: &IpPermission) -> Vec<Grant> {
    let owned = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let mut peers: Vec<(Peer, String)> = Vec::new();
    for range in permission.ip_ranges() {
        peers.push((Peer::Ipv4(owned(range.cidr_ip())), owned(range.description())));
    }
    for range in permission.ipv6_ranges() {
        peers.push((Peer::Ipv6(owned(range.cidr_ipv6())), owned(range.description())));
    }
    for list in permission.prefix_list_ids() {
        peers.push((Peer::PrefixList(owned(list.prefix_list_id())), owned(list.description())));
    }
    for pair in permission.user_id_group_pairs() {
        peers.push((Peer::Group(owned(pair.group_id())), owned(pair.description())));
    }
    let protocol = protocol(permission.ip_protocol().unwrap_or_default());
    let port = |port: Option<i32>| i64::from(port.unwrap_or_default());
    let ports = (port(permission.from_port()), port(permission.to_port()));
    let ports = if protocol == "-1" { (0, 0) } else { ports };
    let grant =
        |(peer, description)| Grant { protocol: protocol.clone(), ports, description, peer };
    peers.into_iter().map(grant).collect()
}

fn permission(grant: &Grant) -> IpPermission {
    let words = Some(grant.description.clone()).filter(|words| !words.is_empty());
    let small = |port: i64| i32::try_from(port).unwrap_or(-1);
    let mut permission = IpPermission::builder().ip_protocol(&grant.protocol);
    if grant.protocol != "-1" {
        permission = permission.from_port(small(grant.ports.0)).to_port(small(grant.ports.1));
    }
    match &grant.peer {
        Peer::Ipv4(network) => {
            let range = IpRange::builder().cidr_ip(network).set_description(words).build();
            permission.ip_ranges(range)
        }
        Peer::Ipv6(network) => {
            let range = Ipv6Range::builder().cidr_ipv6(network).set_description(words).build();
            permission.ipv6_ranges(range)
        }
        Peer::PrefixList(list) => {
            let list = PrefixListId::builder().prefix_list_id(list).set_description(words).build();
            permission.prefix_list_ids(list)
        }
        Peer::Group(group) => {
            let pair = UserIdGroupPair::builder().group_id(group).set_description(words).build();
            permission.user_id_group_pairs(pair)
        }
    }
    .build()
}

/// Protocol, ports and description: what peers of one block have in common.
type Terms<'a> = (&'a str, (i64, i64), &'a str);

/// Grants as blocks: those that differ only in the peer stand together.
fn blocks(grants: &BTreeSet<Grant>, group: &str) -> Vec<Object> {
    let mut together: BTreeMap<Terms<'_>, Vec<&Peer>> = BTreeMap::new();
    for grant in grants {
        let key = (grant.protocol.as_str(), grant.ports, grant.description.as_str());
        together.entry(key).or_default().push(&grant.peer);
    }
    together.into_iter().map(|(key, peers)| block(key, &peers, group)).collect()
}

fn block((protocol, ports, description): Terms<'_>, peers: &[&Peer], group: &str) -> Object {
    let texts = |pick: &dyn Fn(&Peer) -> Option<&str>| -> Vec<Value> {
        peers.iter().filter_map(|peer| pick(peer)).map(Value::text).collect()
    };
    let list = |values: Vec<Value>| match values.is_empty() {
        true => Value::null(Type::list(Type::String)),
        false => Value::list(Type::String, values),
    };
    let groups = texts(&|p| {
        if let Peer::Group(g) = p {
            Some(g).filter(|g| *g != group).map(String::as_str)
        } else {
            None
        }
    });
    let groups = match groups.is_empty() {
        true => Value::null(Type::set(Type::String)),
        false => Value::set(Type::String, groups),
    };
    let own = peers.iter().any(|peer| matches!(peer, Peer::Group(g) if g == group));
    let words = Some(description).filter(|words| !words.is_empty());
    Object::of([
        ("cidr_blocks", list(texts(&|p| if let Peer::Ipv4(n) = p { Some(n) } else { None }))),
        ("description", words.map_or_else(|| Value::null(Type::String), Value::text)),
        ("from_port", Value::int(ports.0)),
        ("ipv6_cidr_blocks", list(texts(&|p| if let Peer::Ipv6(n) = p { Some(n) } else { None }))),
        (
            "prefix_list_ids",
            list(texts(&|p| if let Peer::PrefixList(l) = p { Some(l) } else { None })),
        ),
        ("protocol", Value::text(protocol)),
        ("security_groups", groups),
        ("self", Value::bool(own)),
        ("to_port", Value::int(ports.1)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_become_blocks_and_blocks_grants() {
        let grant = |peer: Peer, port| Grant {
            protocol: "tcp".to_owned(),
            ports: (port, port),
            description: String::new(),
            peer,
        };
        let all = BTreeSet::from([
            grant(Peer::Ipv4("10.0.0.0/8".to_owned()), 443),
            grant(Peer::Group("sg-own".to_owned()), 443),
            grant(Peer::Group("sg-other".to_owned()), 22),
        ]);
        let blocks = blocks(&all, "sg-own");
        assert_eq!(blocks.len(), 2);
        assert_eq!(grants(&blocks, "sg-own"), all);
        let permissions: BTreeSet<Grant> =
            all.iter().map(permission).flat_map(|p| of_permission(&p)).collect();
        assert_eq!(permissions, all);
    }
}
