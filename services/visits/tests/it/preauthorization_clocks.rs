//! Pre-authorizations by the clock: questions and answers, warnings, a late payer, the end of a validity.

use std::time::Duration;

use careway_contract::visits::v1::{
    preauthorization::{Party, State, Urgency},
    *,
};
use careway_service::Error;
use careway_testing::{eventually, refusal};

use crate::{
    document_calls::pdf,
    preauthorization_calls::{approve, asking, line},
    test_visits::TestVisits,
};

const HOUR: Duration = Duration::from_secs(3600);

impl TestVisits {
    async fn inquire(&self, id: &str) -> Result<Preauthorization, Error> {
        let request = RequestPreauthorizationInformationRequest {
            preauthorization_id: id.to_owned(),
            question: "What did the X-ray show?".to_owned(),
            documents: vec!["IMAGING".to_owned()],
        };
        let asked =
            self.preauthorizations().request_preauthorization_information(self.theirs(request)).await?;
        Ok(asked.into_inner().preauthorization.unwrap())
    }

    async fn respond(&self, id: &str) -> Result<Preauthorization, Error> {
        self.respond_with(id, Vec::new()).await
    }

    async fn respond_with(&self, id: &str, document_ids: Vec<String>) -> Result<Preauthorization, Error> {
        let request = RespondToPreauthorizationRequest {
            preauthorization_id: id.to_owned(),
            answer: "A slipped disc".to_owned(),
            document_ids,
        };
        let answered = self.preauthorizations().respond_to_preauthorization(self.ours(request)).await?;
        Ok(answered.into_inner().preauthorization.unwrap())
    }

    async fn state_of(&self, id: &str) -> Preauthorization {
        self.read(&self.facility, id).await.unwrap().preauthorization.unwrap()
    }

    async fn until_said(&self, event: &str, times: i64) {
        eventually(event, async || self.said(event).await == times).await;
    }
}

fn due(preauthorization: &Preauthorization) -> i64 {
    preauthorization.due_at.unwrap().seconds
}

#[tokio::test]
async fn the_payers_clock_stands_still_for_an_answer() {
    let (service, visit) = TestVisits::with_patient().await;
    let it = service.asked(&visit.visit_id, "1").await;
    let id = it.preauthorization_id.as_str();
    assert_eq!(it.waits_for(), Party::Payer);
    assert_eq!(refusal(service.respond(id).await).reason(), "WRONG_STATE");
    let begun = service.clock.now();
    let asked = service.inquire(id).await.unwrap();
    assert_eq!((asked.state(), asked.waits_for()), (State::InformationRequested, Party::Facility));
    assert!(due(&asked) < due(&it));
    assert_eq!(refusal(service.decide(&service.payer, id, vec![approve(1)]).await).reason(), "WRONG_STATE");
    assert_eq!(refusal(service.inquire(id).await).reason(), "WRONG_STATE");

    let picture = service.document(&visit.visit_id, pdf(1000)).await.document_id;
    service.clock.advance(10 * HOUR);
    let answered = service.respond_with(id, vec![picture]).await.unwrap();
    assert_eq!((answered.state(), answered.waits_for()), (State::Pended, Party::Payer));
    let (later, most) = (due(&answered) - due(&it), (service.clock.now() - begun).num_seconds() + 1);
    assert!((36_000..=most).contains(&later), "ten hours later: {later}, at most {most}");
    let read = service.read(&service.payer, id).await.unwrap();
    let [question] = &read.questions[..] else { panic!("one question") };
    assert_eq!(
        (question.question.as_str(), question.answer.as_str()),
        ("What did the X-ray show?", "A slipped disc")
    );
    assert_eq!((question.documents.len(), question.document_ids.len()), (1, 1));
    assert_eq!(refusal(service.respond(id).await).reason(), "WRONG_STATE");
    assert_eq!(service.said("PreauthorizationInformationRequested").await, 1);
    assert_eq!(service.said("PreauthorizationAnswered").await, 1);
    let sealed: Vec<u8> =
        sqlx::query_scalar("select sealed_question || sealed_answer from preauthorization_question")
            .fetch_one(&service.admin)
            .await
            .unwrap();
    assert!(!sealed.windows(4).any(|window| window == b"disc" || window == b"show"));
}

#[tokio::test]
async fn a_missed_answer_hands_the_turn_back_and_is_still_taken() {
    let (service, visit) = TestVisits::with_patient().await;
    let it = service.asked(&visit.visit_id, "1").await;
    let id = it.preauthorization_id.as_str();
    service.inquire(id).await.unwrap();
    service.clock.advance(55 * HOUR);
    service.until_said("PreauthorizationDue", 1).await;
    service.clock.advance(18 * HOUR);
    service.until_said("PreauthorizationAnswerMissed", 1).await;
    assert_eq!(service.state_of(id).await.state(), State::Pended);
    assert_eq!(service.respond(id).await.unwrap().state(), State::Pended);
    service.decide(&service.payer, id, vec![approve(1)]).await.unwrap();
}

#[tokio::test]
async fn a_late_payer_is_warned_and_then_escalated_once() {
    let (service, visit) = TestVisits::with_patient().await;
    let urgent = RequestPreauthorizationRequest {
        urgency: Urgency::Urgent.into(),
        ..asking(&visit.visit_id, vec![line("MRI", "1")])
    };
    let it = service.preauthorizations().request_preauthorization(service.ours(urgent)).await.unwrap();
    let it = it.into_inner().preauthorization.unwrap();
    let id = it.preauthorization_id.as_str();
    let within = due(&it) - service.clock.now().timestamp();
    assert!((71 * 3600..=72 * 3600).contains(&within), "three days: {within}");
    let overdue = async || {
        let list = ListPreauthorizationsRequest { overdue: true, ..Default::default() };
        let listed = service.preauthorizations().list_preauthorizations(service.ours(list)).await.unwrap();
        listed.into_inner().preauthorizations.len()
    };
    service.clock.advance(55 * HOUR);
    service.until_said("PreauthorizationDue", 1).await;
    assert_eq!(overdue().await, 0);
    service.clock.advance(18 * HOUR);
    service.until_said("PreauthorizationOverdue", 1).await;
    assert_eq!(overdue().await, 1);
    let escalated = service.state_of(id).await;
    assert!(escalated.escalated_at.is_some() && escalated.state() == State::Pended);
    // A later tick of the timer finds nothing more to say: what it does next comes after this one.
    service.clock.advance(HOUR);
    let second = service.asked(&visit.visit_id, "1").await;
    service.clock.advance(169 * HOUR);
    service.until_said("PreauthorizationOverdue", 2).await;
    assert!(service.state_of(&second.preauthorization_id).await.escalated_at.is_some());
    assert_eq!(service.said("PreauthorizationDue").await, 1, "nobody is warned of what is late already");
    // Late is not never.
    service.decide(&service.payer, id, vec![approve(1)]).await.unwrap();
    assert_eq!(overdue().await, 1);
}

#[tokio::test]
async fn what_is_not_used_in_its_validity_is_free_again() {
    let (service, visit) = TestVisits::with_patient().await;
    service.trust_up_to(90_000).await;
    let it = service.asked(&visit.visit_id, "1").await;
    let id = it.preauthorization_id.as_str();
    let first: chrono::NaiveDate = it.valid_from.parse().unwrap();
    let last: chrono::NaiveDate = it.valid_to.parse().unwrap();
    assert_eq!((last - first).num_days(), 29, "thirty days, both inclusive");
    service.clock.advance(24 * 28 * HOUR);
    let other = service.asked(&service.admitted("UM-100200", "OUTPATIENT").await.visit_id, "1").await;
    assert_eq!(service.state_of(id).await.state(), State::Approved);
    // Two policy years may be told of: the second visit is four weeks later.
    assert_eq!(service.ledger().await, (0, 180_000));
    service.clock.advance(24 * 3 * HOUR);
    service.until_said("PreauthorizationExpired", 1).await;
    assert_eq!(service.state_of(id).await.state(), State::Expired);
    assert_eq!(service.state_of(&other.preauthorization_id).await.state(), State::Approved);
    assert_eq!(service.ledger().await, (0, 90_000));
    assert_eq!(refusal(service.cancel(id).await).reason(), "WRONG_STATE");
    assert_eq!(service.differences().await, 0);
}
