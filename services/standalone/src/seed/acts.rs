//! What people do to make a network, each as they would do it over REST: an operator registers an organization and
//! appoints its administrator, an administrator invites staff, a person follows the link of the mail, an officer
//! uploads lists.

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};

use super::{Answer, Credentials, Inbox, Rest, until};

/// Somebody who is to work for an organization.
#[derive(Debug, Clone)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The address to sign in with.
    pub email: String,
    /// The roles, like `FRONT_DESK`.
    pub roles: Vec<String>,
}

/// Registers an organization, unless somebody has its code already; its id. `code` is one of `organization`'s.
pub async fn register(operator: &Rest, organization: Value, code: &str) -> anyhow::Result<String> {
    let known = operator.get(&format!("/v1/organizations?code={code}")).await?.ok()?;
    if let Some(known) = known.list("organizations").first() {
        return Ok(known["organizationId"].as_str().unwrap_or_default().to_owned());
    }
    let registered = operator.post("/v1/organizations", organization).await?.ok()?;
    Ok(registered.text("organization.organizationId").to_owned())
}

/// Invites a person and lets them follow the link and choose their password. An operator names the organization whose
/// administrator this is to be; everybody else invites to their own. Who works there already stays as they are.
pub async fn hire(
    inviter: &Rest,
    organization: Option<&str>,
    inbox: &Inbox,
    person: &Person,
    password: &str,
) -> anyhow::Result<Credentials> {
    let mut invitation = json!({"email": person.email, "name": person.name, "roles": person.roles});
    if let Some(organization) = organization {
        invitation["organizationId"] = organization.into();
    }
    let mut mark = inbox.mark()?;
    let invited = inviter.post("/v1/invitations", invitation).await?.ok_or("ALREADY_MEMBER")?;
    if invited.status.is_success() {
        // The link of an earlier invitation may come first, and is dead by then.
        loop {
            let mail = inbox.next(&mark, &person.email).await?;
            let token = mail.token().context("an invitation without a link")?;
            let accepted = json!({"token": token, "password": password});
            let accepted =
                inviter.anybody().post("/v1/invitations/accept", accepted).await?.ok_or("LINK_REJECTED")?;
            if accepted.status.is_success() {
                break;
            }
            mark = mail.place;
        }
    }
    Ok(Credentials::new(person.email.clone(), password))
}

/// Uploads a list of members, all of whose rows must be good.
pub async fn import_members(officer: &Rest, list: &str) -> anyhow::Result<Answer> {
    let imported = upload(officer, "/v1/members/import", list).await?;
    ensure!(
        imported.at("rejected").as_i64().unwrap_or(0) == 0,
        "members were rejected: {}",
        first_rejection(&imported)
    );
    Ok(imported)
}

/// Uploads a list of coverages, all of whose rows must be good. The coverages' context hears of members by events: until
/// it knows them all, this waits.
pub async fn import_coverages(officer: &Rest, list: &str) -> anyhow::Result<Answer> {
    let mut last = String::new();
    let ready = until("the members of a list of coverages to be known", async || {
        let tried = officer.upload("/v1/coverages/import?dryRun=true", "text/csv", list.to_owned()).await?;
        if tried.reason() == "BUSY" {
            return Ok(None);
        }
        let tried = tried.ok()?;
        last = first_rejection(&tried);
        let rejected = tried.at("rejected").as_i64().unwrap_or(0);
        Ok((rejected == 0).then_some(()))
    });
    if let Err(late) = ready.await {
        bail!("{late}; the first row that is not taken: {last}");
    }
    upload(officer, "/v1/coverages/import", list).await
}

/// Uploads a price list, all of whose rows must be good.
pub async fn import_tariffs(officer: &Rest, list: &str) -> anyhow::Result<Answer> {
    let taken = upload(officer, "/v1/tariffs/import", list).await?;
    ensure!(
        taken.at("rejected").as_i64().unwrap_or(0) == 0,
        "a price is not taken: {}",
        first_rejection(&taken)
    );
    Ok(taken)
}

async fn upload(officer: &Rest, path: &str, list: &str) -> anyhow::Result<Answer> {
    officer.upload(path, "text/csv", list.to_owned()).await?.ok()
}

/// What is wrong with the first row that was not taken: members' lists and coverages' say it alike.
fn first_rejection(report: &Answer) -> String {
    let members = report.list("rows").iter().find(|row| row["outcome"] == "REJECTED");
    members.or(report.list("rejections").first()).map(Value::to_string).unwrap_or_default()
}

/// Makes a contract, unless there is one. The facility may be so new that the contracts' context has not heard of it.
pub async fn contract_facility(officer: &Rest, contract: Value) -> anyhow::Result<Answer> {
    until("a facility to be known to payers", async || {
        let made = officer.post("/v1/contracts", contract.clone()).await?;
        match made.reason() {
            "FACILITY_NOT_READY" => Ok(None),
            _ => Ok(Some(made.ok_or("CONTRACT_OVERLAPS")?)),
        }
    })
    .await
}

/// Waits until a facility's desk is ready: the visits' context hears of facilities by events.
pub async fn await_desk(front_desk: &Rest) -> anyhow::Result<()> {
    until("the facility's desk to be ready", async || {
        // A visit that names nobody starts none: refused as malformed once the desk is known.
        let asked = front_desk.post("/v1/visits", json!({})).await?;
        match asked.reason() {
            "FACILITY_NOT_READY" => Ok(None),
            "INVALID_REQUEST" => Ok(Some(())),
            _ => bail!("{asked}"),
        }
    })
    .await
}
