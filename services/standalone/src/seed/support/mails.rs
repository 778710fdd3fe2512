//! What partners of the demo write by mail, and what somebody writes in their name.

use anyhow::ensure;

use super::{
    super::{
        Answer, Rest,
        mail::{Mail, SUPPORT},
    },
    story::Act,
};

/// A mail that opens a case.
pub(super) struct Arrived {
    author: &'static str,
    /// Its Message-ID: what it is known by when it comes again.
    pub(super) id: &'static str,
    subject: &'static str,
    text: &'static str,
    /// Name, type and lines.
    file: Option<(&'static str, &'static str, &'static str)>,
    /// What is done about it.
    pub(super) course: &'static [Act],
}

/// One line of text, as a page.
const OPENING_HOURS: &str = "%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 300 100] /Contents 4 0 R
  /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >> >> endobj
4 0 obj << /Length 48 >> stream
BT /F1 11 Tf 20 50 Td (Sunday to Thursday) Tj ET
endstream endobj
trailer << /Root 1 0 R >>
%%EOF";

pub(super) static ARRIVED: [Arrived; 2] = [
    Arrived {
        author: "tanvir@shondhan.example",
        id: "opening-hours-1",
        subject: "Opening hours during Ramadan",
        text: "Dear support,\n\nplease set the hours of our clinics as in the file.\n\nTanvir",
        file: Some(("opening-hours.pdf", "application/pdf", OPENING_HOURS)),
        course: &[],
    },
    Arrived {
        author: "mihai@global-assistance.example",
        id: "cancellation-1",
        subject: "A cancellation is not confirmed",
        text: "Hello,\n\nbooking RO-5519 was cancelled on Monday, and the patient still gets reminders.\n\nMihai",
        file: None,
        course: &[Act::Answers("The clinic confirmed it today; no reminder goes out any more.")],
    },
];

/// A mail in somebody's name that their domain disowns.
pub(super) static SPOOFED: Arrived = Arrived {
    author: "farhana@shondhan.example",
    id: "new-account-1",
    subject: "Our bank account has changed",
    text: "Please pay to the new account from today on. It is urgent.",
    file: None,
    course: &[],
};

impl Arrived {
    fn mail(&self) -> Mail {
        let mail = Mail::new(self.author, self.subject, self.text, self.id);
        match self.file {
            Some((name, media_type, content)) => mail.with_file(name, media_type, content),
            None => mail,
        }
    }
}

/// Delivers a mail; the path of the case that it opened, now or before.
pub(super) async fn deliver(server: &Rest, arrived: &Arrived) -> anyhow::Result<String> {
    let answer = became(server, &arrived.mail(), &["NEW_CASE", "DUPLICATE"]).await?;
    Ok(format!("/v1/cases/{}", answer.text("outcomes.0.caseId")))
}

/// Delivers a mail that nobody believes.
pub(super) async fn deliver_spoofed(server: &Rest, arrived: &Arrived) -> anyhow::Result<()> {
    became(server, &arrived.mail().forged(), &["HELD", "DUPLICATE"]).await?;
    Ok(())
}

async fn became(server: &Rest, mail: &Mail, expected: &[&str]) -> anyhow::Result<Answer> {
    let answer = mail.deliver(server, SUPPORT).await?.ok()?;
    let outcome = answer.text("outcomes.0.outcome");
    ensure!(expected.contains(&outcome), "a mail became {outcome}: {}", answer.body);
    Ok(answer)
}
