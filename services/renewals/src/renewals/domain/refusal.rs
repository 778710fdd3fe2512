//! Why renewals say no.

use careway_kernel::RenewalItemId;

/// Why renewals say no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RenewalRefusal {
    /// With the renewal that was renewed.
    #[error("The card was renewed already.")]
    RenewedAlready(RenewalItemId),
    /// With the first day on which it may be paid.
    #[error("The card is good for more than {days} days on the day of payment.")]
    TooEarly { item: RenewalItemId, days: i64 },
    #[error("The cards are not of one household.")]
    SeveralHouseholds,
    /// With what it costs, in dong.
    #[error("The cards cost {0} VND.")]
    AmountDiffers(i64),
    #[error("The receipt number was used already.")]
    ReceiptUsed,
    /// With what is offered.
    #[error("The authority does not offer so many months.")]
    MonthsNotOffered(Vec<u32>),
    /// With the renewal.
    #[error("The participant is noted as moved or deceased.")]
    PersonGone(RenewalItemId),
    #[error("The authority has set no base salary for the day of payment.")]
    BaseSalaryUnknown,
    #[error("The card is not renewed.")]
    NotRenewed,
    /// After so many days.
    #[error("The renewal is older than {0} days.")]
    UndoTooLate(i64),
    #[error("The card was renewed once more after it.")]
    RenewedAgain,
}
