//! Service levels and work calendars through the gateway: who sets them, what they refuse, and what they do to open cases.

use std::time::Duration;

use careway_service::Call;
use careway_tests::{Answer, Rest, Support, TestPlatform, accepted, refused, until};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

/// Open at any time, so that working time is time.
fn always() -> Value {
    let days = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];
    let week: Vec<_> =
        days.iter().map(|day| json!({"day": day, "hours": [{"from": "00:00", "until": "24:00"}]})).collect();
    json!({"timeZone": "Asia/Dhaka", "week": week})
}

/// Answers and solutions within so many minutes, at any severity but URGENT, which has a tenth.
fn level(calendar: &str, response: i32, resolution: i32) -> Value {
    let targets = |response, resolution| {
        json!({
            "firstResponseMinutes": response, "nextResponseMinutes": response, "resolutionMinutes": resolution,
        })
    };
    let (usual, urgent) = (targets(response, resolution), targets(response / 10, resolution / 10));
    json!({"workCalendarId": calendar, "low": usual, "normal": usual, "high": usual, "urgent": urgent})
}

fn instant(answer: &Answer, path: &str) -> DateTime<Utc> {
    answer.text(path).parse().unwrap_or_else(|error| panic!("{path} of {answer}: {error}"))
}

/// How long after its opening a case is due.
async fn due_after(reader: &Rest, path: &str) -> Option<TimeDelta> {
    let case = accepted(200, reader.get(path)).await;
    let due = case.at("case.dueAt").is_string().then(|| instant(&case, "case.dueAt"));
    due.map(|due| due - instant(&case, "case.openedAt"))
}

async fn becomes_due_after(reader: &Rest, path: &str, minutes: i64) {
    let wanted = Some(TimeDelta::minutes(minutes));
    until("the clocks to be reckoned anew", async || {
        Ok((due_after(reader, path).await == wanted).then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn leads_set_calendars_and_levels_and_others_read_their_own() {
    let platform = TestPlatform::start().await;
    let support = Support::of(&platform).await;
    let (lead, calendar) = (&support.paul, "/v1/work-calendars/dhaka");

    refused(404, "NOT_FOUND", lead.get(calendar)).await;
    refused(428, "PRECONDITION_REQUIRED", lead.put(calendar, always())).await;
    for other in [&support.grace, &support.farhana] {
        refused(403, "PERMISSION_DENIED", other.put(calendar, always()).if_match("\"v0\"")).await;
    }
    let closed = json!({"timeZone": "Asia/Dhaka", "week": [], "exceptions": [{"date": "2026-13-01"}]});
    let closed = refused(400, "INVALID_REQUEST", lead.put(calendar, closed).if_match("\"v0\"")).await;
    let fields: Vec<_> = closed.list("violations").iter().map(|it| it["field"].as_str().unwrap()).collect();
    assert!(fields.iter().any(|field| field.ends_with("week")), "{fields:?}");
    assert!(fields.iter().any(|field| field.ends_with("exceptions[0].date")), "{fields:?}");
    let made = accepted(200, lead.put(calendar, always()).if_match("\"v0\"")).await;
    assert_eq!((made.etag(), made.text("workCalendar.timeZone")), ("\"v1\"", "Asia/Dhaka"));
    refused(412, "STALE_VERSION", lead.put(calendar, always()).if_match("\"v0\"")).await;
    refused(404, "NOT_FOUND", lead.put("/v1/work-calendars/Dhaka", always()).if_match("\"v0\"")).await;

    // Nobody's level names it yet: it is support's alone.
    accepted(200, support.grace.get(calendar)).await;
    refused(404, "NOT_FOUND", support.tanvir.get(calendar)).await;
    accepted(200, support.tanvir.get("/v1/work-calendars/default")).await;

    let own = format!("/v1/service-levels/{}", support.partner);
    let before = accepted(200, support.nusrat.get(&own)).await;
    assert_eq!((before.etag(), before.text("serviceLevel.workCalendarId")), ("\"v0\"", "default"));
    refused(404, "NOT_FOUND", support.linh.get(&own)).await;
    refused(403, "PERMISSION_DENIED", support.farhana.put(&own, level("dhaka", 60, 600)).if_match("\"v0\""))
        .await;
    let unknown = lead.put(&own, level("nowhere", 60, 600)).if_match("\"v0\"");
    let unknown = refused(400, "INVALID_REQUEST", unknown).await;
    assert_eq!(unknown.text("violations.0.field"), "workCalendarId");
    let wrong = lead.put(&own, level("dhaka", 5, 600)).if_match("\"v0\"");
    refused(400, "INVALID_REQUEST", wrong).await;
    let nobody = "/v1/service-levels/01890a5d-ac96-774b-bcce-b302099a8057";
    refused(404, "NOT_FOUND", lead.get(nobody)).await;
    refused(404, "NOT_FOUND", lead.put(nobody, level("dhaka", 60, 600)).if_match("\"v0\"")).await;
    accepted(200, lead.put(&own, level("dhaka", 60, 600)).if_match("\"v0\"")).await;
    refused(412, "STALE_VERSION", lead.put(&own, level("dhaka", 60, 600)).if_match("\"v0\"")).await;
    let read = accepted(200, support.nusrat.get(&own)).await;
    assert_eq!((read.etag(), read.at("serviceLevel.normal.resolutionMinutes")), ("\"v1\"", &json!(600)));
    accepted(200, support.tanvir.get(calendar)).await;
    refused(404, "NOT_FOUND", support.linh.get(calendar)).await;

    let common = accepted(200, support.linh.get("/v1/service-levels")).await;
    assert_eq!(common.etag(), "\"v1\"");
    let changed = lead.put("/v1/service-levels", level("dhaka", 120, 1200)).if_match("\"v1\"");
    assert_eq!(accepted(200, changed).await.etag(), "\"v2\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn open_cases_follow_severity_targets_and_hours_and_support_is_told_once() {
    let platform = TestPlatform::start().await;
    let support = Support::of(&platform).await;
    let lead = &support.paul;
    accepted(200, lead.put("/v1/work-calendars/always", always()).if_match("\"v0\"")).await;
    let own = format!("/v1/service-levels/{}", support.partner);
    accepted(200, lead.put(&own, level("always", 600, 6000)).if_match("\"v0\"")).await;

    let opened = support.open(&json!({})).await;
    let path = format!("/v1/cases/{}", opened.text("case.caseId"));
    becomes_due_after(&support.tanvir, &path, 600).await;
    // More severe: by the opening still.
    let urgent = support.grace.patch(&path, json!({"severity": "URGENT"})).if_match(opened.etag());
    let urgent = accepted(200, urgent).await;
    assert_eq!(instant(&urgent, "case.dueAt") - instant(&urgent, "case.openedAt"), TimeDelta::minutes(60));
    // Other targets, and other hours: the timer finds what is open.
    accepted(200, lead.put(&own, level("always", 800, 8000)).if_match("\"v1\"")).await;
    becomes_due_after(&support.tanvir, &path, 80).await;
    let today = platform.clock().now().with_timezone(&chrono_tz::Asia::Dhaka).date_naive();
    let mut holiday = always();
    let days: Vec<_> =
        (0..2).map(|day| json!({"date": (today + TimeDelta::days(day)).to_string()})).collect();
    holiday["exceptions"] = json!(days);
    accepted(200, lead.put("/v1/work-calendars/always", holiday).if_match("\"v1\"")).await;
    until("the holiday to count", async || {
        let due = due_after(&support.tanvir, &path).await;
        Ok(due.is_some_and(|due| due > TimeDelta::hours(24)).then_some(()))
    })
    .await
    .unwrap();
    accepted(200, lead.put("/v1/work-calendars/always", always()).if_match("\"v2\"")).await;
    becomes_due_after(&support.tanvir, &path, 80).await;

    // Three quarters, and the end: told once each, to support alone.
    platform.advance(Duration::from_secs(61 * 60));
    told(&platform, &["FIRST_RESPONSE:WARNING"]).await;
    platform.advance(Duration::from_secs(20 * 60));
    told(&platform, &["FIRST_RESPONSE:WARNING", "FIRST_RESPONSE:BREACH"]).await;
    let lines = async |reader: &Rest| {
        let history = accepted(200, reader.get(&format!("{path}/history"))).await;
        let clocks = history.list("changes").iter().filter(|it| it["change"] == "CLOCK").cloned();
        clocks.collect::<Vec<_>>()
    };
    let seen = lines(&support.grace).await;
    let after: Vec<_> = seen.iter().map(|it| it["after"].as_str().unwrap()).collect();
    assert_eq!(after, ["FIRST_RESPONSE: WARNING", "FIRST_RESPONSE: BREACH"]);
    assert_eq!(lines(&support.tanvir).await.len(), 0, "what support is told is support's");
    let said = "select count(*) from outbox where type like '%CaseDue' and organization_id is null";
    let mut reader = platform.database("cases").read(&Call::system("tests")).await.unwrap();
    let said: i64 = sqlx::query_scalar(said).fetch_one(&mut *reader).await.unwrap();
    assert_eq!(said, 2);
    drop(reader);

    // Answered and waiting, nothing is due; the partner's answer starts the next clock.
    let wait = support.grace.post(&format!("{path}/wait"), json!({"message": "Which booking was it?"}));
    assert!(accepted(200, wait).await.at("case.dueAt").is_null());
    let answer = support.tanvir.post(&format!("{path}/messages"), json!({"body": "B-1203."}));
    let answered = accepted(200, answer).await;
    let due = instant(&answered, "case.dueAt") - instant(&answered, "case.updatedAt");
    assert_eq!(due, TimeDelta::minutes(80));
    let closed = accepted(200, support.tanvir.post(&format!("{path}/close"), json!({}))).await;
    assert!(closed.at("case.dueAt").is_null());
}

/// What was told of the one case's clocks.
async fn told(platform: &TestPlatform, expected: &[&str]) {
    until("the clocks to be told of", async || {
        let mut reader = platform.database("cases").read(&Call::system("tests")).await?;
        let told: Vec<String> =
            sqlx::query_scalar("select clocks_told from support_case").fetch_one(&mut *reader).await?;
        Ok((told == expected).then_some(()))
    })
    .await
    .unwrap();
}
