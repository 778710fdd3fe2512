//! Mails of about five kilobytes, as the mail server of an installation hands them on: each with an id and words of its own.

use std::fmt::Write as _;

use careway_standalone::seed::{AUTHSERV_ID, SUPPORT};

/// The domain of the partner whose people write.
pub(super) const DOMAIN: &str = "shondhan.example";

/// Bytes of a mail, at least.
const SIZE: usize = 5_000;
/// Of what they write; drawn from by number, so that no two mails say the same.
const WORDS: [&str; 40] = [
    "appointment",
    "clinic",
    "patient",
    "doctor",
    "examination",
    "ultrasound",
    "morning",
    "afternoon",
    "price",
    "invoice",
    "member",
    "number",
    "confirmed",
    "cancelled",
    "please",
    "change",
    "waiting",
    "since",
    "yesterday",
    "Thursday",
    "we",
    "the",
    "of",
    "and",
    "to",
    "in",
    "is",
    "that",
    "for",
    "our",
    "system",
    "shows",
    "another",
    "time",
    "than",
    "reception",
    "told",
    "her",
    "what",
    "now",
];

/// How the words are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// One part of plain text.
    Plain,
    /// The same as text and as HTML, quoted-printable, as most mail programs send it.
    Alternative,
}

impl Form {
    pub(super) const ALL: [Self; 2] = [Self::Plain, Self::Alternative];

    /// For tables.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain text",
            Self::Alternative => "text and HTML",
        }
    }
}

/// Who writes the mail of that number.
pub(super) fn author(number: u64) -> String {
    format!("author{number:05}@{DOMAIN}")
}

/// A mail.
pub(super) fn letter(number: u64, author: &str, form: Form) -> Vec<u8> {
    let mut mail = format!(
        "Return-Path: <{author}>\n\
         Received: from mail.{DOMAIN} (mail.{DOMAIN} [192.0.2.25])\n\tby mx.careway.example (Postfix) with ESMTPS id {number:016X}\n\
         \tfor <{SUPPORT}>; Mon, 23 Nov 2026 09:00:01 +0600 (+06)\n\
         Received: from [198.51.100.7] (office.{DOMAIN} [198.51.100.7])\n\tby mail.{DOMAIN} (Postfix) with ESMTPSA id {number:010X}\n\
         \tfor <{SUPPORT}>; Mon, 23 Nov 2026 09:00:00 +0600 (+06)\n\
         Authentication-Results: {AUTHSERV_ID};\n\tdkim=pass header.d={DOMAIN};\n\tdmarc=pass (p=reject) header.from={DOMAIN}\n\
         DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={DOMAIN}; s=m1;\n\th=from:to:subject:date:message-id;\n\
         \tbh=g3zLYH4xKxcPrHOD18z9YfpQcnk/GaJedfustWU5uGs=;\n\
         \tb=Vk8mC0Xd2mY0s5b1nq0F7cZxw3S0hAq2L4p9T6rE8uJ1yG5iO3kD7fN2vB9xMzQwPl\n\
         From: =?utf-8?q?Tanvir_Rahm=C4=81n?= <{author}>\nTo: Support <{SUPPORT}>\n\
         Subject: =?utf-8?q?Wrong_time_of_an_appointment_=E2=80=93_{number}?=\nDate: Mon, 23 Nov 2026 09:00:00 +0600\n\
         Message-ID: <{number:032x}@mail.{DOMAIN}>\nUser-Agent: Mozilla Thunderbird\nMIME-Version: 1.0\n"
    );
    match form {
        Form::Plain => {
            mail.push_str("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n");
            let left = SIZE.saturating_sub(mail.len());
            mail.push_str(&lines(number, left).join("\n"));
        }
        Form::Alternative => {
            mail.push_str("Content-Type: multipart/alternative; boundary=\"=_careway-bench\"\n\n");
            let half = SIZE.saturating_sub(mail.len() + 400) / 2;
            let lines = lines(number, half);
            let part = "--=_careway-bench\nContent-Transfer-Encoding: quoted-printable\nContent-Type: ";
            let _ = write!(mail, "{part}text/plain; charset=utf-8\n\n{}\n", lines.join("\n"));
            let html = lines.join("<br>\n");
            let _ = write!(
                mail,
                "{part}text/html; charset=utf-8\n\n<html><body><p class=3D\"x\">{html}</p>\n<p>Tanvir Rahm=C4=81n</p>\
                 </body></html>\n--=_careway-bench--\n"
            );
        }
    }
    mail.replace('\n', "\r\n").into_bytes()
}

/// Lines that nobody wrote before, of about so many bytes in all.
fn lines(number: u64, size: usize) -> Vec<String> {
    let (mut lines, mut line, mut length) = (Vec::new(), format!("Case {number}:"), 0);
    let mut draw = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    while length + line.len() < size {
        draw ^= draw << 13;
        draw ^= draw >> 7;
        draw ^= draw << 17;
        line.push(' ');
        line.push_str(WORDS[usize::try_from(draw % WORDS.len() as u64).unwrap_or_default()]);
        if line.len() > 62 {
            length += line.len();
            lines.push(std::mem::take(&mut line));
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_has_about_five_kilobytes_and_no_words_of_another() {
        for form in Form::ALL {
            let mails = [1, 2].map(|number| letter(number, &author(number), form));
            for mail in &mails {
                assert!((4_800..5_600).contains(&mail.len()), "{form:?}: {}", mail.len());
            }
            assert_ne!(mails[0], mails[1]);
        }
    }
}
