//! What an agent changes of a participant, and what is remembered of it.

use careway_kernel::{Email, PhoneNumber, Redacted};

use super::{
    ContactResult, Participant,
    contact::{Phone, PhoneUse},
};

/// A field that an agent changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Phone,
    Mobile,
    Email,
    PhoneConfirmed,
    Result,
    Note,
}

impl Field {
    pub(crate) const ALL: [Self; 6] =
        [Self::Phone, Self::Mobile, Self::Email, Self::PhoneConfirmed, Self::Result, Self::Note];

    /// The name in the contract and in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Mobile => "mobile",
            Self::Email => "email",
            Self::PhoneConfirmed => "phone_confirmed",
            Self::Result => "result",
            Self::Note => "note",
        }
    }

    /// The name in JSON.
    pub(crate) const fn json_name(self) -> &'static str {
        match self {
            Self::PhoneConfirmed => "phoneConfirmed",
            field => field.as_str(),
        }
    }

    /// Whether it says how somebody is reached.
    pub(crate) const fn is_contact(self) -> bool {
        matches!(self, Self::Phone | Self::Mobile | Self::Email | Self::PhoneConfirmed)
    }
}

/// What is to be changed; what is not given stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes {
    pub(crate) phone: Option<Option<Phone>>,
    pub(crate) mobile: Option<Option<PhoneNumber>>,
    pub(crate) email: Option<Option<Email>>,
    pub(crate) phone_confirmed: Option<bool>,
    pub(crate) result: Option<ContactResult>,
    pub(crate) note: Option<Option<Redacted>>,
}

/// What was changed; nothing prints what it was.
#[derive(Debug, Clone)]
pub(crate) struct FieldChange {
    pub(crate) field: Field,
    pub(crate) before: Option<Redacted>,
    pub(crate) after: Option<Redacted>,
}

/// Only a phone that looks like a landline of before 2017 is to be confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be of a phone that looks like a landline of before 2017")]
pub(crate) struct NothingToConfirm;

impl Participant {
    /// The participant after the changes, and what differs; as it was where nothing does.
    pub(crate) fn change(&self, changes: Changes) -> Result<(Self, Vec<FieldChange>), NothingToConfirm> {
        let mut after = self.clone();
        let contacts = &mut after.contacts;
        if let Some(phone) = changes.phone
            && number(&phone) != number(&contacts.phone)
        {
            contacts.phone = phone;
        }
        if let Some(confirmed) = changes.phone_confirmed {
            match &mut contacts.phone {
                Some(phone) if phone.kind == PhoneUse::OldLandline => phone.confirmed = confirmed,
                _ if confirmed => return Err(NothingToConfirm),
                _ => {}
            }
        }
        contacts.mobile = changes.mobile.unwrap_or_else(|| contacts.mobile.take());
        contacts.email = changes.email.unwrap_or_else(|| contacts.email.take());
        after.result = changes.result.unwrap_or(after.result);
        after.note = changes.note.unwrap_or(after.note);
        // What did not reach one number or address says nothing of another.
        if after.sms_number() != self.sms_number() {
            after.contacts.mobile_suspect = false;
        }
        if after.contacts.email != self.contacts.email {
            after.contacts.email_suspect = false;
        }
        let differing = self.differing(&after);
        if !differing.is_empty() {
            after.version += 1;
        }
        Ok((after, differing))
    }

    /// The number that messages go to, or would.
    fn sms_number(&self) -> Option<&PhoneNumber> {
        self.contacts.mobile.as_ref().or(number(&self.contacts.phone))
    }

    fn differing(&self, after: &Self) -> Vec<FieldChange> {
        let differing = Field::ALL.into_iter().filter_map(|field| {
            let (before, after) = (self.text(field), after.text(field));
            (before != after).then(|| FieldChange {
                field,
                before: before.map(Redacted::new),
                after: after.map(Redacted::new),
            })
        });
        differing.collect()
    }

    /// The field as it is remembered; none for nothing.
    fn text(&self, field: Field) -> Option<&str> {
        Some(match field {
            Field::Phone => number(&self.contacts.phone)?.as_e164(),
            Field::Mobile => self.contacts.mobile.as_ref()?.as_e164(),
            Field::Email => self.contacts.email.as_ref()?.as_str(),
            Field::PhoneConfirmed => {
                self.contacts.phone.as_ref().filter(|phone| phone.confirmed).map(|_| "true")?
            }
            Field::Result => self.result.as_str(),
            Field::Note => self.note.as_ref()?.expose(),
        })
    }
}

fn number(phone: &Option<Phone>) -> Option<&PhoneNumber> {
    phone.as_ref().map(|phone| &phone.number)
}
