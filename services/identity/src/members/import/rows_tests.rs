//! Rows by themselves.

use careway_kernel::Language;
use careway_service::table::{Limits, read_table};

use super::*;

const HEADER: &str = "Sex,Member number,family_name,GIVEN NAMES,birth-date,mobile,nationalId,principal_member_number,email,Remarks\n";
const UWASE: &str = "F,RSSB-1,Uwase,Aline,1990-04-12,0788123456,1199070012345601,,,";

/// A list of a Rwandan payer.
pub(crate) fn listed(text: &str) -> Listed {
    let table =
        read_table(std::io::Cursor::new(format!("{HEADER}{text}")), "text/csv", Limits::default()).unwrap();
    let home = Home { country: CountryCode::RW, language: Language::Rw };
    read(&table, true, home, "2026-03-01".parse().unwrap()).unwrap()
}

/// What is wrong with a list: row, column, reason.
fn wrong(list: &Listed) -> Vec<(u32, &str, &str)> {
    list.report.problems().map(|it| (it.row, it.column, it.reason)).collect()
}

#[test]
fn a_missing_column_is_named_and_so_is_one_that_nothing_is_done_with() {
    let table =
        read_table(std::io::Cursor::new("member_number,sex\n"), "text/csv", Limits::default()).unwrap();
    let home = Home { country: CountryCode::RW, language: Language::Rw };
    let missing = read(&table, true, home, "2026-03-01".parse().unwrap()).err();
    assert_eq!(missing, Some(TableError::ColumnMissing("family_name")));
    assert_eq!(listed(UWASE).report.unknown_columns, ["remarks"]);
}

#[test]
fn every_fault_of_a_row_is_told_with_its_column() {
    let list = listed("x,!,Uwase,,1990-13-01,0252570000,123,,nobody\n");
    let columns: Vec<_> = wrong(&list).into_iter().map(|(_, column, _)| column).collect();
    assert_eq!(
        columns,
        ["member_number", "given_names", "birth_date", "sex", "national_id", "mobile", "email"]
    );
    assert_eq!(list.numbers[&2], "!");
    assert_eq!(wrong(&listed(&format!("{UWASE},more\n"))), [(2, "", "TOO_MANY_CELLS")]);
}

#[test]
fn a_number_and_a_national_id_stand_in_a_list_once() {
    let list = listed(&format!(
        "{UWASE}\n\
         F,rssb-1,Twice,Aline,1990-04-12,,,,,\n\
         F,RSSB-2,Keza,Ange,1990-04-12,,1 1990 7 0012345 6 01,,,\n\
         F,RSSB-2,Keza,Ange,soon,,,,,\n\
         F,RSSB-2,Keza,Ange,1990-04-12,,,,,\n"
    ));
    let listed_before = "LISTED_BEFORE";
    let expected = [
        (3, "member_number", listed_before),
        (4, "national_id", listed_before),
        (5, "birth_date", "NOT_A_DATE"),
    ];
    assert_eq!(wrong(&list), expected);
    let rows: Vec<_> = list.drafts.iter().map(|draft| draft.row).collect();
    assert_eq!(rows, [2, 6], "a row that is not taken stands in no other's way");
}

#[test]
fn a_card_that_tells_another_story_is_a_warning() {
    let mut list = listed("M,RSSB-1,Uwase,Eric,1990-04-12,,1199070012345601,,\n");
    list.report.note(2, careway_service::table::Outcome::Created);
    let remarks = list.report.rows().next().unwrap().remarks.to_vec();
    assert_eq!(remarks.len(), 1);
    assert_eq!((remarks[0].column, remarks[0].warning.reason()), ("national_id", "OTHER_SEX"));
}
