//! Whose a thing is: two fields of our own that the server keeps with it.

use serde_json::Value as Json;

const ADDRESS: &str = "artiformAddress";
const TOKEN: &str = "artiformToken";

/// The fields with which a thing is made.
pub(crate) struct Mark<'a> {
    /// The address of the resource that it belongs to.
    pub(crate) address: &'a str,
    /// The token of the create; none in an update, which leaves it as it is.
    pub(crate) token: Option<&'a str>,
}

impl Mark<'_> {
    /// Adds the fields to a body.
    pub(crate) fn put_on(&self, mut body: Json) -> Json {
        if let Some(fields) = body.as_object_mut() {
            fields.insert(ADDRESS.to_owned(), Json::from(self.address));
            if let Some(token) = self.token {
                fields.insert(TOKEN.to_owned(), Json::from(token));
            }
        }
        body
    }
}

/// Tells whether the create with this token made the thing.
pub(crate) fn is_made_by(answer: &Json, token: &str) -> bool {
    answer.get(TOKEN).and_then(Json::as_str) == Some(token)
}

/// Tells whether the thing belongs to the resource of this address.
pub(crate) fn belongs_to(answer: &Json, address: &str) -> bool {
    answer.get(ADDRESS).and_then(Json::as_str) == Some(address)
}
