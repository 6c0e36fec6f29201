//! `aws_caller_identity`: whose credentials they are.

use diagnostics::Diagnostic;
use provider::Schema;

use super::Question;
use crate::client::{Place, identify};
use crate::object::Object;
use crate::schema::given;

pub(crate) struct CallerIdentity;

impl Question for CallerIdentity {
    const NAME: &'static str = "aws_caller_identity";
    const REGIONAL: bool = false;

    fn schema() -> Schema {
        Schema::new([("account_id", given()), ("arn", given()), ("user_id", given())])
            .describe("Whose credentials they are.")
    }

    async fn ask(place: &Place, mut asked: Object) -> Result<Object, Diagnostic> {
        let account = match &place.account {
            Some(account) => account.as_ref().clone(),
            None => identify(place).await?,
        };
        asked.set_text("account_id", Some(&account.id));
        asked.set_text("arn", Some(&account.arn));
        asked.set_text("id", Some(&account.id));
        asked.set_text("user_id", Some(&account.user_id));
        Ok(asked)
    }
}
