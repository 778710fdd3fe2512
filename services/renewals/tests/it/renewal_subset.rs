//! The renewal list holds only cards whose participant the same agency has, whatever happened before, and in whatever order.

use careway_contract::renewals::v1::{HandOverAgencyRequest, ListRenewalsRequest};
use careway_testing::Person;
use proptest::{prelude::*, strategy::ValueTree};

use crate::{
    test_items::{FIRST, renewing},
    test_people::{Made, TestPeople, made},
};

/// Something that happens. People and last days are few, so that they meet.
#[derive(Debug, Clone, Copy)]
enum Happens {
    Participant { second_agency: bool, person: usize, day: usize },
    Item { second_agency: bool, person: usize, day: usize },
    Renewed { person: usize },
    Undone { person: usize },
    HandedOver,
}

const DAYS: [&str; 3] = ["2026-12-11", "2026-12-12", "2027-06-30"];

fn happens() -> impl Strategy<Value = Happens> {
    let whose = || (any::<bool>(), 0_usize..6, 0_usize..3);
    prop_oneof![
        20 => whose().prop_map(|(second_agency, person, day)| Happens::Participant { second_agency, person, day }),
        20 => whose().prop_map(|(second_agency, person, day)| Happens::Item { second_agency, person, day }),
        40 => (0_usize..6).prop_map(|person| Happens::Renewed { person }),
        10 => (0_usize..6).prop_map(|person| Happens::Undone { person }),
        1 => Just(Happens::HandedOver),
    ]
}

fn number(person: usize) -> String {
    format!("793649180{person}")
}

impl TestPeople {
    fn agency_of(&self, second: bool) -> &Person {
        if second { &self.second_agency } else { &self.agency }
    }

    async fn happens(&self, what: Happens, receipt: usize) {
        match what {
            Happens::Participant { second_agency, person, day } => {
                let taken =
                    format!("select count(*) from participant where bhxh_number = '{}'", number(person));
                if self.count(&taken).await == 0 {
                    let number = number(person);
                    let made = Made { last_day: DAYS[day], ..made(&number) };
                    self.participant(&self.authority, self.agency_of(second_agency), made).await;
                }
            }
            Happens::Item { second_agency, person, day } => {
                let number = number(person);
                let taken = format!(
                    "select count(*) from renewal_item where bhxh_number = '{number}' and last_day = '{}'",
                    DAYS[day]
                );
                if self.count(&taken).await == 0 {
                    self.item(&self.authority, self.agency_of(second_agency), &number, DAYS[day]).await;
                }
            }
            Happens::Renewed { person } => {
                for agency in [&self.agency, &self.second_agency] {
                    if let Some(item) = self.find_item(agency, person).await {
                        let receipt = format!("BL-{receipt}");
                        self.renew(agency, renewing(&[&item], FIRST, &receipt)).await.unwrap();
                    }
                }
            }
            Happens::Undone { person } => {
                let standing = format!(
                    "select renewal_item_id::text from renewal_item where bhxh_number = '{}' and renewal_id is not null
                     order by last_day desc limit 1",
                    number(person)
                );
                let standing: Option<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(standing))
                    .fetch_optional(&self.admin)
                    .await
                    .unwrap();
                if let Some(item) = standing {
                    let _ = self.undo(&self.authority, &item).await;
                }
            }
            Happens::HandedOver => {
                let request = HandOverAgencyRequest {
                    agency_id: self.agency.organization.to_string(),
                    successor_id: self.second_agency.organization.to_string(),
                };
                let _ = self.agencies().hand_over_agency(self.by(&self.authority, request)).await;
            }
        }
    }

    async fn find_item(&self, agency: &Person, person: usize) -> Option<String> {
        let asked = ListRenewalsRequest { q: number(person), ..Default::default() };
        self.listed_renewals(agency, asked).await.renewals.first().map(|it| it.renewal_id.clone())
    }

    /// What each list shows is what a participant of that very agency has, and its count is how many it shows.
    async fn check_subset(&self, after: Happens) {
        let mut of_agencies = Vec::new();
        for agency in [&self.agency, &self.second_agency] {
            let listed = self.listed_renewals(agency, ListRenewalsRequest::default()).await;
            assert_eq!(listed.total as usize, listed.renewals.len(), "{after:?}");
            for renewal in &listed.renewals {
                let has = format!(
                    "select count(*) from participant where bhxh_number = '{}' and agency_id = '{}' and last_day = '{}'",
                    renewal.bhxh_number, agency.organization, renewal.last_day
                );
                assert_eq!(self.count(&has).await, 1, "{after:?}: {renewal:?}");
                assert_eq!(renewal.agency_id, agency.organization.to_string());
            }
            of_agencies.extend(listed.renewals.into_iter().map(|renewal| renewal.renewal_id));
        }
        let listed = self.listed_renewals(&self.authority, ListRenewalsRequest::default()).await;
        let mut of_authority: Vec<_> =
            listed.renewals.into_iter().map(|renewal| renewal.renewal_id).collect();
        of_authority.sort();
        of_agencies.sort();
        assert_eq!(of_authority, of_agencies, "{after:?}: the authority's list is all of theirs");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_a_part_of_the_participants_at_any_time() {
    let people = TestPeople::with_salary().await;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let happenings = proptest::collection::vec(happens(), 200).new_tree(&mut runner).unwrap().current();
    for (receipt, what) in happenings.into_iter().enumerate() {
        people.happens(what, receipt).await;
        people.check_subset(what).await;
    }
    assert!(people.count("select count(*) from renewal").await > 3, "something was renewed");
}
