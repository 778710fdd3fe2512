//! Mails as they came: in their rows and as objects, under keys that change, gone with redacted words; and what comes with a
//! mail that a person takes in.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use careway_contract::cases::v1::{
    AcceptHeldMailRequest, DownloadAttachmentRequest, RedactCaseMessageRequest,
    attachment_service_client::AttachmentServiceClient, mail_outcome::Outcome,
};
use careway_testing::{eventually, refusal};
use tokio_stream::StreamExt;

use crate::test_inbox::TestInbox;

const OLD: &str = "the-first-key-of-documents-of-the-tests";
const NEW: &str = "the-newer-key-of-documents-of-the-tests";
/// Octets of the invoices that make a mail a large one.
const LARGE: usize = 100_000;

/// A mail of Tanvir's with an invoice of so many octets.
fn with_invoice(id: &str, dmarc: &str, size: usize) -> Vec<u8> {
    let mut invoice = format!("%PDF-1.7\n{id} ").into_bytes();
    invoice.resize(size, b'x');
    let lines: Vec<String> = STANDARD
        .encode(invoice)
        .as_bytes()
        .chunks(76)
        .map(|line| String::from_utf8(line.to_vec()).unwrap())
        .collect();
    format!(
        "Authentication-Results: mx.careway.example; dmarc={dmarc} header.from=shondhan.example.org\r\n\
         From: Tanvir <tanvir@shondhan.example.org>\r\nTo: support@careway.example\r\nMessage-ID: <{id}@shondhan.example.org>\r\n\
         Date: Sat, 28 Nov 2026 09:00:00 +0000\r\nSubject: The invoice {id}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee the invoice {id}.\r\n\
         --b\r\nContent-Type: application/pdf; name=invoice.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
        lines.join("\r\n")
    )
    .into_bytes()
}

impl TestInbox {
    /// Delivers a mail to K1, which appends it; the message that it became.
    async fn appended(&self, raw: &[u8]) -> String {
        let recipient = self.filled_text("support+{{token K1 tanvir}}@careway.example");
        let outcomes = self.deliver("tanvir@shondhan.example.org", &[&recipient], raw).await.unwrap();
        assert_eq!(outcomes[0].outcome(), Outcome::Appended);
        self.messages("tanvir", &self.case("K1").to_string()).await.pop().unwrap().message_id
    }

    async fn redact(&self, case_id: &str, message_id: &str) {
        let request = RedactCaseMessageRequest {
            case_id: case_id.to_owned(),
            message_id: message_id.to_owned(),
            reason: "Named a patient".to_owned(),
        };
        self.cases().redact_case_message(self.by("paul", request)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_mail_is_an_object_under_keys_that_take_over_from_one_another() {
    let mut inbox = TestInbox::start().await;
    let case = inbox.case("K1").to_string();
    let raw = with_invoice("large", "pass", LARGE);
    let message = inbox.appended(&raw).await;
    assert_eq!(inbox.count("select count(*) from mail_original").await, 1);
    assert_eq!(inbox.count("select count(*) from inbound_mail where raw is null").await, 1);
    assert_eq!(inbox.objects(), 2, "the mail and its invoice");
    assert!(inbox.original(&case, &message).await.unwrap() == raw);

    let keys = "select count(distinct key_id) from (select key_id from mail_original union all select key_id from case_attachment
        where key_id is not null) k";
    inbox
        .restart(&[
            ("CAREWAY_DOCUMENTS_KEYS", &format!("{NEW},{OLD}")),
            ("CAREWAY_DOCUMENTS_TIMER_SECONDS", "1"),
        ])
        .await;
    // A newer mail says which key is the newest.
    let newer = inbox.appended(&with_invoice("newer", "pass", LARGE)).await;
    eventually("every object is under the newest key", async || inbox.count(keys).await == 1).await;
    inbox.restart(&[("CAREWAY_DOCUMENTS_KEYS", NEW)]).await;
    assert!(inbox.original(&case, &message).await.unwrap() == raw, "the older key is not needed any more");
    assert!(!inbox.original(&case, &newer).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_redacted_is_gone_from_the_mail_too() {
    let mut inbox = TestInbox::start().await;
    inbox.restart(&[("CAREWAY_DOCUMENTS_TIMER_SECONDS", "1")]).await;
    let case = inbox.case("K1").to_string();
    let small = inbox.appended(&with_invoice("small", "pass", 1_000)).await;
    let large = inbox.appended(&with_invoice("large", "pass", LARGE)).await;
    let kept = inbox.appended(&with_invoice("kept", "pass", LARGE)).await;
    assert_eq!(inbox.objects(), 5, "three invoices, two mails");
    for message in [&small, &large] {
        inbox.redact(&case, message).await;
        assert_eq!(refusal(inbox.original(&case, message).await).reason(), "NOT_FOUND");
    }
    let read = "select count(*) from inbound_mail i join case_message m using (inbound_mail_id)
        where m.redacted_at is not null and (i.raw is not null or i.summary is not null)";
    assert_eq!(inbox.count(read).await, 0);
    assert_eq!(inbox.count("select count(*) from mail_original").await, 1);
    assert!(!inbox.original(&case, &kept).await.unwrap().is_empty());
    // What no row names any more is swept: two invoices and a mail.
    inbox.clock.advance(Duration::from_secs(25 * 3600));
    eventually("objects without a row are set aside", async || inbox.objects() == 2).await;
    assert!(!inbox.original(&case, &kept).await.unwrap().is_empty());
    // The same mail again is known all the same.
    let recipient = inbox.filled_text("support+{{token K1 tanvir}}@careway.example");
    let again = with_invoice("small", "pass", 1_000);
    let again = inbox.deliver("tanvir@shondhan.example.org", &[&recipient], &again).await.unwrap();
    assert_eq!(again[0].outcome(), Outcome::Duplicate);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_a_held_mail_come_along_when_it_is_accepted() {
    let inbox = TestInbox::start().await;
    let account_id = inbox.world.account("tanvir").to_string();
    for (id, size) in [("small", 1_000), ("large", LARGE)] {
        let raw = with_invoice(id, "fail", size);
        let outcomes =
            inbox.deliver("x@elsewhere.example", &["support@careway.example"], &raw).await.unwrap();
        assert_eq!(outcomes[0].outcome(), Outcome::Held);
        let accept = AcceptHeldMailRequest {
            inbound_mail_id: outcomes[0].inbound_mail_id.clone(),
            case_id: inbox.case("K1").to_string(),
            account_id: account_id.clone(),
            ..Default::default()
        };
        inbox.mail().accept_held_mail(inbox.by("paul", accept.clone())).await.unwrap();
        let said = inbox.messages("tanvir", &accept.case_id).await.pop().unwrap();
        assert_eq!(said.body, format!("See the invoice {id}."));
        let [file] = said.attachments.as_slice() else { panic!("{id}: {:?}", said.attachments) };
        assert_eq!((file.file_name.as_str(), file.media_type.as_str()), ("invoice.pdf", "application/pdf"));
        let request = DownloadAttachmentRequest { attachment_id: file.attachment_id.clone() };
        let mut files = AttachmentServiceClient::new(inbox.upstream());
        let mut pieces = files.download_attachment(inbox.by("tanvir", request)).await.unwrap().into_inner();
        let mut content = Vec::new();
        while let Some(piece) = pieces.next().await {
            content.extend(piece.unwrap().data);
        }
        assert_eq!(content.len(), size);
        // Whoever answers that mail is in the case.
        let answer = format!(
            "Authentication-Results: mx.careway.example; dmarc=pass\r\nFrom: tanvir@shondhan.example.org\r\n\
             Message-ID: <answer-{id}@shondhan.example.org>\r\nIn-Reply-To: <{id}@shondhan.example.org>\r\n\
             Subject: Re\r\n\r\nAnd {id} once more.\r\n"
        );
        let outcomes =
            inbox.deliver("tanvir@shondhan.example.org", &["support@careway.example"], answer.as_bytes());
        let outcomes = outcomes.await.unwrap();
        assert_eq!((outcomes[0].outcome(), &outcomes[0].case_id), (Outcome::Appended, &accept.case_id));

        let again = refusal(inbox.mail().accept_held_mail(inbox.by("paul", accept.clone())).await);
        assert_eq!(again.reason(), "MAIL_DECIDED");
        // The invoice of the try that was refused is taken back.
        let objects = if id == "small" { 1 } else { 3 };
        eventually("nothing is left of it", async || inbox.objects() == objects).await;
    }
}
