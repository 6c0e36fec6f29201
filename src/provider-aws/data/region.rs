//! `aws_region`: the region that is worked in.

use diagnostics::Diagnostic;
use provider::Schema;

use super::Question;
use super::partition::dns_suffix;
use crate::client::Place;
use crate::object::Object;
use crate::schema::{given, text};

pub(crate) struct Region;

impl Question for Region {
    const NAME: &'static str = "aws_region";

    fn schema() -> Schema {
        let name = || text().or_computed();
        Schema::new([("description", given()), ("endpoint", name()), ("name", name())])
            .describe("The region that is worked in.")
    }

    async fn ask(place: &Place, mut asked: Object) -> Result<Object, Diagnostic> {
        let name = asked.text("name").unwrap_or(&place.region).to_owned();
        let endpoint = format!("ec2.{name}.{}", dns_suffix(place.partition()));
        asked.set_text("endpoint", Some(&endpoint));
        asked.set_text("id", Some(&name));
        asked.set_text("name", Some(&name));
        asked.set_text("region", Some(&name));
        Ok(asked)
    }
}
