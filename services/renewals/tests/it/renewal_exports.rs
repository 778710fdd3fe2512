//! Workbooks of renewals: the rows of the screen, no more and no fewer, and what each cell is.

use std::io::Cursor;

use careway_contract::{
    google::api::HttpBody,
    renewals::v1::{list_renewals_request::State, *},
};
use careway_service::table::{Cell, Column, Columns, Limits, List, XLSX, read_list};
use careway_testing::Person;
use futures::TryStreamExt as _;

use crate::{
    test_items::{FIRST, renewing},
    test_people::{Made, TestPeople, made},
};

const COLUMNS: Columns = Columns::new(&[
    Column::required("Mã số BHXH"),
    Column::required("Họ và tên"),
    Column::required("Di động"),
    Column::required("Đến ngày"),
    Column::required("Mã đại lý"),
    Column::required("Số tiền"),
]);

impl TestPeople {
    async fn exported(&self, person: &Person, request: ExportRenewalsRequest) -> List {
        let pieces = self.renewals().export_renewals(self.by(person, request)).await.unwrap().into_inner();
        let pieces: Vec<HttpBody> = pieces.try_collect().await.unwrap();
        assert!(pieces.iter().all(|piece| piece.content_type == XLSX));
        let file =
            Cursor::new(pieces.iter().flat_map(|piece| piece.data.iter().copied()).collect::<Vec<u8>>());
        read_list(file, XLSX, Limits::default(), COLUMNS).unwrap()
    }
}

fn said(list: &List, column: &str) -> Vec<String> {
    list.rows.iter().map(|row| list.header.cell(row, column).text().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_has_the_rows_of_the_screen_and_nobody_elses() {
    let people = TestPeople::with_salary().await;
    for number in 0..600_u64 {
        let number = format!("{:010}", 7_936_000_000 + number);
        people.due(made(&number)).await;
    }
    people.due(Made { name: "=1+1 Bình", ..made("0123456789") }).await;
    people.item(&people.authority, &people.agency, "7936491871", "2026-12-12").await;
    for person in [&people.agency, &people.authority] {
        let listed = people.listed_renewals(person, ListRenewalsRequest::default()).await;
        let book = people.exported(person, ExportRenewalsRequest::default()).await;
        assert_eq!((book.rows.len(), listed.total), (601, 601));
        let numbers = said(&book, "Mã số BHXH");
        assert!(numbers.contains(&"0123456789".to_owned()) && !numbers.contains(&"7936491871".to_owned()));
    }
    for person in [&people.second_agency, &people.other_agency, &people.other_authority] {
        assert!(people.exported(person, ExportRenewalsRequest::default()).await.rows.is_empty());
    }
    let asked = ExportRenewalsRequest { q: "bình".to_owned(), ..Default::default() };
    let book = people.exported(&people.agency, asked).await;
    assert_eq!(said(&book, "Họ và tên"), ["=1+1 Bình"]);
    assert_eq!(said(&book, "Mã đại lý"), ["BI0902I"]);
    let last_day = book.header.cell(&book.rows[0], "Đến ngày");
    assert_eq!(last_day, &Cell::Date("2026-12-12".parse().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn renewed_cards_have_what_was_paid() {
    let people = TestPeople::with_salary().await;
    let item = people.due(made("7936491863")).await;
    people.renew(&people.agency, renewing(&[&item], FIRST, "BL-1")).await.unwrap();
    let asked = ExportRenewalsRequest { state: State::Renewed.into(), ..Default::default() };
    let book = people.exported(&people.authority, asked).await;
    assert_eq!(said(&book, "Số tiền"), [FIRST.to_string()]);
    assert!(people.exported(&people.authority, ExportRenewalsRequest::default()).await.rows.is_empty());
}
