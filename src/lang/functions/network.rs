//! Functions on IP networks, of both versions.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use dashu_int::ops::UnsignedAbs;
use dashu_int::{IBig, UBig};

use super::arguments::{int, text, text_list};
use super::{Call, Function, FunctionError, Parameter, Returns, Shape};
use crate::Value;

const STRING: Returns = Returns::Always(Shape::String);

pub(super) static CIDRHOST: Function = Function::new(
    "cidrhost",
    &[Parameter::string("prefix"), Parameter::number("hostnum")],
    STRING,
    host,
    "Returns the address of a host in a network, counted from its start or, below zero, its end.",
);

pub(super) static CIDRNETMASK: Function = Function::new(
    "cidrnetmask",
    &[Parameter::string("prefix")],
    STRING,
    netmask,
    "Returns the netmask of an IPv4 network.",
);

pub(super) static CIDRSUBNET: Function = Function::new(
    "cidrsubnet",
    &[Parameter::string("prefix"), Parameter::number("newbits"), Parameter::number("netnum")],
    STRING,
    subnet,
    "Returns a subnet of a network.",
);

pub(super) static CIDRSUBNETS: Function = Function::new(
    "cidrsubnets",
    &[Parameter::string("prefix")],
    Returns::Always(Shape::ListOfString),
    subnets,
    "Returns consecutive subnets of a network.",
)
.and_any_number_of(Parameter::number("newbits"));

/// A network: its first address, as a number, and the length of its prefix.
#[derive(Clone, Copy)]
struct Network {
    start: u128,
    prefix: u32,
    /// The bits of an address: 32 or 128.
    bits: u32,
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let (address, bits) = if address.contains(':') {
            (address.parse::<Ipv6Addr>().ok()?.to_bits(), 128)
        } else {
            (u128::from(ipv4(address)?), 32)
        };
        if prefix.is_empty() || prefix.len() > 3 || !prefix.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let prefix = prefix.parse().ok().filter(|prefix| *prefix <= bits)?;
        let network = Self { start: address, prefix, bits };
        Some(Self { start: address & !network.host_mask(), ..network })
    }

    /// Ones where the host's bits are.
    fn host_mask(self) -> u128 {
        ones(self.bits - self.prefix)
    }

    fn last(self) -> u128 {
        self.start | self.host_mask()
    }

    /// It is an IPv4 network that is written as IPv6, as in `::ffff:10.0.0.0/104`.
    fn is_mapped(self) -> bool {
        self.bits == 128 && Ipv6Addr::from(self.start).to_ipv4_mapped().is_some()
    }

    fn contains(self, address: u128) -> bool {
        address & !self.host_mask() == self.start
    }

    fn address(self, number: u128) -> IpAddr {
        match u32::try_from(number) {
            Ok(number) if self.bits == 32 => Ipv4Addr::from(number).into(),
            _ => Ipv6Addr::from(number).to_canonical(),
        }
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let prefix = if self.is_mapped() { self.prefix.saturating_sub(96) } else { self.prefix };
        write!(f, "{}/{prefix}", self.address(self.start))
    }
}

fn ones(count: u32) -> u128 {
    if count == 0 { 0 } else { u128::MAX >> (128 - count) }
}

/// Reads an IPv4 address whose parts are decimal, even with zeros before them.
fn ipv4(text: &str) -> Option<u32> {
    let mut parts = text.split('.');
    let mut address = 0_u32;
    for _ in 0..4 {
        let part = parts.next()?;
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        address = address << 8 | u32::from(part.parse::<u8>().ok()?);
    }
    parts.next().is_none().then_some(address)
}

fn network(call: &Call<'_>) -> Result<Network, String> {
    let given = call.text(0);
    Network::parse(given)
        .ok_or_else(|| format!("invalid CIDR expression: invalid CIDR address: {given}"))
}

/// A whole number of any size.
fn whole(call: &Call<'_>, index: usize) -> Result<IBig, FunctionError> {
    call.number(index)
        .to_whole_digits()
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| FunctionError::failed("value must be a whole number"))
}

/// As much of a number as fits into 64 bits, without its sign: what is compared with the room that there is.
fn low_bits(number: &IBig) -> u64 {
    let low = number.unsigned_abs() & UBig::from(u64::MAX);
    u64::try_from(low).unwrap_or(u64::MAX)
}

/// The address in a network whose bits before `prefix` also hold a number, which may be negative.
fn inserted(network: Network, number: &IBig, prefix: u32) -> Option<u128> {
    let joined = IBig::from(network.start) | (number << (network.bits - prefix) as usize);
    let address = u128::try_from(joined.unsigned_abs()).ok()?;
    (address <= ones(network.bits)).then_some(address)
}

fn host(call: &Call<'_>) -> Result<Value, FunctionError> {
    let mut number = whole(call, 1)?;
    let network = network(call).map_err(FunctionError::failed)?;
    let most = IBig::from(network.host_mask());
    let mut distance = IBig::from(low_bits(&number).cast_signed());
    if number < IBig::ZERO {
        distance -= IBig::ONE;
        number = &most - &distance;
    }
    // A host of an IPv4 network that is written as IPv6 is put where an IPv4 address ends.
    let end = if network.is_mapped() { 32 } else { network.bits };
    let address = inserted(network, &number, end).filter(|_| distance <= most);
    let address = address.ok_or_else(|| {
        let prefix = network.prefix;
        FunctionError::failed(format!(
            "prefix of {prefix} does not accommodate a host numbered {number}"
        ))
    })?;
    Ok(text(network.address(address).to_string()))
}

fn netmask(call: &Call<'_>) -> Result<Value, FunctionError> {
    let network = network(call).map_err(FunctionError::failed)?;
    if network.bits != 32 {
        let given = call.text(0);
        return Err(FunctionError::failed(format!(
            "IPv6 addresses cannot have a netmask: {given}"
        )));
    }
    let mask = ones(32) & !network.host_mask();
    Ok(text(network.address(mask).to_string()))
}

fn subnet(call: &Call<'_>) -> Result<Value, FunctionError> {
    let bits = call.int(1)?;
    let number = whole(call, 2)?;
    let network = network(call).map_err(FunctionError::failed)?;
    let prefix = u32::try_from(i64::from(network.prefix).saturating_add(bits));
    let prefix = prefix.ok().filter(|prefix| *prefix <= network.bits).ok_or_else(|| {
        FunctionError::failed(format!(
            "insufficient address space to extend prefix of {} by {bits}",
            network.prefix
        ))
    })?;
    // As in Terraform, only what a prefix grows by up to 63 bits limits the number.
    let most = u32::try_from(bits).ok().and_then(|bits| 1_u64.checked_shl(bits));
    let most = most.map_or(u64::MAX, |count| count - 1);
    let start = inserted(network, &number, prefix).filter(|_| low_bits(&number) <= most);
    let start = start.ok_or_else(|| {
        FunctionError::failed(format!(
            "prefix extension of {bits} does not accommodate a subnet numbered {number}"
        ))
    })?;
    Ok(text(Network { start, prefix, ..network }.to_string()))
}

fn subnets(call: &Call<'_>) -> Result<Value, FunctionError> {
    let network = network(call).map_err(|message| FunctionError::argument(0, message))?;
    let mut made: Vec<Network> = Vec::new();
    for (index, bits) in call.arguments.iter().enumerate().skip(1) {
        let refuse = |message| FunctionError::argument(index, message);
        let bits = int(bits).map_err(refuse)?;
        let prefix = extended(network, bits).map_err(refuse)?;
        let next = following(network, made.last(), prefix).map_err(refuse)?;
        made.push(next);
    }
    Ok(text_list(made.iter().map(ToString::to_string)))
}

fn extended(network: Network, bits: i64) -> Result<u32, String> {
    if bits < 1 {
        return Err("must extend prefix by at least one bit".to_owned());
    }
    if bits > 32 {
        return Err("may not extend prefix by more than 32 bits".to_owned());
    }
    let prefix = i64::from(network.prefix).saturating_add(bits);
    u32::try_from(prefix).ok().filter(|prefix| *prefix <= network.bits).ok_or_else(|| {
        let version = if network.bits == 32 { "IPv4" } else { "IPv6" };
        format!("would extend prefix to {prefix} bits, which is too long for an {version} address")
    })
}

/// The next subnet of a size after the last one made, on a boundary of its size.
fn following(network: Network, previous: Option<&Network>, prefix: u32) -> Result<Network, String> {
    let Some(previous) = previous else { return Ok(Network { prefix, ..network }) };
    let size = Network { prefix, ..network }.host_mask();
    (previous.last() | size)
        .checked_add(1)
        .filter(|start| network.contains(*start))
        .map(|start| Network { start, prefix, ..network })
        .ok_or_else(|| {
            format!(
                "not enough remaining address space for a subnet with a prefix of {prefix} bits \
                 after {previous}"
            )
        })
}
