//! Everything adjudication reckons with, locked and read in one statement.

use careway_kernel::{Currency, MemberId, OrganizationId, VisitId};
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use sqlx::{FromRow, PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    adjudication::{
        input::{Approval, PriorService, Tariff, TariffKind},
        quantity::Quantity,
    },
    benefits::domain::ledger::Standing,
    contracts::domain::{Clauses, Term},
    coverages::{domain::Coverage, store::row::CoverageRow},
    payer_rules::store::RulesRow,
    plans::domain::{Code, Scope, Unit},
    service_lines::domain::{
        Parties,
        facts::{Key, KnownApproval, KnownTariff, ServiceFacts},
        requested::LineQuery,
    },
    visits::{
        domain::{State, Visit, refusal::Refusal},
        store::row::VisitRow,
    },
};

/// Whose lines are looked at, and for whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FactsQuery<'a> {
    pub(crate) visit: VisitId,
    /// The caller's organization; none for Careway itself.
    pub(crate) party: Option<OrganizationId>,
    /// The pre-authorization or claim that is decided anew: what it did itself is left out.
    pub(crate) owner: Option<Uuid>,
    pub(crate) lines: &'a [LineQuery<'a>],
}

#[derive(FromRow)]
struct Row {
    #[sqlx(flatten)]
    visit: VisitRow,
    facts: Option<Json<FactsJson>>,
}

#[derive(Deserialize)]
pub(crate) struct FactsJson {
    coverage: CoverageRow,
    family_size: u32,
    last_day: NaiveDate,
    rules: Option<RulesRow>,
    tariffs: Option<Vec<TariffJson>>,
    contracts: Option<Vec<TermJson>>,
    history: Option<Vec<PriorServiceJson>>,
    approvals: Option<Vec<ApprovalJson>>,
    balances: Option<Vec<BalanceJson>>,
}

#[derive(Deserialize)]
struct TariffJson {
    day: NaiveDate,
    code: String,
    kind: String,
    benefits: Vec<Code>,
    currency: Currency,
    price: i64,
    most_quantity: Option<i64>,
}

#[derive(Deserialize)]
struct TermJson {
    from: NaiveDate,
    to: Option<NaiveDate>,
    inpatients_to_last_day: bool,
    correction_days: u16,
}

#[derive(Deserialize)]
struct PriorServiceJson {
    code: String,
    benefit: Code,
    date: NaiveDate,
}

#[derive(Deserialize)]
struct ApprovalJson {
    line: Uuid,
    number: Option<String>,
    visit: Uuid,
    code: String,
    member: Uuid,
    facility: Uuid,
    from: NaiveDate,
    to: NaiveDate,
    quantity: i64,
    amount: i64,
    held: Option<Vec<HeldJson>>,
}

#[derive(Deserialize)]
pub(crate) struct HeldJson {
    #[serde(flatten)]
    pub(crate) key: KeyJson,
    pub(crate) amount: i64,
}

#[derive(Deserialize)]
struct BalanceJson {
    #[serde(flatten)]
    key: KeyJson,
    used: i64,
    reserved: i64,
}

#[derive(Deserialize)]
pub(crate) struct KeyJson {
    account: Code,
    scope: Scope,
    period_key: String,
    unit: Unit,
}

/// Locks the visit and whoever its balances are kept for, and tells all that bears on the lines; none when the party has
/// no such visit. Refused unless the patient was admitted.
pub(crate) async fn lock_facts(
    conn: &mut PgConnection,
    query: &FactsQuery<'_>,
    now: DateTime<Utc>,
) -> Result<Option<ServiceFacts>> {
    let lines = query.lines;
    let codes: Vec<&str> = lines.iter().map(|it| it.code).collect();
    let days: Vec<Option<NaiveDate>> = lines.iter().map(|it| it.date).collect();
    let numbers: Vec<&str> = lines.iter().filter_map(|it| it.preauthorization).collect();
    let row: Option<Row> =
        sqlx::query_as("select (locked).*, facts from service_facts($1, $2, $3, $4, $5, $6, $7)")
            .bind(query.visit.uuid())
            .bind(query.party.map(OrganizationId::uuid))
            .bind(query.owner)
            .bind(now)
            .bind(codes)
            .bind(days)
            .bind(numbers)
            .fetch_optional(conn)
            .await?;
    row.map(|Row { visit, facts }| self::facts(visit, facts)).transpose()
}

/// What the statement told of a visit and its care; refused unless the patient was admitted.
pub(crate) fn facts(visit: VisitRow, facts: Option<Json<FactsJson>>) -> Result<ServiceFacts> {
    let visit = Visit::try_from(visit)?;
    if !matches!(visit.state, State::Admitted | State::Discharged) {
        return Err(Refusal::WrongState { is: visit.state, needs: "ADMITTED or DISCHARGED" }.into());
    }
    let facts = facts.ok_or_else(|| Error::internal(anyhow::anyhow!("an admitted patient has a cover")))?;
    facts.0.into_facts(visit)
}

impl FactsJson {
    fn into_facts(self, visit: Visit) -> Result<ServiceFacts> {
        let (Some(patient), Some(admission)) = (&visit.patient, &visit.admission) else {
            return Err(Error::internal(anyhow::anyhow!("an admitted visit has a patient")));
        };
        let coverage: Coverage = self.coverage.try_into()?;
        let tariffs = self.tariffs.into_iter().flatten().map(TryInto::try_into).collect::<Result<_>>()?;
        let contracts = self.contracts.into_iter().flatten();
        let history = self.history.into_iter().flatten();
        let approvals = self.approvals.into_iter().flatten();
        let balances = self.balances.into_iter().flatten();
        Ok(ServiceFacts {
            parties: Parties {
                payer: patient.payer,
                facility: visit.facility,
                visit: visit.id,
                member: patient.member,
                coverage: coverage.id,
            },
            service_type: admission.service_type.clone(),
            adult: patient.entitlement.adult,
            coverage,
            family_size: self.family_size.max(1),
            last_day: self.last_day,
            rules: self.rules.map(TryInto::try_into).transpose()?.unwrap_or_default(),
            tariffs,
            contracts: contracts.map(Into::into).collect(),
            history: history.map(Into::into).collect(),
            approvals: approvals.map(Into::into).collect(),
            balances: balances
                .map(|it| (it.key.into(), Standing { used: it.used, reserved: it.reserved }))
                .collect(),
            visit,
        })
    }
}

impl From<TermJson> for Term {
    fn from(term: TermJson) -> Self {
        let TermJson { from, to, inpatients_to_last_day, correction_days } = term;
        Self { from, to, clauses: Clauses { inpatients_to_last_day, correction_days } }
    }
}

impl TryFrom<TariffJson> for KnownTariff {
    type Error = Error;

    fn try_from(tariff_json: TariffJson) -> Result<Self> {
        let tariff = Tariff {
            code: tariff_json.code,
            kind: one_of("tariff.kind", &tariff_json.kind, &TariffKind::ALL, TariffKind::as_str)?,
            benefits: tariff_json.benefits,
            price: tariff_json.price,
            most_quantity: tariff_json.most_quantity.and_then(Quantity::from_thousandths),
        };
        Ok(Self { day: tariff_json.day, currency: tariff_json.currency, tariff })
    }
}

impl From<PriorServiceJson> for PriorService {
    fn from(prior_service_json: PriorServiceJson) -> Self {
        Self {
            benefit: prior_service_json.benefit,
            code: prior_service_json.code,
            date: prior_service_json.date,
        }
    }
}

impl From<ApprovalJson> for KnownApproval {
    fn from(approval_json: ApprovalJson) -> Self {
        let held = approval_json.held.into_iter().flatten();
        Self {
            number: approval_json.number,
            visit: VisitId::from_uuid(approval_json.visit),
            approval: Approval {
                reservation: approval_json.line,
                code: approval_json.code,
                member: MemberId::from_uuid(approval_json.member),
                facility: OrganizationId::from_uuid(approval_json.facility),
                from: approval_json.from,
                to: approval_json.to,
                quantity: Quantity::from_thousandths(approval_json.quantity),
                amount: Some(approval_json.amount.max(0)),
                held: Vec::new(),
            },
            held: held.map(|it| (it.key.into(), it.amount)).collect(),
        }
    }
}

impl From<KeyJson> for Key {
    fn from(key_json: KeyJson) -> Self {
        Self {
            account: key_json.account,
            scope: key_json.scope,
            period_key: key_json.period_key,
            unit: key_json.unit,
        }
    }
}
