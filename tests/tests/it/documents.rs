//! A visit's documents through the gateway: from the desk to the clinician, and to the payer once they are cited.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use careway_service::Call;
use careway_tests::{Facility, Member, Network, Rest, TestPlatform, accepted, refused, until};
use reqwest::header::{self, HeaderName};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::{io::AsyncWriteExt, net::TcpStream};

const PDF: &str = "application/pdf";

#[tokio::test(flavor = "multi_thread")]
async fn a_document_goes_from_the_desk_to_the_clinician_and_once_it_is_cited_to_the_payer() {
    let platform = TestPlatform::start().await;
    let Network { payer, facility, desk } = Network::of(&platform).await;
    let clinician = facility.staff(&platform, &["CLINICIAN"]).await;
    let reviewer = payer.staff(&platform, &["MEDICAL_REVIEWER"]).await;
    let other = Facility::of(&platform).await;
    payer.contract(&platform, &other).await;
    let stranger = other.staff(&platform, &["CLINICIAN", "FRONT_DESK"]).await;
    let member = payer.covered_member(&platform).await;
    let visit = verified(&platform, &desk, &member).await;
    let file = pdf(300_000);

    // The desk scans a letter in; to read it is not the desk's business.
    let path = format!("{visit}/documents?kind=REFERRAL&title=Letter&fileName=l%C3%A9tter.pdf");
    let added = accepted(201, add(&desk, &path, file.clone())).await;
    let document = format!("/v1/documents/{}", added.text("document.documentId"));
    assert_eq!((added.header("location"), added.etag()), (Some(document.as_str()), "\"v1\""));
    assert_eq!((added.text("document.mediaType"), added.text("document.kind")), (PDF, "REFERRAL"));
    let again = accepted(201, add(&desk, &path, file.clone()).key("the-one-key-of-this-letter")).await;
    let replayed = accepted(201, add(&desk, &path, file.clone()).key("the-one-key-of-this-letter")).await;
    assert_eq!((replayed.header("idempotency-replayed"), &replayed.body), (Some("true"), &again.body));
    refused(403, "PERMISSION_DENIED", desk.get(&document)).await;

    let listed = accepted(200, clinician.get(&format!("{visit}/documents"))).await;
    assert_eq!(listed.list("documents").len(), 2);
    assert_eq!(accepted(200, clinician.get(&document)).await.text("document.fileName"), "létter.pdf");
    let whole = content(&clinician, &document, &[(header::ACCEPT_ENCODING, "gzip")]).await;
    let told = |name: &str| whole.headers()[name].to_str().unwrap();
    assert_eq!(
        (told("content-type"), told("content-length"), told("accept-ranges")),
        (PDF, "300000", "bytes")
    );
    assert_eq!(
        told("content-disposition"),
        "attachment; filename=\"l_tter.pdf\"; filename*=UTF-8''l%C3%A9tter.pdf"
    );
    assert_eq!(
        (told("x-content-type-options"), told("cache-control")),
        ("nosniff", "private, no-store, no-transform")
    );
    assert_eq!(told("content-security-policy"), "sandbox; default-src 'none'");
    assert_eq!(told("repr-digest"), format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(&file))));
    let etag = told("etag").to_owned();
    assert!(!whole.headers().contains_key("content-encoding"));
    assert!(whole.bytes().await.unwrap() == file);

    let part = content(&clinician, &document, &[(header::RANGE, "bytes=100000-199999")]).await;
    assert_eq!(
        (part.status().as_u16(), &part.headers()["content-range"]),
        (206, &"bytes 100000-199999/300000".parse().unwrap())
    );
    assert!(part.bytes().await.unwrap() == file[100_000..200_000]);
    let resumed = [(header::RANGE, "bytes=299990-"), (header::IF_RANGE, etag.as_str())];
    assert!(content(&clinician, &document, &resumed).await.bytes().await.unwrap() == file[299_990..]);
    let unchanged = content(&clinician, &document, &[(header::IF_NONE_MATCH, &etag)]).await;
    assert_eq!((unchanged.status().as_u16(), unchanged.bytes().await.unwrap().len()), (304, 0));
    let beyond = content(&clinician, &document, &[(header::RANGE, "bytes=300000-")]).await;
    assert_eq!(
        (beyond.status().as_u16(), &beyond.headers()["content-range"]),
        (416, &"bytes */300000".parse().unwrap())
    );
    assert!(beyond.text().await.unwrap().contains("RANGE_NOT_SATISFIABLE"));

    // To everybody else there is no such document; to the payer there is one as soon as it is cited.
    for anybody in [&stranger, &reviewer] {
        refused(404, "NOT_FOUND", anybody.get(&document)).await;
        refused(404, "NOT_FOUND", anybody.get(&format!("{document}/content"))).await;
    }
    refused(404, "NOT_FOUND", add(&stranger, &path, file)).await;
    refused(404, "NOT_FOUND", stranger.get(&format!("{visit}/documents"))).await;
    assert!(accepted(200, reviewer.get(&format!("{visit}/documents"))).await.list("documents").is_empty());
    cite(&platform, &document, &payer.id).await;
    let listed = accepted(200, reviewer.get(&format!("{visit}/documents"))).await;
    assert_eq!(listed.list("documents").len(), 1);
    assert_eq!(content(&reviewer, &document, &[]).await.bytes().await.unwrap().len(), 300_000);
    refused(403, "PERMISSION_DENIED", reviewer.post(&format!("{document}/retract"), json!({"reason": "no"})))
        .await;

    // It was another patient's. It is marked, and stays.
    let retract = clinician.post(&format!("{document}/retract"), json!({"reason": "another patient's"}));
    accepted(200, retract).await;
    let read = accepted(200, reviewer.get(&document)).await;
    assert_eq!(read.text("document.retractionReason"), "another patient's");

    // After the visit and its grace the facility sees it no more; the payer does.
    accepted(200, desk.post(&format!("{visit}/admit"), json!({"serviceType": "OUTPATIENT"}))).await;
    accepted(200, desk.post(&format!("{visit}/discharge"), json!({}))).await;
    accepted(200, clinician.get(&document)).await;
    platform.advance(Duration::from_secs(73 * 3600));
    refused(409, "VISIT_OVER", clinician.get(&document)).await;
    refused(409, "VISIT_OVER", clinician.get(&format!("{document}/content"))).await;
    accepted(200, reviewer.get(&document)).await;

    // Whoever looked is in the member's log.
    platform.settle().await;
    let log =
        accepted(200, payer.officer.get(&format!("/v1/members/{}/access-log?pageSize=200", member.id))).await;
    let seen = |action: &str, organization: &str| {
        log.list("accesses").iter().any(|it| it["action"] == action && it["organizationId"] == organization)
    };
    for action in ["document.add", "documents.list", "document.read", "document.download", "document.retract"]
    {
        assert!(seen(action, &facility.id), "{action} is not in the member's access log");
    }
    assert!(seen("document.download", &payer.id) && !seen("document.download", &other.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_document_is_refused_and_its_sender_hears_why() {
    let platform = TestPlatform::with(&[("CAREWAY_DOCUMENTS_MAX_MIB", "1")]).await;
    let Network { payer, desk, .. } = Network::of(&platform).await;
    let member = payer.covered_member(&platform).await;
    let visit = verified(&platform, &desk, &member).await;
    let path = format!("{visit}/documents?kind=INVOICE&title=Invoice");

    let wrong = format!("{visit}/documents?kind=SELFIE&fileName=..%2Fx.pdf");
    let wrong = refused(400, "INVALID_REQUEST", add(&desk, &wrong, pdf(100))).await;
    let fields: Vec<_> = wrong.list("violations").iter().map(|it| it["field"].as_str().unwrap()).collect();
    assert!(fields.contains(&"kind") && fields.contains(&"title"), "{fields:?}");
    let name = format!("{visit}/documents?kind=INVOICE&title=x&fileName=..%2Fx.pdf");
    let name = refused(400, "INVALID_REQUEST", add(&desk, &name, pdf(100))).await;
    assert_eq!(name.text("violations.0.field"), "fileName");
    let missing = desk.upload(&path, PDF, pdf(100));
    refused(400, "IDEMPOTENCY_KEY_REQUIRED", missing).await;
    let html = desk.upload(&path, "text/html", "<script>").key("a-page-is-no-document");
    refused(415, "UNSUPPORTED_MEDIA_TYPE", html).await;
    let program = [b"\x7fELF\x02\x01\x01\0".to_vec(), vec![0; 900_000]].concat();
    refused(422, "DOCUMENT_TYPE_REFUSED", add(&desk, &path, program)).await;
    let empty = refused(400, "INVALID_REQUEST", add(&desk, &path, Vec::new())).await;
    assert_eq!(empty.text("violations.0.field"), "body");
    let digest = HeaderName::from_static("content-digest");
    let damaged = add(&desk, &path, pdf(100)).header(digest, &format!("sha-256=:{}=:", "A".repeat(43)));
    refused(422, "DIGEST_MISMATCH", damaged).await;

    // Too large, as it says of itself, and as it turns out.
    let large = refused(422, "DOCUMENT_TOO_LARGE", add(&desk, &path, pdf(20 << 20))).await;
    assert_eq!(*large.at("maxBytes"), json!(1 << 20));
    let pieces = futures::stream::iter((0..20).map(|_| Ok::<_, std::io::Error>(pdf(1 << 20))));
    let request = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = request.post(format!("{}{path}", desk.base())).bearer_auth(desk.access_token());
    let request = request.header("content-type", PDF).header("idempotency-key", "a-length-that-nobody-told");
    let answer = request.body(reqwest::Body::wrap_stream(pieces)).send().await.unwrap();
    assert!(answer.status() == 422 && answer.text().await.unwrap().contains("DOCUMENT_TOO_LARGE"));

    assert!(
        accepted(200, payer.officer.get(&format!("{visit}/documents"))).await.list("documents").is_empty()
    );
    until("nothing of them to be left", async || Ok(files(&platform).is_empty().then_some(())))
        .await
        .unwrap();
    accepted(201, add(&desk, &path, pdf(1 << 20))).await;
    assert_eq!(files(&platform).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_whose_sender_goes_away_leaves_nothing() {
    let platform = TestPlatform::start().await;
    let Network { payer, desk, .. } = Network::of(&platform).await;
    let member = payer.covered_member(&platform).await;
    let visit = verified(&platform, &desk, &member).await;
    let path = format!("{visit}/documents?kind=IMAGING&title=Scan");
    let key = "an-upload-that-breaks-off";

    let mut line = TcpStream::connect(platform.in_process().gateway()).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: careway\r\nAuthorization: Bearer {}\r\nIdempotency-Key: {key}\r\n\
         Content-Type: {PDF}\r\nContent-Length: {}\r\n\r\n",
        desk.access_token(),
        20 << 20,
    );
    line.write_all(head.as_bytes()).await.unwrap();
    line.write_all(&pdf(8 << 20)).await.unwrap();
    until("the upload to be under way", async || Ok((files(&platform).len() == 1).then_some(())))
        .await
        .unwrap();
    drop(line);
    until("nothing of it to be left", async || Ok(files(&platform).is_empty().then_some(()))).await.unwrap();

    // The same again, whole this time.
    accepted(201, add(&desk, &path, pdf(20 << 20)).key(key)).await;
    let clinician = payer.staff(&platform, &["MEDICAL_REVIEWER"]).await;
    assert!(accepted(200, clinician.get(&format!("{visit}/documents"))).await.list("documents").is_empty());
    assert_eq!(files(&platform).len(), 1);
}

/// A file that is a PDF as far as anybody looks, of this size.
fn pdf(size: usize) -> Vec<u8> {
    let mut file: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
    file[..9].copy_from_slice(b"%PDF-1.7\n");
    file
}

/// An upload under a key of its own.
fn add(by: &Rest, path: &str, file: Vec<u8>) -> careway_tests::Request {
    by.upload(path, PDF, file).key(&uuid::Uuid::new_v4().to_string())
}

/// A document's content as the gateway answers it.
async fn content(by: &Rest, document: &str, headers: &[(HeaderName, &str)]) -> reqwest::Response {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client.get(format!("{}{document}/content", by.base())).bearer_auth(by.access_token());
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    request.send().await.unwrap()
}

/// Shows a document to a payer, as a claim does.
async fn cite(platform: &TestPlatform, document: &str, payer: &str) {
    let visits = platform.in_process().services().iter().find(|service| service.name == "visits").unwrap();
    let mut reader = visits.database.read(&Call::system("tests")).await.unwrap();
    let cited = sqlx::query(
        "insert into document_citation select document_id, facility_id, $2::uuid, gen_random_uuid(), 'CLAIM', now() \
         from document where document_id = $1::uuid",
    );
    let id = document.rsplit('/').next().unwrap();
    cited.bind(id).bind(payer).execute(&mut *reader).await.unwrap();
}

/// Every file of a document, unfinished ones too.
fn files(platform: &TestPlatform) -> Vec<std::path::PathBuf> {
    let Ok(folders) = std::fs::read_dir(platform.documents().join("visits")) else { return Vec::new() };
    // Beside them is the word whose they are.
    let folders = folders.map(|folder| folder.unwrap().path()).filter(|folder| folder.is_dir());
    folders.flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|file| file.unwrap().path()).collect()
}

/// A visit of this member, verified; its path.
async fn verified(platform: &TestPlatform, desk: &Rest, member: &Member) -> String {
    let started = accepted(201, desk.post("/v1/visits", json!({"memberNumber": member.number}))).await;
    let visit = format!("/v1/visits/{}", started.text("visit.visitId"));
    let code = platform.code_for(&member.phone).await;
    accepted(200, desk.post(&format!("{visit}/verify"), json!({"code": code}))).await;
    visit
}
