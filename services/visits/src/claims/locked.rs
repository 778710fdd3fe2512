//! A claim as whoever decides on it has it: locked with its visit and its patient's balances.

use careway_kernel::{ClaimId, OrganizationId};
use careway_service::{Error, Result, Transaction};

use super::{
    domain::Claim,
    store::{self, context::ClaimFacts},
    write::LockedVisit,
};
use crate::{
    App,
    service_lines::{
        domain::{
            ServiceLine,
            requested::{LineQuery, LineRequest},
        },
        settle::AdjudicationContext,
    },
};

/// A claim with its lines and what bears on them.
pub(crate) struct LockedClaim {
    pub(crate) claim: Claim,
    pub(crate) lines: Vec<ServiceLine>,
    pub(crate) locked: LockedVisit,
}

impl LockedClaim {
    /// The facility's own claim; with `anew`, what bears on these lines instead of its own.
    pub(crate) async fn of_facility(
        app: &App,
        tx: &mut Transaction,
        (id, facility): (ClaimId, OrganizationId),
        anew: Option<&[LineRequest]>,
    ) -> Result<Self> {
        let found = Self::of_party(app, tx, (id, facility), anew).await?;
        if found.claim.visit.facility == facility { Ok(found) } else { Err(Error::not_found("claim")) }
    }

    /// The payer's own claim.
    pub(crate) async fn of_payer(
        app: &App,
        tx: &mut Transaction,
        (id, payer): (ClaimId, OrganizationId),
    ) -> Result<Self> {
        let found = Self::of_party(app, tx, (id, payer), None).await?;
        if found.claim.visit.payer == payer { Ok(found) } else { Err(Error::not_found("claim")) }
    }

    async fn of_party(
        app: &App,
        tx: &mut Transaction,
        party: (ClaimId, OrganizationId),
        anew: Option<&[LineRequest]>,
    ) -> Result<Self> {
        let now = tx.now();
        let wanted: Option<Vec<LineQuery<'_>>> =
            anew.map(|lines| lines.iter().map(LineRequest::query).collect());
        let found =
            store::context::lock_claim_facts(tx, &app.context.keys, party, wanted.as_deref(), now).await?;
        let ClaimFacts { claim, lines, facts, context } = found.ok_or(Error::not_found("claim"))?;
        let care = AdjudicationContext::with(app, tx, facts).await?;
        Ok(Self { claim, lines, locked: LockedVisit { care, context, now } })
    }
}
