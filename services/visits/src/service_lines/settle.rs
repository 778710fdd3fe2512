//! What pre-authorizations and claims do alike: look at a visit's care, settle lines by the patient's plan.
//!
//! Four round trips are all that a command needs: begin; [`AdjudicationContext::lock`]; `store::save`; commit.

use std::sync::Arc;

use careway_kernel::ServiceLineId;
use careway_service::{Error, Result};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{
    domain::{
        self, OwnerKind, ServiceLine,
        facts::{ServiceFacts, Settlement},
        requested::{LineRequest, RequestedLine},
    },
    store::{self, facts::FactsQuery},
};
use crate::{App, benefits, plans::domain::PlanDefinition};

/// A visit's care, and the plan it is settled by.
#[derive(Debug, Clone)]
pub(crate) struct AdjudicationContext {
    pub(crate) facts: ServiceFacts,
    pub(crate) plan: Arc<PlanDefinition>,
}

impl AdjudicationContext {
    /// Locks the visit, and whoever its patient's balances are kept for, until the transaction ends. 404 when the party
    /// has no such visit; refused unless the patient was admitted.
    pub(crate) async fn lock(
        app: &App,
        conn: &mut PgConnection,
        query: &FactsQuery<'_>,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let facts = store::facts::lock_facts(conn, query, now).await?.ok_or(Error::not_found("visit"))?;
        Self::with(app, conn, facts).await
    }

    /// With the plan of what was locked: from memory, but for the first time.
    pub(crate) async fn with(app: &App, conn: &mut PgConnection, facts: ServiceFacts) -> Result<Self> {
        let (plan, version) = (facts.coverage.plan, facts.coverage.plan_version);
        let plan = match app.plans.get(plan, version) {
            Some(kept) => kept,
            None => {
                let definition = benefits::store::find_visit_plan(conn, facts.visit.id).await?;
                let unknown = || Error::internal(anyhow::anyhow!("a coverage has a plan"));
                app.plans.insert(plan, version, definition.ok_or_else(unknown)?)
            }
        };
        Ok(Self { facts, plan })
    }

    /// New lines in their visit, or everything that is wrong with any of them; refused in another currency than that of
    /// the price list, in which the prices could not even be read.
    pub(crate) fn request(&self, asked: Vec<LineRequest>) -> Result<Vec<RequestedLine>> {
        domain::requested::in_currency(&asked, self.plan.currency)?;
        Ok(domain::requested::within_visit(asked, &self.facts.frame(&self.plan), |number| {
            self.facts.knows_approval(number)
        })?)
    }

    /// Settles every line by the plan.
    pub(crate) fn adjudicate(&self, owner: OwnerKind, lines: &mut [ServiceLine]) -> Settlement {
        self.facts.adjudicate(&self.plan, owner, lines)
    }
}

/// Lines that were just asked for, in their order.
pub(crate) fn new_lines(app: &App, requested: Vec<RequestedLine>) -> Vec<ServiceLine> {
    let line = |(position, asked)| ServiceLine::new(ServiceLineId::new(&app.clock).uuid(), position, asked);
    (1..).zip(requested).map(line).collect()
}
