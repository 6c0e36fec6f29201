//! The regions of AWS, so that a mistyped one is told before it is called.

use diagnostics::did_you_mean;

/// Every region of every partition that AWS has published, in alphabetical order.
const REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-isoe-west-1",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isob-west-1",
    "us-isof-east-1",
    "us-isof-south-1",
    "us-west-1",
    "us-west-2",
];

/// How a region is used that is newer than this list.
pub(crate) const NEWER: &str = "For a region that is newer than this program, write skip_region_validation = true into the block provider \"aws\".";

/// Says that there is no such region; nothing where there is one.
pub(crate) fn refusal(name: &str) -> Option<String> {
    if REGIONS.binary_search(&name).is_ok() {
        return None;
    }
    let near = did_you_mean(name, REGIONS.iter().copied());
    let near = near.map_or_else(String::new, |near| format!(" Did you mean \"{near}\"?"));
    Some(format!("AWS has no region \"{name}\".{near}"))
}

/// The partition that a region lies in.
pub(crate) fn partition(region: &str) -> &'static str {
    const PARTITIONS: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("eu-isoe-", "aws-iso-e"),
        ("eusc-", "aws-eusc"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
    ];
    PARTITIONS.iter().find(|(start, _)| region.starts_with(start)).map_or("aws", |found| found.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order() {
        assert!(REGIONS.is_sorted());
    }

    #[test]
    fn an_unknown_region_is_refused_with_the_near_one() {
        assert_eq!(refusal("eu-central-1"), None);
        let told = refusal("eu-centrl-1").expect("a refusal");
        assert_eq!(told, "AWS has no region \"eu-centrl-1\". Did you mean \"eu-central-1\"?");
        assert!(refusal("mars-north-1").is_some_and(|told| told.contains("mars-north-1")));
    }

    #[test]
    fn regions_lie_in_partitions() {
        assert_eq!(partition("eu-central-1"), "aws");
        assert_eq!(partition("cn-north-1"), "aws-cn");
        assert_eq!(partition("us-gov-west-1"), "aws-us-gov");
        assert_eq!(partition("us-isob-east-1"), "aws-iso-b");
    }
}
