//! What becomes of rows.

use careway_kernel::{CountryCode, Language};

use crate::members::import::{domain::*, rows::tests::listed};

fn fresh_ids() -> impl FnMut() -> Uuid {
    let mut numbers = 100..;
    move || Uuid::from_u128(numbers.next().unwrap())
}

pub(crate) fn import() -> Import {
    let now: DateTime<Utc> = "2026-03-01T08:00:00Z".parse().unwrap();
    Import {
        payer: OrganizationId::from_uuid(Uuid::from_u128(1)),
        home: Home { country: CountryCode::RW, zone: chrono_tz::Tz::Africa__Kigali, language: Language::Rw },
        now,
        today: now.date_naive(),
    }
}

fn draft(text: &str) -> Draft {
    listed(text).drafts.remove(0)
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
    assert_eq!((married.facts.name.family_name(), married.version), ("Mukamana", 2));
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
    assert!(matches!(other.decide(import(), &met, fresh_ids()), Decision::Reject(Refused::NationalIdTaken)));
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
