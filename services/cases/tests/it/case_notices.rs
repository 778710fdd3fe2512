//! What becomes of notices: those that do not arrive stand in the history, and who lost access gets none.

use std::collections::BTreeSet;

use careway_contract::{
    cases::v1::case_change::Change,
    identity::v1::AccountDisabled,
    renewals::v1::{MessageBounced, MessageFailed, MessageSubject},
};
use careway_events::Fact;
use careway_testing::eventually;
use uuid::Uuid;

use crate::{
    test_cases::{Member, TestCases},
    test_notices::notice,
};

impl TestCases {
    /// The notices to somebody, the oldest first.
    async fn notices(&self, whom: &Member) -> Vec<(Uuid, String)> {
        let notices = sqlx::query_as(
            "select notice_id, state from case_notice where account_id = $1 order by raised_at, notice_id",
        );
        notices.bind(whom.person.account.uuid()).fetch_all(&self.admin).await.unwrap()
    }

    async fn told(&self, by: &Member, case: &str) -> Vec<String> {
        let history = self.history(by, case).await.into_iter();
        history.filter(|it| it.change() == Change::Notices).map(|it| it.after).collect()
    }
}

fn about(id: Uuid) -> Option<MessageSubject> {
    Some(MessageSubject { context: "cases".to_owned(), kind: "CASE_NOTICE".to_owned(), id: id.to_string() })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_did_not_arrive_stands_in_the_history_that_support_reads() {
    let cases = TestCases::start().await;
    let case = cases.open(&cases.tanvir, "Slots").await;
    cases.say(&cases.grace, &case.case_id, "We look.").await.unwrap();
    let [(first, _), (second, _)] = cases.notices(&cases.tanvir).await[..] else { panic!("two notices") };
    let version = cases.get(&cases.tanvir, &case.case_id).await.unwrap().version;

    let failed = MessageFailed { outcome: "REJECTED".to_owned(), about: about(first), ..Default::default() };
    let bounced =
        MessageBounced { kind: "HARD".to_owned(), suspect: true, about: about(second), ..Default::default() };
    cases.hears("renewals", Fact::new(failed).about(first, 1)).await;
    eventually("the first", async || cases.told(&cases.grace, &case.case_id).await.len() == 1).await;
    cases.hears("renewals", Fact::new(bounced).about(second, 1)).await;
    eventually("both", async || cases.told(&cases.grace, &case.case_id).await.len() == 2).await;
    let account = cases.tanvir.person.account;
    assert_eq!(
        cases.told(&cases.grace, &case.case_id).await,
        [format!("{account}: REJECTED"), format!("{account}: HARD, written to no more")]
    );
    assert_eq!(cases.told(&cases.tanvir, &case.case_id).await, Vec::<String>::new(), "it is support's");
    let after = cases.get(&cases.tanvir, &case.case_id).await.unwrap();
    assert_eq!(after.version, version, "that is no change of the case");
    assert_eq!(cases.said("CaseNoticeFailed").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_to_be_sent_is_withdrawn_with_the_access() {
    let cases = TestCases::start().await;
    cases.open(&cases.tanvir, "Slots").await;
    cases.open(&cases.farhana, "Slots").await;
    let event = AccountDisabled {
        account_id: cases.tanvir.person.account.to_string(),
        organization_id: cases.tanvir.person.organization.to_string(),
    };
    cases.hears("identity", Fact::new(event).about(cases.tanvir.person.account.uuid(), 2)).await;
    eventually("his is withdrawn", async || cases.notices(&cases.tanvir).await[0].1 == "WITHDRAWN").await;
    assert_eq!(cases.notices(&cases.farhana).await[0].1, "RAISED", "hers is not");
    let (withdrawn, _) = cases.notices(&cases.tanvir).await[0];
    let said = notice(&cases.foundation, cases.service.upstream.clone(), withdrawn).await;
    assert_eq!((said.suppressed.as_str(), said.values.len()), ("WITHDRAWN", 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_that_are_asked_for_at_once_name_one_reference() {
    let cases = TestCases::start().await;
    for round in 0..4 {
        let other = cases.open(&cases.tanvir, &format!("Slots {round}")).await;
        for _ in 0..6 {
            cases.say(&cases.grace, &other.case_id, "We look.").await.unwrap();
        }
        // As if nobody had been written to yet.
        let forgotten = sqlx::query("delete from case_reference where case_id = $1::uuid");
        forgotten.bind(&other.case_id).execute(&cases.admin).await.unwrap();
        let of_case = sqlx::query_scalar(
            "select notice_id from case_notice where account_id = $1 and case_id = $2::uuid and state = 'RAISED'",
        );
        let of_case = of_case.bind(cases.tanvir.person.account.uuid()).bind(&other.case_id);
        let raised: Vec<Uuid> = of_case.fetch_all(&cases.admin).await.unwrap();
        assert!(raised.len() >= 6);
        let asked = raised.iter().map(|id| notice(&cases.foundation, cases.service.upstream.clone(), *id));
        let markers: BTreeSet<String> = futures::future::join_all(asked)
            .await
            .into_iter()
            .map(|said| said.values.get("marker").cloned().unwrap_or_default())
            .collect();
        assert_eq!(markers.len(), 1, "{markers:?}");
        assert!(markers.iter().all(|marker| !marker.is_empty()));
    }
}
