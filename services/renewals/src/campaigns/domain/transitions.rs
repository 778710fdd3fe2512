//! What may happen to a campaign, and what it is then.

use careway_kernel::{CampaignId, OrganizationId};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{
    Campaign, CampaignContent, Kind, PauseReason, State,
    approval::{Signature, covers, needs_approval},
    refusal::CampaignRefusal,
};

type Changed = Result<Campaign, CampaignRefusal>;

impl Campaign {
    /// As it is written: nothing is planned.
    pub(crate) fn draft(
        id: CampaignId,
        [authority, agency]: [OrganizationId; 2],
        author: Uuid,
        content: CampaignContent,
        created_at: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            authority,
            agency,
            content,
            state: State::Draft,
            pause: None,
            author,
            submission: None,
            approval: None,
            rejection: String::new(),
            segments_used: 0,
            next_run_at: None,
            planned_on: None,
            created_at,
            ended_at: None,
            version: 1,
        }
    }

    /// The agency's author writes it.
    pub(crate) fn change(self, content: CampaignContent) -> Changed {
        self.only(&[State::Draft])?;
        Ok(Self { content, ..self }.next())
    }

    /// The budget alone may change while it goes on: more of it lets a paused campaign go on.
    pub(crate) fn change_budget(self, budget: Option<i64>) -> Changed {
        self.only(&[
            State::Draft,
            State::AwaitingApproval,
            State::Approved,
            State::Scheduled,
            State::Running,
            State::Paused,
        ])?;
        let content = CampaignContent { budget, ..self.content };
        Ok(Self { content, ..self }.next())
    }

    /// It is to begin: at once for few, else when somebody else has approved it.
    pub(crate) fn submit(self, by: Uuid, recipients: i64) -> Changed {
        self.only(&[State::Draft])?;
        if recipients == 0 && self.content.kind == Kind::Once {
            return Err(CampaignRefusal::NobodyToRemind);
        }
        let state = if needs_approval(recipients) { State::AwaitingApproval } else { State::Approved };
        let submission = Some(Signature { by, recipients });
        Ok(Self { state, submission, approval: None, rejection: String::new(), ..self }.next())
    }

    /// Another person takes responsibility for these words and for as many recipients as the campaign was submitted for: the
    /// number that was shown. A campaign that was paused because there were more goes on.
    pub(crate) fn approve(self, by: Uuid) -> Changed {
        let again = self.state == State::Paused && self.pause == Some(PauseReason::Reapproval);
        if !again {
            self.only(&[State::AwaitingApproval])?;
        }
        let Some(submission) = self.submission else { return Err(CampaignRefusal::State(self.state)) };
        if by == self.author || by == submission.by {
            return Err(CampaignRefusal::SecondPersonNeeded);
        }
        let state = if again { State::Running } else { State::Approved };
        let approval = Some(Signature { by, recipients: submission.recipients });
        Ok(Self { state, pause: None, approval, ..self }.next())
    }

    /// Back to its author.
    pub(crate) fn reject(self, rejection: String) -> Changed {
        self.only(&[State::AwaitingApproval])?;
        Ok(Self { state: State::Draft, rejection, submission: None, ..self }.next())
    }

    /// It has its time.
    pub(crate) fn schedule(self, now: DateTime<Utc>) -> Changed {
        self.only(&[State::Approved])?;
        let next_run_at = Some(self.content.starts_at.unwrap_or(now).max(now));
        Ok(Self { state: State::Scheduled, next_run_at, ..self }.next())
    }

    /// Its time has come. Nobody is reminded yet.
    pub(crate) fn begin(self) -> Changed {
        self.only(&[State::Scheduled])?;
        Ok(Self { state: State::Running, ..self }.next())
    }

    /// Whether so many may be reminded by what was approved.
    pub(crate) fn may_plan(&self, recipients: i64) -> bool {
        covers(self.approval, recipients)
    }

    /// A day was planned; a standing campaign plans again then.
    pub(crate) fn planned(self, day: NaiveDate, again_at: DateTime<Utc>) -> Self {
        let next_run_at = (self.content.kind == Kind::Standing).then_some(again_at);
        Self { planned_on: Some(day), next_run_at, ..self }.next()
    }

    /// Nothing is sent until it is resumed.
    pub(crate) fn pause(self, reason: PauseReason) -> Changed {
        self.only(&[State::Running])?;
        Ok(Self { state: State::Paused, pause: Some(reason), ..self }.next())
    }

    /// Many more are at its steps than was approved: it waits for an approval of so many.
    pub(crate) fn pause_for_approval(self, recipients: i64) -> Changed {
        let submission = self.submission.map(|submission| Signature { recipients, ..submission });
        Self { submission, ..self }.pause(PauseReason::Reapproval)
    }

    /// It goes on where it was.
    pub(crate) fn resume(self) -> Changed {
        self.only(&[State::Paused])?;
        match self.pause {
            Some(PauseReason::Reapproval) => Err(CampaignRefusal::ReapprovalNeeded),
            _ if self.content.budget.is_some_and(|budget| self.segments_used >= budget) => {
                Err(CampaignRefusal::BudgetExhausted)
            }
            _ => Ok(Self { state: State::Running, pause: None, ..self }.next()),
        }
    }

    /// Nobody is reminded any more.
    pub(crate) fn cancel(self, now: DateTime<Utc>) -> Changed {
        self.only(&[
            State::Draft,
            State::AwaitingApproval,
            State::Approved,
            State::Scheduled,
            State::Running,
            State::Paused,
        ])?;
        Ok(Self { state: State::Cancelled, pause: None, next_run_at: None, ended_at: Some(now), ..self }
            .next())
    }

    /// Everybody's reminder has ended: in part failed when some were never accepted.
    pub(crate) fn end(self, not_accepted: i64, now: DateTime<Utc>) -> Changed {
        self.only(&[State::Running])?;
        let state = if not_accepted == 0 { State::Completed } else { State::PartiallyFailed };
        Ok(Self { state, ended_at: Some(now), ..self }.next())
    }

    /// Whether what met a definite refusal, or was put off until its end, may be tried once more.
    pub(crate) fn may_retry(&self) -> Result<(), CampaignRefusal> {
        self.only(&[State::PartiallyFailed, State::Running])
    }

    /// So many are tried once more. With nobody to try it stays as it is: what has ended has not begun again.
    pub(crate) fn retry(self, recipients: u64) -> Changed {
        self.may_retry()?;
        match recipients {
            0 => Ok(self),
            _ => Ok(Self { state: State::Running, ended_at: None, ..self }.next()),
        }
    }

    /// Whether what is held back in the queue is due at once, when it stood so before: a campaign that goes on sends it, one that
    /// is cancelled gives its steps back.
    pub(crate) fn lets_go_of_held(&self, before: State) -> bool {
        self.state == State::Cancelled || (before == State::Paused && self.state == State::Running)
    }

    fn only(&self, states: &[State]) -> Result<(), CampaignRefusal> {
        if states.contains(&self.state) { Ok(()) } else { Err(CampaignRefusal::State(self.state)) }
    }

    fn next(self) -> Self {
        Self { version: self.version + 1, ..self }
    }
}
