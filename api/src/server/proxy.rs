//! Which proxies are believed, and what one says of a request: by whom it was sent, and whether in clear.
//!
//! What a proxy adds stands last, so lists are read from their end, and only as far as believed addresses go.

use std::net::IpAddr;
use std::str::FromStr;

use axum::http::{HeaderMap, header};

/// Most hops of a request that are looked at.
pub const MAX_HOPS: usize = 16;

/// Addresses that share their first bits: `10.0.0.0/8`, `fd00::/8`, `192.0.2.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// Why a text is no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither an address nor a network like 10.0.0.0/8")]
pub struct NotANetwork(String);

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let wrong = || NotANetwork(text.chars().take(64).collect());
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| wrong())?;
        // A mapped address is compared as the IPv4 address that it is, and its bits would not be.
        let mapped = address.to_canonical() != address;
        if bits > most || mapped { Err(wrong()) } else { Ok(Self { address, bits }) }
    }
}

impl Network {
    /// Whether an address belongs to it. An IPv4 address within IPv6 counts as the IPv4 address.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(net), IpAddr::V4(address)) => {
                same(net.to_bits().into(), address.to_bits().into(), 32, self.bits)
            }
            (IpAddr::V6(net), IpAddr::V6(address)) => same(net.to_bits(), address.to_bits(), 128, self.bits),
            _ => false,
        }
    }
}

/// Whether two addresses of `width` bits agree in the first `bits`.
fn same(one: u128, other: u128, width: u32, bits: u8) -> bool {
    (one ^ other).checked_shr(width - u32::from(bits)).unwrap_or(0) == 0
}

/// The proxies that are believed. Where there is none, what their headers say is ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(Vec<Network>);

/// What is known of a request from its connection and its proxies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client {
    /// Who sent it, as far as anybody believed says.
    pub address: IpAddr,
    /// Whether it came by TLS all the way that is known.
    pub https: bool,
}

/// Why a request through a proxy is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub enum Unclear {
    /// Two headers say who sent it; one of them may be the sender's own.
    TwoHeaders,
}

impl Unclear {
    /// The stable public code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TwoHeaders => "forwarded-twice",
        }
    }

    /// For people.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::TwoHeaders => {
                "both forwarded and x-forwarded-for say who sent this: the proxy must drop the one that it does not set"
            }
        }
    }
}

impl Proxies {
    /// Those of these networks.
    #[must_use]
    pub const fn of(networks: Vec<Network>) -> Self {
        Self(networks)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an address is a believed proxy's.
    #[must_use]
    pub fn believes(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// Who sent a request that came by a connection from `peer`.
    ///
    /// # Errors
    /// [`Unclear`] where a proxy lets through what it should have dropped.
    pub fn client(&self, peer: IpAddr, tls: bool, headers: &HeaderMap) -> Result<Client, Unclear> {
        let peer = peer.to_canonical();
        if !self.believes(peer) {
            return Ok(Client { address: peer, https: tls });
        }
        let (old, new) = (headers.contains_key("x-forwarded-for"), headers.contains_key(header::FORWARDED));
        if old && new {
            return Err(Unclear::TwoHeaders);
        }
        let (hops, proto) = if new { forwarded(headers) } else { x_forwarded(headers) };
        let mut address = peer;
        for hop in hops.iter().rev().take(MAX_HOPS) {
            // What is no address was written by somebody who is not believed; so was all before it.
            let Some(hop) = hop else { break };
            address = *hop;
            if !self.believes(address) {
                break;
            }
        }
        Ok(Client { address, https: tls || proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https")) })
    }
}

/// Hops, first to last, and how the last proxy was asked.
type Told = (Vec<Option<IpAddr>>, Option<String>);

fn x_forwarded(headers: &HeaderMap) -> Told {
    let hops = parts(headers, "x-forwarded-for").iter().map(|hop| address(hop)).collect();
    (hops, parts(headers, "x-forwarded-proto").pop())
}

/// RFC 7239, section 4.
fn forwarded(headers: &HeaderMap) -> Told {
    let elements = parts(headers, header::FORWARDED.as_str());
    let pair = |element: &str, wanted: &str| {
        element.split(';').find_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().trim_matches('"').to_owned())
        })
    };
    let hops = elements.iter().map(|element| pair(element, "for").and_then(|hop| address(&hop))).collect();
    (hops, elements.last().and_then(|element| pair(element, "proto")))
}

/// The parts of a list, over all headers of the name.
fn parts(headers: &HeaderMap, name: &str) -> Vec<String> {
    let values = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?"));
    values.flat_map(|value| value.split(',')).map(|part| part.trim().to_owned()).collect()
}

/// `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:443`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(address, _)| address);
    let with_port = || text.parse::<std::net::SocketAddr>().ok().map(|socket| socket.ip());
    bare.unwrap_or(text).parse().ok().or_else(with_port).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests;
