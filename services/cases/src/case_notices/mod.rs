//! Notices: what people are told of cases by mail, one for each command and recipient.
//!
//! Who is told stands in `cases::domain::notices`; a step of a case keeps its notices and says `CaseNoticeRaised`. Renewals
//! asks `GetNotice` when it sends: the words, the address and the right to read are found then, so that whoever lost access
//! is not told. RAISED → SENT | WITHDRAWN | FAILED. What belongs to no step is raised by [`raise`], an automatic answer to a mail
//! among it: it names the mail, and whoever judges the mail bounds how many there are.
//!
//! A mailbox that does not exist, or took nothing three times within fourteen days, is written to no more until an agent
//! resumes it: the account is stopped, not the address.

mod api;
mod domain;
mod get_recipient;
mod notice;
mod on_access;
mod on_message;
mod people;
mod raise;
mod resume;
mod store;
mod view;

pub(crate) use domain::mail_names::{MailNames, OwnId};
use get_recipient::get_notice_recipient;
pub(crate) use notice::case_notice;
pub(crate) use on_access::{account_disabled, account_roles_changed, organization_changed};
pub(crate) use on_message::{message_accepted, message_bounced, message_failed};
pub(crate) use raise::{pause, raise};
use resume::resume_notices;
