//! A claim from its draft to its payment, and everything that is in its way.

use std::{collections::BTreeSet, time::Duration};

use careway_contract::visits::v1::{
    claim::State, claim_line_decision::Decision, visit_service_client::VisitServiceClient, *,
};
use careway_kernel::OrganizationId;
use careway_service::{Error, Kind};
use careway_testing::{key, refusal};
use futures::future::join_all;
use prost_types::FieldMask;
use tonic::Request;

use crate::{
    claim_calls::{at_most, decision, excluded, input, line, payer_part},
    test_visits::{TestVisits, insistently},
};

const DAY: Duration = Duration::from_secs(24 * 3600);

#[tokio::test]
async fn what_is_in_order_is_decided_in_the_request_that_submits_it() {
    let service = TestVisits::for_claims().await;
    let visit = service.outpatient("UM-1").await;
    let lines = vec![CareLineInput { quantity: "2".to_owned(), ..line("B") }, excluded("C")];
    let claim = service.create(&key(), input(&visit, lines, "INV-1")).await.unwrap();

    assert_eq!(claim.state(), State::PartiallyApproved);
    assert!(claim.number.starts_with('C') && claim.visit_number == visit.visit_number);
    let amounts = claim.amounts.as_ref().unwrap();
    assert_eq!(
        [&amounts.submitted, &amounts.coinsurance, &amounts.not_covered, &amounts.payer, &amounts.patient],
        ["30000", "2000", "10000", "18000", "12000"]
    );
    let [paid, refused] = &claim.lines[..] else { panic!("two lines") };
    assert_eq!((paid.tariff_price.as_str(), paid.refusals.len()), ("10000", 0));
    assert!(paid.trace.iter().any(|step| step.step == "COINSURANCE" && step.taken == "2000"));
    assert_eq!(refused.refusals[0].code, "NCOV-003");
    assert!(claim.submitted_at.is_some() && claim.decided_at.is_some() && !claim.appeal_by.is_empty());
    assert_eq!(service.ledger().await, (18_000, 0));

    assert_eq!(service.claim(&service.facility, &claim.claim_id).await.unwrap(), claim);
    assert_eq!(service.claim(&service.payer, &claim.claim_id).await.unwrap(), claim);
    assert_eq!((service.said("ClaimSubmitted").await, service.said("ClaimDecided").await), (1, 1));
    let request = CancelVisitRequest { visit_id: visit.visit_id.clone(), reason: "left".to_owned() };
    let cancelled = service.visits().cancel_visit(service.by(&service.facility, &key(), request)).await;
    assert_eq!(refusal(cancelled).reason(), "VISIT_HAS_CLAIMS");
    let accesses: i64 = sqlx::query_scalar(
        "select count(*) from audit_entry where action in ('claim.submit', 'claim.read') and member_id is not null",
    )
    .fetch_one(&service.admin)
    .await
    .unwrap();
    assert_eq!(accesses, 3);
}

#[tokio::test]
async fn a_claim_is_rejected_only_if_no_line_passes_and_takes_nothing() {
    let service = TestVisits::for_claims().await;
    service.rules(None).await;
    let visit = service.outpatient("UM-1").await;
    // What the plan pays nothing of needs no reviewer: none could allow it.
    let claim = service.submitted(&visit, vec![excluded("B"), excluded("C")]).await.unwrap();
    assert_eq!((claim.state(), payer_part(&claim)), (State::Rejected, 0));
    assert_eq!(service.ledger().await, (0, 0));
    // Refused, the same care may be claimed rightly.
    let claim = service.submitted(&visit, vec![line("B")]).await.unwrap();
    assert_eq!(claim.state(), State::InReview);
    assert_eq!(claim.review_reasons, ["ABOVE_AUTOMATIC_LIMIT"]);
}

#[tokio::test]
async fn a_draft_is_changed_submitted_and_reviewed_line_by_line() {
    let service = &TestVisits::for_claims().await;
    service.rules(Some(9_000)).await;
    let visit = service.outpatient("UM-1").await;
    let draft = CreateClaimRequest { submit: false, ..input(&visit, vec![line("B"), line("C")], "INV-1") };
    let draft = service.create(&key(), draft).await.unwrap();
    assert_eq!((draft.state(), service.counted(&visit).await), (State::Draft, 1));
    assert!(!draft.submit_by.is_empty() && draft.amounts.is_none());
    assert_eq!(refusal(service.claim(&service.payer, &draft.claim_id).await).kind(), Kind::NotFound);

    let change = |version: i32, lines: Vec<CareLineInput>| {
        let request = UpdateClaimRequest {
            claim_id: draft.claim_id.clone(),
            lines,
            update_mask: Some(FieldMask { paths: vec!["lines".to_owned()] }),
            ..Default::default()
        };
        let mut request = service.by(&service.facility, &key(), request);
        request.metadata_mut().remove("idempotency-key");
        request.metadata_mut().insert("if-match", version.into());
        async move { service.claims().update_claim(request).await.map(|it| it.into_inner().claim.unwrap()) }
    };
    let three = vec![line("B"), CareLineInput { quantity: "3".to_owned(), ..line("D") }, line("E")];
    let more = [three.clone(), vec![line("F"), line("G")]].concat();
    assert_eq!(change(1, more).await.unwrap().lines.len(), 5);
    let changed = change(2, three).await.unwrap();
    assert_eq!((changed.version, changed.external_reference.as_str()), (3, "INV-1"));
    assert_eq!(refusal(change(2, vec![line("B")]).await).kind(), Kind::Stale);
    assert_eq!(service.rows_of("service_line").await, 3, "lines that it has no more are gone");
    let codes: Vec<_> = changed.lines.iter().map(|it| it.claimed.as_ref().unwrap().code.as_str()).collect();
    assert_eq!(codes, ["B", "D", "E"]);

    let request = SubmitClaimRequest { claim_id: draft.claim_id.clone() };
    let claim = service.claims().submit_claim(service.by(&service.facility, &key(), request)).await.unwrap();
    let claim = claim.into_inner().claim.unwrap();
    assert_eq!((claim.state(), payer_part(&claim)), (State::InReview, 45_000));
    assert_eq!(service.ledger().await, (0, 0), "nothing is taken before a decision");
    assert_eq!(refusal(change(4, vec![line("B")]).await).reason(), "WRONG_STATE");

    let wrong = service.reviewed(&claim, vec![at_most(2, "3.001"), decision(4, Decision::Accept)]).await;
    assert_eq!(refusal(wrong).violations().len(), 2);
    let decisions = vec![decision(1, Decision::Reject), at_most(2, "1")];
    let claim = service.reviewed(&claim, decisions.clone()).await.unwrap();
    assert_eq!((claim.state(), payer_part(&claim)), (State::PartiallyApproved, 18_000));
    assert_eq!(service.ledger().await, (18_000, 0));
    let read = service.claim(&service.facility, &claim.claim_id).await.unwrap();
    assert_eq!(read, claim);
    let [rejected, adjusted, accepted] = &read.lines[..] else { panic!("three lines") };
    assert_eq!(rejected.refusals[0].code, "MNEC-001");
    assert_eq!(adjusted.refusals[0].code, "MNEC-002");
    assert!(adjusted.refusals[0].text.ends_with("One was enough."), "{}", adjusted.refusals[0].text);
    assert_eq!(adjusted.reviews[0].decision, Some(decisions[1].clone()));
    assert_eq!(adjusted.reviews[0].reviewer_id, service.payer.account.to_string());
    assert_eq!(accepted.reviews[0].decision, Some(decision(3, Decision::Accept)));
    assert_eq!(refusal(service.reviewed(&claim, vec![]).await).reason(), "WRONG_STATE");
}

#[tokio::test]
async fn the_tariffs_price_is_frozen_at_the_submission() {
    let service = TestVisits::for_claims().await;
    service.rules(None).await;
    let visit = service.outpatient("UM-1").await;
    let claim = service.submitted(&visit, vec![line("B")]).await.unwrap();
    sqlx::query("update tariff set price = 1 where code = 'B'").execute(&service.admin).await.unwrap();
    let claim = service.reviewed(&claim, vec![]).await.unwrap();
    assert_eq!((claim.lines[0].tariff_price.as_str(), payer_part(&claim)), ("10000", 9_000));
    let appealed = service.appeal(&claim).await.unwrap();
    let claim = service.answer_appeal(&appealed, Some(vec![])).await.unwrap();
    assert_eq!((claim.lines[0].tariff_price.as_str(), payer_part(&claim)), ("10000", 9_000));
}

#[tokio::test]
async fn a_recall_leaves_the_ledger_and_the_visit_as_before() {
    let service = TestVisits::for_claims().await;
    let visit = service.outpatient("UM-1").await;
    let kept = service.submitted(&visit, vec![line("A")]).await.unwrap();
    let claim = service.create(&key(), input(&visit, vec![line("B"), line("C")], "INV-1")).await.unwrap();
    assert_eq!((service.ledger().await.0, service.counted(&visit).await), (18_900, 2));
    let recalled = service.recall(&claim).await.unwrap();
    assert_eq!((recalled.state(), recalled.recall_reason.as_str()), (State::Recalled, "wrong visit"));
    assert_eq!((service.ledger().await.0, service.counted(&visit).await), (900, 1));
    assert_eq!(service.said("ClaimRecalled").await, 1);
    assert_eq!(refusal(service.recall(&claim).await).reason(), "WRONG_STATE");
    // Reference and care are free again.
    let again = service.create(&key(), input(&visit, vec![line("B")], "INV-1")).await.unwrap();
    assert_eq!((again.state(), service.ledger().await.0), (State::Approved, 9_900));

    service.recall(&kept).await.unwrap();
    service.recall(&again).await.unwrap();
    assert_eq!((service.ledger().await, service.counted(&visit).await), ((0, 0), 0));
    let request = CancelVisitRequest { visit_id: visit.visit_id, reason: "left".to_owned() };
    service.visits().cancel_visit(service.by(&service.facility, &key(), request)).await.unwrap();
}

#[tokio::test]
async fn the_same_is_never_claimed_twice() {
    let service = TestVisits::for_claims().await;
    let visit = service.outpatient("UM-1").await;
    let first = service.create(&key(), input(&visit, vec![line("B")], "INV-1")).await.unwrap();
    let names_the_first = |refused: Error| {
        assert_eq!((refused.kind(), refused.reason()), (Kind::Conflict, "DUPLICATE_CLAIM"));
        assert_eq!(refused.fact("claimId"), Some(first.claim_id.as_str()));
        assert_eq!(refused.fact("claimNumber"), Some(first.number.as_str()));
    };
    names_the_first(refusal(service.create(&key(), input(&visit, vec![line("C")], "INV-1")).await));
    names_the_first(refusal(
        service.create(&key(), input(&visit, vec![line("C"), line("B")], "INV-2")).await,
    ));
    let draft = CreateClaimRequest { submit: false, ..input(&visit, vec![line("D")], "INV-1") };
    names_the_first(refusal(service.create(&key(), draft).await));
    // Another visit of the same member on the same day is no way around it.
    service.discharge(&visit.visit_id).await;
    let other = service.admitted("UM-1", "OUTPATIENT").await;
    let _ = service.create(&key(), input(&other, vec![line("B")], "INV-3")).await;

    // Thirty twins under one key are one claim and one answer.
    let twin = key();
    let twins = (0..30)
        .map(|_| insistently(async || service.create(&twin, input(&visit, vec![line("E")], "INV-9")).await));
    let answers = join_all(twins).await.into_iter().map(|answer| answer.unwrap().claim_id);
    assert_eq!(answers.collect::<BTreeSet<_>>().len(), 1);
    // Thirty under thirty keys: one claim, and twenty-nine who are told of it.
    let racers = (0..30).map(|_| {
        insistently(async || service.create(&key(), input(&visit, vec![line("F")], "INV-10")).await)
    });
    let outcomes = join_all(racers).await;
    assert_eq!(outcomes.iter().filter(|it| it.is_ok()).count(), 1);
    let mut refusals = outcomes.iter().filter_map(|it| it.as_ref().err());
    assert!(refusals.all(|refused| refused.reason() == "DUPLICATE_CLAIM"));
}

#[tokio::test]
async fn a_line_that_another_facility_claimed_is_refused_without_naming_its_claim() {
    let mut service = TestVisits::for_claims().await;
    let visit = service.outpatient("UM-1").await;
    service.submitted(&visit, vec![line("B")]).await.unwrap();
    let other = service.other_facility().await;
    service.contract(&other, &["OUTPATIENT"]).await;
    service.facility = other;
    let visit = service.admitted("UM-1", "OUTPATIENT").await;
    let claim = service.submitted(&visit, vec![line("B"), line("C")]).await.unwrap();
    assert_eq!(claim.state(), State::PartiallyApproved);
    assert_eq!(claim.lines[0].refusals[0].code, "DUPL-001");
}

#[tokio::test]
async fn a_claim_comes_by_the_payers_day_of_the_next_month() {
    let service = &TestVisits::for_claims().await;
    let visit = service.outpatient("UM-1").await;
    let draft = CreateClaimRequest { submit: false, ..input(&visit, vec![line("B")], "") };
    let draft = service.create(&key(), draft).await.unwrap();
    let last: chrono::NaiveDate = draft.submit_by.parse().unwrap();
    assert_eq!(last.format("%d").to_string(), "15");
    let here = |at: chrono::DateTime<chrono::Utc>| at.with_timezone(&chrono_tz::Africa::Kigali).date_naive();
    while here(service.clock.now()) < last {
        service.clock.advance(DAY);
    }
    let submit = |id: &str| {
        let request = SubmitClaimRequest { claim_id: id.to_owned() };
        let request = service.by(&service.facility, &key(), request);
        async move { service.claims().submit_claim(request).await.map(|it| it.into_inner().claim.unwrap()) }
    };
    // Whether the last day is over is the payer's clock's to say: two hours ahead of the world's.
    service.clock.advance(DAY);
    let late = refusal(submit(&draft.claim_id).await);
    assert_eq!((late.kind(), late.reason()), (Kind::Refused, "SUBMISSION_TOO_LATE"));
    assert_eq!(
        (late.fact("deadline"), late.fact("code")),
        (Some(draft.submit_by.as_str()), Some("TIME-001"))
    );
    let late = service.submitted(&visit, vec![line("B")]).await;
    assert_eq!(refusal(late).reason(), "SUBMISSION_TOO_LATE");
    assert_eq!(service.rows_of("claim").await, 1, "nothing is written of what may not be submitted");
}

#[tokio::test]
async fn a_rejected_claim_is_resubmitted_as_often_as_the_payer_allows() {
    let service = TestVisits::for_claims().await;
    let visit = service.outpatient("UM-1").await;
    let first = service.create(&key(), input(&visit, vec![excluded("B")], "INV-1")).await.unwrap();
    let second = service.resubmit(&first, vec![excluded("B")]).await.unwrap();
    assert_eq!((second.resubmission, second.external_reference.as_str()), (1, "INV-1"));
    assert_eq!(second.resubmits_claim_id, first.claim_id);
    let read = service.claim(&service.facility, &first.claim_id).await.unwrap();
    assert_eq!(
        (read.state(), read.resubmitted_as_claim_id.as_str()),
        (State::Rejected, second.claim_id.as_str())
    );
    let again = refusal(service.resubmit(&first, vec![line("B")]).await);
    assert_eq!(
        (again.reason(), again.fact("claimId")),
        ("ALREADY_RESUBMITTED", Some(second.claim_id.as_str()))
    );
    assert_eq!(refusal(service.appeal(&first).await).reason(), "ALREADY_RESUBMITTED");

    let third = service.resubmit(&second, vec![excluded("B")]).await.unwrap();
    assert_eq!(refusal(service.resubmit(&third, vec![line("B")]).await).reason(), "RESUBMISSIONS_EXHAUSTED");
    // The reference is no way around the bound, nor is what was not rejected.
    let fresh = service.create(&key(), input(&visit, vec![line("B")], "INV-1")).await;
    assert_eq!(refusal(fresh).reason(), "DUPLICATE_CLAIM");
    let approved = service.submitted(&visit, vec![line("C")]).await.unwrap();
    assert_eq!(refusal(service.resubmit(&approved, vec![line("D")]).await).reason(), "WRONG_STATE");
}

#[tokio::test]
async fn an_appeal_is_upheld_or_overturned_and_never_costs_the_facility() {
    let service = TestVisits::for_claims().await;
    service.rules(Some(0)).await;
    let visit = service.outpatient("UM-1").await;
    let claim = service.submitted(&visit, vec![line("B"), line("C")]).await.unwrap();
    let claim = service.reviewed(&claim, vec![decision(1, Decision::Reject)]).await.unwrap();
    let appealed = service.appeal(&claim).await.unwrap();
    assert_eq!(appealed.state(), State::Appealed);
    let read = service.claim(&service.payer, &claim.claim_id).await.unwrap();
    assert_eq!(read.appeal.unwrap().reason, "It was needed.");
    let less = service.answer_appeal(&appealed, Some(vec![decision(2, Decision::Reject)])).await;
    assert_eq!(refusal(less).reason(), "APPEAL_PAYS_LESS");
    assert_eq!(service.ledger().await, (9_000, 0));

    let claim = service.answer_appeal(&appealed, Some(vec![decision(1, Decision::Accept)])).await.unwrap();
    assert_eq!((claim.state(), payer_part(&claim)), (State::Overturned, 18_000));
    assert_eq!(service.ledger().await, (18_000, 0), "what was taken before is taken once");
    let read = service.claim(&service.facility, &claim.claim_id).await.unwrap();
    assert_eq!(read, claim);
    let decisions: Vec<_> =
        read.lines[0].reviews.iter().map(|it| it.decision.as_ref().unwrap().decision()).collect();
    assert_eq!(decisions, [Decision::Reject, Decision::Accept], "what was decided stays to be seen");
    assert_eq!(read.lines[1].reviews.len(), 1);
    assert_eq!(read.appeal.unwrap().answer, "We looked again.");
    assert_eq!(refusal(service.appeal(&claim).await).reason(), "WRONG_STATE");

    let other = service.submitted(&visit, vec![line("D")]).await.unwrap();
    let other = service.reviewed(&other, vec![decision(1, Decision::Reject)]).await.unwrap();
    assert_eq!(other.state(), State::Rejected);
    let upheld = service.answer_appeal(&service.appeal(&other).await.unwrap(), None).await.unwrap();
    assert_eq!((upheld.state(), service.ledger().await.0), (State::Upheld, 18_000));
    let last = service.submitted(&visit, vec![line("E")]).await.unwrap();
    let last = service.reviewed(&last, vec![decision(1, Decision::Reject)]).await.unwrap();
    service.clock.advance(DAY * 32);
    let late = refusal(service.appeal(&last).await);
    assert_eq!((late.reason(), late.fact("deadline")), ("APPEAL_TOO_LATE", Some(last.appeal_by.as_str())));
}

#[tokio::test]
async fn a_disputed_visits_claims_are_frozen_until_the_payer_dismisses_the_dispute() {
    let service = TestVisits::for_claims().await;
    service.rules(Some(9_000)).await;
    let visit = service.outpatient("UM-1").await;
    let draft = CreateClaimRequest { submit: false, ..input(&visit, vec![line("B")], "") };
    let draft = service.create(&key(), draft).await.unwrap();
    let reviewed = service.submitted(&visit, vec![line("C"), line("D")]).await.unwrap();
    let approved = service.submitted(&visit, vec![line("E")]).await.unwrap();
    let rejected = service.submitted(&visit, vec![excluded("F")]).await.unwrap();
    service.disputed(&visit).await;

    let submit = SubmitClaimRequest { claim_id: draft.claim_id.clone() };
    let submit = || service.by(&service.facility, &key(), submit.clone());
    let refusals = [
        refusal(service.claims().submit_claim(submit()).await),
        refusal(service.submitted(&visit, vec![line("G")]).await),
        refusal(service.reviewed(&reviewed, vec![]).await),
        refusal(service.recall(&approved).await),
        refusal(service.advise(&[&approved]).await),
        refusal(service.appeal(&rejected).await),
        refusal(service.resubmit(&rejected, vec![line("F")]).await),
    ];
    for refused in refusals {
        assert_eq!((refused.kind(), refused.reason()), (Kind::Refused, "VISIT_DISPUTED"));
    }
    assert!(service.claim(&service.payer, &approved.claim_id).await.unwrap().frozen);

    let request = ResolveVisitDisputeRequest {
        visit_id: visit.visit_id.clone(),
        outcome: resolve_visit_dispute_request::Outcome::Dismissed.into(),
    };
    let mut visits = VisitServiceClient::new(service.upstream());
    visits.resolve_visit_dispute(service.by(&service.payer, &key(), request)).await.unwrap();
    assert_eq!(service.advise(&[&approved]).await.unwrap().total, "9000");
    let submitted = service.claims().submit_claim(submit()).await.unwrap().into_inner().claim.unwrap();
    assert!(!submitted.frozen && submitted.state() == State::Approved);
}

#[tokio::test]
async fn each_party_sees_and_does_its_own_part() {
    let service = &TestVisits::for_claims().await;
    service.rules(Some(0)).await;
    let visit = service.outpatient("UM-1").await;
    let claim = service.submitted(&visit, vec![line("B")]).await.unwrap();
    let mut stranger = service.facility.clone();
    stranger.organization = OrganizationId::new(&service.clock);
    for nobody in [&stranger, &service.stranger()] {
        assert_eq!(refusal(service.claim(nobody, &claim.claim_id).await).kind(), Kind::NotFound);
        let list =
            service.claims().list_claims(service.by(nobody, &key(), ListClaimsRequest::default())).await;
        assert_eq!(list.unwrap().into_inner().claims, []);
    }
    let theirs = CreateClaimRequest { submit: true, ..input(&visit, vec![line("C")], "") };
    let theirs = service.claims().create_claim(service.by(&stranger, &key(), theirs)).await;
    assert_eq!(refusal(theirs).kind(), Kind::NotFound);
    let by_payer = service.by(&service.payer, &key(), input(&visit, vec![line("C")], ""));
    assert_eq!(refusal(service.claims().create_claim(by_payer).await).reason(), "WRONG_ORGANIZATION_KIND");
    let review = ReviewClaimRequest { claim_id: claim.claim_id.clone(), lines: vec![] };
    let by_facility =
        service.claims().review_claim(service.by(&service.facility, &key(), review.clone())).await;
    assert_eq!(refusal(by_facility).reason(), "WRONG_ORGANIZATION_KIND");
    let by_other = service.claims().review_claim(service.by(&service.stranger(), &key(), review)).await;
    assert_eq!(refusal(by_other).kind(), Kind::NotFound);

    let filtered = |filter: ListClaimsRequest| {
        let request = service.by(&service.payer, &key(), filter);
        async move { service.claims().list_claims(request).await.unwrap().into_inner().claims.len() }
    };
    let ends_before = ListClaimsRequest {
        from: "2026-12-01".to_owned(),
        to: "2026-11-30".to_owned(),
        ..Default::default()
    };
    let ends_before = service.claims().list_claims(service.by(&service.payer, &key(), ends_before)).await;
    assert_eq!(refusal(ends_before).violations()[0].0, "to");
    let by = ListClaimsRequest::default;
    assert_eq!(filtered(ListClaimsRequest { member_number: "UM-1".to_owned(), ..by() }).await, 1);
    assert_eq!(filtered(ListClaimsRequest { member_number: "UM-2".to_owned(), ..by() }).await, 0);
    assert_eq!(filtered(ListClaimsRequest { state: State::InReview.into(), ..by() }).await, 1);
    assert_eq!(filtered(ListClaimsRequest { state: State::Paid.into(), ..by() }).await, 0);
    assert_eq!(filtered(ListClaimsRequest { visit_id: visit.visit_id.clone(), ..by() }).await, 1);
    assert_eq!(filtered(ListClaimsRequest { from: visit.service_date.clone(), ..by() }).await, 1);
    assert_eq!(filtered(ListClaimsRequest { to: "2020-01-01".to_owned(), ..by() }).await, 0);
}

#[tokio::test]
async fn a_member_reads_what_became_of_the_claim_in_the_language_asked_for() {
    let service = TestVisits::for_claims().await;
    let visit = service.outpatient("UM-1").await;
    let claim = service.submitted(&visit, vec![line("B"), excluded("C")]).await.unwrap();
    let notice = service.notice(get_notice_request::Kind::Claim, &claim.claim_id).await;
    assert_eq!(notice.state, "PARTIALLY_APPROVED");
    for (name, value) in
        [("payer_part", "RWF 9,000"), ("patient_part", "RWF 11,000"), ("facility", "Kigali Clinic")]
    {
        assert_eq!(notice.values[name], value);
    }

    let read = |token: &str, language: &str| {
        let (token, language) = (token.to_owned(), language.to_owned());
        let request = Request::new(ReadClaimExplanationRequest { token, language });
        async {
            service
                .claims()
                .read_claim_explanation(request)
                .await
                .map(|it| it.into_inner().explanation.unwrap())
        }
    };
    let told = read(&notice.values["explanation_token"], "fr").await.unwrap();
    assert_eq!(told.state_text, "La demande est acceptée en partie.");
    assert_eq!(
        told.summary[..2],
        ["L'établissement a facturé RWF 20,000.", "Votre assureur paie RWF 9,000."]
    );
    assert_eq!((told.lines[0].name.as_str(), told.lines[0].summary.len()), ("Soin B", 4));
    assert!(told.lines[0].trace.iter().any(|step| step.because == "Votre participation : 10 %"));
    assert_eq!(told.lines[1].refusals[0].code, "NCOV-003");
    let words: BTreeSet<_> = {
        let mut titles = BTreeSet::new();
        for language in ["rw", "en", "fr", "vi", "ro", "bn"] {
            titles.insert(read(&notice.values["explanation_token"], language).await.unwrap().title);
        }
        titles
    };
    assert_eq!(words.len(), 6);
    assert!(!format!("{told:?}").contains("J06") && !format!("{told:?}").contains("Z41"), "no diagnosis");
    // The link of the SMS that tells of the claim, whichever it is.
    assert_eq!(read(&notice.values["dispute_token"], "fr").await.unwrap(), told);

    for by in [&service.facility, &service.payer] {
        let (claim_id, language) = (claim.claim_id.clone(), "fr".to_owned());
        let request = service.by(by, &key(), GetClaimExplanationRequest { claim_id, language });
        let own = service.claims().get_claim_explanation(request).await.unwrap();
        assert_eq!(own.into_inner().explanation, Some(told.clone()));
    }
    assert_eq!(refusal(read("", "en").await).kind(), Kind::Invalid);
    for wrong in ["nonsense", &notice.values["explanation_token"][1..]] {
        assert_eq!(refusal(read(wrong, "en").await).kind(), Kind::NotFound);
    }
    assert_eq!(refusal(read(&notice.values["explanation_token"], "de").await).violations().len(), 1);
    service.recall(&claim).await.unwrap();
    assert_eq!(refusal(read(&notice.values["explanation_token"], "en").await).kind(), Kind::NotFound);
}

#[tokio::test]
async fn a_lint_foretells_the_claim_and_changes_nothing() {
    let service = TestVisits::for_claims().await;
    let visit = service.outpatient("UM-1").await;
    let lint = |lines: Vec<CareLineInput>, reference: &str| {
        let (visit_id, external_reference) = (visit.visit_id.clone(), reference.to_owned());
        let request = LintClaimRequest { visit_id, lines, external_reference };
        let request = service.by(&service.facility, &key(), request);
        async { service.claims().lint_claim(request).await.unwrap().into_inner() }
    };
    let draft = CreateClaimRequest { submit: false, ..input(&visit, vec![line("B")], "") };
    service.create(&key(), draft.clone()).await.unwrap();
    service.create(&key(), draft).await.unwrap();
    let before = (
        service.rows_of("claim").await,
        service.rows_of("service_line").await,
        service.rows_of("benefit_balance").await,
    );

    let told = lint(vec![line("B"), excluded("C")], "INV-1").await;
    assert_eq!((told.problems.len(), told.state()), (0, State::PartiallyApproved));
    assert_eq!(told.amounts.as_ref().unwrap().payer, "9000");
    assert_eq!(told.lines[1].refusals[0].code, "NCOV-003");
    let after = (
        service.rows_of("claim").await,
        service.rows_of("service_line").await,
        service.rows_of("benefit_balance").await,
    );
    assert_eq!(after, before);
    assert_eq!(service.ledger().await, (0, 0));

    let claim = service.create(&key(), input(&visit, vec![line("B"), excluded("C")], "INV-1")).await.unwrap();
    assert_eq!((claim.state(), &claim.amounts), (told.state(), &told.amounts));
    for (line, foretold) in claim.lines.iter().zip(&told.lines) {
        assert_eq!((&line.amounts, &line.trace), (&foretold.amounts, &foretold.trace));
    }
    let told = lint(vec![line("B")], "").await;
    assert_eq!((told.problems[0].reason.as_str(), told.state()), ("DUPLICATE_CLAIM", State::Unspecified));
    assert_eq!(told.problems[0].claim_number, claim.number);
    assert_eq!(lint(vec![line("D")], "INV-1").await.problems[0].claim_id, claim.claim_id);
    service.disputed(&visit).await;
    assert_eq!(lint(vec![line("D")], "").await.problems[0].reason, "VISIT_DISPUTED");
}
