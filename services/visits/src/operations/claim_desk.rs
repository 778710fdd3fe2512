//! A claim on the desk of whoever decides on it: locked with its visit and its patient's balances.

use careway_kernel::{ClaimId, OrganizationId};
use careway_service::{Error, Result, Transaction};

use super::{care::Care, claim_writing::Desk};
use crate::{
    App,
    domain::{
        care::{AskedLine, Wanted},
        care_line::CareLine,
        claim::Claim,
    },
    store::{self, claim_care::ClaimCare},
};

/// A claim with its lines and what bears on them.
pub(super) struct ClaimDesk {
    pub(super) claim: Claim,
    pub(super) lines: Vec<CareLine>,
    pub(super) desk: Desk,
}

impl ClaimDesk {
    /// The facility's own claim; with `anew`, what bears on these lines instead of its own.
    pub(super) async fn of_facility(
        app: &App,
        tx: &mut Transaction,
        (id, facility): (ClaimId, OrganizationId),
        anew: Option<&[AskedLine]>,
    ) -> Result<Self> {
        let found = Self::of_party(app, tx, (id, facility), anew).await?;
        if found.claim.visit.facility == facility { Ok(found) } else { Err(Error::not_found("claim")) }
    }

    /// The payer's own claim.
    pub(super) async fn of_payer(
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
        anew: Option<&[AskedLine]>,
    ) -> Result<Self> {
        let now = tx.now();
        let wanted: Option<Vec<Wanted<'_>>> = anew.map(|lines| lines.iter().map(AskedLine::wanted).collect());
        let found =
            store::claim_care::lock_claim_care(tx, &app.desk.keys, party, wanted.as_deref(), now).await?;
        let ClaimCare { claim, lines, facts, circumstances } = found.ok_or(Error::not_found("claim"))?;
        let care = Care::with(app, tx, facts).await?;
        Ok(Self { claim, lines, desk: Desk { care, circumstances, now } })
    }
}
