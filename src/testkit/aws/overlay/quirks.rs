//! What moto answers wrongly where AWS is documented otherwise: each case by name, so that no provider works around it.

use futures::future::BoxFuture;

use crate::aws::answer::Answer;
use crate::aws::call::Call;
use crate::aws::rule::{Exchange, Rule, Verdict};
use crate::aws::xml;

/// Mends single answers of the emulator.
#[derive(Clone, Copy, Debug)]
pub struct Quirks;

/// moto names the type of an address's tags `vpc-elastic-ip`.
const ADDRESS: (&str, &str) = ("elastic-ip", "vpc-elastic-ip");

/// The call as moto needs it; none where it is understood as it is.
fn rewritten(call: &Call) -> Option<Call> {
    match call.name().as_str() {
        "ec2:DescribeTags" => {
            let asks = |(_, value): &(String, String)| value == ADDRESS.0;
            let (name, _) = call.parameters.iter().find(|pair| asks(pair))?;
            let (asked, meant) = (format!("{name}={}", ADDRESS.0), format!("{name}={}", ADDRESS.1));
            Some(with_body(call, &call_body(call).replace(&asked, &meant)))
        }
        // A rule is modified as a whole: a description that is left out is taken away. moto keeps it.
        "ec2:ModifySecurityGroupRules" => {
            let name = "SecurityGroupRule.1.SecurityGroupRule.Description";
            let body =
                call.parameter(name).is_none().then(|| format!("{}&{name}=", call_body(call)));
            body.map(|body| with_body(call, &body))
        }
        _ => None,
    }
}

fn call_body(call: &Call) -> String {
    String::from_utf8_lossy(&call.body).into_owned()
}

fn with_body(call: &Call, body: &str) -> Call {
    Call { body: body.to_owned().into(), ..call.clone() }
}

/// The answer as AWS would give it.
fn mended(call: &Call, answer: Answer) -> Answer {
    match call.name().as_str() {
        "ec2:DescribeTags" => {
            let text = answer.text();
            answer.with_text(text.replace(&format!(">{}<", ADDRESS.1), &format!(">{}<", ADDRESS.0)))
        }
        // The tags of a template are not those of what it launches; moto keeps them among its data.
        "ec2:DescribeLaunchTemplateVersions" => {
            let text = answer.text();
            answer.with_text(without_own_tags(&text))
        }
        // moto gives the answer another root than S3 does, and SDKs that check it cannot read it.
        "s3:GetBucketVersioning" => {
            let text = answer.text();
            answer.with_text(text.replace("GetBucketVersioningResponse", "VersioningConfiguration"))
        }
        _ => answer,
    }
}

fn without_own_tags(text: &str) -> String {
    let own: Vec<_> = xml::items(text, "tagSpecificationSet")
        .into_iter()
        .filter(|range| {
            xml::element(&text[range.clone()], "resourceType") == Some("launch-template")
        })
        .collect();
    xml::without(text, &own)
}

impl Rule for Quirks {
    fn before<'a>(&'a self, exchange: &'a Exchange) -> BoxFuture<'a, Verdict> {
        Box::pin(async move {
            let Some(call) = rewritten(&exchange.call) else { return Verdict::Pass };
            match exchange.upstream.forward(&call).await {
                Some(answer) => Verdict::Answer(mended(&exchange.call, answer)),
                None => Verdict::Drop,
            }
        })
    }

    fn after<'a>(
        &'a self,
        exchange: &'a Exchange,
        answer: Answer,
    ) -> BoxFuture<'a, Option<Answer>> {
        Box::pin(std::future::ready(Some(mended(&exchange.call, answer))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::call::tests::signed;

    #[test]
    fn tags_of_addresses_are_asked_for_by_motos_name() {
        let body = "Action=DescribeTags&Filter.1.Name=resource-type&Filter.1.Value.1=elastic-ip";
        let call = rewritten(&signed("POST", "/", "ec2", body)).expect("another call");
        assert!(call_body(&call).ends_with("Filter.1.Value.1=vpc-elastic-ip"));
        assert!(rewritten(&signed("POST", "/", "ec2", "Action=DescribeTags")).is_none());
    }

    #[test]
    fn a_description_that_is_left_out_is_taken_away() {
        let call = rewritten(&signed("POST", "/", "ec2", "Action=ModifySecurityGroupRules"));
        let call = call.expect("another call");
        assert!(call_body(&call).ends_with("&SecurityGroupRule.1.SecurityGroupRule.Description="));
    }

    #[test]
    fn the_tags_of_a_template_are_not_in_its_data() {
        let text = "<d><tagSpecificationSet><item><resourceType>launch-template</resourceType></item>\
                    <item><resourceType>instance</resourceType></item></tagSpecificationSet></d>";
        let mended = without_own_tags(text);
        assert!(!mended.contains("launch-template") && mended.contains("instance"), "{mended}");
    }
}
