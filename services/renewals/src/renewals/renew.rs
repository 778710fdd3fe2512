//! Renew cards of one household together, all or none.

use careway_contract::renewals::v1::{RenewRequest, RenewResponse};
use careway_kernel::{
    ContributionId, Currency, Money, OrganizationId, RenewalId, RenewalItemId, Violations, parse_date,
    text::Line,
};
use careway_service::{AuditEntry, Call, Error, Keyed, OnConstraint, Result};
use chrono::{DateTime, NaiveDate, Utc};

use super::{
    cards::{self, Quoted, authority_of, parse_items, parse_months, year_of},
    domain::RenewalRefusal,
    events::record_renewed,
    store::{self, Facts, NewContribution, NewRenewal},
    view,
};
use crate::App;

struct RenewInput {
    items: Vec<RenewalItemId>,
    months: u32,
    paid_on: NaiveDate,
    amount: i64,
    receipt_number: String,
}

pub(crate) async fn renew(app: &App, call: &Call, request: RenewRequest) -> Keyed<RenewResponse> {
    let agency = call.caller.agency()?;
    let wanted = parse(&request)?;

    let mut tx = app.db.begin(call).await?;
    let (now, year) = (tx.now(), year_of(wanted.paid_on));
    let facts = store::lock_facts(&mut tx, agency, &wanted.items, year, now).await?;
    if wanted.paid_on > facts.today {
        return Err(Error::violation("paidOn", "must not be after today").into());
    }
    let quoted = cards::quote(&facts, &wanted.items, wanted.months, wanted.paid_on)?;
    let total = quoted.iter().map(|card| card.amount).sum();
    if total != wanted.amount {
        return Err(RenewalRefusal::AmountDiffers(total).into());
    }
    let paid = contribution(app, call, agency, &wanted, &facts, &quoted, now)?;
    store::insert_renewals(&mut tx, &paid)
        .await
        .on_constraint("contribution_receipt_once", || RenewalRefusal::ReceiptUsed)?;
    let numbers: Vec<String> = facts.cards.iter().map(|card| card.bhxh_number.clone()).collect();
    record_renewed(&mut tx, &paid, &numbers);
    tx.audit(AuditEntry { action: "renewal.renew", ..Default::default() });
    tx.wake_after_commit(app.feed.changed());
    tx.commit(RenewResponse { renewals: view::renewed(&facts, &paid) }).await
}

fn parse(request: &RenewRequest) -> Result<RenewInput> {
    let mut v = Violations::default();
    let items = parse_items(&mut v, &request.renewal_ids);
    let months = parse_months(&mut v, request.months);
    let paid_on = v.required("paidOn", request.paid_on.as_str(), parse_date);
    let amount = request.amount.clone().unwrap_or_default();
    let amount = v.field("amount", Money::parse(&amount.currency, &amount.amount));
    v.check("amount.currency", amount.is_none_or(|amount| amount.currency == Currency::Vnd), "must be VND");
    let receipt_number = v.required("receiptNumber", request.receipt_number.as_str(), Line::<40>::parse);
    let (items, months, paid_on, amount, receipt_number) =
        v.all((items, months, paid_on, amount, receipt_number))?;
    Ok(RenewInput {
        items,
        months,
        paid_on,
        amount: amount.minor,
        receipt_number: receipt_number.as_str().to_owned(),
    })
}

fn contribution(
    app: &App,
    call: &Call,
    agency: OrganizationId,
    wanted: &RenewInput,
    facts: &Facts,
    quoted: &[Quoted],
    now: DateTime<Utc>,
) -> Result<NewContribution> {
    let renewal = |card: &Quoted| NewRenewal {
        id: RenewalId::new(&app.clock),
        item: card.item,
        participant: card.participant,
        rank: card.rank,
        amount: card.amount,
        from: card.period.from,
        to: card.period.to,
    };
    Ok(NewContribution {
        id: ContributionId::new(&app.clock),
        authority: authority_of(facts)?,
        agency,
        household: facts.cards.first().map(|card| card.household.clone()).unwrap_or_default(),
        receipt_number: wanted.receipt_number.clone(),
        months: wanted.months.cast_signed(),
        paid_on: wanted.paid_on,
        amount: wanted.amount,
        by: call.caller.subject.to_string(),
        at: now,
        renewals: quoted.iter().map(renewal).collect(),
    })
}
