//! A payer's rules for claims, over gRPC.

use careway_contract::{
    types::v1::Money,
    visits::v1::{claim_rules::MedicalFileSharing, claim_rules_service_client::ClaimRulesServiceClient, *},
};
use careway_service::{Error, Kind, Upstream};
use careway_testing::{Person, key, refusal};

use crate::test_visits::TestVisits;

impl TestVisits {
    fn claim_rules(&self) -> ClaimRulesServiceClient<Upstream> {
        ClaimRulesServiceClient::new(self.upstream())
    }

    async fn own_rules(&self, payer: &Person) -> ClaimRules {
        let request = self.by(payer, &key(), GetClaimRulesRequest {});
        self.claim_rules().get_claim_rules(request).await.unwrap().into_inner().rules.unwrap()
    }

    async fn set_rules(&self, rules: ClaimRules, version: Option<i32>) -> Result<ClaimRules, Error> {
        let mut request = self.by(&self.payer, &key(), SetClaimRulesRequest { rules: Some(rules) });
        request.metadata_mut().remove("idempotency-key");
        if let Some(version) = version {
            request.metadata_mut().insert("if-match", version.to_string().parse().unwrap());
        }
        Ok(self.claim_rules().set_claim_rules(request).await?.into_inner().rules.unwrap())
    }

    async fn rules_of_the_payer(&self, by: &Person) -> Result<ClaimRules, Error> {
        let request = GetPayerClaimRulesRequest { payer_id: self.payer.organization.to_string() };
        let answer = self.claim_rules().get_payer_claim_rules(self.by(by, &key(), request)).await?;
        Ok(answer.into_inner().rules.unwrap())
    }
}

#[tokio::test]
async fn rules_are_the_defaults_until_they_are_set_version_by_version() {
    let service = TestVisits::run().await;
    let defaults = service.own_rules(&service.payer).await;
    let expected = ClaimRules {
        automatic_up_to: None,
        submission_deadline_day: Some(15),
        resubmissions_most: Some(3),
        appeal_days: Some(30),
        preauthorization_urgent_hours: Some(72),
        preauthorization_standard_hours: Some(168),
        information_hours: Some(72),
        preauthorization_valid_days: Some(30),
        medical_file_sharing: MedicalFileSharing::WithConsent.into(),
        version: Some(0),
    };
    assert_eq!(defaults, expected);

    let input = ClaimRules {
        automatic_up_to: Some(Money { currency: "RWF".to_owned(), amount: "20000".to_owned() }),
        appeal_days: Some(14),
        medical_file_sharing: MedicalFileSharing::Never.into(),
        ..Default::default()
    };
    assert_eq!(refusal(service.set_rules(input.clone(), None).await).reason(), "PRECONDITION_REQUIRED");
    assert_eq!(refusal(service.set_rules(input.clone(), Some(1)).await).kind(), Kind::Stale);
    let first = service.set_rules(input.clone(), Some(0)).await.unwrap();
    assert_eq!((first.version, first.appeal_days, first.resubmissions_most), (Some(1), Some(14), Some(3)));
    assert_eq!(refusal(service.set_rules(input.clone(), Some(0)).await).kind(), Kind::Stale);
    let second = service.set_rules(ClaimRules::default(), Some(1)).await.unwrap();
    assert_eq!(second, ClaimRules { version: Some(2), ..expected });
    assert_eq!(service.own_rules(&service.payer).await, second);

    let wrong = ClaimRules { submission_deadline_day: Some(31), ..input };
    assert_eq!(refusal(service.set_rules(wrong, Some(2)).await).kind(), Kind::Invalid);
}

#[tokio::test]
async fn contracted_facilities_read_a_payers_rules_and_nobody_else() {
    let service = TestVisits::run().await;
    let input = ClaimRules { appeal_days: Some(14), ..Default::default() };
    let set = service.set_rules(input, Some(0)).await.unwrap();
    assert_eq!(service.rules_of_the_payer(&service.facility).await.unwrap(), set);
    assert_eq!(service.rules_of_the_payer(&service.payer).await.unwrap(), set);
    let strange_facility = service.other_facility().await;
    for stranger in [strange_facility, service.stranger()] {
        assert_eq!(refusal(service.rules_of_the_payer(&stranger).await).kind(), Kind::NotFound);
    }
    // Another payer has rules of its own.
    assert_eq!(service.own_rules(&service.stranger()).await.appeal_days, Some(30));
    let as_facility = service.by(&service.facility, &key(), GetClaimRulesRequest {});
    let refused = refusal(service.claim_rules().get_claim_rules(as_facility).await);
    assert_eq!(refused.reason(), "WRONG_ORGANIZATION_KIND");
}
