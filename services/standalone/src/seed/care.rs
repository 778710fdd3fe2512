//! Treats the patients of the demo's cases, each as people would do it: checked in by the code on their phone, claimed
//! for, decided, paid. What an interrupted run began is gone on with.

use std::{collections::HashMap, time::Duration};

use anyhow::Context;
use chrono::{DateTime, Days, NaiveDate, Utc};
use futures::future::try_join_all;
use serde_json::{Value, json};

use super::{
    Inbox, Mark, Rest,
    cases::{CASES, Case, Course, PAYMENTS, Payment, Ruling},
    families::Member,
    organizations::Organization,
    scheme::Scheme,
    sign_in,
};

/// Those who treat, claim, decide and pay.
pub(super) struct Care<'a> {
    /// Signed in, by their organization's code and their role.
    people: HashMap<(&'static str, &'static str), Rest>,
    inbox: &'a Inbox,
    /// Of the organizations, by code.
    ids: &'a HashMap<&'static str, String>,
    today: NaiveDate,
}

impl<'a> Care<'a> {
    /// With everybody who has a part in a case.
    pub(super) async fn begin(
        anybody: &Rest,
        inbox: &'a Inbox,
        ids: &'a HashMap<&'static str, String>,
        today: NaiveDate,
    ) -> anyhow::Result<Self> {
        let posts = CASES.iter().flat_map(|case| {
            let of_facility = ["SUPERVISOR", "CLAIMS_CLERK"].map(|role| (case.facility, role));
            let of_payer = ["MEDICAL_REVIEWER", "BENEFITS_OFFICER"].map(|role| (case.payer, role));
            of_facility.into_iter().chain(of_payer)
        });
        let posts: HashMap<_, _> = posts.map(|(at, role)| ((at.code, role), at)).collect();
        let signed_in = posts.into_iter().map(async |(post, organization)| {
            anyhow::Ok((post, sign_in(anybody, organization, post.1).await?))
        });
        let people = try_join_all(signed_in).await?.into_iter().collect();
        Ok(Self { people, inbox, ids, today })
    }

    /// Makes every case, then every payment, that is missing.
    pub(super) async fn give(&self, schemes: &[Scheme]) -> anyhow::Result<()> {
        let cases = schemes.iter().flat_map(|scheme| {
            CASES.iter().filter(|case| case.payer.code == scheme.payer.code).zip(scheme.patients())
        });
        let treated = cases.map(async |(case, patient)| {
            let claim = self.treat(case, patient).await;
            let claim =
                claim.with_context(|| format!("claim {} of {}", case.reference, case.facility.name))?;
            anyhow::Ok((case.reference, claim))
        });
        let claims: HashMap<_, _> = try_join_all(treated).await?.into_iter().collect();
        try_join_all(PAYMENTS.iter().map(|payment| self.pay(payment, &claims))).await?;
        Ok(())
    }

    /// From the desk to the decision; the claim's id.
    async fn treat(&self, case: &Case, patient: &Member) -> anyhow::Result<String> {
        let clerk = self.person(case.facility, "CLAIMS_CLERK")?;
        let known = clerk.get(&format!("/v1/claims?externalReference={}", case.reference)).await?.ok()?;
        let (claim, visit) = match known.list("claims").first() {
            Some(claim) => (text(claim, "claimId"), text(claim, "visitId")),
            None => {
                let visit = self.admit(case, patient).await?;
                self.authorize(case, &visit).await?;
                let body = json!({
                    "lines": case.lines(), "externalReference": case.reference, "submit": !case.is_draft(),
                });
                let made = clerk.post(&format!("/v1/visits/{visit}/claims"), body).await?.ok()?;
                (made.text("claim.claimId").to_owned(), visit)
            }
        };
        self.decide(case, &claim).await?;
        if !case.is_draft() {
            let desk = self.person(case.facility, "SUPERVISOR")?;
            let left = desk.post(&format!("/v1/visits/{visit}/discharge"), json!({})).await?;
            left.ok_or("WRONG_STATE")?;
        }
        Ok(claim)
    }

    /// Checks the patient in, by the code on their phone; the visit's id.
    async fn admit(&self, case: &Case, patient: &Member) -> anyhow::Result<String> {
        // The front desk has its codes for whoever comes after this.
        let desk = self.person(case.facility, "SUPERVISOR")?;
        let known = desk.get(&format!("/v1/visits?memberNumber={}", patient.number)).await?.ok()?;
        let mut begun = known.list("visits").iter().find(|visit| goes_on(visit)).cloned();
        loop {
            let (visit, since) = match begun.take() {
                Some(begun) => (begun, Mark::default()),
                None => {
                    let since = self.inbox.mark()?;
                    (self.start(desk, case, patient).await?, since)
                }
            };
            let (id, state) = (text(&visit, "visitId"), text(&visit, "state"));
            if state == "AWAITING_CODE" {
                let code = json!({"code": self.code(patient, since).await?});
                let verified = desk.post(&format!("/v1/visits/{id}/verify"), code).await?;
                if !verified.ok_or("CODE_REJECTED")?.status.is_success() {
                    // An interrupted run has used it up.
                    continue;
                }
            }
            if ["AWAITING_CODE", "VERIFIED"].contains(&state.as_str()) {
                let input = json!({"serviceType": case.service_type, "practitioner": case.practitioner});
                desk.post(&format!("/v1/visits/{id}/admit"), input).await?.ok()?;
            }
            return Ok(id);
        }
    }

    /// Starts the visit; where an interrupted run has just asked for a code, as soon as there may be another.
    async fn start(&self, desk: &Rest, case: &Case, patient: &Member) -> anyhow::Result<Value> {
        let day = self.today - Days::new(case.days_ago);
        let input = json!({"memberNumber": patient.number, "serviceDate": day.to_string()});
        loop {
            let started = desk.post("/v1/visits", input.clone()).await?;
            let wait = started.header("retry-after").and_then(|seconds| seconds.parse().ok());
            match wait {
                Some(seconds @ 0..=60) if started.reason() == "CODE_LIMIT_REACHED" => {
                    tokio::time::sleep(Duration::from_secs(seconds)).await;
                }
                _ => return Ok(started.ok()?.at("visit").clone()),
            }
        }
    }

    /// The first code that came to the patient's phone since then.
    async fn code(&self, patient: &Member, mut since: Mark) -> anyhow::Result<String> {
        let phone = patient.mobile.as_deref().context("a patient without a phone")?;
        loop {
            let message = self.inbox.next(&since, phone).await?;
            if let Some(code) = message.code() {
                return Ok(code.to_owned());
            }
            since = message.place;
        }
    }

    /// Asks the payer before the care where that is to be, and lets it answer.
    async fn authorize(&self, case: &Case, visit: &str) -> anyhow::Result<()> {
        let Course::Authorized { justification, allowed, .. } = &case.course else { return Ok(()) };
        let clerk = self.person(case.facility, "CLAIMS_CLERK")?;
        let known = clerk.get(&format!("/v1/preauthorizations?visitId={visit}")).await?.ok()?;
        let id = match known.list("preauthorizations").first() {
            Some(asked) => text(asked, "preauthorizationId"),
            None => {
                let input =
                    json!({"lines": case.lines(), "urgency": "URGENT", "justification": justification});
                let asked =
                    clerk.post(&format!("/v1/visits/{visit}/preauthorizations"), input).await?.ok()?;
                asked.text("preauthorization.preauthorizationId").to_owned()
            }
        };
        let reviewer = self.person(case.payer, "MEDICAL_REVIEWER")?;
        let decision = json!({"lines": case.allowed(allowed)});
        let decided = reviewer.post(&format!("/v1/preauthorizations/{id}/decide"), decision).await?;
        decided.ok_or("WRONG_STATE")?;
        Ok(())
    }

    /// What the rules left to a person, and what the facility says to that.
    async fn decide(&self, case: &Case, claim: &str) -> anyhow::Result<()> {
        let (reviewed, appeal) = match &case.course {
            Course::Draft | Course::Submitted => return Ok(()),
            Course::Reviewed(reviewed) | Course::Authorized { reviewed, .. } => (reviewed, None),
            Course::Appealed { reviewed, because } => (reviewed, Some(because)),
        };
        let reviewer = self.person(case.payer, "MEDICAL_REVIEWER")?;
        let lines: Vec<_> = reviewed.iter().map(Ruling::review).collect();
        let decided = reviewer.post(&format!("/v1/claims/{claim}/review"), json!({"lines": lines})).await?;
        decided.ok_or("WRONG_STATE")?;
        if let Some(because) = appeal {
            let clerk = self.person(case.facility, "CLAIMS_CLERK")?;
            let appealed =
                clerk.post(&format!("/v1/claims/{claim}/appeal"), json!({"reason": because})).await?;
            appealed.ok_or("WRONG_STATE")?;
        }
        Ok(())
    }

    /// Announces a payment, and makes it where that is to be. `claims` are ids by reference.
    async fn pay(&self, payment: &Payment, claims: &HashMap<&str, String>) -> anyhow::Result<()> {
        let officer = self.person(payment.payer, "BENEFITS_OFFICER")?;
        let known = officer.get("/v1/payment-advices").await?.ok()?;
        let announced = known.list("paymentAdvices").iter().find(|it| it["reference"] == payment.reference);
        let id = match announced {
            Some(advice) => text(advice, "paymentAdviceId"),
            None => {
                let claims: Vec<_> = payment.claims.iter().filter_map(|it| claims.get(it)).collect();
                let facility = self.ids.get(payment.facility.code);
                let advice =
                    json!({"facilityId": facility, "claimIds": claims, "reference": payment.reference});
                let made = officer.post("/v1/payment-advices", advice).await?.ok()?;
                made.text("paymentAdvice.paymentAdviceId").to_owned()
            }
        };
        if let Some(transfer) = payment.paid {
            let paid = json!({"reference": transfer, "paidOn": self.today.to_string()});
            let marked = officer.post(&format!("/v1/payment-advices/{id}/mark-paid"), paid).await?;
            marked.ok_or("WRONG_STATE")?;
        }
        Ok(())
    }

    fn person(&self, organization: &Organization, role: &'static str) -> anyhow::Result<&Rest> {
        let found = self.people.get(&(organization.code, role));
        found.with_context(|| format!("no {role} of {} is signed in", organization.name))
    }
}

/// Whether an interrupted run left this visit so that it can go on: not when its code has died since.
fn goes_on(visit: &Value) -> bool {
    match visit["state"].as_str() {
        Some("VERIFIED" | "ADMITTED" | "DISCHARGED") => true,
        Some("AWAITING_CODE") => text(visit, "codeExpiresAt")
            .parse::<DateTime<Utc>>()
            .is_ok_and(|at| at > careway_kernel::Clock::system().now()),
        _ => false,
    }
}

fn text(of: &Value, field: &str) -> String {
    of[field].as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_goes_on_while_its_code_lives() {
        let visit = |state: &str, until: &str| goes_on(&json!({"state": state, "codeExpiresAt": until}));
        assert!(visit("AWAITING_CODE", "2999-01-01T00:00:00Z"));
        assert!(!visit("AWAITING_CODE", "2020-01-01T00:00:00Z"));
        assert!(visit("ADMITTED", "") && !visit("EXPIRED", "") && !visit("CANCELLED", ""));
    }
}
