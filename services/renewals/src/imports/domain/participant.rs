//! A listed person against the participant that is known: what is new, what changes, and whose word on a contact stands.

use careway_kernel::OrganizationId;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{KnownPeriod, PeriodChange, RowRefusal};

/// What a row says of a person. Debug shows nothing of it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct ListedParticipant {
    pub(crate) bhxh_number: String,
    pub(crate) card_code: Option<String>,
    pub(crate) citizen_id: Option<String>,
    pub(crate) full_name: String,
    pub(crate) birth: String,
    pub(crate) address: String,
    pub(crate) household: String,
    pub(crate) phone: Option<ListedPhone>,
    pub(crate) mobile: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) card_from: NaiveDate,
    pub(crate) card_to: NaiveDate,
    pub(crate) agency: OrganizationId,
}

/// A phone that may be a landline, and of which kind it is kept.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct ListedPhone {
    pub(crate) e164: String,
    pub(crate) kind: String,
}

impl std::fmt::Debug for ListedParticipant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("•••")
    }
}

/// What a person can be reached by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContactKind {
    Phone,
    Mobile,
    Email,
}

impl ContactKind {
    pub(crate) const ALL: [Self; 3] = [Self::Phone, Self::Mobile, Self::Email];
}

/// What a contact is found by: the keyed hash.
pub(crate) type Sealable = Option<Vec<u8>>;

/// A contact as it is known, by what it is found by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Contact {
    /// What the authority's last list had.
    pub(crate) given: Sealable,
    /// What is kept: the agent may have changed it since.
    pub(crate) held: Sealable,
}

/// A participant as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownParticipant {
    pub(crate) id: Uuid,
    pub(crate) agency: OrganizationId,
    pub(crate) card_code: Option<String>,
    pub(crate) citizen_id: Sealable,
    pub(crate) full_name: String,
    pub(crate) birth: String,
    pub(crate) address: String,
    pub(crate) household: String,
    /// Phone, mobile, e-mail.
    pub(crate) contacts: [Contact; 3],
    pub(crate) said: SaidOfContacts,
    pub(crate) periods: Vec<KnownPeriod>,
}

/// What was found out of a participant's contacts since the authority gave them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SaidOfContacts {
    /// An agent says that the phone receives SMS although it looks like a landline of before 2017.
    pub(crate) phone_confirmed: bool,
    /// Messages did not reach the number that they go to.
    pub(crate) mobile_suspect: bool,
    pub(crate) email_suspect: bool,
}

/// What a row changes of a participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ParticipantChange {
    /// Of phone, mobile and e-mail, which are now what the list says.
    pub(crate) replaced: [bool; 3],
    /// What is still so of the contacts.
    pub(crate) said: SaidOfContacts,
    pub(crate) periods: PeriodChange,
}

/// What is to be done about a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    Create,
    Update(ParticipantChange),
    Unchanged,
}

impl ListedParticipant {
    /// Decides about a row. `citizen_id` and `contacts` are what the row's are found by.
    pub(crate) fn decide(
        &self,
        known: Option<&KnownParticipant>,
        citizen_id: &Sealable,
        contacts: &[Sealable; 3],
    ) -> Result<Decision, RowRefusal> {
        let Some(known) = known else { return Ok(Decision::Create) };
        let periods = PeriodChange::by(&known.periods, (self.card_from, self.card_to))?;
        let replaced = [0, 1, 2].map(|at| known.contacts[at].replaced_by(&contacts[at]));
        let says_new = [0, 1, 2].iter().any(|at| known.contacts[*at].given != contacts[*at]);
        if self.is_of(known, citizen_id) && !says_new && periods.is_none() {
            return Ok(Decision::Unchanged);
        }
        Ok(Decision::Update(ParticipantChange {
            replaced,
            said: known.said_after(replaced, contacts),
            periods,
        }))
    }

    /// Whether what only the authority changes is as the row says.
    fn is_of(&self, known: &KnownParticipant, citizen_id: &Sealable) -> bool {
        (self.agency, &self.card_code, citizen_id) == (known.agency, &known.card_code, &known.citizen_id)
            && [&self.full_name, &self.birth, &self.address, &self.household]
                == [&known.full_name, &known.birth, &known.address, &known.household]
    }
}

impl KnownParticipant {
    /// What did not reach one number or address says nothing of another, and who confirmed a phone confirmed that one.
    fn said_after(&self, replaced: [bool; 3], listed: &[Sealable; 3]) -> SaidOfContacts {
        let held = [0, 1, 2].map(|at| &self.contacts[at].held);
        let [phone, mobile, email] = [0, 1, 2].map(|at| if replaced[at] { &listed[at] } else { held[at] });
        // The number that messages go to, or would.
        let sms_number = |[phone, mobile]: [&Sealable; 2]| mobile.clone().or_else(|| phone.clone());
        let is_same_number = sms_number([phone, mobile]) == sms_number([held[0], held[1]]);
        SaidOfContacts {
            phone_confirmed: self.said.phone_confirmed && phone == held[0],
            mobile_suspect: self.said.mobile_suspect && is_same_number,
            email_suspect: self.said.email_suspect && email == held[2],
        }
    }
}

impl Contact {
    /// Whether a list's word takes the place of what is kept: only a word that is new, and an empty cell only of what the
    /// authority had given itself.
    fn replaced_by(&self, listed: &Sealable) -> bool {
        let is_new = *listed != self.given;
        is_new && *listed != self.held && (listed.is_some() || self.held == self.given)
    }
}
