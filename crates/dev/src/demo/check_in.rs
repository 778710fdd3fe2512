//! The patient is checked in: a code, tried wrong and right, and the admission.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use careway_standalone::seed::{Answer, Demo, Insured};
use serde_json::{Value, json};

use super::{
    people::{Mailbox, Patient, People},
    steps::Steps,
    words::text,
};

/// From the member card to the SMS that tells of the admission.
pub(super) async fn tell(steps: &mut Steps, demo: &Demo, people: &People) -> anyhow::Result<Patient> {
    let desk = &people.desk.rest;
    steps.step("A patient arrives and shows the member card");
    let (member, mut phone, started) = start(steps, demo, people).await?;
    let visit = format!("/v1/visits/{}", started.text("visit.visitId"));
    let masked = started.text("visit.maskedDestination");
    steps.means(format!("a one-time code is on its way to {masked}; of the patient nothing is told yet"));

    steps.step("The patient's phone rings");
    let sms = phone.next().await?;
    steps.reads(&sms);
    let code = sms.code().context("the SMS has no code")?;

    steps.step("The desk enters it, one digit wrong");
    let verify = format!("{visit}/verify");
    let refused = steps.post(desk, &verify, json!({"code": wrong(code)}), 401).await?;
    ensure!(refused.reason() == "CODE_REJECTED", "a wrong code should be CODE_REJECTED: {refused}");
    steps.means(format!(
        "refused; {} tries are left, and then a new code is needed",
        refused.at("attemptsLeft")
    ));

    steps.step("The desk enters it as the patient said it");
    let verified = steps.post(desk, &verify, json!({"code": code}), 200).await?;
    show_patient(steps, &verified)?;

    steps.step("The patient wants to see a doctor: an outpatient");
    let body = json!({"serviceType": "OUTPATIENT", "practitioner": people.clinician.name()});
    let admitted = steps.post(desk, &format!("{visit}/admit"), body, 200).await?;
    let number = admitted.text("visit.visitNumber").to_owned();
    steps.means(format!("admitted; every claim and prescription will carry the visit's number, {number}"));

    steps.step("The patient's phone rings again");
    let sms = phone.about(&number).await?;
    steps.reads(&sms);
    let dispute_token = sms.token().context("the SMS has no link")?.to_owned();
    steps.means("whoever did not come themselves says so with the link; this patient did come");
    let member_id = verified.text("member.memberId").to_owned();
    Ok(Patient { member, member_id, phone, visit, visit_number: number, dispute_token })
}

/// Starts a visit for the first member who may get a code now; with the phone it will come to.
async fn start(steps: &Steps, demo: &Demo, people: &People) -> anyhow::Result<(Insured, Mailbox, Answer)> {
    let desk = &people.desk.rest;
    let payer = &people.reviewer.organization;
    loop {
        let mut soonest: Option<u64> = None;
        for member in demo.members.iter().filter(|member| member.payer == *payer) {
            if is_busy(people, &member.member_number).await? {
                continue;
            }
            let named = json!({"memberNumber": member.member_number});
            let phone = Mailbox::of(&people.inbox, &member.phone)?;
            let started = desk.post("/v1/visits", named.clone()).await?;
            // Nobody gets more than a few codes in a while.
            if started.reason() == "CODE_LIMIT_REACHED" {
                let wait = started.header("retry-after").and_then(|seconds| seconds.parse().ok());
                soonest = soonest.into_iter().chain(wait).min();
                continue;
            }
            steps.asks("POST", "/v1/visits", &named);
            return Ok((member.clone(), phone, steps.hears(started, 201)?));
        }
        match soonest {
            Some(seconds @ 0..=60) => {
                steps.means(format!(
                    "every member of the demo got a code just now: waiting {seconds} s for the next"
                ));
                tokio::time::sleep(Duration::from_secs(seconds)).await;
            }
            Some(seconds) => bail!("every member of the demo got too many codes; try again in {seconds} s"),
            None => bail!("every member of the demo is being treated; `cargo dev up --fresh` begins anew"),
        }
    }
}

/// Whether the member is being treated, or an earlier demo ended in the middle of a dispute.
async fn is_busy(people: &People, number: &str) -> anyhow::Result<bool> {
    let visits = people.desk.rest.get(&format!("/v1/visits?memberNumber={number}")).await?.ok()?;
    let busy = |visit: &Value| visit["state"] == "ADMITTED" || visit["disputed"] == true;
    Ok(visits.list("visits").iter().any(busy))
}

fn show_patient(steps: &Steps, verified: &Answer) -> anyhow::Result<()> {
    let of = |field: &str| verified.text(&format!("member.{field}")).to_owned();
    ensure!(
        verified.at("coverage.inForce") == true,
        "the member's cover should be in force: {}",
        verified.at("coverage")
    );
    steps.means(format!(
        "it is {} {}, born {}, insured by {} until {}; for these kinds of care:",
        of("givenNames"),
        of("familyName"),
        of("birthDate"),
        of("payerName"),
        verified.text("coverage.to"),
    ));
    let row = |option: &Value| {
        let until = option["until"].as_str().map(|day| format!(" until {day}")).unwrap_or_default();
        let allowed = option["allowed"] == true;
        let answer =
            if allowed { "yes".to_owned() } else { format!("no: {}{until}", text(&option["reason"])) };
        [text(&option["serviceType"]), answer]
    };
    steps.shows(["SERVICE", "HERE"], verified.list("serviceTypes").iter().map(row).collect());
    Ok(())
}

/// The code with another first digit.
fn wrong(code: &str) -> String {
    let first = if code.starts_with('7') { '1' } else { '7' };
    format!("{first}{}", &code[1..])
}
