//! What tests of imports need beside people: lists on their way, and their ends.

use careway_contract::{
    google::api::HttpBody,
    renewals::v1::{import_row::Outcome, import_service_client::ImportServiceClient, *},
};
use careway_service::Upstream;
use careway_testing::{Person, eventually};
use futures::TryStreamExt as _;
use tonic::Status;

use crate::test_people::TestPeople;

pub(crate) const HEADER: &str = "Mã số BHXH;Họ và tên;Ngày sinh;Mã hộ;Di động;Từ ngày;Đến ngày;Mã đại lý\n";

/// Created, updated, unchanged, rejected.
pub(crate) fn counts(import: &Import) -> [i32; 4] {
    [import.created, import.updated, import.unchanged, import.rejected]
}

fn body(bytes: &[u8], media_type: &str) -> HttpBody {
    HttpBody { content_type: media_type.to_owned(), data: bytes.to_vec().into(), extensions: Vec::new() }
}

impl TestPeople {
    pub(crate) fn imports(&self) -> ImportServiceClient<Upstream> {
        ImportServiceClient::new(self.upstream())
    }

    /// A list of participants, answered.
    pub(crate) async fn send(
        &self,
        person: &Person,
        file: &[u8],
        media_type: &str,
        dry_run: bool,
    ) -> Result<Import, Status> {
        let pieces: Vec<_> = file
            .chunks(60_000)
            .map(|piece| ImportParticipantsRequest { dry_run, file: Some(body(piece, media_type)) })
            .collect();
        let request = self.by(person, futures::stream::iter(pieces));
        let answer = self.imports().import_participants(request).await?;
        Ok(answer.into_inner().import.unwrap())
    }

    /// A list of participants, taken.
    pub(crate) async fn import(&self, person: &Person, list: &str) -> Import {
        self.import_file(person, list.as_bytes().to_vec(), "text/csv").await
    }

    pub(crate) async fn import_file(&self, person: &Person, file: Vec<u8>, media_type: &str) -> Import {
        let import = self.send(person, &file, media_type, false).await.unwrap();
        self.watched(person, &import).await.pop().unwrap()
    }

    pub(crate) async fn import_dry(&self, person: &Person, list: &str) -> Import {
        let import = self.send(person, list.as_bytes(), "text/csv", true).await.unwrap();
        self.watched(person, &import).await.pop().unwrap()
    }

    /// A list of cards that are to be renewed, taken.
    pub(crate) async fn import_renewals(&self, person: &Person, list: &str) -> Import {
        let piece = ImportRenewalsRequest { dry_run: false, file: Some(body(list.as_bytes(), "text/csv")) };
        let request = self.by(person, futures::stream::iter([piece]));
        let import = self.imports().import_renewals(request).await.unwrap().into_inner().import.unwrap();
        self.watched(person, &import).await.pop().unwrap()
    }

    /// Every step of an import until its end.
    pub(crate) async fn watched(&self, person: &Person, import: &Import) -> Vec<Import> {
        let request = WatchImportRequest { import_id: import.import_id.clone() };
        let steps = self.imports().watch_import(self.by(person, request)).await.unwrap().into_inner();
        steps.map_ok(|step| step.import.unwrap()).try_collect().await.unwrap()
    }

    pub(crate) async fn import_rows(&self, import: &Import, outcome: Outcome) -> Vec<ImportRow> {
        let import_id = import.import_id.clone();
        let request = ListImportRowsRequest { import_id, outcome: outcome.into(), ..Default::default() };
        let listed = self.imports().list_import_rows(self.by(&self.authority, request)).await.unwrap();
        listed.into_inner().rows
    }

    /// The workbook of the rows that were not taken.
    pub(crate) async fn rejected(&self, person: &Person, import: &Import) -> Result<Vec<u8>, Status> {
        let request = DownloadRejectedRowsRequest { import_id: import.import_id.clone() };
        let pieces = self.imports().download_rejected_rows(self.by(person, request)).await?.into_inner();
        let pieces: Vec<HttpBody> = pieces.try_collect().await?;
        Ok(pieces.iter().flat_map(|piece| piece.data.iter().copied()).collect())
    }

    /// Waits until the database says this number.
    pub(crate) async fn until(&self, query: &str, number: i64) {
        let so = async || self.number(query).await == number;
        eventually(&format!("{query} is {number}"), so).await;
    }

    /// A number that the database says.
    pub(crate) async fn number(&self, query: &str) -> i64 {
        let query = sqlx::AssertSqlSafe(query.to_owned());
        sqlx::query_scalar(query).fetch_one(&self.admin).await.unwrap()
    }
}
