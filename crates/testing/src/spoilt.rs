//! Malformed mails, made of whole ones by a generator that its user gives a seed.

use rand::{RngExt, rngs::StdRng, seq::IndexedRandom};

/// A mail that nobody would write: one of the seeds, cut, crossed with others and strewn with what means something in a mail.
///
/// # Panics
/// Without a seed.
#[must_use]
pub fn spoilt_mail(seeds: &[Vec<u8>], random: &mut StdRng) -> Vec<u8> {
    const PIECES: [&[u8]; 24] = [
        b"\r\n",
        b"\n",
        b"\r",
        b"\0",
        b"--",
        b"=?utf-8?B?",
        b"?=",
        b"\"",
        b"(",
        b")",
        b"<",
        b">",
        b";",
        b"=",
        b"\xff",
        b"\x1b$B",
        b"Content-Type: multipart/mixed; boundary=\"\"\r\n",
        b"Content-Type: text/html\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"[[ cwr-aaaaaaaaaaaaaaaaaaaaaaaaaa ]]",
        b"<script>x()</script>",
        b"\xe0\xa6",
        b"filename*0*=utf-8''%",
        b"From: ",
    ];
    let mut raw = seeds.choose(random).expect("a seed").clone();
    for _ in 0..random.random_range(1..8) {
        let at = random.random_range(0..=raw.len());
        match random.random_range(0..6) {
            0 => raw.truncate(at),
            1 => drop(raw.splice(at..at, PIECES.choose(random).expect("a piece").iter().copied())),
            2 => {
                let end = (at + random.random_range(0..40)).min(raw.len());
                raw.drain(at..end);
            }
            3 => raw.iter_mut().skip(at).take(3).for_each(|byte| *byte = random.random()),
            4 => {
                let other = seeds.choose(random).expect("a seed");
                raw.extend(&other[random.random_range(0..other.len())..]);
            }
            _ => {
                let end = (at + random.random_range(0..200)).min(raw.len());
                let copied = raw[at..end].to_vec();
                drop(raw.splice(at..at, copied));
            }
        }
    }
    raw
}
