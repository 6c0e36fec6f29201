//! `aws_partition`: the part of AWS that the region lies in.

use diagnostics::Diagnostic;
use provider::Schema;

use super::Question;
use crate::client::Place;
use crate::object::Object;
use crate::schema::given;

pub(crate) struct Partition;

impl Question for Partition {
    const NAME: &'static str = "aws_partition";
    const REGIONAL: bool = false;

    fn schema() -> Schema {
        Schema::new([
            ("dns_suffix", given()),
            ("partition", given()),
            ("reverse_dns_prefix", given()),
        ])
        .describe("The part of AWS that the region lies in.")
    }

    async fn ask(place: &Place, mut asked: Object) -> Result<Object, Diagnostic> {
        let partition = place.partition();
        let suffix = dns_suffix(partition);
        let reversed: Vec<&str> = suffix.rsplit('.').collect();
        asked.set_text("dns_suffix", Some(suffix));
        asked.set_text("id", Some(partition));
        asked.set_text("partition", Some(partition));
        asked.set_text("reverse_dns_prefix", Some(&reversed.join(".")));
        Ok(asked)
    }
}

/// What the names of endpoints end in.
pub(crate) fn dns_suffix(partition: &str) -> &'static str {
    if partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" }
}
