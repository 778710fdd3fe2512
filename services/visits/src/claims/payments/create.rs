//! Put decided claims of one facility into payment: one advice: what its lines come to, less what is to be taken back.

use std::collections::BTreeSet;

use careway_contract::visits::v1::{CreatePaymentAdviceRequest, CreatePaymentAdviceResponse};
use careway_kernel::{ClaimId, Currency, HumanNumber, OrganizationId, PaymentAdviceId, Violations};
use careway_service::{Call, Error, Keyed, Result, Transaction, count};
use chrono::{DateTime, Datelike, Utc};
use uuid::Uuid;

use super::{
    domain::{Forward, MOST_CLAIMS, PaymentAdvice, PaymentRefusal, State, by_claim},
    payment_request::reference,
    store, view,
};
use crate::{
    App,
    claims::{self, domain::Claim, events},
};

pub(crate) async fn create_payment_advice(
    app: &App,
    call: &Call,
    request: CreatePaymentAdviceRequest,
) -> Keyed<CreatePaymentAdviceResponse> {
    let payer = call.caller.payer()?;
    let input = AdviceInput::parse(&request)?;

    let mut tx = app.db.begin(call).await?;
    let id = PaymentAdviceId::new(&app.clock);
    let claims = input.lock(&mut tx, payer, id).await?;
    let currency = one_currency(&claims)?;
    let payable = claims.into_iter().map(|claim| claim.put_in_payment(id));
    let payable: Vec<(Claim, i64)> = payable.collect::<Result<_, _>>()?;

    let ids = |reversed: bool| -> Vec<Uuid> {
        let claims = payable.iter().map(|(claim, _)| claim);
        claims.filter(|claim| claim.state.is_reversed() == reversed).map(|claim| claim.id.uuid()).collect()
    };
    let (paid, reversed) = (ids(false), ids(true));
    let due = store::find_due(&mut tx, (payer, input.facility, currency), &paid, &reversed).await?;
    let sums = by_claim(&due.lines);
    let reconciles = payable.iter().all(|(claim, amount)| sums.get(&claim.id) == Some(amount));
    if !reconciles {
        return Err(
            Error::internal(anyhow::anyhow!("claims' lines do not add up to what is due of them")).into()
        );
    }
    let now = tx.now();
    let (total, forward) = Forward::settle(sums.values().sum(), due.brought_forward);
    let advice = PaymentAdvice {
        id,
        version: 1,
        number: HumanNumber::new("P", now.year(), due.sequence).to_string(),
        state: State::Announced,
        payer,
        facility: input.facility,
        currency,
        total,
        forward,
        claims: count(payable.len()),
        reference: input.reference,
        created_at: now,
        payment: None,
    };
    store::insert_advice(&mut tx, &advice, &due.lines, &reversed).await?;
    for (claim, _) in &payable {
        events::note(&mut tx, call, claim, "claim.advise");
    }
    let named: Vec<_> = payable.into_iter().map(|(claim, _)| claim).collect();
    let answer = view::made(&advice, &named, &due.lines);
    tx.commit(CreatePaymentAdviceResponse { payment_advice: Some(answer) }).await
}

/// What is to be paid.
struct AdviceInput {
    facility: OrganizationId,
    which: Which,
    currency: Option<Currency>,
    reference: Option<String>,
}

enum Which {
    These(Vec<Uuid>),
    DecidedUntil(DateTime<Utc>),
}

impl AdviceInput {
    fn parse(request: &CreatePaymentAdviceRequest) -> Result<Self> {
        let mut v = Violations::default();
        let facility = v.required("facilityId", request.facility_id.as_str(), OrganizationId::parse);
        let named = v.each("claimIds", &request.claim_ids, |v, id| {
            v.required("", id.as_str(), ClaimId::parse).map(ClaimId::uuid)
        });
        v.check("claimIds", request.claim_ids.len() <= MOST_CLAIMS, format!("must be at most {MOST_CLAIMS}"));
        let until = request.decided_until.map(|at| {
            u32::try_from(at.nanos).ok().and_then(|nanos| DateTime::from_timestamp(at.seconds, nanos))
        });
        v.check("decidedUntil", until != Some(None), "must be an instant");
        let which = match (named, until.flatten()) {
            (Some(ids), None) if !ids.is_empty() => Some(Which::These(ids)),
            (Some(ids), Some(until)) if ids.is_empty() => Some(Which::DecidedUntil(until)),
            (Some(_), _) => {
                v.add("claimIds", "must be given, or decidedUntil, and not both");
                None
            }
            (None, _) => None,
        };
        let currency = v.optional("currency", request.currency.as_str(), Currency::parse);
        let reference = v.optional("reference", request.reference.as_str(), reference);
        let (facility, which, currency, reference) = v.all((facility, which, currency, reference))?;
        Ok(Self { facility, which, currency, reference })
    }

    /// The claims, locked: every one of those that are named, or what is payable.
    async fn lock(
        &self,
        tx: &mut Transaction,
        payer: OrganizationId,
        id: PaymentAdviceId,
    ) -> Result<Vec<Claim>> {
        let (ids, all_must_be) = match &self.which {
            Which::These(ids) => {
                let ids: Vec<_> = ids.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
                (claims::store::list_with_corrected(tx, payer, &ids).await?, true)
            }
            Which::DecidedUntil(until) => {
                let (most, currency) = (MOST_CLAIMS as i64, self.currency.map(Currency::code));
                let parties = (payer, self.facility);
                (claims::store::list_payable(tx, parties, *until, currency, most).await?, false)
            }
        };
        let mut claims = claims::store::lock_claims(tx, payer, &ids).await?;
        if all_must_be {
            let theirs = |claim: &Claim| {
                claim.visit.facility == self.facility && self.currency.is_none_or(|it| claim.currency == it)
            };
            if claims.len() < ids.len() || !claims.iter().all(theirs) {
                let message = "must be claims of this facility, in this currency";
                return Err(Violations::one("claimIds", message).into());
            }
        } else {
            // What changed between the look and the lock is left for later.
            claims.retain(|claim| claim.clone().put_in_payment(id).is_ok());
        }
        if claims.is_empty() {
            return Err(PaymentRefusal::NothingToPay.into());
        }
        Ok(claims)
    }
}

/// An advice has one total.
fn one_currency(claims: &[Claim]) -> Result<Currency, PaymentRefusal> {
    let first = claims.first().map(|claim| claim.currency);
    let one = first.filter(|first| claims.iter().all(|claim| claim.currency == *first));
    one.ok_or(PaymentRefusal::SeveralCurrencies)
}
