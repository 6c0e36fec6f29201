//! Short words for what most schemas are made of, and the validators that several types share.

use lang::{Type, Value};
use provider::{Attribute, NestedBlock, Nesting, Schema};

/// An optional text.
pub(crate) fn text() -> Attribute {
    Attribute::optional(Type::String)
}

/// An optional flag.
pub(crate) fn flag() -> Attribute {
    Attribute::optional(Type::Bool)
}

/// An optional flag with a default.
pub(crate) fn switch(default: bool) -> Attribute {
    flag().default(Value::bool(default))
}

/// An optional number.
pub(crate) fn number() -> Attribute {
    Attribute::optional(Type::Number)
}

/// An optional set of texts.
pub(crate) fn texts() -> Attribute {
    Attribute::optional(Type::set(Type::String))
}

/// A text that the user must set.
pub(crate) fn needed() -> Attribute {
    Attribute::required(Type::String)
}

/// A text that only AWS decides.
pub(crate) fn given() -> Attribute {
    Attribute::computed(Type::String)
}

/// At most one nested block of this name, held as a list as the Terraform provider does.
pub(crate) fn one<const N: usize>(attributes: [(&str, Attribute); N]) -> NestedBlock {
    one_of(Schema::new(attributes))
}

/// At most one nested block of this schema.
pub(crate) fn one_of(schema: Schema) -> NestedBlock {
    NestedBlock::new(Nesting::List, schema).at_most(1)
}

fn as_text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A name of a region, such as `eu-central-1`.
pub(crate) fn region_name(value: &Value) -> Result<(), String> {
    let name = as_text(value);
    let parts: Vec<&str> = name.split('-').collect();
    let word = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase());
    let fits = match parts.split_last() {
        Some((number, words)) if words.len() >= 2 => {
            let digits = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
            digits && words.iter().all(word)
        }
        _ => false,
    };
    if fits { Ok(()) } else { Err(format!("{name:?} is not a region; one is \"eu-central-1\".")) }
}

/// An IPv4 network, such as `10.0.0.0/16`: address and prefix length, with no bits set behind the prefix.
pub(crate) fn ipv4_network(value: &Value) -> Result<(), String> {
    let text = as_text(value);
    let (address, length) = parse_ipv4_network(text)
        .ok_or_else(|| format!("{text:?} is not an IPv4 network; one is \"10.0.0.0/16\"."))?;
    let network = address & mask(length);
    if network == address {
        return Ok(());
    }
    let network = std::net::Ipv4Addr::from(network);
    Err(format!("{text:?} has bits set behind its prefix; the network is \"{network}/{length}\"."))
}

/// A network of a VPC or subnet: its prefix length is from 16 to 28.
pub(crate) fn vpc_network(value: &Value) -> Result<(), String> {
    ipv4_network(value)?;
    match parse_ipv4_network(as_text(value)) {
        Some((_, 16..=28)) => Ok(()),
        _ => Err(format!("{:?} is not from /16 to /28, as AWS demands.", as_text(value))),
    }
}

/// Address and prefix length.
pub(crate) fn parse_ipv4_network(text: &str) -> Option<(u32, u32)> {
    let (address, length) = text.split_once('/')?;
    let address: std::net::Ipv4Addr = address.parse().ok()?;
    let length: u32 = length.parse().ok().filter(|length| *length <= 32)?;
    Some((u32::from(address), length))
}

/// Tells whether two IPv4 networks have an address in common.
pub(crate) fn overlap(a: &str, b: &str) -> bool {
    let (Some((a, i)), Some((b, j))) = (parse_ipv4_network(a), parse_ipv4_network(b)) else {
        return false;
    };
    let shorter = mask(i.min(j));
    a & shorter == b & shorter
}

fn mask(length: u32) -> u32 {
    if length == 0 { 0 } else { u32::MAX << (32 - length.min(32)) }
}

/// A port, or -1 for all.
pub(crate) fn port(value: &Value) -> Result<(), String> {
    match value.as_i64() {
        Some(-1..=65535) => Ok(()),
        _ => Err("a port is a number from 0 to 65535, or -1 for all.".to_owned()),
    }
}

/// A JSON document.
pub(crate) fn json(value: &Value) -> Result<(), String> {
    let parsed = serde_json::from_str::<serde_json::Value>(as_text(value));
    parsed.map(drop).map_err(|error| format!("it is not valid JSON: {error}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_told_from_other_words() {
        for name in ["eu-central-1", "us-gov-west-1", "ap-southeast-3"] {
            assert_eq!(region_name(&Value::text(name)), Ok(()), "{name}");
        }
        for name in ["", "eu", "eu-central", "EU-CENTRAL-1", "eu-central-1a", "moon 1"] {
            assert!(region_name(&Value::text(name)).is_err(), "{name}");
        }
    }

    #[test]
    fn networks_have_no_bits_behind_their_prefix() {
        assert_eq!(vpc_network(&Value::text("10.0.0.0/16")), Ok(()));
        for text in ["10.0.0.1/16", "10.0.0.0", "10.0.0/8", "10.0.0.0/33", "10.0.0.0/8", "x/1"] {
            assert!(vpc_network(&Value::text(text)).is_err(), "{text}");
        }
        assert_eq!(ipv4_network(&Value::text("0.0.0.0/0")), Ok(()));
    }

    #[test]
    fn overlapping_networks_are_seen() {
        assert!(overlap("10.0.0.0/16", "10.0.3.0/24"));
        assert!(overlap("0.0.0.0/0", "10.0.3.0/24"));
        assert!(!overlap("10.0.2.0/24", "10.0.3.0/24"));
    }
}
