//! What AWS refuses to delete while something needs it: on bare moto a wrong order of destruction passes.

use std::sync::Arc;

use futures::future::BoxFuture;

use super::nat_gateways::NatGateways;
use crate::aws::answer::Answer;
use crate::aws::rule::{Exchange, Rule, Verdict};
use crate::aws::xml;

/// A deletion, and what stands against it.
struct Guard {
    action: &'static str,
    /// The parameter that names what is deleted; the id that the holders are looked up by.
    parameter: &'static str,
    code: &'static str,
    holders: &'static [Holder],
}

/// Things that may need what is deleted.
struct Holder {
    what: &'static str,
    describe: &'static str,
    set: &'static str,
    lookup: Lookup,
    /// Whether this item needs the thing with this id.
    holds: fn(item: &str, id: &str) -> bool,
}

enum Lookup {
    /// By a filter whose value is the id.
    Filter(&'static str),
    /// By the id as this parameter.
    Parameter(&'static str),
    /// All of the region.
    All,
}

const NAT_GATEWAYS: &str = "DescribeNatGateways";
const NETWORK_INTERFACES: &str = "DescribeNetworkInterfaces";

const fn holder(
    what: &'static str,
    (describe, set): (&'static str, &'static str),
    lookup: Lookup,
    holds: fn(&str, &str) -> bool,
) -> Holder {
    Holder { what, describe, set, lookup, holds }
}

const GUARDS: &[Guard] = &[
    Guard {
        action: "DeleteInternetGateway",
        parameter: "InternetGatewayId",
        code: "DependencyViolation",
        holders: &[holder(
            "an attachment to a VPC",
            ("DescribeInternetGateways", "internetGatewaySet"),
            Lookup::Parameter("InternetGatewayId.1"),
            is_attached,
        )],
    },
    Guard {
        action: "DeleteRouteTable",
        parameter: "RouteTableId",
        code: "DependencyViolation",
        holders: &[holder(
            "the VPC, whose main table it is",
            ("DescribeRouteTables", "routeTableSet"),
            Lookup::Parameter("RouteTableId.1"),
            is_main,
        )],
    },
    Guard {
        action: "DeleteSecurityGroup",
        parameter: "GroupId",
        code: "DependencyViolation",
        holders: &[
            holder(
                "a network interface",
                (NETWORK_INTERFACES, "networkInterfaceSet"),
                Lookup::Filter("group-id"),
                always,
            ),
            holder(
                "a rule of another group",
                ("DescribeSecurityGroups", "securityGroupInfo"),
                Lookup::All,
                is_referenced,
            ),
        ],
    },
    Guard {
        action: "DeleteSubnet",
        parameter: "SubnetId",
        code: "DependencyViolation",
        holders: &[
            holder(
                "a NAT gateway",
                (NAT_GATEWAYS, "natGatewaySet"),
                Lookup::Filter("subnet-id"),
                is_alive,
            ),
            holder(
                "a network interface",
                (NETWORK_INTERFACES, "networkInterfaceSet"),
                Lookup::Filter("subnet-id"),
                always,
            ),
        ],
    },
    Guard {
        action: "DeleteVpc",
        parameter: "VpcId",
        code: "DependencyViolation",
        holders: &[
            holder("a subnet", ("DescribeSubnets", "subnetSet"), Lookup::Filter("vpc-id"), always),
            holder(
                "an internet gateway",
                ("DescribeInternetGateways", "internetGatewaySet"),
                Lookup::Filter("attachment.vpc-id"),
                always,
            ),
            holder(
                "a NAT gateway",
                (NAT_GATEWAYS, "natGatewaySet"),
                Lookup::Filter("vpc-id"),
                is_alive,
            ),
            holder(
                "a route table",
                ("DescribeRouteTables", "routeTableSet"),
                Lookup::Filter("vpc-id"),
                |item, id| !is_main(item, id),
            ),
            holder(
                "a security group",
                ("DescribeSecurityGroups", "securityGroupInfo"),
                Lookup::Filter("vpc-id"),
                |item, _| xml::element(item, "groupName") != Some("default"),
            ),
        ],
    },
    Guard {
        action: "DetachInternetGateway",
        parameter: "VpcId",
        code: "DependencyViolation",
        holders: &[holder(
            "a mapped public address",
            (NAT_GATEWAYS, "natGatewaySet"),
            Lookup::Filter("vpc-id"),
            |item, id| is_alive(item, id) && item.contains("<allocationId>"),
        )],
    },
    Guard {
        action: "ReleaseAddress",
        parameter: "AllocationId",
        code: "InvalidIPAddress.InUse",
        holders: &[holder(
            "a NAT gateway",
            (NAT_GATEWAYS, "natGatewaySet"),
            Lookup::All,
            |item, id| is_alive(item, id) && mentions(item, id),
        )],
    },
];

fn always(_item: &str, _id: &str) -> bool {
    true
}

fn mentions(item: &str, id: &str) -> bool {
    item.contains(&format!(">{id}<"))
}

fn is_alive(item: &str, _id: &str) -> bool {
    !matches!(xml::element(item, "state"), Some("deleted" | "failed"))
}

fn is_attached(item: &str, _id: &str) -> bool {
    xml::element(item, "attachmentSet").is_some_and(|set| set.contains("<item>"))
}

fn is_main(item: &str, _id: &str) -> bool {
    item.contains("<main>true</main>")
}

/// A group that names itself is not held by that.
fn is_referenced(item: &str, id: &str) -> bool {
    let before = item.split("<ipPermissions>").next().unwrap_or(item);
    mentions(item, id) && xml::element(before, "groupId") != Some(id)
}

/// Refuses deletions as AWS does.
pub struct Dependencies {
    gateways: Arc<NatGateways>,
}

impl Dependencies {
    /// With the states of these gateways.
    #[must_use]
    pub fn new(gateways: Arc<NatGateways>) -> Self {
        Self { gateways }
    }

    async fn judge(&self, exchange: &Exchange) -> Verdict {
        let call = &exchange.call;
        let guard =
            GUARDS.iter().find(|guard| call.service == "ec2" && guard.action == call.action);
        let Some((guard, id)) = guard.and_then(|g| Some((g, call.parameter(g.parameter)?))) else {
            return Verdict::Pass;
        };
        for holder in guard.holders {
            if self.is_held(exchange, holder, id).await {
                let message =
                    format!("{id} has a dependency and cannot be deleted: {}", holder.what);
                return Verdict::Answer(Answer::error(call, 400, guard.code, &message));
            }
        }
        Verdict::Pass
    }

    async fn is_held(&self, exchange: &Exchange, holder: &Holder, id: &str) -> bool {
        let parameters = match holder.lookup {
            Lookup::Filter(name) => vec![("Filter.1.Name", name), ("Filter.1.Value.1", id)],
            Lookup::Parameter(name) => vec![(name, id)],
            Lookup::All => Vec::new(),
        };
        let (upstream, region) = (&exchange.upstream, &exchange.call.region);
        let text = upstream.ask_ec2(region, holder.describe, &parameters).await;
        let text = self.gateways.rewrite(&text);
        let is_interface = holder.describe == NETWORK_INTERFACES;
        let mut items = xml::item_texts(&text, holder.set).into_iter();
        items.any(|item| {
            (holder.holds)(item, id) && !(is_interface && self.gateways.own_interface(item))
        })
    }
}

impl Rule for Dependencies {
    fn before<'a>(&'a self, exchange: &'a Exchange) -> BoxFuture<'a, Verdict> {
        Box::pin(self.judge(exchange))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::call::Call;
    use crate::aws::clock::Clock;
    use crate::aws::rule::tests::{Says, send};
    use crate::aws::upstream::Upstream;

    /// Whether a call is refused, and by which code, in a world that answers each action so.
    fn refusal(world: fn(&Call) -> &'static str, form: &str) -> Option<String> {
        struct World(fn(&Call) -> &'static str);
        impl crate::aws::upstream::Backend for World {
            fn answer<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Option<Answer>> {
                let answer = Answer::with(200, "text/xml", (self.0)(call));
                Box::pin(std::future::ready(Some(answer)))
            }
        }
        let gateways = NatGateways::on(Clock::standing());
        let rules: [Arc<dyn Rule>; 1] = [Arc::new(Dependencies::new(gateways))];
        let answer = send(&rules, &Upstream::backend(World(world)), 1, form).expect("an answer");
        (!answer.is_success())
            .then(|| xml::element(&answer.text(), "Code").expect("a code").to_owned())
    }

    fn empty(_call: &Call) -> &'static str {
        "<r/>"
    }

    #[test]
    fn what_nothing_needs_can_go() {
        for guard in GUARDS {
            let form = format!("Action={}&{}=x", guard.action, guard.parameter);
            assert_eq!(refusal(empty, &form), None, "{}", guard.action);
        }
        let upstream = Upstream::backend(Says(|_| Answer::with(200, "text/xml", "")));
        assert!(send(&[], &upstream, 1, "Action=DeleteVpc").is_some());
    }

    #[test]
    fn a_subnet_with_a_gateway_in_it_stays() {
        fn world(call: &Call) -> &'static str {
            match (call.action.as_str(), call.parameter("Filter.1.Value.1")) {
                (NAT_GATEWAYS, Some("held")) => {
                    "<natGatewaySet><item><natGatewayId>nat-1</natGatewayId><state>available</state></item></natGatewaySet>"
                }
                (NAT_GATEWAYS, Some("free")) => {
                    "<natGatewaySet><item><natGatewayId>nat-1</natGatewayId><state>deleted</state></item></natGatewaySet>"
                }
                _ => "",
            }
        }
        let held = refusal(world, "Action=DeleteSubnet&SubnetId=held");
        assert_eq!(held.as_deref(), Some("DependencyViolation"));
        assert_eq!(refusal(world, "Action=DeleteSubnet&SubnetId=free"), None);
    }

    #[test]
    fn a_group_that_another_names_stays() {
        fn world(call: &Call) -> &'static str {
            match call.action.as_str() {
                "DescribeSecurityGroups" => {
                    "<securityGroupInfo>\
                     <item><groupId>sg-a</groupId><ipPermissions><item><groups><item><groupId>sg-b</groupId></item></groups></item></ipPermissions></item>\
                     <item><groupId>sg-b</groupId><ipPermissions/></item>\
                     <item><groupId>sg-c</groupId><ipPermissions><item><groups><item><groupId>sg-c</groupId></item></groups></item></ipPermissions></item>\
                     </securityGroupInfo>"
                }
                _ => "",
            }
        }
        let code =
            |group: &str| refusal(world, &format!("Action=DeleteSecurityGroup&GroupId={group}"));
        assert_eq!(code("sg-b").as_deref(), Some("DependencyViolation"));
        assert_eq!(code("sg-a"), None, "nobody names it");
        assert_eq!(code("sg-c"), None, "only itself names it");
    }

    #[test]
    fn an_address_in_use_stays() {
        fn world(_call: &Call) -> &'static str {
            "<natGatewaySet><item><natGatewayAddressSet><item><allocationId>eip-1</allocationId></item></natGatewayAddressSet>\
             <natGatewayId>nat-1</natGatewayId><state>available</state></item></natGatewaySet>"
        }
        let code = refusal(world, "Action=ReleaseAddress&AllocationId=eip-1");
        assert_eq!(code.as_deref(), Some("InvalidIPAddress.InUse"));
        assert_eq!(refusal(world, "Action=ReleaseAddress&AllocationId=eip-2"), None);
        let code = refusal(world, "Action=DetachInternetGateway&VpcId=v&InternetGatewayId=i");
        assert_eq!(code.as_deref(), Some("DependencyViolation"));
    }

    #[test]
    fn an_attached_gateway_and_a_main_table_stay() {
        fn world(call: &Call) -> &'static str {
            match call.action.as_str() {
                "DescribeInternetGateways" => {
                    "<internetGatewaySet><item><attachmentSet><item><vpcId>v</vpcId></item></attachmentSet></item></internetGatewaySet>"
                }
                _ => {
                    "<routeTableSet><item><associationSet><item><main>true</main></item></associationSet></item></routeTableSet>"
                }
            }
        }
        for form in [
            "Action=DeleteInternetGateway&InternetGatewayId=i",
            "Action=DeleteRouteTable&RouteTableId=r",
            "Action=DeleteVpc&VpcId=v",
        ] {
            assert_eq!(refusal(world, form).as_deref(), Some("DependencyViolation"), "{form}");
        }
    }
}
