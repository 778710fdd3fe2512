//! Which addresses may be asked: public ones, by TLS.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Characters of an address.
const LONGEST: usize = 2048;
/// Names that mean something else in every network.
const LOCAL: [&str; 4] = ["localhost", "local", "internal", "home.arpa"];

/// Why an address is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AddressRefusal {
    /// Not the address of anything.
    #[error("must be an absolute https address")]
    Malformed,
    /// Too many characters.
    #[error("must have at most 2048 characters")]
    TooLong,
    /// It would be sent in the clear, or somewhere else altogether.
    #[error("must be https")]
    NotHttps,
    /// A name or a password in it.
    #[error("must have no user and no password")]
    Credentials,
    /// What servers are never told.
    #[error("must have no fragment")]
    Fragment,
    /// A port of something that is no web server.
    #[error("must be on port 443 or from 1024 on")]
    Port,
    /// A name that is no public one.
    #[error("must have a public host name")]
    HostNotPublic,
    /// The same host under another spelling.
    #[error("must spell its host without a dot at the end")]
    HostSpelling,
    /// It leads into a private network.
    #[error("must not lead into a private network")]
    AddressNotPublic,
}

/// Reads an address. In development one of a private network may be asked, and without TLS.
pub(crate) fn parse(text: &str, private: bool) -> Result<Url, AddressRefusal> {
    if text.contains('\\') || text.contains(char::is_whitespace) {
        return Err(AddressRefusal::Malformed);
    }
    let url = Url::parse(text).map_err(|_| AddressRefusal::Malformed)?;
    if url.as_str().len() > LONGEST {
        return Err(AddressRefusal::TooLong);
    }
    let secure = url.scheme() == "https" || private && url.scheme() == "http";
    let host = url.host().ok_or(AddressRefusal::Malformed)?;
    if !secure {
        return Err(AddressRefusal::NotHttps);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressRefusal::Credentials);
    }
    if url.fragment().is_some() {
        return Err(AddressRefusal::Fragment);
    }
    if !private {
        let port = url.port_or_known_default().unwrap_or_default();
        if port != 443 && port < 1024 {
            return Err(AddressRefusal::Port);
        }
        public(&host)?;
    }
    Ok(url)
}

fn public(host: &Host<&str>) -> Result<(), AddressRefusal> {
    let address = match host {
        Host::Ipv4(address) => IpAddr::V4(*address),
        Host::Ipv6(address) => IpAddr::V6(*address),
        Host::Domain(name) => {
            let bare = name.trim_end_matches('.');
            let local = |known: &&str| bare == *known || bare.ends_with(&format!(".{known}"));
            return match bare.contains('.') && !LOCAL.iter().any(local) {
                true if bare == *name => Ok(()),
                true => Err(AddressRefusal::HostSpelling),
                false => Err(AddressRefusal::HostNotPublic),
            };
        }
    };
    if is_global(address) { Ok(()) } else { Err(AddressRefusal::AddressNotPublic) }
}

/// Whether a name that has these addresses may be asked: every one of them must be reachable from everywhere.
pub(crate) fn may_be_asked(addresses: &[IpAddr], private: bool) -> bool {
    !addresses.is_empty() && addresses.iter().all(|address| private || is_global(*address))
}

/// Whether an address is reachable from everywhere, by the IANA registries of special addresses.
pub(crate) fn is_global(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_global_v4(address),
        IpAddr::V6(address) => is_global_v6(address),
    }
}

fn is_global_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || a == 100 && (64..128).contains(&b)
        || a == 192 && b == 0 && c == 0
        || a == 192 && b == 88 && c == 99
        || a == 198 && (18..20).contains(&b);
    !special
}

fn is_global_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let [.., high, low] = segments;
    let v4 = Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match segments {
        // IPv4 in IPv6 is judged as what it is: mapped, and translated by NAT64.
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => is_global_v4(v4),
        // IETF protocols, documentation, 6to4.
        [0x2001, second, ..] => second >= 0x200 && second != 0xdb8,
        [0x2002, ..] => false,
        [0x3fff, second, ..] => second >= 0x1000,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::vectors;

    fn code(refusal: AddressRefusal) -> &'static str {
        match refusal {
            AddressRefusal::Malformed => "URL_MALFORMED",
            AddressRefusal::TooLong => "URL_TOO_LONG",
            AddressRefusal::NotHttps => "NOT_HTTPS",
            AddressRefusal::Credentials => "URL_CREDENTIALS",
            AddressRefusal::Fragment => "URL_FRAGMENT",
            AddressRefusal::Port => "PORT_NOT_ALLOWED",
            AddressRefusal::HostNotPublic => "HOST_NOT_PUBLIC",
            AddressRefusal::HostSpelling => "HOST_SPELLING",
            AddressRefusal::AddressNotPublic => "ADDRESS_NOT_PUBLIC",
        }
    }

    fn addresses(of: &Value) -> Vec<IpAddr> {
        of.as_array().unwrap().iter().map(|address| address.as_str().unwrap().parse().unwrap()).collect()
    }

    fn play(row: &Value) {
        if let Some(address) = row["address"].as_str() {
            assert_eq!(row["mayBeConnectedTo"], is_global(address.parse().unwrap()), "{row}");
            return;
        }
        let read = parse(row["url"].as_str().unwrap(), false);
        if let Some(refused) = row["refused"].as_array() {
            let refusal = read.expect_err("it is refused");
            assert!(refused.contains(&Value::from(code(refusal))), "{refusal:?}: {row}");
            return;
        }
        let url = read.unwrap_or_else(|refusal| panic!("{refusal:?}: {row}"));
        if let Some(stored) = row["stored"].as_str() {
            assert_eq!(url.as_str(), stored, "{row}");
        }
        for resolution in row["resolutions"].as_array().into_iter().flatten() {
            let may = may_be_asked(&addresses(&resolution["addresses"]), false);
            assert_eq!(resolution["may"], may, "{row}");
        }
    }

    #[test]
    fn every_address_is_judged_as_the_vectors_say() {
        let rows = vectors::read("urls.jsonl");
        rows.iter().for_each(play);
        let kinds: BTreeSet<_> = rows.iter().filter_map(|row| row["kind"].as_str()).collect();
        assert!(rows.len() > 100 && kinds.contains("dns") && kinds.contains("redirect"));
    }

    #[test]
    fn in_development_a_private_address_may_be_asked() {
        assert!(parse("http://127.0.0.1:8080/in", true).is_ok());
        assert!(parse("ftp://127.0.0.1/in", true).is_err());
        assert!(may_be_asked(&[IpAddr::V4(Ipv4Addr::LOCALHOST)], true) && !may_be_asked(&[], true));
    }
}
