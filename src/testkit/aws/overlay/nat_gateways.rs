//! NAT gateways take their time: pending before available, deleting before deleted, and failed where they cannot work.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;

use crate::aws::answer::Answer;
use crate::aws::clock::Clock;
use crate::aws::rule::{Exchange, Rule, Verdict};
use crate::aws::xml;

/// How long a gateway is pending on the clock. AWS takes 85 to 125 seconds (research: moto.md, section 3).
pub const PENDING: Duration = Duration::from_secs(100);

/// How long it is deleting.
pub const DELETING: Duration = Duration::from_secs(50);

/// Rewrites the states of NAT gateways by their age.
#[derive(Debug)]
pub struct NatGateways {
    clock: Clock,
    known: Mutex<HashMap<String, Gateway>>,
}

#[derive(Debug)]
struct Gateway {
    created: Duration,
    /// There is no internet gateway to send to.
    fails: bool,
    deleted: Option<Duration>,
    /// Its network interface, which moto keeps for ever.
    interface: Option<String>,
}

impl NatGateways {
    /// With the states of this clock.
    #[must_use]
    pub fn on(clock: Clock) -> Arc<Self> {
        Arc::new(Self { clock, known: Mutex::default() })
    }

    /// The state that AWS would tell of a gateway; none for one that it did not see made or deleted.
    #[must_use]
    pub fn state(&self, id: &str) -> Option<&'static str> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (gateway, now) = (known.get(id)?, self.clock.now());
        Some(match gateway.deleted {
            Some(at) if now < at + DELETING => "deleting",
            Some(_) => "deleted",
            None if now < gateway.created + PENDING => "pending",
            None if gateway.fails => "failed",
            None => "available",
        })
    }

    /// Whether a network interface is a gateway's: it is there as long as the gateway, which speaks for itself.
    pub(crate) fn own_interface(&self, item: &str) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let id = xml::element(item, "networkInterfaceId");
        id.is_some() && known.values().any(|gateway| gateway.interface.as_deref() == id)
    }

    /// Puts the states into an answer.
    pub(crate) fn rewrite(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for range in xml::items(text, "natGatewaySet") {
            out.push_str(&text[at..range.start]);
            out.push_str(&self.rewrite_one(&text[range.clone()]));
            at = range.end;
        }
        out.push_str(&text[at..]);
        out
    }

    fn rewrite_one(&self, text: &str) -> String {
        let state = xml::element(text, "natGatewayId").and_then(|id| self.state(id));
        let shown = xml::element(text, "state");
        match (shown, state) {
            (Some(shown), Some(state)) => {
                let mut new = format!("<state>{state}</state>");
                if state == "failed" {
                    new.push_str("<failureCode>Gateway.NotAttached</failureCode><failureMessage>The network has no Internet gateway attached</failureMessage>");
                }
                text.replacen(&format!("<state>{shown}</state>"), &new, 1)
            }
            _ => text.to_owned(),
        }
    }

    async fn created(&self, exchange: &Exchange, text: &str) {
        let Some(id) = xml::element(text, "natGatewayId") else { return };
        let fails = !has_internet(exchange).await;
        let interface = xml::element(text, "networkInterfaceId").map(str::to_owned);
        let gateway = Gateway { created: self.clock.now(), fails, deleted: None, interface };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(id.to_owned()).or_insert(gateway);
    }

    fn deleted(&self, exchange: &Exchange) {
        let Some(id) = exchange.call.parameter("NatGatewayId") else { return };
        let now = self.clock.now();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let gateway =
            Gateway { created: Duration::ZERO, fails: false, deleted: None, interface: None };
        let gateway = known.entry(id.to_owned()).or_insert(gateway);
        gateway.deleted.get_or_insert(now);
    }
}

impl NatGateways {
    /// Frees the address that a new gateway is to have of one that is deleted, as AWS does; moto never does.
    async fn free_address(&self, exchange: &Exchange) {
        let Some(id) = exchange.call.parameter("AllocationId") else { return };
        let (upstream, region) = (&exchange.upstream, &exchange.call.region);
        let asked = [("AllocationId.1", id)];
        let address = upstream.ask_ec2(region, "DescribeAddresses", &asked).await;
        let interface = xml::element(&address, "networkInterfaceId");
        let association = xml::element(&address, "associationId");
        if let Some(association) = association.filter(|_| self.was_of_deleted(interface)) {
            let association = [("AssociationId", association)];
            upstream.ask_ec2(region, "DisassociateAddress", &association).await;
        }
    }

    fn was_of_deleted(&self, interface: Option<&str>) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ours =
            known.iter().filter(|(_, gateway)| gateway.interface.as_deref() == interface);
        let id = ours.next().map(|(id, _)| id.clone());
        drop(known);
        interface.is_some() && id.is_some_and(|id| self.state(&id) == Some("deleted"))
    }
}

/// Whether the VPC of the call's subnet has an internet gateway, without which a public NAT gateway fails.
async fn has_internet(exchange: &Exchange) -> bool {
    let call = &exchange.call;
    if call.parameter("ConnectivityType") == Some("private") {
        return true;
    }
    let subnet = call.parameter("SubnetId").unwrap_or_default();
    let (upstream, region) = (&exchange.upstream, &call.region);
    let subnets = upstream.ask_ec2(region, "DescribeSubnets", &[("SubnetId.1", subnet)]).await;
    let vpc = xml::element(&subnets, "vpcId").unwrap_or_default();
    let filter = [("Filter.1.Name", "attachment.vpc-id"), ("Filter.1.Value.1", vpc)];
    let gateways = upstream.ask_ec2(region, "DescribeInternetGateways", &filter).await;
    gateways.contains("<internetGatewayId>")
}

impl Rule for NatGateways {
    fn before<'a>(&'a self, exchange: &'a Exchange) -> BoxFuture<'a, Verdict> {
        Box::pin(async move {
            if exchange.call.name() == "ec2:CreateNatGateway" {
                self.free_address(exchange).await;
            }
            Verdict::Pass
        })
    }

    fn after<'a>(
        &'a self,
        exchange: &'a Exchange,
        answer: Answer,
    ) -> BoxFuture<'a, Option<Answer>> {
        Box::pin(async move {
            if exchange.call.service != "ec2" || !answer.is_success() {
                return Some(answer);
            }
            let text = answer.text();
            match exchange.call.action.as_str() {
                "CreateNatGateway" => {
                    self.created(exchange, &text).await;
                    Some(answer.with_text(self.rewrite_one(&text)))
                }
                "DeleteNatGateway" => {
                    self.deleted(exchange);
                    Some(answer)
                }
                "DescribeNatGateways" => Some(answer.with_text(self.rewrite(&text))),
                _ => Some(answer),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::call::Call;
    use crate::aws::rule::tests::{Says, send};
    use crate::aws::upstream::Upstream;

    fn world(call: &Call) -> Answer {
        let text = match call.action.as_str() {
            "CreateNatGateway" => {
                "<r><natGateway><natGatewayId>nat-1</natGatewayId><state>available</state></natGateway></r>"
            }
            "DescribeNatGateways" => {
                "<r><natGatewaySet><item><natGatewayAddressSet><item><a>1</a></item></natGatewayAddressSet>\
                 <natGatewayId>nat-1</natGatewayId><state>available</state></item></natGatewaySet></r>"
            }
            "DescribeInternetGateways" => "<internetGatewayId>igw-1</internetGatewayId>",
            _ => "",
        };
        Answer::with(200, "text/xml", text)
    }

    fn without_internet(call: &Call) -> Answer {
        match call.action.as_str() {
            "DescribeInternetGateways" => Answer::with(200, "text/xml", ""),
            _ => world(call),
        }
    }

    fn state_after(
        clock: &Clock,
        rules: &[Arc<dyn Rule>],
        upstream: &Upstream,
        turn: Duration,
    ) -> String {
        clock.turn(turn);
        let text =
            send(rules, upstream, 1, "Action=DescribeNatGateways").expect("an answer").text();
        xml::element(&text, "state").expect("a state").to_owned()
    }

    #[test]
    fn a_gateway_goes_through_its_states() {
        let clock = Clock::standing();
        let rules: [Arc<dyn Rule>; 1] = [NatGateways::on(clock.clone())];
        let upstream = Upstream::backend(Says(world));
        let made =
            send(&rules, &upstream, 1, "Action=CreateNatGateway&SubnetId=s").expect("an answer");
        assert_eq!(xml::element(&made.text(), "state"), Some("pending"));
        let state = |turn| state_after(&clock, &rules, &upstream, turn);
        assert_eq!(state(PENDING / 2), "pending");
        assert_eq!(state(PENDING / 2), "available");
        send(&rules, &upstream, 1, "Action=DeleteNatGateway&NatGatewayId=nat-1");
        assert_eq!(state(Duration::ZERO), "deleting");
        assert_eq!(state(DELETING), "deleted");
    }

    #[test]
    fn a_gateway_without_internet_fails() {
        let clock = Clock::standing();
        let rules: [Arc<dyn Rule>; 1] = [NatGateways::on(clock.clone())];
        let upstream = Upstream::backend(Says(without_internet));
        send(&rules, &upstream, 1, "Action=CreateNatGateway&SubnetId=s");
        assert_eq!(state_after(&clock, &rules, &upstream, PENDING), "failed");
    }
}
