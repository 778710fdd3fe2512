//! What somebody may do with a case as it stands.

use super::{Case, Side, State};

/// What somebody may do with cases at all, by their permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Powers {
    pub(crate) side: Side,
    /// cases.write
    pub(crate) write: bool,
    /// cases.handle
    pub(crate) handle: bool,
    /// cases.manage
    pub(crate) manage: bool,
}

impl Powers {
    /// A partner closes its own, support what is solved, a lead anything.
    pub(crate) fn may_close(self, state: State) -> bool {
        match (self.side, state) {
            (_, State::Closed) => false,
            (Side::Partner, _) => self.write,
            (_, State::Solved) => self.handle || self.manage,
            (_, State::Open | State::InProgress | State::WaitingOnPartner) => self.manage,
        }
    }
}

/// Something to do with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Answer,
    Note,
    Update,
    Attach,
    ChangeParticipants,
    Assign,
    Wait,
    Solve,
    Close,
    FollowUp,
    Redact,
}

impl Case {
    /// What these powers allow to be done with it now.
    pub(crate) fn actions(&self, powers: Powers) -> Vec<Action> {
        let Powers { write, handle, manage, .. } = powers;
        let is_open = !self.is_closed();
        let can_wait = matches!(self.state, State::Open | State::InProgress);
        let can_solve = is_open && self.state != State::Solved;
        let can_follow_up = self.is_closed() && self.open_follow_up().is_none();
        let all = [
            (Action::Answer, is_open && write),
            (Action::Note, is_open && handle),
            (Action::Update, is_open && write),
            (Action::Attach, is_open && write),
            (Action::ChangeParticipants, is_open && write),
            (Action::Assign, is_open && handle),
            (Action::Wait, can_wait && handle),
            (Action::Solve, can_solve && handle),
            (Action::Close, powers.may_close(self.state)),
            (Action::FollowUp, can_follow_up && write),
            (Action::Redact, manage),
        ];
        all.into_iter().filter(|(_, may)| *may).map(|(action, _)| action).collect()
    }
}
