//! Who is with a case: taking part, watching, being assigned; and gone when they may no more.

use careway_contract::{
    cases::v1::*,
    identity::v1::{AccountDisabled, AccountRolesChanged, OrganizationChanged},
};
use careway_events::Fact;
use careway_service::Error;
use careway_testing::{eventually, refusal};

use crate::test_cases::{Member, TestCases};

impl TestCases {
    async fn add(&self, by: &Member, case_id: &str, whom: &Member) -> Result<Case, Error> {
        let account_id = whom.person.account.to_string();
        let request = AddCaseParticipantRequest { case_id: case_id.to_owned(), account_id };
        Ok(self.client().add_case_participant(self.by(by, request)).await?.into_inner().case.unwrap())
    }

    async fn remove(&self, by: &Member, case_id: &str, whom: &Member) -> Result<Case, Error> {
        let account_id = whom.person.account.to_string();
        let request = RemoveCaseParticipantRequest { case_id: case_id.to_owned(), account_id };
        Ok(self.client().remove_case_participant(self.by(by, request)).await?.into_inner().case.unwrap())
    }

    async fn watch_case(&self, by: &Member, case_id: &str) -> Result<Case, Error> {
        let request = AddCaseWatcherRequest { case_id: case_id.to_owned() };
        Ok(self.client().add_case_watcher(self.by(by, request)).await?.into_inner().case.unwrap())
    }

    async fn unwatch_case(&self, by: &Member, case_id: &str) -> Result<Case, Error> {
        let request = RemoveCaseWatcherRequest { case_id: case_id.to_owned() };
        Ok(self.client().remove_case_watcher(self.by(by, request)).await?.into_inner().case.unwrap())
    }
}

fn id(member: &Member) -> String {
    member.person.account.to_string()
}

#[tokio::test]
async fn members_take_part_and_strangers_do_not() {
    let cases = TestCases::start().await;
    let case = cases.open(&cases.tanvir, "Slots").await;
    let with = cases.add(&cases.tanvir, &case.case_id, &cases.nusrat).await.unwrap();
    assert_eq!(with.participant_ids, [id(&cases.tanvir), id(&cases.nusrat)]);
    assert_eq!(with.version, 2);
    let again = cases.add(&cases.grace, &case.case_id, &cases.nusrat).await.unwrap();
    assert_eq!(again.version, 2, "who takes part already changes nothing");
    for stranger in [&cases.linh, &cases.grace] {
        let refused = refusal(cases.add(&cases.tanvir, &case.case_id, stranger).await);
        assert_eq!(refused.reason(), "PARTICIPANT_NOT_MEMBER");
    }
    let without = cases.remove(&cases.tanvir, &case.case_id, &cases.nusrat).await.unwrap();
    assert_eq!((without.participant_ids, without.version), (vec![id(&cases.tanvir)], 3));
    assert_eq!(cases.remove(&cases.tanvir, &case.case_id, &cases.nusrat).await.unwrap().version, 3);
}

#[tokio::test]
async fn who_watches_is_seen_by_their_own_side_and_by_support() {
    let cases = TestCases::start().await;
    let case = cases.open(&cases.tanvir, "Slots").await;
    cases.watch_case(&cases.nusrat, &case.case_id).await.unwrap();
    let by_support = cases.watch_case(&cases.paul, &case.case_id).await.unwrap();
    assert_eq!(by_support.watcher_ids, [id(&cases.nusrat), id(&cases.paul)]);
    let by_partner = cases.get(&cases.tanvir, &case.case_id).await.unwrap();
    assert_eq!(by_partner.watcher_ids, [id(&cases.nusrat)]);
    assert_eq!(by_partner.version, 1, "who watches is told nobody");
    let left = cases.unwatch_case(&cases.paul, &case.case_id).await.unwrap();
    assert_eq!(left.watcher_ids, [id(&cases.nusrat)]);
    assert_eq!(refusal(cases.watch_case(&cases.linh, &case.case_id).await).reason(), "NOT_FOUND");
}

#[tokio::test]
async fn a_case_is_given_to_who_may_handle_it() {
    let cases = TestCases::start().await;
    let case = cases.open(&cases.tanvir, "Slots").await;
    let given = cases.assign(&cases.paul, &case.case_id, &cases.jean).await.unwrap();
    assert_eq!((given.state(), given.assignee_id), (case::State::InProgress, id(&cases.jean)));
    let refused = refusal(cases.assign(&cases.paul, &case.case_id, &cases.tanvir).await);
    assert_eq!(refused.reason(), "ASSIGNEE_NOT_AGENT");
    let own = AssignCaseRequest { case_id: case.case_id.clone(), assignee_id: String::new() };
    let taken = cases.client().assign_case(cases.by(&cases.grace, own)).await.unwrap().into_inner();
    assert_eq!(taken.case.unwrap().assignee_id, id(&cases.grace));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_disabled_is_with_no_case_any_more() {
    let cases = TestCases::start().await;
    let (one, two) = (cases.open(&cases.tanvir, "One").await, cases.open(&cases.farhana, "Two").await);
    let closed = cases.open(&cases.farhana, "Three").await;
    cases.close(&cases.farhana, &closed.case_id, "").await.unwrap();
    cases.add(&cases.tanvir, &one.case_id, &cases.farhana).await.unwrap();

    cases.disable(&cases.farhana).await;
    eventually("she is gone", async || {
        cases.get(&cases.tanvir, &two.case_id).await.unwrap().participant_ids.is_empty()
    })
    .await;
    let left = cases.get(&cases.grace, &one.case_id).await.unwrap();
    assert_eq!(left.participant_ids, [id(&cases.tanvir)]);
    assert!(cases.get(&cases.tanvir, &closed.case_id).await.unwrap().participant_ids.is_empty());
    let told = cases.history(&cases.tanvir, &two.case_id).await.pop().unwrap();
    assert_eq!((told.change(), told.before), (case_change::Change::Participants, id(&cases.farhana)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_disabled_agent_had_is_free_again() {
    let cases = TestCases::start().await;
    let case = cases.open(&cases.tanvir, "One").await;
    cases.watch_case(&cases.paul, &case.case_id).await.unwrap();
    cases.assign(&cases.paul, &case.case_id, &cases.paul).await.unwrap();
    cases.disable(&cases.paul).await;
    eventually("what he had is free", async || {
        cases.get(&cases.grace, &case.case_id).await.unwrap().assignee_id.is_empty()
    })
    .await;
    assert!(cases.get(&cases.grace, &case.case_id).await.unwrap().watcher_ids.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_read_no_more_takes_part_no_more_and_who_still_may_stays() {
    let cases = TestCases::start().await;
    let case = cases.open(&cases.tanvir, "One").await;
    for whom in [&cases.farhana, &cases.nusrat] {
        cases.add(&cases.tanvir, &case.case_id, whom).await.unwrap();
        cases.watch_case(whom, &case.case_id).await.unwrap();
    }
    cases.identity.forgets(&cases.farhana.person, &["cases.write"]);
    cases.roles_changed(&cases.farhana).await;
    cases.identity.forgets(&cases.nusrat.person, &["cases.read"]);
    cases.roles_changed(&cases.nusrat).await;
    eventually("the reader is gone", async || {
        let with = cases.get(&cases.tanvir, &case.case_id).await.unwrap();
        (with.participant_ids, with.watcher_ids)
            == (vec![id(&cases.tanvir), id(&cases.farhana)], vec![id(&cases.farhana)])
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agent_had_who_may_handle_no_more_is_free_again() {
    let cases = TestCases::start().await;
    let (case, other) = (cases.open(&cases.tanvir, "One").await, cases.open(&cases.tanvir, "Two").await);
    cases.watch_case(&cases.jean, &case.case_id).await.unwrap();
    cases.assign(&cases.paul, &case.case_id, &cases.jean).await.unwrap();
    cases.assign(&cases.paul, &other.case_id, &cases.grace).await.unwrap();
    cases.identity.forgets(&cases.jean.person, &["cases.handle"]);
    cases.roles_changed(&cases.jean).await;
    eventually("what he had is free", async || {
        cases.get(&cases.grace, &case.case_id).await.unwrap().assignee_id.is_empty()
    })
    .await;
    let left = cases.get(&cases.grace, &case.case_id).await.unwrap();
    assert_eq!(left.watcher_ids, [id(&cases.jean)], "he may still read it");
    assert_eq!(cases.get(&cases.grace, &other.case_id).await.unwrap().assignee_id, id(&cases.grace));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_of_a_suspended_organization_watches_and_nothing_more_is_sent_to_them() {
    let cases = TestCases::start().await;
    let case = cases.open(&cases.tanvir, "One").await;
    cases.watch_case(&cases.nusrat, &case.case_id).await.unwrap();
    cases.watch_case(&cases.grace, &case.case_id).await.unwrap();
    let other = cases.open(&cases.linh, "Two").await;
    cases.say(&cases.grace, &case.case_id, "We look.").await.unwrap();
    cases.say(&cases.grace, &other.case_id, "We look.").await.unwrap();
    let to_send = async |whom: &Member| {
        let notices = "select count(*) from case_notice where state = 'RAISED' and account_id";
        cases.count(&format!("{notices} = '{}'", id(whom))).await
    };
    let elsewhere = to_send(&cases.linh).await;
    assert!(to_send(&cases.tanvir).await > 0 && to_send(&cases.nusrat).await > 0 && elsewhere > 0);

    cases.hears("identity", cases.suspended()).await;
    eventually("nothing is to be sent", async || {
        to_send(&cases.tanvir).await + to_send(&cases.nusrat).await == 0
            && cases.get(&cases.grace, &case.case_id).await.unwrap().watcher_ids == [id(&cases.grace)]
    })
    .await;
    assert_eq!(to_send(&cases.linh).await, elsewhere, "others get theirs");
    let with = cases.get(&cases.grace, &case.case_id).await.unwrap();
    assert_eq!(with.participant_ids, [id(&cases.tanvir)], "it may come back");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_roles_within_a_suspended_organization_end_nothing() {
    let cases = TestCases::start().await;
    let case = cases.open(&cases.tanvir, "One").await;
    cases.identity.suspends(&cases.tanvir.person);
    cases.roles_changed(&cases.tanvir).await;
    let heard = "select count(*) from inbox where consumer in ('case_people', 'case_notice_access')";
    eventually("that is heard", async || cases.count(heard).await == 2).await;
    let with = cases.get(&cases.grace, &case.case_id).await.unwrap();
    assert_eq!(with.participant_ids, [id(&cases.tanvir)], "it may come back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_heard_late_leaves_what_was_raised_since() {
    let cases = TestCases::start().await;
    let case = cases.open(&cases.tanvir, "One").await;
    cases.say(&cases.grace, &case.case_id, "We look.").await.unwrap();
    let to_send = "select count(*) from case_notice where state = 'RAISED' and account_id";
    let to_send = format!("{to_send} = '{}'", id(&cases.tanvir));
    let before = cases.count(&to_send).await;
    cases.says(cases.suspended()).await;
    cases.say(&cases.grace, &case.case_id, "We found it.").await.unwrap();
    let all = cases.count(&to_send).await;
    assert!(before > 0 && all > before);
    cases.relay("identity").await;
    eventually("what came before is withdrawn", async || cases.count(&to_send).await == all - before).await;
}

impl TestCases {
    /// The first partner's organization is suspended.
    fn suspended(&self) -> Fact {
        let event = OrganizationChanged {
            organization_id: self.tanvir.person.organization.to_string(),
            kind: "PARTNER".to_owned(),
            name: "Shondhan Appointments".to_owned(),
            country: "BD".to_owned(),
            time_zone: "Asia/Dhaka".to_owned(),
            locale: "bn".to_owned(),
            status: "SUSPENDED".to_owned(),
        };
        Fact::new(event).about(self.tanvir.person.organization.uuid(), 2)
    }

    /// Identity says that somebody can act for their organization no more.
    async fn disable(&self, member: &Member) {
        let event = AccountDisabled {
            account_id: member.person.account.to_string(),
            organization_id: member.person.organization.to_string(),
        };
        self.hears("identity", Fact::new(event).about(member.person.account.uuid(), 2)).await;
    }

    /// Identity says that somebody has other roles in their organization.
    async fn roles_changed(&self, member: &Member) {
        let event = AccountRolesChanged {
            account_id: member.person.account.to_string(),
            organization_id: member.person.organization.to_string(),
            roles: vec!["READER".to_owned()],
        };
        self.hears("identity", Fact::new(event).about(member.person.account.uuid(), 2)).await;
    }
}
