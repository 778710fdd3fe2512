//! Which port a program of this checkout listens on.

use std::net::{Ipv4Addr, TcpListener};

/// How many ports are tried before giving up.
const TRIES: u16 = 500;

/// The preferred port if it is free, else the first free one from `first` on.
pub(crate) fn choose(preferred: Option<u16>, first: u16, is_free: impl Fn(u16) -> bool) -> Option<u16> {
    preferred.into_iter().chain(first..=first.saturating_add(TRIES)).find(|port| is_free(*port))
}

/// Whether nothing listens on that port of the loopback address.
pub(crate) fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// Where a checkout starts looking: below the ports that operating systems hand out by themselves, and
/// different from checkout to checkout, so that two of them rarely meet.
pub(crate) fn first_for(key: u64) -> u16 {
    const LOWEST: u16 = 20_000;
    const SPREAD: u64 = 10_000;
    LOWEST + u16::try_from(key % SPREAD).expect("the remainder is below 10,000")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_port_wins_while_it_is_free() {
        assert_eq!(choose(Some(5000), 8080, |_| true), Some(5000));
        assert_eq!(choose(Some(5000), 8080, |port| port != 5000), Some(8080));
    }

    #[test]
    fn taken_ports_are_passed_over() {
        assert_eq!(choose(None, 8080, |port| port > 8082), Some(8083));
        assert_eq!(choose(None, 8080, |_| false), None);
        assert_eq!(choose(None, u16::MAX, |port| port == u16::MAX), Some(u16::MAX));
    }

    #[test]
    fn a_listening_port_is_not_free() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(!is_free(port));
    }

    #[test]
    fn every_checkout_starts_below_the_ephemeral_ports() {
        for key in [0, 9_999, 10_000, u64::MAX] {
            assert!((20_000..30_000).contains(&first_for(key)));
        }
    }
}
