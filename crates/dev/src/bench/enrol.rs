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
    data::{BENEFITS, member_number, phone},
    platform::Settings,
};

/// How many facilities check members in.
pub(super) const FACILITIES: u32 = 20;
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
    let officer = found(&operator, inbox, payer, "RW-UMURAGE", "umurage", "BENEFITS_OFFICER").await?.1;
    let officer = operator.sign_in(&officer).await?;
    let plan = officer.post("/v1/plans", plan()).await?.ok()?;
    let plan = plan.text("plan.planId").parse().context("the plan's id")?;
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
    let (facility, credentials) = found(operator, inbox, facility, &code, &domain, "FRONT_DESK").await?;
    Ok(Desk { facility, credentials })
}

/// An organization, its administrator, and one more person, who is returned.
async fn found(
    operator: &Rest,
    inbox: &Inbox,
    organization: Value,
    code: &str,
    domain: &str,
    role: &str,
) -> anyhow::Result<(Uuid, Credentials)> {
    let id = register(operator, organization, code).await?;
    let person = |role: &str| Person {
        name: format!("{role} of {domain}").replace('_', " "),
        email: format!("{}@{domain}.example", role.to_lowercase()),
        roles: vec![role.to_owned()],
    };
    let administrator = hire(operator, Some(&id), inbox, &person("ADMINISTRATOR"), PASSWORD).await?;
    let administrator = operator.sign_in(&administrator).await?;
    let credentials = hire(&administrator, None, inbox, &person(role), PASSWORD).await?;
    Ok((id.parse().context("an organization's id")?, credentials))
}

fn organization(kind: &str, name: &str, code: &str) -> Value {
    json!({"kind": kind, "name": name, "country": "RW", "timeZone": "Africa/Kigali", "locale": "en",
        "codes": [{"kind": kind, "value": code}]})
}

/// A plan of a few benefits, each with a limit a year.
fn plan() -> Value {
    let texts = |text: &str| json!([{"language": "en", "text": text}, {"language": "rw", "text": text}]);
    let benefit = |code: &&str| {
        json!({
            "code": code, "serviceType": "OUTPATIENT", "names": texts(&code.to_lowercase()),
            "coinsurancePercent": "10",
            "limits": [{"period": "POLICY_YEAR", "scope": "MEMBER", "amount": "500000"}],
            "conditions": [{"texts": texts("Only with the physician's order.")}],
        })
    };
    let benefits: Vec<Value> = BENEFITS.iter().map(benefit).collect();
    json!({"code": "BENCH", "names": texts("Bench"), "currency": "RWF", "benefits": benefits})
}

fn list(first: u32, last: u32) -> String {
    let mut list = String::from("member_number,family_name,given_names,birth_date,sex,mobile,language\n");
    for number in first..last {
        let (member, mobile) = (member_number(number), phone(number));
        let _ = writeln!(list, "{member},Uwase,Aline Marie,1990-04-12,FEMALE,{mobile},en");
    }
    list
}
