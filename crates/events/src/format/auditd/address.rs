//! What a SOCKADDR record's `saddr` means.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::batch::EventBuilder;

use super::decode;
use super::pairs::Pairs;

/// Where a socket is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Address {
    Local(String),
    Internet(&'static str, String, u16),
    Other(&'static str),
}

/// Gives the fields of `saddr`, unless the daemon has enriched the record with them.
pub(super) fn give(body: &str, events: &mut EventBuilder) {
    if !["saddr_fam", "laddr", "lport", "path"].into_iter().any(|name| events.wants(name)) {
        return;
    }
    let mut pairs = Pairs::of(body);
    let Some(saddr) = pairs.by_ref().find(|pair| pair.key == "saddr" && decode::is_hex(pair.value)) else {
        return;
    };
    if pairs.any(|pair| pair.key == "saddr_fam") {
        return;
    }
    let bytes: Vec<u8> = decode::each(saddr.value).collect();
    match address(&bytes) {
        Some(Address::Local(path)) => {
            events.set("saddr_fam", "local");
            events.set("path", &path);
        }
        Some(Address::Internet(family, host, port)) => {
            events.set("saddr_fam", family);
            events.set("laddr", &host);
            events.set("lport", &port.to_string());
        }
        Some(Address::Other(family)) => events.set("saddr_fam", family),
        None => {}
    }
}

/// The family stands in the machine's byte order, which is taken to be little-endian; the rest in the network's.
fn address(bytes: &[u8]) -> Option<Address> {
    let (family, rest) = bytes.split_first_chunk::<2>()?;
    match u16::from_le_bytes(*family) {
        1 => {
            let is_abstract = rest.first() == Some(&0);
            let name = rest.get(usize::from(is_abstract)..).unwrap_or_default();
            let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
            let name = String::from_utf8_lossy(name);
            Some(Address::Local(if is_abstract { format!("@{name}") } else { name.into_owned() }))
        }
        2 => {
            let (port, rest) = rest.split_first_chunk::<2>()?;
            let host = Ipv4Addr::from(*rest.first_chunk::<4>()?);
            Some(Address::Internet("inet", host.to_string(), u16::from_be_bytes(*port)))
        }
        10 => {
            let (port, rest) = rest.split_first_chunk::<2>()?;
            let host = Ipv6Addr::from(*rest.get(4..)?.first_chunk::<16>()?);
            Some(Address::Internet("inet6", host.to_string(), u16::from_be_bytes(*port)))
        }
        16 => Some(Address::Other("netlink")),
        17 => Some(Address::Other("packet")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(hex: &str) -> Option<Address> {
        address(&decode::each(hex).collect::<Vec<_>>())
    }

    #[test]
    fn addresses_are_read() {
        let inet = Address::Internet("inet", "203.0.113.21".to_owned(), 21);
        assert_eq!(of("02000015CB0071150000000000000000"), Some(inet));
        let inet6 = Address::Internet("inet6", "::1".to_owned(), 8080);
        assert_eq!(of("0A001F90000000000000000000000000000000000000000100000000"), Some(inet6));
        assert_eq!(of("01002F72756E2F6E73636400"), Some(Address::Local("/run/nscd".to_owned())));
        assert_eq!(of("01000061626300"), Some(Address::Local("@abc".to_owned())));
        assert_eq!(of("10000000"), Some(Address::Other("netlink")));
    }

    #[test]
    fn what_is_cut_gives_nothing() {
        for hex in ["", "02", "020000", "02000015CB00", "0A001F9000000000", "FFFF00"] {
            assert_eq!(of(hex), None, "{hex}");
        }
    }
}
