//! Edit many prices at once, or show what that would come to: all rows or none.

use careway_contract::channels::v1::{
    EditPricesRequest, EditPricesResponse, edit_prices_request as given, rounding,
};
use careway_kernel::{Currency, OrganizationId, ServiceId, Violations};
use careway_service::{AuditEntry, Call, Keyed, Transaction};

use super::{
    domain::{Edit, Rounding, RoundingMode, parse_amount, parse_percent},
    edited::{Edited, RefusedRows},
    store::{self, NewPrice},
    view,
};
use crate::App;

/// Examinations of a provider.
const MOST_SERVICES: usize = 2000;

/// Rows told in a refusal: it travels in a header. A preview tells all.
const MOST_TOLD: usize = 100;

pub(crate) async fn edit_prices(
    app: &App,
    call: &Call,
    request: EditPricesRequest,
) -> Keyed<EditPricesResponse> {
    let provider = call.caller.facility()?;
    let mut v = Violations::default();
    let channel = v.optional("channelId", request.channel_id.as_str(), OrganizationId::parse);
    v.check("serviceIds", request.service_ids.len() <= MOST_SERVICES, "must be at most 2000");
    let services = v.each("serviceIds", &request.service_ids, |v, id| v.field("", ServiceId::parse(id)));
    let currency = v.optional("currency", request.currency.as_str(), Currency::parse);

    let mut tx = app.db.begin(call).await?;
    let currency = currency_of(&mut tx, &mut v, provider, channel.flatten(), currency.flatten()).await?;
    let edit = currency.and_then(|currency| edit(&mut v, currency, &request));
    let rounding = currency.and_then(|currency| rounding_of(&mut v, currency, &request));
    let (channel, services, edit, rounding) = v.all((channel, services, edit, rounding))?;

    let current = store::lock_prices(&mut tx, provider, channel, &services).await?;
    let mut v = Violations::default();
    v.check(
        "serviceIds",
        services.iter().all(|service| current.iter().any(|row| row.service == *service)),
        "must name examinations of your own",
    );
    v.finish()?;
    let edited: Vec<_> = current
        .into_iter()
        .map(|current| Edited { after: edit.apply(current.price, current.base, rounding), current })
        .collect();
    if !request.preview {
        keep(&mut tx, call, provider, channel, &edited).await?;
        tx.audit(AuditEntry { action: "prices.edit", ..Default::default() });
        tx.wake_after_commit(app.offer_changed.clone());
    }
    let prices = edited.iter().map(view::edited).collect();
    tx.commit(EditPricesResponse { prices, kept: !request.preview }).await
}

/// The currency of the edit's amounts: a channel's list has that of the contract.
async fn currency_of(
    tx: &mut Transaction,
    v: &mut Violations,
    provider: OrganizationId,
    channel: Option<OrganizationId>,
    asked: Option<Currency>,
) -> careway_service::Result<Option<Currency>> {
    let Some(channel) = channel else { return Ok(v.present("currency", asked)) };
    let agreed = store::find_currency(tx, provider, channel).await?;
    v.check("channelId", agreed.is_some(), "must be a channel that you have a contract with");
    let same = asked.is_none() || agreed.is_none() || asked == agreed;
    v.check("currency", same, "must be that of the contract");
    Ok(agreed)
}

fn edit(v: &mut Violations, currency: Currency, request: &EditPricesRequest) -> Option<Edit> {
    match v.present("edit", request.edit.as_ref())? {
        given::Edit::Set(amount) => v.field("set", parse_amount(currency, amount)).map(Edit::Set),
        given::Edit::Add(amount) => v.field("add", parse_amount(currency, amount)).map(Edit::Add),
        given::Edit::Percent(percent) => v.field("percent", parse_percent(percent)).map(Edit::Percent),
        given::Edit::CopyFromBase(copy) => {
            v.check("copyFromBase", *copy, "must be true");
            Some(Edit::CopyFromBase)
        }
        given::Edit::Remove(remove) => {
            v.check("remove", *remove, "must be true");
            Some(Edit::Remove)
        }
    }
}

fn rounding_of(v: &mut Violations, currency: Currency, request: &EditPricesRequest) -> Option<Rounding> {
    let Some(asked) = &request.rounding else { return Some(Rounding::MINOR) };
    let mode = match asked.mode() {
        rounding::Mode::Unspecified | rounding::Mode::HalfUp => RoundingMode::HalfUp,
        rounding::Mode::Up => RoundingMode::Up,
        rounding::Mode::Down => RoundingMode::Down,
    };
    v.field("rounding.to", parse_amount(currency, &asked.to).and_then(|to| Rounding::to(to, mode)))
}

/// Keeps the prices that changed; none when one of them cannot be.
async fn keep(
    tx: &mut Transaction,
    call: &Call,
    provider: OrganizationId,
    channel: Option<OrganizationId>,
    edited: &[Edited],
) -> Keyed<()> {
    let refused = edited.iter().filter_map(|row| {
        let refusal = row.after.as_ref().err()?;
        Some(format!("{}:{}", row.current.service, refusal.code()))
    });
    let refused = refused.take(MOST_TOLD).collect::<Vec<_>>();
    if !refused.is_empty() {
        return Err(RefusedRows(refused.join(" ")).into());
    }
    let changed: Vec<_> = edited
        .iter()
        .filter_map(|row| {
            let after = *row.after.as_ref().ok()?;
            (after != row.current.price).then_some(NewPrice { service: row.current.service, price: after })
        })
        .collect();
    let (now, by) = (tx.now(), call.caller.subject.to_string());
    store::insert_prices(tx, provider, channel, &changed, &by, now).await?;
    Ok(())
}
