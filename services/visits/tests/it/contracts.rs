//! Contracts of payers with facilities, over gRPC.

use careway_contract::visits::v1::{contract_service_client::ContractServiceClient, *};
use careway_kernel::OrganizationId;
use careway_service::{Kind, Upstream};
use careway_testing::{key, refusal};

use crate::test_visits::TestVisits;

impl TestVisits {
    fn contracts(&self) -> ContractServiceClient<Upstream> {
        ContractServiceClient::new(self.upstream())
    }
}

#[tokio::test]
async fn contracts_never_overlap_and_both_parties_see_them() {
    let service = TestVisits::run().await;
    let other = service.other_facility().await;
    let request = CreateContractRequest {
        facility_id: other.organization.to_string(),
        service_types: vec!["DENTAL".to_owned()],
        from: "2026-01-01".to_owned(),
        to: "2026-12-31".to_owned(),
        inpatients_to_last_day: true,
        correction_days: None,
    };
    let long = CreateContractRequest { correction_days: Some(1_096), ..request.clone() };
    let long = service.contracts().create_contract(service.by(&service.payer, &key(), long)).await;
    assert_eq!(refusal(long).violations()[0].0, "correctionDays");
    let made = service
        .contracts()
        .create_contract(service.by(&service.payer, &key(), request.clone()))
        .await
        .unwrap();
    let made = made.into_inner().contract.unwrap();
    assert_eq!((made.inpatients_to_last_day, made.correction_days), (true, 365));
    let again = CreateContractRequest { from: "2026-12-31".to_owned(), to: String::new(), ..request.clone() };
    let twice = service.contracts().create_contract(service.by(&service.payer, &key(), again.clone())).await;
    assert_eq!(refusal(twice).reason(), "CONTRACT_OVERLAPS");
    let ended =
        EndContractRequest { contract_id: made.contract_id.clone(), last_day: "2026-06-30".to_owned() };
    let ended = service.contracts().end_contract(service.by(&service.payer, &key(), ended)).await.unwrap();
    assert_eq!(ended.into_inner().contract.unwrap().to, "2026-06-30");
    service.contracts().create_contract(service.by(&service.payer, &key(), again)).await.unwrap();

    let list = ListContractsRequest { on: "2026-03-01".to_owned(), ..Default::default() };
    let seen =
        service.contracts().list_contracts(service.by(&other, &key(), list)).await.unwrap().into_inner();
    let seen: Vec<_> = seen.contracts.iter().map(|it| it.contract_id.as_str()).collect();
    assert_eq!(seen, [made.contract_id.as_str()]);
    let get = GetContractRequest { contract_id: made.contract_id };
    let hidden = service.contracts().get_contract(service.by(&service.facility, &key(), get)).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
}

#[tokio::test]
async fn only_a_facility_can_be_contracted() {
    let service = TestVisits::run().await;
    let contract = async |with: OrganizationId| {
        let request = CreateContractRequest {
            facility_id: with.to_string(),
            service_types: vec!["DENTAL".to_owned()],
            from: "2026-01-01".to_owned(),
            ..Default::default()
        };
        refusal(service.contracts().create_contract(service.by(&service.payer, &key(), request)).await)
    };
    let another_payer = service.stranger();
    service.know(&another_payer, "Inkingi Medical Cover").await;
    let nobody = OrganizationId::new(&service.clock);
    let untold = contract(nobody).await;
    assert_eq!((untold.kind(), untold.reason()), (Kind::Unavailable, "FACILITY_NOT_READY"));
    // An id of a time to come is none that identity will tell of.
    let made_up = OrganizationId::parse("e3e70682-c209-1cac-a29f-6fbed82c07cd").unwrap();
    assert_eq!(contract(made_up).await.violations()[0].0, "facilityId");
    service.clock.advance(std::time::Duration::from_secs(61));
    for wrong in [service.payer.organization, another_payer.organization, nobody] {
        let refused = contract(wrong).await;
        assert_eq!((refused.kind(), refused.reason()), (Kind::Invalid, "INVALID_REQUEST"));
    }
}
