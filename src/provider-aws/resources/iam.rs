//! Roles: what the types of Identity and Access Management share.

use aws_sdk_iam::types::{EntityType, RoleDetail, Tag};
use lang::Value;

use crate::client::Place;
use crate::failure::Reason;
use crate::kind::Answer;
use crate::object::Object;
use crate::tags::Tags;

pub(crate) mod instance_profile;
pub(crate) mod role;
pub(crate) mod role_policy;

/// How many things one page of a listing may hold.
pub(crate) const PAGE: i32 = 1000;

/// Up to so many roles or policies are asked for one by one, which takes no right to list all of an account.
const FEW: usize = 3;

/// All that there are, where so many are wanted that asking for each would take more calls than listing all; none
/// where they are few, or the credentials may not list.
pub(crate) async fn where_many<T>(
    wanted: &[Object],
    all: impl Future<Output = Answer<Vec<T>>>,
) -> Answer<Option<Vec<T>>> {
    if wanted.len() <= FEW {
        return Ok(None);
    }
    match all.await {
        Err(error) if error.reason == Reason::Denied => Ok(None),
        all => all.map(Some),
    }
}

/// Every role of the account, with its policies.
pub(crate) async fn details(place: &Place) -> Answer<Vec<RoleDetail>> {
    let call = place.iam().get_account_authorization_details().max_items(PAGE);
    let mut pages = call.filter(EntityType::Role).into_paginator().send();
    let mut roles = Vec::new();
    while let Some(page) = pages.next().await {
        roles.extend(page?.role_detail_list.unwrap_or_default());
    }
    Ok(roles)
}

pub(crate) fn tag_list(tags: &Tags) -> Answer<Vec<Tag>> {
    let tag = |(key, value)| Ok(Tag::builder().key(key).value(value).build()?);
    tags.iter().map(tag).collect()
}

pub(crate) fn tags_of(tags: &[Tag]) -> Tags {
    tags.iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect()
}

/// IAM gives documents percent-encoded.
pub(crate) fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let code = text.get(at + 1..at + 3).and_then(|code| u8::from_str_radix(code, 16).ok());
        match code.filter(|_| *byte == b'%') {
            Some(code) => {
                decoded.push(code);
                at += 3;
            }
            None => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// A name of a role, policy or profile.
pub(crate) fn name(value: &Value) -> Result<(), String> {
    let name = value.as_str().unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
    if name.is_empty() || name.len() > 128 || !name.chars().all(fits) {
        return Err("a name has 1 to 128 letters, digits and +=,.@_-.".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn documents_are_decoded() {
        assert_eq!(decoded("%7B%22a%22%3A1%7D"), "{\"a\":1}");
        assert_eq!(decoded("100%"), "100%");
        assert_eq!(decoded("%C3%A9"), "é");
    }
}
