//! What a payer brings into the network, and how its benefits officer enters it: plans, contracts, members, coverages.

use std::collections::HashMap;

use anyhow::Context;
use chrono::{Months, NaiveDate};
use futures::future::try_join_all;
use serde_json::{Value, json};

use super::{
    Rest,
    acts::{contract_facility, import_coverages, import_members, import_tariffs},
    families::{Cover, Family, coverages_list, members_list},
    organizations::Organization,
    prices::Prices,
};

/// A payer's part of the demo network.
pub(super) struct Scheme {
    pub(super) payer: &'static Organization,
    pub(super) plans: Vec<Value>,
    pub(super) prices: Prices,
    /// Which facilities treat its members, for which kinds of care.
    pub(super) contracts: Vec<(&'static Organization, &'static [&'static str])>,
    pub(super) families: Vec<Family>,
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
        tokio::try_join!(try_join_all(plans), try_join_all(contracts), members, prices)?;
        import_coverages(officer, &coverages_list(&self.families, today)).await?;
        self.suspend(officer, today).await
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
