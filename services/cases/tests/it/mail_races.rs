//! Answers by mail that race with the closing of their case: each is in the case before it closes, or is refused and says so.

use careway_contract::cases::v1::{
    CloseCaseRequest, GetCaseRequest, ListCaseHistoryRequest, case, case_change::Change,
    mail_outcome::Outcome,
};
use careway_testing::eventually;
use futures::future::join_all;

use crate::test_inbox::TestInbox;

/// So many that each is handled beside others, and no loop is suspected.
const ANSWERS: usize = 12;

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_race_with_a_close_are_in_the_case_or_refused() {
    let inbox = TestInbox::start().await;
    let case_id = inbox.case("K1").to_string();
    let before = inbox.messages("tanvir", &case_id).await.len();
    let recipient = inbox.filled_text("support+{{token K1 tanvir}}@careway.example");
    let answer = async |number: usize| {
        let raw = format!(
            "Authentication-Results: mx.careway.example; dmarc=pass\r\nFrom: tanvir@shondhan.example.org\r\n\
             Message-ID: <race-{number}@shondhan.example.org>\r\nSubject: Re\r\n\r\nAnswer {number}.\r\n"
        );
        inbox.deliver("tanvir@shondhan.example.org", &[&recipient], raw.as_bytes()).await.unwrap().remove(0)
    };
    let close = async {
        // In the midst of them.
        eventually("some are in", async || {
            inbox.messages("tanvir", &case_id).await.len() >= before + ANSWERS / 4
        })
        .await;
        let request = CloseCaseRequest { case_id: case_id.clone(), ..Default::default() };
        inbox.cases().close_case(inbox.by("tanvir", request)).await.unwrap();
    };
    let ((), outcomes) = tokio::join!(close, join_all((0..ANSWERS).map(answer)));

    let appended = outcomes.iter().filter(|outcome| outcome.outcome() == Outcome::Appended).count();
    let refused = outcomes.iter().filter(|outcome| outcome.outcome() == Outcome::Refused).collect::<Vec<_>>();
    assert_eq!(appended + refused.len(), ANSWERS, "{outcomes:?}");
    assert!(refused.iter().all(|outcome| outcome.reason == "CASE_CLOSED"), "{refused:?}");
    assert_eq!(inbox.messages("tanvir", &case_id).await.len(), before + appended);
    let kept = "select count(*) from inbound_mail where outcome in ('APPENDED', 'REFUSED')";
    assert_eq!(inbox.count(kept).await, i64::try_from(ANSWERS).unwrap(), "none is lost");
    let request = GetCaseRequest { case_id: case_id.clone() };
    let closed =
        inbox.cases().get_case(inbox.by("tanvir", request)).await.unwrap().into_inner().case.unwrap();
    assert_eq!(closed.state(), case::State::Closed);
    // Nothing happened after the closing.
    let request = ListCaseHistoryRequest { case_id, page_size: 200, ..Default::default() };
    let history =
        inbox.cases().list_case_history(inbox.by("paul", request)).await.unwrap().into_inner().changes;
    let last = history.last().unwrap();
    assert_eq!((last.change(), last.after.as_str()), (Change::State, "CLOSED"), "{last:?}");
}
