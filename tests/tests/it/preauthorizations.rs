//! Asking the payer before care is given: what the rules answer, what a reviewer decides, what the clock does; who may do
//! and see which part of it; and what it holds of the member's benefits.

use std::{collections::BTreeSet, time::Duration};

use careway_service::Call;
use careway_tests::{Network, Payer, Request, Rest, accepted, refused, today, until};
use chrono::TimeDelta;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::preauthorization_parties::*;

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_answer_at_once_where_no_person_is_needed() {
    let parties = PreauthorizationParties::start().await;
    parties.trust_up_to("100000").await;
    let (outpatient, inpatient) = (parties.admit("OUTPATIENT").await, {
        parties.platform.advance(Duration::from_secs(61));
        parties.admit("INPATIENT").await
    });

    // The plan does not ask for consultations; whoever asks is told so, and what will be paid.
    let consultation = json!([line("CONS-GP", "1")]);
    let check = parties
        .clinician
        .post(&format!("{outpatient}/preauthorizations/check"), json!({"lines": consultation}));
    let check = accepted(200, check.without_key()).await;
    assert_eq!((check.text("state"), check.at("needed")), ("NOT_REQUIRED", &json!(false)));
    assert_eq!((check.text("total.payer"), check.text("total.patient")), ("3600", "1400"));
    assert_eq!(check.text("lines.0.because"), "The plan does not ask for it.");
    let asked = accepted(201, parties.ask(&outpatient, &consultation)).await;
    assert_eq!(
        (asked.text("preauthorization.state"), asked.at("preauthorization.automatic")),
        ("NOT_REQUIRED", &json!(true))
    );
    assert_eq!(asked.header("location"), Some(path(&asked).as_str()));

    // It asks for everything on the ward; what the payer trusts its rules with is approved in the same answer, and held.
    assert_eq!(parties.reserved(&inpatient).await, "0");
    let bed = json!([line("BED", "2")]);
    let check =
        parties.clinician.post(&format!("{inpatient}/preauthorizations/check"), json!({"lines": bed}));
    let check = accepted(200, check.without_key()).await;
    assert_eq!((check.text("state"), check.at("needed")), ("APPROVED", &json!(true)));
    assert_eq!(parties.reserved(&inpatient).await, "0", "a check changes nothing");
    let asked = accepted(201, parties.ask(&inpatient, &bed)).await;
    assert_eq!(asked.text("preauthorization.state"), "APPROVED");
    assert_eq!(asked.text("lines.0.approvedQuantity"), "2");
    assert!(asked.text("preauthorization.number").starts_with('A'));
    assert_eq!(parties.reserved(&inpatient).await, "100000");

    // One bed more, and a person looks.
    let waiting = parties.pended(&inpatient, &json!([line("BED", "3")])).await;
    let read = accepted(200, parties.reviewer.get(&waiting)).await;
    assert_eq!(read.text("preauthorization.waitsFor"), "PAYER");
    let time = instant(&read, "preauthorization.dueAt") - instant(&read, "preauthorization.submittedAt");
    assert_eq!(time, TimeDelta::days(7));
    let urgent = json!({"lines": [line("SURGERY", "1")], "urgency": "URGENT", "justification": "Bleeding"});
    let urgent =
        accepted(201, parties.clinician.post(&format!("{inpatient}/preauthorizations"), urgent)).await;
    let time = instant(&urgent, "preauthorization.dueAt") - instant(&urgent, "preauthorization.submittedAt");
    assert_eq!(time, TimeDelta::hours(72));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reviewer_decides_line_by_line_and_the_approval_holds_what_it_promises() {
    let parties = PreauthorizationParties::start().await;
    let visit = parties.admit("INPATIENT").await;
    let in_days = |days| (today(&parties.platform) + TimeDelta::days(days)).to_string();
    let mut later = line("BED", "4");
    later["date"] = json!(in_days(3));
    let it = parties.pended(&visit, &json!([line("SURGERY", "1"), line("BED", "5"), later])).await;

    // Every wrong part of a decision has its path, and every line needs one.
    let wrong = json!([
        {"sequence": 1, "decision": "ADJUST"},
        {"sequence": 2, "decision": "REJECT", "reasonCode": "NONE-000"},
        {"sequence": 0},
    ]);
    let wrong = refused(400, "INVALID_REQUEST", decide(&parties.reviewer, &it, wrong)).await;
    let fields: BTreeSet<_> =
        wrong.list("violations").iter().map(|it| it["field"].as_str().unwrap()).collect();
    let expected = [
        "lines[0].decision",
        "lines[0].text",
        "lines[1].reasonCode",
        "lines[1].text",
        "lines[2].decision",
        "lines[2].sequence",
    ];
    assert_eq!(fields, expected.into_iter().collect());
    let partial = refused(400, "INVALID_REQUEST", decide(&parties.reviewer, &it, approvals(2))).await;
    assert_eq!(partial.text("violations.0.message"), "must decide line 3");

    let decisions = json!([
        {"sequence": 1, "decision": "APPROVE", "days": 2},
        {"sequence": 2, "decision": "ADJUST", "approvedQuantity": "2", "text": "Two nights are usual"},
        {"sequence": 3, "decision": "REJECT", "reasonCode": "MNEC-001", "text": "Home care will do"},
    ]);
    let decision = json!({"lines": decisions, "validFrom": in_days(0), "validTo": in_days(20)});
    let decided = accepted(200, parties.reviewer.post(&format!("{it}/decide"), decision)).await;
    assert_eq!(decided.text("preauthorization.state"), "PARTIALLY_APPROVED");
    assert_eq!(decided.text("preauthorization.validTo"), in_days(20));
    let outcomes: Vec<_> =
        decided.list("lines").iter().map(|line| line["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["APPROVED", "ADJUSTED", "REJECTED"]);
    assert_eq!(
        (decided.text("lines.1.approvedQuantity"), decided.text("lines.1.amounts.payer")),
        ("2", "100000")
    );
    assert_eq!(decided.text("lines.2.refusals.0.code"), "MNEC-001");
    assert!(decided.text("lines.2.refusals.0.text").ends_with("Home care will do"));

    // Both parties read the same, and the facility finds it by the number it was told.
    let (ours, theirs) = (
        accepted(200, parties.clinician.get(&it)).await,
        accepted(200, parties.network.payer.officer.get(&it)).await,
    );
    assert_eq!(ours.body, theirs.body);
    assert_eq!(ours.text("justification"), "Seven episodes within a year");
    let number = ours.text("preauthorization.number").to_lowercase();
    let found = accepted(200, parties.clinician.get(&format!("/v1/preauthorizations?number={number}"))).await;
    assert!(it.ends_with(found.text("preauthorizations.0.preauthorizationId")));
    assert!(found.body.get("lines").is_none() && !found.body.to_string().contains("J35"));

    // What is approved is held in the ledger, line by line, and free again when it is cancelled.
    assert_eq!(parties.reserved(&visit).await, "500000");
    let coverages =
        parties.network.payer.officer.get(&format!("/v1/coverages?memberId={}", parties.member.id));
    let coverage = accepted(200, coverages).await.text("coverages.0.coverageId").to_owned();
    let ledger = format!("/v1/coverages/{coverage}/ledger?account=ANNUAL");
    let entries = accepted(200, parties.network.payer.officer.get(&ledger)).await;
    let causes: BTreeSet<_> =
        entries.list("entries").iter().map(|entry| entry["causeId"].as_str().unwrap()).collect();
    let lines: BTreeSet<_> =
        ours.list("lines")[..2].iter().map(|line| line["lineId"].as_str().unwrap()).collect();
    assert_eq!(causes, lines);
    let cancelled = accepted(200, cancel(&parties.clinician, &it)).await;
    assert_eq!(cancelled.text("preauthorization.state"), "CANCELLED");
    assert_eq!(parties.reserved(&visit).await, "0");
    refused(409, "WRONG_STATE", cancel(&parties.clinician, &it)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_stops_the_payers_clock_until_it_is_answered() {
    let parties = PreauthorizationParties::start().await;
    let visit = parties.admit("INPATIENT").await;
    let it = parties.pended(&visit, &json!([line("SURGERY", "1")])).await;
    let due = instant(&accepted(200, parties.clinician.get(&it)).await, "preauthorization.dueAt");
    refused(409, "WRONG_STATE", respond(&parties.clinician, &it)).await;
    let asked = accepted(200, inquire(&parties.reviewer, &it)).await;
    assert_eq!(
        (asked.text("preauthorization.state"), asked.text("preauthorization.waitsFor")),
        ("INFORMATION_REQUESTED", "FACILITY")
    );
    assert!(instant(&asked, "preauthorization.dueAt") < due, "the facility has a deadline of its own");
    refused(409, "WRONG_STATE", decide(&parties.reviewer, &it, approvals(1))).await;

    parties.platform.advance(10 * HOUR);
    let answered = accepted(200, respond(&parties.clinician, &it)).await;
    assert_eq!(answered.text("preauthorization.state"), "PENDED");
    let moved = instant(&answered, "preauthorization.dueAt") - due;
    assert!(moved >= TimeDelta::hours(10) && moved < TimeDelta::hours(11), "{moved}");
    let read = accepted(200, parties.reviewer.get(&it)).await;
    assert_eq!(
        (read.text("questions.0.question"), read.text("questions.0.answer")),
        ("Which antibiotics were tried?", "Two, for ten days each")
    );

    // The second question is not answered in time: the payer goes on without, and takes a late answer all the same.
    accepted(200, inquire(&parties.reviewer, &it)).await;
    parties.platform.advance(73 * HOUR);
    parties.until_state(&it, "PENDED").await;
    accepted(200, respond(&parties.clinician, &it)).await;
    accepted(200, decide(&parties.reviewer, &it, approvals(1))).await;
    assert_eq!(parties.state(&it).await, "APPROVED");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amendment_is_decided_for_what_is_new_in_it() {
    let parties = PreauthorizationParties::start().await;
    let visit = parties.admit("INPATIENT").await;
    let it = parties.approved(&visit, &json!([line("SURGERY", "1"), line("BED", "2")])).await;
    assert_eq!(parties.reserved(&visit).await, "500000");
    let amend = |by: &Rest, body: Value| by.post(&format!("{it}/amend"), body);

    let nothing = refused(400, "INVALID_REQUEST", amend(&parties.clinician, json!({}))).await;
    assert_eq!(nothing.text("violations.0.message"), "must amend 1 to 200 lines");
    let unknown = json!({"change": [{"sequence": 7, "line": line("BED", "1")}], "cancel": [9]});
    let unknown = refused(400, "INVALID_REQUEST", amend(&parties.clinician, unknown)).await;
    let fields: Vec<_> = unknown.list("violations").iter().map(|it| it["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["change[0].sequence", "cancel[0]"]);

    // A night more, no surgery any longer.
    let body = json!({
        "add": [line("BED", "1")], "change": [{"sequence": 2, "line": line("BED", "3")}], "cancel": [1],
    });
    let amended = accepted(200, amend(&parties.clinician, body)).await;
    assert_eq!(amended.text("preauthorization.state"), "PENDED");
    let flags: Vec<_> = amended
        .list("lines")
        .iter()
        .map(|line| (line["sequence"].as_i64().unwrap(), line["change"].as_str().unwrap()))
        .collect();
    assert_eq!(flags, [(1, "CANCELLED"), (2, "CHANGED"), (3, "ADDED")]);
    assert_eq!(parties.reserved(&visit).await, "100000", "cancelled at once, changed not yet");
    let decisions = json!([
        {"sequence": 2, "decision": "APPROVE"},
        {"sequence": 3, "decision": "REJECT", "reasonCode": "MNEC-001", "text": "Three are enough"},
    ]);
    let decided = accepted(200, decide(&parties.reviewer, &it, decisions)).await;
    assert_eq!(decided.text("preauthorization.state"), "PARTIALLY_APPROVED");
    assert_eq!(parties.reserved(&visit).await, "150000");

    // A refusal is final; so is a cancelled line.
    for sequence in [1, 3] {
        let again = json!({"change": [{"sequence": sequence, "line": line("BED", "1")}]});
        let refused = refused(409, "LINE_CLOSED", amend(&parties.clinician, again)).await;
        assert_eq!(*refused.at("sequence"), json!(sequence));
    }
    let rejected = parties.pended(&visit, &json!([line("BED", "1")])).await;
    let reject = json!([{"sequence": 1, "decision": "REJECT", "reasonCode": "MNEC-001", "text": "No"}]);
    accepted(200, decide(&parties.reviewer, &rejected, reject)).await;
    let again = json!({"add": [line("BED", "1")]});
    refused(409, "WRONG_STATE", parties.clinician.post(&format!("{rejected}/amend"), again)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_warns_escalates_and_ends() {
    let parties = PreauthorizationParties::start().await;
    let visit = parties.admit("INPATIENT").await;
    let late = parties.pended(&visit, &json!([line("BED", "1")])).await;
    let approved = parties.approved(&visit, &json!([line("SURGERY", "1")])).await;
    let overdue = async |by: &Rest| {
        let listed = accepted(200, by.get("/v1/preauthorizations?overdue=true")).await;
        listed.list("preauthorizations").len()
    };
    parties.platform.advance(167 * HOUR);
    assert_eq!((overdue(&parties.clinician).await, overdue(&parties.reviewer).await), (0, 0));
    parties.platform.advance(2 * HOUR);
    let escalated = until("an escalation", async || {
        let read = accepted(200, parties.clinician.get(&late)).await;
        Ok((!read.text("preauthorization.escalatedAt").is_empty()).then_some(read))
    });
    assert_eq!(escalated.await.unwrap().text("preauthorization.state"), "PENDED");
    assert_eq!((overdue(&parties.clinician).await, overdue(&parties.reviewer).await), (1, 1));
    accepted(200, decide(&parties.reviewer, &late, approvals(1))).await;
    assert_eq!(overdue(&parties.reviewer).await, 0);

    assert_eq!(parties.reserved(&visit).await, "450000");
    let read = accepted(200, parties.clinician.get(&approved)).await;
    let valid = |field: &str| read.text(field).parse::<chrono::NaiveDate>().unwrap();
    let days = valid("preauthorization.validTo") - valid("preauthorization.validFrom");
    assert_eq!(days, TimeDelta::days(29));
    parties.platform.advance(24 * 24 * HOUR);
    parties.until_state(&approved, "EXPIRED").await;
    assert_eq!(parties.reserved(&visit).await, "50000", "the later one is still good");
    refused(409, "WRONG_STATE", cancel(&parties.clinician, &approved)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_thirty_decisions_at_once_one_counts() {
    let parties = PreauthorizationParties::start().await;
    let visit = parties.admit("INPATIENT").await;
    let it = parties.pended(&visit, &json!([line("SURGERY", "1")])).await;
    let answers = join_all((0..30).map(|n| {
        let reject = json!([{"sequence": 1, "decision": "REJECT", "reasonCode": "MNEC-001", "text": "No"}]);
        let lines = if n % 2 == 0 { approvals(1) } else { reject };
        async { decide(&parties.reviewer, &it, lines).await.unwrap() }
    }))
    .await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status.is_success());
    assert_eq!(won.len(), 1);
    for answer in lost {
        assert!(["WRONG_STATE", "BUSY"].contains(&answer.reason()), "{answer}");
    }
    let state = won[0].text("preauthorization.state");
    assert_eq!(parties.state(&it).await, state);
    assert_eq!(parties.reserved(&visit).await, if state == "APPROVED" { "400000" } else { "0" });
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_twice_is_one_preauthorization() {
    let parties = PreauthorizationParties::start().await;
    let visit = parties.admit("INPATIENT").await;
    let lines = json!([line("BED", "1")]);
    let key = "one-bed-and-one-request";
    let first = accepted(201, parties.ask(&visit, &lines).key(key)).await;
    let second = accepted(201, parties.ask(&visit, &lines).key(key)).await;
    assert_eq!((&first.body, second.header("idempotency-replayed")), (&second.body, Some("true")));
    let other = json!([line("BED", "2")]);
    refused(422, "IDEMPOTENCY_KEY_REUSED", parties.ask(&visit, &other).key(key)).await;
    refused(400, "IDEMPOTENCY_KEY_REQUIRED", parties.ask(&visit, &lines).without_key()).await;
    let it = path(&first);
    for _ in 0..2 {
        let decided = decide(&parties.reviewer, &it, approvals(1)).key("the-one-decision-of-it");
        assert_eq!(accepted(200, decided).await.text("preauthorization.state"), "APPROVED");
    }
    assert_eq!(parties.reserved(&visit).await, "50000");
    let id = visit.rsplit('/').next().unwrap();
    let listed = accepted(200, parties.clinician.get(&format!("/v1/preauthorizations?visitId={id}"))).await;
    assert_eq!(listed.list("preauthorizations").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_done_to_what_changed_since_it_was_read() {
    let parties = PreauthorizationParties::start().await;
    let visit = parties.admit("INPATIENT").await;
    let draft = json!({
        "lines": [line("BED", "1")], "justification": "Seven episodes within a year", "draft": true,
    });
    let draft = accepted(201, parties.clinician.post(&format!("{visit}/preauthorizations"), draft)).await;
    let it = path(&draft);
    assert_eq!(draft.etag(), "\"v1\"");
    let decide = || decide(&parties.reviewer, &it, approvals(1));
    let amend = || parties.clinician.post(&format!("{it}/amend"), json!({"add": [line("SURGERY", "1")]}));
    let submit = || parties.clinician.post(&format!("{it}/submit"), json!({}));

    // Each step of its life, refused to whoever read it before the step that went before, and done for whoever read it
    // after that; the answer's ETag is the next one's If-Match.
    let steps: [&dyn Fn() -> Request; 6] = [
        &submit,
        &|| inquire(&parties.reviewer, &it),
        &|| respond(&parties.clinician, &it),
        &amend,
        &|| inquire(&parties.reviewer, &it),
        &|| respond(&parties.clinician, &it),
    ];
    let (mut stale, mut current) = ("\"v7\"".to_owned(), draft.etag().to_owned());
    for step in steps {
        let told = refused(412, "STALE_VERSION", step().if_match(&stale)).await;
        assert_eq!(format!("\"v{}\"", told.at("currentVersion")), current);
        let done = accepted(200, step().if_match(&current)).await;
        (stale, current) = (current, done.etag().to_owned());
        assert_ne!(stale, current);
        assert_eq!(accepted(200, parties.reviewer.get(&it)).await.etag(), current);
    }

    // A reviewer does not decide what was amended meanwhile, nor the facility cancel what was decided meanwhile.
    refused(412, "STALE_VERSION", decide().if_match(&stale)).await;
    let lines = json!([{"sequence": 1, "decision": "APPROVE"}, {"sequence": 2, "decision": "APPROVE"}]);
    let both = || self::decide(&parties.reviewer, &it, lines.clone()).key("the-one-decision-of-both");
    let decided = accepted(200, both().if_match(&current)).await;
    refused(412, "STALE_VERSION", cancel(&parties.clinician, &it).if_match(&current)).await;
    assert_eq!(parties.reserved(&visit).await, "450000");
    // The same again is answered the same, though the version it names is over.
    let again = accepted(200, both().if_match(&current)).await;
    assert_eq!((again.header("idempotency-replayed"), again.etag()), (Some("true"), decided.etag()));

    refused(400, "MALFORMED_IF_MATCH", cancel(&parties.clinician, &it).if_match("v1")).await;
    let cancelled = accepted(200, cancel(&parties.clinician, &it).if_match(decided.etag())).await;
    assert_ne!(cancelled.etag(), decided.etag());
    assert_eq!(parties.reserved(&visit).await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_does_and_sees_only_their_own_part() {
    let parties = PreauthorizationParties::start().await;
    let PreauthorizationParties { platform, network, clinician, reviewer, member } = &parties;
    let visit = parties.admit("INPATIENT").await;
    let lines = json!([line("BED", "1")]);
    let it = parties.pended(&visit, &lines).await;
    let clerk = network.facility.staff(platform, &["CLAIMS_CLERK"]).await;
    let pharmacist = network.facility.staff(platform, &["PHARMACIST"]).await;

    // The desk reads; it neither asks nor decides. A clerk asks. A pharmacist has nothing to do with it.
    let asks = |by: &Rest| by.post(&format!("{visit}/preauthorizations"), request(&lines));
    accepted(200, network.desk.get(&it)).await;
    for by in [&network.desk, &pharmacist, reviewer] {
        let denied = refused(403, "PERMISSION_DENIED", asks(by)).await;
        assert_eq!(denied.text("permission"), "preauthorizations.request");
        refused(403, "PERMISSION_DENIED", cancel(by, &it)).await;
    }
    refused(403, "PERMISSION_DENIED", pharmacist.get(&it)).await;
    let draft = json!({
        "lines": lines, "justification": "To be sent when the results are there", "draft": true,
    });
    let draft = accepted(201, clerk.post(&format!("{visit}/preauthorizations"), draft)).await;
    assert_eq!(draft.text("preauthorization.state"), "DRAFT");
    for by in [clinician, &network.desk, &network.payer.officer] {
        let denied = refused(403, "PERMISSION_DENIED", decide(by, &it, approvals(1))).await;
        assert_eq!(denied.text("permission"), "preauthorizations.decide");
    }

    // A draft is nobody's but the facility's; another facility and another payer find nothing at all.
    accepted(200, network.desk.get(&path(&draft))).await;
    refused(404, "NOT_FOUND", reviewer.get(&path(&draft))).await;
    let (other, stranger) = (Network::of(platform).await, Payer::of(platform).await);
    let (other, stranger) = (
        other.facility.staff(platform, &["CLINICIAN"]).await,
        stranger.staff(platform, &["MEDICAL_REVIEWER"]).await,
    );
    for (by, own) in [(&other, false), (&stranger, false), (reviewer, true)] {
        if !own {
            refused(404, "NOT_FOUND", by.get(&it)).await;
        }
        let listed = accepted(200, by.get("/v1/preauthorizations")).await;
        assert_eq!(listed.list("preauthorizations").len(), usize::from(own));
    }
    refused(404, "NOT_FOUND", asks(&other)).await;
    refused(404, "NOT_FOUND", cancel(&other, &it)).await;
    refused(404, "NOT_FOUND", decide(&stranger, &it, approvals(1))).await;
    refused(404, "NOT_FOUND", inquire(&stranger, &it)).await;

    // Sent, it is the payer's to decide; and the member learns who had a look.
    accepted(200, clerk.post(&format!("{}/submit", path(&draft)), json!({}))).await;
    accepted(200, decide(reviewer, &path(&draft), approvals(1))).await;
    platform.settle().await;
    let log = network.payer.officer.get(&format!("/v1/members/{}/access-log", member.id));
    let log = accepted(200, log).await;
    let done: BTreeSet<_> = log.list("accesses").iter().map(|it| it["action"].as_str().unwrap()).collect();
    for action in ["request", "read", "submit", "decide"] {
        assert!(
            done.contains(format!("preauthorization.{action}").as_str()),
            "{action} is not told: {done:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_reminded_of_what_was_decided_meanwhile() {
    let parties = PreauthorizationParties::start().await;
    let visit = parties.admit("INPATIENT").await;
    parties.platform.settle().await;
    let mut renewals = parties.platform.database("renewals").read(&Call::system("tests")).await.unwrap();
    // Until this ends no message can be kept, and none is sent.
    let hold =
        "begin; set local idle_in_transaction_session_timeout = 0; lock table message in exclusive mode";
    sqlx::raw_sql(hold).execute(&mut *renewals).await.unwrap();
    parties.approved(&visit, &json!([line("BED", "1")])).await;
    sqlx::raw_sql("commit").execute(&mut *renewals).await.unwrap();
    parties.platform.settle().await;
    let mut became = async |template: &str| -> String {
        let state = sqlx::query_scalar("select state from message where template = $1").bind(template);
        state.fetch_one(&mut *renewals).await.unwrap()
    };
    assert_eq!(became("staff_preauthorization_pended").await, "EXPIRED");
    assert_eq!(became("staff_preauthorization_decided").await, "ACCEPTED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disputed_visit_stands_still_until_the_payer_settles_it() {
    let parties = PreauthorizationParties::start().await;
    let visit = parties.admit("INPATIENT").await;
    let lines = json!([line("BED", "1")]);
    let it = parties.pended(&visit, &lines).await;
    let sms = parties.platform.messages_to(&parties.member.phone).await;
    let token = sms.last().and_then(|sms| sms.token()).expect("a link to dispute the visit");
    accepted(200, parties.platform.rest().post("/v1/visit-disputes", json!({"token": token}))).await;

    refused(409, "VISIT_DISPUTED", parties.ask(&visit, &lines)).await;
    refused(409, "VISIT_DISPUTED", decide(&parties.reviewer, &it, approvals(1))).await;
    let amend = parties.clinician.post(&format!("{it}/amend"), json!({"add": [line("BED", "1")]}));
    refused(409, "VISIT_DISPUTED", amend).await;
    let settled = parties
        .network
        .payer
        .officer
        .post(&format!("{visit}/dispute/resolve"), json!({"outcome": "DISMISSED"}));
    accepted(200, settled).await;
    accepted(200, decide(&parties.reviewer, &it, approvals(1))).await;
    assert_eq!(parties.reserved(&visit).await, "50000");

    // A visit that never was takes its approvals with it.
    let desk = &parties.network.desk;
    accepted(200, desk.post(&format!("{visit}/cancel"), json!({"reason": "Wrong patient"}))).await;
    let gone = accepted(200, parties.reviewer.get(&it)).await;
    assert_eq!(
        (gone.text("preauthorization.state"), gone.text("preauthorization.cancelReason")),
        ("CANCELLED", "The visit was cancelled.")
    );
}
