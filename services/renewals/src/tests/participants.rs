//! Names as the vectors have them, listed and found by the store that lists participants.

use careway_kernel::{Clock, CountryCode, Names, OrganizationId, ParticipantId, Redacted, text};
use careway_service::Transaction;
use careway_testing::{SECRET, TestDatabase};
use serde_json::Value;

use crate::{
    MIGRATOR, NAME,
    agencies::domain::Party,
    contact_keys::ContactKeys,
    participants::{
        domain::{
            filter::{ParticipantFilter, ParticipantOrder},
            name::given_name_first,
            search::Search,
        },
        store::list::{Page, get_count, list_participants},
    },
    vectors,
};

/// An agency of its own with people of these names.
async fn agency_of(tx: &mut Transaction, clock: &Clock, names: &[&str]) -> OrganizationId {
    let agency = OrganizationId::new(clock);
    sqlx::query(
        "insert into agency (authority_id, agency_id, code, state, appointed_at) values ($1, $1, 'A', 'APPOINTED', now())",
    )
    .bind(agency.uuid())
    .execute(&mut **tx)
    .await
    .unwrap();
    for (at, name) in names.iter().enumerate() {
        let name = Names::parse(name).unwrap();
        sqlx::query(
            "insert into participant (participant_id, authority_id, agency_id, bhxh_number, full_name, folded_name,
                given_name_first, birth, last_day, created_at, updated_at)
             values ($1, $2, $2, $3, $4, $5, $6, '1950', '2026-12-12', now(), now())",
        )
        .bind(ParticipantId::new(clock).uuid())
        .bind(agency.uuid())
        .bind(format!("{at:010}"))
        .bind(name.as_str())
        .bind(text::fold(name.as_str()))
        .bind(given_name_first(name.as_str()))
        .execute(&mut **tx)
        .await
        .unwrap();
    }
    agency
}

fn everybody_of(agency: OrganizationId) -> ParticipantFilter {
    ParticipantFilter {
        party: Party::Agency(agency),
        search: Search::All,
        agency: None,
        household: None,
        last_day_from: None,
        last_day_to: None,
        result: None,
        contact: None,
    }
}

#[tokio::test]
async fn names_stand_in_vietnamese_order() {
    let (database, clock) = (TestDatabase::create(NAME, &MIGRATOR).await, Clock::movable());
    let db = database.open(2, &clock).await;
    let keys = ContactKeys::derive(&Redacted::new(SECRET)).unwrap();
    let rows = vectors::read("name-order.jsonl");
    assert_eq!(rows.len(), 2);
    for row in rows {
        let texts = |value: &Value| -> Vec<String> {
            value.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
        };
        let names = texts(&row["names"]);
        let order = match row["by"].as_str().unwrap() {
            "FAMILY_NAME" => ParticipantOrder::FamilyName,
            _ => ParticipantOrder::GivenName,
        };
        let mut tx = db.begin_system("tests").await.unwrap();
        let borrowed: Vec<_> = names.iter().map(String::as_str).collect();
        let agency = agency_of(&mut tx, &clock, &borrowed).await;
        let filter = everybody_of(agency);
        // One to a page, so that the place of each is found again.
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let page = Page { order, after, limit: 1 };
            let found = list_participants(&mut tx, &keys, &filter, &page).await.unwrap();
            let Some(next) = found.first() else { break };
            after = Some(next.id);
            listed.push(next.full_name.as_str().to_owned());
        }
        assert_eq!(listed, texts(&row["expect"]["order"]), "{row}");
        assert_eq!(get_count(&mut tx, &keys, &filter).await.unwrap(), names.len());
    }
}

#[tokio::test]
async fn names_are_found_by_the_beginnings_of_their_words() {
    let (database, clock) = (TestDatabase::create(NAME, &MIGRATOR).await, Clock::movable());
    let db = database.open(2, &clock).await;
    let keys = ContactKeys::derive(&Redacted::new(SECRET)).unwrap();
    let rows = vectors::read("name-search.jsonl");
    assert_eq!(rows.len(), 7);
    for row in rows {
        let mut tx = db.begin_system("tests").await.unwrap();
        let agency = agency_of(&mut tx, &clock, &[row["name"].as_str().unwrap()]).await;
        let search = Search::parse(row["q"].as_str().unwrap(), CountryCode::VN);
        let filter = ParticipantFilter { search, ..everybody_of(agency) };
        let found = get_count(&mut tx, &keys, &filter).await.unwrap() == 1;
        assert_eq!(found, row["expect"]["found"], "{row}");
    }
}

#[tokio::test]
async fn hyphens_and_apostrophes_stand_in_the_way_of_no_search() {
    let (database, clock) = (TestDatabase::create(NAME, &MIGRATOR).await, Clock::movable());
    let db = database.open(2, &clock).await;
    let keys = ContactKeys::derive(&Redacted::new(SECRET)).unwrap();
    for (name, q, is_found) in [
        ("Trần Anne–Marie", "anne marie", true),
        ("Trần Anne-Marie", "annemarie tran", true),
        ("Trần Annemarie", "anne-marie", true),
        ("Y’Nhok Êban", "y'nhok", true),
        ("Y'Nhok Êban", "ynhok", true),
        ("Thu Yến", "thuy", false),
        ("Thu Yến", "-", false),
    ] {
        let mut tx = db.begin_system("tests").await.unwrap();
        let agency = agency_of(&mut tx, &clock, &[name]).await;
        let filter = ParticipantFilter { search: Search::parse(q, CountryCode::VN), ..everybody_of(agency) };
        assert_eq!(get_count(&mut tx, &keys, &filter).await.unwrap() == 1, is_found, "{name} by {q}");
    }
}
