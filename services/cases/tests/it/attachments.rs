//! The files of cases over gRPC: whose they are, when they are gone, what becomes of their keys.

use std::{fs, path::Path, time::Duration};

use careway_contract::{
    cases::v1::{attachment_service_client::AttachmentServiceClient, case_attachment::Availability, *},
    google::api::HttpBody,
};
use careway_service::{Error, Upstream};
use careway_testing::{eventually, refusal};
use futures::{TryStreamExt, stream};

use crate::test_cases::{Member, TestCases, opening};

const PDF: &[u8] = b"%PDF-1.7\nan invoice";

impl TestCases {
    fn attachments(&self) -> AttachmentServiceClient<Upstream> {
        AttachmentServiceClient::new(self.foundation.registry.upstream(careway_cases::NAME))
    }

    async fn upload(&self, by: &Member, file: &[u8]) -> Result<CaseAttachment, Error> {
        let content = Some(HttpBody { data: file.to_vec().into(), ..Default::default() });
        let piece = UploadAttachmentRequest { file_name: "invoice.pdf".to_owned(), content };
        let request = self.by(by, stream::iter([piece]));
        Ok(self.attachments().upload_attachment(request).await?.into_inner().attachment.unwrap())
    }

    async fn upload_for(&self, by: &Member, case_id: &str) -> Result<CaseAttachment, Error> {
        let content = Some(HttpBody { data: PDF.to_vec().into(), ..Default::default() });
        let (case_id, file_name) = (case_id.to_owned(), "invoice.pdf".to_owned());
        let request =
            self.by(by, stream::iter([UploadCaseAttachmentRequest { case_id, file_name, content }]));
        Ok(self.attachments().upload_case_attachment(request).await?.into_inner().attachment.unwrap())
    }

    async fn attachment(&self, by: &Member, id: &str) -> Result<CaseAttachment, Error> {
        let request = self.by(by, GetAttachmentRequest { attachment_id: id.to_owned() });
        Ok(self.attachments().get_attachment(request).await?.into_inner().attachment.unwrap())
    }

    async fn content(&self, by: &Member, id: &str) -> Result<Vec<u8>, Error> {
        let request = self.by(by, DownloadAttachmentRequest { attachment_id: id.to_owned() });
        let pieces = self.attachments().download_attachment(request).await?.into_inner();
        Ok(pieces.map_ok(|piece| piece.data.to_vec()).try_concat().await?)
    }

    async fn say_with(
        &self,
        by: &Member,
        case_id: &str,
        (internal, files): (bool, &[&str]),
    ) -> Result<CaseMessage, Error> {
        let request = AddCaseMessageRequest {
            case_id: case_id.to_owned(),
            body: "See the file.".to_owned(),
            internal,
            attachment_ids: files.iter().map(|id| (*id).to_owned()).collect(),
        };
        Ok(self.client().add_case_message(self.by(by, request)).await?.into_inner().message.unwrap())
    }

    fn objects(&self) -> usize {
        objects(&self.folder.join("cases"))
    }
}

fn objects(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    let is_object = |path: &Path| path.file_name().is_some_and(|name| name.len() == 36);
    paths.iter().map(|path| if path.is_dir() { objects(path) } else { usize::from(is_object(path)) }).sum()
}

#[tokio::test]
async fn a_file_is_its_uploaders_until_a_message_has_it() {
    let cases = TestCases::start().await;
    let file = cases.upload(&cases.tanvir, PDF).await.unwrap();
    let id = &*file.attachment_id;
    assert_eq!((&*file.file_name, &*file.media_type), ("invoice.pdf", "application/pdf"));
    assert_eq!((file.availability(), file.expires_at.is_some()), (Availability::Available, true));
    assert!(cases.content(&cases.tanvir, id).await.unwrap() == PDF);
    for other in [&cases.farhana, &cases.linh, &cases.grace] {
        assert_eq!(refusal(cases.attachment(other, id).await).reason(), "NOT_FOUND");
        assert_eq!(refusal(cases.content(other, id).await).reason(), "NOT_FOUND");
        let taken = OpenCaseRequest { attachment_ids: vec![id.to_owned()], ..opening("Mine") };
        let taken = if other.person.kind == careway_service::OrganizationKind::Platform {
            OpenCaseRequest { organization_id: cases.tanvir.person.organization.to_string(), ..taken }
        } else {
            taken
        };
        let unknown = refusal(cases.try_open(other, taken).await);
        assert_eq!((unknown.reason(), unknown.fact("attachmentId")), ("ATTACHMENT_UNKNOWN", Some(id)));
    }
    assert_eq!(cases.count("select count(*) from support_case").await, 0, "and nothing was opened");

    let opening = OpenCaseRequest { attachment_ids: vec![id.to_owned()], ..opening("Wrong price") };
    let case = cases.try_open(&cases.tanvir, opening).await.unwrap();
    for reader in [&cases.tanvir, &cases.nusrat, &cases.grace] {
        assert_eq!(cases.attachment(reader, id).await.unwrap().expires_at, None);
        assert!(cases.content(reader, id).await.unwrap() == PDF);
        let messages = cases.messages(reader, &case.case_id).await;
        assert_eq!(messages[0].attachments[0].attachment_id, id);
    }
    assert_eq!(refusal(cases.attachment(&cases.linh, id).await).reason(), "NOT_FOUND");
    let twice = cases.say_with(&cases.tanvir, &case.case_id, (false, &[id])).await;
    assert_eq!(refusal(twice).reason(), "ATTACHMENT_UNKNOWN");

    // A note's is support's; an answer's everybody's.
    let noted = cases.upload_for(&cases.grace, &case.case_id).await.unwrap().attachment_id;
    cases.say_with(&cases.grace, &case.case_id, (true, &[&noted])).await.unwrap();
    assert_eq!(cases.attachment(&cases.jean, &noted).await.unwrap().file_name, "invoice.pdf");
    assert_eq!(refusal(cases.attachment(&cases.tanvir, &noted).await).reason(), "NOT_FOUND");
    let answer = cases.upload_for(&cases.grace, &case.number).await.unwrap().attachment_id;
    let said = cases.say_with(&cases.grace, &case.case_id, (false, &[&answer])).await.unwrap();
    assert_eq!(said.attachments[0].attachment_id, answer);
    cases.attachment(&cases.tanvir, &answer).await.unwrap();
    assert_eq!(refusal(cases.upload_for(&cases.linh, &case.case_id).await).reason(), "NOT_FOUND");
    assert_eq!(refusal(cases.upload_for(&cases.nusrat, &case.case_id).await).reason(), "PERMISSION_DENIED");
    let row: String = sqlx::query_scalar("select string_agg(a::text, '') from case_attachment a")
        .fetch_one(&cases.admin)
        .await
        .unwrap();
    assert!(!row.contains("invoice") && !row.contains(&hex::encode("invoice")), "{row}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_message_has_within_a_day_is_gone_and_redacted_words_take_files_along() {
    let cases = TestCases::start().await;
    let case = cases.open(&cases.tanvir, "Wrong price").await;
    let sent = cases.upload(&cases.tanvir, PDF).await.unwrap().attachment_id;
    let message = cases.say_with(&cases.tanvir, &case.case_id, (false, &[&sent])).await.unwrap();
    let forgotten = cases.upload(&cases.tanvir, PDF).await.unwrap().attachment_id;
    assert_eq!(cases.objects(), 2);
    cases.clock.advance(Duration::from_secs(24 * 3600));
    assert_eq!(refusal(cases.attachment(&cases.tanvir, &forgotten).await).reason(), "NOT_FOUND");
    eventually("what was forgotten is gone", async || cases.objects() == 1).await;
    assert_eq!(cases.count("select count(*) from case_attachment").await, 1);

    let redact = RedactCaseMessageRequest {
        case_id: case.case_id.clone(),
        message_id: message.message_id,
        reason: "Named a patient".to_owned(),
    };
    cases.client().redact_case_message(cases.by(&cases.paul, redact)).await.unwrap();
    let gone = cases.attachment(&cases.tanvir, &sent).await.unwrap();
    assert_eq!((gone.availability(), &*gone.file_name), (Availability::Redacted, ""));
    assert_eq!(refusal(cases.content(&cases.tanvir, &sent).await).reason(), "ATTACHMENT_BLOCKED");
    assert_eq!(cases.count("select count(*) from case_attachment where sealed_key is not null").await, 0);
}

#[tokio::test]
async fn what_is_no_attachment_is_refused_and_leaves_nothing() {
    let cases = TestCases::start().await;
    let program = cases.upload(&cases.tanvir, b"\x7fELF\x02\x01\x01\0\0\0").await;
    assert_eq!(refusal(program).reason(), "ATTACHMENT_TYPE_REFUSED");
    assert_eq!(refusal(cases.upload(&cases.tanvir, b"").await).reason(), "INVALID_REQUEST");
    let content = Some(HttpBody { data: PDF.to_vec().into(), ..Default::default() });
    let piece = UploadAttachmentRequest { file_name: "../x.pdf".to_owned(), content };
    let request = cases.by(&cases.tanvir, stream::iter([piece.clone()]));
    let named = refusal(cases.attachments().upload_attachment(request).await);
    assert_eq!(named.violations()[0].0, "fileName");
    let piece = UploadAttachmentRequest { file_name: "x.pdf".to_owned(), ..piece };
    let mut request = cases.by(&cases.tanvir, stream::iter([piece]));
    request.metadata_mut().insert("careway-content-length", "104857601".parse().unwrap());
    let large = refusal(cases.attachments().upload_attachment(request).await);
    assert_eq!((large.reason(), large.fact("maxBytes")), ("ATTACHMENT_TOO_LARGE", Some("104857600")));
    assert_eq!(cases.objects(), 0);

    let mut files = Vec::new();
    for _ in 0..100 {
        files.push(cases.upload(&cases.tanvir, PDF).await.unwrap().attachment_id);
    }
    assert_eq!(refusal(cases.upload(&cases.tanvir, PDF).await).reason(), "TOO_MANY_ATTACHMENTS");
    cases.upload(&cases.farhana, PDF).await.unwrap();
    let with = |count| OpenCaseRequest { attachment_ids: files[..count].to_vec(), ..opening("Many") };
    assert_eq!(refusal(cases.try_open(&cases.tanvir, with(51)).await).reason(), "TOO_MANY_ATTACHMENTS");
    cases.try_open(&cases.tanvir, with(50)).await.unwrap();
    cases.upload(&cases.tanvir, PDF).await.unwrap();
}
