//! An authority's settings, over gRPC: the law's until they are set, and read by the agencies it appointed.

use careway_contract::{renewals::v1::*, types::v1::Money};
use careway_service::{Error, Kind};
use careway_testing::{Person, refusal};

use crate::test_people::TestPeople;

impl TestPeople {
    async fn settings_of(&self, by: &Person, authority: &str) -> Result<RenewalSettings, Error> {
        let request = GetRenewalSettingsRequest { authority_id: authority.to_owned() };
        let answer = self.settings().get_renewal_settings(self.by(by, request)).await?;
        Ok(answer.into_inner().settings.unwrap())
    }

    async fn change_settings(
        &self,
        by: &Person,
        settings: RenewalSettings,
        version: Option<i32>,
    ) -> Result<RenewalSettings, Error> {
        let request = SetRenewalSettingsRequest { settings: Some(settings) };
        let mut request = self.versioned(by, version.unwrap_or_default(), request);
        if version.is_none() {
            request.metadata_mut().remove("if-match");
        }
        Ok(self.settings().set_renewal_settings(request).await?.into_inner().settings.unwrap())
    }
}

fn with_salary(amount: &str) -> RenewalSettings {
    let amount = Some(Money { currency: "VND".to_owned(), amount: amount.to_owned() });
    RenewalSettings {
        base_salaries: vec![BaseSalary { from: "2024-07-01".to_owned(), amount }],
        ..Default::default()
    }
}

#[tokio::test]
async fn settings_are_the_laws_until_they_are_set_version_by_version() {
    let people = TestPeople::start().await;
    let defaults = people.settings_of(&people.authority, "").await.unwrap();
    let expected = RenewalSettings {
        window_days: Some(30),
        lapsed_days: Some(30),
        earliest_days: Some(60),
        undo_days: Some(30),
        version: Some(0),
        ..Default::default()
    };
    assert_eq!(defaults, expected);

    let wanted = with_salary("2340000");
    let set = async |settings, version| people.change_settings(&people.authority, settings, version).await;
    assert_eq!(refusal(set(wanted.clone(), None).await).reason(), "PRECONDITION_REQUIRED");
    assert_eq!(refusal(set(wanted.clone(), Some(1)).await).kind(), Kind::Stale);
    let first = set(wanted.clone(), Some(0)).await.unwrap();
    assert_eq!(
        first,
        RenewalSettings { version: Some(1), base_salaries: wanted.base_salaries.clone(), ..expected }
    );
    assert_eq!(refusal(set(wanted.clone(), Some(0)).await).kind(), Kind::Stale);
    let second = RenewalSettings { undo_days: Some(7), ..wanted.clone() };
    assert_eq!(set(second, Some(1)).await.unwrap().version, Some(2));
    assert_eq!(people.settings_of(&people.authority, "").await.unwrap().undo_days, Some(7));

    let wrong = RenewalSettings { window_days: Some(0), ..with_salary("-1") };
    let wrong = refusal(set(wrong, Some(2)).await);
    let fields: Vec<_> = wrong.violations().iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["baseSalaries[0].amount.amount", "windowDays"]);
    let by_agency = people.change_settings(&people.agency, wanted, Some(0)).await;
    assert_eq!(refusal(by_agency).reason(), "WRONG_ORGANIZATION_KIND");
}

#[tokio::test]
async fn an_agency_reads_the_settings_of_its_authorities_and_of_no_other() {
    let people = TestPeople::start().await;
    people.set_settings(with_salary("2340000")).await;
    let [own, other] = [&people.authority, &people.other_authority].map(|it| it.organization.to_string());
    let of = async |by: &Person, authority: &str| people.settings_of(by, authority).await;
    assert_eq!(of(&people.agency, "").await.unwrap().version, Some(1), "the only one");
    assert_eq!(of(&people.agency, &own).await.unwrap().version, Some(1));
    assert_eq!(refusal(of(&people.agency, &other).await).kind(), Kind::NotFound);
    assert_eq!(refusal(of(&people.authority, &other).await).kind(), Kind::NotFound);
    assert_eq!(refusal(of(&people.agency, "x").await).violations()[0].0, "authorityId");

    people.appoint(&people.other_authority, "BI0902I").await;
    assert_eq!(refusal(of(&people.agency, "").await).violations()[0].0, "authorityId", "there are two now");
    assert_eq!(of(&people.agency, &other).await.unwrap().version, Some(0));

    let request = HandOverAgencyRequest {
        agency_id: people.agency.organization.to_string(),
        successor_id: people.second_agency.organization.to_string(),
    };
    people.agencies().hand_over_agency(people.by(&people.authority, request)).await.unwrap();
    assert_eq!(refusal(of(&people.agency, &own).await).kind(), Kind::NotFound, "it collects no more");
    assert_eq!(of(&people.agency, "").await.unwrap().version, Some(0));
}
