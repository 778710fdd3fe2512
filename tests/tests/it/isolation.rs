//! What belongs to one organization, asked for by another: a matrix made from the contract itself, of every route with an
//! id in it, by everybody of a second payer and a second facility. And no list tells one of the other's.

use std::collections::BTreeMap;

use careway_tests::{Answer, Member, Network, Rest, TestPlatform};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::document;

#[tokio::test(flavor = "multi_thread")]
async fn no_route_gives_one_organization_anything_of_another() {
    let platform = TestPlatform::start().await;
    let (ours, theirs) = tokio::join!(Side::of(&platform), Side::of(&platform));
    let ids = ours.ids();
    let canaries = ours.canaries();
    let strangers = [
        &theirs.network.desk,
        &theirs.network.payer.officer,
        &theirs.network.payer.administrator,
        &theirs.network.facility.administrator,
    ];
    let owners = [
        &ours.network.desk,
        &ours.network.payer.officer,
        &ours.network.payer.administrator,
        &ours.network.facility.administrator,
    ];

    let (mut refused, mut reached) = (0, Vec::new());
    for route in platform.in_process().routes() {
        if route.access == "PUBLIC" || route.upload {
            continue;
        }
        let Some(path) = filled(&route.path, &ids) else { panic!("no id for {}", route.path) };
        let has_id = path != route.path;
        let (_, body) = document::body(document::operation(platform.in_process().openapi(), route));
        for stranger in strangers {
            let answer = ask(stranger, &route.method, &path, body).await;
            let text = answer.body.to_string();
            for canary in &canaries {
                assert!(!text.contains(canary.as_str()), "{} {path} tells {canary}", route.method);
            }
            assert!(!answer.status.is_server_error(), "{answer}");
            // A facility's and a payer's public face is for everybody in the network.
            if has_id && !route.path.starts_with("/v1/organizations/") {
                let expected = [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN, StatusCode::BAD_REQUEST];
                assert!(expected.contains(&answer.status), "{answer}");
            }
            refused += 1;
        }
        // The control: to somebody of the other side the thing is there, so that the refusals mean something.
        if has_id && route.method == Method::GET {
            for owner in owners {
                if ask(owner, &route.method, &path, body).await.status == StatusCode::OK {
                    reached.push(route.path.clone());
                    break;
                }
            }
        }
    }
    assert!(refused > 150, "only {refused} cells were asked");
    assert!(reached.len() >= 8, "the owners reach only {reached:?}");
}

/// What payers and facilities have none of: `agency_isolation` asks for those.
const OF_AGENCIES: [&str; 9] = [
    "agency_id",
    "participant_id",
    "data_issue_id",
    "renewal_id",
    "import_id",
    "campaign_id",
    "template_id",
    "opt_out_id",
    "message_id",
];

/// What they have none of in this journey: `channel_connection`, `channel_changes` and `channel_bookings` ask for those.
const OF_CHANNELS: [&str; 13] = [
    "booking_id",
    "channel_id",
    "closure_id",
    "connection_id",
    "endpoint_id",
    "feed",
    "hold_id",
    "notice_id",
    "resource_id",
    "service_id",
    "step",
    "test_id",
    "webhook_message_id",
];
/// What is of partners and support alone.
const OF_SUPPORT: [&str; 6] =
    ["attachment_id", "case_id", "inbound_mail_id", "interest_form_id", "topic", "work_calendar_id"];

/// A payer and a facility with one of everything.
struct Side {
    network: Network,
    member: Member,
    visit: String,
    preauthorization: String,
    claim: String,
    advice: String,
    prescription: String,
    coverage: String,
    contract: String,
    account: String,
    document: String,
}

impl Side {
    async fn of(platform: &TestPlatform) -> Self {
        let network = Network::of(platform).await;
        let member = network.payer.covered_member(platform).await;
        let made = |answer: anyhow::Result<Answer>| answer.and_then(Answer::ok).expect("the network is made");
        let started = made(network.desk.post("/v1/visits", json!({"memberNumber": member.number})).await);
        let visit = started.text("visit.visitId").to_owned();
        let code = platform.code_for(&member.phone).await;
        made(network.desk.post(&format!("/v1/visits/{visit}/verify"), json!({"code": code})).await);
        made(
            network
                .desk
                .post(&format!("/v1/visits/{visit}/admit"), json!({"serviceType": "OUTPATIENT"}))
                .await,
        );
        let file = format!("/v1/visits/{visit}/documents?kind=OTHER&title={}", member.number);
        let file =
            network.desk.upload(&file, "text/plain", "A letter.").key(&uuid::Uuid::new_v4().to_string());
        let document = made(file.await).text("document.documentId").to_owned();
        let clerk = network.facility.staff(platform, &["CLAIMS_CLERK"]).await;
        let asked = json!({
            "lines": [{"code": "CONS-GP", "diagnoses": ["Q99.8"]}], "justification": "A cough since the winter",
        });
        let asked = made(clerk.post(&format!("/v1/visits/{visit}/preauthorizations"), asked).await);
        let officer = &network.payer.officer;
        let prices = "code,kind,name,benefits,currency,price,from\n\
                      CONS-GP,SERVICE,Consultation,CONSULTATION,RWF,5000,2020-01-01\n";
        made(officer.upload("/v1/tariffs/import", "text/csv", prices).await);
        let rules = made(officer.get("/v1/claim-rules").await);
        let trusting = json!({"automaticUpTo": {"currency": "RWF", "amount": "1000000"}});
        made(officer.put("/v1/claim-rules", trusting).if_match(rules.etag()).await);
        let claimed = json!({"lines": [{"code": "CONS-GP", "diagnoses": ["Q99.8"]}], "submit": true});
        let claim = made(clerk.post(&format!("/v1/visits/{visit}/claims"), claimed).await);
        let claim = claim.text("claim.claimId").to_owned();
        let paying = json!({"facilityId": network.facility.id, "claimIds": [claim], "reference": "PAY-1"});
        let advice = made(officer.post("/v1/payment-advices", paying).await);
        let clinician = network.facility.staff(platform, &["CLINICIAN"]).await;
        let prescribed = json!({
            "prescriber": {"name": "Dr. Mugisha", "licence": "RMDC-1"}, "acknowledgeWarnings": true,
            "lines": [{"name": "Syrup", "dose": "5 ml", "frequency": "daily", "days": 5, "quantity": "1"}],
        });
        let prescription =
            made(clinician.post(&format!("/v1/visits/{visit}/prescriptions"), prescribed).await);
        let coverages =
            made(network.payer.officer.get(&format!("/v1/coverages?memberId={}", member.id)).await);
        let contracts = made(network.payer.officer.get("/v1/contracts").await);
        let accounts = made(network.facility.administrator.get("/v1/accounts").await);
        Self {
            coverage: coverages.text("coverages.0.coverageId").to_owned(),
            contract: contracts.text("contracts.0.contractId").to_owned(),
            account: accounts.text("accounts.0.accountId").to_owned(),
            preauthorization: asked.text("preauthorization.preauthorizationId").to_owned(),
            advice: advice.text("paymentAdvice.paymentAdviceId").to_owned(),
            prescription: prescription.text("prescription.prescriptionId").to_owned(),
            claim,
            network,
            member,
            visit,
            document,
        }
    }

    fn ids(&self) -> BTreeMap<&'static str, String> {
        [
            ("visit_id", self.visit.clone()),
            ("payer_id", self.network.payer.id.clone()),
            ("preauthorization_id", self.preauthorization.clone()),
            ("claim_id", self.claim.clone()),
            ("payment_advice_id", self.advice.clone()),
            ("prescription_id", self.prescription.clone()),
            ("member_id", self.member.id.clone()),
            ("coverage_id", self.coverage.clone()),
            ("contract_id", self.contract.clone()),
            ("plan_id", self.network.payer.plan.clone()),
            ("account_id", self.account.clone()),
            ("document_id", self.document.clone()),
            ("organization_id", self.network.facility.id.clone()),
            ("client_id", uuid::Uuid::now_v7().to_string()),
            ("invitation_id", uuid::Uuid::now_v7().to_string()),
        ]
        .into_iter()
        .chain(
            OF_AGENCIES
                .into_iter()
                .chain(OF_CHANNELS)
                .chain(OF_SUPPORT)
                .map(|name| (name, uuid::Uuid::now_v7().to_string())),
        )
        .collect()
    }

    /// What must be in no answer to a stranger. Ids a stranger itself put into the path may be said back.
    fn canaries(&self) -> Vec<String> {
        let said = ["Q99.8", "A cough since the winter"].map(str::to_owned);
        let member = &self.member;
        [vec![member.number.clone(), member.national_id.clone(), member.phone.clone()], said.into()].concat()
    }
}

/// The path with these ids in it; none when it has one that is not among them.
pub(crate) fn filled(path: &str, ids: &BTreeMap<&'static str, String>) -> Option<String> {
    let parts =
        path.split('/').map(|part| match part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) => ids.get(name).cloned(),
            None => Some(part.to_owned()),
        });
    parts.collect::<Option<Vec<_>>>().map(|parts| parts.join("/"))
}

/// Asks with an example of a body, where the route takes one.
pub(crate) async fn ask(rest: &Rest, method: &Method, path: &str, body: &Value) -> Answer {
    let body = if body.is_null() { json!({}) } else { body.clone() };
    let answer = match *method {
        Method::GET => rest.get(path).await,
        Method::PATCH => rest.patch(path, body).if_match("\"v1\"").await,
        Method::PUT => rest.put(path, body).if_match("\"v1\"").await,
        Method::DELETE => rest.delete(path).await,
        _ => rest.post(path, body).await,
    };
    answer.expect("an answer")
}
