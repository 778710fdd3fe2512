//! Rows on their way into the database: what contacts are found by, and what is sealed of them.

use careway_kernel::{id_at, text::fold};
use careway_service::Result;
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::{
    contact_keys::{Column, ContactKeys},
    imports::domain::{ContactKind, Decision, KnownParticipant, ListedParticipant, SaidOfContacts, Sealable},
    participants::domain::name::given_name_first,
};

/// A participant that is known, and its contacts as they are sealed.
pub(super) struct Locked {
    pub(super) known: KnownParticipant,
    /// Phone, mobile, e-mail.
    pub(super) contacts: [Option<Vec<u8>>; 3],
}

/// What a row's person and contacts are found by.
pub(super) struct Found {
    pub(super) citizen_id: Sealable,
    /// Phone, mobile, e-mail.
    pub(super) contacts: [Sealable; 3],
}

/// A participant as a list has it.
pub(super) struct Written {
    pub(super) id: Uuid,
    pub(super) listed: ListedParticipant,
    pub(super) folded_name: String,
    pub(super) given_name_first: String,
    pub(super) citizen_id: Option<Vec<u8>>,
    /// Sealed: phone, mobile, e-mail.
    pub(super) contacts: [Option<Vec<u8>>; 3],
    pub(super) found: Found,
    /// Of a known participant: which contacts are now what the list says.
    pub(super) replaced: [bool; 3],
    pub(super) said: SaidOfContacts,
    pub(super) last_day: NaiveDate,
}

/// A contact of a participant that the list's took the place of.
pub(super) struct Replaced {
    pub(super) id: Uuid,
    pub(super) participant: Uuid,
    pub(super) kind: ContactKind,
    /// Sealed.
    pub(super) before: Option<Vec<u8>>,
    /// Sealed.
    pub(super) after: Option<Vec<u8>>,
}

/// What a batch writes.
#[derive(Default)]
pub(super) struct Prepared {
    pub(super) created: Vec<Written>,
    pub(super) updated: Vec<Written>,
    pub(super) replaced: Vec<Replaced>,
    /// Periods that are gone: the participant, and the first day.
    pub(super) gone: Vec<(Uuid, NaiveDate)>,
    pub(super) periods: Vec<(Uuid, NaiveDate, NaiveDate)>,
}

impl Found {
    pub(super) fn of(keys: &ContactKeys, listed: &ListedParticipant) -> Self {
        let index = |text: &str| keys.index(text).to_vec();
        Self {
            citizen_id: listed.citizen_id.as_deref().map(index),
            contacts: contacts(listed).map(|contact| contact.map(index)),
        }
    }
}

impl Prepared {
    /// Adds what a row comes to.
    pub(super) fn add(
        &mut self,
        keys: &ContactKeys,
        now: DateTime<Utc>,
        listed: &ListedParticipant,
        known: Option<&Locked>,
        found: Found,
        decision: Decision,
    ) -> Result<()> {
        match (decision, known) {
            (Decision::Update(change), Some(known)) => {
                for (at, kind) in ContactKind::ALL.into_iter().enumerate() {
                    // The first word of a contact takes the place of nothing.
                    if change.replaced[at] && known.contacts[at].is_some() {
                        self.replaced.push(replaced(keys, now, known, kind, listed)?);
                    }
                }
                let id = known.known.id;
                self.gone.extend(change.periods.gone.iter().map(|from| (id, *from)));
                self.periods.extend(change.periods.new.map(|(from, to)| (id, from, to)));
                let written = Written::of(keys, id, listed, found, change.periods.last_day)?;
                self.updated.push(Written { replaced: change.replaced, said: change.said, ..written });
            }
            (Decision::Create, _) => {
                let id = id_at(now);
                self.periods.push((id, listed.card_from, listed.card_to));
                self.created.push(Written::of(keys, id, listed, found, listed.card_to)?);
            }
            _ => {}
        }
        Ok(())
    }
}

impl Written {
    fn of(
        keys: &ContactKeys,
        id: Uuid,
        listed: &ListedParticipant,
        found: Found,
        last_day: NaiveDate,
    ) -> Result<Self> {
        let seal = |column, text: Option<&str>| text.map(|text| keys.seal(column, id, text)).transpose();
        let [phone, mobile, email] = contacts(listed);
        Ok(Self {
            id,
            folded_name: fold(&listed.full_name),
            given_name_first: given_name_first(&listed.full_name),
            citizen_id: seal(Column::CitizenId, listed.citizen_id.as_deref())?,
            contacts: [
                seal(Column::Phone, phone)?,
                seal(Column::Mobile, mobile)?,
                seal(Column::Email, email)?,
            ],
            found,
            replaced: [true; 3],
            said: SaidOfContacts::default(),
            last_day,
            listed: listed.clone(),
        })
    }
}

fn replaced(
    keys: &ContactKeys,
    now: DateTime<Utc>,
    known: &Locked,
    kind: ContactKind,
    listed: &ListedParticipant,
) -> Result<Replaced> {
    let (id, participant) = (id_at(now), known.known.id);
    let column = match kind {
        ContactKind::Phone => Column::Phone,
        ContactKind::Mobile => Column::Mobile,
        ContactKind::Email => Column::Email,
    };
    let before = known.contacts[kind as usize].as_deref();
    let before = before.map(|sealed| keys.open(column, participant, sealed)).transpose()?;
    let before = before.map(|text| keys.seal(Column::Before, id, &text)).transpose()?;
    let after = contacts(listed)[kind as usize];
    let after = after.map(|text| keys.seal(Column::After, id, text)).transpose()?;
    Ok(Replaced { id, participant, kind, before, after })
}

/// Phone, mobile, e-mail.
fn contacts(listed: &ListedParticipant) -> [Option<&str>; 3] {
    let phone = listed.phone.as_ref().map(|phone| phone.e164.as_str());
    [phone, listed.mobile.as_deref(), listed.email.as_deref()]
}
