//! What becomes of a mail: by whom it is, whether it counts, and which case it is of. Nothing here is guessed: where a person
//! has to decide, it is held for one.

use careway_kernel::{AccountId, CaseId, OrganizationId};

use super::{
    machine::Machine,
    mail::Mail,
    sender::{Membership, Sender},
};

/// A case that a mail's hints find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FoundCase {
    pub(crate) id: CaseId,
    pub(crate) organization: OrganizationId,
    pub(crate) is_closed: bool,
    /// Its follow-up that is not closed.
    pub(crate) follow_up: Option<CaseId>,
}

/// What becomes of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A message of a case; of support's people a note. `answered` is the closed case that was meant.
    Appended { case: CaseId, by: AccountId, is_internal: bool, answered: Option<CaseId> },
    /// A case of its own.
    NewCase { organization: OrganizationId, by: AccountId },
    /// Kept for a person to decide.
    Held { reason: HeldReason, case: Option<CaseId> },
    /// A machine's: kept, and nothing else changes.
    Recorded { case: Option<CaseId> },
    /// Kept, and not appended; its sender is told why.
    Refused { reason: RefusedReason, case: CaseId, by: AccountId },
    /// A mail server's report on a mail of ours.
    Bounce,
    /// It came before.
    Duplicate,
}

/// Why a mail waits for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeldReason {
    TooComplex,
    SenderUnclear,
    NotAuthenticated,
    SenderUnknown,
    SenderOfOtherOrganization,
    AccessRevoked,
    ReadOnly,
    FromStaff,
    OrganizationUnclear,
    LoopSuspected,
}

impl HeldReason {
    /// The name in the database and in the contract.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::TooComplex => "TOO_COMPLEX",
            Self::SenderUnclear => "SENDER_UNCLEAR",
            Self::NotAuthenticated => "NOT_AUTHENTICATED",
            Self::SenderUnknown => "SENDER_UNKNOWN",
            Self::SenderOfOtherOrganization => "SENDER_OF_OTHER_ORGANIZATION",
            Self::AccessRevoked => "ACCESS_REVOKED",
            Self::ReadOnly => "READ_ONLY",
            Self::FromStaff => "FROM_STAFF",
            Self::OrganizationUnclear => "ORGANIZATION_UNCLEAR",
            Self::LoopSuspected => "LOOP_SUSPECTED",
        }
    }
}

/// Why a mail is not appended though its sender is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefusedReason {
    CaseClosed,
    ReadOnly,
}

impl RefusedReason {
    /// The name in the database and in the contract.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::CaseClosed => "CASE_CLOSED",
            Self::ReadOnly => "READ_ONLY",
        }
    }
}

/// The automatic mail to a mail's sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Acknowledgement,
    ClosedNotice,
    ReadOnlyNotice,
}

impl Answer {
    /// The name in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Acknowledgement => "ACKNOWLEDGEMENT",
            Self::ClosedNotice => "CLOSED_NOTICE",
            Self::ReadOnlyNotice => "READ_ONLY_NOTICE",
        }
    }
}

/// How often the sender wrote lately.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Frequency {
    /// Mails of the same words to the same case within ten minutes.
    pub(crate) same_words: i64,
    /// Mails to the same case within an hour.
    pub(crate) within_hour: i64,
}

impl Frequency {
    /// Whether one more looks like two machines that write to each other.
    pub(crate) fn is_loop(self) -> bool {
        self.same_words >= 3 || self.within_hour >= 20
    }
}

impl Outcome {
    /// Decides. `found` is the case of the strongest hint that the sender may know of.
    pub(crate) fn of(
        mail: &Mail,
        is_authenticated: bool,
        sender: &Sender,
        found: Option<&FoundCase>,
    ) -> Self {
        let case = found.map(|found| found.id);
        let held = |reason| Self::Held { reason, case };
        match mail.machine {
            _ if mail.too_complex.is_some() => return held(HeldReason::TooComplex),
            Some(Machine::DeliveryReport) => return Self::Bounce,
            Some(_) => return Self::Recorded { case },
            None if mail.author.address().is_none() => return held(HeldReason::SenderUnclear),
            None if !is_authenticated => return held(HeldReason::NotAuthenticated),
            None if sender.0.is_empty() => return held(HeldReason::SenderUnknown),
            None => {}
        }
        match (sender.staff(), found) {
            (Some(staff), Some(found)) if !found.is_closed => {
                Self::Appended { case: found.id, by: staff.account, is_internal: true, answered: None }
            }
            (Some(_), _) => held(HeldReason::FromStaff),
            (None, Some(found)) => in_case(sender, found),
            (None, None) => new_case(mail, sender),
        }
    }

    /// The automatic mail that goes back, when none is forbidden.
    pub(crate) fn answer(&self, mail: &Mail) -> Option<Answer> {
        match self {
            _ if mail.forbids_answer => None,
            Self::NewCase { .. } => Some(Answer::Acknowledgement),
            Self::Refused { reason: RefusedReason::CaseClosed, .. } => Some(Answer::ClosedNotice),
            Self::Refused { reason: RefusedReason::ReadOnly, .. } => Some(Answer::ReadOnlyNotice),
            _ => None,
        }
    }

    /// Held instead, when it looks like a loop.
    pub(crate) fn unless_loop(self, frequency: Frequency) -> Self {
        let case = match &self {
            Self::Appended { case, .. } => Some(*case),
            Self::NewCase { .. } => None,
            _ => return self,
        };
        let reason = HeldReason::LoopSuspected;
        if frequency.is_loop() { Self::Held { reason, case } } else { self }
    }

    /// The case that it is of, or was taken for.
    pub(crate) fn case(&self) -> Option<CaseId> {
        match self {
            Self::Appended { case, .. } | Self::Refused { case, .. } => Some(*case),
            Self::Held { case, .. } | Self::Recorded { case } => *case,
            Self::NewCase { .. } | Self::Bounce | Self::Duplicate => None,
        }
    }

    /// The name in the database and in the contract.
    pub(crate) const fn as_str(&self) -> &'static str {
        match self {
            Self::Appended { .. } => "APPENDED",
            Self::NewCase { .. } => "NEW_CASE",
            Self::Held { .. } => "HELD",
            Self::Recorded { .. } => "RECORDED",
            Self::Refused { .. } => "REFUSED",
            Self::Bounce => "BOUNCE",
            Self::Duplicate => "DUPLICATE",
        }
    }

    /// Why, when it has a reason.
    pub(crate) const fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Held { reason, .. } => Some(reason.as_str()),
            Self::Refused { reason, .. } => Some(reason.as_str()),
            _ => None,
        }
    }
}

/// A known sender in a case: the account decides, not what found the case.
fn in_case(sender: &Sender, found: &FoundCase) -> Outcome {
    let held = |reason| Outcome::Held { reason, case: Some(found.id) };
    match sender.of(found.organization) {
        Some(member) if member.is_active && member.may_write => by_state(member, found),
        Some(member) if member.is_active && member.may_read => {
            Outcome::Refused { reason: RefusedReason::ReadOnly, case: found.id, by: member.account }
        }
        Some(_) => held(HeldReason::AccessRevoked),
        None if sender.active().next().is_none() => held(HeldReason::AccessRevoked),
        None => held(HeldReason::SenderOfOtherOrganization),
    }
}

fn by_state(member: &Membership, found: &FoundCase) -> Outcome {
    let by = member.account;
    match (found.is_closed, found.follow_up) {
        (false, _) => Outcome::Appended { case: found.id, by, is_internal: false, answered: None },
        (true, Some(follow_up)) => {
            Outcome::Appended { case: follow_up, by, is_internal: false, answered: Some(found.id) }
        }
        (true, None) => Outcome::Refused { reason: RefusedReason::CaseClosed, case: found.id, by },
    }
}

/// A known sender without a case: of one organization, or of the one whose code is in the mail.
fn new_case(mail: &Mail, sender: &Sender) -> Outcome {
    let held = |reason| Outcome::Held { reason, case: None };
    let writing: Vec<&Membership> = sender.active().filter(|membership| membership.may_write).collect();
    let named = || writing.iter().filter(|membership| membership.codes.iter().any(|code| names(mail, code)));
    let chosen = match writing.as_slice() {
        [] if sender.active().next().is_none() => return held(HeldReason::AccessRevoked),
        [] => return held(HeldReason::ReadOnly),
        [only] => Some(*only),
        _ => match named().collect::<Vec<_>>().as_slice() {
            [only] => Some(**only),
            _ => None,
        },
    };
    match chosen {
        Some(member) => Outcome::NewCase { organization: member.organization, by: member.account },
        None => held(HeldReason::OrganizationUnclear),
    }
}

/// Whether a mail's new words name a code, as a word of its own.
fn names(mail: &Mail, code: &str) -> bool {
    let is_part = |char: char| char.is_alphanumeric() || char == '-';
    let words =
        |text: &str| text.split(|char: char| !is_part(char)).any(|word| word.eq_ignore_ascii_case(code));
    words(&mail.subject) || words(&mail.words.visible)
}
