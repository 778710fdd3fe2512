//! What the clock does in cases: reminds, solves, closes; by however many replicas.

use std::time::Duration;

use careway_contract::cases::v1::{case::Channel, case::State, case_change::Change};
use careway_testing::eventually;

use crate::test_cases::TestCases;

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_nobody_answers_is_reminded_of_twice_solved_and_closed() {
    let cases = TestCases::start().await;
    let case = cases.open(&cases.tanvir, "Slots").await;
    let id = &*case.case_id;
    cases.wait_for(&cases.grace, id).await.unwrap();
    let reminders = async || {
        let history = cases.history(&cases.tanvir, id).await;
        history.iter().filter(|it| it.change() == Change::Reminded).count()
    };
    // Whatever day it is, three working days are at most five, and at least three.
    cases.clock.advance(2 * DAY);
    assert_eq!(reminders().await, 0);
    cases.clock.advance(3 * DAY);
    eventually("the first reminder", async || reminders().await == 1).await;
    cases.clock.advance(6 * DAY);
    eventually("the second reminder", async || reminders().await == 2).await;
    cases.clock.advance(9 * DAY);
    eventually("it is solved", async || cases.get(&cases.tanvir, id).await.unwrap().state() == State::Solved)
        .await;
    cases.clock.advance(4 * DAY);
    eventually("it is closed", async || cases.get(&cases.tanvir, id).await.unwrap().state() == State::Closed)
        .await;
    let last = cases.history(&cases.tanvir, id).await.pop().unwrap();
    assert_eq!((last.channel(), &*last.actor), (Channel::Clock, "system:cases"));
    assert_eq!((cases.said("CaseSolved").await, cases.said("CaseClosed").await), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_stops_the_clock() {
    let cases = TestCases::start().await;
    let case = cases.open(&cases.tanvir, "Slots").await;
    cases.solve(&cases.grace, &case.case_id).await.unwrap();
    cases.say(&cases.tanvir, &case.case_id, "No, it is not.").await.unwrap();
    let other = cases.open(&cases.tanvir, "Other").await;
    cases.solve(&cases.grace, &other.case_id).await.unwrap();
    cases.clock.advance(5 * DAY);
    eventually("the other closes", async || {
        cases.get(&cases.tanvir, &other.case_id).await.unwrap().state() == State::Closed
    })
    .await;
    assert_eq!(cases.get(&cases.tanvir, &case.case_id).await.unwrap().state(), State::InProgress);
}
