//! Reads right after a write do not see it yet.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use futures::future::BoxFuture;

use crate::aws::answer::Answer;
use crate::aws::rule::{Exchange, Rule};
use crate::aws::xml;

/// A create of EC2, and the read that lags behind it.
#[derive(Clone, Copy, Debug)]
struct Lag {
    write: &'static str,
    read: &'static str,
    /// The set that the read answers with.
    set: &'static str,
    /// The element of the id, in both answers.
    id: &'static str,
    /// What a read by id says meanwhile.
    missing: &'static str,
}

const LAGS: &[Lag] = &[
    Lag {
        write: "CreateInternetGateway",
        read: "DescribeInternetGateways",
        set: "internetGatewaySet",
        id: "internetGatewayId",
        missing: "InvalidInternetGatewayID.NotFound",
    },
    Lag {
        write: "CreateNatGateway",
        read: "DescribeNatGateways",
        set: "natGatewaySet",
        id: "natGatewayId",
        missing: "NatGatewayNotFound",
    },
    Lag {
        write: "CreateRouteTable",
        read: "DescribeRouteTables",
        set: "routeTableSet",
        id: "routeTableId",
        missing: "InvalidRouteTableID.NotFound",
    },
    Lag {
        write: "CreateSecurityGroup",
        read: "DescribeSecurityGroups",
        set: "securityGroupInfo",
        id: "groupId",
        missing: "InvalidGroup.NotFound",
    },
    Lag {
        write: "CreateSubnet",
        read: "DescribeSubnets",
        set: "subnetSet",
        id: "subnetId",
        missing: "InvalidSubnetID.NotFound",
    },
    Lag {
        write: "CreateVpc",
        read: "DescribeVpcs",
        set: "vpcSet",
        id: "vpcId",
        missing: "InvalidVpcID.NotFound",
    },
];

/// Hides what was just created from the first reads.
#[derive(Debug)]
pub struct Stale {
    reads: u32,
    /// Ids that are hidden, with how many reads more.
    hidden: Mutex<HashMap<String, u32>>,
}

impl Stale {
    /// Each new thing is missing in this many reads.
    #[must_use]
    pub fn for_reads(reads: u32) -> Self {
        Self { reads, hidden: Mutex::default() }
    }

    fn hide(&self, lag: &Lag, answer: &Answer) {
        if let Some(id) = xml::element(&answer.text(), lag.id) {
            let mut hidden = self.hidden.lock().unwrap_or_else(PoisonError::into_inner);
            hidden.insert(id.to_owned(), self.reads);
        }
    }

    /// Takes one read off an id; true as long as it is hidden.
    fn is_hidden(&self, id: &str) -> bool {
        let mut hidden = self.hidden.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(left) = hidden.get_mut(id).filter(|left| **left > 0) else { return false };
        *left -= 1;
        true
    }

    fn read(&self, lag: &Lag, exchange: &Exchange, answer: Answer) -> Answer {
        let text = answer.text();
        let items = xml::items(&text, lag.set).into_iter();
        let gone: Vec<_> = items
            .filter(|range| {
                xml::element(&text[range.clone()], lag.id).is_some_and(|id| self.is_hidden(id))
            })
            .collect();
        let named = gone.iter().find_map(|range| {
            let id = xml::element(&text[range.clone()], lag.id)?;
            exchange.call.parameters.iter().any(|(_, value)| value == id).then_some(id)
        });
        match named {
            Some(id) => {
                let message = format!("The id '{id}' does not exist");
                Answer::error(&exchange.call, 400, lag.missing, &message)
            }
            None if gone.is_empty() => answer,
            None => answer.with_text(xml::without(&text, &gone)),
        }
    }
}

impl Rule for Stale {
    fn after<'a>(
        &'a self,
        exchange: &'a Exchange,
        answer: Answer,
    ) -> BoxFuture<'a, Option<Answer>> {
        Box::pin(async move {
            let call = &exchange.call;
            if call.service != "ec2" || !answer.is_success() {
                return Some(answer);
            }
            if let Some(lag) = LAGS.iter().find(|lag| lag.write == call.action) {
                self.hide(lag, &answer);
            }
            Some(match LAGS.iter().find(|lag| lag.read == call.action) {
                Some(lag) => self.read(lag, exchange, answer),
                None => answer,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::aws::call::Call;
    use crate::aws::rule::tests::{Says, send};
    use crate::aws::upstream::Upstream;

    fn world(call: &Call) -> Answer {
        let text = match call.action.as_str() {
            "CreateVpc" => "<r><vpc><vpcId>vpc-1</vpcId></vpc></r>",
            _ => {
                "<r><vpcSet><item><vpcId>vpc-0</vpcId></item><item><vpcId>vpc-1</vpcId></item></vpcSet></r>"
            }
        };
        Answer::with(200, "text/xml", text)
    }

    #[test]
    fn a_new_thing_is_missing_from_the_first_reads() {
        let rules: [Arc<dyn Rule>; 1] = [Arc::new(Stale::for_reads(2))];
        let upstream = Upstream::backend(Says(world));
        let ask = |form: &str| send(&rules, &upstream, 1, form).expect("an answer");
        ask("Action=CreateVpc");
        let listed = ask("Action=DescribeVpcs").text();
        assert!(listed.contains("vpc-0") && !listed.contains("vpc-1"), "{listed}");
        let named = ask("Action=DescribeVpcs&VpcId.1=vpc-1");
        assert_eq!(named.status.as_u16(), 400);
        assert!(named.text().contains("InvalidVpcID.NotFound"));
        assert!(ask("Action=DescribeVpcs&VpcId.1=vpc-1").text().contains("vpc-1</vpcId></item>"));
    }
}
