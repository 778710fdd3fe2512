//! A list of members: what becomes of each row, given what is known.

use careway_kernel::{Email, Language, MemberId, MemberNumber, NationalId, OrganizationId, PhoneNumber, Sex};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::members::domain::{
    Change, Facts, HeldNationalId, Home, Member, NotEligible, Principal, eligible, person_name::PersonName,
};

/// A row that makes sense by itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    pub(crate) row: u32,
    pub(crate) number: MemberNumber,
    pub(crate) name: PersonName,
    pub(crate) birth_date: NaiveDate,
    pub(crate) sex: Sex,
    pub(crate) national_id: Option<NationalId>,
    pub(crate) phone: Option<PhoneNumber>,
    pub(crate) mobile: Option<PhoneNumber>,
    pub(crate) email: Option<Email>,
    pub(crate) language: Option<Language>,
    pub(crate) principal: Option<MemberNumber>,
}

/// What a draft meets in the database and in the rows before it.
pub(crate) struct Met<'a> {
    pub(crate) existing: Option<&'a Member>,
    /// Who has the draft's national id already.
    pub(crate) owner: Option<MemberId>,
    /// The principal the draft names.
    pub(crate) principal: Principal,
    pub(crate) has_dependants: bool,
}

/// The circumstances of one import.
#[derive(Clone, Copy)]
pub(crate) struct Import {
    pub(crate) payer: OrganizationId,
    pub(crate) home: Home,
    pub(crate) now: DateTime<Utc>,
    pub(crate) today: NaiveDate,
}

/// What becomes of a draft.
#[derive(Debug)]
pub(crate) enum Decision {
    Create(Box<Member>),
    Update(Box<Member>, Change),
    Unchanged,
    Reject(Refused),
}

/// Why a row is not taken, though it makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error("belongs to another member")]
    NationalIdTaken,
    #[error(transparent)]
    Principal(#[from] NotEligible),
}

impl Refused {
    /// The column at fault.
    pub(crate) fn column(self) -> &'static str {
        match self {
            Self::NationalIdTaken => "national_id",
            Self::Principal(_) => "principal_member_number",
        }
    }

    /// Why, for programs.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::NationalIdTaken => "NATIONAL_ID_TAKEN",
            Self::Principal(_) => "PRINCIPAL_NOT_ELIGIBLE",
        }
    }
}

impl Draft {
    /// Decides what becomes of the row; `id` makes ids for what is new.
    pub(crate) fn decide(&self, import: Import, met: &Met<'_>, mut id: impl FnMut() -> Uuid) -> Decision {
        let member = met.existing.map(|member| member.id);
        if met.owner.is_some() && met.owner != member {
            return Decision::Reject(Refused::NationalIdTaken);
        }
        let now = met.existing.map(|member| &member.facts);
        let principal = match (&self.principal, met.principal) {
            (None, _) => now.and_then(|facts| facts.principal),
            (Some(_), principal) => {
                let same = now.is_some_and(|facts| {
                    facts.principal.is_some() && facts.principal == principal.map(|it| it.0)
                });
                match eligible(member, met.has_dependants, principal) {
                    Err(refusal) if !same => return Decision::Reject(refusal.into()),
                    _ => principal.map(|(id, _)| id),
                }
            }
        };
        let facts = self.facts(now, principal, import.home);
        let Some(existing) = met.existing else {
            let held = self.national_id.iter().cloned();
            let held = held
                .map(|number| HeldNationalId { id: id(), number, from: import.today, to: None })
                .collect();
            return Decision::Create(Box::new(Member {
                id: MemberId::from_uuid(id()),
                payer: import.payer,
                facts,
                national_ids: held,
                codes_locked_at: None,
                version: 1,
                created_at: import.now,
                updated_at: import.now,
            }));
        };
        let change = existing.change_to(&facts, self.national_ids(existing).as_deref());
        if !change.any {
            return Decision::Unchanged;
        }
        let member = existing.clone().apply(facts, &change, import.now, import.today, id);
        Decision::Update(Box::new(member), change)
    }

    /// An empty cell changes nothing.
    fn facts(&self, now: Option<&Facts>, principal: Option<MemberId>, home: Home) -> Facts {
        Facts {
            number: self.number.clone(),
            name: self.name.over(now.map(|facts| &facts.name)),
            birth_date: self.birth_date,
            sex: self.sex,
            phone: self.phone.clone().or_else(|| now?.phone.clone()),
            mobile: self.mobile.clone().or_else(|| now?.mobile.clone()),
            email: self.email.clone().or_else(|| now?.email.clone()),
            language: self.language.or_else(|| Some(now?.language)).unwrap_or(home.language),
            principal,
        }
    }

    /// The ids in use afterwards: the given one takes the place of those of its own kind.
    fn national_ids(&self, existing: &Member) -> Option<Vec<NationalId>> {
        let given = self.national_id.as_ref()?;
        let other = |held: &&HeldNationalId| {
            held.to.is_none()
                && (held.number.country(), held.number.kind()) != (given.country(), given.kind())
        };
        let kept = existing.national_ids.iter().filter(other).map(|held| held.number.clone());
        Some(kept.chain([given.clone()]).collect())
    }
}

#[cfg(test)]
mod tests;
