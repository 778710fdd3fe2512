//! Watching cases, over gRPC: at once, in order, and nothing is missed over a lost connection.

use std::time::Duration;

use careway_contract::cases::v1::{case_change::Change, *};
use careway_service::Error;
use careway_testing::refusal;
use tonic::Streaming;

use crate::test_cases::{Member, TestCases};

impl TestCases {
    async fn watch(
        &self,
        by: &Member,
        after: &str,
        case: &str,
    ) -> Result<Streaming<WatchCasesResponse>, Error> {
        let request = WatchCasesRequest { last_event_id: after.to_owned(), case_id: case.to_owned() };
        Ok(self.client().watch_cases(self.by(by, request)).await?.into_inner())
    }
}

async fn next(stream: &mut Streaming<WatchCasesResponse>) -> WatchCasesResponse {
    let message = tokio::time::timeout(Duration::from_secs(180), stream.message()).await;
    message.expect("a change").unwrap().expect("the stream goes on")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_sees_its_cases_support_all_and_notes_are_seen_by_support_alone() {
    let cases = TestCases::start().await;
    let mut partner = cases.watch(&cases.nusrat, "", "").await.unwrap();
    let mut support = cases.watch(&cases.grace, "", "").await.unwrap();
    let mut stranger = cases.watch(&cases.linh, "", "").await.unwrap();
    let case = cases.open(&cases.tanvir, "Slots").await;
    let opened = next(&mut partner).await;
    assert_eq!((opened.change(), &opened.case.as_ref().unwrap().subject), (Change::Opened, &case.subject));
    assert_eq!(next(&mut support).await.event_id, opened.event_id);

    // The connection is lost, and life goes on.
    drop(partner);
    cases.note(&cases.grace, &case.case_id, "A note").await.unwrap();
    cases.say(&cases.grace, &case.case_id, "We look into it.").await.unwrap();
    let mut back = cases.watch(&cases.nusrat, &opened.event_id, "").await.unwrap();
    let missed = [next(&mut back).await.change(), next(&mut back).await.change()];
    assert_eq!(missed, [Change::MessageAdded, Change::State]);
    let told = [next(&mut support).await, next(&mut support).await, next(&mut support).await];
    assert_eq!(told.map(|it| it.change()), [Change::NoteAdded, Change::MessageAdded, Change::State]);

    let other = cases.open(&cases.linh, "Webhooks").await;
    assert_eq!(next(&mut stranger).await.case.unwrap().case_id, other.case_id, "the first that it ever sees");
    let mut of_one = cases.watch(&cases.grace, "0-0", &case.number).await.unwrap();
    assert_eq!(next(&mut of_one).await.event_id, opened.event_id, "one case, from the beginning");
    for wrong in ["x", "-1-2", "1"] {
        let refused = refusal(cases.watch(&cases.grace, wrong, "").await.map(|_| ()));
        assert_eq!(refused.violations()[0].0, "lastEventId");
    }
    let foreign = refusal(cases.watch(&cases.tanvir, "", &other.case_id).await.map(|_| ()));
    assert_eq!(foreign.reason(), "NOT_FOUND");
}
