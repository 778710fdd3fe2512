//! Participants as the contract shows them, and what is asked of lists.

use careway_contract::renewals::v1::{
    self as proto,
    list_participants_request::{Contact, Order},
    participant::{PhoneKind, Result as ResultMessage, SmsContact as SmsContactMessage},
};
use careway_kernel::Redacted;
use careway_service::{timestamp, version};

use super::domain::{
    CardPeriod, ContactResult, Participant,
    contact::{PhoneUse, SmsContact},
    filter::{ContactFault, ParticipantOrder},
};

/// A participant as lists have it.
pub(crate) fn participant(participant: &Participant) -> proto::Participant {
    let contacts = &participant.contacts;
    let phone = contacts.phone.as_ref();
    let hidden = |text: &Option<Redacted>| text.as_ref().map(|it| it.expose().to_owned()).unwrap_or_default();
    proto::Participant {
        participant_id: participant.id.to_string(),
        authority_id: participant.authority.to_string(),
        agency_id: participant.agency.to_string(),
        agency_code: participant.agency_code.clone(),
        bhxh_number: participant.bhxh_number.clone(),
        card_code: participant.card_code.clone().unwrap_or_default(),
        citizen_id: hidden(&participant.citizen_id),
        full_name: participant.full_name.as_str().to_owned(),
        birth: participant.birth.clone(),
        address: participant.address.clone(),
        household: participant.household.clone(),
        phone: phone.map(|phone| phone.number.as_e164().to_owned()).unwrap_or_default(),
        phone_kind: phone.map_or(PhoneKind::Unspecified, |phone| phone_kind(phone.kind)).into(),
        phone_confirmed: phone.is_some_and(|phone| phone.confirmed),
        mobile: contacts.mobile.as_ref().map(|mobile| mobile.as_e164().to_owned()).unwrap_or_default(),
        email: contacts.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
        email_suspect: contacts.email_suspect,
        sms_contact: sms_contact(participant.sms_contact).into(),
        contact_differs: participant.contact_differs,
        result: result(participant.result).into(),
        note: hidden(&participant.note),
        last_day: participant.last_day.to_string(),
        card_periods: Vec::new(),
        member_id: participant.member.map(|id| id.to_string()).unwrap_or_default(),
        version: version(participant.version),
        updated_at: Some(timestamp(participant.updated_at)),
    }
}

/// A participant that is read alone.
pub(crate) fn with_periods(of: &Participant, periods: &[CardPeriod]) -> proto::Participant {
    let period = |period: &CardPeriod| proto::CardPeriod {
        from: period.from.to_string(),
        to: period.to.to_string(),
        renewal_id: period.renewal.map(|id| id.to_string()).unwrap_or_default(),
    };
    proto::Participant { card_periods: periods.iter().map(period).collect(), ..participant(of) }
}

fn phone_kind(kind: PhoneUse) -> PhoneKind {
    match kind {
        PhoneUse::Mobile => PhoneKind::MobileNumber,
        PhoneUse::Landline => PhoneKind::LandlineNumber,
        PhoneUse::OldLandline => PhoneKind::OldLandline,
        PhoneUse::Other => PhoneKind::Other,
    }
}

fn sms_contact(contact: SmsContact) -> SmsContactMessage {
    match contact {
        SmsContact::None => SmsContactMessage::None,
        SmsContact::Mobile => SmsContactMessage::Mobile,
        SmsContact::Phone => SmsContactMessage::Phone,
        SmsContact::Landline => SmsContactMessage::Landline,
        SmsContact::Suspect => SmsContactMessage::Suspect,
    }
}

fn result(result: ContactResult) -> ResultMessage {
    match result {
        ContactResult::NotContacted => ResultMessage::NotContacted,
        ContactResult::Contacted => ResultMessage::Contacted,
        ContactResult::Promised => ResultMessage::Promised,
        ContactResult::Renewed => ResultMessage::Renewed,
        ContactResult::Refused => ResultMessage::Refused,
        ContactResult::Moved => ResultMessage::Moved,
        ContactResult::Deceased => ResultMessage::Deceased,
        ContactResult::WrongNumber => ResultMessage::WrongNumber,
    }
}

/// A result that was given.
pub(crate) fn parse_result(given: ResultMessage) -> Option<ContactResult> {
    ContactResult::ALL.into_iter().find(|known| result(*known) == given)
}

pub(crate) fn parse_contact(contact: Contact) -> Option<ContactFault> {
    match contact {
        Contact::Unspecified => None,
        Contact::None => Some(ContactFault::None),
        Contact::Landline => Some(ContactFault::Landline),
        Contact::Suspect => Some(ContactFault::Suspect),
        Contact::Differs => Some(ContactFault::Differs),
    }
}

pub(crate) fn parse_order(order: Order) -> ParticipantOrder {
    match order {
        Order::Unspecified | Order::LastDay => ParticipantOrder::LastDay,
        Order::FamilyName => ParticipantOrder::FamilyName,
        Order::GivenName => ParticipantOrder::GivenName,
        Order::Household => ParticipantOrder::Household,
    }
}
