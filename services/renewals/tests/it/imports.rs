//! Lists that an authority sends, over gRPC: what becomes of their rows, and what a list may not change.

use careway_contract::renewals::v1::{import::State, import_row::Outcome, *};
use careway_service::{
    Error,
    table::{Column, Columns, Limits, XLSX, read_list},
    workbook::{Heading, Value, Workbook},
};
use std::io::Cursor;

use crate::{
    test_imports::{HEADER, counts},
    test_people::{TestPeople, made},
};

const HOA: &str = "7936491863;Trần Thị Hoà;1950;HGD-1;0912345678;01/01/2026;31/12/2026;BI0902I\n";

#[tokio::test(flavor = "multi_thread")]
async fn good_rows_are_taken_and_the_same_list_again_changes_nothing() {
    let people = TestPeople::start().await;
    let list = format!(
        "{HEADER}{HOA}7936491864;Lê Văn Ân;20/07/1988;HGD-1;;01/01/2026;31/12/2026;bi0902j\n\
         7936491865;Đỗ Thị Ơn;1970;HGD-2;0912345679;01/12/2026;30/11/2026;BI0902I\n\
         7936491866;Võ Văn Phúc;1961;HGD-2;;01/01/2026;31/12/2026;XX1\n"
    );
    let import = people.import(&people.authority, &list).await;
    assert_eq!((import.state(), import.rows, import.rows_done), (State::Done, 4, 4));
    assert_eq!(counts(&import), [2, 0, 0, 2]);
    let again = people.import(&people.authority, &list).await;
    assert_eq!(counts(&again), [0, 0, 2, 2]);

    let rows = people.import_rows(&again, Outcome::Unspecified).await;
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.row, row.outcome(), row.violations.first().map_or("", |it| it.reason.as_str())))
        .collect();
    assert_eq!(
        told,
        [
            (4, Outcome::Rejected, "PERIOD_REVERSED"),
            (5, Outcome::Rejected, "AGENCY_UNKNOWN"),
            (2, Outcome::Unchanged, ""),
            (3, Outcome::Unchanged, ""),
        ]
    );
    assert_eq!(people.import_rows(&again, Outcome::Rejected).await.len(), 2);

    let found: Vec<(String, String, String, String, uuid::Uuid)> = sqlx::query_as(
        "select bhxh_number, folded_name, given_name_first, birth, agency_id from participant order by bhxh_number",
    )
    .fetch_all(&people.admin)
    .await
    .unwrap();
    let expected = [
        ("7936491863", "tran thi hoa", "Hoà Trần Thị", "1950", people.agency.organization.uuid()),
        ("7936491864", "le van an", "Ân Lê Văn", "1988-07-20", people.second_agency.organization.uuid()),
    ];
    let found: Vec<_> = found
        .iter()
        .map(|(a, b, c, d, agency)| (a.as_str(), b.as_str(), c.as_str(), d.as_str(), *agency))
        .collect();
    assert_eq!(found, expected);
    let periods: i64 = people.number("select count(*) from card_period").await;
    assert_eq!(periods, 2);
    let events: i64 = people
        .number("select count(*) from outbox where type = 'careway.renewals.v1.ParticipantsImported'")
        .await;
    assert_eq!(events, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_says_what_would_be_and_changes_nothing() {
    let people = TestPeople::start().await;
    let told = people.import_dry(&people.authority, &format!("{HEADER}{HOA}")).await;
    assert!(told.dry_run);
    assert_eq!(counts(&told), [1, 0, 0, 0]);
    assert_eq!(people.number("select count(*) from participant").await, 0);
    let events = people
        .number("select count(*) from outbox where type = 'careway.renewals.v1.ParticipantsImported'")
        .await;
    assert_eq!(events, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agent_changed_stays_until_the_authority_says_something_new() {
    let people = TestPeople::start().await;
    people.import(&people.authority, &format!("{HEADER}{HOA}")).await;
    let agents = "update participant set mobile = '\\x01', mobile_index = '\\x02', mobile_suspect = true";
    sqlx::query(agents).execute(&people.admin).await.unwrap();
    let is_agents = "select count(*) from participant where mobile_index = '\\x02' and contact_differs";

    let same = people.import(&people.authority, &format!("{HEADER}{HOA}")).await;
    assert_eq!((counts(&same), people.number(is_agents).await), ([0, 0, 1, 0], 1));
    let renamed = format!("{HEADER}{}", HOA.replace("Hoà", "Hòa Bình"));
    assert_eq!(counts(&people.import(&people.authority, &renamed).await), [0, 1, 0, 0]);
    assert_eq!(people.number(is_agents).await, 1, "the name alone was changed");
    let emptied = renamed.replace("0912345678", "");
    assert_eq!(counts(&people.import(&people.authority, &emptied).await), [0, 1, 0, 0]);
    assert_eq!(people.number(is_agents).await, 1, "an empty cell takes nothing from the agent");
    let list = format!("{HEADER}{}", HOA.replace("0912345678", "0912345679"));
    // What the agent had does not open: it was put there by hand.
    sqlx::query("update participant set mobile = null, mobile_index = null")
        .execute(&people.admin)
        .await
        .unwrap();
    assert_eq!(counts(&people.import(&people.authority, &list).await), [0, 1, 0, 0]);
    let taken =
        "select count(*) from participant where not contact_differs and not mobile_suspect and version = 4";
    assert_eq!(people.number(taken).await, 1, "a new number of the authority's is the person's");
    let list = list.replace("0912345679", "0912345670");
    people.import(&people.authority, &list).await;
    let kept = "select count(*) from contact_change where field = 'mobile' and before is not null and after is not null";
    assert_eq!(people.number(kept).await, 1, "what it took the place of is in the history");
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_rows_come_back_in_the_files_own_columns_and_are_taken_once_mended() {
    let people = TestPeople::start().await;
    let titles = ["Đến ngày", "Họ và tên", "Mã số BHXH", "Từ ngày", "Ghi chú", "Ngày sinh", "Mã đại lý"];
    let headings: Vec<Heading> = titles.iter().map(|title| Heading::new(*title, 12)).collect();
    let day = |text: &str| Value::Date(text.parse().unwrap());
    let row = |number: &str, birth: &str| {
        let (name, note) = (Value::text("Trần Thị Hoà"), Value::text("=1+1"));
        let texts =
            [Value::text(number), day("2026-01-01"), note, Value::text(birth), Value::text("BI0902I")];
        [day("2026-12-31"), name].into_iter().chain(texts).collect::<Vec<_>>()
    };
    let mut book = Workbook::begin(Vec::new(), "People", &headings).unwrap();
    book.row(&row("7936491863", "1950")).unwrap();
    book.row(&row("7936491864", "31/02/1950")).unwrap();
    let file = book.finish().unwrap();
    let import = people.import_file(&people.authority, file, XLSX).await;
    assert_eq!((counts(&import), import.unknown_columns.clone()), ([1, 0, 0, 1], vec!["ghi_chú".to_owned()]));

    let rejected = people.rejected(&people.authority, &import).await.unwrap();
    const COLUMNS: Columns = Columns::new(&[
        Column::required("Mã số BHXH"),
        Column::required("Ngày sinh"),
        Column::required("why"),
    ]);
    let list = read_list(Cursor::new(&rejected), XLSX, Limits::default(), COLUMNS).unwrap();
    let cell = |column: &str| list.header.cell(&list.rows[0], column).text().unwrap();
    assert_eq!(list.rows.len(), 1);
    assert_eq!([cell("Mã số BHXH"), cell("Ngày sinh")], ["7936491864", "31/02/1950"]);
    assert_eq!(cell("why"), "birth must be a date such as 1990-04-12 (NOT_A_DATE)");

    // Mended as its sender would: the same workbook with the cell typed again.
    let mut mended = Workbook::begin(Vec::new(), "People", &headings).unwrap();
    mended.row(&row("7936491864", "28/02/1950")).unwrap();
    let import = people.import_file(&people.authority, mended.finish().unwrap(), XLSX).await;
    assert_eq!(counts(&import), [1, 0, 0, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_list_is_refused_and_leaves_nothing() {
    let people = TestPeople::start().await;
    for (list, reason) in [
        ("bhxh_number;full_name\n1;2\n".to_owned(), "COLUMN_MISSING"),
        (String::new(), "FILE_UNREADABLE"),
        (format!("{HEADER}{HOA}\"{HOA}"), "FILE_UNREADABLE"),
    ] {
        let refused = people.send(&people.authority, list.as_bytes(), "text/csv", false).await.unwrap_err();
        assert_eq!(Error::from(refused).reason(), reason);
    }
    assert_eq!(people.number("select count(*) from import").await, 0);
    assert_eq!(people.number("select count(*) from import_batch").await, 0);
    assert_eq!(people.number("select count(*) from participant").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_list_of_a_kind_at_a_time_and_nobody_elses() {
    let people = TestPeople::start().await;
    let import = people.import(&people.authority, &format!("{HEADER}{HOA}")).await;
    for person in [&people.other_authority, &people.agency] {
        let asked = GetImportRequest { import_id: import.import_id.clone() };
        assert!(people.imports().get_import(people.by(person, asked)).await.is_err());
        let asked = ListImportRowsRequest { import_id: import.import_id.clone(), ..Default::default() };
        assert!(people.imports().list_import_rows(people.by(person, asked)).await.is_err());
        let asked = WatchImportRequest { import_id: import.import_id.clone() };
        assert!(people.imports().watch_import(people.by(person, asked)).await.is_err());
        assert!(people.rejected(person, &import).await.is_err());
    }
    let asked = people.by(&people.other_authority, ListImportsRequest::default());
    assert!(people.imports().list_imports(asked).await.unwrap().into_inner().imports.is_empty());
    let asked = people.by(&people.authority, ListImportsRequest::default());
    let listed = people.imports().list_imports(asked).await.unwrap().into_inner().imports;
    assert_eq!(listed, std::slice::from_ref(&import));
    assert!(people.send(&people.agency, HEADER.as_bytes(), "text/csv", false).await.is_err());

    let reading = "update import set state = 'READING', ended_at = null";
    sqlx::query(reading).execute(&people.admin).await.unwrap();
    let list = format!("{HEADER}{HOA}");
    let refused = people.send(&people.authority, list.as_bytes(), "text/csv", false).await.unwrap_err();
    let refused = Error::from(refused);
    assert_eq!(
        (refused.reason(), refused.fact("importId")),
        ("IMPORT_RUNNING", Some(import.import_id.as_str()))
    );
    let others = HOA.replace("BI0902I", "HN0100A");
    assert_eq!(
        counts(&people.import(&people.other_authority, &format!("{HEADER}{others}")).await),
        [1, 0, 0, 0]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn other_days_of_a_card_take_the_place_of_those_that_a_list_had_before() {
    let people = TestPeople::start().await;
    people.import(&people.authority, &format!("{HEADER}{HOA}")).await;
    let mended = HOA.replace("01/01/2026;31/12/2026", "15/01/2026;14/01/2027");
    assert_eq!(counts(&people.import(&people.authority, &format!("{HEADER}{mended}")).await), [0, 1, 0, 0]);
    let periods: Vec<(chrono::NaiveDate, chrono::NaiveDate)> =
        sqlx::query_as("select valid_from, valid_to from card_period")
            .fetch_all(&people.admin)
            .await
            .unwrap();
    let day = |text: &str| text.parse().unwrap();
    assert_eq!(periods, [(day("2026-01-15"), day("2027-01-14"))]);
}

/// A batch that does not open is tried again; meanwhile others have their turn.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_cannot_be_taken_holds_up_nobody_elses() {
    let people = TestPeople::start().await;
    let broken = "with import as (
            insert into import (import_id, authority_id, kind, dry_run, state, titles, unknown_columns, begun_by, begun_at,
                worked_at)
            values ($1, $2, 'PARTICIPANTS', false, 'TAKING', '{}', '{}', 'somebody', $3, $3) returning import_id)
         insert into import_batch (import_id, authority_id, number, content) select import_id, $2, 0, '\\x00' from import";
    let authority = people.authority.organization.uuid();
    let broken = sqlx::query(broken).bind(uuid::Uuid::now_v7()).bind(authority).bind(people.clock.now());
    broken.execute(&people.admin).await.unwrap();
    let others = HOA.replace("BI0902I", "HN0100A");
    let taken = people.import(&people.other_authority, &format!("{HEADER}{others}")).await;
    assert_eq!((taken.state(), counts(&taken)), (State::Done, [1, 0, 0, 0]));
    // It is tried again, after whoever waited.
    people.until("select count(*) from import where failures > 1", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_to_be_renewed_goes_with_the_newest_list() {
    let people = TestPeople::start().await;
    people.person(made("7936491863")).await;
    let list =
        "Mã số BHXH,Đến ngày,Mã đại lý\n7936491863,12/12/2026,BI0902I\n7936491864,12/12/2026,BI0902I\n";
    assert_eq!(counts(&people.import_renewals(&people.authority, list).await), [2, 0, 0, 0]);
    assert_eq!(counts(&people.import_renewals(&people.authority, list).await), [0, 0, 2, 0]);
    let moved = list.replace("7936491864,12/12/2026,BI0902I", "7936491864,12/12/2026,BI0902J");
    assert_eq!(counts(&people.import_renewals(&people.authority, &moved).await), [0, 1, 1, 0]);
    let of = |agency: uuid::Uuid| format!("select count(*) from renewal_item where agency_id = '{agency}'");
    assert_eq!(people.number(&of(people.second_agency.organization.uuid())).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_of_an_agency_that_handed_over_means_its_successor() {
    let people = TestPeople::start().await;
    let gone = "update agency set state = 'HANDED_OVER', successor_id = $1, handed_over_at = now() where agency_id = $2";
    let [successor, agency] = [&people.second_agency, &people.agency].map(|it| it.organization.uuid());
    sqlx::query(gone).bind(successor).bind(agency).execute(&people.admin).await.unwrap();
    assert_eq!(counts(&people.import(&people.authority, &format!("{HEADER}{HOA}")).await), [1, 0, 0, 0]);
    let of = format!("select count(*) from participant where agency_id = '{successor}'");
    assert_eq!(people.number(&of).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_nobody_reads_any_more_fails_and_rows_are_kept_for_thirty_days() {
    let setup = TestPeople::setup().await.with("CAREWAY_RENEWALS_TIMER_SECONDS", "1");
    let people = TestPeople::of(setup).await;
    let import = people.import(&people.authority, &format!("{HEADER}{HOA}")).await;
    // As a replica leaves it that has died while it read.
    let left = "with import as (
            insert into import (import_id, authority_id, kind, dry_run, state, titles, unknown_columns, begun_by, begun_at,
                worked_at)
            values ($1, $2, 'PARTICIPANTS', false, 'READING', '{}', '{}', 'somebody', $3, $3) returning import_id)
         insert into import_batch (import_id, authority_id, number, content) select import_id, $2, 0, '\\x00' from import";
    let id = uuid::Uuid::now_v7();
    let authority = people.authority.organization.uuid();
    sqlx::query(left).bind(id).bind(authority).bind(people.clock.now()).execute(&people.admin).await.unwrap();
    people.clock.advance(std::time::Duration::from_secs(6 * 60));
    people.until("select count(*) from import where state = 'FAILED'", 1).await;
    assert_eq!(people.number("select count(*) from import_batch").await, 0);
    assert_eq!(counts(&people.import(&people.authority, &format!("{HEADER}{HOA}")).await), [0, 0, 1, 0]);

    assert_eq!(people.import_rows(&import, Outcome::Unspecified).await.len(), 1);
    people.clock.advance(std::time::Duration::from_secs(31 * 86_400));
    people.until("select count(*) from import_row", 0).await;
}

/// Many rows: several batches, counted as they are taken, while another authority's list is answered and taken.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_taken_in_batches_and_holds_up_nobody() {
    const ROWS: usize = 21_000;
    let people = TestPeople::start().await;
    let mut list = HEADER.to_owned();
    for row in 0..ROWS {
        list.push_str(&HOA.replace("7936491863", &format!("{:010}", 7_000_000_000_u64 + row as u64)));
    }
    let import = people.send(&people.authority, list.as_bytes(), "text/csv", false).await.unwrap();
    assert_eq!(import.rows as usize, ROWS, "all of it was read when it is answered");

    let others = format!("{HEADER}{}", HOA.replace("BI0902I", "HN0100A"));
    people.send(&people.other_authority, others.as_bytes(), "text/csv", false).await.unwrap();
    let request = GetImportRequest { import_id: import.import_id.clone() };
    let long = people.imports().get_import(people.by(&people.authority, request)).await.unwrap();
    let done = long.into_inner().import.unwrap().rows_done;
    assert!((done as usize) < ROWS, "the other is answered while the long one is taken: {done}");

    let steps = people.watched(&people.authority, &import).await;
    let done: Vec<i32> = steps.iter().map(|step| step.rows_done).collect();
    assert!(done.is_sorted() && done.last() == Some(&(ROWS as i32)), "{done:?}");
    assert_eq!(counts(steps.last().unwrap()), [ROWS as i32, 0, 0, 0]);
    assert_eq!(people.number("select count(*) from import_batch").await, 0);
    assert_eq!(people.number("select count(*) from import_row").await, ROWS as i64 + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_can_never_be_taken_fails_its_import_and_holds_up_nobody_for_ever() {
    let people = TestPeople::start().await;
    let id = uuid::Uuid::from_u128(7);
    sqlx::query(
        "with staged as (
            insert into import (import_id, authority_id, kind, dry_run, state, titles, unknown_columns, rows_read, begun_by,
                begun_at, worked_at)
            values ($1, $2, 'PARTICIPANTS', false, 'READING', '{}', '{}', 1, 'somebody', $3, $3))
         insert into import_batch (import_id, authority_id, number, content) values ($1, $2, 0, 'not sealed')",
    )
    .bind(id)
    .bind(people.authority.organization.uuid())
    .bind(people.clock.now())
    .execute(&people.admin)
    .await
    .unwrap();
    let list = format!("{HEADER}{HOA}");
    let refused = people.send(&people.authority, list.as_bytes(), "text/csv", false).await;
    assert_eq!(careway_testing::refusal(refused).reason(), "IMPORT_RUNNING");
    sqlx::query("update import set state = 'TAKING'").execute(&people.admin).await.unwrap();
    people.until("select count(*) from import where state = 'FAILED' and ended_at is not null", 1).await;
    people.until("select count(*) from import_batch", 0).await;
    let request = GetImportRequest { import_id: id.to_string() };
    let failed =
        people.imports().get_import(people.by(&people.authority, request)).await.unwrap().into_inner();
    assert_eq!(failed.import.unwrap().state(), State::Failed);
    assert_eq!(counts(&people.import(&people.authority, &list).await), [1, 0, 0, 0]);
}
