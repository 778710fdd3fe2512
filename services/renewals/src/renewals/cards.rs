//! What quotes and payments have in common: the cards that are asked for, and what each costs and gives.

use careway_kernel::{OrganizationId, ParticipantId, RenewalItemId, Violations};
use careway_service::{Error, Result};
use chrono::{Datelike, NaiveDate};

use super::{
    domain::{Card, Period, RenewalRefusal, amount, check_cards, ranks, renewed_period},
    store::{Facts, LockedCard},
};

/// Cards renewed together, at most.
const MOST: usize = 20;

/// What one card costs, and what it gives.
#[derive(Debug, Clone)]
pub(super) struct Quoted {
    pub(super) item: RenewalItemId,
    pub(super) participant: ParticipantId,
    pub(super) rank: u32,
    pub(super) amount: i64,
    pub(super) period: Period,
}

/// Reads which renewals are meant.
pub(super) fn parse_items(v: &mut Violations, ids: &[String]) -> Option<Vec<RenewalItemId>> {
    v.check("renewalIds", (1..=MOST).contains(&ids.len()), "must be 1 to 20 renewals");
    let mut items = Vec::with_capacity(ids.len().min(MOST));
    for (place, id) in ids.iter().take(MOST).enumerate() {
        let field = format!("renewalIds[{place}]");
        match RenewalItemId::parse(id) {
            Ok(item) if items.contains(&item) => v.add(&field, "is given twice"),
            Ok(item) => items.push(item),
            Err(error) => v.add(&field, error),
        }
    }
    (items.len() == ids.len()).then_some(items)
}

/// Reads for how many months is paid.
pub(super) fn parse_months(v: &mut Violations, months: i32) -> Option<u32> {
    let read = u32::try_from(months).ok().filter(|months| (1..=60).contains(months));
    v.check("months", read.is_some(), "must be 1 to 60");
    read
}

/// The first and the last day of a payment's year, in which ranks are counted.
pub(super) fn year_of(paid_on: NaiveDate) -> (NaiveDate, NaiveDate) {
    let day = |month, day| NaiveDate::from_ymd_opt(paid_on.year(), month, day).unwrap_or(paid_on);
    (day(1, 1), day(12, 31))
}

/// What the cards cost, each at its rank, and from when to when they will be good.
pub(super) fn quote(
    facts: &Facts,
    asked: &[RenewalItemId],
    months: u32,
    paid_on: NaiveDate,
) -> Result<Vec<Quoted>> {
    if facts.cards.len() < asked.len() {
        return Err(Error::not_found("renewal"));
    }
    let settings = facts.settings.clone().unwrap_or_default();
    let cards: Vec<Card> = facts.cards.iter().map(card).collect();
    check_cards(&cards, paid_on, settings.earliest_days.into())?;
    let rates = settings.at(paid_on).ok_or(RenewalRefusal::BaseSalaryUnknown)?;
    if !rates.months.iter().any(|offered| offered.unsigned_abs() == months) {
        let offered = rates.months.iter().map(|months| months.unsigned_abs()).collect();
        return Err(RenewalRefusal::MonthsNotOffered(offered).into());
    }
    let before: Vec<(ParticipantId, u32)> =
        facts.payers.iter().map(|payer| (ParticipantId::from_uuid(payer.participant), payer.rank)).collect();
    let payers: Vec<ParticipantId> = cards.iter().map(|card| card.participant).collect();
    let (gap, waiting) = (rates.gap_days.unsigned_abs(), rates.waiting_days.unsigned_abs());
    let beyond = || Error::internal(anyhow::anyhow!("an amount or a day beyond all bounds"));
    let quoted = |(card, rank): (&Card, u32)| {
        Ok(Quoted {
            item: card.item,
            participant: card.participant,
            rank,
            amount: amount(rates.base_salary, rates.percent, months, &rates.ladder, rank)
                .ok_or_else(beyond)?,
            period: renewed_period(card.last_day, paid_on, months, gap, waiting).ok_or_else(beyond)?,
        })
    };
    cards.iter().zip(ranks(&before, &payers)).map(quoted).collect()
}

fn card(locked: &LockedCard) -> Card {
    Card {
        item: RenewalItemId::from_uuid(locked.renewal_item_id),
        participant: ParticipantId::from_uuid(locked.participant_id),
        authority: OrganizationId::from_uuid(locked.authority_id),
        household: locked.household.clone(),
        last_day: locked.last_day,
        renewed: locked.renewed,
        gone: locked.result.is_gone(),
    }
}

/// Whose the cards are.
pub(super) fn authority_of(facts: &Facts) -> Result<OrganizationId> {
    let first = facts.cards.first().ok_or(Error::not_found("renewal"))?;
    Ok(OrganizationId::from_uuid(first.authority_id))
}
