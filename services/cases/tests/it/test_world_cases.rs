//! The cases of the vectors' world, made by what its people do.

use careway_contract::cases::v1::{
    AddCaseMessageRequest, AddCaseParticipantRequest, AddCaseWatcherRequest, AssignCaseRequest, Case,
    CloseCaseRequest, FollowUpCaseRequest, GetCaseRequest, OpenCaseRequest, SolveCaseRequest,
    WaitForPartnerRequest, case,
};
use careway_kernel::{id_at, random};
use prost_types::{Struct, Value as ProtoValue, value::Kind};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    test_inbox::TestInbox,
    test_world::{list, text},
};

impl TestInbox {
    /// Makes every case of the world.
    pub(crate) async fn fill(&mut self) {
        for case in self.world.clone().cases() {
            self.make(case).await;
        }
        self.world.is_made();
    }

    /// Makes a case as the vectors have it, by what people do.
    async fn make(&mut self, case: &Value) {
        let (key, requester) = (text(&case["key"]), text(&case["requester"]));
        let opened = self.open(case, requester).await;
        let id = opened.case_id.clone();
        self.made.insert(key.to_owned(), (Uuid::parse_str(&id).unwrap(), opened.number.clone()));
        let others = list(&case["participants"]).iter().map(text).filter(|who| *who != requester);
        for who in others {
            let account_id = self.world.account(who).to_string();
            let request = AddCaseParticipantRequest { case_id: id.clone(), account_id };
            self.cases().add_case_participant(self.by(requester, request)).await.unwrap();
        }
        for who in list(&case["watchers"]) {
            let request = AddCaseWatcherRequest { case_id: id.clone() };
            self.cases().add_case_watcher(self.by(text(who), request)).await.unwrap();
        }
        if case["assignee"] == "grace" {
            let assignee_id = self.world.account("grace").to_string();
            let request = AssignCaseRequest { case_id: id.clone(), assignee_id };
            self.cases().assign_case(self.by("grace", request)).await.unwrap();
        }
        let messages = &list(&case["messages"])[1..];
        for (number, message) in messages.iter().enumerate() {
            let is_last = number + 1 == messages.len();
            self.say(&id, message, if is_last { text(&case["state"]) } else { "" }).await;
        }
        self.name(case).await;
    }

    async fn open(&self, case: &Value, requester: &str) -> Case {
        if let Some(closed) = case["followUpOf"].as_str() {
            let request = FollowUpCaseRequest {
                case_id: self.case(closed).to_string(),
                subject: text(&case["subject"]).to_owned(),
                description: "It happened again.".to_owned(),
                ..Default::default()
            };
            return self
                .cases()
                .follow_up_case(self.by(requester, request))
                .await
                .unwrap()
                .into_inner()
                .case
                .unwrap();
        }
        if let Some(message_id) = case["messages"][0]["messageId"].as_str() {
            let raw = format!(
                "Authentication-Results: mx.careway.example; dmarc=pass\r\nFrom: {requester}@shondhan.example.org\r\n\
                 Date: Mon, 23 Nov 2026 08:00:00 +0000\r\nSubject: {}\r\nMessage-ID: <{message_id}>\r\n\r\nWords.\r\n",
                text(&case["subject"])
            );
            let outcome =
                self.deliver("x@shondhan.example.org", &["support@careway.example"], raw.as_bytes()).await;
            let case_id = outcome.unwrap().remove(0).case_id;
            let request = GetCaseRequest { case_id };
            return self
                .cases()
                .get_case(self.by(requester, request))
                .await
                .unwrap()
                .into_inner()
                .case
                .unwrap();
        }
        let request = OpenCaseRequest {
            kind: case::Kind::Question.into(),
            topic: "account".to_owned(),
            form_version: 1,
            subject: text(&case["subject"]).to_owned(),
            description: "Words.".to_owned(),
            answers: Some(Struct {
                fields: [(
                    "request".to_owned(),
                    ProtoValue { kind: Some(Kind::StringValue("OTHER".to_owned())) },
                )]
                .into(),
            }),
            ..Default::default()
        };
        self.cases().open_case(self.by(requester, request)).await.unwrap().into_inner().case.unwrap()
    }

    /// Says something; the last message brings the case where it is to stand.
    async fn say(&self, case: &str, message: &Value, state: &str) {
        let (case_id, words, by) = (case.to_owned(), "Words.".to_owned(), text(&message["by"]));
        let internal = message["internal"] == true;
        let mut cases = self.cases();
        match state {
            "WAITING_ON_PARTNER" => {
                let request = WaitForPartnerRequest { case_id, message: words, ..Default::default() };
                cases.wait_for_partner(self.by(by, request)).await.unwrap();
            }
            "SOLVED" | "CLOSED" => {
                let request =
                    SolveCaseRequest { case_id: case_id.clone(), message: words, ..Default::default() };
                cases.solve_case(self.by(by, request)).await.unwrap();
                if state == "CLOSED" {
                    let request = CloseCaseRequest { case_id, ..Default::default() };
                    cases.close_case(self.by(by, request)).await.unwrap();
                }
            }
            _ => {
                let request = AddCaseMessageRequest { case_id, body: words, internal, ..Default::default() };
                cases.add_case_message(self.by(by, request)).await.unwrap();
            }
        }
    }

    /// Gives everybody a reference of the case, and the notices that were sent of its messages.
    async fn name(&mut self, case: &Value) {
        let key = text(&case["key"]);
        let (case_id, organization) =
            (self.case(key), self.world.organization(text(&case["organization"])).uuid());
        for who in self.world.clone().account_keys() {
            let letters = random::bytes::<26>()
                .map(|byte| char::from(b"abcdefghijklmnopqrstuvwxyz234567"[usize::from(byte % 32)]));
            let reference = format!("cwr-{}", letters.iter().collect::<String>());
            let named: String = sqlx::query_scalar(
                "insert into case_reference (reference, case_id, organization_id, account_id, created_at)
                 values ($1, $2, $3, $4, now())
                 on conflict on constraint case_reference_recipient do update set created_at = excluded.created_at
                 returning reference",
            )
            .bind(&reference)
            .bind(case_id)
            .bind(organization)
            .bind(self.world.account(who).uuid())
            .fetch_one(&self.admin)
            .await
            .unwrap();
            self.references.insert((key.to_owned(), who.to_owned()), named);
        }
        for message in list(&case["messages"]) {
            for who in list(&message["notices"]).iter().map(text) {
                let notice = id_at(self.clock.now());
                sqlx::query(
                    "insert into case_notice (notice_id, case_id, organization_id, kind, account_id, state, raised_at)
                     values ($1, $2, $3, 'MESSAGE', $4, 'SENT', now())",
                )
                .bind(notice)
                .bind(case_id)
                .bind(organization)
                .bind(self.world.account(who).uuid())
                .execute(&self.admin)
                .await
                .unwrap();
                self.notices.insert((text(&message["key"]).to_owned(), who.to_owned()), notice);
            }
        }
    }
}
