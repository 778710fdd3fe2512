//! Workbooks of participants: what was imported comes back, with the rows of the screen and nobody else's.

use std::io::Cursor;

use careway_contract::{
    google::api::HttpBody,
    renewals::v1::{participant_service_client::ParticipantServiceClient, *},
};
use careway_service::{
    Kind,
    table::{Column, Columns, Limits, List, XLSX, read_list},
};
use careway_testing::{Person, refusal};
use futures::TryStreamExt as _;

use crate::{test_imports::HEADER, test_people::TestPeople};

const COLUMNS: Columns = Columns::new(&[
    Column::required("Mã số BHXH"),
    Column::required("Họ và tên"),
    Column::required("Di động"),
    Column::required("Từ ngày"),
    Column::required("Đến ngày"),
]);

impl TestPeople {
    async fn exported_participants(&self, person: &Person, request: ExportParticipantsRequest) -> List {
        let mut participants = ParticipantServiceClient::new(self.upstream());
        let pieces = participants.export_participants(self.by(person, request)).await.unwrap().into_inner();
        let pieces: Vec<HttpBody> = pieces.try_collect().await.unwrap();
        let file = pieces.iter().flat_map(|piece| piece.data.iter().copied()).collect::<Vec<u8>>();
        read_list(Cursor::new(file), XLSX, Limits::default(), COLUMNS).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn downloads_of_one_organization_that_do_not_end_hold_up_no_other() {
    let people = TestPeople::start().await;
    let mut held = people.admin.begin().await.unwrap();
    sqlx::query("lock table participant in access exclusive mode").execute(&mut *held).await.unwrap();
    let begun = async |person| {
        let mut participants = ParticipantServiceClient::new(people.upstream());
        participants.export_participants(people.by(person, ExportParticipantsRequest::default())).await
    };
    let slow = [begun(&people.agency).await.unwrap(), begun(&people.agency).await.unwrap()];
    let third = refusal(begun(&people.agency).await);
    assert_eq!((third.kind(), third.reason()), (Kind::Unavailable, "OVERLOADED"));
    let others = begun(&people.other_agency).await.unwrap();
    held.rollback().await.unwrap();
    for download in slow.into_iter().chain([others]) {
        let pieces: Vec<HttpBody> = download.into_inner().try_collect().await.unwrap();
        assert!(!pieces.is_empty());
    }
    begun(&people.agency).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_imported_is_exported_to_its_parties_alone() {
    let people = TestPeople::start().await;
    let rows = (0..600_u64).map(|row| {
        format!(
            "{:010};Trần Thị Hoà;1950;HGD-1;0912345678;01/01/2026;31/12/2026;BI0902I\n",
            7_936_000_000 + row
        )
    });
    people.import(&people.authority, &format!("{HEADER}{}", rows.collect::<String>())).await;
    for person in [&people.authority, &people.agency] {
        let mut participants = ParticipantServiceClient::new(people.upstream());
        let listed =
            participants.list_participants(people.by(person, ListParticipantsRequest::default())).await;
        let book = people.exported_participants(person, ExportParticipantsRequest::default()).await;
        assert_eq!((book.rows.len(), listed.unwrap().into_inner().total), (600, 600));
        let said = |column: &str| book.header.cell(&book.rows[0], column).text().unwrap();
        assert_eq!(said("Di động"), "+84912345678");
        assert_eq!([said("Từ ngày"), said("Đến ngày")], ["2026-01-01", "2026-12-31"]);
    }
    for person in [&people.second_agency, &people.other_agency, &people.other_authority] {
        let book = people.exported_participants(person, ExportParticipantsRequest::default()).await;
        assert!(book.rows.is_empty());
    }
    let asked = ExportParticipantsRequest { q: "7936000007".to_owned(), ..Default::default() };
    let book = people.exported_participants(&people.agency, asked).await;
    assert_eq!(book.rows.len(), 1);
}
