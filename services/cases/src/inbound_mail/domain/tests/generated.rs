//! Malformed mails by the thousand: the vectors' mails, spoilt.

use careway_testing::spoilt_mail;
use rand::{SeedableRng, rngs::StdRng};

use super::{super::mail::Mail, bombs::bomb, bytes, ours, placeholders::filled, vectors};

/// How many in an ordinary run; `CAREWAY_TEST_MAILS` says otherwise.
const MAILS: usize = 1_500;

#[test]
fn no_mail_panics_however_it_is_spoilt() {
    let seeds: Vec<Vec<u8>> = vectors("mails.jsonl")
        .iter()
        .map(|row| filled(&bytes(&format!("mails/{}", row["file"].as_str().unwrap()))))
        .chain([bomb("bomb-05"), bomb("bomb-03")].map(|raw| raw[..4_000].to_vec()))
        .collect();
    #[expect(clippy::disallowed_methods, reason = "how long somebody by hand wants to wait is theirs to say")]
    let count = std::env::var("CAREWAY_TEST_MAILS").map_or(MAILS, |count| count.parse().unwrap());
    let mut random = StdRng::seed_from_u64(20_261_128);
    for number in 0..count {
        let raw = spoilt_mail(&seeds, &mut random);
        let read = std::panic::catch_unwind(|| Mail::read(&raw, "a@b.cd", &ours()));
        let Ok(mail) = read else { panic!("mail {number}: {}", String::from_utf8_lossy(&raw)) };
        let words = [&mail.subject, &mail.words.visible, &mail.words.quoted];
        assert!(words.iter().all(|text| !text.contains('\0')), "mail {number}");
        assert!(mail.files.iter().all(|file| !file.name.contains(['/', '\\', '\0'])), "mail {number}");
        let html = mail.html.unwrap_or_default().to_lowercase();
        assert!(!html.contains("<script") && !html.contains("javascript:"), "mail {number}: {html}");
    }
}
