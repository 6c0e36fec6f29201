//! `aws_internet_gateway`: the way between a network and the internet.

use aws_sdk_ec2::types;
use provider::Schema;

use super::{FILTER_VALUES, by_id, tagged, tags_of};
use crate::client::Place;
use crate::kind::{Answer, Kind, Tagging};
use crate::object::Object;
use crate::schema::{given, text};
use crate::tags::{Mark, Tags};

pub(crate) struct InternetGateway;

impl Kind for InternetGateway {
    const NAME: &'static str = "aws_internet_gateway";
    const BATCH: usize = FILTER_VALUES;
    const TAGGING: Tagging = Tagging::Ec2;
    const IMPORT_ID: &'static str = "igw-0123456789abcdef0";
    type Seen = types::InternetGateway;

    fn schema() -> Schema {
        Schema::new([("arn", given()), ("owner_id", given()), ("vpc_id", text().or_computed())])
            .describe("The way between a network and the internet.")
    }

    async fn fetch(place: &Place, wanted: &[Object]) -> Answer<Vec<types::InternetGateway>> {
        let ids = by_id("internet-gateway-id", wanted);
        let pages = place.ec2().describe_internet_gateways().filters(ids).into_paginator();
        Ok(pages.items().send().collect::<Result<_, _>>().await?)
    }

    fn key(gateway: &types::InternetGateway) -> String {
        gateway.internet_gateway_id().unwrap_or_default().to_owned()
    }

    fn observe(place: &Place, gateway: &types::InternetGateway, object: &mut Object) {
        let owner = gateway.owner_id();
        let name = format!("internet-gateway/{}", Self::key(gateway));
        object.set_text("arn", Some(&place.arn("ec2", owner, &name)));
        object.set_text("owner_id", owner);
        object.set_text("vpc_id", gateway.attachments().first().and_then(|a| a.vpc_id()));
    }

    fn tags(gateway: &types::InternetGateway) -> Option<Tags> {
        Some(tags_of(gateway.tags()))
    }

    async fn create(place: &Place, planned: &Object, mark: &Mark) -> Answer<String> {
        let tags = tagged(types::ResourceType::InternetGateway, mark, planned);
        let made = place.ec2().create_internet_gateway().tag_specifications(tags).send().await?;
        Ok(made.internet_gateway.and_then(|g| g.internet_gateway_id).unwrap_or_default())
    }

    async fn configure(place: &Place, now: &mut Object, prior: Option<&Object>) -> Answer<()> {
        let was = prior.and_then(|prior| prior.text("vpc_id"));
        if now.text("vpc_id") == was {
            return Ok(());
        }
        if let Some(vpc) = was {
            detach(place, now.id(), vpc).await?;
        }
        let Some(vpc) = now.text("vpc_id") else { return Ok(()) };
        let call = place.ec2().attach_internet_gateway().internet_gateway_id(now.id()).vpc_id(vpc);
        let attached = call.send().await.map_err(crate::failure::AwsError::from);
        match attached {
            // The answer to an earlier attempt was lost.
            Err(error) if error.is_taken() && is_attached(place, now, vpc).await? => Ok(()),
            result => result.map(drop),
        }
    }

    async fn delete(place: &Place, prior: &Object) -> Answer<()> {
        if let Some(vpc) = prior.text("vpc_id") {
            detach(place, prior.id(), vpc).await?;
        }
        let call = place.ec2().delete_internet_gateway().internet_gateway_id(prior.id());
        call.send().await?;
        Ok(())
    }
}

async fn is_attached(place: &Place, gateway: &Object, vpc: &str) -> Answer<bool> {
    let seen = InternetGateway::fetch(place, std::slice::from_ref(gateway)).await?;
    Ok(seen.iter().flat_map(|g| g.attachments()).any(|a| a.vpc_id() == Some(vpc)))
}

async fn detach(place: &Place, id: &str, vpc: &str) -> Answer<()> {
    let call = place.ec2().detach_internet_gateway().internet_gateway_id(id).vpc_id(vpc);
    match call.send().await.map_err(crate::failure::AwsError::from) {
        // A network that is gone took the attachment along, and not the gateway.
        Err(error) if error.code == "Gateway.NotAttached" || error.is_not_found() => Ok(()),
        result => result.map(drop),
    }
}
