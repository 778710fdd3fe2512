//! What a payer brings into the network, and how its benefits officer enters it: plans, rules, contracts, members,
//! coverages.

use std::collections::HashMap;

use anyhow::Context;
use chrono::{Months, NaiveDate};
use futures::future::try_join_all;
use serde_json::{Value, json};

use super::{
    Rest,
    acts::{contract_facility, import_coverages, import_members, import_tariffs},
    families::{Cover, Family, Member, coverages_list, members_list},
    organizations::Organization,
    prices::Prices,
};

/// A payer's part of the demo network.
pub(super) struct Scheme {
    pub(super) payer: &'static Organization,
    pub(super) plans: Vec<Value>,
    pub(super) prices: Prices,
    /// Its rules for claims and pre-authorizations.
    pub(super) rules: Value,
    /// Which facilities treat its members, for which kinds of care.
    pub(super) contracts: Vec<(&'static Organization, &'static [&'static str])>,
    pub(super) families: Vec<Family>,
    /// How many of its members are shown to those who try the network.
    pub(super) shown: usize,
}

impl Scheme {
    /// Enters everything, as the payer's benefits officer. `ids` are those of the organizations, by code.
    pub(super) async fn enter(
        &self,
        officer: &Rest,
        ids: &HashMap<&str, String>,
        today: NaiveDate,
    ) -> anyhow::Result<()> {
        // From well before any coverage: visits may be entered some days late.
        let from = Cover::suspended_from(today) - Months::new(12);
        let plans = self
            .plans
            .iter()
            .map(async |plan| officer.post("/v1/plans", plan.clone()).await?.ok_or("PLAN_CODE_TAKEN"));
        let contracts = self.contracts.iter().map(async |(facility, service_types)| {
            let facility = ids.get(facility.code).context("a contract with somebody who is not there")?;
            let contract =
                json!({"facilityId": facility, "serviceTypes": service_types, "from": from.to_string()});
            contract_facility(officer, contract).await
        });
        let members = async { import_members(officer, &members_list(&self.families)).await };
        let prices = async { import_tariffs(officer, &self.prices.list(from)).await };
        let rules = self.set_rules(officer);
        tokio::try_join!(try_join_all(plans), try_join_all(contracts), members, prices, rules)?;
        import_coverages(officer, &coverages_list(&self.families, today)).await?;
        self.suspend(officer, today).await
    }

    /// Those who are shown: they can be checked in, and nothing of their benefits is used.
    pub(super) fn shown(&self) -> impl Iterator<Item = &Member> {
        self.reachable().map(|family| &family.principal).take(self.shown)
    }

    /// Those who have been treated already: covered by a comprehensive plan for long, and not shown.
    pub(super) fn patients(&self) -> impl Iterator<Item = &Member> {
        let covered = |it: &&Family| it.cover == Cover::Seasoned && it.plan.ends_with("-COMPREHENSIVE");
        self.reachable().skip(self.shown).filter(covered).map(|family| &family.principal)
    }

    /// The families whose principal has a phone and a national id.
    fn reachable(&self) -> impl Iterator<Item = &Family> {
        let reached = |it: &&Family| it.principal.mobile.is_some() && it.principal.national_id.is_some();
        self.families.iter().filter(reached)
    }

    /// Sets the rules for claims, unless some are set.
    async fn set_rules(&self, officer: &Rest) -> anyhow::Result<()> {
        let present = officer.get("/v1/claim-rules").await?.ok()?;
        if present.at("rules.version").as_i64().unwrap_or(0) == 0 {
            let set = officer.put("/v1/claim-rules", self.rules.clone()).if_match(present.etag());
            set.await?.ok()?;
        }
        Ok(())
    }

    /// Suspends the covers that are to be.
    async fn suspend(&self, officer: &Rest, today: NaiveDate) -> anyhow::Result<()> {
        let from = Cover::suspended_from(today).to_string();
        for family in self.families.iter().filter(|family| family.cover == Cover::Suspended) {
            let number = &family.principal.number;
            let found = officer.get(&format!("/v1/coverages?memberNumber={number}")).await?.ok()?;
            let id = found.text("coverages.0.coverageId");
            let why = json!({"reason": "UNPAID", "from": from});
            officer.post(&format!("/v1/coverages/{id}/suspend"), why).await?.ok_or("COVERAGE_NOT_ACTIVE")?;
        }
        Ok(())
    }
}
