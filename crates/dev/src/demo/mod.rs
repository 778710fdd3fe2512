//! `cargo dev demo`: a patient's visit to a facility, from the desk to a dispute, against the running `cargo dev up`: who
//! does what, what is asked, what the answer means. Ends with an error as soon as anything is not as it should be.

mod benefits;
mod story;

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use careway_standalone::seed::{Answer, Demo, Inbox, Insured, Login, Mark, Rest};
use serde_json::{Value, json};

use self::story::Story;
use crate::{checkout::Checkout, say, status};

/// Walks through the visit.
pub(crate) async fn run(checkout: &Checkout) -> anyhow::Result<()> {
    let demo = demo(checkout)?;
    let (desk, officer) = (login(&demo, "FRONT_DESK")?, login(&demo, "BENEFITS_OFFICER")?);
    let inbox = Inbox::new(checkout.inbox());
    let anybody = Rest::new(&demo.gateway)?;
    let mut story = Story::begin(format!("A visit to {}", desk.organization));

    story.step("The front desk opens the portal in the morning");
    let credentials = json!({"email": desk.email, "password": "…"});
    story.asks("POST", "/v1/sessions", &credentials);
    let session = story.hears(anybody.token(&desk.credentials()).await?, 200)?;
    let permissions = texts(session.list("permissions"));
    story.means(format!(
        "{} works for {}, and may {permissions}",
        session.text("account.name"),
        desk.organization
    ));
    let desk = anybody.sign_in(&desk.credentials()).await?;

    story.step("A patient arrives and shows the member card");
    let (patient, mark, started) = start(&mut story, &demo, &desk, &inbox).await?;
    let visit = format!("/v1/visits/{}", started.text("visit.visitId"));
    let masked = started.text("visit.maskedDestination");
    story.means(format!("a one-time code is on its way to {masked}; of the patient nothing is told yet"));

    story.step("The patient's phone rings");
    let sms = inbox.next(&mark, &patient.phone).await?;
    story.reads(&sms);
    let code = sms.code().context("the SMS has no code")?;

    story.step("The desk enters it, one digit wrong");
    let wrong = json!({"code": wrong(code)});
    story.asks("POST", &format!("{visit}/verify"), &wrong);
    let refused = story.hears(desk.post(&format!("{visit}/verify"), wrong).await?, 401)?;
    ensure!(refused.reason() == "CODE_REJECTED", "a wrong code should be CODE_REJECTED: {refused}");
    story.means(format!(
        "refused; {} tries are left, and then a new code is needed",
        refused.at("attemptsLeft")
    ));

    story.step("The desk enters it as the patient said it");
    let right = json!({"code": code});
    story.asks("POST", &format!("{visit}/verify"), &right);
    let verified = story.hears(desk.post(&format!("{visit}/verify"), right).await?, 200)?;
    show_patient(&story, &verified)?;

    story.step("The patient wants to see a doctor: an outpatient");
    let wish = json!({"serviceType": "OUTPATIENT", "practitioner": "Dr. Habimana"});
    story.asks("POST", &format!("{visit}/admit"), &wish);
    let admitted = story.hears(desk.post(&format!("{visit}/admit"), wish).await?, 200)?;
    let number = admitted.text("visit.visitNumber");
    story.means(format!("admitted; every claim and prescription will carry the visit's number, {number}"));

    story.step("What is the patient entitled to?");
    let path = format!("{visit}/benefits?language=en");
    story.asks("GET", &path, &Value::Null);
    let benefits = story.hears(desk.get(&path).await?, 200)?;
    benefits::show(&story, &benefits)?;

    story.step("The patient leaves");
    story.asks("POST", &format!("{visit}/discharge"), &json!({}));
    let discharged = story.hears(desk.post(&format!("{visit}/discharge"), json!({})).await?, 200)?;
    ensure!(discharged.text("visit.state") == "DISCHARGED", "the visit should be over: {discharged}");
    story.means("the visit is over; for the paperwork the facility sees the patient's data three days more");

    dispute(&mut story, &anybody, &inbox, (&sms.place, &patient), &visit, officer).await
}

/// The member says "this was not me", and the payer looks into it.
async fn dispute(
    story: &mut Story,
    anybody: &Rest,
    inbox: &Inbox,
    (mark, patient): (&Mark, &Insured),
    visit: &str,
    officer: &Login,
) -> anyhow::Result<()> {
    story.step("The patient was told of the admission. Suppose it was somebody else with the card");
    let sms = inbox.next(mark, &patient.phone).await?;
    story.reads(&sms);
    let claim = json!({"token": sms.token().context("the SMS has no link")?});
    story.asks("POST", "/v1/visit-disputes", &claim);
    let disputed = story.hears(anybody.post("/v1/visit-disputes", claim).await?, 200)?;
    let number = disputed.text("visitNumber");
    story.means(format!("noted, without any sign-in; the claims of visit {number} are frozen from now on"));

    story.step(format!(
        "A benefits officer of {} has called the member: it was them after all",
        officer.organization
    ));
    let officer = anybody.sign_in(&officer.credentials()).await?;
    let settled = json!({"outcome": "DISMISSED"});
    story.asks("POST", &format!("{visit}/dispute/resolve"), &settled);
    story.hears(officer.post(&format!("{visit}/dispute/resolve"), settled).await?, 200)?;
    story.means("the dispute is settled; claims go on");
    story.end();
    Ok(())
}

/// Starts a visit for the first member who may get a code now; with the place in the inbox where the SMS will come.
async fn start(
    story: &mut Story,
    demo: &Demo,
    desk: &Rest,
    inbox: &Inbox,
) -> anyhow::Result<(Insured, Mark, Answer)> {
    let payer = &demo.members.first().context(".dev/demo.json has no members")?.payer;
    loop {
        let mut soonest: Option<u64> = None;
        for member in demo.members.iter().filter(|member| member.payer == *payer) {
            let number = &member.member_number;
            let open = desk.get(&format!("/v1/visits?memberNumber={number}&state=ADMITTED")).await?.ok()?;
            if !open.list("visits").is_empty() {
                continue;
            }
            let named = json!({"memberNumber": number});
            let mark = inbox.mark()?;
            let started = desk.post("/v1/visits", named.clone()).await?;
            // Nobody gets more than a few codes in a while.
            if started.reason() == "CODE_LIMIT_REACHED" {
                let wait = started.header("retry-after").and_then(|seconds| seconds.parse().ok());
                soonest = soonest.into_iter().chain(wait).min();
                continue;
            }
            story.asks("POST", "/v1/visits", &named);
            return Ok((member.clone(), mark, story.hears(started, 201)?));
        }
        match soonest {
            Some(seconds @ 0..=60) => {
                story.means(format!(
                    "every member of the demo got a code just now: waiting {seconds} s for the next"
                ));
                tokio::time::sleep(Duration::from_secs(seconds)).await;
            }
            Some(seconds) => bail!("every member of the demo got too many codes; try again in {seconds} s"),
            None => bail!("every member of the demo is being treated; `cargo dev up --fresh` begins anew"),
        }
    }
}

fn show_patient(story: &Story, verified: &Answer) -> anyhow::Result<()> {
    let of = |field: &str| verified.text(&format!("member.{field}")).to_owned();
    ensure!(
        verified.at("coverage.inForce") == true,
        "the member's cover should be in force: {}",
        verified.at("coverage")
    );
    story.means(format!(
        "it is {} {}, born {}, insured by {} until {}; for these kinds of care:",
        of("givenNames"),
        of("familyName"),
        of("birthDate"),
        of("payerName"),
        verified.text("coverage.to"),
    ));
    let rows: Vec<_> = verified
        .list("serviceTypes")
        .iter()
        .map(|option| {
            let reason = option["reason"].as_str().unwrap_or_default();
            let until = option["until"].as_str().map(|day| format!(" until {day}")).unwrap_or_default();
            let answer =
                if option["allowed"] == true { "yes".to_owned() } else { format!("no: {reason}{until}") };
            [option["serviceType"].as_str().unwrap_or_default().to_owned(), answer]
        })
        .collect();
    say::table(["    SERVICE", "HERE"], &story::indented(rows));
    Ok(())
}

fn demo(checkout: &Checkout) -> anyhow::Result<Demo> {
    if status::platform(checkout)?.is_none_or(|running| running.gateway.is_none()) {
        bail!("the platform is not running; start it with `cargo dev up` in another terminal");
    }
    let file = checkout.private_path().join("demo.json");
    let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_str(&text).context(".dev/demo.json is damaged; `cargo dev up` writes it again")
}

fn login<'d>(demo: &'d Demo, role: &str) -> anyhow::Result<&'d Login> {
    demo.login(role).with_context(|| format!(".dev/demo.json has no {role}"))
}

/// The code with another first digit.
fn wrong(code: &str) -> String {
    let first = if code.starts_with('7') { '1' } else { '7' };
    format!("{first}{}", &code[1..])
}

fn texts(list: &[Value]) -> String {
    list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
}
