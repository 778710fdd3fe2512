//! Every RPC of cases by every kind of caller: others' cases are not there, and each permission opens what it should.

use careway_contract::cases::v1::*;
use careway_service::Error;
use careway_testing::Person;
use prost_types::FieldMask;

use crate::test_cases::{AGENT, EDITOR, LEAD, Member, TestCases};

/// What is asked, and what it needs.
const CALLS: [(&str, &str); 17] = [
    ("OpenCase", "cases.write"),
    ("ListCases", "cases.read"),
    ("GetCase", "cases.read"),
    ("UpdateCase", "cases.write"),
    ("WatchCases", "cases.read"),
    ("AssignCase", "cases.handle"),
    ("WaitForPartner", "cases.handle"),
    ("SolveCase", "cases.handle"),
    ("CloseCase", "cases.write"),
    ("FollowUpCase", "cases.write"),
    ("ListCaseMessages", "cases.read"),
    ("AddCaseMessage", "cases.write"),
    ("RedactCaseMessage", "cases.manage"),
    ("AddCaseParticipant", "cases.write"),
    ("RemoveCaseParticipant", "cases.write"),
    ("AddCaseWatcher", "cases.read"),
    ("ListCaseHistory", "cases.read"),
];

/// Those that name a case: a stranger finds none.
fn names_a_case(call: &str) -> bool {
    !["OpenCase", "ListCases"].contains(&call)
}

impl TestCases {
    /// Makes a call about a case; whether it is refused, and why.
    async fn call(&self, call: &str, by: &Member, case: &Case, message_id: &str) -> Result<(), Error> {
        let (mut client, case_id) = (self.client(), case.case_id.clone());
        let account_id = self.tanvir.person.account.to_string();
        let body = "Words".to_owned();
        macro_rules! ask {
            ($rpc:ident, $request:expr) => {
                client.$rpc(self.by(by, $request)).await.map(|_| ()).map_err(Error::from)
            };
        }
        match call {
            "OpenCase" => {
                let mut request = crate::test_cases::opening("Another");
                if by.person.kind.as_str() == "PLATFORM" {
                    request.organization_id = self.tanvir.person.organization.to_string();
                }
                ask!(open_case, request)
            }
            "ListCases" => ask!(list_cases, ListCasesRequest::default()),
            "GetCase" => ask!(get_case, GetCaseRequest { case_id }),
            "UpdateCase" => {
                let request = UpdateCaseRequest {
                    case_id,
                    subject: "Another".to_owned(),
                    update_mask: Some(FieldMask { paths: vec!["subject".to_owned()] }),
                    ..Default::default()
                };
                let request = self.of_version(by, case.version, request);
                client.update_case(request).await.map(|_| ()).map_err(Error::from)
            }
            "WatchCases" => ask!(watch_cases, WatchCasesRequest { case_id, ..Default::default() }),
            "AssignCase" => ask!(assign_case, AssignCaseRequest { case_id, ..Default::default() }),
            "WaitForPartner" => {
                ask!(wait_for_partner, WaitForPartnerRequest { case_id, message: body, ..Default::default() })
            }
            "SolveCase" => {
                ask!(solve_case, SolveCaseRequest { case_id, message: body, ..Default::default() })
            }
            "CloseCase" => ask!(close_case, CloseCaseRequest { case_id, reason: body }),
            "FollowUpCase" => {
                ask!(follow_up_case, FollowUpCaseRequest { case_id, description: body, ..Default::default() })
            }
            "ListCaseMessages" => {
                ask!(list_case_messages, ListCaseMessagesRequest { case_id, ..Default::default() })
            }
            "AddCaseMessage" => {
                ask!(add_case_message, AddCaseMessageRequest { case_id, body, ..Default::default() })
            }
            "RedactCaseMessage" => {
                let message_id = message_id.to_owned();
                ask!(redact_case_message, RedactCaseMessageRequest { case_id, message_id, reason: body })
            }
            "AddCaseParticipant" => {
                ask!(add_case_participant, AddCaseParticipantRequest { case_id, account_id })
            }
            "RemoveCaseParticipant" => {
                ask!(remove_case_participant, RemoveCaseParticipantRequest { case_id, account_id })
            }
            "AddCaseWatcher" => ask!(add_case_watcher, AddCaseWatcherRequest { case_id }),
            "ListCaseHistory" => {
                ask!(list_case_history, ListCaseHistoryRequest { case_id, ..Default::default() })
            }
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn every_call_is_for_who_holds_its_permission_and_about_ones_own_cases() {
    let cases = TestCases::start().await;
    let member = |person: &Person, permissions| Member { person: person.clone(), permissions };
    let (partner, stranger) = (&cases.tanvir.person, &cases.linh.person);
    let support = &cases.grace.person;
    let callers = [
        ("an editor", member(partner, EDITOR)),
        ("a reader", member(partner, &EDITOR[..1])),
        ("nobody in particular", member(partner, &[])),
        ("a stranger", member(stranger, EDITOR)),
        ("a stranger with all of support's permissions", member(stranger, LEAD)),
        ("an agent", member(support, AGENT)),
        ("a lead", member(support, LEAD)),
    ];
    for (call, permission) in CALLS {
        for (who, by) in &callers {
            let case = cases.open(&cases.tanvir, "A case of its own").await;
            let case = match call {
                // What closing and following up need.
                "CloseCase" => cases.solve(&cases.grace, &case.case_id).await.unwrap(),
                "FollowUpCase" => cases.close(&cases.tanvir, &case.case_id, "").await.unwrap(),
                _ => case,
            };
            let message = cases.messages(&cases.tanvir, &case.case_id).await.remove(0);
            let outcome = cases.call(call, by, &case, &message.message_id).await;
            let reason = outcome.as_ref().err().map(|refused| refused.reason().to_owned());
            let expected = if !by.permissions.contains(&permission) {
                Some("PERMISSION_DENIED")
            } else if by.person.organization == stranger.organization && names_a_case(call) {
                Some("NOT_FOUND")
            } else {
                None
            };
            assert_eq!(reason.as_deref(), expected, "{call} by {who}: {outcome:?}");
        }
    }
}
