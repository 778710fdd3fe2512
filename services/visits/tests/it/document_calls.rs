//! Calls about documents: upload, download, and a look at what is left behind.

use std::path::PathBuf;

use careway_contract::{
    google::api::HttpBody,
    visits::v1::{document_service_client::DocumentServiceClient, *},
};
use careway_service::{
    Error, Registry, Upstream,
    grpc::{Rpcs, serve_grpc},
};
use careway_testing::{Person, key};
use futures::{Stream, TryStreamExt, stream};
use tonic::{Request, Response, metadata::MetadataMap};

use crate::test_visits::TestVisits;

/// A file that is a PDF as far as anybody looks, of this size.
pub(crate) fn pdf(size: usize) -> Vec<u8> {
    let mut file: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
    file[..9].copy_from_slice(b"%PDF-1.7\n");
    file
}

/// An upload as it is sent: what is said of the file, and the file.
#[derive(Clone)]
pub(crate) struct Upload {
    pub(crate) visit: String,
    pub(crate) title: String,
    pub(crate) file: Vec<u8>,
    pub(crate) key: String,
    /// Metadata beside the key.
    pub(crate) told: Vec<(&'static str, String)>,
}

impl Upload {
    pub(crate) fn of(visit: &str, file: Vec<u8>) -> Self {
        let (visit, title) = (visit.to_owned(), "Chest X-ray".to_owned());
        Self { visit, title, file, key: key(), told: Vec::new() }
    }

    fn pieces(&self) -> Vec<AddDocumentRequest> {
        let piece = |data: &[u8]| {
            let data = data.to_vec().into();
            AddDocumentRequest {
                content: Some(HttpBody { data, ..Default::default() }),
                ..Default::default()
            }
        };
        let first = AddDocumentRequest {
            visit_id: self.visit.clone(),
            kind: document::Kind::Imaging.into(),
            title: self.title.clone(),
            file_name: "thorax kú.pdf".to_owned(),
            ..Default::default()
        };
        [first].into_iter().chain(self.file.chunks(64 << 10).map(piece)).collect()
    }
}

/// A download as it was answered.
pub(crate) struct Download {
    pub(crate) status: String,
    pub(crate) metadata: MetadataMap,
    pub(crate) content_type: String,
    pub(crate) data: Vec<u8>,
}

impl Download {
    pub(crate) fn told(&self, name: &str) -> &str {
        self.metadata.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

impl TestVisits {
    pub(crate) fn documents(&self) -> DocumentServiceClient<Upstream> {
        DocumentServiceClient::new(self.upstream())
    }

    pub(crate) async fn upload(
        &self,
        by: &Person,
        upload: &Upload,
    ) -> Result<Response<AddDocumentResponse>, Error> {
        self.send(by, upload, stream::iter(upload.pieces())).await
    }

    /// Sends the upload's pieces and then neither more nor an end, until the caller gives up.
    pub(crate) async fn upload_forever(&self, by: &Person, upload: &Upload) {
        use futures::StreamExt;
        let pieces = stream::iter(upload.pieces()).chain(stream::pending());
        let _ = self.send(by, upload, pieces).await;
    }

    async fn send(
        &self,
        by: &Person,
        upload: &Upload,
        pieces: impl Stream<Item = AddDocumentRequest> + Send + 'static,
    ) -> Result<Response<AddDocumentResponse>, Error> {
        let mut request = self.by(by, &upload.key, pieces);
        for (name, value) in &upload.told {
            request.metadata_mut().insert(*name, value.parse().unwrap());
        }
        Ok(self.documents().add_document(request).await?)
    }

    /// A port of the service's own; answers its URL. Whether gRPC reflection tells of it, is told.
    pub(crate) async fn listen(&self, reflected: bool) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (rpcs, stopping) = (Rpcs::of("visits", reflected).unwrap(), self.foundation.shutdown.clone());
        tokio::spawn(serve_grpc(listener, self.service.clone(), rpcs, stopping));
        url
    }

    /// From now on the service is called as another process calls it.
    pub(crate) async fn call_over_the_network(&mut self) {
        let url = self.listen(false).await;
        let registry = Registry::default();
        registry.connect("visits", &url).unwrap();
        self.call_by(registry.upstream("visits"));
    }

    /// A document of the facility's.
    pub(crate) async fn document(&self, visit: &str, file: Vec<u8>) -> Document {
        let added = self.upload(&self.facility, &Upload::of(visit, file)).await.unwrap();
        added.into_inner().document.unwrap()
    }

    pub(crate) async fn download(
        &self,
        by: &Person,
        document: &str,
        told: &[(&'static str, &str)],
    ) -> Result<Download, Error> {
        let request = DownloadDocumentRequest { document_id: document.to_owned() };
        let mut request = self.by(by, &key(), request);
        for (name, value) in told {
            request.metadata_mut().insert(*name, value.parse().unwrap());
        }
        let answer = self.documents().download_document(request).await?;
        let metadata = answer.metadata().clone();
        let pieces: Vec<HttpBody> = answer.into_inner().try_collect().await?;
        Ok(Download {
            status: metadata.get("careway-http-status").unwrap().to_str().unwrap().to_owned(),
            metadata,
            content_type: pieces.first().map(|piece| piece.content_type.clone()).unwrap_or_default(),
            data: pieces.iter().flat_map(|piece| piece.data.to_vec()).collect(),
        })
    }

    pub(crate) async fn list(&self, by: &Person, visit: &str) -> Result<Vec<Document>, Error> {
        let request = ListDocumentsRequest { visit_id: visit.to_owned(), ..Default::default() };
        let request: Request<_> = self.by(by, &key(), request);
        Ok(self.documents().list_documents(request).await?.into_inner().documents)
    }

    /// Shows a document to the payer, as a claim would.
    pub(crate) async fn cite(&self, document: &Document) {
        sqlx::query(
            "insert into document_citation values ($1::uuid, $2, $3, gen_random_uuid(), 'CLAIM', now())",
        )
        .bind(&document.document_id)
        .bind(self.facility.organization.uuid())
        .bind(self.payer.organization.uuid())
        .execute(&self.admin)
        .await
        .unwrap();
    }

    /// Every file of a document, unfinished ones too; not those that a sweep has set aside.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let Ok(folders) = std::fs::read_dir(self.folder.join("visits")) else { return Vec::new() };
        let folders = folders.map(|folder| folder.unwrap().path());
        folders
            .filter(|folder| folder.is_dir() && !folder.ends_with("swept"))
            .flat_map(|folder| std::fs::read_dir(folder).unwrap())
            .map(|file| file.unwrap().path())
            .collect()
    }

    /// How many documents there are rows of.
    pub(crate) async fn rows(&self) -> i64 {
        sqlx::query_scalar("select count(*) from document").fetch_one(&self.admin).await.unwrap()
    }
}
