//! A row of the table `service_line`, and the line it is.

use careway_service::{Error, Result, one_of};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::json_bytes::bytes;
use crate::{
    adjudication::{
        amounts::Amounts,
        diagnosis::Diagnosis,
        input::{Review, TariffKind},
        outcome::Determination,
        quantity::Quantity,
        refusal::{Refusal, Refused},
        trace::TraceStep,
    },
    plans::domain::Code,
    seal::{Column, Keys},
    service_lines::domain::{Decision, Owner, Parties, ServiceLine, Settled, requested::RequestedLine},
};

/// Read from columns or from a document; written as a document, with the sealed details beside it.
#[derive(Default, sqlx::FromRow, Serialize, Deserialize)]
pub(crate) struct ServiceLineRow {
    line_id: Uuid,
    owner_kind: String,
    pub(crate) owner_id: Uuid,
    owner_number: Option<String>,
    payer_id: Uuid,
    facility_id: Uuid,
    visit_id: Uuid,
    member_id: Uuid,
    coverage_id: Uuid,
    position: i32,
    code: String,
    given_on: NaiveDate,
    quantity: i64,
    unit_price: Option<i64>,
    preauthorization_number: Option<String>,
    determination: Option<String>,
    kind: Option<String>,
    benefit: Option<String>,
    needs_approval: bool,
    tariff_price: Option<i64>,
    approval_id: Option<Uuid>,
    approved_quantity: Option<i64>,
    allowed: Option<i64>,
    submitted: Option<i64>,
    write_off: Option<i64>,
    not_covered: Option<i64>,
    deductible: Option<i64>,
    copay: Option<i64>,
    coinsurance: Option<i64>,
    over_category: Option<i64>,
    over_ceiling: Option<i64>,
    payer: Option<i64>,
    decision: Option<String>,
    decided_quantity: Option<i64>,
    decided_price: Option<i64>,
    decided_refusal: Option<String>,
    decided_by: Option<Uuid>,
    decided_at: Option<DateTime<Utc>>,
    approved_from: Option<NaiveDate>,
    approved_to: Option<NaiveDate>,
    #[serde(skip_serializing, deserialize_with = "bytes")]
    sealed_details: Vec<u8>,
    active: bool,
    replaced_by: Option<Uuid>,
}

/// What is sealed of a line.
#[derive(Default, Serialize, Deserialize)]
struct Details {
    diagnoses: Vec<String>,
    refusals: Vec<Refused>,
    trace: Vec<TraceStep>,
    /// The reviewer's own.
    words: String,
}

impl ServiceLineRow {
    pub(crate) fn of(owner: &Owner, parties: &Parties, line: &ServiceLine) -> Self {
        let asked = &line.asked;
        let row = Self {
            line_id: line.id,
            owner_kind: owner.kind.as_str().to_owned(),
            owner_id: owner.id,
            owner_number: owner.number.clone(),
            payer_id: parties.payer.uuid(),
            facility_id: parties.facility.uuid(),
            visit_id: parties.visit.uuid(),
            member_id: parties.member.uuid(),
            coverage_id: parties.coverage.uuid(),
            position: line.position.into(),
            code: asked.code.clone(),
            given_on: asked.date,
            quantity: asked.quantity.thousandths(),
            unit_price: asked.unit_price,
            preauthorization_number: asked.preauthorization.clone(),
            approved_from: line.approved.map(|(from, _)| from),
            approved_to: line.approved.map(|(_, to)| to),
            active: line.active,
            replaced_by: line.replaced_by,
            ..Self::default()
        };
        row.settled(line.settled.as_ref()).decided(line.decision.as_ref())
    }

    fn settled(self, settled: Option<&Settled>) -> Self {
        let Some(it) = settled else { return self };
        let amounts = &it.amounts;
        Self {
            determination: Some(it.determination.as_str().to_owned()),
            kind: it.kind.map(|kind| kind.as_str().to_owned()),
            benefit: it.benefit.as_ref().map(|code| code.as_str().to_owned()),
            needs_approval: it.needs_approval,
            tariff_price: it.tariff_price,
            approval_id: it.approval,
            approved_quantity: it.quantity.map(Quantity::thousandths),
            allowed: Some(it.allowed),
            submitted: Some(amounts.submitted),
            write_off: Some(amounts.write_off),
            not_covered: Some(amounts.not_covered),
            deductible: Some(amounts.deductible),
            copay: Some(amounts.copay),
            coinsurance: Some(amounts.coinsurance),
            over_category: Some(amounts.over_category),
            over_ceiling: Some(amounts.over_ceiling),
            payer: Some(amounts.payer),
            ..self
        }
    }

    fn decided(self, decision: Option<&Decision>) -> Self {
        let Some(it) = decision else { return self };
        let (word, quantity, price, refusal) = match &it.review {
            Review::Accept => (ACCEPTED, None, None, None),
            Review::Reject { refusal, .. } => (REJECTED, None, None, Some(refusal.code())),
            Review::Adjust { quantity, unit_price, .. } => (ADJUSTED, *quantity, *unit_price, None),
        };
        Self {
            decision: Some(word.to_owned()),
            decided_quantity: quantity.map(Quantity::thousandths),
            decided_price: price,
            decided_refusal: refusal.map(str::to_owned),
            decided_by: Some(it.by),
            decided_at: Some(it.at),
            ..self
        }
    }

    pub(crate) fn open(self, keys: &Keys) -> Result<ServiceLine> {
        let details = keys.open(Column::CareDetails, self.line_id, &self.sealed_details)?;
        let details: Details = serde_json::from_slice(&details).map_err(Error::internal)?;
        let diagnoses = details.diagnoses.iter().map(|code| Diagnosis::parse(code));
        Ok(ServiceLine {
            id: self.line_id,
            position: self.position.try_into().map_err(Error::internal)?,
            asked: RequestedLine {
                code: self.code.clone(),
                quantity: quantity(self.quantity)?,
                unit_price: self.unit_price,
                diagnoses: diagnoses.collect::<Result<_, _>>().map_err(Error::internal)?,
                date: self.given_on,
                preauthorization: self.preauthorization_number.clone(),
            },
            decision: self.decision(&details.words)?,
            approved: self.approved_from.zip(self.approved_to),
            active: self.active,
            replaced_by: self.replaced_by,
            settled: self.into_settled(details)?,
        })
    }

    fn decision(&self, words: &str) -> Result<Option<Decision>> {
        let (Some(word), Some(by), Some(at)) = (&self.decision, self.decided_by, self.decided_at) else {
            return Ok(None);
        };
        let review = match word.as_str() {
            ACCEPTED => Review::Accept,
            REJECTED => Review::Reject {
                refusal: Refusal::parse(self.decided_refusal.as_deref().unwrap_or_default())
                    .map_err(Error::internal)?,
                text: words.to_owned(),
            },
            _ => Review::Adjust {
                quantity: self.decided_quantity.map(quantity).transpose()?,
                unit_price: self.decided_price,
                reason: words.to_owned(),
            },
        };
        Ok(Some(Decision { review, by, at }))
    }

    fn into_settled(self, details: Details) -> Result<Option<Settled>> {
        let Some(determination) = &self.determination else { return Ok(None) };
        let kind = self.kind.as_deref();
        // All of them, or none: the database holds that.
        let amount = |it: Option<i64>| it.unwrap_or_default();
        Ok(Some(Settled {
            determination: one_of(
                "service_line.determination",
                determination,
                &Determination::ALL,
                Determination::as_str,
            )?,
            kind: kind
                .map(|it| one_of("service_line.kind", it, &TariffKind::ALL, TariffKind::as_str))
                .transpose()?,
            tariff_price: self.tariff_price,
            benefit: self.benefit.map(Code::try_from).transpose().map_err(Error::internal)?,
            needs_approval: self.needs_approval,
            approval: self.approval_id,
            quantity: self.approved_quantity.map(quantity).transpose()?,
            allowed: amount(self.allowed),
            amounts: Amounts {
                submitted: amount(self.submitted),
                write_off: amount(self.write_off),
                not_covered: amount(self.not_covered),
                deductible: amount(self.deductible),
                copay: amount(self.copay),
                coinsurance: amount(self.coinsurance),
                over_category: amount(self.over_category),
                over_ceiling: amount(self.over_ceiling),
                payer: amount(self.payer),
            },
            refusals: details.refusals,
            trace: details.trace,
        }))
    }
}

const ACCEPTED: &str = "ACCEPTED";
const REJECTED: &str = "REJECTED";
const ADJUSTED: &str = "ADJUSTED";

/// What nobody but the service reads of a line.
pub(crate) fn seal(keys: &Keys, line: &ServiceLine) -> Result<Vec<u8>> {
    let words = line.decision.as_ref().map(|it| match &it.review {
        Review::Accept => "",
        Review::Reject { text, .. } => text,
        Review::Adjust { reason, .. } => reason,
    });
    let settled = line.settled.as_ref();
    let details = Details {
        diagnoses: line.asked.diagnoses.iter().map(|it| it.as_str().to_owned()).collect(),
        refusals: settled.map(|it| it.refusals.clone()).unwrap_or_default(),
        trace: settled.map(|it| it.trace.clone()).unwrap_or_default(),
        words: words.unwrap_or_default().to_owned(),
    };
    keys.seal(Column::CareDetails, line.id, &serde_json::to_vec(&details).map_err(Error::internal)?)
}

fn quantity(thousandths: i64) -> Result<Quantity> {
    let parsed = Quantity::from_thousandths(thousandths);
    parsed.ok_or_else(|| Error::internal(anyhow::anyhow!("service_line holds a quantity out of bounds")))
}

/// The diagnoses of a line, opened alone.
pub(crate) fn open_diagnoses(keys: &Keys, line: Uuid, sealed: &[u8]) -> Result<Vec<String>> {
    let details = keys.open(Column::CareDetails, line, sealed)?;
    let details: Details = serde_json::from_slice(&details).map_err(Error::internal)?;
    Ok(details.diagnoses)
}
