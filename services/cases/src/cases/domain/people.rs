//! Who takes part in a case, and who watches it.

use careway_kernel::{AccountId, OrganizationId};
use chrono::{DateTime, Utc};

use super::{
    Actor, Case, Role,
    refusal::CaseRefusal,
    step::{CaseEvent, Change, Step},
};

/// A case has so many participants and watchers at most.
pub(crate) const MOST: usize = 48;

impl Case {
    /// Somebody is with the case in this role from now on. A closed case gets nobody new to write to, but may be watched.
    pub(crate) fn join(
        self,
        account: AccountId,
        (role, member_of): (Role, OrganizationId),
        by: &Actor,
        at: DateTime<Utc>,
    ) -> Result<Step, CaseRefusal> {
        if role == Role::Participant {
            self.not_closed()?;
        }
        if self.has(account, role) {
            return Ok(Step::from(self, by, at));
        }
        if self.participants.len() >= MOST {
            return Err(CaseRefusal::TooManyParticipants);
        }
        let mut step = Step::from(self, by, at);
        step.joins(account, role, member_of);
        Ok(step.told_of(role, None, Some(account)).done())
    }

    /// Somebody is with the case no more.
    pub(crate) fn leave(
        self,
        account: AccountId,
        role: Role,
        by: &Actor,
        at: DateTime<Utc>,
    ) -> Result<Step, CaseRefusal> {
        if role == Role::Participant {
            self.not_closed()?;
        }
        if !self.has(account, role) {
            return Ok(Step::from(self, by, at));
        }
        Ok(self.left_by(account, role, by, at))
    }

    fn left_by(self, account: AccountId, role: Role, by: &Actor, at: DateTime<Utc>) -> Step {
        let mut step = Step::from(self, by, at);
        step.case.participants.retain(|person| (person.account, person.role) != (account, role));
        step.left.push((account, role));
        step.told_of(role, Some(account), None).done()
    }
}

impl Step {
    /// Participants are everybody's to see; who watches is told nobody.
    fn told_of(self, role: Role, before: Option<AccountId>, after: Option<AccountId>) -> Self {
        if role == Role::Watcher {
            return self;
        }
        let [before, after] = [before, after].map(|account| account.map(|id| id.to_string()));
        self.changed(Change::Participants, before, after).says(CaseEvent::Changed("participants"))
    }
}
