//! Whether a reminder is still sent, decided when its message is taken for sending: between planning and sending people
//! renew, refuse, move and die.

use chrono::NaiveDate;

use super::{State, steps::true_until};
use crate::participants::domain::ContactResult;

/// Why a reminder is not sent, for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suppression {
    OptedOut,
    Renewed,
    /// The card is not, or not any more, on the agency's list.
    NotInList,
    NoContact,
    /// Messages to this contact were not delivered.
    Suspect,
    /// A later step has taken its place.
    Superseded,
    /// Another reminder of the same step.
    Duplicate,
    PersonGone,
    /// Its words are not true any more.
    TooLate,
    /// The campaign was cancelled.
    Cancelled,
    /// The words need a value that is missing.
    ValueMissing,
    ValueNotPlainText,
}

impl Suppression {
    pub(crate) const ALL: [Self; 12] = [
        Self::OptedOut,
        Self::Renewed,
        Self::NotInList,
        Self::NoContact,
        Self::Suspect,
        Self::Superseded,
        Self::Duplicate,
        Self::PersonGone,
        Self::TooLate,
        Self::Cancelled,
        Self::ValueMissing,
        Self::ValueNotPlainText,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::OptedOut => "OPTED_OUT",
            Self::Renewed => "RENEWED",
            Self::NotInList => "NOT_IN_LIST",
            Self::NoContact => "NO_CONTACT",
            Self::Suspect => "SUSPECT",
            Self::Superseded => "SUPERSEDED",
            Self::Duplicate => "DUPLICATE",
            Self::PersonGone => "PERSON_GONE",
            Self::TooLate => "TOO_LATE",
            Self::Cancelled => "CANCELLED",
            Self::ValueMissing => "VALUE_MISSING",
            Self::ValueNotPlainText => "VALUE_NOT_PLAIN_TEXT",
        }
    }

    /// Reads [`Suppression::as_str`].
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}

/// Whether somebody can be reached by a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reachable {
    Yes,
    No,
    Suspect,
}

impl Reachable {
    /// By what the participant's row says of the contact, and an agent of the number.
    pub(crate) const fn of(contact: Contact, result: ContactResult) -> Self {
        match contact {
            Contact::Mobile | Contact::Phone if matches!(result, ContactResult::WrongNumber) => Self::Suspect,
            Contact::Mobile | Contact::Phone | Contact::Email => Self::Yes,
            Contact::Suspect => Self::Suspect,
            Contact::None | Contact::Landline => Self::No,
        }
    }
}

/// What a participant's row says of the contact that a channel goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contact {
    None,
    Mobile,
    Phone,
    Landline,
    Email,
    Suspect,
}

impl Contact {
    pub(crate) const ALL: [Self; 6] =
        [Self::None, Self::Mobile, Self::Phone, Self::Landline, Self::Email, Self::Suspect];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Mobile => "MOBILE",
            Self::Phone => "PHONE",
            Self::Landline => "LANDLINE",
            Self::Email => "EMAIL",
            Self::Suspect => "SUSPECT",
        }
    }
}

/// No kind of contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no kind of contact")]
pub(crate) struct UnknownContact;

impl TryFrom<String> for Contact {
    type Error = UnknownContact;

    fn try_from(text: String) -> Result<Self, UnknownContact> {
        Self::ALL.into_iter().find(|contact| contact.as_str() == text).ok_or(UnknownContact)
    }
}

/// What is so of a recipient now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) campaign: State,
    pub(crate) step: i32,
    /// The last day of the card that it is about, and the day it is where the agency is.
    pub(crate) last_day: NaiveDate,
    pub(crate) today: NaiveDate,
    /// Moved or deceased.
    pub(crate) gone: bool,
    /// The card of this last day was renewed, or a later one came.
    pub(crate) renewed: bool,
    /// The agency has the participant, and the list has the card.
    pub(crate) in_list: bool,
    pub(crate) opted_out: bool,
    pub(crate) reachable: Reachable,
    /// This recipient is the one of its step.
    pub(crate) first_of_step: bool,
    /// A later step was planned for this card.
    pub(crate) later_step: bool,
}

/// Why it is not sent; the most telling reason of several.
pub(crate) fn suppression(facts: &Facts) -> Option<Suppression> {
    let when = |holds: bool, reason| holds.then_some(reason);
    when(facts.campaign == State::Cancelled, Suppression::Cancelled)
        .or_else(|| when(facts.gone, Suppression::PersonGone))
        .or_else(|| when(facts.renewed, Suppression::Renewed))
        .or_else(|| when(!facts.in_list, Suppression::NotInList))
        .or_else(|| when(facts.today > true_until(facts.step, facts.last_day), Suppression::TooLate))
        .or_else(|| when(facts.later_step, Suppression::Superseded))
        .or_else(|| when(!facts.first_of_step, Suppression::Duplicate))
        .or_else(|| when(facts.opted_out, Suppression::OptedOut))
        .or(match facts.reachable {
            Reachable::Yes => None,
            Reachable::No => Some(Suppression::NoContact),
            Reachable::Suspect => Some(Suppression::Suspect),
        })
}
