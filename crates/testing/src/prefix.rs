//! Names that keep the tests on one shared server apart.

use careway_kernel::random;

/// A prefix for streams, subjects and keys that no other test has: lower-case letters and digits.
#[must_use]
pub fn unique_prefix() -> String {
    format!("t{}", hex::encode(random::bytes::<8>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_differ_and_fit_a_stream_name() {
        let prefix = unique_prefix();
        assert_ne!(prefix, unique_prefix());
        assert!(prefix.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
    }
}
