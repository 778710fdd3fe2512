//! Data issues, over gRPC: an agent reports, the authority answers once.

use careway_contract::renewals::v1::{
    data_issue::{Field, State},
    resolve_data_issue_request::Outcome,
    *,
};
use careway_kernel::ParticipantId;
use careway_service::{Error, Kind};
use careway_testing::{Person, key, refusal};

use crate::test_people::{TestPeople, made};

impl TestPeople {
    async fn report(
        &self,
        by: &Person,
        id: ParticipantId,
        field: Field,
        note: &str,
    ) -> Result<DataIssue, Error> {
        let (participant_id, note) = (id.to_string(), note.to_owned());
        let request = ReportDataIssueRequest { participant_id, field: field.into(), note };
        let answer = self.issues().report_data_issue(self.by(by, request)).await?;
        Ok(answer.into_inner().data_issue.unwrap())
    }

    async fn resolve(
        &self,
        by: &Person,
        id: &str,
        outcome: Outcome,
        answer: &str,
    ) -> Result<DataIssue, Error> {
        let request = ResolveDataIssueRequest {
            data_issue_id: id.to_owned(),
            outcome: outcome.into(),
            answer: answer.to_owned(),
        };
        let answer = self.issues().resolve_data_issue(self.by(by, request)).await?;
        Ok(answer.into_inner().data_issue.unwrap())
    }

    async fn issue(&self, by: &Person, id: &str) -> Result<DataIssue, Error> {
        let request = GetDataIssueRequest { data_issue_id: id.to_owned() };
        Ok(self.issues().get_data_issue(self.by(by, request)).await?.into_inner().data_issue.unwrap())
    }

    async fn listed_issues(&self, by: &Person, wanted: ListDataIssuesRequest) -> Vec<String> {
        let (mut all, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = ListDataIssuesRequest { page_size: 2, page_token, ..wanted.clone() };
            let page = self.issues().list_data_issues(self.by(by, request)).await.unwrap().into_inner();
            all.extend(page.data_issues.into_iter().map(|it| it.note));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return all;
            }
        }
    }
}

#[tokio::test]
async fn an_agent_reports_and_the_authority_answers_once() {
    let people = TestPeople::start().await;
    let hoa = people.person(made("7936491863")).await;
    let issue = people.report(&people.agency, hoa, Field::Birth, " Born 1951 ").await.unwrap();
    assert_eq!((issue.state(), issue.field(), issue.note.as_str()), (State::Open, Field::Birth, "Born 1951"));
    assert_eq!((issue.full_name.as_str(), issue.bhxh_number.as_str()), ("Trần Thị Hoà", "7936491863"));
    assert_eq!(people.said("DataIssueReported").await, 1);
    let id = &issue.data_issue_id;
    assert_eq!(people.issue(&people.authority, id).await.unwrap(), issue);
    for by in [&people.second_agency, &people.other_authority, &people.other_agency] {
        assert_eq!(refusal(people.issue(by, id).await).kind(), Kind::NotFound);
    }

    let by_agency = people.resolve(&people.agency, id, Outcome::Corrected, "").await;
    assert_eq!(refusal(by_agency).reason(), "WRONG_ORGANIZATION_KIND");
    let foreign = people.resolve(&people.other_authority, id, Outcome::Corrected, "").await;
    assert_eq!(refusal(foreign).kind(), Kind::NotFound);
    let unsaid = people.resolve(&people.authority, id, Outcome::Unspecified, &"x".repeat(1001)).await;
    let unsaid = refusal(unsaid);
    let fields: Vec<_> = unsaid.violations().iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["outcome", "answer"]);
    let done = people.resolve(&people.authority, id, Outcome::Corrected, "By the next list").await.unwrap();
    assert_eq!((done.state(), done.answer.as_str(), done.version), (State::Corrected, "By the next list", 2));
    assert_eq!(people.issue(&people.agency, id).await.unwrap(), done, "the agent reads the answer");
    let again = people.resolve(&people.authority, id, Outcome::AsItIs, "").await;
    assert_eq!(refusal(again).reason(), "ISSUE_RESOLVED");

    let kept: String = sqlx::query_scalar("select string_agg(i::text, ' ') from data_issue i")
        .fetch_one(&people.admin)
        .await
        .unwrap();
    assert!(!kept.contains("1951") && !kept.contains("next list"));
}

#[tokio::test]
async fn only_the_agency_that_has_the_participant_reports() {
    let people = TestPeople::start().await;
    let hoa = people.person(made("7936491863")).await;
    for by in [&people.second_agency, &people.other_agency] {
        assert_eq!(refusal(people.report(by, hoa, Field::Birth, "x").await).kind(), Kind::NotFound);
    }
    let by_authority = people.report(&people.authority, hoa, Field::Birth, "x").await;
    assert_eq!(refusal(by_authority).reason(), "WRONG_ORGANIZATION_KIND");
    let wrong = refusal(people.report(&people.agency, hoa, Field::Unspecified, " ").await);
    let fields: Vec<_> = wrong.violations().iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["field", "note"]);

    let request = ReportDataIssueRequest {
        participant_id: hoa.to_string(),
        field: Field::Other.into(),
        note: "x".to_owned(),
    };
    let key = key();
    let ask = async || {
        let request = people.keyed(&people.agency, &key, request.clone());
        people.issues().report_data_issue(request).await.unwrap().into_inner().data_issue
    };
    assert_eq!(ask().await, ask().await);
    assert_eq!(people.said("DataIssueReported").await, 1);
}

#[tokio::test]
async fn lists_have_the_newest_first_and_only_ones_own() {
    let people = TestPeople::start().await;
    let (hoa, binh) = (people.person(made("7936491863")).await, people.person(made("7936491864")).await);
    let second = &people.second_agency;
    let elsewhere = people.participant(&people.authority, second, made("7936491865")).await;
    let foreign = people.participant(&people.other_authority, &people.other_agency, made("7936491863")).await;
    let first = people.report(&people.agency, hoa, Field::Birth, "1").await.unwrap();
    people.report(&people.agency, binh, Field::Address, "2").await.unwrap();
    people.report(&people.agency, hoa, Field::Household, "3").await.unwrap();
    people.report(second, elsewhere, Field::Other, "4").await.unwrap();
    people.report(&people.other_agency, foreign, Field::Other, "5").await.unwrap();
    people.resolve(&people.authority, &first.data_issue_id, Outcome::AsItIs, "").await.unwrap();

    let all = ListDataIssuesRequest::default();
    assert_eq!(people.listed_issues(&people.agency, all.clone()).await, ["3", "2", "1"]);
    assert_eq!(people.listed_issues(&people.authority, all.clone()).await, ["4", "3", "2", "1"]);
    assert_eq!(people.listed_issues(&people.other_authority, all.clone()).await, ["5"]);
    let open = ListDataIssuesRequest { state: State::Open.into(), ..all.clone() };
    assert_eq!(people.listed_issues(&people.authority, open).await, ["4", "3", "2"]);
    let of_hoa = ListDataIssuesRequest { participant_id: hoa.to_string(), ..all.clone() };
    assert_eq!(people.listed_issues(&people.authority, of_hoa).await, ["3", "1"]);
    let of_second = ListDataIssuesRequest { agency_id: second.organization.to_string(), ..all };
    assert_eq!(people.listed_issues(&people.authority, of_second.clone()).await, ["4"]);
    assert!(people.listed_issues(&people.agency, of_second).await.is_empty());
}

#[tokio::test]
async fn what_messages_say_of_an_issue_names_the_agency_and_no_participant() {
    let people = TestPeople::start().await;
    let hoa = people.person(made("7936491863")).await;
    let issue = people.report(&people.agency, hoa, Field::Birth, "Born 1951").await.unwrap();
    let ask = async |id: &str| {
        let kind = get_notice_request::Kind::DataIssue.into();
        let request = GetNoticeRequest { kind, id: id.to_owned(), ..Default::default() };
        let request = people.foundation.identity.request(request);
        let mut client = notice_service_client::NoticeServiceClient::new(people.upstream());
        client.get_notice(request).await.map(tonic::Response::into_inner)
    };
    let notice = ask(&issue.data_issue_id).await.unwrap();
    let values = [("agency", "Đại lý BI0902I"), ("code", "BI0902I")];
    let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    assert_eq!((notice.state.as_str(), notice.values), ("OPEN", values));
    people.resolve(&people.authority, &issue.data_issue_id, Outcome::AsItIs, "").await.unwrap();
    assert_eq!(ask(&issue.data_issue_id).await.unwrap().state, "AS_IT_IS");
    assert_eq!(refusal(ask(&hoa.to_string()).await).kind(), Kind::NotFound);
}
