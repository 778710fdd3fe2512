//! Network addresses, and whose they are.

use std::net::IpAddr;

/// What the addresses of one subscriber have in common: an IPv4 address, or the first 56 bits of an IPv6 address, behind which one
/// subscriber has as many as they like (RFC 6177). An IPv4 address that is written as one of IPv6 is itself.
pub fn subscriber(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => address.octets()[..7].iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscriber_is_one_however_many_addresses_they_have() {
        let of = |text: &str| subscriber(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2200::1"), of("2001:db8:1:22ff::9"));
        assert_ne!(of("2001:db8:1:2200::1"), of("2001:db8:1:2300::1"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
        assert_ne!(of("10.0.0.1"), of("10.0.0.2"));
    }
}
