//! The network that is measured, made over REST: a payer with its plan and contracts, facilities with a front desk each,
//! and members, whose phones only the platform can seal.

use std::fmt::Write as _;

use anyhow::Context;
use careway_standalone::seed::{
    Credentials, Inbox, Rest,
    acts::{Person, await_desk, contract_facility, hire, import_members, register},
};
use chrono::{Months, NaiveDate};
use futures::future::try_join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    names::{BENEFITS, CODES, FACILITIES, member_number, phone},
    platform::Settings,
};

/// Members of one uploaded list.
const LIST: u32 = 10_000;
const PASSWORD: &str = "murakaza neza careway";

/// A facility, and who works at its desk.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) facility: Uuid,
    pub(super) credentials: Credentials,
}

/// What was made.
pub(super) struct Enrolled {
    pub(super) desks: Vec<Desk>,
    pub(super) plan: Uuid,
}

/// Makes everything but coverages, which cost no sealing and are loaded by SQL.
pub(super) async fn enrol(
    gateway: &str,
    inbox: &Inbox,
    members: u32,
    from: NaiveDate,
) -> anyhow::Result<Enrolled> {
    let operator = Rest::new(gateway)?.sign_in(&Settings::operator()).await?;
    let desks = try_join_all((0..FACILITIES).map(|number| open_desk(&operator, inbox, number))).await?;

    let payer = organization("PAYER", "Umurage Health", "RW-UMURAGE");
    let officer = found(&operator, inbox, payer, "RW-UMURAGE", "umurage", &["BENEFITS_OFFICER"]).await?.1;
    let officer = operator.sign_in(&officer).await?;
    let plan = officer.post("/v1/plans", plan()).await?.ok()?;
    let plan = plan.text("plan.planId").parse().context("the plan's id")?;
    officer.upload("/v1/tariffs/import", "text/csv", prices(from)).await?.ok()?;
    let rules = officer.get("/v1/claim-rules").await?.ok()?;
    let automatic = json!({"automaticUpTo": {"currency": "RWF", "amount": "1000000"},
        "submissionDeadlineDay": 15, "resubmissionsMost": 1, "appealDays": 30});
    officer.put("/v1/claim-rules", automatic).if_match(rules.etag()).await?.ok()?;
    let contracts = desks.iter().map(async |desk| {
        let contract = json!({"facilityId": desk.facility, "serviceTypes": ["OUTPATIENT"],
            "from": (from - Months::new(1)).to_string()});
        contract_facility(&officer, contract).await
    });
    try_join_all(contracts).await?;
    let mut first = 0;
    while first < members {
        let last = (first + LIST).min(members);
        import_members(&officer, &list(first, last)).await.context("importing members")?;
        first = last;
    }
    for desk in &desks {
        await_desk(&operator.sign_in(&desk.credentials).await?).await?;
    }
    Ok(Enrolled { desks, plan })
}

async fn open_desk(operator: &Rest, inbox: &Inbox, number: u32) -> anyhow::Result<Desk> {
    let code = format!("RW-BENCH-{number:02}");
    let facility = organization("FACILITY", &format!("Clinic {number:02}"), &code);
    let domain = format!("clinic{number:02}");
    let (facility, credentials) =
        found(operator, inbox, facility, &code, &domain, &["FRONT_DESK", "CLAIMS_CLERK"]).await?;
    Ok(Desk { facility, credentials })
}

/// An organization, its administrator, and one more person, who is returned.
async fn found(
    operator: &Rest,
    inbox: &Inbox,
    organization: Value,
    code: &str,
    domain: &str,
    roles: &[&str],
) -> anyhow::Result<(Uuid, Credentials)> {
    let id = register(operator, organization, code).await?;
    let person = |roles: &[&str]| Person {
        name: format!("{} of {domain}", roles[0]).replace('_', " "),
        email: format!("{}@{domain}.example", roles[0].to_lowercase()),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
    };
    let administrator = hire(operator, Some(&id), inbox, &person(&["ADMINISTRATOR"]), PASSWORD).await?;
    let administrator = operator.sign_in(&administrator).await?;
    let credentials = hire(&administrator, None, inbox, &person(roles), PASSWORD).await?;
    Ok((id.parse().context("an organization's id")?, credentials))
}

fn organization(kind: &str, name: &str, code: &str) -> Value {
    json!({"kind": kind, "name": name, "country": "RW", "timeZone": "Africa/Kigali", "locale": "en",
        "codes": [{"kind": kind, "value": code}]})
}

/// A plan of a few benefits, each with a limit a year, under one ceiling of the family.
fn plan() -> Value {
    let texts = |text: &str| json!([{"language": "en", "text": text}, {"language": "rw", "text": text}]);
    let benefit = |code: &&str| {
        json!({
            "code": code, "serviceType": "OUTPATIENT", "names": texts(&code.to_lowercase()),
            "coinsurancePercent": "10", "ceilings": ["ALL"],
            "limits": [{"period": "POLICY_YEAR", "scope": "MEMBER", "amount": "500000"}],
            "conditions": [{"texts": texts("Only with the physician's order.")}],
        })
    };
    let benefits: Vec<Value> = BENEFITS.iter().map(benefit).collect();
    let ceiling = json!({"code": "ALL", "names": texts("All"),
        "limit": {"period": "POLICY_YEAR", "scope": "FAMILY", "amount": "1000000000000"}});
    json!({"code": "BENCH", "names": texts("Bench"), "currency": "RWF", "benefits": benefits, "ceilings": [ceiling]})
}

/// What each of the five lines is, of which benefit, and its price; valid for longer than any visit is claimed.
fn prices(from: NaiveDate) -> String {
    let mut list = String::from("code,kind,name,benefits,currency,price,from,atc_code,form,strength\n");
    let benefits = ["CONSULTATION", "LABORATORY", "LABORATORY", "IMAGING", "MEDICINES"];
    for (code, benefit) in CODES.into_iter().zip(benefits) {
        let medicine = if benefit == "MEDICINES" { "MEDICINE" } else { "SERVICE" };
        let details = if benefit == "MEDICINES" { "J01CA04,capsule,500 mg" } else { ",," };
        let _ = writeln!(list, "{code},{medicine},{code},{benefit},RWF,500,{from},{details}");
    }
    list
}

fn list(first: u32, last: u32) -> String {
    let mut list = String::from("member_number,family_name,given_names,birth_date,sex,mobile,language\n");
    for number in first..last {
        let (member, mobile) = (member_number(number), phone(number));
        let _ = writeln!(list, "{member},Uwase,Aline Marie,1990-04-12,FEMALE,{mobile},en");
    }
    list
}
