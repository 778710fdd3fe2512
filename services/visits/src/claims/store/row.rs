//! A row of the table `claim` with its visit's dispute, and the claim it is.

use anyhow::Context;
use careway_kernel::{ClaimId, CoverageId, Currency, MemberId, OrganizationId, PaymentAdviceId, VisitId};
use careway_service::Error;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    adjudication::amounts::Amounts,
    claims::domain::{
        Appeal, AppealAnswer, Chain, Claim, ClaimedVisit, Corrected, Correction, Payment, Recall,
        ReviewReason, State,
    },
    plans::domain::service_type::ServiceType,
    service_lines::store::json_bytes::optional_bytes,
};

/// What a claim is read with: the columns of `c`, of its visit `v` whether the member disputes it, and of what took its
/// place whether that is decided.
pub(crate) const COLUMNS: &str = "c.*, v.disputed, (select r.decided_at is not null from claim r \
     where r.claim_id = c.corrected_as) as correction_decided";

/// From columns, or from a document of them; those that a later migration adds are not looked at.
#[derive(FromRow, Deserialize)]
pub(crate) struct ClaimRow {
    claim_id: Uuid,
    version: i64,
    number: String,
    state: String,
    visit_id: Uuid,
    visit_number: String,
    facility_id: Uuid,
    payer_id: Uuid,
    member_id: Uuid,
    coverage_id: Uuid,
    service_date: NaiveDate,
    service_type: String,
    currency: String,
    external_reference: Option<String>,
    document_ids: Vec<Uuid>,
    created_at: DateTime<Utc>,
    submit_by: NaiveDate,
    submitted_at: Option<DateTime<Utc>>,
    review_reasons: Vec<String>,
    submitted: Option<i64>,
    write_off: Option<i64>,
    not_covered: Option<i64>,
    deductible: Option<i64>,
    copay: Option<i64>,
    coinsurance: Option<i64>,
    over_category: Option<i64>,
    over_ceiling: Option<i64>,
    payer: Option<i64>,
    decided_at: Option<DateTime<Utc>>,
    appeal_by: Option<NaiveDate>,
    recalled_at: Option<DateTime<Utc>>,
    recall_reason: Option<String>,
    appealed_at: Option<DateTime<Utc>>,
    #[serde(deserialize_with = "optional_bytes")]
    sealed_appeal: Option<Vec<u8>>,
    appeal_document_ids: Vec<Uuid>,
    appeal_answered_at: Option<DateTime<Utc>>,
    #[serde(deserialize_with = "optional_bytes")]
    sealed_appeal_answer: Option<Vec<u8>>,
    resubmission: i32,
    resubmits: Option<Uuid>,
    resubmitted_as: Option<Uuid>,
    advised: i64,
    payment_advice_id: Option<Uuid>,
    payment_reference: Option<String>,
    paid_on: Option<NaiveDate>,
    corrected_at: Option<DateTime<Utc>>,
    correction_reason: Option<String>,
    corrects: Option<Uuid>,
    former_patient: Option<i64>,
    corrected_as: Option<Uuid>,
    /// A document of the claim alone does not tell.
    #[serde(default)]
    correction_decided: Option<bool>,
    /// A document of the claim alone does not tell.
    #[serde(default)]
    disputed: bool,
}

impl TryFrom<ClaimRow> for Claim {
    type Error = Error;

    fn try_from(row: ClaimRow) -> Result<Self, Error> {
        let id = row.claim_id;
        row.sound().with_context(|| format!("the row of claim {id}")).map_err(Error::internal)
    }
}

impl ClaimRow {
    fn sound(mut self) -> anyhow::Result<Claim> {
        Ok(Claim {
            id: ClaimId::from_uuid(self.claim_id),
            version: self.version,
            state: State::find(&self.state).context("the state")?,
            visit: self.visit()?,
            currency: Currency::parse(&self.currency)?,
            external_reference: self.external_reference.take(),
            documents: std::mem::take(&mut self.document_ids),
            created_at: self.created_at,
            submit_by: self.submit_by,
            submitted_at: self.submitted_at,
            review_reasons: self.review_reasons()?,
            amounts: self.amounts(),
            decided_at: self.decided_at,
            appeal_by: self.appeal_by,
            recall: self.recalled_at.zip(self.recall_reason.take()).map(|(at, reason)| Recall { at, reason }),
            appeal: self.appeal(),
            correction: self
                .corrected_at
                .zip(self.correction_reason.take())
                .map(|(at, reason)| Correction { at, reason }),
            chain: Chain {
                resubmission: self.resubmission,
                resubmits: self.resubmits.map(ClaimId::from_uuid),
                resubmitted_as: self.resubmitted_as.map(ClaimId::from_uuid),
                corrects: self
                    .corrects
                    .zip(self.former_patient)
                    .map(|(claim, patient)| Corrected { claim: ClaimId::from_uuid(claim), patient }),
                corrected_as: self.corrected_as.map(ClaimId::from_uuid),
                correction_decided: self.correction_decided.unwrap_or_default(),
            },
            advised: self.advised,
            advice: self.payment_advice_id.map(PaymentAdviceId::from_uuid),
            payment: self
                .payment_reference
                .take()
                .zip(self.paid_on)
                .map(|(reference, paid_on)| Payment { reference, paid_on }),
            number: self.number,
        })
    }

    fn visit(&mut self) -> anyhow::Result<ClaimedVisit> {
        Ok(ClaimedVisit {
            id: VisitId::from_uuid(self.visit_id),
            number: std::mem::take(&mut self.visit_number),
            facility: OrganizationId::from_uuid(self.facility_id),
            payer: OrganizationId::from_uuid(self.payer_id),
            member: MemberId::from_uuid(self.member_id),
            coverage: CoverageId::from_uuid(self.coverage_id),
            service_date: self.service_date,
            service_type: ServiceType::parse(&self.service_type).context("the service type")?,
            disputed: self.disputed,
        })
    }

    fn review_reasons(&self) -> anyhow::Result<Vec<ReviewReason>> {
        let reason = |word: &String| ReviewReason::ALL.into_iter().find(|it| it.as_str() == word);
        self.review_reasons.iter().map(|word| reason(word).context("a review's reason")).collect()
    }

    fn amounts(&self) -> Option<Amounts> {
        Some(Amounts {
            submitted: self.submitted?,
            write_off: self.write_off?,
            not_covered: self.not_covered?,
            deductible: self.deductible?,
            copay: self.copay?,
            coinsurance: self.coinsurance?,
            over_category: self.over_category?,
            over_ceiling: self.over_ceiling?,
            payer: self.payer?,
        })
    }

    fn appeal(&mut self) -> Option<Appeal> {
        let answer = self.appeal_answered_at.zip(self.sealed_appeal_answer.take());
        Some(Appeal {
            at: self.appealed_at?,
            sealed_reason: self.sealed_appeal.take()?,
            documents: std::mem::take(&mut self.appeal_document_ids),
            answer: answer.map(|(at, sealed_text)| AppealAnswer { at, sealed_text }),
        })
    }
}
