//! An existing partner asks: How can we help, Start, a form of several questions, and a case with a number.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::people::{Asked, People};
use crate::demo::{steps::Steps, words::text};

const SUBJECT: &str = "Wrong price of an ultrasound";

/// Finds the form, fills it in and opens the case.
pub(super) async fn ask(steps: &mut Steps, people: &mut People) -> anyhow::Result<Asked> {
    let requester = people.requester.rest.clone();
    steps.step("How can we help? The partner says it in its own words");
    let found = steps.get(&requester, "/v1/case-forms?q=দাম ভুল&language=bn", 200).await?;
    let row = |form: &Value| [text(&form["topic"]), text(&form["title"])];
    steps.shows(["TOPIC", "TITLE"], found.list("caseForms").iter().map(row).collect());
    ensure!(
        found.text("caseForms.0.topic") == "appointments",
        "another form was found first: {}",
        found.body
    );

    steps.step("Start: the form asks several questions");
    let form = steps.get(&requester, "/v1/case-forms/appointments?language=en", 200).await?;
    let questions = form.at("caseForm.schema.properties").as_object().context("a form without questions")?;
    let row = |(name, question): (&String, &Value)| {
        let may_be_open = if question["x-unknown"] == true { "yes" } else { "" };
        [name.clone(), text(&question["title"]), may_be_open.to_owned()]
    };
    steps.shows(["QUESTION", "", "MAY STAY OPEN"], questions.iter().map(row).collect());

    steps.step("Something is missing");
    let mut case = json!({
        "kind": "COMPLAINT", "topic": "appointments", "formVersion": form.at("caseForm.version"), "subject": SUBJECT,
        "description": "The page says 40 taka, the tariff 35.", "answers": {"problem": "WRONG_PRICE"},
        "identifiers": [{"name": "merchant", "value": "BD-SHONDHAN-77"}],
        "externalId": format!("SHO-{}", people.serial),
    });
    let refused = steps.post(&requester, "/v1/cases", case.clone(), 400).await?;
    let row = |it: &Value| [text(&it["field"]), text(&it["message"])];
    steps.shows(["FIELD", "WHAT IS WRONG"], refused.list("violations").iter().map(row).collect());

    steps.step("Nobody knows the booking, so the partner answers as well as it can");
    case["unknown"] = json!(["bookingId"]);
    let opened = steps.post(&requester, "/v1/cases", case, 201).await?;
    let (id, number) = (opened.text("case.caseId").to_owned(), opened.text("case.number").to_owned());
    steps.means(format!("it is case {number}"));
    let receipt = people.requester.mail.about(&number).await?;
    steps.reads(&receipt);
    let header = |name: &str| receipt.headers.get(name).cloned().unwrap_or_default();
    let answered_at = header("Reply-To");
    let reference = answered_at.split(['+', '@']).nth(1).context("a mail without a reference")?.to_owned();
    steps.means(format!("an answer to it goes to {answered_at}, which finds the case and gives no right"));
    Ok(Asked { path: format!("/v1/cases/{id}"), id, number, subject: SUBJECT, answered_at, reference })
}
