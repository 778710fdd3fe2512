//! Renewals as the contract shows them.

use careway_contract::{
    renewals::v1::{self as proto, contribution::Cover, renewal::State, watch_renewals_response},
    types::v1::Money,
};
use careway_service::{timestamp, version};

use super::{
    domain::{self, DueState, ListReach, RenewalChange, days_left},
    store::{Facts, LockedCard, Mismatch, NewContribution, NewRenewal, Paid, RenewalRow},
};
use crate::{participants::domain::ContactResult, renewal_settings::domain::RenewalSettings};

/// Contributions are in dong.
const CURRENCY: &str = "VND";

/// A renewal.
pub(super) fn renewal(row: &RenewalRow) -> proto::Renewal {
    let left = days_left(row.today, row.last_day);
    let default = RenewalSettings::default();
    let reach = ListReach {
        window_days: row.window_days.unwrap_or(default.window_days),
        lapsed_days: row.lapsed_days.unwrap_or(default.lapsed_days),
    };
    let state = match reach.state_of(left) {
        _ if row.paid.is_some() => State::Renewed,
        DueState::Due => State::Due,
        DueState::Lapsed => State::Lapsed,
        DueState::NotYet | DueState::Gone => State::NotListed,
    };
    proto::Renewal {
        renewal_id: row.item.to_string(),
        state: state.into(),
        participant_id: row.participant.to_string(),
        bhxh_number: row.bhxh_number.clone(),
        full_name: row.full_name.clone(),
        household: row.household.clone(),
        agency_id: row.agency.to_string(),
        last_day: row.last_day.to_string(),
        days_left: i32::try_from(left).unwrap_or(if left < 0 { i32::MIN } else { i32::MAX }),
        contribution: row.paid.as_ref().map(contribution),
        version: version(row.version),
        result: row.result.as_str().to_owned(),
    }
}

fn contribution(paid: &Paid) -> proto::Contribution {
    proto::Contribution {
        contribution_id: paid.contribution.to_string(),
        receipt_number: paid.receipt_number.clone(),
        paid_on: paid.paid_on.to_string(),
        months: paid.months,
        rank: paid.rank,
        amount: Some(dong(paid.amount)),
        from: paid.from.to_string(),
        to: paid.to.to_string(),
        cover: match paid.cover {
            domain::Cover::Covered => Cover::Covered,
            domain::Cover::NotCovered => Cover::NotCovered,
            domain::Cover::Pending => Cover::Pending,
        }
        .into(),
        cover_reason: paid.cover_reason.clone().unwrap_or_default(),
        coverage_id: paid.coverage.map(|id| id.to_string()).unwrap_or_default(),
        renewed_at: Some(timestamp(paid.renewed_at)),
    }
}

/// What happened.
pub(super) const fn change(change: RenewalChange) -> watch_renewals_response::Change {
    use watch_renewals_response::Change;
    match change {
        RenewalChange::Renewed => Change::Renewed,
        RenewalChange::Undone => Change::Undone,
        RenewalChange::Covered => Change::Covered,
        RenewalChange::NotCovered => Change::NotCovered,
    }
}

/// The cards of a payment, renewed by it.
pub(super) fn renewed(facts: &Facts, paid: &NewContribution) -> Vec<proto::Renewal> {
    let renewed = |(card, renewal): (&LockedCard, &NewRenewal)| {
        let paid = Paid {
            contribution: paid.id.uuid(),
            receipt_number: paid.receipt_number.clone(),
            paid_on: paid.paid_on,
            months: paid.months,
            rank: renewal.rank.cast_signed(),
            amount: renewal.amount,
            from: renewal.from,
            to: renewal.to,
            cover: domain::Cover::Pending,
            cover_reason: None,
            coverage: None,
            renewed_at: paid.at,
        };
        self::renewal(&facts.changed(card, ContactResult::Renewed, Some(paid)))
    };
    facts.cards.iter().zip(&paid.renewals).map(renewed).collect()
}

/// An amount in dong.
pub(super) fn dong(amount: i64) -> Money {
    Money { currency: CURRENCY.to_owned(), amount: amount.to_string() }
}

/// Renewal data that are no renewal, and what is missing: the participant, this agency's having it, or the same last day.
pub(super) fn mismatch(mismatch: &Mismatch) -> proto::Mismatch {
    use proto::mismatch::Reason;
    let reason = match mismatch.has_agency_id {
        None => Reason::NoParticipant,
        Some(agency) if agency != mismatch.agency_id => Reason::OtherAgency,
        Some(_) => Reason::LastDayDiffers,
    };
    proto::Mismatch {
        renewal_id: mismatch.renewal_item_id.to_string(),
        reason: reason.into(),
        bhxh_number: mismatch.bhxh_number.clone(),
        agency_id: mismatch.agency_id.to_string(),
        agency_code: mismatch.agency_code.clone(),
        last_day: mismatch.last_day.to_string(),
        participant_id: mismatch.participant_id.map(|id| id.to_string()).unwrap_or_default(),
    }
}
