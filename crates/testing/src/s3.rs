//! A store that speaks as much of S3 as documents need: single and multipart uploads, ranges, lists, copies, removals.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Query, State},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::any,
};
use careway_kernel::Clock;

type Asked = BTreeMap<String, String>;

/// What it keeps. Cheap to clone.
#[derive(Clone, Default)]
pub struct FakeS3 {
    /// By their keys.
    pub objects: Arc<Mutex<BTreeMap<String, Bytes>>>,
    /// Uploads that were neither completed nor taken back, with their parts.
    pub unfinished: Arc<Mutex<BTreeMap<String, BTreeMap<u32, Bytes>>>>,
    /// How many uploads came in parts.
    pub multipart: Arc<Mutex<usize>>,
    /// It is down.
    pub down: Arc<Mutex<bool>>,
}

impl FakeS3 {
    /// Serves the bucket `medical`; where.
    pub async fn serve(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/medical", any(list))
            .route("/medical/{*key}", any(object))
            .layer(DefaultBodyLimit::max(64 << 20))
            .with_state(self.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        format!("http://{address}")
    }
}

async fn list(State(s3): State<FakeS3>, Query(asked): Query<Asked>) -> Response {
    let now = Clock::system().now().format("%Y-%m-%dT%H:%M:%S%.3fZ");
    let objects = s3.objects.lock().unwrap();
    let asked = |key: &str| asked.get("prefix").is_none_or(|prefix| key.starts_with(prefix.as_str()));
    let contents = objects.iter().filter(|(key, _)| asked(key)).map(|(key, data)| {
        let size = data.len();
        format!("<Contents><Key>{key}</Key><Size>{size}</Size><LastModified>{now}</LastModified></Contents>")
    });
    xml(&format!("<ListBucketResult>{}</ListBucketResult>", contents.collect::<String>()))
}

async fn object(
    State(s3): State<FakeS3>,
    method: Method,
    uri: Uri,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if *s3.down.lock().unwrap() {
        return StatusCode::FORBIDDEN.into_response();
    }
    assert!(headers[header::AUTHORIZATION].to_str().unwrap().contains("Credential=the-key-id/"), "signed");
    let key = uri.path().trim_start_matches("/medical/").to_owned();
    let upload = asked.get("uploadId").cloned();
    match (method, upload) {
        (Method::POST, None) => s3.begin(&key),
        (Method::PUT, Some(upload)) => {
            let number = asked["partNumber"].parse().unwrap();
            // A part may still be on its way when its upload was given up.
            match s3.unfinished.lock().unwrap().get_mut(&upload) {
                Some(parts) => parts.insert(number, body),
                None => return StatusCode::NOT_FOUND.into_response(),
            };
            ([(header::ETAG, format!("\"{number}\""))], "").into_response()
        }
        (Method::POST, Some(upload)) => {
            let parts = s3.unfinished.lock().unwrap().remove(&upload).unwrap();
            let whole: Vec<u8> = parts.into_values().flatten().collect();
            s3.objects.lock().unwrap().insert(key, whole.into());
            xml("<CompleteMultipartUploadResult><ETag>\"whole\"</ETag></CompleteMultipartUploadResult>")
        }
        (Method::DELETE, Some(upload)) => {
            s3.unfinished.lock().unwrap().remove(&upload);
            StatusCode::NO_CONTENT.into_response()
        }
        (Method::PUT, None) if headers.contains_key("x-amz-copy-source") => {
            let from = headers["x-amz-copy-source"].to_str().unwrap().trim_start_matches("medical/");
            let mut objects = s3.objects.lock().unwrap();
            let Some(data) = objects.get(from).cloned() else {
                return StatusCode::NOT_FOUND.into_response();
            };
            objects.insert(key, data);
            xml("<CopyObjectResult><ETag>\"whole\"</ETag></CopyObjectResult>")
        }
        (Method::PUT, None) => {
            s3.objects.lock().unwrap().insert(key, body);
            ([(header::ETAG, "\"whole\"")], "").into_response()
        }
        (Method::DELETE, None) => {
            s3.objects.lock().unwrap().remove(&key);
            StatusCode::NO_CONTENT.into_response()
        }
        (Method::GET, None) => s3.get(&key, &headers),
        (method, _) => panic!("{method} is not known here"),
    }
}

impl FakeS3 {
    fn begin(&self, key: &str) -> Response {
        let mut count = self.multipart.lock().unwrap();
        *count += 1;
        let upload = format!("upload-{count}");
        self.unfinished.lock().unwrap().insert(upload.clone(), BTreeMap::new());
        let id = format!("<Key>{key}</Key><UploadId>{upload}</UploadId>");
        xml(&format!("<InitiateMultipartUploadResult>{id}</InitiateMultipartUploadResult>"))
    }

    fn get(&self, key: &str, headers: &HeaderMap) -> Response {
        let Some(data) = self.objects.lock().unwrap().get(key).cloned() else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let told = [
            (header::LAST_MODIFIED, Clock::system().now().format("%a, %d %b %Y %H:%M:%S GMT").to_string()),
            (header::ETAG, "\"whole\"".to_owned()),
        ];
        let Some(range) = headers.get(header::RANGE) else { return (told, data).into_response() };
        let (from, to) = range.to_str().unwrap().trim_start_matches("bytes=").split_once('-').unwrap();
        let (from, to): (usize, usize) = (from.parse().unwrap(), to.parse().unwrap());
        let part = [(header::CONTENT_RANGE, format!("bytes {from}-{to}/{}", data.len()))];
        (StatusCode::PARTIAL_CONTENT, told, part, data.slice(from..=to)).into_response()
    }
}

fn xml(text: &str) -> Response {
    ([(header::CONTENT_TYPE, "application/xml")], text.to_owned()).into_response()
}
