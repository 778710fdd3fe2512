//! Lists of members: reported row by row, kept block by block, the same again without effect.

use std::fmt::Write;

use careway_contract::{
    google::api::HttpBody,
    identity::v1::{imported_member_row::Outcome, *},
};
use careway_service::Kind;
use careway_testing::{key, refusal};

use crate::test_members::TestMembers;

const CSV: &str = "text/csv";
const HEADER: &str =
    "member_number;Family name;given_names;birth_date;SEX;mobile;national_id;principal_member_number;email\n";

async fn import(
    service: &TestMembers,
    dry_run: bool,
    list: &[u8],
    media_type: &str,
) -> Result<ImportMembersResponse, careway_service::Error> {
    let pieces: Vec<ImportMembersRequest> = list
        .chunks(64 << 10)
        .enumerate()
        .map(|(index, data)| ImportMembersRequest {
            dry_run: dry_run && index == 0,
            file: Some(HttpBody {
                content_type: if index == 0 { media_type.to_owned() } else { String::new() },
                data: data.to_vec().into(),
                extensions: Vec::new(),
            }),
        })
        .collect();
    let request = service.by(&service.payer, &key(), tokio_stream::iter(pieces));
    Ok(service.members().import_members(request).await?.into_inner())
}

fn outcomes(report: &ImportMembersResponse) -> Vec<(i32, Outcome)> {
    report.rows.iter().map(|row| (row.row, row.outcome())).collect()
}

#[tokio::test]
async fn a_list_is_tried_taken_and_the_same_again_changes_nothing() {
    let service = TestMembers::run().await;
    let list = format!(
        "\u{feff}{HEADER}R-2;Uwase;Eric;2015-01-02;M;;;R-1;\n\
         R-1;Uwase;Aline;1990-04-12;F;0788 123 456;1 1990 7 0012345 6 01;;aline@example.org\n\
         R-3;;;1990-13-01;F;0252570000;;;\n\
         R-1;Twice;Aline;1990-04-12;F;;;;\n\
         R-4;Mugisha;Jean;1980-01-01;M;;;R-2;\n"
    );
    let expected = [
        (2, Outcome::Created),
        (3, Outcome::Created),
        (4, Outcome::Rejected),
        (5, Outcome::Rejected),
        (6, Outcome::Rejected),
    ];
    let tried = import(&service, true, list.as_bytes(), CSV).await.unwrap();
    assert_eq!((outcomes(&tried), tried.dry_run), (expected.to_vec(), true));
    assert_eq!(service.count("select count(*) from member").await, 0);

    let taken = import(&service, false, list.as_bytes(), CSV).await.unwrap();
    assert_eq!(ImportMembersResponse { dry_run: true, ..taken.clone() }, tried);
    assert_eq!((taken.total, taken.created, taken.rejected), (5, 2, 3));
    let columns: Vec<_> = taken.rows[2].violations.iter().map(|it| it.column.as_str()).collect();
    assert_eq!(columns, ["family_name", "given_names", "birth_date", "mobile"]);
    assert_eq!(taken.rows[3].violations[0].message, "is in row 3 already");
    assert_eq!(taken.rows[4].violations[0].column, "principal_member_number");
    assert_eq!(service.said("MemberRegistered").await, 2);
    let family = "select count(*) from member where principal_member_id = (select member_id from member where member_number = 'R-1')";
    assert_eq!(service.count(family).await, 1, "the principal came later in the list");

    let again = import(&service, false, list.as_bytes(), CSV).await.unwrap();
    assert_eq!((again.created, again.updated, again.unchanged, again.rejected), (0, 0, 2, 3));
    let changed = list.replace("0788 123 456", "0788999999");
    let changed = import(&service, false, changed.as_bytes(), CSV).await.unwrap();
    assert_eq!((changed.updated, changed.unchanged), (1, 1));
    assert_eq!(service.count("select count(*) from member_contact_change").await, 1);
    assert_eq!((service.said("MemberContactChanged").await, service.said("MemberRegistered").await), (1, 2));
}

#[tokio::test]
async fn a_birth_that_is_later_than_before_is_a_warning() {
    let service = TestMembers::run().await;
    let list = |born: &str| format!("{HEADER}R-1;Uwase;Aline;{born};F;;;;\n");
    for (born, warned) in [("1990-04-12", vec![]), ("1990-04-13", vec!["birth_date"]), ("1990-04-11", vec![])]
    {
        let taken = import(&service, false, list(born).as_bytes(), CSV).await.unwrap();
        let columns: Vec<_> = taken.rows[0].warnings.iter().map(|it| it.column.as_str()).collect();
        assert_eq!(columns, warned, "{born}");
    }
}

#[tokio::test]
async fn what_stands_behind_an_open_quote_is_not_left_out_in_silence() {
    let service = TestMembers::run().await;
    let list = format!("{HEADER}R-1;Uwase;\"Aline;1990-04-12;F;;;;\nR-2;Keza;Marie;1990-04-12;F;;;;\n");
    let refused = refusal(import(&service, false, list.as_bytes(), CSV).await);
    assert_eq!((refused.reason(), refused.fact("row")), ("FILE_UNREADABLE", Some("2")));
    assert_eq!(service.count("select count(*) from member").await, 0);
}

#[tokio::test]
async fn a_long_list_is_taken_in_blocks() {
    let service = TestMembers::run().await;
    let mut list = HEADER.to_owned();
    for index in 0..6000 {
        let principal = if index % 4 == 0 { String::new() } else { format!("R-{:05}", index / 4 * 4) };
        let _ = writeln!(
            list,
            "R-{index:05};Uwase;Aline {index};1990-04-12;F;07881{index:05};119907{index:07}601;{principal};"
        );
    }
    let report = import(&service, false, list.as_bytes(), CSV).await.unwrap();
    assert_eq!((report.created, report.rejected, report.rows.len()), (6000, 0, 6000));
    assert_eq!(
        service.count("select count(*) from member where principal_member_id is not null").await,
        4500
    );
    assert_eq!(
        (service.said("MemberRegistered").await, service.count("select count(*) from audit_entry").await),
        (6000, 6000)
    );
    let again = import(&service, false, list.as_bytes(), CSV).await.unwrap();
    assert_eq!(again.unchanged, 6000);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_as_a_whole() {
    let service = TestMembers::with(&[("CAREWAY_IMPORT_MIB", "1"), ("CAREWAY_IMPORT_ROWS", "2")]).await;
    let rows = |rows: &str| format!("{HEADER}{rows}").into_bytes();
    for (list, media_type, reason) in [
        (vec![b'x'; (1 << 20) + 1], CSV, "FILE_TOO_LARGE"),
        (rows("R-1;a;b;1990-01-01;F\nR-2;a;b;1990-01-01;F\nR-3;a;b;1990-01-01;F\n"), CSV, "FILE_TOO_LARGE"),
        (rows("R-1"), "application/pdf", "FILE_UNREADABLE"),
        (b"PK\x03\x04 no workbook".to_vec(), "application/octet-stream", "FILE_UNREADABLE"),
        (b"member_number,sex\n1,F\n".to_vec(), CSV, "COLUMN_MISSING"),
        (Vec::new(), CSV, "FILE_UNREADABLE"),
    ] {
        let refused = refusal(import(&service, false, &list, media_type).await);
        assert_eq!((refused.reason(), refused.kind()), (reason, Kind::Invalid));
    }
    assert_eq!(service.count("select count(*) from member").await, 0);
}
