//! Visits without a code, and visits that the member disputes.

use careway_contract::visits::v1::{
    get_notice_request, notice_service_client::NoticeServiceClient, resolve_visit_dispute_request,
    review_visit_override_request, visit::State, *,
};
use careway_service::{Error, Kind};
use careway_testing::{Person, key, refusal};

use crate::{claim_calls::line, test_visits::TestVisits};

impl TestVisits {
    async fn ask(&self, by: &Person, visit_id: &str) -> Result<RequestVisitOverrideResponse, Error> {
        self.ask_because(by, visit_id, visit_override::Reason::NoPhone).await
    }

    async fn ask_because(
        &self,
        by: &Person,
        visit_id: &str,
        reason: visit_override::Reason,
    ) -> Result<RequestVisitOverrideResponse, Error> {
        let request = RequestVisitOverrideRequest {
            visit_id: visit_id.to_owned(),
            reason: reason.into(),
            note: "Came without a phone".to_owned(),
        };
        Ok(self.overrides().request_visit_override(self.by(by, &key(), request)).await?.into_inner())
    }

    async fn approve(&self, by: &Person, visit_id: &str) -> Result<ApproveVisitOverrideResponse, Error> {
        let request = ApproveVisitOverrideRequest { visit_id: visit_id.to_owned() };
        Ok(self.overrides().approve_visit_override(self.by(by, &key(), request)).await?.into_inner())
    }

    async fn review_as(
        &self,
        visit_id: &str,
        outcome: review_visit_override_request::Outcome,
    ) -> Result<ReviewVisitOverrideResponse, Error> {
        let request = ReviewVisitOverrideRequest {
            visit_id: visit_id.to_owned(),
            outcome: outcome.into(),
            note: "Born here".to_owned(),
        };
        let request = self.by(&self.payer, &key(), request);
        Ok(self.overrides().review_visit_override(request).await?.into_inner())
    }

    async fn review(&self, by: &Person, visit_id: &str) -> Result<ReviewVisitOverrideResponse, Error> {
        let request = ReviewVisitOverrideRequest {
            visit_id: visit_id.to_owned(),
            outcome: review_visit_override_request::Outcome::Rejected.into(),
            note: "Call first".to_owned(),
        };
        Ok(self.overrides().review_visit_override(self.by(by, &key(), request)).await?.into_inner())
    }

    async fn dispute(&self, token: &str) -> Result<DisputeVisitResponse, Error> {
        let request = DisputeVisitRequest { token: token.to_owned() };
        Ok(self.visits().dispute_visit(request).await?.into_inner())
    }
}

#[tokio::test]
async fn an_override_takes_two_persons_and_is_reviewed() {
    let service = TestVisits::run().await;
    let member = service.member("UM-100200", "1199070012345601").await;
    let visit = service.started("UM-100200").await;
    let supervisor = service.colleague(&service.facility);
    assert_eq!(
        refusal(service.approve(&supervisor, &visit.visit_id).await).reason(),
        "OVERRIDE_NOT_REQUESTED"
    );

    let asked = service.ask(&service.facility, &visit.visit_id).await.unwrap().r#override.unwrap();
    assert_eq!((asked.number_that_day, asked.note.as_str()), (1, "Came without a phone"));
    assert_eq!(
        refusal(service.ask(&supervisor, &visit.visit_id).await).reason(),
        "OVERRIDE_ALREADY_REQUESTED"
    );
    let alone = refusal(service.approve(&service.facility, &visit.visit_id).await);
    assert_eq!((alone.kind(), alone.reason()), (Kind::Forbidden, "SECOND_PERSON_REQUIRED"));
    assert_eq!(
        refusal(service.review(&service.payer, &visit.visit_id).await).reason(),
        "OVERRIDE_NOT_APPROVED"
    );

    let approved = service.approve(&supervisor, &visit.visit_id).await.unwrap();
    let verified = approved.visit.unwrap();
    assert!(verified.overridden && verified.state() == State::Verified);
    assert_eq!(approved.member.unwrap().member_id, member.to_string());
    assert_eq!(approved.r#override.unwrap().approved_for, "FACILITY");

    let list =
        ListVisitOverridesRequest { review: visit_override::Review::Pending.into(), ..Default::default() };
    let pending = service
        .overrides()
        .list_visit_overrides(service.by(&service.payer, &key(), list.clone()))
        .await
        .unwrap();
    assert_eq!(pending.into_inner().overrides[0].visit_id, visit.visit_id);
    let reviewed = service.review(&service.payer, &visit.visit_id).await.unwrap().r#override.unwrap();
    assert_eq!(
        (reviewed.review(), reviewed.review_note.as_str()),
        (visit_override::Review::Rejected, "Call first")
    );
    assert_eq!(
        refusal(service.review(&service.payer, &visit.visit_id).await).reason(),
        "OVERRIDE_ALREADY_REVIEWED"
    );
    let pending =
        service.overrides().list_visit_overrides(service.by(&service.payer, &key(), list)).await.unwrap();
    assert!(pending.into_inner().overrides.is_empty());
    for event in ["VisitOverrideRequested", "VisitOverrideApproved", "VisitOverrideReviewed", "VisitVerified"]
    {
        assert_eq!(service.said(event).await, 1, "{event}");
    }
}

#[tokio::test]
async fn newborns_are_admitted_beside_their_mother_and_are_patients_of_their_own() {
    let service = TestVisits::for_claims().await;
    let mother = service.outpatient("UM-1").await;
    let supervisor = service.colleague(&service.facility);
    let mut patients = vec![mother];
    for _twin in 0..2 {
        let visit = service.started("UM-1").await;
        service
            .ask_because(&service.facility, &visit.visit_id, visit_override::Reason::Newborn)
            .await
            .unwrap();
        let verified = service.approve(&supervisor, &visit.visit_id).await.unwrap().visit.unwrap();
        assert!(verified.newborn && verified.overridden);
        patients.push(service.admit(&visit.visit_id, "OUTPATIENT").await.unwrap());
    }
    // She herself has one open visit of a kind on a day, and is told which.
    let again = service.verified("UM-1").await.visit.unwrap();
    let open = refusal(service.admit(&again.visit_id, "OUTPATIENT").await);
    assert_eq!(
        (open.reason(), open.fact("visitId")),
        ("VISIT_ALREADY_OPEN", Some(patients[0].visit_id.as_str()))
    );
    for child in &patients[1..] {
        service.review_as(&child.visit_id, review_visit_override_request::Outcome::Accepted).await.unwrap();
    }
    // The same care of each of them is nobody else's; of one of them it is claimed once.
    for patient in &patients {
        let claim = service.submitted(patient, vec![line("B")]).await.unwrap();
        assert_eq!(claim.amounts.unwrap().payer, "9000");
    }
    for patient in &patients {
        let twice = refusal(service.submitted(patient, vec![line("B")]).await);
        assert_eq!(twice.reason(), "DUPLICATE_CLAIM");
    }
}

#[tokio::test]
async fn the_payer_may_approve_for_its_own_members() {
    let service = TestVisits::run().await;
    service.member("UM-100200", "1199070012345601").await;
    let visit = service.started("UM-100200").await;
    // Before it is asked for, the visit is none of the payer's business.
    assert_eq!(refusal(service.get(&service.payer, &visit.visit_id).await).kind(), Kind::NotFound);
    service.ask(&service.facility, &visit.visit_id).await.unwrap();
    assert!(service.get(&service.payer, &visit.visit_id).await.unwrap().member.is_none());
    let approved = service.approve(&service.payer, &visit.visit_id).await.unwrap();
    assert_eq!(approved.r#override.unwrap().approved_for, "PAYER");
}

#[tokio::test]
async fn only_the_approver_learns_that_nobody_is_known() {
    let service = TestVisits::run().await;
    let visit = service.started("UM-999999").await;
    service.ask(&service.facility, &visit.visit_id).await.unwrap();
    let supervisor = service.colleague(&service.facility);
    assert_eq!(refusal(service.approve(&supervisor, &visit.visit_id).await).reason(), "MEMBER_UNKNOWN");
    assert_eq!(
        service.get(&service.facility, &visit.visit_id).await.unwrap().visit.unwrap().state(),
        State::AwaitingCode
    );
}

#[tokio::test]
async fn a_facility_may_ask_only_so_often_a_day() {
    let service = TestVisits::run().await;
    service.member("UM-100200", "1199070012345601").await;
    let mut visits = Vec::new();
    for _ in 0..6 {
        visits.push(service.started("UM-100200").await.visit_id);
    }
    let asked =
        futures::future::join_all(visits.iter().map(|visit| service.ask(&service.facility, visit))).await;
    let (granted, refused): (Vec<_>, Vec<_>) = asked.into_iter().partition(Result::is_ok);
    assert_eq!(granted.len(), 3);
    assert!(refused.into_iter().all(|outcome| refusal(outcome).reason() == "OVERRIDE_CAP_REACHED"));
    service.clock.advance(std::time::Duration::from_secs(24 * 3600));
    let next_day = service.started("UM-100200").await;
    service.ask(&service.facility, &next_day.visit_id).await.unwrap();
}

#[tokio::test]
async fn a_member_disputes_with_the_links_token_alone() {
    let service = TestVisits::run().await;
    service.member("UM-100200", "1199070012345601").await;
    let visit = service.admitted("UM-100200", "OUTPATIENT").await;
    let mut notices = NoticeServiceClient::new(service.upstream());
    let kind = get_notice_request::Kind::Visit.into();
    let asked = GetNoticeRequest { kind, id: visit.visit_id.clone(), ..Default::default() };
    let stranger = notices.get_notice(service.by(&service.facility, &key(), asked.clone())).await;
    assert_eq!(refusal(stranger).kind(), Kind::Forbidden);
    let nothing = GetNoticeRequest { kind: 0, ..asked.clone() };
    let nothing = notices.get_notice(service.foundation.identity.request(nothing)).await;
    assert_eq!(refusal(nothing).kind(), Kind::Invalid);
    let notice = notices.get_notice(service.foundation.identity.request(asked)).await.unwrap().into_inner();
    assert_eq!(notice.values["facility"], "Kigali Clinic");
    assert_eq!(notice.values["number"], visit.visit_number);
    let dispute_token = notice.values["dispute_token"].as_str();

    for wrong in ["nonsense", &dispute_token[1..]] {
        assert_eq!(refusal(service.dispute(wrong).await).kind(), Kind::NotFound);
    }
    assert_eq!(refusal(service.dispute("").await).kind(), Kind::Invalid);
    let disputed = service.dispute(dispute_token).await.unwrap();
    assert_eq!(disputed.visit_number, visit.visit_number);
    assert_eq!(service.dispute(dispute_token).await.unwrap(), disputed);
    assert!(service.get(&service.facility, &visit.visit_id).await.unwrap().visit.unwrap().disputed);
    assert_eq!(service.said("VisitDisputed").await, 1);

    let resolve = async |by: &Person| {
        let request = ResolveVisitDisputeRequest {
            visit_id: visit.visit_id.clone(),
            outcome: resolve_visit_dispute_request::Outcome::Dismissed.into(),
        };
        service.visits().resolve_visit_dispute(service.by(by, &key(), request)).await
    };
    assert_eq!(refusal(resolve(&service.facility).await).kind(), Kind::Forbidden);
    assert!(!resolve(&service.payer).await.unwrap().into_inner().visit.unwrap().disputed);
    assert_eq!(refusal(resolve(&service.payer).await).reason(), "NOT_DISPUTED");
}
