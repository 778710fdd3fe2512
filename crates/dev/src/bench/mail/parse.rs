//! Reading a mail as cases does, beside mail-parser alone on the same bytes: one after the other, in one thread.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use careway_cases::MailReader;
use careway_standalone::seed::{AUTHSERV_ID, SUPPORT};
use mail_parser::MessageParser;

use super::letters::{Form, author, letter};
use crate::say;

/// Different mails that are read in turn.
const DIFFERENT: u64 = 64;

/// Mails of one form.
pub(super) struct Parsed {
    pub(super) form: Form,
    /// What reading as cases does took, and mail-parser alone.
    pub(super) rounds: Vec<(Duration, Duration)>,
}

/// Measures so many rounds of both, in turn.
pub(super) fn measure(mails: u32, rounds: usize) -> anyhow::Result<Vec<Parsed>> {
    let reader = MailReader::new(SUPPORT, AUTHSERV_ID);
    let mut parsed = Vec::new();
    for form in Form::ALL {
        let step = say::begin(format!("reading {mails} mails of {}", form.name()));
        let letters: Vec<_> = (0..DIFFERENT).map(|number| letter(number, &author(number), form)).collect();
        let mut measured = Parsed { form, rounds: Vec::new() };
        for _ in 0..rounds {
            let own = every(&letters, mails, |mail| reader.words(mail))?;
            let bare = every(&letters, mails, |mail| bare(mail).unwrap_or_default())?;
            measured.rounds.push((own, bare));
        }
        let (own, bare) = measured.rounds.last().context("no round")?;
        step.done(format!("{mails} mails of {} in {:.2?}, bare {:.2?}", form.name(), own, bare));
        parsed.push(measured);
    }
    Ok(parsed)
}

/// Every mail has words, or it was not read.
fn every(letters: &[Vec<u8>], mails: u32, words: impl Fn(&[u8]) -> usize) -> anyhow::Result<Duration> {
    let since = Instant::now();
    for letter in letters.iter().cycle().take(mails as usize) {
        ensure!(words(letter) > 1_000, "a mail without words");
    }
    Ok(since.elapsed())
}

fn bare(mail: &[u8]) -> Option<usize> {
    let parsed = MessageParser::default().parse(mail)?;
    Some(parsed.body_text(0)?.len())
}
