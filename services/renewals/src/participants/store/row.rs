//! A participant's row, and what is sealed in it.

use careway_kernel::{Email, MemberId, Names, OrganizationId, ParticipantId, PhoneNumber, Redacted};
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::super::domain::{
    ContactResult, Contacts, Participant,
    contact::{Phone, PhoneUse, SmsContact},
};
use crate::contact_keys::{Column, ContactKeys};

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    participant_id: Uuid,
    authority_id: Uuid,
    agency_id: Uuid,
    agency_code: String,
    bhxh_number: String,
    card_code: Option<String>,
    citizen_id: Option<Vec<u8>>,
    full_name: String,
    birth: String,
    address: String,
    household: String,
    phone: Option<Vec<u8>>,
    phone_kind: Option<String>,
    phone_confirmed: bool,
    mobile: Option<Vec<u8>>,
    mobile_suspect: bool,
    email: Option<Vec<u8>>,
    email_suspect: bool,
    sms_contact: String,
    contact_differs: bool,
    result: String,
    note: Option<Vec<u8>>,
    last_day: NaiveDate,
    version: i64,
    updated_at: DateTime<Utc>,
    member_id: Option<Uuid>,
    /// The agency's.
    pub(super) country: String,
}

/// Participants with their agency's code and country, and the member that each is where the caller may know.
macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "select p.participant_id, p.authority_id, p.agency_id, a.code as agency_code, p.bhxh_number, p.card_code,
                p.citizen_id, p.full_name, p.birth, p.address, p.household, p.phone, p.phone_kind, p.phone_confirmed,
                p.mobile, p.mobile_suspect, p.email, p.email_suspect, p.sms_contact, p.contact_differs, p.result, p.note,
                p.last_day, p.version, p.updated_at,
                (select m.member_id from member_ref m
                 where m.payer_id = p.authority_id and m.member_number = p.bhxh_number
                 order by m.member_id desc limit 1) as member_id,
                coalesce((select o.country from organization_ref o where o.organization_id = p.agency_id), 'VN')
                    as country
             from participant p
             join agency a on a.authority_id = p.authority_id and a.agency_id = p.agency_id ",
            $rest
        )
    };
}
pub(super) use columns;

impl Row {
    /// The participant, with what was sealed opened.
    pub(super) fn open(self, keys: &ContactKeys) -> Result<Participant> {
        let id = self.participant_id;
        let open = |column, sealed: &Option<Vec<u8>>| {
            sealed.as_ref().map(|sealed| keys.open(column, id, sealed)).transpose()
        };
        let number = |column, sealed| -> Result<Option<PhoneNumber>> {
            let opened = open(column, sealed)?;
            opened.map(|e164| PhoneNumber::from_e164(&e164).map_err(Error::internal)).transpose()
        };
        let kind = self.phone_kind.as_deref();
        let kind = kind.map(|kind| one_of("participant.phone_kind", kind, &PhoneUse::ALL, PhoneUse::as_str));
        let confirmed = self.phone_confirmed;
        let phone = number(Column::Phone, &self.phone)?.zip(kind.transpose()?);
        let email = open(Column::Email, &self.email)?;
        let contacts = Contacts {
            phone: phone.map(|(number, kind)| Phone { number, kind, confirmed }),
            mobile: number(Column::Mobile, &self.mobile)?,
            email: email.map(|email| Email::parse(&email).map_err(Error::internal)).transpose()?,
            mobile_suspect: self.mobile_suspect,
            email_suspect: self.email_suspect,
        };
        Ok(Participant {
            id: ParticipantId::from_uuid(id),
            authority: OrganizationId::from_uuid(self.authority_id),
            agency: OrganizationId::from_uuid(self.agency_id),
            agency_code: self.agency_code,
            bhxh_number: self.bhxh_number,
            card_code: self.card_code,
            citizen_id: open(Column::CitizenId, &self.citizen_id)?.map(Redacted::new),
            full_name: Names::parse(&self.full_name).map_err(Error::internal)?,
            birth: self.birth,
            address: self.address,
            household: self.household,
            contacts,
            sms_contact: one_of(
                "participant.sms_contact",
                &self.sms_contact,
                &SmsContact::ALL,
                SmsContact::as_str,
            )?,
            contact_differs: self.contact_differs,
            result: one_of("participant.result", &self.result, &ContactResult::ALL, ContactResult::as_str)?,
            note: open(Column::Note, &self.note)?.map(Redacted::new),
            last_day: self.last_day,
            member: self.member_id.map(MemberId::from_uuid),
            version: self.version,
            updated_at: self.updated_at,
        })
    }
}
