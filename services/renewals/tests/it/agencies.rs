//! Appointed agencies, over gRPC: by code, once, and handed over whole.

use careway_contract::renewals::v1::{agency::State, *};
use careway_service::{Error, Kind, OrganizationKind};
use careway_testing::{Person, key, refusal};

use crate::test_people::{CODES, TestPeople, made};

impl TestPeople {
    async fn appointed(&self, by: &Person, code: &str) -> Result<Agency, Error> {
        let request = AppointAgencyRequest { code: code.to_owned() };
        Ok(self.agencies().appoint_agency(self.by(by, request)).await?.into_inner().agency.unwrap())
    }

    pub(crate) async fn hand_over(
        &self,
        by: &Person,
        agency: &Person,
        successor: &Person,
    ) -> Result<HandOverAgencyResponse, Error> {
        let request = HandOverAgencyRequest {
            agency_id: agency.organization.to_string(),
            successor_id: successor.organization.to_string(),
        };
        Ok(self.agencies().hand_over_agency(self.by(by, request)).await?.into_inner())
    }

    async fn listed(&self, by: &Person, page_size: i32) -> Vec<Agency> {
        let (mut all, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = ListAgenciesRequest { page_size, page_token };
            let page = self.agencies().list_agencies(self.by(by, request)).await.unwrap().into_inner();
            all.extend(page.agencies);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return all;
            }
        }
    }

    async fn read_agency(&self, by: &Person, agency: &Person) -> Result<Agency, Error> {
        let request = GetAgencyRequest { agency_id: agency.organization.to_string() };
        Ok(self.agencies().get_agency(self.by(by, request)).await?.into_inner().agency.unwrap())
    }
}

fn codes(agencies: &[Agency]) -> Vec<&str> {
    agencies.iter().map(|agency| agency.code.as_str()).collect()
}

#[tokio::test]
async fn an_authority_appoints_agencies_by_code_and_each_sees_its_own() {
    let people = TestPeople::start().await;
    assert_eq!(codes(&people.listed(&people.authority, 0).await), CODES[..2]);
    assert_eq!(codes(&people.listed(&people.authority, 1).await), CODES[..2], "page by page");
    let own = people.listed(&people.agency, 0).await;
    assert_eq!(codes(&own), CODES[..1]);
    assert_eq!(
        [&own[0].name, &own[0].authority_name, &own[0].authority_id],
        ["Đại lý BI0902I", "BHXH Thủ Đức", &people.authority.organization.to_string()]
    );
    assert_eq!(codes(&people.listed(&people.other_authority, 0).await), CODES[2..]);

    let read = people.read_agency(&people.authority, &people.agency).await.unwrap();
    assert_eq!((read.state(), read.version), (State::Appointed, 1));
    for (by, agency) in [
        (&people.authority, &people.other_agency),
        (&people.other_authority, &people.agency),
        (&people.agency, &people.second_agency),
        (&people.agency, &people.agency),
    ] {
        assert_eq!(refusal(people.read_agency(by, agency).await).kind(), Kind::NotFound);
    }

    // The same agency collects for another authority as well, and its pages go over both.
    let second = people.appointed(&people.other_authority, "bi0902i").await.unwrap();
    assert_eq!(second.code, "BI0902I");
    assert_eq!(codes(&people.listed(&people.agency, 1).await), ["BI0902I", "BI0902I"]);
}

#[tokio::test]
async fn nobody_is_appointed_twice_or_unless_an_agency() {
    let people = TestPeople::start().await;
    let unknown = people.appointed(&people.authority, "NOBODY").await;
    assert_eq!((refusal(unknown).reason()), "AGENCY_UNKNOWN");
    let clinic = Person::of(OrganizationKind::Facility, &people.clock);
    people.identity.register("CLINIC", &clinic, "Clinic");
    assert_eq!(refusal(people.appointed(&people.authority, "CLINIC").await).reason(), "AGENCY_UNKNOWN");
    assert_eq!(refusal(people.appointed(&people.authority, "BI0902I").await).reason(), "AGENCY_APPOINTED");
    // The code went to another organization meanwhile.
    let newcomer = Person::of(OrganizationKind::Agency, &people.clock);
    people.identity.register("BI0902I", &newcomer, "Newcomer");
    assert_eq!(refusal(people.appointed(&people.authority, "BI0902I").await).reason(), "AGENCY_APPOINTED");
    let wrong = refusal(people.appointed(&people.authority, "BI+0902").await);
    assert_eq!(wrong.violations()[0].0, "code");
    let wrong = refusal(people.appointed(&people.agency, "BI0902J").await);
    assert_eq!(wrong.reason(), "WRONG_ORGANIZATION_KIND");

    let (key, request) = (key(), AppointAgencyRequest { code: "BI0902K".to_owned() });
    let third = Person::of(OrganizationKind::Agency, &people.clock);
    people.register(&third, "BI0902K").await;
    let ask = async || {
        let request = people.keyed(&people.authority, &key, request.clone());
        people.agencies().appoint_agency(request).await.unwrap().into_inner()
    };
    assert_eq!(ask().await, ask().await, "asked again, it answers again");
}

#[tokio::test]
async fn one_of_many_who_appoint_the_same_agency_at_once_does() {
    let people = TestPeople::start().await;
    let third = Person::of(OrganizationKind::Agency, &people.clock);
    people.register(&third, "BI0902K").await;
    let all = futures::future::join_all((0..8).map(|_| people.appointed(&people.authority, "BI0902K"))).await;
    assert_eq!(all.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let reasons = all.into_iter().filter_map(Result::err).map(|error| error.reason().to_owned());
    assert!(reasons.into_iter().all(|reason| reason == "AGENCY_APPOINTED"));
}

#[tokio::test]
async fn a_successor_takes_over_all_of_an_agency_and_nothing_of_others() {
    let people = TestPeople::start().await;
    let hoa = people.person(made("7936491863")).await;
    people.person(made("7936491864")).await;
    people.participant(&people.authority, &people.second_agency, made("7936491865")).await;
    // The first agency collects for the other authority as well: that stays.
    people.appoint(&people.other_authority, "BI0902I").await;
    people.participant(&people.other_authority, &people.agency, made("7936491863")).await;
    let [authority, agency] = [&people.authority, &people.agency].map(|it| it.organization);
    sqlx::query(
        "with items as (
            insert into renewal_item (renewal_item_id, authority_id, agency_id, bhxh_number, last_day, created_at)
            values (gen_random_uuid(), $1, $2, '7936491863', '2026-12-12', now()))
         insert into data_issue (data_issue_id, participant_id, authority_id, agency_id, field, note, state, reported_by,
            reported_at, resolved_by, resolved_at)
         select gen_random_uuid(), $3, $1, $2, 'BIRTH', '', state, 'x', now(), who, at from (values
            ('OPEN', null, null), ('AS_IT_IS', 'y', now())) as v (state, who, at)",
    )
    .bind(authority.uuid())
    .bind(agency.uuid())
    .bind(hoa.uuid())
    .execute(&people.admin)
    .await
    .unwrap();

    let second = &people.second_agency;
    for (successor, reason) in [(&people.agency, "AGENCY_UNKNOWN"), (&people.other_agency, "AGENCY_UNKNOWN")]
    {
        let refused = refusal(people.hand_over(&people.authority, &people.agency, successor).await);
        assert_eq!(refused.reason(), reason);
    }
    for by in [&people.other_authority, &people.authority] {
        let foreign = refusal(
            people
                .hand_over(
                    by,
                    if by.organization == authority { &people.other_agency } else { second },
                    second,
                )
                .await,
        );
        assert_eq!(foreign.kind(), Kind::NotFound);
    }
    let refused = refusal(people.hand_over(&people.agency, &people.agency, second).await);
    assert_eq!(refused.reason(), "WRONG_ORGANIZATION_KIND");

    let done = people.hand_over(&people.authority, &people.agency, second).await.unwrap();
    let gone = done.agency.unwrap();
    assert_eq!(done.participants, 2);
    assert_eq!((gone.state(), gone.version), (State::HandedOver, 2));
    assert_eq!(gone.successor_id, second.organization.to_string());
    let had = async |table: &str, who: &Person| {
        let of = format!("authority_id = '{authority}' and agency_id = '{}'", who.organization);
        people.count(&format!("select count(*) from {table} where {of}")).await
    };
    assert_eq!([had("participant", &people.agency).await, had("participant", second).await], [0, 3]);
    assert_eq!([had("renewal_item", &people.agency).await, had("renewal_item", second).await], [0, 1]);
    assert_eq!([had("data_issue", &people.agency).await, had("data_issue", second).await], [1, 1]);
    let elsewhere = format!("select count(*) from participant where agency_id = '{agency}'");
    assert_eq!(people.count(&elsewhere).await, 1, "of the other authority");

    let refused = refusal(people.hand_over(&people.authority, &people.agency, second).await);
    assert_eq!(refused.reason(), "AGENCY_HANDED_OVER");
    let refused = refusal(people.hand_over(&people.authority, second, &people.agency).await);
    assert_eq!(refused.reason(), "AGENCY_UNKNOWN", "it collects no more");
    let own = people.listed(&people.agency, 0).await;
    let own = own.iter().find(|it| it.authority_id == authority.to_string()).unwrap();
    assert_eq!(
        (own.state(), own.successor_id.as_str()),
        (State::HandedOver, ""),
        "agencies do not see each other"
    );

    let again = people.appointed(&people.authority, "BI0902I").await.unwrap();
    assert_eq!((again.state(), again.version, again.successor_id.as_str()), (State::Appointed, 3, ""));
}
