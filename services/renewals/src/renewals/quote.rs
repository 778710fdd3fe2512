//! Say what renewing cards costs, and from when to when they will be good.

use careway_contract::renewals::v1::{QuoteRenewalsRequest, QuoteRenewalsResponse, QuotedCard};
use careway_kernel::{Violations, parse_date};
use careway_service::{Call, Result};

use super::{
    cards::{self, Quoted, parse_items, parse_months, year_of},
    store, view,
};
use crate::{App, agencies::party, organizations::store::get_today};

pub(crate) async fn quote_renewals(
    app: &App,
    call: &Call,
    request: QuoteRenewalsRequest,
) -> Result<QuoteRenewalsResponse> {
    let (organization, now) = (party(call)?.organization(), app.clock.now());
    let mut v = Violations::default();
    let items = parse_items(&mut v, &request.renewal_ids);
    let months = parse_months(&mut v, request.months);
    let paid_on = v.optional("paidOn", request.paid_on.as_str(), parse_date);
    let (items, months, paid_on) = v.all((items, months, paid_on))?;

    let mut reader = app.db.read(call).await?;
    let paid_on = match paid_on {
        Some(day) => day,
        None => get_today(&mut reader, organization, now).await?,
    };
    let facts = store::get_facts(&mut reader, organization, &items, year_of(paid_on), now).await?;
    let quoted = cards::quote(&facts, &items, months, paid_on)?;
    Ok(QuoteRenewalsResponse {
        total: Some(view::dong(quoted.iter().map(|card| card.amount).sum())),
        cards: quoted.iter().map(quoted_card).collect(),
    })
}

fn quoted_card(card: &Quoted) -> QuotedCard {
    QuotedCard {
        renewal_id: card.item.to_string(),
        rank: card.rank.cast_signed(),
        amount: Some(view::dong(card.amount)),
        from: card.period.from.to_string(),
        to: card.period.to.to_string(),
    }
}
