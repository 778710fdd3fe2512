//! Two at once: an answer and a closing, two follow-ups, two who assign.

use careway_contract::cases::v1::case::State;
use futures::future::join_all;

use crate::test_cases::TestCases;

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_races_a_closing_is_in_the_case_or_refused_and_never_both() {
    let cases = TestCases::start().await;
    for round in 0..12 {
        let case = cases.open(&cases.tanvir, &format!("Round {round}")).await;
        let id = &*case.case_id;
        cases.solve(&cases.grace, id).await.unwrap();
        let (answers, closed) = tokio::join!(
            join_all((0..3).map(|number| {
                let body = format!("Answer {number}");
                let cases = &cases;
                async move { cases.say(&cases.tanvir, id, &body).await }
            })),
            cases.close(&cases.paul, id, "Done"),
        );
        assert_eq!(closed.unwrap().state(), State::Closed);
        let taken = answers.iter().filter(|answer| answer.is_ok()).count();
        for refused in answers.into_iter().filter_map(Result::err) {
            assert_eq!(refused.reason(), "CASE_CLOSED");
        }
        let messages = cases.messages(&cases.tanvir, id).await;
        assert_eq!(messages.len(), 2 + taken, "what was acknowledged is there, and nothing else");
        assert_eq!(cases.get(&cases.tanvir, id).await.unwrap().state(), State::Closed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_follow_ups_at_once_there_is_one_and_the_others_name_it() {
    let cases = TestCases::start().await;
    for round in 0..6 {
        let case = cases.open(&cases.tanvir, &format!("Round {round}")).await;
        cases.close(&cases.tanvir, &case.case_id, "").await.unwrap();
        let tried = join_all((0..4).map(|_| cases.follow_up(&cases.tanvir, &case.case_id))).await;
        let (made, refused): (Vec<_>, Vec<_>) = tried.into_iter().partition(Result::is_ok);
        assert_eq!(made.len(), 1);
        let made = made.into_iter().next().unwrap().unwrap();
        for refused in refused.into_iter().map(Result::unwrap_err) {
            assert_eq!(refused.reason(), "FOLLOW_UP_OPEN");
            assert_eq!(refused.fact("followUpId"), Some(&*made.case_id));
        }
    }
    assert_eq!(cases.count("select count(*) from support_case").await, 12);
}
