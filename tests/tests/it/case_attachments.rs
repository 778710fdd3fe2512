//! The files of cases through the gateway: uploaded, sent with a message, read by whoever sees that; and every refusal.

use std::{fs, path::Path, time::Duration};

use careway_testing::clamd::{self, VIRUS};
use careway_tests::{Answer, Mail, Request, Rest, SUPPORT, Support, TestPlatform, accepted, refused, until};
use reqwest::header::HeaderName;
use serde_json::json;

const PDF: &str = "application/pdf";

fn pdf(size: usize) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    file.resize(size, b'x');
    file
}

/// An upload under a key of its own.
fn upload(by: &Rest, path: &str, file: Vec<u8>) -> Request {
    by.upload(path, PDF, file).key(&uuid::Uuid::now_v7().to_string())
}

async fn uploaded(by: &Rest, name: &str) -> String {
    let answer = accepted(201, upload(by, &format!("/v1/case-attachments?fileName={name}"), pdf(1000))).await;
    answer.text("attachment.attachmentId").to_owned()
}

/// The file itself.
async fn content(by: &Rest, id: &str) -> reqwest::Response {
    let request = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = request.get(format!("{}/v1/case-attachments/{id}/content", by.base()));
    request.bearer_auth(by.access_token()).send().await.unwrap()
}

/// Objects below a folder, without the note of whose they are.
fn objects(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths
        .iter()
        .map(|path| if path.is_dir() { objects(path) } else { usize::from(!path.ends_with("owner")) })
        .sum()
}

async fn message(by: &Rest, case: &str, more: serde_json::Value) -> Answer {
    let mut body = json!({"body": "See the file."});
    more.as_object().unwrap().iter().for_each(|(name, value)| body[name] = value.clone());
    accepted(200, by.post(&format!("{case}/messages"), body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_its_uploaders_until_it_is_sent_and_then_everybodys_who_sees_the_message() {
    let platform = TestPlatform::start().await;
    let support = Support::of(&platform).await;
    let (tanvir, farhana, linh, grace) = (&support.tanvir, &support.farhana, &support.linh, &support.grace);

    // Before there is a case, and the case is opened with it.
    let first = uploaded(tanvir, "b%C3%ACll.pdf").await;
    let path = format!("/v1/case-attachments/{first}");
    let read = accepted(200, tanvir.get(&path)).await;
    assert_eq!(
        (
            read.text("attachment.fileName"),
            read.text("attachment.mediaType"),
            read.text("attachment.availability")
        ),
        ("bìll.pdf", PDF, "AVAILABLE")
    );
    assert!(read.at("attachment.expiresAt").is_string());
    for other in [farhana, &support.nusrat, linh] {
        refused(404, "NOT_FOUND", other.get(&path)).await;
        assert_eq!(content(other, &first).await.status(), 404);
        let opening = support.opening(other, &json!({"attachmentIds": [first]}));
        if !std::ptr::eq(other, &support.nusrat) {
            let unknown = refused(422, "ATTACHMENT_UNKNOWN", opening).await;
            assert_eq!(unknown.text("attachmentId"), first);
        }
    }
    let opened = support.open(&json!({"attachmentIds": [first]})).await;
    let case = format!("/v1/cases/{}", opened.text("case.caseId"));
    for reader in [tanvir, farhana, &support.nusrat, grace] {
        assert!(accepted(200, reader.get(&path)).await.at("attachment.expiresAt").is_null());
    }
    refused(404, "NOT_FOUND", linh.get(&path)).await;
    let listed = accepted(200, farhana.get(&format!("{case}/messages"))).await;
    assert_eq!(listed.text("messages.0.attachments.0.attachmentId"), first);
    let again = support.opening(tanvir, &json!({"attachmentIds": [first]}));
    refused(422, "ATTACHMENT_UNKNOWN", again).await;

    // Given out as an attachment, whole and in part, to nobody's browser.
    let whole = content(farhana, &first).await;
    let told = |name: &str| whole.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(
        (told("content-disposition"), told("x-content-type-options")),
        (
            "attachment; filename=\"b_ll.pdf\"; filename*=UTF-8''b%C3%ACll.pdf".to_owned(),
            "nosniff".to_owned()
        )
    );
    assert!(whole.bytes().await.unwrap() == pdf(1000));

    // Into an answer of the case; a note's is support's alone.
    let place = format!("{case}/attachments?fileName=tariff.pdf");
    let second = accepted(201, upload(tanvir, &place, pdf(2000))).await;
    let second = second.text("attachment.attachmentId").to_owned();
    let said = message(tanvir, &case, json!({"attachmentIds": [second]})).await;
    assert_eq!(said.text("message.attachments.0.fileName"), "tariff.pdf");
    refused(404, "NOT_FOUND", upload(linh, &place, pdf(2000))).await;
    refused(403, "PERMISSION_DENIED", upload(&support.nusrat, &place, pdf(2000))).await;
    let third = uploaded(grace, "log.pdf").await;
    message(grace, &case, json!({"internal": true, "attachmentIds": [third]})).await;
    accepted(200, support.paul.get(&format!("/v1/case-attachments/{third}"))).await;
    refused(404, "NOT_FOUND", tanvir.get(&format!("/v1/case-attachments/{third}"))).await;
    let fourth = uploaded(grace, "answer.pdf").await;
    let solved = json!({"message": "It is mended.", "attachmentIds": [fourth]});
    accepted(200, grace.post(&format!("{case}/solve"), solved)).await;
    accepted(200, tanvir.get(&format!("/v1/case-attachments/{fourth}"))).await;

    // What nobody sends is gone after a day, with its object; what was sent stays.
    let fifth = uploaded(tanvir, "forgotten.pdf").await;
    platform.advance(Duration::from_secs(24 * 3600 + 1));
    refused(404, "NOT_FOUND", tanvir.get(&format!("/v1/case-attachments/{fifth}"))).await;
    let late = tanvir.post(&format!("{case}/messages"), json!({"body": "Late", "attachmentIds": [fifth]}));
    refused(422, "ATTACHMENT_UNKNOWN", late).await;
    let folder = platform.documents().join("cases");
    until("what nobody sent to be gone", async || Ok((objects(&folder) == 4).then_some(()))).await.unwrap();
    accepted(200, farhana.get(&path)).await;

    // Words that are taken away take their files with them.
    let redacted = format!("{case}/messages/{}/redact", said.text("message.messageId"));
    accepted(200, support.paul.post(&redacted, json!({"reason": "Named a patient"}))).await;
    let gone = accepted(200, tanvir.get(&format!("/v1/case-attachments/{second}"))).await;
    assert_eq!((gone.text("attachment.availability"), gone.text("attachment.fileName")), ("REDACTED", ""));
    let refused = content(tanvir, &second).await;
    assert_eq!(refused.status(), 409);
    assert!(refused.text().await.unwrap().contains("ATTACHMENT_BLOCKED"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_an_attachment_is_refused_and_leaves_nothing() {
    let scanner = clamd::serve_tcp().await;
    let settings = [("CAREWAY_DOCUMENTS_MAX_MIB", "1"), ("CAREWAY_DOCUMENTS_SCANNER", scanner.as_str())];
    let platform = TestPlatform::with(&settings).await;
    let support = Support::of(&platform).await;
    let tanvir = &support.tanvir;
    let path = "/v1/case-attachments?fileName=x.pdf";

    let large = refused(422, "ATTACHMENT_TOO_LARGE", upload(tanvir, path, pdf((1 << 20) + 1))).await;
    assert_eq!(*large.at("maxBytes"), json!(1 << 20));
    let program = [b"\x7fELF\x02\x01\x01\0".to_vec(), vec![0; 100_000]].concat();
    refused(422, "ATTACHMENT_TYPE_REFUSED", upload(tanvir, path, program)).await;
    let virus = [b"%PDF-1.7\n".to_vec(), VIRUS.to_vec()].concat();
    refused(422, "ATTACHMENT_INFECTED", upload(tanvir, path, virus)).await;
    let digest = HeaderName::from_static("content-digest");
    let damaged = upload(tanvir, path, pdf(100)).header(digest, &format!("sha-256=:{}=:", "A".repeat(43)));
    refused(422, "DIGEST_MISMATCH", damaged).await;
    refused(400, "INVALID_REQUEST", upload(tanvir, path, Vec::new())).await;
    for name in ["", "..%2Fx.pdf"] {
        let named = upload(tanvir, &format!("/v1/case-attachments?fileName={name}"), pdf(100));
        assert_eq!(refused(400, "INVALID_REQUEST", named).await.text("violations.0.field"), "fileName");
    }
    refused(400, "IDEMPOTENCY_KEY_REQUIRED", tanvir.upload(path, PDF, pdf(100))).await;
    let html = tanvir.upload(path, "text/html", "<script>").key("a-page-is-no-attachment");
    refused(415, "UNSUPPORTED_MEDIA_TYPE", html).await;
    let unknown = "/v1/cases/01890a5d-ac96-774b-bcce-b302099a8057/attachments?fileName=x.pdf";
    refused(404, "NOT_FOUND", upload(tanvir, unknown, pdf(100))).await;
    let folder = platform.documents().join("cases");
    until("nothing of them to be left", async || Ok((objects(&folder) == 0).then_some(()))).await.unwrap();

    // A key stands for all of the upload.
    let key = "the-one-key-of-this-file";
    let once = accepted(201, tanvir.upload(path, PDF, pdf(100)).key(key)).await;
    let twice = accepted(201, tanvir.upload(path, PDF, pdf(100)).key(key)).await;
    assert_eq!((twice.header("idempotency-replayed"), &twice.body), (Some("true"), &once.body));
    refused(422, "IDEMPOTENCY_KEY_REUSED", tanvir.upload(path, PDF, pdf(101)).key(key)).await;

    // A message takes fifty; what waits is bounded, too.
    let mut ids = vec![once.text("attachment.attachmentId").to_owned()];
    for _ in 1..100 {
        ids.push(uploaded(tanvir, "x.txt").await);
    }
    refused(422, "TOO_MANY_ATTACHMENTS", upload(tanvir, path, pdf(100))).await;
    let many = support.opening(tanvir, &json!({"attachmentIds": &ids[..51]}));
    refused(422, "TOO_MANY_ATTACHMENTS", many).await;
    support.open(&json!({"attachmentIds": &ids[..50]})).await;
    accepted(201, upload(tanvir, path, pdf(100))).await;
    let wrong = support.opening(tanvir, &json!({"attachmentIds": ["x"]}));
    let wrong = refused(400, "INVALID_REQUEST", wrong).await;
    assert_eq!(wrong.text("violations.0.field"), "attachmentIds[0]");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_a_mail_that_is_too_large_is_noted_and_its_mail_kept() {
    let platform = TestPlatform::with(&[("CAREWAY_DOCUMENTS_MAX_MIB", "1")]).await;
    let support = Support::of(&platform).await;
    let operator = platform.operator().await;
    let words = "x".repeat((1 << 20) + 1);
    let mail = Mail::new(&Support::address("tanvir"), "Slots", "As attached.", "large-1");
    let mail = mail.with_file("slots.txt", "text/plain", &words);
    let outcome = mail.deliver(&operator, SUPPORT).await.unwrap().ok().unwrap();
    let said = format!("/v1/cases/{}/messages", outcome.text("outcomes.0.caseId"));
    let said = accepted(200, support.tanvir.get(&said)).await;
    assert_eq!(said.text("messages.0.attachments.0.availability"), "TOO_LARGE");
    let id = said.text("messages.0.attachments.0.attachmentId");
    let refused = content(&support.tanvir, id).await;
    assert_eq!(refused.status(), 409);
    assert!(refused.text().await.unwrap().contains("ATTACHMENT_BLOCKED"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_taken_while_the_scanner_or_the_store_is_away() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let scanner = format!("tcp://{closed}");
    let platform = TestPlatform::with(&[("CAREWAY_DOCUMENTS_SCANNER", scanner.as_str())]).await;
    let support = Support::of(&platform).await;
    let path = "/v1/case-attachments?fileName=x.pdf";
    refused(503, "SCANNER_UNAVAILABLE", upload(&support.tanvir, path, pdf(100))).await;

    let folder = std::env::temp_dir().join(format!("careway-no-folder-{}", uuid::Uuid::now_v7()));
    let place = folder.to_string_lossy().into_owned();
    let platform = TestPlatform::with(&[("CAREWAY_DOCUMENTS_PLACE", place.as_str())]).await;
    let support = Support::of(&platform).await;
    let kept = uploaded(&support.tanvir, "x.pdf").await;
    fs::remove_dir_all(&folder).unwrap();
    fs::write(&folder, "no folder any more").unwrap();
    refused(503, "DOCUMENTS_UNAVAILABLE", upload(&support.tanvir, path, pdf(100))).await;
    assert_eq!(content(&support.tanvir, &kept).await.status(), 503);
    fs::remove_file(&folder).unwrap();
}
