//! Rows by themselves, and what becomes of them.

use bytes::Bytes;
use careway_kernel::{CountryCode, Language};
use careway_service::table::{Limits, read as read_table};

use super::row::{Columns, Rejected, read};
use crate::members::{domain::refusal::Refusal, import};
use import::domain::*;

const HEADER: &str =
    "Sex,Member number,family_name,GIVEN NAMES,birth-date,mobile,nationalId,principal_member_number,email\n";

fn fresh_ids() -> impl FnMut() -> Uuid {
    let mut numbers = 100..;
    move || Uuid::from_u128(numbers.next().unwrap())
}

fn import() -> Import {
    let now: DateTime<Utc> = "2026-03-01T08:00:00Z".parse().unwrap();
    Import {
        payer: OrganizationId::from_uuid(Uuid::from_u128(1)),
        home: Home { country: CountryCode::RW, language: Language::Rw },
        now,
        today: now.date_naive(),
    }
}

fn rows(text: &str) -> Vec<Result<Draft, Rejected>> {
    let table = read_table(Bytes::from(format!("{HEADER}{text}")), "text/csv", Limits::default()).unwrap();
    let columns = Columns::find(&table).unwrap();
    table.rows.iter().map(|row| read(row, &columns, import().home, import().today)).collect()
}

fn draft(text: &str) -> Draft {
    rows(text).remove(0).unwrap()
}

fn new() -> Met<'static> {
    Met { existing: None, owner: None, principal: None, has_dependants: false }
}

fn member(text: &str) -> Member {
    match draft(text).decide(import(), &new(), fresh_ids()) {
        Decision::Create(member) => *member,
        other => panic!("{other:?}"),
    }
}

const UWASE: &str = "F,RSSB-1,Uwase,Aline,1990-04-12,0788123456,1199070012345601,,";

#[test]
fn a_missing_column_is_named() {
    let table =
        read_table(Bytes::from_static(b"member_number,sex\n"), "text/csv", Limits::default()).unwrap();
    assert_eq!(Columns::find(&table).err(), Some(Refusal::ColumnMissing("family_name")));
}

#[test]
fn every_fault_of_a_row_is_told_with_its_column() {
    let rejected = rows("x,!,Uwase,,1990-13-01,0252570000,123,,nobody\n").remove(0).unwrap_err();
    let columns: Vec<_> = rejected.faults.iter().map(|fault| fault.column).collect();
    assert_eq!(
        columns,
        ["member_number", "given_names", "birth_date", "sex", "national_id", "mobile", "email"]
    );
    assert_eq!((rejected.row, rejected.number.as_str()), (2, "!"));
    let wide = rows(&format!("{UWASE}a@b.rw,more\n")).remove(0).unwrap_err();
    assert_eq!(wide.faults, [Fault::new("", "has more cells than there are columns")]);
}

#[test]
fn the_same_row_again_changes_nothing() {
    let uwase = member(UWASE);
    assert_eq!(uwase.facts.language, Language::Rw, "the payer's");
    let met = Met { existing: Some(&uwase), owner: Some(uwase.id), ..new() };
    assert!(matches!(draft(UWASE).decide(import(), &met, fresh_ids()), Decision::Unchanged));
}

#[test]
fn an_empty_cell_changes_nothing_and_a_filled_one_its_field() {
    let uwase = member(UWASE);
    let met = Met { existing: Some(&uwase), ..new() };
    let shorter = draft("F,RSSB-1,Uwase,Aline,1990-04-12,,,,");
    assert!(matches!(shorter.decide(import(), &met, fresh_ids()), Decision::Unchanged));
    let married = draft("F,rssb-1,Mukamana,Aline,1990-04-12,,,,");
    let Decision::Update(married, change) = married.decide(import(), &met, fresh_ids()) else {
        panic!("a new name")
    };
    assert_eq!((married.facts.family_name.as_str(), married.version), ("Mukamana", 2));
    assert!(change.contacts.is_empty());
}

#[test]
fn a_new_card_takes_the_place_of_the_old_one() {
    let uwase = member(UWASE);
    let met = Met { existing: Some(&uwase), ..new() };
    let replaced = draft("F,RSSB-1,Uwase,Aline,1990-04-12,,1199070012345612,,");
    let Decision::Update(member, change) = replaced.decide(import(), &met, fresh_ids()) else {
        panic!("a new card")
    };
    assert_eq!((member.national_ids.len(), change.closed_national_ids.len()), (2, 1));
}

#[test]
fn a_number_of_somebody_else_is_refused() {
    let uwase = member(UWASE);
    let met = Met { owner: Some(uwase.id), ..new() };
    let other = draft("F,RSSB-2,Keza,Ange,1990-04-12,,1199070012345601,,");
    assert!(
        matches!(other.decide(import(), &met, fresh_ids()), Decision::Reject(fault) if fault.column == "national_id")
    );
}

#[test]
fn a_principal_must_be_one() {
    let (uwase, child) = (member(UWASE), draft("M,RSSB-3,Uwase,Eric,2015-01-02,,,RSSB-1,"));
    let decide = |principal| child.decide(import(), &Met { principal, ..new() }, fresh_ids());
    assert!(matches!(decide(None), Decision::Reject(_)));
    assert!(matches!(decide(Some((uwase.id, Some(uwase.id)))), Decision::Reject(_)));
    let Decision::Create(child) = decide(Some((uwase.id, None))) else { panic!("a dependant") };
    assert_eq!(child.family(), uwase.id.uuid());
}

#[test]
fn a_card_that_tells_another_story_is_a_warning() {
    let odd = draft("M,RSSB-1,Uwase,Eric,1990-04-12,,1199070012345601,,");
    assert_eq!(odd.warnings(&Decision::Unchanged).len(), 1);
}

#[test]
fn a_birth_that_is_later_than_before_is_a_warning() {
    let uwase = member(UWASE);
    let met = Met { existing: Some(&uwase), ..new() };
    for (born, warned) in [("1990-04-13", vec!["birth_date"]), ("1990-04-11", vec![]), ("1990-04-12", vec![])]
    {
        let listed = draft(&format!("F,RSSB-1,Uwase,Aline,{born},,,,"));
        let warnings = listed.warnings(&listed.decide(import(), &met, fresh_ids()));
        assert_eq!(warnings.iter().map(|it| it.column).collect::<Vec<_>>(), warned, "{born}");
    }
}
